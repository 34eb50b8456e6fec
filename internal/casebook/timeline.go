package casebook

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/redact"
	"debrief.dev/debrief/internal/store"
	"debrief.dev/debrief/internal/timeline"
)

const (
	maxEntryText = 2000
	maxNote      = 2000
	maxCited     = 500
	maxLane      = 60
)

// A Timeline is the shared chronology of an incident.
type Timeline struct {
	// Entries are all of them in the order of time, also those that were
	// dismissed, merged or split.
	Entries []debrief.TimelineEntry
	Marks   []debrief.Mark
	Gaps    []debrief.Gap
	From    time.Time
	To      time.Time
	Long    bool // the incident came apart over days or weeks
	// LastEdit is what [Casebook.Undo] takes back next, or nil.
	LastEdit *debrief.Edit
	// Working is set while evidence is read or a proposal is made, and not while
	// only the draft follows.
	Working bool
	// Lanes says for every entry, by its ID, whose moment it was.
	Lanes map[string]Lane
	// LaneOrder names the lanes of a picture of what was accepted, from customers inward.
	LaneOrder []string
	Rev       int64 // of the incident
}

// Timeline gives the timeline. Guests see what was accepted, without accounts and
// citations.
func (c *Casebook) Timeline(ctx context.Context, a debrief.Actor, id debrief.IncidentID) (*Timeline, error) {
	var t Timeline
	err := c.see(ctx, a, id, debrief.SeeTimeline, func(tx *store.Tx, in *debrief.Incident) (err error) {
		t = Timeline{Rev: in.Rev, From: in.From, To: in.To}
		if t.Entries, err = c.entries(tx, in); err != nil {
			return err
		}
		p, err := proposalOf(tx, id)
		if err != nil {
			return err
		}
		if p != nil {
			t.Long = p.Long
			t.From, t.To = orTime(t.From, p.From), orTime(t.To, p.To)
			t.Marks, t.Gaps = p.now(t.Entries)
		}
		if a.Role == debrief.Guest {
			t.Entries = slices.DeleteFunc(t.Entries, func(e debrief.TimelineEntry) bool { return e.Standing != debrief.Accepted })
			for i := range t.Entries {
				forGuests(&t.Entries[i])
			}
			for i := range t.Marks {
				t.Marks[i].Evidence = nil
			}
			for i := range t.Gaps {
				t.Gaps[i].Evidence = nil
			}
			return nil
		}
		if t.LastEdit, err = tx.LastEdit(id); err != nil {
			return err
		}
		us, err := tx.Uploads(id)
		if err != nil {
			return err
		}
		t.Working = slices.ContainsFunc(us, func(u debrief.Upload) bool { return u.State == debrief.Waiting || u.State == debrief.Reading })
		pieces := 0
		for _, u := range us {
			pieces += u.Items
		}
		if fresh := pieces > 0 && (p == nil || p.Items != pieces || p.AskedFor != [2]time.Time{in.From, in.To}); fresh && !t.Working {
			if t.Working, err = tx.TaskOpen(taskWork, string(id)); err != nil {
				return err
			}
		}
		teams, err := tx.Teams()
		t.Lanes = make(map[string]Lane, len(t.Entries))
		for i := range t.Entries {
			t.Lanes[t.Entries[i].ID] = laneOf(&t.Entries[i], teams)
		}
		t.LaneOrder = laneOrder(&t, teams, in.Teams)
		return err
	})
	return &t, err
}

// entries gives the entries of an incident at its revision, in a list of the caller's
// own; what hangs on the entries is shared and not written to.
func (c *Casebook) entries(tx *store.Tx, in *debrief.Incident) ([]debrief.TimelineEntry, error) {
	at := toldAt{in.ID, in.Rev}
	all, ok := c.told.Get(at)
	if !ok {
		var err error
		if all, err = tx.Entries(in.ID); err != nil {
			return nil, err
		}
		c.told.Add(at, all)
	}
	return slices.Clone(all), nil
}

// forGuests takes off an entry what is among the organisation's own people:
// accounts, notes, and the names of files that it cites.
func forGuests(e *debrief.TimelineEntry) {
	e.TeamAccounts, e.Accounts, e.Note, e.Evidence = nil, nil, "", nil
}

func orTime(a, b time.Time) time.Time {
	if a.IsZero() {
		return b
	}
	return a
}

// A proposal is what [timeline.Propose] found beside its entries, which stand on
// their own. Marks name entries of the room.
type proposal struct {
	Items    int // pieces of evidence it was made from
	From, To time.Time
	AskedFor [2]time.Time // the window that was asked for
	Long     bool
	Marks    []debrief.Mark
	Gaps     []debrief.Gap
	Skews    []timeline.Skew
	Changes  []debrief.Citation
	LeftOut  map[string]int

	Questions []debrief.Question
}

func proposalOf(tx *store.Tx, id debrief.IncidentID) (*proposal, error) {
	text, err := tx.Proposal(id)
	if err != nil || text == "" {
		return nil, err
	}
	var p proposal
	return &p, json.Unmarshal([]byte(text), &p)
}

// stands reports whether an entry is part of the story: accepted, or not
// decided yet.
func stands(e debrief.TimelineEntry) bool {
	return e.Standing == debrief.Accepted || e.Standing == debrief.Suggested
}

// now gives the marks where people have moved their entries to, and the gaps
// that follow from them. A mark goes with an entry that was merged, and is gone
// with one that was dismissed.
func (p *proposal) now(entries []debrief.TimelineEntry) ([]debrief.Mark, []debrief.Gap) {
	byID := map[string]debrief.TimelineEntry{}
	var standing []debrief.Entry
	for _, e := range entries {
		byID[e.ID] = e
		if stands(e) {
			standing = append(standing, e.Entry)
		}
	}
	var marks []debrief.Mark
	for _, m := range p.Marks {
		e, ok := byID[m.Entry]
		for range len(entries) { // a merge of a merge; never more steps than entries
			if !ok || e.Standing != debrief.Merged {
				break
			}
			e, ok = byID[string(e.Into)]
		}
		switch {
		case !ok && m.Entry != "", ok && e.Standing == debrief.Dismissed:
			continue
		case ok && stands(e):
			if e.By != "" || e.ID != m.Entry {
				m.At = e.At
			}
			m.Entry = e.ID
		case ok:
			m.Entry = "" // split: the moment stays
		}
		marks = append(marks, m)
	}
	return marks, timeline.Remeasure(p.Gaps, standing, marks, p.Long)
}

// An edit collects what one step of work touches, so that it can be taken back.
type edit struct {
	tx      *store.Tx
	in      *debrief.Incident
	touched []store.EditedEntry
}

// entry gives an entry for a change. Rev is the revision that was looked at; 0
// means whatever it is.
func (d *edit) entry(id debrief.EntryID, rev int64) (*debrief.TimelineEntry, error) {
	e, err := d.tx.Entry(d.in.ID, id)
	if err != nil {
		return nil, err
	}
	if rev != 0 && e.Rev != rev {
		return nil, changedMeanwhile("The entry")
	}
	return &e, nil
}

// save writes an entry; before is how it was, nil for a new one.
func (d *edit) save(e, before *debrief.TimelineEntry) error {
	e.By = d.tx.Actor().ID
	if err := d.tx.SaveEntry(e); err != nil {
		return err
	}
	d.touched = append(d.touched, store.EditedEntry{Entry: debrief.EntryID(e.ID), Rev: e.Rev, Before: before})
	return nil
}

// edit runs a step of work on a timeline and keeps how to take it back. The
// function says in words what was done.
func (c *Casebook) edit(ctx context.Context, a debrief.Actor, id debrief.IncidentID, kind debrief.ActivityKind, fn func(*edit) (what string, data map[string]string, err error)) error {
	return c.change(ctx, a, id, debrief.EditTimeline, func(tx *store.Tx, in *debrief.Incident) error {
		d := &edit{tx: tx, in: in}
		what, data, err := fn(d)
		if err != nil {
			return err
		}
		e := debrief.Edit{ID: debrief.EditID(tx.NewID("edi_")), What: what, By: a.ID}
		if err := tx.InsertEdit(*in, e, d.touched); err != nil {
			return err
		}
		subject := ""
		if len(d.touched) > 0 {
			subject = string(d.touched[0].Entry)
		}
		tx.Record(kind, id, subject, data)
		return c.again(tx, in)
	})
}

// again asks for marks, questions and the draft to be made from what is there
// now. The first change takes an incident out of gathering.
func (c *Casebook) again(tx *store.Tx, in *debrief.Incident) error {
	if in.State == debrief.Gathering {
		in.State = debrief.Reviewing
		if err := tx.UpdateIncident(in); err != nil {
			return err
		}
	}
	return tx.AddTask(taskWork, string(in.ID), "")
}

// EntryWords is what an entry says.
type EntryWords struct {
	At       debrief.Moment
	Kind     debrief.Kind
	Signal   debrief.Signal // only for a signal
	Status   debrief.Status
	Text     string
	Evidence []debrief.Citation
	// Lane is the team or outside group whose moment it was; empty leaves it to
	// what the entry says.
	Lane string
}

// entry checks the words and writes them into an entry of the room.
func (w EntryWords) entry(tx *store.Tx, e *debrief.TimelineEntry) error {
	lane := strings.Join(strings.Fields(w.Lane), " ")
	if err := debrief.CheckLength("lane", "The team or group", lane, maxLane); err != nil {
		return err
	}
	e.Lane = lane
	return w.into(tx, e.Incident, &e.Entry)
}

// into checks the words and writes them into an entry.
func (w EntryWords) into(tx *store.Tx, id debrief.IncidentID, e *debrief.Entry) error {
	text, err := debrief.CheckLine("text", "The text", w.Text, maxEntryText)
	if err != nil {
		return err
	}
	if _, masked := redact.Secrets(text); len(masked) > 0 {
		return &debrief.Error{Kind: debrief.Invalid, Field: "text", Say: "The text holds what looks like a secret: " + strings.ToLower(masked[0].Title) + ".", Hint: "Say that there was one, without its characters."}
	}
	if !w.At.Known() {
		return &debrief.Error{Kind: debrief.Invalid, Field: "at", Say: "The entry has no time.", Hint: "A rough one is fine: choose how exact it is."}
	}
	if y := w.At.At.UTC().Year(); y < 1970 || y > 9999 {
		return &debrief.Error{Kind: debrief.Invalid, Field: "at", Say: "The time lies outside the years 1970 to 9999."}
	}
	if w.Kind < debrief.KindNext || w.Kind > debrief.KindImpact || w.Status < debrief.Observed || w.Status > debrief.Disputed || w.Signal < debrief.NoSignal || w.Signal > debrief.Missing {
		return &debrief.Error{Kind: debrief.Invalid, Field: "kind", Say: "There is no such kind, signal or status."}
	}
	if w.Kind != debrief.KindSignal {
		w.Signal = debrief.NoSignal
	}
	w.Evidence = unique(w.Evidence)
	if len(w.Evidence) > maxCited {
		return &debrief.Error{Kind: debrief.TooLarge, Field: "evidence", Say: fmt.Sprintf("An entry cites %d records at most.", maxCited)}
	}
	for _, cite := range w.Evidence {
		if slices.Contains(e.Evidence, cite) {
			continue
		}
		if ok, err := tx.Cites(id, cite); err != nil || !ok {
			return cmp.Or[error](err, &debrief.Error{Kind: debrief.Invalid, Field: "evidence", Say: "This incident has no such record."})
		}
	}
	w.At.At = w.At.At.UTC()
	e.At, e.Kind, e.Signal, e.Status, e.Text, e.Evidence = w.At, w.Kind, w.Signal, w.Status, text, w.Evidence
	return nil
}

// AddEntry is an entry that a person writes.
type AddEntry struct {
	Incident debrief.IncidentID
	EntryWords
}

// AddEntry adds an entry, which counts as accepted.
func (c *Casebook) AddEntry(ctx context.Context, a debrief.Actor, in AddEntry) (*debrief.TimelineEntry, error) {
	var e debrief.TimelineEntry
	err := c.edit(ctx, a, in.Incident, debrief.EntryAdded, func(d *edit) (string, map[string]string, error) {
		e = debrief.TimelineEntry{Incident: in.Incident, Standing: debrief.Accepted}
		e.ID = d.tx.NewID("ent_")
		if err := in.entry(d.tx, &e); err != nil {
			return "", nil, err
		}
		return "added an entry", nil, d.save(&e, nil)
	})
	return &e, err
}

// EditEntry is what an entry is to say.
type EditEntry struct {
	Incident debrief.IncidentID
	Entry    debrief.EntryID
	Rev      int64
	EntryWords
}

// EditEntry changes what an entry says. A suggestion that is edited is accepted.
func (c *Casebook) EditEntry(ctx context.Context, a debrief.Actor, in EditEntry) (*debrief.TimelineEntry, error) {
	var e debrief.TimelineEntry
	err := c.edit(ctx, a, in.Incident, debrief.EntryEdited, func(d *edit) (string, map[string]string, error) {
		was, err := d.entry(in.Entry, in.Rev)
		if err != nil {
			return "", nil, err
		}
		if !stands(*was) {
			return "", nil, errNotThere
		}
		e = *was
		if err := in.entry(d.tx, &e); err != nil {
			return "", nil, err
		}
		if !e.At.At.Equal(was.At.At) {
			e.Corrected = ""
		}
		e.Standing = debrief.Accepted
		return "edited an entry", nil, d.save(&e, was)
	})
	return &e, err
}

var errNotThere = &debrief.Error{Kind: debrief.Conflict, Say: "This entry is not part of the timeline any more.", Hint: "Undo what took it out first."}

// SomeEntries names entries of an incident.
type SomeEntries struct {
	Incident debrief.IncidentID
	Entries  []debrief.EntryID
}

// AcceptEntries makes suggestions part of the timeline; a dismissed one comes
// back. Those that are accepted already stay so: pressing twice, or two people at
// once, is no second decision.
func (c *Casebook) AcceptEntries(ctx context.Context, a debrief.Actor, in SomeEntries) error {
	return c.decide(ctx, a, in, debrief.EntriesAccepted, debrief.Accepted, "accepted")
}

// DismissEntries takes entries out of the timeline.
func (c *Casebook) DismissEntries(ctx context.Context, a debrief.Actor, in SomeEntries) error {
	return c.decide(ctx, a, in, debrief.EntriesDismissed, debrief.Dismissed, "dismissed")
}

func (c *Casebook) decide(ctx context.Context, a debrief.Actor, in SomeEntries, kind debrief.ActivityKind, to debrief.Standing, word string) error {
	if len(in.Entries) == 0 {
		return &debrief.Error{Kind: debrief.Invalid, Field: "entries", Say: "No entry was chosen.", Hint: "Press the button beside the entry that is meant."}
	}
	err := c.edit(ctx, a, in.Incident, kind, func(d *edit) (string, map[string]string, error) {
		for _, id := range unique(in.Entries) {
			was, err := d.entry(id, 0)
			if err != nil {
				return "", nil, err
			}
			if was.Standing == debrief.Merged || was.Standing == debrief.Split {
				return "", nil, errNotThere
			}
			if was.Standing == to {
				continue
			}
			e := *was
			e.Standing = to
			if err := d.save(&e, was); err != nil {
				return "", nil, err
			}
		}
		if len(d.touched) == 0 {
			return "", nil, errNothing
		}
		n := counted(len(d.touched), "entry", "entries")
		return word + " " + n, map[string]string{"count": n}, nil
	})
	if errors.Is(err, errNothing) {
		return nil
	}
	return err
}

// MergeEntries makes one entry of several.
type MergeEntries struct {
	Incident debrief.IncidentID
	Entries  []debrief.EntryID
	// EntryWords with no text take the words of the first entry; evidence is
	// that of all, whatever they say.
	EntryWords
	Note string
}

// MergeEntries makes one entry of several that tell one thing. Its evidence is
// theirs, and they are kept, pointing at it.
func (c *Casebook) MergeEntries(ctx context.Context, a debrief.Actor, in MergeEntries) (*debrief.TimelineEntry, error) {
	if err := debrief.CheckLength("note", "The note", in.Note, maxNote); err != nil {
		return nil, err
	}
	var e debrief.TimelineEntry
	err := c.edit(ctx, a, in.Incident, debrief.EntriesMerged, func(d *edit) (string, map[string]string, error) {
		ids := unique(in.Entries)
		if len(ids) < 2 {
			return "", nil, &debrief.Error{Kind: debrief.Invalid, Field: "entries", Say: "Two entries or more make one.", Hint: "Choose another."}
		}
		var all []*debrief.TimelineEntry
		words := in.EntryWords
		words.Evidence = nil
		e = debrief.TimelineEntry{Incident: in.Incident, Standing: debrief.Accepted, Note: in.Note}
		for _, id := range ids {
			x, err := d.entry(id, 0)
			if err != nil {
				return "", nil, err
			}
			if !stands(*x) {
				return "", nil, errNotThere
			}
			all = append(all, x)
			words.Evidence = append(words.Evidence, x.Evidence...)
			e.Roles = unique(append(e.Roles, x.Roles...))
			e.Weight = max(e.Weight, x.Weight)
			e.Accounts = append(e.Accounts, x.Accounts...)
		}
		first := all[0]
		if strings.TrimSpace(words.Text) == "" {
			words.Text, words.At, words.Kind, words.Signal, words.Status, words.Lane = first.Text, first.At, first.Kind, first.Signal, first.Status, first.Lane
		} else if !words.At.Known() {
			words.At = first.At
		}
		e.ID, e.Phase, e.Evidence = d.tx.NewID("ent_"), first.Phase, words.Evidence
		if err := words.entry(d.tx, &e); err != nil {
			return "", nil, err
		}
		if err := d.save(&e, nil); err != nil {
			return "", nil, err
		}
		if err := d.takeAlong(&e, all...); err != nil {
			return "", nil, err
		}
		for _, was := range all {
			x := *was
			x.Standing, x.Into = debrief.Merged, debrief.EntryID(e.ID)
			if err := d.save(&x, was); err != nil {
				return "", nil, err
			}
		}
		n := counted(len(all), "entry", "entries")
		return "merged " + n, map[string]string{"count": n}, nil
	})
	return &e, err
}

// SplitEntry makes several entries of one.
type SplitEntry struct {
	Incident debrief.IncidentID
	Entry    debrief.EntryID
	Rev      int64
	Parts    []EntryWords
}

// takeAlong gives an entry what teams said about those whose place it takes. What one
// team said about several of them stands in one account, in the order of the entries.
func (d *edit) takeAlong(to *debrief.TimelineEntry, from ...*debrief.TimelineEntry) error {
	for _, x := range from {
		for _, acc := range x.TeamAccounts {
			acc.Entry = debrief.EntryID(to.ID)
			at := slices.IndexFunc(to.TeamAccounts, func(o debrief.TeamAccount) bool { return o.Team == acc.Team })
			if at < 0 {
				to.TeamAccounts = append(to.TeamAccounts, acc)
				continue
			}
			one := &to.TeamAccounts[at]
			if one.Text != acc.Text {
				one.Text += "\n\n" + acc.Text
			}
			one.Evidence = unique(slices.Concat(one.Evidence, acc.Evidence))
		}
	}
	for i := range to.TeamAccounts {
		if err := d.tx.SaveAccount(to.Incident, &to.TeamAccounts[i]); err != nil {
			return err
		}
	}
	return nil
}

// SplitEntry makes several entries of one that tells several things. Evidence
// that no part names goes to the first, and so do accounts, so that none is lost.
func (c *Casebook) SplitEntry(ctx context.Context, a debrief.Actor, in SplitEntry) ([]debrief.TimelineEntry, error) {
	if len(in.Parts) < 2 || len(in.Parts) > 20 {
		return nil, &debrief.Error{Kind: debrief.Invalid, Field: "parts", Say: "An entry is split into 2 to 20 parts."}
	}
	var parts []debrief.TimelineEntry
	err := c.edit(ctx, a, in.Incident, debrief.EntrySplit, func(d *edit) (string, map[string]string, error) {
		parts = nil
		was, err := d.entry(in.Entry, in.Rev)
		if err != nil {
			return "", nil, err
		}
		if !stands(*was) {
			return "", nil, errNotThere
		}
		named := map[debrief.Citation]bool{}
		for _, w := range in.Parts {
			for _, cite := range w.Evidence {
				named[cite] = true
			}
		}
		for i, w := range in.Parts {
			if i == 0 {
				w.Evidence = slices.Clone(w.Evidence)
				for _, cite := range was.Evidence {
					if !named[cite] {
						w.Evidence = append(w.Evidence, cite)
					}
				}
			}
			e := debrief.TimelineEntry{Incident: in.Incident, Standing: debrief.Accepted}
			e.ID, e.Phase, e.Roles, e.Weight, e.Evidence = d.tx.NewID("ent_"), was.Phase, was.Roles, was.Weight, was.Evidence
			if i == 0 {
				e.Accounts = was.Accounts
			}
			if err := w.entry(d.tx, &e); err != nil {
				return "", nil, err
			}
			if err := d.save(&e, nil); err != nil {
				return "", nil, err
			}
			if i == 0 {
				err = d.takeAlong(&e, was)
			}
			if err != nil {
				return "", nil, err
			}
			parts = append(parts, e)
		}
		x := *was
		x.Standing = debrief.Split
		n := counted(len(parts), "entry", "entries")
		return "split an entry into " + n, map[string]string{"count": n}, d.save(&x, was)
	})
	return parts, err
}

// Undo takes a step of work back, as long as nothing that it touched was
// changed again. Entries that the step made are dismissed.
func (c *Casebook) Undo(ctx context.Context, a debrief.Actor, id debrief.IncidentID, edit debrief.EditID) error {
	return c.change(ctx, a, id, debrief.EditTimeline, func(tx *store.Tx, in *debrief.Incident) error {
		e, touched, err := tx.Edit(id, edit)
		if err != nil {
			return err
		}
		for _, d := range touched {
			now, err := tx.Entry(id, d.Entry)
			if err != nil {
				return err
			}
			if now.Rev != d.Rev {
				return &debrief.Error{Kind: debrief.Conflict, Say: "An entry that this touched was changed again.", Hint: "Undo the later change first."}
			}
			back := now
			if d.Before == nil {
				back.Standing = debrief.Dismissed
			} else {
				back = *d.Before
				back.Rev, back.Number = now.Rev, now.Number
			}
			if err := tx.SaveEntry(&back); err != nil {
				return err
			}
			// An older step finds the entry as it left it, under the new revision.
			if d.Before != nil {
				if err := tx.RebaseEdits(d.Entry, d.Before.Rev, back.Rev); err != nil {
					return err
				}
			}
		}
		if err := tx.MarkUndone(edit); err != nil {
			return err
		}
		tx.Record(debrief.ChangeUndone, id, string(edit), map[string]string{"what": e.What})
		return c.again(tx, in)
	})
}

// OneCitation names a piece of evidence and an entry.
type OneCitation struct {
	Incident debrief.IncidentID
	Entry    debrief.EntryID
	Evidence debrief.EvidenceID
}

// Attach makes an entry cite a piece of evidence.
func (c *Casebook) Attach(ctx context.Context, a debrief.Actor, in OneCitation) error {
	return c.cite(ctx, a, in, debrief.EvidenceAttached, "attached evidence", func(e *debrief.TimelineEntry, cite debrief.Citation) {
		e.Evidence = append(slices.Clone(e.Evidence), cite)
	})
}

// Detach makes an entry not cite a piece of evidence any more.
func (c *Casebook) Detach(ctx context.Context, a debrief.Actor, in OneCitation) error {
	return c.cite(ctx, a, in, debrief.EvidenceDetached, "took evidence off an entry", func(e *debrief.TimelineEntry, cite debrief.Citation) {
		e.Evidence = slices.DeleteFunc(slices.Clone(e.Evidence), func(x debrief.Citation) bool { return x == cite })
	})
}

func (c *Casebook) cite(ctx context.Context, a debrief.Actor, in OneCitation, kind debrief.ActivityKind, what string, do func(*debrief.TimelineEntry, debrief.Citation)) error {
	return c.edit(ctx, a, in.Incident, kind, func(d *edit) (string, map[string]string, error) {
		item, err := d.tx.EvidenceItem(in.Incident, in.Evidence)
		if err != nil {
			return "", nil, err
		}
		was, err := d.entry(in.Entry, 0)
		if err != nil {
			return "", nil, err
		}
		if !stands(*was) {
			return "", nil, errNotThere
		}
		e := *was
		do(&e, item.Cite())
		if e.Evidence = unique(e.Evidence); len(e.Evidence) == len(was.Evidence) {
			return "", nil, &debrief.Error{Kind: debrief.Conflict, Say: "That is so already."}
		}
		return what, nil, d.save(&e, was)
	})
}

// GiveAccount is what a team says about an entry.
type GiveAccount struct {
	Incident debrief.IncidentID
	Entry    debrief.EntryID
	Team     debrief.TeamID
	Rev      int64 // of the account that was looked at; 0 if there was none
	At       debrief.Moment
	Text     string
	Evidence []debrief.Citation
}

// GiveAccount writes the account of one of the actor's teams beside an entry.
func (c *Casebook) GiveAccount(ctx context.Context, a debrief.Actor, in GiveAccount) (*debrief.TeamAccount, error) {
	if !a.In(in.Team) {
		return nil, &debrief.Error{Kind: debrief.Denied, Field: "team", Say: "A team's account is given by somebody of that team."}
	}
	var acc debrief.TeamAccount
	err := c.change(ctx, a, in.Incident, debrief.EditTimeline, func(tx *store.Tx, inc *debrief.Incident) error {
		team, err := tx.Team(in.Team)
		if err != nil {
			return err
		}
		e, err := tx.Entry(in.Incident, in.Entry)
		if err != nil {
			return err
		}
		if !stands(e) {
			return errNotThere
		}
		var rev int64
		for _, x := range e.TeamAccounts {
			if x.Team == in.Team {
				rev = x.Rev
			}
		}
		if rev != in.Rev {
			return changedMeanwhile("The account")
		}
		var words debrief.Entry
		if !in.At.Known() {
			in.At = e.At
		}
		if err := (EntryWords{At: in.At, Text: in.Text, Evidence: in.Evidence}).into(tx, in.Incident, &words); err != nil {
			return err
		}
		acc = debrief.TeamAccount{Entry: in.Entry, Team: in.Team, Account: debrief.Account{Text: words.Text, At: words.At, Evidence: words.Evidence}}
		tx.Record(debrief.AccountGiven, in.Incident, string(in.Entry), map[string]string{"team": team.Name})
		if err := tx.SaveAccount(in.Incident, &acc); err != nil {
			return err
		}
		return c.again(tx, inc)
	})
	return &acc, err
}

// SettleAccounts is the wording on which people agree.
type SettleAccounts struct {
	Incident debrief.IncidentID
	Entry    debrief.EntryID
	Rev      int64
	EntryWords
	Note string
}

// SettleAccounts gives an entry one wording. The accounts stay to be read
// beside it, and so does the note.
func (c *Casebook) SettleAccounts(ctx context.Context, a debrief.Actor, in SettleAccounts) (*debrief.TimelineEntry, error) {
	note, err := debrief.CheckLine("note", "The note", in.Note, maxNote)
	if err != nil {
		return nil, err
	}
	var e debrief.TimelineEntry
	err = c.edit(ctx, a, in.Incident, debrief.AccountsSettled, func(d *edit) (string, map[string]string, error) {
		was, err := d.entry(in.Entry, in.Rev)
		if err != nil {
			return "", nil, err
		}
		if !stands(*was) {
			return "", nil, errNotThere
		}
		if len(was.TeamAccounts)+len(was.Accounts) == 0 {
			return "", nil, &debrief.Error{Kind: debrief.Conflict, Say: "There are no accounts of this entry to settle.", Hint: "Edit the entry."}
		}
		e = *was
		if err := in.entry(d.tx, &e); err != nil {
			return "", nil, err
		}
		e.Standing, e.Note = debrief.Accepted, note
		return "settled the accounts of an entry", nil, d.save(&e, was)
	})
	return &e, err
}

package casebook

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/evidence"
	"debrief.dev/debrief/internal/report"
	"debrief.dev/debrief/internal/store"
)

// NeedKind is what somebody is asked for.
type NeedKind string

// The kinds of needs, in the order in which they are asked for.
const (
	ReadPreread    NeedKind = "read"     // a pre-read that was sent to the actor
	AnswerOpen     NeedKind = "answer"   // questions that nobody has answered
	DecideProposed NeedKind = "decide"   // suggestions that nobody has decided about
	LookAtUnread   NeedKind = "evidence" // evidence that could not be read
)

var needKinds = []NeedKind{ReadPreread, AnswerOpen, DecideProposed, LookAtUnread}

// A Need is something that waits for the actor. It can be set aside, and comes back
// when there is more of it.
type Need struct {
	Kind     NeedKind
	Incident debrief.Incident
	Sending  debrief.Sending // to read
	From     string          // the name of who sent it
	N        int             // questions, suggestions, places; of a pre-read, words
}

// Key names a need among those of one person.
func (n Need) Key() string {
	if n.Kind == ReadPreread {
		return string(n.Kind) + ":" + string(n.Sending.ID)
	}
	return string(n.Kind) + ":" + string(n.Incident.ID)
}

// A Home is what needs the actor, and the incidents they are part of.
type Home struct {
	Needs []Need
	Aside int // needs that the actor has set aside
	// Part are incidents that the actor opened, is named for or worked in, that name a
	// team of theirs or were sent to them, the newest first.
	Part []PartOf
}

// PartOf is an incident with how far it is and how long its impact lasted.
type PartOf struct {
	debrief.Incident
	store.Tally
	Began    time.Time // the beginning of what the timeline covers, or zero
	Impact   time.Duration
	Measured bool // it has both ends
	Rough    bool // one of them is not known to the minute
	unread   int
	unasked  int
}

// ownIncidents is how many incidents home looks at: of those the actor is part of, and
// of those they opened, which ask for something.
const ownIncidents = 10

// Home gives what needs the actor: pre-reads to read, and what waits in the newest
// incidents that they opened and that are not shared yet. Somebody who is otherwise
// part of an incident is asked for nothing but reading.
func (c *Casebook) Home(ctx context.Context, a debrief.Actor) (h Home, err error) {
	if a.ID == "" {
		return h, a.May(debrief.SeeOrganisation, nil)
	}
	err = c.st.View(ctx, func(tx *store.Tx) error {
		h, err = home(tx, a)
		return err
	})
	return h, err
}

func home(tx *store.Tx, a debrief.Actor) (h Home, err error) {
	aside, err := tx.Aside(a.ID)
	if err != nil {
		return h, err
	}
	var needs []Need
	sent, err := tx.ToRead(a.ID)
	if err != nil {
		return h, err
	}
	names, err := tx.Names()
	if err != nil {
		return h, err
	}
	for _, s := range sent {
		in, err := tx.Incident(s.Incident)
		if err != nil {
			return h, err
		}
		if a.May(debrief.ReadSending, &in) != nil {
			continue
		}
		n := Need{Kind: ReadPreread, Incident: in, Sending: s, From: names[s.By]}
		for _, section := range s.Sections {
			n.N += report.Words(section.Body)
		}
		needs = append(needs, n)
	}
	seen := map[debrief.IncidentID]PartOf{}
	look := func(f store.IncidentFilter) (all []PartOf, err error) {
		f.Limit = ownIncidents
		found, err := tx.Incidents(a, f)
		for _, in := range found {
			if _, ok := seen[in.ID]; !ok {
				if seen[in.ID], err = partOf(tx, a, in); err != nil {
					return nil, err
				}
			}
			all = append(all, seen[in.ID])
		}
		return all, err
	}
	if h.Part, err = look(store.IncidentFilter{Mine: true}); err != nil {
		return h, err
	}
	opened, err := look(store.IncidentFilter{Opened: true, States: []debrief.IncidentState{debrief.Gathering, debrief.Reviewing, debrief.PrereadOut}})
	if err != nil {
		return h, err
	}
	for _, p := range opened {
		for kind, n := range map[NeedKind]int{AnswerOpen: p.unasked, DecideProposed: p.Suggested, LookAtUnread: p.unread} {
			if n > 0 {
				needs = append(needs, Need{Kind: kind, Incident: p.Incident, N: n})
			}
		}
	}
	slices.SortStableFunc(needs, func(a, b Need) int {
		if d := slices.Index(needKinds, a.Kind) - slices.Index(needKinds, b.Kind); d != 0 {
			return d
		}
		return b.Incident.Number - a.Incident.Number
	})
	for _, n := range needs {
		if was, ok := aside[n.Key()]; ok && n.N <= was {
			h.Aside++
			continue
		}
		h.Needs = append(h.Needs, n)
	}
	return h, nil
}

// partOf looks at one incident as far as the actor may.
func partOf(tx *store.Tx, a debrief.Actor, in debrief.Incident) (p PartOf, err error) {
	p.Incident, p.Began = in, in.From
	if a.May(debrief.SeePreread, &in) != nil {
		return p, nil
	}
	if p.Tally, err = tx.Tally(in.ID); err != nil {
		return p, err
	}
	made, err := proposalOf(tx, in.ID)
	if err != nil || made == nil {
		return p, err
	}
	p.Began = orTime(in.From, made.From)
	entries, err := tx.Entries(in.ID)
	if err != nil {
		return p, err
	}
	marks, _ := made.now(entries)
	p.Impact, p.Rough, p.Measured = impact(marks)
	questions, err := questions(tx, in.ID)
	if err != nil {
		return p, err
	}
	for _, q := range questions {
		if q.Answer == nil {
			p.unasked++
		}
	}
	uploads, err := tx.Uploads(in.ID)
	if err != nil {
		return p, err
	}
	for _, u := range uploads {
		var s evidence.Summary
		if u.State == debrief.Stopped {
			p.unread++
		} else if json.Unmarshal(u.Summary, &s) == nil {
			p.unread += len(s.Problems) + s.MoreProblems
		}
	}
	return p, nil
}

// impact is how long people outside were met, if both ends are known.
func impact(marks []debrief.Mark) (d time.Duration, rough, ok bool) {
	var from, to debrief.Moment
	for _, m := range marks {
		switch m.Name {
		case debrief.ImpactStart:
			from = m.At
		case debrief.ResolvedMark:
			to = m.At
		case debrief.Mitigated:
			if !to.Known() {
				to = m.At
			}
		}
	}
	if !from.Known() || !to.Known() || !from.At.Before(to.At) {
		return 0, false, false
	}
	return to.At.Sub(from.At), from.Precision >= debrief.About || to.Precision >= debrief.About, true
}

// SetAside takes a need off home. It is the actor's own and concerns nobody else, so
// nothing of it stands in an activity.
func (c *Casebook) SetAside(ctx context.Context, a debrief.Actor, key string) error {
	if a.ID == "" {
		return a.May(debrief.SeeOrganisation, nil)
	}
	return c.st.Update(ctx, a, func(tx *store.Tx) error {
		h, err := home(tx, a)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(h.Needs, func(n Need) bool { return n.Key() == key })
		if at < 0 {
			return nil // it is gone already, or was never the actor's
		}
		tx.Quiet()
		return tx.SetAside(key, h.Needs[at].N)
	})
}

// TakeUp brings everything back that the actor has set aside.
func (c *Casebook) TakeUp(ctx context.Context, a debrief.Actor) error {
	if a.ID == "" {
		return a.May(debrief.SeeOrganisation, nil)
	}
	return c.st.Update(ctx, a, func(tx *store.Tx) error {
		tx.Quiet()
		return tx.TakeUp()
	})
}

// Progress says how far things of an incident are, as far as the actor may know.
func (c *Casebook) Progress(ctx context.Context, a debrief.Actor, id debrief.IncidentID) (n store.Tally, err error) {
	err = c.see(ctx, a, id, debrief.SeeIncident, func(tx *store.Tx, in *debrief.Incident) error {
		if a.May(debrief.SeeEvidence, in) != nil {
			return nil
		}
		n, err = tx.Tally(id)
		return err
	})
	return n, err
}

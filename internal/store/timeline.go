package store

import (
	"debrief.dev/debrief"
)

// kept is what an entry keeps as one text.
type kept struct {
	debrief.Entry
	Proposed bool            `json:"proposed,omitempty"`
	By       debrief.UserID  `json:"by,omitempty"`
	Note     string          `json:"note,omitempty"`
	Into     debrief.EntryID `json:"into,omitempty"`
	Lane     string          `json:"lane,omitempty"`
}

func scanEntry(r scanner) (e debrief.TimelineEntry, err error) {
	var id, data string
	var changed int64
	if err = r.Scan(&id, (*string)(&e.Incident), (*int)(&e.Standing), &e.Rev, &e.Number, &changed, &data); err != nil {
		return e, err
	}
	var k kept
	if err = decode(data, &k); err != nil {
		return e, err
	}
	e.Entry, e.Proposed, e.By, e.Note, e.Into, e.Lane = k.Entry, k.Proposed, k.By, k.Note, k.Into, k.Lane
	e.ID, e.ChangedAt = id, instant(changed)
	return e, nil
}

const entryColumns = "id, incident, standing, rev, number, changed_at, data"

// Entries gives every entry of an incident in the order of time, with the
// accounts of teams.
func (t *Tx) Entries(id debrief.IncidentID) ([]debrief.TimelineEntry, error) {
	es, err := many(t, scanEntry, "SELECT "+entryColumns+" FROM entries WHERE incident = $1 ORDER BY at, id", string(id))
	if err != nil {
		return nil, err
	}
	as, err := many(t, scanAccount, "SELECT "+accountColumns+" FROM team_accounts WHERE incident = $1 ORDER BY team", string(id))
	if err != nil {
		return nil, err
	}
	by := map[debrief.EntryID][]debrief.TeamAccount{}
	for _, a := range as {
		by[a.Entry] = append(by[a.Entry], a)
	}
	for i := range es {
		es[i].TeamAccounts = by[debrief.EntryID(es[i].ID)]
	}
	return es, nil
}

// Entry gives one.
func (t *Tx) Entry(id debrief.IncidentID, entry debrief.EntryID) (debrief.TimelineEntry, error) {
	e, err := one(t, "There is no such entry in this incident.", scanEntry, "SELECT "+entryColumns+" FROM entries WHERE incident = $1 AND id = $2", string(id), string(entry))
	if err != nil {
		return e, err
	}
	e.TeamAccounts, err = many(t, scanAccount, "SELECT "+accountColumns+" FROM team_accounts WHERE entry = $1 ORDER BY team", string(entry))
	return e, err
}

// SaveEntry writes an entry as it is now and counts its revision up; a new one
// begins with 1 and gets the next number. Its incident must be touched.
func (t *Tx) SaveEntry(e *debrief.TimelineEntry) error {
	e.Rev++
	e.ChangedAt = t.now
	if e.Number == 0 {
		if err := t.row("SELECT COALESCE(MAX(number), 0) + 1 FROM entries WHERE incident = $1", string(e.Incident)).Scan(&e.Number); err != nil {
			return kinded(err)
		}
	}
	data := encode(kept{e.Entry, e.Proposed, e.By, e.Note, e.Into, e.Lane})
	err := t.do(`INSERT INTO entries (id, incident, at, standing, rev, number, changed_at, data) VALUES ($1, $2, $3, $4, $5, $8, $6, $7)
		ON CONFLICT (id) DO UPDATE SET at = $3, standing = $4, rev = $5, changed_at = $6, data = $7`,
		e.ID, string(e.Incident), micros(e.At.At), int(e.Standing), e.Rev, micros(t.now), data, e.Number)
	if err != nil {
		return err
	}
	if err := t.do("DELETE FROM citations WHERE entry = $1", e.ID); err != nil {
		return err
	}
	for n, c := range e.Evidence {
		if err := t.do("INSERT INTO citations (entry, n, incident, file, tool_id) VALUES ($1, $2, $3, $4, $5)", e.ID, n, string(e.Incident), c.File, c.ID); err != nil {
			return err
		}
	}
	return nil
}

// DeleteEntry takes out a suggestion that nobody touched, to make room for a
// newer proposal.
func (t *Tx) DeleteEntry(id debrief.EntryID) error {
	if err := t.do("DELETE FROM citations WHERE entry = $1", string(id)); err != nil {
		return err
	}
	return t.do("DELETE FROM entries WHERE id = $1", string(id))
}

const accountColumns = "entry, team, rev, author, changed_at, data"

func scanAccount(r scanner) (a debrief.TeamAccount, err error) {
	var data string
	var changed int64
	if err = r.Scan((*string)(&a.Entry), (*string)(&a.Team), &a.Rev, (*string)(&a.By), &changed, &data); err != nil {
		return a, err
	}
	a.ChangedAt = instant(changed)
	return a, decode(data, &a.Account)
}

// SaveAccount writes a team's account of an entry: as the actor's, or as of whoever
// gave it before, if it says so.
func (t *Tx) SaveAccount(id debrief.IncidentID, a *debrief.TeamAccount) error {
	if a.By == "" {
		a.By, a.ChangedAt = t.actor.ID, t.now
	}
	return kinded(t.row(`INSERT INTO team_accounts (entry, team, incident, rev, author, changed_at, data) VALUES ($1, $2, $3, 1, $4, $5, $6)
		ON CONFLICT (entry, team) DO UPDATE SET rev = team_accounts.rev + 1, author = $4, changed_at = $5, data = $6 RETURNING rev`,
		string(a.Entry), string(a.Team), string(id), string(a.By), micros(a.ChangedAt), encode(a.Account)).Scan(&a.Rev))
}

// An EditedEntry is an entry that an edit touched: as it was before (nil if it
// was not there), and the revision that the edit gave it.
type EditedEntry struct {
	Entry  debrief.EntryID
	Rev    int64
	Before *debrief.TimelineEntry
}

// InsertEdit keeps a step of work, so that it can be taken back. The incident
// gives it its place in the order.
func (t *Tx) InsertEdit(in debrief.Incident, e debrief.Edit, touched []EditedEntry) error {
	err := t.do("INSERT INTO edits (id, incident, rev, what, author, at, undone_at) VALUES ($1, $2, $3, $4, $5, $6, 0)",
		string(e.ID), string(in.ID), in.Rev, e.What, string(e.By), micros(t.now))
	for _, d := range touched {
		if err != nil {
			return err
		}
		before := ""
		if d.Before != nil {
			before = encode(d.Before)
		}
		err = t.do("INSERT INTO edit_entries (edit, entry, rev, before) VALUES ($1, $2, $3, $4)", string(e.ID), string(d.Entry), d.Rev, before)
	}
	return err
}

func scanEdit(r scanner) (e debrief.Edit, err error) {
	var at int64
	err = r.Scan((*string)(&e.ID), &e.What, (*string)(&e.By), &at)
	e.At = instant(at)
	return e, err
}

// LastEdit gives the latest step of work that was not taken back, or nil.
func (t *Tx) LastEdit(id debrief.IncidentID) (*debrief.Edit, error) {
	es, err := many(t, scanEdit, "SELECT id, what, author, at FROM edits WHERE incident = $1 AND undone_at = 0 ORDER BY rev DESC, id LIMIT 1", string(id))
	if err != nil || len(es) == 0 {
		return nil, err
	}
	return &es[0], nil
}

// Edit gives a step of work that was not taken back, with what it touched.
func (t *Tx) Edit(id debrief.IncidentID, edit debrief.EditID) (debrief.Edit, []EditedEntry, error) {
	e, err := one(t, "There is no such change, or it was undone already.", scanEdit,
		"SELECT id, what, author, at FROM edits WHERE incident = $1 AND id = $2 AND undone_at = 0", string(id), string(edit))
	if err != nil {
		return e, nil, err
	}
	touched, err := many(t, func(r scanner) (d EditedEntry, err error) {
		var before string
		if err = r.Scan((*string)(&d.Entry), &d.Rev, &before); err != nil || before == "" {
			return d, err
		}
		d.Before = &debrief.TimelineEntry{}
		return d, decode(before, d.Before)
	}, "SELECT entry, rev, before FROM edit_entries WHERE edit = $1 ORDER BY entry", string(edit))
	return e, touched, err
}

// MarkUndone notes that a step was taken back.
func (t *Tx) MarkUndone(edit debrief.EditID) error {
	return t.do("UPDATE edits SET undone_at = $1 WHERE id = $2", micros(t.now), string(edit))
}

// Proposal gives what was last proposed for an incident, as its maker wrote
// it; empty if nothing was.
func (t *Tx) Proposal(id debrief.IncidentID) (string, error) {
	texts, err := many(t, word[string], "SELECT data FROM proposals WHERE incident = $1", string(id))
	if err != nil || len(texts) == 0 {
		return "", err
	}
	return texts[0], nil
}

// SaveProposal keeps what was proposed in place of an older one.
func (t *Tx) SaveProposal(id debrief.IncidentID, data string) error {
	return t.do("INSERT INTO proposals (incident, made_at, data) VALUES ($1, $2, $3) ON CONFLICT (incident) DO UPDATE SET made_at = $2, data = $3", string(id), micros(t.now), data)
}

// RebaseEdits tells older steps that an entry they left at one revision stands
// again as it was then, under another.
func (t *Tx) RebaseEdits(entry debrief.EntryID, from, to int64) error {
	return t.do("UPDATE edit_entries SET rev = $1 WHERE entry = $2 AND rev = $3", to, string(entry), from)
}

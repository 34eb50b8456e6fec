package store

import "debrief.dev/debrief"

// Aside gives what somebody has set aside: how much of each need there was.
func (t *Tx) Aside(user debrief.UserID) (map[string]int, error) {
	type one struct {
		need string
		n    int
	}
	all, err := many(t, func(r scanner) (o one, err error) { return o, r.Scan(&o.need, &o.n) }, "SELECT need, n FROM aside WHERE member = $1", string(user))
	out := map[string]int{}
	for _, o := range all {
		out[o.need] = o.n
	}
	return out, err
}

// SetAside notes that the author does not want to be asked for something, as much as
// there is of it now.
func (t *Tx) SetAside(need string, n int) error {
	return t.do("INSERT INTO aside (member, need, n) VALUES ($1, $2, $3) ON CONFLICT (member, need) DO UPDATE SET n = $3", string(t.actor.ID), need, n)
}

// TakeUp forgets everything that the author has set aside.
func (t *Tx) TakeUp() error { return t.do("DELETE FROM aside WHERE member = $1", string(t.actor.ID)) }

// A Tally is how much there is of an incident.
type Tally struct {
	Pieces, Uploads     int // of evidence, and in how many uploads
	Waiting             int // uploads that are not read yet
	Accepted, Suggested int // entries
	Sections, Written   int // of the pre-read
	Sendings            int
}

// Tally counts what an incident holds. Each count comes from an index.
func (t *Tx) Tally(id debrief.IncidentID) (n Tally, err error) {
	err = t.row(`SELECT
		(SELECT COALESCE(SUM(items), 0) FROM uploads WHERE incident = $1),
		(SELECT COUNT(*) FROM uploads WHERE incident = $1 AND state = $2),
		(SELECT COUNT(*) FROM uploads WHERE incident = $1 AND state IN ($3, $4)),
		(SELECT COUNT(*) FROM entries WHERE incident = $1 AND standing = $5),
		(SELECT COUNT(*) FROM entries WHERE incident = $1 AND standing = $6),
		(SELECT COUNT(*) FROM sections WHERE incident = $1),
		(SELECT COUNT(*) FROM sections WHERE incident = $1 AND written = 1),
		(SELECT COUNT(*) FROM sendings WHERE incident = $1)`,
		string(id), int(debrief.ReadOut), int(debrief.Waiting), int(debrief.Reading), int(debrief.Accepted), int(debrief.Suggested)).
		Scan(&n.Pieces, &n.Uploads, &n.Waiting, &n.Accepted, &n.Suggested, &n.Sections, &n.Written, &n.Sendings)
	return n, kinded(err)
}

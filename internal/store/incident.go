package store

import (
	"encoding/hex"
	"strings"
	"unicode"

	"debrief.dev/debrief"
)

const incidentColumns = "i.id, i.number, i.title, i.state, i.visibility, i.guests_see, i.zone, i.from_at, i.to_at, i.opened_by, i.opened_at, i.changed_at, i.rev, i.data"

// access is what an incident keeps as one text beside the tables that are searched.
type access struct {
	Teams  []debrief.TeamID `json:"teams,omitempty"`
	People []debrief.UserID `json:"people,omitempty"`
}

func scanIncident(r scanner) (i debrief.Incident, err error) {
	var guests int
	var from, to, opened, changed int64
	var data string
	err = r.Scan((*string)(&i.ID), &i.Number, &i.Title, (*int)(&i.State), (*int)(&i.Visibility), &guests, &i.Zone, &from, &to,
		(*string)(&i.OpenedBy), &opened, &changed, &i.Rev, &data)
	if err != nil {
		return i, err
	}
	i.GuestsSee = guests == 1
	i.From, i.To, i.OpenedAt, i.ChangedAt = instant(from), instant(to), instant(opened), instant(changed)
	var a access
	err = decode(data, &a)
	i.Teams, i.People = a.Teams, a.People
	return i, err
}

const noIncident = "There is no such incident, or it is not shared with you."

// Incident gives one.
func (t *Tx) Incident(id debrief.IncidentID) (debrief.Incident, error) {
	return one(t, noIncident, scanIncident, "SELECT "+incidentColumns+" FROM incidents i WHERE i.id = $1", string(id))
}

// TouchIncident is the first statement of every change in an incident: it
// locks the incident until the commit and counts its revision up.
func (t *Tx) TouchIncident(id debrief.IncidentID) (debrief.Incident, error) {
	n, err := t.exec("UPDATE incidents SET rev = rev + 1, changed_at = $1 WHERE id = $2", micros(t.now), string(id))
	if err != nil {
		return debrief.Incident{}, err
	}
	if n == 0 {
		return debrief.Incident{}, &debrief.Error{Kind: debrief.NotFound, Say: noIncident}
	}
	return t.Incident(id)
}

// InsertIncident adds an incident and gives it the next number.
func (t *Tx) InsertIncident(i *debrief.Incident) error {
	if err := t.row("UPDATE incident_head SET number = number + 1 RETURNING number").Scan(&i.Number); err != nil {
		return kinded(err)
	}
	i.OpenedAt, i.ChangedAt, i.Rev, i.OpenedBy = t.now, t.now, 1, t.actor.ID
	err := t.do(`INSERT INTO incidents (id, number, title, state, visibility, guests_see, zone, from_at, to_at, opened_by, opened_at, changed_at, rev, data)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, 1, $12)`,
		string(i.ID), i.Number, i.Title, int(i.State), int(i.Visibility), bit(i.GuestsSee), i.Zone, micros(i.From), micros(i.To), string(i.OpenedBy),
		micros(t.now), encode(access{i.Teams, i.People}))
	if err != nil {
		return err
	}
	return t.fileIncident(i)
}

// UpdateIncident changes what can be changed of an incident that was touched.
func (t *Tx) UpdateIncident(i *debrief.Incident) error {
	err := t.do("UPDATE incidents SET title = $1, state = $2, visibility = $3, guests_see = $4, zone = $5, from_at = $6, to_at = $7, data = $8 WHERE id = $9",
		i.Title, int(i.State), int(i.Visibility), bit(i.GuestsSee), i.Zone, micros(i.From), micros(i.To), encode(access{i.Teams, i.People}), string(i.ID))
	if err != nil {
		return err
	}
	for _, table := range []string{"incident_teams", "incident_people", "incident_words"} {
		if err := t.do("DELETE FROM "+table+" WHERE incident = $1", string(i.ID)); err != nil {
			return err
		}
	}
	return t.fileIncident(i)
}

// fileIncident writes what an incident is found by.
func (t *Tx) fileIncident(i *debrief.Incident) error {
	for _, team := range i.Teams {
		if err := t.do("INSERT INTO incident_teams (incident, team) VALUES ($1, $2) ON CONFLICT DO NOTHING", string(i.ID), string(team)); err != nil {
			return err
		}
	}
	for _, p := range i.People {
		if err := t.do("INSERT INTO incident_people (incident, member) VALUES ($1, $2) ON CONFLICT DO NOTHING", string(i.ID), string(p)); err != nil {
			return err
		}
	}
	for _, w := range words(i.Title) {
		if err := t.do("INSERT INTO incident_words (word, incident) VALUES ($1, $2) ON CONFLICT DO NOTHING", key(w), string(i.ID)); err != nil {
			return err
		}
	}
	return nil
}

// words are the folded words of a text.
func words(s string) []string {
	return strings.FieldsFunc(Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

// key is a word in hexadecimal digits. Every collation orders those alike, so
// that "begins with" is a range of an index on both databases.
func key(word string) string { return hex.EncodeToString([]byte(word)) }

// IncidentFilter says which incidents are asked for; zero fields ask for all.
type IncidentFilter struct {
	Query  string // words of the title, the beginning of each is enough; or a number ("#12")
	States []debrief.IncidentState
	Team   debrief.TeamID // those that name the team
	Opened bool           // those the actor opened
	Mine   bool           // those the actor is part of: opened, named for, of their team, sent to them, or worked in
	Before int            // those with a smaller number; 0 for all
	Limit  int
}

// each keeps a condition as a look for each incident. Without it PostgreSQL may
// gather everything that the condition could meet first, although a page is
// full after a few dozen looks.
const each = " LIMIT 1 OFFSET 0"

// common is from how many incidents on a word is too common to begin with it.
const common = 500

// partOf are the incidents that somebody opened, is named for, has in a team, was sent
// something of, or did something in; some of them more than once.
const partOf = `SELECT id AS incident FROM incidents WHERE opened_by = ?
	UNION ALL SELECT incident FROM incident_people WHERE member = ?
	UNION ALL SELECT t.incident FROM team_members m JOIN incident_teams t ON t.team = m.team WHERE m.member = ?
	UNION ALL SELECT s.incident FROM recipients r JOIN sendings s ON s.id = r.sending WHERE r.member = ?
	UNION ALL SELECT incident FROM activity WHERE actor = ?`

// Incidents gives the incidents that the actor may see, the newest first.
func (t *Tx) Incidents(a debrief.Actor, f IncidentFilter) ([]debrief.Incident, error) {
	var c clause
	switch {
	case a.Role == debrief.Guest:
		c.and("i.id IN (SELECT incident FROM incident_people WHERE member = ?)", string(a.ID))
	case len(a.Teams) == 0:
		c.and("(i.visibility = ? OR i.opened_by = ? OR EXISTS (SELECT 1 FROM incident_people p WHERE p.incident = i.id AND p.member = ?"+each+"))",
			int(debrief.ToOrganisation), string(a.ID), string(a.ID))
	default:
		args := []any{int(debrief.ToOrganisation), string(a.ID), string(a.ID), int(debrief.ToTeams)}
		for _, team := range a.Teams {
			args = append(args, string(team))
		}
		c.and("(i.visibility = ? OR i.opened_by = ? OR EXISTS (SELECT 1 FROM incident_people p WHERE p.incident = i.id AND p.member = ?"+each+")"+
			" OR (i.visibility = ? AND EXISTS (SELECT 1 FROM incident_teams t WHERE t.incident = i.id AND t.team IN ("+in(len(a.Teams))+")"+each+")))", args...)
	}
	if f.Opened {
		c.and("i.opened_by = ?", string(a.ID))
	}
	if f.Mine {
		id := string(a.ID)
		// As with words: those of somebody who is part of few begin with them.
		n, err := t.number("SELECT COUNT(*) FROM (SELECT DISTINCT incident FROM ("+strings.ReplaceAll(partOf, "?", "$1")+") p LIMIT "+itoa(common)+") n", id)
		if err != nil {
			return nil, err
		}
		is := "i.id IN (SELECT incident FROM (" + partOf + ") p)"
		if n >= common {
			is = "EXISTS (SELECT 1 FROM (" + partOf + ") p WHERE p.incident = i.id" + each + ")"
		}
		c.and(is, id, id, id, id, id)
	}
	if f.Team != "" {
		c.and("i.id IN (SELECT incident FROM incident_teams WHERE team = ?)", string(f.Team))
	}
	if len(f.States) > 0 {
		var args []any
		for _, s := range f.States {
			args = append(args, int(s))
		}
		c.and("i.state IN ("+in(len(args))+")", args...)
	}
	if f.Before > 0 {
		c.and("i.number < ?", f.Before)
	}
	for _, w := range words(f.Query) {
		k := key(w)
		// A rare word begins with its incidents; a common one is looked for in
		// each, and the newest fill the page soon.
		n, err := t.number("SELECT COUNT(*) FROM (SELECT 1 FROM incident_words WHERE word >= $1 AND word < $2 ORDER BY word LIMIT "+itoa(common)+") w", k, k+"g")
		if err != nil {
			return nil, err
		}
		is := "i.id IN (SELECT w.incident FROM incident_words w WHERE w.word >= ? AND w.word < ?)"
		if n >= common {
			is = "EXISTS (SELECT 1 FROM incident_words w WHERE w.incident = i.id AND w.word >= ? AND w.word < ?" + each + ")"
		}
		if number, ok := strings.CutPrefix(strings.TrimSpace(f.Query), "#"); ok && number == w {
			c.and("CAST(i.number AS TEXT) = ?", number)
			continue
		}
		c.and(is, k, k+"g")
	}
	if f.Limit <= 0 || f.Limit > 500 {
		f.Limit = 50
	}
	// The limit is a number of ours and stands in the text: where it is an
	// argument, a plan that PostgreSQL keeps is made for far more rows.
	return many(t, scanIncident, "SELECT "+incidentColumns+" FROM incidents i WHERE "+c.where()+" ORDER BY i.number DESC LIMIT "+itoa(f.Limit), c.args...)
}

// Unseen gives the incidents that no member with an open account sees, the newest first.
func (t *Tx) Unseen() ([]debrief.Incident, error) {
	return many(t, scanIncident, "SELECT "+incidentColumns+` FROM incidents i WHERE i.visibility <> $1 AND NOT EXISTS (
		SELECT 1 FROM users u WHERE u.left_at = 0 AND u.role >= $2 AND (u.id = i.opened_by
			OR EXISTS (SELECT 1 FROM incident_people p WHERE p.incident = i.id AND p.member = u.id)
			OR (i.visibility = $3 AND EXISTS (SELECT 1 FROM incident_teams t JOIN team_members m ON m.team = t.team WHERE t.incident = i.id AND m.member = u.id))))
		ORDER BY i.number DESC`, int(debrief.ToOrganisation), int(debrief.Member), int(debrief.ToTeams))
}

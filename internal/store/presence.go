package store

import (
	"time"

	"debrief.dev/debrief"
)

// Presences gives who writes in an incident at this moment, by section. Those whose
// time is over are not among them.
func (t *Tx) Presences(id debrief.IncidentID) ([]debrief.Presence, error) {
	return many(t, func(r scanner) (p debrief.Presence, err error) {
		err = r.Scan((*string)(&p.Section), (*string)(&p.User), &p.Name)
		return p, err
	}, `SELECT p.section, p.member, CASE WHEN (SELECT COUNT(*) FROM team_members m WHERE m.member = p.member) = 1
			THEN (SELECT MIN(t.name) FROM teams t JOIN team_members m ON m.team = t.id WHERE m.member = p.member) ELSE u.name END
		FROM presences p JOIN users u ON u.id = p.member WHERE p.incident = $1 AND p.until > $2 ORDER BY p.section, u.name, p.member`,
		string(id), micros(t.now))
}

// Arrive notes that the actor writes in a section, for a while. It is bookkeeping,
// so it is in no log; others are told only if it is new.
func (t *Tx) Arrive(id debrief.IncidentID, section debrief.SectionID, lasts time.Duration) error {
	t.Quiet()
	if err := t.do("DELETE FROM presences WHERE until <= $1", micros(t.now)); err != nil {
		return err
	}
	n, err := t.exec("UPDATE presences SET until = $1 WHERE section = $2 AND member = $3", micros(t.now.Add(lasts)), string(section), string(t.actor.ID))
	if err != nil || n > 0 {
		return err
	}
	t.moved = append(t.moved, id)
	return t.do("INSERT INTO presences (section, member, incident, until) VALUES ($1, $2, $3, $4) ON CONFLICT (section, member) DO UPDATE SET until = $4",
		string(section), string(t.actor.ID), string(id), micros(t.now.Add(lasts)))
}

// Leave notes that the actor writes there no more.
func (t *Tx) Leave(id debrief.IncidentID, section debrief.SectionID) error {
	t.Quiet()
	n, err := t.exec("DELETE FROM presences WHERE section = $1 AND member = $2", string(section), string(t.actor.ID))
	if n > 0 {
		t.moved = append(t.moved, id)
	}
	return err
}

// tellMoves tells other processes, with the commit.
func (t *Tx) tellMoves() error {
	if t.s.pool == nil {
		return nil
	}
	for _, id := range t.moved {
		if _, err := t.tx.ExecContext(t.ctx, "SELECT pg_notify('debrief', $1)", string(id)); err != nil {
			return kinded(err)
		}
	}
	return nil
}

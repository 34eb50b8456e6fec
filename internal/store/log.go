package store

import (
	"context"
	"time"

	"debrief.dev/debrief"
)

const activityColumns = "a.seq, a.at, a.actor, a.door, a.kind, a.incident, a.subject, a.data, COALESCE(u.name, '')"

func scanActivity(r scanner) (a debrief.Activity, err error) {
	var at int64
	var data string
	err = r.Scan(&a.Seq, &at, (*string)(&a.Actor), &a.Door, (*string)(&a.Kind), (*string)(&a.Incident), &a.Subject, &data, &a.Name)
	if err != nil {
		return a, err
	}
	a.At = instant(at)
	return a, decode(data, &a.Data)
}

// Head is the number of the last activity.
func (t *Tx) Head() (int64, error) { return t.number("SELECT seq FROM activity_head") }

// ActivitiesAfter gives what came after a number, in order.
func (t *Tx) ActivitiesAfter(seq int64, limit int) ([]debrief.Activity, error) {
	return many(t, scanActivity, "SELECT "+activityColumns+" FROM activity a LEFT JOIN users u ON u.id = a.actor WHERE a.seq > $1 ORDER BY a.seq LIMIT $2", seq, limit)
}

// Activities gives what happened in an incident, the latest first. Before 0
// means from the end.
func (t *Tx) Activities(id debrief.IncidentID, before int64, limit int) ([]debrief.Activity, error) {
	if before <= 0 {
		before = 1<<62 - 1
	}
	return many(t, scanActivity, "SELECT "+activityColumns+" FROM activity a LEFT JOIN users u ON u.id = a.actor WHERE a.incident = $1 AND a.seq < $2 ORDER BY a.seq DESC LIMIT $3",
		string(id), before, limit)
}

// followEvery is how often a follower looks without having been woken: what
// another process wrote is seen by then, also where nothing tells of it.
const followEvery = time.Second

// Follow hands over every activity after a number, in order and each once, as
// they come, until the context ends or each returns an error.
func (s *Store) Follow(ctx context.Context, after int64, each func(debrief.Activity) error) error {
	wake, stop := s.Wake()
	defer stop()
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		for {
			var got []debrief.Activity
			err := s.View(ctx, func(t *Tx) (err error) {
				got, err = t.ActivitiesAfter(after, 500)
				return err
			})
			if err != nil {
				return err
			}
			for _, a := range got {
				if err := each(a); err != nil {
					return err
				}
				after = a.Seq
			}
			if len(got) < 500 {
				break
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-wake:
		case <-tick.C:
		}
	}
}

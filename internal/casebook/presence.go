package casebook

import (
	"context"
	"slices"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/store"
)

// PresenceLasts is how long somebody counts as writing after the last word of it.
const PresenceLasts = 30 * time.Second

// Write says that the actor writes in a section, or does so no more. It is no
// activity: the log does not have it, the incident does not change, and it goes out
// by itself.
func (c *Casebook) Write(ctx context.Context, a debrief.Actor, id debrief.IncidentID, section debrief.SectionID, writes bool) error {
	return c.st.Update(ctx, a, func(tx *store.Tx) error {
		in, err := tx.Incident(id)
		if err != nil {
			return err
		}
		if err := a.May(debrief.EditPreread, &in); err != nil {
			return err
		}
		if _, err := tx.Section(id, section); err != nil {
			return err
		}
		if !writes {
			return tx.Leave(id, section)
		}
		return tx.Arrive(id, section, PresenceLasts)
	})
}

// Writers gives who else writes in the pre-read at this moment.
func (c *Casebook) Writers(ctx context.Context, a debrief.Actor, id debrief.IncidentID) (all []debrief.Presence, err error) {
	err = c.see(ctx, a, id, debrief.SeePreread, func(tx *store.Tx, _ *debrief.Incident) error {
		all, err = tx.Presences(id)
		return err
	})
	return slices.DeleteFunc(all, func(p debrief.Presence) bool { return p.User == a.ID }), err
}

// Moves gives incidents in which somebody began or ended to write, until the context
// ends. Like Follow it asks nobody's permission.
func (c *Casebook) Moves(ctx context.Context, each func(debrief.IncidentID)) error {
	moves, stop := c.st.Moves()
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case id := <-moves:
			each(id)
		}
	}
}

package casebook

import (
	"context"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/store"
)

// Entry gives one entry of the timeline. Guests see it if it was accepted, without
// accounts and citations.
func (c *Casebook) Entry(ctx context.Context, a debrief.Actor, id debrief.IncidentID, entry debrief.EntryID) (*debrief.TimelineEntry, error) {
	var e debrief.TimelineEntry
	err := c.see(ctx, a, id, debrief.SeeTimeline, func(tx *store.Tx, _ *debrief.Incident) (err error) {
		if e, err = tx.Entry(id, entry); err != nil {
			return err
		}
		if a.Role == debrief.Guest {
			if e.Standing != debrief.Accepted {
				return &debrief.Error{Kind: debrief.NotFound, Say: "There is no such entry in this incident."}
			}
			forGuests(&e)
		}
		return nil
	})
	return &e, err
}

// EvidenceOf gives the pieces that an entry cites, the most direct first, with
// secrets masked. An empty list is what was taken away since.
func (c *Casebook) EvidenceOf(ctx context.Context, a debrief.Actor, id debrief.IncidentID, cites []debrief.Citation) (items []debrief.EvidenceItem, err error) {
	err = c.see(ctx, a, id, debrief.SeeEvidence, func(tx *store.Tx, _ *debrief.Incident) error {
		items, err = tx.Cited(id, cites)
		return err
	})
	for i := range items {
		mask(&items[i].Evidence)
	}
	return items, err
}

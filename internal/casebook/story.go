package casebook

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/redact"
	"debrief.dev/debrief/internal/store"
)

// promoted is what an entry says that is made of a piece of evidence: its words,
// with people as roles where they are known.
func promoted(item debrief.EvidenceItem, cast *redact.Cast) EntryWords {
	text := cmp.Or(strings.TrimSpace(item.Text), item.Title)
	if r := []rune(text); len(r) > 300 {
		text = string(r[:299]) + "…"
	}
	text = cast.External(text)
	if item.Role != "" {
		text = strings.ToUpper(item.Role[:1]) + item.Role[1:] + ": “" + text + "”"
	}
	return EntryWords{At: item.At, Text: text, Evidence: []debrief.Citation{item.Cite()}, Status: debrief.Observed}
}

// Promote makes an entry of a piece of evidence, at its own time.
func (c *Casebook) Promote(ctx context.Context, a debrief.Actor, id debrief.IncidentID, piece debrief.EvidenceID) (*debrief.TimelineEntry, error) {
	var e debrief.TimelineEntry
	cast, err := c.cast(ctx, a, id)
	if err != nil {
		return nil, err
	}
	err = c.edit(ctx, a, id, debrief.EntryAdded, func(d *edit) (string, map[string]string, error) {
		item, err := d.tx.EvidenceItem(id, piece)
		if err != nil {
			return "", nil, err
		}
		words := promoted(item, cast)
		if !words.At.Known() {
			return "", nil, &debrief.Error{Kind: debrief.Invalid, Field: "at", Say: "This record has no time.", Hint: "Add an entry with a time, and attach the record to it."}
		}
		for _, entry := range item.CitedBy { // pressed twice, or by two people at once
			was, err := d.entry(entry, 0)
			if err != nil {
				return "", nil, err
			}
			if untouched(was, words) {
				return "", nil, &debrief.Error{Kind: debrief.Conflict, Say: "This record is an entry of the story already."}
			}
		}
		e = debrief.TimelineEntry{Incident: id, Standing: debrief.Accepted}
		e.ID = d.tx.NewID("ent_")
		if item.Role != "" {
			e.Roles = []string{item.Role}
		}
		if err := words.into(d.tx, id, &e.Entry); err != nil {
			return "", nil, err
		}
		return "added an entry from evidence", nil, d.save(&e, nil)
	})
	return &e, err
}

// cast knows who the people of an incident are. It looks at all evidence, so it is
// asked before a change begins and holds nobody up.
func (c *Casebook) cast(ctx context.Context, a debrief.Actor, id debrief.IncidentID) (cast *redact.Cast, err error) {
	err = c.see(ctx, a, id, debrief.EditTimeline, func(tx *store.Tx, _ *debrief.Incident) error {
		cast, err = castOf(tx, id)
		return err
	})
	return cast, err
}

// untouched reports whether an entry is what promoting its only piece made of it.
func untouched(e *debrief.TimelineEntry, words EntryWords) bool {
	text, err := debrief.CheckLine("text", "The text", words.Text, maxEntryText)
	return err == nil && !e.Proposed && e.Text == text && e.At.At.Equal(words.At.At) && slices.Equal(e.Evidence, words.Evidence) && len(e.TeamAccounts) == 0
}

// TakeOut takes a piece of evidence out of the story again: no entry cites it any
// more. An entry that was made by promoting it and that nobody touched since goes
// with it, and so does a suggestion that would be left without a source.
func (c *Casebook) TakeOut(ctx context.Context, a debrief.Actor, id debrief.IncidentID, piece debrief.EvidenceID) error {
	cast, err := c.cast(ctx, a, id)
	if err != nil {
		return err
	}
	return c.edit(ctx, a, id, debrief.EvidenceDetached, func(d *edit) (string, map[string]string, error) {
		item, err := d.tx.EvidenceItem(id, piece)
		if err != nil {
			return "", nil, err
		}
		if len(item.CitedBy) == 0 {
			return "", nil, &debrief.Error{Kind: debrief.Conflict, Say: "This record is not part of the story."}
		}
		words := promoted(item, cast)
		for _, entry := range item.CitedBy {
			was, err := d.entry(entry, 0)
			if err != nil {
				return "", nil, err
			}
			e := *was
			switch {
			case untouched(was, words), was.Standing == debrief.Suggested && len(was.Evidence) == 1 && len(was.TeamAccounts) == 0:
				e.Standing = debrief.Dismissed
			default:
				e.Evidence = slices.DeleteFunc(slices.Clone(e.Evidence), func(x debrief.Citation) bool { return x == item.Cite() })
			}
			if err := d.save(&e, was); err != nil {
				return "", nil, err
			}
		}
		return "took evidence out of the story", nil, nil
	})
}

// Neighbours gives the pieces before and after one, in the order of time: those of
// its source and place, or of its thread if it is in one. Secrets are masked.
func (c *Casebook) Neighbours(ctx context.Context, a debrief.Actor, id debrief.IncidentID, piece debrief.EvidenceID, n int) (before, after []debrief.EvidenceItem, err error) {
	err = c.see(ctx, a, id, debrief.SeeEvidence, func(tx *store.Tx, _ *debrief.Incident) (err error) {
		before, after, err = tx.Neighbours(id, piece, n)
		return err
	})
	for _, list := range [][]debrief.EvidenceItem{before, after} {
		for i := range list {
			mask(&list[i].Evidence)
		}
	}
	return before, after, err
}

package casebook_test

import (
	"strings"
	"testing"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
)

func words(text string, minute int) casebook.EntryWords {
	return casebook.EntryWords{At: debrief.Moment{At: start.Add(time.Duration(minute) * time.Minute), Precision: debrief.ToMinute}, Text: text}
}

// entries opens an incident without evidence and adds entries at minutes 0, 1, 2, ….
func (r *room) entries(n int) (debrief.IncidentID, []debrief.EntryID) {
	r.Helper()
	in, err := r.cb.OpenIncident(r.ctx(), r.ana, casebook.OpenIncident{Title: "Invoices came late"})
	r.ok(err)
	var ids []debrief.EntryID
	for i := range n {
		e, err := r.cb.AddEntry(r.ctx(), r.ana, casebook.AddEntry{Incident: in.ID, EntryWords: words("The queue grew.", i)})
		r.ok(err)
		ids = append(ids, debrief.EntryID(e.ID))
	}
	return in.ID, ids
}

// standings gives what became of each entry.
func (r *room) standings(in debrief.IncidentID) map[debrief.EntryID]debrief.Standing {
	r.Helper()
	tl, err := r.cb.Timeline(r.ctx(), r.ana, in)
	r.ok(err)
	out := map[debrief.EntryID]debrief.Standing{}
	for _, e := range tl.Entries {
		out[debrief.EntryID(e.ID)] = e.Standing
	}
	return out
}

func (r *room) undo(in debrief.IncidentID) error {
	r.Helper()
	tl, err := r.cb.Timeline(r.ctx(), r.ana, in)
	r.ok(err)
	return r.cb.Undo(r.ctx(), r.ana, in, tl.LastEdit.ID)
}

func TestEveryStepOnTheTimelineCanBeTakenBackOneAfterAnother(t *testing.T) {
	each(t, func(r *room) {
		in, ids := r.entries(3)
		r.ok(r.cb.DismissEntries(r.ctx(), r.ana, casebook.SomeEntries{Incident: in, Entries: ids[:1]}))
		r.ok(r.cb.AcceptEntries(r.ctx(), r.ben, casebook.SomeEntries{Incident: in, Entries: ids[:1]}))
		_, err := r.cb.EditEntry(r.ctx(), r.ben, casebook.EditEntry{Incident: in, Entry: ids[0], EntryWords: words("The queue stood still.", 5)})
		r.ok(err)
		m, err := r.cb.MergeEntries(r.ctx(), r.ana, casebook.MergeEntries{Incident: in, Entries: ids[:2], Note: "One event, seen twice."})
		r.ok(err)
		if m.Text != "The queue stood still." {
			t.Errorf("the merged entry says %q", m.Text)
		}
		parts, err := r.cb.SplitEntry(r.ctx(), r.ana, casebook.SplitEntry{Incident: in, Entry: debrief.EntryID(m.ID), Parts: []casebook.EntryWords{words("One.", 1), words("Two.", 2)}})
		r.ok(err)
		got := r.standings(in)
		if got[ids[0]] != debrief.Merged || got[ids[1]] != debrief.Merged || got[debrief.EntryID(m.ID)] != debrief.Split || got[debrief.EntryID(parts[1].ID)] != debrief.Accepted {
			t.Fatalf("after the split: %v", got)
		}
		for range 5 {
			r.ok(r.undo(in))
		}
		got = r.standings(in)
		if got[ids[0]] != debrief.Accepted || got[ids[1]] != debrief.Accepted || got[debrief.EntryID(m.ID)] != debrief.Dismissed || got[debrief.EntryID(parts[0].ID)] != debrief.Dismissed {
			t.Errorf("after undoing everything: %v", got)
		}
		tl, err := r.cb.Timeline(r.ctx(), r.ana, in)
		r.ok(err)
		for _, e := range tl.Entries {
			if e.ID == string(ids[0]) && e.Text != "The queue grew." {
				t.Errorf("the first entry says %q", e.Text)
			}
		}
	})
}

func TestAnEarlierStepIsNotTakenBackUnderALaterOne(t *testing.T) {
	each(t, func(r *room) {
		in, ids := r.entries(1)
		tl, err := r.cb.Timeline(r.ctx(), r.ana, in)
		r.ok(err)
		_, err = r.cb.EditEntry(r.ctx(), r.ben, casebook.EditEntry{Incident: in, Entry: ids[0], Rev: tl.Entries[0].Rev, EntryWords: words("Ben saw more.", 0)})
		r.ok(err)
		r.kind(r.cb.Undo(r.ctx(), r.ana, in, tl.LastEdit.ID), debrief.Conflict)
		_, err = r.cb.EditEntry(r.ctx(), r.ana, casebook.EditEntry{Incident: in, Entry: ids[0], Rev: tl.Entries[0].Rev, EntryWords: words("Ana did not know.", 0)})
		r.kind(err, debrief.Conflict)
	})
}

func TestTeamsGiveTheirAccountsSideBySideUntilPeopleSettle(t *testing.T) {
	each(t, func(r *room) {
		in, ids := r.entries(1)
		give := casebook.GiveAccount{Incident: in, Entry: ids[0], Team: r.delivery, Text: "The order came two days later than planned."}
		_, err := r.cb.GiveAccount(r.ctx(), r.ana, give)
		r.kind(err, debrief.Denied) // Ana is not in the team
		_, err = r.cb.GiveAccount(r.ctx(), r.ben, give)
		r.ok(err)
		_, err = r.cb.GiveAccount(r.ctx(), r.ben, give)
		r.kind(err, debrief.Conflict) // written on a state that is not there any more
		e, err := r.cb.SettleAccounts(r.ctx(), r.ana, casebook.SettleAccounts{Incident: in, Entry: ids[0], EntryWords: words("The order came late.", 0), Note: "Both teams read the order's date."})
		r.ok(err)
		if len(e.TeamAccounts) != 1 || e.Note == "" {
			t.Errorf("after settling: %+v", e)
		}
	})
}

func TestWhatTeamsSaidGoesAlongWhenEntriesAreMergedOrSplit(t *testing.T) {
	each(t, func(r *room) {
		in, ids := r.entries(2)
		for i, text := range []string{"The order came two days late.", "Nobody had told us of the second order."} {
			_, err := r.cb.GiveAccount(r.ctx(), r.ben, casebook.GiveAccount{Incident: in, Entry: ids[i], Team: r.delivery, Text: text})
			r.ok(err)
		}
		m, err := r.cb.MergeEntries(r.ctx(), r.ana, casebook.MergeEntries{Incident: in, Entries: ids})
		r.ok(err)
		_, err = r.cb.SplitEntry(r.ctx(), r.ana, casebook.SplitEntry{Incident: in, Entry: debrief.EntryID(m.ID), Parts: []casebook.EntryWords{words("One.", 1), words("Two.", 2)}})
		r.ok(err)
		tl, err := r.cb.Timeline(r.ctx(), r.ana, in)
		r.ok(err)
		for _, e := range tl.Entries {
			if e.Standing != debrief.Accepted || e.Text == "Two." {
				continue
			}
			if len(e.TeamAccounts) != 1 || e.TeamAccounts[0].Text != "The order came two days late.\n\nNobody had told us of the second order." || e.TeamAccounts[0].By != r.ben.ID {
				t.Errorf("%s has the accounts %+v", e.Text, e.TeamAccounts)
			}
		}
		for range 2 { // and it is as it was
			r.ok(r.undo(in))
		}
		tl, err = r.cb.Timeline(r.ctx(), r.ana, in)
		r.ok(err)
		for _, e := range tl.Entries {
			if e.Standing == debrief.Accepted && (len(e.TeamAccounts) != 1 || strings.Contains(e.TeamAccounts[0].Text, "\n")) {
				t.Errorf("after undoing %s has the accounts %+v", e.Text, e.TeamAccounts)
			}
		}
	})
}

func TestAnEntryHoldsNoSecretAndCitesOnlyWhatIsThere(t *testing.T) {
	each(t, func(r *room) {
		in, _ := r.entries(0)
		_, err := r.cb.AddEntry(r.ctx(), r.ana, casebook.AddEntry{Incident: in, EntryWords: words("Somebody used postgres://app:hunter2hunter2@db/app.", 0)})
		r.kind(err, debrief.Invalid)
		w := words("It cites nothing that is there.", 0)
		w.Evidence = []debrief.Citation{{File: "chat.json", ID: "1"}}
		_, err = r.cb.AddEntry(r.ctx(), r.ana, casebook.AddEntry{Incident: in, EntryWords: w})
		r.kind(err, debrief.Invalid)
	})
}

func TestAnEntryKeepsItsNumberAndKnowsWhoseMomentItWas(t *testing.T) {
	each(t, func(r *room) {
		in, ids := r.entries(2)
		w := words("A support agent reads forty tickets.", 2)
		added, err := r.cb.AddEntry(r.ctx(), r.ana, casebook.AddEntry{Incident: in, EntryWords: w})
		r.ok(err)
		w = words("The queue grew.", -5) // it is the first now, and keeps its number
		w.Lane = "  The   carrier "
		_, err = r.cb.EditEntry(r.ctx(), r.ana, casebook.EditEntry{Incident: in, Entry: ids[1], EntryWords: w})
		r.ok(err)
		tl, err := r.cb.Timeline(r.ctx(), r.ana, in)
		r.ok(err)
		if e := tl.Entries[0]; e.Cite() != "e02" || tl.Lanes[e.ID] != (casebook.Lane{Name: "The carrier"}) {
			t.Errorf("the moved entry is %s in the lane %+v", e.Cite(), tl.Lanes[e.ID])
		}
		if l := tl.Lanes[added.ID]; added.Cite() != "e03" || l.Name == "" || !l.Proposed {
			t.Errorf("the added entry is %s in the lane %+v", added.Cite(), l)
		}
		r.ok(r.undo(in))
		tl, err = r.cb.Timeline(r.ctx(), r.ana, in)
		r.ok(err)
		if e := tl.Entries[1]; e.Cite() != "e02" || tl.Lanes[e.ID].Name != "" {
			t.Errorf("after undoing, the entry is %s in the lane %+v", e.Cite(), tl.Lanes[e.ID])
		}
	})
}

func TestDecidingTwiceIsDecidingOnce(t *testing.T) {
	each(t, func(r *room) {
		in, ids := r.entries(1)
		some := casebook.SomeEntries{Incident: in, Entries: ids}
		r.ok(r.cb.DismissEntries(r.ctx(), r.ana, some))
		before, err := r.cb.Activity(r.ctx(), r.ana, in, 0, 50)
		r.ok(err)
		r.ok(r.cb.DismissEntries(r.ctx(), r.ben, some))
		after, err := r.cb.Activity(r.ctx(), r.ana, in, 0, 50)
		r.ok(err)
		if len(after) != len(before) {
			t.Errorf("the second press left a trace: %+v", after[0])
		}
		r.ok(r.undo(in))
		r.ok(r.cb.AcceptEntries(r.ctx(), r.ben, some))
		if got := r.standings(in)[ids[0]]; got != debrief.Accepted {
			t.Errorf("the entry is %v", got)
		}
		r.kind(r.cb.AcceptEntries(r.ctx(), r.ana, casebook.SomeEntries{Incident: in}), debrief.Invalid)
	})
}

package casebook_test

import (
	"slices"
	"testing"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/auth"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/store"
	"debrief.dev/debrief/internal/store/storetest"
)

// Home asks whoever opened an incident, and nobody else; what is set aside stays away
// until there is more of it, and is the person's own.
func TestHomeAsksForWhatWaitsAndCanBeDeclined(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRoom(t, cfg)
		in := r.sample(r.ana)
		needs := func(a debrief.Actor) (h casebook.Home, kinds []casebook.NeedKind) {
			t.Helper()
			h, err := r.cb.Home(r.ctx(), a)
			r.ok(err)
			for _, n := range h.Needs {
				kinds = append(kinds, n.Kind)
			}
			return h, kinds
		}
		h, kinds := needs(r.ana)
		if len(kinds) < 2 || kinds[0] != casebook.AnswerOpen || kinds[1] != casebook.DecideProposed {
			t.Fatalf("Ana is asked for %v", kinds)
		}
		if len(h.Part) != 1 || h.Part[0].Suggested != h.Needs[1].N || h.Part[0].Pieces == 0 || h.Part[0].Began.IsZero() {
			t.Errorf("the incident is told as %+v", h.Part)
		}
		if _, kinds := needs(r.ben); len(kinds) != 0 {
			t.Errorf("Ben, who is no part of it, is asked for %v", kinds)
		}

		head, err := r.cb.Head(r.ctx())
		r.ok(err)
		decide := h.Needs[1]
		r.ok(r.cb.SetAside(r.ctx(), r.ben, decide.Key())) // not his: nothing happens
		r.ok(r.cb.SetAside(r.ctx(), r.ana, decide.Key()))
		r.ok(r.cb.SetAside(r.ctx(), r.ana, "read:sen_none"))
		if now, err := r.cb.Head(r.ctx()); err != nil || now != head {
			t.Errorf("setting aside is told to others: %d activities, %v", now-head, err)
		}
		h, kinds = needs(r.ana)
		if h.Aside != 1 || kinds[0] != casebook.AnswerOpen || len(kinds) > 1 && kinds[1] == casebook.DecideProposed {
			t.Errorf("%d set aside, and Ana is asked for %v", h.Aside, kinds)
		}
		r.ok(r.cb.TakeUp(r.ctx(), r.ana))
		if h, kinds = needs(r.ana); h.Aside != 0 || len(kinds) < 2 || kinds[1] != casebook.DecideProposed {
			t.Errorf("after taking up %d are aside, and Ana is asked for %v", h.Aside, kinds)
		}

		// One suggestion is decided: what remains is less than was set aside. It comes
		// back with the one that is brought back.
		tl, err := r.cb.Timeline(r.ctx(), r.ana, in.ID)
		r.ok(err)
		one := casebook.SomeEntries{Incident: in.ID, Entries: []debrief.EntryID{debrief.EntryID(tl.Entries[0].ID)}}
		r.ok(r.cb.AcceptEntries(r.ctx(), r.ana, one))
		r.ok(r.cb.SetAside(r.ctx(), r.ana, decide.Key()))
		if h, _ = needs(r.ana); h.Aside != 1 {
			t.Fatalf("%d are aside", h.Aside)
		}
		tl, err = r.cb.Timeline(r.ctx(), r.ana, in.ID)
		r.ok(err)
		r.ok(r.cb.Undo(r.ctx(), r.ana, in.ID, tl.LastEdit.ID))
		if h, _ = needs(r.ana); h.Aside != 0 {
			t.Error("what has grown since stays away")
		}
		if _, err := r.cb.Home(r.ctx(), debrief.Actor{}); debrief.KindOf(err) != debrief.Denied {
			t.Errorf("nobody gets %v", err)
		}
	})
}

// People are part of what they opened, what names their team, what they worked in and
// what was sent to them, as long as they may see it.
func TestWhoTookPartIsPartOfIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRoom(t, cfg)
		eve := r.join("Eve", auth.Invite{Email: "eve@example.com", Role: debrief.Member})
		part := func(a debrief.Actor, want ...int) {
			t.Helper()
			h, err := r.cb.Home(r.ctx(), a)
			r.ok(err)
			page, err := r.cb.Incidents(r.ctx(), a, store.IncidentFilter{Mine: true})
			r.ok(err)
			var home, listed []int
			for _, in := range h.Part {
				home = append(home, in.Number)
			}
			for _, in := range page.Incidents {
				listed = append(listed, in.Number)
			}
			if !slices.Equal(home, want) || !slices.Equal(listed, want) {
				t.Errorf("%s is part of %v at home, and of %v in the list, want %v", a.Name, home, listed, want)
			}
		}
		in := r.sample(r.ana)
		_, err := r.cb.OpenIncident(r.ctx(), r.ana, casebook.OpenIncident{Title: "A carrier is late", Visibility: debrief.ToTeams, Teams: []debrief.TeamID{r.delivery}})
		r.ok(err)
		_, err = r.cb.OpenIncident(r.ctx(), r.ana, casebook.OpenIncident{Title: "Nothing that concerns others"})
		r.ok(err)
		part(r.ana, 3, 2, 1)
		part(r.ben, 2)
		part(eve)

		qs, err := r.cb.Questions(r.ctx(), r.ben, in.ID)
		r.ok(err)
		_, err = r.cb.AnswerQuestion(r.ctx(), r.ben, casebook.AnswerQuestion{Incident: in.ID, Question: qs[0].ID, Text: "About a third."})
		r.ok(err)
		part(r.ben, 2, 1)
		_, err = r.cb.SendPreread(r.ctx(), r.ana, casebook.SendPreread{Incident: in.ID, To: []debrief.UserID{eve.ID}})
		r.ok(err)
		part(eve, 1)

		only := debrief.Restricted
		_, err = r.cb.ChangeIncident(r.ctx(), r.ana, casebook.ChangeIncident{ID: in.ID, Visibility: &only})
		r.ok(err)
		part(r.ben, 2)
		part(eve)
	})
}

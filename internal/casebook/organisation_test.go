package casebook_test

import (
	"testing"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
)

func TestAnAdministratorChangesTheOrganisation(t *testing.T) {
	each(t, func(r *room) {
		before, err := r.cb.Organisation(r.ctx(), r.ana)
		r.ok(err)
		for _, in := range []casebook.ChangeOrganisation{{Name: " ", Zone: "UTC"}, {Name: "Harbour", Zone: "Mars/Olympus"}, {Name: "Harbour", Zone: ""}} {
			if err := r.cb.ChangeOrganisation(r.ctx(), r.ana, in); debrief.KindOf(err) != debrief.Invalid {
				r.Errorf("%+v: %v", in, err)
			}
		}
		if err := r.cb.ChangeOrganisation(r.ctx(), r.ben, casebook.ChangeOrganisation{Name: "Mine", Zone: "UTC"}); debrief.KindOf(err) != debrief.Denied {
			r.Errorf("a member changes it: %v", err)
		}
		now, err := r.cb.Organisation(r.ctx(), r.ana)
		r.ok(err)
		if now != before {
			r.Errorf("what was refused changed %+v to %+v", before, now)
		}
		r.ok(r.cb.ChangeOrganisation(r.ctx(), r.ana, casebook.ChangeOrganisation{Name: " Harbour & Sons ", Zone: "Europe/Berlin"}))
		now, err = r.cb.Organisation(r.ctx(), r.ana)
		r.ok(err)
		if now.Name != "Harbour & Sons" || now.Zone != "Europe/Berlin" || !now.OpenedAt.Equal(before.OpenedAt) {
			r.Errorf("it is %+v", now)
		}
	})
}

// When everybody who saw an incident has left, an administrator names somebody, without
// learning what it is about; while anybody sees it, nobody can.
func TestAnIncidentThatNobodySeesGetsSomebody(t *testing.T) {
	each(t, func(r *room) {
		team, err := r.cb.AddTeam(r.ctx(), r.ana, casebook.AddTeam{Name: "Night shift"})
		r.ok(err)
		restricted, err := r.cb.OpenIncident(r.ctx(), r.ben, casebook.OpenIncident{Title: "Quiet", Visibility: debrief.Restricted})
		r.ok(err)
		ofTeam, err := r.cb.OpenIncident(r.ctx(), r.ben, casebook.OpenIncident{Title: "Of a team", Visibility: debrief.ToTeams, Teams: []debrief.TeamID{team.ID}})
		r.ok(err)
		_, err = r.cb.OpenIncident(r.ctx(), r.ben, casebook.OpenIncident{Title: "Of all", Visibility: debrief.ToOrganisation})
		r.ok(err)
		unseen := func() (numbers []int) {
			r.Helper()
			all, err := r.cb.Unseen(r.ctx(), r.ana)
			r.ok(err)
			for _, in := range all {
				numbers = append(numbers, in.Number)
			}
			return numbers
		}
		name := func(a debrief.Actor, id debrief.IncidentID, user debrief.UserID) debrief.ErrorKind {
			return debrief.KindOf(r.cb.NameSomebody(r.ctx(), a, id, user))
		}
		if got := unseen(); got != nil {
			r.Errorf("while Ben is here nobody sees %v", got)
		}
		if got := name(r.ana, restricted.ID, r.ana.ID); got != debrief.NotFound {
			r.Errorf("naming oneself for an incident that somebody sees: %v", got)
		}
		if _, err := r.cb.Unseen(r.ctx(), r.ben); debrief.KindOf(err) != debrief.Denied {
			r.Errorf("a member asks: %v", err)
		}
		r.ok(r.cb.CloseAccount(r.ctx(), r.ana, r.ben.ID))
		if got := unseen(); len(got) != 2 || got[0] != ofTeam.Number || got[1] != restricted.Number {
			r.Errorf("nobody sees %v, want %d and %d", got, ofTeam.Number, restricted.Number)
		}
		if _, err := r.cb.Incident(r.ctx(), r.ana, restricted.ID); debrief.KindOf(err) != debrief.NotFound {
			r.Errorf("an administrator sees it: %v", err)
		}
		r.ok(r.cb.JoinTeam(r.ctx(), r.ana, team.ID, r.ana.ID))
		if got := unseen(); len(got) != 1 || got[0] != restricted.Number {
			r.Errorf("with somebody in the team nobody sees %v", got)
		}
		if got := name(r.ana, restricted.ID, r.ben.ID); got != debrief.Invalid {
			r.Errorf("naming somebody who left: %v", got)
		}
		r.ok(r.cb.NameSomebody(r.ctx(), r.ana, restricted.ID, r.ana.ID))
		in, err := r.cb.Incident(r.ctx(), r.ana, restricted.ID)
		r.ok(err)
		if in.Visibility != debrief.Restricted || len(in.People) != 1 {
			r.Errorf("it is now %+v", in)
		}
		if got := name(r.ana, restricted.ID, r.ana.ID); got != debrief.NotFound {
			r.Errorf("a second naming: %v", got)
		}
		log, err := r.cb.Activity(r.ctx(), r.ana, restricted.ID, 0, 10)
		r.ok(err)
		if len(log) == 0 || log[0].Kind != debrief.SomebodyNamed {
			r.Errorf("the activity begins with %+v", log)
		}
	})
}

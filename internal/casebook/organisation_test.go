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

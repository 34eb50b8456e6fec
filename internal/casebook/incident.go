package casebook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/store"
)

const maxTitle = 200

// OpenIncident is what opening an incident asks for.
type OpenIncident struct {
	Title      string
	Visibility debrief.Visibility
	Teams      []debrief.TeamID
	People     []debrief.UserID
	Zone       string // IANA; empty means the organisation's
}

// OpenIncident opens an incident. Whoever opens it sees it always.
func (c *Casebook) OpenIncident(ctx context.Context, a debrief.Actor, in OpenIncident) (*debrief.Incident, error) {
	if err := a.May(debrief.OpenAnIncident, nil); err != nil {
		return nil, err
	}
	title, err := debrief.CheckLine("title", "The title", in.Title, maxTitle)
	if err != nil {
		return nil, err
	}
	var inc debrief.Incident
	err = c.st.Update(ctx, a, func(tx *store.Tx) error {
		zone := in.Zone
		if zone == "" {
			o, _, err := tx.Organisation()
			if err != nil {
				return err
			}
			zone = o.Zone
		}
		inc = debrief.Incident{
			ID: debrief.IncidentID(tx.NewID("inc_")), Title: title, Visibility: in.Visibility,
			Teams: unique(in.Teams), People: unique(in.People), Zone: zone,
		}
		if err := checkIncident(tx, &inc); err != nil {
			return err
		}
		tx.Record(debrief.IncidentOpened, inc.ID, string(inc.ID), nil)
		return tx.InsertIncident(&inc)
	})
	return &inc, err
}

func checkIncident(tx *store.Tx, in *debrief.Incident) error {
	if err := debrief.CheckZone(in.Zone); err != nil {
		return err
	}
	if in.Visibility < debrief.ToOrganisation || in.Visibility > debrief.Restricted {
		return &debrief.Error{Kind: debrief.Invalid, Field: "visibility", Say: "There is no such visibility."}
	}
	if in.State < debrief.Gathering || in.State > debrief.Shared {
		return &debrief.Error{Kind: debrief.Invalid, Field: "state", Say: "There is no such state."}
	}
	if in.Visibility == debrief.ToTeams && len(in.Teams) == 0 {
		return &debrief.Error{Kind: debrief.Invalid, Field: "teams", Say: "No team is named.", Hint: "Name at least one, or choose another visibility."}
	}
	if !in.From.IsZero() && !in.To.IsZero() && !in.From.Before(in.To) {
		return &debrief.Error{Kind: debrief.Invalid, Field: "to", Say: "The end is not after the beginning."}
	}
	for _, t := range in.Teams {
		if _, err := tx.Team(t); err != nil {
			return err
		}
	}
	for _, p := range in.People {
		if _, err := tx.User(p); err != nil {
			return err
		}
	}
	return nil
}

// ChangeIncident says what is to be different: nil fields stay as they are.
type ChangeIncident struct {
	ID         debrief.IncidentID
	Title      *string
	State      *debrief.IncidentState
	Zone       *string
	From, To   *time.Time // the window of the incident; a zero time means that it is found from the evidence
	Visibility *debrief.Visibility
	Teams      *[]debrief.TeamID
	People     *[]debrief.UserID
	GuestsSee  *bool
	// Access is what [AccessOf] gave of the incident that was looked at; empty means
	// whatever it is now.
	Access string
}

// AccessOf tells who sees an incident in a form that only serves to be compared.
func AccessOf(in *debrief.Incident) string {
	return fmt.Sprint(in.Visibility, slices.Sorted(slices.Values(in.Teams)), slices.Sorted(slices.Values(in.People)), in.GuestsSee)
}

// ChangeIncident changes an incident. A guest who is taken off loses sight of
// it at once. Nobody can shut themselves out.
func (c *Casebook) ChangeIncident(ctx context.Context, a debrief.Actor, ch ChangeIncident) (*debrief.Incident, error) {
	var inc debrief.Incident
	err := c.change(ctx, a, ch.ID, debrief.ChangeDetails, func(tx *store.Tx, in *debrief.Incident) error {
		was := *in
		inc = was
		if err := ch.details(in); err != nil {
			return err
		}
		if ch.Visibility != nil || ch.Teams != nil || ch.People != nil || ch.GuestsSee != nil {
			if err := ch.access(a, in); err != nil {
				return err
			}
		}
		var what []string
		for name, is := range map[string]bool{
			"the title": in.Title != was.Title, "the state": in.State != was.State, "the time zone": in.Zone != was.Zone,
			"the window": !in.From.Equal(was.From) || !in.To.Equal(was.To),
		} {
			if is {
				what = append(what, name)
			}
		}
		slices.Sort(what)
		access := AccessOf(in) != AccessOf(&was)
		if access {
			tx.Record(debrief.AccessChanged, in.ID, string(in.ID), nil)
		}
		if len(what) > 0 {
			tx.Record(debrief.IncidentChanged, in.ID, string(in.ID), map[string]string{"what": strings.Join(what, " and ")})
		}
		if !access && len(what) == 0 {
			return errNothing
		}
		if err := checkIncident(tx, in); err != nil {
			return err
		}
		if len(what) > 1 || len(what) == 1 && in.State == was.State { // no draft tells how far it is
			if err := tx.AddTask(taskWork, string(in.ID), ""); err != nil {
				return err
			}
		}
		inc = *in
		return tx.UpdateIncident(in)
	})
	if errors.Is(err, errNothing) {
		err = nil
	}
	return &inc, err
}

func (ch ChangeIncident) details(in *debrief.Incident) (err error) {
	if ch.Title != nil {
		if in.Title, err = debrief.CheckLine("title", "The title", *ch.Title, maxTitle); err != nil {
			return err
		}
	}
	if ch.State != nil {
		in.State = *ch.State
	}
	if ch.Zone != nil {
		in.Zone = *ch.Zone
	}
	if ch.From != nil {
		in.From = ch.From.UTC()
	}
	if ch.To != nil {
		in.To = ch.To.UTC()
	}
	return nil
}

func (ch ChangeIncident) access(a debrief.Actor, in *debrief.Incident) error {
	if err := a.May(debrief.ChangeAccess, in); err != nil {
		return err
	}
	if ch.Access != "" && ch.Access != AccessOf(in) {
		return changedMeanwhile("Who sees the incident")
	}
	if ch.Visibility != nil {
		in.Visibility = *ch.Visibility
	}
	if ch.Teams != nil {
		in.Teams = unique(*ch.Teams)
	}
	if ch.People != nil {
		in.People = unique(*ch.People)
	}
	if ch.GuestsSee != nil {
		in.GuestsSee = *ch.GuestsSee
	}
	if a.May(debrief.SeeIncident, in) != nil {
		return &debrief.Error{Kind: debrief.Invalid, Field: "visibility", Say: "After this change you would not see the incident yourself.", Hint: "Name one of your teams, or yourself."}
	}
	return nil
}

func changedMeanwhile(what string) error {
	return &debrief.Error{Kind: debrief.Conflict, Say: what + " was changed meanwhile.", Hint: "Look at it as it is now, and decide again."}
}

// Incident gives one.
func (c *Casebook) Incident(ctx context.Context, a debrief.Actor, id debrief.IncidentID) (*debrief.Incident, error) {
	var inc debrief.Incident
	err := c.see(ctx, a, id, debrief.SeeIncident, func(tx *store.Tx, in *debrief.Incident) error {
		inc = *in
		return nil
	})
	return &inc, err
}

// IncidentPage is a stretch of the list of incidents, the newest first.
type IncidentPage struct {
	Incidents []debrief.Incident
	Next      int // for IncidentFilter.Before; 0 at the end
}

// Incidents gives the incidents that the actor sees.
func (c *Casebook) Incidents(ctx context.Context, a debrief.Actor, f store.IncidentFilter) (p IncidentPage, err error) {
	if a.ID == "" {
		return p, a.May(debrief.SeeOrganisation, nil)
	}
	if f.Limit <= 0 || f.Limit > 200 {
		f.Limit = 50
	}
	limit := f.Limit
	f.Limit++
	err = c.st.View(ctx, func(tx *store.Tx) error {
		p.Incidents, err = tx.Incidents(a, f)
		return err
	})
	if len(p.Incidents) > limit {
		p.Incidents = p.Incidents[:limit]
		p.Next = p.Incidents[limit-1].Number
	}
	// The query narrows; the pure function decides.
	p.Incidents = slices.DeleteFunc(p.Incidents, func(i debrief.Incident) bool { return a.May(debrief.SeeIncident, &i) != nil })
	return p, err
}

package web

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/auth"
	"debrief.dev/debrief/internal/casebook"
)

// room gives the incident of a request, and its path.
func (s *Site) room(r *http.Request, a debrief.Actor) (*debrief.Incident, string, error) {
	in, err := s.cb.Incident(r.Context(), a, debrief.IncidentID(r.PathValue("incident")))
	return in, "/incidents/" + r.PathValue("incident"), err
}

// changes tells a page that is open when to look again. The page says at which
// revision of the incident it was drawn.
func (s *Site) changes(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	in, _, err := s.room(r, a)
	if err != nil {
		return err
	}
	if s.cfg.Live == nil {
		w.WriteHeader(http.StatusNoContent) // a browser does not ask again
		return nil
	}
	drawn := r.URL.Query().Get("after")
	s.cfg.Live.Serve(w, r, in.ID, func() bool {
		now, err := s.cb.Incident(r.Context(), a, in.ID)
		return err != nil || decimal(now.Rev) != drawn
	}, func() bool {
		// A session may have ended, an account been closed, a person been taken off.
		now, err := s.who(r)
		if err != nil || now.ID != a.ID {
			return false
		}
		_, err = s.cb.Incident(r.Context(), now, in.ID)
		return err == nil
	})
	return nil
}

type accessPage struct {
	Users   []debrief.User
	Teams   []debrief.Team
	Names   map[debrief.UserID]string
	Link    string               // of an invitation that was just made
	Mails   bool                 // whom one invites gets a mail
	Invited []debrief.Invitation // guests who are invited and not there yet
	Access  bool                 // the actor decides who sees it
	Now     string               // who sees it now, if somebody changed that while the form was filled in
	Details bool                 // the actor changes it
	Fields  []string             // what they change of it
	Marks   []markView
	States  []debrief.IncidentState
}

func (s *Site) choices(r *http.Request, a debrief.Actor) (p accessPage, err error) {
	if a.May(debrief.SeeOrganisation, nil) != nil {
		return p, nil
	}
	if p.Users, err = s.cb.Users(r.Context(), a); err != nil {
		return p, err
	}
	p.Teams, err = s.cb.Teams(r.Context(), a)
	return p, err
}

func (s *Site) newIncidentWith(w http.ResponseWriter, r *http.Request, a debrief.Actor, f form, problem *debrief.Error) error {
	if err := a.May(debrief.OpenAnIncident, nil); err != nil {
		return err
	}
	p, err := s.choices(r, a)
	if err != nil {
		return err
	}
	s.show(w, r, a, page{name: "new_incident", Title: "Open an incident", Here: "incidents", Form: f, Problem: problem, Body: p})
	return nil
}

func (s *Site) newIncident(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	org, err := s.cb.Organisation(r.Context(), a)
	if err != nil {
		return err
	}
	return s.newIncidentWith(w, r, a, form{"visibility": {debrief.ToOrganisation.String()}, "zone": {org.Zone}}, nil)
}

func visibility(f form) (v debrief.Visibility, err error) {
	if err := v.UnmarshalText([]byte(f.Get("visibility"))); err != nil {
		return v, &debrief.Error{Kind: debrief.Invalid, Field: "visibility", Say: "Choose who sees the incident."}
	}
	return v, nil
}

func (s *Site) openIncident(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	f := formOf(r)
	v, err := visibility(f)
	var in *debrief.Incident
	if err == nil {
		in, err = s.cb.OpenIncident(r.Context(), a, casebook.OpenIncident{Title: f.Get("title"), Visibility: v, Teams: ids[debrief.TeamID](f, "team"), People: ids[debrief.UserID](f, "person"), Zone: f.Get("zone")})
	}
	if e, ok := refused(err); ok {
		return s.newIncidentWith(w, r, a, f, e)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/incidents/"+string(in.ID)+"/evidence", http.StatusSeeOther)
	return nil
}

func (s *Site) overviewWith(w http.ResponseWriter, r *http.Request, a debrief.Actor, f form, problem *debrief.Error, link string) error {
	in, _, err := s.room(r, a)
	if err != nil {
		return err
	}
	p, err := s.choices(r, a)
	if err != nil {
		return err
	}
	if p.Names, err = s.cb.Names(r.Context(), a, in.ID); err != nil {
		return err
	}
	if a.May(debrief.SeeTimeline, in) == nil {
		t, err := s.cb.Timeline(r.Context(), a, in.ID)
		if err != nil {
			return err
		}
		p.Marks = marksOf(t, zoneOf(in))
	}
	p.Mails = s.cfg.Mails
	if a.May(debrief.ChangeAccess, in) == nil {
		if p.Invited, err = s.gate.InvitedTo(r.Context(), a, in.ID); err != nil {
			return err
		}
	}
	p.Link, p.Access, p.Details = link, a.May(debrief.ChangeAccess, in) == nil, a.May(debrief.ChangeDetails, in) == nil
	p.States = []debrief.IncidentState{debrief.Gathering, debrief.Reviewing, debrief.PrereadOut, debrief.Shared}
	// What was typed lies over what is so: the page has several forms.
	shown := form{
		"title": {in.Title}, "zone": {in.Zone}, "state": {in.State.String()}, "visibility": {in.Visibility.String()},
		"from": {local16(in.From, zoneOf(in))}, "to": {local16(in.To, zoneOf(in))},
	}
	if f["visibility"] == nil { // else a box that was sent empty stays so
		for _, t := range in.Teams {
			shown["team"] = append(shown["team"], string(t))
		}
		for _, u := range in.People {
			shown["person"] = append(shown["person"], string(u))
		}
		if in.GuestsSee {
			shown["guests"] = []string{"see"}
		}
	}
	p.Fields = details
	for _, name := range details {
		shown["was."+name] = shown[name]
	}
	maps.Copy(shown, f)
	shown["was"] = []string{casebook.AccessOf(in)}
	if f["visibility"] != nil && problem != nil && problem.Kind == debrief.Conflict {
		p.Now = seenBy(in, p)
	}
	s.show(w, r, a, page{name: "overview", Title: in.Title, Here: "overview", Incident: in, Form: shown, Problem: problem, Body: p})
	return nil
}

// details are the fields of an incident that its page changes.
var details = []string{"title", "state", "zone", "from", "to"}

// seenBy says in words who sees an incident.
func seenBy(in *debrief.Incident, p accessPage) string {
	names := []string{visibilityWords[in.Visibility]}
	for _, t := range p.Teams {
		if slices.Contains(in.Teams, t.ID) {
			names = append(names, isolated(t.Name))
		}
	}
	for _, u := range p.Users {
		if slices.Contains(in.People, u.ID) {
			names = append(names, isolated(u.Name))
		}
	}
	if in.GuestsSee {
		names = append(names, "guests see the timeline")
	}
	return strings.Join(names, ", ") + "."
}

// local16 writes a time as a form's field has it, and nothing for none.
func local16(t time.Time, z *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(z).Format("2006-01-02T15:04")
}

func (s *Site) overview(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.overviewWith(w, r, a, nil, nil, "")
}

// moment reads a form's field of date and time, in a zone; the zero time if it is empty.
func moment(field, value string, z *time.Location) (time.Time, error) {
	if value == "" {
		return time.Time{}, nil
	}
	for _, layout := range [...]string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02 15:04:05"} {
		if t, err := time.ParseInLocation(layout, value, z); err == nil {
			return t, nil
		}
	}
	return time.Time{}, &debrief.Error{Kind: debrief.Invalid, Field: field, Say: "This is not a full time yet.", Hint: "A date and a time, such as 2026-05-02 14:00."}
}

func (s *Site) changeIncident(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	f := formOf(r)
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	// Only what the form was to change is changed: it shows the rest as it was, and others
	// may have changed that since.
	changed := func(name string) bool { return f["was."+name] == nil || f.Get("was."+name) != f.Get(name) }
	title, zone := f.Get("title"), f.Get("zone")
	ch := casebook.ChangeIncident{ID: in.ID}
	if changed("title") {
		ch.Title = &title
	}
	if changed("zone") {
		ch.Zone = &zone
	}
	var state debrief.IncidentState
	if changed("state") && state.UnmarshalText([]byte(f.Get("state"))) == nil {
		ch.State = &state
	}
	z := zoneOf(&debrief.Incident{Zone: zone})
	from, err := moment("from", f.Get("from"), z)
	var to time.Time
	if err == nil {
		to, err = moment("to", f.Get("to"), z)
	}
	if changed("from") {
		ch.From = &from
	}
	if changed("to") {
		ch.To = &to
	}
	if err == nil {
		_, err = s.cb.ChangeIncident(r.Context(), a, ch)
	}
	return s.then(w, r, err, path, func(e *debrief.Error) error { return s.overviewWith(w, r, a, f, e, "") })
}

func (s *Site) changeAccess(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	f := formOf(r)
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	v, err := visibility(f)
	if err == nil {
		teams, people, guests := ids[debrief.TeamID](f, "team"), ids[debrief.UserID](f, "person"), f.Has("guests", "see")
		_, err = s.cb.ChangeIncident(r.Context(), a, casebook.ChangeIncident{ID: in.ID, Visibility: &v, Teams: &teams, People: &people, GuestsSee: &guests, Access: f.Get("was")})
	}
	return s.then(w, r, err, path, func(e *debrief.Error) error { return s.overviewWith(w, r, a, f, e, "") })
}

func (s *Site) inviteGuest(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	f := formOf(r)
	in, _, err := s.room(r, a)
	if err != nil {
		return err
	}
	token, _, err := s.gate.Invite(r.Context(), a, auth.Invite{Name: f.Get("name"), Email: f.Get("email"), Role: debrief.Guest, Incident: in.ID})
	if e, ok := refused(err); ok {
		return s.overviewWith(w, r, a, f, e, "")
	}
	if err != nil {
		return err
	}
	return s.overviewWith(w, r, a, nil, nil, s.address(r)+"/invitations/"+token)
}

func (s *Site) anotherGuestLink(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	token, err := s.gate.Link(r.Context(), a, debrief.InvitationID(r.PathValue("invitation")))
	if err != nil {
		return err
	}
	return s.overviewWith(w, r, a, nil, nil, s.address(r)+"/invitations/"+token)
}

func (s *Site) withdrawGuest(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	err := s.gate.Withdraw(r.Context(), a, debrief.InvitationID(r.PathValue("invitation")))
	return s.then(w, r, err, "/incidents/"+r.PathValue("incident"), nil)
}

func (s *Site) activity(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	in, _, err := s.room(r, a)
	if err != nil {
		return err
	}
	all, err := s.cb.Activity(r.Context(), a, in.ID, int64(number(r.URL.Query().Get("before"))), activities)
	if err != nil {
		return err
	}
	p := activityPage{Told: told(all)}
	if len(all) == activities {
		p.Earlier = all[len(all)-1].Seq
	}
	s.show(w, r, a, page{name: "activity", Title: "Activity", Here: "activity", Incident: in, Body: p})
	return nil
}

// activities is how many a page shows at most.
const activities = 100

type activityPage struct {
	Told    []telling
	Earlier int64 // where the page before goes on; 0 if there is nothing earlier
}

// A telling is one line of what happened: an activity, and how often it came in a row.
type telling struct {
	debrief.Activity
	Said  string
	Times int
}

// told gathers what happened several times in a row, the latest first.
func told(all []debrief.Activity) []telling {
	var out []telling
	for _, a := range all {
		said := a.Sentence()
		if n := len(out); n > 0 && out[n-1].Said == said && out[n-1].At.Truncate(time.Hour).Equal(a.At.Truncate(time.Hour)) {
			out[n-1].Times++
			continue
		}
		out = append(out, telling{Activity: a, Said: said, Times: 1})
	}
	return out
}

package web

import (
	"net/http"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/auth"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/store"
)

func (s *Site) help(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	s.show(w, r, a, page{name: "help", Title: "Help", Here: "help", Body: s.cfg.Version})
	return nil
}

type accountPage struct{ Sessions []debrief.Session }

func (s *Site) accountWith(w http.ResponseWriter, r *http.Request, a debrief.Actor, f form, problem *debrief.Error) error {
	sessions, err := s.gate.Sessions(r.Context(), a)
	if err != nil {
		return err
	}
	s.show(w, r, a, page{name: "account", Title: "Your account", Here: "account", Form: f, Problem: problem, Body: accountPage{sessions}})
	return nil
}

func (s *Site) account(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.accountWith(w, r, a, form{"name": {a.Name}}, nil)
}

func (s *Site) changeName(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	f := formOf(r)
	return s.then(w, r, s.gate.ChangeName(r.Context(), a, f.Get("name")), "/account", func(e *debrief.Error) error { return s.accountWith(w, r, a, f, e) })
}

func (s *Site) changePassword(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	f := formOf(r)
	return s.then(w, r, s.gate.ChangePassword(r.Context(), a, f.Get("old"), f.Get("password")), "/account", func(e *debrief.Error) error {
		return s.accountWith(w, r, a, form{"name": {a.Name}}, e)
	})
}

func (s *Site) endSession(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.then(w, r, s.gate.Revoke(r.Context(), a, debrief.SessionID(r.PathValue("session"))), "/account", nil)
}

// then goes on to a page after something was done, shows what was refused on the
// form it came from, and gives any other error back.
func (s *Site) then(w http.ResponseWriter, r *http.Request, err error, to string, again func(*debrief.Error) error) error {
	if err == nil {
		http.Redirect(w, r, to, http.StatusSeeOther)
		return nil
	}
	if e, ok := refused(err); ok && again != nil {
		return again(e)
	}
	return err
}

type peoplePage struct {
	Users        []debrief.User
	Teams        []debrief.Team
	Invitations  []debrief.Invitation
	Organisation debrief.Organisation
	Unseen       []casebook.UnseenIncident // for those who manage
	Link         string                    // of an invitation that was just made; it is shown once
	Mails        bool                      // whom one invites gets a mail
	Manages      bool
	Self         debrief.UserID
}

func (p peoplePage) Team(id debrief.TeamID) string {
	for _, t := range p.Teams {
		if t.ID == id {
			return t.Name
		}
	}
	return ""
}

// In gives the people of a team.
func (p peoplePage) In(id debrief.TeamID) []debrief.User {
	var out []debrief.User
	for _, u := range p.Users {
		for _, t := range u.Teams {
			if t == id {
				out = append(out, u)
			}
		}
	}
	return out
}

func (s *Site) peopleWith(w http.ResponseWriter, r *http.Request, a debrief.Actor, f form, problem *debrief.Error, link string) error {
	p := peoplePage{Link: link, Mails: s.cfg.Mails, Manages: a.May(debrief.ManagePeople, nil) == nil, Self: a.ID}
	var err error
	if p.Organisation, err = s.cb.Organisation(r.Context(), a); err != nil {
		return err
	}
	if len(f["organisation"]) > 0 { // what was typed and refused
		p.Organisation.Name, p.Organisation.Zone = f.Get("organisation"), f.Get("zone")
	}
	if p.Users, err = s.cb.Users(r.Context(), a); err != nil {
		return err
	}
	if p.Teams, err = s.cb.Teams(r.Context(), a); err != nil {
		return err
	}
	if p.Invitations, err = s.gate.Invitations(r.Context(), a); err != nil {
		return err
	}
	if p.Manages {
		if p.Unseen, err = s.cb.Unseen(r.Context(), a); err != nil {
			return err
		}
	}
	s.show(w, r, a, page{name: "people", Title: "People and teams", Here: "people", Form: f, Problem: problem, Body: p})
	return nil
}

func (s *Site) people(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.peopleWith(w, r, a, form{}, nil, "")
}

// peopleAgain shows what was refused on the page of people.
func (s *Site) peopleAgain(w http.ResponseWriter, r *http.Request, a debrief.Actor, f form) func(*debrief.Error) error {
	return func(e *debrief.Error) error { return s.peopleWith(w, r, a, f, e, "") }
}

func (s *Site) invite(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	f := formOf(r)
	role := debrief.Member
	if f.Get("role") == debrief.Administrator.String() {
		role = debrief.Administrator
	}
	token, _, err := s.gate.Invite(r.Context(), a, auth.Invite{Name: f.Get("name"), Email: f.Get("email"), Role: role, Teams: ids[debrief.TeamID](f, "team")})
	if e, ok := refused(err); ok {
		return s.peopleWith(w, r, a, f, e, "")
	}
	if err != nil {
		return err
	}
	return s.peopleWith(w, r, a, form{}, nil, s.address(r)+"/invitations/"+token)
}

// address is where browsers find this site.
func (s *Site) address(r *http.Request) string {
	if s.cfg.Address != "" {
		return s.cfg.Address
	}
	scheme := "http"
	if s.cfg.Secure {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// anotherLink shows a further link of an invitation, for when a mail did not arrive or a
// link was mislaid.
func (s *Site) anotherLink(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	token, err := s.gate.Link(r.Context(), a, debrief.InvitationID(r.PathValue("invitation")))
	if err != nil {
		return err
	}
	return s.peopleWith(w, r, a, form{}, nil, s.address(r)+"/invitations/"+token)
}

func (s *Site) withdraw(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.then(w, r, s.gate.Withdraw(r.Context(), a, debrief.InvitationID(r.PathValue("invitation"))), "/people", nil)
}

func (s *Site) changeRole(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	f := formOf(r)
	var role debrief.Role
	if err := role.UnmarshalText([]byte(f.Get("role"))); err != nil {
		return &debrief.Error{Kind: debrief.Invalid, Field: "role", Say: "There is no such role."}
	}
	return s.then(w, r, s.cb.ChangeRole(r.Context(), a, debrief.UserID(r.PathValue("user")), role), "/people", s.peopleAgain(w, r, a, f))
}

func (s *Site) closeAccount(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.then(w, r, s.cb.CloseAccount(r.Context(), a, debrief.UserID(r.PathValue("user"))), "/people", s.peopleAgain(w, r, a, form{}))
}

func (s *Site) addTeam(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	f := formOf(r)
	_, err := s.cb.AddTeam(r.Context(), a, casebook.AddTeam{Name: f.Get("team"), Function: f.Get("function")})
	return s.then(w, r, err, "/people#teams", s.peopleAgain(w, r, a, f))
}

func (s *Site) changeTeam(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	f := formOf(r)
	err := s.cb.ChangeTeam(r.Context(), a, casebook.ChangeTeam{ID: debrief.TeamID(r.PathValue("team")), Name: f.Get("team"), Function: f.Get("function")})
	return s.then(w, r, err, "/people#teams", s.peopleAgain(w, r, a, form{}))
}

func (s *Site) changeOrganisation(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	f := formOf(r)
	err := s.cb.ChangeOrganisation(r.Context(), a, casebook.ChangeOrganisation{Name: f.Get("organisation"), Zone: f.Get("zone")})
	return s.then(w, r, err, "/people#organisation", s.peopleAgain(w, r, a, f))
}

func (s *Site) nameSomebody(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	f := formOf(r)
	err := s.cb.NameSomebody(r.Context(), a, debrief.IncidentID(r.PathValue("unseen")), debrief.UserID(f.Get("user")))
	return s.then(w, r, err, "/people", s.peopleAgain(w, r, a, f))
}

func (s *Site) joinTeam(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	f := formOf(r)
	err := s.cb.JoinTeam(r.Context(), a, debrief.TeamID(r.PathValue("team")), debrief.UserID(f.Get("user")))
	return s.then(w, r, err, "/people#teams", s.peopleAgain(w, r, a, f))
}

func (s *Site) leaveTeam(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	err := s.cb.LeaveTeam(r.Context(), a, debrief.TeamID(r.PathValue("team")), debrief.UserID(r.PathValue("user")))
	return s.then(w, r, err, "/people#teams", s.peopleAgain(w, r, a, form{}))
}

type incidentsPage struct {
	casebook.IncidentPage
	Query  string
	State  string
	Mine   bool
	States []debrief.IncidentState
	May    bool // open one
}

func (s *Site) incidents(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	q := r.URL.Query()
	p := incidentsPage{
		Query: q.Get("q"), State: q.Get("state"), Mine: q.Get("mine") != "", May: a.May(debrief.OpenAnIncident, nil) == nil,
		States: []debrief.IncidentState{debrief.Gathering, debrief.Reviewing, debrief.PrereadOut, debrief.Shared},
	}
	f := store.IncidentFilter{Query: p.Query, Mine: p.Mine, Before: number(q.Get("before"))}
	for _, state := range p.States {
		if state.String() == p.State {
			f.States = []debrief.IncidentState{state}
		}
	}
	var err error
	if p.IncidentPage, err = s.cb.Incidents(r.Context(), a, f); err != nil {
		return err
	}
	s.show(w, r, a, page{name: "incidents", Title: "Incidents", Here: "incidents", Body: p})
	return nil
}

// number reads a whole number of an address; 0 is what cannot be read.
func number(s string) int {
	n := 0
	for _, c := range s {
		if c < '0' || c > '9' || n > 1<<40 {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return n
}

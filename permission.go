package debrief

import "slices"

// Role is what a user may do in the organisation as a whole.
type Role int

const (
	// Guest is a client or vendor, invited to one incident: sees what was sent
	// to them, and the timeline where the incident says so.
	Guest Role = iota
	// Member belongs to the organisation.
	Member
	// Administrator is a member who also looks after people and teams. The role
	// opens no incident: what is restricted stays so.
	Administrator
)

var roleNames = [...]string{"guest", "member", "administrator"}

func (r Role) String() string               { return name(roleNames[:], int(r)) }
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }
func (r *Role) UnmarshalText(b []byte) error {
	return parseName(roleNames[:], b, (*int)(r), "role")
}

// Noun is the role in a sentence ("a guest").
func (r Role) Noun() string {
	return name([]string{"a guest", "a member", "an administrator"}, int(r))
}

// Visibility is who sees an incident, beside those it names.
type Visibility int

const (
	ToOrganisation Visibility = iota // every member
	ToTeams                          // members of the teams it names
	Restricted                       // nobody else
)

var visibilityNames = [...]string{"organisation", "teams", "restricted"}

func (v Visibility) String() string               { return name(visibilityNames[:], int(v)) }
func (v Visibility) MarshalText() ([]byte, error) { return []byte(v.String()), nil }
func (v *Visibility) UnmarshalText(b []byte) error {
	return parseName(visibilityNames[:], b, (*int)(v), "visibility")
}

// An Actor is who asks for something, and through which door.
type Actor struct {
	ID      UserID
	Name    string
	Role    Role
	Teams   []TeamID
	Session SessionID
	Door    string // "web", "cli"
}

// In reports whether the actor is in the team.
func (a Actor) In(t TeamID) bool { return slices.Contains(a.Teams, t) }

// Action is something that can be asked for.
type Action int

const (
	SeeOrganisation    Action = iota // names of people and teams
	ManagePeople                     // roles, accounts, invitations of members
	ManageTeams                      // teams and who is in them
	ManageOrganisation               // its name and zone
	OpenAnIncident
	SeeIncident   // that it exists, its title and state
	SeeEvidence   // what tools remembered, with names
	AddEvidence   // and take it back before it is read
	SeeTimeline   // entries, accounts, marks
	EditTimeline  // everything that can be done with entries
	SeePreread    // the draft, its questions and versions
	EditPreread   // sections, answers
	SendPreread   // and see who has read it
	ReadSending   // a pre-read that was sent to one
	SeeActivity   // what happened in the incident
	ChangeDetails // title, state, zone, window
	ChangeAccess  // visibility, teams, people, guests
)

var actionNames = [...]string{
	"see people and teams", "manage people", "manage teams", "change the organisation", "open an incident",
	"see the incident", "see evidence", "add evidence", "see the timeline", "edit the timeline",
	"see the pre-read", "write the pre-read", "send the pre-read", "read what was sent",
	"see the activity", "change the incident", "change who sees the incident",
}

func (a Action) String() string { return name(actionNames[:], int(a)) }

// Actions lists every action.
func Actions() []Action {
	all := make([]Action, len(actionNames))
	for i := range all {
		all[i] = Action(i)
	}
	return all
}

// May says whether the actor may do something: nil, or an [Error]. The incident
// is nil for what concerns the organisation as a whole. What an actor cannot
// see is answered like what is not there.
func (a Actor) May(do Action, in *Incident) error {
	if a.ID == "" {
		return &Error{Kind: Denied, Say: "Nobody is signed in.", Hint: "Sign in and try again."}
	}
	if do < SeeIncident {
		least := map[Action]Role{SeeOrganisation: Member, ManagePeople: Administrator, ManageTeams: Administrator, ManageOrganisation: Administrator, OpenAnIncident: Member}
		if a.Role < least[do] {
			return denied(do)
		}
		return nil
	}
	if in == nil || !a.sees(in) {
		return &Error{Kind: NotFound, Say: "There is no such incident, or it is not shared with you.", Hint: "Whoever gave you the link can add you to it."}
	}
	if a.Role == Guest {
		switch do {
		case SeeIncident, ReadSending:
			return nil
		case SeeTimeline:
			if in.GuestsSee {
				return nil
			}
		}
		return denied(do)
	}
	if do == ChangeAccess && a.ID != in.OpenedBy && !slices.Contains(in.People, a.ID) && (a.Role != Administrator || in.Visibility == Restricted) {
		return &Error{Kind: Denied, Say: "Who sees this incident is decided by whoever opened it, by people it names, and by administrators.", Hint: "Ask one of them."}
	}
	return nil
}

// sees is the one place that decides who sees an incident.
func (a Actor) sees(in *Incident) bool {
	switch {
	case slices.Contains(in.People, a.ID):
		return true
	case a.Role == Guest:
		return false
	case a.ID == in.OpenedBy || in.Visibility == ToOrganisation:
		return true
	case in.Visibility == ToTeams:
		return slices.ContainsFunc(in.Teams, a.In)
	}
	return false
}

func denied(do Action) error {
	return &Error{Kind: Denied, Say: "Your role does not let you " + do.String() + ".", Hint: "An administrator can change roles."}
}

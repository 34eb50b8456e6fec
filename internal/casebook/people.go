package casebook

import (
	"cmp"
	"context"
	"slices"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/store"
)

// Organisation gives whom the installation belongs to.
func (c *Casebook) Organisation(ctx context.Context, a debrief.Actor) (o debrief.Organisation, err error) {
	err = c.st.View(ctx, func(tx *store.Tx) error {
		o, _, err = tx.Organisation()
		return err
	})
	return o, err
}

// ChangeOrganisation is what the organisation is to be called, and the IANA zone in
// which its people read times.
type ChangeOrganisation struct{ Name, Zone string }

// ChangeOrganisation changes name and zone. Incidents keep the zones they have.
func (c *Casebook) ChangeOrganisation(ctx context.Context, a debrief.Actor, in ChangeOrganisation) error {
	if err := a.May(debrief.ManageOrganisation, nil); err != nil {
		return err
	}
	name, err := debrief.CheckLine("organisation", "The name of the organisation", in.Name, maxTitle)
	if err != nil {
		return err
	}
	if err := debrief.CheckZone(in.Zone); err != nil {
		return err
	}
	return c.st.Update(ctx, a, func(tx *store.Tx) error {
		tx.Record(debrief.OrganisationChanged, "", "", nil)
		return tx.UpdateOrganisation(debrief.Organisation{Name: name, Zone: in.Zone})
	})
}

// Users gives everybody by name, those who left at the end.
func (c *Casebook) Users(ctx context.Context, a debrief.Actor) (all []debrief.User, err error) {
	if err := a.May(debrief.SeeOrganisation, nil); err != nil {
		return nil, err
	}
	err = c.st.View(ctx, func(tx *store.Tx) error {
		all, err = tx.Users()
		return err
	})
	slices.SortFunc(all, func(x, y debrief.User) int {
		return cmp.Or(cmp.Compare(btoi(!x.LeftAt.IsZero()), btoi(!y.LeftAt.IsZero())), cmp.Compare(store.Fold(x.Name), store.Fold(y.Name)), cmp.Compare(x.ID, y.ID))
	})
	return all, err
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Names gives the names of people of an incident's room by their ids, for
// whoever may see the incident.
func (c *Casebook) Names(ctx context.Context, a debrief.Actor, id debrief.IncidentID) (names map[debrief.UserID]string, err error) {
	err = c.see(ctx, a, id, debrief.SeeIncident, func(tx *store.Tx, in *debrief.Incident) error {
		names, err = tx.Names()
		if err != nil || a.Role != debrief.Guest {
			return err
		}
		for u := range names { // a guest knows who is in the room, and nobody else
			if u != in.OpenedBy && !slices.Contains(in.People, u) {
				delete(names, u)
			}
		}
		return nil
	})
	return names, err
}

var errLastAdministrator = &debrief.Error{
	Kind: debrief.Conflict, Field: "role", Say: "This is the last administrator.", Hint: "Make somebody else an administrator first.",
}

// ChangeRole makes somebody a member or an administrator. A guest who becomes
// a member keeps the incident they were invited to.
func (c *Casebook) ChangeRole(ctx context.Context, a debrief.Actor, id debrief.UserID, role debrief.Role) error {
	if err := a.May(debrief.ManagePeople, nil); err != nil {
		return err
	}
	if role != debrief.Member && role != debrief.Administrator {
		return &debrief.Error{Kind: debrief.Invalid, Field: "role", Say: "Somebody can become a member or an administrator.", Hint: "Guests are invited, from their incident."}
	}
	return c.st.Update(ctx, a, func(tx *store.Tx) error {
		if err := tx.LockOrganisation(); err != nil {
			return err
		}
		u, err := tx.User(id)
		if err != nil {
			return err
		}
		if u.Role == debrief.Administrator && role != debrief.Administrator {
			if n, err := tx.Administrators(); err != nil || n <= 1 {
				return cmp.Or[error](err, errLastAdministrator)
			}
		}
		u.Role = role
		tx.Record(debrief.RoleChanged, "", string(id), map[string]string{"role": role.Noun()})
		return tx.UpdateUser(u)
	})
}

// CloseAccount closes somebody's account: they cannot sign in any more, and
// what they wrote stays. People may close their own.
func (c *Casebook) CloseAccount(ctx context.Context, a debrief.Actor, id debrief.UserID) error {
	if id != a.ID {
		if err := a.May(debrief.ManagePeople, nil); err != nil {
			return err
		}
	}
	return c.st.Update(ctx, a, func(tx *store.Tx) error {
		if err := tx.LockOrganisation(); err != nil {
			return err
		}
		u, err := tx.User(id)
		if err != nil {
			return err
		}
		if !u.LeftAt.IsZero() {
			return &debrief.Error{Kind: debrief.Conflict, Say: "This account is closed already."}
		}
		if u.Role == debrief.Administrator {
			if n, err := tx.Administrators(); err != nil || n <= 1 {
				return cmp.Or[error](err, errLastAdministrator)
			}
		}
		u.LeftAt = tx.Now()
		if err := tx.EndSessions(id, ""); err != nil {
			return err
		}
		tx.Record(debrief.UserLeft, "", string(id), nil)
		return tx.UpdateUser(u)
	})
}

// An UnseenIncident is one that nobody with an account sees any more. What it is about
// stays closed also to administrators.
type UnseenIncident struct {
	ID       debrief.IncidentID
	Number   int
	OpenedAt time.Time
}

// Unseen gives the incidents that nobody sees any more, since whoever saw them left.
func (c *Casebook) Unseen(ctx context.Context, a debrief.Actor) (all []UnseenIncident, err error) {
	if err := a.May(debrief.ManagePeople, nil); err != nil {
		return nil, err
	}
	err = c.st.View(ctx, func(tx *store.Tx) error {
		found, err := tx.Unseen()
		for _, in := range found {
			all = append(all, UnseenIncident{in.ID, in.Number, in.OpenedAt})
		}
		return err
	})
	return all, err
}

// NameSomebody names a member for an incident that nobody sees any more: from then on
// they decide who else does. The activity of the incident says that it was done.
func (c *Casebook) NameSomebody(ctx context.Context, a debrief.Actor, id debrief.IncidentID, user debrief.UserID) error {
	if err := a.May(debrief.ManagePeople, nil); err != nil {
		return err
	}
	return c.st.Update(ctx, a, func(tx *store.Tx) error {
		if err := tx.LockOrganisation(); err != nil { // nobody comes back or leaves meanwhile
			return err
		}
		unseen, err := tx.Unseen()
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(unseen, func(in debrief.Incident) bool { return in.ID == id }) {
			return &debrief.Error{Kind: debrief.NotFound, Say: "There is no such incident that nobody sees.", Hint: "Somebody may have been named for it meanwhile."}
		}
		u, err := tx.User(user)
		if err != nil {
			return err
		}
		if !u.LeftAt.IsZero() || u.Role < debrief.Member {
			return &debrief.Error{Kind: debrief.Invalid, Field: "user", Say: "Only a member with an account can look after an incident."}
		}
		in, err := tx.TouchIncident(id)
		if err != nil {
			return err
		}
		in.People = unique(append(in.People, user))
		tx.Record(debrief.SomebodyNamed, id, string(id), nil)
		return tx.UpdateIncident(&in)
	})
}

// Teams gives every team by name.
func (c *Casebook) Teams(ctx context.Context, a debrief.Actor) (all []debrief.Team, err error) {
	if err := a.May(debrief.SeeOrganisation, nil); err != nil {
		return nil, err
	}
	err = c.st.View(ctx, func(tx *store.Tx) error {
		all, err = tx.Teams()
		return err
	})
	slices.SortFunc(all, func(x, y debrief.Team) int {
		return cmp.Or(cmp.Compare(store.Fold(x.Name), store.Fold(y.Name)), cmp.Compare(x.ID, y.ID))
	})
	return all, err
}

// AddTeam is a new team.
type AddTeam struct {
	Name     string
	Function string
}

func checkTeam(name, function string) (debrief.Team, error) {
	var t debrief.Team
	var err error
	if t.Name, err = debrief.CheckLine("name", "The name of the team", name, 80); err != nil {
		return t, err
	}
	t.Function = function
	return t, debrief.CheckLength("function", "The function of the team", function, 80)
}

// AddTeam adds a team.
func (c *Casebook) AddTeam(ctx context.Context, a debrief.Actor, in AddTeam) (*debrief.Team, error) {
	if err := a.May(debrief.ManageTeams, nil); err != nil {
		return nil, err
	}
	t, err := checkTeam(in.Name, in.Function)
	if err != nil {
		return nil, err
	}
	err = c.st.Update(ctx, a, func(tx *store.Tx) error {
		t.ID = debrief.TeamID(tx.NewID("tea_"))
		tx.Record(debrief.TeamAdded, "", string(t.ID), map[string]string{"team": t.Name})
		return named(tx.InsertTeam(t))
	})
	return &t, err
}

// named says beside the name that it is taken.
func named(err error) error {
	if debrief.KindOf(err) == debrief.Conflict {
		return &debrief.Error{Kind: debrief.Conflict, Field: "name", Say: "There is a team of this name.", Hint: "Use another name, or that team.", Err: err}
	}
	return err
}

// ChangeTeam is what a team is to be called.
type ChangeTeam struct {
	ID       debrief.TeamID
	Name     string
	Function string
}

// ChangeTeam changes name and function of a team.
func (c *Casebook) ChangeTeam(ctx context.Context, a debrief.Actor, in ChangeTeam) error {
	if err := a.May(debrief.ManageTeams, nil); err != nil {
		return err
	}
	t, err := checkTeam(in.Name, in.Function)
	if err != nil {
		return err
	}
	t.ID = in.ID
	return c.st.Update(ctx, a, func(tx *store.Tx) error {
		if _, err := tx.Team(in.ID); err != nil {
			return err
		}
		tx.Record(debrief.TeamChanged, "", string(t.ID), map[string]string{"team": t.Name})
		return named(tx.UpdateTeam(t))
	})
}

// JoinTeam puts a member into a team.
func (c *Casebook) JoinTeam(ctx context.Context, a debrief.Actor, team debrief.TeamID, id debrief.UserID) error {
	return c.teamMember(ctx, a, team, id, debrief.TeamJoined, (*store.Tx).JoinTeam)
}

// LeaveTeam takes somebody out of a team.
func (c *Casebook) LeaveTeam(ctx context.Context, a debrief.Actor, team debrief.TeamID, id debrief.UserID) error {
	return c.teamMember(ctx, a, team, id, debrief.TeamParted, (*store.Tx).LeaveTeam)
}

func (c *Casebook) teamMember(ctx context.Context, a debrief.Actor, team debrief.TeamID, id debrief.UserID, kind debrief.ActivityKind, do func(*store.Tx, debrief.TeamID, debrief.UserID) error) error {
	if err := a.May(debrief.ManageTeams, nil); err != nil {
		return err
	}
	return c.st.Update(ctx, a, func(tx *store.Tx) error {
		t, err := tx.Team(team)
		if err != nil {
			return err
		}
		u, err := tx.User(id)
		if err != nil {
			return err
		}
		if u.Role == debrief.Guest {
			return &debrief.Error{Kind: debrief.Invalid, Field: "user", Say: "A guest is in no team.", Hint: "Make them a member first."}
		}
		tx.Record(kind, "", string(team), map[string]string{"team": t.Name})
		return do(tx, team, id)
	})
}

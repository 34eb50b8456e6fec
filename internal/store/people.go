package store

import (
	"strings"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"debrief.dev/debrief"
)

// Fold gives text in the form in which it is compared and searched: composed,
// without case, with single spaces. SQLite and PostgreSQL differ in this, so
// it is done here.
func Fold(s string) string {
	return strings.Join(strings.Fields(cases.Fold().String(norm.NFKC.String(s))), " ")
}

// Organisation gives the one organisation; ok is false before the first run.
func (t *Tx) Organisation() (o debrief.Organisation, ok bool, err error) {
	found, err := many(t, func(r scanner) (o debrief.Organisation, err error) {
		var at int64
		err = r.Scan(&o.Name, &o.Zone, &at)
		o.OpenedAt = instant(at)
		return o, err
	}, "SELECT name, zone, opened_at FROM organisation")
	if err != nil || len(found) == 0 {
		return o, false, err
	}
	return found[0], true, nil
}

// InsertOrganisation founds it. A second one is a Conflict.
func (t *Tx) InsertOrganisation(o debrief.Organisation) error {
	return t.do("INSERT INTO organisation (one, name, zone, opened_at) VALUES (1, $1, $2, $3)", o.Name, o.Zone, micros(t.now))
}

const userColumns = "u.id, u.name, u.email, u.role, u.joined_at, u.left_at"

func scanUser(r scanner) (u debrief.User, err error) {
	var joined, left int64
	err = r.Scan((*string)(&u.ID), &u.Name, &u.Email, (*int)(&u.Role), &joined, &left)
	u.JoinedAt, u.LeftAt = instant(joined), instant(left)
	return u, err
}

// User gives a user with their teams.
func (t *Tx) User(id debrief.UserID) (debrief.User, error) {
	u, err := one(t, "There is no such account.", scanUser, "SELECT "+userColumns+" FROM users u WHERE u.id = $1", string(id))
	if err != nil {
		return u, err
	}
	u.Teams, err = t.TeamsOf(id)
	return u, err
}

// Users gives everybody, those who left too, in no order.
func (t *Tx) Users() ([]debrief.User, error) {
	us, err := many(t, scanUser, "SELECT "+userColumns+" FROM users u")
	if err != nil {
		return nil, err
	}
	type pair struct {
		team debrief.TeamID
		user debrief.UserID
	}
	pairs, err := many(t, func(r scanner) (p pair, err error) {
		err = r.Scan((*string)(&p.team), (*string)(&p.user))
		return p, err
	}, "SELECT team, member FROM team_members ORDER BY team")
	if err != nil {
		return nil, err
	}
	teams := map[debrief.UserID][]debrief.TeamID{}
	for _, p := range pairs {
		teams[p.user] = append(teams[p.user], p.team)
	}
	for i := range us {
		us[i].Teams = teams[us[i].ID]
	}
	return us, nil
}

// Names gives the name of everybody who has or had an account.
func (t *Tx) Names() (map[debrief.UserID]string, error) {
	names := map[debrief.UserID]string{}
	_, err := many(t, func(r scanner) (struct{}, error) {
		var id, name string
		err := r.Scan(&id, &name)
		names[debrief.UserID(id)] = name
		return struct{}{}, err
	}, "SELECT id, name FROM users")
	return names, err
}

// TeamsOf gives the teams a user is in.
func (t *Tx) TeamsOf(id debrief.UserID) ([]debrief.TeamID, error) {
	return many(t, word[debrief.TeamID], "SELECT team FROM team_members WHERE member = $1 ORDER BY team", string(id))
}

// Login gives the account of an address with its password's hash; ok is false
// when there is none that is open.
func (t *Tx) Login(email string) (u debrief.User, hash string, ok bool, err error) {
	type login struct {
		id   debrief.UserID
		hash string
	}
	found, err := many(t, func(r scanner) (l login, err error) {
		err = r.Scan((*string)(&l.id), &l.hash)
		return l, err
	}, "SELECT id, password FROM users WHERE email_key = $1 AND left_at = 0", Fold(email))
	if err != nil || len(found) == 0 {
		return u, "", false, err
	}
	u, err = t.User(found[0].id)
	return u, found[0].hash, err == nil, err
}

// Left gives the closed account with an address; ok is false if there is none.
func (t *Tx) Left(email string) (u debrief.User, ok bool, err error) {
	found, err := many(t, word[debrief.UserID], "SELECT id FROM users WHERE email_key = $1 AND left_at <> 0", Fold(email))
	if err != nil || len(found) == 0 {
		return u, false, err
	}
	u, err = t.User(found[0])
	return u, err == nil, err
}

// NamedIn gives the incidents that name a user.
func (t *Tx) NamedIn(id debrief.UserID) ([]debrief.IncidentID, error) {
	return many(t, word[debrief.IncidentID], "SELECT incident FROM incident_people WHERE member = $1 ORDER BY incident", string(id))
}

// OpenedBy gives the incidents that a user opened and that not everyone in the
// organisation sees.
func (t *Tx) OpenedBy(id debrief.UserID) ([]debrief.IncidentID, error) {
	return many(t, word[debrief.IncidentID], "SELECT id FROM incidents WHERE opened_by = $1 AND visibility <> $2 ORDER BY id", string(id), int(debrief.ToOrganisation))
}

// Password gives the hash of a user's password.
func (t *Tx) Password(id debrief.UserID) (string, error) {
	return one(t, "There is no such account.", word[string], "SELECT password FROM users WHERE id = $1", string(id))
}

// InsertUser adds an account. A second one with the same address is a Conflict.
func (t *Tx) InsertUser(u debrief.User, hash string) error {
	return t.do("INSERT INTO users (id, name, email, email_key, role, password, joined_at, left_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)",
		string(u.ID), u.Name, u.Email, Fold(u.Email), int(u.Role), hash, micros(t.now))
}

// UpdateUser changes name, role and whether the account is closed.
func (t *Tx) UpdateUser(u debrief.User) error {
	return t.do("UPDATE users SET name = $1, role = $2, left_at = $3 WHERE id = $4", u.Name, int(u.Role), micros(u.LeftAt), string(u.ID))
}

// SetPassword changes the hash.
func (t *Tx) SetPassword(id debrief.UserID, hash string) error {
	return t.do("UPDATE users SET password = $1 WHERE id = $2", hash, string(id))
}

// UpdateOrganisation changes its name and zone.
func (t *Tx) UpdateOrganisation(o debrief.Organisation) error {
	return t.do("UPDATE organisation SET name = $1, zone = $2 WHERE one = 1", o.Name, o.Zone)
}

// LockOrganisation makes changes to people wait for each other, where their
// rule looks at several rows ("the last administrator stays").
func (t *Tx) LockOrganisation() error {
	return t.do("UPDATE organisation SET name = name WHERE one = 1")
}

// Administrators counts open accounts with that role.
func (t *Tx) Administrators() (int64, error) {
	return t.number("SELECT COUNT(*) FROM users WHERE role = $1 AND left_at = 0", int(debrief.Administrator))
}

// Teams gives every team in no order.
func (t *Tx) Teams() ([]debrief.Team, error) {
	return many(t, scanTeam, teamQuery)
}

const teamQuery = `SELECT t.id, t.name, t.function,
	(SELECT COUNT(*) FROM team_members m JOIN users u ON u.id = m.member WHERE m.team = t.id AND u.left_at = 0) FROM teams t`

func scanTeam(r scanner) (d debrief.Team, err error) {
	err = r.Scan((*string)(&d.ID), &d.Name, &d.Function, &d.Members)
	return d, err
}

// Team gives one.
func (t *Tx) Team(id debrief.TeamID) (debrief.Team, error) {
	return one(t, "There is no such team.", scanTeam, teamQuery+" WHERE t.id = $1", string(id))
}

// InsertTeam adds a team. A second one with the same name is a Conflict.
func (t *Tx) InsertTeam(d debrief.Team) error {
	return t.do("INSERT INTO teams (id, name, name_key, function) VALUES ($1, $2, $3, $4)", string(d.ID), d.Name, Fold(d.Name), d.Function)
}

// UpdateTeam changes name and function.
func (t *Tx) UpdateTeam(d debrief.Team) error {
	return t.do("UPDATE teams SET name = $1, name_key = $2, function = $3 WHERE id = $4", d.Name, Fold(d.Name), d.Function, string(d.ID))
}

// JoinTeam puts a user into a team; twice is as good as once.
func (t *Tx) JoinTeam(team debrief.TeamID, user debrief.UserID) error {
	return t.do("INSERT INTO team_members (team, member) VALUES ($1, $2) ON CONFLICT DO NOTHING", string(team), string(user))
}

// LeaveTeam takes a user out of a team.
func (t *Tx) LeaveTeam(team debrief.TeamID, user debrief.UserID) error {
	return t.do("DELETE FROM team_members WHERE team = $1 AND member = $2", string(team), string(user))
}

// InsertSession keeps a session by the hash of its token.
func (t *Tx) InsertSession(owner debrief.UserID, s debrief.Session, token string) error {
	return t.do("INSERT INTO sessions (id, token, owner, device, opened_at, seen_at, ends_at) VALUES ($1, $2, $3, $4, $5, $5, $6)",
		string(s.ID), token, string(owner), s.Device, micros(t.now), micros(s.EndsAt))
}

// SessionOf gives the session of a token's hash and whose it is; ok is false if
// it is not there or over.
func (t *Tx) SessionOf(token string) (s debrief.Session, owner debrief.UserID, ok bool, err error) {
	type owned struct {
		s     debrief.Session
		owner debrief.UserID
	}
	found, err := many(t, func(r scanner) (o owned, err error) {
		var opened, seen, ends int64
		err = r.Scan((*string)(&o.s.ID), (*string)(&o.owner), &o.s.Device, &opened, &seen, &ends)
		o.s.OpenedAt, o.s.SeenAt, o.s.EndsAt = instant(opened), instant(seen), instant(ends)
		return o, err
	}, `SELECT s.id, s.owner, s.device, s.opened_at, s.seen_at, s.ends_at FROM sessions s JOIN users u ON u.id = s.owner
		WHERE s.token = $1 AND s.ends_at > $2 AND u.left_at = 0`, token, micros(t.now))
	if err != nil || len(found) == 0 {
		return s, "", false, err
	}
	return found[0].s, found[0].owner, true, nil
}

// Sessions gives a user's sessions that are not over, the latest used first.
func (t *Tx) Sessions(owner debrief.UserID) ([]debrief.Session, error) {
	return many(t, func(r scanner) (s debrief.Session, err error) {
		var opened, seen, ends int64
		err = r.Scan((*string)(&s.ID), &s.Device, &opened, &seen, &ends)
		s.OpenedAt, s.SeenAt, s.EndsAt = instant(opened), instant(seen), instant(ends)
		return s, err
	}, "SELECT id, device, opened_at, seen_at, ends_at FROM sessions WHERE owner = $1 AND ends_at > $2 ORDER BY seen_at DESC, id", string(owner), micros(t.now))
}

// SeeSession notes that a session is used, and until when it now lasts.
func (t *Tx) SeeSession(id debrief.SessionID, ends time.Time) error {
	return t.do("UPDATE sessions SET seen_at = $1, ends_at = $2 WHERE id = $3", micros(t.now), micros(ends), string(id))
}

// EndSession ends one session of a user and gives how many that were.
func (t *Tx) EndSession(owner debrief.UserID, id debrief.SessionID) (int64, error) {
	return t.exec("DELETE FROM sessions WHERE owner = $1 AND id = $2", string(owner), string(id))
}

// EndSessions ends all sessions of a user except one, which may be empty.
func (t *Tx) EndSessions(owner debrief.UserID, except debrief.SessionID) error {
	return t.do("DELETE FROM sessions WHERE owner = $1 AND id <> $2", string(owner), string(except))
}

// Attempt notes an attempt for a key and gives how many there were since then,
// this one included. Old ones are forgotten.
func (t *Tx) Attempt(key string, since time.Time) (int64, error) {
	if err := t.do("DELETE FROM attempts WHERE key = $1 AND at < $2", key, micros(since)); err != nil {
		return 0, err
	}
	if err := t.do("INSERT INTO attempts (key, at) VALUES ($1, $2)", key, micros(t.now)); err != nil {
		return 0, err
	}
	return t.number("SELECT COUNT(*) FROM attempts WHERE key = $1", key)
}

// ForgetAttempts forgets all of a key.
func (t *Tx) ForgetAttempts(key string) error {
	return t.do("DELETE FROM attempts WHERE key = $1", key)
}

const invitationColumns = "id, name, email, role, teams, incident, inviter, at, ends_at"

func scanInvitation(r scanner) (i debrief.Invitation, err error) {
	var teams string
	var at, ends int64
	if err = r.Scan((*string)(&i.ID), &i.Name, &i.Email, (*int)(&i.Role), &teams, (*string)(&i.Incident), (*string)(&i.By), &at, &ends); err != nil {
		return i, err
	}
	i.At, i.EndsAt = instant(at), instant(ends)
	return i, decode(teams, &i.Teams)
}

// InsertInvitation keeps an invitation by the hash of its token.
func (t *Tx) InsertInvitation(i debrief.Invitation, token string) error {
	return t.do("INSERT INTO invitations (id, token, name, email, role, teams, incident, inviter, at, ends_at, closed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)",
		string(i.ID), token, i.Name, i.Email, int(i.Role), encode(i.Teams), string(i.Incident), string(i.By), micros(t.now), micros(i.EndsAt))
}

// InvitationOf gives the invitation of a token's hash that still works.
func (t *Tx) InvitationOf(token string) (debrief.Invitation, error) {
	return one(t, noInvitation, scanInvitation, "SELECT "+invitationColumns+` FROM invitations
		WHERE (token = $1 OR id IN (SELECT invitation FROM invitation_links WHERE token = $1)) AND closed_at = 0 AND ends_at > $2`, token, micros(t.now))
}

const noInvitation = "This invitation does not work any more, or never did."

// Invitation gives one that still works.
func (t *Tx) Invitation(id debrief.InvitationID) (debrief.Invitation, error) {
	return one(t, noInvitation, scanInvitation, "SELECT "+invitationColumns+" FROM invitations WHERE id = $1 AND closed_at = 0 AND ends_at > $2", string(id), micros(t.now))
}

// AddInvitationLink lets a further token, by its hash, open an invitation.
func (t *Tx) AddInvitationLink(id debrief.InvitationID, token string) error {
	return t.do("INSERT INTO invitation_links (token, invitation) VALUES ($1, $2)", token, string(id))
}

// Invitations gives those that still work, the newest first.
func (t *Tx) Invitations() ([]debrief.Invitation, error) {
	const works = "closed_at = 0 AND ends_at > $1"
	all, err := many(t, scanInvitation, "SELECT "+invitationColumns+" FROM invitations WHERE "+works+" ORDER BY at DESC, id", micros(t.now))
	if err != nil {
		return nil, err
	}
	mails, err := many(t, scanMail, "SELECT "+mailColumns+" FROM mails m WHERE m.about IN (SELECT id FROM invitations WHERE "+works+")", micros(t.now))
	for _, m := range mails {
		for i := range all {
			if string(all[i].ID) == m.About {
				all[i].Mail = &m
			}
		}
	}
	return all, err
}

// CloseInvitation makes an invitation stop working; done is false if it had.
func (t *Tx) CloseInvitation(id debrief.InvitationID) (done bool, err error) {
	n, err := t.exec("UPDATE invitations SET closed_at = $1 WHERE id = $2 AND closed_at = 0", micros(t.now), string(id))
	return n > 0, err
}

// Package auth answers who is asking: passwords, sessions, invitations. It
// turns the token of a session into a [debrief.Actor], and everybody else asks
// the actor what they may do.
//
// Tokens are 26 random letters. The database holds only their SHA-256, so that
// a copy of it opens no session.
package auth

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/store"
)

const (
	// SessionLasts is how long a session lasts without being used.
	SessionLasts = 30 * 24 * time.Hour
	// InvitationLasts is how long an invitation works.
	InvitationLasts = 14 * 24 * time.Hour
	// seenEvery is how exactly the time of last use is kept: a write for every
	// look would be too much.
	seenEvery = 10 * time.Minute

	// Attempts of a password: per account and per address of the network.
	attemptsEach = 10
	attemptsFrom = 50
	attemptsTime = 15 * time.Minute
)

// A Gate lets people in.
type Gate struct {
	st     *store.Store
	hasher *hasher
	mails  bool
}

// An Option changes a Gate.
type Option func(*Gate)

// Cheap makes hashes that cost next to nothing; for tests.
func Cheap() Option { return func(g *Gate) { g.hasher = newHasher(1, 64) } }

// Mails says that whom is invited gets a mail, too.
func Mails() Option { return func(g *Gate) { g.mails = true } }

// New gives a gate to what the store keeps.
func New(st *store.Store, opts ...Option) *Gate {
	g := &Gate{st: st, hasher: newHasher(passes, memory)}
	for _, o := range opts {
		o(g)
	}
	return g
}

// sum is how tokens and keys of limits are kept.
func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

func newToken() string { return strings.ToLower(rand.Text()) }

// MaxName is the greatest number of characters of a name.
const MaxName = 100

func checkName(field, what, s string) (string, error) {
	return debrief.CheckLine(field, what, s, MaxName)
}

func checkEmail(field, s string) (string, error) {
	a, err := mail.ParseAddress(strings.TrimSpace(s))
	if err != nil || a.Name != "" || len(a.Address) > 254 {
		return "", &debrief.Error{Kind: debrief.Invalid, Field: field, Say: "This is not an e-mail address.", Hint: "It looks like ana@example.com."}
	}
	return a.Address, nil
}

// FirstRun reports whether nobody has set the installation up yet.
func (g *Gate) FirstRun(ctx context.Context) (first bool, err error) {
	err = g.st.View(ctx, func(tx *store.Tx) error {
		_, ok, err := tx.Organisation()
		first = !ok
		return err
	})
	return first, err
}

// Found is what the first run asks for.
type Found struct {
	Organisation string
	Zone         string // IANA; empty means UTC
	Name         string
	Email        string
	Password     string
	Device       string
	Door         string
}

// Found sets up the organisation with its first account, an administrator, who
// is signed in by it. It is a Conflict when there is an organisation.
func (g *Gate) Found(ctx context.Context, in Found) (token string, a debrief.Actor, err error) {
	org := debrief.Organisation{Zone: in.Zone}
	if org.Name, err = checkName("organisation", "The name of the organisation", in.Organisation); err != nil {
		return "", a, err
	}
	if org.Zone == "" {
		org.Zone = "UTC"
	}
	if err := debrief.CheckZone(org.Zone); err != nil {
		return "", a, err
	}
	u, hash, err := g.account(in.Name, in.Email, in.Password)
	if err != nil {
		return "", a, err
	}
	u.Role = debrief.Administrator
	err = g.st.Update(ctx, debrief.Actor{ID: u.ID, Door: in.Door}, func(tx *store.Tx) error {
		if _, ok, err := tx.Organisation(); err != nil || ok {
			if ok {
				err = &debrief.Error{Kind: debrief.Conflict, Say: "This installation is set up already.", Hint: "Sign in, or ask an administrator for an invitation."}
			}
			return err
		}
		if err := tx.InsertOrganisation(org); err != nil {
			return err
		}
		if err := tx.InsertUser(u, hash); err != nil {
			return err
		}
		tx.Record(debrief.OrganisationFounded, "", string(u.ID), nil)
		token, a, err = g.open(tx, u, in.Device, in.Door)
		return err
	})
	return token, a, err
}

// account checks what somebody gave for a new account.
func (g *Gate) account(name, email, password string) (u debrief.User, hash string, err error) {
	if u.Name, err = checkName("name", "The name", name); err != nil {
		return u, "", err
	}
	if u.Email, err = checkEmail("email", email); err != nil {
		return u, "", err
	}
	if err := checkPassword("password", password); err != nil {
		return u, "", err
	}
	u.ID = debrief.UserID(g.st.NewID("usr_"))
	return u, g.hasher.hash(password), nil
}

// open makes a session for a user.
func (g *Gate) open(tx *store.Tx, u debrief.User, device, door string) (string, debrief.Actor, error) {
	token := newToken()
	if utf8.RuneCountInString(device) > 300 {
		device = string([]rune(device)[:300])
	}
	s := debrief.Session{ID: debrief.SessionID(tx.NewID("ses_")), Device: device, EndsAt: tx.Now().Add(SessionLasts)}
	if err := tx.InsertSession(u.ID, s, sum(token)); err != nil {
		return "", debrief.Actor{}, err
	}
	tx.Record(debrief.SessionOpened, "", string(u.ID), nil)
	return token, debrief.Actor{ID: u.ID, Name: u.Name, Role: u.Role, Teams: u.Teams, Session: s.ID, Door: door}, nil
}

// SignIn is what signing in asks for.
type SignIn struct {
	Email    string
	Password string
	Device   string
	From     string // the address of the network, for the limit
	Door     string
}

// SignIn checks a password and opens a session. What is wrong is not told
// apart. After ten attempts on an account, or fifty from one address of the
// network, within a quarter of an hour it waits.
func (g *Gate) SignIn(ctx context.Context, in SignIn) (token string, a debrief.Actor, err error) {
	account := attemptsOn(in.Email)
	var u debrief.User
	var hash string
	// The attempt counts before the password is looked at, in a transaction of
	// its own, so that many at once count, too.
	err = g.st.Update(ctx, debrief.Actor{Door: in.Door}, func(tx *store.Tx) error {
		tx.Quiet()
		since := tx.Now().Add(-attemptsTime)
		for key, most := range map[string]int64{account: attemptsEach, "from:" + sum(in.From): attemptsFrom} {
			n, err := tx.Attempt(key, since)
			if err != nil {
				return err
			}
			if n > most {
				return &debrief.Error{Kind: debrief.Denied, Say: "There were many attempts to sign in.", Hint: "Wait a quarter of an hour and try again."}
			}
		}
		var err error
		u, hash, _, err = tx.Login(in.Email)
		return err
	})
	if err != nil {
		return "", a, err
	}
	wrong := &debrief.Error{Kind: debrief.Denied, Field: "password", Say: "Address and password do not go together.", Hint: "If it is forgotten, an administrator can close the account and invite you again; you come back as who you were."}
	if len(in.Password) > maxPassword || !g.hasher.matches(hash, in.Password) {
		return "", a, wrong
	}
	err = g.st.Update(ctx, debrief.Actor{ID: u.ID, Door: in.Door}, func(tx *store.Tx) error {
		now, still, ok, err := tx.Login(in.Email)
		if err != nil {
			return err
		}
		if !ok || now.ID != u.ID || still != hash {
			return wrong
		}
		if err := tx.ForgetAttempts(account); err != nil {
			return err
		}
		token, a, err = g.open(tx, now, in.Device, in.Door)
		return err
	})
	return token, a, err
}

// Actor gives who has the session of a token, as they are now. It is NotFound
// when there is none, or it is over. Its Door is empty.
func (g *Gate) Actor(ctx context.Context, token string) (a debrief.Actor, err error) {
	var s debrief.Session
	err = g.st.View(ctx, func(tx *store.Tx) error {
		var owner debrief.UserID
		var ok bool
		if s, owner, ok, err = tx.SessionOf(sum(token)); err != nil || !ok {
			if err == nil {
				err = &debrief.Error{Kind: debrief.NotFound, Say: "The session is over.", Hint: "Sign in again; what was typed is kept."}
			}
			return err
		}
		u, err := tx.User(owner)
		a = debrief.Actor{ID: u.ID, Name: u.Name, Role: u.Role, Teams: u.Teams, Session: s.ID}
		return err
	})
	if err != nil || g.st.Now().Sub(s.SeenAt) < seenEvery {
		return a, err
	}
	return a, g.st.Update(ctx, a, func(tx *store.Tx) error {
		tx.Quiet()
		return tx.SeeSession(s.ID, tx.Now().Add(SessionLasts))
	})
}

// SignOut ends the actor's own session.
func (g *Gate) SignOut(ctx context.Context, a debrief.Actor) error {
	return g.Revoke(ctx, a, a.Session)
}

// Sessions gives the actor's sessions, the latest used first.
func (g *Gate) Sessions(ctx context.Context, a debrief.Actor) (all []debrief.Session, err error) {
	err = g.st.View(ctx, func(tx *store.Tx) error {
		all, err = tx.Sessions(a.ID)
		return err
	})
	for i := range all {
		all[i].Current = all[i].ID == a.Session
	}
	return all, err
}

// Revoke ends one of the actor's sessions; ending it twice is as good as once.
func (g *Gate) Revoke(ctx context.Context, a debrief.Actor, id debrief.SessionID) error {
	return g.st.Update(ctx, a, func(tx *store.Tx) error {
		n, err := tx.EndSession(a.ID, id)
		if n > 0 {
			tx.Record(debrief.SessionEnded, "", string(id), nil)
		} else {
			tx.Quiet()
		}
		return err
	})
}

// ChangePassword takes a new password and ends every other session. The old one
// is limited like signing in.
func (g *Gate) ChangePassword(ctx context.Context, a debrief.Actor, old, password string) error {
	if err := checkPassword("password", password); err != nil {
		return err
	}
	var hash string
	err := g.st.Update(ctx, a, func(tx *store.Tx) (err error) {
		tx.Quiet()
		n, err := tx.Attempt("change:"+string(a.ID), tx.Now().Add(-attemptsTime))
		if err != nil {
			return err
		}
		if n > attemptsEach {
			return &debrief.Error{Kind: debrief.Denied, Say: "There were many attempts to change the password.", Hint: "Wait a quarter of an hour and try again."}
		}
		hash, err = tx.Password(a.ID)
		return err
	})
	if err != nil {
		return err
	}
	if len(old) > maxPassword || !g.hasher.matches(hash, old) {
		return &debrief.Error{Kind: debrief.Denied, Field: "old", Say: "This is not the password so far."}
	}
	fresh := g.hasher.hash(password)
	return g.st.Update(ctx, a, func(tx *store.Tx) error {
		if err := tx.SetPassword(a.ID, fresh); err != nil {
			return err
		}
		if err := tx.EndSessions(a.ID, a.Session); err != nil {
			return err
		}
		tx.Record(debrief.PasswordChanged, "", string(a.ID), nil)
		return tx.ForgetAttempts("change:" + string(a.ID))
	})
}

// ResetPassword gives an account that is open a password by chance, and ends its
// sessions. It is for whoever runs the installation, and no door of the room leads to it.
func (g *Gate) ResetPassword(ctx context.Context, email, door string) (u debrief.User, password string, err error) {
	text := strings.ToLower(rand.Text())
	password = strings.Join([]string{text[:5], text[5:10], text[10:15], text[15:20]}, "-")
	hash := g.hasher.hash(password)
	err = g.st.Update(ctx, debrief.Actor{Door: door}, func(tx *store.Tx) (err error) {
		var ok bool
		if u, _, ok, err = tx.Login(email); err != nil || !ok {
			return cmp.Or[error](err, &debrief.Error{Kind: debrief.NotFound, Field: "email", Say: "No open account has this address.", Hint: "The page on people lists them. A closed one comes back by an invitation."})
		}
		if err := tx.SetPassword(u.ID, hash); err != nil {
			return err
		}
		if err := tx.EndSessions(u.ID, ""); err != nil {
			return err
		}
		tx.Record(debrief.PasswordReset, "", string(u.ID), nil)
		return tx.ForgetAttempts(attemptsOn(email))
	})
	return u, password, err
}

// attemptsOn is what attempts to sign in to an account are counted under.
func attemptsOn(email string) string { return "account:" + sum(store.Fold(email)) }

// ChangeName changes how the actor is called.
func (g *Gate) ChangeName(ctx context.Context, a debrief.Actor, name string) error {
	name, err := checkName("name", "The name", name)
	if err != nil {
		return err
	}
	return g.st.Update(ctx, a, func(tx *store.Tx) error {
		u, err := tx.User(a.ID)
		if err != nil {
			return err
		}
		u.Name = name
		tx.Record(debrief.UserRenamed, "", string(a.ID), nil)
		return tx.UpdateUser(u)
	})
}

// Invite is what an invitation says.
type Invite struct {
	Name     string // may be empty
	Email    string
	Role     debrief.Role
	Teams    []debrief.TeamID   // that a member joins
	Incident debrief.IncidentID // that a guest sees
}

// Invite makes an invitation and gives the token of its link, which is kept
// nowhere. Administrators invite everybody; whoever may change who sees an
// incident invites guests to it.
func (g *Gate) Invite(ctx context.Context, a debrief.Actor, in Invite) (token string, i debrief.Invitation, err error) {
	email, err := checkEmail("email", in.Email)
	if err != nil {
		return "", i, err
	}
	if in.Name != "" {
		if in.Name, err = checkName("name", "The name", in.Name); err != nil {
			return "", i, err
		}
	}
	if in.Role < debrief.Guest || in.Role > debrief.Administrator {
		return "", i, &debrief.Error{Kind: debrief.Invalid, Field: "role", Say: "There is no such role."}
	}
	if in.Role == debrief.Guest && (in.Incident == "" || len(in.Teams) > 0) {
		return "", i, &debrief.Error{Kind: debrief.Invalid, Field: "incident", Say: "A guest is invited to one incident, and to no team.", Hint: "Invite from the incident."}
	}
	if in.Role != debrief.Guest && in.Incident != "" {
		return "", i, &debrief.Error{Kind: debrief.Invalid, Field: "incident", Say: "Members are not invited to a single incident.", Hint: "Invite them as a member first, then add them to the incident."}
	}
	token = newToken()
	err = g.st.Update(ctx, a, func(tx *store.Tx) error {
		if err := mayInvite(tx, a, in.Role, in.Incident); err != nil {
			return err
		}
		for _, team := range in.Teams {
			if _, err := tx.Team(team); err != nil {
				return err
			}
		}
		if _, _, ok, err := tx.Login(email); err != nil || ok {
			if ok {
				err = &debrief.Error{Kind: debrief.Conflict, Field: "email", Say: "Somebody with this address has an account.", Hint: "They can be added to teams and incidents as they are. If they forgot their password, close the account and invite them again: they come back as who they were."}
			}
			return err
		}
		if left, ok, err := tx.Left(email); err != nil || ok && in.Role < debrief.Member && left.Role >= debrief.Member {
			return cmp.Or[error](err, errWasMember)
		}
		i = debrief.Invitation{
			ID: debrief.InvitationID(tx.NewID("inv_")), Name: in.Name, Email: email, Role: in.Role, Teams: in.Teams,
			Incident: in.Incident, By: a.ID, At: tx.Now(), EndsAt: tx.Now().Add(InvitationLasts),
		}
		tx.Record(debrief.UserInvited, in.Incident, string(i.ID), map[string]string{"role": in.Role.Noun()})
		if err := tx.InsertInvitation(i, sum(token)); err != nil || !g.mails {
			return err
		}
		return tx.AddMail(string(i.ID), "")
	})
	return token, i, err
}

// AddLink gives a further token that opens an invitation. A mail about an invitation gets
// one of its own when it is sent: so no token ever stands in the database in clear, not
// even while a mail waits for its server. A mail that is sent twice, because nobody knows
// whether the first try arrived, has two links that both work, once between them.
func AddLink(tx *store.Tx, id debrief.InvitationID) (token string, err error) {
	token = newToken()
	return token, tx.AddInvitationLink(id, sum(token))
}

// Link gives another link's token of an invitation that waits, for whoever may invite in
// the same way: a link to an incident lets its bearer in. Where mails are sent, they get
// another one, too.
func (g *Gate) Link(ctx context.Context, a debrief.Actor, id debrief.InvitationID) (token string, err error) {
	err = g.st.Update(ctx, a, func(tx *store.Tx) error {
		i, err := tx.Invitation(id)
		if err != nil {
			return err
		}
		if err := mayInvite(tx, a, i.Role, i.Incident); err != nil {
			return err
		}
		tx.Record(debrief.LinkMade, i.Incident, string(id), nil)
		if token, err = AddLink(tx, id); err != nil || !g.mails {
			return err
		}
		return tx.MailAgain(string(id), "")
	})
	return token, err
}

func mayInvite(tx *store.Tx, a debrief.Actor, role debrief.Role, to debrief.IncidentID) error {
	if role != debrief.Guest {
		return a.May(debrief.ManagePeople, nil)
	}
	inc, err := tx.Incident(to)
	if err != nil {
		return err
	}
	return a.May(debrief.ChangeAccess, &inc)
}

var errNoInvitation = &debrief.Error{Kind: debrief.NotFound, Say: "There is no such invitation, or it does not work any more."}

// Invitation gives the invitation of a link's token, if it still works.
func (g *Gate) Invitation(ctx context.Context, token string) (i debrief.Invitation, err error) {
	err = g.st.View(ctx, func(tx *store.Tx) error {
		i, err = tx.InvitationOf(sum(token))
		return err
	})
	return i, err
}

// Invitations gives those that wait: all of them for administrators, and their
// own for others.
func (g *Gate) Invitations(ctx context.Context, a debrief.Actor) (all []debrief.Invitation, err error) {
	err = g.st.View(ctx, func(tx *store.Tx) error {
		all, err = tx.Invitations()
		return err
	})
	if a.May(debrief.ManagePeople, nil) != nil {
		all = slices.DeleteFunc(all, func(i debrief.Invitation) bool { return i.By != a.ID })
	}
	return all, err
}

// InvitedTo gives the invitations to an incident that wait, for whoever decides who sees it.
func (g *Gate) InvitedTo(ctx context.Context, a debrief.Actor, id debrief.IncidentID) (all []debrief.Invitation, err error) {
	err = g.st.View(ctx, func(tx *store.Tx) error {
		if err := mayInvite(tx, a, debrief.Guest, id); err != nil {
			return err
		}
		all, err = tx.Invitations()
		return err
	})
	return slices.DeleteFunc(all, func(i debrief.Invitation) bool { return i.Incident != id }), err
}

// Withdraw makes an invitation stop working: for administrators, for who made it, and for
// whoever may invite in the same way.
func (g *Gate) Withdraw(ctx context.Context, a debrief.Actor, id debrief.InvitationID) error {
	return g.st.Update(ctx, a, func(tx *store.Tx) error {
		i, err := tx.Invitation(id)
		if err != nil {
			return err
		}
		if i.By != a.ID && a.May(debrief.ManagePeople, nil) != nil && mayInvite(tx, a, i.Role, i.Incident) != nil {
			return errNoInvitation
		}
		done, err := tx.CloseInvitation(id)
		if done {
			tx.Record(debrief.InvitationWithdrawn, i.Incident, string(id), nil)
		} else {
			tx.Quiet()
		}
		return err
	})
}

// errWasMember keeps whoever may invite a guest, and is shown the link, from coming in
// as somebody who was a member.
var errWasMember = &debrief.Error{Kind: debrief.Conflict, Field: "email", Say: "A member with this address has left.", Hint: "An administrator can invite them again; then they can be named for the incident."}

// comeBack opens a closed account again. Teams and what they wrote are theirs. What they
// were named for is not: whoever invited them is shown the link, and may not see those
// incidents, so those who do name them anew. Such incidents that they opened tell of it.
func comeBack(tx *store.Tx, u debrief.User, hash string) error {
	// Nobody is named meanwhile for what is seen by nobody but them.
	if err := tx.LockOrganisation(); err != nil {
		return err
	}
	if err := tx.UpdateUser(u); err != nil {
		return err
	}
	if err := tx.SetPassword(u.ID, hash); err != nil {
		return err
	}
	named, err := tx.NamedIn(u.ID)
	if err != nil {
		return err
	}
	opened, err := tx.OpenedBy(u.ID)
	if err != nil {
		return err
	}
	all := slices.Concat(named, opened)
	slices.Sort(all)
	for _, id := range slices.Compact(all) {
		in, err := tx.TouchIncident(id)
		if err != nil {
			return err
		}
		in.People = slices.DeleteFunc(in.People, func(p debrief.UserID) bool { return p == u.ID })
		tx.Record(debrief.UserReturned, id, string(u.ID), nil)
		if err := tx.UpdateIncident(&in); err != nil {
			return err
		}
	}
	return nil
}

// Accept is what somebody who follows the link of an invitation gives.
type Accept struct {
	Token    string
	Name     string
	Password string
	Device   string
	Door     string
}

// Accept makes the account of an invitation, which works once, and signs in. Who had an
// account with its address that was closed gets that one back (see comeBack).
func (g *Gate) Accept(ctx context.Context, in Accept) (token string, a debrief.Actor, err error) {
	i, err := g.Invitation(ctx, in.Token)
	if err != nil {
		return "", a, err
	}
	u, hash, err := g.account(in.Name, i.Email, in.Password)
	if err != nil {
		return "", a, err
	}
	u.Role = i.Role
	var was debrief.User // who has a closed account with this address
	if err := g.st.View(ctx, func(tx *store.Tx) error {
		was, _, err = tx.Left(i.Email)
		return err
	}); err != nil {
		return "", a, err
	}
	if was.ID != "" {
		u.ID = was.ID
	}
	err = g.st.Update(ctx, debrief.Actor{ID: u.ID, Name: u.Name, Role: u.Role, Door: in.Door}, func(tx *store.Tx) error {
		done, err := tx.CloseInvitation(i.ID)
		if err != nil {
			return err
		}
		if !done {
			return &debrief.Error{Kind: debrief.Conflict, Say: "This invitation was used already.", Hint: "Sign in, or ask for another."}
		}
		now, _, err := tx.Left(i.Email)
		switch {
		case err != nil:
			return err
		case now.ID != was.ID:
			return &debrief.Error{Kind: debrief.Conflict, Say: "Somebody with this address has joined meanwhile.", Hint: "Sign in, or ask for another invitation."}
		case was.ID == "":
			err = tx.InsertUser(u, hash)
		case u.Role < debrief.Member && was.Role >= debrief.Member:
			err = errWasMember
		default:
			err = comeBack(tx, u, hash)
		}
		if err != nil {
			return err
		}
		for _, team := range i.Teams {
			if err := tx.JoinTeam(team, u.ID); err != nil {
				return err
			}
		}
		if u.Teams, err = tx.TeamsOf(u.ID); err != nil {
			return err
		}
		if i.Incident != "" {
			inc, err := tx.TouchIncident(i.Incident)
			if err != nil {
				return err
			}
			if !slices.Contains(inc.People, u.ID) {
				inc.People = append(inc.People, u.ID)
			}
			if err := tx.UpdateIncident(&inc); err != nil {
				return err
			}
		}
		tx.Record(debrief.UserJoined, i.Incident, string(u.ID), map[string]string{"role": u.Role.Noun()})
		token, a, err = g.open(tx, u, in.Device, in.Door)
		return err
	})
	return token, a, err
}

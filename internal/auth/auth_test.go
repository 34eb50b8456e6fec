package auth_test

import (
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/auth"
	"debrief.dev/debrief/internal/store"
	"debrief.dev/debrief/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const good = "four ordinary words"

// A door is a gate with its clock and its first administrator.
type door struct {
	*testing.T
	gate  *auth.Gate
	st    *store.Store
	past  atomic.Int64 // seconds since the beginning
	token string
	ana   debrief.Actor
}

func each(t *testing.T, test func(*door)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		d := &door{T: t}
		cfg.Now = func() time.Time {
			return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).Add(time.Duration(d.past.Load()) * time.Second)
		}
		st, err := store.Open(t.Context(), cfg)
		d.ok(err)
		t.Cleanup(func() { d.ok(st.Close()) })
		d.st, d.gate = st, auth.New(st, auth.Cheap())
		d.token, d.ana, err = d.gate.Found(t.Context(), auth.Found{Organisation: "Harbour Ltd", Zone: "Europe/Berlin", Name: "Ana", Email: "Ana@Example.com", Password: good, Device: "Firefox"})
		d.ok(err)
		test(d)
	})
}

func (d *door) ok(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

func (d *door) kind(err error, want debrief.ErrorKind) {
	d.Helper()
	if err == nil || debrief.KindOf(err) != want {
		d.Fatalf("got the error %v, want one of kind %d", err, want)
	}
}

func (d *door) signIn(email, password string) (string, debrief.Actor, error) {
	return d.gate.SignIn(d.Context(), auth.SignIn{Email: email, Password: password, From: "192.0.2.7", Device: "Chromium"})
}

func TestTheFirstRunHappensOnce(t *testing.T) {
	each(t, func(d *door) {
		first, err := d.gate.FirstRun(d.Context())
		d.ok(err)
		if first {
			d.Error("it is still the first run")
		}
		_, _, err = d.gate.Found(d.Context(), auth.Found{Organisation: "Other", Name: "Eve", Email: "eve@example.com", Password: good})
		d.kind(err, debrief.Conflict)
		if d.ana.Role != debrief.Administrator {
			d.Errorf("the first account is %v", d.ana.Role)
		}
	})
}

func TestASessionLastsUntilItIsEnded(t *testing.T) {
	each(t, func(d *door) {
		token, a, err := d.signIn(" ana@example.COM", good)
		d.ok(err)
		got, err := d.gate.Actor(d.Context(), token)
		d.ok(err)
		if got.ID != d.ana.ID || got.Session != a.Session {
			d.Errorf("the token gives %+v", got)
		}
		all, err := d.gate.Sessions(d.Context(), got)
		d.ok(err)
		if len(all) != 2 {
			d.Fatalf("there are %d sessions", len(all))
		}
		d.ok(d.gate.Revoke(d.Context(), got, d.ana.Session))
		_, err = d.gate.Actor(d.Context(), d.token)
		d.kind(err, debrief.NotFound)
		// Used now and then, a session goes on; left alone, it ends.
		for range 4 {
			d.past.Add(int64((auth.SessionLasts / 2).Seconds()))
			_, err = d.gate.Actor(d.Context(), token)
			d.ok(err)
		}
		d.past.Add(int64(auth.SessionLasts.Seconds()) + 1)
		_, err = d.gate.Actor(d.Context(), token)
		d.kind(err, debrief.NotFound)
	})
}

func TestNobodyEndsSomebodyElsesSession(t *testing.T) {
	each(t, func(d *door) {
		link, _, err := d.gate.Invite(d.Context(), d.ana, auth.Invite{Email: "ben@example.com", Role: debrief.Member})
		d.ok(err)
		_, ben, err := d.gate.Accept(d.Context(), auth.Accept{Token: link, Name: "Ben", Password: good})
		d.ok(err)
		d.ok(d.gate.Revoke(d.Context(), ben, d.ana.Session))
		_, err = d.gate.Actor(d.Context(), d.token)
		d.ok(err)
	})
}

func TestGuessingAPasswordIsSlowedDown(t *testing.T) {
	each(t, func(d *door) {
		for range 10 {
			_, _, err := d.signIn("ana@example.com", "not the password")
			d.kind(err, debrief.Denied)
		}
		_, _, err := d.signIn("ana@example.com", good)
		d.kind(err, debrief.Denied) // even the right one waits
		d.past.Add(16 * 60)
		_, _, err = d.signIn("ana@example.com", good)
		d.ok(err)
		for i := range 60 {
			_, _, err = d.signIn(string(rune('a'+i%26))+"x@example.com", "not the password")
			d.kind(err, debrief.Denied)
		}
		_, _, err = d.signIn("ana@example.com", good)
		d.kind(err, debrief.Denied) // the address of the network has used its attempts up
	})
}

func TestANewPasswordEndsTheOtherSessions(t *testing.T) {
	each(t, func(d *door) {
		other, _, err := d.signIn("ana@example.com", good)
		d.ok(err)
		d.kind(d.gate.ChangePassword(d.Context(), d.ana, "not the password", "five ordinary words here"), debrief.Denied)
		d.kind(d.gate.ChangePassword(d.Context(), d.ana, good, "short"), debrief.Invalid)
		d.ok(d.gate.ChangePassword(d.Context(), d.ana, good, "five ordinary words here"))
		_, err = d.gate.Actor(d.Context(), d.token)
		d.ok(err)
		_, err = d.gate.Actor(d.Context(), other)
		d.kind(err, debrief.NotFound)
		_, _, err = d.signIn("ana@example.com", good)
		d.kind(err, debrief.Denied)
	})
}

func TestAnInvitationLetsOnePersonInOnce(t *testing.T) {
	each(t, func(d *door) {
		link, _, err := d.gate.Invite(d.Context(), d.ana, auth.Invite{Email: "ben@example.com", Role: debrief.Member})
		d.ok(err)
		_, ben, err := d.gate.Accept(d.Context(), auth.Accept{Token: link, Name: "Ben", Password: good})
		d.ok(err)
		_, _, err = d.gate.Accept(d.Context(), auth.Accept{Token: link, Name: "Eve", Password: good})
		d.kind(err, debrief.NotFound)
		_, _, err = d.gate.Invite(d.Context(), ben, auth.Invite{Email: "eve@example.com", Role: debrief.Administrator})
		d.kind(err, debrief.Denied)
		_, _, err = d.gate.Invite(d.Context(), d.ana, auth.Invite{Email: "BEN@example.com", Role: debrief.Member})
		d.kind(err, debrief.Conflict)
		late, _, err := d.gate.Invite(d.Context(), d.ana, auth.Invite{Email: "cem@example.com", Role: debrief.Member})
		d.ok(err)
		gone, w, err := d.gate.Invite(d.Context(), d.ana, auth.Invite{Email: "dee@example.com", Role: debrief.Member})
		d.ok(err)
		d.kind(d.gate.Withdraw(d.Context(), ben, w.ID), debrief.NotFound)
		d.ok(d.gate.Withdraw(d.Context(), d.ana, w.ID))
		_, err = d.gate.Invitation(d.Context(), gone)
		d.kind(err, debrief.NotFound)
		d.past.Add(int64(auth.InvitationLasts.Seconds()) + 1)
		_, err = d.gate.Invitation(d.Context(), late)
		d.kind(err, debrief.NotFound)
	})
}

// Whose account was closed is invited again and is who they were; so does a person who
// forgot their password come in again.
func TestWhoLeftComesBackAsWhoTheyWere(t *testing.T) {
	each(t, func(d *door) {
		join := func(email, name, password string, role debrief.Role) debrief.Actor {
			t.Helper()
			link, _, err := d.gate.Invite(d.Context(), d.ana, auth.Invite{Email: email, Role: role})
			d.ok(err)
			_, a, err := d.gate.Accept(d.Context(), auth.Accept{Token: link, Name: name, Password: password})
			d.ok(err)
			return a
		}
		var team debrief.Team
		ben := join("ben@example.com", "Ben", good, debrief.Administrator)
		d.ok(d.st.Update(d.Context(), d.ana, func(tx *store.Tx) error {
			tx.Record(debrief.TeamAdded, "", "", nil)
			team = debrief.Team{ID: debrief.TeamID(tx.NewID("tea_")), Name: "Delivery"}
			if err := tx.InsertTeam(team); err != nil {
				return err
			}
			if err := tx.JoinTeam(team.ID, ben.ID); err != nil {
				return err
			}
			u, err := tx.User(ben.ID)
			if err != nil {
				return err
			}
			u.LeftAt = tx.Now()
			return tx.UpdateUser(u)
		}))
		var incidents []debrief.IncidentID
		for _, by := range []debrief.Actor{d.ana, ben} {
			d.ok(d.st.Update(d.Context(), by, func(tx *store.Tx) error {
				in := debrief.Incident{ID: debrief.IncidentID(tx.NewID("inc_")), Title: "Told to few", Zone: "UTC", Visibility: debrief.Restricted, People: []debrief.UserID{ben.ID, d.ana.ID}}
				tx.Record(debrief.IncidentOpened, in.ID, "", nil)
				incidents = append(incidents, in.ID)
				return tx.InsertIncident(&in)
			}))
		}
		_, _, err := d.gate.SignIn(d.Context(), auth.SignIn{Email: "ben@example.com", Password: good})
		d.kind(err, debrief.Denied)

		// Whoever may invite a guest does not come in as somebody who was a member.
		_, _, err = d.gate.Invite(d.Context(), d.ana, auth.Invite{Email: "ben@example.com", Role: debrief.Guest, Incident: incidents[0]})
		d.kind(err, debrief.Conflict)

		again := join("BEN@example.com", "Ben O.", "five other ordinary words", debrief.Member)
		if again.ID != ben.ID || again.Name != "Ben O." || again.Role != debrief.Member || len(again.Teams) != 1 || again.Teams[0] != team.ID {
			t.Errorf("%+v came back as %+v", ben, again)
		}
		_, _, err = d.gate.SignIn(d.Context(), auth.SignIn{Email: "ben@example.com", Password: good})
		d.kind(err, debrief.Denied)
		_, in, err := d.gate.SignIn(d.Context(), auth.SignIn{Email: "ben@example.com", Password: "five other ordinary words"})
		d.ok(err)
		if in.ID != ben.ID {
			t.Errorf("%s signed in as %s", ben.ID, in.ID)
		}
		_, _, err = d.gate.Invite(d.Context(), d.ana, auth.Invite{Email: "ben@example.com", Role: debrief.Member})
		d.kind(err, debrief.Conflict)
		d.ok(d.st.View(d.Context(), func(tx *store.Tx) error {
			for _, id := range incidents {
				in, err := tx.Incident(id)
				if err != nil {
					return err
				}
				if sees := again.May(debrief.SeeIncident, &in) == nil; !slices.Equal(in.People, []debrief.UserID{d.ana.ID}) || sees != (in.OpenedBy == ben.ID) {
					t.Errorf("%s names %v; who came back sees it: %v", id, in.People, sees)
				}
				told, err := tx.Activities(id, 0, 50)
				if err != nil {
					return err
				}
				if !slices.ContainsFunc(told, func(x debrief.Activity) bool { return x.Kind == debrief.UserReturned }) {
					t.Errorf("%s does not tell that somebody came back", id)
				}
			}
			return nil
		}))
	})
}

// Whoever runs the installation gives a new password; sessions end, and somebody who
// had tried too often need not wait.
func TestAPasswordIsReset(t *testing.T) {
	each(t, func(d *door) {
		token, _, err := d.gate.SignIn(d.Context(), auth.SignIn{Email: "ana@example.com", Password: good})
		d.ok(err)
		for range 11 {
			_, _, err = d.gate.SignIn(d.Context(), auth.SignIn{Email: "ana@example.com", Password: "not this one"})
			d.kind(err, debrief.Denied)
		}
		u, password, err := d.gate.ResetPassword(d.Context(), "ANA@example.com", "cli")
		d.ok(err)
		if u.ID != d.ana.ID || len(password) < 20 {
			t.Errorf("%s got %d letters", u.ID, len(password))
		}
		_, err = d.gate.Actor(d.Context(), token)
		d.kind(err, debrief.NotFound)
		_, _, err = d.gate.SignIn(d.Context(), auth.SignIn{Email: "ana@example.com", Password: password})
		d.ok(err)
		_, _, err = d.gate.ResetPassword(d.Context(), "eve@example.com", "cli")
		d.kind(err, debrief.NotFound)
	})
}

// The real cost of a hash, once: the form it is kept in, and that it matches.
func TestAPasswordIsKeptAsArgon2id(t *testing.T) {
	st, err := store.Open(t.Context(), store.Config{Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	gate := auth.New(st)
	_, ana, err := gate.Found(t.Context(), auth.Found{Organisation: "Harbour Ltd", Name: "Ana", Email: "ana@example.com", Password: good})
	if err != nil {
		t.Fatal(err)
	}
	var hash string
	if err := st.View(t.Context(), func(tx *store.Tx) error {
		hash, err = tx.Password(ana.ID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if want := "$argon2id$v=19$m=65536,t=3,p=4$"; len(hash) < 60 || hash[:len(want)] != want {
		t.Errorf("it is kept as %.40q", hash)
	}
	if _, _, err := gate.SignIn(t.Context(), auth.SignIn{Email: "ana@example.com", Password: good}); err != nil {
		t.Error(err)
	}
}

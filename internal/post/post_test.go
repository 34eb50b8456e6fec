package post_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/auth"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/jobs"
	"debrief.dev/debrief/internal/mail"
	"debrief.dev/debrief/internal/mail/mailtest"
	"debrief.dev/debrief/internal/post"
	"debrief.dev/debrief/internal/store"
	"debrief.dev/debrief/internal/store/storetest"
)

var update = flag.Bool("update", false, "write what mails look like")

func TestMain(m *testing.M) { storetest.Main(m) }

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

const title = "The vault of Northwind stood open"

// A room is an installation with mail, for a test.
type room struct {
	*testing.T
	st   *store.Store
	cb   *casebook.Casebook
	gate *auth.Gate
	run  *jobs.Runner
	far  *mailtest.Server
	log  bytes.Buffer
	now  atomic.Int64 // seconds the clock was moved on by
	ids  atomic.Int64
	ana  debrief.Actor // an administrator
	ben  debrief.Actor // a member
	inc  *debrief.Incident
	cfg  store.Config
}

func each(t *testing.T, test func(*room)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, cfg store.Config) { test(newRoom(t, cfg)) })
}

func newRoom(t *testing.T, cfg store.Config) *room {
	t.Helper()
	r := &room{T: t, far: mailtest.Start(t, mailtest.Config{Security: "starttls", User: "debrief", Password: "geheim"})}
	cfg.Now = func() time.Time { return start.Add(time.Duration(r.now.Load()) * time.Second) }
	cfg.ID = func(prefix string) string { return fmt.Sprintf("%s%05d", prefix, r.ids.Add(1)) }
	r.cfg = cfg
	r.st, r.run = r.process()
	r.gate = auth.New(r.st, auth.Cheap())
	var err error
	r.cb, err = casebook.Open(casebook.Config{Store: r.st, Folder: cfg.Folder, Mails: true})
	r.ok(err)
	r.cb.Register(r.run)
	_, r.ana, err = r.gate.Found(t.Context(), auth.Found{Organisation: "Harbour Ltd", Zone: "Europe/Berlin", Name: "Ana Öztürk", Email: "ana@example.com", Password: "four ordinary words"})
	r.ok(err)
	token, _, err := r.gate.Invite(t.Context(), r.ana, auth.Invite{Email: "ben@example.com", Role: debrief.Member})
	r.ok(err)
	r.ben = r.accept(token, "Ben")
	r.gate = auth.New(r.st, auth.Cheap(), auth.Mails())
	r.inc, err = r.cb.OpenIncident(t.Context(), r.ana, casebook.OpenIncident{Title: title, Visibility: debrief.Restricted, People: []debrief.UserID{r.ben.ID}})
	r.ok(err)
	return r
}

// process gives what one more process on the database has.
func (r *room) process() (*store.Store, *jobs.Runner) {
	r.Helper()
	st, err := store.Open(r.Context(), r.cfg)
	r.ok(err)
	r.Cleanup(func() { r.ok(st.Close()) })
	server, err := mail.New(mail.Config{
		Server: r.far.Address, From: "Debrief <debrief@example.com>", User: "debrief", Password: "geheim", Security: "starttls",
		Address: "https://debrief.example.com", Roots: r.far.Roots,
	})
	r.ok(err)
	run := jobs.New(st, slog.New(slog.NewTextHandler(&r.log, nil)))
	post.New(st, server, "https://debrief.example.com").Register(run)
	return st, run
}

func (r *room) ok(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *room) accept(token, name string) debrief.Actor {
	r.Helper()
	_, a, err := r.gate.Accept(r.Context(), auth.Accept{Token: token, Name: name, Password: "four ordinary words"})
	r.ok(err)
	return a
}

func (r *room) drain() { r.Helper(); r.ok(r.run.Drain(r.Context())) }

// later moves the clock on and does what is due by then.
func (r *room) later(d time.Duration) {
	r.Helper()
	r.now.Add(int64(d.Seconds()))
	r.drain()
}

func (r *room) invite(in auth.Invite) {
	r.Helper()
	_, _, err := r.gate.Invite(r.Context(), r.ana, in)
	r.ok(err)
}

// sendPreread sends what the pre-read says to Ben, with a note.
func (r *room) sendPreread() *debrief.Sending {
	r.Helper()
	ctx := r.Context()
	r.ok(r.st.Update(ctx, r.ana, func(tx *store.Tx) error {
		tx.Quiet()
		return tx.InsertSection(&debrief.Section{ID: "sec_1", Incident: r.inc.ID, Key: "summary", Title: "Summary", Body: "The door of the vault did not close."}, 0)
	}))
	s, err := r.cb.SendPreread(ctx, r.ana, casebook.SendPreread{Incident: r.inc.ID, To: []debrief.UserID{r.ana.ID, r.ben.ID}, Note: "Read the part about the door."})
	r.ok(err)
	return s
}

// mail gives the only mail about something.
func (r *room) mail(about string) (m debrief.Letter) {
	r.Helper()
	r.ok(r.st.View(r.Context(), func(tx *store.Tx) error {
		all, err := tx.MailsAbout(about)
		if err == nil && len(all) != 1 {
			err = fmt.Errorf("there are %d mails", len(all))
		}
		if err == nil {
			m = all[0]
		}
		return err
	}))
	return m
}

func (r *room) waiting() debrief.Invitation {
	r.Helper()
	all, err := r.gate.Invitations(r.Context(), r.ana)
	r.ok(err)
	if len(all) != 1 {
		r.Fatalf("%d invitations wait", len(all))
	}
	return all[0]
}

func (r *room) is(m debrief.Letter, state debrief.MailState, why debrief.MailTrouble) {
	r.Helper()
	if m.State != state || m.Why != why {
		r.Fatalf("the mail has the state %d and %q in its way, want %d and %q", m.State, m.Why, state, why)
	}
}

func (r *room) got(n int) []mailtest.Got {
	r.Helper()
	all := r.far.Got()
	if len(all) != n {
		r.Fatalf("the server has %d mails, want %d", len(all), n)
	}
	return all
}

var tokens = regexp.MustCompile(`/invitations/([a-z2-7]{26})`)

func TestMailsAsTheyGoOut(t *testing.T) {
	each(t, func(r *room) {
		for _, c := range []struct {
			name string
			ask  func()
		}{
			{"invitation", func() { r.invite(auth.Invite{Name: "Cleo", Email: "cleo@example.com", Role: debrief.Member}) }},
			{"guest", func() {
				r.invite(auth.Invite{Name: "Gil Ø", Email: "gil@example.com", Role: debrief.Guest, Incident: r.inc.ID})
			}},
			{"preread", func() { r.sendPreread() }},
		} {
			before := len(r.far.Got())
			c.ask()
			r.drain()
			got := r.got(before + 1)[before]
			text := strings.ReplaceAll(tokens.ReplaceAllString(got.Data, "/invitations/TOKEN"), "\r\n", "\n")
			for _, private := range []string{"vault", "Northwind", "door", title} {
				if strings.Contains(got.Data, private) {
					r.Errorf("the mail %s tells %q", c.name, private)
				}
			}
			path := filepath.Join("testdata", c.name+".eml")
			if *update {
				r.ok(os.WriteFile(path, []byte(text), 0o600))
			}
			want, err := os.ReadFile(path)
			r.ok(err)
			if text != string(want) {
				r.Errorf("%s: got\n%s\nwant\n%s", path, text, want)
			}
		}
		if s := r.log.String(); s != "" {
			r.Errorf("the log says %s", s)
		}
	})
}

func TestTheLinkInAMailLetsInAndStandsNowhereElse(t *testing.T) {
	each(t, func(r *room) {
		r.invite(auth.Invite{Email: "cleo@example.com", Role: debrief.Member})
		r.drain()
		token := tokens.FindStringSubmatch(r.got(1)[0].Data)[1]
		r.ok(r.st.View(r.Context(), func(tx *store.Tx) error {
			for _, table := range store.Tables {
				var b bytes.Buffer
				if _, err := tx.Dump(table, &b); err != nil {
					return err
				}
				if strings.Contains(b.String(), token) {
					r.Errorf("the table %s holds the token", table)
				}
			}
			return nil
		}))
		if i := r.waiting(); i.Mail == nil || i.Mail.State != debrief.MailSent {
			r.Errorf("the invitation has the mail %v", i.Mail)
		}
		if a := r.accept(token, "Cleo"); a.Role != debrief.Member {
			r.Errorf("it made %v", a)
		}
		if _, err := r.gate.Invitation(r.Context(), token); debrief.KindOf(err) != debrief.NotFound {
			r.Errorf("it works twice: %v", err)
		}
	})
}

func TestATemporaryRefusalIsTriedAgain(t *testing.T) {
	each(t, func(r *room) {
		r.far.Refuse("rcpt", 450, [3]int{4, 2, 1}, "<cleo@example.com> is greylisted")
		r.invite(auth.Invite{Email: "cleo@example.com", Role: debrief.Member})
		r.drain()
		r.is(*r.waiting().Mail, debrief.MailWaits, debrief.MailPutOff)
		r.far.Refuse("rcpt", 0, [3]int{}, "")
		r.drain() // it is not due yet
		r.got(0)
		r.later(10 * time.Second)
		r.got(1)
		r.is(*r.waiting().Mail, debrief.MailSent, "")
		if s := r.log.String(); !strings.Contains(s, "code 450") || strings.Contains(s, "cleo") || strings.Contains(s, "greylisted") {
			r.Errorf("the log says %s", s)
		}
	})
}

func TestAServerThatStaysAwayIsGivenUpAfterADay(t *testing.T) {
	each(t, func(r *room) {
		r.far.Refuse("data", 451, [3]int{4, 3, 0}, "later")
		s := r.sendPreread()
		r.drain()
		for range 40 {
			r.later(time.Hour)
		}
		m := r.mail(string(s.ID))
		r.is(m, debrief.MailGivenUp, debrief.MailPutOff)
		if d := m.Since.Sub(m.At); d < 24*time.Hour || d > 25*time.Hour {
			r.Errorf("it was given up after %s", d)
		}
		r.got(0)
		acts, err := r.cb.Activity(r.Context(), r.ana, r.inc.ID, 0, 1)
		r.ok(err)
		if got := acts[0].Sentence(); got != "A mail about the pre-read could not be sent." {
			r.Errorf("the activity says %s", got)
		}
		all, err := r.cb.SendingMails(r.Context(), r.ben, s.ID)
		if err != nil || len(all) != 1 || all[0].Member != r.ben.ID {
			r.Errorf("those who may send see %v, %v", all, err)
		}
	})
}

func TestAPermanentRefusalIsGivenUpAtOnce(t *testing.T) {
	each(t, func(r *room) {
		r.far.Refuse("rcpt", 550, [3]int{5, 1, 1}, "<cleo@example.com> is not known here")
		r.invite(auth.Invite{Email: "cleo@example.com", Role: debrief.Member})
		r.drain()
		i := r.waiting()
		r.is(*i.Mail, debrief.MailGivenUp, debrief.MailNoAddress)
		r.far.Refuse("rcpt", 0, [3]int{}, "")
		r.later(25 * time.Hour)
		r.got(0)
		if s := r.log.String(); s != "" {
			r.Errorf("the log says %s", s)
		}
		// The link is there to be made again.
		token, err := r.gate.Link(r.Context(), r.ana, i.ID)
		r.ok(err)
		r.accept(token, "Cleo")
	})
}

func TestWhatIsNotNeededAnyMoreIsNotSent(t *testing.T) {
	each(t, func(r *room) {
		r.invite(auth.Invite{Email: "cleo@example.com", Role: debrief.Member})
		i := r.waiting()
		r.ok(r.gate.Withdraw(r.Context(), r.ana, i.ID))
		s := r.sendPreread()
		none := []debrief.UserID{}
		_, err := r.cb.ChangeIncident(r.Context(), r.ana, casebook.ChangeIncident{ID: r.inc.ID, People: &none})
		r.ok(err)
		r.drain()
		r.is(r.mail(string(i.ID)), debrief.MailGivenUp, debrief.MailNeedless)
		r.is(r.mail(string(s.ID)), debrief.MailGivenUp, debrief.MailNeedless)

		r.invite(auth.Invite{Email: "dora@example.com", Role: debrief.Member})
		r.later(4 * 24 * time.Hour) // nobody was there to send it
		r.is(*r.waiting().Mail, debrief.MailGivenUp, debrief.MailLate)
		r.got(0)
	})
}

func TestALinkToARestrictedIncidentIsForThoseWhoInviteThere(t *testing.T) {
	each(t, func(r *room) {
		own, err := r.cb.OpenIncident(r.Context(), r.ben, casebook.OpenIncident{Title: "Ours", Visibility: debrief.Restricted})
		r.ok(err)
		_, i, err := r.gate.Invite(r.Context(), r.ben, auth.Invite{Email: "gil@example.com", Role: debrief.Guest, Incident: own.ID})
		r.ok(err)
		if _, err := r.gate.Link(r.Context(), r.ana, i.ID); debrief.KindOf(err) != debrief.NotFound {
			r.Errorf("an administrator who does not see it got %v", err)
		}
		if _, err := r.gate.Link(r.Context(), r.ben, i.ID); err != nil {
			r.Error(err)
		}
	})
}

// Two stores on one database are what two processes have.
func TestTwoProcessesSendEachMailOnce(t *testing.T) {
	each(t, func(r *room) {
		const mails = 12
		for n := range mails {
			r.invite(auth.Invite{Email: fmt.Sprintf("p%d@example.com", n), Role: debrief.Member})
		}
		_, second := r.process()
		ctx, stop := context.WithCancel(r.Context())
		defer stop()
		sent := make(chan struct{}, 2*mails)
		var all sync.WaitGroup
		for _, run := range []*jobs.Runner{r.run, second} {
			run.Done = func(string, string) { sent <- struct{}{} }
			all.Go(func() { run.Run(ctx) })
		}
		for range mails {
			<-sent
		}
		stop()
		all.Wait()
		to := map[string]int{}
		for _, m := range r.got(mails) {
			to[m.To]++
		}
		if len(to) != mails {
			r.Errorf("they went to %v", to)
		}
	})
}

func TestEveryTroubleHasItsWords(t *testing.T) {
	for _, trouble := range debrief.MailTroubles() {
		if trouble.Words() == "" {
			t.Errorf("%s has no words", trouble)
		}
	}
}

// What could not be sent, or is thought lost, goes out again as another mail; one that is
// on its way is not sent twice.
func TestAMailGoesOutAgainWhenAskedFor(t *testing.T) {
	each(t, func(r *room) {
		r.invite(auth.Invite{Email: "cleo@example.com", Role: debrief.Member})
		again := func() {
			r.Helper()
			_, err := r.gate.Link(r.Context(), r.ana, r.waiting().ID)
			r.ok(err)
		}
		again() // it has not gone out yet
		r.drain()
		r.got(1)
		again()
		r.drain()
		got := r.got(2)
		r.is(*r.waiting().Mail, debrief.MailSent, "")
		id := regexp.MustCompile(`(?m)^Message-ID: .*$`)
		if one, two := id.FindString(got[0].Data), id.FindString(got[1].Data); one == "" || one == two {
			r.Errorf("both mails have %q: a reader's program would show one", one)
		}

		r.far.Refuse("rcpt", 550, [3]int{5, 1, 1}, "no such user")
		s := r.sendPreread()
		r.drain()
		r.is(r.mail(string(s.ID)), debrief.MailGivenUp, debrief.MailNoAddress)
		r.far.Refuse("rcpt", 0, [3]int{}, "")
		r.ok(r.cb.MailAgain(r.Context(), r.ana, s.ID))
		r.drain()
		r.is(r.mail(string(s.ID)), debrief.MailSent, "")
		if err := r.cb.MailAgain(r.Context(), r.ana, s.ID); debrief.KindOf(err) != debrief.Conflict {
			r.Errorf("with nothing left to send: %v", err)
		}
	})
}

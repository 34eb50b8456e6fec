package casebook_test

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/auth"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/jobs"
	"debrief.dev/debrief/internal/store"
	"debrief.dev/debrief/internal/store/storetest"
)

// A room is an installation with people in it, for a test.
type room struct {
	*testing.T
	st   *store.Store
	cb   *casebook.Casebook
	gate *auth.Gate
	run  *jobs.Runner
	now  atomic.Int64 // seconds the clock was moved on by
	data string
	// Ana is an administrator, Ben a member of the team delivery, Gil a guest.
	ana, ben debrief.Actor
	delivery debrief.TeamID
}

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func TestMain(m *testing.M) {
	if os.Getenv(writerEnv) != "" {
		writer() // until it is killed
	}
	storetest.Main(m)
}

// each runs a test in a room on every sort of database.
func each(t *testing.T, test func(*room)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, cfg store.Config) { test(newRoom(t, cfg)) })
}

func newRoom(t *testing.T, cfg store.Config) *room {
	t.Helper()
	r := &room{T: t, data: cfg.Folder}
	var ids atomic.Int64
	cfg.Now = func() time.Time { return start.Add(time.Duration(r.now.Load()) * time.Second) }
	cfg.ID = func(prefix string) string { return fmt.Sprintf("%s%05d", prefix, ids.Add(1)) }
	st, err := store.Open(t.Context(), cfg)
	r.ok(err)
	t.Cleanup(func() { r.ok(st.Close()) })
	r.st, r.gate = st, auth.New(st, auth.Cheap())
	r.cb, err = casebook.Open(casebook.Config{Store: st, Folder: r.data, Log: slog.New(slog.DiscardHandler)})
	r.ok(err)
	r.run = jobs.New(st, slog.New(slog.DiscardHandler))
	r.cb.Register(r.run)
	_, r.ana, err = r.gate.Found(t.Context(), auth.Found{Organisation: "Harbour Ltd", Name: "Ana", Email: "ana@example.com", Password: "four ordinary words"})
	r.ok(err)
	team, err := r.cb.AddTeam(t.Context(), r.ana, casebook.AddTeam{Name: "Delivery"})
	r.ok(err)
	r.delivery = team.ID
	r.ben = r.join("Ben", auth.Invite{Email: "ben@example.com", Role: debrief.Member, Teams: []debrief.TeamID{team.ID}})
	return r
}

func (r *room) join(name string, in auth.Invite) debrief.Actor {
	r.Helper()
	token, _, err := r.gate.Invite(r.ctx(), r.ana, in)
	r.ok(err)
	_, a, err := r.gate.Accept(r.ctx(), auth.Accept{Token: token, Name: name, Password: "four ordinary words"})
	r.ok(err)
	return a
}

func (r *room) ctx() context.Context { return r.Context() }

func (r *room) ok(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *room) kind(err error, want debrief.ErrorKind) {
	r.Helper()
	if err == nil || debrief.KindOf(err) != want {
		r.Fatalf("got the error %v of kind %d, want kind %d", err, debrief.KindOf(err), want)
	}
}

// sample opens an incident with the evidence of the sample.
func (r *room) sample(a debrief.Actor) *debrief.Incident {
	r.Helper()
	in, err := r.cb.OpenIncident(r.ctx(), a, casebook.OpenIncident{Title: "Edge answers 503"})
	r.ok(err)
	r.add(a, in.ID, filepath.Join("..", "..", "testdata", "incidents", "edge-setting"))
	r.ok(r.run.Drain(r.ctx()))
	return in
}

// add uploads a folder.
func (r *room) add(a debrief.Actor, id debrief.IncidentID, folder string) *debrief.Upload {
	r.Helper()
	u, err := r.cb.BeginUpload(r.ctx(), a, id, filepath.Base(folder))
	r.ok(err)
	r.ok(filepath.WalkDir(folder, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := os.Open(p)
		if err != nil {
			return err
		}
		defer f.Close()
		rel, err := filepath.Rel(folder, p)
		if err == nil {
			_, err = r.cb.AddFile(r.ctx(), a, u.ID, filepath.ToSlash(rel), f)
		}
		return err
	}))
	u, err = r.cb.FinishUpload(r.ctx(), a, u.ID)
	r.ok(err)
	return u
}

func TestFromFirstStartToAPrereadThatWasRead(t *testing.T) {
	each(t, func(r *room) {
		in := r.sample(r.ana)

		us, err := r.cb.Uploads(r.ctx(), r.ben, in.ID)
		r.ok(err)
		if len(us) != 1 || us[0].State != debrief.ReadOut || us[0].Items < 100 {
			t.Fatalf("the upload is %+v", us)
		}
		p, err := r.cb.Evidence(r.ctx(), r.ben, in.ID, store.EvidenceFilter{Query: "status page"})
		r.ok(err)
		if p.Total == 0 || len(p.Items) == 0 || len(p.Roles) == 0 || len(p.Sources) == 0 {
			t.Fatalf("searching the evidence finds %d of %v, %v", p.Total, p.Sources, p.Roles)
		}
		tl, err := r.cb.Timeline(r.ctx(), r.ben, in.ID)
		r.ok(err)
		if len(tl.Entries) < 20 || len(tl.Marks) == 0 || len(tl.Gaps) == 0 || tl.Working {
			t.Fatalf("the timeline has %d entries, %d marks, %d gaps", len(tl.Entries), len(tl.Marks), len(tl.Gaps))
		}
		r.ok(r.cb.AcceptEntries(r.ctx(), r.ben, casebook.SomeEntries{Incident: in.ID, Entries: []debrief.EntryID{debrief.EntryID(tl.Entries[0].ID), debrief.EntryID(tl.Entries[1].ID)}}))
		qs, err := r.cb.Questions(r.ctx(), r.ben, in.ID)
		r.ok(err)
		if len(qs) == 0 {
			t.Fatal("nothing is asked")
		}
		before, err := r.cb.Preread(r.ctx(), r.ana, in.ID)
		r.ok(err)
		if len(before) < 5 {
			t.Fatalf("the pre-read has %d sections", len(before))
		}
		for _, q := range qs {
			_, err = r.cb.AnswerQuestion(r.ctx(), r.ben, casebook.AnswerQuestion{Incident: in.ID, Question: q.ID, Text: "Two thirds of the network, by the counter of requests."})
			r.ok(err)
		}
		r.ok(r.run.Drain(r.ctx()))
		after, err := r.cb.Preread(r.ctx(), r.ana, in.ID)
		r.ok(err)
		if fmt.Sprint(before) == fmt.Sprint(after) {
			t.Error("the draft does not follow the answers")
		}
		s, err := r.cb.SendPreread(r.ctx(), r.ana, casebook.SendPreread{Incident: in.ID, To: []debrief.UserID{r.ben.ID}})
		r.ok(err)
		home, err := r.cb.Home(r.ctx(), r.ben)
		r.ok(err)
		if len(home.Needs) != 1 || home.Needs[0].Kind != casebook.ReadPreread || home.Needs[0].From != r.ana.Name {
			t.Fatalf("Ben finds at home %+v", home.Needs)
		}
		r.ok(r.cb.MarkRead(r.ctx(), r.ben, s.ID))
		r.ok(r.cb.MarkRead(r.ctx(), r.ben, s.ID))
		got, err := r.cb.Sending(r.ctx(), r.ana, s.ID)
		r.ok(err)
		if len(got.Recipients) != 1 || !got.Recipients[0].ReadAt.Equal(start) {
			t.Fatalf("recipients are %+v", got.Recipients)
		}
		acts, err := r.cb.Activity(r.ctx(), r.ana, in.ID, 0, 500)
		r.ok(err)
		if acts[0].Sentence() != "Ben has read the pre-read." {
			t.Errorf("the last activity is %q", acts[0].Sentence())
		}
	})
}

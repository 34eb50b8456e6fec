package casebook_test

import (
	"testing"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/auth"
	"debrief.dev/debrief/internal/casebook"
)

func TestWhoWritesIsSeenForAMomentAndLeavesNoTrace(t *testing.T) {
	each(t, func(r *room) {
		in := r.sample(r.ana)
		ss, err := r.cb.Preread(r.ctx(), r.ana, in.ID)
		r.ok(err)
		head, err := r.cb.Head(r.ctx())
		r.ok(err)
		moves, stop := r.st.Moves()
		defer stop()
		writers := func(a debrief.Actor) []debrief.Presence {
			t.Helper()
			all, err := r.cb.Writers(r.ctx(), a, in.ID)
			r.ok(err)
			return all
		}
		r.ok(r.cb.Write(r.ctx(), r.ben, in.ID, ss[0].ID, true))
		if id := <-moves; id != in.ID {
			r.Errorf("others hear of %s", id)
		}
		if got := writers(r.ana); len(got) != 1 || got[0].Section != ss[0].ID || got[0].Name != "Delivery" {
			r.Errorf("Ana sees %+v", got)
		}
		if got := writers(r.ben); len(got) != 0 {
			r.Errorf("Ben sees himself: %+v", got)
		}
		r.now.Add(20)
		r.ok(r.cb.Write(r.ctx(), r.ben, in.ID, ss[0].ID, true)) // still there
		r.now.Add(20)
		if got := writers(r.ana); len(got) != 1 {
			r.Errorf("after another word Ana sees %+v", got)
		}
		r.now.Add(11)
		if got := writers(r.ana); len(got) != 0 {
			r.Errorf("after half a minute of silence Ana sees %+v", got)
		}
		r.ok(r.cb.Write(r.ctx(), r.ana, in.ID, ss[1].ID, true))
		if got := writers(r.ben); len(got) != 1 || got[0].Name != "Ana" {
			r.Errorf("who is in no team is seen as %+v", got)
		}
		r.ok(r.cb.Write(r.ctx(), r.ana, in.ID, ss[1].ID, false))
		if got := writers(r.ben); len(got) != 0 {
			r.Errorf("who left is still there: %+v", got)
		}
		now, err := r.cb.Incident(r.ctx(), r.ana, in.ID)
		r.ok(err)
		if after, err := r.cb.Head(r.ctx()); err != nil || after != head || now.Rev != in.Rev && now.Rev == 0 {
			r.Errorf("the log went from %d to %d (%v)", head, after, err)
		}
		gil := r.join("Gil", auth.Invite{Name: "Gil", Email: "gil@example.com", Role: debrief.Guest, Incident: in.ID})
		r.kind(r.cb.Write(r.ctx(), gil, in.ID, ss[0].ID, true), debrief.Denied)
		_, err = r.cb.Writers(r.ctx(), gil, in.ID)
		r.kind(err, debrief.Denied)
	})
}

func TestAKeptWordingHasAReasonAndCanBeOpenedAgain(t *testing.T) {
	each(t, func(r *room) {
		in := r.sample(r.ana)
		ss, err := r.cb.Preread(r.ctx(), r.ana, in.ID)
		r.ok(err)
		s := ss[0].ID
		keep := func(a debrief.Actor, rule, words, reason string) (*debrief.KeptNote, error) {
			return r.cb.KeepNote(r.ctx(), a, casebook.KeepNote{Incident: in.ID, Section: s, Rule: rule, Words: words, Reason: reason})
		}
		kept := func() []debrief.KeptNote {
			t.Helper()
			all, err := r.cb.KeptNotes(r.ctx(), r.ben, in.ID, s)
			r.ok(err)
			return all
		}
		_, err = keep(r.ana, "B01", "Dan broke", " ")
		r.kind(err, debrief.Invalid)
		_, err = keep(r.ana, "", "Dan broke", "It is a quotation.")
		r.kind(err, debrief.Invalid)
		_, err = keep(r.ana, "B01", "Dan\n broke", "It is a quotation.")
		r.ok(err)
		n, err := keep(r.ben, "B01", "Dan broke", "Dan wants it so.")
		r.ok(err)
		if got := kept(); len(got) != 1 || got[0].Words != "Dan broke" || got[0].Reason != "Dan wants it so." || got[0].By != r.ben.ID {
			r.Errorf("kept is %+v", got)
		}
		gil := r.join("Gil", auth.Invite{Name: "Gil", Email: "gil@example.com", Role: debrief.Guest, Incident: in.ID})
		_, err = r.cb.KeptNotes(r.ctx(), gil, in.ID, s)
		r.kind(err, debrief.Denied)
		log, err := r.cb.Activity(r.ctx(), r.ana, in.ID, 0, 3)
		r.ok(err)
		for _, a := range log {
			if a.Kind == debrief.NoteKept && (len(a.Data) != 1 || a.Data["section"] != ss[0].Title) {
				r.Errorf("the log has %+v", a.Data)
			}
		}
		r.ok(r.cb.OpenNote(r.ctx(), r.ana, in.ID, s, n.ID))
		r.kind(r.cb.OpenNote(r.ctx(), r.ana, in.ID, s, n.ID), debrief.NotFound)
		if got := kept(); len(got) != 0 {
			r.Errorf("after opening it again: %+v", got)
		}
	})
}

func TestAVersionIsPutBackAndStaysInTheHistory(t *testing.T) {
	each(t, func(r *room) {
		in := r.sample(r.ana)
		ss, err := r.cb.Preread(r.ctx(), r.ana, in.ID)
		r.ok(err)
		s := ss[0]
		save := func(rev int64, body string) *debrief.Section {
			t.Helper()
			got, err := r.cb.SaveSection(r.ctx(), r.ana, casebook.SaveSection{Incident: in.ID, Section: s.ID, Rev: rev, Body: body})
			r.ok(err)
			return got
		}
		now := save(s.Rev, "One.")
		for range 4 { // one person writes for a long time, saved again and again
			r.now.Add(4 * 60)
			now = save(now.Rev, now.Body+" And more.")
		}
		versions := func() []debrief.SectionVersion {
			t.Helper()
			all, err := r.cb.SectionVersions(r.ctx(), r.ana, in.ID, s.ID)
			r.ok(err)
			return all
		}
		if got := versions(); len(got) != 2 || got[1].Body != s.Body || got[0].Body != "One. And more. And more." {
			r.Fatalf("the versions are %+v", got)
		}
		_, err = r.cb.PutBack(r.ctx(), r.ana, in.ID, s.ID, versions()[1].Rev, now.Rev-1)
		r.kind(err, debrief.Conflict)
		_, err = r.cb.PutBack(r.ctx(), r.ana, in.ID, s.ID, 999, now.Rev)
		r.kind(err, debrief.NotFound)
		back, err := r.cb.PutBack(r.ctx(), r.ben, in.ID, s.ID, versions()[1].Rev, now.Rev)
		r.ok(err)
		if back.Body != s.Body || back.Rev != now.Rev+1 || versions()[0].Body != now.Body {
			r.Errorf("put back: %+v, before it %+v", back, versions()[0])
		}
	})
}

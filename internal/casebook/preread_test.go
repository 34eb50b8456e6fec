package casebook_test

import (
	"errors"
	"testing"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/store"
)

func TestTwoWhoWriteOneSectionLoseNothing(t *testing.T) {
	each(t, func(r *room) {
		in := r.sample(r.ana)
		ss, err := r.cb.Preread(r.ctx(), r.ana, in.ID)
		r.ok(err)
		s := ss[1]
		save := func(a debrief.Actor, rev int64, body string) (*debrief.Section, error) {
			return r.cb.SaveSection(r.ctx(), a, casebook.SaveSection{Incident: in.ID, Section: s.ID, Rev: rev, Body: body})
		}
		first, err := save(r.ana, s.Rev, "Ana's words")
		r.ok(err)
		_, err = save(r.ben, s.Rev, "Ben's words")
		r.kind(err, debrief.Conflict)
		var both *casebook.Collision
		if !errors.As(err, &both) || both.Mine != "Ben's words" || both.Theirs.Body != "Ana's words" {
			r.Fatalf("the collision is %#v", err)
		}
		// Ana again within ten minutes: one version. Then Ben: another.
		again, err := save(r.ana, first.Rev, "Ana's later words")
		r.ok(err)
		_, err = save(r.ben, again.Rev, "What both need")
		r.ok(err)
		vs, err := r.cb.SectionVersions(r.ctx(), r.ben, in.ID, s.ID)
		r.ok(err)
		if len(vs) != 2 || vs[0].Body != "Ana's later words" || vs[1].Body != s.Body {
			r.Errorf("the versions are %+v", vs)
		}
	})
}

func TestADraftDoesNotWriteOverAPerson(t *testing.T) {
	each(t, func(r *room) {
		in := r.sample(r.ana)
		ss, err := r.cb.Preread(r.ctx(), r.ana, in.ID)
		r.ok(err)
		for _, s := range ss {
			_, err = r.cb.SaveSection(r.ctx(), r.ana, casebook.SaveSection{Incident: in.ID, Section: s.ID, Rev: s.Rev, Body: "Ana: " + s.Title})
			r.ok(err)
		}
		tl, err := r.cb.Timeline(r.ctx(), r.ana, in.ID)
		r.ok(err)
		var ids []debrief.EntryID
		for _, e := range tl.Entries[5:] {
			ids = append(ids, debrief.EntryID(e.ID))
		}
		r.ok(r.cb.DismissEntries(r.ctx(), r.ana, casebook.SomeEntries{Incident: in.ID, Entries: ids}))
		r.ok(r.run.Drain(r.ctx()))
		ss, err = r.cb.Preread(r.ctx(), r.ana, in.ID)
		r.ok(err)
		offered := 0
		for _, s := range ss {
			if s.Body != "Ana: "+s.Title {
				r.Errorf("the section %s reads %q", s.Key, s.Body)
			}
			if s.Offered != "" {
				offered++
			}
		}
		if offered == 0 {
			r.Error("no newer draft is offered")
		}
		took, err := r.cb.TakeOffered(r.ctx(), r.ana, in.ID, ss[0].ID, ss[0].Rev)
		r.ok(err)
		if took.Body != ss[0].Offered || took.Written {
			r.Errorf("after taking the draft: %+v", took)
		}
	})
}

func TestAnAnswerStaysToBeReadWhenNothingRaisesItsQuestionAnyMore(t *testing.T) {
	each(t, func(r *room) {
		in := r.sample(r.ana)
		qs, err := r.cb.Questions(r.ctx(), r.ana, in.ID)
		r.ok(err)
		_, err = r.cb.AnswerQuestion(r.ctx(), r.ana, casebook.AnswerQuestion{Incident: in.ID, Question: qs[0].ID, Text: "About a third."})
		r.ok(err)
		r.ok(r.st.Update(r.ctx(), r.ana, func(tx *store.Tx) error {
			given, err := tx.Answers(in.ID)
			if err != nil {
				return err
			}
			given[0].Question = "C16-GONE" // of a stretch in which something was found since
			return tx.SaveAnswer(in.ID, &given[0])
		}))
		all, err := r.cb.Questions(r.ctx(), r.ana, in.ID)
		r.ok(err)
		last := all[len(all)-1]
		if !last.Gone || last.Ask != qs[0].Ask || last.Answer.Text != "About a third." {
			r.Errorf("the last question is %+v with %+v", last, last.Answer)
		}
		_, err = r.cb.AnswerQuestion(r.ctx(), r.ana, casebook.AnswerQuestion{Incident: in.ID, Question: last.ID, Rev: last.Answer.Rev, Text: "A half."})
		r.kind(err, debrief.Conflict)
		r.ok(r.cb.WithdrawAnswer(r.ctx(), r.ana, in.ID, last.ID))
	})
}

func TestNewEvidenceSuggestsAgainAndDecidesNothing(t *testing.T) {
	each(t, func(r *room) {
		in := r.sample(r.ana)
		tl, err := r.cb.Timeline(r.ctx(), r.ana, in.ID)
		r.ok(err)
		kept, gone := tl.Entries[0], tl.Entries[1]
		r.ok(r.cb.AcceptEntries(r.ctx(), r.ana, casebook.SomeEntries{Incident: in.ID, Entries: []debrief.EntryID{debrief.EntryID(kept.ID)}}))
		r.ok(r.cb.DismissEntries(r.ctx(), r.ana, casebook.SomeEntries{Incident: in.ID, Entries: []debrief.EntryID{debrief.EntryID(gone.ID)}}))
		_, err = r.cb.PasteEvidence(r.ctx(), r.ana, in.ID, "Call notes", "2021-06-08 10:20 UTC we restarted the compilers\n2021-06-08 10:31 UTC the last site came back")
		r.ok(err)
		r.ok(r.run.Drain(r.ctx()))
		got := r.standings(in.ID)
		if got[debrief.EntryID(kept.ID)] != debrief.Accepted || got[debrief.EntryID(gone.ID)] != debrief.Dismissed {
			r.Errorf("decisions did not last: %v, %v", got[debrief.EntryID(kept.ID)], got[debrief.EntryID(gone.ID)])
		}
		tl, err = r.cb.Timeline(r.ctx(), r.ana, in.ID)
		r.ok(err)
		cited := map[debrief.Citation]int{}
		for _, e := range tl.Entries {
			if e.Standing != debrief.Merged && len(e.Evidence) > 0 {
				cited[e.Evidence[0]]++
			}
		}
		for _, e := range []debrief.TimelineEntry{kept, gone} {
			if n := cited[e.Evidence[0]]; n != 1 {
				r.Errorf("what was decided about is suggested again: %d entries begin with %v", n, e.Evidence[0])
			}
		}
	})
}

func TestTheSameFilesTwiceAreReadOnceAndOtherFilesOfTheSameNameStandApart(t *testing.T) {
	each(t, func(r *room) {
		in := r.sample(r.ana)
		count := func() int {
			p, err := r.cb.Evidence(r.ctx(), r.ana, in.ID, store.EvidenceFilter{})
			r.ok(err)
			return p.Total
		}
		before := count()
		u := r.add(r.ana, in.ID, "../../testdata/incidents/edge-setting")
		r.ok(r.run.Drain(r.ctx()))
		if now := count(); now != before {
			r.Errorf("the same files again make %d of %d pieces", now, before)
		}
		got, err := r.cb.Upload(r.ctx(), r.ana, u.ID)
		r.ok(err)
		if got.State != debrief.ReadOut || got.Items != 0 {
			r.Errorf("the second upload is %+v", got)
		}
	})
}

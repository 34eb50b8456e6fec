package casebook_test

import (
	"slices"
	"strings"
	"testing"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/auth"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/store"
)

func TestARestrictedIncidentIsNotThereForOthersNotEvenForAdministrators(t *testing.T) {
	each(t, func(r *room) {
		in, err := r.cb.OpenIncident(r.ctx(), r.ben, casebook.OpenIncident{Title: "A quiet matter", Visibility: debrief.Restricted})
		r.ok(err)
		u, err := r.cb.PasteEvidence(r.ctx(), r.ben, in.ID, "Notes", "09:00 the queue grew\n09:10 the queue was empty again")
		r.ok(err)
		r.ok(r.run.Drain(r.ctx()))
		p, err := r.cb.Evidence(r.ctx(), r.ben, in.ID, store.EvidenceFilter{})
		r.ok(err)
		if len(p.Items) == 0 {
			r.Fatal("pasted notes give no evidence")
		}
		x := r.ana
		for what, err := range map[string]error{
			"incident": second(r.cb.Incident(r.ctx(), x, in.ID)),
			"upload":   second(r.cb.Upload(r.ctx(), x, u.ID)),
			"file":     second(r.cb.AddFile(r.ctx(), x, u.ID, "a.txt", strings.NewReader("x"))),
			"evidence": second(r.cb.Evidence(r.ctx(), x, in.ID, store.EvidenceFilter{})),
			"piece":    second(r.cb.EvidenceItem(r.ctx(), x, in.ID, p.Items[0].ID)),
			"timeline": second(r.cb.Timeline(r.ctx(), x, in.ID)),
			"entry":    second(r.cb.AddEntry(r.ctx(), x, casebook.AddEntry{Incident: in.ID, EntryWords: words("x", 0)})),
			"preread":  second(r.cb.Preread(r.ctx(), x, in.ID)),
			"document": second(r.cb.Document(r.ctx(), x, in.ID, "md")),
			"activity": second(r.cb.Activity(r.ctx(), x, in.ID, 0, 0)),
			"names":    second(r.cb.Names(r.ctx(), x, in.ID)),
			"sendings": second(r.cb.Sendings(r.ctx(), x, in.ID)),
		} {
			if debrief.KindOf(err) != debrief.NotFound {
				r.Errorf("%s: got %v, want that there is no such thing", what, err)
			}
		}
		list, err := r.cb.Incidents(r.ctx(), x, store.IncidentFilter{Query: "quiet"})
		r.ok(err)
		if len(list.Incidents) != 0 {
			r.Error("it is in the list")
		}
		// The evidence of another incident is not reached through one's own.
		own, err := r.cb.OpenIncident(r.ctx(), x, casebook.OpenIncident{Title: "Another"})
		r.ok(err)
		_, err = r.cb.EvidenceItem(r.ctx(), x, own.ID, p.Items[0].ID)
		r.kind(err, debrief.NotFound)
		_, err = r.cb.Promote(r.ctx(), x, own.ID, p.Items[0].ID)
		r.kind(err, debrief.NotFound)
	})
}

func second[T any](_ T, err error) error { return err }

func TestAGuestSeesWhatWasSentAndTheTimelineWhereItIsShown(t *testing.T) {
	each(t, func(r *room) {
		in := r.sample(r.ana)
		gil := r.join("Gil", auth.Invite{Email: "gil@client.example", Role: debrief.Guest, Incident: in.ID})
		_, err := r.cb.Timeline(r.ctx(), gil, in.ID)
		r.kind(err, debrief.Denied)
		_, err = r.cb.Evidence(r.ctx(), gil, in.ID, store.EvidenceFilter{})
		r.kind(err, debrief.Denied)
		_, err = r.cb.Users(r.ctx(), gil)
		r.kind(err, debrief.Denied)
		s, err := r.cb.SendPreread(r.ctx(), r.ana, casebook.SendPreread{Incident: in.ID, To: []debrief.UserID{r.ben.ID}})
		r.ok(err)
		_, err = r.cb.Sending(r.ctx(), gil, s.ID)
		r.kind(err, debrief.NotFound)
		s, err = r.cb.SendPreread(r.ctx(), r.ana, casebook.SendPreread{Incident: in.ID, To: []debrief.UserID{gil.ID}})
		r.ok(err)
		r.ok(r.cb.MarkRead(r.ctx(), gil, s.ID))
		mine, err := r.cb.Sendings(r.ctx(), gil, in.ID)
		r.ok(err)
		if len(mine) != 1 || mine[0].ID != s.ID {
			r.Errorf("a guest finds %d pre-reads", len(mine))
		}
		yes := true
		_, err = r.cb.ChangeIncident(r.ctx(), r.ana, casebook.ChangeIncident{ID: in.ID, GuestsSee: &yes})
		r.ok(err)
		full, err := r.cb.Timeline(r.ctx(), r.ana, in.ID)
		r.ok(err)
		r.ok(r.cb.AcceptEntries(r.ctx(), r.ana, casebook.SomeEntries{Incident: in.ID, Entries: []debrief.EntryID{debrief.EntryID(full.Entries[3].ID)}}))
		tl, err := r.cb.Timeline(r.ctx(), gil, in.ID)
		r.ok(err)
		if len(tl.Entries) != 1 {
			r.Errorf("a guest sees %d entries, want the accepted one", len(tl.Entries))
		}
		if len(tl.Entries[0].Evidence) != 0 {
			r.Errorf("a guest sees the names of files: %v", tl.Entries[0].Evidence)
		}
		// Taken off, the guest sees nothing any more.
		none := []debrief.UserID{}
		_, err = r.cb.ChangeIncident(r.ctx(), r.ana, casebook.ChangeIncident{ID: in.ID, People: &none})
		r.ok(err)
		_, err = r.cb.Sending(r.ctx(), gil, s.ID)
		r.kind(err, debrief.NotFound)
	})
}

func TestWhatPeopleWriteIsNotInTheLog(t *testing.T) {
	each(t, func(r *room) {
		const secret = "xylophone"
		in := r.sample(r.ana)
		qs, err := r.cb.Questions(r.ctx(), r.ana, in.ID)
		r.ok(err)
		_, err = r.cb.AnswerQuestion(r.ctx(), r.ana, casebook.AnswerQuestion{Incident: in.ID, Question: qs[0].ID, Text: secret})
		r.ok(err)
		_, err = r.cb.AddEntry(r.ctx(), r.ana, casebook.AddEntry{Incident: in.ID, EntryWords: words(secret, 0)})
		r.ok(err)
		ss, err := r.cb.Preread(r.ctx(), r.ana, in.ID)
		r.ok(err)
		_, err = r.cb.SaveSection(r.ctx(), r.ana, casebook.SaveSection{Incident: in.ID, Section: ss[0].ID, Rev: ss[0].Rev, Body: secret})
		r.ok(err)
		_, err = r.cb.SendPreread(r.ctx(), r.ana, casebook.SendPreread{Incident: in.ID, To: []debrief.UserID{r.ben.ID}, Note: secret})
		r.ok(err)
		r.ok(r.run.Drain(r.ctx()))
		var all []debrief.Activity
		r.ok(r.st.View(r.ctx(), func(tx *store.Tx) error {
			all, err = tx.ActivitiesAfter(0, 10_000)
			return err
		}))
		for _, a := range all {
			for _, v := range a.Data {
				if strings.Contains(v, secret) {
					r.Errorf("activity %d, %s, holds what somebody wrote", a.Seq, a.Kind)
				}
			}
		}
		if !slices.ContainsFunc(all, func(a debrief.Activity) bool { return a.Kind == debrief.SectionSaved }) {
			r.Error("the log was not looked at")
		}
	})
}

package casebook_test

import (
	"testing"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/store"
)

// loose gives a piece of the incident that no entry cites and that has a time.
func (r *room) loose(in debrief.IncidentID) debrief.EvidenceItem {
	r.Helper()
	p, err := r.cb.Evidence(r.ctx(), r.ana, in, store.EvidenceFilter{Uncited: true, Limit: 100})
	r.ok(err)
	for _, it := range p.Items {
		if it.At.Known() {
			return it
		}
	}
	r.Fatal("every piece is cited")
	return debrief.EvidenceItem{}
}

func (r *room) citedBy(in debrief.IncidentID, piece debrief.EvidenceID) int {
	r.Helper()
	it, err := r.cb.EvidenceItem(r.ctx(), r.ana, in, piece)
	r.ok(err)
	return len(it.CitedBy)
}

func TestAPieceGoesIntoTheStoryAndOutAgain(t *testing.T) {
	each(t, func(r *room) {
		in := r.sample(r.ana)
		piece := r.loose(in.ID)
		e, err := r.cb.Promote(r.ctx(), r.ana, in.ID, piece.ID)
		r.ok(err)
		if !e.At.At.Equal(piece.At.At) {
			r.Errorf("the entry is at %s, the piece at %s", e.At.At, piece.At.At)
		}
		if _, err := r.cb.Promote(r.ctx(), r.ben, in.ID, piece.ID); debrief.KindOf(err) != debrief.Conflict {
			r.Errorf("a second press makes a second entry: %v", err)
		}
		r.ok(r.cb.TakeOut(r.ctx(), r.ben, in.ID, piece.ID))
		if s := r.standings(in.ID)[debrief.EntryID(e.ID)]; s != debrief.Dismissed || r.citedBy(in.ID, piece.ID) != 0 {
			r.Errorf("the entry that nobody touched is %s, and %d entries cite the piece", s, r.citedBy(in.ID, piece.ID))
		}
		if err := r.cb.TakeOut(r.ctx(), r.ben, in.ID, piece.ID); debrief.KindOf(err) != debrief.Conflict {
			r.Errorf("what is not in the story is taken out: %v", err)
		}
		r.ok(r.undo(in.ID))
		if s := r.standings(in.ID)[debrief.EntryID(e.ID)]; s != debrief.Accepted || r.citedBy(in.ID, piece.ID) != 1 {
			r.Errorf("after undo, the entry is %s", s)
		}
	})
}

func TestAnEntryThatSomebodyWroteInStaysWhenItsPieceIsTakenOut(t *testing.T) {
	each(t, func(r *room) {
		in := r.sample(r.ana)
		piece := r.loose(in.ID)
		e, err := r.cb.Promote(r.ctx(), r.ana, in.ID, piece.ID)
		r.ok(err)
		said := casebook.EntryWords{At: e.At, Text: "The queue grew, and nobody could see it.", Evidence: e.Evidence, Status: e.Status}
		_, err = r.cb.EditEntry(r.ctx(), r.ben, casebook.EditEntry{Incident: in.ID, Entry: debrief.EntryID(e.ID), EntryWords: said})
		r.ok(err)
		r.ok(r.cb.TakeOut(r.ctx(), r.ana, in.ID, piece.ID))
		if s := r.standings(in.ID)[debrief.EntryID(e.ID)]; s != debrief.Accepted || r.citedBy(in.ID, piece.ID) != 0 {
			r.Errorf("the entry is %s, and %d entries cite the piece", s, r.citedBy(in.ID, piece.ID))
		}
	})
}

func TestAPieceStandsBetweenItsNeighbours(t *testing.T) {
	each(t, func(r *room) {
		in := r.sample(r.ana)
		all, err := r.cb.Evidence(r.ctx(), r.ana, in.ID, store.EvidenceFilter{Limit: 1000})
		r.ok(err)
		places := map[string][]debrief.EvidenceID{}
		for _, it := range all.Items {
			places[it.Source+" "+it.Where] = append(places[it.Source+" "+it.Where], it.ID)
		}
		looked := 0
		for _, ids := range places {
			for i := 1; i < len(ids)-1; i++ {
				before, after, err := r.cb.Neighbours(r.ctx(), r.ana, in.ID, ids[i], 1)
				r.ok(err)
				if len(before) != 1 || len(after) != 1 || before[0].ID != ids[i-1] || after[0].ID != ids[i+1] {
					r.Errorf("%s stands between %v and %v, want %s and %s", ids[i], before, after, ids[i-1], ids[i+1])
				}
				looked++
			}
		}
		if looked == 0 {
			r.Error("no piece has neighbours")
		}
	})
}

func TestFilesThatCameTogetherHaveAName(t *testing.T) {
	for want, paths := range map[string][]string{
		"export":           {"export/a.json", "export/b/c.json"},
		"slack.json":       {"slack.json"},
		"a.log and 2 more": {"a.log", "b.log", "c.log"},
		"x and 1 more":     {"x/a.log", "y/b.log"},
		"b.log and 1 more": {"2/b.log", "b.log"}, // two of one name
		"Files":            nil,
	} {
		var files []debrief.UploadFile
		for _, p := range paths {
			files = append(files, debrief.UploadFile{Path: p})
		}
		if got := casebook.NameOf(files); got != want {
			t.Errorf("%v are called %q, want %q", paths, got, want)
		}
	}
}

// A title that begins with a point makes no hidden file, which would not be read.
func TestPastedTextIsReadWhateverItIsCalled(t *testing.T) {
	each(t, func(r *room) {
		in, err := r.cb.OpenIncident(r.ctx(), r.ana, casebook.OpenIncident{Title: "Pasted"})
		r.ok(err)
		titles := []string{"../../etc/passwd", ".env", "...", "a/b:c", "\u202etxt", "a.zip"}
		for _, title := range titles {
			_, err := r.cb.PasteEvidence(r.ctx(), r.ana, in.ID, title, "2021-06-08 10:20 UTC we restarted the compilers")
			r.ok(err)
		}
		r.ok(r.run.Drain(r.ctx()))
		all, err := r.cb.Uploads(r.ctx(), r.ana, in.ID)
		r.ok(err)
		if len(all) != len(titles) {
			r.Fatalf("%d uploads, want %d", len(all), len(titles))
		}
		for i, u := range all {
			if u.Items != 1 {
				r.Errorf("of what is called %q %d records were read, want 1", titles[i], u.Items)
			}
		}
	})
}

package casebook_test

import (
	"fmt"
	"testing"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/store"
)

func TestIncidentsAreFoundByTheBeginningsOfWordsAndByNumber(t *testing.T) {
	each(t, func(r *room) {
		for _, title := range []string{"Checkout slow in Zürich", "Invoices came late", "CHECKOUT down", "Über-Nacht-Lauf stand still", "100% of orders"} {
			_, err := r.cb.OpenIncident(r.ctx(), r.ana, casebook.OpenIncident{Title: title})
			r.ok(err)
		}
		for query, want := range map[string]string{
			"":               "[5 4 3 2 1]",
			"check":          "[3 1]",
			"checkout zür":   "[1]",
			"zurich":         "[]",
			"ÜBER nacht":     "[4]",
			"100":            "[5]",
			"%":              "[5 4 3 2 1]", // no word: nothing is asked for
			"#2":             "[2]",
			"' OR 2=2 --":    "[]",
			"nowhere":        "[]",
			"slow checkout!": "[1]",
		} {
			p, err := r.cb.Incidents(r.ctx(), r.ben, store.IncidentFilter{Query: query})
			r.ok(err)
			got := []int{}
			for _, in := range p.Incidents {
				got = append(got, in.Number)
			}
			if fmt.Sprint(got) != want {
				r.Errorf("%q finds %v, want %s", query, got, want)
			}
		}
		// Page by page, everything once.
		var got []int
		f := store.IncidentFilter{Limit: 2}
		for {
			p, err := r.cb.Incidents(r.ctx(), r.ben, f)
			r.ok(err)
			for _, in := range p.Incidents {
				got = append(got, in.Number)
			}
			if f.Before = p.Next; p.Next == 0 {
				break
			}
		}
		if fmt.Sprint(got) != "[5 4 3 2 1]" {
			r.Errorf("page by page: %v", got)
		}
		mine, err := r.cb.Incidents(r.ctx(), r.ben, store.IncidentFilter{Mine: true})
		r.ok(err)
		if len(mine.Incidents) != 0 {
			r.Errorf("Ben has done nothing yet, and is part of %d", len(mine.Incidents))
		}
	})
}

func TestEvidenceIsFilteredAndComesPageByPage(t *testing.T) {
	each(t, func(r *room) {
		in := r.sample(r.ana)
		look := func(f store.EvidenceFilter) store.EvidencePage {
			p, err := r.cb.Evidence(r.ctx(), r.ben, in.ID, f)
			r.ok(err)
			return p
		}
		all := look(store.EvidenceFilter{})
		seen, pages := map[debrief.EvidenceID]bool{}, 0
		for f := (store.EvidenceFilter{Limit: 97}); ; pages++ {
			p := look(f)
			for i, item := range p.Items {
				if seen[item.ID] {
					r.Fatalf("%s comes twice", item.ID)
				}
				seen[item.ID] = true
				if i == 0 || !item.At.Known() { // what has no time stands at the end
					continue
				}
				before := p.Items[i-1].At
				if !before.Known() || item.At.At.Before(before.At.Truncate(time.Microsecond)) { // as exact as the database is
					r.Fatalf("%s at %v comes after %v", item.ID, item.At.At, before.At)
				}
			}
			if f.After = p.Next; p.Next == "" {
				break
			}
		}
		if len(seen) != all.Total || pages < 3 {
			r.Errorf("%d pieces in %d pages of %d", len(seen), pages, all.Total)
		}
		// Parts add up to the whole.
		sum := 0
		for _, s := range all.Sources {
			if p := look(store.EvidenceFilter{Sources: []string{s.Value}, Limit: 1}); p.Total != s.N {
				r.Errorf("%s: %d of %d", s.Value, p.Total, s.N)
			}
			sum += s.N
		}
		if sum != all.Total {
			r.Errorf("the sources hold %d of %d", sum, all.Total)
		}
		for _, s := range all.Roles {
			if p := look(store.EvidenceFilter{Role: s.Value, Limit: 1}); p.Total != s.N || p.Items[0].Role != s.Value {
				r.Errorf("%s: %d of %d", s.Value, p.Total, s.N)
			}
		}
		cited, uncited := look(store.EvidenceFilter{Cited: true}), look(store.EvidenceFilter{Uncited: true})
		if cited.Total == 0 || cited.Total+uncited.Total != all.Total || len(cited.Items[0].CitedBy) == 0 {
			r.Errorf("%d cited and %d not, of %d", cited.Total, uncited.Total, all.Total)
		}
		first := cited.Items[0].At.At
		if p := look(store.EvidenceFilter{From: first, To: first}); p.Total == 0 || p.Total == all.Total {
			r.Errorf("at one moment: %d of %d", p.Total, all.Total)
		}
		if p := look(store.EvidenceFilter{Query: "%"}); p.Total == all.Total {
			r.Error("a sign of the pattern language finds everything")
		}
		_, err := r.cb.Evidence(r.ctx(), r.ben, in.ID, store.EvidenceFilter{After: "x"})
		r.kind(err, debrief.Invalid)
	})
}

package coach

import (
	"strings"
	"testing"

	"debrief.dev/debrief/internal/cue"
)

func TestEveryCueFindsItsGoodSentencesAndLeavesItsBadOnes(t *testing.T) {
	b := book()
	for i := range b.Cues {
		c := &b.Cues[i]
		if len(c.Good) == 0 || len(c.Bad) == 0 {
			t.Errorf("%s has no examples", c.Name)
		}
		finds := func(text string) bool {
			found := false
			b.Find(text, func(q *cue.Cue, _, _ string) { found = found || q == c })
			return found
		}
		for _, s := range c.Good {
			if !finds(s) {
				t.Errorf("%s is not found in %q", c.Name, s)
			}
		}
		for _, s := range c.Bad {
			if finds(s) {
				t.Errorf("%s is found in %q", c.Name, s)
			}
		}
	}
}

func TestEveryQuestionHasADetectorAndKnownCues(t *testing.T) {
	b := book()
	codes := map[string]bool{}
	for _, q := range catalogue() {
		if codes[q.Code] {
			t.Errorf("%s stands twice", q.Code)
		}
		codes[q.Code] = true
		if q.Detect == "cues" {
			if len(q.Cues) == 0 {
				t.Errorf("%s names no cues", q.Code)
			}
		} else if detectors[q.Detect] == nil {
			t.Errorf("%s names the detector %q, which does not exist", q.Code, q.Detect)
		}
		for _, l := range q.Cues {
			for _, n := range l {
				if b.Cue(n) == nil && n != "outside_party" {
					t.Errorf("%s names the cue %q, which does not exist", q.Code, n)
				}
			}
		}
		if q.Ask == "" || q.Why == "" || q.Assume == "" || q.Weight <= 0 || q.Weight > 1 {
			t.Errorf("%s is incomplete", q.Code)
		}
		if strings.Count(q.Ask, "?") == 0 {
			t.Errorf("%s asks nothing", q.Code)
		}
	}
	used := map[string]bool{}
	for _, q := range catalogue() {
		used[q.Detect] = true
	}
	for n := range detectors {
		if !used[n] {
			t.Errorf("no question uses the detector %q", n)
		}
	}
}

func TestEveryLeafOfTheTaxonomyNamesKnownCuesAndSigns(t *testing.T) {
	b := book()
	signs := map[string]bool{}
	for _, n := range []string{
		"ALERT_STORM", "UNDETECTED", "LATE_WORD", "NO_ALERT", "SLOW_ACK", "MITIGATED", "CHANGE_NEAR", "OUTSIDE_PARTY", "SATURATION",
		"STATUS_DIFFERS", "ATTACK_STANDS", "DUE_MOVED", "PRIORITY_LOWERED", "PRIORITY_RAISED", "DROPPED", "OPEN_TICKET", "TICKET_FORECAST", "MEETING_CANCELLED",
	} {
		signs[n] = true
	}
	roles := map[string]bool{"trigger": true, "enabling condition": true, "detection gap": true, "amplifier": true, "recovery obstacle": true, "mitigator": true}
	if n := len(taxonomy()); n < 48 {
		t.Errorf("the taxonomy has %d leaves", n)
	}
	for _, l := range taxonomy() {
		if l.Name == "" || l.Group == "" || l.Means == "" || l.Say == "" || len(l.When) == 0 || l.Level < 1 || l.Level > 5 || !roles[l.Role] {
			t.Errorf("%s is incomplete", l.Code)
		}
		combos := append([][]string(nil), l.When...)
		for _, v := range l.Also {
			if v.Say == "" || len(v.When) == 0 {
				t.Errorf("%s has an incomplete variant", l.Code)
			}
			combos = append(combos, v.When...)
		}
		for _, combo := range combos {
			words := 0
			for _, n := range combo {
				n = strings.TrimLeft(n, "<>")
				if n == strings.ToUpper(n) {
					if !signs[n] {
						t.Errorf("%s names the sign %q, which does not exist", l.Code, n)
					}
					continue
				}
				words++
				if b.Cue(n) == nil {
					t.Errorf("%s names the cue %q, which does not exist", l.Code, n)
				}
			}
			if words == 0 && len(combo) > 1 {
				t.Errorf("%s has a combination without words: %v", l.Code, combo)
			}
		}
	}
}

package timeline

import (
	"testing"

	"debrief.dev/debrief/internal/cue"
)

func TestEveryActIsFoundInItsGoodSentencesAndNotInItsBadOnes(t *testing.T) {
	for i := range book().Cues {
		c := &book().Cues[i]
		if actNames[c.Name] == 0 {
			t.Errorf("%s is no act that the code knows", c.Name)
		}
		if len(c.Good) == 0 || len(c.Bad) == 0 {
			t.Errorf("%s has no examples", c.Name)
		}
		finds := func(text string) bool {
			found := false
			book().Find(text, func(q *cue.Cue, _, _ string) { found = found || q == c })
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
	for name := range actNames {
		if book().Cue(name) == nil {
			t.Errorf("the act %q has no cue", name)
		}
	}
}

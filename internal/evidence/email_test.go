package evidence

import "testing"

func TestEmailFixturesAreReadAsWritten(t *testing.T) { checkFixtures(t, emailSource, toolSources...) }

func FuzzEmail(f *testing.F) { fuzzSource(f, emailSource) }

func TestAMailKeepsWhatItsAuthorWrote(t *testing.T) {
	for _, c := range []struct {
		name, text, own string
		quoted          bool
	}{
		{"nothing quoted", "Hello.\n\nAll is well.", "Hello.\n\nAll is well.", false},
		{"an answer above", "Yes.\n\nOn 2 May, Ana wrote:\n> All well?", "Yes.", true},
		{"an answer between", "> All well?\nYes.\n> Since when?\nSince two.", "Yes.\nSince two.", true},
		{"unmarked lines below an introduction", "Ja.\n\nAm 2. Mai 2024 schrieb Ana:\nAlles gut?", "Ja.", true},
		{"another program's rule", "Yes.\n\n-----Original Message-----\nFrom: Ana\nAll well?", "Yes.", true},
		{"only a quotation", "> All well?", "> All well?", false},
		{"a sentence that only looks like an introduction", "On Monday the client wrote: no.\nWe answered.", "On Monday the client wrote: no.\nWe answered.", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			own, quoted, _ := emailOwn(c.text)
			if own != c.own || (quoted > 0) != c.quoted {
				t.Errorf("%q, %d lines quoted", own, quoted)
			}
		})
	}
}

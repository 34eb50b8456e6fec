package report

import (
	"testing"

	"debrief.dev/debrief/lint"
)

func TestEverySentenceOfTheProgramPassesTheLanguageChecks(t *testing.T) {
	rules := lint.Default()
	for name, in := range map[string]Input{"sample": sample(), "nothing": {}} {
		out, err := Preread(in).Write(Markdown)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range rules.Check(lint.Text{Body: string(out), Format: lint.Markdown}) {
			t.Errorf("%s: %s %s: %q", name, f.Rule, f.Title, f.Excerpt)
		}
	}
	for _, f := range rules.Check(lint.Text{Body: string(phraseData), Format: lint.Plain}) {
		t.Errorf("phrases.yaml: %s %s: %q", f.Rule, f.Title, f.Excerpt)
	}
}

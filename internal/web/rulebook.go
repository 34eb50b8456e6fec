package web

import (
	"net/http"
	"strings"

	"debrief.dev/debrief"
	"debrief.dev/debrief/lint"
)

// rulebook explains every rule of the notes on wording. A note links to its own by
// "/help/wording#B05".
func (s *Site) rulebook(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	var rules []ruleView
	for _, rule := range lint.Default().List() {
		v := ruleView{Rule: rule, Found: marked(rule.Bad), LetBe: rule.Good[:min(len(rule.Good), 3)]}
		for _, way := range rule.Suggestions {
			v.Ways = append(v.Ways, strings.ReplaceAll(way, "{who}", "⟨who⟩"))
		}
		rules = append(rules, v)
	}
	s.show(w, r, a, page{name: "rulebook", Title: "Notes on wording", Here: "help", Body: rules})
	return nil
}

// A ruleView is a rule with some of its own examples.
type ruleView struct {
	lint.Rule
	Ways  []string // its suggestions, with a slot for who is named
	Found []example
	LetBe []string
}

// An example is a sentence with the words that a rule finds in it.
type example struct{ Before, Words, After string }

// marked takes the first examples of a rule apart at the first place they mark.
func marked(sentences []string) []example {
	var out []example
	for _, s := range sentences[:min(len(sentences), 3)] {
		before, rest, _ := strings.Cut(s, "«")
		words, after, _ := strings.Cut(rest, "»")
		out = append(out, example{before, words, strings.NewReplacer("«", "", "»", "").Replace(after)})
	}
	return out
}

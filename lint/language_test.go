package lint

import "testing"

// Each language holds to its own examples, as English does.
func TestEveryLanguageHoldsToItsExamples(t *testing.T) {
	for _, tag := range Languages() {
		rules, err := Language(tag)
		if err != nil {
			t.Errorf("%s: %v", tag, err)
			continue
		}
		if rules.Tag() != tag {
			t.Errorf("the rules for %s say they are for %s", tag, rules.Tag())
		}
		categories := map[string]bool{}
		for _, rule := range rules.List() {
			categories[rule.Category] = true
			for _, problem := range rules.Try(rule) {
				t.Errorf("%s %s: %s", tag, rule.ID, problem)
			}
		}
		if len(categories) < 8 {
			t.Errorf("%s has %d categories, at least 8 are promised", tag, len(categories))
		}
	}
	if _, err := Language("tlh"); err == nil {
		t.Error("a language that is not there has rules")
	}
}

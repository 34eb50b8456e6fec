package lint

import (
	"strings"
	"testing"
)

// Sentences without a finding cost no memory once a checker has grown to the text,
// but for what has to be parsed: numbered lists, quotations, marks in marks.
func TestACleanTextAllocatesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures")
	}
	rules := Default()
	var clean strings.Builder
	for _, s := range readSet(t, "practice/negative.txt") {
		if rules.Check(Text{Body: s.body, Format: Markdown}) == nil && !strings.ContainsAny(s.body, "\\*_[]<~") {
			clean.WriteString(s.body + "\n\n")
		}
	}
	body := clean.String()
	if len(body) < 5000 {
		t.Fatalf("only %d bytes are clean", len(body))
	}
	for name, text := range map[string]Text{
		"plain":    {Body: body},
		"markdown": {Body: "# Summary\n\n" + body + "- an **item**: `code`\n- see [the log](https://example.org)\n\n| time | what |\n|---|---|\n| 10:02 | all is *well* |\n\n```\nERROR Dan\n\n```\n", Format: Markdown},
		"accents":  {Body: strings.ReplaceAll(body, "The ", "Über "), Format: Markdown},
	} {
		c := &checker{rules: rules}
		c.reset(text)
		c.run() // grows to the text
		if found := c.findings(); found != nil {
			t.Fatalf("%s is not clean: %v", name, spans(found))
		}
		if n := testing.AllocsPerRun(10, func() { c.reset(text); c.run() }); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

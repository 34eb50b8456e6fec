package lint

import (
	"strings"
	"testing"
)

// What the author did not say in words of their own is not looked at, and what
// stands around it keeps its place.
func TestWhatIsNotProseIsPassedOver(t *testing.T) {
	rules := Default()
	for name, x := range map[string]Text{
		"code span":   {Format: Markdown, Body: "The log says `Dan broke checkout` at noon."},
		"fence":       {Format: Markdown, Body: "Text.\n\n```\nDan broke checkout.\n```\n"},
		"indented":    {Format: Markdown, Body: "Text.\n\n    Dan broke checkout.\n"},
		"block quote": {Format: Markdown, Body: "> Dan broke checkout.\n"},
		"html":        {Format: Markdown, Body: "<!-- Dan broke checkout. -->\n"},
		"link target": {Format: Markdown, Body: "See [the page](https://example.org/Dan-broke-checkout)."},
		"front":       {Format: Markdown, Body: "---\ntitle: Dan broke checkout.\n---\nText."},
		"quoted":      {Body: "The message was “Dan broke checkout” and nothing else."},
		"quoted ":     {Body: "The message was \"Dan broke checkout.\" Nothing else."},
		"mail quote":  {Body: "> Dan broke checkout.\nText."},
		"log":         {Body: "2031-02-03T10:00:00Z ERROR Dan broke checkout"},
		"pairs":       {Body: "10:00 user=dan act=broke Dan broke checkout"},
		"mail head":   {Body: "From: Dan Broke <dan@example.org>\nSubject: Dan broke checkout\n\nText."},
		"address":     {Body: "See https://example.org/who/approved?this=Dan-broke-checkout for more."},
		"path":        {Body: "The file /srv/Dan/broke/checkout is gone."},
	} {
		if found := rules.Check(x); len(found) != 0 {
			t.Errorf("%s: found %q", name, found[0].Excerpt)
		}
	}
}

func TestOffsetsAreThoseOfTheOriginal(t *testing.T) {
	rules := Default()
	const want = "Dan broke checkout"
	for name, x := range map[string]Text{
		"after code":  {Format: Markdown, Body: "With `x — y` on, Dan broke checkout."},
		"after front": {Format: Markdown, Body: "---\na: ü\n---\n# Ünits\n\nDan broke checkout."},
		"list":        {Format: Markdown, Body: "- one\n  - Dan broke checkout\n"},
		"cell":        {Format: Markdown, Body: "| time | what |\n|---|---|\n| 10:00 | Dan broke checkout |\n"},
		"accents":     {Body: "Später – “nach Mittag” – Dan broke checkout."},
		"after quote": {Format: Markdown, Body: "> he said\n\nDan broke checkout."},
		"carriage":    {Body: "One.\r\n\r\nDan broke checkout.\r\n"},
		"second line": {Body: "10:00 all is well\n10:02 Dan broke checkout\n"},
		"heading":     {Format: Markdown, Body: "## Dan broke checkout\n"},
		"bold":        {Format: Markdown, Body: "**Dan broke checkout**"},
	} {
		hit := false
		for _, f := range rules.Check(x) {
			hit = hit || f.Rule == "B01" && f.Excerpt == want && f.Start == strings.Index(x.Body, want)
		}
		if !hit {
			t.Errorf("%s: not found where it stands", name)
		}
	}
}

func TestTheSectionMovesTheLevel(t *testing.T) {
	rules := Default()
	body := "# Summary\n\nAnders deployed the bad build.\n\n# Timeline\n\n## Evening\n\nAnders deployed the bad build.\n\n# Notes\n\nAnders deployed the bad build.\n"
	var got []Level
	for _, f := range rules.Check(Text{Body: body, Format: Markdown}) {
		if f.Rule == "B09" {
			got = append(got, f.Level)
		}
	}
	if len(got) != 3 || got[0] != Error || got[1] != Info || got[2] != Error {
		t.Errorf("the levels are %v, expected an error in the summary, a note in the timeline and an error after it", got)
	}
	for _, f := range rules.Check(Text{Body: "Dan broke checkout.", Section: Evidence}) {
		if f.Level != Info {
			t.Errorf("%s is %v in somebody's own words, expected a note", f.Rule, f.Level)
		}
	}
}

func TestASuggestionKeepsTheRoleAndLeavesTheNameOut(t *testing.T) {
	rules := Default()
	for body, want := range map[string]string{
		"The on-call engineer should have asked.": "The on-call engineer expected",
		"Kofi should have asked.":                 "⟨role⟩ expected",
	} {
		ok := false
		for _, f := range rules.Check(Text{Body: body}) {
			for _, s := range f.Suggestions {
				if strings.Contains(s, "Kofi") {
					t.Errorf("%s names a person: %s", f.Rule, s)
				}
				ok = ok || strings.HasPrefix(s, want)
			}
		}
		if !ok {
			t.Errorf("nothing suggested begins with %q: %s", want, body)
		}
	}
}

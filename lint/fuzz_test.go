package lint

import (
	"reflect"
	"testing"
	"unicode/utf8"
)

// FuzzCheck holds for any text: no panic, spans inside the text and on the borders
// of runes, findings in order, the same findings the second time.
func FuzzCheck(f *testing.F) {
	rules := Default()
	for _, rule := range rules.List() {
		for _, s := range append(rule.Bad, rule.Good...) {
			f.Add(s, false)
			f.Add("# Causes\n\n> "+s+"\n\n- "+s+" `x`", true)
		}
	}
	f.Add("no one's \"fault’s “who ’s @a@b.c ((( , , and and who who which", false)
	f.Add("---\na: b\n---\n| a | b |\n|---|---|\n| Dan broke it | <b>x</b> |\n\x00\xff\xe2\x80", true)
	f.Fuzz(func(t *testing.T, body string, markdown bool) {
		text := Text{Body: body}
		if markdown {
			text.Format = Markdown
		}
		found := rules.Check(text)
		at := 0
		for _, x := range found {
			if x.Start < at || x.End <= x.Start || x.End > len(body) || x.Excerpt != body[x.Start:x.End] {
				t.Fatalf("%s stands at %d to %d, after one at %d, in %d bytes", x.Rule, x.Start, x.End, at, len(body))
			}
			at = x.Start
			if utf8.ValidString(body) && (!utf8.RuneStart(body[x.Start]) || x.End < len(body) && !utf8.RuneStart(body[x.End])) {
				t.Fatalf("%s cuts a rune: %q", x.Rule, x.Excerpt)
			}
		}
		if again := rules.Check(text); !reflect.DeepEqual(found, again) {
			t.Fatalf("the second check differs: %v, then %v", found, again)
		}
	})
}

package lint

import (
	"reflect"
	"testing"
	"unicode/utf8"
)

// FuzzCheck holds for any text: no panic, spans inside the text and on the borders
// of runes, findings in order, the same findings the second time.
func FuzzCheck(f *testing.F) {
	const formats = byte(JSONLines + 1)
	var languages []*Rules
	for n, tag := range Languages() {
		rules, err := Language(tag)
		if err != nil {
			f.Fatal(err)
		}
		languages = append(languages, rules)
		for _, rule := range rules.List() {
			for _, s := range append(rule.Bad, rule.Good...) {
				f.Add(s, byte(n)*formats+byte(Plain))
				f.Add("# Causes\n\n> "+s+"\n\n- "+s+" `x` <!-- debrief: allow B04, said -->", byte(n)*formats+byte(Markdown))
			}
		}
	}
	f.Add("no one's \"fault’s “who ’s @a@b.c ((( , , and and who who which", byte(Plain))
	f.Add("---\na: b\n---\n| a | b |\n|---|---|\n| Dan broke it | <b>x</b> |\n\x00\xff\xe2\x80", byte(Markdown))
	f.Add("# Causes\n\v\nDan broke it\n\f\n- a\n \v\n", byte(Markdown))
	f.Add("<p>Dan <b>broke</b> &#99;heckout<!-- debrief: allow B01, x --><pre>a</pre>&amp", byte(HTML))
	f.Add("Dan broke it\n===\n\n.. debrief: allow B01\n\n``Dan`` broke::\n\n  it\n", byte(RST))
	f.Add("{\"text\":\"Dan \\u00e9\\ud83d\\ude00 broke it\\n\", \"message\":{\"text\":\"Dan broke it", byte(JSONLines))
	f.Fuzz(func(t *testing.T, body string, format byte) {
		rules := languages[int(format/formats)%len(languages)]
		text := Text{Body: body, Format: Format(format % formats)}
		found := rules.Check(text)
		report := rules.Review(text)
		if len(report.Findings)+len(report.Kept) > len(rules.run(text, true)) {
			t.Fatalf("a review has %d and %d of %d findings", len(report.Findings), len(report.Kept), len(found))
		}
		at := 0
		for _, x := range found {
			if x.Start < at || x.End <= x.Start || x.End > len(body) || x.Excerpt != body[x.Start:x.End] {
				t.Fatalf("%s stands at %d to %d, after one at %d, in %d bytes", x.Rule, x.Start, x.End, at, len(body))
			}
			at = x.Start
			for _, w := range x.Rewrites {
				if w.Start < 0 || w.End < w.Start || w.End > len(body) {
					t.Fatalf("a rewrite stands at %d to %d in %d bytes", w.Start, w.End, len(body))
				}
			}
			if utf8.ValidString(body) && (!utf8.RuneStart(body[x.Start]) || x.End < len(body) && !utf8.RuneStart(body[x.End])) {
				t.Fatalf("%s cuts a rune: %q", x.Rule, x.Excerpt)
			}
		}
		if again := rules.Check(text); !reflect.DeepEqual(found, again) {
			t.Fatalf("the second check differs: %v, then %v", found, again)
		}
	})
}

package lint

import (
	"slices"
	"testing"
	"testing/fstest"
)

// What the index leaves out could not have matched: trying every pattern at every
// word finds the same.
func TestTheIndexLeavesOutNothing(t *testing.T) {
	rules := Default()
	var bodies []string
	for _, rule := range rules.List() {
		bodies = append(bodies, slices.Concat(rule.Bad, rule.Good)...)
	}
	bodies = append(bodies, prose(t, 50<<10))
	key := func(m raw) [3]int { return [3]int{m.token, m.pattern, m.end} }
	order := func(a, b [3]int) int { return slices.Compare(a[:], b[:]) }
	matched := 0
	for _, body := range bodies {
		c := &checker{rules: rules}
		c.reset(Text{Body: body})
		var all [][3]int
		c.probe = func(i int) {
			if c.tokens[i].is(isQuoted) {
				return
			}
			for n, p := range rules.patterns {
				before := len(c.found)
				c.try(p, n, i)
				for _, m := range c.found[before:] {
					all = append(all, key(m))
				}
				c.found = c.found[:before]
			}
			if i+1 < c.to {
				return
			}
			// At the last word of a sentence: what does the index give for it?
			var got [][3]int
			before := len(c.found)
			c.search()
			for _, m := range c.found[before:] {
				got = append(got, key(m))
			}
			c.found = c.found[:before]
			slices.SortFunc(all, order)
			slices.SortFunc(got, order)
			if !slices.Equal(all, got) {
				t.Fatalf("every pattern at every word matches %v, the index %v: %q", all, got, body)
			}
			matched += len(all)
			all = nil
		}
		c.run()
	}
	if matched < 100 {
		t.Errorf("only %d matches were compared", matched)
	}
}

// What one rule finds hides neither what another finds there nor an exception.
func TestRulesDoNotDisturbEachOther(t *testing.T) {
	const head = "category: c\ntitle: t\nwhy: w\nsource: s\nlevel: info\nask: q\nbad: [\"«a»\"]\ngood: [b]\n"
	rules, err := Load(Files(), fstest.MapFS{
		"rules/X1.yaml": {Data: []byte("id: X1\npatterns: [zebra, donkey]\nunless: [horse]\n" + head)},
		"rules/X2.yaml": {Data: []byte("id: X2\npatterns: [cow, donkey]\n" + head)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if found := rules.Check(Text{Body: "A donkey."}); len(found) != 2 || found[0].Rule != "X1" || found[1].Rule != "X2" {
		t.Errorf("found %v, expected what both rules look for", spans(found))
	}
	for body, want := range map[string]string{"A horse, a cow, a zebra.": "X2", "A zebra, a cow, a horse.": "X2", "A zebra.": "X1"} {
		if found := rules.Check(Text{Body: body}); len(found) != 1 || found[0].Rule != want {
			t.Errorf("found %v in %q, expected %s alone", spans(found), body, want)
		}
	}
}

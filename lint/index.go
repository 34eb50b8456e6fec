package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// An index finds the patterns that may match in a sentence. A pattern cannot do
// without certain words: each element that has to be there, and names words or
// classes, is a need, met by every word it can begin with. A pattern is filed
// under the need that is met least often in the examples of the rules, so it costs
// nothing in a sentence without its rarest word; and what many patterns need
// is looked for once.
type index struct {
	meets [][]int32 // needs, by id of a word that meets them
	filed [][]entry // patterns, by their rarest need; the needs that have some come first
	needs int       // how many there are
}

// An entry is a pattern, with two more of its needs.
type entry struct {
	pattern int32
	first   int32 // of its first word: it is tried where that stands
	also    int32 // the rarest but for the one it is filed under
}

// A need is met by any of some words.
type need struct {
	words  []int32
	often  int // how many words of the examples meet it
	number int32
	filed  bool // whether a pattern is filed under it
}

func newIndex(r *Rules) *index {
	often := make([]int, len(r.lex.ids)+1)
	for _, rule := range r.list {
		for _, s := range slices.Concat(rule.Good, rule.Bad) {
			for _, w := range strings.FieldsFunc(s, func(c rune) bool { return !unicode.IsLetter(c) && c != '\'' && c != '-' }) {
				often[r.lex.id(w)]++
			}
		}
	}
	var list []*need
	byName := map[string]*need{}
	of := make([][]*need, len(r.patterns))
	firsts := map[string]*pattern{}
	for i, p := range r.patterns {
		// What several rules look for is looked for once.
		same := fmt.Sprint(len(p.elements), " ", p.source)
		if twin := firsts[same]; twin != nil {
			twin.twins = append(twin.twins, int32(i))
			continue
		}
		firsts[same] = p
		for _, e := range p.elements {
			name := e.needed()
			if name == "" {
				continue
			}
			n := byName[name]
			if n == nil {
				n = &need{words: r.firstWords(e)}
				for _, id := range n.words {
					n.often += often[id]
				}
				byName[name] = n
			}
			of[i] = append(of[i], n)
		}
		rare := slices.Clone(of[i])
		slices.SortStableFunc(rare, func(a, b *need) int { return cmp.Compare(a.often, b.often) })
		rare[0].filed = true
		of[i] = []*need{rare[0], of[i][0], rare[min(1, len(rare)-1)]}
		list = append(list, of[i]...)
	}
	slices.SortStableFunc(list, func(a, b *need) int {
		switch {
		case a.filed == b.filed:
			return 0
		case a.filed:
			return -1
		}
		return 1
	})
	x := &index{meets: make([][]int32, len(r.lex.ids)+1)}
	seen := map[*need]bool{}
	for _, n := range list {
		if seen[n] {
			continue
		}
		seen[n] = true
		n.number = int32(x.needs)
		x.needs++
		if n.filed {
			x.filed = append(x.filed, nil)
		}
		for _, id := range n.words {
			x.meets[id] = append(x.meets[id], n.number)
		}
	}
	for i, n := range of {
		if n == nil {
			continue
		}
		x.filed[n[0].number] = append(x.filed[n[0].number], entry{int32(i), n[1].number, n[2].number})
	}
	return x
}

// needed gives a name for the words an element cannot do without, or "" if there
// are none. Elements with the same words have the same name.
func (e *element) needed() string {
	if e.kind != someWord || e.min == 0 || e.not || len(e.shapes) > 0 {
		return ""
	}
	words, classes := slices.Clone(e.words), slices.Clone(e.classes)
	slices.Sort(words)
	slices.Sort(classes)
	return fmt.Sprint(slices.Compact(words), slices.Compact(classes))
}

// firstWords gives every word an element can begin with.
func (r *Rules) firstWords(e element) []int32 {
	seen := map[int32]bool{}
	for _, id := range e.words {
		seen[id] = true
	}
	for _, k := range e.classes {
		for id := range r.lex.sets[k].members {
			seen[id] = true
		}
		for id := range r.lex.sets[k].phrases {
			seen[id] = true
		}
	}
	out := make([]int32, 0, len(seen))
	for id := range seen {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

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
	filed [][]int32 // patterns, by need; the needs that have some come first
	needs int       // how many there are
}

// A need is met by any of some words.
type need struct {
	words  []int32
	often  int // how many words of the examples meet it
	number int32
	filed  []int32 // patterns
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
	for i, p := range r.patterns {
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
		// The first tells where to try, the two rarest whether to.
		rare := slices.Clone(of[i])
		slices.SortStableFunc(rare, func(a, b *need) int { return cmp.Compare(a.often, b.often) })
		rare[0].filed = append(rare[0].filed, int32(i))
		of[i] = append(of[i][:1], rare[:min(2, len(rare))]...)
		list = append(list, of[i]...)
	}
	x := &index{meets: make([][]int32, len(r.lex.ids)+1)}
	slices.SortStableFunc(list, func(a, b *need) int { return cmp.Compare(min(len(b.filed), 1), min(len(a.filed), 1)) })
	seen := map[*need]bool{}
	for _, n := range list {
		if seen[n] {
			continue
		}
		seen[n] = true
		n.number = int32(x.needs)
		x.needs++
		if len(n.filed) > 0 {
			x.filed = append(x.filed, n.filed)
		}
		for _, id := range n.words {
			x.meets[id] = append(x.meets[id], n.number)
		}
	}
	for i, p := range r.patterns {
		p.needs = nil
		for _, n := range of[i] {
			if !slices.Contains(p.needs, n.number) {
				p.needs = append(p.needs, n.number)
			}
		}
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

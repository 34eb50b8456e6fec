package lint

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A pattern is what a line under "patterns" of a rule says; the comment of the
// package has the language.
type pattern struct {
	source   string
	rule     int // index of the rule
	unless   bool
	subject  kindSet // of ~set
	before   kindSet // of [set]
	clause   bool    // the subject is that of the clause: ~~set
	starts   bool    // ^
	elements []element
	twins    []int32 // the same of other rules, by number
}

// number gives the index of the rule, and below zero for what spares its findings.
func (p *pattern) number() int {
	if p.unless {
		return -1 - p.rule
	}
	return p.rule
}

type elementKind uint8

const (
	someWord elementKind = iota
	someGap
	someGroup
	sentenceEnd
)

type element struct {
	kind     elementKind
	words    []int32
	classes  []int
	shapes   []shape
	set      kindSet
	min, max int
	not      bool
	commas   bool
}

type shape uint8

const (
	shapeEd shape = iota + 1
	shapeIng
	shapeLy
	shapeNumber
	shapeAny
	shapeCap
)

var shapes = map[string]shape{"#ed": shapeEd, "#ing": shapeIng, "#ly": shapeLy, "#num": shapeNumber, "#any": shapeAny, "#cap": shapeCap}

func (r *Rules) compile(source string) (*pattern, error) {
	p := &pattern{source: source}
	for _, f := range strings.Fields(source) {
		body, first := f, len(p.elements) == 0
		switch {
		case f == "^":
			p.starts = true
			continue
		case f == "$":
			p.elements = append(p.elements, element{kind: sentenceEnd, min: 1, max: 1})
			continue
		case f[0] == '~' && len(f) > 1, f[0] == '[' && strings.HasSuffix(f, "]"):
			if !first {
				return nil, faultAt(f, fmt.Sprintf("%s stands after a word; a subject is asked for before the first word", f), "Write it at the head of the pattern.")
			}
			set, err := r.kinds(strings.Trim(f, "~[]"))
			if err != nil {
				return nil, within(source, err)
			}
			p.clause = strings.HasPrefix(f, "~~")
			if f[0] == '~' {
				p.subject = set
			} else {
				p.before = set
			}
			continue
		}
		e := element{min: 1, max: 1}
		if body[0] == '!' && len(body) > 1 {
			e.not = true
			body = body[1:]
		}
		if (strings.HasPrefix(body, "..") || strings.HasPrefix(body, ",,")) && len(body) > 2 {
			n, err := strconv.Atoi(body[2:])
			if err != nil || n < 1 || n > 12 {
				return nil, faultAt(f, fmt.Sprintf("%s is not a gap; expected .. or ,, and a number from 1 to 12", f), "")
			}
			e.kind, e.max, e.commas = someGap, n, body[0] == ','
			p.elements = append(p.elements, e)
			continue
		}
		if strings.HasSuffix(body, "?") && len(body) > 1 {
			e.min, body = 0, body[:len(body)-1]
		} else if strings.HasSuffix(body, "*") && len(body) > 1 {
			e.min, e.max, body = 0, 4, body[:len(body)-1]
		}
		if strings.HasPrefix(body, "<") && strings.HasSuffix(body, ">") {
			set, err := r.kinds(body[1 : len(body)-1])
			if err != nil {
				return nil, err
			}
			e.kind, e.set = someGroup, set
			p.elements = append(p.elements, e)
			continue
		}
		for _, alt := range strings.Split(body, "|") {
			switch {
			case alt == "":
				return nil, faultAt(f, fmt.Sprintf("%s has an empty alternative", f), "Between two marks | a word is expected.")
			case alt[0] == '@':
				i, ok := r.lex.classes[alt[1:]]
				if !ok {
					return nil, faultAt(alt, fmt.Sprintf("the class %s is in no word list", alt), mend("@", alt[1:], slices.Sorted(maps.Keys(r.lex.classes))))
				}
				e.classes = append(e.classes, i)
			case alt[0] == '#' && len(alt) > 1:
				s, ok := shapes[alt]
				if !ok {
					return nil, faultAt(alt, fmt.Sprintf("the shape %s is unknown", alt), "There are "+strings.Join(slices.Sorted(maps.Keys(shapes)), " ")+".")
				}
				e.shapes = append(e.shapes, s)
			default:
				ids := r.lex.phrase(alt)
				if len(ids) != 1 {
					return nil, faultAt(alt, fmt.Sprintf("%s is two words for the reader of texts", alt), "Write them apart, with a space.")
				}
				e.words = append(e.words, ids[0])
			}
		}
		p.elements = append(p.elements, e)
	}
	if len(p.elements) == 0 {
		return nil, faultAt(source, fmt.Sprintf("the pattern %q has no word to look for", source), "A pattern has at least one word or class.")
	}
	return p, nil
}

// variants writes optional elements at the head out, so that every pattern
// begins with a word the index can hold.
func (p *pattern) variants() []*pattern {
	e := p.elements[0]
	if e.kind != someWord || e.min != 0 || len(p.elements) == 1 {
		return []*pattern{p}
	}
	with, without := *p, *p
	e.min = 1
	with.elements = append([]element{e}, p.elements[1:]...)
	without.elements = p.elements[1:]
	if len(e.shapes) > 0 && len(e.words)+len(e.classes) == 0 {
		return without.variants()
	}
	return append(without.variants(), &with)
}

// anchored reports whether the pattern begins with a word.
func (p *pattern) anchored() bool {
	e := p.elements[0]
	return e.kind == someWord && e.min == 1 && !e.not && len(e.shapes) == 0
}

// match tries the elements from k on at token i and gives the end of the match.
func (c *checker) match(p *pattern, k, i int) (int, bool) {
	if k == len(p.elements) {
		return i, true
	}
	e := &p.elements[k]
	switch {
	case e.kind == sentenceEnd:
		if i == c.to || (c.tokens[i].is(isPunct) && i+1 >= c.to) {
			return c.match(p, k+1, i)
		}
		return 0, false
	case e.kind == someGap:
		for n := 0; ; n++ {
			if end, ok := c.match(p, k+1, i+n); ok {
				return end, true
			}
			if n == e.max || i+n >= c.to || c.blocks(i+n, e.commas) {
				return 0, false
			}
		}
	case e.not:
		if i < c.to {
			if _, ok := c.one(e, i); ok {
				return 0, false
			}
		}
		return c.match(p, k+1, i)
	case e.max == 1:
		if end, ok := c.one(e, i); ok {
			if out, ok := c.match(p, k+1, end); ok {
				return out, true
			}
		}
		if e.min == 0 {
			return c.match(p, k+1, i)
		}
		return 0, false
	}
	// Repeated: as many as there are, then fewer.
	var ends [5]int
	n := 0
	ends[0] = i
	for n < e.max {
		end, ok := c.one(e, ends[n])
		if !ok {
			break
		}
		n++
		ends[n] = end
	}
	for ; n >= e.min; n-- {
		if end, ok := c.match(p, k+1, ends[n]); ok {
			return end, true
		}
	}
	return 0, false
}

// one matches a single element, once, at token i.
func (c *checker) one(e *element, i int) (int, bool) {
	if i >= c.to {
		return 0, false
	}
	if e.kind == someGroup {
		g := c.groupAt(i)
		if g.end > i && e.set&bit(g.kind) != 0 {
			return g.end, true
		}
		return 0, false
	}
	t := c.tokens[i]
	if t.is(isQuoted) {
		return 0, false
	}
	if t.id != 0 {
		for _, id := range e.words {
			if id == t.id {
				return i + 1, true
			}
		}
		for _, k := range e.classes {
			if end, ok := c.inClass(k, i); ok {
				return end, true
			}
		}
	}
	for _, s := range e.shapes {
		if c.shaped(s, i) {
			return i + 1, true
		}
	}
	return 0, false
}

// inClass gives the end of the longest member of a class that begins at i.
func (c *checker) inClass(k, i int) (int, bool) {
	set := &c.rules.lex.sets[k]
	id := c.tokens[i].id
	if len(set.phrases) > 0 {
	phrases:
		for _, ph := range set.phrases[id] {
			if i+len(ph) > c.to {
				continue
			}
			for n := range ph {
				if c.tokens[i+n].id != ph[n] {
					continue phrases
				}
			}
			return i + len(ph), true
		}
	}
	if set.has(id) {
		return i + 1, true
	}
	return 0, false
}

func (c *checker) shaped(s shape, i int) bool {
	t := c.tokens[i]
	if !t.is(isWord) {
		return s == shapeAny
	}
	w := c.text.Body[t.start:t.end]
	switch s {
	case shapeEd:
		return c.pastish(i)
	case shapeIng:
		return hasEnding(w, c.rules.lex.language.Going, 5)
	case shapeLy:
		return hasEnding(w, c.rules.lex.language.Manner, 5)
	case shapeNumber:
		return t.is(isNumber)
	case shapeCap:
		return t.is(isCap)
	}
	return true
}

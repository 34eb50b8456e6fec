package lint

import (
	"math/bits"
	"slices"
	"strings"
)

// A checker is the working memory of one check. It is used again for the next.
type checker struct {
	rules   *Rules
	text    Text
	names   map[string]bool
	things  map[string][][]string // the words of each name of a thing, by the first
	tokens  []token
	found   []raw
	spared  []int    // rules with an "unless" that holds in the sentence
	met     []uint64 // for each need of patterns, the tokens of the sentence that meet it
	touched []int32  // the needs that are met at all
	active  []entry  // patterns whose rarest need is met
	from    int      // the sentence looked at: tokens[from:to]
	to      int
	before  int // the first token of the sentence before
	sect    Section
	level   int             // of the heading that set the section
	labels  map[string]bool // of links that are defined apart from where they are used
	source  []byte          // the stretch that is parsed
	survey  *survey         // counts over the whole text; nil if nobody asked
	title   bool            // the block is a heading
	memory  *memory         // of sentences looked at before; nil outside long parts of a session
	probe   func(token int) // looks at every token of a sentence, in tests
}

// longest is where a sentence is cut that does not end: a subject is looked for
// within its sentence, so its length bounds the work for each word.
const longest = 250

// longestQuote is the number of tokens beyond which two marks are not taken for
// the ends of one quotation: an inch mark must not hide a chapter.
const longestQuote = 80

// raw is a match before it is described.
type raw struct {
	rule             int
	start, end       int
	whoStart, whoEnd int
	who              kindSet
	section          Section
	before           int // where the sentence before begins
	sentence         int // where the sentence begins
	stop             int // and where it ends
	token, pattern   int // by which it was found
}

func (c *checker) reset(t Text) {
	c.text = t
	c.tokens, c.found = c.tokens[:0], c.found[:0]
	c.from, c.to, c.before = 0, 0, 0
	c.labels = nil
	c.sect, c.level = t.Section, 0
	c.names, c.things = nil, nil
	for _, n := range t.Things {
		if words := strings.Fields(strings.ToLower(n)); len(words) > 0 {
			if c.things == nil {
				c.things = map[string][][]string{}
			}
			c.things[words[0]] = append(c.things[words[0]], words)
		}
	}
	if len(t.Names) > 0 {
		c.names = map[string]bool{}
		for _, n := range t.Names {
			for _, w := range strings.Fields(n) {
				if w = strings.ToLower(strings.Trim(w, ".,@")); len(w) > 1 {
					c.names[w] = true
				}
			}
		}
	}
}

func (c *checker) run() {
	if c.text.Format == Markdown {
		c.markdown()
		return
	}
	c.plain(0, len(c.text.Body))
}

// flush checks the tokens gathered for a block, sentence by sentence.
func (c *checker) flush() {
	c.quotations()
	if c.things != nil {
		c.markThings()
	}
	if c.survey != nil {
		c.survey.block(c, c.title)
	}
	start, before := 0, 0
	for i := range c.tokens {
		if i+1 == len(c.tokens) || i-start >= longest || c.endsSentence(i) {
			c.from, c.to, c.before = start, i+1, before
			if c.memory != nil {
				c.recall()
			} else {
				c.sentence()
				if c.survey != nil {
					c.survey.sentence(c)
				}
			}
			before, start = start, i+1
		}
	}
	c.tokens = c.tokens[:0]
}

// endsSentence tells whether the sentence ends with token i.
func (c *checker) endsSentence(i int) bool {
	t := c.tokens[i]
	if !t.is(isPunct) {
		return false
	}
	p := &c.rules.lex.punct
	if t.id == p['!'] || t.id == p['?'] {
		return !(i+1 < len(c.tokens) && c.tokens[i+1].is(isPunct))
	}
	if t.id != p['.'] || t.is(isQuoted) {
		return false
	}
	next := c.tokens[i+1]
	if next.start == t.end && !next.is(isPunct) {
		return false
	}
	if next.is(isPunct) && next.start == t.end {
		return false // ".)" and "..." go on
	}
	if i > 0 {
		w := c.tokens[i-1]
		if w.end-w.start == 1 && w.is(isCap) && w.end == t.start {
			return false // an initial
		}
		if s := c.text.Body[w.start:w.end]; next.is(isWord) && !next.is(isCap) && (s == "e.g" || s == "i.e" || s == "vs" || s == "etc" || s == "approx") {
			return false
		}
	}
	return true
}

// quotations marks what stands between quotation marks. A mark that is not
// closed in the block quotes nothing.
func (c *checker) quotations() {
	id := c.rules.lex.punct['"']
	open := -1
	for i := range c.tokens {
		t := c.tokens[i]
		if t.id != id || !t.is(isPunct) {
			continue
		}
		if open < 0 || i-open > longestQuote {
			open = i
			continue
		}
		for j := open + 1; j < i; j++ {
			c.tokens[j].flags |= isQuoted
		}
		open = -1
	}
}

// markThings marks the names of things that the caller knows.
func (c *checker) markThings() {
	word := func(i int) string {
		return strings.ToLower(c.text.Body[c.tokens[i].start:c.tokens[i].end])
	}
	for i := range c.tokens {
	names:
		for _, name := range c.things[word(i)] {
			if i+len(name) > len(c.tokens) {
				continue
			}
			for n := range name {
				if word(i+n) != name[n] {
					continue names
				}
			}
			for n := range name {
				c.tokens[i+n].flags |= isThing
			}
		}
	}
}

// sentence checks tokens[from:to].
func (c *checker) sentence() {
	for c.from < c.to && c.tokens[c.from].is(isPunct) {
		c.from++
	}
	if c.from == c.to {
		return
	}
	c.tokens[c.from].flags |= isFirst
	first := len(c.found)
	if c.probe != nil {
		for i := c.from; i < c.to; i++ {
			c.probe(i)
		}
	}
	c.search()
	if len(c.found) == first {
		return
	}
	// A pattern of "unless" takes the rule's findings of this sentence away.
	c.spared = c.spared[:0]
	for _, m := range c.found[first:] {
		if m.rule < 0 {
			c.spared = append(c.spared, -1-m.rule)
		}
	}
	kept := c.found[:first]
	for _, m := range c.found[first:] {
		if m.rule >= 0 && !slices.Contains(c.spared, m.rule) {
			m.before, m.sentence, m.stop = int(c.tokens[c.before].start), int(c.tokens[c.from].start), int(c.tokens[c.to-1].end)
			kept = append(kept, m)
		}
	}
	c.found = kept
}

// search tries the patterns that the index gives for the sentence.
func (c *checker) search() {
	c.meet()
	for _, e := range c.active {
		first := c.met[e.first]
		if first == 0 || c.met[e.also] == 0 {
			continue
		}
		p := c.rules.patterns[e.pattern]
		// A bit stands for every 64th token; the pattern sees which of them it is.
		for m := first; m != 0; m &= m - 1 {
			for i := c.from + bits.TrailingZeros64(m); i < c.to; i += 64 {
				if c.tokens[i].is(isQuoted) {
					continue
				}
				n := len(c.found)
				c.try(p, int(e.pattern), i)
				if len(c.found) == n {
					continue
				}
				for _, twin := range p.twins {
					m := c.found[n]
					m.rule, m.pattern = c.rules.patterns[twin].number(), int(twin)
					c.found = append(c.found, m)
				}
			}
		}
	}
}

// meet notes where the words of the sentence meet needs of patterns, and which
// patterns have their rarest need met.
func (c *checker) meet() {
	if c.met == nil {
		c.met = make([]uint64, c.rules.index.needs)
	}
	for _, n := range c.touched {
		c.met[n] = 0
	}
	c.touched, c.active = c.touched[:0], c.active[:0]
	x := c.rules.index
	for i, t := range c.tokens[c.from:c.to] {
		if t.is(isQuoted) {
			continue
		}
		for _, n := range x.meets[t.id] {
			if c.met[n] == 0 {
				c.touched = append(c.touched, n)
				if int(n) < len(x.filed) {
					c.active = append(c.active, x.filed[n]...)
				}
			}
			c.met[n] |= 1 << (i & 63)
		}
	}
}

func (c *checker) try(p *pattern, number, i int) {
	if p.starts && !c.opens(i, p) {
		return
	}
	end, ok := c.match(p, 0, i)
	if !ok || end <= i {
		return
	}
	start, who := i, group{i, i, kindNone}
	switch {
	case p.subject != 0:
		if who = c.subject(p, i); p.subject&bit(who.kind) == 0 {
			return
		}
	case p.before != 0:
		who = c.groupBefore(i)
		if p.before&bit(who.kind) == 0 {
			return
		}
	}
	if who.end > who.start && who.start < start {
		start = who.start
	}
	for end-1 > start && c.tokens[end-1].is(isPunct) {
		end--
	}
	m := raw{
		rule: p.number(), start: int(c.tokens[start].start), end: int(c.tokens[end-1].end),
		who: bit(who.kind), section: c.sect, token: i, pattern: number,
	}
	if who.end > who.start {
		m.whoStart, m.whoEnd = int(c.tokens[who.start].start), int(c.tokens[who.end-1].end)
	}
	c.found = append(c.found, m)
}

func (c *checker) subject(p *pattern, i int) group {
	if p.clause {
		return c.clauseSubject(i, i)
	}
	return c.subjectOf(i)
}

// opens tells whether token i opens the sentence, or a clause after a mark, with
// nothing but openers ("seriously", "so", "Action:") before it.
func (c *checker) opens(i int, p *pattern) bool {
	if p.before != 0 || p.subject != 0 {
		g := c.groupBefore(i)
		if p.subject != 0 {
			g = c.subject(p, i)
		}
		if g.end > g.start {
			i = g.start
		}
	}
	for j := i - 1; j >= c.from; j-- {
		t := c.tokens[j]
		if t.is(isPunct) {
			if j < i-1 || c.blocks(j, true) || c.comma(j) {
				return true
			}
			continue
		}
		if c.has(c.rules.words.opener, j) || t.is(isHandle|isNumber) || c.has(c.rules.words.adverb, j) || c.has(c.rules.words.conjunction, j) || c.has(c.rules.words.subordinator, j) {
			continue
		}
		return false
	}
	return true
}

package lint

import (
	"fmt"
	"slices"
	"strings"
)

// A kind says what sort of thing a noun group speaks of.
type kind uint8

const (
	kindNone   kind = iota // nobody is named: an imperative, an ellipsis
	kindName               // a person's name or handle
	kindProper             // a capitalised word that may be a name
	kindRole               // the on-call engineer, our contractors
	kindTeam               // the platform team, the QA folks
	kindDept               // ops, design, support, bare
	kindParty              // the vendor, the agency
	kindMaybe              // operator, agent, client: a person or a machine
	kindPerson             // he, she, who, someone; they, when people were spoken of
	kindNobody             // nobody, no one, none of the reviewers
	kindYou
	kindWe
	kindI
	kindThing // everything else
)

var kindNames = [...]string{"none", "name", "proper", "role", "team", "dept", "party", "maybe", "someone", "nobody", "you", "we", "i", "thing"}

// kindSet is a set of kinds.
type kindSet uint32

func bit(k kind) kindSet { return 1 << k }

// A group is a noun group: tokens from start to end, spoken of as kind.
type group struct {
	start, end int
	kind       kind
}

// A list is a class that the subject finder itself reads.
type list struct {
	class int    // index in the lexicon
	bit   uint64 // of the words that are in it, in lexicon.marks
}

// lists are the classes that the subject finder itself reads. Every language
// has to have them.
type lists struct {
	article, possessive, demonstrative                              list
	preposition, conjunction, subordinator                          list
	auxiliary, be, adverb, verb, irregular                          list
	he, they, nobody, you, we, i, it, object                        list
	role, teamWord, department, party, ambiguous, borrowed, product list
	human, machine, thing, given, partitive, which, who             list
	opener, title, common, personal, usual                          list
	of, by, no                                                      list
	structure                                                       list // what no noun group has in it: bits of others
}

func (l *lists) find(lex *lexicon) error {
	lex.marks = make([]uint64, len(lex.ids)+1)
	next := uint64(1)
	for name, at := range map[string]*list{
		"article": &l.article, "possessive": &l.possessive, "demonstrative": &l.demonstrative,
		"preposition": &l.preposition, "conjunction": &l.conjunction, "subordinator": &l.subordinator,
		"auxiliary": &l.auxiliary, "be": &l.be, "adverb": &l.adverb, "verb": &l.verb, "irregular": &l.irregular,
		"he": &l.he, "they": &l.they, "nobody": &l.nobody, "you": &l.you, "we": &l.we, "i": &l.i, "it": &l.it, "object": &l.object,
		"role": &l.role, "team-word": &l.teamWord, "department": &l.department, "party": &l.party, "ambiguous": &l.ambiguous, "borrowed": &l.borrowed,
		"product": &l.product, "human": &l.human, "machine": &l.machine, "thing": &l.thing, "given": &l.given,
		"partitive": &l.partitive, "which": &l.which, "who": &l.who, "opener": &l.opener, "title": &l.title,
		"common": &l.common, "usual": &l.usual, "personal": &l.personal, "of": &l.of, "by": &l.by, "no": &l.no,
	} {
		i, ok := lex.classes[name]
		if !ok {
			return fmt.Errorf("the word lists have no class %q, which the subject finder reads", name)
		}
		*at = list{i, next}
		for id := range lex.sets[i].members {
			lex.marks[id] |= next
		}
		next <<= 1
	}
	// A noun group is read up to a word of these.
	for _, x := range [...]list{l.preposition, l.conjunction, l.subordinator, l.auxiliary, l.adverb, l.article, l.possessive, l.demonstrative, l.he, l.they, l.nobody, l.you, l.we, l.i, l.it, l.which, l.who, l.object} {
		l.structure.bit |= x.bit
	}
	return nil
}

// has reports whether token i alone is in a list, or in any of several taken
// together.
func (c *checker) has(l list, i int) bool {
	return i >= c.from && i < c.to && c.rules.lex.marks[c.tokens[i].id]&l.bit != 0
}

// endsIn reports whether a member of a class ends with token i, and where it begins.
func (c *checker) endsIn(l list, i int) (int, bool) {
	set := &c.rules.lex.sets[l.class]
	id := c.tokens[i].id
	if id == 0 {
		return 0, false
	}
phrases:
	for _, ph := range set.ends[id] {
		at := i - len(ph) + 1
		if at < c.from {
			continue
		}
		for n := range ph {
			if c.tokens[at+n].id != ph[n] {
				continue phrases
			}
		}
		return at, true
	}
	return i, set.has(id)
}

func (c *checker) mark(i int, b byte) bool {
	return i >= c.from && i < c.to && c.tokens[i].is(isPunct) && c.tokens[i].id == c.rules.lex.punct[b]
}

func (c *checker) comma(i int) bool { return c.mark(i, ',') }

// blocks reports whether a gap may not pass over token i.
func (c *checker) blocks(i int, commas bool) bool {
	t := c.tokens[i]
	if !t.is(isPunct) {
		return false
	}
	if c.comma(i) {
		return !commas
	}
	p := &c.rules.lex.punct
	return t.id == p[';'] || t.id == p[':'] || t.id == p['('] || t.id == p[')'] || t.id == p['\x01'] || t.id == p['.'] || t.id == p['?'] || t.id == p['!']
}

// skippable tells whether a token may stand between a subject and its predicate.
func (c *checker) skippable(i int) bool {
	return c.has(c.rules.words.auxiliary, i) || c.has(c.rules.words.adverb, i) || (c.shaped(shapeLy, i) && !c.has(c.rules.words.given, i))
}

// nounLike tells whether a token can be part of a noun group that is read from
// its head to the left.
func (c *checker) nounLike(i int) bool {
	if i < c.from || i >= c.to {
		return false
	}
	t := c.tokens[i]
	w := &c.rules.words
	if t.is(isPunct) {
		return false
	}
	if t.is(isThing | isHandle | isEmail | isQuoted) {
		return true
	}
	if t.id == 0 {
		return true
	}
	if t.id == c.rules.lex.possessive && t.id != 0 {
		return false
	}
	return !c.has(w.structure, i)
}

// pastish tells whether a word looks like a past form or participle.
func (c *checker) pastish(i int) bool {
	t := c.tokens[i]
	w := c.text.Body[t.start:t.end]
	l := c.rules.lex.language
	return hasEnding(w, l.Past, 4) && !slices.Contains(l.NotPast, w) || c.has(c.rules.words.irregular, i)
}

// finite tells whether a word is likely to be the verb of a clause.
func (c *checker) finite(i int) bool {
	w := &c.rules.words
	return c.has(w.auxiliary, i) || c.has(w.verb, i) || c.pastish(i)
}

// subjectOf finds the subject of the predicate that begins at token p.
func (c *checker) subjectOf(p int) group {
	w := &c.rules.words
	i := p - 1
	passive := false
	for i >= c.from && c.skippable(i) {
		passive = passive || c.has(w.be, i)
		i--
	}
	verb := p
	for verb < c.to && c.has(w.adverb, verb) {
		verb++
	}
	if passive && verb < c.to && c.pastish(verb) {
		return c.agent(p)
	}
	if i < c.from {
		return group{p, p, kindNone}
	}
	// A question turns subject and verb round: "did the team check".
	if c.comma(i) {
		// An insertion: "the developer, who was new, forgot".
		for q := i - 1; q >= c.from && i-q < 14; q-- {
			if !c.comma(q) {
				continue
			}
			if c.has(w.who, q+1) || c.has(w.which, q+1) || c.has(w.article, q+1) || c.has(w.preposition, q+1) || c.has(w.adverb, q+1) {
				return c.groupBefore(q)
			}
			break
		}
		return c.clauseSubject(i, p)
	}
	if c.has(w.conjunction, i) {
		return c.clauseSubject(i, p)
	}
	return c.groupBefore(i + 1)
}

// agent gives who acts in a passive: the group after "by", if there is one.
func (c *checker) agent(p int) group {
	for j := p + 1; j < c.to && j < p+6 && !c.blocks(j, false); j++ {
		if c.has(c.rules.words.by, j) {
			if g := c.groupAt(j + 1); g.end > g.start {
				return g
			}
			break
		}
	}
	return group{p, p, kindNone}
}

// clauseSubject gives the subject of the clause that ends before token i, for a
// predicate that shares it: "the engineer opened the console and dropped…".
func (c *checker) clauseSubject(i, p int) group {
	w := &c.rules.words
	from := c.from
	for j := i - 1; j >= c.from; j-- {
		if c.blocks(j, true) || (c.has(w.subordinator, j) && j < i-1) {
			from = j + 1
			break
		}
	}
	// The first verb of the clause that has something before it.
	for j := from + 1; j < i; j++ {
		if c.finite(j) && !c.has(w.article, j-1) && !c.has(w.possessive, j-1) {
			k := j - 1
			for k >= from && c.skippable(k) {
				k--
			}
			if k < from || c.comma(k) || c.has(w.conjunction, k) {
				continue
			}
			if g := c.groupBefore(k + 1); g.start >= from && g.kind != kindNone {
				return g
			}
		}
	}
	return group{p, p, kindNone}
}

// groupBefore reads the noun group that ends before token end, as a subject.
func (c *checker) groupBefore(end int) group {
	w := &c.rules.words
	h := end - 1
	none := group{end, end, kindNone}
	if h < c.from {
		return none
	}
	if c.mark(h, ')') { // "the engineer (on call) forgot"
		for q := h - 1; q >= c.from && h-q < 12; q-- {
			if c.mark(q, '(') {
				return c.groupBefore(q)
			}
		}
		return none
	}
	if k, ok := c.pronoun(h); ok {
		return group{h, end, k}
	}
	if c.has(w.who, h) {
		g := c.groupBefore(h - b2i(c.comma(h-1)))
		if g.kind == kindNone || h == c.from {
			g.start = h
		}
		if g.kind == kindProper {
			g.kind = kindName
		}
		if g.kind == kindThing || g.kind == kindNone || g.kind == kindMaybe || g.kind == kindDept {
			g.kind = kindPerson
		}
		return group{g.start, end, g.kind}
	}
	if c.has(w.which, h) || c.has(w.demonstrative, h) {
		if c.has(w.which, h) && h > c.from && c.nounLike(h-1) {
			g := c.groupBefore(h)
			return group{g.start, end, g.kind}
		}
		return group{h, end, kindThing}
	}
	if !c.nounLike(h) {
		return none
	}
	s := h
	for s > c.from && c.nounLike(s-1) && !c.tokens[s-1].is(isNumber) && h-s < 6 && !c.verbal(s-1, s) {
		s--
	}
	start, determined := s, false
	for start > c.from && (c.has(w.article, start-1) || c.has(w.possessive, start-1) || c.has(w.demonstrative, start-1)) {
		start--
		determined = true
	}
	owned := false
	if start > c.from && c.tokens[start-1].id != 0 && c.tokens[start-1].id == c.rules.lex.possessive {
		owned = true
		g := c.groupBefore(start - 1)
		start = g.start
	}
	k := c.kindOf(s, h, determined || owned)
	if c.rules.lex.language.HeadFirst {
		k, _ = c.firstHead(s, h+1, determined)
	}
	if determined && k != kindThing && c.has(w.no, start) {
		k = kindNobody // "no reviewer"
	}
	// "one of the engineers" speaks of engineers, "the dashboard of the
	// engineers" of a dashboard, "the engineer in Berlin" of an engineer.
	if start > c.from && c.has(w.preposition, start-1) && start-2 >= c.from && c.tokens[start-1].id != 0 {
		prep := start - 1
		if k, ok := c.pronoun(prep - 1); ok && !c.has(w.of, prep) && !c.has(w.object, prep-1) && k != kindNobody {
			return group{prep - 1, end, k} // "someone on the bridge"
		}
		if c.has(w.partitive, prep-1) {
			if c.has(w.nobody, prep-1) && k != kindThing {
				return group{prep - 1, end, kindNobody}
			}
			return group{prep - 1, end, k}
		}
		if k, ok := c.pronoun(prep - 1); ok && !c.has(w.object, prep-1) {
			return group{prep - 1, end, k}
		}
		if c.nounLike(prep-1) && !c.finite(prep-1) && !c.tokens[prep-1].is(isNumber) {
			if g := c.groupBefore(prep); g.kind != kindNone && !(g.kind == kindThing && k == kindName && !determined) {
				return group{g.start, end, g.kind}
			}
		}
	}
	return group{start, end, k}
}

// verbal tells whether token i, standing before the noun at j, is a verb rather
// than part of the noun group.
func (c *checker) verbal(i, j int) bool {
	w := &c.rules.words
	if !c.has(w.verb, i) {
		return false
	}
	// "the deployed build", "broken link": a participle after a determiner.
	return i > c.from && !c.has(w.article, i-1) && !c.has(w.possessive, i-1) && !c.has(w.thing, i)
}

// groupAt reads the noun group that begins at token i, looking right.
func (c *checker) groupAt(i int) group {
	w := &c.rules.words
	if i >= c.to {
		return group{i, i, kindNone}
	}
	if c.has(w.partitive, i) && i+1 < c.to && c.has(w.of, i+1) {
		g := c.groupAt(i + 2)
		if c.has(w.nobody, i) && g.kind != kindThing {
			g.kind = kindNobody
		}
		return group{i, g.end, g.kind}
	}
	if k, ok := c.pronoun(i); ok {
		return group{i, i + 1, k}
	}
	if c.has(w.object, i) {
		return group{i, i + 1, kindPerson}
	}
	if c.has(w.who, i) {
		return group{i, i + 1, kindPerson}
	}
	j, determined := i, false
	for j < c.to && (c.has(w.article, j) || c.has(w.possessive, j) || c.has(w.demonstrative, j)) {
		j++
		determined = true
	}
	s := j
	for j < c.to && j-s < 6 && c.nounLike(j) && !(j > s && (c.has(w.verb, j) || c.pastish(j)) && !c.has(w.thing, j)) {
		j++
	}
	if j == s {
		return group{i, i, kindNone}
	}
	if c.rules.lex.language.HeadFirst {
		k, end := c.firstHead(s, j, determined)
		return group{i, end, k}
	}
	// The head is the last word that is known to be a person or a thing; words
	// after a person that are unknown are taken for something else ("yesterday").
	end := j
	for h := j - 1; h >= s; h-- {
		k := c.kindOf(s, h, determined)
		known := k != kindThing || c.has(w.thing, h)
		if known {
			if k == kindThing || k == kindDept && determined && h == j-1 {
				return group{i, end, kindThing}
			}
			if k == kindDept && h < j-1 {
				return group{i, end, kindThing}
			}
			if k == kindProper && c.has(w.who, h+1) {
				k = kindName
			}
			return group{i, h + 1, k}
		}
	}
	return group{i, end, kindThing}
}

// firstHead tells what tokens[s:end] speak of where the head comes first, as in
// "équipe réseau", and where the group ends: unknown words after the head are left.
func (c *checker) firstHead(s, end int, determined bool) (kind, int) {
	w := &c.rules.words
	for h := s; h < end; h++ {
		k := c.kindOf(s, h, determined)
		if k == kindThing && !c.has(w.thing, h) {
			continue
		}
		e := h + 1
		for ; e < end && (c.has(w.machine, e) || c.has(w.product, e) || c.has(w.thing, e) || c.has(w.department, e) || c.has(w.human, e) || c.tokens[e].is(isThing|isUpper) || k == kindName && c.tokens[e].is(isCap)); e++ {
			if (k == kindParty || k == kindMaybe) && (c.has(w.machine, e) || c.has(w.product, e) || c.tokens[e].is(isThing)) {
				k = kindThing // "client http"
			}
		}
		return k, e
	}
	return c.kindOf(s, end-1, determined), end
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// pronoun gives the kind of a pronoun that can be a subject.
func (c *checker) pronoun(i int) (kind, bool) {
	w := &c.rules.words
	switch {
	case i < c.from || i >= c.to || c.tokens[i].id == 0:
	case c.has(w.they, i):
		return c.resolve(i), true
	case c.has(w.he, i):
		return kindPerson, true
	case c.has(w.nobody, i):
		return kindNobody, true
	case c.has(w.you, i):
		return kindYou, true
	case c.has(w.we, i):
		return kindWe, true
	case c.has(w.i, i):
		return kindI, true
	case c.has(w.it, i):
		return kindThing, true
	}
	return kindNone, false
}

// resolve decides whether "they" at token i speaks of people. The nearest noun
// that can be counted decides: first in this sentence, then in the one before.
// In doubt they are people, for people write so of people.
func (c *checker) resolve(i int) kind {
	w := &c.rules.words
	from := c.from
	for _, span := range [2][2]int{{from, i}, {c.before, from}} {
		c.from = span[0]
		var found kind
		for j := span[1] - 1; j >= span[0]; j-- {
			if j+1 >= c.to && j >= c.to {
				continue
			}
			if _, ok := c.endsIn(w.role, j); ok || c.has(w.teamWord, j) || c.has(w.party, j) || c.has(w.nobody, j) || c.has(w.given, j) || c.has(w.he, j) {
				found = kindPerson
				break
			}
			if c.has(w.thing, j) && c.plural(j) {
				found = kindThing
				break
			}
		}
		if found != kindNone {
			c.from = from
			return found
		}
	}
	c.from = from
	return kindPerson
}

func (c *checker) plural(i int) bool {
	t := c.tokens[i]
	w := c.text.Body[t.start:t.end]
	return hasEnding(w, c.rules.lex.language.Plural, 2) && !strings.HasSuffix(w, "ss")
}

// kindOf tells what a noun group from s to the head h speaks of.
func (c *checker) kindOf(s, h int, determined bool) kind {
	w := &c.rules.words
	t := c.tokens[h]
	switch {
	case t.is(isQuoted | isThing):
		return kindThing
	case t.is(isHandle | isEmail):
		return kindName
	}
	if at, ok := c.endsIn(w.role, h); ok && (at >= s || at < h) {
		return kindRole
	}
	if c.has(w.teamWord, h) {
		return kindTeam
	}
	if at, ok := c.endsIn(w.party, h); ok {
		_ = at
		return kindParty
	}
	if likely := c.has(w.ambiguous, h); likely || c.has(w.borrowed, h) {
		for j := s; j < h; j++ {
			if c.has(w.machine, j) || c.has(w.product, j) || c.tokens[j].is(isThing) {
				return kindThing
			}
		}
		for j := s; j < h; j++ {
			if c.has(w.human, j) || c.has(w.department, j) {
				return kindRole
			}
		}
		if !likely {
			return kindThing
		}
		return kindMaybe
	}
	if c.has(w.product, h) && t.is(isCap) && !c.given(h) {
		return kindThing
	}
	if !determined && c.given(h) && (t.is(isCap) || c.lowercase(h)) {
		return kindName
	}
	if at, ok := c.endsIn(w.department, h); ok && !determined && at == s {
		return kindDept
	}
	if t.is(isCap) && !determined && !c.rules.lex.language.Capitals && !t.is(isMixed|isNumber) && !c.has(w.thing, h) && !c.has(w.common, h) {
		return c.properKind(s, h)
	}
	return kindThing
}

// lowercase reports whether the sentence is written without capitals, as chat
// often is, so that a name may be, too.
func (c *checker) lowercase(i int) bool {
	t := c.tokens[i]
	return t.end-t.start > 3 && !c.has(c.rules.words.usual, i) && !c.tokens[c.from].is(isCap)
}

// given reports whether token i is a given name, from the dictionary or the caller.
func (c *checker) given(i int) bool {
	if c.has(c.rules.words.given, i) {
		return true
	}
	if len(c.names) == 0 {
		return false
	}
	t := c.tokens[i]
	return c.names[strings.ToLower(c.text.Body[t.start:t.end])]
}

// properKind weighs a capitalised word that no list knows.
func (c *checker) properKind(s, h int) kind {
	w := &c.rules.words
	t := c.tokens[h]
	word := c.text.Body[t.start:t.end]
	// Given name or title before it: a surname.
	if h > s && (c.given(h-1) || c.has(w.title, h-1)) {
		return kindName
	}
	if t.is(isUpper) {
		if len(word) == 2 && t.id == 0 {
			return kindProper // initials
		}
		return kindThing
	}
	if t.id != 0 && !t.is(isAccent) || len(word) < 3 {
		return kindThing
	}
	if t.is(isAccent) && !strings.ContainsAny(word, "-") {
		return kindName
	}
	// Two unknown words with capitals, the second not a common ending.
	if h > s && c.tokens[h-1].is(isCap) && c.tokens[h-1].id == 0 && !c.tokens[h-1].is(isUpper|isMixed) && h-1 == s {
		return kindName
	}
	for j := h + 1; j < c.to; j++ {
		if c.has(w.personal, j) {
			return kindName
		}
	}
	if t.is(isFirst) && hasEnding(word, c.rules.lex.language.Nouns, 2) {
		return kindThing
	}
	return kindProper
}

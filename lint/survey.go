package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Measure is what a rule about a whole text looks at: no sentence of it may be
// wrong, and still the text points at people.
type Measure struct {
	Count    string    `yaml:"count"`    // one of the measures
	Sections []Section `yaml:"sections"` // where; everywhere if none is given
	Rules    []string  `yaml:"rules"`    // findings: of which rules
	Class    string    `yaml:"class"`    // absent: of which words there is none
	Words    int       `yaml:"words"`    // the text has at least so many words
	Least    int       `yaml:"least"`    // acts of people, or findings, at least
	Most     int       `yaml:"most"`     // paragraphs: at most
	Share    float64   `yaml:"share"`    // actor: of the acts, at least
	Rate     float64   `yaml:"rate"`     // findings: for each thousand words, at least
	class    int       `yaml:"-"`        //
}

// measures are the ways to look at a whole text. Each gives the place to show.
var measures = map[string]func(*survey, *Rule) (span, bool){
	"actor":      (*survey).oneActor,   // one person, role or team does most of what people do
	"paragraphs": (*survey).paragraphs, // a section has few paragraphs or items
	"findings":   (*survey).density,    // some rules find much, for so few words
	"absent":     (*survey).absent,     // none of some words, while people act
}

// A survey counts over a whole text what its sentences do not show.
type survey struct {
	acts     []act
	blocks   []block
	headings map[Section]span // the first heading of a section
	words    map[Section]int
	classes  []int // looked for by "absent" and not seen yet
	seen     map[int]bool
	found    []Finding
}

// they stands for who acted last before, wherever in the text.
const they = "they"

// An act is something a person or team did, in the words of the text.
type act struct {
	who     string // "we", they, or a name for the actor
	at      span
	section Section
}

// A block is a paragraph, an item or a cell.
type block struct {
	at      span
	section Section
}

// in tells whether a measure looks at a section.
func (m *Measure) in(s Section) bool { return len(m.Sections) == 0 || slices.Contains(m.Sections, s) }

func (c *checker) newSurvey() *survey {
	s := &survey{headings: map[Section]span{}, words: map[Section]int{}, seen: map[int]bool{}}
	for _, r := range c.rules.list {
		if m := r.Measure; m != nil && m.Class != "" {
			s.classes = append(s.classes, m.class)
		}
	}
	return s
}

// block notes a paragraph before its sentences are looked at.
func (s *survey) block(c *checker, heading bool) {
	if len(c.tokens) == 0 {
		return
	}
	at := span{int(c.tokens[0].start), int(c.tokens[len(c.tokens)-1].end)}
	if _, known := s.headings[c.sect]; heading && !known {
		s.headings[c.sect] = at
	}
	if !heading {
		s.blocks = append(s.blocks, block{at, c.sect})
	}
}

// sentence notes who acts in tokens[from:to].
func (s *survey) sentence(c *checker) {
	const somebody = 1<<kindName | 1<<kindProper | 1<<kindRole | 1<<kindTeam | 1<<kindDept | 1<<kindParty | 1<<kindMaybe
	words := 0
	for i := c.from; i < c.to; i++ {
		t := c.tokens[i]
		if t.is(isPunct) {
			continue
		}
		words++
		s.classes = slices.DeleteFunc(s.classes, func(k int) bool {
			_, ok := c.inClass(k, i)
			if ok {
				s.seen[k] = true
			}
			return ok
		})
		if t.is(isQuoted|isThing) || !c.pastish(i) || c.has(c.rules.words.auxiliary, i) {
			continue
		}
		g := c.subjectOf(i)
		who := ""
		switch {
		case g.kind == kindPerson:
			who = they
		case g.kind == kindWe, g.kind == kindI:
			who = "we"
		case somebody&bit(g.kind) != 0 && g.end > g.start:
			who = c.actor(g)
		}
		if who != "" {
			from := min(int(c.tokens[g.start].start), int(t.start))
			s.acts = append(s.acts, act{who, span{from, int(t.end)}, c.sect})
		}
	}
	s.words[c.sect] += words
}

// actor names a noun group without its articles, so that "an engineer" and "the
// engineer" are one.
func (c *checker) actor(g group) string {
	w := &c.rules.words
	for g.start+1 < g.end && (c.has(w.article, g.start) || c.has(w.possessive, g.start) || c.has(w.demonstrative, g.start)) {
		g.start++
	}
	return strings.ToLower(strings.TrimLeft(c.text.Body[c.tokens[g.start].start:c.tokens[g.end-1].end], "@"))
}

// resolve puts who is meant in the place of pronouns. Where nobody acted before,
// there is no act to count.
func (s *survey) resolve() {
	last := ""
	kept := s.acts[:0]
	for _, a := range s.acts {
		switch a.who {
		case they:
			a.who = last
		case "we":
		default:
			last = a.who
		}
		if a.who != "" {
			kept = append(kept, a)
		}
	}
	s.acts = kept
}

// add counts what stands in a part of the text, at offset at, to what stood before it.
func (s *survey) add(part *survey, at int) {
	for _, a := range part.acts {
		a.at = a.at.moved(at)
		s.acts = append(s.acts, a)
	}
	for _, b := range part.blocks {
		b.at = b.at.moved(at)
		s.blocks = append(s.blocks, b)
	}
	for section, b := range part.headings {
		if _, known := s.headings[section]; !known {
			s.headings[section] = b.moved(at)
		}
	}
	for section, n := range part.words {
		s.words[section] += n
	}
	for k, seen := range part.seen {
		s.seen[k] = s.seen[k] || seen
	}
}

// whole gives the findings of the rules about the text as a whole.
func (r *Rules) whole(s *survey, body string, base Section) []Finding {
	s.resolve()
	total := 0
	for _, n := range s.words {
		total += n
	}
	var out []Finding
	for _, rule := range r.list {
		if rule.Measure == nil {
			continue
		}
		if total < rule.Measure.Words {
			continue
		}
		if at, ok := measures[rule.Measure.Count](s, rule); ok {
			out = append(out, Finding{
				Rule: rule.ID, Start: at.from, End: at.to, Excerpt: body[at.from:at.to],
				Category: rule.Category, Title: rule.Title, Level: rule.level(base, bit(kindNone)), Section: base, Confidence: rule.Certainty,
				Why: rule.Why, Ask: rule.Ask, Suggestions: rule.Suggestions,
			})
		}
	}
	return out
}

func (s *survey) oneActor(rule *Rule) (span, bool) {
	m := rule.Measure
	count, total := map[string]int{}, 0
	first := map[string]span{}
	for _, a := range s.acts {
		if !m.in(a.section) {
			continue
		}
		total++
		if count[a.who]++; count[a.who] == 1 {
			first[a.who] = a.at
		}
	}
	for _, a := range s.acts { // in their order, so that of two the first is named
		if n := count[a.who]; a.who != "we" && n >= m.Least && float64(n) >= m.Share*float64(total) {
			return first[a.who], true
		}
	}
	return span{}, false
}

func (s *survey) paragraphs(rule *Rule) (span, bool) {
	m := rule.Measure
	n := 0
	var at span
	for _, b := range s.blocks {
		if m.in(b.section) {
			at = b.at
			n++
		}
	}
	for _, section := range m.Sections {
		if _, ok := s.headings[section]; !ok {
			return span{}, false
		}
	}
	return at, n > 0 && n <= m.Most
}

func (s *survey) density(rule *Rule) (span, bool) {
	m := rule.Measure
	n, words := 0, 0
	for section, k := range s.words {
		if m.in(section) {
			words += k
		}
	}
	var at span
	for _, f := range s.found {
		if slices.Contains(m.Rules, f.Rule) {
			if n++; n == 1 {
				at = span{f.Start, f.End}
			}
		}
	}
	return at, n >= m.Least && n > 0 && float64(n)*1000 >= m.Rate*float64(words)
}

func (s *survey) absent(rule *Rule) (span, bool) {
	m := rule.Measure
	acts := 0
	var at span
	for _, a := range s.acts {
		if m.in(a.section) && a.who != "we" {
			if acts++; acts == 1 {
				at = a.at
			}
		}
	}
	for _, section := range m.Sections {
		if h, ok := s.headings[section]; ok {
			at = h
		}
	}
	return at, acts >= m.Least && acts > 0 && !s.seen[m.class]
}

// prepare makes a measure ready, or tells what it lacks.
func (m *Measure) prepare(r *Rules) error {
	if _, ok := measures[m.Count]; !ok {
		return faultAt(m.Count, fmt.Sprintf("%q is not a measure", m.Count), mend("", m.Count, slices.Sorted(maps.Keys(measures))))
	}
	if m.Class != "" {
		var ok bool
		if m.class, ok = r.lex.classes[m.Class]; !ok {
			return faultAt(m.Class, fmt.Sprintf("the class %s is in no word list", m.Class), mend("", m.Class, slices.Sorted(maps.Keys(r.lex.classes))))
		}
	}
	for i, s := range m.Sections {
		if s == "narrative" {
			m.Sections[i] = Narrative
		} else if !slices.Contains(sections, s) {
			return faultAt(string(s), fmt.Sprintf("%q is not a section", s), mend("", string(s), sectionNames()))
		}
	}
	return nil
}

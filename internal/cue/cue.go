// Package cue finds what people write when a certain thing is in the air.
//
// A cue is a family of sentences: patterns that a sentence may be like, patterns
// that make it not count, and sentences that prove both. Cues live in YAML files
// beside the code that uses them; a file is a [Book]. A cue decides nothing by
// itself: the package that owns the file says what a cue, alone or with others,
// is taken to mean.
//
// Patterns are RE2 in lower case, and each is looked for in one sentence at a
// time, in lower case too: ignoring case would cost five times as much. A book does not try every pattern on every text: it looks first for the
// literals that the patterns cannot do without.
package cue

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"
)

// A Cue is a family of sentences that hint at one thing.
type Cue struct {
	// Name is how code and other files refer to it.
	Name string `yaml:"name"`
	// Like are its patterns; see [Macros]. A named group (?P<thing>…) picks the
	// noun phrase that a statement may use.
	Like []string `yaml:"like"`
	// Unless are patterns that make a sentence not count.
	Unless []string `yaml:"unless"`
	// Good are sentences in which the cue is found, Bad such in which it is not.
	Good []string `yaml:"good"`
	Bad  []string `yaml:"bad"`

	like, unless []*regexp.Regexp
}

// Macros are the short forms that patterns may use.
var Macros = map[string]string{
	"<num>":  `(?:\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half a dozen|a dozen)`,
	"<gap>":  `(?:[^\w.?!]+\w[\w'’-]*){0,6}?[^\w.?!]*`,
	"<when>": `(?:\d{1,2}(?:[:.]\d{2})?|monday|tuesday|wednesday|thursday|friday|saturday|sunday|noon|midnight|today|tomorrow|january|february|march|april|may|june|july|august|september|october|november|december)`,
	"<out>":  `(?:customers?|clients?|partners?|board|exchanges?|press|vendors?|suppliers?|users?|visitors?|shoppers?|merchants?)`,
}

// A Book is a file of cues, ready to search with. It is safe for concurrent use.
type Book struct {
	Cues  []Cue
	first [256]*[256][]need // by the first byte of a needed literal, then by its second: a look at every byte of a text must cost next to nothing
	loose []pattern         // those that need no literal
}

// A pattern is one of a cue's: both are indexes.
type pattern struct{ cue, like int }

type need struct {
	lit string
	pattern
}

// Load reads a book. An error names the place in the file.
func Load(data []byte) (*Book, error) {
	b := &Book{}
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&b.Cues); err != nil {
		return nil, fmt.Errorf("reading cues: %s", yaml.FormatError(err, false, true))
	}
	var pairs []string
	for k, v := range Macros {
		pairs = append(pairs, k, v)
	}
	macros := strings.NewReplacer(pairs...)
	compile := func(c *Cue, p string) (*regexp.Regexp, error) {
		if escape.ReplaceAllString(p, "") != strings.ToLower(escape.ReplaceAllString(p, "")) {
			return nil, fmt.Errorf("cue %q: the pattern %s has a capital letter; patterns look at lower-case text", c.Name, p)
		}
		re, err := regexp.Compile(macros.Replace(p))
		if err != nil {
			return nil, fmt.Errorf("cue %q: %w", c.Name, err)
		}
		return re, nil
	}
	for i := range b.Cues {
		c := &b.Cues[i]
		for j, p := range c.Like {
			re, err := compile(c, p)
			if err != nil {
				return nil, err
			}
			c.like = append(c.like, re)
			lits := needed(re.String())
			if lits == nil {
				b.loose = append(b.loose, pattern{i, j})
			}
			for _, l := range lits {
				if b.first[l[0]] == nil {
					b.first[l[0]] = new([256][]need)
				}
				row := b.first[l[0]]
				row[l[1]] = append(row[l[1]], need{l, pattern{i, j}})
			}
		}
		for _, p := range c.Unless {
			re, err := compile(c, p)
			if err != nil {
				return nil, err
			}
			c.unless = append(c.unless, re)
		}
	}
	return b, nil
}

// escape is what may hold a capital in a pattern without meaning one.
var escape = regexp.MustCompile(`\\[A-Z]|\(\?P<`)

// needed lists lower-case literals of two bytes or more of which one stands in
// every match of the pattern, or nil when there is no such list.
func needed(p string) []string {
	re, err := syntax.Parse(p, syntax.Perl)
	if err != nil {
		return nil
	}
	return literals(re.Simplify())
}

// literals finds the list for an expression: the part of it that cannot be done
// without and whose shortest literal is longest.
func literals(re *syntax.Regexp) []string {
	if l := fit(exact(re)); l != nil {
		return l
	}
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return literals(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min == 0 {
			return nil
		}
		return literals(re.Sub[0])
	case syntax.OpConcat:
		var best []string
		better := func(l []string) {
			if l != nil && (best == nil || shortest(l) > shortest(best)) {
				best = l
			}
		}
		run := []string{""} // what a row of parts with known texts can be
		for _, s := range re.Sub {
			if e := cross(run, exact(s)); e != nil {
				run = e
				continue
			}
			better(fit(run))
			better(literals(s))
			run = []string{""}
			if e := exact(s); e != nil {
				run = e
			}
		}
		better(fit(run))
		return best
	case syntax.OpAlternate:
		var all []string
		for _, s := range re.Sub {
			l := literals(s)
			if l == nil {
				return nil
			}
			all = append(all, l...)
		}
		return all
	}
	return nil
}

// exactMost is how many texts an expression may stand for and still be spelt out.
const exactMost = 80

// exact spells out every text that an expression can match, or gives nil when
// there are too many or when it is open.
func exact(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{strings.ToLower(string(re.Rune))}
	case syntax.OpEmptyMatch, syntax.OpWordBoundary, syntax.OpNoWordBoundary, syntax.OpBeginText, syntax.OpEndText, syntax.OpBeginLine, syntax.OpEndLine:
		return []string{""}
	case syntax.OpCapture:
		return exact(re.Sub[0])
	case syntax.OpCharClass:
		var out []string
		for i := 0; i+1 < len(re.Rune); i += 2 {
			for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
				if len(out) == 12 {
					return nil
				}
				out = append(out, strings.ToLower(string(r)))
			}
		}
		return out
	case syntax.OpQuest:
		if e := exact(re.Sub[0]); e != nil {
			return append([]string{""}, e...)
		}
	case syntax.OpConcat:
		out := []string{""}
		for _, s := range re.Sub {
			if out = cross(out, exact(s)); out == nil {
				return nil
			}
		}
		return out
	case syntax.OpAlternate:
		var out []string
		for _, s := range re.Sub {
			e := exact(s)
			if e == nil || len(out)+len(e) > exactMost {
				return nil
			}
			out = append(out, e...)
		}
		return out
	}
	return nil
}

// cross joins every text of a with every text of b.
func cross(a, b []string) []string {
	if a == nil || b == nil || len(a)*len(b) > exactMost {
		return nil
	}
	out := make([]string, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			out = append(out, x+y)
		}
	}
	return out
}

// fit gives the list back if every text in it is long enough to look for.
func fit(l []string) []string {
	for _, s := range l {
		if len(s) < 2 {
			return nil
		}
	}
	return l
}

func shortest(l []string) int {
	n := len(l[0])
	for _, s := range l {
		n = min(n, len(s))
	}
	return n
}

// LongestText is how many bytes of one text are searched; the rest of a very
// long document adds little and costs time.
const LongestText = 16 << 10

// Find calls yield for every cue in the text, once per cue, with the first
// sentence in which it was found and the thing that the sentence names, if any.
// A pattern is tried where a literal that it needs stands.
func (b *Book) Find(text string, yield func(c *Cue, sentence, thing string)) {
	if len(text) > LongestText {
		text = strings.ToValidUTF8(text[:LongestText], "")
	}
	text = strings.ReplaceAll(text, "’", "'")
	var done map[int]bool
	var few [32]pattern
	for _, s := range Sentences(text) {
		try := append(few[:0], b.loose...)
		low := strings.ToLower(s)
		for i := 0; i+2 <= len(low); i++ {
			row := b.first[low[i]]
			if row == nil {
				continue
			}
			for _, n := range row[low[i+1]] {
				if strings.HasPrefix(low[i:], n.lit) {
					try = append(try, n.pattern)
				}
			}
		}
		slices.SortFunc(try, func(x, y pattern) int { return cmp.Or(cmp.Compare(x.cue, y.cue), cmp.Compare(x.like, y.like)) })
		for i, p := range try {
			if done[p.cue] || i > 0 && try[i-1] == p {
				continue
			}
			if words, thing := b.Cues[p.cue].by(p.like, s, low); words != "" {
				if done == nil {
					done = map[int]bool{}
				}
				done[p.cue] = true
				yield(&b.Cues[p.cue], s, thing)
			}
		}
	}
}

// Words are the very words of the sentence by which the cue is found, in lower
// case, or empty when it is not.
func (c *Cue) Words(sentence string) string {
	low := strings.ToLower(sentence)
	for i := range c.like {
		if words, _ := c.by(i, sentence, low); words != "" {
			return words
		}
	}
	return ""
}

// by gives the words by which one of the cue's patterns is found in a sentence,
// given also in lower case, and the thing it names, as written.
func (c *Cue) by(like int, s, low string) (words, thing string) {
	re := c.like[like]
	m := re.FindStringSubmatchIndex(low)
	if m == nil {
		return "", ""
	}
	for _, u := range c.unless {
		if u.MatchString(low) {
			return "", ""
		}
	}
	if g := re.SubexpIndex("thing"); g > 0 && m[2*g] >= 0 {
		thing = low[m[2*g]:m[2*g+1]]
		if len(low) == len(s) {
			thing = s[m[2*g]:m[2*g+1]]
		}
	}
	return low[m[0]:m[1]], thing
}

// Cue finds a cue by its name; nil when the book has none of that name.
func (b *Book) Cue(name string) *Cue {
	for i := range b.Cues {
		if b.Cues[i].Name == name {
			return &b.Cues[i]
		}
	}
	return nil
}

// Sentences cuts text at line ends and after . ! ? before a space.
func Sentences(text string) []string {
	var out []string
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	start := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\n':
			add(text[start:i])
			start = i + 1
		case '.', '!', '?':
			if i+1 == len(text) || unicode.IsSpace(rune(text[i+1])) {
				add(text[start : i+1])
				start = i + 1
			}
		}
	}
	add(text[start:])
	return out
}

// Package cue finds what people write when a certain thing is in the air.
//
// A cue is a family of sentences: patterns that a sentence may be like, patterns
// that make it not count, and sentences that prove both. Cues live in YAML files
// beside the code that uses them; a file is a [Book]. A cue decides nothing by
// itself: the package that owns the file says what a cue, alone or with others,
// is taken to mean.
//
// Patterns are RE2, case is ignored, and each is looked for in one sentence at a
// time. A book does not try every pattern on every text: it looks first for the
// literals that the patterns cannot do without.
package cue

import (
	"bytes"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"

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
	first map[[3]byte][]need // by the first three bytes of a needed literal
	loose []int              // cues with a pattern that needs no literal
}

type need struct {
	lit string
	cue int
}

// Load reads a book. An error names the place in the file.
func Load(data []byte) (*Book, error) {
	b := &Book{first: map[[3]byte][]need{}}
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&b.Cues); err != nil {
		return nil, fmt.Errorf("reading cues: %s", yaml.FormatError(err, false, true))
	}
	var pairs []string
	for k, v := range Macros {
		pairs = append(pairs, k, v)
	}
	macros := strings.NewReplacer(pairs...)
	for i := range b.Cues {
		c := &b.Cues[i]
		loose := false
		for _, p := range c.Like {
			re, err := regexp.Compile(`(?i)` + macros.Replace(p))
			if err != nil {
				return nil, fmt.Errorf("cue %q: %w", c.Name, err)
			}
			c.like = append(c.like, re)
			lits := needed(re.String())
			loose = loose || lits == nil
			for _, l := range lits {
				k := [3]byte{l[0], l[1], l[2]}
				b.first[k] = append(b.first[k], need{l, i})
			}
		}
		if loose {
			b.loose = append(b.loose, i)
		}
		for _, p := range c.Unless {
			re, err := regexp.Compile(`(?i)` + macros.Replace(p))
			if err != nil {
				return nil, fmt.Errorf("cue %q: %w", c.Name, err)
			}
			c.unless = append(c.unless, re)
		}
	}
	return b, nil
}

// needed lists lower-case literals of three bytes or more of which one stands in
// every match of the pattern, or nil when there is no such list.
func needed(p string) []string {
	re, err := syntax.Parse(p, syntax.Perl)
	if err != nil {
		return nil
	}
	return literals(re.Simplify())
}

func literals(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		s := strings.ToLower(string(re.Rune))
		for i := 0; i < len(s); i++ {
			if s[i] >= utf8.RuneSelf {
				return nil
			}
		}
		if len(s) < 3 {
			return nil
		}
		return []string{s}
	case syntax.OpCapture, syntax.OpPlus:
		return literals(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min == 0 {
			return nil
		}
		return literals(re.Sub[0])
	case syntax.OpConcat:
		var best []string
		for _, s := range re.Sub {
			if l := literals(s); l != nil && (best == nil || shortest(l) > shortest(best)) {
				best = l
			}
		}
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
func (b *Book) Find(text string, yield func(c *Cue, sentence, thing string)) {
	if len(text) > LongestText {
		text = strings.ToValidUTF8(text[:LongestText], "")
	}
	text = strings.ReplaceAll(text, "’", "'")
	var few [16]int
	maybe := append(few[:0], b.loose...)
	low := strings.ToLower(text)
	for i := 0; i+3 <= len(low); i++ {
	needs:
		for _, n := range b.first[[3]byte{low[i], low[i+1], low[i+2]}] {
			for _, m := range maybe {
				if m == n.cue {
					continue needs
				}
			}
			if strings.HasPrefix(low[i:], n.lit) {
				maybe = append(maybe, n.cue)
			}
		}
	}
	if len(maybe) == 0 {
		return
	}
	parts := Sentences(text)
	for _, i := range maybe {
		for _, s := range parts {
			if ok, thing := b.Cues[i].In(s); ok {
				yield(&b.Cues[i], s, thing)
				break
			}
		}
	}
}

// In reports whether the cue is found in the sentence, and what thing it names.
func (c *Cue) In(sentence string) (ok bool, thing string) {
	for _, re := range c.unless {
		if re.MatchString(sentence) {
			return false, ""
		}
	}
	for _, re := range c.like {
		m := re.FindStringSubmatchIndex(sentence)
		if m == nil {
			continue
		}
		if g := re.SubexpIndex("thing"); g > 0 && m[2*g] >= 0 {
			thing = sentence[m[2*g]:m[2*g+1]]
		}
		return true, thing
	}
	return false, ""
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

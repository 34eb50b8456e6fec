package coach

import (
	"bytes"
	_ "embed"
	"regexp"
	"regexp/syntax"
	"sort"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"debrief.dev/debrief"
)

//go:embed cues.yaml
var cueData []byte

// A cue is a family of sentences that hint at one condition; see cues.yaml.
type cue struct {
	Name   string   `yaml:"name"`
	Like   []string `yaml:"like"`
	Unless []string `yaml:"unless"`
	Good   []string `yaml:"good"`
	Bad    []string `yaml:"bad"`

	like, unless []*regexp.Regexp
}

// macros keep the patterns of cues.yaml readable.
var macros = strings.NewReplacer(
	"<num>", `(?:\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half a dozen|a dozen)`,
	"<gap>", `(?:[^\w.?!]+\w[\w'’-]*){0,6}?[^\w.?!]*`,
	"<when>", `(?:\d{1,2}(?:[:.]\d{2})?|monday|tuesday|wednesday|thursday|friday|saturday|sunday|noon|midnight|today|tomorrow|january|february|march|april|may|june|july|august|september|october|november|december)`,
	"<out>", `(?:customers?|clients?|partners?|board|exchanges?|press|vendors?|suppliers?)`,
)

type cueBook struct {
	cues   []cue
	byName map[string]int
	// first finds, by the first three bytes of a needed literal, the patterns
	// that may match; loose lists the patterns without such a literal.
	first map[[3]byte][]need
	loose []pattern
}

// A pattern is one of a cue's.
type pattern struct{ cue, like int }

type need struct {
	lit string
	pattern
}

var book = sync.OnceValue(func() *cueBook {
	b := &cueBook{byName: map[string]int{}, first: map[[3]byte][]need{}}
	dec := yaml.NewDecoder(bytes.NewReader(cueData), yaml.Strict())
	if err := dec.Decode(&b.cues); err != nil {
		panic("cues.yaml: " + yaml.FormatError(err, false, true)) // the file is part of the program
	}
	for i := range b.cues {
		c := &b.cues[i]
		b.byName[c.Name] = i
		for j, p := range c.Like {
			c.like = append(c.like, compile(p))
			lits := needed(p)
			if lits == nil {
				b.loose = append(b.loose, pattern{i, j})
			}
			for _, l := range lits {
				k := [3]byte{l[0], l[1], l[2]}
				b.first[k] = append(b.first[k], need{l, pattern{i, j}})
			}
		}
		for _, p := range c.Unless {
			c.unless = append(c.unless, compile(p))
		}
	}
	return b
})

// compile makes a pattern; patterns are lower case and look at lower-case text,
// which is much quicker than ignoring case.
func compile(p string) *regexp.Regexp { return regexp.MustCompile(macros.Replace(p)) }

// needed lists lower-case literals of three bytes or more of which one stands in
// every match of the pattern, or nil when there is no such list.
func needed(p string) []string {
	re, err := syntax.Parse(macros.Replace(p), syntax.Perl)
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
			l := literals(s)
			if l != nil && (best == nil || shortest(l) > shortest(best)) {
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

// A hit is a cue found in one sentence of one piece of evidence.
type hit struct {
	cue      int
	ev       int // index into Case.Evidence
	sentence string
	thing    string
}

// find calls yield for every cue in the text, sentence by sentence, once per
// cue and text. A pattern is tried where a literal that it needs stands.
func (b *cueBook) find(text string, yield func(cue int, sentence, thing string)) {
	var done map[int]bool
	var try []pattern
	for _, s := range sentences(text) {
		try = append(try[:0], b.loose...)
		low := strings.ToLower(s)
		for i := 0; i+3 <= len(low); i++ {
			for _, n := range b.first[[3]byte{low[i], low[i+1], low[i+2]}] {
				if strings.HasPrefix(low[i:], n.lit) {
					try = append(try, n.pattern)
				}
			}
		}
		sort.Slice(try, func(i, j int) bool {
			return try[i].cue < try[j].cue || try[i].cue == try[j].cue && try[i].like < try[j].like
		})
		for i, p := range try {
			if done[p.cue] || i > 0 && try[i-1] == p {
				continue
			}
			if ok, thing := b.cues[p.cue].by(p.like, s, low); ok {
				if done == nil {
					done = map[int]bool{}
				}
				done[p.cue] = true
				yield(p.cue, s, thing)
			}
		}
	}
}

// in reports whether the cue is found in the sentence.
func (c *cue) in(s string) bool {
	low := strings.ToLower(s)
	for i := range c.like {
		if ok, _ := c.by(i, s, low); ok {
			return true
		}
	}
	return false
}

// by reports whether one of the cue's patterns is found in the sentence, given
// also in lower case, and what thing it names, as written.
func (c *cue) by(like int, s, low string) (ok bool, thing string) {
	re := c.like[like]
	m := re.FindStringSubmatchIndex(low)
	if m == nil {
		return false, ""
	}
	for _, u := range c.unless {
		if u.MatchString(low) {
			return false, ""
		}
	}
	if g := re.SubexpIndex("thing"); g > 0 && m[2*g] >= 0 {
		thing = low[m[2*g]:m[2*g+1]]
		if len(low) == len(s) {
			thing = s[m[2*g]:m[2*g+1]]
		}
	}
	return true, thing
}

// longestText is how much of one piece of evidence is searched for cues; the
// rest of a very long document adds little and costs time.
const longestText = 16 << 10

// sentences cuts text at line ends and after . ! ? before a space.
func sentences(text string) []string {
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

// findings is the result of one search of all the evidence.
type findings struct {
	c     *Case
	b     *cueBook
	hits  map[string][]hit // by cue name, in order of the evidence
	signs map[string][]debrief.Citation
}

// search looks through everything people wrote, and through what machines said
// about changes. Talk in places that the timeline takes nothing from is left aside.
func (c *Case) search() *findings {
	f := &findings{c: c, b: book(), hits: map[string][]hit{}}
	near := c.near()
	for i := range c.Evidence {
		e := &c.Evidence[i]
		if !near(e) {
			continue
		}
		text := e.Text
		if e.Title != "" && !strings.HasPrefix(text, e.Title) {
			text = e.Title + "\n" + text
		}
		if len(text) > longestText {
			text = strings.ToValidUTF8(text[:longestText], "")
		}
		f.b.find(strings.ReplaceAll(text, "’", "'"), func(q int, s, thing string) {
			n := f.b.cues[q].Name
			f.hits[n] = append(f.hits[n], hit{q, i, s, thing})
		})
	}
	f.signs = c.signs(f)
	return f
}

// near returns a test of whether a piece of evidence is close enough to the
// incident to be searched.
func (c *Case) near() func(*debrief.Evidence) bool {
	cited := map[debrief.Citation]bool{}
	for _, e := range c.Entries {
		for _, x := range e.Evidence {
			cited[x] = true
		}
	}
	total, used := map[string]int{}, map[string]int{}
	for i := range c.Evidence {
		e := &c.Evidence[i]
		if e.Sort == debrief.Message {
			total[e.Where]++
			if cited[e.Cite()] {
				used[e.Where]++
			}
		}
	}
	return func(e *debrief.Evidence) bool {
		switch e.Sort {
		case debrief.Alert, debrief.Log, debrief.Record:
			return false
		case debrief.Message:
			return len(cited) == 0 || cited[e.Cite()] || used[e.Where] >= 2 || used[e.Where]*12 >= total[e.Where]
		}
		return true
	}
}

// cites lists the evidence of hits, each once, in order.
func (f *findings) cites(hits []hit) []debrief.Citation {
	var out []debrief.Citation
	seen := map[int]bool{}
	for _, h := range hits {
		if !seen[h.ev] {
			seen[h.ev] = true
			out = append(out, f.c.Evidence[h.ev].Cite())
		}
	}
	return out
}

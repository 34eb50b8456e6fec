package lint

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

// A rewriting replaces words of a finding by others. Both are data of a rule; ""
// takes the words away.
type rewriting struct {
	from, to string
}

func readRewrites(m yaml.MapSlice) ([]rewriting, error) {
	var out []rewriting
	for _, item := range m {
		w := rewriting{from: strings.ToLower(fmt.Sprint(item.Key))}
		if item.Value != nil {
			w.to = fmt.Sprint(item.Value)
		}
		if strings.TrimSpace(w.from) == "" {
			return nil, faultAt("rewrites:", "a rewrite has no words to replace", "Write the words of a finding, a colon, and what may stand instead.")
		}
		out = append(out, w)
	}
	return out, nil
}

// rewrites gives what may stand in place of the words of m. It proposes nothing
// that it has not tried: the sentence is checked again as it would then read, and
// a rewrite in which any rule finds something new, or something still, is dropped.
// So what is proposed is silent, and proposing twice changes nothing.
func (c *checker) rewrites(rule *Rule, m raw, found []raw) []Rewrite {
	var out []Rewrite
	for _, w := range rule.rewriting {
		at := wordsIn(c.text.Body[m.start:m.end], w.from)
		if at < 0 {
			continue
		}
		if w.to == "" && m.start+at == m.sentence && c.rules.lex.language.VerbSecond {
			continue // "Im Nachhinein war das Risiko klein." would begin with its verb
		}
		r := w.in(c.text.Body, m.start+at)
		if r.End == 0 || len(out) > 0 && r.Start < out[len(out)-1].End && r.End > out[len(out)-1].Start || !c.silent(r, m, found) {
			continue
		}
		out = append(out, r)
	}
	return out
}

// in gives the rewrite for the words at offset at, with the capital, the commas
// and the spaces the sentence needs.
func (w rewriting) in(body string, at int) Rewrite {
	r := Rewrite{Start: at, End: at + len(w.from), Text: w.to}
	first, _ := utf8.DecodeRuneInString(body[at:])
	if w.to != "" {
		if unicode.IsUpper(first) {
			r.Text = capital(w.to)
		}
		return r
	}
	next, _ := utf8.DecodeRuneInString(body[r.End:])
	ends := r.End == len(body) || strings.ContainsRune(".!?;\n", next)
	switch comma := strings.HasSuffix(body[:at], ", "); {
	case comma && ends:
		r.Start -= len(", ")
		return r
	case comma && next == ',':
		r.Start, r.End = at-len(", "), r.End+1
		return r
	case ends:
		return Rewrite{} // "It was done carelessly." says nothing without its last word
	}
	rest := strings.TrimPrefix(body[r.End:], ",")
	r.End = len(body) - len(strings.TrimPrefix(rest, " "))
	if after, n := utf8.DecodeRuneInString(body[r.End:]); unicode.IsUpper(first) && unicode.IsLower(after) {
		r.End += n
		r.Text = string(unicode.ToUpper(after))
	}
	return r
}

func capital(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[n:]
}

// silent tells whether no rule finds anything in the words of a rewrite, nor
// anything new in its sentence.
func (c *checker) silent(w Rewrite, m raw, found []raw) bool {
	body := c.text.Body
	if w.End > m.stop {
		return false
	}
	was := map[int]bool{} // rules that find something in the sentence as it is, elsewhere
	first := sort.Search(len(found), func(i int) bool { return found[i].start >= m.sentence })
	for _, f := range found[first:] {
		if f.start >= m.stop {
			break
		}
		if f.end <= m.stop && (f.end <= w.Start || f.start >= w.End) {
			was[f.rule] = true
		}
	}
	t := c.text
	t.Body = body[m.before:w.Start] + w.Text + body[w.End:m.stop]
	t.Section = m.section
	o := c.rules.checkers.Get().(*checker)
	defer c.rules.checkers.Put(o)
	o.reset(t)
	o.run()
	from, to := w.Start-m.before, w.Start-m.before+len(w.Text)
	for _, f := range o.found {
		if f.end <= m.sentence-m.before {
			continue
		}
		if !was[f.rule] || f.start < to && f.end > from {
			return false
		}
	}
	return true
}

// wordsIn finds whole words in a text, in any case. The words are in lower case.
func wordsIn(s, words string) int {
	low := strings.ToLower(s)
	if len(low) != len(s) {
		return -1 // a letter whose capital has another length; offsets would not fit
	}
	return wholeIn(low, words)
}

// wholeIn finds words that are not part of longer ones.
func wholeIn(s, words string) int {
	for from := 0; ; {
		i := strings.Index(s[from:], words)
		if i < 0 {
			return -1
		}
		i += from
		if !joined(s, i) && !joined(s, i+len(words)) {
			return i
		}
		from = i + len(words)
	}
}

// joined tells whether letters stand on both sides of an offset.
func joined(s string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:at])
	after, _ := utf8.DecodeRuneInString(s[at:])
	return unicode.IsLetter(before) && unicode.IsLetter(after)
}

package proofread

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"

	"debrief.dev/debrief/lint"
)

// Paint gives the colours of a terminal; its zero value gives none.
type Paint struct {
	Level func(lint.Level, string) string
	Faint func(string) string
	Bold  func(string) string
}

// widest is how much of a long line is shown around the words, in columns.
const widest = 100

func writeText(w io.Writer, r *Result, p Paint) error {
	b := bufio.NewWriter(w)
	if p.Level == nil {
		p.Level = func(_ lint.Level, s string) string { return s }
	}
	for _, plain := range []*func(string) string{&p.Faint, &p.Bold} {
		if *plain == nil {
			*plain = func(s string) string { return s }
		}
	}
	for i, f := range r.Findings {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(b, "%s:%d:%d: %s %s: %s\n", printable(f.Path), f.Line, f.Column, p.Level(f.Level, f.Level.String()), f.Rule, p.Bold(f.Title))
		excerpt(b, f, p)
		fmt.Fprintf(b, "    ask: %s\n", f.Ask)
		for _, s := range f.rewritten() {
			fmt.Fprintf(b, "    write: %s\n", printable(s))
		}
		for _, s := range f.Suggestions {
			fmt.Fprintf(b, "    say: %s\n", printable(s))
		}
	}
	if len(r.Findings) > 0 {
		fmt.Fprintf(b, "\n%s\n", r.Summary())
	}
	return b.Flush()
}

// excerpt shows the line of a finding and marks the words below it. Of words over
// several lines the first line is shown.
func excerpt(b *bufio.Writer, f Finding, p Paint) {
	line := []rune(f.line)
	from, to := min(f.Column-1, len(line)), len(line)
	more := f.EndLine > f.Line
	if !more {
		to = min(f.EndColumn-1, len(line))
	}
	first, last := window(line, from, to)
	number := fmt.Sprintf("%5d | ", f.Line)
	before, after := "", ""
	if first > 0 {
		before = "…"
	}
	if last < len(line) {
		after = "…"
	}
	lead := printableRunes(line[first:from])
	words := printableRunes(line[from:min(to, last)])
	rest := printableRunes(line[min(to, last):last])
	fmt.Fprintf(b, "%s%s%s%s%s%s\n", p.Faint(number), before, lead, words, rest, after)
	carets := strings.Repeat("^", max(1, runewidth.StringWidth(words)))
	if more {
		carets += " …"
	}
	fmt.Fprintf(b, "%s%s%s\n", p.Faint(strings.Repeat(" ", len(number)-2)+"| "), strings.Repeat(" ", runewidth.StringWidth(before+lead)), p.Level(f.Level, carets))
}

// window gives the part of a line to show: all of it, or what stands around the words.
func window(line []rune, from, to int) (first, last int) {
	if len(line) <= widest {
		return 0, len(line)
	}
	first = max(0, from-widest/3)
	last = min(len(line), max(first+widest, min(to, first+2*widest)))
	return first, last
}

// rewritten gives the line of a finding as each rewrite would have it.
func (f *Finding) rewritten() []string {
	var out []string
	for _, w := range f.Rewrites {
		from, to := w.Start-f.lineStart, w.End-f.lineStart
		if from < 0 || to > len(f.line) {
			continue
		}
		line := []rune(f.line[:from] + w.Text + f.line[to:])
		at := utf8.RuneCountInString(f.line[:from])
		first, last := window(line, at, at)
		out = append(out, strings.TrimSpace(string(line[first:last])))
	}
	return out
}

// printable makes s safe for a terminal and keeps it on one line.
func printable(s string) string { return printableRunes([]rune(valid(s))) }

func printableRunes(line []rune) string {
	var b strings.Builder
	for _, r := range line {
		switch {
		case r == '\t':
			b.WriteString("    ")
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			b.WriteRune('\uFFFD')
		}
	}
	return b.String()
}

package lint

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

// Fault says what in a file of rules or words cannot be read, the way a compiler
// does: where, what stands there, what was expected and what mends it.
type Fault struct {
	File    string // as the file system names it
	Line    int    // from 1; 0 if the whole file is meant
	Column  int    // from 1, in characters
	Excerpt string // the line
	Say     string // what is the matter
	Mend    string // what helps, or ""

	about string // the words to look for in the file, while it has no place
	in    string // what they are part of
	width int    // of what is pointed at, in characters
}

// Error gives the fault in lines: the place, the excerpt with a mark, the mend.
func (f *Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", f.Line, f.Column)
	}
	fmt.Fprintf(&b, ": %s", f.Say)
	if f.Line > 0 {
		number := fmt.Sprintf("%5d | ", f.Line)
		line := strings.ReplaceAll(f.Excerpt, "\t", " ")
		fmt.Fprintf(&b, "\n%s%s\n%s%s", number, line, strings.Repeat(" ", len(number)-2)+"| "+strings.Repeat(" ", f.Column-1), strings.Repeat("^", max(1, f.width)))
	}
	if f.Mend != "" {
		fmt.Fprintf(&b, "\n  %s", f.Mend)
	}
	return b.String()
}

// faultAt is a fault in the words about, to be looked for once the file is known.
func faultAt(about, say, mend string) *Fault { return &Fault{about: about, Say: say, Mend: mend} }

// within says which longer words, as they are written in the file, hold the words of a fault.
func within(in string, err error) error {
	if f := (*Fault)(nil); errors.As(err, &f) && f.in == "" {
		f.in = in
	}
	return err
}

// place gives an error the place in the file it came from. A file of its kind has
// these fields.
func place(file string, data []byte, fields []string, err error) error {
	if err == nil {
		return nil
	}
	var f *Fault
	var y yaml.Error
	switch {
	case errors.As(err, &f):
		f.File = file
		f.find(string(data))
		return f
	case errors.As(err, &y):
		f = &Fault{File: file, Say: y.GetMessage(), Mend: "What follows is read as YAML; an open quotation mark or bracket, a tab or a missing space is the usual reason."}
		if u := (*yaml.UnknownFieldError)(nil); errors.As(err, &u) {
			f.Mend = mend("", u.Token.Value, fields)
		}
		if t := y.GetToken(); t != nil && t.Position != nil {
			f.Point(string(data), t.Position.Line, max(1, t.Position.Column), utf8.RuneCountInString(strings.TrimSpace(t.Value)))
		}
		return f
	}
	return &Fault{File: file, Say: err.Error()}
}

// find looks for the line that holds the words of the fault: the one with all of
// what they are part of, or else the first with the words.
func (f *Fault) find(text string) {
	if f.about == "" {
		return
	}
	at := -1
	if f.in != "" {
		if i := strings.Index(text, f.in); i >= 0 {
			at = i + max(0, wholeIn(f.in, f.about))
		}
	}
	if at < 0 {
		if at = wholeIn(text, f.about); at < 0 {
			return
		}
	}
	start := strings.LastIndexByte(text[:at], '\n') + 1
	f.Point(text, strings.Count(text[:at], "\n")+1, utf8.RuneCountInString(text[start:at])+1, utf8.RuneCountInString(f.about))
}

// Point says which place of a text is meant: so many characters of a line, line and
// column from 1. A place that is not in the text leaves the fault as it is.
func (f *Fault) Point(text string, line, column, width int) {
	lines := strings.Split(text, "\n")
	if line < 1 || line > len(lines) || column < 1 {
		return
	}
	f.Line, f.Column, f.Excerpt = line, column, strings.TrimRight(lines[line-1], "\r")
	f.width = max(1, min(width, utf8.RuneCountInString(f.Excerpt)-column+1))
}

// closest names the known word that is nearest to one that is not, if any is near.
func closest(word string, known []string) string {
	best, least := "", 1+len(word)/3
	for _, k := range known {
		if d := distance(word, k, least); d < least || d == least && best == "" {
			best, least = k, d
		}
	}
	return best
}

// distance counts the letters to change, add, leave out or swap with the next
// between two words; above limit it is limit + 1.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	var older []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], older[j-2]+1)
			}
		}
		older, row = row, next
	}
	return min(row[len(b)], limit+1)
}

// Meant says which of the known words may be meant by one that is not known, or
// what there is.
func Meant(word string, known []string) string { return mend("", word, known) }

// mend says which known word may be meant, or what there is.
func mend(mark, word string, known []string) string {
	if near := closest(word, known); near != "" {
		return fmt.Sprintf("Is %s%s meant?", mark, near)
	}
	if len(known) > 24 {
		return "The known ones stand in the word lists."
	}
	return fmt.Sprintf("There are %s.", mark+strings.Join(known, ", "+mark))
}

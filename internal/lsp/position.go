package lsp

import (
	"strings"
	"unicode/utf8"
)

// encoding is the unit in which a client counts columns. LSP's default is
// UTF-16; a client may offer others when it starts.
type encoding string

const (
	utf8Units  encoding = "utf-8"
	utf16Units encoding = "utf-16"
	utf32Units encoding = "utf-32"
)

// units is how many columns a rune takes.
func (e encoding) units(r rune) int {
	switch e {
	case utf8Units:
		return utf8.RuneLen(r)
	case utf32Units:
		return 1
	}
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// position is a place in a document: a 0-based line, and a 0-based column in
// the units of the client's encoding.
type position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}

// span is a stretch of a document; End is exclusive.
type span struct {
	Start position `json:"start"`
	End   position `json:"end"`
}

// document is an open text with an index of its lines. It is the one owner of
// the conversion between byte offsets and positions. The text is valid UTF-8:
// it came through JSON, whose decoder replaces what is not.
type document struct {
	text  string
	lines []int // the byte offset at which each line begins
}

func newDocument(text string) *document {
	d := &document{text: text, lines: []int{0}}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\n':
			d.lines = append(d.lines, i+1)
		case '\r':
			if i+1 < len(text) && text[i+1] == '\n' {
				continue
			}
			d.lines = append(d.lines, i+1)
		}
	}
	return d
}

// line is the text of a line without its line break.
func (d *document) line(n int) string {
	end := len(d.text)
	if n+1 < len(d.lines) {
		end = d.lines[n+1]
	}
	return strings.TrimRight(d.text[d.lines[n]:end], "\r\n")
}

// offset is the byte offset of a position. A position past the end of its line
// means the end of the line, one past the last line the end of the text, as the
// protocol demands; one inside a rune means the rune's beginning.
func (d *document) offset(p position, e encoding) int {
	if p.Line < 0 || p.Character < 0 {
		return 0
	}
	if p.Line >= len(d.lines) {
		return len(d.text)
	}
	line, at := d.line(p.Line), d.lines[p.Line]
	left := p.Character
	for i, r := range line {
		u := e.units(r)
		if left < u {
			return at + i
		}
		left -= u
	}
	return at + len(line)
}

// position is the position of a byte offset; offsets outside the text are
// taken to its nearer end.
func (d *document) position(offset int, e encoding) position {
	offset = max(0, min(offset, len(d.text)))
	lo, hi := 0, len(d.lines)
	for lo+1 < hi { // the last line that begins at or before offset
		mid := (lo + hi) / 2
		if d.lines[mid] <= offset {
			lo = mid
		} else {
			hi = mid
		}
	}
	column := 0
	for i, r := range d.text[d.lines[lo]:] {
		if d.lines[lo]+i >= offset {
			break
		}
		column += e.units(r)
	}
	return position{Line: lo, Character: column}
}

// offsets gives the byte offsets of a span, in their order.
func (d *document) offsets(s span, e encoding) (from, to int) {
	from, to = d.offset(s.Start, e), d.offset(s.End, e)
	return min(from, to), max(from, to)
}

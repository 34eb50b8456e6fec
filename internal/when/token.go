package when

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is a run of digits, a run of letters, or one other character.
type token struct {
	start, end int
	kind       byte // 'n' digits, 'w' letters, 'p' other
	glued      bool // nothing lies between it and the token before
	head       bool // only marks stand before it on its line
	text       string
	lower      string
}

// A scan is a text in tokens, with what was found so far.
type scan struct {
	text     string
	t        []token
	c        Context
	clocks   int  // times of day found so far
	last     int  // the token after the time found last
	dotDates bool // dotted pairs of this text are dates: one of them can be nothing else
}

func newScan(text string, c Context) *scan {
	s := &scan{text: text, c: c, last: -1}
	head := true
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if unicode.IsSpace(r) {
			if r == '\n' {
				head = true
			}
			i += size
			continue
		}
		t := token{start: i, head: head, kind: 'p', end: i + size}
		t.glued = len(s.t) > 0 && s.t[len(s.t)-1].end == i
		is := func(rune) bool { return false }
		switch {
		case r >= '0' && r <= '9':
			t.kind, is = 'n', func(r rune) bool { return r >= '0' && r <= '9' }
		case unicode.IsLetter(r):
			t.kind, is = 'w', unicode.IsLetter
		}
		for t.end < len(text) {
			r, size := utf8.DecodeRuneInString(text[t.end:])
			if !is(r) {
				break
			}
			t.end += size
		}
		t.text = text[t.start:t.end]
		if t.lower = t.text; t.kind == 'w' {
			head = false
			t.lower = strings.ToLower(t.text)
		} else if t.kind == 'n' {
			head = false
		}
		s.t = append(s.t, t)
		i = t.end
	}
	for i := range s.t {
		if a, b, ok := s.pair(i, "."); ok && !s.is(i+3, ".") && len(s.t[i].text) == 2 && a >= 24 && a <= 31 && b >= 1 && b <= 12 && len(s.t[i+2].text) == 2 {
			s.dotDates = true
		}
	}
	return s
}

// is reports whether token i is there and reads as one of the texts (in lower case).
func (s *scan) is(i int, texts ...string) bool {
	if i < 0 || i >= len(s.t) {
		return false
	}
	for _, t := range texts {
		if s.t[i].lower == t {
			return true
		}
	}
	return false
}

// joined is like is, for a token that is glued to the one before it.
func (s *scan) joined(i int, texts ...string) bool { return s.is(i, texts...) && s.t[i].glued }

// word is the word at i in lower case, or empty.
func (s *scan) word(i int) string {
	if i < 0 || i >= len(s.t) || s.t[i].kind != 'w' {
		return ""
	}
	return s.t[i].lower
}

// number is the number at i, if it has between low and high digits.
func (s *scan) number(i, low, high int) (n int, ok bool) {
	if i < 0 || i >= len(s.t) || s.t[i].kind != 'n' || len(s.t[i].text) < low || len(s.t[i].text) > high {
		return 0, false
	}
	for _, d := range s.t[i].text {
		n = n*10 + int(d-'0')
	}
	return n, true
}

// pair reads "14:02", "9.6", "11/4": two short numbers with sep between, all glued.
func (s *scan) pair(i int, sep string) (a, b int, ok bool) {
	a, ok = s.number(i, 1, 2)
	if !ok || !s.joined(i+1, sep) || i+2 >= len(s.t) || !s.t[i+2].glued {
		return 0, 0, false
	}
	b, ok = s.number(i+2, 1, 2)
	return a, b, ok
}

// freeLeft reports whether a time may begin at i: nothing is glued to it in
// front that makes it part of something else.
func (s *scan) freeLeft(i int) bool {
	if i <= 0 || !s.t[i].glued {
		return true
	}
	if s.last == i-1 && s.is(i-1, "-", "–", "—", "/", ",") || s.last == i { // the other end of a range
		return true
	}
	if s.t[i-1].kind != 'p' {
		return false
	}
	switch s.t[i-1].text {
	case "(", "[", "{", "\"", "'", "`", "*", "<", ">", "|", "~", "≈", "–", "—", "“", "‘", "«", "…", "•", ";", "!", "?":
		return true
	case "@", "-", "#", ",":
		return i == 1 || !s.t[i-1].glued
	}
	return false
}

// freeRight reports whether a time may end before i.
func (s *scan) freeRight(i int) bool {
	if i >= len(s.t) || !s.t[i].glued {
		return true
	}
	if s.t[i].kind != 'p' {
		return false
	}
	switch s.t[i].text {
	case ":", ".", ",", "/", "-", "+":
		next := i + 1
		if next >= len(s.t) || !s.t[next].glued {
			return true
		}
		if s.t[i].text == "-" || s.t[i].text == "/" { // a range: another clock follows
			_, _, _, ok := s.hourMinute(next)
			return ok
		}
		return s.t[next].kind == 'w' && s.t[i].text != "."
	case "%", "$", "€", "£", "_", "=", "@", "°", "\\", "&":
		return false
	}
	return true
}

// after reports whether one of the words stands before token i, beyond a "~"
// or an opening bracket.
func (s *scan) after(i int, words ...string) bool {
	for i--; i >= 0 && s.is(i, "~", "≈", "(", "[", "the"); i-- {
	}
	return s.is(i, words...)
}

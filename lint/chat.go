package lint

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// chatFields hold what somebody wrote, in the messages of common chats.
var chatFields = []string{`"text"`, `"message"`, `"body"`, `"content"`, `"comment"`, `"msg"`}

// runChat checks messages that stand one JSON object a line. Only strings in
// the fields of chats are prose; each is somebody's own words.
func (r *Rules) runChat(t Text) []Finding {
	var out []Finding
	for from := 0; from < len(t.Body); {
		to, next := lineEnd(t.Body, from)
		out = append(out, r.runMessage(t, from, to)...)
		from = next
	}
	return out
}

// runMessage checks what is said in one line of a chat.
func (r *Rules) runMessage(t Text, from, to int) []Finding {
	var out []Finding
	if t.Section == Narrative {
		t.Section = Evidence
	}
	for from < to {
		m, next := chatString(t.Body, from, to)
		if m == nil {
			break
		}
		from = next
		out = append(out, r.runMapped(t, m, Plain, false)...)
	}
	return out
}

// chatString finds the next string of a chat field, decoded.
func chatString(body string, from, to int) (*mapped, int) {
	i := from
	for width := 0; width == 0; i += max(width, 1) {
		n := strings.IndexByte(body[i:to], '"')
		if n < 0 {
			return nil, to
		}
		i += n
		for _, f := range chatFields {
			if strings.HasPrefix(body[i:to], f) {
				width = len(f)
			}
		}
	}
	for i < to && (body[i] == ' ' || body[i] == ':' || body[i] == '\t') {
		i++
	}
	m := &mapped{}
	if i >= to || body[i] != '"' {
		return m, i // an object or a number: look on inside it
	}
	for i++; i < to && body[i] != '"'; {
		if body[i] != '\\' || i+1 >= to {
			m.copy(body, i, i+1)
			i++
			continue
		}
		switch c := body[i+1]; c {
		case 'n', 'r', 't', 'b', 'f':
			m.put(map[byte]string{'n': "\n", 'r': "\n", 't': " ", 'b': " ", 'f': " "}[c], i)
			i += 2
		case 'u':
			r, n := unicodeEscape(body[i:to])
			m.put(string(r), i)
			i += n
		default:
			m.put(string(c), i)
			i += 2
		}
	}
	return m, min(i+1, to)
}

// unicodeEscape reads \uXXXX, and a pair of them, at the head of s.
func unicodeEscape(s string) (rune, int) {
	hex := func(s string) (rune, bool) {
		if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
			return 0, false
		}
		var r rune
		for _, c := range s[2:6] {
			d := strings.IndexRune("0123456789abcdef", c|0x20)
			if d < 0 {
				return 0, false
			}
			r = r<<4 | rune(d)
		}
		return r, true
	}
	r, ok := hex(s)
	if !ok {
		return utf8.RuneError, min(2, len(s))
	}
	if utf16.IsSurrogate(r) {
		if low, ok := hex(s[6:]); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, 12
			}
		}
		return utf8.RuneError, 6
	}
	return r, 6
}

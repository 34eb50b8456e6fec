package evidence

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

var utf8Mark = []byte("\xef\xbb\xbf")

// textOf gives r, of which head is the beginning, as UTF-8: what an editor
// saved as UTF-16 is decoded, with a byte order mark or without one.
func textOf(head []byte, r io.Reader) io.Reader {
	order, policy := unicode.LittleEndian, unicode.UseBOM
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
	case len(head) >= 4 && head[0] != 0 && head[1] == 0 && head[2] != 0 && head[3] == 0:
		policy = unicode.IgnoreBOM
	case len(head) >= 4 && head[0] == 0 && head[1] != 0 && head[2] == 0 && head[3] != 0:
		order, policy = unicode.BigEndian, unicode.IgnoreBOM
	default:
		return r
	}
	return transform.NewReader(r, unicode.UTF16(order, policy).NewDecoder())
}

// sampleOf makes a sample of the beginning of a file, which is UTF-8 without a
// byte order mark.
func sampleOf(path string, head []byte, whole bool) Sample {
	s := Sample{Path: path, Head: head, Whole: whole}
	t := bytes.TrimLeft(head, " \t\r\n\x1e")
	if len(t) == 0 || t[0] != '{' && t[0] != '[' {
		return s
	}
	d := jsontext.NewDecoder(bytes.NewReader(t), jsonTreeOptions...)
	shape, keys := JSONObject, map[string]bool{}
	if t[0] == '[' {
		shape = JSONArray
		if _, err := d.ReadToken(); err != nil {
			return s
		}
		if k := d.PeekKind(); k != '{' && k != '[' && k != ']' { // "[2024-05-02 …" begins like a list of numbers
			for range 2 {
				if err := d.SkipValue(); errors.As(err, new(*jsontext.SyntacticError)) && !errors.Is(err, io.ErrUnexpectedEOF) {
					return s
				}
				if d.PeekKind() == ']' {
					break
				}
			}
		}
	}
	sampleKeys(d, "", 0, keys)
	if shape == JSONObject {
		inside := bytes.TrimLeft(t[1:], " \t\r\n")
		if len(keys) == 0 && len(inside) > 0 && inside[0] != '}' {
			return s // begins like an object and is none
		}
		if d.StackDepth() == 0 && d.PeekKind() == '{' {
			shape = JSONLines
		}
	}
	s.Shape, s.Keys = shape, keys
	return s
}

// sampleKeys collects the names of the next value, if it is an object or an
// array that begins with one. It reports whether the value was whole.
func sampleKeys(d *jsontext.Decoder, prefix string, depth int, keys map[string]bool) bool {
	switch d.PeekKind() {
	case '{':
	case '[':
		if _, err := d.ReadToken(); err != nil {
			return false
		}
		if d.PeekKind() == '{' && !sampleKeys(d, prefix, depth, keys) {
			return false
		}
		for k := d.PeekKind(); k != ']'; k = d.PeekKind() {
			if k == jsontext.KindInvalid || d.SkipValue() != nil {
				return false
			}
		}
		_, err := d.ReadToken()
		return err == nil
	default:
		return d.SkipValue() == nil
	}
	if _, err := d.ReadToken(); err != nil {
		return false
	}
	for d.PeekKind() == '"' {
		t, err := d.ReadToken()
		if err != nil {
			return false
		}
		name := prefix + t.String()
		keys[name] = true
		if depth < 2 {
			if !sampleKeys(d, name+".", depth+1, keys) {
				return false
			}
		} else if d.SkipValue() != nil {
			return false
		}
	}
	_, err := d.ReadToken()
	return err == nil
}

// notText says what a file is that holds no text, or is empty if it may.
func notText(head []byte, whole bool) string {
	if len(bytes.TrimSpace(head)) == 0 && whole {
		return "empty files"
	}
	odd := 0
	for b := head; len(b) > 0; {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 || r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f' && r != 0x1b {
			odd++
		}
		b = b[n:]
	}
	if odd > 8 && odd*10 > len(head) || bytes.HasPrefix(head, []byte("%PDF-")) || bytes.HasPrefix(head, []byte("\x89PNG")) {
		return "pictures, documents and other files without plain text"
	}
	return ""
}

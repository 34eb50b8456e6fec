package lint

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is a word, a number, a mark of punctuation, or something that is
// passed over as a whole, such as a span of code.
type token struct {
	start, end int32 // in the original text
	id         int32 // of the word in the rules' lexicon, 0 for a word it does not have
	flags      flag
}

type flag uint16

const (
	isWord   flag = 1 << iota
	isNumber      // begins with a digit
	isPunct       // one mark
	isThing       // code, path, address: a noun that is never a person
	isHandle      // @somebody
	isEmail       // somebody@example.org
	isCap         // first letter is a capital
	isUpper       // two or more letters, no small one
	isMixed       // a capital or a digit inside: camelCase, v2, GitHub
	isAccent      // a letter beyond ASCII
	isQuoted      // inside a quotation
	isFirst       // first word of a sentence
)

func (t token) is(f flag) bool { return t.flags&f != 0 }

// wordByte holds the ASCII bytes that a word is made of.
var wordByte = func() (t [256]bool) {
	for c := 'a'; c <= 'z'; c++ {
		t[c], t[c-32] = true, true
	}
	for c := '0'; c <= '9'; c++ {
		t[c] = true
	}
	t['_'] = true
	return t
}()

// scan appends the tokens of body[from:to] to the checker.
func (c *checker) scan(from, to int) {
	body := c.text.Body
	i := from
	for i < to {
		b := body[i]
		switch {
		case b == ' ' || b == '\t' || b == '\n' || b == '\r':
			i++
		case b == '@' && i+1 < to && wordByte[body[i+1]] && (i == from || !wordByte[body[i-1]]):
			j := c.run1(i+1, to, true)
			c.add(i, j, isWord|isHandle, 0)
			i = j
		case wordByte[b] || b >= utf8.RuneSelf || (b == '/' && i+1 < to && wordByte[body[i+1]]) || (b == '~' && i+1 < to && body[i+1] == '/'):
			i = c.word(i, to)
		default:
			c.add(i, i+1, isPunct, c.rules.lex.punct[b])
			i++
		}
	}
}

// run1 gives the end of a run of word bytes; with inner, single dots and hyphens
// between them belong to it.
func (c *checker) run1(i, to int, inner bool) int {
	body := c.text.Body
	for i < to {
		if wordByte[body[i]] || (inner && (body[i] == '.' || body[i] == '-') && i+1 < to && wordByte[body[i+1]]) {
			i++
			continue
		}
		break
	}
	return i
}

// endByte holds the ASCII bytes that end a word in any case.
var endByte = func() (t [256]bool) {
	for b := range utf8.RuneSelf {
		t[b] = !wordByte[b] && !strings.ContainsRune("'-.:/~@%", rune(b))
	}
	return t
}()

// simple reads a word of small letters, the first of which may be a capital, as most
// are. It gives 0 if what begins at i is not such a word.
func (c *checker) simple(i, to int) int {
	body := c.text.Body
	flags, skip, h, j := isWord, 0, hashStart, i
	if b := body[i]; b >= 'A' && b <= 'Z' {
		flags, skip, h, j = isWord|isCap, 1, hashNext(h, b|0x20), i+1
	}
	for j < to && body[j] >= 'a' && body[j] <= 'z' {
		h = hashNext(h, body[j])
		j++
	}
	if j == i || j < to && !endByte[body[j]] && !(body[j] == '.' && (j+1 == to || body[j+1] < utf8.RuneSelf && !wordByte[body[j+1]])) {
		return 0
	}
	c.add(i, j, flags, c.rules.lex.lookup(h, body[i:j], skip))
	return j
}

// word reads a word, number, path or address that begins at i, and returns its end.
func (c *checker) word(i, to int) int {
	if j := c.simple(i, to); j > 0 {
		return j
	}
	body := c.text.Body
	r, size := utf8.DecodeRuneInString(body[i:to])
	if r >= utf8.RuneSelf && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
		switch {
		case r == utf8.RuneError && size == 1, unicode.IsSpace(r), unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r):
			return i + size
		}
		id := int32(0)
		switch r {
		case '—', '–':
			id = c.rules.lex.punct['\x01']
		case '“', '”', '«', '»', '„', '‘':
			id = c.rules.lex.punct['"']
		case '’':
			id = c.rules.lex.punct['\'']
		case '…':
			id = c.rules.lex.punct['.']
		}
		c.add(i, i+size, isPunct, id)
		return i + size
	}

	var flags flag
	j := i
	letters, uppers, inner, slashes, dots, at := 0, 0, false, 0, 0, false
	first := true
	for j < to {
		b := body[j]
		if b < utf8.RuneSelf {
			switch {
			case b >= 'a' && b <= 'z':
				letters++
			case b >= 'A' && b <= 'Z':
				letters++
				uppers++
				if first {
					flags |= isCap
				} else if body[j-1] != '-' && body[j-1] != '\'' {
					inner = true
				}
			case b >= '0' && b <= '9':
				if !first {
					inner = true
				} else {
					flags |= isNumber
				}
			case b == '_':
				inner = true
			case b == '\'' && j+1 < to && j > i && (wordByte[body[j+1]] || c.rules.lex.elision != nil && body[j+1] >= utf8.RuneSelf):
				if c.elides(i, j) {
					j++
					goto done
				}
				if c.rules.lex.possessive != 0 && (body[j+1] == 's' || body[j+1] == 'S') && (j+2 >= to || !wordByte[body[j+2]]) {
					goto done // 's is a token of its own
				}
			case b == '-' && j+1 < to && (wordByte[body[j+1]] || body[j+1] >= utf8.RuneSelf) && j > i:
			case (b == '.' || b == ':') && j+1 < to && wordByte[body[j+1]] && j > i:
				if b == '.' {
					dots++
				}
				if b == ':' && flags&isNumber == 0 && !(j+2 < to && body[j+1] == '/' && body[j+2] == '/') {
					goto done
				}
			case b == ':' && j+2 < to && body[j+1] == '/' && body[j+2] == '/':
				end := j
				for end < to && body[end] > ' ' && body[end] != '>' && body[end] != ')' && body[end] != '"' {
					end++
				}
				c.add(i, end, isWord|isThing, 0)
				return end
			case b == '/' && j+1 < to && (wordByte[body[j+1]] || body[j+1] == '.'):
				slashes++
			case b == '~' && j == i:
			case b == '@' && j+1 < to && wordByte[body[j+1]] && j > i:
				at = true
			case (b == '%') && flags&isNumber != 0:
			default:
				goto done
			}
			first = false
			j++
			continue
		}
		r, size := utf8.DecodeRuneInString(body[j:to])
		if r == '’' && j > i {
			n := j + size
			if c.elides(i, j) {
				j = n
				goto done
			}
			if c.rules.lex.possessive != 0 && n < to && body[n] == 's' && (n+1 >= to || !wordByte[body[n+1]]) {
				goto done
			}
			if n < to && wordByte[body[n]] {
				j += size
				continue
			}
			goto done
		}
		if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) && !unicode.IsDigit(r) {
			goto done
		}
		if unicode.IsUpper(r) {
			uppers++
			if first {
				flags |= isCap
			}
		}
		letters++
		flags |= isAccent
		first = false
		j += size
	}
done:
	if j == i { // a lone slash or tilde
		c.add(i, i+1, isPunct, 0)
		return i + 1
	}
	flags |= isWord
	if letters >= 2 && uppers == letters {
		flags |= isUpper
	} else if inner {
		flags |= isMixed
	}
	switch {
	case at:
		c.add(i, j, flags|isEmail, 0)
	case slashes > 1 || body[i] == '/' || body[i] == '~' || (slashes == 1 && dots > 0) || (dots > 0 && flags&isNumber == 0 && !abbreviation(body[i:j])):
		c.add(i, j, flags|isThing, 0)
	case flags&isNumber != 0:
		c.add(i, j, flags, 0)
	default:
		c.add(i, j, flags, c.rules.lex.id(body[i:j]))
	}
	// The possessive is a token of its own, whatever its apostrophe.
	rest := body[j:to]
	n := 0
	if len(rest) >= 2 && rest[0] == '\'' && (rest[1] == 's' || rest[1] == 'S') {
		n = 2
	} else if len(rest) >= 4 && rest[:3] == "’" && rest[3] == 's' {
		n = 4
	}
	if n > 0 && c.rules.lex.possessive != 0 && (len(rest) == n || !wordByte[rest[n]]) {
		c.add(j, j+n, isWord, c.rules.lex.possessive)
		j += n
	}
	return j
}

// elides tells whether body[i:j] is a word that has lost its vowel before the next
// one: "l'" and "qu'" in French.
func (c *checker) elides(i, j int) bool {
	return c.rules.lex.elision != nil && c.rules.lex.elision[strings.ToLower(c.text.Body[i:j])]
}

// abbreviation tells "e.g" and "U.S" from "main.go".
func abbreviation(s string) bool {
	for i := 0; i < len(s); i++ {
		if i%2 == 1 && s[i] != '.' {
			return false
		}
	}
	return true
}

func (c *checker) add(i, j int, f flag, id int32) {
	if lex := c.rules.lex; id == lex.one && id != 0 && len(c.tokens) > 0 { // "no one" is one word
		if last := &c.tokens[len(c.tokens)-1]; last.id == lex.no && int(last.end)+1 == i {
			last.end, last.id = int32(j), lex.noOne
			return
		}
	}
	if id == 0 && f&(isCap|isThing|isNumber|isHandle|isEmail) == isCap && len(c.rules.lex.language.Compounds) > 0 {
		id = c.rules.lex.compound(c.text.Body[i:j])
	}
	c.tokens = append(c.tokens, token{start: int32(i), end: int32(j), id: id, flags: f})
}

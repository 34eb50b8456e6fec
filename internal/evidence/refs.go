package evidence

import (
	"slices"
	"strings"
)

// refNotKeys are words in the form of an issue key that are none.
var refNotKeys = map[string]bool{
	"UTF": true, "ISO": true, "RFC": true, "SHA": true, "UTC": true, "GMT": true, "SEV": true, "HTTP": true, "TLS": true, "AES": true,
	"COVID": true, "MD": true, "UTM": true, "IPV": true, "P": true, "Q": true,
}

// refsIn finds the ids of other things that a text names, each once: issue
// keys, then commits, then numbers of issues, pull requests and incidents with
// their mark. It is asked of every message and line, so it looks at each byte once.
func refsIn(text string) []string {
	var keys, commits, numbers []string
	var before string // the word before this one
	for i, end := 0, 0; i < len(text); {
		if !isWordByte(text[i]) {
			i++
			continue
		}
		begin, sorts := i, byte(0)
		for ; i < len(text) && isWordByte(text[i]); i++ {
			sorts |= refByteSorts[text[i]]
		}
		word := text[begin:i]
		switch {
		case sorts == refDigit && len(word) <= 7 && begin > 0:
			switch mark := text[begin-1]; {
			case mark == '-' && end == begin-1 && isRefTeam(before):
				keys = addRef(keys, before+"-"+word)
			case (mark == '#' || mark == '!') && (begin == 1 || strings.IndexByte(" \t\n\f\r([", text[begin-2]) >= 0):
				numbers = addRef(numbers, text[begin-1:i])
			}
		case sorts == refDigit|refHex && len(word) >= 7 && len(word) <= 40:
			commits = addRef(commits, word)
		}
		before, end = word, i
	}
	return append(append(keys, commits...), numbers...)
}

func addRef(refs []string, ref string) []string {
	if slices.Contains(refs, ref) {
		return refs
	}
	return append(refs, ref)
}

// What the bytes of a word are: a commit has digits and hexadecimal letters only.
const (
	refDigit = 1 << iota
	refHex
	refOther
)

var refByteSorts = func() (sorts [256]byte) {
	for c := range sorts {
		switch {
		case c >= '0' && c <= '9':
			sorts[c] = refDigit
		case c >= 'a' && c <= 'f':
			sorts[c] = refHex
		default:
			sorts[c] = refOther
		}
	}
	return sorts
}()

func isWordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}

// isRefTeam reports whether a word may stand before the number in an issue key.
func isRefTeam(s string) bool {
	if len(s) < 2 || len(s) > 10 || s[0] < 'A' || s[0] > 'Z' || refNotKeys[s] {
		return false
	}
	for i := 1; i < len(s); i++ {
		if c := s[i]; (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

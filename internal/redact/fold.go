package redact

import (
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// letters that do not come apart into a base and an accent.
var stroked = strings.NewReplacer("ł", "l", "ø", "o", "đ", "d", "ð", "d", "þ", "th", "ß", "ss", "æ", "ae", "œ", "oe", "ı", "i", "’", "'")

// fold gives s in lower case and without accents, so that "Wróbel" and
// "wrobel" are one name.
func fold(s string) string {
	plain := true
	for i := range len(s) {
		if s[i] >= 0x80 {
			plain = false
			break
		}
	}
	if plain {
		return strings.ToLower(s)
	}
	s = stroked.Replace(strings.ToLower(s))
	out, _, err := transform.String(transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), s)
	if err != nil {
		return s
	}
	return out
}

// umlauts gives the other usual spelling of a German or Nordic name ("Müller",
// "Mueller"), folded, or empty when there is none.
func umlauts(s string) string {
	t := strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "å", "aa", "ø", "oe").Replace(strings.ToLower(norm.NFC.String(s)))
	if t == strings.ToLower(norm.NFC.String(s)) {
		return ""
	}
	return fold(t)
}

// titleCase reports whether w begins with a capital and has a small letter.
func titleCase(w string) bool {
	first, small := false, false
	for i, r := range w {
		if i == 0 {
			first = unicode.IsUpper(r)
		}
		small = small || unicode.IsLower(r)
	}
	return first && small
}

// wordRune reports whether r may stand inside a word, so that no border is there.
func wordRune(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// borderless reports whether s is in a script that writes without spaces.
func borderless(s string) bool {
	for _, r := range s {
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai) {
			return true
		}
	}
	return false
}

package evidence

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	refKeyShape    = regexp.MustCompile(`\b[A-Z][A-Z0-9]{1,9}-\d{1,7}\b`)
	refCommitShape = regexp.MustCompile(`\b[0-9a-f]{7,40}\b`)
	refNumberShape = regexp.MustCompile(`(?:^|[\s(\[])([#!]\d{1,7})\b`)
)

// refsByShape says what refsIn promises, in the slow and plain way.
func refsByShape(text string) []string {
	var refs []string
	for _, k := range refKeyShape.FindAllString(text, -1) {
		if team, _, _ := strings.Cut(k, "-"); !refNotKeys[team] {
			refs = addRef(refs, k)
		}
	}
	for _, c := range refCommitShape.FindAllString(text, -1) {
		if strings.ContainsAny(c, "0123456789") && strings.ContainsAny(c, "abcdef") {
			refs = addRef(refs, c)
		}
	}
	for _, m := range refNumberShape.FindAllStringSubmatch(text, -1) {
		refs = addRef(refs, m[1])
	}
	return refs
}

func TestReferencesEndWhereWordsEnd(t *testing.T) {
	for text, want := range map[string][]string{
		"fixed in 4f2a91c for OPS-812, see #31 and !7": {"OPS-812", "4f2a91c", "#31", "!7"},
		"OPS-812 again OPS-812":                        {"OPS-812"},
		"UTF-8, P-1, x#31, 1234567, deadbeef, AB-12x":  nil,
		"(#1) [#2] #3": {"#1", "#2", "#3"},
		"AB-CD-12 and eOPS-812 and _OPS-1 and OPS-1234": {"CD-12", "OPS-1234"},
		"OPS-12345678 and #12345678":                    nil,
		"é4f2a91cé":                                     {"4f2a91c"},
	} {
		if got := refsIn(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}

func FuzzReferences(f *testing.F) {
	f.Add("fixed in 4f2a91c for OPS-812, see #31 and (!7), UTF-8")
	f.Fuzz(func(t *testing.T, text string) {
		if got, want := refsIn(text), refsByShape(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	})
}

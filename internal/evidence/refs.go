package evidence

import (
	"regexp"
	"strings"
)

var (
	refKey    = regexp.MustCompile(`\b[A-Z][A-Z0-9]{1,9}-\d{1,7}\b`)
	refCommit = regexp.MustCompile(`\b[0-9a-f]{7,40}\b`)
	refNumber = regexp.MustCompile(`(?:^|[\s(\[])([#!]\d{1,7})\b`)
)

// refNotKeys are words in the form of an issue key that are none.
var refNotKeys = map[string]bool{
	"UTF": true, "ISO": true, "RFC": true, "SHA": true, "UTC": true, "GMT": true, "SEV": true, "HTTP": true, "TLS": true, "AES": true,
	"COVID": true, "MD": true, "UTM": true, "IPV": true, "P": true, "Q": true,
}

// refsIn finds the ids of other things that a text names: issue keys, commits,
// and numbers of issues, pull requests and incidents with their mark.
func refsIn(text string) []string {
	var refs []string
	seen := make(map[string]bool)
	add := func(s string) {
		if !seen[s] {
			seen[s] = true
			refs = append(refs, s)
		}
	}
	// Most texts name nothing: a look at their bytes saves the expressions.
	if strings.IndexByte(text, '-') >= 0 {
		for _, k := range refKey.FindAllString(text, -1) {
			if team, _, _ := strings.Cut(k, "-"); !refNotKeys[team] {
				add(k)
			}
		}
	}
	if hasHexRun(text, 7) {
		for _, c := range refCommit.FindAllString(text, -1) {
			if strings.ContainsAny(c, "0123456789") && strings.ContainsAny(c, "abcdef") {
				add(c)
			}
		}
	}
	if strings.ContainsAny(text, "#!") {
		for _, m := range refNumber.FindAllStringSubmatch(text, -1) {
			add(m[1])
		}
	}
	return refs
}

// hasHexRun reports whether n hexadecimal digits in small letters stand in a row.
func hasHexRun(text string, n int) bool {
	run := 0
	for i := range len(text) {
		if c := text[i]; c >= '0' && c <= '9' || c >= 'a' && c <= 'f' {
			if run++; run == n {
				return true
			}
			continue
		}
		run = 0
	}
	return false
}

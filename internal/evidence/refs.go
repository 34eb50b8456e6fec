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
	for _, k := range refKey.FindAllString(text, -1) {
		if team, _, _ := strings.Cut(k, "-"); !refNotKeys[team] {
			add(k)
		}
	}
	for _, c := range refCommit.FindAllString(text, -1) {
		if strings.ContainsAny(c, "0123456789") && strings.ContainsAny(c, "abcdef") {
			add(c)
		}
	}
	for _, m := range refNumber.FindAllStringSubmatch(text, -1) {
		add(m[1])
	}
	return refs
}

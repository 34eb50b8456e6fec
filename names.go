package debrief

import (
	"fmt"
	"strings"
)

// name gives the word of a small enumeration, or its number when it has none.
func name(names []string, i int) string {
	if i < 0 || i >= len(names) {
		return fmt.Sprintf("unknown(%d)", i)
	}
	return names[i]
}

// parseName finds the value of a word of a small enumeration.
func parseName(names []string, b []byte, into *int, what string) error {
	for i, n := range names {
		if n == string(b) {
			*into = i
			return nil
		}
	}
	return &Error{
		Kind: Invalid, Field: what,
		Say:  fmt.Sprintf("%q is not a known %s.", b, what),
		Hint: "Known are: " + strings.Join(names, ", ") + ".",
	}
}

package debrief

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// CheckLine gives a text of one line without needless spaces, or an [Error]
// beside the field if it is empty or has more than most characters. What says
// what it is, as the beginning of a sentence ("The title").
func CheckLine(field, what, s string, most int) (string, error) {
	s = strings.Join(strings.Fields(s), " ")
	if s == "" {
		return s, &Error{Kind: Invalid, Field: field, Say: what + " is empty."}
	}
	return s, CheckLength(field, what, s, most)
}

// CheckLength is an [Error] if a text has more than most characters.
func CheckLength(field, what, s string, most int) error {
	if n := utf8.RuneCountInString(s); n > most {
		return &Error{Kind: Invalid, Field: field, Say: fmt.Sprintf("%s has %d characters; %d are the most.", what, n, most)}
	}
	return nil
}

// CheckZone is an [Error] if zone is not the name of a time zone.
func CheckZone(zone string) error {
	if _, err := time.LoadLocation(zone); err != nil || zone == "" || zone == "Local" {
		return &Error{Kind: Invalid, Field: "zone", Say: "This is not the name of a time zone.", Hint: "It looks like Europe/Berlin or America/New_York."}
	}
	return nil
}

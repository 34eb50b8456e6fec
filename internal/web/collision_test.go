package web

import "testing"

func TestBothTextsStandInOne(t *testing.T) {
	for _, c := range []struct{ theirs, mine, want string }{
		{"one\ntwo", "one\ntwo", "one\ntwo"},
		{"one\ntheirs\nthree", "one\nmine\nthree", "one\ntheirs\nmine\nthree"},
		{"one", "one\ntwo", "one\ntwo"},
		{"", "mine", "mine"},
		{"theirs", "", "theirs"},
		{"zero\none", "one\ntwo", "zero\none\ntwo"},
	} {
		if got := bothOf(c.theirs, c.mine); got != c.want {
			t.Errorf("%q and %q become %q, want %q", c.theirs, c.mine, got, c.want)
		}
	}
}

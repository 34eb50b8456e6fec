package web

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestARequestComesFromBehindTrustedProxiesOnly(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, c := range []struct {
		peer      string
		forwarded []string
		want      string
	}{
		{"192.0.2.7:1234", nil, "192.0.2.7"},
		{"192.0.2.7:1234", []string{"203.0.113.5"}, "192.0.2.7"}, // it may say what it likes
		{"10.0.0.1:1234", nil, "10.0.0.1"},
		{"10.0.0.1:1234", []string{"203.0.113.5"}, "203.0.113.5"},
		{"10.0.0.1:1234", []string{"198.51.100.1, 203.0.113.5"}, "203.0.113.5"},
		{"10.0.0.1:1234", []string{"198.51.100.1, 203.0.113.5, 10.2.3.4"}, "203.0.113.5"},
		{"10.0.0.1:1234", []string{"198.51.100.1", "203.0.113.5,10.2.3.4"}, "203.0.113.5"}, // two lines of the head
		{"10.0.0.1:1234", []string{"10.9.9.9, 10.2.3.4"}, "10.9.9.9"},
		{"10.0.0.1:1234", []string{"203.0.113.5:4444"}, "203.0.113.5"},
		{"10.0.0.1:1234", []string{"somebody, 10.2.3.4"}, "10.2.3.4"},
		{"10.0.0.1:1234", []string{"203.0.113.5, unknown"}, "10.0.0.1"},
		{"10.0.0.1:1234", []string{""}, "10.0.0.1"},
		{"[::1]:1234", []string{"[2001:db8:1:2:3:4:5:6]:99"}, "2001:db8:1:2::/64"},
		{"[::1]:1234", []string{"2001:db8:1:2:ffff::1"}, "2001:db8:1:2::/64"},
		{"[::ffff:10.0.0.1]:1234", []string{"::ffff:203.0.113.5"}, "203.0.113.5"},
		{"[fe80::1%eth0]:1234", nil, "fe80::/64"},
		{"@", nil, "@"},
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-For": c.forwarded}}
		if got := from(r, trusted); got != c.want {
			t.Errorf("from %s, said to be for %q, is %q, want %q", c.peer, c.forwarded, got, c.want)
		}
	}
}

// Whatever a request says, it is for the limit where it comes from, or what a proxy that
// one trusts has put last.
func FuzzWhereARequestComesFrom(f *testing.F) {
	f.Add("198.51.100.1, 203.0.113.5")
	f.Add("[2001:db8::1]:80,,::1%x")
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")}
	f.Fuzz(func(t *testing.T, said string) {
		head := http.Header{"X-Forwarded-For": {said}}
		if got := from(&http.Request{RemoteAddr: "192.0.2.7:1", Header: head}, trusted); got != "192.0.2.7" {
			t.Errorf("%q makes a request from elsewhere: %s", said, got)
		}
		head.Add("X-Forwarded-For", "203.0.113.5")
		if got := from(&http.Request{RemoteAddr: "10.0.0.1:1", Header: head}, trusted); got != "203.0.113.5" {
			t.Errorf("%q hides whom the proxy names: %s", said, got)
		}
	})
}

package web

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// from is the network that a request comes from, for the limit on attempts to sign in.
//
// It is the address of the peer, unless that is a proxy one trusts: then it is the last
// address of X-Forwarded-For that is not such a proxy itself. Whatever stands further to
// the left was said by somebody else, who may say anything. Of an address of IPv6 only
// the network counts, since whoever has one has all 2⁶⁴ of it.
func from(r *http.Request, trusted []netip.Prefix) string {
	peer, ok := hostOf(r.RemoteAddr)
	if !ok {
		return r.RemoteAddr // a test's, or a socket's
	}
	trusts := func(a netip.Addr) bool {
		return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	said := strings.Join(r.Header.Values("X-Forwarded-For"), ",")
	for more := true; more && trusts(peer); {
		at := strings.LastIndexByte(said, ',')
		hop := strings.TrimSpace(said[at+1:])
		if more = at >= 0; more {
			said = said[:at]
		}
		before, ok := hostOf(hop)
		if !ok {
			break // the proxy that trusts this one is the last that is known
		}
		peer = before
	}
	if peer.Is6() {
		network, _ := peer.Prefix(64) // of 128 bits there are always 64
		return network.String()
	}
	return peer.String()
}

// hostOf reads an address, with a port or without one.
func hostOf(s string) (netip.Addr, bool) {
	if with, err := netip.ParseAddrPort(s); err == nil {
		return with.Addr().Unmap().WithZone(""), true
	}
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"))
	return a.Unmap().WithZone(""), err == nil
}

package web

import (
	"net/http"
	"time"

	"debrief.dev/debrief"
)

// zoneCookie remembers, for one room, in which zone somebody reads its times.
const zoneCookie = "debrief-zone"

// A zoneChoice is a zone that a room's times can be read in.
type zoneChoice struct {
	Zone string
	Here bool
	To   string // the address that chooses it
}

// zoneNamed gives a zone by its IANA name.
func zoneNamed(name string) (*time.Location, bool) {
	if name == "" || name == "Local" {
		return nil, false
	}
	z, err := time.LoadLocation(name)
	return z, err == nil
}

// readIn gives the zone in which somebody reads a room's times, and what else there is
// to choose: the incident's own, UTC, the organisation's. An address with "zone"
// changes it, and the browser remembers it for the room.
func (s *Site) readIn(w http.ResponseWriter, r *http.Request, a debrief.Actor, in *debrief.Incident) (*time.Location, []zoneChoice, error) {
	z := zoneOf(in)
	names := []string{z.String(), "UTC"}
	if a.May(debrief.SeeOrganisation, nil) == nil {
		o, err := s.cb.Organisation(r.Context(), a)
		if err != nil {
			return z, nil, err
		}
		names = append(names, o.Zone)
	}
	if c, err := r.Cookie(zoneCookie); err == nil {
		if chosen, ok := zoneNamed(c.Value); ok {
			z = chosen
		}
	}
	var unknown error
	if asked := r.URL.Query().Get("zone"); asked != "" {
		if chosen, ok := zoneNamed(asked); ok {
			z = chosen
			http.SetCookie(w, &http.Cookie{Name: zoneCookie, Value: z.String(), Path: "/incidents/" + string(in.ID), MaxAge: int(displayLasts.Seconds()), HttpOnly: true, Secure: s.cfg.Secure, SameSite: http.SameSiteLaxMode})
		} else {
			unknown = &debrief.Error{Kind: debrief.Invalid, Field: "zone", Say: "There is no such time zone.", Hint: "A zone has a name such as Europe/Berlin. Times stay as they were."}
		}
	}
	var all []zoneChoice
	seen := map[string]bool{"": true}
	for _, name := range append(names, z.String()) {
		if !seen[name] {
			seen[name] = true
			all = append(all, zoneChoice{Zone: name, Here: name == z.String()})
		}
	}
	return z, all, unknown
}

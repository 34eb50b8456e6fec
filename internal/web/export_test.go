package web

import (
	"net/http"

	"debrief.dev/debrief"
)

// RouteInfo is a route as a test needs it.
type RouteInfo struct {
	Pattern string
	Open    bool
	Needs   debrief.Action
}

// Routes gives every route.
func Routes() []RouteInfo {
	var out []RouteInfo
	for _, r := range (&Site{}).routes() {
		out = append(out, RouteInfo{r.pattern, r.open, r.needs})
	}
	return out
}

// Broken is the site with one handler, which does what a test wants to see.
func (s *Site) Broken(do func() error) http.Handler {
	return s.safely(s.serve(route{pattern: "/", open: true, do: func(http.ResponseWriter, *http.Request, debrief.Actor) error { return do() }}))
}

// PretendScripts draws pages as they are with the bundle of scripts, also where it was
// not built.
func (s *Site) PretendScripts() { s.scripts = true }

// Policy is the content security policy of every answer.
const Policy = policy

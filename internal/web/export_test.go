package web

import "debrief.dev/debrief"

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

package web

import (
	"net/http"
	"net/url"
	"time"

	"debrief.dev/debrief"
)

// displayCookie remembers whether somebody wants pages light or dark. It says nothing
// about who they are, and works before anybody has signed in.
const displayCookie = "debrief-display"

// displayLasts is how long a browser remembers it.
const displayLasts = 365 * 24 * time.Hour

// A displayChoice is how pages can look, in a word.
type displayChoice struct{ Value, Word string }

// displays are the choices; the first leaves it to the system.
var displays = []displayChoice{{"", "As the system"}, {"light", "Light"}, {"dark", "Dark"}}

// displayOf gives what somebody chose, or nothing.
func displayOf(r *http.Request) string {
	c, err := r.Cookie(displayCookie)
	if err != nil {
		return ""
	}
	for _, d := range displays {
		if d.Value == c.Value {
			return c.Value
		}
	}
	return ""
}

// here is the address of the page that a request leads to, for a form that comes back
// to it: the page that a refused form stood on, and otherwise the page itself.
func here(r *http.Request) string {
	if r.Method == http.MethodGet {
		return local(r.URL.RequestURI())
	}
	if u, err := url.Parse(r.Referer()); err == nil && u.Host == r.Host {
		return local(u.RequestURI())
	}
	return "/"
}

// display remembers a choice. The page is drawn again with it.
func (s *Site) display(w http.ResponseWriter, r *http.Request, _ debrief.Actor) error {
	f := formOf(r)
	c := &http.Cookie{Name: displayCookie, Path: "/", MaxAge: int(displayLasts.Seconds()), HttpOnly: true, Secure: s.cfg.Secure, SameSite: http.SameSiteLaxMode}
	for _, d := range displays[1:] {
		if d.Value == f.Get("display") {
			c.Value = d.Value
		}
	}
	if c.Value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
	http.Redirect(w, r, local(f.Get("back")), http.StatusSeeOther)
	return nil
}

package web

import (
	"net/http"
	"net/url"
	"strings"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/auth"
)

// cookieName holds the token of a session. Over TLS the prefix keeps other hosts
// and paths from setting it.
const cookieName = "debrief"

func (s *Site) cookie() string {
	if s.cfg.Secure {
		return "__Host-" + cookieName
	}
	return cookieName
}

// who gives who asks, or an empty actor.
func (s *Site) who(r *http.Request) (debrief.Actor, error) {
	c, err := r.Cookie(s.cookie())
	if err != nil {
		return debrief.Actor{}, nil
	}
	a, err := s.gate.Actor(r.Context(), c.Value)
	if err != nil {
		return debrief.Actor{}, err
	}
	a.Door = "web"
	return a, nil
}

// keep gives the browser the token of a session; an empty one takes it away.
func (s *Site) keep(w http.ResponseWriter, token string) {
	age := int(auth.SessionLasts.Seconds())
	if token == "" {
		age = -1
	}
	http.SetCookie(w, &http.Cookie{
		Name: s.cookie(), Value: token, Path: "/", MaxAge: age, HttpOnly: true, Secure: s.cfg.Secure, SameSite: http.SameSiteLaxMode,
	})
}

// next is where somebody wanted to go, for after signing in.
func next(r *http.Request) string {
	if r.Method != http.MethodGet {
		return "/"
	}
	return url.QueryEscape(r.URL.RequestURI())
}

// local gives a path of this site, and "/" for anything else: a link must not
// send anybody elsewhere.
func local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n") {
		return "/"
	}
	return u.RequestURI()
}

// device names the browser, for the list of sessions.
func device(r *http.Request) string {
	agent := r.UserAgent()
	name := "A browser"
	for _, b := range [...][2]string{{"Edg/", "Edge"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}} {
		if strings.Contains(agent, b[0]) {
			name = b[1]
			break
		}
	}
	for _, system := range [...][2]string{{"Android", "Android"}, {"iPhone", "an iPhone"}, {"iPad", "an iPad"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"}} {
		if strings.Contains(agent, system[0]) {
			return name + " on " + system[1]
		}
	}
	return name
}

func (s *Site) firstPage(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	first, err := s.gate.FirstRun(r.Context())
	if err != nil {
		return err
	}
	if !first {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return nil
	}
	s.show(w, r, a, page{name: "first", Title: "Set up Debrief"})
	return nil
}

func (s *Site) first(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	f := formOf(r)
	token, _, err := s.gate.Found(r.Context(), auth.Found{
		Organisation: f.Get("organisation"), Zone: f.Get("zone"), Name: f.Get("name"), Email: f.Get("email"), Password: f.Get("password"),
		Device: device(r), Door: "web",
	})
	if problem, ok := refused(err); ok {
		s.show(w, r, a, page{name: "first", Title: "Set up Debrief", Problem: problem, Form: f})
		return nil
	}
	if err != nil {
		return err
	}
	s.keep(w, token)
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}

func (s *Site) signInPage(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	if a.ID != "" {
		http.Redirect(w, r, local(r.URL.Query().Get("to")), http.StatusSeeOther)
		return nil
	}
	s.show(w, r, a, page{name: "signin", Title: "Sign in", Form: form{"to": {local(r.URL.Query().Get("to"))}}})
	return nil
}

func (s *Site) signIn(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	f := formOf(r)
	token, _, err := s.gate.SignIn(r.Context(), auth.SignIn{Email: f.Get("email"), Password: f.Get("password"), Device: device(r), From: from(r, s.cfg.Proxies), Door: "web"})
	if e, ok := refused(err); ok || debrief.KindOf(err) == debrief.Denied && err != nil {
		if e == nil {
			e = &debrief.Error{Kind: debrief.Denied, Say: err.Error(), Hint: debrief.HintOf(err)}
		}
		s.show(w, r, a, page{name: "signin", Title: "Sign in", Problem: e, Form: f})
		return nil
	}
	if err != nil {
		return err
	}
	s.keep(w, token)
	http.Redirect(w, r, local(f.Get("to")), http.StatusSeeOther)
	return nil
}

func (s *Site) signOut(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	if err := s.gate.SignOut(r.Context(), a); err != nil {
		return err
	}
	s.keep(w, "")
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	return nil
}

func (s *Site) invitationPage(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	i, err := s.gate.Invitation(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	s.show(w, r, a, page{name: "invitation", Title: "Join", Body: i, Form: form{"name": {i.Name}}})
	return nil
}

func (s *Site) accept(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	f := formOf(r)
	i, err := s.gate.Invitation(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	token, _, err := s.gate.Accept(r.Context(), auth.Accept{Token: r.PathValue("token"), Name: f.Get("name"), Password: f.Get("password"), Device: device(r), Door: "web"})
	if problem, ok := refused(err); ok {
		s.show(w, r, a, page{name: "invitation", Title: "Join", Body: i, Problem: problem, Form: f})
		return nil
	}
	if err != nil {
		return err
	}
	s.keep(w, token)
	to := "/"
	if i.Incident != "" {
		to = "/incidents/" + string(i.Incident)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

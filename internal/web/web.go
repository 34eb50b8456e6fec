// Package web is the room in a browser: pages over package casebook.
//
// A request goes one way. routes.go is the table of everything that can be
// asked for; a handler reads the form, calls one method of the casebook or of the
// gate, and either shows a page or sends the browser to the next one. What is not
// allowed or not understood comes back as a [debrief.Error] and is shown as a page,
// or on the form that was sent, with everything that was typed.
//
// Every page works without JavaScript, and none has an inline script or style. The
// editor of a section brings its looks along, by a nonce of that answer; no other page
// needs an exception from the strictest content security policy.
// What others wrote (evidence, names, titles) is only ever text for the template
// engine, or Markdown that drops HTML.
package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/auth"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/live"
	"debrief.dev/debrief/internal/store"
)

// Config says what the pages work with.
type Config struct {
	Casebook *casebook.Casebook
	Gate     *auth.Gate
	// Live tells open pages to look again; nil means that they are not told.
	Live *live.Hub
	// Address is where browsers find the site, without a slash at its end; empty means
	// where the request that asks came to.
	Address string
	// Mails says that whom one invites or sends a pre-read to gets a mail, too.
	Mails bool
	// Secure says that browsers come over TLS, so cookies are for TLS only.
	Secure bool
	// Proxies are the networks of proxies that say truly where a request comes from.
	Proxies []netip.Prefix
	// Log takes what an operator should know, and never what people wrote.
	Log *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Observe, if it is set, hears of every answer: the pattern of its route and never
	// its address, its status, how long it took, and whether it was a stream of changes.
	Observe func(route string, status int, took time.Duration, stream bool)
	// Version is shown in the foot of the help page.
	Version string
}

// A Site serves the pages.
type Site struct {
	cb      *casebook.Casebook
	gate    *auth.Gate
	cfg     Config
	log     *slog.Logger
	pages   map[string]*template.Template
	handler http.Handler
	ending  atomic.Bool // see End
	drawn   *drawn
	scripts bool // the bundle was built, see tools/ui.sh
}

//go:embed pages/*.html
var pageFiles embed.FS

//go:embed static/*
var staticFiles embed.FS

// New makes the site. The error is about its own templates.
func New(cfg Config) (*Site, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Site{cb: cfg.Casebook, gate: cfg.Gate, cfg: cfg, log: cfg.Log, pages: map[string]*template.Template{}}
	names, err := fs.Glob(pageFiles, "pages/*.html")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		page := strings.TrimSuffix(strings.TrimPrefix(name, "pages/"), ".html")
		if page == "layout" || page == "parts" {
			continue
		}
		t, err := template.New("layout.html").Funcs(functions).ParseFS(pageFiles, "pages/layout.html", "pages/parts.html", name)
		if err != nil {
			return nil, err
		}
		s.pages[page] = t
	}
	if s.drawn, err = newDrawn(); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.Handle(r.pattern, s.serve(r))
	}
	static, err := fs.Sub(staticFiles, "static")
	if err != nil {
		return nil, err
	}
	_, err = fs.Stat(static, "dist/app.js")
	s.scripts = err == nil
	tags, err := contentTags(static)
	if err != nil {
		return nil, err
	}
	mux.Handle("GET /static/", http.StripPrefix("/static/", cached(http.FileServerFS(static), tags)))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", s.ready)
	mux.Handle("/", s.serve(route{pattern: "/", open: true, do: func(http.ResponseWriter, *http.Request, debrief.Actor) error {
		return &debrief.Error{Kind: debrief.NotFound, Say: "There is no such page.", Hint: "The link may be old. The list of incidents is a good place to begin."}
	}}))
	packed, err := packing()
	if err != nil {
		return nil, err
	}
	// A form that another site made is refused before anything looks at it.
	s.handler = s.observed(packed(s.safely(http.NewCrossOriginProtection().Handler(mux))))
	return s, nil
}

// ServeHTTP makes the site a handler.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// policy is the content security policy of every page.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// safely sets what every answer carries, and turns a panic into a page.
func (s *Site) safely(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				s.log.Error("a page stopped", "method", r.Method, "route", r.Pattern, "problem", store.ForLog(p), "stack", string(debug.Stack()))
				s.fail(w, r, debrief.Actor{}, errors.New("panic"))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// End makes /readyz say that no more requests should come, before the server stops
// taking them.
func (s *Site) End() { s.ending.Store(true) }

// ready says whether requests may come: the database answers, and nobody has asked the
// server to end.
func (s *Site) ready(w http.ResponseWriter, r *http.Request) {
	if s.ending.Load() {
		http.Error(w, "The server is about to end.", http.StatusServiceUnavailable)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	if err := s.cb.Ready(ctx); err != nil {
		s.log.Error("not ready", "error", store.ForLog(err))
		http.Error(w, "The database does not answer.", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
}

// A route is one thing that can be asked for.
type route struct {
	pattern string         // method and path, as [http.ServeMux] has it
	open    bool           // nobody needs to be signed in
	needs   debrief.Action // what the casebook asks permission for; of an incident, if the path names one
	do      handler
}

// A handler answers a request of an actor. Its error is shown to the person.
type handler func(w http.ResponseWriter, r *http.Request, a debrief.Actor) error

// serve finds out who asks, and runs the handler of a route.
func (s *Site) serve(route route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, err := s.who(r)
		if err != nil && debrief.KindOf(err) != debrief.NotFound {
			s.fail(w, r, a, err)
			return
		}
		if a.ID == "" && !route.open {
			first, err := s.gate.FirstRun(r.Context())
			switch {
			case err != nil:
				s.fail(w, r, a, err)
			case first:
				http.Redirect(w, r, "/first", http.StatusSeeOther)
			default:
				http.Redirect(w, r, "/sign-in?to="+next(r), http.StatusSeeOther)
			}
			return
		}
		if err := s.allowed(r, a, route); err != nil {
			s.fail(w, r, a, err)
			return
		}
		if err := route.do(w, r, a); err != nil {
			s.fail(w, r, a, err)
		}
	})
}

// allowed asks for the permission that a route needs, before anything of the form is
// looked at. The casebook asks again, in the transaction that acts.
func (s *Site) allowed(r *http.Request, a debrief.Actor, route route) error {
	if route.open || route.needs == anybody {
		return nil
	}
	if r.PathValue("incident") == "" {
		return a.May(route.needs, nil)
	}
	in, err := s.cb.Incident(r.Context(), a, debrief.IncidentID(r.PathValue("incident")))
	if err != nil {
		return err
	}
	return a.May(route.needs, in)
}

// statuses say how an error is told to a browser.
var statuses = map[debrief.ErrorKind]int{
	debrief.Internal: http.StatusInternalServerError, debrief.Invalid: http.StatusUnprocessableEntity, debrief.NotFound: http.StatusNotFound,
	debrief.Denied: http.StatusForbidden, debrief.Conflict: http.StatusConflict, debrief.Unavailable: http.StatusServiceUnavailable, debrief.TooLarge: http.StatusRequestEntityTooLarge,
}

// fail shows an error as a page. What nobody classified is logged and shown as one
// calm sentence.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, a debrief.Actor, err error) {
	if r.Context().Err() != nil {
		return // nobody waits for the answer
	}
	e := &debrief.Error{Kind: debrief.Internal}
	if !errors.As(err, &e) || e.Kind == debrief.Internal {
		p := errorPage{Reference: s.reference()}
		s.log.Error("a request failed", "reference", p.Reference, "method", r.Method, "route", r.Pattern, "error", store.ForLog(err))
		p.Error = &debrief.Error{Kind: debrief.Internal, Say: "This did not work. It is our doing.", Hint: "Nothing you wrote is lost. Try again; if it stays so, whoever runs this installation finds the reason in its log, under the reference."}
		s.show(w, r, a, page{name: "error", Title: p.Say, Body: p, status: statuses[e.Kind]})
		return
	}
	s.show(w, r, a, page{name: "error", Title: e.Say, Body: errorPage{Error: e}, status: statuses[e.Kind]})
}

// errorPage is what went otherwise, and under what an operator finds it in the log.
type errorPage struct {
	*debrief.Error
	Reference string
}

// reference names one event, for a person to say and an operator to find.
func (s *Site) reference() string {
	r := strings.ToLower(rand.Text())
	return r[:4] + "-" + r[4:8]
}

// page is what a template is given.
type page struct {
	name     string
	status   int
	Title    string            // what the page is about
	Here     string            // which part of the site, or of the incident
	Actor    debrief.Actor     //
	Incident *debrief.Incident // whose room it is, if it is one
	Edit     *debrief.Edit     // the last change, which can be undone
	Problem  *debrief.Error    // why the form was not taken
	Form     form              // what was typed
	Refresh  int               // seconds after which the page looks again, while something is being read
	Body     any               // what the page itself needs
	Scripts  bool              // there is a bundle of scripts
	Far      store.Tally       // how much there is of the incident
	Nonce    string            // lets the editor bring its looks along, on the page that has one
	Display  string            // "light" or "dark", if somebody chose
	Back     string            // the address of this page, for a form that comes back to it
}

// Kind is which template draws the page; looks for paper go by it.
func (p page) Kind() string { return p.name }

// show writes a page. It is whole or not there at all.
func (s *Site) show(w http.ResponseWriter, r *http.Request, a debrief.Actor, p page) {
	p.Actor, p.Scripts, p.Display, p.Back = a, s.scripts, displayOf(r), here(r)
	if p.Incident != nil {
		var err error
		if p.Far, err = s.cb.Progress(r.Context(), a, p.Incident.ID); err != nil {
			s.fail(w, r, a, err)
			return
		}
	}
	if p.name == "section" {
		p.Nonce = rand.Text()
		w.Header().Set("Content-Security-Policy", strings.Replace(policy, "style-src 'self'", "style-src 'self' 'nonce-"+p.Nonce+"'", 1))
	}
	t := s.pages[p.name]
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout.html", p); err != nil {
		reference := s.reference()
		s.log.Error("a template failed", "reference", reference, "page", p.name, "error", store.ForLog(err))
		http.Error(w, "This page could not be drawn. It is our doing, and nothing you wrote is lost. Reference "+reference+".", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if p.status == 0 {
		p.status = http.StatusOK
		if p.Problem != nil {
			p.status = statuses[p.Problem.Kind]
		}
	}
	w.WriteHeader(p.status)
	if r.Method != http.MethodHead {
		_, _ = b.WriteTo(w) // the browser may be gone
	}
}

// refused gives the error to show on a form, if it is about what was typed.
func refused(err error) (*debrief.Error, bool) {
	e := &debrief.Error{}
	if errors.As(err, &e) && (e.Kind == debrief.Invalid || e.Kind == debrief.Conflict || e.Kind == debrief.Denied && e.Field != "" || e.Kind == debrief.TooLarge) {
		return e, true
	}
	return nil, false
}

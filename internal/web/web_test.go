package web_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/textproto"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/html"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/auth"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/jobs"
	"debrief.dev/debrief/internal/live"
	"debrief.dev/debrief/internal/store"
	"debrief.dev/debrief/internal/web"
)

const password = "four ordinary words"

// A room is an installation behind a server, for a test.
type room struct {
	*testing.T
	server *httptest.Server
	site   *web.Site
	cb     *casebook.Casebook
	gate   *auth.Gate
	run    *jobs.Runner
	log    *bytes.Buffer
	st     *store.Store
}

func newRoom(t *testing.T) *room {
	t.Helper()
	return newRoomWith(t, nil, false)
}

// newLiveRoom is a room whose open pages are told of changes.
func newLiveRoom(t *testing.T) *room {
	t.Helper()
	hub := live.New()
	r := newRoomWith(t, hub, false)
	t.Cleanup(hub.Close) // before the server, which waits for its connections
	go func() { _ = hub.Run(t.Context(), r.cb) }()
	return r
}

func newRoomWith(t *testing.T, hub *live.Hub, mails bool) *room {
	t.Helper()
	r := &room{T: t, log: &bytes.Buffer{}}
	var ids atomic.Int64
	folder := t.TempDir()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	st, err := store.Open(t.Context(), store.Config{
		Folder: folder, Now: func() time.Time { return now }, ID: func(prefix string) string { return fmt.Sprintf("%s%05d", prefix, ids.Add(1)) },
	})
	r.ok(err)
	r.st = st
	t.Cleanup(func() { r.ok(st.Close()) })
	log := slog.New(slog.NewTextHandler(r.log, nil))
	gate, address := []auth.Option{auth.Cheap()}, ""
	if mails {
		gate, address = append(gate, auth.Mails()), "https://debrief.example.com"
	}
	r.gate = auth.New(st, gate...)
	r.cb, err = casebook.Open(casebook.Config{Store: st, Folder: folder, Mails: mails, Log: log})
	r.ok(err)
	r.run = jobs.New(st, log)
	r.cb.Register(r.run)
	site, err := web.New(web.Config{Casebook: r.cb, Gate: r.gate, Live: hub, Address: address, Mails: mails, Log: log, Version: "test", Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Now: func() time.Time { return now }})
	r.ok(err)
	r.site = site
	r.server = httptest.NewServer(site)
	t.Cleanup(r.server.Close)
	return r
}

func (r *room) ok(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// A browser is somebody with cookies, who follows links and sends forms.
type browser struct {
	*room
	client *http.Client
	path   string // of the page it shows
	status int
	page   string
	header http.Header
}

func (r *room) browser() *browser {
	jar, err := cookiejar.New(nil)
	r.ok(err)
	return &browser{room: r, client: &http.Client{Jar: jar}}
}

func (b *browser) do(req *http.Request) *browser {
	b.Helper()
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := b.client.Do(req)
	b.ok(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	b.ok(err)
	b.path, b.status, b.page, b.header = res.Request.URL.RequestURI(), res.StatusCode, string(body), res.Header
	b.safe(res)
	return b
}

func (b *browser) get(path string) *browser {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, b.server.URL+path, nil)
	b.ok(err)
	return b.do(req)
}

func (b *browser) send(path string, pairs ...string) *browser {
	b.Helper()
	return b.sendAs(http.MethodPost, path, pairs...)
}

func (b *browser) sendAs(method, path string, pairs ...string) *browser {
	b.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequestWithContext(b.Context(), method, b.server.URL+path, strings.NewReader(form.Encode()))
	b.ok(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(req)
}

// with sends a body as a script of the page does.
func (b *browser) with(method, path, body string) *browser {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), method, b.server.URL+path, strings.NewReader(body))
	b.ok(err)
	req.Header.Set("Accept", "application/json")
	return b.do(req)
}

// upload sends files as a browser does that was given a folder.
func (b *browser) upload(path string, files map[string]string) *browser {
	b.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		h := textproto.MIMEHeader{}
		h.Set("Content-Disposition", fmt.Sprintf(`form-data; name="files"; filename="%s"`, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name)))
		part, err := w.CreatePart(h)
		b.ok(err)
		_, err = io.WriteString(part, files[name])
		b.ok(err)
	}
	b.ok(w.Close())
	req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.server.URL+path, &body)
	b.ok(err)
	req.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(req)
}

// shows fails if the page is not the one expected.
func (b *browser) shows(status int, words ...string) *browser {
	b.Helper()
	if b.status != status {
		b.Fatalf("%s answers %d, expected %d:\n%s", b.path, b.status, status, b.page)
	}
	for _, w := range words {
		if !strings.Contains(b.page, w) {
			b.Fatalf("%s lacks %q:\n%s", b.path, w, b.page)
		}
	}
	return b
}

func (b *browser) lacks(words ...string) *browser {
	b.Helper()
	for _, w := range words {
		if strings.Contains(b.page, w) {
			b.Fatalf("%s has %q:\n%s", b.path, w, b.page)
		}
	}
	return b
}

// find gives what a pattern's group matches on the page.
func (b *browser) find(pattern string) string {
	b.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(b.page)
	if m == nil {
		b.Fatalf("%s has nothing like %s:\n%s", b.path, pattern, b.page)
	}
	return m[1]
}

// safe holds what is true of every answer: a strict policy, and nothing inline.
func (b *browser) safe(res *http.Response) {
	b.Helper()
	policy := res.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		b.Errorf("%s has the policy %q", b.path, policy)
	}
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") || strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") {
		return // what a browser saves is no page of this site
	}
	own := strings.Replace(b.page, `<script type="module" src="/static/dist/app.js"></script>`, "", 1)
	for z := html.NewTokenizer(strings.NewReader(own)); z.Next() != html.ErrorToken; {
		tag := z.Token()
		if tag.Data == "script" || tag.Data == "iframe" || tag.Data == "style" {
			b.Errorf("%s has the tag %s", b.path, tag)
		}
		for _, attribute := range tag.Attr {
			if strings.HasPrefix(attribute.Key, "on") || attribute.Key == "style" || strings.HasPrefix(strings.TrimSpace(strings.ToLower(attribute.Val)), "javascript:") && attribute.Key != "value" {
				b.Errorf("%s has the attribute %s in %s", b.path, attribute.Key, tag)
			}
		}
	}
}

// sample gives the files of the sample incident, as a folder.
func (r *room) sample() map[string]string {
	r.Helper()
	root := filepath.Join("..", "..", "testdata", "incidents", "edge-setting")
	files := map[string]string{}
	r.ok(filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(p)
		rel, _ := filepath.Rel(root, p)
		files["edge-setting/"+filepath.ToSlash(rel)] = string(data)
		return err
	}))
	return files
}

// first sets the installation up and gives its first account.
func (r *room) first() *browser {
	r.Helper()
	ana := r.browser()
	ana.get("/").shows(200, "Set up Debrief")
	ana.send("/first", "organisation", "Harbour Ltd", "name", "Ana", "email", "ana@example.com", "password", password).shows(200, "Nothing needs you")
	return ana
}

func (r *room) join(ana *browser, name, role string) *browser {
	r.Helper()
	link := ana.send("/people/invitations", "email", name+"@example.com", "role", role).find(`/invitations/(\w+)`)
	b := r.browser()
	b.get("/invitations/"+link).shows(200, name+"@example.com")
	return b.send("/invitations/"+link, "name", name, "password", password).shows(200)
}

func TestFromFirstStartToAPrereadThatWasRead(t *testing.T) {
	r := newRoom(t)
	ana := r.first()
	ben := r.join(ana, "Ben", "member")

	ana.send("/incidents", "title", "", "visibility", "organisation").shows(422, `role="alert"`)
	ana.send("/incidents", "title", "Edge answers 503", "visibility", "organisation", "zone", "UTC").shows(200, "Nothing captured yet")
	room := strings.TrimSuffix(ana.path, "/evidence")
	ana.upload(room+"/evidence", r.sample()).shows(200, "Waits to be read", `http-equiv="refresh"`)
	r.ok(r.run.Drain(t.Context()))
	ana.get(room+"/evidence").shows(200, "Read: ", "What was read, and what was not").lacks("http-equiv")
	ana.get(room+"/evidence?q=status+page&show=rest").shows(200, "Add to story")

	// The proposal is a suggestion until somebody accepts it; each step can be undone.
	ana.get(room+"/timeline").shows(200, "Suggested", "0 entries in the story")
	entry := ana.find(`name="entry" value="(\w+)"`)
	ana.send(room+"/timeline/accept", "entry", entry).shows(200, "1 entry in the story", "Last change: accepted 1 entry")
	ben.get(room+"/timeline").shows(200, "1 entry in the story")
	ana.send(room+"/timeline/undo", "edit", ana.find(`name="edit" value="(\w+)"`)).shows(200, "0 entries in the story")
	all := regexp.MustCompile(`name="entry" value="(\w+)"`).FindAllStringSubmatch(ana.page, -1)
	var accept []string
	for _, m := range all {
		accept = append(accept, "entry", m[1])
	}
	ana.send(room+"/timeline/accept", accept...).shows(200, "entries in the story").lacks("Suggested")

	// An entry is edited; who comes later with an old revision keeps what they typed.
	ana.get(room+"/entries/"+entry).shows(200, "Evidence", "How exact")
	rev := ana.find(`name="rev" value="(\d+)"`)
	at := ana.find(`name="at" type="datetime-local" step="1" value="([^"]+)"`)
	words := func(text, at string) []string {
		return []string{"rev", rev, "text", text, "at", at, "precision", "minute", "kind", "signal", "signal", "missing", "status", "reported"}
	}
	ben.send(room+"/entries/"+entry, words("The alert had no receiver.", at)...).shows(200, "The alert had no receiver.", "Missing")
	ana.send(room+"/entries/"+entry, words("Nobody was paged.", at)...).shows(409, "Nobody was paged.", `role="alert"`, "As it is now", "The alert had no receiver.")
	rev = ana.find(`name="rev" value="(\d+)"`)
	ana.send(room+"/entries/"+entry, words("No pager had a receiver.", at)...).shows(200, "No pager had a receiver.")
	ana.send(room+"/entries/"+entry, words("Nothing.", "half past")...).shows(422).lacks("As it is now")
	ana.send(room+"/entries", append(words("The review began.", "half past"), "x", "y")...).shows(422, "not a full time yet", "The review began.")
	ana.send(room+"/entries", words("The review began.", "2021-06-08T12:40")...).shows(200, "The review began.")

	// Questions are answered, the draft is written in, sent and read.
	r.ok(r.run.Drain(t.Context()))
	ana.get(room+"/preread").shows(200, "What happened and when", "Send the pre-read")
	question := ana.find(`/questions/([^"/]+)"`)
	ana.send(room+"/questions/"+question, "text", "").shows(422, "Not known is a good answer")
	ana.send(room+"/questions/"+question, "text", "About 4 % of requests.").shows(200, "About 4 % of requests.")
	// Who answers at the same time loses nothing, and can decide.
	ben.send(room+"/questions/"+question, "text", "A third of all sites.").shows(409, "changed meanwhile", "<p>About 4 % of requests.</p>", ">A third of all sites.</textarea>")
	ben.send(room+"/questions/"+question, "rev", ben.find(`name="rev" value="(\d+)"><label class="unseen" for="change-`+question), "text", "4 % of requests, a third of all sites.").shows(200, "<p>4 % of requests, a third of all sites.</p>").lacks("<p>About 4 %")
	ben.send(room+"/questions/"+question, "rev", "99", "text", strings.Repeat("long", 8_000)).shows(422, "longlong</textarea>")
	ben.send(room+"/questions/none", "text", "Typed for nothing?").shows(409, "not asked any more", "What you typed", "Typed for nothing?")
	section := ana.find(`/preread/(\w+)"`)
	ana.get(room+"/preread/"+section).shows(200, "Notes on wording")
	old := ana.find(`name="rev" value="(\d+)"`)
	ana.send(room+"/preread/"+section, "rev", old, "do", "look", "body", "Dan broke checkout.").shows(200, "A person stands where a cause belongs", "Dan broke checkout.")
	ana.send(room+"/preread/"+section, "rev", old, "body", "The limit was reached.").shows(200, "The limit was reached.")
	ben.send(room+"/preread/"+section, "rev", old, "body", "The queue was full.").shows(409, "The queue was full.", `<ins class="added">limit </ins>`, "Saved meanwhile by Ana")
	// Whichever way leads on, the other text stays as a version.
	theirs := ben.find(`name="rev" value="(\d+)"`)
	ben.send(room+"/preread/"+section, "rev", theirs, "body", "The queue was full.", "do", "mine").shows(200, "The queue was full.")
	ben.send(room+"/preread/"+section, "rev", theirs, "body", "The queue was empty.", "do", "theirs").shows(409, `<ins class="added">full.</ins>`)
	theirs = ben.find(`name="rev" value="(\d+)"`)
	ben.send(room+"/preread/"+section, "rev", theirs, "body", "The limit was reached.", "do", "theirs").shows(200, "The queue was full.")
	ben.get(room+"/preread/"+section).shows(200, "4 earlier versions")
	ben.send(room+"/preread/"+section, "rev", ben.find(`name="rev" value="(\d+)"`), "body", "The limit was reached.").shows(200, "The limit was reached.")
	ana.get(room+"/preread/"+section).shows(200, "earlier version")

	ana.get(room + "/preread")
	to := ana.find(`name="to" value="(\w+)"[^>]*><span>Ben`)
	ana.send(room+"/sendings").shows(422, "Nobody is chosen")
	ana.send(room+"/sendings", "to", to, "note", "Five minutes before Thursday").shows(200, "The limit was reached.", "0 of 1")
	ben.get("/").shows(200, "One thing needs you", "Read a pre-read", "\u2068Ana\u2069 sent it to you.", "Edge answers 503")
	ben.get(ben.find(`href="(/incidents/\w+/sendings/\w+)"`)).shows(200, "Five minutes before Thursday", "I have read it")
	ben.send(ben.path+"/read").shows(200, "You have read it")
	ana.get(room+"/activity").shows(200, "Ben has read the pre-read.", "Ana opened the incident.").lacks("The limit was reached", "About 4 %")
	if text := r.log.String(); strings.Contains(text, "limit was reached") || strings.Contains(text, password) {
		t.Errorf("the log holds what somebody wrote:\n%s", text)
	}
}

// expected is what a request of an actor may be answered with: its own error, or
// anything but "not signed in", "not allowed" and "not there".
func expected(err error) (status int, exactly bool) {
	switch debrief.KindOf(err) {
	case debrief.NotFound:
		return 404, true
	case debrief.Denied:
		return 403, true
	}
	return 0, false
}

// Every route, asked for by everybody, of incidents of every visibility, answers as
// the one function about permission says. A new route is asked for without being
// added here.
func TestEveryRouteAsksForPermission(t *testing.T) {
	r := newRoom(t)
	ana := r.first()
	ben, out := r.join(ana, "Ben", "member"), r.join(ana, "Out", "member")
	ana.send("/teams", "team", "Delivery", "function", "delivers").shows(200, "Delivery")
	team := ana.find(`/teams/(\w+)/people`)
	benID := ana.find(`value="(\w+)">Ben`)
	ana.send("/teams/"+team+"/people", "user", benID).shows(200)

	rooms := map[string]string{}
	for name, access := range map[string][]string{"organisation": nil, "teams": {"team", team}, "restricted": nil} {
		ben.send("/incidents", append([]string{"title", "For " + name, "visibility", name}, access...)...).shows(200)
		rooms[name] = strings.TrimSuffix(ben.path, "/evidence")
	}
	guest := r.browser()
	link := ben.send(rooms["restricted"]+"/guests", "email", "gil@example.com", "name", "Gil").shows(200).find(`/invitations/(\w+)`)
	guest.send("/invitations/"+link, "name", "Gil", "password", password).shows(200)
	nobody := r.browser()

	actor := func(b *browser) debrief.Actor {
		for _, c := range b.client.Jar.Cookies(must(url.Parse(r.server.URL))) {
			a, err := r.gate.Actor(t.Context(), c.Value)
			r.ok(err)
			return a
		}
		return debrief.Actor{}
	}
	people := map[string]*browser{"administrator": ana, "opener": ben, "member": out, "guest": guest, "nobody": nobody}
	for _, route := range web.Routes() {
		method, path, _ := strings.Cut(route.Pattern, " ")
		if route.Open || path == "/sign-out" {
			continue
		}
		for who, b := range people {
			a := actor(b)
			for name, in := range rooms {
				inRoom := strings.HasPrefix(path, "/incidents/{incident}")
				if !inRoom && name != "organisation" {
					continue
				}
				address := strings.NewReplacer("/incidents/{incident}", in, "{$}", "", "{team}", "tea_none", "{user}", "usr_none", "{session}", "ses_none", "{invitation}", "inv_none", "{unseen}", "inc_none",
					"{upload}", "upl_none", "{piece}", "evi_none", "{entry}", "ent_none", "{section}", "sec_none", "{version}", "1", "{question}", "C0-1", "{sending}", "sen_none", "{format}", "pdf").Replace(path)
				b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
				if method == "GET" {
					b.get(address)
				} else {
					b.sendAs(method, address)
				}
				b.client.CheckRedirect = nil
				told := fmt.Sprintf("%s as %s, visible to %s", route.Pattern, who, name)
				if a.ID == "" {
					if b.status != http.StatusSeeOther {
						t.Errorf("%s: answers %d to nobody", told, b.status)
					}
					continue
				}
				if route.Needs < 0 {
					if b.status >= 400 && b.status != 404 && b.status != 422 {
						t.Errorf("%s: answers %d", told, b.status)
					}
					continue
				}
				var incident *debrief.Incident
				if inRoom {
					incident = r.incident(t, actor(ben), in)
				}
				want, exactly := expected(a.May(route.Needs, incident))
				switch {
				case exactly && b.status != want:
					t.Errorf("%s: answers %d, the permission says %d", told, b.status, want)
				case !exactly && b.status == 403:
					t.Errorf("%s: is refused, and the permission says yes:\n%s", told, b.page)
				}
			}
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (r *room) incident(t *testing.T, a debrief.Actor, path string) *debrief.Incident {
	t.Helper()
	in, err := r.cb.Incident(t.Context(), a, debrief.IncidentID(strings.TrimPrefix(path, "/incidents/")))
	r.ok(err)
	return in
}

// What others wrote is text, wherever it comes out.
func TestHostileEvidenceIsInert(t *testing.T) {
	const hostile = `<script>alert(1)</script><img src=x onerror=alert(2)>"'><svg onload=alert(3)> javascript:alert(4) =cmd|'/c calc'!A1 ` + "\u202egpj.exe \U0001F600"
	r := newRoom(t)
	ana := r.first()
	ana.send("/account/name", "name", "Ana <b>bold</b>").shows(200)
	ana.send("/incidents", "title", hostile[:90], "visibility", "organisation").shows(200)
	room := strings.TrimSuffix(ana.path, "/evidence")
	ana.upload(room+"/evidence", map[string]string{
		`dir/<img src=x onerror=alert(5)>.md`: "# Notes\n\n14:02 UTC " + hostile + "\n\n14:05 UTC rolled back " + hostile + "\n",
		"../../escape.txt":                    "14:07 UTC out of the folder\n",
	})
	ana.upload(room+"/evidence", map[string]string{`dir/<img src=x onerror=alert(5)>.md`: "# Notes\n\n2026-03-01 14:02 UTC " + hostile + "\n\n2026-03-01 14:05 UTC rolled back the deploy " + hostile + "\n"})
	ana.send(room+"/evidence/text", "title", hostile[:60], "text", "2026-03-01 14:09 UTC "+hostile)
	r.ok(r.run.Drain(t.Context()))
	ana.send(room+"/entries", "text", hostile, "at", "2026-03-01T14:02", "precision", "minute", "kind", "next", "status", "observed")
	r.ok(r.run.Drain(t.Context()))
	paths := []string{"/", "/incidents", "/incidents?q=" + url.QueryEscape(hostile), "/people", "/account", room, room + "/evidence", room + "/evidence?q=" + url.QueryEscape(hostile), room + "/timeline", room + "/preread", room + "/activity"}
	ana.get(room + "/evidence")
	paths = append(paths, room+"/evidence/"+ana.find(`/evidence/(evi\w+)"`))
	ana.get(room + "/timeline")
	paths = append(paths, room+"/entries/"+ana.find(`/entries/(ent\w+)"`))
	for _, p := range paths {
		ana.get(p).shows(200).lacks("<script>alert", "<img src=x", "<svg onload", "<b>bold", `href="javascript`)
	}
	ana.get(room + "/preread").shows(200)
	if m := regexp.MustCompile(`/preread/(\w+)"`).FindStringSubmatch(ana.page); m != nil {
		ana.get(room + "/preread/" + m[1])
		ana.send(room+"/preread/"+m[1], "rev", ana.find(`name="rev" value="(\d+)"`), "body", hostile+"\n\n[link](javascript:alert(6)) <iframe src=x>\n")
		ana.get(room+"/preread").shows(200).lacks("<iframe", `href="javascript`, "<img src=x")
	}
}

// A form of another site is refused, and so is a link that leads away.
func TestOtherSitesCannotAct(t *testing.T) {
	r := newRoom(t)
	ana := r.first()
	req := must(http.NewRequestWithContext(t.Context(), http.MethodPost, r.server.URL+"/incidents", strings.NewReader("title=x&visibility=organisation")))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	req.Header.Set("Origin", "https://elsewhere.example")
	res := must(ana.client.Do(req))
	res.Body.Close()
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("a form of another site is answered with %d", res.StatusCode)
	}
	out := r.browser()
	out.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, to := range []string{"https://elsewhere.example/", "//elsewhere.example/", `/\elsewhere.example`, "/\r\nx: y"} {
		req := must(http.NewRequestWithContext(t.Context(), http.MethodPost, r.server.URL+"/sign-in", strings.NewReader(url.Values{"email": {"ana@example.com"}, "password": {password}, "to": {to}}.Encode())))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		res := must(out.client.Do(req))
		res.Body.Close()
		if got := res.Header.Get("Location"); got != "/" {
			t.Errorf("signing in with %q leads to %q", to, got)
		}
		if c := res.Cookies(); len(c) != 1 || !c[0].HttpOnly || c[0].SameSite != http.SameSiteLaxMode {
			t.Errorf("the cookie is %v", c)
		}
	}
}

func TestHealthAndReadiness(t *testing.T) {
	b := newRoom(t).browser()
	b.get("/healthz").shows(200, "ok")
	b.get("/readyz").shows(200, "ready")
	b.site.End()
	b.get("/readyz").shows(503, "about to end")
	b.get("/healthz").shows(200, "ok")
	gone := newRoom(t)
	gone.ok(gone.st.Close())
	gone.browser().get("/readyz").shows(503, "The database does not answer.")
	b.get("/static/tokens.css").shows(200, "--paper")
	b.get("/help").shows(200, "Nothing is lost")
	b.get("/nowhere").shows(404, "There is no such page.")
}

// A page has several forms: one that is refused keeps what was typed, and the others
// stay as they are.
func TestAFormThatIsRefusedLeavesTheOthersAsTheyAre(t *testing.T) {
	r := newRoom(t)
	ana := r.first()
	ben, cyd := r.join(ana, "Ben", "member"), r.join(ana, "Cyd", "member")
	cyd.get("/")
	ben.get("/incidents/new")
	cydID := ben.find(`name="person" value="(\w+)"[^>]*><span>(?:<bdi>)?Cyd`)
	ben.send("/incidents", "title", "Told to few", "visibility", "restricted", "person", cydID, "zone", "UTC").shows(200)
	room := strings.TrimSuffix(ben.path, "/evidence")
	asItIs := []string{`value="restricted" checked`, `value="` + cydID + `" checked`}

	ben.send(room, "title", "Told to a few", "zone", "Nowhere/Land", "state", "gathering", "from", "", "to", "").
		shows(422, append(asItIs, `value="Told to a few"`, `value="Nowhere/Land"`)...)
	ben.send(room+"/guests", "name", "Gil", "email", "gil at example").
		shows(422, append(asItIs, `value="Told to few"`, `value="Gil"`, `value="gil at example"`)...)
	// Teams without a team: the box that was emptied stays empty.
	ben.send(room+"/access", "visibility", "teams").
		shows(422, `value="teams" checked`, `value="`+cydID+`"`, `value="Told to few"`).lacks(`value="` + cydID + `" checked`)
	ben.get(room).shows(200, asItIs...)
}

// Two change an incident from pages of the same moment: what only one of them changed
// holds, and who sees it is not written over unseen.
func TestTwoChangeAnIncidentAtOnce(t *testing.T) {
	r := newRoom(t)
	ana := r.first()
	ben, cyd := r.join(ana, "Ben", "member"), r.join(ana, "Cyd", "member")
	ben.get("/incidents/new")
	person := func(name string) string {
		return ben.find(`name="person" value="(\w+)"[^>]*><span>(?:<bdi>)?` + name)
	}
	benID, cydID := person("Ben"), person("Cyd")
	ben.send("/incidents", "title", "Told to few", "visibility", "restricted", "person", benID, "person", cydID, "zone", "UTC").shows(200)
	room := strings.TrimSuffix(ben.path, "/evidence")
	details := func(b *browser, fields ...string) []string {
		for _, name := range []string{"title", "state", "zone", "from", "to"} {
			fields = append(fields, "was."+name, b.find(`name="was.`+name+`" value="([^"]*)"`))
		}
		return fields
	}
	ben.get(room).shows(200)
	cyd.get(room).shows(200)
	was := ben.find(`name="was" value="([^"]+)"`)
	before := details(cyd, "title", "Told to few", "state", "gathering", "zone", "UTC", "from", "2026-03-02T08:00", "to", "")
	ben.send(room, details(ben, "title", "A depot is late", "state", "gathering", "zone", "Asia/Tokyo", "from", "", "to", "")...).shows(200, "A depot is late")
	cyd.send(room, before...).shows(200, `name="title" value="A depot is late"`, `value="Asia/Tokyo"`, `name="from" type="datetime-local" value="2026-03-02T17:00"`)
	cyd.get(room+"/activity").shows(200, "Cyd changed the window.", "Ben changed the time zone and the title.")
	cyd.send(room, details(cyd.get(room), "title", "A depot is late", "state", "gathering", "zone", "Asia/Tokyo", "from", "2026-03-02T17:00", "to", "")...).shows(200)
	if n := strings.Count(cyd.get(room+"/activity").page, "Cyd changed"); n != 1 {
		t.Errorf("saving what is so is told %d times", n-1)
	}

	ben.send(room+"/access", "was", was, "visibility", "restricted", "person", benID).shows(200)
	cyd.get(room).shows(404)
	ben.send(room+"/access", "was", was, "visibility", "restricted", "person", benID, "person", cydID).
		shows(409, "changed meanwhile", "As it is now", `value="`+cydID+`" checked`)
	cyd.get(room).shows(404)
	ben.send(room+"/access", "was", ben.find(`name="was" value="([^"]+)"`), "visibility", "restricted", "person", benID, "person", cydID).shows(200)
	cyd.get(room).shows(200)
}

// Whoever decides who sees an incident takes an invitation to it back, also one that
// somebody else made; nobody else can.
func TestAnInvitationToAnIncidentIsTakenBack(t *testing.T) {
	r := newRoom(t)
	ana := r.first()
	ben, out := r.join(ana, "Ben", "member"), r.join(ana, "Out", "member")
	ben.send("/incidents", "title", "Told to few", "visibility", "restricted", "zone", "UTC").shows(200)
	room := strings.TrimSuffix(ben.path, "/evidence")
	ben.send(room+"/guests", "email", "gil@example.com", "name", "Gil").shows(200, "gil@example.com")
	link, withdraw := ben.find(`(/invitations/\w{26})`), ben.find(`(/incidents/\w+/guests/\w+/withdraw)`)
	out.send(withdraw).shows(404)
	r.browser().get(link).shows(200)
	ben.get(room)
	ben.send(room+"/access", "visibility", "restricted", "person", ben.find(`name="person" value="(\w+)"[^>]*><span>(?:<bdi>)?Out`)).shows(200)
	out.get(room).shows(200, "gil@example.com")
	if out.send(withdraw).shows(200); strings.Contains(out.page, "gil@example.com") {
		t.Error("the invitation is still there")
	}
	r.browser().get(link).shows(404)
	out.send(withdraw).shows(404)
}

// Behind a proxy, who tried often waits, and nobody else does.
func TestBehindAProxyTheLimitIsOfWhoTried(t *testing.T) {
	r := newRoom(t) // it trusts this machine
	r.first()
	n := 0
	try := func(from string) *browser {
		b := r.browser()
		n++ // each time another account, since each has a limit of its own
		form := url.Values{"email": {fmt.Sprintf("somebody%d@example.com", n)}, "password": {"not this one"}}
		req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, r.server.URL+"/sign-in", strings.NewReader(form.Encode()))
		r.ok(err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("X-Forwarded-For", from)
		return b.do(req)
	}
	for range 50 {
		try("203.0.113.5").shows(403, "do not go together")
	}
	try("203.0.113.5").shows(403, "There were many attempts")
	try("198.51.100.1, 203.0.113.5").shows(403, "There were many attempts")
	try("203.0.113.6").shows(403, "do not go together")
	try("2001:db8::5").shows(403, "do not go together")
}

package web_test

import (
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/store"
)

var update = flag.Bool("update", false, "write the pages of the catalogue anew")

// A state is a page in a state, as a browser gets it.
type state struct {
	name   string
	path   string
	status int
	page   string
}

// A catalogue is every page in every state. The goldens hold their words and structure,
// axe looks for barriers on them, and with DEBRIEF_SHOTS each leaves its pictures.
type catalogue struct {
	*room
	states []state
}

func (c *catalogue) keep(name string, b *browser) *browser {
	c.Helper()
	if slices.ContainsFunc(c.states, func(s state) bool { return s.name == name }) {
		c.Fatalf("two states are called %s", name)
	}
	c.states = append(c.states, state{name, b.path, b.status, b.page})
	return b
}

// newCatalogue lives through an incident, from the first start to a pre-read that was
// read, and keeps every page on the way. Nobody waits and nothing is by chance.
func newCatalogue(t *testing.T) *catalogue {
	t.Helper()
	c := &catalogue{room: newRoom(t)}
	c.site.PretendScripts()
	c.organisation(t)
	c.mailed(t)
	return c
}

func (c *catalogue) organisation(t *testing.T) {
	nobody, ana := c.browser(), c.browser()
	c.keep("first", ana.get("/first").shows(200))
	c.keep("first-refused", ana.send("/first", "organisation", "Harbour Ltd", "zone", "Nowhere/None", "name", "Ana", "email", "ana@example.com", "password", password).shows(422))
	c.keep("home-first", ana.send("/first", "organisation", "Harbour Ltd", "zone", "Europe/Berlin", "name", "Ana", "email", "ana@example.com", "password", password).shows(200))
	c.keep("signin", nobody.get("/incidents").shows(200))
	c.keep("signin-refused", nobody.send("/sign-in", "email", "ana@example.com", "password", "not this one", "to", "/incidents").shows(403))
	c.keep("help-nobody", nobody.get("/help").shows(200))
	c.keep("rulebook", nobody.get("/help/wording").shows(200))
	c.keep("invitation-gone", nobody.get("/invitations/none").shows(404))
	c.keep("incidents-empty", ana.get("/incidents").shows(200))
	c.keep("people-one", ana.get("/people").shows(200))
	c.keep("people-refused", ana.send("/people/invitations", "name", "Ben", "email", "ben", "role", "member").shows(422))

	ana.send("/teams", "team", "Delivery", "function", "delivers projects").shows(200)
	team := ana.find(`/teams/(\w+)/people`)
	ana.send("/teams", "team", "Client services", "function", "speaks with clients").shows(200)
	c.keep("people-invited", ana.send("/people/invitations", "name", "Ben Okoro", "email", "ben@example.com", "role", "member", "team", team).shows(200))
	link := ana.find(`/invitations/(\w+)`)
	ben := c.browser()
	c.keep("invitation", ben.get("/invitations/"+link).shows(200))
	c.keep("invitation-refused", ben.send("/invitations/"+link, "name", "Ben Okoro", "password", "short").shows(422))
	c.keep("home-empty", ben.send("/invitations/"+link, "name", "Ben Okoro", "password", password).shows(200))
	ana.send("/people/invitations", "name", "Cleo", "email", "cleo@example.com", "role", "administrator").shows(200)
	c.keep("people-many", ana.get("/people").shows(200))
	c.keep("people-organisation-refused", ana.send("/organisation", "organisation", "Harbour & Sons", "zone", "Mars/Olympus").shows(422, "Harbour &amp; Sons", "Mars/Olympus"))
	ana.send("/teams/"+team, "team", "Delivery of projects", "function", "delivers projects").shows(200, "Delivery of projects")
	ana.send("/teams/"+team, "team", "Delivery", "function", "delivers projects").shows(200)
	c.keep("people-readonly", ben.get("/people").shows(200))
	c.keep("denied", ben.send("/teams", "team", "Mine").shows(403))
	c.keep("account", ana.get("/account").shows(200))
	c.keep("account-refused", ana.send("/account/password", "old", "not this one", "password", password).shows(403))
	c.keep("help", ana.get("/help").shows(200))
	c.keep("nothing-there", ana.get("/nowhere").shows(404))
	w := httptest.NewRecorder()
	c.site.Broken(func() error { return errors.New("the disk is gone") }).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/incidents", nil))
	c.states = append(c.states, state{"our-doing", "/incidents", w.Code, w.Body.String()})
	c.incident(t, ana, ben, team)
}

func (c *catalogue) incident(t *testing.T, ana, ben *browser, team string) {
	c.keep("incident-new", ana.get("/incidents/new").shows(200))
	c.keep("incident-refused", ana.send("/incidents", "title", "Checkout slow for a third of all customers", "visibility", "teams", "zone", "UTC").shows(422))
	c.keep("evidence-empty", ana.send("/incidents", "title", "Edge answers 503", "visibility", "organisation", "zone", "UTC").shows(200))
	room := strings.TrimSuffix(ana.path, "/evidence")
	c.keep("timeline-empty", ana.get(room+"/timeline").shows(200))
	c.keep("preread-empty", ana.get(room+"/preread").shows(200))
	c.keep("overview", ana.get(room).shows(200))
	c.keep("overview-refused", ana.send(room, "title", "Edge answers 503", "zone", "UTC", "state", "gathering", "from", "yesterday", "to", "").shows(422))
	c.keep("overview-meanwhile", ana.send(room+"/access", "was", "what it was before", "visibility", "restricted").shows(409))
	c.keep("evidence-waiting", ana.upload(room+"/evidence", c.sample()).shows(200))
	c.keep("timeline-waiting", ana.get(room+"/timeline").shows(200))
	c.ok(c.run.Drain(t.Context()))
	ana.upload(room+"/evidence", map[string]string{"broken.json": `[{"type": "message", "ts": "16230`}).shows(200)
	c.ok(c.run.Drain(t.Context()))
	c.keep("evidence", ana.get(room+"/evidence").shows(200))
	c.keep("evidence-none-found", ana.get(room+"/evidence?q=nothing+of+the+sort").shows(200))
	c.keep("piece", ana.get(room+"/evidence/"+ana.get(room+"/evidence").find(`/evidence/(evi\w+)"`)).shows(200))
	c.keep("timeline-suggested", ana.get(room+"/timeline").shows(200))
	entries := regexp.MustCompile(`name="entry" value="(\w+)"`).FindAllStringSubmatch(ana.page, -1)
	ana.send(room+"/timeline/accept", "entry", entries[0][1]).shows(200)
	c.keep("timeline-one", ana.get(room+"/timeline").shows(200))
	var all []string
	for _, m := range entries {
		all = append(all, "entry", m[1])
	}
	ana.send(room+"/timeline/accept", all...).shows(200)
	ben.get(room + "/entries/" + entries[2][1])
	ben.send(ben.path+"/account", "team", team, "account", "The graphs showed crashes on every machine at once.").shows(200)
	c.keep("timeline", ana.get(room+"/timeline").shows(200))
	c.keep("timeline-filtered", ana.get(room+"/timeline?kind=visible&q=alert").shows(200, "the filter hides the others"))
	c.keep("timeline-none-found", ana.get(room+"/timeline?q=nothing+of+the+sort").shows(200, "0 entries shown"))
	c.keep("entry", ben.get(room+"/entries/"+entries[2][1]).shows(200))
	c.keep("entry-collision", ana.send(room+"/entries/"+entries[2][1], "rev", "1", "text", "The queue was full.", "at", "2026-03-01T14:02:00", "precision", "minute", "kind", "next", "status", "observed").shows(409))
	c.keep("entry-new", ana.get(room+"/entries/new").shows(200))
	c.keep("entry-refused", ana.send(room+"/entries", "text", "The review began.", "at", "half past", "precision", "minute", "kind", "next", "status", "observed").shows(422))
	c.ok(c.run.Drain(t.Context()))
	c.keep("home", ana.get("/").shows(200))
	ana.send("/aside", "need", ana.find(`name="need" value="([^"]+)"`)).shows(200)
	c.keep("home-aside", ana)

	c.keep("preread", ana.get(room+"/preread").shows(200))
	c.keep("preread-refused", ana.send(room+"/sendings").shows(422))
	question := ana.get(room + "/preread").find(`/questions/([^"/]+)"`)
	ana.send(room+"/questions/"+question, "text", "About 4 % of requests.").shows(200)
	c.keep("preread-answered-meanwhile", ben.send(room+"/questions/"+question, "text", "A third of all sites.").shows(409))
	ana.send(room + "/questions/" + question + "/withdraw").shows(200)
	section := ana.get(room + "/preread").find(`/preread/(sec\w+)"`)
	c.keep("section", ana.get(room+"/preread/"+section).shows(200))
	rev := ana.find(`name="rev" value="(\d+)"`)
	c.keep("section-wording", ana.send(room+"/preread/"+section, "rev", rev, "do", "look", "body", "Dan broke checkout.").shows(200))
	ana.send(room+"/preread/"+section, "rev", rev, "body", "The limit was reached.").shows(200)
	c.keep("section-collision", ben.send(room+"/preread/"+section, "rev", rev, "body", "The queue was full.").shows(409))
	theirs := ben.find(`name="rev" value="(\d+)"`)
	c.keep("section-both", ben.send(room+"/preread/"+section, "rev", theirs, "body", "The queue was full.", "do", "both").shows(200, "The limit was reached.\nThe queue was full."))
	c.keep("section-versions", ana.get(room+"/preread/"+section).shows(200))

	guest := c.browser()
	c.keep("overview-invited", ana.send(room+"/guests", "email", "gil@example.com", "name", "Gil").shows(200))
	link := ana.find(`/invitations/(\w+)`)
	c.keep("invitation-guest", guest.get("/invitations/"+link).shows(200))
	guest.send("/invitations/"+link, "name", "Gil", "password", password).shows(200)
	c.keep("overview-readonly", guest.get(room).shows(200))
	c.keep("denied-guest", guest.get(room+"/timeline").shows(403))
	ana.get(room)
	ana.send(room+"/access", "visibility", "organisation", "guests", "see", "person", ana.find(`name="person" value="(\w+)"[^>]*><span>(?:<bdi>)?Gil`)).shows(200)
	c.keep("timeline-readonly", guest.get(room+"/timeline").shows(200))
	ana.get(room + "/preread")
	to := []string{"note", "Five minutes before Thursday"}
	for _, who := range []string{"Ben Okoro", "Gil"} {
		to = append(to, "to", ana.find(`name="to" value="(\w+)"[^>]*><span>(?:<bdi>)?`+who))
	}
	c.keep("sending", ana.send(room+"/sendings", to...).shows(200))
	c.keep("preread-sent", ana.get(room+"/preread").shows(200))
	c.keep("home-guest", guest.get("/").shows(200))
	c.keep("home-one", ben.get("/").shows(200))
	c.keep("sending-unread", ben.get(ben.find(`href="(/incidents/\w+/sendings/\w+)"`)).shows(200))
	c.keep("sending-read", ben.send(ben.path+"/read").shows(200))
	c.keep("activity", ana.get(room+"/activity").shows(200))
	c.keep("activity-nothing-earlier", ana.get(room+"/activity?before=1").shows(200))
	for n := range 3 {
		ben.send("/incidents", "title", fmt.Sprintf("A job of the night stops, for the %d. time", n+1), "visibility", "organisation", "zone", "UTC").shows(200)
	}
	c.keep("incidents", ana.get("/incidents").shows(200))
	c.keep("incidents-none-found", ana.get("/incidents?q=nothing+of+the+sort&state=shared").shows(200))
	c.keep("home-many", ben.get("/").shows(200))
	ana.send("/incidents", "title", "Orders stood still", "visibility", "organisation", "zone", "UTC").shows(200)
	room = strings.TrimSuffix(ana.path, "/evidence")
	c.cutOff(ana, room)
	c.keep("evidence-cut-off", ana.get(room+"/evidence").shows(200, "2.0 MiB of 3.0 MiB are here"))

	// Everybody who saw an incident has left.
	ben.send("/incidents", "title", "Told to few", "visibility", "restricted", "zone", "UTC").shows(200)
	ana.get("/people")
	account := ana.find(`/people/(\w+)/close`)
	c.keep("people-unseen", ana.send("/people/"+account+"/close").shows(200, "account closed", "Incidents that nobody sees", "#6"))
	if strings.Contains(ana.page, "Told to few") {
		c.Error("an administrator reads the title of an incident that is not shared with them")
	}
	unseen := "/unseen/" + ana.find(`/unseen/(\w+)`)
	ana.send(unseen).shows(404)
	ana.get("/people")
	ana.send(unseen, "user", ana.find(`<option value="(usr\w+)">Ana`)).shows(200)
	ana.get("/incidents").shows(200, "Told to few")
}

// cutOff leaves an upload of which a file and a part of another are here.
func (c *catalogue) cutOff(b *browser, room string) {
	c.Helper()
	const line = "2021-06-08 10:12 UTC the queue had 1200 orders\n"
	b.with(http.MethodPost, room+"/uploads", `[{"path": "call/notes.md", "size": 47, "changed": 1}, {"path": "call/orders.log", "size": 3145728, "changed": 2}]`).shows(200)
	upload := room + "/uploads/" + b.find(`"upload":"(\w+)"`)
	b.with(http.MethodPut, upload+"/chunk?path=call/notes.md&size=47&changed=1&offset=0", line).shows(200)
	b.with(http.MethodPut, upload+"/chunk?path=call/orders.log&size=3145728&changed=2&offset=0", strings.Repeat(line, casebook.ChunkSize/len(line)+1)[:casebook.ChunkSize]).shows(200)
	b.with(http.MethodPut, upload+"/chunk?path=call/orders.log&size=3145728&changed=2&offset=2097152", line).shows(422, "call/orders.log is not as large as was said.")
	b.with(http.MethodPut, upload+"/chunk?path=call/orders.log&size=3145728&offset=2097152", line).shows(422, "changed is not a number.")
	b.with(http.MethodPost, room+"/uploads", `[{"path":`).shows(422, "The list of files could not be read.")
}

// mailed is what is told of mails, in a room that sends them.
func (c *catalogue) mailed(t *testing.T) {
	r := newRoomWith(t, nil, true)
	r.site.PretendScripts()
	ana := r.first()
	c.keep("people-mailed", ana.send("/people/invitations", "email", "ben@example.com", "role", "member").shows(200, "on its way", "https://debrief.example.com/invitations/"))
	link := ana.find(`/invitations/(\w{26})`)
	r.browser().send("/invitations/"+link, "name", "Ben Okoro", "password", password).shows(200)
	mails := []debrief.Letter{{State: debrief.MailSent}, {Why: debrief.MailPutOff}, {State: debrief.MailGivenUp, Why: debrief.MailNoAddress}}
	for _, who := range []string{"cleo", "dora", "emil"} {
		ana.send("/people/invitations", "email", who+"@example.com", "role", "member").shows(200)
	}
	for n, m := range regexp.MustCompile(`/people/invitations/(\w+)/link`).FindAllStringSubmatch(ana.page, -1) {
		r.setMails(m[1], mails[n])
	}
	c.keep("people-mails", ana.get("/people").shows(200, "mail sent", "and tried again: the mail server takes none for now", "no mail could be sent"))
	ana.send("/incidents", "title", "Edge answers 503", "visibility", "organisation", "zone", "UTC").shows(200)
	room := strings.TrimSuffix(ana.path, "/evidence")
	c.keep("overview-mailed", ana.send(room+"/guests", "email", "gil@example.com", "name", "Gil").shows(200, "on its way"))
	ana.upload(room+"/evidence", c.sample()).shows(200)
	c.ok(r.run.Drain(t.Context()))
	c.keep("preread-mails", ana.get(room+"/preread").shows(200, "gets a mail"))
	c.keep("sending-mailed", ana.send(room+"/sendings", "to", ana.find(`name="to" value="(\w+)"[^>]*><span>(?:<bdi>)?Ben`)).shows(200, "0 mails were sent, of 1", "on its way"))
	r.setMails(ana.path[strings.LastIndex(ana.path, "/")+1:], debrief.Letter{State: debrief.MailGivenUp, Why: debrief.MailUnreachable})
	c.keep("sending-not-mailed", ana.get(ana.path).shows(200, "the mail server did not answer", "https://debrief.example.com"+ana.path))
	ana.send(ana.path+"/mail").shows(200, "on its way").lacks("Mail it again")
	ana.send(ana.path + "/mail").shows(409)
}

// setMails says how far the mails about something are.
func (r *room) setMails(about string, as debrief.Letter) {
	r.Helper()
	r.ok(r.st.Update(r.Context(), debrief.Actor{Door: "test"}, func(tx *store.Tx) error {
		tx.Quiet()
		all, err := tx.MailsAbout(about)
		if len(all) == 0 && err == nil {
			err = fmt.Errorf("there is no mail about %s", about)
		}
		for _, m := range all {
			if err == nil {
				err = tx.SetMail(m.ID, as.State, as.Why)
			}
		}
		return err
	}))
}

// The pages of the catalogue are as they were the last time somebody read the
// difference.
func TestPagesAreAsTheyWere(t *testing.T) {
	c := newCatalogue(t)
	folder := filepath.Join("testdata", "pages")
	if *update {
		c.ok(os.RemoveAll(folder))
		c.ok(os.MkdirAll(folder, 0o755))
	}
	known := map[string]bool{}
	for _, s := range c.states {
		if s.name == "rulebook" {
			continue // it is made of the rules, and docs/rules is its golden
		}
		file := filepath.Join(folder, s.name+".html")
		known[filepath.Base(file)] = true
		got := fmt.Sprintf("<!-- %d -->\n%s", s.status, c.golden(s.page, s.name == "signin" || s.name == "help"))
		if *update {
			c.ok(os.WriteFile(file, []byte(got), 0o644))
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil || string(want) != got {
			t.Errorf("the page %s is not as it was%s\n\"go test ./internal/web -run PagesAreAsTheyWere -update\" writes the pages anew; read the difference before you commit it", s.name, firstDifference(string(want), got))
		}
	}
	files, err := os.ReadDir(folder)
	c.ok(err)
	for _, f := range files {
		if !known[f.Name()] {
			t.Errorf("%s belongs to no state; -update takes it away", f.Name())
		}
	}
}

func firstDifference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf(", line %d:\n-%s\n+%s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf(": it has %d lines, and had %d", len(b), len(a))
}

var (
	someID    = regexp.MustCompile(`\b([a-z]{3})_(\d{5,})\b`)
	varies    = regexp.MustCompile(`(/invitations/)[a-z2-7]{26}\b|(after=)\d+|(name="rev" value=")\d+|(data-nonce=")\w+|(>)[a-z2-7]{4}-[a-z2-7]{4}(?:<)`)
	someMedia = regexp.MustCompile(`(app\.js|\.css)\?v=\w+`)
)

// golden writes a page so that a difference can be read: a line for each element, and
// what must vary left out. What every page has around it stands in the whole ones only.
func (c *catalogue) golden(page string, whole bool) string {
	c.Helper()
	page = strings.ReplaceAll(page, strings.TrimPrefix(c.server.URL, "http://"), "HOST")
	page = varies.ReplaceAllStringFunc(page, func(m string) string {
		for _, kept := range varies.FindStringSubmatch(m)[1:] {
			if kept == ">" {
				return ">REFERENCE<"
			}
			if kept != "" {
				return kept + "VARIES"
			}
		}
		return m
	})
	page = someMedia.ReplaceAllString(page, "$1")
	ids := map[string]string{}
	count := map[string]int{}
	page = someID.ReplaceAllStringFunc(page, func(id string) string {
		if ids[id] == "" {
			count[id[:3]]++
			ids[id] = fmt.Sprintf("%s_%d", id[:3], count[id[:3]])
		}
		return ids[id]
	})
	doc, err := html.Parse(strings.NewReader(page))
	c.ok(err)
	var b strings.Builder
	for n := range doc.Descendants() {
		if whole && n.Data == "html" || !whole && n.Type == html.ElementNode && (n.Data == "title" && n.Parent.Data == "head" || n.Data == "main") {
			outline(&b, n, "")
		}
	}
	return b.String()
}

// void are elements that have no end.
var void = map[string]bool{"meta": true, "link": true, "input": true, "br": true, "img": true, "hr": true}

// drawn are the strokes of a picture. The picture has tests of its own; a page is held
// to its words.
var drawn = map[string]bool{"path": true, "circle": true, "rect": true, "line": true, "use": true, "polyline": true, "polygon": true, "defs": true}

func outline(b *strings.Builder, n *html.Node, indent string) {
	switch n.Type {
	case html.DocumentNode:
		for ch := n.FirstChild; ch != nil; ch = ch.NextSibling {
			outline(b, ch, indent)
		}
	case html.TextNode:
		if text := strings.Join(strings.Fields(n.Data), " "); text != "" {
			fmt.Fprintf(b, "%s%s\n", indent, html.EscapeString(text))
		}
	case html.ElementNode:
		if drawn[n.Data] {
			return
		}
		inSVG := n.Namespace == "svg"
		fmt.Fprintf(b, "%s<%s", indent, n.Data)
		for _, a := range n.Attr {
			if inSVG && !slices.Contains([]string{"class", "role", "href", "id", "tabindex"}, a.Key) && !strings.HasPrefix(a.Key, "aria-") {
				continue
			}
			fmt.Fprintf(b, " %s", a.Key)
			if a.Val != "" {
				fmt.Fprintf(b, `="%s"`, html.EscapeString(a.Val))
			}
		}
		b.WriteString(">")
		only := n.FirstChild != nil && n.FirstChild == n.LastChild && n.FirstChild.Type == html.TextNode
		switch {
		case void[n.Data]:
		case only:
			fmt.Fprintf(b, "%s</%s>", html.EscapeString(strings.Join(strings.Fields(n.FirstChild.Data), " ")), n.Data)
		case n.FirstChild == nil:
			fmt.Fprintf(b, "</%s>", n.Data)
		default:
			b.WriteString("\n")
			for ch := n.FirstChild; ch != nil; ch = ch.NextSibling {
				outline(b, ch, indent+" ")
			}
			fmt.Fprintf(b, "%s</%s>", indent, n.Data)
		}
		b.WriteString("\n")
	}
}

package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/web"
)

// required skips a test that something is missing for, or fails it if
// DEBRIEF_REQUIRE asks for it.
func required(t *testing.T, what, missing string) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("DEBRIEF_REQUIRE"), ","), what) {
		t.Fatalf("DEBRIEF_REQUIRE asks for %s: %s", what, missing)
	}
	t.Skip(missing)
}

// A tab is a page in Chromium, with cookies of its own.
type tab struct {
	*room
	ctx context.Context
}

// tab starts a Chromium with cookies of its own. What the page's scripts or its
// policy complain of fails the test.
func (r *room) tab() *tab {
	r.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		required(r.T, "chromium", "Chromium is not installed")
	}
	if _, err := os.Stat(filepath.Join("static", "dist", "app.js")); err != nil {
		required(r.T, "ui", "the bundle of scripts is not built; \"make build\" builds it")
	}
	profile, err := os.MkdirTemp("", "debrief-chromium-") // not TempDir: Chromium may still write while it ends
	r.ok(err)
	r.Cleanup(func() { _ = os.RemoveAll(profile) })
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true), chromedp.WindowSize(1280, 900),
	}
	ctx, stop := context.WithTimeout(r.Context(), 5*time.Minute)
	r.Cleanup(stop)
	ctx, stop = chromedp.NewExecAllocator(ctx, options...)
	r.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	r.Cleanup(stop)
	b := &tab{r, ctx}
	chromedp.ListenTarget(ctx, func(ev any) {
		switch ev := ev.(type) {
		case *runtime.EventExceptionThrown:
			r.Errorf("a script stopped: %v", ev.ExceptionDetails)
		case *runtime.EventConsoleAPICalled:
			if ev.Type == runtime.APITypeError {
				r.Errorf("the console has an error: %v", ev.Args)
			}
		case *log.EventEntryAdded:
			if strings.Contains(ev.Entry.Text, "Content Security Policy") || ev.Entry.Source == log.SourceViolation {
				r.Errorf("the policy had to hold: %s", ev.Entry.Text)
			}
		}
	})
	b.run(network.Enable(), log.Enable())
	return b
}

func (b *tab) run(actions ...chromedp.Action) {
	b.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.Fatal(err)
	}
}

func (b *tab) open(path string) {
	b.Helper()
	b.run(chromedp.Navigate(b.server.URL+path), chromedp.WaitReady("#main", chromedp.ByQuery))
}

// press clicks something and waits for the page that comes.
func (b *tab) press(selector string) {
	b.Helper()
	res, err := chromedp.RunResponse(b.ctx, chromedp.Click(selector, chromedp.ByQuery))
	if err != nil {
		b.Fatalf("%s: %v", selector, err)
	}
	if res != nil && res.Status >= 400 {
		b.Fatalf("%s leads to %d", selector, res.Status)
	}
	b.run(chromedp.WaitReady("#main", chromedp.ByQuery))
}

func (b *tab) fill(pairs ...string) {
	b.Helper()
	for i := 0; i < len(pairs); i += 2 {
		b.run(chromedp.SetValue(pairs[i], pairs[i+1], chromedp.ByQuery))
	}
}

// until waits until an expression of JavaScript is true, over as many pages as it
// takes.
func (b *tab) until(expression string) {
	b.Helper()
	end := time.Now().Add(30 * time.Second)
	for time.Now().Before(end) && b.ctx.Err() == nil {
		var is bool
		if err := chromedp.Run(b.ctx, chromedp.Evaluate("Boolean("+expression+")", &is)); err == nil && is {
			return
		}
		<-time.After(20 * time.Millisecond)
	}
	var text string
	_ = chromedp.Run(b.ctx, chromedp.Text("#main", &text, chromedp.ByQuery))
	b.Fatalf("it does not become true: %s\n%.600s", expression, text)
}

func (b *tab) eval(expression string) (out string) {
	b.Helper()
	b.run(chromedp.Evaluate(expression, &out))
	return out
}

// found sets the installation up in a tab and opens an incident with the sample.
// It gives the path of the incident.
func (b *tab) found() string {
	b.Helper()
	b.open("/")
	b.fill("#organisation", "Harbour Ltd", "#name", "Ana", "#email", "ana@example.com", "#password", password)
	b.press("#main .btn--main")
	b.open("/incidents/new")
	b.fill("#title", "Edge answers 503", "#zone", "UTC")
	b.press("#main .btn--main")
	var files []string
	for path := range b.sample() {
		files = append(files, filepath.Join("..", "..", "testdata", "incidents", filepath.FromSlash(path)))
	}
	for i := range files {
		abs, err := filepath.Abs(files[i])
		b.ok(err)
		files[i] = abs
	}
	slices.Sort(files)
	b.run(chromedp.SetUploadFiles("#files", files, chromedp.ByQuery))
	b.run(chromedp.Click("form[enctype] .btn--main", chromedp.ByQuery))
	b.until(`document.querySelector("#main").textContent.includes("Waits to be read")`)
	b.work()
	return strings.TrimSuffix(b.eval("location.pathname"), "/evidence")
}

// work does what waits in the background.
func (b *tab) work() {
	b.Helper()
	b.ok(b.room.run.Drain(b.Context()))
}

func TestInChromiumFromFirstStartToASentPreread(t *testing.T) {
	r := newLiveRoom(t)
	b := r.tab()
	path := b.found()
	b.until(`document.querySelector(".state--done") !== null`) // the page looked again by itself
	b.open(path + "/timeline")
	b.press("form[action$='/accept'] .btn")
	b.until(`document.querySelector(".dbt a[href^='#ent']") !== null`)
	b.work()
	b.open(path + "/preread")
	b.run(chromedp.Click("input[name=to]", chromedp.ByQuery))
	b.press("form[action$='/sendings'] .btn--main")
	b.press("form[action$='/read'] .btn")
	b.until(`document.body.textContent.includes("You have read it")`)
}

// drop drops files on the page, as a hand does.
func (b *tab) drop(files map[string]string) {
	b.Helper()
	list, err := json.Marshal(files)
	b.ok(err)
	b.run(chromedp.Evaluate(fmt.Sprintf(`(() => {
		const data = new DataTransfer();
		for (const [name, text] of Object.entries(%s)) data.items.add(new File([text], name, {lastModified: 1622000000000}));
		for (const type of ["dragenter", "dragover", "drop"]) document.querySelector("#main").dispatchEvent(new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: data}));
	})()`, list), nil))
}

func TestInChromiumWhatIsDroppedIsSentAndGoesOnWhereItEnded(t *testing.T) {
	r := newLiveRoom(t)
	var away atomic.Bool // what comes after the first chunk of a file is not taken
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if away.Load() && q.Method == http.MethodPut && q.URL.Query().Get("offset") != "0" {
			panic(http.ErrAbortHandler)
		}
		r.site.ServeHTTP(w, q)
	}))
	t.Cleanup(server.Close)
	r.server = server
	b := r.tab()
	path := b.found()
	screen := strings.Repeat("x", 3*casebook.ChunkSize-1)
	files := map[string]string{"board.png": screen, "notes.md": "2021-06-08 10:13 UTC rolled back the setting\n"}

	away.Store(true)
	b.open(path + "/evidence")
	b.drop(files)
	b.until(`document.querySelector("#sending p").textContent.startsWith("No connection.")`)
	b.run(chromedp.Click("#sending button", chromedp.ByQuery))
	b.until(`document.querySelector("#sending p").textContent.startsWith("Stopped.")`)
	b.until(`document.querySelector("#main").textContent.includes("are here. If it was cut off")`)
	away.Store(false)

	b.open(path + "/evidence") // another day
	b.drop(files)
	b.until(`document.querySelector("#main").textContent.includes("Waits to be read")`)
	b.until(`document.querySelector("#sending").hidden`)
	b.work()
	b.until(`[...document.querySelectorAll(".list__item")].filter(e => e.textContent.includes("board.png and 1 more") && e.querySelector(".state--done")).length === 1`)
	if got := b.eval(`document.querySelector("#main").textContent.includes("Coming in") ? "something still comes in" : ""`); got != "" {
		t.Error(got)
	}
}

func TestInChromiumTwoPeopleWorkOnOneTimeline(t *testing.T) {
	r := newLiveRoom(t)
	ana, ben := r.tab(), r.tab()
	path := ana.found()
	ana.open("/people")
	ana.fill("form[action='/people/invitations'] [name=email]", "ben@example.com")
	ana.press("form[action='/people/invitations'] .btn")
	ben.open(ana.eval(`document.querySelector("code.machine").textContent.match(/\/invitations\/\w+/)[0]`))
	ben.fill("[name=name]", "Ben", "[name=password]", password)
	ben.press("#main .btn--main")

	ana.open(path + "/timeline")
	ben.open(path + "/timeline")
	ana.run(chromedp.Evaluate(`window.same = true`, nil))
	ben.press("li.entry [form=accept]")
	ana.until(`document.querySelectorAll("section[aria-labelledby=chron] li.entry").length === 1 && window.same`)

	// What somebody types stays while others work.
	ana.open(path + "/preread")
	ana.run(chromedp.SendKeys("#questions textarea", "Half a sen", chromedp.ByQuery), chromedp.Evaluate(`window.same = true`, nil))
	ben.open(path + "/preread")
	ben.run(chromedp.Evaluate(`[...document.querySelectorAll("#questions textarea")].at(-1).value = "About a third."`, nil))
	ben.run(chromedp.Evaluate(`[...document.querySelectorAll("#questions form[action*='/questions/'] button:not([name])")].at(-1).click()`, nil))
	ana.until(`document.body.textContent.includes("About a third.") && window.same`)
	ana.run(chromedp.SendKeys("#questions textarea", "tence", chromedp.ByQuery))
	if got := ana.eval(`document.querySelector("#questions textarea").value`); got != "Half a sentence" {
		t.Errorf("the field holds %q", got)
	}

	// And it survives a closed tab.
	ana.open("/")
	ana.open(path + "/preread")
	ana.run(chromedp.Click(".draft .btn", chromedp.ByQuery))
	if got := ana.eval(`document.querySelector("#questions textarea").value`); got != "Half a sentence" {
		t.Errorf("after coming back the field holds %q", got)
	}

	// Ben answers the same question first: Ana's words stay, she sees both, and decides.
	ben.open(path + "/preread")
	ben.run(chromedp.Evaluate(`document.querySelector("#questions textarea").value = "Ben was first."`, nil))
	ben.run(chromedp.Evaluate(`document.querySelector("#questions textarea").form.querySelector("button").click()`, nil))
	ana.until(`document.querySelector("#questions").textContent.includes("Ben was first.")`)
	mine := `[...document.querySelectorAll("#questions textarea")].find(f => f.value === "Half a sentence")`
	ana.run(chromedp.Evaluate(mine+`.form.querySelector("button").click()`, nil))
	ana.until(`document.querySelector("#main [role=alert]")?.textContent.includes("changed meanwhile") && ` + mine + `.closest(".ask").textContent.includes("Ben was first.")`)
	ana.run(chromedp.Evaluate(mine+`.form.querySelector("button").click()`, nil))
	ana.until(`[...document.querySelectorAll("#questions .ask > p")].some(p => p.textContent === "Half a sentence")`)
}

func TestInChromiumATimelineIsWorkedOnWithKeysAlone(t *testing.T) {
	r := newLiveRoom(t)
	b := r.tab()
	path := b.found()
	b.open(path + "/timeline")
	key := func(keys string, then string) {
		t.Helper()
		b.until(`document.readyState === "complete"`) // a page that has just come hears keys when it is whole
		b.run(chromedp.KeyEvent(keys))
		b.until(then)
	}
	key("j", `document.activeElement?.matches("li.entry.is-here")`)
	key("y", `document.body.textContent.includes("1 entry in the story")`)
	key("u", `document.body.textContent.includes("0 entries in the story")`)
	key("kj", `document.activeElement === document.querySelectorAll("li.entry[id]")[1]`)
	key("k", `document.activeElement === document.querySelectorAll("li.entry[id]")[0]`)
	key(kb.Enter, `location.pathname.includes("/entries/")`)
	key("e", `location.pathname.endsWith("/evidence")`)
	key("/", `document.activeElement?.matches("input[type=search]")`)
	b.run(chromedp.KeyEvent("je"))
	if got := b.eval("location.pathname + '?' + document.activeElement.value"); !strings.HasPrefix(got, path+"/evidence?") || !strings.HasSuffix(got, "je") {
		t.Errorf("keys in a field lead to %s", got)
	}
	key(kb.Escape, `document.activeElement === document.body`)
	b.run(chromedp.KeyEvent("g"))
	key("h", `location.pathname === "/"`)

	// Keys are switched off and on, for this device.
	key("?", `location.pathname === "/help"`)
	b.run(chromedp.Click(".keys-switch", chromedp.ByQuery))
	key("", `document.querySelector(".keys-switch").textContent === "Switch the keys on"`)
	b.open(path + "/timeline")
	key("j", `document.activeElement === document.body`)
	b.open("/help")
	b.run(chromedp.Click(".keys-switch", chromedp.ByQuery))
	b.open(path + "/timeline")
	key("j", `document.activeElement?.matches("li.entry.is-here")`)
}

func TestInChromiumEvidenceGoesIntoTheStoryWithKeysAlone(t *testing.T) {
	r := newLiveRoom(t)
	b := r.tab()
	path := b.found()
	key := func(keys string, then string) {
		t.Helper()
		b.until(`document.readyState === "complete"`)
		b.run(chromedp.KeyEvent(keys))
		b.until(then)
	}
	b.open(path + "/evidence?show=rest")
	key("j", `document.activeElement?.matches("li.record.is-here")`)
	piece := b.eval(`document.activeElement.id`)
	entries := b.eval(`String(document.querySelectorAll(".story .s-item").length)`)
	here := fmt.Sprintf(`document.getElementById(%q)`, piece)

	// One press adds it; the page stays, and undo takes it back.
	b.open(path + "/evidence")
	key("j", `document.activeElement?.matches("li.record")`)
	b.run(chromedp.Evaluate(fmt.Sprintf(`%s.tabIndex = -1; %s.focus()`, here, here), nil))
	key("p", here+`?.matches(".in-story") && document.activeElement === `+here)
	b.until(`document.querySelectorAll(".story .s-item").length === ` + entries + ` + 1 && document.querySelectorAll("li.record.is-here").length === 1`)
	key("u", `!`+here+`?.matches(".in-story") && document.querySelectorAll(".story .s-item").length === `+entries)

	// Picked up, moved along the entries, put down at one.
	b.run(chromedp.Evaluate(fmt.Sprintf(`%s.tabIndex = -1; %s.focus()`, here, here), nil))
	key(" ", here+`?.matches(".is-held") && document.activeElement?.matches(".story button")`)
	first := b.eval(`document.activeElement.closest("li").id`)
	key(kb.ArrowDown, fmt.Sprintf(`document.activeElement?.matches(".story button") && document.activeElement.closest("li").id !== %q`, first))
	key(kb.Escape, `!document.querySelector(".is-held") && document.activeElement === `+here)
	key(" ", `document.activeElement?.matches(".story button")`)
	key(" ", here+`?.matches(".in-story") && !document.querySelector(".is-held")`)
	b.until(`document.querySelectorAll(".story .s-item").length === ` + entries)

	// And taken out again.
	b.run(chromedp.Evaluate(here+`.focus()`, nil))
	key("x", here+`?.matches(":not(.in-story)") && document.activeElement === `+here)
	if got := b.eval(`location.pathname`); got != path+"/evidence" {
		t.Errorf("the page is %s", got)
	}
}

// looks are the ways in which every page is looked at, with the rules of axe that
// can tell something new in it.
var looks = []struct {
	name          string
	width, height int64
	scheme        string
	rules         string
}{
	{"light", 1280, 900, "light", "rules: {}"},
	{"dark", 1280, 900, "dark", "rules: {}"},
	{"phone", 390, 844, "light", `runOnly: ["target-size", "scrollable-region-focusable"]`},
	{"narrow", 320, 640, "light", ""},
}

// byHand are states that only scripts bring about: the page they stand on, what
// happens, and what is true then.
var byHand = []struct{ name, page, do, then string }{
	{"home-offline", "home", `dispatchEvent(new Event("offline"))`, `document.querySelector(".offline p").textContent.includes("What you type is kept on this device")`},
	{
		"preread-offline", "preread",
		`(f => { f.value = "About a third."; f.dispatchEvent(new Event("input", {bubbles: true})); dispatchEvent(new Event("offline")) })(document.querySelector("#main textarea"))`,
		`document.querySelector(".offline p").textContent.includes("in one field")`,
	},
	{"incident-busy", "incident-new", `(f => { f.elements.title.value = "Edge answers 503"; f.querySelector(".btn--main").click() })(document.querySelector("#main form"))`, `document.querySelector("#main .btn.is-busy")?.textContent === "Opening…"`},
	{
		"timeline-chosen", "timeline", `[..."jj j "].forEach(key => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true})))`,
		`document.querySelector("#merge.is-on .merge__what").textContent.startsWith("2 entries chosen") && document.querySelector(".here.is-on h3").textContent.startsWith("09:48")`,
	},
	{"display-dark", "help", `document.querySelector(".display [value=dark]").click()`, `document.documentElement.dataset.theme === "dark" && getComputedStyle(document.body).colorScheme === "dark"`},
}

func TestInChromiumEveryStateIsAccessibleAndFits(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("ui", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		required(t, "ui", "axe-core is not there; \"make build\" fetches it")
	}
	c := newCatalogue(t)
	shown := c.shown()
	const tabs = 2
	for n := range tabs {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			r := *shown
			r.T = t
			b := r.tab()
			for i, s := range c.states {
				if i%tabs == n && looked(s.name) {
					b.open("/catalogue/" + s.name)
					b.look(t, string(axe), s.name)
				}
			}
			for i, s := range byHand {
				if i%tabs == n && looked(s.name) {
					b.open("/catalogue/" + s.page)
					b.run(chromedp.Evaluate(s.do+";0", nil))
					b.until(s.then)
					b.look(t, string(axe), s.name)
					b.run(chromedp.Evaluate("localStorage.clear()", nil))
				}
			}
		})
	}
}

// looked tells whether a state is looked at: all are, unless DEBRIEF_STATES names a part
// of the names of some.
func looked(name string) bool { return strings.Contains(name, os.Getenv("DEBRIEF_STATES")) }

// shown serves the catalogue to a browser: each state under its name, with the files of
// the build.
func (c *catalogue) shown() *room {
	mux := http.NewServeMux()
	done := make(chan struct{})
	mux.HandleFunc("GET /catalogue/{state}", func(w http.ResponseWriter, r *http.Request) {
		for _, s := range c.states {
			if s.name == r.PathValue("state") {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				policy := web.Policy
				if m := regexp.MustCompile(`data-nonce="(\w+)"`).FindStringSubmatch(s.page); m != nil {
					policy = strings.Replace(policy, "style-src 'self'", "style-src 'self' 'nonce-"+m[1]+"'", 1)
				}
				w.Header().Set("Content-Security-Policy", policy)
				_, _ = io.WriteString(w, s.page)
				return
			}
		}
		http.NotFound(w, r)
	})
	mux.HandleFunc("GET /incidents/{incident}/changes", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-done:
		case <-r.Context().Done():
		}
	})
	// A form leads nowhere: the browser stays on the page that sent it.
	mux.HandleFunc("POST /", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.Handle("GET /static/", c.site)
	server := httptest.NewServer(mux)
	c.Cleanup(server.Close)
	c.Cleanup(func() { close(done) })
	shown := *c.room
	shown.server = server
	return &shown
}

// look checks the page in every look. With DEBRIEF_SHOTS it leaves a picture of each
// in that folder.
func (b *tab) look(t *testing.T, axe, name string) {
	t.Helper()
	// The page's policy lets no other script in, so axe comes through the debugger.
	b.run(chromedp.Evaluate(axe+";0", nil))
	for _, l := range looks {
		b.run(
			emulation.SetDeviceMetricsOverride(l.width, l.height, 1, l.width < 500),
			emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}),
		)
		if l.rules != "" {
			var found string
			b.run(
				chromedp.Evaluate(`axe.run(document, {resultTypes: ["violations"], `+l.rules+`}).then(r => r.violations.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + " " + n.any.map(a => a.message).join("; ")).join("\n   ")).join("\n"))`,
					&found, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }),
			)
			if found != "" {
				t.Errorf("%s, %s:\n%s", name, l.name, found)
			}
		}
		if wide := b.wider(l.width); wide != "" {
			t.Errorf("%s, %s: the page scrolls sideways:\n%s", name, l.name, wide)
		}
		if folder := os.Getenv("DEBRIEF_SHOTS"); folder != "" && l.name != "narrow" {
			var shot []byte
			b.run(chromedp.FullScreenshot(&shot, 100))
			b.ok(os.WriteFile(filepath.Join(folder, name+"."+l.name+".png"), shot, 0o600))
			if l.name == "light" {
				b.run(chromedp.ActionFunc(func(ctx context.Context) error {
					pdf, _, err := page.PrintToPDF().WithPreferCSSPageSize(true).Do(ctx)
					if err != nil {
						return err
					}
					return os.WriteFile(filepath.Join(folder, name+".pdf"), pdf, 0o600)
				}))
			}
		}
	}
	b.run(emulation.ClearDeviceMetricsOverride())
}

// wider gives what makes the page scroll sideways, if it does.
func (b *tab) wider(width int64) string {
	b.Helper()
	return b.eval(fmt.Sprintf(`(wide => document.documentElement.scrollWidth > wide ? [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > wide + 1 && !e.closest(".figure__scroll, .contents, .top__nav, .unseen")).slice(0, 4).map(e => e.outerHTML.slice(0, 120)).join("\n") + " " : "")(%d)`, width))
}

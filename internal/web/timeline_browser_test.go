package web_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
)

// keys presses keys one after another, each when the page is whole, and waits for what
// they bring about.
func (b *tab) keys(keys, then string) {
	b.Helper()
	b.until(`document.readyState === "complete"`)
	b.run(chromedp.KeyEvent(keys))
	b.until(then)
}

// visit lets a tab in as a browser that is signed in already.
func (b *tab) visit(as *browser) {
	b.Helper()
	for _, c := range as.client.Jar.Cookies(must(url.Parse(b.server.URL))) {
		b.run(network.SetCookie(c.Name, c.Value).WithURL(b.server.URL))
	}
}

// written is an incident whose timeline people wrote: its path and its entries.
func (b *browser) written(texts ...string) (path string) {
	b.Helper()
	b.send("/incidents", "title", "Invoices came late", "visibility", "organisation", "zone", "UTC").shows(200)
	path = strings.TrimSuffix(b.path, "/evidence")
	for i, text := range texts {
		b.send(path+"/entries", "text", text, "at", fmt.Sprintf("2026-03-01T10:%02d", 4*i), "precision", "minute", "kind", "next", "status", "observed").shows(200)
	}
	return path
}

// entries writes many entries, a minute apart.
func (b *browser) entries(path string, n int) {
	b.Helper()
	a, err := b.gate.Actor(b.Context(), b.client.Jar.Cookies(must(url.Parse(b.server.URL)))[0].Value)
	b.ok(err)
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for i := range n {
		_, err := b.cb.AddEntry(b.Context(), a, casebook.AddEntry{Incident: debrief.IncidentID(strings.TrimPrefix(path, "/incidents/")), EntryWords: casebook.EntryWords{
			At: debrief.Moment{At: start.Add(time.Duration(i) * time.Minute), Precision: debrief.ToMinute}, Kind: debrief.Kind(i % 3), Text: fmt.Sprintf("The queue of region %d grows, job number %d waits.", i%7, i),
		}})
		b.ok(err)
	}
}

func TestInChromiumEntriesAreMergedSplitAndSettledWithKeysAlone(t *testing.T) {
	r := newLiveRoom(t)
	ana := r.first()
	ana.send("/teams", "team", "Delivery", "function", "delivers").shows(200)
	ana.send("/teams/"+ana.find(`/teams/(\w+)/people`)+"/people", "user", ana.find(`value="(\w+)">Ana`)).shows(200)
	path := ana.written("The queue grew.", "The queue stood still.", "Somebody asked who owns the limit.")
	b := r.tab()
	b.visit(ana)
	b.open(path + "/timeline")
	b.run(chromedp.Evaluate(`window.same = true`, nil))
	row := func(n int) string {
		return fmt.Sprintf(`document.querySelectorAll("section[aria-labelledby=chron] li.entry")[%d]`, n-1)
	}
	text := func(n int) string { return row(n) + `?.querySelector(".entry__text").textContent` }
	on := func(n int) string { return `document.activeElement === ` + row(n) }

	// What it was, its time, and back.
	b.keys("j", on(1))
	b.keys("m", on(1)+` && `+row(1)+`.dataset.kind === "Missing"`)
	b.keys("]", on(1)+` && `+row(1)+`.textContent.includes("10:01")`)
	b.keys("[", on(1)+` && `+row(1)+`.textContent.includes("10:00")`)
	b.keys("u", on(1)+` && `+row(1)+`.textContent.includes("10:01")`)

	// Two become one, with a reason.
	b.keys(" ", `document.querySelector("#merge.is-on .merge__what").textContent.startsWith("1 entry chosen")`)
	b.keys("j", on(2))
	b.keys(" ", `document.querySelector("#merge .merge__what").textContent.startsWith("2 entries chosen")`)
	// A drawing of the page meanwhile does not hide the form for a moment: it could not take
	// the focus then, or would lose it.
	var stays bool
	b.run(chromedp.Evaluate(`(async () => {
		const form = document.querySelector("#merge");
		let on = true;
		new MutationObserver(() => { on &&= form.matches(".is-on") }).observe(form, {attributes: true});
		for (let i = 0; i < 2; i++) { // the first may be one that was under way
			await new Promise(drawn => {
				document.addEventListener("debrief:drawn", () => setTimeout(drawn), {once: true});
				document.dispatchEvent(new Event("debrief:look"));
			});
		}
		return on && form.isConnected;
	})()`, &stays, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	if !stays {
		t.Error("the form in which two become one was gone for a moment")
	}
	b.keys("=", `document.activeElement.id === "why"`)
	b.keys("One event, seen twice."+kb.Enter, on(1)+` && document.body.textContent.includes("2 entries in the story") && `+row(1)+`.textContent.includes("One event, seen twice.")`)
	b.until(`!document.querySelector("#merge.is-on") && window.same`)

	// One becomes two again, by hand.
	b.keys("s", `document.activeElement.name === "part"`)
	b.keys(kb.Tab, `document.activeElement.name === "part-at"`)
	for !strings.Contains(b.eval(`document.activeElement.id`), "part-1") {
		b.run(chromedp.KeyEvent(kb.Tab))
	}
	b.run(chromedp.KeyEvent("The queue stood still."))
	for b.eval(`document.activeElement.textContent`) != "Split" {
		b.run(chromedp.KeyEvent(kb.Tab))
	}
	b.keys(kb.Enter, on(1)+` && document.body.textContent.includes("3 entries in the story")`)

	// A team's account stands beside it until people agree.
	b.keys("jk", on(1))
	b.keys("2", `document.activeElement.name === "account"`)
	b.keys("We saw it at ten."+kb.Tab+kb.Enter, on(1)+` && `+row(1)+`.textContent.includes("We saw it at ten.")`)
	b.keys("d", `document.activeElement.name === "agreed"`)
	b.run(chromedp.KeyEvent(kb.Tab))
	b.keys("The log has the minute."+kb.Tab+kb.Enter, on(1)+` && `+row(1)+`.textContent.includes("The log has the minute.")`)
	if got := b.eval(text(1)); !strings.HasPrefix(got, "The queue") {
		t.Errorf("after all of it the entry says %q", got)
	}

	// Dismissed, the next one is at hand; A adds between them.
	b.keys("x", on(1)+` && document.body.textContent.includes("2 entries in the story")`)
	b.keys("a", `location.pathname.endsWith("/entries/new") && document.querySelector("#at").value.startsWith("2026-03-01T10:0")`)
}

// A timeline of a thousand entries opens, is walked through and filtered.
func TestInChromiumAThousandEntriesAreWalkedAndFiltered(t *testing.T) {
	r := newLiveRoom(t)
	ana := r.first()
	path := ana.written()
	ana.entries(path, 1000)
	b := r.tab()
	b.visit(ana)
	b.open(path + "/timeline")
	on := func(n int) string {
		return fmt.Sprintf(`document.activeElement === document.querySelectorAll("li.entry[id]")[%d]`, n)
	}
	b.keys("jjj", on(2))
	b.keys("k", on(1))
	b.run(chromedp.Evaluate(`document.querySelectorAll("li.entry[id]")[990].focus(), document.querySelectorAll("li.entry[id]")[990].querySelector("a").focus()`, nil))
	b.keys("j", on(991)+` && (r => r.top >= 0 && r.bottom <= innerHeight)(document.activeElement.getBoundingClientRect())`)
	b.keys("/", `document.activeElement.id === "words"`)
	b.run(chromedp.Evaluate(`document.activeElement.value = ""`, nil)) // chromedp writes a sign that the page took as a key
	b.keys("number 777"+kb.Enter, `document.querySelectorAll("li.entry[id]").length === 1 && document.body.textContent.includes("1 entry shown; the filter hides the others.")`)
	b.until(`document.querySelectorAll(".dbt a").length > 100`) // the picture stays whole
}

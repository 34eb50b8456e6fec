package web_test

import (
	"archive/zip"
	"bytes"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// The whole road works in a browser that runs no scripts.
func TestInChromiumTheRoadNeedsNoScripts(t *testing.T) {
	r := newRoom(t)
	ana, ben := r.tab(), r.tab()
	for _, b := range []*tab{ana, ben} {
		b.run(emulation.SetScriptExecutionDisabled(true))
	}
	ana.open("/")
	ana.fill("#organisation", "Harbour Ltd", "#name", "Ana", "#email", "ana@example.com", "#password", password)
	ana.press("#main .btn--main")
	ana.open("/people")
	ana.fill("form[action='/people/invitations'] [name=email]", "ben@example.com")
	ana.press("form[action='/people/invitations'] .btn")
	ben.open(ana.eval(`document.querySelector("code.machine").textContent.match(/\/invitations\/\w+/)[0]`))
	ben.fill("[name=name]", "Ben", "[name=password]", password)
	ben.press("#main .btn--main")

	ana.open("/incidents/new")
	ana.fill("#title", "Edge answers 503", "#zone", "UTC")
	ana.press("#main .btn--main")
	path := strings.TrimSuffix(ana.eval("location.pathname"), "/evidence")
	var files []string
	for name := range r.sample() {
		abs, err := filepath.Abs(filepath.Join("..", "..", "testdata", "incidents", filepath.FromSlash(name)))
		r.ok(err)
		files = append(files, abs)
	}
	slices.Sort(files)
	ana.run(chromedp.SetUploadFiles("input[type=file][name=files]:not([webkitdirectory])", files, chromedp.ByQuery))
	ana.press("form[enctype] .btn--main")
	ana.until(`document.querySelector("noscript meta[http-equiv=refresh], meta[http-equiv=refresh]") !== null`)
	r.ok(r.run.Drain(t.Context()))
	ana.until(`document.querySelector(".state--done") !== null && !document.querySelector("meta[http-equiv=refresh]")`) // the browser looked again by itself

	ana.open(path + "/timeline")
	ana.press("form[action$='/accept'] .btn")
	ana.fill("#words", "alert", "#of-kind", "visible")
	ana.press(".sift .btn")
	ana.until(`document.body.textContent.includes("the filter hides the others") && document.querySelectorAll("section[aria-labelledby=chron] li.entry").length < 3`)
	ana.until(`getComputedStyle(document.querySelector("#merge")).display !== "none" && getComputedStyle(document.querySelector("li.entry [form=merge]").parentElement).opacity === "1"`)
	r.ok(r.run.Drain(t.Context()))
	ana.open(path + "/preread")
	ana.run(chromedp.SendKeys("#questions textarea", "About a third of requests.", chromedp.ByQuery))
	ana.press("#questions form[action*='/questions/'] button:not([name])")
	ana.until(`document.body.textContent.includes("About a third of requests.")`)
	r.ok(r.run.Drain(t.Context()))
	ana.open(path + "/preread")
	ana.open(ana.eval(`document.querySelector("#main a[href*='/preread/sec']").getAttribute("href").split("#")[0]`))
	ana.fill("#body", "The limit was reached.")
	ana.press("form[action*='/preread/'] .btn--main")
	ana.open(path + "/preread")
	ana.until(`document.body.textContent.includes("The limit was reached.")`)
	ana.run(chromedp.Evaluate(`[...document.querySelectorAll("input[name=to]")].find(i => i.closest("label").textContent.includes("Ben")).checked = true`, nil))
	ana.press("form[action$='/sendings'] .btn--main")

	ben.open("/")
	ben.press(".need .btn--main")
	ben.until(`document.body.textContent.includes("The limit was reached.")`)
	ben.press("form[action$='/read'] .btn")
	ben.until(`document.body.textContent.includes("You have read it")`)
	ben.open("/")
	ben.until(`document.querySelector("h1").textContent === "Nothing needs you"`)
	ben.press(".display [value=dark]")
	ben.until(`document.documentElement.dataset.theme === "dark"`)
}

// hostile is what somebody might write who wishes the reader ill: markup in three
// languages, text that runs the other way, signs of four bytes and a word without end.
const hostile = `<script>alert(1)</script><img src=x onerror=alert(2)>"'><svg onload=alert(3)> {{7*7}} javascript:alert(4) ` + "\u202egpj.exe \U0001F600 \U00020BB7 "

func zipOf(t *testing.T, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What others wrote runs nothing, asks nobody elsewhere, turns nothing round and
// pushes nothing out of its place, in a real browser.
func TestInChromiumHostileEvidenceIsInert(t *testing.T) {
	r := newLiveRoom(t)
	b := r.tab()
	chromedp.ListenTarget(b.ctx, func(ev any) {
		switch ev := ev.(type) {
		case *page.EventJavascriptDialogOpening:
			t.Errorf("a dialog opens: %s", ev.Message)
			go func() { _ = chromedp.Run(b.ctx, page.HandleJavaScriptDialog(false)) }()
		case *network.EventRequestWillBeSent:
			if to := ev.Request.URL; !strings.HasPrefix(to, r.server.URL) && !strings.HasPrefix(to, "data:") && !strings.HasPrefix(to, "about:") {
				t.Errorf("the page asks for %s", to)
			}
		}
	})

	// The same browser's cookies serve a client that sends what a form would.
	endless := strings.Repeat("endless", 60)
	ana := r.first()
	ana.send("/account/name", "name", "Ana <b>bold</b> \u202eanA").shows(200)
	ana.send("/teams", "team", hostile[:60], "function", "<i>"+endless[:50]).shows(200)
	ana.send("/incidents", "title", hostile[:100]+" \u202eeltit", "visibility", "organisation", "zone", "UTC").shows(200)
	room := strings.TrimSuffix(ana.path, "/evidence")
	lines := "2026-03-01 14:02 UTC deploy 4711 " + hostile + "\n\n2026-03-01 14:05 UTC error rate rises " + endless + "\n\n2026-03-01 14:09 UTC rolled back " + hostile + "\n"
	ana.upload(room+"/evidence", map[string]string{
		`<img src=x onerror=alert(5)>.md`: "# Notes <script>alert(6)</script>\n\n" + lines + "\n![x](http://elsewhere.example/a.png) [y](javascript:alert(7))\n",
		"page.html":                       "<html><body onload=alert(8)><script>alert(9)</script><iframe src=http://elsewhere.example/></iframe><p>" + lines + "</p></body></html>",
		"drawing.svg":                     `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(10)"><script>alert(11)</script><image href="http://elsewhere.example/b.png"/></svg>`,
		"export.zip":                      zipOf(t, map[string]string{"\u202etxt.<b>.md": lines, "../../out.txt": lines, endless[:120] + ".log": lines}),
	}).shows(200)
	ana.send(room+"/evidence/text", "title", hostile[:60], "text", lines).shows(200)
	r.ok(r.run.Drain(t.Context()))
	ana.get(room + "/timeline")
	var all []string
	for _, m := range regexp.MustCompile(`name="entry" value="(\w+)"`).FindAllStringSubmatch(ana.page, -1) {
		all = append(all, "entry", m[1])
	}
	ana.send(room+"/timeline/accept", all...).shows(200)
	ana.send(room+"/entries", "text", hostile+endless, "at", "2026-03-01T14:02", "precision", "minute", "kind", "next", "status", "observed").shows(200)
	r.ok(r.run.Drain(t.Context()))
	section := ana.get(room + "/preread").find(`/preread/(sec\w+)`)
	body := hostile + "\n\n" + endless + "\n\n![x](http://elsewhere.example/c.png) ![y](javascript:alert(12)) <iframe src=http://elsewhere.example/></iframe> [z](data:text/html,<script>alert(13)</script>)\n\n| a | b |\n|---|---|\n| " + endless + " | " + hostile + " |\n"
	ana.send(room+"/preread/"+section, "rev", ana.get(room+"/preread/"+section).find(`name="rev" value="(\d+)"`), "body", body).shows(200)
	ana.get(room+"/preread").send(room+"/sendings", "to", ana.find(`name="to" value="(\w+)"`), "note", hostile[:80]).shows(200)
	sent := ana.path

	for _, c := range ana.client.Jar.Cookies(must(url.Parse(r.server.URL))) {
		b.run(network.SetCookie(c.Name, c.Value).WithURL(r.server.URL))
	}
	paths := []string{"/", "/incidents", "/incidents?q=" + url.QueryEscape(hostile), "/people", "/account", room, room + "/evidence", room + "/evidence?q=" + url.QueryEscape(hostile[:40]), room + "/timeline", room + "/preread", room + "/preread/" + section, sent, room + "/activity"}
	ana.get(room + "/evidence")
	for i, m := range regexp.MustCompile(`/evidence/(evi\w+)"`).FindAllStringSubmatch(ana.page, -1) {
		if i < 3 {
			paths = append(paths, room+"/evidence/"+m[1])
		}
	}
	paths = append(paths, room+"/entries/"+ana.get(room+"/timeline").find(`/entries/(ent\w+)"`))
	b.run(emulation.SetDeviceMetricsOverride(390, 844, 1, true))
	for _, path := range paths {
		b.open(path)
		if wide := b.wider(390); wide != "" {
			t.Errorf("%s scrolls sideways:\n%s", path, wide)
		}
		if got := b.eval(`[...document.querySelectorAll("#main script, iframe, img, object, embed, [onload], [onerror], a[href^='javascript'], a[href^='data'], [srcdoc]")].map(e => e.outerHTML.slice(0, 100)).join("\n")`); got != "" {
			t.Errorf("%s has\n%s", path, got)
		}
		// Text that runs the other way ends with its element.
		if got := b.eval(`(() => { const out = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
			while (walk.nextNode()) { const n = walk.currentNode; if (n.data.includes("\u202e") && !n.parentElement.matches("textarea") && !/isolate|plaintext/.test(getComputedStyle(n.parentElement).unicodeBidi)) out.push(n.parentElement.outerHTML.slice(0, 160)); }
			return out.join("\n"); })()`); got != "" {
			t.Errorf("%s lets text turn round what stands after it:\n%s", path, got)
		}
		if folder := os.Getenv("DEBRIEF_SHOTS"); folder != "" {
			var shot []byte
			b.run(chromedp.FullScreenshot(&shot, 100))
			r.ok(os.WriteFile(filepath.Join(folder, "hostile"+strings.NewReplacer("/", "-", "?", "-", "%", "").Replace(path[:min(len(path), 40)])+".png"), shot, 0o600))
		}
	}
}

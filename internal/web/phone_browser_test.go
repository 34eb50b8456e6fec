package web_test

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// The main job is done on a phone: a thumb is enough, and nothing scrolls sideways.
func TestInChromiumTheRoadIsWalkedOnAPhone(t *testing.T) {
	r := newLiveRoom(t)
	b := r.tab()
	path := b.found()
	b.run(emulation.SetDeviceMetricsOverride(390, 844, 1, true), emulation.SetTouchEmulationEnabled(true))
	open := func(to string) {
		t.Helper()
		b.open(to)
		b.until(`document.readyState === "complete"`)
		if wide := b.wider(390); wide != "" {
			t.Errorf("%s scrolls sideways:\n%s", to, wide)
		}
		if small := b.eval(`[...document.querySelectorAll("main :is(.btn, .input, summary, .choice > *)")].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 100)).slice(0, 3).join("\n")`); small != "" {
			t.Errorf("%s has what a thumb misses:\n%s", to, small)
		}
	}
	tap := func(selector, then string) {
		t.Helper()
		// What a thumb meets there is the control itself, and nothing that lies over it.
		b.until(`(e => { e.scrollIntoView({block: "center"}); const r = e.getBoundingClientRect(); return e.contains(document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)); })(document.querySelector(` + "`" + selector + "`" + `))`)
		b.run(chromedp.Evaluate(`document.querySelector(`+"`"+selector+"`"+`).click()`, nil))
		b.until(then)
	}

	open(path + "/evidence")
	record := b.eval(`document.querySelector("li.record:has(form[action$='/promote'])").id`)
	tap("li.record form[action$='/promote'] button", `document.getElementById("`+record+`")?.matches(".in-story")`)
	open(path + "/timeline")
	b.until(`document.body.textContent.includes("1 entry in the story")`)
	tap("li.entry [form=accept]", `document.body.textContent.includes("2 entries in the story")`)
	tap("form.undo button", `document.body.textContent.includes("1 entry in the story")`)

	open(path + "/preread")
	b.run(chromedp.SendKeys("#questions textarea", "About a third.", chromedp.ByQuery))
	tap("#questions form button", `document.querySelector("#questions").textContent.includes("About a third.")`)
	open(path + "/preread/" + b.eval(`document.querySelector("section.prose").id`))
	b.until(`document.querySelector(".cm-content")`)
	b.run(chromedp.Click(".cm-content", chromedp.ByQuery), chromedp.KeyEvent("On a train. "))
	b.until(`document.querySelector("#body").value.includes("On a train.")`)
	b.run(chromedp.Evaluate(`document.activeElement.blur()`, nil))
	b.until(`document.querySelector("#saved").textContent.startsWith("Saved at ")`)

	for _, to := range []string{"/", "/incidents", "/people", "/account", "/help", path, path + "/activity", path + "/entries/new"} {
		open(to)
	}
}

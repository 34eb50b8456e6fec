package web_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

func TestInChromiumASectionSavesByItself(t *testing.T) {
	r := newLiveRoom(t)
	ana, ben := r.tab(), r.tab()
	path := ana.found()
	ana.open("/people")
	ana.fill("form[action='/people/invitations'] [name=email]", "ben@example.com")
	ana.press("form[action='/people/invitations'] .btn")
	ben.open(ana.eval(`document.querySelector("code.machine").textContent.match(/\/invitations\/\w+/)[0]`))
	ben.fill("[name=name]", "Ben", "[name=password]", password)
	ben.press("#main .btn--main")

	ana.open(path + "/preread")
	section := path + "/preread/" + ana.eval(`document.querySelector("section.prose").id`)
	ana.open(section)
	ben.open(section)
	ana.until(`document.querySelector(".cm-content")`)
	ben.until(`document.querySelector(".cm-content")`)
	write := func(b *tab, words string) {
		t.Helper()
		b.run(chromedp.Evaluate(`document.querySelector(".cm-content").focus()`, nil), chromedp.KeyEvent(kb.Home, chromedp.KeyModifiers(input.ModifierCtrl)), chromedp.KeyEvent(words))
	}
	write(ana, " First.")
	ben.until(`document.body.textContent.includes("Ana is writing here.")`)
	ana.run(chromedp.Evaluate(`document.activeElement.blur()`, nil))
	ana.until(`document.querySelector("#saved").textContent.startsWith("Saved at ")`)
	ben.until(`document.querySelector("#body").value.includes(" First.")`)
	if got := ben.eval(`String(document.querySelector("#body").checkVisibility())`); got != "false" {
		t.Error("after the page was drawn, the text stands twice: the field is seen beside the editor")
	}

	// Notes on wording follow what is typed; a kept one keeps the text, too.
	write(ana, " Dan broke checkout.")
	ana.until(`document.querySelector("#notes .finding__title")?.textContent === "A person stands where a cause belongs"`)
	ana.run(chromedp.Click("#notes .keep summary", chromedp.ByQuery))
	ana.run(chromedp.SendKeys("#reason-0", "It quotes a customer."+kb.Enter, chromedp.ByQuery))
	ana.until(`document.querySelector("#notes").textContent.includes("Kept by Ana: It quotes a customer.") && document.querySelector("#body").value.includes("Dan broke checkout.")`)
	ana.until(`document.querySelector("#saved").textContent.startsWith("Saved at ") || document.querySelector("#body").dataset.saved === "yes"`)
	ben.until(`document.querySelector("#body").value.includes("Dan broke checkout.")`)

	// A lost connection takes nothing, and it is saved when it is back.
	ana.run(network.EmulateNetworkConditions(true, 0, -1, -1))
	write(ana, " Second.")
	ana.run(chromedp.Evaluate(`document.activeElement.blur()`, nil))
	ana.until(`document.querySelector("#saved").textContent.startsWith("Not saved: the connection is lost")`)
	ana.run(network.EmulateNetworkConditions(false, 0, -1, -1))
	ana.until(`document.querySelector("#saved").textContent.startsWith("Saved at ")`)
	ben.until(`document.querySelector("#body").value.includes(" Second.")`)

	// Two who write at once: nothing is written over, and both texts stand side by side.
	write(ana, " Of Ana.")
	write(ben, " Of Ben.")
	ana.run(chromedp.Evaluate(`document.activeElement.blur()`, nil))
	ana.until(`document.querySelector("#saved").textContent.startsWith("Saved at ")`)
	ben.run(chromedp.Evaluate(`document.activeElement.blur()`, nil))
	ben.until(`document.querySelector(".theirs ins")?.textContent === "Ana. " && document.querySelector(".theirs").textContent.includes("Of Ana.")`)
	ben.until(`document.querySelector("#saved").textContent.startsWith("Not saved: somebody saved meanwhile.")`)
	if got := ben.eval(`document.querySelector("#body").value`); !strings.Contains(got, "Of Ben.") || strings.Contains(got, "Of Ana.") {
		t.Errorf("Ben's field holds %q", got)
	}
	if got := ana.eval(`document.querySelector("#body").value`); !strings.Contains(got, "Of Ana.") || strings.Contains(got, "Of Ben.") {
		t.Errorf("Ana's field holds %q", got)
	}

	// While Ben looks, Ana saves once more: what he chooses is not written over her text.
	write(ana, " Once more.")
	ana.run(chromedp.Evaluate(`document.activeElement.blur()`, nil))
	ana.until(`document.querySelector("#saved").textContent.startsWith("Saved at ") && document.querySelector("#body").defaultValue.includes("Once more.")`)
	choose := func(how string) {
		t.Helper()
		ben.run(chromedp.Evaluate(`document.querySelector(".theirs button[value=`+how+`]").focus()`, nil), chromedp.KeyEvent(kb.Enter))
	}
	choose("mine")
	ben.until(`document.querySelector(".theirs")?.textContent.includes("Once more.")`)

	// With keys alone: both into one, which saves by itself.
	choose("both")
	ben.until(`!document.querySelector(".theirs") && document.activeElement?.matches(".cm-content") && document.querySelector("#body").value.includes("Of Ben.") && document.querySelector("#body").value.includes("Once more.")`)
	ben.until(`document.querySelector(".cm-content").textContent.includes("Once more.")`)
	ben.run(chromedp.Evaluate(`document.activeElement.blur()`, nil))
	ben.until(`document.querySelector("#saved").textContent.startsWith("Saved at ")`)
	ana.until(`document.querySelector("#body").value.includes("Of Ben.")`)

	// Theirs is taken; mine stays as a version.
	write(ana, " Ana, last.")
	write(ben, " Ben, last.")
	ana.run(chromedp.Evaluate(`document.activeElement.blur()`, nil))
	ana.until(`document.querySelector("#saved").textContent.startsWith("Saved at ")`)
	ben.run(chromedp.Evaluate(`document.activeElement.blur()`, nil))
	ben.until(`document.querySelector(".theirs")?.textContent.includes("Ana, last.")`)
	choose("theirs")
	ben.until(`!document.querySelector(".theirs") && document.querySelector("#body").value.includes("Ana, last.") && !document.querySelector("#body").value.includes("Ben, last.")`)
	ben.open(section)
	ben.run(chromedp.Click("details.more > summary", chromedp.ByQuery))
	ben.press("details.more a")
	if got := ben.eval(`document.querySelector(".card del").textContent`); got != "Ben, " {
		t.Errorf("what the version before says and the text does not is %q", got)
	}
}

func TestInChromiumNotesAreUnderlinedAndAnotherWordingIsPutIn(t *testing.T) {
	r := newLiveRoom(t)
	ana := r.tab()
	path := ana.found()
	ana.open(path + "/preread")
	ana.open(path + "/preread/" + ana.eval(`document.querySelector("section.prose").id`))
	ana.until(`document.querySelector(".cm-content")`)
	ana.run(chromedp.Evaluate(`document.querySelector(".cm-content").focus()`, nil), chromedp.KeyEvent("a", chromedp.KeyModifiers(input.ModifierCtrl)),
		input.InsertText("Saved \U0001F600 at noon. In hindsight, the alert named the wrong cluster. Dan broke checkout."))

	// The words of every note are marked where they stand, also behind a letter that scripts count twice.
	marked := `[...document.querySelectorAll(".cm-content .mark")].map(m => m.textContent).join("|")`
	ana.until(marked + `.startsWith("In hindsight|Dan broke")`)
	ana.until(`document.querySelectorAll("#notes details[open].finding").length === 1`)
	if got := ana.eval(`document.querySelector(".cm-content .mark.is-here").textContent`); got != "In hindsight" {
		t.Errorf("the note that is open marks %q", got)
	}

	// By keys: to the note, and its wording is put in.
	ana.run(chromedp.Evaluate(`document.querySelector(".cm-content").focus()`, nil), chromedp.KeyEvent(kb.ArrowDown, chromedp.KeyModifiers(input.ModifierAlt)))
	ana.until(`document.activeElement?.matches("#notes button[value='use.0']")`)
	ana.run(chromedp.KeyEvent(kb.Enter))
	ana.until(`document.querySelector("#body").value === "Saved \u{1F600} at noon. The alert named the wrong cluster. Dan broke checkout." && document.activeElement?.matches(".cm-content")`)
	ana.until(marked + `.startsWith("Dan broke")`)
	ana.run(chromedp.KeyEvent("k", chromedp.KeyModifiers(input.ModifierAlt)))
	ana.until(`document.activeElement?.matches("#reason-0")`)
	ana.run(chromedp.KeyEvent(kb.Escape))

	// Undo is the editor's own, and Tab leaves it.
	ana.run(chromedp.Evaluate(`document.querySelector(".cm-content").focus()`, nil), chromedp.KeyEvent("z", chromedp.KeyModifiers(input.ModifierCtrl)))
	ana.until(`document.querySelector("#body").value.includes("In hindsight")`)
	ana.run(chromedp.KeyEvent(kb.Tab))
	ana.until(`!document.activeElement?.closest("#editor")`)
}

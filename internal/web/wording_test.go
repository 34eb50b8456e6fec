package web_test

import (
	"regexp"
	"strings"
	"testing"
)

// Without scripts a wording is kept and opened again, a version is compared and put
// back, and nothing that is typed meanwhile goes.
func TestASectionWithoutScripts(t *testing.T) {
	r := newRoom(t)
	ana := r.first()
	ben := r.join(ana, "Ben", "member")
	ana.send("/incidents", "title", "Edge answers 503", "visibility", "organisation", "zone", "UTC").shows(200)
	room := strings.TrimSuffix(ana.path, "/evidence")
	ana.upload(room+"/evidence", r.sample()).shows(200)
	r.ok(r.run.Drain(t.Context()))
	section := room + "/preread/" + ana.get(room+"/preread").find(`/preread/(\w+)"`)
	rev := func(b *browser) string { return b.get(section).find(`name="rev" value="(\d+)"`) }
	const text = "Dan broke checkout. Half a sen"

	note := ana.send(section, "rev", rev(ana), "do", "look", "body", text).shows(200, "A person stands where a cause belongs").find(`name="rule\.0" value="(\w+)"`)
	words := ana.find(`name="words\.0" value="([^"]+)"`)
	ana.send(section, "rev", "1", "body", text, "do", "keep.0", "rule.0", note, "words.0", words, "reason.0", " ").shows(422, "There is no reason yet", text)
	ana.send(section, "rev", "1", "body", text, "do", "keep.0", "rule.0", note, "words.0", words, "reason.0", "It quotes a customer.").shows(200, "Kept by Ana: It quotes a customer.", text).lacks("A person stands where a cause belongs")
	ana.send(section, "rev", rev(ana), "body", text).shows(200)
	ben.get(section).shows(200, "Kept by Ana: It quotes a customer.")
	ben.send(section, "rev", rev(ben), "body", "Nobody did anything.").shows(200).lacks("quotes a customer")
	ben.get(section).shows(200).lacks("quotes a customer")
	version := ben.find(`\?version=(\d+)`)

	// Without scripts: a reason that stands there when Save is pressed is kept, and another
	// wording is put in by the server.
	const wiser = "In hindsight, the alert named the wrong cluster."
	ben.send(section, "rev", rev(ben), "do", "look", "body", wiser).shows(200, "The alert named the wrong cluster.", "Use this")
	rule, found := ben.find(`name="rule\.0" value="(\w+)"`), ben.find(`name="words\.0" value="([^"]+)"`)
	ben.send(section, "rev", rev(ben), "do", "use.0", "body", wiser).shows(200, ">The alert named the wrong cluster.</textarea>", "No notes on wording")
	ben.send(section, "rev", rev(ben), "body", wiser, "rule.0", rule, "words.0", found, "reason.0", "The vendor's own words.").shows(200)
	ben.get(section).shows(200, "Kept by Ben: The vendor&#39;s own words.")
	ben.get(section+"?version="+version).shows(200, `<del class="removed">`, `<ins class="added">`, "Put this version back")
	ben.send(section+"/versions/"+version+"/restore", "rev", "1").shows(409, "changed")
	ben.send(section+"/versions/"+version+"/restore", "rev", rev(ben)).shows(200, text, "Kept by Ana")
	kept := ben.find(`value="(open\.\w+)"`)
	ben.send(section, "rev", rev(ben), "body", text, "do", kept).shows(200, "A person stands where a cause belongs").lacks("Kept by")
	ana.get(room+"/activity").shows(200, "Ana kept a wording in", "Ben opened a note on wording in").lacks("quotes a customer", "Dan broke")

	// Who else writes is said at the section and on the whole, to others.
	ana.send(section + "/presence").shows(204)
	ben.get(section).shows(200, "Ana is writing here.")
	ben.get(room+"/preread").shows(200, "Ana is writing here.")
	ben.get(room+"/presence").shows(200, `"Ana is writing here."`)
	ana.get(section).lacks("is writing here")
	ana.send(section+"/presence", "writes", "no").shows(204)
	ben.get(section).lacks("is writing here")
	to := ana.get(room + "/preread").find(`name="to" value="(\w+)"[^>]*><span>Ben`)
	if ana.send(room+"/sendings", "to", to).shows(200); regexp.MustCompile("Kept|note").MatchString(regexp.MustCompile(`(?s)<article.*</article>`).FindString(ana.page)) && strings.Contains(ana.page, "quotes a customer") {
		t.Error("what is sent has the reason of a kept wording")
	}
}

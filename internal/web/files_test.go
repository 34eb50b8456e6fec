package web_test

import (
	"regexp"
	"strings"
	"testing"
)

// What is taken out of the room is what stands there, and only for those who see it.
func TestFilesAreTakenOutOfTheRoom(t *testing.T) {
	r := newRoom(t)
	ana := r.first()
	ana.send("/incidents", "title", `=cmd|' <script>x</script>`, "visibility", "organisation", "zone", "Europe/Berlin").shows(200)
	room := strings.TrimSuffix(ana.path, "/evidence")
	ana.get(room+"/preread/as/pdf").shows(404, "There is no pre-read yet.")
	ana.upload(room+"/evidence", r.sample()).shows(200)
	r.ok(r.run.Drain(t.Context()))
	ana.get(room + "/timeline")
	for _, m := range regexp.MustCompile(`name="entry" value="(\w+)"`).FindAllStringSubmatch(ana.page, -1)[:4] {
		ana.send(room+"/timeline/accept", "entry", m[1])
	}
	ana.send(room+"/entries", "text", "=1+1 <b>The</b> review began.", "at", "2021-06-08T16:40", "precision", "minute", "kind", "next", "status", "observed").shows(200)
	r.ok(r.run.Drain(t.Context()))
	section := ana.get(room + "/preread").find(`/preread/(sec\w+)"`)
	ana.get(room + "/preread/" + section)
	ana.send(room+"/preread/"+section, "rev", ana.find(`name="rev" value="(\d+)"`), "body", "The limit was reached. <img src=x>").shows(200)

	for path, words := range map[string][]string{
		room + "/preread/as/md":    {"# \\=cmd", "The limit was reached."},
		room + "/preread/as/html":  {"The limit was reached.", "&lt;script&gt;"},
		room + "/preread/as/json":  {`"debrief.paper/1"`, "The limit was reached."},
		room + "/preread/as/pdf":   {"%PDF-"},
		room + "/timeline/as/md":   {"review began"},
		room + "/timeline/as/html": {"=1+1 &lt;b&gt;The&lt;/b&gt; review began.", "16:40"},
		room + "/timeline/as/csv":  {"'=1+1", "2021-06-08T14:40:00Z"},
		room + "/timeline/as/json": {`"debrief.timeline/1"`},
		room + "/timeline/as/pdf":  {"%PDF-"},
	} {
		ana.get(path).shows(200, words...)
		if strings.HasSuffix(path, "html") {
			ana.lacks("<script>x", "<img src", "<b>The")
		}
		if got := ana.header.Get("Content-Disposition"); !strings.HasPrefix(got, `attachment; filename="incident-1-`) {
			t.Errorf("%s is shown and not saved: %q", path, got)
		}
	}
	ana.get(room+"/preread/as/exe").shows(404, "no file of the kind")

	// A guest takes what was sent, and nothing else.
	guest := r.browser()
	guest.send("/invitations/"+ana.send(room+"/guests", "email", "gil@example.com", "name", "Gil").find(`/invitations/(\w+)`), "name", "Gil", "password", password).shows(200)
	sending := ana.get(room+"/preread").send(room+"/sendings", "to", ana.find(`name="to" value="(\w+)"[^>]*><span>(?:<bdi>)?Gil`), "note", "For Thursday").shows(200).path
	ana.send(room+"/preread/"+section, "rev", ana.get(room+"/preread/"+section).find(`name="rev" value="(\d+)"`), "body", "Written later.").shows(200)
	guest.get(sending+"/as/md").shows(200, "The limit was reached.", "For Thursday").lacks("Written later.")
	guest.get(sending+"/as/pdf").shows(200, "%PDF-")
	guest.get(room + "/preread/as/md").shows(403)
	guest.get(room + "/timeline/as/json").shows(403)
}

package web_test

import (
	"strings"
	"testing"
)

// A timeline that people wrote is merged, split and settled by forms, and each step can
// be undone.
func TestEntriesAreMergedSplitAndSettledByForms(t *testing.T) {
	r := newRoom(t)
	ana := r.first()
	ana.send("/teams", "team", "Delivery", "function", "delivers").shows(200)
	team, me := ana.find(`/teams/(\w+)/people`), ana.find(`value="(\w+)">Ana`)
	ana.send("/teams/"+team+"/people", "user", me).shows(200)
	ana.send("/incidents", "title", "Invoices came late", "visibility", "organisation", "zone", "Europe/Berlin").shows(200)
	room := strings.TrimSuffix(ana.path, "/evidence")
	add := func(text, at string) {
		ana.send(room+"/entries", "text", text, "at", at, "precision", "minute", "kind", "next", "status", "observed", "lane", "The carrier").shows(200, text, "The carrier", `id="e01"`)
	}
	add("The queue grew.", "2026-03-01T10:00")
	add("The queue stood still.", "2026-03-01T10:05")
	ids := entriesOf(ana)
	ana.send(room+"/timeline/merge", "entry", ids[0]).shows(422, "Two entries or more make one.")
	ana.send(room+"/timeline/merge", "entry", ids[0], "entry", ids[1], "note", "One event, seen twice.").shows(200, "1 entry in the story", "One event, seen twice.", "Last change: merged 2 entries", `id="e03"`)
	one := entriesOf(ana)[0]

	ana.get(room+"/entries/"+one).shows(200, "Split it into several entries").lacks("Settle the accounts")
	ana.send(room+"/entries/"+one+"/split", "part", "Only this.", "part-at", "2026-03-01T10:00").shows(422, "2 to 20 parts", "Only this.")
	ana.send(room+"/entries/"+one+"/split", "part", "First.", "part-at", "2026-03-01T10:00", "part", "Then.", "part-at", "half past").shows(422, "not a full time yet", "half past")
	ana.send(room+"/entries/"+one+"/split", "part", "First.", "part-at", "2026-03-01T10:00", "part", "Then.", "part-at", "2026-03-01T10:20", "part", " ", "part-at", "").shows(200, "2 entries in the story", "First.", "10:20", "split an entry into 2 entries")
	ana.send(room+"/timeline/undo", "edit", ana.find(`name="edit" value="(\w+)"`)).shows(200, "1 entry in the story", "The queue grew.")

	ana.send(room+"/entries/"+one+"/settle", "agreed", "Late.", "note", "x").shows(409, "no accounts")
	ana.send(room+"/entries/"+one+"/account", "team", team, "account", "We saw it at ten.").shows(200, "As seen from Delivery", "Settle the accounts")
	ana.send(room+"/entries/"+one+"/settle", "do", "settle", "agreed", "It came late.", "note", "").shows(422, "The note is empty.", "It came late.")
	ana.send(room+"/entries/"+one+"/settle", "do", "look").shows(200, "Disputed", "To be looked up")
	ana.send(room+"/entries/"+one+"/settle", "do", "settle", "agreed", "It came late.", "note", "The log has the minute.").shows(200, "It came late.", "The log has the minute.", "We saw it at ten.", "Reported").lacks("Disputed")
	ana.send(room+"/timeline/undo", "edit", ana.find(`name="edit" value="(\w+)"`)).shows(200, "To be looked up", "Disputed")
}

// entriesOf gives the ids of the entries that can be chosen on a timeline.
func entriesOf(b *browser) (ids []string) {
	b.Helper()
	for _, part := range strings.Split(b.page, `form="merge" name="entry" value="`)[1:] {
		id, _, _ := strings.Cut(part, `"`)
		ids = append(ids, id)
	}
	return ids
}

// The zone is a link, is remembered for the room, and a zone that there is not changes
// nothing.
func TestTimesAreReadInAnotherZone(t *testing.T) {
	r := newRoom(t)
	ana := r.first()
	ana.send("/incidents", "title", "Invoices came late", "visibility", "organisation", "zone", "Asia/Tokyo").shows(200)
	room := strings.TrimSuffix(ana.path, "/evidence")
	ana.send(room+"/entries", "text", "The queue grew.", "at", "2026-03-01T10:00", "precision", "minute", "kind", "next", "status", "observed").shows(200, "Times in Asia/Tokyo", ">10:00<")
	ana.get(room+"/timeline?zone=UTC").shows(200, "Times in UTC", ">01:00<", "read in Asia/Tokyo")
	ana.get(room+"/timeline").shows(200, "Times in UTC", ">01:00<")
	ana.get(room+"/timeline?zone=Mars/Base").shows(422, "There is no such time zone.", ">01:00<")
	ana.get(room+"/timeline?zone=Asia/Tokyo").shows(200, ">10:00<")
}

// A filter hides entries of the lists and nothing of the picture, is part of the
// address, and is still there after a change and on the way back from an entry.
func TestATimelineIsFiltered(t *testing.T) {
	r := newRoom(t)
	ana := r.first()
	ana.send("/incidents", "title", "Invoices came late", "visibility", "organisation", "zone", "Europe/Berlin").shows(200)
	room := strings.TrimSuffix(ana.path, "/evidence")
	ana.get(room + "/timeline").lacks("How we know")
	for _, e := range [][4]string{
		{"The queue grew.", "10:00", "trigger", "Delivery"}, {"A page named the queue.", "10:10", "signal", "Monitoring"}, {"The limit was raised.", "11:00", "response", "Delivery"},
	} {
		ana.send(room+"/entries", "text", e[0], "at", "2026-03-01T"+e[1], "precision", "minute", "kind", e[2], "signal", "confusing", "status", "observed", "lane", e[3]).shows(200)
	}
	ana.shows(200, "Trigger (1)", "Confusing (1)", "Delivery (2)", "Observed (3)", "Add at 10:05", "Add at ≈ 10:35", "at=2026-03-01T10%3a35&amp;precision=about").lacks("Show all")

	ana.get(room+"/timeline?kind=confusing").shows(200, "1 entry shown; the filter hides the others.", "A page named the queue.", "3 entries in the story", `<option value="confusing" selected>`).lacks("The limit was raised.</p>")
	ana.get(room+"/timeline?lane=Delivery").shows(200, "2 entries shown", "The queue grew.", "The limit was raised.").lacks("A page named the queue.</p>")
	ana.get(room+"/timeline?q=QUEUE+delivery").shows(200, "1 entry shown", "The queue grew.")
	ana.get(room+"/timeline?q=e02").shows(200, "1 entry shown", "A page named the queue.")
	ana.get(room+"/timeline?status=disputed").shows(200, "0 entries shown", "No entry of the story has this.", "Disputed (0)")
	ana.get(room+"/timeline?q=queue&zone=UTC").shows(200, "2 entries shown", `href="`+room+`/timeline?zone=UTC#chron">Show all`, ">09:10<", "Add at 09:05", "at=2026-03-01T10%3a05")

	filtered := room + "/timeline?q=queue"
	one := entriesOf(ana.get(filtered))[0]
	ana.send(room+"/timeline/dismiss", "entry", one, "back", filtered).shows(200, "1 entry shown")
	ana.send(room+"/timeline/merge", "entry", one, "back", filtered).shows(422, "1 entry shown", "Two entries or more make one.")
	ana.send(room+"/timeline/undo", "edit", ana.find(`name="edit" value="(\w+)"`), "back", filtered).shows(200, "2 entries shown")
	ana.send(room+"/entries/"+one, "text", "The queue grew quickly.", "at", "2026-03-01T10:00", "precision", "minute", "kind", "trigger", "status", "observed", "back", filtered).shows(200, "2 entries shown", "quickly")
	ana.send(room+"/entries/"+one, "text", "The queue grew.", "at", "", "precision", "minute", "kind", "trigger", "status", "observed", "back", filtered).shows(422, `href="`+filtered+`">Back to the timeline`)

	// One press changes one thing, and what somebody moved is no machine's stamp.
	ana.send(room+"/entries/"+one+"/adjust", "do", "later", "back", filtered).shows(200, ">09:01<", "2 entries shown")
	ana.send(room+"/entries/"+one+"/adjust", "do", "missing").shows(200, "Missing (1)")
	ana.send(room+"/entries/"+one+"/adjust", "do", "missing", "rev", "1").shows(409)
	ana.send(room+"/entries/"+one+"/adjust", "do", "sideways").shows(422, "visible, confusing or missing")
}

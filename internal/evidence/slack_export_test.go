package evidence

import (
	"context"
	"testing"
	"testing/fstest"

	"debrief.dev/debrief"
)

func TestSlackExportFixturesAreReadAsWritten(t *testing.T) {
	checkFixtures(t, slackExportSource, append([]Source{slackEventsSource, msTeamsSource, jsonLogSource}, toolSources...)...)
}

func FuzzSlackExport(f *testing.F) { fuzzSource(f, slackExportSource) }

func TestAnExportsDirectoryNamesPeopleAndChannels(t *testing.T) {
	export := fstest.MapFS{
		"users.json": {Data: []byte(`[{"id":"U1","team_id":"T1","name":"ana","real_name":"Ana Ruiz","profile":{"email":"ana@shop.example"}},
			{"id":"U2","team_id":"T9","name":"vik","real_name":"Vik Rao","is_stranger":true}]`)},
		"channels.json":       {Data: []byte(`[{"id":"C2","name":"payments","created":1,"creator":"U1","members":[]}]`)},
		"ops/2024-05-02.json": {Data: []byte(`[{"type":"message","user":"U1","text":"<@U2> please look at <#C2>","ts":"1714658400.000100"}]`)},
	}
	var got []debrief.Evidence
	w := newWalk(context.Background(), Options{}, func(e debrief.Evidence) error { got = append(got, e); return nil })
	if err := w.folder(export, ""); err != nil || len(got) != 1 {
		t.Fatal(err, got, w.sum)
	}
	want := debrief.Author{ID: "U1", Handle: "ana", Name: "Ana Ruiz", Email: "ana@shop.example"}
	if e := got[0]; e.Text != "@Vik Rao please look at #payments" || e.Author != want || e.Where != "#ops" {
		t.Errorf("got %+v", e)
	}
	people := w.people.list()
	if len(people) != 2 || people[1].Organisation == "" {
		t.Errorf("people: %+v", people)
	}
}

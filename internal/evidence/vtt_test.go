package evidence

import (
	"bytes"
	"context"
	"testing"
	"time"

	"debrief.dev/debrief"
)

func TestTranscriptsAreReadAsWritten(t *testing.T) {
	checkFixtures(t, vttSource, append([]Source{notesSource}, toolSources...)...)
}

func FuzzTranscripts(f *testing.F) { fuzzSource(f, vttSource) }

func TestATranscriptStartsWhereSomethingSaysSo(t *testing.T) {
	anchor := time.Date(2021, 3, 4, 5, 6, 7, 0, time.UTC)
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	const cue = "\n\n00:12:03.000 --> 00:12:05.000\nit is 09:00 UTC now\n"
	for _, c := range []struct {
		name, head string
		file       File
		want       string
		zone       debrief.ZoneCertainty
	}{
		{"nothing does", "WEBVTT", File{Path: "a.vtt"}, "", 0},
		{"the stated anchor", "WEBVTT", File{Path: "a.vtt", Options: Options{Anchor: anchor}}, "2021-03-04T05:18:10Z", debrief.ZoneStated},
		{"the file's name", "WEBVTT", File{Path: "Sync-20240502_140500-Recording.vtt", Options: Options{Anchor: anchor}}, "2024-05-02T14:17:03Z", debrief.ZoneAssumed},
		{"the file's name in a stated zone", "WEBVTT", File{Path: "2024-05-02 14.05.vtt", Options: Options{Zone: tokyo}}, "2024-05-02T05:17:03Z", debrief.ZoneDefault},
		{"the header", "WEBVTT\nStart: 2024-05-02 14:05 CEST", File{Path: "2020-01-01 10.00.vtt"}, "2024-05-02T12:17:03Z", debrief.ZoneStated},
		{"a comment with the day in the name", "WEBVTT\n\nNOTE Start: 14:05 UTC", File{Path: "2024-05-02.vtt"}, "2024-05-02T14:17:03Z", debrief.ZoneStated},
		{"not the time of the export", "WEBVTT\n\nNOTE exported 2024-05-02 14:05 UTC", File{Path: "a.vtt"}, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []debrief.Evidence
			out := &Sink{
				add:     func(e debrief.Evidence) error { got = append(got, e); return nil },
				person:  func(debrief.Person) {},
				problem: func(p Problem) { t.Error(p) },
				leave:   func(string, int) {},
			}
			f := c.file
			f.R = bytes.NewReader([]byte(c.head + cue))
			if err := vttSource.Read(context.Background(), &f, out); err != nil || len(got) != 1 {
				t.Fatalf("%d pieces, %v", len(got), err)
			}
			e := got[0]
			if c.want == "" {
				if e.At.Known() || e.Attributes["offset"] != "12m3s" {
					t.Errorf("at %v, attributes %v", e.At, e.Attributes)
				}
				return
			}
			if at := e.At.At.Format(time.RFC3339); at != c.want || e.At.Zone != c.zone {
				t.Errorf("at %s, zone %s; want %s, %s", at, e.At.Zone, c.want, c.zone)
			}
		})
	}
}

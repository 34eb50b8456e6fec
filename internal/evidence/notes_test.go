package evidence

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"debrief.dev/debrief"
)

func TestNotesFixturesAreReadAsWritten(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("testdata", "notes", "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want := make(map[string]string)
		for _, m := range archive.Files {
			want[m.Name] = string(m.Data)
		}
		var fresh []txtar.File
		for _, m := range archive.Files {
			if strings.HasSuffix(m.Name, ".want") {
				continue
			}
			if c := notesSource.Recognise(sampleOf(m.Name, m.Data, true)); c != Fallback {
				t.Errorf("%s: recognised with confidence %d", m.Name, c)
			}
			got := readFixtureSource(notesSource, m.Name, m.Data, map[string]any{})
			fresh = append(fresh, m, txtar.File{Name: m.Name + ".want", Data: []byte(got)})
			if diff := cmp.Diff(want[m.Name+".want"], got); diff != "" && !*updateFixtures {
				t.Errorf("%s (-want +got):\n%s", m.Name, diff)
			}
		}
		if *updateFixtures {
			archive.Files = fresh
			if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func FuzzNotes(f *testing.F) { fuzzSource(f, notesSource) }

func readNotes(t *testing.T, f File, text string) []debrief.Evidence {
	t.Helper()
	var got []debrief.Evidence
	out := &Sink{
		add:     func(e debrief.Evidence) error { got = append(got, e); return nil },
		person:  func(debrief.Person) {},
		problem: func(p Problem) { t.Error(p) },
		leave:   func(string, int) {},
	}
	f.R = bytes.NewReader([]byte(text))
	if err := notesSource.Read(context.Background(), &f, out); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestNotesTakeTheirDayFromWhatSaysIt(t *testing.T) {
	from := time.Date(2020, 2, 5, 6, 0, 0, 0, time.UTC)
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, text, want string
		file             File
	}{
		{"nothing says it", "14:02 down", "", File{Path: "notes.md"}},
		{"the time of reading does not", "14:02 down", "", File{Path: "notes.md", Options: Options{Now: now}}},
		{"the file's name", "14:02 down", "2024-05-02T14:02:00Z", File{Path: "notes-2024-05-02.md"}},
		{"the file's name without dashes", "14:02 down", "2024-05-02T14:02:00Z", File{Path: "20240502_outage.txt"}},
		{"a month in the file's name", "14:02 down", "2024-05-02T14:02:00Z", File{Path: "2 May 2024.md"}},
		{"the folder's name", "14:02 down", "2024-05-02T14:02:00Z", File{Path: "2024-05-02 outage/mine.md"}},
		{"the stated window", "14:02 down", "2020-02-05T14:02:00Z", File{Path: "notes.md", Options: Options{From: from}}},
		{"the text before the file's name", "# 2023-01-09\n14:02 down", "2023-01-09T14:02:00Z", File{Path: "notes-2024-05-02.md"}},
		{"a date without a year", "- 9 apr 14:02 down", "", File{Path: "notes.md", Options: Options{Now: now}}},
		{"a year in the path", "- 9 apr 14:02 down", "2022-04-09T14:02:00Z", File{Path: "2022/notes.md"}},
		{"a weekday that fits one year", "- fri 7.6. 14:02 down", "2024-06-07T14:02:00Z", File{Path: "notes.md", Options: Options{Now: now}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := readNotes(t, c.file, c.text)
			if len(got) != 1 {
				t.Fatalf("%d pieces", len(got))
			}
			at := ""
			if got[0].At.Known() {
				at = got[0].At.At.Format(time.RFC3339)
			}
			if at != c.want {
				t.Errorf("at %q, want %q", at, c.want)
			}
			if !got[0].At.Known() && got[0].Attributes["clock"] != "14:02" {
				t.Errorf("the clock is lost: %v", got[0].Attributes)
			}
		})
	}
}

func TestNotesAreNoFilesOfMachines(t *testing.T) {
	for _, text := range []string{`{"a":1}`, `[{"a":1}]`, "", "\x00\x01\x02", "<!DOCTYPE html><p>x", "<?xml version=\"1.0\"?>", "\xff\xfe\xfa\xf0\x81\x8d"} {
		if c := notesSource.Recognise(sampleOf("x", []byte(text), true)); c != No {
			t.Errorf("%q: %d", text, c)
		}
	}
	for _, text := range []string{"[14:02] anna: hi", "14:02 hi", "Grüße 9:00", "- [link](x)"} {
		if c := notesSource.Recognise(sampleOf("x", []byte(text), true)); c != Fallback {
			t.Errorf("%q: %d", text, c)
		}
	}
}

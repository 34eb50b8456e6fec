package evidence

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"debrief.dev/debrief"
)

var updateFixtures = flag.Bool("update-fixtures", false, "write what the sources read into the fixtures")

// readFixtureSource reads one file with one source and writes down everything it said.
func readFixtureSource(s Source, name string, data []byte, shared map[string]any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	left := make(map[string]int)
	out := &Sink{
		add: func(e debrief.Evidence) error {
			e.Digest, e.Source, e.File = e.Digest[:8], "", ""
			return enc.Encode(e)
		},
		person: func(debrief.Person) {},
		problem: func(p Problem) {
			b.WriteString("problem " + strconv.Itoa(p.Line) + ": " + p.Say + "\n")
		},
		leave: func(reason string, n int) { left[reason] += n },
	}
	f := &File{Path: name, Name: name, R: bytes.NewReader(data), Size: int64(len(data)), Shared: shared}
	if err := s.Read(context.Background(), f, out); err != nil {
		b.WriteString("error: " + err.Error() + "\n")
	}
	reasons := make([]string, 0, len(left))
	for r := range left {
		reasons = append(reasons, r)
	}
	sort.Strings(reasons)
	for _, r := range reasons {
		b.WriteString("left out: " + strconv.Itoa(left[r]) + " " + r + "\n")
	}
	return b.String()
}

// checkFixtures reads every file of the source's fixtures and compares what it
// says with the member of the same name and the ending ".want". It also holds
// that the source recognises the file better than any other of the sources here.
func checkFixtures(t *testing.T, s Source, others ...Source) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", s.Name, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures of %s: %v", s.Name, err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want := make(map[string]string)
			for _, m := range archive.Files {
				if name, ok := strings.CutSuffix(m.Name, ".want"); ok {
					want[name] = string(m.Data)
				}
			}
			shared := make(map[string]any)
			var fresh []txtar.File
			for _, m := range archive.Files {
				if strings.HasSuffix(m.Name, ".want") {
					continue
				}
				sample := sampleOf(m.Name, m.Data[:min(len(m.Data), SampleSize)], len(m.Data) <= SampleSize)
				mine := s.Recognise(sample)
				if mine < Likely {
					t.Errorf("%s: recognised with confidence %d only", m.Name, mine)
				}
				for _, o := range others {
					if other := o.Recognise(sample); other >= mine && o.Name != s.Name {
						t.Errorf("%s: %s recognises it with %d, %s with %d", m.Name, o.Name, other, s.Name, mine)
					}
				}
				got := readFixtureSource(s, m.Name, m.Data, shared)
				fresh = append(fresh, m, txtar.File{Name: m.Name + ".want", Data: []byte(got)})
				if diff := cmp.Diff(want[m.Name], got); diff != "" && !*updateFixtures {
					t.Errorf("%s (-want +got):\n%s", m.Name, diff)
				}
			}
			if *updateFixtures {
				archive.Files = fresh
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// fuzzSource holds for any bytes: reading ends without an error, and every
// piece of evidence can be cited, is text, and has a sane time or none.
func fuzzSource(f *testing.F, s Source) {
	f.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", s.Name, "*.txtar"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, m := range archive.Files {
			if !strings.HasSuffix(m.Name, ".want") {
				f.Add(m.Data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) { checkReading(t, s, data) })
}

// checkReading lets a source read any bytes and holds what holds for all.
func checkReading(t *testing.T, s Source, data []byte) {
	t.Helper()
	out := &Sink{
		add: func(e debrief.Evidence) error {
			if e.Source != s.Name || e.ID == "" || len(e.Digest) != 64 || e.File != "file" {
				t.Errorf("not citable: %+v", e)
			}
			if _, err := jsonv2.Marshal(e); err != nil { // which takes nothing but text
				t.Errorf("not text: %v: %+v", err, e)
			}
			if y := e.At.At.Year(); e.At.Known() && (y < 1979 || y > 2201) {
				t.Errorf("absurd time %s", e.At.At)
			}
			return nil
		},
		person: func(debrief.Person) {},
		problem: func(p Problem) {
			if p.Say == "" || p.File != "file" {
				t.Errorf("a problem that says nothing: %+v", p)
			}
		},
		leave: func(string, int) {},
	}
	s.Recognise(sampleOf("file", data[:min(len(data), SampleSize)], len(data) <= SampleSize))
	file := &File{Path: "file", Name: "file", R: bytes.NewReader(data), Size: int64(len(data)), Shared: map[string]any{}}
	if err := s.Read(context.Background(), file, out); err != nil {
		t.Errorf("reading stopped: %v", err)
	}
}

// toolSources are the sources of alerts, changes and tickets, whose files look
// alike from afar and must not be taken for each other's.
var toolSources = []Source{
	pagerdutySource, opsgenieSource, rootlySource, datadogSource, sentrySource, statuspageSource, grafanaSource, alertmanagerSource,
	gitlabSource, githubSource, jiraSource, linearSource,
}

package truth

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"
)

// Each fixture holds a truth, a proposal and the figures that follow from them,
// worked out by hand.
func TestFiguresFollowFromTruthAndProposal(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("fixtures are expected in testdata: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			part := map[string]string{}
			for _, f := range a.Files {
				part[f.Name] = string(f.Data)
			}
			truth, err := Read(strings.NewReader(part["truth.json"]))
			if err != nil {
				t.Fatal(err)
			}
			p, err := ReadProposal(strings.NewReader(part["proposal.json"]))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(part["want"], print(Score(truth, p))); diff != "" {
				t.Errorf("the figures differ (-want +got):\n%s", diff)
			}
		})
	}
}

// print writes figures one a line, as fixtures state them.
func print(f Figures) string {
	var b strings.Builder
	line := func(name string, v any) { fmt.Fprintf(&b, "%s %v\n", name, v) }
	line("pairs", strings.Trim(fmt.Sprint(f.Pairs), "[]"))
	for _, x := range []struct {
		name  string
		value float64
	}{
		{"recall_key", f.RecallKey},
		{"recall_all", f.RecallAll},
		{"precision", f.Precision},
		{"precision_strict", f.PrecisionStrict},
		{"kind_exact", f.KindExact},
		{"kind_accepted", f.KindAccepted},
		{"time_error_median_s", f.TimeError},
		{"evidence_hit", f.EvidenceHit},
		{"milestones", f.Milestones},
		{"questions", f.Questions},
		{"factors", f.Factors},
	} {
		line(x.name, math.Round(x.value*1000)/1000)
	}
	line("duplicates", f.Duplicates)
	line("context", f.Context)
	line("noise", f.Noise)
	line("red_herrings", f.RedHerrings)
	for _, sort := range []string{"people", "logins", "customers", "vendors", "secrets", "hosts", "urls"} {
		if len(f.Leaks[sort]) > 0 {
			line("leaks "+sort, strings.Join(f.Leaks[sort], ", "))
		}
	}
	return b.String()
}

func TestNoOtherAssignmentWeighsMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, cols := rapid.IntRange(1, 5).Draw(t, "rows"), rapid.IntRange(1, 5).Draw(t, "cols")
		weight := make([][]float64, rows)
		for r := range weight {
			weight[r] = make([]float64, cols)
			for c := range weight[r] {
				weight[r][c] = float64(max(0, rapid.IntRange(-10, 30).Draw(t, "weight")))
			}
		}
		got, used := 0.0, map[int]bool{}
		for r, c := range assign(weight) {
			if c < 0 {
				continue
			}
			if used[c] || weight[r][c] <= 0 {
				t.Fatalf("column %d is taken twice or cannot be taken: %v", c, weight)
			}
			used[c] = true
			got += weight[r][c]
		}
		if best := heaviest(weight, 0, make([]bool, cols)); got != best {
			t.Fatalf("the assignment weighs %v, another %v: %v", got, best, weight)
		}
	})
}

// heaviest tries every assignment.
func heaviest(weight [][]float64, row int, used []bool) float64 {
	if row == len(weight) {
		return 0
	}
	best := heaviest(weight, row+1, used)
	for c, w := range weight[row] {
		if !used[c] {
			used[c] = true
			best = max(best, w+heaviest(weight, row+1, used))
			used[c] = false
		}
	}
	return best
}

func TestTruthsThatCannotJudgeAreRefused(t *testing.T) {
	for in, want := range map[string]string{
		``:                          "not readable",
		`{"id":"x"}`:                "no events",
		`{"events":[{"id":"E01"}]}`: "E01",
		`{"events":[{"id":"E01","at":"2030-01-01T00:00:00Z"}]}`: "tolerance",
	} {
		if _, err := Read(strings.NewReader(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Read(%q) = %v; an error with %q is expected", in, err, want)
		}
	}
	for in, want := range map[string]string{
		`[]`:                                 "not readable",
		`{"timeline":[{"text":"x"}]}`:        "entry 1",
		`{"milestones":{"resolved":"noon"}}`: "resolved",
	} {
		if _, err := ReadProposal(strings.NewReader(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ReadProposal(%q) = %v; an error with %q is expected", in, err, want)
		}
	}
}

func TestIdsAgreeInTheFormsThatToolsUse(t *testing.T) {
	ref := Cite{"git/log.txt", "0f2c9d1e7a64b35890"}
	for _, c := range []struct {
		cite Cite
		ref  Cite
		want bool
	}{
		{Cite{"git/log.txt", "0f2c9d1e7a64b35890"}, ref, true},
		{Cite{"evidence/git/log.txt", "0f2c9d1"}, ref, true},
		{Cite{"log.txt", "0f2c9d1"}, ref, true},
		{Cite{"git/log.txt", "0f2c9d"}, ref, false},
		{Cite{"catalog.txt", "0f2c9d1e7a64b35890"}, Cite{"log.txt", "0f2c9d1e7a64b35890"}, false},
		{Cite{"notes.md", "L1"}, Cite{"notes.md", "L12"}, false},
		{Cite{"a.eml", ""}, Cite{"a.eml", "<x@y.example>"}, true},
		{Cite{"a.eml", "x@y.example"}, Cite{"a.eml", "<x@y.example>"}, true},
		{Cite{"a.json", ""}, Cite{"a.json", "17"}, false},
	} {
		if got := c.cite.sees(c.ref); got != c.want {
			t.Errorf("%v sees %v: %v, expected %v", c.cite, c.ref, got, c.want)
		}
	}
	if n := seen([]Cite{ref, ref}, []Cite{ref, {"git/log.txt", "ffffffff"}}); n != 1 {
		t.Errorf("one of two references is cited, %d were counted", n)
	}
}

func TestOnlyWholeWordsLeak(t *testing.T) {
	r := Redact{Hosts: []string{"db-2"}, Logins: []string{"mar"}}
	got := r.leaks([]Entry{{Text: "adb-2 and db-21 are fine; the market is open"}})
	if len(got) > 0 {
		t.Errorf("parts of words are no leaks: %v", got)
	}
	got = r.leaks([]Entry{{Text: "mar restarts (db-2)"}, {Text: "db-2 again"}})
	if !slices.Equal(got["hosts"], []string{"db-2"}) || !slices.Equal(got["logins"], []string{"mar"}) {
		t.Errorf("a host and a login leak, once each: %v", got)
	}
}

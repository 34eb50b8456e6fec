package truth

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The samples of the repository are judged by what their truths say, so the
// truths must hold: every citation leads somewhere, and a proposal that says
// exactly what the truth says is right in every figure.
func TestTruthsOfTheSamplesHold(t *testing.T) {
	files, err := filepath.Glob("../../testdata/incidents/*/truth.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("samples are expected in testdata/incidents: %v", err)
	}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		truth, err := Read(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		t.Run(truth.ID, func(t *testing.T) {
			cites := truth.listed()
			for _, u := range truth.Unrelated {
				cites = append(cites, u.Evidence...)
			}
			for _, c := range cites {
				b, err := os.ReadFile(filepath.Join(filepath.Dir(file), "evidence", filepath.FromSlash(c.File)))
				if err != nil {
					t.Errorf("%v: %v", c, err)
					continue
				}
				if !holds(string(b), c) {
					t.Errorf("%s does not hold %s", c.File, c.ID)
				}
			}
			p := &Proposal{Milestones: map[string]time.Time{}, Questions: truth.ExpectedQuestions}
			for _, e := range truth.Events {
				p.Timeline = append(p.Timeline, Entry{At: e.At, Kind: e.Kind, Text: e.Text, Evidence: e.Evidence})
			}
			for name, m := range truth.Milestones {
				p.Milestones[name] = m.At
			}
			for _, c := range truth.Factors {
				p.Factors = append(p.Factors, c.Code)
			}
			g := Score(truth, p)
			for name, share := range map[string]float64{
				"recall_key": g.RecallKey, "recall_all": g.RecallAll, "precision": g.Precision, "precision_strict": g.PrecisionStrict,
				"kind_exact": g.KindExact, "evidence_hit": g.EvidenceHit, "milestones": g.Milestones, "questions": g.Questions, "factors": g.Factors,
			} {
				if share != 1 {
					t.Errorf("%s of the truth itself is %v, expected 1", name, share)
				}
			}
			if g.TimeError != 0 || g.RedHerrings != 0 || g.Noise != 0 || len(g.Leaks) != 0 {
				t.Errorf("the truth itself is off by %v s, has %d red herrings, %d entries of noise and leaks %v", g.TimeError, g.RedHerrings, g.Noise, g.Leaks)
			}
		})
	}
}

// holds reports whether an id leads to a place in a file: a line, or a text that
// stands in it as the tool wrote it.
func holds(text string, c Cite) bool {
	if n, ok := strings.CutPrefix(c.ID, "L"); ok {
		if line, err := strconv.Atoi(n); err == nil {
			lines := strings.Split(text, "\n")
			return line <= len(lines) && strings.TrimSpace(lines[line-1]) != ""
		}
	}
	return strings.Contains(text, c.ID)
}

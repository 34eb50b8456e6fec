package truth_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"debrief.dev/debrief/internal/cli"
	"debrief.dev/debrief/internal/truth"
)

// TestScore prints one row of figures per bundle: those that the repository
// ships, and those in the folders that DEBRIEF_BUNDLES names, separated by
// colons. It fails on what must never happen, whatever the incident: a proposal
// that cannot be read, and a person or a secret in its text.
func TestScore(t *testing.T) {
	bundles, err := filepath.Glob("../../testdata/incidents/*/truth.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range filepath.SplitList(os.Getenv("DEBRIEF_BUNDLES")) {
		bundles = append(bundles, filepath.Join(dir, "truth.json"))
	}
	if len(bundles) == 0 {
		t.Skip("no bundle: none in testdata/incidents, none in DEBRIEF_BUNDLES")
	}
	var table strings.Builder
	fmt.Fprintf(&table, "\n%-28s %4s %6s %6s %6s %6s %6s %6s %7s %6s %5s %5s %6s %6s %6s %6s\n", "bundle", "n", "rec_k", "rec_all",
		"prec", "strict", "kind", "kind_x", "t_err_s", "ev_hit", "noise", "red", "miles", "quest", "fact", "leaks")
	for _, file := range bundles {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		known, err := truth.Read(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		text, err := propose(evidenceBeside(t, file))
		if err != nil {
			t.Errorf("%s: %v", known.ID, err)
			continue
		}
		p, err := truth.ReadProposal(bytes.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", known.ID, err)
			continue
		}
		g := truth.Score(known, p)
		leaks := 0
		for _, words := range g.Leaks {
			leaks += len(words)
		}
		fmt.Fprintf(&table, "%-28s %4d %6.2f %7.2f %6.2f %6.2f %6.2f %6.2f %7.0f %6.2f %5d %5d %6.2f %6.2f %6.2f %6d\n", known.ID, g.Proposed,
			g.RecallKey, g.RecallAll, g.Precision, g.PrecisionStrict, g.KindAccepted, g.KindExact, g.TimeError, g.EvidenceHit,
			g.Noise, g.RedHerrings, g.Milestones, g.Questions, g.Factors, leaks)
		if len(g.Leaks["people"])+len(g.Leaks["logins"])+len(g.Leaks["secrets"]) > 0 {
			t.Errorf("%s: people or secrets stand in the proposed text: %v", known.ID, g.Leaks)
		}
	}
	fmt.Print(table.String())
}

// evidenceBeside gives the paths to read: the folder "evidence" beside the truth,
// or else everything beside it. The truth itself is never given.
func evidenceBeside(t *testing.T, file string) []string {
	dir := filepath.Dir(file)
	if sub := filepath.Join(dir, "evidence"); isFolder(sub) {
		return []string{sub}
	}
	beside, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, e := range beside {
		if e.Name() != filepath.Base(file) {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	return paths
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// propose gives what a person gets who types "debrief timeline --format json".
func propose(paths []string) ([]byte, error) {
	var out, complaints bytes.Buffer
	code := cli.Run(context.Background(), cli.System{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &complaints,
		Env: func(string) string { return "" },
		Now: func() time.Time { return time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC) },
	}, append([]string{"timeline", "--format", "json"}, paths...))
	if code != 0 {
		return nil, fmt.Errorf("debrief timeline exits with %d: %s", code, complaints.String())
	}
	return out.Bytes(), nil
}

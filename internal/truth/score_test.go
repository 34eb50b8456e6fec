package truth_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"debrief.dev/debrief/internal/cli"
	"debrief.dev/debrief/internal/truth"
)

// TestScore prints one row of figures per bundle: those that the repository
// ships, and those that DEBRIEF_BUNDLES names, separated by colons: each a bundle
// or a folder of bundles, a relative one below the root of the repository. It
// fails on what must never happen, whatever the incident: a proposal that cannot
// be read, and a person or a secret in its text.
func TestScore(t *testing.T) {
	bundles, err := filepath.Glob("../../testdata/incidents/*/truth.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range filepath.SplitList(os.Getenv("DEBRIEF_BUNDLES")) {
		found, err := bundlesIn(dir)
		if err != nil {
			t.Error(err)
		}
		bundles = append(bundles, found...)
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

// bundlesIn finds the truths of a folder that is a bundle, or that holds some.
func bundlesIn(dir string) ([]string, error) {
	if !filepath.IsAbs(dir) {
		dir = filepath.Join("../..", dir)
	}
	if one := filepath.Join(dir, "truth.json"); isFile(one) {
		return []string{one}, nil
	}
	folders, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("a folder of bundles cannot be read: %w", err)
	}
	var found []string
	for _, f := range folders {
		if one := filepath.Join(dir, f.Name(), "truth.json"); isFile(one) {
			found = append(found, one)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s holds no truth.json, and none of its folders does", dir)
	}
	return found, nil
}

func TestBundlesAreFoundOneByOneAndInFolders(t *testing.T) {
	dir := t.TempDir()
	write := func(name string) string {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("{}"), 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	a, b := write("a/truth.json"), write("b/truth.json")
	write("b/evidence/notes.md")
	write("none/evidence/notes.md")
	for from, want := range map[string][]string{dir: {a, b}, filepath.Dir(b): {b}} {
		if got, err := bundlesIn(from); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %v and %v, want %v", from, got, err, want)
		}
	}
	for _, from := range []string{filepath.Join(dir, "none"), filepath.Join(dir, "absent")} {
		if got, err := bundlesIn(from); err == nil {
			t.Errorf("%s: got %v without an error", from, got)
		}
	}
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

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
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

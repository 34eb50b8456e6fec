package evidence

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"debrief.dev/debrief"
)

// pieces are n pieces of evidence out of order, with every field in use.
func pieces(n int) []debrief.Evidence {
	var ev []debrief.Evidence
	for i := range n {
		e := debrief.Evidence{
			Source: "slack", File: "f" + strconv.Itoa(i%3), ID: "L" + strconv.Itoa(i), Line: i, Digest: "d", Sort: debrief.Sort(i % 13),
			At: debrief.Moment{
				At: time.Date(2024, 5, 2, 14, i*7%60, 0, i, time.UTC), Precision: debrief.Precision(i % 6), Zone: debrief.ZoneCertainty(i % 4), Written: "14:02ish",
			},
			Author: debrief.Author{ID: "U1", Handle: "ana", Name: "Ana", Email: "ana@example.org", Bot: i%2 == 0},
			Where:  "#ops", Thread: "L0", Link: "https://example.org", Title: "a <b> \u2028", Text: "grüße\n\x00", State: debrief.Firing, Level: "P1",
			Subject: "s", Refs: []string{"OPS-1"}, Attributes: map[string]string{"a": "b"}, Reactions: []debrief.Reaction{{Name: "eyes", Count: 2}},
			Attached: []string{"x.png"}, Edited: true, Deleted: i%5 == 0,
		}
		if i%11 == 0 {
			e = debrief.Evidence{Source: "notes", File: "n", ID: "same"}
		}
		ev = append(ev, e)
	}
	return ev
}

func TestWhatDoesNotFitIntoMemoryComesBackWholeAndInOrder(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	ev := pieces(500)
	var o Ordered
	o.Bytes = 21_000
	for _, e := range ev {
		if err := o.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	if len(o.ends) < 5 || len(o.held) == 0 {
		t.Fatalf("%d stretches on disk, %d pieces in memory", len(o.ends), len(o.held))
	}
	var got []debrief.Evidence
	for e, err := range o.All() {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e)
	}
	want := slices.Clone(ev)
	sortPieces(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestADiskThatTakesNothingIsAnError(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	o := Ordered{Bytes: 1}
	if err := o.Add(debrief.Evidence{ID: "L1"}); err == nil {
		t.Error("a piece that could not be kept was taken")
	}
	if err := o.Close(); err != nil {
		t.Error(err)
	}
}

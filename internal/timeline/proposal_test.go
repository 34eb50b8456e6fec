package timeline

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"debrief.dev/debrief"
)

var update = flag.Bool("update", false, "write what is proposed into the fixtures")

// readStory reads evidence written one piece a line:
//
//	2024-05-02 14:02:11  message  #ops  ana  state/level/subject | title :: text
//
// "-" stands for nothing; the id is the line ("L3") in the file named after its
// sort; "~14:02" is a time to the minute.
func readStory(t testing.TB, text string) []debrief.Evidence {
	t.Helper()
	var out []debrief.Evidence
	for n, line := range strings.Split(strings.TrimSpace(text), "\n") {
		head, body, ok := strings.Cut(line, " | ")
		f := strings.Fields(head)
		if !ok || len(f) < 6 {
			t.Fatalf("line %d has another form: %s", n+1, line)
		}
		precision := debrief.Exact
		clock := f[1]
		if strings.HasPrefix(clock, "~") {
			precision, clock = debrief.ToMinute, clock[1:]+":00"
		}
		at, err := time.Parse("2006-01-02 15:04:05", f[0]+" "+clock)
		if err != nil {
			t.Fatalf("line %d: %v", n+1, err)
		}
		none := func(s string) string { return strings.TrimPrefix(strings.ReplaceAll(s, "_", " "), "-") }
		e := debrief.Evidence{
			Source: "test", File: f[2] + ".json", ID: fmt.Sprintf("L%d", n+1), At: debrief.Moment{At: at, Precision: precision},
			Where: strings.TrimPrefix(f[3], "-"), Author: debrief.Author{Name: none(f[4]), ID: none(f[4])},
		}
		if err := e.Sort.UnmarshalText([]byte(f[2])); err != nil {
			t.Fatalf("line %d: %v", n+1, err)
		}
		e.Author.Bot = strings.HasSuffix(f[4], "bot")
		parts := append(strings.Split(f[5], "/"), "", "", "")
		e.State, e.Level, e.Subject = debrief.State(none(parts[0])), none(parts[1]), none(parts[2])
		e.Title, e.Text, ok = strings.Cut(body, " :: ")
		if !ok {
			e.Title, e.Text = "", body
		}
		if e.Subject != "" {
			e.Refs = []string{e.Subject}
		}
		out = append(out, e)
	}
	return out
}

// tell writes a proposal as a test reads it.
func tell(p *Proposal) string {
	var b strings.Builder
	for _, e := range p.Entries {
		kind := e.Kind.String()
		if e.Kind == debrief.KindSignal {
			kind = e.Signal.String()
		}
		fmt.Fprintf(&b, "%s %s %s: %s", e.At.At.Format("01-02 15:04:05"), kind, e.Status, e.Text)
		var ids []string
		for _, c := range e.Evidence {
			ids = append(ids, c.ID)
		}
		fmt.Fprintf(&b, " [%s]\n", strings.Join(ids, " "))
		if e.Corrected != "" {
			fmt.Fprintf(&b, "  corrected: %s\n", e.Corrected)
		}
		for _, a := range e.Accounts {
			fmt.Fprintf(&b, "  account %s: %s\n", a.At.At.Format("15:04:05"), a.Text)
		}
	}
	for _, m := range p.Marks {
		fmt.Fprintf(&b, "mark %s %s\n", m.Name, m.At.At.Format("01-02 15:04:05"))
	}
	for _, g := range p.Gaps {
		fmt.Fprintf(&b, "gap %s: %s\n", g.Name, g.Text)
	}
	for _, s := range p.Skews {
		fmt.Fprintf(&b, "skew %s: %s\n", s.File, s.Text)
	}
	for _, c := range p.Changes {
		fmt.Fprintf(&b, "candidate %s: %s\n", c.Evidence.ID, c.Why)
	}
	return b.String()
}

func stories(t testing.TB) map[string][]debrief.Evidence {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	out := map[string][]debrief.Evidence{}
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out[path] = readStory(t, string(a.Files[0].Data))
	}
	return out
}

func TestStoriesBecomeTheEntriesThatTheirFixturesSay(t *testing.T) {
	for path, ev := range stories(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := tell(Propose(ev, nil, Options{}))
			if *update {
				a.Files = append(a.Files[:1], txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if len(a.Files) < 2 {
				t.Fatal("the fixture says nothing of what it wants")
			}
			if diff := cmp.Diff(string(a.Files[1].Data), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestTheOrderOfTheEvidenceMakesNoDifference(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 11))
	for path, ev := range stories(t) {
		want := Propose(ev, nil, Options{})
		for range 5 {
			mixed := append([]debrief.Evidence(nil), ev...)
			rng.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
			if got := Propose(mixed, nil, Options{}); !reflect.DeepEqual(want, got) {
				t.Fatalf("%s: another order gives another timeline:\n%s", path, cmp.Diff(tell(want), tell(got)))
			}
		}
	}
}

func TestTheSameEvidenceTwiceIsTheSameTimeline(t *testing.T) {
	for path, ev := range stories(t) {
		if want, got := tell(Propose(ev, nil, Options{})), tell(Propose(append(append([]debrief.Evidence(nil), ev...), ev...), nil, Options{})); want != got {
			t.Errorf("%s:\n%s", path, cmp.Diff(want, got))
		}
	}
}

func TestEveryPieceIsCitedOrCountedAsLeftOut(t *testing.T) {
	for path, ev := range stories(t) {
		p := Propose(ev, nil, Options{})
		cited := map[debrief.Citation]bool{}
		last := time.Time{}
		for _, e := range p.Entries {
			if len(e.Evidence) == 0 || e.Text == "" {
				t.Errorf("%s: %s cites %v and says %q", path, e.ID, e.Evidence, e.Text)
			}
			if e.At.At.Before(last) {
				t.Errorf("%s: %s lies before the entry above it", path, e.ID)
			}
			last = e.At.At
			for _, c := range e.Evidence {
				cited[c] = true
			}
		}
		left := 0
		for _, n := range p.LeftOut {
			left += n
		}
		if len(cited)+left < len(ev) {
			t.Errorf("%s: %d pieces, %d cited, %d counted as left out", path, len(ev), len(cited), left)
		}
	}
}

func TestSmallTalkChangesNothing(t *testing.T) {
	for path, ev := range stories(t) {
		want := Propose(ev, nil, Options{})
		more := append([]debrief.Evidence(nil), ev...)
		for i, text := range []string{"lol", "coffee?", "thanks!", "the weather is lovely", "👍"} {
			more = append(more, debrief.Evidence{
				Source: "test", File: "random.json", ID: fmt.Sprint(i), Sort: debrief.Message, Where: "#random",
				Author: debrief.Author{Name: "Somebody Else"}, Text: text, At: debrief.Moment{At: want.From.Add(time.Duration(i) * time.Minute)},
			})
		}
		got := Propose(more, nil, Options{})
		if a, b := tell(want), tell(got); a != b {
			t.Errorf("%s:\n%s", path, cmp.Diff(a, b))
		}
	}
}

func TestNothingIsProposedFromNothing(t *testing.T) {
	if p := Propose(nil, nil, Options{}); len(p.Entries) != 0 || len(p.Marks) != 0 {
		t.Errorf("%+v", p)
	}
	timeless := []debrief.Evidence{{Source: "test", File: "a", ID: "L1", Text: "the site is down"}}
	if p := Propose(timeless, nil, Options{}); len(p.Entries) != 0 || p.LeftOut["records without a time"] != 1 {
		t.Errorf("%+v", p)
	}
}

func FuzzPropose(f *testing.F) {
	for _, s := range []string{"scratch that, it was 14:02", "it was 25:99 not 14:05", "we never agreed \x00 \u202e", strings.Repeat("down ", 400)} {
		f.Add(s, int64(0), uint8(1))
	}
	f.Fuzz(func(t *testing.T, text string, at int64, sort uint8) {
		base := time.Date(2024, 5, 2, 14, 0, 0, 0, time.UTC)
		var ev []debrief.Evidence
		for i, s := range strings.Split(text, "\n") {
			ev = append(ev, debrief.Evidence{
				Source: "test", File: "f", ID: fmt.Sprint(i), Sort: debrief.Sort(int(sort) % 13), Text: s, Title: s, Where: "#x",
				At: debrief.Moment{At: base.Add(time.Duration(at%1e14) * time.Duration(i+1))},
			})
		}
		p := Propose(ev, nil, Options{})
		for _, e := range p.Entries {
			if e.Text == "" || len(e.Evidence) == 0 {
				t.Errorf("an entry without text or evidence: %+v", e)
			}
		}
	})
}

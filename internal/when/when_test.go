package when

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"debrief.dev/debrief"
)

type examples struct {
	Good []struct {
		Text string   `yaml:"text"`
		Day  string   `yaml:"day"`
		Near string   `yaml:"near"`
		US   bool     `yaml:"us"`
		Want []string `yaml:"want"`
	} `yaml:"good"`
	Bad          []string          `yaml:"bad"`
	Zones        map[string]string `yaml:"zones"`
	NoZones      []string          `yaml:"no_zones"`
	Statements   map[string]string `yaml:"statements"`
	NoStatements []string          `yaml:"no_statements"`
}

func readExamples(t testing.TB) (ex examples) {
	t.Helper()
	data, err := os.ReadFile("testdata/examples.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalWithOptions(data, &ex, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if len(ex.Good) < 50 || len(ex.Bad) < 20 {
		t.Fatal("the examples were not read")
	}
	return ex
}

func exampleContext(t testing.TB) Context {
	t.Helper()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	return Context{
		Day:  time.Date(2024, 7, 2, 0, 0, 0, 0, paris),
		Zone: paris, Certainty: debrief.ZoneDefault,
		Start: time.Date(2024, 7, 2, 12, 0, 0, 0, time.UTC),
	}
}

func stamp(t testing.TB, layout, s string) time.Time {
	t.Helper()
	at, err := time.Parse(layout, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestTimesAreReadAsPeopleMeanThem(t *testing.T) {
	for _, g := range readExamples(t).Good {
		t.Run(g.Text, func(t *testing.T) {
			c := exampleContext(t)
			c.MonthFirst = g.US
			if g.Day != "" {
				c.Day = stamp(t, time.DateOnly, g.Day)
			}
			if g.Near != "" {
				c.Near = stamp(t, time.RFC3339, g.Near)
			}
			var got []string
			for _, f := range Find(g.Text, c) {
				got = append(got, fmt.Sprintf("%s %s %s", f.Moment.At.Format(time.RFC3339Nano), f.Moment.Precision, f.Moment.Zone))
				if f.Moment.Written != g.Text[f.Start:f.End] {
					t.Errorf("written %q, but it stands as %q", f.Moment.Written, g.Text[f.Start:f.End])
				}
			}
			if diff := cmp.Diff(g.Want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatOnlyLooksLikeATimeIsLeftAlone(t *testing.T) {
	for _, text := range readExamples(t).Bad {
		if found := Find(text, exampleContext(t)); len(found) > 0 {
			t.Errorf("%q: took %q for a time", text, found[0].Moment.Written)
		}
	}
}

func TestZonesAreKnownByTheirManyNames(t *testing.T) {
	ex := readExamples(t)
	for name, want := range ex.Zones {
		if loc, ok := Zone(name); !ok || loc.String() != want {
			t.Errorf("%q: %v, want %s", name, loc, want)
		}
	}
	for _, name := range ex.NoZones {
		if loc, ok := Zone(name); ok {
			t.Errorf("%q was taken for the zone %s", name, loc)
		}
	}
}

func TestALineMayStateTheZoneOfItsDocument(t *testing.T) {
	ex := readExamples(t)
	for line, want := range ex.Statements {
		if loc, ok := Statement(line); !ok || loc.String() != want {
			t.Errorf("%q: %v, want %s", line, loc, want)
		}
	}
	for _, line := range ex.NoStatements {
		if loc, ok := Statement(line); ok {
			t.Errorf("%q was taken to state %s", line, loc)
		}
	}
}

func TestAClockWithoutADayKeepsItsHands(t *testing.T) {
	found := Find("9 apr 14:45ish PST", Context{})
	if len(found) != 1 {
		t.Fatalf("found %d times", len(found))
	}
	f := found[0]
	if f.Moment.Known() || !f.HasClock || f.Clock != 14*time.Hour+45*time.Minute || f.Date != "--04-09" ||
		f.Zone.String() != "America/Los_Angeles" || f.Moment.Precision != debrief.About {
		t.Errorf("%+v", f)
	}
	found = Find("T+12m", Context{})
	if len(found) != 1 || found[0].Moment.Known() || !found[0].Relative || found[0].Offset != 12*time.Minute {
		t.Errorf("%+v", found)
	}
}

func FuzzFind(f *testing.F) {
	ex := readExamples(f)
	for _, g := range ex.Good {
		f.Add(g.Text)
	}
	for _, b := range ex.Bad {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range []Context{{}, exampleContext(t)} {
			last := 0
			for _, found := range Find(text, c) {
				if found.Start < last || found.End <= found.Start || found.End > len(text) {
					t.Fatalf("%q: bounds %d..%d after %d", text, found.Start, found.End, last)
				}
				last = found.End
				if found.Moment.Written != text[found.Start:found.End] || found.Zone == nil {
					t.Errorf("%q: %+v", text, found)
				}
				if y := found.Moment.At.Year(); found.Moment.Known() && (y < 1979 || y > 2201) {
					t.Errorf("%q: absurd time %s", text, found.Moment.At)
				}
				if found.Clock < 0 || found.Clock >= 24*time.Hour {
					t.Errorf("%q: absurd clock %s", text, found.Clock)
				}
				if utf8.ValidString(text) && !utf8.ValidString(found.Moment.Written) {
					t.Errorf("%q: cut inside a letter", text)
				}
			}
		}
		Statement(text)
		Zone(strings.TrimSpace(text))
	})
}

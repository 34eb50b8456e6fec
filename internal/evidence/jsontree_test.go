package evidence

import (
	"strings"
	"testing"
	"time"

	"debrief.dev/debrief"
)

func TestStampsOfMachinesAreReadInEveryUsualForm(t *testing.T) {
	want := time.Date(2025, 3, 4, 8, 12, 31, 0, time.UTC)
	for _, s := range []string{
		"2025-03-04T08:12:31Z", "2025-03-04T09:12:31+01:00", "2025-03-04T09:12:31.000+0100", "2025-03-04 09:12:31 +0100",
		"2025-03-04 08:12:31 UTC", "2025-03-04 08:12:31 +0000 UTC", "1741075951", "1741075951000", "1741075951000000", "1741075951000000000",
		"1741075951.0", "Tue, 04 Mar 2025 08:12:31 +0000", "Tue, 04 Mar 2025 08:12:31 GMT",
	} {
		m := stampMoment(s, Options{})
		if !m.At.Equal(want) || m.Zone != debrief.ZoneStated || m.Precision != debrief.Exact {
			t.Errorf("%s: %+v", s, m)
		}
	}
	for _, s := range []string{"", "0", "0001-01-01T00:00:00Z", "soon", "12", "9999-01-01T00:00:00Z", "1741075951000000000000", strings.Repeat("1", 100)} {
		if m := stampMoment(s, Options{}); m.Known() {
			t.Errorf("%q is no time, got %+v", s, m)
		}
	}
}

func TestAStampWithoutAZoneTakesTheStatedDefaultOrIsMarkedAsAssumed(t *testing.T) {
	m := stampMoment("2025-03-04 09:12", Options{Zone: time.FixedZone("", 3600)})
	if m.At.Hour() != 8 || m.Zone != debrief.ZoneDefault || m.Precision != debrief.ToMinute {
		t.Errorf("%+v", m)
	}
	if m = stampMoment("2025-03-04", Options{}); m.Zone != debrief.ZoneAssumed || m.Precision != debrief.ToDay {
		t.Errorf("%+v", m)
	}
}

func TestEnvelopesInEnvelopesEnd(t *testing.T) {
	for _, deep := range []string{
		strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
		strings.Repeat(`{"body":`, 9000) + "1" + strings.Repeat("}", 9000),
	} {
		for _, s := range toolSources {
			readFixtureSource(s, "deep.json", []byte(deep), map[string]any{})
		}
	}
}

func TestPlainMarkupLeavesTheWords(t *testing.T) {
	for in, want := range map[string]string{
		"plain text":                             "plain text",
		"see [the board](https://x.example) now": "see the board now",
		"**bold** and *soft* and `code`":         "bold and soft and code",
		"snake_case_name stays":                  "snake_case_name stays",
		"<p>One &amp; two<br>three</p>":          "One & two\nthree",
		"# Head\n\n- one\n* two":                 "Head\n\n- one\n- two",
		"5 < 6 && 7 > 3":                         "5 < 6 && 7 > 3",
		"```go\nx := 1\n```":                     "x := 1",
	} {
		if got := plainMarkup(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestReferencesAreFoundInText(t *testing.T) {
	got := strings.Join(refsIn("Fixes OPS-77 (#91), see a1b2c3d and !9; not SEV-1, UTF-8 or deadbee"), " ")
	if want := "OPS-77 a1b2c3d #91 !9"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAFingerprintIsThatOfPrometheus(t *testing.T) {
	// The value that the Prometheus library computes for no labels at all.
	if got := alertFingerprint(nil); got != "cbf29ce484222325" {
		t.Errorf("got %s", got)
	}
}

func TestTheQuickWayOfReadingATimeAgreesWithTheLayouts(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{
		"2024-05-02T14:02:00Z", "2024-05-02 14:02:00.25Z", "2024-05-02T14:02:00,123456789+02:00", "2024-05-02T14:02:00-0730", "2024-05-02 14:02:00 +0530",
		"2024-05-02 14:02:00 UTC", "2024-05-02T14:02:00", "2024-03-31 02:30:00", "2024-10-27 02:30:00.5", "2024-02-29T23:59:59Z", "2023-02-29T00:00:00Z",
		"2024-13-02T14:02:00Z", "2024-05-32T14:02:00Z", "2024-05-02T24:02:00Z", "2024-05-02T14:02:60Z", "2024-05-02T14:02:00+2", "2024-05-02T14:02:00Zulu",
		"2024-12-31T23:30:00-01:00", "2024-05-02T14:02:00.Z", "0000-05-02T14:02:00Z", "2024-05-02T14:02:00 +0200 CEST",
	} {
		for _, zone := range []*time.Location{nil, berlin} {
			o := Options{Zone: zone}
			at, zoned, ok := stampISO(s, o)
			var slow time.Time
			for _, l := range stampLayouts {
				in, _ := logZone(o)
				if l.zoned {
					in = time.UTC
				}
				if got, err := time.ParseInLocation(l.layout, s, in); err == nil {
					slow = got.UTC()
					break
				}
			}
			if ok && !at.Equal(slow) {
				t.Errorf("%q in %v: %v (zone written: %t), not %v", s, zone, at, zoned, slow)
			}
			if !ok && !slow.IsZero() && len(s) < 28 && slow.Year() > 1980 {
				t.Errorf("%q is left to the layouts", s)
			}
		}
	}
}

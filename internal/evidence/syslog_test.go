package evidence

import (
	"bytes"
	"context"
	"testing"
	"time"

	"debrief.dev/debrief"
)

func TestSyslogFixturesAreReadAsWritten(t *testing.T) {
	checkFixtures(t, syslogSource, toolSources...)
}

func FuzzSyslog(f *testing.F) { fuzzSource(f, syslogSource) }

func TestSyslogTakesTheYearFromWhatSaysIt(t *testing.T) {
	newYear := "Dec 31 23:59:58 db-1 cron[7]: tick\nJan  1 00:00:01 db-1 cron[7]: tock\nDec 31 23:59:59 db-1 cron[8]: late\n"
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 9, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		name  string
		file  File
		years [3]int // 1: unknown
	}{
		{"nothing says it", File{Path: "messages"}, [3]int{1, 1, 1}},
		{"the time of reading does not", File{Path: "messages", Options: Options{Now: day(2021, 1, 2)}}, [3]int{1, 1, 1}},
		{"other evidence", File{Path: "messages", Shared: map[string]any{sharedYear: 2018}}, [3]int{2018, 2019, 2018}},
		{"a date in the path", File{Path: "2021-01-02/messages"}, [3]int{2020, 2021, 2020}},
		{"a year in the path", File{Path: "logs/2015/messages"}, [3]int{2015, 2016, 2015}},
		{"the stated window", File{Path: "messages", Options: Options{From: day(2022, 1, 1)}}, [3]int{2021, 2022, 2021}},
		{"a file written days later", File{Path: "messages", Modified: day(2017, 1, 3)}, [3]int{2016, 2017, 2016}},
		{"a file copied months later", File{Path: "messages", Modified: day(2017, 6, 3)}, [3]int{1, 1, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []debrief.Evidence
			out := &Sink{
				add:     func(e debrief.Evidence) error { got = append(got, e); return nil },
				person:  func(debrief.Person) {},
				problem: func(p Problem) { t.Error(p) },
				leave:   func(string, int) {},
			}
			f := c.file
			f.R = bytes.NewReader([]byte(newYear))
			if err := syslogSource.Read(context.Background(), &f, out); err != nil || len(got) != 3 {
				t.Fatalf("%d pieces, %v", len(got), err)
			}
			for i, e := range got {
				if e.At.At.Year() != c.years[i] {
					t.Errorf("line %d lies in %d, not in %d", i+1, e.At.At.Year(), c.years[i])
				}
				if clock := e.Attributes["clock"]; (clock == "") != e.At.Known() {
					t.Errorf("line %d at %v has the clock %q", i+1, e.At, clock)
				}
			}
		})
	}
}

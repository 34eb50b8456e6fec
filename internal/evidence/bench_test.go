package evidence

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strconv"
	"testing"
	"testing/fstest"
	"time"

	"github.com/bytedance/sonic"

	"debrief.dev/debrief"
)

// slackExport is an export of n messages, five hundred a file. Only the first
// files are made; the others repeat them, so that what is measured is the
// reading and not the memory that holds the export.
func slackExport(n int) fstest.MapFS {
	const perFile, distinct = 500, 40
	export := fstest.MapFS{}
	var users bytes.Buffer
	users.WriteByte('[')
	for i := range 50 {
		if i > 0 {
			users.WriteByte(',')
		}
		fmt.Fprintf(&users, `{"id":"U%03d","team_id":"T1","name":"person%d","real_name":"Person %d","profile":{"email":"p%d@example.org"}}`, i, i, i, i)
	}
	users.WriteByte(']')
	export["users.json"] = &fstest.MapFile{Data: users.Bytes()}
	day := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	var made []*fstest.MapFile
	for first := 0; first < n; first += perFile {
		name := "channel" + strconv.Itoa(first/perFile%20) + "/" + day.AddDate(0, 0, first/perFile).Format(time.DateOnly) + ".json"
		if len(made) == distinct && n-first >= perFile {
			export[name] = made[first/perFile%distinct]
			continue
		}
		var b bytes.Buffer
		b.WriteString("[\n")
		for i := first; i < min(first+perFile, n); i++ {
			if i > first {
				b.WriteString(",\n")
			}
			fmt.Fprintf(&b, `    {
        "client_msg_id": "%08x-0000-4000-8000-000000000000",
        "type": "message",
        "user": "U%03d",
        "text": "Reading the graphs of <#C1|payments> again, <@U%03d>: p99 is at %d ms &amp; falling :eyes:",
        "ts": "%d.000200",
        "team": "T1",
        "user_team": "T1",
        "source_team": "T1",
        "user_profile": {"avatar_hash": "abc", "image_72": "https://example.org/i.png", "first_name": "Person", "real_name": "Person %d", "display_name": "person%d", "team": "T1", "name": "person%d"},
        "blocks": [{"type": "rich_text", "block_id": "b%d", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "Reading the graphs again"}, {"type": "user", "user_id": "U%03d"}]}]}],
        "reactions": [{"name": "eyes", "users": ["U001", "U002"], "count": 2}]
    }`, i, i%50, (i+7)%50, i%900, day.Unix()+int64(i)*60, i%50, i%50, i%50, i, (i+7)%50)
		}
		b.WriteString("\n]\n")
		export[name] = &fstest.MapFile{Data: b.Bytes()}
		if len(made) < distinct {
			made = append(made, export[name])
		}
	}
	return export
}

// BenchmarkReadSlackExportRatio compares reading an export with merely
// decoding its bytes with the fastest decoder at hand. x-decode is how many
// times as long reading takes, each at its best of three rounds; MiB-peak is
// the most heap that reading adds. DEBRIEF_BENCH_MESSAGES sets the number of
// messages.
func BenchmarkReadSlackExportRatio(b *testing.B) {
	n := 200_000
	if s := os.Getenv("DEBRIEF_BENCH_MESSAGES"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	export := slackExport(n)
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var reading, decoding time.Duration
	var peak uint64
	for b.Loop() {
		for range 3 {
			began := time.Now()
			peak = max(peak, readMessages(b, export, n, before.HeapAlloc))
			reading = shorter(reading, time.Since(began))
			began = time.Now()
			decodeMessages(b, export)
			decoding = shorter(decoding, time.Since(began))
		}
	}
	b.ReportMetric(float64(reading)/float64(decoding), "x-decode")
	b.ReportMetric(float64(peak)/(1<<20), "MiB-peak")
}

// readMessages reads the export and gives the most heap above a level.
func readMessages(b *testing.B, export fs.FS, n int, above uint64) (peak uint64) {
	items := 0
	w := newWalk(context.Background(), Options{}, func(debrief.Evidence) error {
		if items++; items%20_000 == 0 {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			if now.HeapAlloc > above {
				peak = max(peak, now.HeapAlloc-above)
			}
		}
		return nil
	})
	if err := w.folder(export, ""); err != nil || items != n {
		b.Fatal(err, items, w.sum.Problems)
	}
	return peak
}

// decodeMessages decodes every file and does nothing with it.
func decodeMessages(b *testing.B, export fstest.MapFS) {
	for name := range export {
		data, err := fs.ReadFile(export, name)
		var rows []map[string]any
		if err == nil {
			err = sonic.ConfigDefault.Unmarshal(data, &rows)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReadLogRatio compares reading logs with merely cutting the same bytes
// into lines and taking the digest of each, which citing them needs in any case:
// "x-lines" is how many times as long reading takes, at its best of three rounds.
func BenchmarkReadLogRatio(b *testing.B) {
	for _, kind := range []struct{ name, line string }{
		{"syslog", "May  2 12:%02d:%02d web-1 kernel: TCP: possible flooding on port %d. Sending cookies.\n"},
		{"access", `192.0.2.1 - - [02/May/2024:12:%02d:%02d +0000] "GET /cart/%d?user=x HTTP/1.1" 502 512 "-" "Mozilla/5.0 (X11; Linux x86_64)" 0.250` + "\n"},
		{"text", "2024-05-02 12:%02d:%02d,250 WARN [main] shop.cart.Pool - no connection for order %d\n"},
		{"json", `{"ts":"2024-05-02T12:%02d:%02dZ","level":"error","logger":"cart","msg":"pool exhausted","in_use":%d,"request_id":"abc"}` + "\n"},
	} {
		b.Run(kind.name, func(b *testing.B) {
			const n = 100_000
			var log bytes.Buffer
			for i := range n {
				fmt.Fprintf(&log, kind.line, i/60%60, i%60, i)
			}
			file := fstest.MapFS{"file.log": {Data: log.Bytes()}}
			var reading, cutting time.Duration
			for b.Loop() {
				for range 3 {
					began, items := time.Now(), 0
					w := newWalk(context.Background(), Options{}, func(debrief.Evidence) error { items++; return nil })
					if err := w.folder(file, ""); err != nil || items != n {
						b.Fatal(err, items, w.sum)
					}
					reading = shorter(reading, time.Since(began))
					began = time.Now()
					for line := range bytes.Lines(log.Bytes()) {
						digestOf(line)
					}
					cutting = shorter(cutting, time.Since(began))
				}
			}
			b.ReportMetric(float64(reading)/float64(cutting), "x-lines")
		})
	}
}

// shorter is the shorter of two times; zero is none.
func shorter(a, b time.Duration) time.Duration {
	if a == 0 {
		return b
	}
	return min(a, b)
}

package evidence

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"testing"
	"testing/fstest"
	"time"

	"github.com/bytedance/sonic"

	"debrief.dev/debrief"
)

// slackExport is an export of n messages, five hundred a file.
func slackExport(n int) fstest.MapFS {
	const perFile = 500
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
	for first := 0; first < n; first += perFile {
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
		name := "channel" + strconv.Itoa(first/perFile%20) + "/" + day.AddDate(0, 0, first/perFile).Format(time.DateOnly) + ".json"
		export[name] = &fstest.MapFile{Data: b.Bytes()}
	}
	return export
}

// BenchmarkReadSlackExportRatio compares reading an export with merely
// decoding its bytes with the fastest decoder at hand. x-decode is how many
// times as long reading takes; MiB-peak is the most heap that reading adds.
// DEBRIEF_BENCH_MESSAGES sets the number of messages.
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
		began, items := time.Now(), 0
		w := newWalk(context.Background(), Options{}, func(debrief.Evidence) error {
			if items++; items%20_000 == 0 {
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				if now.HeapAlloc > before.HeapAlloc {
					peak = max(peak, now.HeapAlloc-before.HeapAlloc)
				}
			}
			return nil
		})
		if err := w.folder(export, ""); err != nil || items != n {
			b.Fatal(err, items, w.sum.Problems)
		}
		reading += time.Since(began)

		began = time.Now()
		for name := range export {
			f, err := export.Open(name)
			if err != nil {
				b.Fatal(err)
			}
			data, err := io.ReadAll(f)
			var rows []map[string]any
			if err == nil {
				err = sonic.ConfigDefault.Unmarshal(data, &rows)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
		decoding += time.Since(began)
	}
	b.ReportMetric(float64(reading)/float64(decoding), "x-decode")
	b.ReportMetric(float64(peak)/(1<<20), "MiB-peak")
}

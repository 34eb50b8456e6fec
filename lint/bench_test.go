package lint

import (
	"strings"
	"testing"
	"time"

	"github.com/clipperhouse/uax29/v2/words"
)

// prose is a text of about n bytes: the sentences of the practice sets, mostly
// those to be let be, as in an edited document.
func prose(b testing.TB, n int) string {
	var all []string
	good, bad := readSet(b, "practice/negative.txt"), readSet(b, "practice/positive.txt")
	for i, s := range good {
		all = append(all, s.body)
		if i%10 == 0 {
			all = append(all, bad[i%len(bad)].body)
		}
	}
	var out strings.Builder
	for i := 0; out.Len() < n; i++ {
		out.WriteString(all[i%len(all)])
		if i%5 == 4 {
			out.WriteString("\n\n")
		} else {
			out.WriteByte(' ')
		}
	}
	return out.String()
}

// BenchmarkCheck gives the speed of a check with every rule.
func BenchmarkCheck(b *testing.B) {
	rules := Default()
	for _, f := range []struct {
		name   string
		format Format
	}{{"plain", Plain}, {"markdown", Markdown}} {
		b.Run(f.name, func(b *testing.B) {
			text := Text{Body: prose(b, 1<<20), Format: f.format}
			b.SetBytes(int64(len(text.Body)))
			b.ReportAllocs()
			for b.Loop() {
				rules.Check(text)
			}
		})
	}
}

// BenchmarkCheckRatio compares a check with merely cutting the same text into
// words (UAX 29), in one run: "x/words" is how many times as long a check takes. It
// also reports how the time grows when the text is ten times as long.
func BenchmarkCheckRatio(b *testing.B) {
	rules := Default()
	short, long := prose(b, 100<<10), prose(b, 1000<<10)
	var check, cut, small time.Duration
	n := 0
	for b.Loop() {
		start := time.Now()
		rules.Check(Text{Body: long, Format: Markdown})
		check += time.Since(start)

		start = time.Now()
		for tokens := words.FromString(long); tokens.Next(); {
			n += len(tokens.Value())
		}
		cut += time.Since(start)

		start = time.Now()
		rules.Check(Text{Body: short, Format: Markdown})
		small += time.Since(start)
	}
	if n == 0 {
		b.Fatal("no word was cut")
	}
	b.ReportMetric(float64(check)/float64(cut), "x/words")
	b.ReportMetric(float64(check)/float64(small)/10, "x/linear")
}

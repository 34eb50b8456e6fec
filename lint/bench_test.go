package lint

import (
	"slices"
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

// document is an edited Markdown document of so many words: headings, paragraphs with
// code, emphasis and links, lists and a table.
func document(b testing.TB, words int) string {
	b.Helper()
	sentences := strings.SplitAfter(strings.ReplaceAll(prose(b, 200<<10), "\n\n", " "), ". ")
	var out strings.Builder
	for i, n := 0, 0; n < words; i++ {
		s := strings.TrimSpace(sentences[i%len(sentences)])
		n += len(strings.Fields(s))
		switch {
		case i%40 == 0:
			out.WriteString("\n\n## " + []string{"Summary", "Timeline", "Contributing causes", "Follow-ups"}[i/40%4] + "\n\n")
		case i%40 == 25, i%40 == 30:
			out.WriteString("\n\n")
		}
		switch {
		case i%40 >= 25 && i%40 < 30:
			out.WriteString("- " + s + "\n")
		case i%40 >= 30 && i%40 < 33:
			if i%40 == 30 {
				out.WriteString("| time | what |\n|---|---|\n")
			}
			out.WriteString("| 10:02 | " + strings.ReplaceAll(s, "|", "/") + " |\n")
		case i%40 == 33:
			out.WriteString("\n```\nERROR shard=3 lost quorum\n```\n\n")
		case i%7 == 6:
			out.WriteString(s + " See `deploy.yaml` and the [log](https://example.org/log): **nothing was lost**.\n\n")
		default:
			out.WriteString(s + " ")
		}
	}
	return out.String()
}

// BenchmarkCheck gives the speed of a check with every rule.
func BenchmarkCheck(b *testing.B) {
	rules := Default()
	for _, f := range []struct {
		name string
		text Text
	}{
		{"plain", Text{Body: prose(b, 1<<20)}},
		{"markdown", Text{Body: prose(b, 1<<20), Format: Markdown}},
		{"document", Text{Body: document(b, 170_000), Format: Markdown}},
	} {
		b.Run(f.name, func(b *testing.B) {
			text := f.text
			b.SetBytes(int64(len(text.Body)))
			b.ReportAllocs()
			for b.Loop() {
				rules.Check(text)
			}
		})
	}
}

// BenchmarkCheckRatio compares a check with merely cutting the same text into
// words (UAX 29), in one run: "x/words" is how many times as long a check takes.
// "x/linear" is how much longer a byte takes when the text is ten times as long.
func BenchmarkCheckRatio(b *testing.B) {
	rules := Default()
	short, long := prose(b, 100<<10), prose(b, 1000<<10)
	n := 0
	for b.Loop() {
		t := fastest(
			func() { rules.Check(Text{Body: long, Format: Markdown}) },
			func() { rules.Check(Text{Body: short, Format: Markdown}) },
			func() {
				for tokens := words.FromString(long); tokens.Next(); {
					n += len(tokens.Value())
				}
			},
		)
		b.ReportMetric(times(t[0], t[2]), "x/words")
		b.ReportMetric(times(t[0], t[1])/10, "x/linear")
	}
	if n == 0 {
		b.Fatal("no word was cut")
	}
}

// fastest gives the shortest of seven times that each of some things takes, turn by
// turn: what others do on the machine only adds to it.
func fastest(things ...func()) []time.Duration {
	best := make([]time.Duration, len(things))
	for turn := range 7 {
		for i, do := range things {
			start := time.Now()
			do()
			if took := time.Since(start); turn == 0 || took < best[i] {
				best[i] = took
			}
		}
	}
	return best
}

// times gives how many times as long as another a time is.
func times(a, b time.Duration) float64 { return float64(a) / float64(b) }

// BenchmarkEditRatio types into a document of ten thousand words and reviews it after each
// key. "ms/edit" is the median, and "x/check" how many times as long a review of the
// whole text takes.
func BenchmarkEditRatio(b *testing.B) {
	rules := Default()
	text := Text{Body: document(b, 10_000), Format: Markdown}
	s := rules.Session(text)
	var edits, checks []time.Duration
	typed := "The deploy broke checkout. "
	for b.Loop() {
		for n := range 20 {
			at := strings.Index(s.Text()[n*len(s.Text())/21:], "\n\n") + n*len(s.Text())/21 + 2
			for i := range typed {
				start := time.Now()
				s.Edit(at+i, at+i, typed[i:i+1])
				s.Review()
				edits = append(edits, time.Since(start))
			}
			s.Edit(at, at+len(typed), "")
		}
		start := time.Now()
		rules.Review(text)
		checks = append(checks, time.Since(start))
	}
	slices.Sort(edits)
	slices.Sort(checks)
	edit, check := edits[len(edits)/2], checks[len(checks)/2]
	b.ReportMetric(float64(edit)/float64(time.Millisecond), "ms/edit")
	b.ReportMetric(times(check, edit), "x/check")
}

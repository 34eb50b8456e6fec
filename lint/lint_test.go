package lint

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

func TestEveryRuleFindsItsBadSentencesAndSparesItsGoodOnes(t *testing.T) {
	rules := Default()
	for _, rule := range rules.List() {
		for _, marked := range rule.Bad {
			body := strings.NewReplacer("«", "", "»", "").Replace(marked)
			start := strings.Index(marked, "«")
			end := strings.Index(marked, "»") - len("«")
			hit := false
			var got []string
			for _, f := range rules.Check(Text{Body: body}) {
				if f.Rule == rule.ID {
					got = append(got, f.Excerpt)
					hit = hit || f.Start == start && f.End == end
				}
			}
			if !hit {
				t.Errorf("%s finds %q, not what is marked in: %s", rule.ID, got, marked)
			}
		}
		for _, body := range rule.Good {
			for _, f := range rules.Check(Text{Body: body}) {
				t.Errorf("%s finds %q in a good sentence of %s: %s", f.Rule, f.Excerpt, rule.ID, body)
			}
		}
	}
}

// readLines gives the lines of a file that are neither empty nor comments.
func readLines(t testing.TB, name string) []string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []string
	for s := bufio.NewScanner(f); s.Scan(); {
		if line := strings.TrimSpace(s.Text()); line != "" && line[0] != '#' {
			out = append(out, line)
		}
	}
	return out
}

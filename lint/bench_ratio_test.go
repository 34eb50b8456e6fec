package lint

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// BenchmarkRulesRatio reports how the time grows with the rules, on the same text:
// "x/rules4" when every rule stands there four times, with the same words, which is
// the worst case; "x/words4" when three of the four look for words of their own.
func BenchmarkRulesRatio(b *testing.B) {
	text := Text{Body: document(b, 50_000), Format: Markdown}
	once, same, other := Default(), fourfold(b, false), fourfold(b, true)
	if len(same.patterns) != 4*len(once.patterns) || len(other.patterns) != 4*len(once.patterns) {
		b.Fatalf("%d and %d patterns are not four times %d", len(same.patterns), len(other.patterns), len(once.patterns))
	}
	for b.Loop() {
		t := fastest(func() { once.Check(text) }, func() { same.Check(text) }, func() { other.Check(text) })
		b.ReportMetric(times(t[1], t[0]), "x/rules4")
		b.ReportMetric(times(t[2], t[0]), "x/words4")
	}
}

// fourfold gives the rules four times. With foreign, the copies look for words that
// no text has: each is spelt with a letter more.
func fourfold(b *testing.B, foreign bool) *Rules {
	b.Helper()
	own := fstest.MapFS{}
	names, err := filepath.Glob("rules/*.yaml")
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		base := strings.TrimSuffix(filepath.Base(name), ".yaml")
		for _, copy := range []string{"x", "y", "z"} {
			lines := strings.Split(string(data), "\n")
			in := false
			for i, line := range lines {
				if line != "" && line[0] != ' ' {
					in = line == "patterns:" || line == "unless:"
				}
				if item, ok := strings.CutPrefix(line, `  - "`); ok && in && foreign {
					lines[i] = `  - "` + respelt(item, copy)
				}
			}
			own["rules/"+base+copy+".yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(strings.Join(lines, "\n"), "id: "+base, "id: "+base+copy, 1))}
		}
	}
	rules, err := Load(Files(), own)
	if err != nil {
		b.Fatal(err)
	}
	return rules
}

// respelt puts letters before each word of a pattern that is spelt out in it.
func respelt(pattern, letters string) string {
	fields := strings.Fields(pattern)
	for i, f := range fields {
		if f[0] < 'a' || f[0] > 'z' {
			continue // a class, a gap, what is asked of the subject
		}
		words := strings.Split(f, "|")
		for n, w := range words {
			if w != "" && w[0] >= 'a' && w[0] <= 'z' {
				words[n] = letters + w
			}
		}
		fields[i] = strings.Join(words, "|")
	}
	return strings.Join(fields, " ")
}

// phrases writes the patterns of each rule as plain words, one for each: the first
// of every class, and "the engineer" for a noun group. That is what a checker of words
// can look for.
func phrases(rules *Rules) [][]string {
	words := make([]string, len(rules.lex.ids)+1)
	for w, id := range rules.lex.ids {
		words[id] = w
	}
	out := make([][]string, len(rules.list))
	for _, p := range rules.patterns {
		if p.unless {
			continue
		}
		var phrase []string
		for _, e := range p.elements {
			switch {
			case e.kind == someGroup:
				phrase = append(phrase, "the engineer")
			case e.kind == someWord && e.min > 0 && !e.not:
				if first := rules.firstWords(e); len(first) > 0 {
					phrase = append(phrase, words[first[0]])
				}
			}
		}
		if s := strings.Join(phrase, " "); !slices.Contains(out[p.rule], s) {
			out[p.rule] = append(out[p.rule], s)
		}
	}
	return slices.DeleteFunc(out, func(list []string) bool { return len(list) == 0 })
}

// BenchmarkRegexpRatio compares with one compiled expression for each rule that looks
// for the phrases of that rule, on the same text: "x/regexp" is how many times as
// long the expressions take.
func BenchmarkRegexpRatio(b *testing.B) {
	text := Text{Body: document(b, 5_000), Format: Markdown}
	rules := Default()
	var expressions []*regexp.Regexp
	for _, list := range phrases(rules) {
		for i := range list {
			list[i] = regexp.QuoteMeta(list[i])
		}
		expressions = append(expressions, regexp.MustCompile(`(?i)\b(?:`+strings.Join(list, "|")+`)\b`))
	}
	for b.Loop() {
		t := fastest(
			func() { rules.Review(text) },
			func() {
				for _, x := range expressions {
					x.FindAllStringIndex(text.Body, -1)
				}
			},
		)
		b.ReportMetric(times(t[1], t[0]), "x/regexp")
	}
}

// BenchmarkValeRatio compares with Vale, whose program DEBRIEF_VALE names: as many
// rules of its kind "existence" as ours have patterns in them, with as many phrases,
// on the same files and one core. "x/vale" is how many times as long Vale takes
// without its start, "x/vale-start" with it.
func BenchmarkValeRatio(b *testing.B) {
	vale := os.Getenv("DEBRIEF_VALE")
	if vale == "" {
		b.Skip("DEBRIEF_VALE names no program; make bench builds one")
	}
	rules := Default()
	dir := b.TempDir()
	write := func(name, content string) {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	write(".vale.ini", "StylesPath = styles\nMinAlertLevel = suggestion\n[*.md]\nBasedOnStyles = Blame\n")
	tokens := 0
	for i, list := range phrases(rules) {
		var yaml strings.Builder
		yaml.WriteString("extends: existence\nmessage: \"'%s'\"\nlevel: warning\nignorecase: true\ntokens:\n")
		for _, s := range list {
			tokens++
			fmt.Fprintf(&yaml, "  - %q\n", regexp.QuoteMeta(s))
		}
		write(fmt.Sprintf("styles/Blame/R%02d.yml", i), yaml.String())
	}
	write("empty/a.md", "\n")
	var bodies []string
	for i := range 10 {
		body := document(b, 10_000)
		bodies = append(bodies, body)
		write(fmt.Sprintf("text/%d.md", i), body)
	}
	run := func(folder string) {
		cmd := exec.Command(vale, "--no-exit", "--output=line", folder)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOMAXPROCS=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			b.Fatalf("vale: %v: %.500s", err, out)
		}
		if folder == "text" && len(out) == 0 {
			b.Fatal("vale finds nothing")
		}
	}
	b.Logf("%d phrases", tokens)
	for b.Loop() {
		t := fastest(
			func() {
				for _, body := range bodies {
					rules.Review(Text{Body: body, Format: Markdown})
				}
			},
			func() { run("text") },
			func() { run("empty") },
		)
		b.ReportMetric(times(t[1]-t[2], t[0]), "x/vale")
		b.ReportMetric(times(t[1], t[0]), "x/vale-start")
	}
}

package lint

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"
)

func TestEveryRuleHoldsToItsExamples(t *testing.T) {
	everyLanguage(t, func(t *testing.T, rules *Rules) {
		for _, rule := range rules.List() {
			for _, problem := range rules.Try(rule) {
				t.Errorf("%s: %s", rule.ID, problem)
			}
		}
	})
}

// everyLanguage runs a test with the rules of each language.
func everyLanguage(t *testing.T, test func(t *testing.T, rules *Rules)) {
	t.Helper()
	for _, tag := range Languages() {
		t.Run(tag, func(t *testing.T) {
			rules, err := Language(tag)
			if err != nil {
				t.Fatal(err)
			}
			test(t, rules)
		})
	}
}

// A rewrite is silent, and what has been rewritten is not rewritten again.
func TestRewritesAreSilentAndDoneOnce(t *testing.T) {
	everyLanguage(t, func(t *testing.T, rules *Rules) {
		rewritten := 0
		for _, rule := range rules.List() {
			for _, marked := range rule.Bad {
				body := Unmarked(marked)
				for _, f := range rules.Check(Text{Body: body}) {
					for _, w := range f.Rewrites {
						rewritten++
						after := body[:w.Start] + w.Text + body[w.End:]
						for _, g := range rules.Check(Text{Body: after}) {
							if g.Rule == f.Rule && g.Start < w.Start+len(w.Text) && g.End > w.Start {
								t.Errorf("%q is rewritten as %q, in which %s still finds %q", body, after, g.Rule, g.Excerpt)
							}
						}
					}
				}
			}
		}
		if rewritten == 0 {
			t.Error("no example is rewritten")
		}
	})
}

// What the rules themselves say holds to the rules: whoever is asked to write
// otherwise is shown how.
func TestTheRulesHoldToTheRules(t *testing.T) {
	everyLanguage(t, func(t *testing.T, rules *Rules) {
		for _, rule := range rules.List() {
			words := append([]string{rule.Ask, rule.Why}, rule.Suggestions...)
			for _, marked := range rule.Bad {
				for _, f := range rules.Check(Text{Body: Unmarked(marked)}) {
					words = append(words, f.Suggestions...)
				}
			}
			for _, s := range words {
				for _, f := range rules.Check(Text{Body: s}) {
					t.Errorf("%s says %q, in which %s finds %q", rule.ID, s, f.Rule, f.Excerpt)
				}
			}
		}
	})
}

// Each file of testdata/faults is a rule or a word list that cannot be read, and
// what is said about it.
func TestABrokenFileIsExplained(t *testing.T) {
	files, err := filepath.Glob("testdata/faults/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "there are no broken files")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			own, want := fstest.MapFS{}, ""
			for _, f := range archive.Files {
				if f.Name == "error" {
					want = strings.TrimSpace(string(f.Data))
					continue
				}
				own[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			_, err = Load(Files(), own)
			if err == nil {
				t.Fatal("the file is read")
			}
			if got := strings.TrimSpace(err.Error()); got != want {
				t.Errorf("the error is\n%s\nexpected\n%s", got, want)
			}
		})
	}
	if _, err := Load(fstest.MapFS{}); err == nil {
		t.Error("an empty folder gives rules")
	}
}

func TestARuleIsOneFile(t *testing.T) {
	own := fstest.MapFS{"rules/X1.yaml": &fstest.MapFile{Data: []byte(`
id: X1
category: crossing
title: t
why: w
source: s
level: info
ask: q
patterns: ["zebra crossing"]
bad: ["«Zebra crossing» ahead."]
good: ["A zebra crosses."]
`)}}
	rules, err := Load(Files(), own)
	if err != nil {
		t.Fatal(err)
	}
	if found := rules.Check(Text{Body: "A Zebra crossing."}); len(found) != 1 || found[0].Excerpt != "Zebra crossing" {
		t.Errorf("a rule of one's own finds %v", found)
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

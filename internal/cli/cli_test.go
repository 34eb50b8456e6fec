package cli

import (
	"context"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/proofread"
	"debrief.dev/debrief/internal/settings"
	"debrief.dev/debrief/lint"
)

var update = flag.Bool("update", false, "write the generated pages and the golden parts of scripts anew")

// testNow is when every test happens.
var testNow = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func testSystem() System {
	return System{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		StdinTerminal:  os.Getenv("TEST_TERMINAL") != "",
		StdoutTerminal: os.Getenv("TEST_TERMINAL") != "",
		StderrTerminal: os.Getenv("TEST_TERMINAL") != "",
		Width:          100,
		Env:            os.Getenv,
		Now:            func() time.Time { return testNow },
	}
}

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"debrief": func() { os.Exit(Run(context.Background(), testSystem(), os.Args[1:])) },
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TERM", "xterm")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			// exits CODE COMMAND...: the command ends with exactly this code.
			"exits": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) < 2 {
					ts.Fatalf("usage: exits CODE COMMAND...")
				}
				err := ts.Exec(args[1], args[2:]...)
				got := "0"
				if err != nil {
					got = strings.TrimPrefix(err.Error(), "exit status ")
				}
				if got != args[0] {
					ts.Fatalf("exit code %s, want %s", got, args[0])
				}
			},
		},
	})
}

// manual gives the pages that belong into docs/cli, by file name.
func manual(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	sys := testSystem()
	root := newRoot(&sys)
	var quiet func(*cobra.Command)
	quiet = func(c *cobra.Command) {
		c.DisableAutoGenTag = true
		for _, sub := range c.Commands() {
			quiet(sub)
		}
	}
	quiet(root)
	if err := doc.GenMarkdownTree(root, dir); err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		pages[f.Name()] = string(text)
	}
	return pages
}

//go:generate go test -run TestManualIsUpToDate . -update

func TestManualIsUpToDate(t *testing.T) {
	upToDate(t, "docs/cli", manual(t))
	upToDate(t, "docs/rules", rulebook())
	upToDate(t, "docs/settings", map[string]string{"README.md": settings.Page()})
}

// rulebook gives the pages that belong into docs/rules, by file name.
func rulebook() map[string]string {
	rules := lint.Default().List()
	pages := map[string]string{"README.md": proofread.Index(rules)}
	for _, r := range rules {
		pages[r.ID+".md"] = proofread.Page(r)
	}
	return pages
}

// upToDate compares a folder of generated pages with what they have to be.
func upToDate(t *testing.T, folder string, pages map[string]string) {
	t.Helper()
	dir := filepath.Join("../..", filepath.FromSlash(folder))
	if *update {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range pages {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, text := range pages {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Errorf("%v; \"make docs\" writes it", err)
		} else if string(got) != text {
			t.Errorf("%s/%s is not what the program says; \"make docs\" writes it anew", folder, name)
		}
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && pages[d.Name()] == "" {
			t.Errorf("%s/%s belongs to nothing; \"make docs\" removes it", folder, d.Name())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// commands are all commands of the tree.
func commands() []*cobra.Command {
	sys := testSystem()
	var all []*cobra.Command
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		all = append(all, c)
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newRoot(&sys))
	return all
}

func TestEveryCommandHasAnExample(t *testing.T) {
	for _, c := range commands() {
		if strings.Contains(c.CommandPath(), "completion") || c.Name() == "help" {
			continue // cobra's own
		}
		if c.Example == "" || c.Short == "" {
			t.Errorf("%s has no example or no summary", c.CommandPath())
		}
		if strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: a summary is no sentence and has no full stop: %q", c.CommandPath(), c.Short)
		}
	}
}

func TestEveryKindOfErrorHasAnExitCode(t *testing.T) {
	seen := map[int]debrief.ErrorKind{exitDone: -1, exitFindings: -1, exitInterrupted: -1}
	for k := debrief.Internal; k <= debrief.TooLarge; k++ {
		code, ok := exitCodes[k]
		if !ok {
			t.Errorf("kind %d has no exit code", k)
		}
		if other, twice := seen[code]; twice {
			t.Errorf("kinds %d and %d share the exit code %d", k, other, code)
		}
		seen[code] = k
	}
}

func TestParseZone(t *testing.T) {
	at := time.Date(2024, 7, 1, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		in   string
		hour int
		hint string
	}{
		{"UTC", 12, ""},
		{"Europe/Berlin", 14, ""},
		{"+02:00", 14, ""},
		{"-7", 5, ""},
		{"UTC+5:30", 17, ""},
		{"GMT-08:00", 4, ""},
		{"Europe/Berln", 0, "Close to it is Europe/Berlin."},
		{"berlin", 0, "Close to it is Europe/Berlin."},
		{"new york", 0, "Close to it is America/New_York."},
		{"PDT", 0, "Close to it is America/Los_Angeles."},
		{"Local", 0, "Names look like"},
		{"+25:00", 0, "Names look like"},
		{"qqqqqqqqqqqqqq", 0, "Names look like"},
	} {
		loc, err := parseZone(test.in)
		switch {
		case test.hint == "" && (err != nil || at.In(loc).Hour() != test.hour):
			t.Errorf("%s: %v, %v", test.in, loc, err)
		case test.hint != "" && !strings.Contains(debrief.HintOf(err), test.hint):
			t.Errorf("%s: hint %q, want %q", test.in, debrief.HintOf(err), test.hint)
		}
	}
}

func TestParseTime(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		in   string
		zone *time.Location
		want string
	}{
		{"2024-05-02", nil, "2024-05-02T00:00:00Z"},
		{"2024-05-02 14:00", berlin, "2024-05-02T12:00:00Z"},
		{"2024-05-02 14:00 UTC", berlin, "2024-05-02T14:00:00Z"},
		{"2024-05-02T14:00:00+02:00", nil, "2024-05-02T12:00:00Z"},
		{"2024-05-02 14:00 XYZ", nil, ""},
		{"14:00", nil, ""},
		{"yesterday", nil, ""},
	} {
		at, _, err := parseTime("--from", test.in, test.zone)
		if got := at.UTC().Format(time.RFC3339); err == nil && got != test.want || err != nil && test.want != "" {
			t.Errorf("%s: %s, %v; want %s", test.in, got, err, test.want)
		}
	}
}

func TestEvidenceCannotSteerTheTerminal(t *testing.T) {
	if got := printable("a\x1b[2Jb\x07c\u202ed\te\n"); got != "a[2Jbcd\te\n" {
		t.Errorf("got %q", got)
	}
}

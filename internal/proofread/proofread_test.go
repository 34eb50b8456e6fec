package proofread

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"debrief.dev/debrief/lint"
)

// hostile is a text whose bytes, lines and characters do not agree, with an
// unusual name.
const hostile = "\xef\xbb\xbf# Prüfung\r\n\r\nIn hindsight, the 変更 was clear. \xff\xfe This was careless.\r\n\tThe root\ncause was the missing index, no big deal \x1b[31m; and \u202eDan broke checkout"

func runOn(t *testing.T, files map[string]string, o Options) *Result {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for name, body := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	paths = append(paths, dir)
	list, err := Files(paths)
	if err != nil {
		t.Fatal(err)
	}
	o.Alone = o.Alone || o.Config == ""
	r, err := Run(context.Background(), list, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSARIFIsValid(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"nothing":  {"a.md": "All was quiet.\n"},
		"findings": {"a.md": "This was careless.\n\nIn hindsight, the alert was late.\n", "b/c d%é.md": hostile},
		"unused":   {"a.md": "All was quiet. <!-- debrief: allow B04, reason -->\n"},
	} {
		t.Run(name, func(t *testing.T) {
			r := runOn(t, files, Options{})
			var b bytes.Buffer
			if err := Write(&b, "sarif", r, Paint{}, "1.2.3"); err != nil {
				t.Fatal(err)
			}
			report, err := sarif.FromBytes(b.Bytes(), sarif.WithStrictValidation())
			if err != nil {
				t.Fatal(err)
			}
			if err := report.Validate(); err != nil {
				t.Error(err)
			}
			if got := len(report.Runs[0].Results); got != len(r.Findings) {
				t.Errorf("%d results for %d findings", got, len(r.Findings))
			}
		})
	}
}

func TestPlacesAreThoseOfTheFile(t *testing.T) {
	r := runOn(t, map[string]string{"a.md": hostile}, Options{})
	if len(r.Findings) < 4 {
		t.Fatalf("found %v", r.Findings)
	}
	lines := strings.Split(hostile, "\n")
	for _, f := range r.Findings {
		if f.Excerpt != hostile[f.Start:f.End] {
			t.Errorf("%s: the excerpt is %q, the file has %q", f.Rule, f.Excerpt, hostile[f.Start:f.End])
		}
		line := []rune(lines[f.Line-1])
		if got := string(line[f.Column-1:]); !strings.HasPrefix(f.Excerpt, "\xff") && !strings.HasPrefix(strings.SplitN(f.Excerpt, "\n", 2)[0], got[:1]) {
			t.Errorf("%s: at %d:%d stands %q, the excerpt is %q", f.Rule, f.Line, f.Column, got, f.Excerpt)
		}
		if f.EndLine < f.Line || f.EndLine == f.Line && f.EndColumn <= f.Column {
			t.Errorf("%s ends at %d:%d before it begins at %d:%d", f.Rule, f.EndLine, f.EndColumn, f.Line, f.Column)
		}
	}
}

func TestTextIsSafeForATerminalAndMarksTheWords(t *testing.T) {
	r := runOn(t, map[string]string{"a.md": hostile + "\n\n" + strings.Repeat("The index was rebuilt and ", 30) + "this was careless, as " + strings.Repeat("the log shows, ", 30) + ".\n"}, Options{})
	var b bytes.Buffer
	if err := Write(&b, "text", r, Paint{}, ""); err != nil {
		t.Fatal(err)
	}
	out := b.String()
	if strings.ContainsAny(out, "\x1b\u202e\r") || !utf8.ValidString(out) {
		t.Errorf("the terminal would be steered:\n%q", out)
	}
	if !strings.Contains(out, "…") {
		t.Error("a long line is shown whole")
	}
	for line := range strings.Lines(out) {
		if n := len([]rune(line)); n > 160 && strings.HasPrefix(strings.TrimSpace(line), "1") {
			t.Errorf("an excerpt has %d characters", n)
		}
	}
}

func TestAByteOrderMarkIsNoColumn(t *testing.T) {
	r := runOn(t, map[string]string{"a.md": "\ufeffThis was careless.\n"}, Options{})
	if len(r.Findings) != 1 || r.Findings[0].Column != 1 || r.Findings[0].Start != 3 || r.Findings[0].line != "This was careless." {
		t.Errorf("found %+v", r.Findings)
	}
}

func TestATextThatCannotBeReadIsAProblemAndTheOthersAreChecked(t *testing.T) {
	r := runOn(t, map[string]string{"a.txt": "\xff\xfeT\x00", "b.txt": "\xfe\xff\x00T", "c.txt": "This was careless.\n"}, Options{})
	if len(r.Problems) != 2 || len(r.Findings) != 1 {
		t.Errorf("problems %v, findings %v", r.Problems, r.Findings)
	}
}

func TestAFileIsReadOnce(t *testing.T) {
	dir := t.TempDir()
	a := filepath.Join(dir, "a.md")
	if err := os.WriteFile(a, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	files, err := Files([]string{dir, a, dir + "/./a.md", filepath.Join(dir, "*.md")})
	if err != nil || len(files) != 1 || !files[0].Named {
		t.Errorf("got %v and %v", files, err)
	}
}

func TestRewritingLeavesNothingToRewrite(t *testing.T) {
	body := "In hindsight, the root cause was, obviously, the missing index. It was just a small bug, no big deal.\n\nSurprise, surprise, the root cause again.\n"
	r := runOn(t, map[string]string{"a.md": body}, Options{})
	done := r.Rewrite()
	if len(done) != 1 || done[0].Changes < 3 || done[0].Before != body {
		t.Fatalf("rewritten: %+v", done)
	}
	for _, f := range r.Findings {
		if len(f.Rewrites) > 0 {
			t.Errorf("%s still rewrites %q in %q", f.Rule, f.Excerpt, done[0].After)
		}
	}
	if again := r.Rewrite(); len(again) > 0 {
		t.Errorf("again: %+v", again)
	}
}

func TestARewrittenFileKeepsItsPermissionsAndItsLink(t *testing.T) {
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real.md"), filepath.Join(dir, "link.md")
	if err := os.WriteFile(real, []byte("a"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, link); err != nil {
		t.Skip("no links here: ", err)
	}
	if err := (Rewritten{Path: link, After: "b"}).Save(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v %v", info, err)
	}
	info, err = os.Stat(real)
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the permissions are %v, %v", info.Mode(), err)
	}
	if got, _ := os.ReadFile(real); string(got) != "b" {
		t.Errorf("the file holds %q", got)
	}
}

func TestTheFormatFollowsTheName(t *testing.T) {
	for name, want := range map[string]lint.Format{"a.md": lint.Markdown, "README": lint.Markdown, "a.HTML": lint.HTML, "a.rst": lint.RST, "chat.ndjson": lint.JSONLines, "notes.txt": lint.Plain} {
		if got := FormatOf(name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}

func FuzzConfig(f *testing.F) {
	f.Add("lint:\n  levels: {B01: off}\n  allow:\n    - {rule: B02, in: \"**\", reason: x}\n")
	f.Add("lint:\n  ignore: [\"[\"]\n")
	f.Add("lint: []\n")
	f.Add("&a [*a]")
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), ConfigName)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if c, err := ReadConfig(path); err == nil {
			c.ignores("a/b.md")
			c.allows("a/b.md", "B01")
		}
	})
}

func FuzzDiff(f *testing.F) {
	f.Add("+++ a.md\n@@ -1,0 +2,3 @@\n+a\n+b\n+c\n@@ -9 +12 @@\n-x\n\\ No newline at end of file\n+y\n")
	f.Add("+++ \"a\\tb.md\"\t\n@@ -1 +1,0 @@\n-+++ b\n")
	f.Fuzz(func(_ *testing.T, text string) {
		c := &changes{lines: map[string][][2]int{}, whole: map[string]bool{}}
		_ = c.read("/", []byte(text)) // an error is an answer; a panic is not
	})
}

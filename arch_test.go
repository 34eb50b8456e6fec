package debrief_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "debrief.dev/debrief"

// rules says for every package of the module what it may import of ours, and
// why the line runs there. The root ("") is open to all. A package that is not
// in the table does not pass: adding one is a decision.
var rules = []struct {
	pkg string
	may []string
	why string
}{
	{"", nil, "the vocabulary stands on the standard library alone, so that every package can speak it"},
	{"lint", nil, "an editor, a CI job or another program can use the language engine alone"},
	{"internal/cue", nil, "what people write when a thing is in the air; those who ask decide what it means"},
	{"internal/when", nil, "reading a time is useful to all that read text, so it knows none of them"},
	{"internal/redact", nil, "what keeps names and secrets in must not depend on what it protects"},
	{"internal/evidence", []string{"internal/when"}, "importers report what tools say and decide nothing"},
	{"internal/timeline", []string{"internal/when", "internal/redact", "internal/cue", "lint"}, "a proposal is a pure function of evidence and people"},
	{"internal/coach", []string{"internal/timeline", "lint", "internal/redact", "internal/when", "internal/cue"}, "questions are found in a timeline, never in a tool's format"},
	{"internal/report", []string{"internal/timeline", "internal/coach", "lint", "internal/redact", "internal/when"}, "a report shows what others found and finds nothing itself"},
	{"internal/proofread", []string{"lint"}, "files and configuration are found here, language is judged there"},
	{"internal/lsp", nil, "the protocol knows notes on a text and not who makes them"},
	{"internal/truth", []string{"internal/evidence", "internal/timeline", "internal/coach", "internal/report", "internal/redact", "internal/when", "lint"}, "the judge may look at everything; nothing looks at the judge"},
	{"internal/metrics", nil, "it counts what others tell it, by patterns and kinds and never by content"},
	{"internal/settings", nil, "how an installation is configured is known before anything of it is opened"},
	{"internal/store", nil, "rows of nouns; what may be done with them is decided above"},
	{"internal/store/storetest", []string{"internal/store"}, "it gives tests a database; programs have their own"},
	{"internal/jobs", []string{"internal/store"}, "work in the background knows tasks and not what they are about"},
	{"internal/auth", []string{"internal/store"}, "who is asking is found out before anything is asked"},
	{"internal/mail", nil, "it writes a message and gives it to a server, and knows nobody whom it is about"},
	{"internal/mail/mailtest", nil, "a mail server for tests; programs have their own"},
	{"internal/post", []string{"internal/mail", "internal/auth", "internal/jobs", "internal/store"}, "a mail is written from what is so when it is sent"},
	{"internal/paper", []string{}, "it writes what it is given, and knows no room"},
	{"internal/casebook", []string{"internal/store", "internal/jobs", "internal/evidence", "internal/timeline", "internal/coach", "internal/report", "internal/redact"}, "the one place where things change; no door is special"},
	{"internal/web", []string{"internal/paper", "internal/report", "internal/live", "internal/casebook", "internal/auth", "internal/store", "internal/evidence", "lint"}, "pages ask the casebook and show what it says; of the others they know nouns alone"},
	{"internal/live", nil, "it says that something changed, and never what; pages ask again"},
	{"internal/demo", []string{"internal/casebook", "internal/auth", "testdata/incidents"}, "the sample company does what people do, by the same methods"},
	{"internal/cli", []string{"internal/mail", "internal/post", "internal/settings", "internal/metrics", "internal/live", "internal/demo", "internal/web", "internal/casebook", "internal/auth", "internal/store", "internal/jobs", "internal/evidence", "internal/timeline", "internal/coach", "internal/report", "internal/redact", "internal/when", "internal/lsp", "internal/proofread", "lint"}, "a door calls the packages that do the work; none of them knows the door"},
	{"cmd/debrief", []string{"internal/cli"}, "it wires"},
}

// A listed is what "go list" tells of a package.
type listed struct {
	ImportPath, Dir string
	GoFiles         []string
	Imports         []string
	Standard        bool
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,GoFiles,Imports", "./...").Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %s", exit.Stderr)
		}
		t.Fatal(err)
	}
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestArrowsPointInward(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		if strings.HasPrefix(name, "internal/bench") || strings.HasPrefix(name, "internal/gen") {
			name = "internal/cli" // programs of the repository itself: what the door may, they may
		}
		at := slices.IndexFunc(rules, func(r struct {
			pkg string
			may []string
			why string
		},
		) bool {
			return r.pkg == name
		})
		if at < 0 {
			t.Errorf("%s is not in the table of import rules; say there what it may import, and why", p.ImportPath)
			continue
		}
		for _, imp := range p.Imports {
			ours, in := strings.CutPrefix(imp, module+"/")
			switch {
			case in && !slices.Contains(rules[at].may, ours):
				t.Errorf("%s imports %s; the rule is: %s", p.ImportPath, imp, rules[at].why)
			case name == "" && strings.Contains(strings.Split(imp, "/")[0], "."):
				t.Errorf("the root imports %s; the rule is: %s", imp, rules[at].why)
			}
		}
	}
}

// pure packages look at no clock, no network, no environment.
func TestPurePackagesStayPure(t *testing.T) {
	pure := []string{"", "lint", "internal/cue", "internal/when", "internal/redact", "internal/timeline", "internal/coach", "internal/report"}
	for _, p := range packages(t) {
		if !slices.Contains(pure, strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")) {
			continue
		}
		for _, imp := range p.Imports {
			if slices.Contains([]string{"os", "os/exec", "net", "net/http", "math/rand", "math/rand/v2", "database/sql"}, imp) {
				t.Errorf("%s imports %s: the same input would no longer give the same output", p.ImportPath, imp)
			}
		}
		for _, f := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, f))
			if err != nil {
				t.Fatal(err)
			}
			for _, call := range []string{"time.Now(", "time.Since(", "time.Sleep("} {
				if bytes.Contains(text, []byte(call)) {
					t.Errorf("%s calls %s): the time is an input here", filepath.Join(p.Dir, f), strings.TrimSuffix(call, "("))
				}
			}
		}
	}
}

// TestSizes reports how large each package is ("go test -run Sizes -v .") and
// refuses a file that nobody can keep in view.
func TestSizes(t *testing.T) {
	for _, p := range packages(t) {
		lines := 0
		for _, f := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, f))
			if err != nil {
				t.Fatal(err)
			}
			n := bytes.Count(text, []byte("\n"))
			lines += n
			if n > 1500 {
				t.Errorf("%s has %d lines; above 1500 it is split by what its parts are about", filepath.Join(p.Dir, f), n)
			}
		}
		t.Logf("%6d lines  %s", lines, p.ImportPath)
	}
}

// A dependency is a decision, so ARCHITECTURE.md gives its reason.
func TestEveryDependencyHasItsReason(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	reasons, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(mod)) {
		path, version, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || !strings.HasPrefix(version, "v") || strings.Contains(line, "// indirect") {
			continue
		}
		n++
		if !bytes.Contains(reasons, []byte(path)) && !bytes.Contains(reasons, []byte("`"+strings.TrimPrefix(path, "golang.org/")+"`")) {
			t.Errorf("ARCHITECTURE.md does not say why %s is used", path)
		}
	}
	if n == 0 {
		t.Error("go.mod requires nothing; it is read in the wrong way")
	}
}

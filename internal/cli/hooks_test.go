package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

func readYAML(t *testing.T, file string, into any) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// What other tools call has to be a command with these flags.
func TestTheHooksCallCommandsThatExist(t *testing.T) {
	var hooks []struct{ ID, Entry, Language string }
	readYAML(t, "../../.pre-commit-hooks.yaml", &hooks)
	if len(hooks) == 0 {
		t.Fatal("there is no hook")
	}
	for _, h := range hooks {
		sys := testSystem()
		words := strings.Fields(h.Entry)
		cmd, rest, err := newRoot(&sys).Find(words[1:])
		if err != nil || words[0] != "debrief" || cmd.Name() == "debrief" {
			t.Errorf("%s calls %q: %v", h.ID, h.Entry, err)
			continue
		}
		if err := cmd.ParseFlags(rest); err != nil {
			t.Errorf("%s calls %q: %v", h.ID, h.Entry, err)
		}
	}
}

// The last step of the action is run as a workflow would run it.
func TestTheActionReportsWhatItFinds(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	var action struct {
		Inputs map[string]struct{ Default string }
		Runs   struct {
			Steps []struct {
				Run string
				Env map[string]string
			}
		}
	}
	readYAML(t, "../../action.yml", &action)
	steps := action.Runs.Steps
	step := steps[len(steps)-1]

	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, "debrief")); err != nil {
		t.Skip("no links here: ", err)
	}
	for name, body := range map[string]string{"a.md": "This was careless.\n", "b.md": "The root cause was the index.\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := func(inputs map[string]string) (string, int) {
		cmd := exec.Command(bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", step.Run)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "RUNNER_TEMP="+dir)
		for name, expression := range step.Env {
			input := strings.TrimSuffix(strings.TrimPrefix(expression, "${{ inputs."), " }}")
			value, given := inputs[input]
			if _, known := action.Inputs[input]; !known {
				t.Errorf("%s is taken from an input that is not there: %s", name, expression)
			}
			if !given {
				value = action.Inputs[input].Default
			}
			cmd.Env = append(cmd.Env, name+"="+value)
		}
		out, err := cmd.CombinedOutput()
		if err != nil && cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return string(out), cmd.ProcessState.ExitCode()
	}
	if out, code := run(nil); code != 1 || !strings.Contains(out, "::error file=a.md") || !strings.Contains(out, "::notice file=b.md") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	if out, code := run(map[string]string{"paths": "b.md", "fail-on": "warning", "sarif": "out.sarif"}); code != 0 || !strings.Contains(out, "::notice") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	if data, err := os.ReadFile(filepath.Join(dir, "out.sarif")); err != nil || !strings.Contains(string(data), "2.1.0") {
		t.Errorf("the SARIF file: %v", err)
	}
	if out, code := run(map[string]string{"paths": "nowhere.md; touch harmed"}); code == 0 || strings.Contains(out, "harmed\n") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "harmed")); err == nil {
		t.Error("an input was run")
	}
}

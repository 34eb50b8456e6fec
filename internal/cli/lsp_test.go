package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// required fails a test that a tool is missing for, if DEBRIEF_REQUIRE asks for
// the tool, and skips it otherwise.
func required(t *testing.T, tool string) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("DEBRIEF_REQUIRE"), ","), tool) {
		t.Fatalf("DEBRIEF_REQUIRE asks for %s, and it is not installed", tool)
	}
	t.Skipf("%s is not installed", tool)
}

// A session with the real rules: what an editor says, and what it is told.
func TestLSPSession(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".debrief.yaml"), []byte("lint:\n  levels: {B07: \"off\"}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	uri := "file://" + filepath.ToSlash(filepath.Join(dir, "review.md"))
	fromEditor, toServer := io.Pipe()
	fromServer, toEditor := io.Pipe()
	sys := testSystem()
	sys.Stdin, sys.Stdout = fromEditor, toEditor
	done := make(chan int, 1)
	go func() { done <- Run(context.Background(), sys, []string{"lsp", "--stdio"}) }()

	say := func(format string, args ...any) {
		m := fmt.Sprintf(format, args...)
		if _, err := fmt.Fprintf(toServer, "Content-Length: %d\r\n\r\n%s", len(m), m); err != nil {
			t.Fatal(err)
		}
	}
	hear := func() string {
		t.Helper()
		var n int
		if _, err := fmt.Fscanf(fromServer, "Content-Length: %d\r\n\r\n", &n); err != nil {
			t.Fatal(err)
		}
		body := make([]byte, n)
		if _, err := io.ReadFull(fromServer, body); err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	has := func(got string, wants ...string) {
		t.Helper()
		for _, want := range wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s\nlacks %s", got, want)
			}
		}
	}

	say(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}`)
	has(hear(), `"positionEncoding":"utf-16"`, `"hoverProvider":true`, `"name":"debrief"`)
	say(`{"jsonrpc":"2.0","method":"initialized","params":{}}`)
	text, _ := json.Marshal("# Review\n\nIn hindsight, the alert was late. The root cause was the index.\n")
	say(`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":%q,"languageId":"markdown","version":1,"text":%s}}}`, uri, text)
	opened := hear()
	has(opened, `"code":"B05"`, `"severity":2`, `"start":{"line":2,"character":0},"end":{"line":2,"character":12}`)
	if strings.Contains(opened, "B07") {
		t.Error("a rule that the configuration turns off is shown")
	}
	say(`{"jsonrpc":"2.0","id":2,"method":"textDocument/hover","params":{"textDocument":{"uri":%q},"position":{"line":2,"character":4}}}`, uri)
	has(hear(), "Ask instead", "`B05`", "Cook, How Complex Systems Fail")
	say(`{"jsonrpc":"2.0","id":3,"method":"textDocument/codeAction","params":{"textDocument":{"uri":%q},"range":{"start":{"line":2,"character":4},"end":{"line":2,"character":4}},"context":{"diagnostics":[]}}}`, uri)
	has(hear(), `"title":"Write: The alert was"`, `"title":"Keep, because … (B05)"`)
	say(`{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":%q,"version":2},"contentChanges":[{"range":{"start":{"line":2,"character":0},"end":{"line":2,"character":15}},"text":"T"}]}}`, uri)
	has(hear(), `"version":2`, `"diagnostics":[]`)

	// A mistake in the configuration is shown where one writes.
	if err := os.WriteFile(filepath.Join(dir, ".debrief.yaml"), []byte("lint:\n  levels: {B99: \"off\"}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	say(`{"jsonrpc":"2.0","method":"textDocument/didSave","params":{"textDocument":{"uri":%q}}}`, uri)
	has(hear(), `"code":"configuration"`, `There is no rule`, `"severity":1`)

	say(`{"jsonrpc":"2.0","id":4,"method":"shutdown"}`)
	has(hear(), `"id":4`, `"result":null`)
	say(`{"jsonrpc":"2.0","method":"exit"}`)
	if code := <-done; code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestLSPSaysWhenTheEditorIsGone(t *testing.T) {
	sys := testSystem()
	var errs strings.Builder
	sys.Stdin, sys.Stdout, sys.Stderr = strings.NewReader(""), io.Discard, &errs
	if code := Run(context.Background(), sys, []string{"lsp"}); code != 6 || !strings.Contains(errs.String(), "The editor is gone") {
		t.Errorf("exit code %d, %q", code, errs.String())
	}
}

func TestLSPExitsWithOneWhenNoShutdownWasAsked(t *testing.T) {
	sys := testSystem()
	const exit = `{"jsonrpc":"2.0","method":"exit"}`
	sys.Stdin, sys.Stdout, sys.Stderr = strings.NewReader(fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(exit), exit)), io.Discard, io.Discard
	if code := Run(context.Background(), sys, []string{"lsp"}); code != 1 {
		t.Errorf("exit code %d, want 1 as the protocol has it", code)
	}
}

// The real editor, with the configuration that docs/editors/neovim.md gives.
func TestNeovim(t *testing.T) {
	nvim, err := exec.LookPath("nvim")
	if err != nil {
		required(t, "nvim")
	}
	guide, err := os.ReadFile("../../docs/editors/neovim.md")
	if err != nil {
		t.Fatal(err)
	}
	config := regexp.MustCompile("(?s)```lua\n(.*?)```").FindSubmatch(guide)
	if config == nil {
		t.Fatal("the guide shows no configuration")
	}
	drive, err := os.ReadFile("testdata/neovim.lua")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, "debrief")); err != nil {
		t.Skip("no links here: ", err)
	}
	for name, body := range map[string]string{
		"init.lua": string(config[1]), "drive.lua": string(drive),
		"review.md": "# Überblick 😀\n\nIn hindsight, the alert was late.\n\nThis was careless.\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, nvim, "--headless", "--clean", "-n", "-S", "init.lua", "-c", "edit review.md", "-S", "drive.lua")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_STATE_HOME="+dir, "XDG_CACHE_HOME="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got, err := os.ReadFile(filepath.Join(dir, "result.txt"))
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want, err := os.ReadFile("testdata/neovim.want")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("Neovim saw\n%s\nwant\n%s", got, want)
	}
}

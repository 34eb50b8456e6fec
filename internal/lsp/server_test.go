package lsp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// pad is a stand-in for the linter: it notes every "Dana broke" it sees.
type pad struct{ text string }

func open(_, _, text string) Text { return &pad{text} }

func (p *pad) Edit(start, end int, with string) { p.text = p.text[:start] + with + p.text[end:] }

func (p *pad) Notes() []Note {
	var notes []Note
	text := p.text
	for at := 0; ; {
		i := strings.Index(text[at:], "Dana broke")
		if i < 0 {
			return notes
		}
		at += i
		notes = append(notes, Note{
			Start: at, End: at + len("Dana broke"), Rule: "names-a-person", Severity: Warning,
			Message: "A person stands where a condition could.", Why: "The room stops asking what made the step possible.",
			Ask: "What made it possible?", Source: "Seed, part 4", Rewrites: []Edit{{at, at + len("Dana broke"), "The change broke"}},
		})
		at += len("Dana broke")
	}
}

func (p *pad) Keep(n Note) (Edit, bool) {
	at := strings.LastIndex(p.text[:n.Start], "\n\n") + 2
	return Edit{at, at, "<!-- debrief: allow " + n.Rule + ", reason -->\n"}, true
}

// session sends messages to a fresh server and returns its answers.
func session(t *testing.T, messages ...string) []message {
	t.Helper()
	var in, out bytes.Buffer
	for _, m := range messages {
		fmt.Fprintf(&in, "Content-Length: %d\r\n\r\n%s", len(m), m)
	}
	s := &Server{Open: open, Version: "test"}
	if err := s.Run(&in, &out); err != nil {
		t.Fatalf("Run: %v", err)
	}
	var got []message
	for w := newWire(&out, io.Discard); ; {
		m, err := w.read()
		if err == io.EOF {
			return got
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, *m)
	}
}

const (
	initialize = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{"general":{"positionEncodings":["%s"]}}}}`
	shutdown   = `{"jsonrpc":"2.0","id":9,"method":"shutdown"}`
	exit       = `{"jsonrpc":"2.0","method":"exit"}`
	// A question makes the server look at once instead of when nothing more is waiting.
	question = `{"jsonrpc":"2.0","id":7,"method":"textDocument/hover","params":{"textDocument":{"uri":"file:///a.md"},"position":{"line":99,"character":0}}}`
)

func didOpen(text string) string {
	raw, _ := json.Marshal(text)
	return `{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///a.md","languageId":"markdown","version":1,"text":` + string(raw) + `}}}`
}

func diagnostics(t *testing.T, m message) []diagnostic {
	t.Helper()
	if m.Method != "textDocument/publishDiagnostics" {
		t.Fatalf("got %q, want diagnostics", m.Method)
	}
	var p publishParams
	if err := json.Unmarshal(m.Params, &p); err != nil {
		t.Fatal(err)
	}
	return p.Diagnostics
}

func TestSession(t *testing.T) {
	t.Run("columns are counted in the client's units", func(t *testing.T) {
		for _, c := range []struct {
			encoding string
			column   int
		}{{"utf-8", 12}, {"utf-16", 7}, {"utf-32", 6}} {
			got := session(t, fmt.Sprintf(initialize, c.encoding), didOpen("é 😀 – Dana broke it"), shutdown, exit)
			d := diagnostics(t, got[1])
			if len(d) != 1 || d[0].Range.Start != (position{Line: 0, Character: c.column}) {
				t.Errorf("%s: got %+v, want column %d", c.encoding, d, c.column)
			}
		}
	})
	t.Run("an incremental change moves and removes notes", func(t *testing.T) {
		change := `{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///a.md","version":2},"contentChanges":[
			{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0}},"text":"Well:\n"},
			{"range":{"start":{"line":2,"character":0},"end":{"line":2,"character":4}},"text":"The deploy"}]}}`
		got := session(t, fmt.Sprintf(initialize, "utf-16"), didOpen("Dana broke it.\nDana broke that.\n"), question, change, shutdown, exit)
		if d := diagnostics(t, got[1]); len(d) != 2 {
			t.Fatalf("at first %d notes, want 2", len(d))
		}
		d := diagnostics(t, got[3])
		if len(d) != 1 || d[0].Range.Start != (position{Line: 1}) {
			t.Errorf("after the change %+v, want one note at line 1", d)
		}
	})
	t.Run("hover says why and where the rule comes from", func(t *testing.T) {
		hover := `{"jsonrpc":"2.0","id":2,"method":"textDocument/hover","params":{"textDocument":{"uri":"file:///a.md"},"position":{"line":0,"character":3}}}`
		got := session(t, fmt.Sprintf(initialize, "utf-16"), didOpen("Dana broke it."), hover, shutdown, exit)
		raw, _ := json.Marshal(got[2].Result)
		for _, want := range []string{"stops asking", "Seed, part 4", "What made it possible?", "names-a-person"} {
			if !strings.Contains(string(raw), want) {
				t.Errorf("hover lacks %q: %s", want, raw)
			}
		}
	})
	t.Run("actions offer a rewrite and a comment above the paragraph", func(t *testing.T) {
		action := `{"jsonrpc":"2.0","id":2,"method":"textDocument/codeAction","params":{"textDocument":{"uri":"file:///a.md"},
			"range":{"start":{"line":3,"character":2},"end":{"line":3,"character":2}},"context":{"diagnostics":[]}}}`
		got := session(t, fmt.Sprintf(initialize, "utf-16"), didOpen("Title\n\nOn Monday\nDana broke it."), action, shutdown, exit)
		raw, _ := json.Marshal(got[2].Result)
		var actions []codeAction
		if err := json.Unmarshal(raw, &actions); err != nil || len(actions) != 2 {
			t.Fatalf("got %s, want two actions", raw)
		}
		if e := actions[0].Edit.Changes["file:///a.md"][0]; e.NewText != "The change broke" || e.Range.Start.Line != 3 {
			t.Errorf("the rewrite is %+v", e)
		}
		if e := actions[1].Edit.Changes["file:///a.md"][0]; e.Range.Start != (position{Line: 2}) || !strings.Contains(e.NewText, "allow names-a-person, reason") {
			t.Errorf("the comment is %+v", e)
		}
	})
	t.Run("changes that wait are checked once", func(t *testing.T) {
		change := `{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///a.md","version":%d},"contentChanges":[{"text":"Dana broke %d."}]}}`
		got := session(t, fmt.Sprintf(initialize, "utf-16"), didOpen("Quiet."), fmt.Sprintf(change, 2, 2), fmt.Sprintf(change, 3, 3), shutdown, exit)
		if len(got) != 3 {
			t.Fatalf("%d messages, want the answers and one list of notes", len(got))
		}
		if d := diagnostics(t, got[1]); len(d) != 1 {
			t.Errorf("got %+v, want one note", d)
		}
	})
	t.Run("every safe rewrite is made at once", func(t *testing.T) {
		action := `{"jsonrpc":"2.0","id":2,"method":"textDocument/codeAction","params":{"textDocument":{"uri":"file:///a.md"},
			"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0}},"context":{"only":["source.fixAll"]}}}`
		got := session(t, fmt.Sprintf(initialize, "utf-16"), didOpen("Dana broke it.\nDana broke that."), action, shutdown, exit)
		raw, _ := json.Marshal(got[2].Result)
		var actions []codeAction
		if err := json.Unmarshal(raw, &actions); err != nil || len(actions) != 1 || len(actions[0].Edit.Changes["file:///a.md"]) != 2 {
			t.Errorf("got %s, want one action with two edits", raw)
		}
	})
	t.Run("a menu without a filter has every action, and an empty kind is no filter", func(t *testing.T) {
		for _, only := range []string{``, `,"only":[""]`} {
			action := `{"jsonrpc":"2.0","id":2,"method":"textDocument/codeAction","params":{"textDocument":{"uri":"file:///a.md"},
				"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0}},"context":{"diagnostics":[]` + only + `}}}`
			got := session(t, fmt.Sprintf(initialize, "utf-16"), didOpen("\n\nDana broke it.\nDana broke that."), strings.ReplaceAll(action, `"line":0`, `"line":2`), shutdown, exit)
			raw, _ := json.Marshal(got[2].Result)
			var actions []codeAction
			if err := json.Unmarshal(raw, &actions); err != nil || len(actions) != 3 || actions[2].Kind != fixAll {
				t.Errorf("only %q: got %s, want a rewrite, a comment and all rewrites", only, raw)
			}
		}
	})
	t.Run("a change before a broken message is looked at without waiting for more", func(t *testing.T) {
		in, toServer := io.Pipe()
		fromServer, out := io.Pipe()
		done := make(chan error, 1)
		go func() { done <- (&Server{Open: open}).Run(in, out) }()
		var sent bytes.Buffer // in one write, so that the server sees them waiting together
		for _, m := range []string{fmt.Sprintf(initialize, "utf-16"), didOpen("Dana broke it."), "{"} {
			fmt.Fprintf(&sent, "Content-Length: %d\r\n\r\n%s", len(m), m)
		}
		if _, err := toServer.Write(sent.Bytes()); err != nil {
			t.Fatal(err)
		}
		w := newWire(fromServer, toServer)
		var last *message
		for range 3 {
			m, err := w.read()
			if err != nil {
				t.Fatal(err)
			}
			last = m
		}
		if d := diagnostics(t, *last); len(d) != 1 {
			t.Errorf("got %+v, want one note", d)
		}
		toServer.Close()
		<-done
	})
	t.Run("a client that can is told the version of an edit and asked to watch the configuration", func(t *testing.T) {
		able := `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{"workspace":{
			"workspaceEdit":{"documentChanges":true},"didChangeWatchedFiles":{"dynamicRegistration":true}}}}}`
		action := `{"jsonrpc":"2.0","id":2,"method":"textDocument/codeAction","params":{"textDocument":{"uri":"file:///a.md"},
			"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0}},"context":{"only":["source.fixAll"]}}}`
		got := session(t, able, `{"jsonrpc":"2.0","method":"initialized","params":{}}`, `{"jsonrpc":"2.0","id":"configuration","result":null}`,
			didOpen("Dana broke it."), action, shutdown, exit)
		if len(got) != 5 || got[1].Method != "client/registerCapability" || !strings.Contains(string(got[1].Params), "**/.debrief.yaml") {
			t.Fatalf("got %+v, want a registration after the answer to initialize", got)
		}
		raw, _ := json.Marshal(got[3].Result)
		if !strings.Contains(string(raw), `"documentChanges":[{`) || !strings.Contains(string(raw), `"version":1`) || strings.Contains(string(raw), `"changes"`) {
			t.Errorf("got %s, want an edit of version 1", raw)
		}
	})
	t.Run("a closed document loses its notes", func(t *testing.T) {
		closing := `{"jsonrpc":"2.0","method":"textDocument/didClose","params":{"textDocument":{"uri":"file:///a.md"}}}`
		got := session(t, fmt.Sprintf(initialize, "utf-16"), didOpen("Dana broke it."), question, closing, shutdown, exit)
		if d := diagnostics(t, got[3]); len(d) != 0 {
			t.Errorf("got %+v, want none", d)
		}
	})
	t.Run("what is wrong with a request is answered and the session goes on", func(t *testing.T) {
		early := `{"jsonrpc":"2.0","id":0,"method":"textDocument/hover","params":{}}`
		unknown := `{"jsonrpc":"2.0","id":2,"method":"textDocument/rename","params":{}}`
		notOpen := `{"jsonrpc":"2.0","id":3,"method":"textDocument/hover","params":{"textDocument":{"uri":"file:///b.md"}}}`
		notJSON, batch := `{"jsonrpc":`, `[{"jsonrpc":"2.0","id":5,"method":"shutdown"}]`
		got := session(t, early, fmt.Sprintf(initialize, "utf-16"), unknown, notOpen, notJSON, batch, shutdown, exit)
		var codes []int
		for _, m := range got {
			if m.Error != nil {
				codes = append(codes, m.Error.Code)
			}
		}
		if want := fmt.Sprint([]int{codeNotInitialized, codeNoMethod, codeInvalidParams, codeParse, codeInvalidRequest}); fmt.Sprint(codes) != want {
			t.Errorf("codes %v, want %s", codes, want)
		}
	})
}

func TestRunTellsHowASessionEnded(t *testing.T) {
	frame := func(m string) io.Reader {
		return strings.NewReader(fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(m), m))
	}
	s := &Server{Open: open}
	if err := s.Run(frame(exit), io.Discard); err == nil {
		t.Error("exit before shutdown ends without an error")
	}
	if err := s.Run(strings.NewReader("Content-Length: 99999999999\r\n\r\n"), io.Discard); err == nil {
		t.Error("a message past the limit is accepted")
	}
	if err := s.Run(strings.NewReader(strings.Repeat("x", 1<<20)), io.Discard); err == nil {
		t.Error("an endless header is read on")
	}
	if err := s.Run(strings.NewReader(strings.Repeat("A: b\r\n", 99)), io.Discard); err == nil {
		t.Error("a header without an end is read on")
	}
	if err := s.Run(strings.NewReader(""), io.Discard); err == nil {
		t.Error("a stream that ends before shutdown ends without an error")
	}
}

func FuzzPositionsAndOffsetsAgree(f *testing.F) {
	f.Add("a\r\nbé\n😀c\rd", 3)
	f.Add("", 0)
	f.Add("\n\n", 2)
	f.Fuzz(func(t *testing.T, text string, at int) {
		if !utf8.ValidString(text) || at < 0 || at > len(text) {
			t.Skip("an editor sends valid text, and places within it")
		}
		for at > 0 && at < len(text) && !utf8.RuneStart(text[at]) {
			at--
		}
		d := newDocument(text)
		for _, e := range []encoding{utf8Units, utf16Units, utf32Units} {
			back := d.offset(d.position(at, e), e)
			if back != at && strings.Trim(text[min(back, at):max(back, at)], "\r\n") != "" {
				t.Fatalf("%s: offset %d came back as %d in %q", e, at, back, text)
			}
		}
	})
}

// Any sequence of edits gives the text that an editor has, in all encodings.
func TestEditsGiveTheEditorsText(t *testing.T) {
	pieces := []string{"", "a", "é", "😀", "\n", "\r\n", "変更", "Dana broke it.", "\t"}
	rapid.Check(t, func(t *rapid.T) {
		e := rapid.SampledFrom([]encoding{utf8Units, utf16Units, utf32Units}).Draw(t, "encoding")
		text := strings.Join(rapid.SliceOf(rapid.SampledFrom(pieces)).Draw(t, "text"), "")
		d := newDocument(text)
		for range rapid.IntRange(1, 6).Draw(t, "edits") {
			// Offsets between runes, as an editor has them, and not inside a line end.
			var borders []int
			for i := range text + "x" {
				if i == 0 || i > len(text) || i == len(text) || !(text[i] == '\n' && text[i-1] == '\r') {
					borders = append(borders, i)
				}
			}
			from := rapid.SampledFrom(borders).Draw(t, "from")
			to := rapid.SampledFrom(borders).Draw(t, "to")
			from, to = min(from, to), max(from, to)
			piece := rapid.SampledFrom(pieces).Draw(t, "piece")
			s := span{Start: d.position(from, e), End: d.position(to, e)}
			text = text[:from] + piece + text[to:]
			start, end := d.offsets(s, e)
			if d = newDocument(d.text[:start] + piece + d.text[end:]); d.text != text {
				t.Fatalf("after %+v the server has %q, the editor %q", s, d.text, text)
			}
		}
	})
}

func FuzzServer(f *testing.F) {
	for _, m := range []string{fmt.Sprintf(initialize, "utf-8"), didOpen("Dana broke it."), question, shutdown, exit} {
		f.Add([]byte(fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(m), m)))
	}
	start := fmt.Sprintf(initialize, "utf-16")
	f.Fuzz(func(_ *testing.T, data []byte) {
		in := io.MultiReader(strings.NewReader(fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(start), start)), bytes.NewReader(data))
		_ = (&Server{Open: open}).Run(in, io.Discard) // an error is an answer; a panic is not
	})
}

// Package lsp is a language server for blame-aware writing: it shows in an
// editor what package lint finds, while one types.
//
// It speaks the Language Server Protocol over a pair of streams. It understands
// a dozen messages: the life of the server (initialize, initialized, shutdown, exit), the
// life of a document (didOpen, didChange with incremental changes, didSave,
// didClose), hover (why a note is made and where the rule comes from), code actions
// (use a rewrite, make them all, or keep the words with a reason). After changes it
// publishes the document's diagnostics again; it does not offer them on demand as
// well, for editors would show them twice. It imports nothing of ours: what is found
// is given to it, as notes. It never writes what a document says to a log.
package lsp

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// A Server serves one client.
type Server struct {
	// Open begins to check a document; language is the editor's language id. What it
	// gives is used from one goroutine.
	Open func(uri, language, text string) Text
	// Version is told to the client when it starts.
	Version string

	wire     *wire
	encoding encoding
	open     map[string]*openDocument
	watches  bool     // the client tells of saved files when it is asked to
	versions bool     // the client takes edits that name the version they are for
	ready    bool     // initialize was answered
	stopping bool     // shutdown was asked for
	stale    []string // documents that changed, in order, since they were checked
}

// openDocument is a document that the editor has open.
type openDocument struct {
	*document
	language string // the editor's language id ("markdown", "plaintext")
	version  int
	checked  Text
	notes    []Note // as they were when it was last looked at
	stale    bool   // it has changed since
}

// errExit ends the loop of Run when the client says exit.
var errExit = errors.New("exit")

// ErrUnannounced is what Run returns when the client says exit without a shutdown
// before; the protocol wants the exit code 1 for it.
var ErrUnannounced = errors.New("the editor said exit before shutdown")

// Run serves until the client says exit or closes its stream. It returns nil
// when the client had asked for a shutdown first, as the protocol demands, and
// an error otherwise.
func (s *Server) Run(in io.Reader, out io.Writer) error {
	s.wire, s.encoding, s.open = newWire(in, out), utf16Units, map[string]*openDocument{}
	for {
		m, err := s.wire.read()
		var bad *rpcError
		switch {
		case errors.As(err, &bad):
			if err := s.wire.write(&message{ID: &null, Error: bad}); err != nil {
				return err
			}
			m = &message{} // there is nothing to serve, yet what has changed is looked at
		case errors.Is(err, io.EOF) && s.stopping:
			return nil
		case err != nil:
			return fmt.Errorf("the editor's stream ended: %w", err)
		}
		if err := s.serve(m); errors.Is(err, errExit) {
			if s.stopping {
				return nil
			}
			return ErrUnannounced
		} else if err != nil {
			return err
		}
		// Who types fast, or pastes, is answered once: nothing is checked while more
		// of the editor's messages are waiting.
		if !s.wire.waiting() {
			if err := s.refresh(); err != nil {
				return err
			}
		}
	}
}

// null is the id of an answer to what could not be read.
var null = json.RawMessage("null")

// serve handles one message. It returns an error only when the stream is of no
// more use; what is wrong with a message is answered.
func (s *Server) serve(m *message) error {
	if m.Method == "" {
		return nil // a response; nothing hangs on what the client says to a registration
	}
	if m.Method == "exit" {
		return errExit
	}
	if m.ID != nil {
		// A question is about the text as it is now.
		if err := s.refresh(); err != nil {
			return err
		}
	}
	result, err := s.dispatch(m)
	if m.ID == nil {
		var bad *rpcError
		if errors.As(err, &bad) {
			return nil // a notification has no answer, whatever became of it
		}
		return err
	}
	answer := &message{ID: m.ID}
	var bad *rpcError
	switch {
	case errors.As(err, &bad):
		answer.Error = bad
	case err != nil:
		return err
	case result == nil:
		answer.Result = json.RawMessage("null")
	default:
		answer.Result = result
	}
	return s.wire.write(answer)
}

func (s *Server) dispatch(m *message) (any, error) {
	if !s.ready && m.Method != "initialize" {
		return nil, &rpcError{Code: codeNotInitialized, Message: "initialize comes first"}
	}
	if s.stopping {
		return nil, &rpcError{Code: codeInvalidRequest, Message: "the server is shutting down"}
	}
	switch m.Method {
	case "initialize":
		return call(m, s.initialize)
	case "initialized":
		return call(m, s.initialized)
	case "shutdown":
		s.stopping = true
		return nil, nil
	case "textDocument/didOpen":
		return call(m, s.didOpen)
	case "textDocument/didChange":
		return call(m, s.didChange)
	case "textDocument/didClose":
		return call(m, s.didClose)
	case "textDocument/hover":
		return call(m, s.hover)
	case "textDocument/codeAction":
		return call(m, s.codeAction)
	case "workspace/didChangeConfiguration", "workspace/didChangeWatchedFiles", "textDocument/didSave":
		s.recheck() // a configuration may have been saved
		return nil, nil
	}
	if m.ID == nil {
		return nil, nil // a notification this server has no use for, such as "$/cancelRequest": it answers at once
	}
	return nil, &rpcError{Code: codeNoMethod, Message: "this server does not know " + m.Method}
}

// call decodes a message's parameters for a handler.
func call[P any](m *message, handle func(P) (any, error)) (any, error) {
	var p P
	if len(m.Params) > 0 {
		if err := json.Unmarshal(m.Params, &p); err != nil {
			return nil, &rpcError{Code: codeInvalidParams, Message: m.Method + ": " + err.Error()}
		}
	}
	return handle(p)
}

type initializeParams struct {
	Capabilities struct {
		General struct {
			PositionEncodings []encoding `json:"positionEncodings"`
		} `json:"general"`
		Workspace struct {
			WorkspaceEdit struct {
				DocumentChanges bool `json:"documentChanges"`
			} `json:"workspaceEdit"`
			DidChangeWatchedFiles struct {
				DynamicRegistration bool `json:"dynamicRegistration"`
			} `json:"didChangeWatchedFiles"`
		} `json:"workspace"`
	} `json:"capabilities"`
}

// initialize settles the encoding: the first of the client's that this server
// knows, else UTF-16, which every client must understand.
func (s *Server) initialize(p initializeParams) (any, error) {
	if s.ready {
		return nil, &rpcError{Code: codeInvalidRequest, Message: "initialize comes once"}
	}
	for _, e := range p.Capabilities.General.PositionEncodings {
		if e == utf8Units || e == utf16Units || e == utf32Units {
			s.encoding = e
			break
		}
	}
	s.watches = p.Capabilities.Workspace.DidChangeWatchedFiles.DynamicRegistration
	s.versions = p.Capabilities.Workspace.WorkspaceEdit.DocumentChanges
	s.ready = true
	return map[string]any{
		"capabilities": map[string]any{
			"positionEncoding":   s.encoding,
			"textDocumentSync":   map[string]any{"openClose": true, "change": 2, "save": true}, // 2: incremental
			"hoverProvider":      true,
			"codeActionProvider": map[string]any{"codeActionKinds": []string{quickFix, fixAll}},
		},
		"serverInfo": map[string]string{"name": "debrief", "version": s.Version},
	}, nil
}

// initialized asks the client to tell when a configuration is saved.
func (s *Server) initialized(struct{}) (any, error) {
	if !s.watches {
		return nil, nil
	}
	params, err := json.Marshal(map[string]any{"registrations": []any{map[string]any{
		"id": "configuration", "method": "workspace/didChangeWatchedFiles",
		"registerOptions": map[string]any{"watchers": []any{map[string]string{"globPattern": "**/.debrief.yaml"}}},
	}}})
	if err != nil {
		return nil, err
	}
	id := json.RawMessage(`"configuration"`)
	return nil, s.wire.write(&message{ID: &id, Method: "client/registerCapability", Params: params})
}

type textDocument struct {
	URI        string `json:"uri"`
	LanguageID string `json:"languageId"`
	Version    int    `json:"version"`
	Text       string `json:"text"`
}

func (s *Server) didOpen(p struct {
	TextDocument textDocument `json:"textDocument"`
},
) (any, error) {
	d := p.TextDocument
	s.open[d.URI] = &openDocument{
		document: newDocument(d.Text), language: d.LanguageID, version: d.Version, checked: s.Open(d.URI, d.LanguageID, d.Text),
	}
	s.changed(d.URI)
	return nil, nil
}

func (s *Server) didChange(p struct {
	TextDocument   textDocument `json:"textDocument"`
	ContentChanges []struct {
		Range *span  `json:"range"` // absent: Text is the whole document
		Text  string `json:"text"`
	} `json:"contentChanges"`
},
) (any, error) {
	d, err := s.find(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	for _, c := range p.ContentChanges {
		if c.Range == nil {
			d.document = newDocument(c.Text)
			d.checked = s.Open(p.TextDocument.URI, d.language, c.Text)
			continue
		}
		from, to := d.offsets(*c.Range, s.encoding)
		d.document = newDocument(d.text[:from] + c.Text + d.text[to:])
		d.checked.Edit(from, to, c.Text)
	}
	d.version = p.TextDocument.Version
	s.changed(p.TextDocument.URI)
	return nil, nil
}

func (s *Server) didClose(p struct {
	TextDocument textDocument `json:"textDocument"`
},
) (any, error) {
	delete(s.open, p.TextDocument.URI)
	// A closed document has no diagnostics; an editor keeps the old ones until told.
	return nil, s.wire.notify("textDocument/publishDiagnostics", publishParams{
		URI: p.TextDocument.URI, Diagnostics: []diagnostic{},
	})
}

// changed marks a document to be looked at.
func (s *Server) changed(uri string) {
	s.open[uri].stale = true
	s.stale = append(s.stale, uri)
}

// recheck begins anew with every document.
func (s *Server) recheck() {
	for _, uri := range slices.Sorted(maps.Keys(s.open)) {
		d := s.open[uri]
		d.checked = s.Open(uri, d.language, d.text)
		s.changed(uri)
	}
}

func (s *Server) find(uri string) (*openDocument, error) {
	d, ok := s.open[uri]
	if !ok {
		return nil, &rpcError{Code: codeInvalidParams, Message: "the document is not open: " + uri}
	}
	return d, nil
}

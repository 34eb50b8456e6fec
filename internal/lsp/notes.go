package lsp

import (
	"fmt"
	"strings"
)

// A Checker gives the notes on a text. Language is the editor's language id.
type Checker func(uri, language, text string) []Note

// A Note is a finding as an editor shows it. Start and End are byte offsets.
type Note struct {
	Start, End int
	Rule       string   // the rule's id
	Severity   Severity // how loud the editor shows it
	Message    string   // what is noticed, one sentence
	Why        string   // why it costs learning
	Ask        string   // a question to ask instead
	Source     string   // where the rule comes from
	Rewrites   []string // what Start to End could say instead, best first
}

// Severity is LSP's.
type Severity int

const (
	Warning     Severity = 2
	Information Severity = 3
	Hint        Severity = 4
)

type diagnostic struct {
	Range    span     `json:"range"`
	Severity Severity `json:"severity"`
	Code     string   `json:"code"`
	Source   string   `json:"source"`
	Message  string   `json:"message"`
}

type publishParams struct {
	URI         string       `json:"uri"`
	Version     *int         `json:"version,omitempty"`
	Diagnostics []diagnostic `json:"diagnostics"`
}

// publish checks a document and sends what was found.
func (s *Server) publish(uri string) error {
	d := s.open[uri]
	d.notes = s.Check(uri, d.language, d.text)
	found := make([]diagnostic, 0, len(d.notes))
	for _, n := range d.notes {
		found = append(found, s.diagnostic(d, n))
	}
	return s.wire.notify("textDocument/publishDiagnostics", publishParams{
		URI: uri, Version: &d.version, Diagnostics: found,
	})
}

func (s *Server) diagnostic(d *openDocument, n Note) diagnostic {
	return diagnostic{
		Range:    s.span(d, n.Start, n.End),
		Severity: n.Severity,
		Code:     n.Rule,
		Source:   "debrief",
		Message:  n.Message,
	}
}

func (s *Server) span(d *openDocument, from, to int) span {
	return span{Start: d.position(from, s.encoding), End: d.position(to, s.encoding)}
}

type positionParams struct {
	TextDocument textDocument `json:"textDocument"`
	Position     position     `json:"position"`
}

// hover explains the notes under the cursor: why, what to ask, and the source.
func (s *Server) hover(p positionParams) (any, error) {
	d, err := s.find(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	at := d.offset(p.Position, s.encoding)
	var b strings.Builder
	var place *span
	for _, n := range d.notes {
		if at < n.Start || at > n.End {
			continue
		}
		if place == nil {
			r := s.span(d, n.Start, n.End)
			place = &r
		} else {
			b.WriteString("\n\n---\n\n")
		}
		fmt.Fprintf(&b, "**%s**\n\n%s", n.Message, n.Why)
		if n.Ask != "" {
			fmt.Fprintf(&b, "\n\nAsk instead: *%s*", n.Ask)
		}
		for _, r := range n.Rewrites {
			fmt.Fprintf(&b, "\n\nPerhaps: %s", r)
		}
		fmt.Fprintf(&b, "\n\n`%s`", n.Rule)
		if n.Source != "" {
			fmt.Fprintf(&b, " · %s", n.Source)
		}
	}
	if place == nil {
		return nil, nil
	}
	return map[string]any{
		"contents": map[string]string{"kind": "markdown", "value": b.String()},
		"range":    place,
	}, nil
}

type textEdit struct {
	Range   span   `json:"range"`
	NewText string `json:"newText"`
}

type codeAction struct {
	Title       string       `json:"title"`
	Kind        string       `json:"kind"`
	Diagnostics []diagnostic `json:"diagnostics"`
	IsPreferred bool         `json:"isPreferred,omitempty"`
	Edit        struct {
		Changes map[string][]textEdit `json:"changes"`
	} `json:"edit"`
}

// codeAction offers, for each note that touches the range, its rewrites and a
// way to keep the words: a comment above the paragraph, with a reason to fill in.
func (s *Server) codeAction(p struct {
	TextDocument textDocument `json:"textDocument"`
	Range        span         `json:"range"`
},
) (any, error) {
	d, err := s.find(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	from, to := d.offset(p.Range.Start, s.encoding), d.offset(p.Range.End, s.encoding)
	actions := []codeAction{}
	for _, n := range d.notes {
		if n.End < from || n.Start > to {
			continue
		}
		about := []diagnostic{s.diagnostic(d, n)}
		for i, r := range n.Rewrites {
			a := codeAction{Title: "Say: " + shorten(r), Kind: "quickfix", Diagnostics: about, IsPreferred: i == 0}
			a.Edit.Changes = map[string][]textEdit{p.TextDocument.URI: {{Range: s.span(d, n.Start, n.End), NewText: r}}}
			actions = append(actions, a)
		}
		if !keepable(d.language) {
			continue
		}
		line := paragraphStart(d.document, d.position(n.Start, s.encoding).Line)
		keep := codeAction{Title: "Keep, because … (" + n.Rule + ")", Kind: "quickfix", Diagnostics: about}
		keep.Edit.Changes = map[string][]textEdit{p.TextDocument.URI: {{
			Range:   span{Start: position{Line: line}, End: position{Line: line}},
			NewText: "<!-- debrief: allow " + n.Rule + ", reason -->\n",
		}}}
		actions = append(actions, keep)
	}
	return actions, nil
}

// keepable tells whether a comment can stand in a document of this language.
func keepable(language string) bool {
	switch language {
	case "markdown", "html", "mdx", "quarto", "rmd":
		return true
	}
	return false
}

// paragraphStart is the line on which the paragraph of a line begins: a comment
// between the lines of a paragraph would cut it in two.
func paragraphStart(d *document, line int) int {
	for line > 0 && strings.TrimSpace(d.line(line-1)) != "" {
		line--
	}
	return line
}

// shorten keeps a title within a menu's width.
func shorten(s string) string {
	const width = 72
	if r := []rune(s); len(r) > width {
		return string(r[:width-1]) + "…"
	}
	return s
}

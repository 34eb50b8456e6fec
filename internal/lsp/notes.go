package lsp

import (
	"fmt"
	"slices"
	"strings"
)

// A Text is checked while it is being written.
type Text interface {
	// Edit replaces the bytes from start to end.
	Edit(start, end int, with string)
	// Notes gives the notes on the text as it is now.
	Notes() []Note
	// Keep gives the edit that adds a comment by which the words of a note stay, with
	// a reason to fill in. It is false where no comment can.
	Keep(Note) (Edit, bool)
}

// A Note is a finding as an editor shows it. Start and End are byte offsets.
type Note struct {
	Start, End int
	Rule       string   // the rule's id
	Severity   Severity // how loud the editor shows it
	Message    string   // what is noticed, one sentence
	Why        string   // why it costs learning
	Ask        string   // a question to ask instead
	Source     string   // where the rule comes from
	Rewrites   []Edit   // each is safe alone; best first
}

// An Edit replaces the bytes from Start to End.
type Edit struct {
	Start, End int
	Text       string
}

// Severity is LSP's.
type Severity int

const (
	Error       Severity = 1
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

// refresh checks the documents that have changed since they were checked, in the
// order in which they changed, and sends what was found.
func (s *Server) refresh() error {
	for _, uri := range s.stale {
		d, open := s.open[uri]
		if !open || !d.stale {
			continue
		}
		d.notes, d.stale = d.checked.Notes(), false
		err := s.wire.notify("textDocument/publishDiagnostics", publishParams{
			URI: uri, Version: &d.version, Diagnostics: s.diagnostics(d),
		})
		if err != nil {
			return err
		}
	}
	s.stale = s.stale[:0]
	return nil
}

func (s *Server) diagnostics(d *openDocument) []diagnostic {
	found := make([]diagnostic, 0, len(d.notes))
	for _, n := range d.notes {
		found = append(found, s.diagnostic(d, n))
	}
	return found
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
	Title       string        `json:"title"`
	Kind        string        `json:"kind"`
	Diagnostics []diagnostic  `json:"diagnostics"`
	IsPreferred bool          `json:"isPreferred,omitempty"`
	Edit        workspaceEdit `json:"edit"`
}

// workspaceEdit has one of its fields: DocumentChanges where the client takes it.
type workspaceEdit struct {
	Changes         map[string][]textEdit `json:"changes,omitempty"`
	DocumentChanges []documentEdit        `json:"documentChanges,omitempty"`
}

// documentEdit is refused by the client when the document has gone on.
type documentEdit struct {
	TextDocument struct {
		URI     string `json:"uri"`
		Version int    `json:"version"`
	} `json:"textDocument"`
	Edits []textEdit `json:"edits"`
}

// edit makes edits of a document that is open.
func (s *Server) edit(uri string, d *openDocument, edits ...textEdit) workspaceEdit {
	if !s.versions {
		return workspaceEdit{Changes: map[string][]textEdit{uri: edits}}
	}
	e := documentEdit{Edits: edits}
	e.TextDocument.URI, e.TextDocument.Version = uri, d.version
	return workspaceEdit{DocumentChanges: []documentEdit{e}}
}

// fixAll is the kind of the action that makes every safe rewrite at once.
const fixAll = "source.fixAll"

// codeAction offers, for each note that touches the range, its rewrites and a way
// to keep the words: a comment with a reason to fill in. Behind them it offers every
// rewrite of the document in one edit, unless a client asks for quick fixes alone.
func (s *Server) codeAction(p struct {
	TextDocument textDocument `json:"textDocument"`
	Range        span         `json:"range"`
	Context      struct {
		Only []string `json:"only"`
	} `json:"context"`
},
) (any, error) {
	d, err := s.find(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	uri := p.TextDocument.URI
	wanted := func(kind string) bool {
		for _, only := range p.Context.Only {
			if only == "" || kind == only || strings.HasPrefix(kind, only+".") {
				return true
			}
		}
		return len(p.Context.Only) == 0
	}
	from, to := d.offsets(p.Range, s.encoding)
	actions := []codeAction{}
	for _, n := range d.notes {
		if n.End < from || n.Start > to || !wanted(quickFix) {
			continue
		}
		about := []diagnostic{s.diagnostic(d, n)}
		for i, r := range n.Rewrites {
			a := codeAction{Title: title(d.document, r), Kind: quickFix, Diagnostics: about, IsPreferred: i == 0}
			a.Edit = s.edit(uri, d, textEdit{Range: s.span(d, r.Start, r.End), NewText: r.Text})
			actions = append(actions, a)
		}
		if a, ok := s.keep(uri, d, n); ok {
			a.Diagnostics = about
			actions = append(actions, a)
		}
	}
	// One rewrite is a quick fix already; a client that saves asks for all by name.
	if all := s.allRewrites(d); len(all) > 1 && wanted(fixAll) || len(all) > 0 && len(p.Context.Only) > 0 && wanted(fixAll) {
		a := codeAction{Title: "Make every safe rewrite", Kind: fixAll, Diagnostics: []diagnostic{}}
		a.Edit = s.edit(uri, d, all...)
		actions = append(actions, a)
	}
	return actions, nil
}

const quickFix = "quickfix"

// keep offers a comment that keeps the words of a note.
func (s *Server) keep(uri string, d *openDocument, n Note) (codeAction, bool) {
	e, ok := d.checked.Keep(n)
	if !ok {
		return codeAction{}, false
	}
	a := codeAction{Title: "Keep, because … (" + n.Rule + ")", Kind: quickFix}
	a.Edit = s.edit(uri, d, textEdit{Range: s.span(d, e.Start, e.End), NewText: e.Text})
	return a, true
}

// allRewrites gives the first rewrite of every note, but for those that overlap an
// earlier one.
func (s *Server) allRewrites(d *openDocument) []textEdit {
	var list []Edit
	for _, n := range d.notes {
		if len(n.Rewrites) > 0 {
			list = append(list, n.Rewrites[0])
		}
	}
	slices.SortStableFunc(list, func(a, b Edit) int { return a.Start - b.Start })
	var out []textEdit
	end := 0
	for _, r := range list {
		if r.Start >= end {
			out = append(out, textEdit{Range: s.span(d, r.Start, r.End), NewText: r.Text})
			end = r.End
		}
	}
	return out
}

// title says in a menu what an edit does: what will stand there, with the words
// behind it.
func title(d *document, r Edit) string {
	rest := d.text[r.End:]
	if i := strings.IndexAny(rest, "\r\n"); i >= 0 {
		rest = rest[:i]
	}
	words := strings.Fields(rest)
	tail := strings.Join(words[:min(3, len(words))], " ")
	if rest != "" && rest[0] != ' ' {
		return "Write: " + shorten(r.Text+tail)
	}
	return "Write: " + shorten(strings.TrimSpace(r.Text+" "+tail))
}

// shorten keeps a title within a menu's width.
func shorten(s string) string {
	const width = 72
	if r := []rune(s); len(r) > width {
		return string(r[:width-1]) + "…"
	}
	return s
}

package cli

import (
	"net/url"
	"path/filepath"

	"github.com/spf13/cobra"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/lsp"
	"debrief.dev/debrief/internal/proofread"
	"debrief.dev/debrief/lint"
)

// newLSP gives "debrief lsp".
func newLSP(sys *System) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lsp",
		Short: "Serve an editor with the findings of debrief lint, while one types",
		Long: `Lsp speaks the Language Server Protocol on standard input and output: an editor
starts it and shows what "debrief lint" finds under the words, with the reason and
a question on hover, and offers rewrites and a comment that keeps the words. It
obeys .debrief.yaml as "debrief lint" does. How to set up an editor stands in
docs/editors.

Exit codes: 0 after a shutdown, 1 when the editor said exit without one, 6 when its
stream ended.`,
		Example: `  debrief lsp
  vim.lsp.start({ name = "debrief", cmd = { "debrief", "lsp" } })   -- in Neovim`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			editor := &proofread.Editor{}
			server := &lsp.Server{Version: version(), Open: func(uri, language, text string) lsp.Text {
				path := pathOf(uri)
				draft, err := editor.Open(path, formatOf(path, language), text)
				if err != nil {
					return configurationNote{err}
				}
				return draftNotes{draft}
			}}
			if err := server.Run(sys.Stdin, sys.Stdout); err != nil {
				return &debrief.Error{Kind: debrief.Unavailable, Say: "The editor is gone: " + err.Error() + ".", Hint: "An editor starts this command and ends it; it is of no use by hand.", Err: err}
			}
			return nil
		},
	}
	// Some editors pass it to every server.
	cmd.Flags().Bool("stdio", true, "speak on standard input and output, the only way there is")
	return cmd
}

// configurationNote stands in for the notes on a text whose configuration is not
// understood: the editor is the place to say so.
type configurationNote struct{ err error }

func (configurationNote) Edit(int, int, string) {}

func (configurationNote) Keep(lsp.Note) (lsp.Edit, bool) { return lsp.Edit{}, false }

func (n configurationNote) Notes() []lsp.Note {
	return []lsp.Note{{Rule: "configuration", Severity: lsp.Error, Message: oneLine(n.err.Error()), Why: debrief.HintOf(n.err)}}
}

// draftNotes gives what is found in a text as an editor shows it.
type draftNotes struct{ *proofread.Draft }

func (d draftNotes) Notes() []lsp.Note {
	found := d.Findings()
	out := make([]lsp.Note, 0, len(found))
	for _, f := range found {
		n := lsp.Note{
			Start: f.Start, End: f.End, Rule: f.Rule, Message: f.Title + ".", Why: f.Why, Ask: f.Ask, Source: d.Source(f.Rule),
			Severity: map[lint.Level]lsp.Severity{lint.Info: lsp.Information, lint.Warning: lsp.Warning, lint.Error: lsp.Error}[f.Level],
		}
		for _, w := range f.Rewrites {
			n.Rewrites = append(n.Rewrites, lsp.Edit{Start: w.Start, End: w.End, Text: w.Text})
		}
		out = append(out, n)
	}
	return out
}

func (d draftNotes) Keep(n lsp.Note) (lsp.Edit, bool) {
	at, comment, ok := d.Allowance(lint.Finding{Rule: n.Rule, Start: n.Start, End: n.End})
	return lsp.Edit{Start: at, End: at, Text: comment}, ok
}

// pathOf gives the path of a document, or "" for one that is in no file.
func pathOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" {
		return ""
	}
	return filepath.FromSlash(u.Path)
}

// formatOf reads an editor's language id, and the path where that is none of ours.
func formatOf(path, language string) lint.Format {
	switch language {
	case "markdown", "gfm", "mdx", "quarto", "rmd":
		return lint.Markdown
	case "html", "mhtml", "xhtml":
		return lint.HTML
	case "restructuredtext", "rst":
		return lint.RST
	case "jsonl":
		return lint.JSONLines
	case "plaintext", "text", "gitcommit", "git-commit", "mail":
		return lint.Plain
	}
	return proofread.FormatOf(path)
}

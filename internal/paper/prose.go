package paper

import (
	"bytes"
	"fmt"
	"html/template"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	goldmarkhtml "github.com/yuin/goldmark/renderer/html"
	gtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// reader reads prose without HTML of its own: what somebody wrote is never a tag.
var reader = goldmark.New(goldmark.WithExtensions(
	extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)), extension.Strikethrough, extension.TaskList,
), goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(labels{}, 1))), goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(noImages{}, 1))))

// labels gives each cell of a table the words at the head of its column: where a page is
// too narrow for columns, a cell says what it is.
type labels struct{}

func (labels) Transform(doc *ast.Document, r gtext.Reader, _ parser.Context) {
	// The walk cannot fail: nothing in it does.
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering || n.Kind() != extast.KindTable {
			return ast.WalkContinue, nil
		}
		var heads [][]byte
		for cell := n.FirstChild().FirstChild(); cell != nil; cell = cell.NextSibling() {
			heads = append(heads, words(cell, r.Source()))
		}
		for row := n.FirstChild().NextSibling(); row != nil; row = row.NextSibling() {
			at := 0
			for cell := row.FirstChild(); cell != nil && at < len(heads); cell = cell.NextSibling() {
				cell.SetAttributeString("data-label", heads[at])
				at++
			}
		}
		return ast.WalkSkipChildren, nil
	})
}

// words gives the plain text of a node.
func words(n ast.Node, source []byte) []byte {
	var b []byte
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := n.(*ast.Text); ok && entering {
			b = append(b, t.Value(source)...)
		}
		return ast.WalkContinue, nil
	})
	return b
}

// noImages writes an image as a link that says what it shows: a page asks nobody
// elsewhere for anything, and shows nothing that was not captured.
type noImages struct{}

func (noImages) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindImage, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		to := n.(*ast.Image).Destination
		if goldmarkhtml.IsDangerousURL(to) {
			return ast.WalkContinue, nil
		}
		if entering {
			fmt.Fprintf(w, `<a href="%s" rel="noreferrer">`, util.EscapeHTML(util.URLEscape(to, true)))
		} else {
			_, _ = w.WriteString("</a>")
		}
		return ast.WalkContinue, nil
	})
}

// parse reads Markdown.
func parse(source []byte) ast.Node {
	return reader.Parser().Parse(gtext.NewReader(source))
}

// Prose draws Markdown as HTML for a page.
func Prose(s string) (template.HTML, error) {
	var b bytes.Buffer
	if err := reader.Convert([]byte(s), &b); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil // goldmark drops raw HTML and refuses addresses that run something
}

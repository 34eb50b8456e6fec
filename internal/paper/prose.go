package paper

import (
	"bytes"
	"fmt"
	"html/template"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	goldmarkhtml "github.com/yuin/goldmark/renderer/html"
	gtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// reader reads prose without HTML of its own: what somebody wrote is never a tag.
var reader = goldmark.New(goldmark.WithExtensions(
	extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)), extension.Strikethrough, extension.TaskList,
), goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(noImages{}, 1))))

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

package lint

import (
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"golang.org/x/net/html"
)

// Report is what a check finds once the author's allowances are heard.
type Report struct {
	Findings []Finding // what nothing in the text allows
	Kept     []Kept    // what an allowance keeps
	Unused   []Finding // allowances that keep nothing, or give no reason; of the rule "allow"
}

// Kept is a finding that stays in the text for a reason.
type Kept struct {
	Finding
	Reason string `json:"reason"` // as the author gave it
}

// Review checks a text, looks at it as a whole, and hears its allowances. An author who has a reason to
// keep a wording says so in the text:
//
//	<!-- debrief: allow B03, the customer's own words -->
//
// The comment stands in the paragraph it speaks of, or directly before it; in
// reStructuredText it is ".. debrief: allow B03, reason" and in a chat there is
// none. An allowance without a reason keeps nothing, and one that keeps nothing
// is reported: it would hide the next wording that somebody writes there.
func (r *Rules) Review(t Text) Report {
	found := r.run(t, true)
	if !strings.Contains(t.Body, allowMark) {
		return Report{Findings: found}
	}
	comments, blocks := commentsAndBlocks(t)
	return report(t, found, comments, blocks)
}

// report hears the allowances among comments.
func report(t Text, found []Finding, comments, blocks []span) Report {
	allowances := allowancesIn(t.Body, comments, blocks)
	used := make([]bool, len(allowances))
	var out Report
	for _, f := range found {
		// The words of the comment are the author's note, not the text.
		if slices.ContainsFunc(allowances, func(a allowance) bool { return f.Start >= a.start && f.End <= a.end }) {
			continue
		}
		kept := false
		for i, a := range allowances {
			if a.rule == f.Rule && a.reason != "" && f.Start >= a.from && f.End <= a.to {
				used[i], kept = true, true
				out.Kept = append(out.Kept, Kept{f, a.reason})
				break
			}
		}
		if !kept {
			out.Findings = append(out.Findings, f)
		}
	}
	for i, a := range allowances {
		if !used[i] {
			out.Unused = append(out.Unused, a.unused(t.Body))
		}
	}
	return out
}

const allowMark = "debrief: allow"

// An allowance is a comment by which an author keeps what a rule finds.
type allowance struct {
	start, end   int // of the comment
	from, to     int // where it holds
	rule, reason string
}

func (a allowance) unused(body string) Finding {
	f := Finding{
		Rule: "allow", Start: a.start, End: a.end, Excerpt: body[a.start:a.end], Category: "allowance",
		Title: "An allowance that keeps nothing", Level: Warning, Confidence: 1,
		Why: "Where it stands, it would hide the next wording that somebody writes there.",
		Ask: "Is the wording it spoke of gone, or in another paragraph?",
	}
	if a.reason == "" {
		f.Title = "An allowance without a reason"
		f.Why = "The next reader needs the reason to know whether it still holds."
		f.Ask = "What makes this wording the right one here? Write: debrief: allow " + or(a.rule, "RULE") + ", reason"
	}
	return f
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// span is a stretch of a text.
type span struct{ from, to int }

func (s span) moved(by int) span { return span{s.from + by, s.to + by} }

// commentsAndBlocks gives the comments in a text, and the blocks they may speak of.
func commentsAndBlocks(t Text) (comments, blocks []span) {
	switch t.Format {
	case Markdown:
		return markdownComments(t.Body)
	case HTML:
		return htmlComments(t.Body)
	case RST, Plain:
		return plainComments(t.Body, t.Format)
	}
	return nil, nil
}

func allowancesIn(body string, comments, blocks []span) []allowance {
	var out []allowance
	for _, c := range comments {
		what, ok := strings.CutPrefix(strings.Trim(body[c.from:c.to], "<!-.> \t\r\n"), allowMark)
		if !ok || what != "" && what[0] != ' ' {
			continue
		}
		a := allowance{start: c.from, end: c.to, from: c.to, to: c.to}
		rule, reason, _ := strings.Cut(what, ",")
		a.rule, a.reason = strings.TrimSpace(rule), strings.TrimSpace(reason)
		if b := about(body, c, blocks); b.to > 0 {
			a.from, a.to = b.from, b.to
		}
		out = append(out, a)
	}
	return out
}

// about gives the block a comment speaks of: the smallest one it stands in, if
// there is more in it than the comment, and otherwise the one that follows.
func about(body string, c span, blocks []span) span {
	var in, next span
	for _, b := range blocks {
		switch {
		case b.from <= c.from && b.to >= c.to:
			if (in.to == 0 || b.to-b.from < in.to-in.from) && strings.TrimSpace(without(body, b, c)) != "" {
				in = b
			}
		case b.from >= c.to && (next.to == 0 || b.from < next.from):
			next = b
		}
	}
	if in.to > 0 {
		return in
	}
	return next
}

// without gives the text of a block but for the comment in it.
func without(body string, block, comment span) string {
	return body[block.from:comment.from] + body[comment.to:block.to]
}

// markdownComments gives the comments of a text and the blocks they may speak
// of: paragraphs, headings, items, cells and whole tables.
func markdownComments(body string) (comments, blocks []span) {
	for at := frontMatter(body); at < len(body); {
		to, bare := cutMarkdown(body, at)
		c, b := stretchComments(body, at, to, bare)
		comments, blocks = append(comments, c...), append(blocks, b...)
		at = to
	}
	return comments, blocks
}

// stretchComments does the same for the stretch from at to to.
func stretchComments(body string, at, to int, bare bool) (comments, blocks []span) {
	if bare {
		if first, _ := lineEnd(body, at); strings.TrimSpace(body[at:to]) != "" && fenceOf(body[at:first]) == "" {
			blocks = append(blocks, span{at, to})
		}
		return nil, blocks
	}
	if tangled(body[at:to]) {
		return nil, nil
	}
	root := parse([]byte(body[at:to]), nil)
	table := -1 // of the blocks, where cells are being added
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if n.Kind() == east.KindTable {
			table = -1
			if entering {
				table = len(blocks)
				blocks = append(blocks, span{})
			}
			return ast.WalkContinue, nil
		}
		if !entering {
			return ast.WalkContinue, nil
		}
		switch v := n.(type) {
		case *ast.HTMLBlock:
			var b span
			if lines := v.Lines(); lines.Len() > 0 {
				b = span{lines.At(0).Start, lines.At(lines.Len() - 1).Stop}
			} else if v.HasClosure() {
				b.from = v.ClosureLine.Start
			}
			if v.HasClosure() {
				b.to = v.ClosureLine.Stop
			}
			comments = append(comments, commentsIn(body, at+b.from, at+b.to)...)
		case *ast.RawHTML:
			for i := range v.Segments.Len() {
				piece := v.Segments.At(i)
				comments = append(comments, commentsIn(body, at+piece.Start, at+piece.Stop)...)
			}
		case *ast.Paragraph, *ast.TextBlock, *ast.Heading, *east.TableCell:
			lines := n.Lines()
			if lines.Len() == 0 {
				break
			}
			b := span{at + lines.At(0).Start, at + lines.At(lines.Len()-1).Stop}
			blocks = append(blocks, b)
			if table >= 0 {
				if t := &blocks[table]; t.to == 0 {
					*t = b
				} else {
					t.to = b.to
				}
			}
		}
		return ast.WalkContinue, nil
	})
	return comments, blocks
}

func commentsIn(body string, from, to int) []span {
	var out []span
	for from < to {
		i := strings.Index(body[from:to], "<!--")
		if i < 0 {
			break
		}
		end := strings.Index(body[from+i:to], "-->")
		if end < 0 {
			break
		}
		out = append(out, span{from + i, from + i + end + len("-->")})
		from += i + end + len("-->")
	}
	return out
}

// htmlComments gives the comments of a page, and its stretches of text between
// the tags of blocks.
func htmlComments(body string) (comments, blocks []span) {
	z := html.NewTokenizer(strings.NewReader(body))
	at, from := 0, 0
	for {
		kind := z.Next()
		size := len(z.Raw())
		var name []byte
		switch kind {
		case html.CommentToken:
			comments = append(comments, span{at, at + size})
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ = z.TagName()
		}
		if kind == html.ErrorToken || htmlBlocks[string(name)] || htmlSilent[string(name)] {
			if strings.TrimSpace(body[from:at]) != "" {
				blocks = append(blocks, span{from, at})
			}
			from = at + size
		}
		if kind == html.ErrorToken {
			return comments, blocks
		}
		at += size
	}
}

// plainComments gives the comments of a text without markup or in
// reStructuredText, and its paragraphs.
func plainComments(body string, format Format) (comments, blocks []span) {
	from := 0
	for at := 0; at <= len(body); {
		end := len(body)
		if n := strings.IndexByte(body[at:], '\n'); n >= 0 {
			end = at + n
		}
		line := strings.TrimSpace(body[at:end])
		if format == RST && strings.HasPrefix(line, ".. "+allowMark) {
			comments = append(comments, span{at + strings.Index(body[at:end], ".."), end})
			if strings.TrimSpace(body[from:at]) != "" {
				blocks = append(blocks, span{from, at})
			}
			from = end
		}
		if line == "" || end == len(body) {
			if strings.TrimSpace(body[from:end]) != "" {
				blocks = append(blocks, span{from, end})
			}
			from = end
		}
		at = end + 1
	}
	if format == Plain {
		comments = commentsIn(body, 0, len(body))
	}
	return comments, blocks
}

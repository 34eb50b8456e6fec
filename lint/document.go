package lint

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

var reader = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList)).Parser()

// markdown gathers the prose of a Markdown text, stretch by stretch. Code,
// quotations, HTML, link targets and front matter are passed over.
func (c *checker) markdown() {
	body := c.text.Body
	at := frontMatter(body)
	c.labels = labelsIn(c.text, at)
	for at < len(body) {
		to, bare := cutMarkdown(body, at)
		c.stretch(at, to, bare)
		at = to
	}
}

// stretch checks one stretch of a Markdown text.
func (c *checker) stretch(from, to int, bare bool) {
	if bare {
		c.bare(from, to)
		return
	}
	if tangled(c.text.Body[from:to]) {
		c.plain(from, to)
		return
	}
	c.source = append(c.source[:0], c.text.Body[from:to]...)
	c.tree(parse(c.source, c.labels), from)
}

// parse reads a stretch; labels are those of the links that any stretch defines.
func parse(source []byte, labels map[string]bool) ast.Node {
	context := linked{parser.NewContext(), labels}
	return reader.Parse(text.NewReader(source), parser.WithContext(context))
}

// linked is a context in which the labels of other stretches are known. Where a
// link leads is never asked.
type linked struct {
	parser.Context
	labels map[string]bool
}

func (l linked) Reference(label string) (parser.Reference, bool) {
	if l.labels[label] {
		return elsewhere, true
	}
	return l.Context.Reference(label)
}

var elsewhere = parser.NewReference(nil, nil, nil)

// labelsIn gives the labels of the links that a text defines apart from where they
// are used, from offset at on. Only they make one stretch depend on another.
func labelsIn(t Text, at int) map[string]bool {
	if !strings.Contains(t.Body[at:], "]:") {
		return nil
	}
	out := map[string]bool{}
	for at < len(t.Body) {
		to, _ := cutMarkdown(t.Body, at)
		for _, label := range labelsOf(t.Body[at:to]) {
			out[label] = true
		}
		at = to
	}
	return out
}

// labelsOf gives those that a stretch defines, as the parser compares them.
func labelsOf(stretch string) []string {
	if !strings.Contains(stretch, "]:") || tangled(stretch) {
		return nil
	}
	context := parser.NewContext()
	reader.Parse(text.NewReader([]byte(stretch)), parser.WithContext(context))
	var out []string
	for _, ref := range context.References() {
		out = append(out, util.ToLinkReference(ref.Label()))
	}
	return out
}

// bare checks a bare stretch: one block, whose marks are seen without a parser.
func (c *checker) bare(from, to int) {
	body := c.text.Body
	first, _ := lineEnd(body, from)
	if fenceOf(body[from:first]) != "" {
		return
	}
	if body[from] == '|' {
		c.table(from, to)
		return
	}
	n := marker(body[from:first])
	for i := from + n; i < to; {
		end, next := lineEnd(body, i)
		c.words(i, end)
		i = next
	}
	if n > 0 && body[from] == '#' {
		c.heading(n - 1)
		return
	}
	c.flush()
}

// words scans a line whose marks are sure, or a cell.
func (c *checker) words(from, to int) {
	line := c.text.Body[from:to]
	at := 0
	for {
		m, _ := nextMark(line, at)
		if m.start == len(line) || m.end <= at { // a sign that is no mark: an empty line may hold a form feed
			break
		}
		c.prose(from+at, from+m.start)
		if m.code {
			c.code(from+m.from, from+m.to)
		} else {
			c.prose(from+m.from, from+m.to)
		}
		at = m.end
	}
	// The parser, too, gives what follows a "!" by itself: an image might begin.
	last := at + max(strings.LastIndexByte(line[at:], '!'), 0)
	c.prose(from+at, from+last)
	c.prose(from+last, to)
}

// table checks a bare table, cell by cell. Cells beyond its columns are not shown to
// readers either.
func (c *checker) table(from, to int) {
	body := c.text.Body
	width := columns(body[from:to])
	row := 0
	for i := from; i < to; row++ {
		stop, next := lineEnd(body, i)
		line := body[i:stop]
		at, end := firstCell(line)
		for n := 0; n < width && at < end && row != 1; n++ {
			cell, following := nextCell(line, at, end)
			c.words(i+at, i+at+len(cell))
			c.flush()
			at = following
		}
		i = next
	}
}

// code adds a span of code, without the spaces that only part it from its marks.
func (c *checker) code(from, to int) {
	if s := c.text.Body[from:to]; s[0] == ' ' && s[len(s)-1] == ' ' && strings.TrimSpace(s) != "" {
		from, to = from+1, to-1
	}
	c.add(from, to, isWord|isThing, 0)
}

// tree checks the blocks below a node of a stretch that begins at offset at.
func (c *checker) tree(root ast.Node, at int) {
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n.Kind() {
		case ast.KindBlockquote, ast.KindFencedCodeBlock, ast.KindCodeBlock, ast.KindHTMLBlock:
			return ast.WalkSkipChildren, nil
		case ast.KindHeading, ast.KindParagraph, ast.KindTextBlock, east.KindTableCell:
			if !entering {
				return ast.WalkContinue, nil
			}
			c.inline(n, at)
			if n.Kind() == ast.KindHeading {
				c.heading(n.(*ast.Heading).Level)
			} else {
				c.flush()
			}
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
}

// inline scans the text below a block.
func (c *checker) inline(n ast.Node, at int) {
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		switch v := child.(type) {
		case *ast.Text:
			c.prose(at+v.Segment.Start, at+v.Segment.Stop)
		case *ast.CodeSpan:
			if first, ok := v.FirstChild().(*ast.Text); ok {
				last, _ := v.LastChild().(*ast.Text)
				if last == nil {
					last = first
				}
				c.add(at+first.Segment.Start, at+last.Segment.Stop, isWord|isThing, 0)
			}
		case *ast.AutoLink, *ast.RawHTML:
		default:
			c.inline(child, at)
		}
	}
}

// prose scans one stretch of a line, unless it is a line of a log.
func (c *checker) prose(from, to int) {
	if from < 0 || to > len(c.text.Body) || from >= to || machineLine(c.text.Body[from:to]) {
		return
	}
	c.scan(from, to)
}

// heading reads the section off a heading; a heading of the same level that names
// none ends it. The heading itself is checked like any other sentence.
func (c *checker) heading(level int) {
	section := Section("-")
	for i := range c.tokens {
		t := c.tokens[i]
		var buf [24]byte
		if known, ok := c.rules.lex.language.sections[string(lowered(buf[:0], c.text.Body[t.start:t.end]))]; ok {
			section = known
			if known == Narrative {
				section = c.text.Section
			}
		}
		if section != "-" {
			break
		}
	}
	switch {
	case section != "-":
		c.sect, c.level = section, level
	case level <= c.level:
		c.sect, c.level = c.text.Section, 0
	}
	c.title = true
	c.flush()
	c.title = false
}

// frontMatter gives the length of the YAML or TOML block at the head of a text.
func frontMatter(s string) int {
	for _, fence := range [...]string{"---", "+++"} {
		if !strings.HasPrefix(s, fence+"\n") {
			continue
		}
		if end := strings.Index(s[3:], "\n"+fence+"\n"); end >= 0 {
			return 3 + end + len(fence) + 2
		}
	}
	return 0
}

// plain gathers the prose of a stretch of a text without markup. A sentence goes on over a
// line's end only where the line was full and the next does not begin anew.
func (c *checker) plain(from, to int) {
	body := c.text.Body
	full := false
	for i := from; i < to; {
		end, next := lineEnd(body, i)
		line := strings.TrimSpace(body[i:end])
		switch {
		case line == "", line[0] == '>', headLine(body, i, end):
			c.flush()
			full = false
		case machineLine(line):
			c.flush()
			full = false
		default:
			if !full || begins(line) {
				c.flush()
			}
			c.scan(i, end)
			full = end-i > 55
		}
		i = next
	}
	c.flush()
}

// begins tells whether a line begins an item, a heading or a message.
func begins(line string) bool {
	b := line[0]
	return b == '-' || b == '*' || b == '#' || b == '[' || b == '|' || (b >= '0' && b <= '9')
}

// headLine tells whether a line is one of the head of a mail: a known field, with
// another beside it.
func headLine(body string, from, to int) bool {
	if !headField(body[from:to]) {
		return false
	}
	if to+1 < len(body) {
		rest := body[to+1:]
		if n := strings.IndexByte(rest, '\n'); n >= 0 {
			rest = rest[:n]
		}
		if headField(rest) {
			return true
		}
	}
	if from > 1 {
		prev := body[:from-1]
		if headField(prev[strings.LastIndexByte(prev, '\n')+1:]) {
			return true
		}
	}
	return false
}

func headField(line string) bool {
	name, _, ok := strings.Cut(line, ":")
	if !ok || len(name) > 12 {
		return false
	}
	var buf [24]byte
	switch string(lowered(buf[:0], strings.TrimSpace(name))) {
	case "from", "to", "cc", "bcc", "subject", "date", "sent", "reply-to", "message-id", "received", "return-path", "delivered-to", "mime-version", "in-reply-to", "references", "x-mailer", "content-type":
		return true
	}
	return false
}

// lowered appends an ASCII word in small letters to buf, and nothing for one that
// does not fit.
func lowered(buf []byte, s string) []byte {
	if len(s) > cap(buf) {
		return nil
	}
	for i := range len(s) {
		b := s[i]
		if b >= 'A' && b <= 'Z' {
			b += 'a' - 'A'
		}
		buf = append(buf, b)
	}
	return buf
}

// machineLine tells a line that a machine wrote: a log line has its level or
// pairs of keys and values, a stack trace names a place in a file.
func machineLine(line string) bool {
	line = strings.TrimSpace(line)
	if len(line) > 2000 {
		line = line[:2000]
	}
	if strings.HasPrefix(line, "at ") && strings.HasSuffix(line, ")") && strings.Contains(line, "(") && strings.Contains(line, ".") && !strings.Contains(line[3:], " ") {
		return true
	}
	if strings.HasPrefix(line, "File \"") || strings.HasPrefix(line, "Traceback (") || strings.HasPrefix(line, "goroutine ") || strings.HasPrefix(line, "$ ") {
		return true
	}
	for n, rest := 0, line; n < 4 && rest != ""; n++ {
		end := spaceIn(rest)
		if level(rest[:end]) {
			return true
		}
		rest = strings.TrimLeftFunc(rest[end:], unicode.IsSpace)
	}
	if strings.Count(line, "=") < 2 {
		return false
	}
	pairs := 0
	for w := range strings.FieldsSeq(line) {
		if eq := strings.IndexByte(w, '='); eq > 0 && eq+1 < len(w) && w[eq+1] != '=' {
			pairs++
		}
	}
	return pairs >= 2
}

// spaceIn gives the length of what stands before the first space.
func spaceIn(s string) int {
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case b == ' ', b >= '\t' && b <= '\r':
			return i
		case b >= utf8.RuneSelf:
			if n := strings.IndexFunc(s[i:], unicode.IsSpace); n >= 0 {
				return i + n
			}
			return len(s)
		}
	}
	return len(s)
}

// level tells the level of a log line, in brackets or not.
func level(word string) bool {
	const brackets = "[]:()<>|"
	for word != "" && strings.IndexByte(brackets, word[0]) >= 0 {
		word = word[1:]
	}
	if word == "" || word[0] < 'C' || word[0] > 'W' {
		return false
	}
	switch strings.TrimRight(word, brackets) {
	case "ERROR", "WARN", "WARNING", "INFO", "DEBUG", "TRACE", "FATAL", "CRITICAL", "NOTICE", "ERR":
		return true
	}
	return false
}

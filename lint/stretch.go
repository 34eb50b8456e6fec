package lint

import (
	"strings"
	"unicode/utf8"
)

// A stretch is a part of a text that reads the same whatever stands around it, so
// that it can be read by itself: at its begin no paragraph, list or fence is open.
// A text is cut into stretches from its head on, and where one ends is seen from
// its own words and the line behind it: an edit changes the stretches it touches,
// and no more from the first cut on that falls on an old one behind it.

// cut gives the end of the stretch that begins at from, and whether it is bare: so
// plain that nothing has to be parsed.
func cut(t Text, from int) (to int, bare bool) {
	switch t.Format {
	case Markdown:
		return cutMarkdown(t.Body, from)
	case JSONLines:
		_, to = lineEnd(t.Body, from)
		return to, false
	}
	return cutPlain(t.Body, from), false
}

// cutPlain ends a stretch where a block ends in any case: behind an empty or short
// line and before a line that begins anew. The two lines are not parted if they may
// be the head of a mail, which is seen from both.
func cutPlain(body string, from int) int {
	full, head := false, false
	for i := from; i < len(body); {
		end, next := lineEnd(body, i)
		if line := strings.TrimSpace(body[i:end]); line == "" {
			full, head = false, false
		} else {
			field := headField(body[i:end])
			if i > from && !(head && field) && (!full || begins(line) || line[0] == '>') {
				return i
			}
			full, head = end-i > 55, field
		}
		i = next
	}
	return len(body)
}

// cutMarkdown ends a stretch behind an empty line, before a line that does not
// begin with a space, and before an item of a list: whatever was open is closed
// there, but for fences and HTML. Where it cannot be sure whether one of them is
// open, the stretch goes on to the end of the text.
//
// It is bare if it is one paragraph, heading, item or table with no marks in its lines
// but those that [nextMark] is sure of, or one block of code.
func cutMarkdown(body string, from int) (to int, bare bool) {
	to, bare = cutLines(body, from)
	return to, bare && (body[from] != '|' || columns(body[from:to]) > 0)
}

func cutLines(body string, from int) (to int, bare bool) {
	bare = true
	code := false                 // it begins with a fence
	empty, unsure := false, false // whether the line before is; whether what is open is known
	var fence, html string        // what closes the one that is open
	indent := 0                   // of the open fence
	for i := from; i < len(body); {
		start := i
		end, next := lineEnd(body, i)
		i = next
		text := strings.TrimLeft(body[start:end], " ")
		width := end - start - len(text)
		known := fence == "" && html == "" && !unsure
		if strings.Trim(text, "\t\r\v\f") == "" {
			empty = true
			bare = bare && (known || code)
			if html == "\n" {
				html = ""
			}
			continue
		}
		if start > from && known && width == 0 && (empty && text[0] != '\t' || item(text)) {
			return start, bare
		}
		if start == from && width == 0 && fenceOf(text) != "" {
			code = true
		} else if code {
			bare = bare && !known
		} else {
			bare = bare && known && !empty && bareLine(body[from:start], text, width)
		}
		empty = false
		switch {
		case unsure:
		case fence != "":
			closes := strings.HasPrefix(strings.TrimLeft(text, "\t "), fence) && strings.Trim(strings.TrimLeft(text, "\t "+fence[:1]), " \t\r") == ""
			switch {
			case width < indent: // the item with the fence may have ended
				unsure = true
			case closes && width < 4 && text[0] != '\t':
				fence = ""
			case closes && indent > 0: // it depends on the item it stands in
				unsure = true
			}
		case html == "\n":
			unsure = fenceOf(text) != "" || text[0] == '<' && htmlOpen(text) != "\n"
		case html != "":
			if closesHTML(text, html) {
				html = ""
			}
		case text[0] == '>': // what is open in a quotation ends with it
		case text[0] == '<' && width < 4:
			html = htmlOpen(text)
			unsure = width > 0 && html != "" && html != "\n"
		case width < 4 && fenceOf(text) != "":
			fence, indent = fenceOf(text), width
		default:
			inner := strings.TrimLeft(text, "0123456789.)-+* \t") // behind the marks of items
			unsure = inner != text && text[0] != '\t' && (fenceOf(inner) != "" || htmlOpen(inner) != "" && htmlOpen(inner) != "\n")
		}
	}
	return len(body), bare
}

// tangled tells a stretch with more open ends than people write, over which the
// parser would take time beyond measure: a line deep in quotations or items, or very
// many links. It is read like a text without markup.
func tangled(stretch string) bool {
	const deepest, most = 50, 1000
	if strings.Count(stretch, "](") > most {
		return true
	}
	for i := 0; i < len(stretch); {
		end, next := lineEnd(stretch, i)
		if depth(stretch[i:end]) > deepest {
			return true
		}
		i = next
	}
	return false
}

// depth counts the marks of quotations and items at the head of a line.
func depth(line string) (n int) {
	for i := range len(line) {
		switch b := line[i]; {
		case b == '>':
			n++
		case b == '-' || b == '+' || b == '*' || b == '.' || b == ')':
			if i+1 < len(line) && line[i+1] > ' ' {
				return n
			}
			n++
		case b != ' ' && b != '\t' && (b < '0' || b > '9'):
			return n
		}
	}
	return n
}

// lineEnd gives the end of the line that begins at i, without and with its break.
func lineEnd(body string, i int) (end, next int) {
	if n := strings.IndexByte(body[i:], '\n'); n >= 0 {
		return i + n, i + n + 1
	}
	return len(body), len(body)
}

// item tells an item of a list that ends whatever stands before it.
func item(line string) bool {
	if len(line) < 3 || line[0] != '-' && line[0] != '*' && line[0] != '+' || line[1] != ' ' {
		return false
	}
	words := strings.TrimLeft(line[2:], "*") // not only stars: that would be a rule across the page
	return words != "" && (alphanumeric(words[0]) || words[0] >= utf8.RuneSelf || strings.IndexByte("`[\"(", words[0]) >= 0)
}

// fenceOf gives the marks that a fence begins with, if the line is one.
func fenceOf(line string) string {
	if line == "" || line[0] != '`' && line[0] != '~' {
		return ""
	}
	n := len(line) - len(strings.TrimLeft(line, line[:1]))
	if n < 3 || line[0] == '`' && strings.Contains(line[n:], "`") {
		return ""
	}
	return line[:n]
}

// htmlOpen gives what ends the HTML that a line begins and does not end itself:
// "\n" stands for an empty line, "</" for the end of an element that is not read.
func htmlOpen(line string) string {
	end := ""
	switch {
	case line == "" || line[0] != '<':
		return ""
	case strings.HasPrefix(line, "<!--"):
		end = "-->"
	case strings.HasPrefix(line, "<?"):
		end = "?>"
	case strings.HasPrefix(line, "<![CDATA["):
		end = "]]>"
	case len(line) > 2 && line[1] == '!' && line[2] >= 'A' && line[2] <= 'Z':
		end = ">"
	default:
		name := line[1:]
		if n := strings.IndexAny(name, " \t\r>/"); n >= 0 {
			name = name[:n]
		}
		if !rawElement(name) {
			return "\n"
		}
		end = "</"
	}
	if closesHTML(line, end) {
		return ""
	}
	return end
}

func rawElement(name string) bool {
	switch strings.ToLower(name) {
	case "script", "pre", "style", "textarea":
		return true
	}
	return false
}

// closesHTML tells whether a line ends the HTML that end closes.
func closesHTML(line, end string) bool {
	if end != "</" {
		return strings.Contains(line, end)
	}
	for {
		_, after, found := strings.Cut(line, end)
		if !found {
			return false
		}
		if name, _, found := strings.Cut(after, ">"); found && rawElement(name) {
			return true
		}
		line = after
	}
}

// bareLine tells whether a line, behind the others of its stretch, begins a
// paragraph, item or heading or goes on with it, with marks that are sure.
func bareLine(before, line string, width int) bool {
	if before == "" {
		if width > 0 {
			return false
		}
		n := marker(line)
		if line[0] == '#' && strings.Contains(line[n:], "#") {
			return false
		}
		line = line[n:]
		if line[0] == '|' {
			return bareRow(line)
		}
	} else if before[0] == '#' {
		return false
	} else if before[0] == '|' {
		return width == 0 && bareRow(line)
	}
	if line == "" || !wordByte[line[0]] && line[0] < utf8.RuneSelf && strings.IndexByte("\"(`[*", line[0]) < 0 {
		return false
	}
	// A number with a dot or a parenthesis begins an item.
	if n := len(line) - len(strings.TrimLeft(line, "0123456789")); n > 0 && n < len(line) && (line[n] == '.' || line[n] == ')') && (n+1 == len(line) || line[n+1] <= ' ') {
		return false
	}
	return bareWords(line)
}

// bareWords tells whether all marks in some words are sure.
func bareWords(s string) bool {
	for at := 0; at < len(s); {
		m, sure := nextMark(s, at)
		if !sure {
			return false
		}
		at = m.end
	}
	return true
}

// bareRow tells whether a line is a row of a table with sure marks in its cells.
func bareRow(line string) bool {
	if line[0] != '|' {
		return false
	}
	for at, end := firstCell(line); at < end; {
		cell, next := nextCell(line, at, end)
		if !bareWords(cell) {
			return false
		}
		at = next
	}
	return true
}

// firstCell gives where the first cell of a row begins, and where the last ends.
func firstCell(line string) (at, end int) {
	end = len(strings.TrimRight(line, " \t\r"))
	if end > 1 && line[end-1] == '|' {
		end--
	}
	return 1, end
}

// nextCell gives the cell that begins at offset at, and where the next one does.
func nextCell(line string, at, end int) (cell string, next int) {
	if n := strings.IndexByte(line[at:end], '|'); n >= 0 {
		return line[at : at+n], at + n + 1
	}
	return line[at:end], end
}

// columns gives the number of columns of a table, which its second line shows and its
// first has to have; 0 if it is no table.
func columns(table string) int {
	first, second := lineEnd(table, 0)
	stop, _ := lineEnd(table, second)
	rule := strings.TrimSpace(table[second:stop])
	if strings.Trim(rule, "|:- \t") != "" || !strings.HasPrefix(rule, "|") {
		return 0
	}
	n := 0
	at, end := firstCell(rule)
	if rule[end-1] == '|' {
		return 0 // an empty column at the end
	}
	for ; at < end; n++ {
		cell, next := nextCell(rule, at, end)
		cell = strings.Trim(cell, " \t")
		dashes := strings.TrimSuffix(strings.TrimPrefix(cell, ":"), ":")
		if dashes == "" || strings.Trim(dashes, "-") != "" {
			return 0
		}
		at = next
	}
	heads := 0
	for at, end := firstCell(table[:first]); at < end; heads++ {
		_, at = nextCell(table[:first], at, end)
	}
	if heads != n {
		return 0
	}
	return n
}

// A mark is a span of code, a link, or what is emphasised, in one line.
type mark struct {
	start, end int // with its marks
	from, to   int // what stands in it
	code       bool
}

// nextMark finds the first mark from offset at on, or one at the end of the line if
// there is none. It is not sure of what is not written in the plainest way: marks in
// marks, or words between two stars that are not parted from others.
func nextMark(line string, at int) (m mark, sure bool) {
	for at < len(line) && !markByte[line[at]] {
		at++
	}
	if at == len(line) {
		return mark{start: at, end: at}, true
	}
	m.start = at
	switch line[at] {
	case '`':
		n := strings.IndexByte(line[at+1:], '`')
		m.from, m.to, m.end, m.code = at+1, at+1+n, at+2+n, true
		return m, n > 0 && (m.end == len(line) || line[m.end] != '`')
	case '[':
		n := plainly(line[at+1:])
		m.from, m.to = at+1, at+1+n
		if n < 2 || at > 0 && line[at-1] == '!' || !strings.HasPrefix(line[m.to:], "](") {
			return m, false
		}
		m.end = m.to + len("](")
		for m.end < len(line) && line[m.end] > ' ' && line[m.end] != 0x7F && strings.IndexByte("()<>\\\"'", line[m.end]) < 0 {
			m.end++
		}
		m.end++
		return m, m.end <= len(line) && line[m.end-1] == ')' && m.end > m.to+len("]()")
	case '*':
		stars := line[at : len(line)-len(strings.TrimLeft(line[at:], "*"))]
		m.from = at + len(stars)
		n := plainly(line[m.from:])
		m.to = m.from + n
		m.end = m.to + len(stars)
		opens := len(stars) <= 2 && (at == 0 || line[at-1] == ' ' || line[at-1] == '(') && n > 0 && alphanumeric(line[m.from])
		if !opens || !strings.HasPrefix(line[m.to:], stars) {
			return m, false
		}
		if m.end == len(line) || line[m.end] == ' ' || line[m.end] == '\r' {
			return m, line[m.to-1] > ' ' && line[m.to-1] < utf8.RuneSelf
		}
		return m, alphanumeric(line[m.to-1]) && strings.IndexByte(".,;:?!)", line[m.end]) >= 0
	}
	return m, false
}

// plainly gives the length of the words up to the next mark.
func plainly(s string) int {
	n := 0
	for n < len(s) && !markByte[s[n]] {
		n++
	}
	return n
}

func alphanumeric(b byte) bool { return wordByte[b] && b != '_' }

// marker gives the length of the mark of an item or heading at the head of a line.
func marker(line string) int {
	if item(line) {
		return 2
	}
	n := len(line) - len(strings.TrimLeft(line, "#"))
	if n > 0 && n <= 6 && n+1 < len(line) && line[n] == ' ' {
		return n + 1
	}
	return 0
}

// markByte holds the bytes that may mean something to Markdown within a line.
var markByte = func() (t [256]bool) {
	for b := range 32 {
		t[b] = b != '\t' && b != '\r'
	}
	for _, b := range []byte("\\`*_[]<~") {
		t[b] = true
	}
	return t
}()

package proofread

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"debrief.dev/debrief/lint"
)

// Allowance gives the comment that keeps what was found, with a reason to fill in,
// and the byte offset at which it belongs. Above a paragraph of plain lines it
// stands on its own; in an item, a heading, a table or a page it stands behind the
// words, for a line more would cut those in two or speak of something else. It is
// false where a format has no place for a comment.
func (d *Draft) Allowance(f lint.Finding) (at int, comment string, ok bool) {
	if f.Rule == "allow" { // it is about an allowance
		return 0, "", false
	}
	text := d.session.Text()
	newline := "\n"
	if i := strings.IndexByte(text, '\n'); i > 0 && text[i-1] == '\r' {
		newline = "\r\n"
	}
	above, alone := plainParagraph(text, f.Start)
	comment = "<!-- debrief: allow " + f.Rule + ", reason -->"
	switch {
	case d.format == lint.RST && alone:
		return above, ".. debrief: allow " + f.Rule + ", reason" + newline + newline, true
	case d.format == lint.RST, d.format == lint.JSONLines:
		return 0, "", false
	case d.format == lint.HTML:
		return f.End, " " + comment, true
	case alone:
		return above, comment + newline, true
	}
	end := f.End + max(0, strings.IndexAny(text[f.End:]+"\n", "\r\n"))
	start := strings.LastIndexByte(text[:f.End], '\n') + 1
	if line := strings.TrimRight(text[start:end], " \t"); !strings.Contains(line, "|") && !strings.HasSuffix(line, "#") {
		return max(f.End, start+len(line)), " " + comment, true
	}
	return f.End, " " + comment, true
}

// plainParagraph gives the place where the paragraph of an offset begins, and
// whether every line of it up to there begins like prose: with a letter, at the
// margin.
func plainParagraph(text string, offset int) (at int, plain bool) {
	for end := offset; ; end = at - 1 {
		at = strings.LastIndexByte(text[:end], '\n') + 1
		first, _ := utf8.DecodeRuneInString(text[at:])
		if !unicode.IsLetter(first) && first < utf8.RuneSelf {
			return 0, false
		}
		if at == 0 {
			return 0, true
		}
		before := strings.LastIndexByte(text[:at-1], '\n') + 1
		if strings.TrimSpace(text[before:at-1]) == "" {
			return at, true
		}
	}
}

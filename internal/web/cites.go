package web

import (
	"html/template"
	"regexp"
	"strings"

	"debrief.dev/debrief/internal/paper"
)

// citation is how a text cites entries of the timeline: "[e02]", "[e02, e21, s1]".
// The space before it belongs to it, and becomes a narrow one that keeps the two together.
var citation = regexp.MustCompile(` ?\[((?:[es]\d{1,4}, )*[es]\d{1,4})\]`)

const narrow = "\u202f"

var entryNumber = regexp.MustCompile(`e\d+`)

// cited draws Markdown in which citations stand raised and the numbers of entries lead
// to them, for a reader who may follow: without an incident they are text. What cites evidence
// alone ("s1") stays text: the list of sources is in the same document.
func cited(body, incident string) (template.HTML, error) {
	drawn, err := paper.Prose(body)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	rest, depth := string(drawn), 0
	for rest != "" {
		// Text up to the next tag; what is a link or code already is let be.
		at := strings.IndexByte(rest, '<')
		if at < 0 {
			at = len(rest)
		}
		text := rest[:at]
		if depth == 0 {
			text = citation.ReplaceAllStringFunc(text, func(c string) string {
				c = citation.FindStringSubmatch(c)[1]
				if incident != "" {
					c = entryNumber.ReplaceAllString(c, `<a class="cite" href="`+template.HTMLEscapeString(incident)+`/timeline#$0">$0</a>`)
				}
				return `<sup class="refs">` + narrow + c + `</sup>`
			})
		}
		b.WriteString(text)
		rest = rest[at:]
		end := strings.IndexByte(rest, '>') + 1
		if end == 0 {
			b.WriteString(rest)
			break
		}
		switch tag := rest[:end]; {
		case strings.HasPrefix(tag, "<a ") || strings.HasPrefix(tag, "<code") || strings.HasPrefix(tag, "<pre"):
			depth++
		case tag == "</a>" || tag == "</code>" || tag == "</pre>":
			depth--
		}
		b.WriteString(rest[:end])
		rest = rest[end:]
	}
	return template.HTML(b.String()), nil
}

package evidence

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

var (
	markupImage   = regexp.MustCompile(`!\[([^\]\n]*)\]\([^)\s]*(?:\s+"[^"\n]*")?\)`)
	markupLink    = regexp.MustCompile(`\[([^\]\n]+)\]\(<?([^)\s>]*)>?(?:\s+"[^"\n]*")?\)`)
	markupAuto    = regexp.MustCompile(`<(https?://[^>\s|]+)>`)
	markupStrong  = regexp.MustCompile(`(\*\*|__)(\S(?:[^\n]*?\S)?)(\*\*|__)`)
	markupStrike  = regexp.MustCompile(`~~(\S(?:[^\n]*?\S)?)~~`)
	markupCode    = regexp.MustCompile("`([^`\n]+)`")
	markupFence   = regexp.MustCompile("(?m)^[ \t]*(```|~~~)[^\n]*\n?")
	markupHeading = regexp.MustCompile(`(?m)^[ \t]{0,3}#{1,6}[ \t]+`)
	markupQuote   = regexp.MustCompile(`(?m)^[ \t]*>[ \t]?`)
	markupBullet  = regexp.MustCompile(`(?m)^([ \t]*)[*+][ \t]+`)
	markupRule    = regexp.MustCompile(`(?m)^[ \t]*(?:-{3,}|\*{3,}|_{3,})[ \t]*$\n?`)
	markupTag     = regexp.MustCompile(`(?i)</?(?:p|br|div|span|a|b|i|u|em|strong|small|ul|ol|li|h[1-6]|code|pre|table|tr|td|th|tbody|thead|var|details|summary|img|hr|blockquote|sub|sup|tt|time|section|font|del|ins)\b[^<>]*>`)
	markupComment = regexp.MustCompile(`(?s)<!--.*?-->`)
	markupBlank   = regexp.MustCompile(`\n[ \t]*\n(?:[ \t]*\n)+`)
)

// plainMarkup gives the plain text of what people typed into a form that takes
// Markdown or HTML: marks of emphasis, headings and code go, links and images
// leave their words. Text that is neither stays as it is.
func plainMarkup(s string) string {
	if s == "" {
		return ""
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = markupComment.ReplaceAllString(s, "")
	if markupTag.MatchString(s) {
		s = plainHTML(s)
	} else if strings.Contains(s, "&") {
		s = html.UnescapeString(s)
	}
	if strings.ContainsAny(s, "*_`[#>~<") || strings.Contains(s, "---") {
		s = markupFence.ReplaceAllString(s, "")
		s = markupImage.ReplaceAllString(s, "$1")
		s = markupLink.ReplaceAllString(s, "$1")
		s = markupAuto.ReplaceAllString(s, "$1")
		s = markupRule.ReplaceAllString(s, "")
		s = markupHeading.ReplaceAllString(s, "")
		s = markupQuote.ReplaceAllString(s, "")
		s = markupBullet.ReplaceAllString(s, "$1- ")
		s = markupStrong.ReplaceAllString(s, "$2")
		s = wikiStrong.ReplaceAllStringFunc(s, func(m string) string {
			p := wikiStrong.FindStringSubmatch(m)
			if p[2] != p[4] || p[2] == "+" {
				return m
			}
			return p[1] + p[3] + p[5]
		})
		s = markupStrike.ReplaceAllString(s, "$1")
		s = markupCode.ReplaceAllString(s, "$1")
	}
	s = markupBlank.ReplaceAllString(s, "\n\n")
	return strings.TrimSpace(s)
}

// plainHTML gives the words of HTML with a line break where a block ends.
func plainHTML(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	skip := 0
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		switch kind {
		case html.TextToken:
			if skip == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "script", "style":
				if kind == html.StartTagToken {
					skip++
				} else if skip > 0 {
					skip--
				}
			case "br", "p", "div", "li", "tr", "ul", "ol", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "section":
				if text := b.String(); text != "" && !strings.HasSuffix(text, "\n") {
					b.WriteByte('\n')
				}
				if string(name) == "li" && kind == html.StartTagToken {
					b.WriteString("- ")
				}
			case "td", "th":
				b.WriteByte(' ')
			}
		}
	}
	lines := strings.Split(html.UnescapeString(b.String()), "\n")
	for i, l := range lines {
		lines[i] = strings.Join(strings.Fields(l), " ")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

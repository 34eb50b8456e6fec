package lint

import (
	"strings"

	"golang.org/x/net/html"
)

// htmlBlocks end a paragraph.
var htmlBlocks = map[string]bool{
	"p": true, "div": true, "li": true, "ul": true, "ol": true, "table": true, "tr": true, "td": true, "th": true, "section": true, "article": true,
	"header": true, "footer": true, "main": true, "aside": true, "dl": true, "dt": true, "dd": true, "figure": true, "figcaption": true, "br": true, "hr": true,
	"h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "body": true, "nav": true, "form": true, "summary": true, "details": true,
}

// htmlSilent hold no prose of the author.
var htmlSilent = map[string]bool{
	"script": true, "style": true, "pre": true, "blockquote": true, "q": true, "template": true, "textarea": true, "head": true, "svg": true, "math": true, "samp": true,
}

// readHTML takes the prose out of an HTML text.
func readHTML(body string) *mapped {
	m := newMapped(len(body))
	z := html.NewTokenizer(strings.NewReader(body))
	at, silent := 0, 0
	for {
		kind := z.Next()
		raw := len(z.Raw())
		if kind == html.ErrorToken {
			return m
		}
		name := ""
		if kind == html.StartTagToken || kind == html.EndTagToken || kind == html.SelfClosingTagToken {
			n, _ := z.TagName()
			name = string(n)
		}
		switch {
		case kind == html.TextToken && silent == 0:
			m.entities(body, at, at+raw)
		case htmlSilent[name] && kind == html.StartTagToken:
			silent++
			m.put("\n\n", at)
		case htmlSilent[name] && kind == html.EndTagToken:
			silent = max(0, silent-1)
			m.put("\n\n", at)
		case silent > 0:
		case (name == "code" || name == "kbd" || name == "var") && kind != html.SelfClosingTagToken:
			m.put("`", at)
		case htmlBlocks[name]:
			m.put("\n\n", at)
			if len(name) == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6' && kind == html.StartTagToken {
				m.put(strings.Repeat("#", int(name[1]-'0'))+" ", at)
			}
		}
		at += raw
	}
}

// entities appends HTML text with its entities as characters, on one line.
func (m *mapped) entities(body string, from, to int) {
	for i := from; i < to; {
		switch b := body[i]; {
		case b == '\n' || b == '\r' || b == '\t':
			m.put(" ", i)
			i++
		case b == '&':
			end := strings.IndexByte(body[i:min(to, i+12)], ';')
			if end < 0 {
				m.put("&", i)
				i++
				continue
			}
			m.put(html.UnescapeString(body[i:i+end+1]), i)
			i += end + 1
		case b == '*' || b == '_' || b == '`' || b == '[' || b == '<':
			m.put(`\`+string(b), i)
			i++
		default:
			end := i + 1
			for end < to && !htmlMark[body[end]] {
				end++
			}
			m.copy(body, i, end)
			i = end
		}
	}
}

// htmlMark holds the bytes of a text that are not copied as they are.
var htmlMark = func() (t [256]bool) {
	for _, b := range []byte("\n\r\t&*_`[<") {
		t[b] = true
	}
	return t
}()

package report

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	htmltemplate "html/template"
	"strings"
	"sync"
	"text/template"

	"debrief.dev/debrief"
)

//go:embed templates
var templates embed.FS

// words are the functions that both templates share.
func words() map[string]any {
	return map[string]any{
		"say":  func(k string) string { return say(k) },
		"head": func(k string) string { return say("head." + k) },
		"inc":  func(i int) int { return i + 1 },
		"join": func(l []string) string { return strings.Join(l, ", ") },
		"body": func(s string) string { b, _ := splitStop(s); return b },
		"stop": func(s string) string { _, e := splitStop(s); return e },
		"label": func(role string) string {
			return say("factors.label") + ", " + role
		},
	}
}

// splitStop parts a sentence from its full stop, so that citations can stand
// before it, as they do in print.
func splitStop(s string) (body, stop string) {
	if strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "..") {
		return s[:len(s)-1], "."
	}
	return s, ""
}

var markdownTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("preread.md.tmpl").Funcs(words()).Funcs(template.FuncMap{
		"md": escapeMarkdown,
		"cites": func(ids []string) string {
			if len(ids) == 0 {
				return ""
			}
			return " [" + escapeMarkdown(strings.Join(ids, ", ")) + "]"
		},
	}).ParseFS(templates, "templates/preread.md.tmpl"))
})

var htmlTemplate = sync.OnceValue(func() *htmltemplate.Template {
	css, err := templates.ReadFile("templates/style.css")
	if err != nil {
		panic(err) // the file is part of the program
	}
	return htmltemplate.Must(htmltemplate.New("preread.html.tmpl").Funcs(words()).Funcs(htmltemplate.FuncMap{
		"style":   func() htmltemplate.CSS { return htmltemplate.CSS(bytes.TrimSpace(css)) },
		"caption": func(zone string) string { return say("key.caption", "zone", zone) },
		"rowClass": func(r Row) string {
			var c []string
			if r.Open {
				c = append(c, "open")
			}
			if r.Gap {
				c = append(c, "gap")
			}
			return strings.Join(c, " ")
		},
		"cites": func(ids []string) htmltemplate.HTML {
			if len(ids) == 0 {
				return ""
			}
			var b strings.Builder
			b.WriteString(` <span class="cite">[`)
			for i, id := range ids {
				if i > 0 {
					b.WriteString(", ")
				}
				id = htmltemplate.HTMLEscapeString(id)
				fmt.Fprintf(&b, `<a href="#%s">%s</a>`, id, id)
			}
			b.WriteString(`]</span>`)
			return htmltemplate.HTML(b.String())
		},
	}).ParseFS(templates, "templates/preread.html.tmpl"))
})

// Formats of a pre-read.
const (
	Markdown = "md"
	HTML     = "html"
	JSON     = "json"
	CSV      = "csv"
	SVG      = "svg"
)

// Write gives the pre-read in a format: Markdown, HTML (one file, no scripts,
// nothing fetched) or JSON.
func (d *Document) Write(format string) ([]byte, error) {
	var b bytes.Buffer
	switch format {
	case Markdown:
		if err := markdownTemplate().Execute(&b, d); err != nil {
			return nil, err
		}
		return squeeze(b.Bytes()), nil
	case HTML:
		err := htmlTemplate().Execute(&b, d)
		return b.Bytes(), err
	case JSON:
		return marshal(d)
	}
	return nil, unknownFormat(format, Markdown, HTML, JSON)
}

func unknownFormat(format string, known ...string) error {
	return &debrief.Error{
		Kind: debrief.Invalid, Field: "format",
		Say:  fmt.Sprintf("%q is not a format of this report.", format),
		Hint: "Known are: " + strings.Join(known, ", ") + ".",
	}
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(true) // the JSON may be pasted into a page
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// squeeze makes runs of blank lines one, and ends with one line end.
func squeeze(b []byte) []byte {
	var out [][]byte
	blank := true
	for _, l := range bytes.Split(b, []byte("\n")) {
		l = bytes.TrimRight(l, " ")
		if len(l) == 0 && blank {
			continue
		}
		blank = len(l) == 0
		out = append(out, l)
	}
	return append(bytes.TrimRight(bytes.Join(out, []byte("\n")), "\n"), '\n')
}

// special are the characters that Markdown, or its common extensions (tables,
// bare links, mentions, issue numbers, strikethrough, footnotes, math), may read
// as more than themselves.
const special = "\\`*_{}[]<>#|!~&@$^"

// escapeMarkdown makes any text inert in Markdown: it is one line of plain text,
// wherever it stands.
func escapeMarkdown(s string) string {
	s = tidy(s)
	var b strings.Builder
	for i, r := range s {
		switch {
		case r < 0x80 && strings.ContainsRune(special, r):
			b.WriteByte('\\')
		case r == ':' && (strings.HasPrefix(s[i:], "://") || hasScheme(s[:i])):
			b.WriteByte('\\') // no bare link
		case r == '.' && i >= 3 && strings.EqualFold(s[i-3:i], "www"):
			b.WriteByte('\\')
		case i == 0 && (r == '-' || r == '+' || r == '=') || r == '=' && s[i-1] == '=':
			b.WriteByte('\\') // no list, no rule, no highlight
		case (r == '.' || r == ')') && i > 0 && allDigits(s[:i]):
			b.WriteByte('\\') // no numbered list
		}
		b.WriteRune(r)
	}
	return b.String()
}

// hasScheme reports whether s ends in a scheme that programs turn into a link
// without slashes.
func hasScheme(s string) bool {
	s = strings.ToLower(s[max(0, len(s)-10):])
	for _, p := range []string{"mailto", "xmpp", "javascript", "data", "tel", "vbscript", "file"} {
		if strings.HasSuffix(s, p) {
			return true
		}
	}
	return false
}

func allDigits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return len(s) <= 9
}

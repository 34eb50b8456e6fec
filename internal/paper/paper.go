// Package paper writes what people take out of the room: a title, some lines about
// it and sections of Markdown, as Markdown, as one HTML file, as JSON, or as a PDF of
// A4 pages.
//
// What people wrote is never trusted. HTML in Markdown is dropped, addresses that run
// something are refused, and images become links, so that opening a file asks nobody
// for anything. The same paper gives the same bytes.
package paper

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
	"sync"
	"time"
	"unicode"

	"debrief.dev/debrief"
)

// A Paper is what is written.
type Paper struct {
	Title string
	Lines []string // about it, under the title
	Foot  string   // on every page of paper: what it is, and for whom
	// At is when it was written or sent, in the zone in which it is told; a PDF carries
	// it as its date.
	At       time.Time
	Sections []Section
}

// A Section has a title, which may be empty, and a body in Markdown.
type Section struct {
	Title string `json:"title"`
	Body  string `json:"body"`
}

// Schema names the form of a paper in JSON.
const Schema = "debrief.paper/1"

// The formats.
const (
	Markdown = "md"
	HTML     = "html"
	JSON     = "json"
	PDF      = "pdf"
)

// As writes the paper in a format, and names its media type. An unknown format is an
// Invalid error.
func (p Paper) As(format string) (body []byte, media string, err error) {
	switch format {
	case Markdown:
		return p.markdown(), "text/markdown; charset=utf-8", nil
	case HTML:
		body, err = p.html()
		return body, "text/html; charset=utf-8", err
	case JSON:
		body, err = p.json()
		return body, "application/json", err
	case PDF:
		body, err = p.pdf()
		return body, "application/pdf", err
	}
	return nil, "", &debrief.Error{Kind: debrief.NotFound, Say: fmt.Sprintf("There is no file of the kind %q.", format), Hint: "There are md, html, pdf and json."}
}

func (p Paper) markdown() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n", plain(p.Title))
	for _, l := range p.Lines {
		fmt.Fprintf(&b, "\n%s\n", plain(l))
	}
	for _, s := range p.Sections {
		if s.Title != "" {
			fmt.Fprintf(&b, "\n## %s\n", plain(s.Title))
		}
		fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(s.Body))
	}
	return b.Bytes()
}

// plain makes any text one line that Markdown shows as it is.
func plain(s string) string {
	var b strings.Builder
	for _, r := range oneLine(s) {
		if r < 0x80 && (unicode.IsPunct(r) || unicode.IsSymbol(r)) && !strings.ContainsRune(`,;:'"/?%`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// oneLine takes out what would change the direction or the place of what follows.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(s), " ")
}

func (p Paper) json() ([]byte, error) {
	return json.MarshalIndent(struct {
		Schema   string    `json:"schema"`
		Title    string    `json:"title"`
		About    []string  `json:"about"`
		At       time.Time `json:"at"`
		Sections []Section `json:"sections"`
	}{Schema, p.Title, append([]string{}, p.Lines...), p.At.UTC(), append([]Section{}, p.Sections...)}, "", "  ")
}

//go:embed paper.html.tmpl paper.css
var files embed.FS

var page = sync.OnceValue(func() *template.Template {
	css, err := files.ReadFile("paper.css")
	if err != nil {
		panic(err) // the file is part of the program
	}
	return template.Must(template.New("paper.html.tmpl").Funcs(template.FuncMap{
		"style": func() template.CSS { return template.CSS(css) },
		"prose": Prose,
		"foot":  func(s string) template.CSS { return template.CSS(cssString(s)) },
	}).ParseFS(files, "paper.html.tmpl"))
})

// cssString writes a text as CSS has it between quotes: letters, digits and spaces as
// they are, everything else by its number.
func cssString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range oneLine(s) {
		if r == ' ' || r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\%06x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func (p Paper) html() ([]byte, error) {
	var b bytes.Buffer
	err := page().Execute(&b, p)
	return b.Bytes(), err
}

// Table writes a table in Markdown. Cells are plain text.
func Table(head []string, rows [][]string) string {
	var b strings.Builder
	line := func(cells []string) {
		for _, c := range cells {
			b.WriteString("| " + plain(c) + " ")
		}
		b.WriteString("|\n")
	}
	line(head)
	b.WriteString(strings.Repeat("| --- ", len(head)) + "|\n")
	for _, r := range rows {
		line(r)
	}
	return b.String()
}

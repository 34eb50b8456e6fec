package paper

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"debrief.dev/debrief"
)

var sample = Paper{
	Title: "Edge answers 503", Lines: []string{"Pre-read number 1"}, Foot: "For the people invited.", At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
	Sections: []Section{
		{Title: "Summary", Body: "The limit was *reached* at **14:02** [e02]. See [the graph](https://example.com/g).\n\n- one\n- two\n  1. three\n\n> said\n\n```\nx  = 1\n```\n"},
		{Title: "Key events", Body: Table([]string{"Time", "What"}, [][]string{{"14:02", "A | bar, a *star* and `code`"}, {"14:05", "Ελληνικά, Кириллица"}})},
	},
}

func TestAPaperIsWrittenInEveryFormat(t *testing.T) {
	for _, format := range []string{Markdown, HTML, JSON, PDF} {
		one, media, err := sample.As(format)
		if err != nil || media == "" {
			t.Fatalf("%s: %v", format, err)
		}
		two, _, _ := sample.As(format)
		if !bytes.Equal(one, two) {
			t.Errorf("%s: the same paper gives other bytes", format)
		}
		if format != PDF && !bytes.Contains(one, []byte("14:02")) {
			t.Errorf("%s lacks what was written:\n%s", format, one)
		}
	}
	if _, _, err := sample.As("docx"); debrief.KindOf(err) != debrief.NotFound {
		t.Errorf("an unknown format: %v", err)
	}
	html, _, _ := sample.As(HTML)
	for _, want := range []string{"<td data-label=\"What\">A | bar, a *star* and `code`</td>", "<li>two", `<a href="https://example.com/g">`} {
		if !bytes.Contains(html, []byte(want)) {
			t.Errorf("the HTML lacks %s:\n%s", want, html)
		}
	}
}

func TestWhatPeopleWroteIsInertInEveryFile(t *testing.T) {
	const hostile = "</style><script>alert(1)</script><img src=x onerror=alert(2)> ![i](https://evil.example/i.png) [l](javascript:alert(3)) \u202egpj \U0001F600 \x00\xff"
	p := Paper{Title: hostile, Lines: []string{hostile}, Foot: hostile, Sections: []Section{{Title: hostile, Body: hostile + "\n\n" + Table([]string{hostile}, [][]string{{hostile}})}}}
	for _, format := range []string{Markdown, HTML, JSON, PDF} {
		body, _, err := p.As(format)
		if err != nil {
			t.Errorf("%s: %v", format, err)
		}
		if format != HTML {
			continue
		}
		for _, bad := range []string{"<script", "<img", `href="javascript`, "</style><"} {
			if bytes.Contains(body, []byte(bad)) {
				t.Errorf("the HTML has %s:\n%s", bad, body)
			}
		}
	}
	md, _, _ := Paper{Title: hostile}.As(Markdown)
	if bytes.Count(md, []byte("<")) != bytes.Count(md, []byte(`\<`)) || bytes.Count(md, []byte("\n")) != 1 {
		t.Errorf("the title is more than a line of text: %s", md)
	}
}

// pages counts the pages of a PDF and gives its drawing.
func pages(t *testing.T, pdf []byte) (n int, drawing string) {
	t.Helper()
	var all strings.Builder
	for _, m := range regexp.MustCompile(`(?s)stream\n(.*?)\nendstream`).FindAllSubmatch(pdf, -1) {
		if r, err := zlib.NewReader(bytes.NewReader(m[1])); err == nil {
			if b, err := io.ReadAll(r); err == nil {
				all.Write(b)
			}
		}
	}
	return len(regexp.MustCompile(`/Type /Page\b[^s]`).FindAll(pdf, -1)), all.String()
}

func TestALongPaperHasPagesAndItsTableRepeatsTheHead(t *testing.T) {
	var rows [][]string
	for range 120 {
		rows = append(rows, []string{"14:02", strings.Repeat("The queue grew and the alert was quiet. ", 4)})
	}
	rows = append(rows, []string{"14:03", strings.Repeat("longer than a page ", 3000)}, []string{"14:04", strings.Repeat("x", 4000)})
	body, _, err := Paper{Title: "Long", Sections: []Section{{Body: Table([]string{"Time", "What"}, rows)}}}.As(PDF)
	if err != nil {
		t.Fatal(err)
	}
	n, drawing := pages(t, body)
	if n < 8 {
		t.Errorf("%d pages", n)
	}
	// Nothing is drawn below the foot: heights are in points from the bottom.
	for _, m := range regexp.MustCompile(`BT [\d.]+ (-?[\d.]+) Td`).FindAllStringSubmatch(drawing, -1) {
		if strings.HasPrefix(m[1], "-") {
			t.Errorf("something is drawn at %s, off the page", m[1])
		}
	}
}

func FuzzPaper(f *testing.F) {
	f.Add("Edge answers 503", sample.Sections[0].Body)
	f.Add("", sample.Sections[1].Body)
	f.Add("x", "| a |\n|-|\n| "+strings.Repeat("y", 300)+" |\n\n1. \n   - > ```\n")
	f.Fuzz(func(t *testing.T, title, body string) {
		p := Paper{Title: title, Foot: title, Sections: []Section{{Title: title, Body: body}}}
		for _, format := range []string{Markdown, HTML, JSON, PDF} {
			if _, _, err := p.As(format); err != nil {
				t.Errorf("%s: %v", format, err)
			}
		}
	})
}

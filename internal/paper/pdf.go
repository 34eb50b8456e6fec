package paper

import (
	"bytes"
	"fmt"
	"math"
	"net/url"
	"strings"
	"sync"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/liberation/liberationmonoregular"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-fonts/liberation/liberationserifbold"
	"github.com/go-fonts/liberation/liberationserifbolditalic"
	"github.com/go-fonts/liberation/liberationserifitalic"
	"github.com/go-fonts/liberation/liberationserifregular"
	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/image/font/sfnt"
)

// The page, in millimetres: A4 with the margins of the printed page.
const (
	pageWidth, pageHeight = 210, 297
	left, right           = 20, 20
	top, bottom           = 19, 24
	measure               = pageWidth - left - right
	point                 = 25.4 / 72 // millimetres
	leading               = 1.36      // line to line, in sizes of the letters
)

// A face is how letters look. The zero style is regular.
type face struct {
	family, style string
	size          float64 // points
}

var (
	text  = face{"serif", "", 10.5}
	small = face{"sans", "", 9}
	code  = face{"mono", "", 9}
)

// A word stands on a line as one piece. Several without a space between them (a word
// half in italics) are not torn apart.
type word struct {
	text  string
	face  face
	space bool // before it
	link  string
	width float64
}

type sheet struct {
	*fpdf.Fpdf
	source  []byte
	y       float64 // where the next thing begins
	missing int     // letters that the typefaces do not have
}

func (p Paper) pdf() ([]byte, error) {
	s := &sheet{Fpdf: fpdf.New("P", "mm", "A4", "")}
	for _, f := range []struct {
		family, style string
		ttf           []byte
	}{
		{"serif", "", liberationserifregular.TTF},
		{"serif", "B", liberationserifbold.TTF},
		{"serif", "I", liberationserifitalic.TTF},
		{"serif", "BI", liberationserifbolditalic.TTF},
		{"sans", "", liberationsansregular.TTF},
		{"sans", "B", liberationsansbold.TTF},
		{"mono", "", liberationmonoregular.TTF},
	} {
		s.AddUTF8FontFromBytes(f.family, f.style, f.ttf)
	}
	s.SetCatalogSort(true)
	s.SetCreationDate(p.At.UTC())
	s.SetModificationDate(p.At.UTC())
	s.SetTitle(oneLine(p.Title), true)
	s.SetLang("en")
	s.SetProducer("Debrief", true)
	s.SetAutoPageBreak(false, 0)
	s.SetMargins(left, top, right)
	s.AliasNbPages("{nb}")
	foot := s.drawable(p.Foot)
	s.SetFooterFunc(func() {
		s.SetFont("sans", "", 8)
		s.SetTextColor(70, 70, 70)
		s.Text(left, pageHeight-14, foot)
		n := fmt.Sprintf("%d of {nb}", s.PageNo())
		s.Text(pageWidth-right-s.GetStringWidth("00 of 00"), pageHeight-14, n)
		s.SetTextColor(0, 0, 0)
	})
	s.next()
	s.words(s.split(p.Title, face{"serif", "", 19}, ""), left, measure)
	s.y += 1.5
	for _, l := range p.Lines {
		s.words(s.split(l, small, ""), left, measure)
	}
	for _, x := range p.Sections {
		if x.Title != "" {
			s.heading(s.split(x.Title, face{"serif", "B", 13}, ""), 5)
		} else {
			s.y += 3
		}
		s.source = []byte(x.Body)
		s.blocks(parse(s.source), left, measure, text)
	}
	if s.missing > 0 {
		s.y += 4
		s.words(s.split(fmt.Sprintf("Letters of other scripts drawn as □ here: %d. The HTML and the Markdown file have them.", s.missing), small, ""), left, measure)
	}
	var b bytes.Buffer
	err := s.Output(&b)
	return b.Bytes(), err
}

// next begins a page.
func (s *sheet) next() {
	s.AddPage()
	s.y = top
}

// need begins a page unless so much room is left on this one.
func (s *sheet) need(height float64) {
	if s.y+height > pageHeight-bottom && s.y > top {
		s.next()
	}
}

// glyphs knows the letters of the typefaces: all of them have the same.
var glyphs = sync.OnceValue(func() *sfnt.Font {
	f, err := sfnt.Parse(liberationserifregular.TTF)
	if err != nil {
		panic(err) // the file is part of the program
	}
	return f
})

// drawable gives a text with a sign for every letter that cannot be drawn: those the
// typefaces do not have, and those that are written from right to left.
func (s *sheet) drawable(t string) string {
	var b sfnt.Buffer
	return strings.Map(func(r rune) rune {
		if r < 0x7f {
			return r
		}
		if i, err := glyphs().GlyphIndex(&b, r); err != nil || i == 0 || r > math.MaxUint16 || unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko) {
			s.missing++
			return '□'
		}
		return r
	}, oneLine(t))
}

// split parts a text into words.
func (s *sheet) split(t string, f face, link string) []word {
	var out []word
	space := strings.HasPrefix(t, " ") || strings.HasPrefix(t, "\n") || strings.HasPrefix(t, "\t")
	for _, w := range strings.Fields(s.drawable(t)) {
		out = append(out, word{text: w, face: f, space: space, link: link})
		space = true
	}
	if n := len(out); n == 0 && t != "" || n > 0 && strings.TrimRight(t, " \n\t") != t {
		out = append(out, word{face: f, space: true}) // what follows is parted from it
	}
	return out
}

// lines lays words out over a width.
func (s *sheet) lines(words []word, width float64) [][]word {
	var out [][]word
	var line []word
	at := 0.0
	end := func() {
		if len(line) > 0 {
			out = append(out, line)
		}
		line, at = nil, 0
	}
	for i := 0; i < len(words); {
		if words[i].text == "\n" {
			end()
			i++
			continue
		}
		// A cluster is what has no space in it.
		j := i + 1
		for j < len(words) && !words[j].space && words[j].text != "\n" {
			j++
		}
		cluster := words[i:j]
		total := 0.0
		for k := range cluster {
			cluster[k].width = s.wide(cluster[k].text, cluster[k].face)
			total += cluster[k].width
		}
		gap := 0.0
		if len(line) > 0 && cluster[0].space {
			gap = s.wide(" ", cluster[0].face)
		}
		switch {
		case at+gap+total <= width:
			line, at = append(line, cluster...), at+gap+total
		case total <= width:
			end()
			line, at = append(line, cluster...), total
		default: // longer than a line: it is cut where the line ends
			for _, w := range cluster {
				for _, r := range w.text {
					one := w
					one.text, one.width = string(r), s.wide(string(r), w.face)
					if one.space = w.space && r == []rune(w.text)[0]; one.space && at > 0 {
						at += s.wide(" ", w.face)
					}
					if at+one.width > width {
						end()
					}
					line, at = append(line, one), at+one.width
				}
			}
		}
		i = j
	}
	end()
	return out
}

// wide is how wide a text is, in millimetres.
func (s *sheet) wide(t string, f face) float64 {
	s.SetFont(f.family, f.style, f.size)
	return s.GetStringWidth(t)
}

// tall is the height of a line.
func tall(line []word) float64 {
	size := 0.0
	for _, w := range line {
		size = max(size, w.face.size)
	}
	return size * point * leading
}

// draw draws a line at the height reached, and goes on below it.
func (s *sheet) draw(line []word, x float64) {
	h := tall(line)
	base := s.y + h*0.76
	for i, w := range line {
		if w.space && i > 0 {
			x += s.wide(" ", w.face)
		}
		if w.text == "" {
			continue
		}
		s.SetFont(w.face.family, w.face.style, w.face.size)
		s.Text(x, base, w.text)
		if w.link != "" {
			s.LinkString(x, s.y, w.width, h, w.link)
		}
		x += w.width
	}
	s.y += h
}

// words draws words as a paragraph.
func (s *sheet) words(words []word, x, width float64) {
	for _, line := range s.lines(words, width) {
		s.need(tall(line))
		s.draw(line, x)
	}
}

// heading draws a heading that stays with what follows it.
func (s *sheet) heading(words []word, before float64) {
	lines := s.lines(words, measure)
	height := before + 3*text.size*point*leading
	for _, l := range lines {
		height += tall(l)
	}
	s.need(height)
	if s.y > top {
		s.y += before
	}
	for _, l := range lines {
		s.draw(l, left)
	}
	s.y += 1
}

// blocks draws the children of a node.
func (s *sheet) blocks(n ast.Node, x, width float64, f face) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Heading:
			s.heading(s.inline(c, face{"sans", "B", 10}, ""), 3)
		case *ast.Paragraph, *ast.TextBlock:
			s.words(s.inline(c, f, ""), x, width)
			if c.Kind() == ast.KindParagraph {
				s.y += 1.6
			}
		case *ast.List:
			s.list(c, x, width, f)
		case *ast.Blockquote:
			s.blocks(c, x+5, width-5, f)
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			s.code(c, x, width)
		case *ast.ThematicBreak:
			s.y += 3
		case *extast.Table:
			s.table(c, x, width)
		}
	}
}

func (s *sheet) list(l *ast.List, x, width float64, f face) {
	n := l.Start
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		mark := "–"
		if l.IsOrdered() {
			mark = fmt.Sprintf("%d.", n)
			n++
		}
		s.need(f.size * point * leading)
		s.SetFont(f.family, f.style, f.size)
		s.Text(x, s.y+f.size*point*leading*0.76, mark)
		s.blocks(item, x+6, width-6, f)
	}
	s.y += 1.6
}

func (s *sheet) code(c ast.Node, x, width float64) {
	for i := range c.Lines().Len() {
		seg := c.Lines().At(i)
		line := strings.ReplaceAll(strings.TrimRight(string(seg.Value(s.source)), "\r\n"), "\t", "    ")
		// Spaces at the beginning are what code has an indent for.
		indent := float64(len(line)-len(strings.TrimLeft(line, " "))) * s.wide(" ", code)
		words := s.split(line, code, "")
		if len(words) == 0 {
			s.y += code.size * point * leading
			continue
		}
		words[0].space = false
		s.words(words, x+min(indent, width/2), width-min(indent, width/2))
	}
	s.y += 1.6
}

// inline gathers the words of a block.
func (s *sheet) inline(n ast.Node, f face, link string) []word {
	var out []word
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			t := string(c.Segment.Value(s.source))
			if !c.IsRaw() {
				t = unescape(t)
			}
			if c.SoftLineBreak() {
				t += " "
			}
			out = append(out, s.split(t, f, link)...)
			if c.HardLineBreak() {
				out = append(out, word{text: "\n"})
			}
		case *ast.String:
			out = append(out, s.split(string(c.Value), f, link)...)
		case *ast.CodeSpan:
			out = append(out, s.inline(c, face{"mono", "", f.size * 0.9}, link)...)
		case *ast.Emphasis:
			out = append(out, s.inline(c, f.with(map[int]string{1: "I", 2: "B"}[c.Level]), link)...)
		case *ast.Link:
			out = append(out, s.inline(c, f, address(c.Destination))...)
		case *ast.Image:
			out = append(out, s.inline(c, f, address(c.Destination))...)
		case *ast.AutoLink:
			out = append(out, s.split(string(c.Label(s.source)), f, address(c.URL(s.source)))...)
		case *ast.RawHTML:
		case *extast.TaskCheckBox:
			out = append(out, s.split(map[bool]string{true: "[x] ", false: "[ ] "}[c.IsChecked], f, "")...)
		default:
			out = append(out, s.inline(c, f, link)...)
		}
	}
	return out
}

// with adds a style. Letters without serifs have no italics here.
func (f face) with(style string) face {
	if f.family == "mono" || f.family == "sans" && style == "I" || strings.Contains(f.style, style) {
		return f
	}
	if f.style == "I" {
		f.style = "BI"
	} else {
		f.style += style
	}
	return f
}

// unescape reads what Markdown writes with a backslash or as an entity.
func unescape(t string) string {
	return string(util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations([]byte(t)))))
}

// address gives an address that a reader of PDF may follow, and nothing for any other.
func address(to []byte) string {
	u, err := url.Parse(string(to))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" && u.Scheme != "mailto" {
		return ""
	}
	return u.String()
}

// table draws a table whose head is repeated on each page, and whose rows are whole.
func (s *sheet) table(t *extast.Table, x, width float64) {
	const gap, rule = 3, 0.8
	var rows [][][]word
	for r := t.FirstChild(); r != nil; r = r.NextSibling() {
		f := small
		if _, head := r.(*extast.TableHeader); head {
			f = face{"sans", "B", 8.5}
		}
		var row [][]word
		for c := r.FirstChild(); c != nil; c = c.NextSibling() {
			row = append(row, s.inline(c, f, ""))
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 || len(rows[0]) == 0 {
		return
	}
	widths := s.columns(rows, width-gap*float64(len(rows[0])-1))
	lay := func(row [][]word) (cells [][][]word, height float64) {
		cells = make([][][]word, len(widths))
		for i := range min(len(row), len(widths)) {
			h := 0.0
			cells[i] = s.lines(row[i], widths[i])
			for _, l := range cells[i] {
				h += tall(l)
			}
			height = max(height, h)
		}
		return cells, height + 2*rule
	}
	put := func(cells [][][]word, height float64) {
		begin, at := s.y, x
		for i := range cells {
			s.y = begin + rule
			for _, l := range cells[i] {
				s.draw(l, at)
			}
			at += widths[i] + gap
		}
		s.y = begin + height
		s.SetDrawColor(190, 190, 190)
		s.SetLineWidth(0.2)
		s.Line(x, s.y, x+width, s.y)
	}
	head, headHeight := lay(rows[0])
	s.need(headHeight + 12)
	put(head, headHeight)
	for _, row := range rows[1:] {
		cells, height := lay(row)
		if headHeight+height > pageHeight-top-bottom { // taller than a page: cell by cell
			for _, cell := range row {
				s.words(cell, x, width)
			}
			continue
		}
		if s.y+height > pageHeight-bottom {
			s.next()
			put(head, headHeight)
		}
		put(cells, height)
	}
	s.y += 2
}

// columns shares a width out among columns: each gets what its longest word needs, and
// of the rest what its text asks for.
func (s *sheet) columns(rows [][][]word, width float64) []float64 {
	n := len(rows[0])
	least, wish := make([]float64, n), make([]float64, n)
	for _, row := range rows {
		for i := range min(n, len(row)) {
			all := 0.0
			for _, w := range row[i] {
				one := s.wide(w.text, w.face)
				least[i] = max(least[i], min(one, width/float64(n)))
				all += one + s.wide(" ", w.face)
			}
			wish[i] = max(wish[i], all)
		}
	}
	sum, want := 0.0, 0.0
	for i := range n {
		sum += least[i]
		want += max(0, wish[i]-least[i])
	}
	out := make([]float64, n)
	for i := range n {
		out[i] = least[i]
		if want > 0 {
			out[i] += max(0, wish[i]-least[i]) / want * max(0, width-sum)
		}
	}
	return out
}

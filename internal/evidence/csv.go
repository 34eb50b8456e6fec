package evidence

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/goccy/go-yaml"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/when"
)

var csvSource = Source{
	Name:  "csv",
	Title: "Table",
	About: "Tables with a header line, as spreadsheets, ticket systems and databases export them: commas, semicolons, tabs or bars. " +
		"The headers tell which column holds the time, the text, the author and so on.",
	Recognise: func(s Sample) Confidence {
		if s.Shape != NotJSON {
			return No
		}
		comma, header, rows := csvShape(s)
		has := csvRoles(header)
		timed := has.of("time") >= 0
		switch {
		case comma == 0 || rows == 0:
			return No
		case timed && (has.of("text") >= 0 || has.of("title") >= 0 || len(has) >= 4):
			return Certain
		case notesBullet.MatchString(header[0]) || notesHeading.MatchString(header[0]):
			return No // Markdown with a comma in each line
		case timed, len(has) >= 3:
			return Likely
		case rows >= 3 && len(header) >= 3:
			return Shape
		}
		return No
	},
	Read: readCSV,
}

//go:embed csv_columns.yaml
var csvColumnData []byte

// A csvRole is what a column may mean, with the headers that say so.
type csvRole struct {
	name  string
	words []string
}

var csvRoleList = sync.OnceValue(func() []csvRole {
	var tree yaml.MapSlice
	if err := yaml.Unmarshal(csvColumnData, &tree); err != nil {
		panic("csv_columns.yaml: " + yaml.FormatError(err, false, true)) // the file is part of the program
	}
	var list []csvRole
	for _, item := range tree {
		r := csvRole{name: item.Key.(string)}
		for _, w := range item.Value.([]any) {
			r.words = append(r.words, w.(string))
		}
		list = append(list, r)
	}
	return list
})

// csvHead is a header without what stands in brackets behind it ("received (UTC)").
func csvHead(h string) (name, bracket string) {
	h = plainText([]byte(h))
	if i := strings.IndexAny(h, "(["); i > 0 {
		h, bracket = h[:i], strings.Trim(h[i:], "()[] ")
	}
	return strings.ToLower(strings.Join(strings.FieldsFunc(h, func(r rune) bool {
		return unicode.IsSpace(r) || r == '_' || r == '*' || r == '"'
	}), " ")), bracket
}

// csvRoles says which column has which role; absent roles are not in the map.
func csvRoles(header []string) roles {
	out := roles{}
	taken := map[int]bool{}
	for pass := range 2 { // whole headers first, then those that begin or end with a word
		for _, role := range csvRoleList() {
			if _, found := out[role.name]; found {
				continue
			}
		words:
			for _, w := range role.words {
				for i, h := range header {
					name, _ := csvHead(h)
					if name == "" || taken[i] {
						continue
					}
					if name == w || pass == 1 && len(w) > 1 && (strings.HasPrefix(name, w+" ") || strings.HasSuffix(name, " "+w)) {
						out[role.name], taken[i] = i, true
						break words
					}
				}
			}
		}
	}
	return out
}

// roles maps the name of a role to the index of its column.
type roles map[string]int

func (r roles) of(name string) int {
	if i, ok := r[name]; ok {
		return i
	}
	return -1
}

// cell is the trimmed text of a role's column in a row, or empty.
func (r roles) cell(row []string, name string) string {
	if i := r.of(name); i >= 0 && i < len(row) {
		return strings.TrimSpace(plainText([]byte(row[i])))
	}
	return ""
}

// csvShape finds what parts the cells of the header line, the header, and how
// many of the following lines have as many cells.
func csvShape(s Sample) (comma rune, header []string, rows int) {
	best := 0
	for _, c := range []rune{',', ';', '\t', '|'} {
		r := csv.NewReader(bytes.NewReader(s.Head))
		r.Comma, r.LazyQuotes, r.FieldsPerRecord = c, true, -1
		head, err := r.Read()
		if err != nil || len(head) < 2 || len(head) > 500 || len(head) <= best {
			continue
		}
		same, all := 0, 0
		for all < 20 {
			row, err := r.Read()
			if err != nil {
				break
			}
			all++
			if len(row) == len(head) {
				same++
			}
		}
		if !s.Whole && all > 0 && all < 20 {
			all-- // the last row may be cut off by the end of the sample
		}
		if same == 0 || same*3 < all*2 {
			continue
		}
		for _, h := range head {
			if len(h) > 60 { // a sentence is no header
				same = 0
			}
		}
		if same > 0 {
			best, comma, header, rows = len(head), c, head, same
		}
	}
	return comma, header, rows
}

// A csvTape keeps the bytes of the record that is being read.
type csvTape struct {
	r      io.Reader
	kept   []byte
	offset int64 // of kept[0] in the file
	limit  int
}

var errLongRecord = errors.New("the record is too long")

func (t *csvTape) Read(p []byte) (int, error) {
	if len(t.kept) > t.limit {
		return 0, errLongRecord
	}
	n, err := t.r.Read(p)
	t.kept = append(t.kept, p[:n]...)
	return n, err
}

// upTo gives the bytes up to an offset of the file and forgets them.
func (t *csvTape) upTo(offset int64) []byte {
	n := min(max(int(offset-t.offset), 0), len(t.kept))
	raw := t.kept[:n:n]
	t.kept, t.offset = append([]byte(nil), t.kept[n:]...), t.offset+int64(n)
	return raw
}

func readCSV(ctx context.Context, f *File, out *Sink) error {
	limit := f.Options.Limits.orDefault().ItemBytes
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(f.R, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	head = head[:n]
	start := bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	comma, header, _ := csvShape(Sample{Head: start, Whole: n < 64<<10})
	if comma == 0 {
		out.Problem(Problem{
			File: f.Path, Line: 1, Say: "The file has no header line and rows of as many cells.",
			Expected: "a first line with the names of the columns", Hint: "Export the table again as CSV with its header.",
		})
		return nil
	}
	tape := &csvTape{r: io.MultiReader(bytes.NewReader(start), f.R), offset: int64(n - len(start)), limit: limit}
	// The reader has no buffer of its own that would run ahead of the tape by
	// more than a record's worth.
	r := csv.NewReader(tape)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = comma, true, -1, true
	base := tape.offset
	t := &csvReader{f: f, out: out, header: header, roles: csvRoles(header)}
	t.zone, t.certainty = logZone(f.Options)
	first := true
	if t.headless() {
		first = false
		t.roles = roles{"time": 0}
		t.header = make([]string, len(header))
	} else if t.roles.of("time") < 0 {
		out.Problem(Problem{
			File: f.Path, Line: 1, Say: "No column of the table tells a time; its rows are kept without one.",
			Expected: "a column named “time”, “date”, “created” or alike; found: " + shorten(strings.Join(header, ", "), 200),
			Hint:     "Name the column with the time “time” in a copy of the file.",
		})
	}
	ragged := 0
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		row, err := r.Read()
		raw := tape.upTo(base + r.InputOffset())
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := 0, 0
		if err == nil {
			line, _ = r.FieldPos(0)
		}
		switch {
		case errors.Is(err, errLongRecord):
			out.Problem(Problem{
				File: f.Path, Offset: tape.offset, Say: "A row is longer than is read of one; the table was read up to it.",
				Expected: "rows of at most " + strconv.Itoa(limit) + " bytes", Hint: "Look for a quotation mark that is not closed.",
			})
			return nil
		case err != nil:
			var bad *csv.ParseError
			if errors.As(err, &bad) {
				out.Problem(Problem{
					File: f.Path, Line: bad.Line, Say: "This row is not of the form of the table: " + bad.Err.Error() + ".",
					Expected: "cells between " + strconv.QuoteRune(comma), Hint: "Mend the row in a copy of the file.",
				})
				continue
			}
			return err
		}
		if first {
			first = false
			continue
		}
		if len(row) != len(header) {
			ragged++
		}
		if err := t.row(row, raw, line); err != nil {
			return err
		}
	}
	if ragged > 0 {
		out.Problem(Problem{
			File: f.Path, Say: strconv.Itoa(ragged) + " rows have more or fewer cells than the header; what they hold was read.",
			Expected: strconv.Itoa(len(header)) + " cells a row", Hint: "Check these rows in the program that wrote the table.",
		})
	}
	return nil
}

// A csvReader makes rows into evidence.
type csvReader struct {
	f         *File
	out       *Sink
	header    []string
	roles     roles
	zone      *time.Location
	certainty debrief.ZoneCertainty
	near      time.Time
	odd       int
}

// headless reports whether the first line is data already: its first cell is a time.
func (t *csvReader) headless() bool {
	return len(t.header) > 1 && stampMoment(t.header[0], t.f.Options).Known()
}

// row hands over one row.
func (t *csvReader) row(row []string, raw []byte, line int) error {
	whole := true
	for _, c := range row {
		whole = whole && strings.TrimSpace(c) == ""
	}
	if whole {
		t.out.LeaveOut("empty rows", 1)
		return nil
	}
	e := debrief.Evidence{
		Source: "csv", File: t.f.Path, ID: "L" + strconv.Itoa(line), Line: line,
		Digest: digestOf(bytes.TrimRight(raw, "\r\n")), Sort: debrief.Record,
	}
	e.At = t.moment(row, line)
	e.Title = emailLine(t.roles.cell(row, "title"))
	e.Text = joinText("\n", e.Title, t.roles.cell(row, "text"))
	e.Level = t.roles.cell(row, "level")
	e.Where = t.roles.cell(row, "where")
	e.Link = t.roles.cell(row, "link")
	attribute(&e, "status", t.roles.cell(row, "status"))
	attribute(&e, "customer", t.roles.cell(row, "customer"))
	if key := t.roles.cell(row, "id"); key != "" {
		e.Subject = key
		refer(&e, key)
		attribute(&e, "key", key)
	}
	if who := t.roles.cell(row, "author"); who != "" {
		if first := []rune(who)[0]; unicode.IsUpper(first) || strings.Contains(who, "@") || strings.Contains(who, ".") {
			e.Author = addressOnly(debrief.Author{Name: who})
			tellPerson(t.out, e.Author)
		} else {
			attribute(&e, firstOf(t.headOf("author"), "by"), who) // "phone", "mail"
		}
	}
	used := map[int]bool{}
	for _, i := range t.roles {
		used[i] = true
	}
	var rest []string
	for i, c := range row {
		c = strings.TrimSpace(plainText([]byte(c)))
		if used[i] || c == "" {
			continue
		}
		name := ""
		if i < len(t.header) {
			name, _ = csvHead(t.header[i])
		}
		if name == "" {
			rest = append(rest, c)
		} else if e.Text != "" {
			attribute(&e, name, shorten(c, 400))
		} else {
			rest = append(rest, name+": "+c)
		}
	}
	e.Text = joinText("\n", e.Text, strings.Join(rest, "; "))
	refer(&e, refsIn(e.Text)...)
	return t.out.Add(e)
}

func (t *csvReader) headOf(role string) string {
	if i := t.roles.of(role); i >= 0 && i < len(t.header) {
		name, _ := csvHead(t.header[i])
		return name
	}
	return ""
}

// moment reads the time of a row. A date and a time may stand in two columns,
// and a zone in brackets behind the header.
func (t *csvReader) moment(row []string, line int) debrief.Moment {
	i := t.roles.of("time")
	if i < 0 || i >= len(row) {
		return debrief.Moment{}
	}
	text := strings.TrimSpace(plainText([]byte(row[i])))
	zone, certainty := t.zone, t.certainty
	if i < len(t.header) {
		name, bracket := csvHead(t.header[i])
		if loc, ok := when.Zone(bracket); ok && bracket != "" {
			zone, certainty = loc, debrief.ZoneInContext
		}
		if name == "date" || name == "datum" || name == "fecha" {
			for j, h := range t.header {
				if clock, _ := csvHead(h); j != i && j < len(row) && (clock == "time" || clock == "uhrzeit" || clock == "hora" || clock == "heure") {
					text += " " + strings.TrimSpace(plainText([]byte(row[j])))
				}
			}
		}
	}
	if text == "" {
		return debrief.Moment{}
	}
	o := t.f.Options
	o.Zone = zone
	m := stampMoment(text, o)
	if m.Known() && m.Zone == debrief.ZoneDefault {
		m.Zone = certainty
	}
	if !m.Known() {
		for _, found := range when.Find(text, when.Context{Zone: zone, Certainty: certainty, Near: t.near}) {
			if found.Moment.Known() {
				m = stampSane(found.Moment)
				break
			}
		}
	}
	if m.Known() {
		t.near = m.At
		return m
	}
	if t.odd++; t.odd <= 20 {
		t.out.Problem(Problem{
			File: t.f.Path, Line: line, Say: "The time " + quoted(text) + " is not one that can be read; the row is kept without a time.",
			Expected: "a date and time such as 2024-05-02 14:02", Hint: "Write the column with year, month and day in a copy of the file.",
		})
	}
	return debrief.Moment{}
}

package evidence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"debrief.dev/debrief"
)

// A jsonTree is a JSON value with its exact bytes, opened one level at a time
// and only where somebody looks. Tools disagree with their own documentation
// about types and presence, so every question to it has a lenient answer: a
// missing field, a null and a nil tree are one and the same, and a number may
// stand where a string was promised.
type jsonTree struct {
	raw    []byte // the exact bytes of the value
	line   int    // 1-based line of the file on which it begins, 0 if unknown
	offset int64  // of its first byte in the file

	depth   int // how many values it lies in
	opened  bool
	names   []string // of an object's members, in order
	members map[string]*jsonTree
	items   []*jsonTree // of an array
}

// jsonTreeDepth is how deep a tree opens. Every level is looked over anew, so
// this bounds the work; no tool nests what matters half as deep.
const jsonTreeDepth = 64

// jsonTreeOptions accept what tools write: repeated names and broken UTF-8.
var jsonTreeOptions = []jsontext.Options{
	jsontext.AllowDuplicateNames(true),
	jsontext.AllowInvalidUTF8(true),
}

// open splits an object or array into its parts.
func (t *jsonTree) open() {
	if t == nil || t.opened {
		return
	}
	t.opened = true
	kind := t.kind()
	if kind != '{' && kind != '[' || t.depth >= jsonTreeDepth {
		return
	}
	dec := jsontext.NewDecoder(bytes.NewBuffer(t.raw), jsonTreeOptions...)
	if _, err := dec.ReadToken(); err != nil {
		return
	}
	line, counted := t.line, 0
	for {
		if k := dec.PeekKind(); k == '}' || k == ']' || k == jsontext.KindInvalid {
			return
		}
		name := ""
		if kind == '{' {
			tok, err := dec.ReadToken()
			if err != nil {
				return
			}
			name = tok.String()
		}
		value, err := dec.ReadValue()
		if err != nil {
			return
		}
		end := int(dec.InputOffset())
		begin := end - len(value)
		if line > 0 {
			line += bytes.Count(t.raw[counted:begin], []byte{'\n'})
			counted = begin
		}
		part := &jsonTree{raw: t.raw[begin:end], line: line, offset: t.offset + int64(begin), depth: t.depth + 1}
		if kind == '[' {
			t.items = append(t.items, part)
			continue
		}
		if t.members == nil {
			t.members = make(map[string]*jsonTree)
		}
		if t.members[name] == nil {
			t.names = append(t.names, name)
		}
		t.members[name] = part
	}
}

// kind is the first byte of the value: '{', '[', '"', 't', 'f', 'n', a digit
// or '-'; 0 for a nil tree.
func (t *jsonTree) kind() byte {
	if t == nil || len(t.raw) == 0 {
		return 0
	}
	return t.raw[0]
}

// at follows a dotted path of member names. Nil if there is nothing, or null.
func (t *jsonTree) at(path string) *jsonTree {
	for path != "" && t != nil {
		name, rest, _ := strings.Cut(path, ".")
		t.open()
		t, path = t.members[name], rest
	}
	if t.kind() == 'n' || t.kind() == 0 {
		return nil
	}
	return t
}

// member gives the member of exactly that name, dots and all.
func (t *jsonTree) member(name string) *jsonTree {
	if t == nil {
		return nil
	}
	t.open()
	return t.members[name].at("")
}

// has reports whether there is a value other than null at every path.
func (t *jsonTree) has(paths ...string) bool {
	for _, p := range paths {
		if t.at(p) == nil {
			return false
		}
	}
	return true
}

// knows reports whether the object names every one of the members, null or not.
func (t *jsonTree) knows(names ...string) bool {
	if t == nil {
		return false
	}
	t.open()
	for _, n := range names {
		if t.members[n] == nil {
			return false
		}
	}
	return true
}

// own is the value as text: a string unquoted, a number as written, a boolean
// as its word; empty for objects, arrays and null.
func (t *jsonTree) own() string {
	switch k := t.kind(); {
	case k == '"':
		if plain := t.raw[1 : len(t.raw)-1]; bytes.IndexByte(plain, '\\') < 0 { // nearly always, and many
			return strings.ToValidUTF8(string(plain), "\uFFFD")
		}
		var s string
		if json.Unmarshal(t.raw, &s) != nil {
			b, err := jsontext.AppendUnquote(nil, t.raw)
			if err != nil && b == nil {
				return ""
			}
			s = string(b)
		}
		return strings.ToValidUTF8(s, "\uFFFD")
	case k == 't', k == 'f', k == '-', k >= '0' && k <= '9':
		return string(t.raw)
	}
	return ""
}

// text is the text at the first of the paths that has any, without white space
// around it.
func (t *jsonTree) text(paths ...string) string {
	for _, p := range paths {
		if s := strings.TrimSpace(t.at(p).own()); s != "" {
			return s
		}
	}
	return ""
}

// truth reports whether the value at the path is true, or a word for it.
func (t *jsonTree) truth(path string) bool {
	b, err := strconv.ParseBool(strings.ToLower(t.text(path)))
	return err == nil && b
}

// list gives the elements of the array at the path; a single object counts as
// a list of itself.
func (t *jsonTree) list(path string) []*jsonTree {
	v := t.at(path)
	v.open()
	switch v.kind() {
	case '[':
		return v.items
	case '{':
		return []*jsonTree{v}
	}
	return nil
}

// fields gives the names of the object's members in the order of the file.
func (t *jsonTree) fields() []string {
	if t == nil {
		return nil
	}
	t.open()
	return t.names
}

// words gives the texts in the array at the path; of objects, their name.
func (t *jsonTree) words(path string) []string {
	var out []string
	for _, v := range t.list(path) {
		if s := firstOf(strings.TrimSpace(v.own()), v.text("name", "summary", "title")); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// inner reads JSON that stands inside a string, as some forwarders write the
// body of a webhook; any other value is given as it is.
func (t *jsonTree) inner(path string) *jsonTree {
	v := t.at(path)
	if v.kind() != '"' {
		return v
	}
	s := strings.TrimSpace(v.own())
	if !strings.HasPrefix(s, "{") && !strings.HasPrefix(s, "[") {
		return nil
	}
	return &jsonTree{raw: []byte(s), line: v.line, offset: v.offset, depth: v.depth}
}

// evidence begins a piece of evidence that stands at t in f.
func (t *jsonTree) evidence(source string, f *File) debrief.Evidence {
	sum := sha256.Sum256(t.raw)
	return debrief.Evidence{
		Source: source, File: f.Path, Line: t.line, Digest: hex.EncodeToString(sum[:]),
	}
}

// moment is the time at the first of the paths that holds one. If none holds
// one it is the zero moment, and odd is the text that could not be read, if any.
func (t *jsonTree) moment(o Options, paths ...string) (m debrief.Moment, odd string) {
	for _, p := range paths {
		s := t.text(p)
		if s == "" {
			continue
		}
		if m = stampMoment(s, o); m.Known() {
			return m, ""
		}
		if !stampUnset(s) && odd == "" {
			odd = s
		}
	}
	return debrief.Moment{}, odd
}

// stampLayouts are the ways in which tools write a time, the usual ones first.
var stampLayouts = []struct {
	layout string
	zoned  bool
	step   debrief.Precision
}{
	{time.RFC3339Nano, true, debrief.Exact},
	{"2006-01-02T15:04:05.999999999Z0700", true, debrief.Exact},
	{"2006-01-02 15:04:05.999999999 Z0700", true, debrief.Exact},
	{"2006-01-02 15:04:05.999999999 Z07:00", true, debrief.Exact},
	{"2006-01-02 15:04:05.999999999Z07:00", true, debrief.Exact},
	{"2006-01-02 15:04:05.999999999Z0700", true, debrief.Exact},
	{"2006-01-02 15:04:05.999999999 UTC", true, debrief.Exact},
	{"2006-01-02 15:04:05.999999999 -0700 MST", true, debrief.Exact},
	{"2006-01-02T15:04Z07:00", true, debrief.ToMinute},
	{"2006-01-02 15:04 UTC", true, debrief.ToMinute},
	{"2006-01-02 15:04 Z0700", true, debrief.ToMinute},
	{time.RFC1123Z, true, debrief.Exact},
	{"Mon, 02 Jan 2006 15:04:05 GMT", true, debrief.Exact},
	{"Mon, 02 Jan 2006 15:04:05 UTC", true, debrief.Exact},
	{"2006-01-02T15:04:05.999999999", false, debrief.Exact},
	{"2006-01-02 15:04:05.999999999", false, debrief.Exact},
	{"2006-01-02T15:04", false, debrief.ToMinute},
	{"2006-01-02 15:04", false, debrief.ToMinute},
	{"2006-01-02", false, debrief.ToDay},
}

// stampUnset reports whether a time says only that there is none: tools write
// the first moment of the calendar or of the epoch for it.
func stampUnset(s string) bool {
	return s == "0" || s == "-1" || strings.HasPrefix(s, "0001-01-01") || strings.HasPrefix(s, "1970-01-01T00:00:00")
}

// stampMoment reads a time that a machine wrote: one of the usual layouts, or
// a number of seconds, milliseconds, microseconds or nanoseconds since 1970,
// told apart by size. A time without a zone is taken in the zone of o, or in
// UTC and marked as assumed. What lies outside the years 1980 to 2200 is not a
// time of any incident and gives the zero moment.
func stampMoment(s string, o Options) debrief.Moment {
	s = strings.TrimSpace(s)
	if s == "" || stampUnset(s) || len(s) > 64 {
		return debrief.Moment{}
	}
	if at, ok := stampEpoch(s); ok {
		return stampSane(debrief.Moment{At: at})
	}
	if at, zoned, ok := stampISO(s, o); ok {
		m := debrief.Moment{At: at}
		if !zoned {
			_, m.Zone = logZone(o)
			m.Written = s
		}
		return stampSane(m)
	}
	for _, l := range stampLayouts {
		if l.zoned {
			if at, err := time.Parse(l.layout, s); err == nil {
				return stampSane(debrief.Moment{At: at.UTC(), Precision: l.step})
			}
			continue
		}
		zone, certainty := logZone(o)
		if at, err := time.ParseInLocation(l.layout, s, zone); err == nil {
			return stampSane(debrief.Moment{At: at.UTC(), Precision: l.step, Zone: certainty, Written: s})
		}
	}
	return debrief.Moment{}
}

// stampISO reads the form that nearly all machines write, without trying the
// layouts one by one: "2006-01-02T15:04:05", with a space for the T, a fraction
// and a zone as an offset, Z or UTC. A time without a zone is in that of o.
func stampISO(s string, o Options) (at time.Time, zoned, ok bool) {
	if len(s) < 19 || s[4] != '-' || s[7] != '-' || s[10] != 'T' && s[10] != ' ' {
		return at, false, false
	}
	year, _, y := cutNumber(s[:4])
	month, after, m := cutNumber(s[5:7])
	day, rest, d := cutNumber(s[8:10])
	hour, minute, second, nano, tail, c := cutClock(s[11:])
	if !y || !m || !d || !c || year < 1000 || month < 1 || month > 12 || after+rest != "" || second > 59 {
		return at, false, false
	}
	zone := time.UTC
	switch tail = strings.TrimPrefix(tail, " "); {
	case tail == "":
		zone, _ = logZone(o)
	case tail == "Z" || tail == "UTC":
		zoned = true
	case tail[0] == '+' || tail[0] == '-':
		digits := strings.Replace(tail[1:], ":", "", 1)
		n, left, is := cutNumber(digits)
		if !is || left != "" || len(digits) != 4 || n/100 > 23 || n%100 > 59 {
			return at, false, false
		}
		offset := n/100*3600 + n%100*60
		if tail[0] == '-' {
			offset = -offset
		}
		zoned, second = true, second-offset
	default:
		return at, false, false
	}
	if day < 1 || day > time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day() {
		return at, false, false
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, nano, zone).UTC(), zoned, true
}

// stampEpoch reads a number since 1970.
func stampEpoch(s string) (time.Time, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n <= 0 {
		if f, ferr := strconv.ParseFloat(s, 64); ferr == nil && f > 1e8 && f < math.MaxInt64/2 && strings.ContainsAny(s, "eE") {
			n, fraction = int64(f), ""
		} else {
			return time.Time{}, false
		}
	}
	switch {
	case n < 1e8: // too small to be any of them
		return time.Time{}, false
	case n < 1e11:
		part, err := strconv.ParseFloat("0."+fraction+"0", 64)
		if err != nil {
			part = 0
		}
		return time.Unix(n, int64(part*1e9)).UTC().Round(time.Microsecond), true
	case n < 1e14:
		return time.UnixMilli(n).UTC(), true
	case n < 1e17:
		return time.UnixMicro(n).UTC(), true
	}
	return time.Unix(0, n).UTC(), true
}

// stampSane turns absurd times into none.
func stampSane(m debrief.Moment) debrief.Moment {
	if y := m.At.Year(); y < 1980 || y > 2200 {
		return debrief.Moment{}
	}
	return m
}

// stampProblem tells of a time that could not be read.
func stampProblem(t *jsonTree, f *File, out *Sink, odd string) {
	if odd == "" {
		return
	}
	if len(odd) > 40 {
		odd = strings.ToValidUTF8(odd[:40], "") + "…"
	}
	out.Problem(Problem{
		File: f.Path, Line: t.line, Offset: t.offset,
		Say:      "The time " + strconv.Quote(odd) + " is not one that can be read; the record is kept without a time.",
		Expected: "a date and time such as 2024-05-02T14:02:00Z, or seconds since 1970",
		Hint:     "Correct the time in a copy of the file, or leave the record without one.",
	})
}

// firstOf gives the first of the texts that is not empty.
func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// joinText joins what is not empty, and drops what an earlier part says already.
func joinText(sep string, parts ...string) string {
	var kept []string
	for _, p := range parts {
		p = strings.TrimSpace(p)
		said := p == ""
		for _, k := range kept {
			said = said || strings.Contains(k, p)
		}
		if !said {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, sep)
}

// attribute sets a fact if it has a value.
func attribute(e *debrief.Evidence, name, value string) {
	value = strings.TrimSpace(value)
	if value == "" {
		return
	}
	if e.Attributes == nil {
		e.Attributes = make(map[string]string)
	}
	e.Attributes[name] = value
}

// refer adds ids of other things, each once. A bare number of few digits names
// nothing outside its own tool and is left out.
func refer(e *debrief.Evidence, refs ...string) {
	for _, r := range refs {
		r = strings.TrimSpace(r)
		known := len(r) < 4 && strings.Trim(r, "0123456789") == ""
		for _, k := range e.Refs {
			known = known || k == r
		}
		if !known {
			e.Refs = append(e.Refs, r)
		}
	}
}

// referCommit adds a commit by its id and by its usual short form.
func referCommit(e *debrief.Evidence, sha string) {
	refer(e, sha, shortCommit(sha))
}

// shortCommit is the usual short form of a commit's id.
func shortCommit(sha string) string {
	if len(sha) > 7 {
		return strings.ToValidUTF8(sha[:7], "")
	}
	return sha
}

// tellPerson passes on a person that an author field names.
func tellPerson(out *Sink, a debrief.Author) {
	if a == (debrief.Author{}) || a == (debrief.Author{Bot: true}) {
		return
	}
	p := debrief.Person{Bot: a.Bot}
	add := func(list *[]string, s string) {
		if s != "" {
			*list = append(*list, s)
		}
	}
	add(&p.IDs, a.ID)
	add(&p.Names, a.Name)
	add(&p.Handles, a.Handle)
	add(&p.Emails, a.Email)
	out.Person(p)
}

// addressOnly moves an address that stands where a name or handle should into
// the field for addresses.
func addressOnly(a debrief.Author) debrief.Author {
	for _, s := range []*string{&a.Name, &a.Handle} {
		if strings.Contains(*s, "@") && !strings.ContainsAny(*s, " \t") && !strings.HasPrefix(*s, "@") {
			if a.Email == "" {
				a.Email = *s
			}
			*s = ""
		}
	}
	a.Handle = strings.TrimPrefix(a.Handle, "@")
	switch box, _, _ := strings.Cut(strings.ToLower(a.Email), "@"); box {
	case "noreply", "no-reply", "donotreply", "do-not-reply":
		a.Bot = true // nobody reads that box: a program sends from it
	}
	return a
}

// jsonWhole is how many times Limits.ItemBytes a value may have that is not an
// element of an array: many exports are one object with all records inside.
const jsonWhole = 16

// jsonBroken is after how many broken places a file is given up: each costs a
// new start, and a file with so many is no JSON.
const jsonBroken = 1000

// readTrees gives every record of a JSON file to each: the elements of an
// array, the values of JSON lines, or the one object that the file is. Arrays
// of arrays are taken apart. One value is in memory at a time. What is not JSON
// becomes a Problem and reading goes on at the next line that begins a value.
func readTrees(ctx context.Context, f *File, out *Sink, each func(*jsonTree) error) error {
	limits := f.Options.Limits.orDefault()
	r := &treeReader{r: f.R, line: 1, dec: jsontext.NewDecoder(bytes.NewBuffer(nil), jsonTreeOptions...)}
	arrays, broken := 0, 0
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		c, err := r.next()
		if err != nil || c == 0 {
			return err
		}
		if c == ',' && arrays > 0 {
			r.skip(1)
			continue
		}
		if c == ']' && arrays > 0 {
			arrays--
			r.skip(1)
			continue
		}
		if c == '[' && arrays < jsonTreeDepth {
			arrays++
			r.skip(1)
			continue
		}
		limit := limits.ItemBytes
		if arrays == 0 {
			limit *= jsonWhole
		}
		line, offset := r.line, r.offset
		raw, say, err := r.value(limit)
		if err != nil {
			return err
		}
		if say == "" {
			if err := eachTree(&jsonTree{raw: raw, line: line, offset: offset}, each); err != nil {
				return err
			}
			continue
		}
		p := Problem{
			File: f.Path, Line: line, Offset: offset, Say: say,
			Expected: "one JSON value a line, or one array, of values up to " + strconv.Itoa(limit) + " bytes",
			Hint:     "Export the file again, or remove the line in a copy.",
		}
		if broken++; broken == jsonBroken {
			p.Say += " So many places are broken that the rest of the file was not read."
		}
		out.Problem(p)
		if broken == jsonBroken {
			return nil
		}
		if err := r.resync(); err != nil {
			return err
		}
	}
}

// A treeReader looks at a stream of JSON values through a window.
type treeReader struct {
	r      io.Reader
	window []byte
	ended  bool
	line   int   // of the first byte of the window
	offset int64 // of it
	dec    *jsontext.Decoder
}

// more makes the window at least one byte longer, or sets ended.
func (r *treeReader) more() error {
	if len(r.window) == cap(r.window) {
		grown := make([]byte, len(r.window), max(64<<10, 2*len(r.window)))
		copy(grown, r.window)
		r.window = grown
	}
	n, err := io.ReadAtLeast(r.r, r.window[len(r.window):cap(r.window)], 1)
	r.window = r.window[:len(r.window)+n]
	if errors.Is(err, io.EOF) {
		r.ended, err = true, nil
	}
	return err
}

// skip moves the window on.
func (r *treeReader) skip(n int) {
	r.line += bytes.Count(r.window[:n], []byte{'\n'})
	r.offset += int64(n)
	r.window = r.window[n:]
}

// next moves on to the next byte that is neither white space nor the mark of a
// text sequence (RFC 7464); 0 at the end.
func (r *treeReader) next() (byte, error) {
	for {
		rest := bytes.TrimLeft(r.window, " \t\r\n\x1e")
		r.skip(len(r.window) - len(rest))
		if len(rest) > 0 {
			return rest[0], nil
		}
		if r.ended {
			return 0, nil
		}
		if err := r.more(); err != nil {
			return 0, err
		}
	}
}

// value takes the next value, a copy of its bytes, and moves behind it. If
// there is none, say tells what is there instead, and the window stays.
func (r *treeReader) value(limit int) (raw []byte, say string, err error) {
	for {
		r.dec.Reset(bytes.NewBuffer(r.window[:len(r.window):len(r.window)]), jsonTreeOptions...)
		v, err := r.dec.ReadValue()
		end := int(r.dec.InputOffset())
		// A number may go on behind the window.
		if err == nil && (r.ended || end < len(r.window) || v[0] == '{' || v[0] == '"') {
			if len(v) > limit {
				return nil, "The value has " + strconv.Itoa(len(v)) + " bytes, more than is read of one.", nil
			}
			raw = bytes.Clone(r.window[end-len(v) : end])
			r.skip(end)
			return raw, "", nil
		}
		if err != nil && (r.ended || !errors.Is(err, io.ErrUnexpectedEOF)) {
			return nil, "This line is not complete JSON.", nil
		}
		if len(r.window) > limit {
			return nil, "The value has more than " + strconv.Itoa(limit) + " bytes, more than is read of one.", nil
		}
		// Looking again is cheap only if there is much that is new.
		for want := 2 * len(r.window); len(r.window) < want && !r.ended; {
			if err := r.more(); err != nil {
				return nil, "", err
			}
		}
	}
}

// resync moves to the next line that begins an object or array.
func (r *treeReader) resync() error {
	for {
		if end := bytes.IndexByte(r.window, '\n'); end >= 0 {
			r.skip(end + 1)
			c, err := r.next()
			if err != nil || c == 0 || c == '{' || c == '[' {
				return err
			}
			continue
		}
		r.skip(len(r.window))
		if r.ended {
			return nil
		}
		r.window = nil
		if err := r.more(); err != nil {
			return err
		}
	}
}

// eachTree takes arrays apart.
func eachTree(t *jsonTree, each func(*jsonTree) error) error {
	if t.kind() != '[' {
		return each(t)
	}
	for _, v := range t.list("") {
		if err := eachTree(v, each); err != nil {
			return err
		}
	}
	return nil
}

// headNames reports whether the sample holds every one of the names as a JSON
// name somewhere. It finds what lies deeper than Sample.Keys.
func headNames(s Sample, names ...string) bool {
	for _, n := range names {
		if !bytes.Contains(s.Head, []byte(`"`+n+`"`)) {
			return false
		}
	}
	return true
}

package evidence

import (
	"bufio"
	"bytes"
	"context"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/when"
)

// Notes are what somebody typed: a line or bullet for each thing that happened,
// most with a time, the day and the zone said once at the top or not at all.
//
// Times stand on the day that the text names last, in front matter, a heading or
// a line; else on the day in the file's name; else on Options.From. Where none of
// these tells the day, a piece has no time, and these attributes keep what is
// written, so that the timeline can put it on the day of the incident:
//
//	clock           "14:45" or "14:45:10", by the clock on the wall in zone
//	date            "--04-09": month and day, the year is not known; also beside a
//	                time whose year was found only by its weekday
//	day             "tuesday", "yesterday", "+1" (a night was crossed since the first line)
//	offset          "12m0s": counted from a start that is not known
//	precision       as in Moment.Precision ("about")
//	zone            an IANA name or an offset ("Europe/London", "+02:00")
//	zone_certainty  as in Moment.Zone ("context")
var notesSource = Source{
	Name:  "notes",
	Title: "Notes",
	About: "Somebody's notes as plain text or Markdown, one line or bullet for each thing, and chat that was copied and pasted. " +
		"Any text that no other source knows is read as notes.",
	Recognise: func(s Sample) Confidence {
		head := bytes.TrimSpace(s.Head)
		if s.Shape != NotJSON || len(head) == 0 || bytes.IndexByte(head, 0) >= 0 {
			return No
		}
		lower := bytes.ToLower(head[:min(len(head), 64)])
		for _, mark := range []string{"<?xml", "<!doctype", "<html", "%pdf", "{\\rtf"} {
			if bytes.HasPrefix(lower, []byte(mark)) {
				return No
			}
		}
		odd, broken := 0, 0
		for i := 0; i < len(head); {
			r, size := utf8.DecodeRune(head[i:])
			if r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != 0x1b {
				odd++
			}
			if r == utf8.RuneError && size == 1 && utf8.FullRune(head[i:]) {
				broken++ // an older encoding, or damage
			}
			i += size
		}
		if odd*20 > len(head) || broken*3 > len(head) {
			return No
		}
		return Fallback
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		buffered := bufio.NewReaderSize(f.R, SampleSize)
		head, _ := buffered.Peek(SampleSize) // an error shows again when the lines are read
		in := *f
		in.R = buffered
		r := newNotesReader(&in, out, string(head))
		if err := readLines(ctx, &in, out, r.line); err != nil {
			return err
		}
		return r.flush()
	},
}

// notesLook is how much of a line is searched for times; a longer line is no note.
const notesLook = 2000

// notesFlight is the day on which clocks run while the real day is not known.
var notesFlight = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)

var (
	notesBullet  = regexp.MustCompile(`^(\s*)(?:[-*+•‣◦–—]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?`)
	notesOrdinal = regexp.MustCompile(`^\s*\d{1,3}[.)]\s`)
	notesHeading = regexp.MustCompile(`^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$`)
	notesRuled   = regexp.MustCompile(`^\s*(?:[-=*_~+|:\s]{3,})$`)
	notesFence   = regexp.MustCompile("^\\s*(```|~~~)")
	notesField   = regexp.MustCompile(`^\s*([\pL_ -]{2,20})\s*:\s*(.+?)\s*$`)
	notesStruck  = regexp.MustCompile(`~~([^~\n]+)~~`)
	notesLead    = regexp.MustCompile(`(?i)^[\s\[({<"'*_~≈` + "`" + `>|@]*(?:(?:at|around|about|approx\.?|approximately|roughly|circa|ca\.?|~)\s*)?[\s\[({<"'*_~≈]*$`)
	notesWas     = regexp.MustCompile(`(?i)\b(?:was|not|instead of|originally|formerly|previously)\s*:?\s*[~"'(\[]*\s*$`)
	notesAfter   = regexp.MustCompile(`^[\s\])}>"'*_|]*(?:(?:[-–—:|,;]|->|→)\s*)?[*_|"']*\s*`)
	notesMeeting = regexp.MustCompile(`(?i)\b(?:minutes|meeting|steering|stand-?up|retro(?:spective)?|review|workshop|sync|check-?in|board)\b`)
	notesSpeaker = regexp.MustCompile(`^(?:<\s*[@+%&~]?([^<>:\n]{1,40})>\s*:?|@?(\pL[\pL\pN._'’-]{0,24}(?: \pL[\pL\pN._'’-]{0,24}){0,2})\s*:)\s+(\S.*)$`)
	notesAhead   = regexp.MustCompile(`^\s*@?(\pL[\pL\pN._'’-]{0,24}(?: \pL[\pL\pN._'’-]{0,24}){0,2})\s*[\[(]?\s*$`)
)

// notesLabels are words that stand before a colon and are nobody's name.
var notesLabels = map[string]bool{
	"update": true, "decision": true, "status": true, "note": true, "notes": true, "action": true, "actions": true, "todo": true,
	"impact": true, "cause": true, "root cause": true, "question": true, "questions": true, "answer": true, "start": true, "end": true,
	"detection": true, "detected": true, "mitigation": true, "mitigated": true, "resolution": true, "resolved": true, "summary": true,
	"timeline": true, "alert": true, "page": true, "deploy": true, "rollback": true, "error": true, "warning": true, "info": true,
	"fix": true, "fixed": true, "trigger": true, "theory": true, "hypothesis": true, "next": true, "next steps": true, "followup": true,
	"time": true, "date": true, "zone": true, "timezone": true, "http": true, "https": true, "correction": true, "edit": true,
}

type notesReader struct {
	f   *File
	out *Sink

	zone      *time.Location
	certainty debrief.ZoneCertainty
	day       time.Time // the day meant now; zero if not known
	near      time.Time // the time of the line before
	flight    time.Time // the same on notesFlight, while the day is not known
	start     time.Time
	meeting   debrief.Moment // of which these are the minutes; lines without a time at their head stand there
	lastDate  time.Time      // the date written last, while the year is not known
	lastWord  string         // its weekday, if written
	chat      bool           // this is a pasted conversation
	year      int            // in which the dates without one fall on the weekdays beside them; 0 if not known

	front   bool // inside front matter
	fence   bool // inside a block of code
	section string

	held    *debrief.Evidence // the line that may go on
	raw     []byte            // its bytes
	words   []string          // its lines as written
	indent  int
	bullet  bool
	quoted  bool
	lead    string // of a table: a row that may be its heading
	parents []notesParent
}

// A notesParent is a bullet under which others stand.
type notesParent struct {
	indent int
	id     string
}

func newNotesReader(f *File, out *Sink, head string) *notesReader {
	r := &notesReader{f: f, out: out, flight: time.Time{}}
	r.zone, r.certainty = time.UTC, debrief.ZoneAssumed
	if f.Options.Zone != nil {
		r.zone, r.certainty = f.Options.Zone, debrief.ZoneDefault
	}
	r.start = f.Options.Anchor
	if d, ok := notesNameDay(f.Path); ok {
		r.day = d
	} else if !f.Options.From.IsZero() {
		r.day = f.Options.From.In(r.zone)
	}
	r.chat = notesIsChat(head)
	if r.year = notesPathYear(f.Path); r.year == 0 {
		r.year = notesYear(head, f.Options.Now)
	}
	return r
}

// notesNameDay finds the one date in a file's name or the folders above it.
func notesNameDay(name string) (time.Time, bool) {
	for range 4 {
		base := path.Base(name)
		text := strings.Map(func(c rune) rune {
			if c == '_' || c == '.' || unicode.IsSpace(c) {
				return ' '
			}
			return c
		}, strings.TrimSuffix(base, path.Ext(base)))
		if m := notesCompact.FindStringSubmatch(text); m != nil {
			text = m[1] + "-" + m[2] + "-" + m[3]
		}
		for _, part := range append([]string{text}, notesISO.FindString(text)) {
			for _, found := range when.Find(part, when.Context{}) {
				if len(found.Date) == len(time.DateOnly) && found.Moment.Precision != debrief.ToWeek {
					d, err := time.Parse(time.DateOnly, found.Date)
					return d, err == nil
				}
			}
		}
		if name = path.Dir(name); name == "." || name == "/" {
			break
		}
	}
	return time.Time{}, false
}

var (
	notesYearPart = regexp.MustCompile(`(?:^|[\D])(20\d\d|19[89]\d)(?:\D|$)`)
	notesISO      = regexp.MustCompile(`(?:19|20)\d\d-\d\d-\d\d`)
	notesCompact  = regexp.MustCompile(`(?:^|\D)((?:19|20)\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])(?:\D|$)`)
)

// notesPathYear is the year in a file's path ("incidents/2024/notes.md"), or 0.
func notesPathYear(name string) int {
	year := 0
	for _, m := range notesYearPart.FindAllStringSubmatch(name, -1) {
		year, _ = strconv.Atoi(m[1])
	}
	return year
}

// notesYear is the last year up to now in which every date that stands beside
// a weekday ("fri 7.6.") falls on it, or 0 if there are none or none fits.
func notesYear(head string, now time.Time) int {
	type pair struct {
		month, day int
		weekday    string
	}
	var pairs []pair
	for line := range strings.Lines(head) {
		if len(line) > notesLook || !strings.ContainsAny(line, "0123456789") {
			continue
		}
		for _, f := range when.Find(line, when.Context{}) {
			if d, err := time.Parse("--01-02", f.Date); err == nil && strings.HasSuffix(f.DayWord, "day") {
				pairs = append(pairs, pair{int(d.Month()), d.Day(), f.DayWord})
			}
		}
	}
	for y := now.Year(); len(pairs) > 0 && !now.IsZero() && y > now.Year()-11; y-- {
		fits := true
		for _, p := range pairs {
			d := time.Date(y, time.Month(p.month), p.day, 0, 0, 0, 0, time.UTC)
			fits = fits && !d.After(now) && strings.EqualFold(d.Weekday().String(), p.weekday)
		}
		if fits {
			return y
		}
	}
	return 0
}

// notesIsChat reports whether most lines with a time have a name after it, and
// a name comes again, or stands in "<>" as in a log of a chat room.
func notesIsChat(head string) bool {
	timed, named, again := 0, 0, false
	seen := make(map[string]bool)
	for line := range strings.Lines(head) {
		line = strings.TrimRight(line, "\r\n")
		found := notesFirst(line, when.Context{})
		if found == nil || !found.HasClock {
			continue
		}
		timed++
		if name, _, ok := notesSpoken(line, *found); ok {
			named++
			again = again || seen[name] || strings.Contains(line, "<"+name+">")
			seen[name] = true
		}
	}
	return again && named*10 >= timed*7
}

// notesFirst is the first time of a line that it does not take back itself:
// "14:02 (was 13:58)", "~~13:58~~ 14:02".
func notesFirst(line string, c when.Context) *when.Found {
	if len(line) > notesLook {
		line = strings.ToValidUTF8(line[:notesLook], "")
	}
	line = notesStruck.ReplaceAllStringFunc(line, func(s string) string { return strings.Repeat(" ", len(s)) })
	if !strings.ContainsAny(line, "0123456789") && !notesWorded(line) {
		return nil
	}
	found := when.Find(line, c)
	for i := range found {
		if !notesWas.MatchString(line[:found[i].Start]) {
			return &found[i]
		}
	}
	return nil
}

// notesWorded is whether a line without a digit can hold a time.
func notesWorded(line string) bool {
	lower := strings.ToLower(line)
	for _, w := range []string{"noon", "midday", "midnight", "past ", "quarter", " to ", "clock"} {
		if strings.Contains(lower, w) {
			return true
		}
	}
	return false
}

// notesSpoken takes "14:02 anna: text", "[14:02] <anna> text" and
// "anna [14:02]: text" apart.
func notesSpoken(line string, f when.Found) (name, text string, ok bool) {
	before, after := line[:f.Start], line[f.End:]
	if notesLead.MatchString(before) {
		after = after[len(notesChatGap.FindString(after)):]
		m := notesSpeaker.FindStringSubmatch(after)
		if m == nil {
			return "", "", false
		}
		name, text = firstOf(m[1], m[2]), m[3]
	} else if m := notesAhead.FindStringSubmatch(before); m != nil {
		rest := strings.TrimLeft(after, " \t")
		rest = strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(rest, "]"), ")"), " \t")
		if !strings.HasPrefix(rest, ":") {
			return "", "", false
		}
		name, text = m[1], strings.TrimSpace(rest[1:])
	}
	name = strings.TrimSpace(name)
	if name == "" || text == "" || notesLabels[strings.ToLower(name)] {
		return "", "", false
	}
	return name, text, true
}

var notesChatGap = regexp.MustCompile(`^[\s\])}|*_,–—-]*`)

func (r *notesReader) leave(reason string) {
	r.out.LeaveOut(reason, 1)
}

// line takes the next line of the file.
func (r *notesReader) line(l textLine) error {
	text := strings.TrimRight(l.Text, " \t\r")
	bare := strings.TrimSpace(text)
	switch {
	case l.N == 1 && bare == "---":
		r.front = true
		r.leave("lines of front matter")
		return nil
	case r.front:
		r.front = bare != "---" && bare != "..."
		r.fact(bare)
		r.leave("lines of front matter")
		return nil
	case notesFence.MatchString(text):
		r.fence = !r.fence
		r.leave("lines that only draw")
		return r.flush()
	case bare == "":
		if r.held != nil && !r.bullet {
			return r.flush()
		}
		r.quoted = true // the next line goes on only if it is indented
		return nil
	case r.fence:
		if err := r.flush(); err != nil {
			return err
		}
		return r.begin(l, bare, 0, false)
	case notesRuled.MatchString(text):
		if r.lead != "" || strings.Contains(bare, "|") {
			r.header()
		}
		r.leave("lines that only draw")
		if r.held != nil && len(r.words) == 1 && !r.bullet && (strings.Trim(bare, "=") == "" || strings.Trim(bare, "-") == "") {
			r.heading(r.held.Text, nil)
		}
		return r.flush()
	}
	if m := notesHeading.FindStringSubmatch(text); m != nil {
		if err := r.flush(); err != nil {
			return err
		}
		r.parents = nil
		return r.heading(m[1], &l)
	}
	indent := notesIndent(text)
	mark := notesBullet.FindString(text)
	if mark != "" && notesOrdinal.MatchString(text) && r.leads(text) {
		mark = "" // "9. apr", "14. 6. launch": a date and no number of a list
	}
	switch {
	case mark != "":
		if err := r.flush(); err != nil {
			return err
		}
		return r.begin(l, text[len(mark):], indent, true)
	case r.goesOn(text, indent):
		r.raw = append(append(r.raw, '\n'), l.Raw...)
		r.words = append(r.words, bare)
		return nil
	}
	if err := r.flush(); err != nil {
		return err
	}
	return r.begin(l, bare, indent, false)
}

// goesOn reports whether a line continues the one held.
func (r *notesReader) goesOn(text string, indent int) bool {
	if r.held == nil || r.fence || len(r.raw) > 64<<10 {
		return false
	}
	bare := strings.TrimSpace(text)
	if r.lead != "" || strings.HasPrefix(bare, "|") || r.leads(bare) {
		return false
	}
	if indent > r.indent {
		return true
	}
	if r.quoted { // a blank line lies between
		return false
	}
	last := r.words[len(r.words)-1]
	first, _ := utf8.DecodeRuneInString(bare)
	end, _ := utf8.DecodeLastRuneInString(last)
	return utf8.RuneCountInString(last) >= 60 && unicode.IsLower(first) && !strings.ContainsRune(".!?:", end)
}

// leads reports whether a line begins with a time.
func (r *notesReader) leads(line string) bool {
	f := notesFirst(line, when.Context{Day: r.day, Zone: r.zone, Near: r.near})
	return f != nil && notesLead.MatchString(line[:f.Start])
}

func notesIndent(text string) (n int) {
	for _, c := range text {
		switch c {
		case ' ':
			n++
		case '\t':
			n += 4
		default:
			return n
		}
	}
	return n
}

// fact takes a line of front matter, or one like it, as context.
func (r *notesReader) fact(line string) bool {
	m := notesField.FindStringSubmatch(strings.NewReplacer("**", "", "__", "", "\"", "", "'", "").Replace(line))
	if m == nil {
		return false
	}
	switch strings.ToLower(strings.TrimSpace(m[1])) {
	case "date", "day", "created", "when", "incident date", "datum":
		return r.dayIn(m[2])
	case "zone", "timezone", "time zone", "time_zone", "tz", "times":
		if loc, ok := when.Zone(m[2]); ok {
			r.zone, r.certainty = loc, debrief.ZoneInContext
			return true
		}
	}
	return false
}

// dayIn takes the day that a heading or a field names.
func (r *notesReader) dayIn(text string) bool {
	for _, f := range when.Find(text, r.context()) {
		if f.Date == "" {
			continue
		}
		if d, err := time.Parse(time.DateOnly, f.Date); err == nil {
			r.day, r.near = d, time.Time{}
		} else if at := r.yearless(text, f); at.Known() {
			r.day, r.near = at.At.In(f.Zone), time.Time{}
		} else {
			return false
		}
		return true
	}
	return false
}

func (r *notesReader) context() when.Context {
	return when.Context{Day: r.day, Zone: r.zone, Certainty: r.certainty, Start: r.start, Near: r.near}
}

// yearless gives a date without a year the year of the file's path, or the one
// that the weekdays of the notes tell. The time of reading alone does not tell
// it, since incidents are read years later: a wrong year is worse than none.
func (r *notesReader) yearless(text string, f when.Found) debrief.Moment {
	if f.Moment.Known() || r.year == 0 || f.Date == "" {
		return f.Moment
	}
	c := r.context()
	c.Day = time.Date(r.year, 7, 1, 0, 0, 0, 0, time.UTC)
	for _, again := range when.Find(text, c) {
		if again.Start == f.Start {
			return again.Moment
		}
	}
	return f.Moment
}

// heading takes a heading as the context of what follows. One that names a time
// of day is evidence as well.
func (r *notesReader) heading(title string, l *textLine) error {
	plain := plainMarkup(title)
	r.section = plain
	r.state(plain)
	r.dayIn(plain)
	if l == nil {
		return nil // it stays evidence; it was one before the rule under it came
	}
	if f := notesFirst(plain, r.context()); f != nil && f.HasClock {
		if f.Moment.Zone == debrief.ZoneStated { // "Minutes, 28 August, 09:30 CEST": of all that follows
			r.zone, r.certainty = f.Zone, debrief.ZoneInContext
		}
		if notesMeeting.MatchString(plain) && f.Moment.Known() {
			r.meeting = f.Moment
			r.meeting.Precision, r.meeting.Written = max(f.Moment.Precision, debrief.ToHour), ""
		}
		return r.begin(*l, plain, 0, false)
	}
	r.leave("headings")
	return nil
}

// state takes the zone that a line states for its document.
func (r *notesReader) state(line string) {
	if loc, ok := when.Statement(line); ok {
		r.zone, r.certainty = loc, debrief.ZoneInContext
	}
}

// header takes the row above a table's rule as context, and drops it.
func (r *notesReader) header() {
	if r.lead == "" || r.held == nil {
		return
	}
	r.state(strings.ReplaceAll(r.lead, "|", " "))
	r.held, r.lead = nil, ""
	r.leave("headings of tables")
}

// begin holds a new line.
func (r *notesReader) begin(l textLine, text string, indent int, bullet bool) error {
	e := l.evidence("notes", r.f)
	r.lead = ""
	if cells, ok := notesCells(text); ok {
		r.lead, text = text, cells
	}
	for len(r.parents) > 0 && (!bullet || r.parents[len(r.parents)-1].indent >= indent) {
		r.parents = r.parents[:len(r.parents)-1]
	}
	if bullet {
		if len(r.parents) > 0 {
			e.Thread = r.parents[len(r.parents)-1].id
		}
		if len(r.parents) < 16 {
			r.parents = append(r.parents, notesParent{indent, e.ID})
		}
	}
	e.Text = text
	r.held, r.raw = &e, append(r.raw[:0], l.Raw...)
	r.words = append(r.words[:0], strings.TrimSpace(text))
	r.indent, r.bullet, r.quoted = indent, bullet, false
	if r.fence {
		return r.flush()
	}
	return nil
}

// notesCells gives the cells of a table's row, joined.
func notesCells(text string) (string, bool) {
	text = strings.TrimSpace(text)
	if len(text) < 3 || text[0] != '|' || strings.Count(text, "|") < 2 {
		return "", false
	}
	var cells []string
	for _, c := range strings.Split(strings.Trim(text, "|"), "|") {
		if c = strings.TrimSpace(c); c != "" {
			cells = append(cells, c)
		}
	}
	return strings.Join(cells, ", "), len(cells) > 0
}

// flush hands over the line that is held.
func (r *notesReader) flush() error {
	if r.held == nil {
		return nil
	}
	e := *r.held
	r.held, r.lead = nil, ""
	text := strings.Join(r.words, " ")
	if !r.fence {
		text = plainMarkup(notesStruck.ReplaceAllString(text, "(struck out: $1)"))
	}
	if text == "" {
		r.leave("lines that only draw")
		return nil
	}
	e.Digest = digestOf(r.raw)
	e.Text = text
	attribute(&e, "section", r.section)
	line := strings.ReplaceAll(text, "(struck out: ", "(was ")
	first := notesFirst(line, r.context())
	if r.meeting.Known() && text != r.section && (first == nil || !notesLead.MatchString(line[:first.Start])) {
		e.At = r.meeting // a date inside a sentence is what was spoken of
	} else if first == nil {
		r.state(text)
		r.fact(text)
	} else {
		r.place(&e, line, *first)
		name, said, ok := "", "", false
		if r.chat {
			name, said, ok = notesSpoken(text, *notesFirstOr(text, first))
		}
		switch {
		case ok:
			e.Sort, e.Author.Name, e.Text = debrief.Message, name, said
			tellPerson(r.out, e.Author)
		case notesLead.MatchString(line[:first.Start]) && first.HasClock || first.Relative:
			if rest := notesRest(line, *first); rest != "" && line == text {
				e.Text = rest
			}
		}
	}
	refer(&e, refsIn(e.Text)...)
	return r.out.Add(e)
}

// notesFirstOr is the time in the text as handed over; line differs from it only
// where something was struck out.
func notesFirstOr(text string, f *when.Found) *when.Found {
	if again := notesFirst(text, when.Context{}); again != nil {
		return again
	}
	return f
}

// notesRest is what stands after the time at the head of a line, or empty if
// the time is no head: "9:10 - 9:54 down", "15:02 (or 15:05??) stopped".
func notesRest(line string, f when.Found) string {
	if !notesLead.MatchString(line[:f.Start]) {
		return ""
	}
	rest := line[f.End:]
	rest = rest[len(notesAfter.FindString(rest)):]
	if c, _ := utf8.DecodeRuneInString(rest); !unicode.IsLetter(c) || strings.HasPrefix(rest, "to ") || strings.HasPrefix(rest, "or ") {
		return ""
	}
	return rest
}

// place gives the evidence its time, or what is known of it.
func (r *notesReader) place(e *debrief.Evidence, line string, f when.Found) {
	at := r.yearless(line, f)
	if at.Known() {
		e.At = stampSane(at)
		if !f.Moment.Known() {
			attribute(e, "date", f.Date) // the year comes from outside: let who knows better see it
		}
		aside := f.DayWord == "yesterday" || f.DayWord == "tomorrow" // the lines after it are of the day itself
		if at.Precision < debrief.ToWeek && e.At.Known() && !aside {
			r.near = at.At
			if !f.Relative {
				r.day = at.At.In(r.zone)
			}
			if f.Moment.Precision == debrief.ToDay {
				r.near = time.Time{}
				r.day = at.At.In(f.Zone)
			}
		}
		return
	}
	attribute(e, "precision", f.Moment.Precision.String())
	if f.Relative {
		attribute(e, "offset", f.Offset.String())
		return
	}
	date, word := r.carry(f)
	attribute(e, "date", date)
	attribute(e, "day", word)
	attribute(e, "zone", f.Zone.String())
	attribute(e, "zone_certainty", f.Moment.Zone.String())
	if !f.HasClock {
		return
	}
	clock := f.Clock
	if date == "" && word == "" { // running order holds without the day, too
		c := r.context()
		c.Day, c.Near = notesFlight, r.flight
		if again := notesFirst(line, c); again != nil && again.Start == f.Start && again.Moment.Known() {
			r.flight = again.Moment.At
			clock = again.Clock
			local := again.Moment.At.In(again.Zone)
			days := int(time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC).Sub(notesFlight) / (24 * time.Hour))
			if days > 0 {
				attribute(e, "day", "+"+strconv.Itoa(days))
			}
		}
	}
	attribute(e, "clock", clockText(clock))
}

// carry keeps the date of the line before for a line that names none, and counts
// on from it for one that names a weekday: "sun 9.6. 15:33", then "mon 6.30".
func (r *notesReader) carry(f when.Found) (date, word string) {
	on, known := notesWeekdays[f.DayWord]
	switch {
	case f.Date != "":
		r.lastDate, _ = time.Parse("--01-02", f.Date)
		r.lastWord = f.DayWord
		return f.Date, f.DayWord
	case f.DayWord == "" && !r.lastDate.IsZero():
	case known && !r.lastDate.IsZero() && r.lastWord != "":
		days := (on - notesWeekdays[r.lastWord] + 7) % 7
		if days > 3 {
			days -= 7
		}
		r.lastDate, r.lastWord = r.lastDate.AddDate(0, 0, days), f.DayWord
	default:
		return "", f.DayWord
	}
	return r.lastDate.Format("--01-02"), f.DayWord
}

var notesWeekdays = map[string]int{"sunday": 0, "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6}

// clockText writes a time of day as "14:02", with seconds if it has them.
func clockText(d time.Duration) string {
	t := time.Time{}.Add(d)
	if d%time.Minute == 0 {
		return t.Format("15:04")
	}
	return t.Format("15:04:05")
}

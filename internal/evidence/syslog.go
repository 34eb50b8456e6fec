package evidence

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"debrief.dev/debrief"
)

var syslogSource = Source{
	Name:  "syslog",
	Title: "System log",
	About: "Lines of syslog as in /var/log/syslog or messages: the old form without a year (RFC 3164), the same with ISO times as rsyslog " +
		"writes it, and the newer form with structured data (RFC 5424).",
	Recognise: func(s Sample) Confidence {
		if s.Shape != NotJSON {
			return No
		}
		hits, lines := logShare(s, func(line string) bool {
			l, ok := cutSyslog(line)
			return ok && (l.host != "" || l.program != "")
		})
		return logSure(hits, lines, Certain)
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		r := syslogReader{f: f, year: syslogYearOf(f)}
		w := logWriter{source: "syslog", f: f, out: out}
		err := readLines(ctx, f, out, func(l textLine) error {
			p, ok := cutSyslog(l.Text)
			if !ok {
				return w.goOn(l)
			}
			e := l.evidence("syslog", f)
			e.Where, e.Text, e.Level = p.host, p.message, p.level
			attribute(&e, "program", p.program)
			attribute(&e, "data", p.data)
			if e.At = r.moment(p); !e.At.Known() {
				attribute(&e, "clock", p.clock)
			}
			return w.begin(e, l.Raw)
		})
		if err != nil {
			return err
		}
		return w.end()
	},
}

// A syslogLine is one line taken apart.
type syslogLine struct {
	at     time.Time // of a stamp with year and zone; else zero
	clock  string    // of a stamp without a year, zone or both, as written
	year   int       // 0 if not written
	month  time.Month
	day    int
	hour   int
	minute int
	second int
	nano   int
	zoned  bool // the zone is UTC, as written

	level, host, program, data, message string
}

// syslogLevels are the severities in a priority, by number.
var syslogLevels = [...]string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}

// cutSyslog takes a line apart. It is not ok if the line begins no entry.
func cutSyslog(s string) (l syslogLine, ok bool) {
	pri := false
	if _, rest, counted := cutNumber(s); counted && strings.HasPrefix(rest, " <") {
		s = rest[1:] // the length before a message of a stream (RFC 6587)
	}
	if strings.HasPrefix(s, "<") {
		n, rest, numbered := cutNumber(s[1:])
		if !numbered || n > 191 || !strings.HasPrefix(rest, ">") {
			return l, false
		}
		l.level, s, pri = syslogLevels[n&7], rest[1:], true
	}
	if v, rest, versioned := cutNumber(s); pri && versioned && v < 100 && strings.HasPrefix(rest, " ") {
		return l, l.cutNew(rest[1:])
	}
	if len(s) > 19 && s[4] == '-' && s[10] == 'T' {
		stamp, rest, _ := strings.Cut(s, " ")
		at, err := time.Parse(time.RFC3339Nano, stamp)
		if err != nil {
			return l, false
		}
		l.at = at.UTC()
		l.cutTag(rest)
		return l, l.program != ""
	}
	rest, ok := l.cutOldStamp(s)
	if !ok {
		return l, false
	}
	l.cutTag(rest)
	return l, true
}

// cutOldStamp takes "Jul  2 13:31:37 ", with or without a year, a fraction and
// "UTC", from the beginning of s.
func (l *syslogLine) cutOldStamp(s string) (rest string, ok bool) {
	written := s
	if l.month = monthNamed(s); l.month == 0 || len(s) < 15 || s[3] != ' ' {
		return s, false
	}
	s = strings.TrimLeft(s[3:], " ")
	if l.day, s, ok = cutNumber(s); !ok || l.day < 1 || l.day > 31 || !strings.HasPrefix(s, " ") {
		return s, false
	}
	s = s[1:]
	if y, after, is := cutNumber(s); is && y >= 1980 && y <= 2200 && strings.HasPrefix(after, " ") {
		l.year, s = y, after[1:]
	}
	if l.hour, l.minute, l.second, l.nano, s, ok = cutClock(s); !ok || s != "" && s[0] != ' ' && s[0] != ':' {
		return s, false
	}
	l.clock = written[:len(written)-len(s)]
	s = strings.TrimLeft(s, ": ")
	for _, zone := range []string{"UTC", "GMT"} {
		if after, is := strings.CutPrefix(s, zone); is && after != "" && (after[0] == ' ' || after[0] == ':') {
			l.zoned, s = true, strings.TrimLeft(after, ": ")
		}
	}
	return s, true
}

// cutTag takes the host and the program from what stands behind the stamp.
func (l *syslogLine) cutTag(s string) {
	if host, rest, spaced := strings.Cut(s, " "); spaced && !strings.HasSuffix(host, ":") {
		l.host, s = host, strings.TrimLeft(rest, " ")
	}
	if i := strings.IndexByte(s, ':'); i > 0 && (i+1 == len(s) || s[i+1] == ' ') && strings.IndexByte(s[:i], ' ') < 0 {
		l.program, _, _ = strings.Cut(s[:i], "[")
		s = strings.TrimLeft(s[i+1:], " ")
	}
	if l.program == "kernel" && strings.HasPrefix(s, "[") {
		// The kernel writes the seconds since it began; the stamp says more.
		if i := strings.IndexByte(s, ']'); i > 1 && strings.Trim(s[1:i], " .0123456789") == "" {
			s = strings.TrimLeft(s[i+1:], " ")
		}
	}
	l.message = strings.TrimSpace(s)
}

// cutNew takes what stands behind the version of RFC 5424.
func (l *syslogLine) cutNew(s string) bool {
	var field [5]string // stamp, host, program, process, kind of message
	for i := range field {
		part, rest, more := strings.Cut(s, " ")
		if !more && i < 4 {
			return false
		}
		if part != "-" {
			field[i] = part
		}
		s = rest
	}
	if field[0] != "" {
		at, err := time.Parse(time.RFC3339Nano, field[0])
		if err != nil {
			return false
		}
		l.at = at.UTC()
	}
	l.host, l.program = field[1], field[2]
	data := ""
	for strings.HasPrefix(s, "[") {
		end := syslogElementEnd(s)
		if end < 0 {
			break
		}
		data, s = data+s[:end], s[end:]
	}
	s = strings.TrimPrefix(strings.TrimPrefix(s, "- "), " ")
	if s == "-" {
		s = ""
	}
	l.message, l.data = strings.TrimSpace(strings.TrimPrefix(s, "\uFEFF")), data
	if l.message == "" {
		l.message, l.data = joinText(" ", field[4], data), ""
	}
	return true
}

// syslogElementEnd is where the element of structured data at the beginning of
// s ends, or -1. A bracket in quotes ends nothing.
func syslogElementEnd(s string) int {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == ']' && !quoted:
			return i + 1
		}
	}
	return -1
}

// A syslogYear is where the year of lines without one comes from.
type syslogYear struct {
	year int       // the year of the first line, if near is zero
	near time.Time // a time near which the first line lies
	span time.Duration
}

// sharedYear is the key in File.Shared of the year in which the rest of the
// evidence lies, an int; the one who reads the folder may set it.
const sharedYear = "evidence:year"

var syslogPathDate = regexp.MustCompile(`(?:^|\D)(20\d\d|19[89]\d)(?:[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01]))?(?:\D|$)`)

// syslogYearOf finds the year: what the other evidence says, a date in the
// path, or the window that the reader of the evidence stated. The date of the
// file itself counts only if the line is at most a week older: files that
// were copied, unpacked or checked out bear the date of that. The time of
// reading says nothing, since incidents are read years later. If nothing says
// it, the year stays unknown: a wrong year is worse than none.
func syslogYearOf(f *File) syslogYear {
	if y, ok := f.Shared[sharedYear].(int); ok && y >= 1980 && y <= 2200 {
		return syslogYear{year: y}
	}
	var found syslogYear
	for _, m := range syslogPathDate.FindAllStringSubmatch(f.Path, -1) {
		y, _ := strconv.Atoi(m[1])
		if m[2] == "" {
			found = syslogYear{year: y}
			continue
		}
		month, _ := strconv.Atoi(m[2])
		day, _ := strconv.Atoi(m[3])
		return syslogYear{near: time.Date(y, time.Month(month), day, 12, 0, 0, 0, time.UTC)}
	}
	switch {
	case found.year != 0:
		return found
	case !f.Options.From.IsZero():
		return syslogYear{near: f.Options.From.UTC()}
	case !f.Options.To.IsZero():
		return syslogYear{near: f.Options.To.UTC()}
	case !f.Modified.IsZero():
		return syslogYear{near: f.Modified.UTC(), span: 7 * 24 * time.Hour}
	}
	return syslogYear{}
}

// A syslogReader remembers the last line's time for the turn of the year.
type syslogReader struct {
	f    *File
	year syslogYear
	last time.Time
}

// moment is when the line was written, or the zero moment if its year is not known.
func (r *syslogReader) moment(l syslogLine) debrief.Moment {
	if !l.at.IsZero() {
		return stampSane(debrief.Moment{At: l.at})
	}
	if l.clock == "" {
		return debrief.Moment{}
	}
	zone, certainty := logZone(r.f.Options)
	if l.zoned {
		zone, certainty = time.UTC, debrief.ZoneStated
	}
	in := func(year int) time.Time {
		at := time.Date(year, l.month, l.day, l.hour, l.minute, l.second, l.nano, zone)
		if at.Day() != l.day && l.second < 60 {
			return time.Time{} // 29 February of a year without one
		}
		return at.UTC()
	}
	var at time.Time
	switch {
	case l.year != 0:
		at = in(l.year)
	case !r.last.IsZero():
		// A log goes on in its year, and into the next after December. Lines a
		// little out of order at the turn of the year lie in the one before.
		at = in(r.last.Year())
		switch gap := at.Sub(r.last); {
		case at.IsZero(), gap < -180*24*time.Hour:
			at = in(r.last.Year() + 1)
		case gap > 330*24*time.Hour:
			at = in(r.last.Year() - 1)
		}
	case r.year.year != 0:
		at = in(r.year.year)
	case !r.year.near.IsZero():
		near := r.year.near
		for y := near.Year() - 1; y <= near.Year()+1; y++ {
			if c := in(y); !c.IsZero() && (at.IsZero() || c.Sub(near).Abs() < at.Sub(near).Abs()) {
				at = c
			}
		}
		if span := r.year.span; span > 0 && (at.After(near.Add(24*time.Hour)) || near.Sub(at) > span) {
			at = time.Time{}
		}
	}
	if at.IsZero() {
		return debrief.Moment{}
	}
	m := stampSane(debrief.Moment{At: at, Zone: certainty, Written: l.clock})
	if m.Known() {
		r.last = m.At
	}
	return m
}

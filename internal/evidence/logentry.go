package evidence

import (
	"strings"
	"time"

	"debrief.dev/debrief"
)

// logEntryBytes is how much text one entry of a log may hold. A stack trace of
// a thousand frames has less.
const logEntryBytes = 64 << 10

// A logWriter hands over the entries of a log. An entry may go on over several
// lines (a stack trace), so each is held back until the next one begins.
type logWriter struct {
	source string
	f      *File
	out    *Sink

	held debrief.Evidence
	raw  []byte // the exact lines of held, joined by "\n"
	open bool
}

// begin hands over the entry held back and holds e, which stands in raw.
func (w *logWriter) begin(e debrief.Evidence, raw []byte) error {
	if err := w.end(); err != nil {
		return err
	}
	e.Sort = debrief.Log
	w.held, w.open = e, true
	w.raw = append(w.raw[:0], raw...)
	return nil
}

// goOn adds a line to the entry held back. A line with nothing before it
// becomes an entry without a time.
func (w *logWriter) goOn(l textLine) error {
	if strings.TrimSpace(l.Text) == "" {
		return nil
	}
	if !w.open {
		e := l.evidence(w.source, w.f)
		e.Text = strings.TrimSpace(l.Text)
		return w.begin(e, l.Raw)
	}
	if len(w.held.Text)+len(l.Text) > logEntryBytes {
		w.out.LeaveOut("further lines of very long log entries", 1)
		return nil
	}
	w.held.Text += "\n" + strings.TrimRight(l.Text, " \t")
	w.raw = append(append(w.raw, '\n'), l.Raw...)
	return nil
}

// end hands over the entry held back.
func (w *logWriter) end() error {
	if !w.open {
		return nil
	}
	w.open = false
	w.held.Digest = digestOf(w.raw)
	w.held.Refs = refsIn(w.held.Text)
	return w.out.Add(w.held)
}

// logZone is the zone of times that name none, and how sure that is.
func logZone(o Options) (*time.Location, debrief.ZoneCertainty) {
	if o.Zone != nil {
		return o.Zone, debrief.ZoneDefault
	}
	return time.UTC, debrief.ZoneAssumed
}

// logShare counts the lines at the beginning of a file that begin an entry of
// the asked shape, and those that could. Lines that are empty or indented
// belong to the one before and do not count.
func logShare(s Sample, begins func(string) bool) (hits, lines int) {
	rest := string(s.Head)
	for lines < 60 && rest != "" {
		line, after, ended := strings.Cut(rest, "\n")
		if !ended && !s.Whole && lines > 0 {
			break // cut off by the end of the sample
		}
		rest = after
		line = strings.TrimSuffix(line, "\r")
		if line == "" || line[0] == ' ' || line[0] == '\t' {
			continue
		}
		lines++
		if begins(line) {
			hits++
		}
	}
	return hits, lines
}

// logSure turns a count of logShare into a confidence: sure if nearly every
// line has the shape, less if a good half has. A single line of a longer text
// proves nothing.
func logSure(hits, lines int, sure Confidence) Confidence {
	switch {
	case hits == 0 || hits < 2 && lines > 1:
		return No
	case hits*10 >= lines*9:
		return sure
	case hits*2 >= lines:
		return min(sure, Likely)
	case hits >= 3 && hits*5 >= lines:
		return Shape
	}
	return No
}

// cutNumber takes the digits at the beginning of s, at most nine of them.
func cutNumber(s string) (n int, rest string, ok bool) {
	i := 0
	for i < len(s) && i < 9 && s[i] >= '0' && s[i] <= '9' {
		n = n*10 + int(s[i]-'0')
		i++
	}
	return n, s[i:], i > 0
}

// cutClock takes "15:04:05" with an optional fraction after "." or "," from
// the beginning of s.
func cutClock(s string) (hour, minute, second, nano int, rest string, ok bool) {
	if len(s) < 8 || s[2] != ':' || s[5] != ':' {
		return 0, 0, 0, 0, s, false
	}
	for i, into := range []*int{&hour, &minute, &second} {
		a, b := s[3*i], s[3*i+1]
		if a < '0' || a > '9' || b < '0' || b > '9' {
			return 0, 0, 0, 0, s, false
		}
		*into = int(a-'0')*10 + int(b-'0')
	}
	if hour > 23 || minute > 59 || second > 60 {
		return 0, 0, 0, 0, s, false
	}
	rest = s[8:]
	if len(rest) > 1 && (rest[0] == '.' || rest[0] == ',') && rest[1] >= '0' && rest[1] <= '9' {
		i, scale := 1, 100_000_000
		for ; i < len(rest) && rest[i] >= '0' && rest[i] <= '9'; i++ {
			nano += int(rest[i]-'0') * scale
			scale /= 10
		}
		rest = rest[i:]
	}
	return hour, minute, second, nano, rest, true
}

// monthNamed is the month of an English short name, or 0.
func monthNamed(s string) time.Month {
	const names = "JanFebMarAprMayJunJulAugSepOctNovDec"
	if len(s) < 3 {
		return 0
	}
	if i := strings.Index(names, s[:3]); i >= 0 && i%3 == 0 {
		return time.Month(i/3 + 1)
	}
	return 0
}

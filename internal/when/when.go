// Package when finds and reads the times that people write: "14:02 UTC",
// "3pm PT", "around half past two", "T+12m", "yesterday 23:10", "9 apr".
//
// A time as people write it is an instant with pieces left out. What the text
// leaves out comes from a [Context]: the day meant, the zone meant, the start
// that "T+12m" counts from, and the time last read, which settles whether "half
// past two" lies at night. What neither text nor context tells is not guessed:
// then the [Found] keeps what was written (Clock, Date, Offset) and its Moment
// has no instant.
//
// Numbers that merely look like times are left alone: versions, ratios,
// addresses, prices, percentages, ports, counts and durations. Where a form is
// both ("14.02", "1402", "11/4") it is read as a time only where people put
// times: at the head of a line, after "at", "by" or "~", beside another time.
//
// The package looks at no clock: the same text and context give the same result.
package when

import (
	"strings"
	"time"

	"debrief.dev/debrief"
)

// A Context holds what a text leaves out. Its zero value is usable: then only
// times that are whole in themselves get an instant.
type Context struct {
	// Day is the calendar day meant where none is written. Year, month and day
	// are taken as they stand, in whatever zone the value has. Zero: unknown.
	Day time.Time
	// Zone is the zone meant where none is written; nil is UTC.
	Zone *time.Location
	// Certainty tells where Zone came from, and is handed on to moments that
	// rely on it.
	Certainty debrief.ZoneCertainty
	// Start is the instant that "T+12m" counts from. Zero: unknown.
	Start time.Time
	// Near is the time read last, in running text. It settles the half of the
	// day, the day after midnight, and the year and order of dates.
	Near time.Time
	// MonthFirst reads "10/06/2024" as the sixth of October.
	MonthFirst bool
}

// A Found is a time in a text.
type Found struct {
	// Start and End are byte offsets: text[Start:End] is the time as written.
	Start, End int
	// Moment is the instant with its precision. Its At is zero if neither text
	// nor context tells the day or the start; Precision, Zone and Written are
	// set even then. A day stands for its noon and a week for its middle, so
	// that Moment.Range covers it.
	Moment debrief.Moment
	// Relative is set for a time counted from a start ("T+12m").
	Relative bool
	// Offset is that count; it may be negative.
	Offset time.Duration
	// HasClock tells that a time of day is written; Clock is the time since
	// midnight, by the clock on a wall in Zone.
	HasClock bool
	Clock    time.Duration
	// Date is the date as far as the text itself tells it: "2024-04-09",
	// "--04-09" where the year is missing, or empty.
	Date string
	// DayWord is the day as a word, alone or beside a date: a weekday in lower
	// case ("tuesday"), "yesterday", "today", "tomorrow", or empty.
	DayWord string
	// Zone is the zone it was read in; never nil.
	Zone *time.Location
}

// A reading is a time taken apart, before the context fills its holes.
type reading struct {
	start, end int // tokens

	year, month, day int // 0: not written
	unsure           bool
	week             bool

	shift    int // days from the context's day: -1 is yesterday
	shifted  bool
	weekday  time.Weekday
	hasDay   bool // weekday is set
	upcoming bool // "next Tuesday"

	clock    time.Duration
	hasClock bool
	half     bool // which half of the day is not written, for certain
	loose    bool // "1:15" may be of either half
	night    bool // midnight: of either end of the day
	prec     debrief.Precision

	zone *time.Location

	relative bool
	offset   time.Duration
}

// Find finds the times in a text, from left to right; they do not overlap.
// Each one found is the Near of the next.
func Find(text string, c Context) []Found {
	s := newScan(text, c)
	var all []Found
	for i := 0; i < len(s.t); {
		r, ok := s.time(i)
		if !ok {
			i++
			continue
		}
		f := s.resolve(r, c)
		f.Start, f.End = s.t[r.start].start, s.t[r.end-1].end
		f.Moment.Written = text[f.Start:f.End]
		if f.Moment.Known() && f.Moment.Precision < debrief.ToDay {
			c.Near = f.Moment.At
		}
		all = append(all, f)
		s.clocks += btoi(r.hasClock)
		s.last = r.end
		i = r.end
	}
	return all
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// sane is whether a year is one in which evidence is written.
func sane(year int) bool { return year >= 1980 && year <= 2199 }

// resolve fills the holes of a reading from the context.
func (s *scan) resolve(r reading, c Context) Found {
	f := Found{Relative: r.relative, Offset: r.offset, HasClock: r.hasClock, Clock: r.clock, Zone: r.zone}
	f.Moment.Precision, f.Moment.Zone = r.prec, debrief.ZoneStated
	if f.Zone == nil {
		f.Moment.Zone = c.Certainty
		if f.Zone = c.Zone; f.Zone == nil {
			f.Zone = time.UTC
		}
	}
	if r.relative {
		f.Moment.Zone = debrief.ZoneStated // a count from an instant needs no zone
		if !c.Start.IsZero() {
			f.Moment.At = c.Start.Add(r.offset).UTC()
		}
		return f
	}
	switch {
	case r.hasDay:
		f.DayWord = strings.ToLower(r.weekday.String())
	case r.shifted:
		f.DayWord = [...]string{"yesterday", "today", "tomorrow"}[r.shift+1]
	}
	y, m, d, ok := r.date(c, f.Zone)
	if r.month > 0 && r.day > 0 {
		f.Date = dateText(r.year, r.month, r.day)
	}
	if !ok || !sane(y) {
		if r.half {
			f.Clock = dayHalf(f.Clock)
		}
		return f
	}
	at := func(days int) time.Time {
		return time.Date(y, time.Month(m), d+days, 0, 0, 0, 0, f.Zone)
	}
	on := func(day time.Time, clock time.Duration) time.Time { // the wall's clock, whatever daylight rules do that day
		return time.Date(day.Year(), day.Month(), day.Day(), int(clock/time.Hour), int(clock/time.Minute)%60, int(clock/time.Second)%60, int(clock%time.Second), f.Zone)
	}
	switch {
	case r.week:
		monday := at(-(int(at(0).Weekday()) + 6) % 7)
		f.Moment.At = time.Date(monday.Year(), monday.Month(), monday.Day()+3, 12, 0, 0, 0, f.Zone).UTC()
	case !r.hasClock:
		f.Moment.At = on(at(0), 12*time.Hour).UTC()
	default:
		best := on(at(0), f.Clock)
		if r.half {
			best = on(at(0), dayHalf(f.Clock))
		}
		fixed := r.month > 0 || r.shifted || r.hasDay // the text itself names the day
		if !c.Near.IsZero() {
			best = r.byNear(best, fixed, c.Near, f, on)
		}
		f.Moment.At = best.UTC()
		local := best.In(f.Zone)
		f.Clock = time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute +
			time.Duration(local.Second())*time.Second + time.Duration(local.Nanosecond())
	}
	return f
}

// byNear settles by the time read before what the text leaves open: the half of
// the day, and the day when a night was crossed.
func (r reading) byNear(plain time.Time, fixed bool, near time.Time, f Found, on func(time.Time, time.Duration) time.Time) time.Time {
	halves := []time.Duration{f.Clock}
	if r.half || r.loose {
		halves = append(halves, (f.Clock+12*time.Hour)%(24*time.Hour))
	}
	// What is written stands unless it makes the text jump: more than half a
	// day away, or for the unpadded clock of twelve hours more than six hours back.
	gap := plain.Sub(near)
	limit := 12 * time.Hour
	if r.loose {
		limit = 6 * time.Hour
	}
	otherZone := r.zone != nil
	if !r.half && !r.night && gap >= -limit && (gap <= limit || !otherZone) {
		return plain
	}
	days := []time.Time{plain}
	if !fixed {
		n := near.In(f.Zone)
		for _, k := range []int{0, 1, -1} {
			if k < 0 && !otherZone && !r.night {
				continue
			}
			days = append(days, time.Date(n.Year(), n.Month(), n.Day()+k, 0, 0, 0, 0, f.Zone))
		}
	}
	best, cost := plain, 7*time.Hour
	for _, day := range days {
		for _, h := range halves {
			t := on(day, h)
			away := t.Sub(near)
			if away < 0 {
				away = -away * 2 // texts run forward
			}
			if away < cost {
				best, cost = t, away
			}
		}
	}
	return best
}

// dayHalf places a clock of twelve hours where nothing else tells: between
// seven in the morning and seven in the evening.
func dayHalf(clock time.Duration) time.Duration {
	if clock < 7*time.Hour {
		return clock + 12*time.Hour
	}
	return clock
}

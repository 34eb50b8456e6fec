package when

import (
	"fmt"
	"time"

	"debrief.dev/debrief"
)

var monthWords = map[string]int{
	"jan": 1, "january": 1, "feb": 2, "february": 2, "mar": 3, "march": 3, "apr": 4, "april": 4, "may": 5, "jun": 6, "june": 6,
	"jul": 7, "july": 7, "aug": 8, "august": 8, "sep": 9, "sept": 9, "september": 9, "oct": 10, "october": 10, "nov": 11,
	"november": 11, "dec": 12, "december": 12,
}

var weekdayWords = map[string]time.Weekday{
	"mon": 1, "monday": 1, "tue": 2, "tues": 2, "tuesday": 2, "wed": 3, "weds": 3, "wednesday": 3, "thu": 4, "thur": 4, "thurs": 4,
	"thursday": 4, "fri": 5, "friday": 5, "sat": 6, "saturday": 6, "sun": 0, "sunday": 0,
}

func (r *reading) dated() bool { return r.day > 0 || r.shifted || r.hasDay }

func dateText(y, m, d int) string {
	if y == 0 {
		return fmt.Sprintf("--%02d-%02d", m, d)
	}
	return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
}

// exists reports whether a month has such a day, in a leap year if the year is 0.
func exists(y, m, d int) bool {
	if m < 1 || m > 12 || d < 1 || d > 31 {
		return false
	}
	if y == 0 {
		y = 2024
	}
	return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Day() == d
}

// date reads a date, a weekday or a word such as "yesterday" at i into r.
func (s *scan) date(i int, r *reading) (end int, ok bool) {
	if i >= len(s.t) {
		return 0, false
	}
	if s.t[i].kind == 'n' {
		if end, ok := s.dateDigits(i, r); ok {
			return end, true
		}
		return s.dayMonth(i, r)
	}
	w := s.word(i)
	switch w {
	case "yesterday", "today", "tonight", "tomorrow":
		r.shift, r.shifted = map[string]int{"yesterday": -1, "tomorrow": 1}[w], true
		end = i + 1
		if s.is(end, "morning", "afternoon", "evening", "night") {
			end++
		}
		return end, true
	case "last", "this", "next":
		if s.is(i+1, "night") && w == "last" {
			r.shift, r.shifted = -1, true
			return i + 2, true
		}
		if s.is(i+1, "morning", "afternoon", "evening") && w == "this" {
			r.shifted = true
			return i + 2, true
		}
		if d, ok := weekdayWords[s.word(i+1)]; ok {
			r.weekday, r.hasDay, r.upcoming = d, true, w == "next"
			return i + 2, true
		}
		return 0, false
	}
	if d, ok := weekdayWords[w]; ok {
		end = i + 1
		for s.is(end, ",", ".") || s.is(end, "the", "morning", "afternoon", "evening", "night") {
			end++
		}
		if _, again := weekdayWords[s.word(end)]; !again {
			if after, ok := s.date(end, r); ok && r.day > 0 {
				r.weekday, r.hasDay = d, true
				return after, true // "Friday 7 June": the date tells more
			}
		}
		*r = reading{start: r.start, weekday: d, hasDay: true}
		return end, true
	}
	if m, ok := monthWords[w]; ok {
		return s.monthDay(i, m, r)
	}
	return 0, false
}

// dateDigits reads "2024-04-09", "10/06/2024", "9.6.2024", "9.6.", "11/4".
func (s *scan) dateDigits(i int, r *reading) (end int, ok bool) {
	if y, ok := s.number(i, 4, 4); ok && sane(y) && s.joined(i+1, "-", "/", ".") && s.joined(i+3, s.t[i+1].text) &&
		s.t[i+2].glued && i+4 < len(s.t) && s.t[i+4].glued {
		m, okM := s.number(i+2, 1, 2)
		d, okD := s.number(i+4, 1, 2)
		if okM && okD && exists(y, m, d) {
			r.year, r.month, r.day = y, m, d
			return i + 5, true
		}
		return 0, false
	}
	for _, sep := range []string{"/", ".", "-"} {
		a, b, ok := s.pair(i, sep)
		if !ok {
			continue
		}
		if s.joined(i+3, sep) && i+4 < len(s.t) && s.t[i+4].glued && s.t[i+4].kind == 'n' {
			y, ok := s.number(i+4, 4, 4)
			if !ok {
				if y, ok = s.number(i+4, 2, 2); !ok || sep == "." && len(s.t[i].text)+len(s.t[i+2].text) < 4 && !s.t[i].head || y < 15 || y > 50 {
					return 0, false // a version, or anything
				}
				y += 2000
			}
			if !sane(y) || !s.order(a, b, y, sep, r) {
				return 0, false
			}
			return i + 5, true
		}
		end = i + 3
		dot := sep == "." && s.joined(end, ".") && (end+1 >= len(s.t) || !s.t[end+1].glued)
		weekday := i > 0 && !s.t[i].glued && (r.start < i)
		switch {
		case sep == "-":
			return 0, false
		case sep == "." && b > 12, sep == "." && !dot && !s.dotDates && (!weekday || len(s.t[i+2].text) == 2 && a < 24):
			return 0, false
		case sep == "/" && (a == 24 && b == 7 || s.measured(end) || s.is(end, "of", "the", "th", "rds", "%", "x")):
			return 0, false
		case sep == "/" && !weekday && !s.t[i].head && !s.after(i, "on", "since", "until", "till", "from", "before", "after", "by"):
			if _, _, _, clock := s.hourMinute(end); !clock {
				return 0, false
			}
		}
		if dot {
			end++
		}
		if !s.order(a, b, 0, sep, r) {
			return 0, false
		}
		return end, true
	}
	return 0, false
}

// order settles which of two numbers is the month: what can be only one, what
// the context says, what lies nearer to it; else the day comes first.
func (s *scan) order(a, b, y int, sep string, r *reading) bool {
	dm, md := exists(y, b, a), exists(y, a, b) && sep != "."
	if !dm && !md {
		return false
	}
	monthFirst := !dm
	if dm && md && a != b {
		r.unsure = true
		monthFirst = s.c.MonthFirst
		if ref := s.reference(); !ref.IsZero() && !s.c.MonthFirst {
			yy := y
			if yy == 0 {
				yy = ref.Year()
			}
			first := time.Date(yy, time.Month(b), a, 12, 0, 0, 0, time.UTC).Sub(ref).Abs()
			second := time.Date(yy, time.Month(a), b, 12, 0, 0, 0, time.UTC).Sub(ref).Abs()
			if near := 10 * 24 * time.Hour; first < near != (second < near) {
				r.unsure, monthFirst = false, second < near
			}
		}
		if s.c.MonthFirst {
			r.unsure = false
		}
	}
	r.year, r.month, r.day = y, b, a
	if monthFirst {
		r.month, r.day = a, b
	}
	return true
}

func (s *scan) reference() time.Time {
	if !s.c.Day.IsZero() {
		return s.c.Day
	}
	return s.c.Near
}

// dayMonth reads "9 apr", "9th of April 2024", "9-Apr-2024".
func (s *scan) dayMonth(i int, r *reading) (end int, ok bool) {
	d, ok := s.number(i, 1, 2)
	if !ok {
		return 0, false
	}
	end = i + 1
	if s.joined(end, "st", "nd", "rd", "th") {
		end++
	}
	if s.is(end, "of") || s.joined(end, "-", ".", "/") {
		end++
	}
	m, ok := monthWords[s.word(end)]
	if !ok || !exists(0, m, d) || s.word(end) == "mar" && s.t[end].text == "MAR" || s.measuredMonth(end) {
		return 0, false
	}
	end++
	if s.joined(end, ".") && s.is(end+1) {
		end++
	}
	return s.yearAfter(end, m, d, r)
}

// measuredMonth is whether a month's name at i is a verb: "3 may fail".
func (s *scan) measuredMonth(i int) bool {
	return s.is(i, "may", "march") && s.t[i].text == s.t[i].lower &&
		s.is(i+1, "be", "have", "not", "fail", "need", "also", "still", "take", "or", "well", "get", "cause", "to", "on", "through")
}

// monthDay reads "April 9th", "Apr 9, 2024".
func (s *scan) monthDay(i, m int, r *reading) (end int, ok bool) {
	end = i + 1
	if s.joined(end, ".") {
		end++
	}
	if s.is(end, "the") {
		end++
	}
	d, ok := s.number(end, 1, 2)
	if !ok || !exists(0, m, d) || s.joined(end+1, ":", ".", "%", "/") && end+2 < len(s.t) && s.t[end+2].glued ||
		s.measured(end+1) || s.is(i, "may", "march") && s.t[i].text == s.t[i].lower && !s.t[i].head && !s.after(i, "on", "since", "from", "until", "by", "of") {
		return 0, false
	}
	end++
	if s.joined(end, "st", "nd", "rd", "th") {
		end++
	}
	return s.yearAfter(end, m, d, r)
}

// yearAfter reads ", 2024" or nothing.
func (s *scan) yearAfter(i, m, d int, r *reading) (end int, ok bool) {
	r.month, r.day = m, d
	at := i
	if s.is(at, ",") || s.joined(at, "-", "/") {
		at++
	}
	if y, ok := s.number(at, 4, 4); ok && sane(y) && exists(y, m, d) && !s.joined(at+1, ":") {
		hour := y/100 < 24 && y%100 < 60 && s.is(at+1, "utc", "gmt", "hrs") // "9 April 2015 UTC" is a clock
		if !hour {
			r.year = y
			return at + 1, true
		}
	}
	return i, true
}

// weekOf reads "week of 15 April", "w/c 15 April", "week of the 15th".
func (s *scan) weekOf(i int, r *reading) (end int, ok bool) {
	switch {
	case s.is(i, "week") && s.is(i+1, "of", "commencing", "beginning", "starting"):
		end = i + 2
	case s.is(i, "w") && s.joined(i+1, "/") && s.joined(i+2, "c", "b", "o"):
		end = i + 3
	default:
		return 0, false
	}
	if s.is(end, "the") {
		end++
	}
	r.week, r.prec = true, debrief.ToWeek
	if after, ok := s.date(end, r); ok && r.day > 0 {
		return after, true
	}
	if d, ok := s.number(end, 1, 2); ok && d >= 1 && d <= 31 && s.joined(end+1, "st", "nd", "rd", "th") {
		r.day, r.month = d, 0
		return end + 2, true
	}
	return 0, false
}

// date is the calendar day that a reading means in its context.
func (r reading) date(c Context, zone *time.Location) (y, m, d int, ok bool) {
	base := c.Day
	if base.IsZero() && !c.Near.IsZero() {
		base = c.Near.In(zone)
	}
	switch {
	case r.year > 0:
		return r.year, r.month, r.day, true
	case base.IsZero():
		return 0, 0, 0, false
	case r.month > 0:
		// The year that brings it nearest to what is known.
		best, away := 0, time.Duration(1<<63-1)
		for y := base.Year() - 1; y <= base.Year()+1; y++ {
			if !exists(y, r.month, r.day) {
				continue
			}
			if a := time.Date(y, time.Month(r.month), r.day, 0, 0, 0, 0, time.UTC).Sub(time.Date(base.Year(), base.Month(), base.Day(), 0, 0, 0, 0, time.UTC)).Abs(); a < away {
				best, away = y, a
			}
		}
		return best, r.month, r.day, best > 0
	case r.day > 0:
		if !c.Near.IsZero() {
			base = c.Near.In(zone)
		}
		return base.Year(), int(base.Month()), r.day, exists(base.Year(), int(base.Month()), r.day)
	case r.hasDay:
		// In running text the day nearest to the time before; else the last such
		// day, for people tell of what was.
		back := (int(base.Weekday()) - int(r.weekday) + 7) % 7
		shift := -back
		switch {
		case r.upcoming:
			shift = 7 - back
		case !c.Near.IsZero():
			base = c.Near.In(zone)
			back = (int(base.Weekday()) - int(r.weekday) + 7) % 7
			if shift = -back; back > 3 {
				shift = 7 - back
			}
		}
		base = time.Date(base.Year(), base.Month(), base.Day()+shift, 0, 0, 0, 0, time.UTC)
	case r.shifted:
		base = time.Date(base.Year(), base.Month(), base.Day()+r.shift, 0, 0, 0, 0, time.UTC)
	}
	return base.Year(), int(base.Month()), base.Day(), true
}

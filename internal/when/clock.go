package when

import (
	"time"

	"debrief.dev/debrief"
)

// timeWords stand before a time of day.
var timeWords = []string{
	"at", "by", "around", "about", "approx", "approximately", "roughly", "circa", "ca", "since", "from", "until", "till", "til",
	"before", "after", "between", "was", "@", "→",
}

// looseWords make a time approximate.
var looseWords = []string{"~", "≈", "around", "about", "approx", "approximately", "roughly", "circa", "ca", "nearly", "almost", "maybe", "perhaps", "sometime"}

var numberWords = map[string]int{
	"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
	"twelve": 12, "twenty": 20,
}

// hourMinute reads "14:02" and nothing else, for a look ahead.
func (s *scan) hourMinute(i int) (h, m, end int, ok bool) {
	h, m, ok = s.pair(i, ":")
	if !ok || h > 23 || m > 59 || len(s.t[i+2].text) != 2 {
		return 0, 0, 0, false
	}
	return h, m, i + 3, true
}

// clock reads a time of day that begins at i into r. It reads no zone.
func (s *scan) clock(i int, r *reading) (end int, ok bool) {
	if i >= len(s.t) {
		return 0, false
	}
	switch {
	case s.t[i].kind == 'n':
		end, ok = s.digits(i, r)
	case s.t[i].kind == 'w':
		end, ok = s.spoken(i, r)
	}
	if !ok {
		return 0, false
	}
	r.hasClock = true
	// What follows may loosen it: "14:45ish", "14:02 or so", "15:02 (or 15:05??)".
	switch {
	case s.is(end, "ish"):
		end++
		r.prec = debrief.About
	case s.joined(end, "-") && s.joined(end+1, "ish"):
		end += 2
		r.prec = debrief.About
	case s.is(end, "or") && s.is(end+1, "so"):
		end += 2
		r.prec = debrief.About
	case s.is(end, "(") && s.is(end+1, "or", "?"), s.is(end, "?") && s.is(end+1, "?"), s.is(end, "give") && s.is(end+1, "or"):
		r.prec = debrief.About
	}
	if s.freeRight(end) {
		return end, true
	}
	_, after, zoned := s.zone(end) // "14:02Z", "14:02+02:00"
	return end, zoned && s.freeRight(after)
}

// digits reads a time of day in digits.
func (s *scan) digits(i int, r *reading) (end int, ok bool) {
	r.prec = debrief.ToMinute
	if h, m, end, ok := s.hourMinute(i); ok {
		r.clock = time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
		if sec, ok := s.number(end+1, 2, 2); ok && s.joined(end, ":") && s.t[end+1].glued && sec < 60 {
			r.clock += time.Duration(sec) * time.Second
			r.prec = debrief.Exact
			end += 2
			if _, ok := s.number(end+1, 1, 9); ok && s.joined(end, ".", ",") && s.t[end+1].glued {
				r.clock += fraction(s.t[end+1].text)
				end += 2
			}
		}
		if end, ok := s.meridiem(end, h, r); ok {
			return end, true
		}
		if s.is(end, "ratio", "aspect", "split", "odds", "scale") || s.lasting(i) {
			return 0, false
		}
		r.loose = h >= 1 && h <= 12 && len(s.t[i].text) == 1 || h >= 10 && h <= 12
		return end, true
	}
	if h, m, ok := s.pair(i, "."); ok && h < 24 && m < 60 && len(s.t[i+2].text) == 2 {
		r.clock = time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
		if end, ok := s.meridiem(i+3, h, r); ok {
			return end, true
		}
		_, _, zoned := s.zone(i + 3)
		if s.measured(i+3) || s.lasting(i) || !zoned && !s.t[i].head && !s.after(i, timeWords...) && !s.is(i-1, "~", "≈") && s.clocks == 0 && !r.dated() {
			return 0, false
		}
		r.loose = h >= 1 && h <= 12 && (len(s.t[i].text) == 1 || h >= 10)
		return i + 3, true
	}
	if n, ok := s.number(i, 4, 4); ok {
		return s.four(i, n, r)
	}
	if h, ok := s.number(i, 1, 2); ok {
		if end, ok := s.meridiem(i+1, h, r); ok {
			r.clock = r.clock.Truncate(time.Hour)
			r.prec = debrief.ToHour
			return end, true
		}
		if s.is(i+1, "o") && s.is(i+2, "'", "’") && s.is(i+3, "clock") && h >= 1 && h <= 12 {
			r.clock, r.half, r.prec = time.Duration(h%12)*time.Hour, true, debrief.ToHour
			return i + 4, true
		}
		return s.past(i, h, i+1, r)
	}
	return 0, false
}

// four reads "1402", where people put times.
func (s *scan) four(i, n int, r *reading) (end int, ok bool) {
	h, m := n/100, n%100
	if h > 23 || m > 59 {
		return 0, false
	}
	r.clock = time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	end = i + 1
	hours := s.is(end, "hrs", "hours", "h")
	_, _, zoned := s.zone(end)
	switch {
	case hours:
		if s.word(end) == "hours" && !s.after(i, timeWords...) { // a count of hours
			return 0, false
		}
		return end + 1, true
	case zoned:
		return end, true
	case s.measured(end) || s.lasting(i):
		return 0, false
	case n >= 1980 && n <= 2039: // more often a year, unless the text is there by now
		near := s.c.Near
		if near.IsZero() {
			return 0, false
		}
		zone := s.c.Zone
		if zone == nil {
			zone = time.UTC
		}
		near = near.In(zone)
		away := r.clock - time.Duration(near.Hour())*time.Hour - time.Duration(near.Minute())*time.Minute
		if !s.t[i].head || away < 0 || away > 3*time.Hour {
			return 0, false
		}
		return end, true
	case s.t[i].head, r.dated() && s.last != i:
		return end, true
	case s.after(i, "at", "by", "@", "around", "since", "from", "until", "till") || s.is(i-1, "~", "≈"):
		return end, true
	case s.clocks > 0 && s.last == i-1 && s.is(i-1, "-", "–", "—", "to", "/"):
		return end, true
	}
	return 0, false
}

// meridiem reads "am", "pm", "a.m." after an hour and sets the clock's half.
func (s *scan) meridiem(i, hour int, r *reading) (end int, ok bool) {
	if hour < 1 || hour > 12 {
		return 0, false
	}
	var pm bool
	switch {
	case s.is(i, "am", "pm"):
		if s.t[i].lower == "am" && !s.t[i].glued && s.word(i+1) == "i" {
			return 0, false
		}
		pm, end = s.t[i].lower == "pm", i+1
	case s.is(i, "a", "p") && s.joined(i+1, ".") && s.joined(i+2, "m"):
		pm, end = s.t[i].lower == "p", i+3
		if s.joined(end, ".") {
			end++
		}
	default:
		return 0, false
	}
	r.clock = r.clock%time.Hour + time.Duration(hour%12)*time.Hour
	if pm {
		r.clock += 12 * time.Hour
	}
	return end, true
}

// spoken reads a time of day in words.
func (s *scan) spoken(i int, r *reading) (end int, ok bool) {
	switch w := s.word(i); w {
	case "noon", "midday":
		r.clock, r.prec = 12*time.Hour, debrief.ToMinute
		return i + 1, true
	case "midnight":
		r.clock, r.prec, r.night = 0, debrief.ToMinute, true
		return i + 1, true
	case "half":
		return s.past(i, 30, i+1, r)
	case "quarter":
		return s.past(i, 15, i+1, r)
	default:
		n, ok := numberWords[w]
		if !ok {
			return 0, false
		}
		if s.is(i+1, "o") && s.is(i+2, "'", "’") && s.is(i+3, "clock") && n <= 12 {
			r.clock, r.half, r.prec = time.Duration(n%12)*time.Hour, true, debrief.ToHour
			return i + 4, true
		}
		next := i + 1
		if n == 20 && s.word(next) == "five" {
			n, next = 25, next+1
		} else if n == 20 && s.joined(next, "-") && s.word(next+1) == "five" {
			n, next = 25, next+2
		}
		return s.past(i, n, next, r)
	}
}

// past reads "past two" and "to three" after so many minutes. People round such
// times to the five minutes, so they are approximate.
func (s *scan) past(i, minutes, at int, r *reading) (end int, ok bool) {
	if minutes%5 != 0 || minutes > 30 || minutes == 0 {
		return 0, false
	}
	if s.word(at) == "minutes" {
		at++
	}
	var to bool
	switch s.word(at) {
	case "past":
	case "to":
		to = true
		if minutes == 30 {
			return 0, false
		}
	default:
		return 0, false
	}
	at++
	r.prec = debrief.About
	minute := time.Duration(minutes) * time.Minute
	if s.is(at, "noon", "midday", "midnight") {
		r.clock = minute
		if s.word(at) != "midnight" {
			r.clock += 12 * time.Hour
		}
		if to {
			r.clock = (r.clock - 2*minute + 24*time.Hour) % (24 * time.Hour)
		}
		return at + 1, true
	}
	hour, ok := numberWords[s.word(at)]
	digits := false
	if !ok {
		// "ten to 3" of something is a range of numbers; minutes in digits are, too.
		hour, ok = s.number(at, 1, 2)
		digits = true
	}
	if !ok || hour < 1 || hour > 12 {
		return 0, false
	}
	if to && s.word(i) != "quarter" && (digits || s.measured(at+1) || s.t[i].kind == 'n') && !s.after(i, timeWords...) {
		return 0, false
	}
	if s.measured(at + 1) {
		return 0, false
	}
	base := time.Duration(hour%12) * time.Hour
	if to {
		r.clock = (base - minute + 12*time.Hour) % (12 * time.Hour)
	} else {
		r.clock = base + minute
	}
	r.half = true
	end = at + 1
	h := int(r.clock / time.Hour)
	if h == 0 {
		h = 12
	}
	if after, ok := s.meridiem(end, h, r); ok {
		r.half = false
		return after, true
	}
	return end, true
}

// lasting reports whether a duration is written at i: "took 1:05", "for 3:30".
func (s *scan) lasting(i int) bool {
	for i--; i >= 0 && s.is(i, "~", "≈", "about", "around", "a", "the", "another", "roughly"); i-- {
	}
	if s.is(i, "for") {
		return !s.is(i-1, "scheduled", "set", "planned", "booked", "moved", "due", "arranged", "announced", "meeting", "call", "window", "waiting", "it", "this", "that")
	}
	return s.is(i, "took", "takes", "lasted", "lasting", "duration", "within", "exit", "version", "release", "port", "ratio", "http", "error", "line", "pid")
}

// fraction is the fraction of a second that the digits after the point are.
func fraction(digits string) time.Duration {
	unit, d := time.Second, time.Duration(0)
	for _, c := range digits {
		unit /= 10
		d += time.Duration(c-'0') * unit
	}
	return d
}

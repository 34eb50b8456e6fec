package when

import (
	"time"

	"debrief.dev/debrief"
)

// time reads a time that begins at i: with its day before or after it, its
// zone, and what makes it approximate.
func (s *scan) time(i int) (reading, bool) {
	if !s.freeLeft(i) {
		return reading{}, false
	}
	if r, ok := s.since(i); ok {
		return r, true
	}
	r := reading{start: i}
	if end, ok := s.weekOf(i, &r); ok && s.freeRight(end) {
		r.end = end
		return r, true
	}
	r = reading{start: i}
	loose := s.loosened(i)
	if end, ok := s.date(i, &r); ok {
		day := r
		at := end
		stamp := s.joined(at, "t") && r.year > 0
		if stamp || s.joined(at, "_", " ") {
			at++
		} else {
			for k := 0; k < 2 && s.is(at, ",", "at", "around", "about", "~", "≈", "-", "–", "—", "@", ":", "("); k++ {
				loose = loose || s.is(at, looseWords...)
				at++
			}
		}
		if after, ok := s.clock(at, &r); ok && (stamp || at >= len(s.t) || !s.t[at].glued || at > end) {
			r.end = after
			s.finish(&r, loose)
			return r, true
		}
		day.end = end
		if day.day == 0 || !s.freeRight(end) { // "on Thursday", "yesterday": no time yet
			return reading{}, false
		}
		day.prec = debrief.ToDay
		if day.unsure {
			day.prec = debrief.ToWeek
		}
		return day, true
	}
	r = reading{start: i}
	end, ok := s.clock(i, &r)
	if !ok {
		return reading{}, false
	}
	r.end = end
	s.finish(&r, loose)
	// The day may follow: "14:02 on Tuesday", "23:10 yesterday", "14:02, 9 April".
	at := r.end
	on := s.is(at, "on")
	if on || s.is(at, ",") {
		at++
	}
	if s.is(at, "the") {
		at++
	}
	with := r
	if after, ok := s.date(at, &with); ok && s.freeRight(after) && (on || with.shifted || with.month > 0 && s.t[at].kind == 'w' || with.month > 0 && s.word(after-1) != "") {
		if _, _, _, clock := s.hourMinute(after); !clock || on {
			with.start, with.clock, with.hasClock, with.prec, with.zone = r.start, r.clock, true, r.prec, r.zone
			with.half, with.loose, with.night = r.half, r.loose, r.night
			with.end = after
			return with, true
		}
	}
	return r, true
}

// finish reads the zone after a clock and settles the precision.
func (s *scan) finish(r *reading, loose bool) {
	if loc, end, ok := s.zone(r.end); ok {
		r.zone, r.end = loc, end
	} else if s.is(r.end, "(") {
		if loc, end, ok := s.zone(r.end + 1); ok && s.is(end, ")") {
			r.zone, r.end = loc, end+1
		}
	}
	if loose || s.is(r.end, "ish") {
		r.prec = debrief.About
	}
	if r.prec == debrief.ToMinute && r.zone != nil && r.year > 0 && r.end-r.start > 8 && s.is(r.start+5, "t") {
		r.prec = debrief.Exact
	}
}

// loosened reports whether "~", "around", "just before" stands before i.
func (s *scan) loosened(i int) bool {
	for k := i - 1; k >= 0 && k >= i-2; k-- {
		if s.is(k, looseWords...) {
			return true
		}
		if s.is(k, "after", "before") && s.is(k-1, "shortly", "just", "sometime", "bit", "soon") {
			return true
		}
		if !s.is(k, "at", "the", ".", "like") {
			return false
		}
	}
	return false
}

// since reads "T+12m", "T+1h05", "t+90s", "T+1:05:00" and, at the head of a line, "+12 min".
func (s *scan) since(i int) (reading, bool) {
	r := reading{start: i, relative: true, prec: debrief.ToMinute}
	at, named := i, false
	if s.is(at, "t") {
		named = true
		at++
	} else if !s.t[i].head {
		return r, false
	}
	sign := time.Duration(1)
	switch {
	case s.is(at, "+"):
	case s.is(at, "-", "−") && named && s.t[at].glued:
		sign = -1
	default:
		return r, false
	}
	at++
	var total time.Duration
	parts, unit := 0, time.Duration(0)
	for parts < 3 {
		n, ok := s.number(at, 1, 5)
		if !ok || parts == 0 && !s.t[at].glued && !named {
			break
		}
		if parts == 0 && s.joined(at+1, ":") {
			m, ok := s.number(at+2, 2, 2)
			if !ok || !s.t[at+2].glued || m > 59 {
				return r, false
			}
			total, parts, at = time.Duration(n)*time.Hour+time.Duration(m)*time.Minute, 2, at+3
			if sec, ok := s.number(at+1, 2, 2); ok && s.joined(at, ":") && sec < 60 {
				total, at = total+time.Duration(sec)*time.Second, at+2
				r.prec = debrief.Exact
			}
			break
		}
		next := unit
		switch s.word(at + 1) {
		case "h", "hr", "hrs", "hour", "hours":
			next = time.Hour
		case "m", "min", "mins", "minute", "minutes":
			next = time.Minute
		case "s", "sec", "secs", "second", "seconds":
			next = time.Second
			r.prec = debrief.Exact
		default:
			switch {
			case unit == time.Hour && s.t[at].glued:
				total, parts, at = total+time.Duration(n)*time.Minute, parts+1, at+1
				next = 0
			case parts == 0 && named:
				total, parts, at = time.Duration(n)*time.Minute, 1, at+1
				next = 0
			}
			if next == 0 {
				unit = -1
			}
		}
		if unit < 0 || next == unit {
			break
		}
		total += time.Duration(n) * next
		unit = next
		parts++
		at += 2
	}
	if parts == 0 || total > 366*24*time.Hour || !s.freeRight(at) {
		return r, false
	}
	r.offset, r.end = sign*total, at
	return r, true
}

package when

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // zones are the same on a machine that has none

	"github.com/goccy/go-yaml"
)

//go:embed zones.yaml
var zonesYAML []byte

//go:embed units.txt
var unitsText string

type zoneTable struct {
	Abbreviations map[string]string `yaml:"abbreviations"`
	Exact         []string          `yaml:"exact"`
	Places        map[string]string `yaml:"places"`

	exact map[string]bool
	locs  map[string]*time.Location
}

// zones is read once; it is data of the program, so a fault in it stops the program.
var zones = sync.OnceValue(func() *zoneTable {
	var t zoneTable
	if err := yaml.Unmarshal(zonesYAML, &t); err != nil {
		panic("zones.yaml: " + err.Error())
	}
	t.exact, t.locs = make(map[string]bool), make(map[string]*time.Location)
	for _, e := range t.Exact {
		t.exact[e] = true
	}
	for _, names := range []map[string]string{t.Abbreviations, t.Places} {
		for name, iana := range names {
			loc, err := time.LoadLocation(iana)
			if err != nil {
				panic(fmt.Sprintf("zones.yaml: %s: %v", name, err))
			}
			t.locs[strings.ToLower(name)] = loc
		}
	}
	return &t
})

var units = sync.OnceValue(func() map[string]bool {
	m := make(map[string]bool)
	for line := range strings.Lines(unitsText) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			m[line] = true
		}
	}
	return m
})

// measured reports whether a unit or a counted thing stands at i.
func (s *scan) measured(i int) bool {
	return i < len(s.t) && (units()[s.word(i)] || s.is(i, "%", "€", "$", "£", "°", "×"))
}

// Zone finds the zone that a name means: an abbreviation ("PST"), an offset
// ("+02:00", "UTC+2", "GMT-3:30"), an IANA name ("Europe/London") or a place
// ("London", "Pacific time").
//
// An abbreviation is read as the place it stands for with the daylight rules
// in effect on the day: in summer people write "PST" and mean Pacific time.
// "CST" is America's, "IST" India's and "BST" London's.
func Zone(name string) (*time.Location, bool) {
	name = strings.TrimSpace(name)
	if name == "" || len(name) > 64 {
		return nil, false
	}
	s := newScan(name, Context{})
	if loc, end, ok := s.zone(0); ok && end == len(s.t) {
		return loc, true
	}
	lower := strings.ToLower(name)
	for _, tail := range []string{"", " standard time", " daylight time", " summer time", " local time", " time"} {
		if place, ok := strings.CutSuffix(lower, tail); ok {
			if zones().Places[place] != "" {
				return zones().locs[place], true
			}
		}
	}
	return nil, false
}

// zone reads a zone at token i: what may follow a time of day.
func (s *scan) zone(i int) (loc *time.Location, end int, ok bool) {
	if i >= len(s.t) {
		return nil, 0, false
	}
	t := s.t[i]
	switch {
	case t.text == "+" || t.text == "-" || t.text == "−":
		// Glued to the digits; a dash with spaces around it joins two times.
		if i > 0 && !t.glued && i+1 < len(s.t) && s.t[i+1].kind == 'n' && len(s.t[i+1].text) < 2 {
			return nil, 0, false
		}
		return s.offset(i, false)
	case t.kind != 'w':
		return nil, 0, false
	case s.is(i, "utc", "gmt"):
		if loc, end, ok := s.offset(i+1, true); ok && s.t[i+1].glued {
			return loc, end, true
		}
		return time.UTC, i + 1, true
	}
	if loc, end, ok := s.iana(i); ok {
		return loc, end, true
	}
	z := zones()
	upper := strings.ToUpper(t.text)
	if _, known := z.Abbreviations[upper]; known && (t.text == upper || !z.exact[upper] && !(t.glued && i > 0)) {
		if upper == "Z" && i > 0 && !t.glued || !s.freeRight(i+1) && !s.joined(i+1, ")") {
			return nil, 0, false
		}
		return z.locs[t.lower], i + 1, true
	}
	if t.text != t.lower && !t.glued || i == 0 { // a place, capitalised
		return s.place(i)
	}
	if loc, end, ok := s.place(i); ok && s.is(end-1, "time") {
		return loc, end, true
	}
	return nil, 0, false
}

// place reads "London", "New York", "Pacific time". After a time of day the
// name alone is no zone ("14:02 London lost power"): "time" must follow, or the
// name must end what is said.
func (s *scan) place(i int) (loc *time.Location, end int, ok bool) {
	for n := 3; n >= 1; n-- {
		if i+n > len(s.t) {
			continue
		}
		name := strings.ToLower(s.text[s.t[i].start:s.t[i+n-1].end])
		loc, ok := zones().locs[name]
		if !ok || zones().Abbreviations[strings.ToUpper(name)] != "" {
			continue
		}
		end = i + n
		switch {
		case s.is(end, "time"):
			return loc, end + 1, true
		case s.is(end, "local", "standard", "daylight", "summer") && s.is(end+1, "time"):
			return loc, end + 2, true
		case end == len(s.t), s.is(end, ")", ",", ";", "]"):
			return loc, end, true
		}
		return nil, 0, false
	}
	return nil, 0, false
}

// iana reads "Europe/London".
func (s *scan) iana(i int) (loc *time.Location, end int, ok bool) {
	if !s.joined(i+1, "/") || i+2 >= len(s.t) || !s.t[i+2].glued || s.t[i+2].kind != 'w' || s.t[i].text == s.t[i].lower {
		return nil, 0, false
	}
	end = i + 3
	for end+1 < len(s.t) && s.joined(end, "_", "/", "-") && s.t[end+1].glued && s.t[end+1].kind == 'w' {
		end += 2
	}
	loc, err := time.LoadLocation(s.text[s.t[i].start:s.t[end-1].end])
	return loc, end, err == nil
}

// offset reads "+02:00", "-0700", and after "UTC" also "+2" and "+5:30".
func (s *scan) offset(i int, short bool) (loc *time.Location, end int, ok bool) {
	if i+1 >= len(s.t) || !s.t[i+1].glued || !s.is(i, "+", "-", "−") {
		return nil, 0, false
	}
	var h, m int
	end = i + 2
	if n, ok := s.number(i+1, 4, 4); ok {
		h, m = n/100, n%100
	} else if n, ok := s.number(i+1, 1, 2); ok {
		h = n
		if mm, ok := s.number(i+3, 2, 2); ok && s.joined(i+2, ":") && s.t[i+3].glued {
			m, end = mm, i+4
		} else if !short && len(s.t[i+1].text) < 2 {
			return nil, 0, false
		} else if !short && !s.t[i].glued && i > 0 { // "14:02 +12 hosts"
			return nil, 0, false
		}
	} else {
		return nil, 0, false
	}
	if h > 14 || m > 59 || !s.freeRight(end) {
		return nil, 0, false
	}
	if s.t[i].text == "-" && !short && s.t[i].glued && i > 0 && !s.stamped(i) {
		return nil, 0, false // "14:02-15:00" is a range
	}
	sec := h*3600 + m*60
	if s.t[i].text != "+" {
		sec = -sec
	}
	if sec == 0 {
		return time.UTC, end, true
	}
	return time.FixedZone(offsetName(sec), sec), end, true
}

// stamped reports whether the clock before token i is part of a machine's
// stamp: it has seconds, or a date and "T" before it.
func (s *scan) stamped(i int) bool {
	return s.joined(i-2, ".") || s.joined(i-2, ":") && (s.joined(i-4, ":") || s.joined(i-4, "t"))
}

func offsetName(sec int) string {
	sign := '+'
	if sec < 0 {
		sign, sec = '-', -sec
	}
	return fmt.Sprintf("%c%02d:%02d", sign, sec/3600, sec/60%60)
}

// Statement finds the zone that a line states for the times of its document:
// "times PST", "London unless I say otherwise", "all times in UTC",
// "timestamps are Berlin time". It is for lines that carry no time themselves.
func Statement(line string) (*time.Location, bool) {
	if len(line) > 400 {
		return nil, false
	}
	s := newScan(line, Context{})
	says := -1
	for i := range s.t {
		switch {
		case s.is(i, "times", "timestamps", "timezone", "tz", "clocks", "zeiten", "hours"), s.is(i, "zone") && s.is(i-1, "time"), s.is(i, "time") && s.is(i-1, "all"):
			says = i
		case s.is(i, "time") && s.is(i+1, "(") && s.is(i+3, ")"): // the heading of a column
			if loc, end, ok := s.zone(i + 2); ok && end == i+3 {
				return loc, true
			}
		case s.is(i, "unless") && says < 0:
			says = i
		case s.is(i, "everything", "all") && s.is(i+1, "in", "is") && says < 0:
			says = i
		}
	}
	if says < 0 {
		return nil, false
	}
	for i := range s.t {
		if loc, _, ok := s.zone(i); ok && s.t[i].kind == 'w' && s.freeLeft(i) && s.t[i].text != s.t[i].lower {
			return loc, true
		}
		if loc, _, ok := s.zone(i); ok && s.t[i].text == "+" {
			return loc, true
		}
		// A statement goes on after a place: "London unless I say otherwise".
		for n := 3; n >= 1; n-- {
			if i+n > len(s.t) || s.t[i].kind != 'w' || s.t[i].text == s.t[i].lower {
				continue
			}
			name := strings.ToLower(s.text[s.t[i].start:s.t[i+n-1].end])
			if loc, ok := zones().locs[name]; ok && zones().Places[name] != "" {
				return loc, true
			}
		}
		if s.is(i, "utc", "gmt", "pst", "pdt", "cet", "cest", "bst", "est", "edt") {
			return zones().locs[s.t[i].lower], true
		}
	}
	return nil, false
}

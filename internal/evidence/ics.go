package evidence

import (
	"context"
	"strconv"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/when"
)

var icsSource = Source{
	Name:  "ics",
	Title: "Calendar",
	About: "Calendar files (.ics) as calendar programs export them: every event with its time, place, organiser and guests, cancelled ones too. " +
		"A repeating event is read once, with its rule.",
	Recognise: func(s Sample) Confidence {
		if s.Shape == NotJSON && strings.HasPrefix(strings.TrimLeft(string(s.Head), " \t\r\n"), "BEGIN:VCALENDAR") {
			return Certain
		}
		return No
	},
	Read: readCalendar,
}

// An icsReader walks the lines of a calendar.
type icsReader struct {
	f   *File
	out *Sink

	stack  []string // of BEGIN lines that are open
	method string
	zone   *time.Location // of the calendar (X-WR-TIMEZONE)
	zones  map[string]*time.Location
	tzid   string // of the VTIMEZONE that is open

	event *icsEvent
	odd   int // lines that are none of the format
}

// An icsEvent is the event that is being read.
type icsEvent struct {
	raw    []byte
	line   int
	offset int64
	props  []*ics.BaseProperty
}

// readCalendar unfolds the lines of a calendar and hands over its events.
func readCalendar(ctx context.Context, f *File, out *Sink) error {
	r := &icsReader{f: f, out: out, zones: map[string]*time.Location{}}
	var folded []byte
	first := textLine{}
	most := f.Options.Limits.orDefault().ItemBytes
	flush := func() error {
		if first.N == 0 {
			return nil
		}
		return r.line(string(folded), first)
	}
	err := readLines(ctx, f, out, func(l textLine) error {
		if l.Text != "" && (l.Text[0] == ' ' || l.Text[0] == '\t') && first.N > 0 {
			if len(folded) < most {
				folded = append(folded, l.Text[1:]...)
				first.Whole = append(first.Whole, l.Whole...)
			}
			return nil
		}
		if err := flush(); err != nil {
			return err
		}
		folded, first = append(folded[:0], l.Text...), textLine{N: l.N, Offset: l.Offset, Whole: append([]byte(nil), l.Whole...)}
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return err
	}
	if r.event != nil {
		out.Problem(Problem{
			File: f.Path, Line: r.event.line, Offset: r.event.offset, Say: "The file ends inside this event; what it holds was read.",
			Expected: "a line END:VEVENT", Hint: "Export the calendar again.",
		})
		err = r.finish()
	}
	if r.odd > 0 {
		out.LeaveOut("lines that are not of the calendar format", r.odd)
	}
	return err
}

// line takes one unfolded line; its exact bytes are at.Whole.
func (r *icsReader) line(s string, at textLine) error {
	if v := r.event; v != nil && len(v.raw) < r.f.Options.Limits.orDefault().ItemBytes {
		v.raw = append(v.raw, at.Whole...)
	}
	if strings.TrimSpace(s) == "" {
		return nil
	}
	p, err := ics.ParseProperty(ics.ContentLine(s))
	if err != nil || p == nil {
		r.odd++
		return nil
	}
	switch name := strings.ToUpper(p.IANAToken); name {
	case "BEGIN":
		part := strings.ToUpper(strings.TrimSpace(p.Value))
		if part == "VEVENT" && r.event == nil {
			r.event = &icsEvent{line: at.N, offset: at.Offset, raw: at.Whole}
		}
		if len(r.stack) < 64 {
			r.stack = append(r.stack, part)
		}
	case "END":
		part := strings.ToUpper(strings.TrimSpace(p.Value))
		if n := len(r.stack); n > 0 {
			r.stack = r.stack[:n-1]
		}
		switch {
		case part == "VEVENT" && r.event != nil:
			return r.finish()
		case part == "VTODO" || part == "VJOURNAL" || part == "VFREEBUSY":
			r.out.LeaveOut("calendar items other than events", 1)
		}
	default:
		r.property(name, p)
	}
	return nil
}

func (r *icsReader) property(name string, p *ics.BaseProperty) {
	inside := ""
	if n := len(r.stack); n > 0 {
		inside = r.stack[n-1]
	}
	switch {
	case r.event != nil:
		if inside == "VEVENT" && len(r.event.props) < 5000 { // an alarm inside says nothing of the event
			r.event.props = append(r.event.props, p)
		}
	case name == "METHOD":
		r.method = strings.ToUpper(strings.TrimSpace(p.Value))
	case name == "X-WR-TIMEZONE":
		r.zone, _ = when.Zone(strings.TrimSpace(p.Value))
	case name == "TZID" && inside == "VTIMEZONE":
		r.tzid = strings.TrimSpace(p.Value)
	case name == "X-LIC-LOCATION" && inside == "VTIMEZONE":
		if loc, ok := when.Zone(strings.TrimSpace(p.Value)); ok {
			r.zones[r.tzid] = loc
		}
	case name == "TZOFFSETTO" && inside == "STANDARD":
		// A name that nobody knows still states its standard offset.
		if d, err := time.Parse("-0700", strings.TrimSpace(p.Value)); err == nil && r.zones[r.tzid] == nil {
			if _, known := when.Zone(r.tzid); !known {
				_, offset := d.Zone()
				r.zones[r.tzid] = time.FixedZone(r.tzid, offset)
			}
		}
	}
}

// text is a property of the event, unescaped, or empty.
func (v *icsEvent) text(name string) string {
	for _, p := range v.props {
		if strings.EqualFold(p.IANAToken, name) {
			return strings.TrimSpace(plainText([]byte(ics.FromText(p.Value))))
		}
	}
	return ""
}

// finish hands over the event that was read.
func (r *icsReader) finish() error {
	v := r.event
	r.event = nil
	e := debrief.Evidence{
		Source: "ics", File: r.f.Path, Line: v.line, Digest: digestOf(v.raw), Sort: debrief.Meeting,
		ID: v.text("UID"), Title: emailLine(v.text("SUMMARY")), Where: emailLine(v.text("LOCATION")), Link: v.text("URL"),
	}
	if e.ID == "" {
		e.ID = "L" + strconv.Itoa(v.line)
	}
	e.Subject = "event " + e.ID
	if one := v.text("RECURRENCE-ID"); one != "" {
		e.Thread, e.ID = e.ID, e.ID+" "+one // one occurrence that differs from the rule
	}
	e.Text = joinText("\n", e.Title, v.text("DESCRIPTION"))
	e.State = debrief.Opened
	if strings.EqualFold(v.text("STATUS"), "CANCELLED") || r.method == "CANCEL" {
		e.State = debrief.Cancelled
	}
	for _, p := range v.props {
		switch strings.ToUpper(p.IANAToken) {
		case "DTSTART":
			if e.At = r.moment(p); !e.At.Known() {
				r.out.Problem(Problem{
					File: r.f.Path, Line: v.line, Offset: v.offset,
					Say:      "The event begins at " + strconv.Quote(shorten(p.Value, 40)) + ", which is not a time that can be read; it is kept without one.",
					Expected: "a time such as 20240502T140200Z, or a date such as 20240502", Hint: "Correct the line DTSTART in a copy of the file.",
				})
			}
		case "DTEND":
			if m := r.moment(p); m.Known() {
				attribute(&e, "end", m.At.Format(time.RFC3339))
			}
		case "CREATED":
			if m := r.moment(p); m.Known() {
				attribute(&e, "created", m.At.Format(time.RFC3339))
			}
		case "ORGANIZER":
			e.Author = icsPerson(p)
			tellPerson(r.out, e.Author)
		case "ATTENDEE":
			tellPerson(r.out, icsPerson(p))
		case "ATTACH":
			e.Attached = append(e.Attached, emailLine(plainText([]byte(p.Value))))
		}
	}
	guests, declined := 0, 0
	for _, p := range v.props {
		if strings.EqualFold(p.IANAToken, "ATTENDEE") {
			guests++
			if s := p.ICalParameters["PARTSTAT"]; len(s) > 0 && strings.EqualFold(s[0], "DECLINED") {
				declined++
			}
		}
	}
	if guests > 0 {
		attribute(&e, "guests", strconv.Itoa(guests))
	}
	if declined > 0 {
		attribute(&e, "declined", strconv.Itoa(declined))
	}
	attribute(&e, "repeats", v.text("RRULE"))
	refer(&e, refsIn(e.Text)...)
	return r.out.Add(e)
}

// icsPerson is a guest or the organiser.
func icsPerson(p *ics.BaseProperty) debrief.Author {
	a := debrief.Author{}
	if cn := p.ICalParameters["CN"]; len(cn) > 0 {
		a.Name = emailLine(plainText([]byte(strings.Trim(cn[0], `"`))))
	}
	if box, ok := strings.CutPrefix(strings.ToLower(p.Value), "mailto:"); ok {
		a.Email = emailLine(plainText([]byte(box)))
	}
	if kind := p.ICalParameters["CUTYPE"]; len(kind) > 0 && (strings.EqualFold(kind[0], "ROOM") || strings.EqualFold(kind[0], "RESOURCE")) {
		a.Bot = true // a room is nobody
	}
	if a.Name != "" && !strings.ContainsAny(a.Name, " ") && strings.EqualFold(a.Name, boxOf(a.Email)) {
		a.Handle, a.Name = a.Name, ""
	}
	return addressOnly(a)
}

// boxOf is the part of an address before the at sign.
func boxOf(address string) string {
	box, _, _ := strings.Cut(address, "@")
	return box
}

// moment reads "20240502T140200Z", the same in a zone named beside it, or a day.
func (r *icsReader) moment(p *ics.BaseProperty) debrief.Moment {
	s := strings.TrimSpace(p.Value)
	zone, certainty := logZone(r.f.Options)
	if r.zone != nil {
		zone, certainty = r.zone, debrief.ZoneInContext
	}
	if id := p.ICalParameters["TZID"]; len(id) > 0 {
		name := strings.Trim(id[0], `"`)
		loc := r.zones[name]
		if loc == nil {
			loc, _ = when.Zone(strings.TrimPrefix(name[strings.LastIndexByte(strings.TrimSuffix(name, "/"), ':')+1:], "/"))
		}
		if loc != nil {
			zone, certainty = loc, debrief.ZoneStated
		}
	}
	if at, err := time.Parse("20060102T150405Z", s); err == nil {
		return stampSane(debrief.Moment{At: at, Precision: debrief.ToMinute})
	}
	if at, err := time.ParseInLocation("20060102T150405", s, zone); err == nil {
		return stampSane(debrief.Moment{At: at.UTC(), Precision: debrief.ToMinute, Zone: certainty, Written: s})
	}
	if at, err := time.ParseInLocation("20060102", s, zone); err == nil {
		return stampSane(debrief.Moment{At: at.UTC(), Precision: debrief.ToDay, Zone: certainty, Written: s})
	}
	return debrief.Moment{}
}

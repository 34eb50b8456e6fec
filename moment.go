package debrief

import "time"

// A Moment is a point in time as well as it is known: an instant, how exact
// that instant is, and where its zone came from. The zero Moment means that no
// time is known.
type Moment struct {
	// At is the best estimate, always in UTC.
	At time.Time `json:"at"`
	// Precision says how exact At is.
	Precision Precision `json:"precision"`
	// Zone says how the zone was settled.
	Zone ZoneCertainty `json:"zone"`
	// Written is the time as the source wrote it ("14:02ish"), or empty when
	// a machine wrote an unambiguous instant.
	Written string `json:"written,omitempty"`
}

// Known reports whether the moment holds a time at all.
func (m Moment) Known() bool { return !m.At.IsZero() }

// Range is the interval in which the moment may lie, by its precision:
// half the step to either side of At. For an exact moment both ends are At.
func (m Moment) Range() (from, to time.Time) {
	h := m.Precision.Step() / 2
	return m.At.Add(-h), m.At.Add(h)
}

// Precision is how exact a time is, from a machine's stamp to "that week".
type Precision int

const (
	// Exact is a machine's stamp: a second or finer.
	Exact Precision = iota
	// ToMinute is a time written with hours and minutes.
	ToMinute
	// About is a time that its author called approximate ("around half past two").
	About
	// ToHour is a time of which only the hour is known ("3pm").
	ToHour
	// ToDay is a time of which only the date is known.
	ToDay
	// ToWeek is a time of which only the week is known ("the week of the 15th").
	ToWeek
)

var precisionNames = [...]string{"exact", "minute", "about", "hour", "day", "week"}

func (p Precision) String() string               { return name(precisionNames[:], int(p)) }
func (p Precision) MarshalText() ([]byte, error) { return []byte(p.String()), nil }
func (p *Precision) UnmarshalText(b []byte) error {
	return parseName(precisionNames[:], b, (*int)(p), "precision")
}

// Step is the width of the interval that a time of this precision stands for.
func (p Precision) Step() time.Duration {
	switch p {
	case ToMinute:
		return time.Minute
	case About:
		return 20 * time.Minute
	case ToHour:
		return time.Hour
	case ToDay:
		return 24 * time.Hour
	case ToWeek:
		return 7 * 24 * time.Hour
	}
	return 0
}

// ZoneCertainty is how the zone of a time was settled. A zone is never guessed
// silently: whatever is not stated counts as an assumption and is shown as one.
type ZoneCertainty int

const (
	// ZoneStated: the source wrote an instant, an offset or a zone name.
	ZoneStated ZoneCertainty = iota
	// ZoneInContext: the same document states a zone for its times ("times PST").
	ZoneInContext
	// ZoneDefault: the reader of the evidence stated a default zone.
	ZoneDefault
	// ZoneAssumed: nobody stated a zone; UTC was assumed.
	ZoneAssumed
)

var zoneNames = [...]string{"stated", "context", "default", "assumed"}

func (z ZoneCertainty) String() string               { return name(zoneNames[:], int(z)) }
func (z ZoneCertainty) MarshalText() ([]byte, error) { return []byte(z.String()), nil }
func (z *ZoneCertainty) UnmarshalText(b []byte) error {
	return parseName(zoneNames[:], b, (*int)(z), "zone certainty")
}

package web

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/evidence"
	"debrief.dev/debrief/internal/paper"
)

// functions are what templates may call beside their data.
var functions = template.FuncMap{
	"displays": func() []displayChoice { return displays },
	"dict":     dict,
	"list":     func(items ...string) []string { return items },
	"day":      func(t time.Time, z *time.Location) string { return t.In(z).Format("Mon 2 January 2006") },
	"local":    local16,
	"clock":    func(t time.Time, z *time.Location) string { return t.In(z).Format("15:04") },
	"stamp":    func(t time.Time, z *time.Location) string { return t.In(z).Format("2 Jan 2006, 15:04 MST") },
	"exactly":  exactly,
	"machine":  func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"zone":     zoneFor,
	"utc":      func() *time.Location { return time.UTC },
	"many":     many,
	"size":     size,
	"prose":    paper.Prose,
	"cited":    cited,
	"number":   spelt,
	"opening":  opening,
	"long":     long,
	"date":     func(t time.Time, z *time.Location) string { return t.In(z).Format("2 January 2006") },
	"short":    short,
	"dots":     dots,
	"state":    func(s debrief.IncidentState) string { return stateWords[s] },
	"rank":     func(r debrief.Role) string { return roleWords[r] },
	"seen":     func(v debrief.Visibility) string { return visibilityWords[v] },
	"kind":     kindWords,
	"known":    func(s debrief.Status) string { return statusWords[s] },
	"glyph":    glyph,
	"source":   evidence.Title,
	"exact":    func(p debrief.Precision) string { return precisionWords[p] },
	"rough":    func(p debrief.Precision) bool { return p >= debrief.About },
}

// exactly writes a time as exactly as it is known.
func exactly(m debrief.Moment, z *time.Location) string {
	switch {
	case m.Precision == debrief.Exact:
		return m.At.In(z).Format("2 Jan 2006, 15:04:05 MST")
	case m.Precision >= debrief.ToDay:
		return m.At.In(z).Format("2 Jan 2006")
	}
	return m.At.In(z).Format("2 Jan 2006, 15:04 MST")
}

var stateWords = map[debrief.IncidentState]string{
	debrief.Gathering: "Evidence comes in", debrief.Reviewing: "In review", debrief.PrereadOut: "Pre-read sent", debrief.Shared: "Shared",
}

var roleWords = map[debrief.Role]string{debrief.Guest: "Guest", debrief.Member: "Member", debrief.Administrator: "Administrator"}

var visibilityWords = map[debrief.Visibility]string{
	debrief.ToOrganisation: "Everyone in the organisation", debrief.ToTeams: "Only its teams", debrief.Restricted: "Only people named in it",
}

var statusWords = map[debrief.Status]string{
	debrief.Observed: "Observed", debrief.Reported: "Reported", debrief.Inferred: "Inferred", debrief.Disputed: "Disputed",
}

var precisionWords = map[debrief.Precision]string{
	debrief.Exact: "to the second", debrief.ToMinute: "to the minute", debrief.About: "about", debrief.ToHour: "to the hour", debrief.ToDay: "to the day", debrief.ToWeek: "to the week",
}

// kinds are what an entry can be: its word, as a reader of the timeline needs it, and
// the mark that repeats the word.
var kinds = []struct {
	kind        debrief.Kind
	signal      debrief.Signal
	word, glyph string
}{
	{debrief.KindTrigger, debrief.NoSignal, "Trigger", "trigger"},
	{debrief.KindSignal, debrief.Visible, "Visible", "seen"},
	{debrief.KindSignal, debrief.Confusing, "Confusing", "confusing"},
	{debrief.KindSignal, debrief.Missing, "Missing", "missing"},
	{debrief.KindSignal, debrief.NoSignal, "Signal", "seen"},
	{debrief.KindResponse, debrief.NoSignal, "Response", "response"},
	{debrief.KindImpact, debrief.NoSignal, "Impact", "impact"},
	{debrief.KindNext, debrief.NoSignal, "Next", "past"},
}

func kindWords(k debrief.Kind, s debrief.Signal) string { word, _ := kindOf(k, s); return word }

func glyph(k debrief.Kind, s debrief.Signal) string { _, mark := kindOf(k, s); return mark }

func kindOf(k debrief.Kind, s debrief.Signal) (word, mark string) {
	if k != debrief.KindSignal {
		s = debrief.NoSignal
	}
	for _, x := range kinds {
		if x.kind == k && x.signal == s {
			return x.word, x.glyph
		}
	}
	return "Next", "past"
}

func many(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

var small = [...]string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

// spelt writes a small number as a word.
func spelt(n int) string {
	if n >= 0 && n < len(small) {
		return small[n]
	}
	return fmt.Sprint(n)
}

// opening is a word at the beginning of a sentence.
func opening(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// long writes a stretch of time in the two units that matter.
func long(d time.Duration) string {
	m := int(d.Round(time.Minute).Minutes())
	switch {
	case m < 1:
		return "less than a minute"
	case m < 120:
		return fmt.Sprintf("%d min", m)
	case m < 48*60 && m%60 == 0:
		return fmt.Sprintf("%d h", m/60)
	case m < 48*60:
		return fmt.Sprintf("%d h %d min", m/60, m%60)
	}
	return many(m/(24*60), "day", "days")
}

// size gives a number of bytes in words.
func size(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d bytes", n)
	case n < 1<<20:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}

// short cuts a text for a list.
func short(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// dict makes a map of names and values, for a part of a page.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("a name without a value: %d words", len(pairs))
	}
	out := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		out[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return out, nil
}

// zoneFor is zoneOf for a template, which has incidents by value and by reference.
func zoneFor(in any) *time.Location {
	switch in := in.(type) {
	case *debrief.Incident:
		return zoneOf(in)
	case debrief.Incident:
		return zoneOf(&in)
	}
	return time.UTC
}

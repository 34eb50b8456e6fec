package report

import (
	"encoding/xml"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/coach"
)

// The picture has three parts, from top to bottom: the ruler, which cuts the
// impact where understanding changed; the axis, with a mark for each entry and
// its number; and the list that the numbers refer to. Geometry stands in
// attributes and looks in a style sheet, so that a page may restyle it.

const (
	pictureWidth = 960.0
	pictureEdge  = 24.0
	charWidth    = 7.2 // of the list's type, on the wide side, so that lines never touch
	numberRow    = 15.0
	smallWidth   = 340.0
)

const pictureStyle = `
.dbt{color:#2b2622;font-family:"Source Sans 3",system-ui,"Segoe UI",sans-serif}
.dbt text{fill:currentColor;font-size:13px}
.dbt .paper{fill:#fdfbf9}.dbt .title{font-family:Literata,Georgia,serif;font-size:20px}
.dbt .fine{font-size:12px;fill:#6b645c}.dbt .big{font-family:Literata,Georgia,serif;font-size:22px}
.dbt .axis,.dbt .tick{stroke:#8d857b;stroke-width:1}.dbt .band{fill:#f6e9cf}.dbt .bar{fill:#dba53f}
.dbt .edge{stroke:#a8741c;stroke-width:1.5}.dbt .mark{stroke:currentColor;stroke-width:1.6;fill:none}
.dbt .solid{fill:currentColor}.dbt .impact{fill:#dba53f;stroke:#a8741c}.dbt .thread{stroke:currentColor;stroke-width:1;stroke-dasharray:4 3}
.dbt .missing{stroke-dasharray:2.5 2.2}.dbt .lead{stroke:#b9b1a6;stroke-width:.8}.dbt .fold{fill:#f1ece6}.dbt .rail,.dbt .hair{stroke:#d9d2c8;stroke-width:1;fill:none}.dbt .hatch{stroke:#8d857b;stroke-width:.7;fill:none}.dbt .lane{font-weight:600}
.dbt .torn{stroke:#8d857b;stroke-width:1;fill:none}
.dbt .time{font-variant-numeric:tabular-nums;text-anchor:end}.dbt .n{font-size:12px}.dbt .mid{text-anchor:middle}
@media (prefers-color-scheme:dark){.dbt{color:#e9e5de}.dbt .paper{fill:#1f1b18}.dbt .fine{fill:#a9a198}.dbt .band{fill:#3a2f1c}
.dbt .bar,.dbt .impact{fill:#c99338}.dbt .edge,.dbt .impact{stroke:#c99338}.dbt .fold{fill:#2a2521}.dbt .lead{stroke:#5b544c}}
@media print{.dbt{color:#000}.dbt .paper{fill:#fff}}
`

// A segment of the axis has one linear scale.
type segment struct {
	from, to time.Time
	x0, x1   float64
}

// foldEdge is how far a mark stays from the torn edge of a fold, so that it is whole.
const foldEdge = 9.0

// A scale maps times to places. Quiet stretches between segments are folded.
type scale struct {
	segments []segment
	folds    []segment // from x0 to x1, the time that is folded away
}

func (s *scale) x(t time.Time) float64 {
	for i, g := range s.segments {
		if t.Before(g.from) {
			if i == 0 {
				return g.x0
			}
			return (s.segments[i-1].x1 + g.x0) / 2
		}
		if !t.After(g.to) {
			d := g.to.Sub(g.from)
			if d <= 0 {
				return (g.x0 + g.x1) / 2
			}
			x0, x1 := g.x0, g.x1
			if i > 0 {
				x0 += foldEdge
			}
			if i < len(s.segments)-1 {
				x1 -= foldEdge
			}
			return x0 + (x1-x0)*float64(t.Sub(g.from))/float64(d)
		}
	}
	return s.segments[len(s.segments)-1].x1
}

// newScale divides the width among what lies before, within and after the
// impact by the number of entries, so that the impact stays readable beside
// weeks of background, and folds quiet stretches outside the impact that take
// more than a third of what is drawn.
func (w *writer) newScale(x0, x1 float64) *scale {
	var times []time.Time
	for _, e := range w.in.Entries {
		if e.At.Known() {
			times = append(times, e.At.At)
		}
	}
	if len(times) == 0 {
		return nil
	}
	start, end, ok := w.impactSpan()
	var runs [][]time.Time // each becomes one segment
	third := longestQuiet(times, start, end)
	if ok {
		pad := end.Sub(start) / 12
		var before, within, after []time.Time
		for _, t := range times {
			switch {
			case t.Before(start.Add(-pad)):
				before = append(before, t)
			case t.After(end.Add(pad)):
				after = append(after, t)
			default:
				within = append(within, t)
			}
		}
		within = append([]time.Time{start.Add(-pad)}, append(within, end.Add(pad))...)
		runs = joined(cutQuiet(before, third), within, cutQuiet(after, third), end.Sub(start))
	} else {
		runs = cutQuiet(times, third)
	}
	s := &scale{}
	const fold = 22.0
	weights := make([]float64, len(runs))
	sum := 0.0
	for i, r := range runs {
		weights[i] = 0.6 + float64(len(r))
		sum += weights[i]
	}
	room := x1 - x0 - fold*float64(len(runs)-1)
	x := x0
	for i, r := range runs {
		g := segment{from: r[0], to: r[len(r)-1], x0: x, x1: x + room*weights[i]/sum}
		if i > 0 {
			p := s.segments[len(s.segments)-1]
			s.folds = append(s.folds, segment{from: p.to, to: g.from, x0: p.x1, x1: g.x0})
		}
		s.segments = append(s.segments, g)
		x = g.x1 + fold
	}
	return s
}

// joined draws on the scale of the impact what lies close around it: the last stretch
// before and the first after it, where each ends within the length of the impact. What
// lies further away has a scale of its own, behind a fold.
func joined(before [][]time.Time, within []time.Time, after [][]time.Time, impact time.Duration) [][]time.Time {
	if last := len(before) - 1; last >= 0 && within[0].Sub(before[last][0]) <= impact {
		before, within = before[:last], slices.Concat(before[last], within)
	}
	if len(after) > 0 {
		if first := after[0]; first[len(first)-1].Sub(within[len(within)-1]) <= impact {
			after, within = after[1:], slices.Concat(within, first)
		}
	}
	return slices.Concat(before, [][]time.Time{within}, after)
}

// longestQuiet is the length past which a stretch between two times is folded:
// a third of all that is drawn once the longer ones are folded away. Stretches
// within the impact are never folded.
func longestQuiet(times []time.Time, start, end time.Time) time.Duration {
	total := times[len(times)-1].Sub(times[0])
	for again := true; again; {
		again = false
		rest := times[len(times)-1].Sub(times[0])
		for i := 1; i < len(times); i++ {
			d := times[i].Sub(times[i-1])
			if d > total/3 && (!times[i].After(start) || !times[i-1].Before(end)) {
				rest -= d
			}
		}
		if rest < total && rest > 0 {
			total, again = rest, true
		}
	}
	return total / 3
}

// cutQuiet cuts times where a stretch is longer than quiet.
func cutQuiet(times []time.Time, quiet time.Duration) [][]time.Time {
	if len(times) == 0 {
		return nil
	}
	var runs [][]time.Time
	begin := 0
	for i := 1; i < len(times); i++ {
		if quiet > 0 && times[i].Sub(times[i-1]) > quiet {
			runs = append(runs, times[begin:i:i])
			begin = i
		}
	}
	return append(runs, times[begin:])
}

func (w *writer) impactSpan() (start, end time.Time, ok bool) {
	s, ok := w.marks[debrief.ImpactStart]
	if !ok {
		return
	}
	for _, n := range []debrief.MarkName{debrief.Mitigated, debrief.ResolvedMark} {
		if m, found := w.marks[n]; found && m.At.At.After(s.At.At) {
			return s.At.At, m.At.At, true
		}
	}
	return s.At.At, s.At.At, false
}

// Overview draws the ruler and the story to scale, for a page that lists the entries
// itself: with a lane for each team where the input has lanes, else on one axis. A
// second, small picture is the ruler alone, for a narrow screen and for paper. Neither
// has a style sheet of its own; each mark is a link to "#" and the ID of its entry.
// It is empty if no entry has a time. Times on the axis are in the zone z.
func Overview(in Input, z *time.Location) string {
	w := newWriter(in, room{cites: 99})
	w.zone, w.linked = z, true
	left := pictureEdge + 6
	if len(in.Lanes) > 0 {
		left = laneNames + 6
	}
	s := w.newScale(left, pictureWidth-pictureEdge-6)
	if s == nil {
		return ""
	}
	var body, small svg
	y := 0.0
	if len(in.Lanes) > 0 {
		y = w.lanes(&body, s, w.rulerAbove(&body, s)+4)
	} else {
		y, _ = w.ruler(&body, y, pictureEdge, pictureWidth-pictureEdge, pictureWidth-4)
		y = w.axis(&body, s, y)
	}
	const head = `<svg class="dbt %s" viewBox="0 0 %s %s" role="group" aria-label="%s">` + "\n"
	out := fmt.Sprintf(head+"<desc>%s</desc>\n%s</svg>", "dbt--wide", num(pictureWidth), num(y), escapeXML(say("picture.overview")), escapeXML(say("picture.marks")), body.String())
	if h, _ := w.ruler(&small, 0, 2, smallWidth-2, smallWidth-2); h > 0 {
		out += fmt.Sprintf("\n"+head+"%s</svg>", "dbt--small", num(smallWidth), num(h), escapeXML(say("picture.ruler")), small.String())
	}
	return out
}

type svg struct{ strings.Builder }

func (b *svg) text(class string, x, y float64, s string) {
	fmt.Fprintf(b, `<text class="%s" x="%s" y="%s">%s</text>`+"\n", class, num(x), num(y), escapeXML(s))
}

func num(f float64) string {
	return strings.TrimSuffix(strings.TrimSuffix(fmt.Sprintf("%.1f", f), "0"), ".")
}

func escapeXML(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(tidy(s))) // a Builder does not fail
	return b.String()
}

func (w *writer) picture() []byte {
	title := tidy(w.in.Title)
	if title == "" {
		title = w.title()
	}
	var body svg
	y := 34.0
	body.text("title", pictureEdge, y, shorten(title, 84))
	y += 22
	s := w.newScale(pictureEdge+6, pictureWidth-pictureEdge-6)
	impact := say("picture.no_impact")
	start, end, ok := w.impactSpan()
	if ok {
		impact = say("picture.impact", "length", coach.Length(end.Sub(start)), "from", w.clock(debrief.Moment{At: start}), "to", w.clock(debrief.Moment{At: end})+" UTC")
	}
	if s == nil {
		body.text("fine", pictureEdge, y, say("timeline.empty"))
		y += 10
	} else {
		body.text("fine", pictureEdge, y, impact)
		y, _ = w.ruler(&body, y+14, pictureEdge, pictureWidth-pictureEdge, pictureWidth-4)
		y = w.axis(&body, s, y+8)
		y = w.numbered(&body, y+14)
	}
	height := y + 16
	desc := say("picture.desc", "entries", coach.Count(len(w.in.Entries), "entry", "entries"),
		"from", w.clock(debrief.Moment{At: w.in.From}), "to", w.clock(debrief.Moment{At: w.in.To})+" UTC", "impact", impact)
	var out svg
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" class="dbt" viewBox="0 0 %s %s" width="%s" height="%s" role="img" aria-labelledby="dbt-t dbt-d">`+"\n",
		num(pictureWidth), num(height), num(pictureWidth), num(height))
	fmt.Fprintf(&out, "<title id=\"dbt-t\">%s</title>\n<desc id=\"dbt-d\">%s</desc>\n<style>%s</style>\n", escapeXML(say("picture.title", "title", title)), escapeXML(desc), pictureStyle)
	fmt.Fprintf(&out, `<rect class="paper" x="0" y="0" width="%s" height="%s"/>`+"\n", num(pictureWidth), num(height))
	out.WriteString(body.String())
	out.WriteString("</svg>\n")
	return []byte(out.String())
}

// cutWords name the parts of the ruler by the mark that ends them.
var cutWords = []struct {
	mark debrief.MarkName
	word string
}{
	{debrief.Detected, "until noticed"},
	{debrief.FirstResponse, "until taken on"},
	{debrief.Declared, "until declared"},
	{debrief.Mitigated, "until it ended"},
}

// A cut ends a part of the impact.
type cut struct {
	at   time.Time
	word string
}

// cuts gives the parts of the impact by what ends them, in the order of time.
func (w *writer) cuts() []cut {
	start, end, ok := w.impactSpan()
	if !ok {
		return nil
	}
	var cuts []cut
	for _, c := range cutWords {
		if m, ok := w.marks[c.mark]; ok && m.At.At.After(start) && !m.At.At.After(end) {
			cuts = append(cuts, cut{m.At.At, c.word})
		}
	}
	sort.SliceStable(cuts, func(i, j int) bool { return cuts[i].at.Before(cuts[j].at) })
	// What came within the same minute is one cut, called by what came first.
	cuts = slices.CompactFunc(cuts, func(a, b cut) bool { return b.at.Sub(a.at) < min(time.Minute, end.Sub(start)/50) })
	if len(cuts) == 0 || cuts[len(cuts)-1].at.Before(end) {
		cuts = append(cuts, cut{end, "until it ended"})
	}
	return cuts
}

// ruler draws the impact as one bar between two edges, cut at the marks that lie
// within it. Words that would touch or pass the limit are left out; it counts
// those that stand.
func (w *writer) ruler(b *svg, y, x0, x1, limit float64) (bottom float64, words int) {
	cuts := w.cuts()
	if len(cuts) == 0 {
		return y, 0
	}
	x := x0
	from, end, _ := w.impactSpan()
	total := end.Sub(from)
	labelEnd := 0.0
	for _, c := range cuts {
		d := c.at.Sub(from)
		wd := (x1 - x0) * float64(d) / float64(total)
		fmt.Fprintf(b, `<rect class="bar" x="%s" y="%s" width="%s" height="9"/>`+"\n", num(x), num(y+28), num(math.Max(wd-1.5, 1)))
		length, word := shortLength(d), c.word
		half := math.Max(float64(len(length))*11, float64(len(word))*6.6) / 2
		mid := math.Min(math.Max(x+wd/2, half), limit-half)
		if mid-half >= labelEnd {
			b.text("big mid", mid, y+20, length)
			b.text("fine mid", mid, y+53, word)
			labelEnd = mid + half + 6
			words++
		}
		x += wd
		from = c.at
	}
	return y + 62, words
}

// shortLength is a length for a narrow place: "3 min", "5 h 9", "40 s".
func shortLength(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Round(time.Minute)/time.Minute))
	case d < 48*time.Hour:
		m := int(d.Round(time.Minute) / time.Minute)
		if m%60 == 0 {
			return fmt.Sprintf("%d h", m/60)
		}
		return fmt.Sprintf("%d h %d", m/60, m%60)
	}
	return fmt.Sprintf("%d d", int(d.Hours()/24+0.5))
}

// axis draws the impact band, the folds, the ticks and one mark for each entry
// with its number above; numbers that would touch take the next row up.
func (w *writer) axis(b *svg, s *scale, top float64) float64 {
	type label struct {
		x, left float64
		text    string
		row     int
	}
	var labels []label
	rows := []float64{}
	for i := range w.in.Entries {
		if !w.in.Entries[i].At.Known() {
			continue
		}
		x := s.x(w.in.Entries[i].At.At)
		t := w.label(i)
		need := float64(len(t))*7 + 5
		row := -1
		for r, right := range rows {
			if x-need/2 >= right {
				row = r
				break
			}
		}
		if row < 0 && len(rows) < 9 {
			rows = append(rows, 0)
			row = len(rows) - 1
		}
		if row < 0 { // so many at once that they share one label, 4–9, which grows to the right
			l := &labels[len(labels)-1]
			first, _, _ := strings.Cut(l.text, "–")
			l.text = first + "–" + t
			rows[l.row] = l.left + float64(len([]rune(l.text)))*7 + 5
			continue
		}
		rows[row] = x + need/2
		labels = append(labels, label{x, x - float64(len(t))*3.5, t, row})
	}
	line := top + float64(max(len(rows), 1))*numberRow + 26
	bottom := line + 22

	if start, end, ok := w.impactSpan(); ok {
		x0, x1 := s.x(start), s.x(end)
		fmt.Fprintf(b, `<rect class="band" x="%s" y="%s" width="%s" height="%s"/>`+"\n", num(x0), num(top), num(math.Max(x1-x0, 2)), num(bottom-top))
		fmt.Fprintf(b, `<path class="edge" d="M%s %sV%sM%s %sV%s"/>`+"\n", num(x0), num(top), num(bottom), num(x1), num(top), num(bottom))
	}
	for _, g := range s.segments {
		fmt.Fprintf(b, `<path class="axis" d="M%s %sH%s"/>`+"\n", num(g.x0), num(line), num(g.x1))
	}
	w.folded(b, s, line-14, line+14)
	w.ticks(b, s, line)
	for i := range w.in.Entries {
		e := &w.in.Entries[i]
		if !e.At.Known() {
			continue
		}
		w.thread(b, e, s, line)
	}
	for _, l := range labels {
		y := line - 20 - float64(l.row)*numberRow
		if l.row > 0 {
			fmt.Fprintf(b, `<path class="lead" d="M%s %sV%s"/>`+"\n", num(l.x), num(line-8), num(y+3))
		}
	}
	for _, l := range labels {
		y := line - 20 - float64(l.row)*numberRow
		fmt.Fprintf(b, `<rect class="paper" x="%s" y="%s" width="%s" height="13"/>`, num(l.left), num(y-10), num(float64(len([]rune(l.text)))*7))
		b.text("n", l.left, y, l.text)
	}
	for i := range w.in.Entries {
		if e := &w.in.Entries[i]; e.At.Known() {
			w.link(b, e, "")
			glyph(b, e, s.x(e.At.At), line)
			w.unlink(b)
		}
	}
	return bottom + 14
}

// folded draws the stretches that are folded away: two torn edges on sunk paper.
func (w *writer) folded(b *svg, s *scale, top, bottom float64) {
	for _, f := range s.folds {
		words := say("picture.fold", "length", coach.Length(f.to.Sub(f.from)))
		fmt.Fprintf(b, `<g><title>%s</title><rect class="fold" x="%s" y="%s" width="%s" height="%s"/>`, escapeXML(words), num(f.x0), num(top), num(f.x1-f.x0), num(bottom-top))
		for _, x := range []float64{f.x0, f.x1} {
			fmt.Fprintf(b, `<path class="torn" d="M%s %s`, num(x), num(top))
			teeth := math.Max(1, math.Round((bottom-top)/28))
			for d := (bottom - top) / teeth / 4; teeth > 0; teeth-- {
				fmt.Fprintf(b, "l-2.5 %[1]s 5 %[1]s-5 %[1]s 2.5 %[1]s", num(d))
			}
			b.WriteString(`"/>`)
		}
		if bottom-top > width(words) {
			x, y := (f.x0+f.x1)/2+4, (top+bottom)/2
			fmt.Fprintf(b, `<text class="fine mid" x="%[1]s" y="%[2]s" transform="rotate(-90 %[1]s %[2]s)">%[3]s</text>`, num(x), num(y), escapeXML(words))
		}
		b.WriteString("</g>\n")
	}
}

// thread shows the range in which an uncertain time may lie.
func (w *writer) thread(b *svg, e *debrief.Entry, s *scale, y float64) {
	from, to := e.At.Range()
	if x0, x1 := s.x(from), s.x(to); to.Sub(from) > time.Minute && x1-x0 > 4 {
		fmt.Fprintf(b, `<path class="thread" d="M%s %sH%s"/>`+"\n", num(x0), num(y), num(x1))
	}
}

// link begins a link to an entry, if the list stands on the same page. Its name holds
// the label that is seen, for those who speak to their browser.
func (w *writer) link(b *svg, e *debrief.Entry, label string) {
	if !w.linked {
		return
	}
	name := w.moment(e.At.At) + ", " + e.Text
	if label != "" {
		name = label + ": " + name
	}
	fmt.Fprintf(b, `<a href="#%s" aria-label="%s">`, escapeXML(e.ID), escapeXML(name))
}

func (w *writer) unlink(b *svg) {
	if w.linked {
		b.WriteString("</a>\n")
	}
}

// moment writes a time below the axis.
func (w *writer) moment(t time.Time) string {
	if w.zone == time.UTC {
		return w.clock(debrief.Moment{At: t})
	}
	if w.long {
		return t.In(w.zone).Format("2 Jan")
	}
	return t.In(w.zone).Format("15:04")
}

// glyph draws the mark of an entry: diamond trigger, ring visible, half ring
// confusing, dashed ring missing, dot response, square impact, stroke the rest.
func glyph(b *svg, e *debrief.Entry, x, y float64) {
	fmt.Fprintf(b, `<g><title>%s</title>`, escapeXML(e.Text))
	switch kindOf(e) {
	case "trigger":
		fmt.Fprintf(b, `<path class="mark solid" d="M%s %sl6 6-6 6-6-6z"/>`, num(x), num(y-6))
	case "visible":
		fmt.Fprintf(b, `<circle class="mark paper" cx="%s" cy="%s" r="5"/>`, num(x), num(y))
	case "confusing":
		fmt.Fprintf(b, `<circle class="mark paper" cx="%s" cy="%s" r="5"/><path class="solid" d="M%s %sa5 5 0 0 1 0 10z"/>`, num(x), num(y), num(x), num(y-5))
	case "missing":
		fmt.Fprintf(b, `<circle class="mark paper missing" cx="%s" cy="%s" r="5"/>`, num(x), num(y))
	case "response":
		fmt.Fprintf(b, `<circle class="solid" cx="%s" cy="%s" r="4.6"/>`, num(x), num(y))
	case "impact":
		fmt.Fprintf(b, `<rect class="mark impact" x="%s" y="%s" width="10" height="10"/>`, num(x-5), num(y-5))
	default:
		fmt.Fprintf(b, `<path class="mark" d="M%s %sv10"/>`, num(x), num(y-5))
	}
	b.WriteString("</g>\n")
}

var tickSteps = []time.Duration{
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 48 * time.Hour, 7 * 24 * time.Hour,
	14 * 24 * time.Hour, 28 * 24 * time.Hour, 91 * 24 * time.Hour,
}

// ticks writes times below the axis, as many as fit without touching.
func (w *writer) ticks(b *svg, s *scale, line float64) {
	right, apart := 0.0, 0.0
	put := func(x float64, label string) bool {
		half := float64(len(label)) * 3.5
		if x-half < math.Max(right+apart, 2) || x+half > pictureWidth-2 {
			return false
		}
		fmt.Fprintf(b, `<path class="tick" d="M%s %sv5"/>`, num(x), num(line))
		b.text("fine mid", x, line+19, label)
		right, apart = x+half, 10
		return true
	}
	dayOf := func(t time.Time) string { return t.In(w.zone).Format("2 Jan") }
	day := dayOf(s.segments[len(s.segments)-1].to) // so that a story of one day has no dates
	// at puts a time of day, with its day where that is another one than before.
	at := func(x float64, t time.Time) {
		clock := t.In(w.zone).Format("15:04")
		if d := dayOf(t); d != day && put(x, d+", "+clock) || put(x, clock) {
			day = d
		}
	}
	for _, g := range s.segments {
		if right > 0 {
			apart = 20 // across a fold the times jump, and a reader must see that
		}
		span := g.to.Sub(g.from)
		if span <= 0 {
			at(s.x(g.from), g.from)
			continue
		}
		step := tickSteps[len(tickSteps)-1]
		for _, c := range tickSteps {
			if (g.x1-g.x0)*float64(c)/float64(span) >= 62 {
				step = c
				break
			}
		}
		drawn := 0
		for t := g.from.Truncate(step); !t.After(g.to); t = t.Add(step) {
			if t.Before(g.from) {
				continue
			}
			local := t.In(w.zone)
			drawn++
			if step < 24*time.Hour && (local.Hour() != 0 || local.Minute() != 0) {
				at(s.x(t), t)
			} else if put(s.x(t), dayOf(t)) {
				day = dayOf(t)
			}
		}
		if drawn == 0 {
			at((g.x0+g.x1)/2, g.from)
		}
	}
}

// numbered writes the list that the numbers on the axis refer to.
func (w *writer) numbered(b *svg, y float64) float64 {
	longest := 5
	for _, e := range w.in.Entries {
		longest = max(longest, len([]rune(w.clock(e.At))))
	}
	timeX := pictureEdge + 30 + float64(longest)*charWidth
	glyphX, textX := timeX+18, timeX+36
	fit := int((pictureWidth - pictureEdge - textX) / charWidth)
	open := false
	for i := range w.in.Entries {
		e := &w.in.Entries[i]
		lines := wrap(tidy(e.Text), fit)
		open = w.open(e.At.At)
		if open {
			fmt.Fprintf(b, `<rect class="bar" x="%s" y="%s" width="4" height="%s"/>`+"\n", num(timeX+5), num(y-12), num(float64(len(lines))*17+3))
		}
		b.text("time fine", pictureEdge+22, y, itoa(i+1))
		b.text("time", timeX, y, w.clock(e.At))
		glyph(b, e, glyphX+4, y-4.5)
		for _, l := range lines {
			b.text("", textX, y, l)
			y += 17
		}
		y += 3
	}
	return y
}

// wrap cuts text into lines of at most n characters, at spaces where there are any.
func wrap(s string, n int) []string {
	var lines []string
	cur := ""
	for _, word := range strings.Fields(s) {
		for len([]rune(word)) > n {
			r := []rune(word)
			if cur != "" {
				lines, cur = append(lines, cur), ""
			}
			lines = append(lines, string(r[:n]))
			word = string(r[n:])
		}
		switch {
		case cur == "":
			cur = word
		case len([]rune(cur))+1+len([]rune(word)) <= n:
			cur += " " + word
		default:
			lines = append(lines, cur)
			cur = word
		}
	}
	if cur != "" || len(lines) == 0 {
		lines = append(lines, cur)
	}
	return lines
}

func shorten(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return strings.TrimRight(string(r[:n-1]), " ") + "…"
}

package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/coach"
)

// A Lane is the line of a team, or of a group outside, in the picture. It is never
// that of a person.
type Lane struct {
	Name    string
	Entries []string // their IDs
}

const (
	laneNames  = 158.0 // the column of the names
	laneHeight = 46.0
	laneChar   = 6.9 // of the words beside a mark, on the wide side
)

// A lane is drawn: its entries by their place in the list.
type lane struct {
	name    string
	entries []int
}

// lanesOf sorts the entries into the lanes; what no lane has stands in a last one.
func (w *writer) lanesOf() []lane {
	var all []lane
	of := map[string]int{}
	for i, l := range w.in.Lanes {
		all = append(all, lane{name: tidy(l.Name)})
		for _, id := range l.Entries {
			of[id] = i
		}
	}
	rest := lane{name: say("picture.lane_unsaid")}
	for i := range w.in.Entries {
		e := &w.in.Entries[i]
		if !e.At.Known() {
			continue
		}
		if n, ok := of[e.ID]; ok {
			all[n].entries = append(all[n].entries, i)
		} else {
			rest.entries = append(rest.entries, i)
		}
	}
	if len(rest.entries) > 0 {
		all = append(all, rest)
	}
	return all
}

// A laneLabel says what a mark is: in words where there is room, else by the number
// that the list has, else not at all; the mark is a link all the same.
type laneLabel struct {
	entry int
	left  float64
	text  string
	below bool
}

func (l *laneLabel) right() float64 { return l.left + width(l.text) }

func width(s string) float64 { return float64(len([]rune(s))) * laneChar }

// laneLabels gives the labels of a lane between two edges. First every mark gets its
// number, above the line, or below it where that would touch; then the numbers that
// have room become words, from the left. No label crosses a wall.
func (w *writer) laneLabels(l lane, s *scale, left, right float64, walls []float64) []laneLabel {
	const apart, clear = 7.0, 3.0
	var rows [2][]laneLabel
	for _, i := range l.entries {
		e := &w.in.Entries[i]
		x := s.x(e.At.At)
		n := laneLabel{entry: i, text: about(e) + w.label(i)}
		n.left = math.Max(left, math.Min(x-width(n.text)/2, right-width(n.text)))
		crosses := func(wall float64) bool { return n.left < wall && wall < n.right() }
		for _, wall := range walls {
			if crosses(wall) {
				if n.left = wall + clear; x < wall {
					n.left = wall - clear - width(n.text)
				}
			}
		}
		if slices.ContainsFunc(walls, crosses) { // between two there is no room
			continue
		}
		for r := range rows {
			if k := len(rows[r]); n.left >= left && n.right() <= right && (k == 0 || rows[r][k-1].right()+apart <= n.left) {
				n.below = r == 1
				rows[r] = append(rows[r], n)
				break
			}
		}
	}
	for r := range rows {
		for k := range rows[r] {
			n := &rows[r][k]
			e := &w.in.Entries[n.entry]
			begin, end := math.Max(left, math.Min(n.left, s.x(e.At.At)-6)), right
			for _, wall := range walls {
				if wall <= n.left {
					begin = math.Max(begin, wall+clear)
				} else {
					end = math.Min(end, wall-clear)
				}
			}
			if k > 0 {
				begin = math.Max(begin, rows[r][k-1].right()+apart)
			}
			if k+1 < len(rows[r]) {
				end = math.Min(end, rows[r][k+1].left-apart)
			}
			if words := clause(e.Text, int((end-begin)/laneChar)-len([]rune(about(e)))); words != "" {
				n.left, n.text = begin, about(e)+words
			}
		}
	}
	return append(rows[0], rows[1]...)
}

// about marks a time that is not exact.
func about(e *debrief.Entry) string {
	if e.At.Precision >= debrief.About {
		return "≈ "
	}
	return ""
}

// clause gives what an entry says in n characters at most: what was said, if it tells
// so, else its first clause, cut between words. It is empty where too little fits.
func clause(text string, n int) string {
	const least, most = 24, 38
	text = tidy(text)
	if _, said, ok := strings.Cut(text, ": “"); ok {
		text = "“" + said
	}
	for _, end := range []string{". ", ", ", "; ", " – "} {
		if head, _, ok := strings.Cut(text, end); ok && len([]rune(head)) >= least {
			text = head
		}
	}
	text = strings.TrimRight(text, ".")
	if strings.HasPrefix(text, "“") {
		text = strings.TrimRight(text, "”.") + "”"
	}
	n = min(n, most)
	if len([]rune(text)) <= n {
		return text
	}
	if n < least {
		return ""
	}
	cut := string([]rune(text)[:n-2])
	at := strings.LastIndexByte(cut, ' ')
	if at < least-8 {
		return ""
	}
	cut = strings.TrimRight(cut[:at], " ,;:‘(") + "…"
	if strings.HasPrefix(text, "“") {
		cut += "”"
	}
	return cut
}

// label is how the list names an entry.
func (w *writer) label(i int) string {
	if l, ok := w.in.Labels[w.in.Entries[i].ID]; ok {
		return l
	}
	return itoa(i + 1)
}

// rulerAbove draws the ruler over the band, or over all of the picture if more of its
// words stand there.
func (w *writer) rulerAbove(b *svg, s *scale) float64 {
	var over, all svg
	y, most := w.ruler(&all, 0, laneNames, pictureWidth-pictureEdge, pictureWidth-4)
	if start, end, ok := w.impactSpan(); ok {
		if _, words := w.ruler(&over, 0, s.x(start), s.x(end), pictureWidth-4); words >= most {
			all = over
		}
	}
	b.WriteString(all.String())
	return y
}

// lanes draws one line for each team or group from top down, the impact as a band
// through all of them, and one axis below.
func (w *writer) lanes(b *svg, s *scale, top float64) float64 {
	left, right := laneNames, pictureWidth-pictureEdge
	all := w.lanesOf()
	line := func(n int) float64 { return top + laneHeight*float64(n) + laneHeight/2 }
	axis := top + laneHeight*float64(len(all)) + 6
	start, end, impact := w.impactSpan()
	x0, x1 := 0.0, 0.0
	var walls []float64
	for _, f := range s.folds {
		walls = append(walls, f.x0-2, f.x1+2)
	}
	if impact {
		x0, x1 = s.x(start), math.Max(s.x(end), s.x(start)+2)
		walls = append(walls, x0, x1)
		fmt.Fprintf(b, `<rect class="band" x="%s" y="%s" width="%s" height="%s"/>`+"\n", num(x0), num(top), num(x1-x0), num(axis-top))
		for _, c := range w.cuts() {
			if c.at.Before(end) {
				fmt.Fprintf(b, `<path class="hair" d="M%s %sV%s"/>`+"\n", num(s.x(c.at)), num(top), num(axis))
			}
		}
	}
	for n, l := range all {
		y := line(n)
		for _, g := range s.segments {
			fmt.Fprintf(b, `<path class="rail" d="M%s %sH%s"/>`+"\n", num(g.x0), num(y), num(g.x1))
		}
		if impact && !w.within(l, start, end) {
			w.noEntry(b, l, x0, x1, y, end.Sub(start))
		}
	}
	if impact {
		fmt.Fprintf(b, `<path class="edge" d="M%s %sV%sM%s %sV%s"/>`+"\n", num(x0), num(top), num(axis), num(x1), num(top), num(axis))
	}
	for _, g := range s.segments {
		fmt.Fprintf(b, `<path class="axis" d="M%s %sH%s"/>`+"\n", num(g.x0), num(axis), num(g.x1))
	}
	w.folded(b, s, top, axis)
	w.ticks(b, s, axis)
	for n, l := range all {
		y := line(n)
		fmt.Fprintf(b, `<g role="group" aria-label="%s">`, escapeXML(l.name))
		b.text("lane", pictureEdge, y+4.5, shorten(l.name, int((left-pictureEdge)/laneChar)-1))
		for _, i := range l.entries {
			w.thread(b, &w.in.Entries[i], s, y)
		}
		labels := map[int]laneLabel{}
		for _, t := range w.laneLabels(l, s, left, right, walls) {
			labels[t.entry] = t
		}
		for _, i := range l.entries {
			e := &w.in.Entries[i]
			t, ok := labels[i]
			w.link(b, e, t.text)
			glyph(b, e, s.x(e.At.At), y)
			if ok {
				dy := -10.0
				if t.below {
					dy = 19
				}
				b.text("fine n", t.left, y+dy, t.text)
			}
			w.unlink(b)
		}
		b.WriteString("</g>\n")
	}
	return axis + 28
}

// within reports whether a lane has an entry while the impact is open.
func (w *writer) within(l lane, start, end time.Time) bool {
	for _, i := range l.entries {
		if t := w.in.Entries[i].At.At; !t.Before(start) && !t.After(end) {
			return true
		}
	}
	return false
}

// noEntry says in hatch and words that nothing is known of a lane during the impact.
func (w *writer) noEntry(b *svg, l lane, x0, x1, y float64, d time.Duration) {
	const half = 8.0
	var path strings.Builder
	for x := x0 + 1; x+2*half < x1; x += 7 {
		fmt.Fprintf(&path, "M%s %sl%s %s", num(x), num(y+half), num(2*half), num(-2*half))
	}
	words := say("picture.lane_empty", "length", coach.Length(d))
	fmt.Fprintf(b, `<g><title>%s</title><path class="hatch" d="%s"/>`, escapeXML(l.name+": "+words), path.String())
	if wd := width(words) + 8; wd < x1-x0-8 {
		fmt.Fprintf(b, `<rect class="band" x="%s" y="%s" width="%s" height="%s"/>`, num(x0+4), num(y-half), num(wd), num(2*half))
		b.text("fine", x0+8, y+4.5, words)
	}
	b.WriteString("</g>\n")
}

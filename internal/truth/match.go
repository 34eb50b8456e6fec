package truth

import (
	"math"
	"strings"
	"unicode"
)

// How alike two texts must be to speak of one event: enough when the time
// agrees, and more when the time is only near.
const (
	alike     = 0.22
	veryAlike = 0.45
)

// A pair is one way of taking an entry for an event.
type pair struct {
	weight float64 // above 0 for a candidate; what the assignment adds up
	full   bool    // within the tolerance, not only near it
	shared bool    // a piece of evidence is cited by both
	off    float64 // entry minus event, seconds
}

// compare says whether an entry may stand for an event, and how well. Time alone
// is never enough: a busy minute has many events.
func compare(p Entry, e Event, pw, ew map[string]bool) pair {
	off := p.At.Sub(e.At).Seconds()
	common := seen(p.Evidence, e.Evidence)
	like := cosine(pw, ew)
	c := pair{off: off, shared: common > 0}
	switch far := math.Abs(off); {
	case far <= e.Tolerance && (common > 0 || like >= alike):
		c.full, c.weight = true, 20
	case far <= 3*e.Tolerance && (common > 0 || like >= veryAlike):
		c.weight = 10
	default:
		return c
	}
	// What decides between candidates, the weightier first. The sum stays below
	// the step from near to within.
	c.weight += 4*math.Min(float64(common), 3)/3 + 2*like + (1 - math.Abs(off)/(3*e.Tolerance))
	if accepts(e, p.Kind) {
		c.weight += 0.5
	}
	return c
}

// accepts reports whether the truth takes the kind for right.
func accepts(e Event, kind string) bool {
	if kind == e.Kind {
		return true
	}
	for _, alt := range e.AltKinds {
		if kind == alt {
			return true
		}
	}
	return false
}

// assign pairs rows with columns one to one so that the weights add up to the
// most, and returns for each row its column or -1. A weight of 0 means that the
// two cannot be paired. It is the Hungarian method with potentials: columns are
// added along a cheapest augmenting path, in O(n³).
func assign(weight [][]float64) []int {
	rows := len(weight)
	if rows == 0 {
		return nil
	}
	// Each row also has a column of its own that costs nothing, so that a row may
	// stay alone. Costs are negative weights.
	cols := len(weight[0]) + rows
	cost := func(r, c int) float64 {
		if c < len(weight[0]) {
			return -weight[r][c]
		}
		return 0
	}
	up, down := make([]float64, rows), make([]float64, cols)
	rowOf := make([]int, cols)
	for c := range rowOf {
		rowOf[c] = -1
	}
	for start := range rows {
		slack, from, done := make([]float64, cols), make([]int, cols), make([]bool, cols)
		for c := range cols {
			slack[c], from[c] = math.Inf(1), -1
		}
		r, last := start, -1
		for {
			// Look from the row that was reached, and go where it is cheapest.
			next := -1
			for c := range cols {
				if done[c] {
					continue
				}
				if s := cost(r, c) - up[r] - down[c]; s < slack[c] {
					slack[c], from[c] = s, last
				}
				if next < 0 || slack[c] < slack[next] {
					next = c
				}
			}
			delta := slack[next]
			up[start] += delta
			for c := range cols {
				if done[c] {
					up[rowOf[c]] += delta
					down[c] -= delta
				} else {
					slack[c] -= delta
				}
			}
			done[next] = true
			last = next
			if rowOf[next] < 0 {
				break
			}
			r = rowOf[next]
		}
		// Turn the path around: every row on it moves one column on.
		for c := last; c >= 0; {
			before := from[c]
			if before < 0 {
				rowOf[c] = start
			} else {
				rowOf[c] = rowOf[before]
			}
			c = before
		}
	}
	out := make([]int, rows)
	for r := range out {
		out[r] = -1
	}
	for c, r := range rowOf {
		if r >= 0 && c < len(weight[0]) && weight[r][c] > 0 {
			out[r] = c
		}
	}
	return out
}

// filler are words that say nothing about what happened.
var filler = func() map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(`a about after all also an and are as at be been before but by each for from
		had has have in into is it its more most no not of off on one only or other out over so some still than that
		the their them then there these they this those through to under until up was were when where which while
		who will with`) {
		set[w] = true
	}
	return set
}()

// words gives the set of telling words of a text, cut to a rough stem, so that
// "pages" meets "paged".
func words(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if filler[w] || len(w) < 2 {
			continue
		}
		for _, end := range []string{"ing", "ed", "es", "s"} {
			if cut, ok := strings.CutSuffix(w, end); ok && len(cut) >= 3 {
				w = cut
				break
			}
		}
		set[w] = true
	}
	return set
}

// cosine says how alike two sets of words are, from 0 to 1.
func cosine(a, b map[string]bool) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	common := 0
	for w := range a {
		if b[w] {
			common++
		}
	}
	return float64(common) / math.Sqrt(float64(len(a))*float64(len(b)))
}

package timeline

import (
	"math"
	"sort"
	"strings"
	"time"
	"unicode"

	"debrief.dev/debrief"
)

// item is one piece of evidence with what the proposal thinks of it.
type item struct {
	ev     *debrief.Evidence
	at     time.Time // corrected for clock skew; zero if unknown
	tokens []int32   // distinct content words, sorted
	acts   act
	best   string // the sentence that matters most
	series *series
	weight float64
	copies []debrief.Citation // the same evidence found again
	off    time.Duration      // what was taken off the time for skew
	note   bool               // somebody's notes index this
	// corrected is what set the time of this right, or nil.
	corrected *item
}

func (x *item) known() bool { return !x.at.IsZero() }

// words turns texts into numbers, once, so that likeness is a merge of two
// sorted lists. It counts in how many items each word stands.
type words struct {
	ids    map[string]int32
	df     []int32
	digits []bool // the word has a digit in it: a number, an id
}

// stopWords carry no content; they are the commonest words of English talk.
var stopWords = func() map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(`a about after again all also am an and any are aren as at back be been before being but by can
		could did didn do does doesn doing don done down for from get go going got had has hasn have he her here him his how i if in
		into is isn it its just let like ll look looks make me more most my no not now of off ok on one only or other our out over
		please re really right say says see seen she should so some still such than that the their them then there these they thing
		think this those to too up us use ve very via want was wasn we well were what when where which while who why will with
		won would yes yet you your`) {
		m[w] = true
	}
	return m
}()

// of gives the distinct content words of a text as sorted numbers.
func (w *words) of(texts ...string) []int32 {
	var out []int32
	for _, text := range texts {
		for _, f := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r)
		}) {
			if len(f) < 2 || stopWords[f] {
				continue
			}
			f = stem(f)
			id, ok := w.ids[f]
			if !ok {
				id = int32(len(w.df))
				w.ids[f] = id
				w.df = append(w.df, 0)
				w.digits = append(w.digits, strings.ContainsAny(f, "0123456789"))
			}
			out = append(out, id)
			if len(out) >= 200 {
				break
			}
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	n := 0
	for i, id := range out {
		if i == 0 || id != out[n-1] {
			out[n] = id
			n++
		}
	}
	out = out[:n]
	for _, id := range out {
		w.df[id]++
	}
	return out
}

// stem takes the commonest English endings off, so that "restarting" and
// "restarted" count as one word.
func stem(f string) string {
	for _, end := range [...]string{"ations", "ation", "ings", "ing", "ies", "ed", "es", "s"} {
		if len(f)-len(end) >= 4 && strings.HasSuffix(f, end) {
			return f[:len(f)-len(end)]
		}
	}
	return f
}

// weight of a word: rare words say more.
func (w *words) idf(id int32, n int) float64 {
	return math.Log(float64(n+1) / float64(w.df[id]))
}

// likeness of two items, 0 to 1: the cosine of their words, rare ones counting more.
func (w *words) likeness(a, b []int32, n int) float64 {
	var both, sa, sb float64
	for _, id := range a {
		v := w.idf(id, n)
		sa += v * v
	}
	for _, id := range b {
		v := w.idf(id, n)
		sb += v * v
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			v := w.idf(a[i], n)
			both += v * v
			i++
			j++
		}
	}
	if sa == 0 || sb == 0 {
		return 0
	}
	return both / math.Sqrt(sa*sb)
}

// series is the history of one alert: all that monitors, pagers and the bots
// that repeat them said of it.
type series struct {
	name    string
	firing  []*item // in order of time
	ends    []*item
	paged   bool
	severe  bool
	flapped bool // came and went by itself, again and again
}

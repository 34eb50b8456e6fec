package truth

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Figures compare a proposal with the truth. Shares run from 0 to 1 and are -1
// where the truth has nothing to compare with.
type Figures struct {
	Proposed, Matched int
	// RecallKey and RecallAll are the shares of the truth's key events, and of
	// all its events, that an entry matches.
	RecallKey, RecallAll float64
	// Precision takes entries that match no event, yet cite evidence which the
	// truth lists, for sound context, and does not count a second entry for one
	// event. PrecisionStrict counts matches only.
	Precision, PrecisionStrict float64
	// KindExact and KindAccepted are shares of matches.
	KindExact, KindAccepted float64
	// TimeError is the median distance between a matched entry and its event, in
	// seconds.
	TimeError float64
	// EvidenceHit is the share of matches that cite a piece of evidence of the event.
	EvidenceHit float64
	Duplicates  int // entries that would fit an event that is taken
	Context     int // entries without an event that cite listed evidence
	Noise       int // entries without an event or listed evidence
	RedHerrings int // triggers and impacts that cite what is known to be unrelated
	// Milestones, Questions and Factors are the shares of the truth's that the
	// proposal names, milestones within their tolerance.
	Milestones, Questions, Factors float64
	// Leaks are the words of people, customers and so on that stand in texts, by
	// sort: people, logins, customers, vendors, secrets, hosts, urls.
	Leaks map[string][]string
	// Missed are the key events without an entry, in the truth's order.
	Missed []Event
	// Pairs gives for each entry the index of its event, or -1.
	Pairs []int
}

// Score compares a proposal with the truth.
func Score(t *Truth, p *Proposal) Figures {
	said, happened := make([]map[string]bool, len(p.Timeline)), make([]map[string]bool, len(t.Events))
	for i, e := range p.Timeline {
		said[i] = words(e.Text)
	}
	for j, e := range t.Events {
		happened[j] = words(e.Text)
	}
	pairs := make([][]pair, len(p.Timeline))
	weight := make([][]float64, len(p.Timeline))
	for i, entry := range p.Timeline {
		pairs[i], weight[i] = make([]pair, len(t.Events)), make([]float64, len(t.Events))
		for j, event := range t.Events {
			pairs[i][j] = compare(entry, event, said[i], happened[j])
			weight[i][j] = pairs[i][j].weight
		}
	}

	f := Figures{Proposed: len(p.Timeline), Pairs: assign(weight)}
	taken := make([]bool, len(t.Events))
	listed := t.listed()
	unrelated := t.unrelated(listed)
	var off []float64
	var exact, accepted, shared int
	for i, entry := range p.Timeline {
		if (entry.Kind == "trigger" || entry.Kind == "impact") && seen(entry.Evidence, unrelated) > 0 {
			f.RedHerrings++
		}
		j := f.Pairs[i]
		if j < 0 {
			switch {
			case slices.Max(weight[i]) > 0:
				f.Duplicates++
			case seen(entry.Evidence, listed) > 0:
				f.Context++
			default:
				f.Noise++
			}
			continue
		}
		taken[j] = true
		f.Matched++
		off = append(off, math.Abs(pairs[i][j].off))
		if entry.Kind == t.Events[j].Kind {
			exact++
		}
		if accepts(t.Events[j], entry.Kind) {
			accepted++
		}
		if pairs[i][j].shared {
			shared++
		}
	}

	key, keyTaken := 0, 0
	for j, e := range t.Events {
		if !e.Key {
			continue
		}
		key++
		if taken[j] {
			keyTaken++
		} else {
			f.Missed = append(f.Missed, e)
		}
	}
	f.RecallKey = share(keyTaken, key)
	f.RecallAll = share(f.Matched, len(t.Events))
	f.Precision = share(f.Matched+f.Context, f.Proposed-f.Duplicates)
	f.PrecisionStrict = share(f.Matched, f.Proposed)
	f.KindExact = share(exact, f.Matched)
	f.KindAccepted = share(accepted, f.Matched)
	f.EvidenceHit = share(shared, f.Matched)
	f.TimeError = median(off)

	near := 0
	for name, m := range t.Milestones {
		if at, ok := p.Milestones[name]; ok && math.Abs(at.Sub(m.At).Seconds()) <= m.Tolerance {
			near++
		}
	}
	f.Milestones = share(near, len(t.Milestones))
	f.Questions = named(t.ExpectedQuestions, p.Questions)
	var factors []string
	for _, c := range t.Factors {
		factors = append(factors, c.Code)
	}
	slices.Sort(factors)
	f.Factors = named(slices.Compact(factors), p.Factors)
	f.Leaks = t.Redact.leaks(p.Timeline)
	return f
}

// listed gives the evidence that the truth names as part of the story.
func (t *Truth) listed() []Cite {
	var all []Cite
	for _, e := range t.Events {
		all = append(all, e.Evidence...)
	}
	for _, m := range t.Milestones {
		all = append(all, m.Evidence...)
	}
	for _, f := range t.Factors {
		all = append(all, f.Cues...)
	}
	for _, c := range t.Contradictions {
		for _, s := range c.Sides {
			all = append(all, s.Evidence...)
		}
	}
	return all
}

// unrelated gives the evidence of red herrings. What is also part of the story
// is none.
func (t *Truth) unrelated(listed []Cite) []Cite {
	var all []Cite
	for _, u := range t.Unrelated {
		for _, c := range u.Evidence {
			if !slices.Contains(listed, c) {
				all = append(all, c)
			}
		}
	}
	return all
}

func share(part, whole int) float64 {
	if whole <= 0 {
		return -1
	}
	return float64(part) / float64(whole)
}

// named gives the share of the wanted codes that are among the given ones.
func named(want, got []string) float64 {
	n := 0
	for _, w := range want {
		if slices.Contains(got, w) {
			n++
		}
	}
	return share(n, len(want))
}

func median(xs []float64) float64 {
	if len(xs) == 0 {
		return -1
	}
	slices.Sort(xs)
	mid := len(xs) / 2
	if len(xs)%2 == 1 {
		return xs[mid]
	}
	return (xs[mid-1] + xs[mid]) / 2
}

// leaks looks for the protected words in the texts, by sort, each once.
func (r Redact) leaks(entries []Entry) map[string][]string {
	var text strings.Builder
	for _, e := range entries {
		text.WriteString(e.Text)
		text.WriteByte('\n')
	}
	sorts := map[string][]string{"logins": r.Logins, "customers": r.Customers, "vendors": r.Vendors, "hosts": r.Hosts, "urls": r.URLs}
	for _, p := range r.People {
		// A first or last name alone gives a person away as well.
		sorts["people"] = append(sorts["people"], strings.Fields(p.Name)...)
		sorts["people"] = append(sorts["people"], p.Email)
		if p.Handle != "" {
			sorts["people"] = append(sorts["people"], "@"+p.Handle)
		}
	}
	for _, s := range r.Secrets {
		sorts["secrets"] = append(sorts["secrets"], s.Value)
	}
	out := map[string][]string{}
	for sort, list := range sorts {
		for _, w := range list {
			if utf8.RuneCountInString(w) >= 3 && stands(text.String(), w) && !slices.Contains(out[sort], w) {
				out[sort] = append(out[sort], w)
			}
		}
	}
	return out
}

// stands reports whether a word stands in a text, alone and written as given: a
// name that is also a common word is told apart by its capital.
func stands(text, word string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(word):])
		if !letter(before) && !letter(after) {
			return true
		}
		from = i + len(word)
	}
}

func letter(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

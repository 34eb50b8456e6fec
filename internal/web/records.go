package web

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/evidence"
	"debrief.dev/debrief/internal/store"
)

// A recordView is a captured line with what became of it.
type recordView struct {
	debrief.EvidenceItem
	Day   string // set where a new day begins
	Clock string
	Said  bool        // a person's words, not a machine's
	In    []storyView // entries that cite it
	Near  *storyView  // an entry that is perhaps the same moment
	Hold  string      // address of the page on which it is picked up
	Rest  []recordView
	Until string // the time of the last of the rest
}

// A storyView is an entry of the story beside the evidence.
type storyView struct {
	debrief.TimelineEntry
	Clock string
}

// A choice is a link that chooses something, and says whether it is chosen.
type choice struct {
	Word string
	N    int
	To   string
	On   bool
}

// address writes a page's address with a change to what it is asked for. A change
// begins from the first page again.
func address(path string, q url.Values, change func(url.Values)) string {
	now := url.Values{}
	for k, v := range q {
		if v = slices.DeleteFunc(slices.Clone(v), func(s string) bool { return s == "" }); len(v) > 0 {
			now[k] = v
		}
	}
	change(now)
	if len(now) == 0 {
		return path
	}
	return path + "?" + now.Encode()
}

// said reports whether a piece is what a person said or wrote.
func said(e debrief.Evidence) bool {
	switch e.Sort {
	case debrief.Note, debrief.Message, debrief.Speech, debrief.Mail, debrief.StatusUpdate:
		return !e.Author.Bot
	}
	return false
}

// sourceChoices switch sources on and off; none chosen means all.
func sourceChoices(counts []store.Count, q url.Values, at func(func(url.Values)) string) []choice {
	var out []choice
	for _, c := range counts {
		on := slices.Contains(q["source"], c.Value)
		out = append(out, choice{Word: evidence.Title(c.Value), N: c.N, On: on, To: at(func(q url.Values) {
			q.Del("after")
			if on {
				q["source"] = slices.DeleteFunc(slices.Clone(q["source"]), func(s string) bool { return s == c.Value })
			} else {
				q.Add("source", c.Value)
			}
		})})
	}
	return out
}

// timeChoices are stretches that people ask for most, when the impact is known.
func timeChoices(t *casebook.Timeline, z *time.Location, q url.Values, at func(func(url.Values)) string) []choice {
	from, to := t.From, t.To
	for _, m := range t.Marks {
		switch {
		case m.Name == debrief.ImpactStart && m.At.Known():
			from = m.At.At
		case (m.Name == debrief.Mitigated || m.Name == debrief.ResolvedMark) && m.At.Known():
			to = m.At.At
		}
	}
	if from.IsZero() {
		return nil
	}
	if to.Before(from) {
		to = from.Add(time.Hour)
	}
	const around = 15 * time.Minute
	var out []choice
	for _, c := range []struct {
		word     string
		from, to time.Time
	}{
		{"All times", time.Time{}, time.Time{}},
		{"Before the impact", time.Time{}, from},
		{"Around the impact", from.Add(-around), to.Add(around)},
		{"After it", to, time.Time{}},
	} {
		f, u := local16(c.from, z), local16(c.to, z)
		out = append(out, choice{Word: c.word, On: q.Get("from") == f && q.Get("to") == u, To: at(func(q url.Values) {
			q.Del("after")
			for name, v := range map[string]string{"from": f, "to": u} {
				if q.Del(name); v != "" {
					q.Set(name, v)
				}
			}
		})})
	}
	return out
}

// storyOf gives what stands, in the order of time, and how many pieces it cites.
func storyOf(entries []debrief.TimelineEntry) (out []storyView, cited int) {
	pieces := map[debrief.Citation]bool{}
	for _, e := range entries {
		if e.Standing != debrief.Suggested && e.Standing != debrief.Accepted {
			continue
		}
		out = append(out, storyView{TimelineEntry: e})
		for _, c := range e.Evidence {
			pieces[c] = true
		}
	}
	return out, len(pieces)
}

// sameMoment is how far a piece may be from an entry to be perhaps the same moment.
const sameMoment = 20 * time.Second

// recordsOf lays records out: with the entries that cite them, with an entry that is
// perhaps the same moment, and with runs of similar machine lines folded.
func recordsOf(items []debrief.EvidenceItem, story []storyView, z *time.Location, fold bool, hold func(debrief.EvidenceID) string) []recordView {
	byID := map[debrief.EntryID]*storyView{}
	for i := range story {
		story[i].Clock = story[i].At.At.In(z).Format("15:04")
		if story[i].At.Precision >= debrief.About {
			story[i].Clock = "≈ " + story[i].Clock
		}
		byID[debrief.EntryID(story[i].ID)] = &story[i]
	}
	var out []recordView
	day := ""
	for _, it := range items {
		v := recordView{EvidenceItem: it, Clock: "no time", Said: said(it.Evidence), Hold: hold(it.ID)}
		if it.At.Known() {
			v.Clock = it.At.At.In(z).Format("15:04:05")
			if d := it.At.At.In(z).Format("Mon 2 January"); d != day {
				day, v.Day = d, d
			}
		}
		for _, id := range it.CitedBy {
			if e := byID[id]; e != nil {
				v.In = append(v.In, *e)
			}
		}
		if len(v.In) == 0 {
			v.Near = near(it, story)
		}
		if n := len(out); fold && n > 0 && v.Day == "" && similar(out[n-1].EvidenceItem, it) {
			out[n-1].Rest, out[n-1].Until = append(out[n-1].Rest, v), v.Clock
			continue
		}
		out = append(out, v)
	}
	return unfoldShort(out)
}

// fewest is how many similar lines make a run that is folded.
const fewest = 4

// unfoldShort puts runs that are too short for a fold back in line.
func unfoldShort(all []recordView) []recordView {
	var out []recordView
	for _, v := range all {
		rest := v.Rest
		if len(rest)+1 < fewest {
			v.Rest = nil
			out = append(append(out, v), rest...)
			continue
		}
		out = append(out, v)
	}
	return out
}

// near gives the entry whose moment is nearest, if it is near enough to be the same.
func near(it debrief.EvidenceItem, story []storyView) *storyView {
	if !it.At.Known() || it.At.Precision > debrief.ToMinute {
		return nil
	}
	var best *storyView
	least := sameMoment + 1
	for i := range story {
		d := it.At.At.Sub(story[i].At.At).Abs()
		if story[i].At.Precision <= debrief.ToMinute && d < least {
			best, least = &story[i], d
		}
	}
	return best
}

// similar reports whether two machine lines tell the same thing again: one source,
// one use in the story, and the same words but for numbers.
func similar(a, b debrief.EvidenceItem) bool {
	return !said(a.Evidence) && !said(b.Evidence) && a.Source == b.Source && a.Where == b.Where && slices.Equal(a.CitedBy, b.CitedBy) && skeleton(a.Evidence) == skeleton(b.Evidence)
}

// skeleton is how a machine line begins, without its numbers.
func skeleton(e debrief.Evidence) string {
	const most = 60
	var b strings.Builder
	for _, r := range e.Title + " " + e.Text {
		if unicode.IsDigit(r) {
			continue
		}
		if b.WriteRune(r); b.Len() > most {
			break
		}
	}
	return b.String()
}

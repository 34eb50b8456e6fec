package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
)

// An entryFilter says which entries of a timeline its lists show. The picture and what
// is measured stay whole.
type entryFilter struct {
	Words, Kind, Status, Lane string
	On                        bool
	Shown                     int // entries, when it is on
	Kinds, Statuses, Lanes    []choice

	lanes map[string]casebook.Lane
}

// filterOf reads a filter from an address. To choose from is what the entries have.
func filterOf(q url.Values, t *casebook.Timeline) entryFilter {
	f := entryFilter{Words: strings.TrimSpace(q.Get("q")), Kind: q.Get("kind"), Status: q.Get("status"), Lane: q.Get("lane"), lanes: t.Lanes}
	f.On = f.Words+f.Kind+f.Status+f.Lane != ""
	count := map[string]int{}
	lanes := slices.Clone(t.LaneOrder)
	for i := range t.Entries {
		e := &t.Entries[i]
		if e.Standing != debrief.Accepted && e.Standing != debrief.Suggested {
			continue
		}
		lane := t.Lanes[e.ID].Name
		count["k "+kindWords(e.Kind, e.Signal)]++
		count["s "+statusWords[e.Status]]++
		count["l "+lane]++
		if !slices.Contains(lanes, lane) {
			lanes = append(lanes, lane)
		}
	}
	add := func(to []choice, what, word, chosen string) []choice {
		value := strings.ToLower(word)
		if what == "l " {
			value = word
		}
		if n := count[what+word]; word != "" && (n > 0 || value == chosen) {
			to = append(to, choice{Word: word, N: n, To: value, On: value == chosen})
		}
		return to
	}
	for _, k := range kinds {
		f.Kinds = add(f.Kinds, "k ", k.word, f.Kind)
	}
	for _, s := range [...]debrief.Status{debrief.Observed, debrief.Reported, debrief.Inferred, debrief.Disputed} {
		f.Statuses = add(f.Statuses, "s ", statusWords[s], f.Status)
	}
	for _, lane := range lanes {
		f.Lanes = add(f.Lanes, "l ", lane, f.Lane)
	}
	return f
}

// shows reports whether the filter lets an entry through. Words may stand anywhere in
// what is told of it, in any order.
func (f *entryFilter) shows(e *debrief.TimelineEntry) bool {
	lane := f.lanes[e.ID].Name
	switch {
	case f.Kind != "" && f.Kind != strings.ToLower(kindWords(e.Kind, e.Signal)),
		f.Status != "" && f.Status != e.Status.String(),
		f.Lane != "" && f.Lane != lane:
		return false
	case f.Words == "":
		return true
	}
	said := []string{e.Text, e.Note, lane}
	for _, x := range e.Accounts {
		said = append(said, x.Text)
	}
	for _, x := range e.TeamAccounts {
		said = append(said, x.Text)
	}
	all := strings.ToLower(strings.Join(said, "\n"))
	for word := range strings.FieldsSeq(strings.ToLower(f.Words)) {
		if word != e.Cite() && !strings.Contains(all, word) {
			return false
		}
	}
	return true
}

// without takes the filter off an address.
func (f *entryFilter) without(q url.Values) {
	for _, name := range [...]string{"q", "kind", "status", "lane"} {
		q.Del(name)
	}
}

// queryOf gives what a page of a room is asked for; a form says from which page it came.
func queryOf(r *http.Request, path, page string) url.Values {
	if r.Method != http.MethodPost {
		return r.URL.Query()
	}
	u, err := url.Parse(back(r, path, page))
	if err != nil || u.Path != path+page {
		return url.Values{}
	}
	return u.Query()
}

package web

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/report"
)

type timelinePage struct {
	*casebook.Timeline
	Story     []row // accepted entries that the filter shows, and the gaps between them
	Accepted  int   // all of them
	Suggested []row
	// The lists as they are drawn, see drawn.go.
	StoryList, SuggestedList template.HTML
	Dismissed                []debrief.TimelineEntry
	Marks                    []markView
	Teams                    map[debrief.TeamID]string
	May                      bool
	All                      bool // dismissed ones are shown
	Picture                  template.HTML
	Measured                 []debrief.Gap // stretches that tell about coordination
	Zone                     *time.Location
	Zones                    []zoneChoice
	Filter                   entryFilter
	Whole                    string // the address without a filter
	Cited                    int    // records that entries of the story cite
	Many                     bool   // there are so many entries that a browser draws those in sight only
	Speaks                   bool   // for a team, so can give a second account
}

// A row of the chronology is an entry, or a stretch without one.
type row struct {
	Entry  *debrief.TimelineEntry
	Day    string // set where a new day begins
	Impact bool   // the impact is open
	Starts bool
	Ends   bool
	Gap    *debrief.Gap
	Add    debrief.Moment // when something else may have happened, after the entry or in the gap
}

// A markView is a turning point with its time.
type markView struct {
	Name string
	At   debrief.Moment
	When string // the time, with its day in a story of several days
}

var markWords = map[debrief.MarkName]string{
	debrief.ImpactStart: "Impact began", debrief.FirstSignal: "First signal", debrief.Detected: "Noticed", debrief.FirstResponse: "First response",
	debrief.Declared: "Declared", debrief.FirstPublicWord: "Customers told", debrief.Mitigated: "Mitigated", debrief.ResolvedMark: "Resolved",
}

// marksOf gives the turning points whose time is known, in the order of time.
func marksOf(t *casebook.Timeline, z *time.Location) []markView {
	var out []markView
	for _, m := range t.Marks {
		if m.At.Known() {
			v := markView{markWords[m.Name], m.At, m.At.At.In(z).Format("15:04")}
			if t.Long {
				v.When = m.At.At.In(z).Format("2 Jan, 15:04")
			}
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(a, b markView) int { return a.At.At.Compare(b.At.At) })
	return out
}

// chronology lays entries and the stretches without one out in the order of time.
func chronology(entries []debrief.TimelineEntry, gaps []debrief.Gap, marks []debrief.Mark) []row {
	var from, to time.Time
	for _, m := range marks {
		switch m.Name {
		case debrief.ImpactStart:
			from = m.At.At
		case debrief.ResolvedMark:
			to = m.At.At
		case debrief.Mitigated:
			if to.IsZero() {
				to = m.At.At
			}
		}
	}
	var out []row
	shown := map[int]bool{}
	for i := range entries {
		e := &entries[i]
		for n := range gaps {
			if g := &gaps[n]; g.Name == debrief.Silence && !shown[n] && i > 0 && g.From.Before(e.At.At) && !g.From.Before(entries[i-1].At.At) {
				shown[n] = true
				out = append(out, row{Gap: g, Impact: !from.IsZero() && !g.From.Before(from) && (to.IsZero() || g.From.Before(to)), Add: between(g.From, g.To)})
			}
		}
		rw := row{Entry: e, Add: between(e.At.At, e.At.At)}
		if i+1 < len(entries) {
			rw.Add = between(e.At.At, entries[i+1].At.At)
		}
		if !from.IsZero() {
			rw.Impact = !e.At.At.Before(from) && (to.IsZero() || !e.At.At.After(to))
			rw.Starts, rw.Ends = e.At.At.Equal(from), e.At.At.Equal(to)
		}
		out = append(out, rw)
	}
	return out
}

// between gives the minute in the middle of a stretch, which is no more than about the
// time of what is told of a long one.
func between(from, to time.Time) debrief.Moment {
	m := debrief.Moment{At: from.Add(to.Sub(from) / 2).Truncate(time.Minute), Precision: debrief.ToMinute}
	if m.At.Before(from) {
		m.At = from.Truncate(time.Minute)
	}
	if to.Sub(from) > debrief.About.Step() {
		m.Precision = debrief.About
	}
	return m
}

// withDays says where a new day begins.
func withDays(rows []row, z *time.Location) []row {
	day := ""
	for i := range rows {
		if e := rows[i].Entry; e != nil {
			if d := e.At.At.In(z).Format("Mon 2 January"); d != day {
				day, rows[i].Day = d, d
			}
		}
	}
	return rows
}

func (s *Site) timelineWith(w http.ResponseWriter, r *http.Request, a debrief.Actor, problem *debrief.Error) error {
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	t, err := s.cb.Timeline(r.Context(), a, in.ID)
	if err != nil {
		return err
	}
	q := queryOf(r, path, "/timeline")
	p := timelinePage{Timeline: t, May: a.May(debrief.EditTimeline, in) == nil, All: q.Get("show") == "all", Filter: filterOf(q, t)}
	p.Whole = address(path+"/timeline", q, p.Filter.without) + "#chron"
	var story []debrief.TimelineEntry
	for _, e := range t.Entries {
		switch e.Standing {
		case debrief.Accepted:
			story = append(story, e)
		case debrief.Suggested:
			if p.Filter.shows(&e) {
				p.Suggested = append(p.Suggested, row{Entry: &e})
			}
		default:
			p.Dismissed = append(p.Dismissed, e)
		}
	}
	z, zones, err := s.readIn(w, r, a, in)
	if e, ok := refused(err); ok && problem == nil {
		problem = e
	} else if err != nil && !ok {
		return err
	}
	for i := range zones {
		zones[i].To = address(path+"/timeline", q, func(q url.Values) { q.Set("zone", zones[i].Zone) })
	}
	p.Zone, p.Zones = z, zones
	p.Accepted, p.Many = len(story), len(t.Entries) > 200
	if a.May(debrief.SeeEvidence, in) == nil {
		_, p.Cited = storyOf(story)
	}
	p.Story = chronology(story, t.Gaps, t.Marks)
	if p.Filter.On {
		p.Story = slices.DeleteFunc(p.Story, func(rw row) bool { return rw.Entry == nil || !p.Filter.shows(rw.Entry) })
		p.Filter.Shown = len(p.Story) + len(p.Suggested)
	}
	withDays(p.Story, z)
	p.Marks = marksOf(t, z)
	if p.May {
		var mine []debrief.Team
		if p.Teams, mine, err = s.teams(r, a); err != nil {
			return err
		}
		p.Speaks = len(mine) > 0
	}
	rows := rowsOf{Site: s, page: &p, lanes: t.Lanes, path: path, own: zoneOf(in)}
	if p.SuggestedList, err = rows.list(p.Suggested); err != nil {
		return err
	}
	if p.StoryList, err = rows.list(p.Story); err != nil {
		return err
	}
	p.Picture = s.picture(in, story, t, z)
	for _, g := range t.Gaps {
		if g.Name != debrief.Silence {
			p.Measured = append(p.Measured, g)
		}
	}
	refresh := 0
	if t.Working && len(t.Entries) == 0 {
		refresh = 2
	}
	s.show(w, r, a, page{name: "timeline", Title: "Timeline", Here: "timeline", Incident: in, Problem: problem, Edit: t.LastEdit, Refresh: refresh, Body: p})
	return nil
}

// picture draws the accepted entries to scale.
func picture(story []debrief.TimelineEntry, t *casebook.Timeline, z *time.Location) template.HTML {
	in := report.Input{Marks: t.Marks, Gaps: t.Gaps, From: t.From, To: t.To, Labels: map[string]string{}}
	at := map[string]int{}
	for i, name := range t.LaneOrder {
		at[name] = i
		in.Lanes = append(in.Lanes, report.Lane{Name: name})
	}
	for _, e := range story {
		in.Entries = append(in.Entries, e.Entry)
		in.Labels[e.ID] = e.Cite()
		if i, ok := at[t.Lanes[e.ID].Name]; ok {
			in.Lanes[i].Entries = append(in.Lanes[i].Entries, e.ID)
		}
	}
	return template.HTML(report.Overview(in, z)) // it escapes what it writes, and a test of hostile words says so
}

func (s *Site) timeline(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.timelineWith(w, r, a, nil)
}

// someEntries reads which entries a form speaks of.
func (s *Site) someEntries(r *http.Request, in *debrief.Incident) casebook.SomeEntries {
	return casebook.SomeEntries{Incident: in.ID, Entries: ids[debrief.EntryID](formOf(r), "entry")}
}

// decide is accepting or dismissing, by one method of the casebook.
func (s *Site) decide(w http.ResponseWriter, r *http.Request, a debrief.Actor, do func(casebook.SomeEntries) error) error {
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	some := s.someEntries(r, in)
	err = do(some)
	to := back(r, path, "/timeline")
	if len(some.Entries) == 1 {
		to += "#" + string(some.Entries[0])
	}
	return s.then(w, r, err, to, func(e *debrief.Error) error { return s.timelineWith(w, r, a, e) })
}

func (s *Site) acceptEntries(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.decide(w, r, a, func(some casebook.SomeEntries) error { return s.cb.AcceptEntries(r.Context(), a, some) })
}

func (s *Site) dismissEntries(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.decide(w, r, a, func(some casebook.SomeEntries) error { return s.cb.DismissEntries(r.Context(), a, some) })
}

func (s *Site) mergeEntries(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.decide(w, r, a, func(some casebook.SomeEntries) error {
		_, err := s.cb.MergeEntries(r.Context(), a, casebook.MergeEntries{Incident: some.Incident, Entries: some.Entries, Note: formOf(r).Get("note")})
		return err
	})
}

func (s *Site) undo(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	err = s.cb.Undo(r.Context(), a, in.ID, debrief.EditID(formOf(r).Get("edit")))
	return s.then(w, r, err, back(r, path, "/timeline"), func(e *debrief.Error) error { return s.timelineWith(w, r, a, e) })
}

// teams gives the names of all teams, and the teams that the actor is in.
func (s *Site) teams(r *http.Request, a debrief.Actor) (names map[debrief.TeamID]string, mine []debrief.Team, err error) {
	teams, err := s.cb.Teams(r.Context(), a)
	names = map[debrief.TeamID]string{}
	for _, team := range teams {
		names[team.ID] = team.Name
		if a.In(team.ID) {
			mine = append(mine, team)
		}
	}
	return names, mine, err
}

// left is the timeline as somebody left it for one of its entries.
func left(r *http.Request, path string) string {
	to := local(r.PostFormValue("back"))
	if r.Method == http.MethodGet {
		to = here(&http.Request{Method: http.MethodPost, Host: r.Host, Header: r.Header})
	}
	if to == path+"/timeline" || strings.HasPrefix(to, path+"/timeline?") {
		return to
	}
	return path + "/timeline"
}

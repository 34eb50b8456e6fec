package web

import (
	"bytes"
	"fmt"
	"html/template"
	"strconv"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
)

// drawn keeps rows of timelines and pictures as they were drawn last. A timeline of
// hundreds of entries is asked for by everybody who has it open after each change, and
// one of its rows is another one then. What is kept is found by everything that it
// shows, the revision among it, so that it is never old; permission is asked before
// anything is looked up here.
type drawn struct {
	rows     *lru.Cache[string, string]
	pictures *lru.Cache[string, template.HTML]
}

func newDrawn() (*drawn, error) {
	rows, err := lru.New[string, string](10_000) // some 2 KB each
	if err != nil {
		return nil, err
	}
	pictures, err := lru.New[string, template.HTML](100)
	return &drawn{rows, pictures}, err
}

// An entryRow is what the row of an entry shows.
type entryRow struct {
	E                    *debrief.TimelineEntry
	Zone                 *time.Location
	Path                 string // of the incident
	May                  bool   // change it
	Teams                map[debrief.TeamID]string
	Lane                 casebook.Lane
	Impact, Starts, Ends bool           // the impact is open, begins, ends
	Add                  debrief.Moment // when something else may have happened after it
	Own                  *time.Location // in which forms read times
}

// Elsewhen reports whether the time at which something can be added is on another day.
func (w entryRow) Elsewhen() bool {
	return w.Add.At.In(w.Zone).YearDay() != w.E.At.At.In(w.Zone).YearDay()
}

// key is everything that the row shows.
func (w entryRow) key() string {
	b := make([]byte, 0, 128)
	b = append(b, w.E.ID...)
	b = strconv.AppendInt(append(b, ' '), w.E.Rev, 10)
	for _, is := range [...]bool{w.May, w.Impact, w.Starts, w.Ends, w.Lane.Proposed} {
		b = strconv.AppendBool(append(b, ' '), is)
	}
	b = append(append(b, ' '), w.Zone.String()...)
	b = append(append(b, ' '), w.Own.String()...)
	b = strconv.AppendInt(append(b, ' '), w.Add.At.Unix(), 10)
	b = strconv.AppendInt(append(b, ' '), int64(w.Add.Precision), 10)
	b = strconv.AppendQuote(b, w.Lane.Name)
	for _, x := range w.E.TeamAccounts {
		b = strconv.AppendInt(b, x.Rev, 10)
		b = strconv.AppendQuote(b, w.Teams[x.Team])
	}
	return string(b)
}

// rowsOf draws lists of rows of a page.
type rowsOf struct {
	*Site
	page  *timelinePage
	lanes map[string]casebook.Lane
	path  string         // of the incident
	own   *time.Location // in which its forms read times
}

// A quietRow is a stretch without an entry, with a way to fill it.
type quietRow struct {
	row
	May  bool
	Path string
	Own  *time.Location
}

func (l rowsOf) list(rows []row) (template.HTML, error) {
	var b bytes.Buffer
	t := l.pages["timeline"]
	for _, rw := range rows {
		if rw.Gap != nil {
			if err := t.ExecuteTemplate(&b, "quiet", quietRow{rw, l.page.May, l.path, l.own}); err != nil {
				return "", err
			}
			continue
		}
		if rw.Day != "" {
			if err := t.ExecuteTemplate(&b, "day", rw.Day); err != nil {
				return "", err
			}
		}
		w := entryRow{
			E: rw.Entry, Zone: l.page.Zone, Path: l.path, May: l.page.May, Teams: l.page.Teams, Lane: l.lanes[rw.Entry.ID],
			Impact: rw.Impact, Starts: rw.Starts, Ends: rw.Ends, Add: rw.Add, Own: l.own,
		}
		key := w.key()
		out, ok := l.drawn.rows.Get(key)
		if !ok {
			at := b.Len()
			if err := t.ExecuteTemplate(&b, "entry", w); err != nil {
				return "", err
			}
			l.drawn.rows.Add(key, string(b.Bytes()[at:]))
			continue
		}
		b.WriteString(out)
	}
	return template.HTML(b.String()), nil // drawn by templates, which escape
}

// picture draws the story to scale.
func (s *Site) picture(in *debrief.Incident, story []debrief.TimelineEntry, t *casebook.Timeline, z *time.Location) template.HTML {
	key := fmt.Sprintf("%s %d %s %d", in.ID, t.Rev, z, len(story))
	if out, ok := s.drawn.pictures.Get(key); ok {
		return out
	}
	out := picture(story, t, z)
	s.drawn.pictures.Add(key, out)
	return out
}

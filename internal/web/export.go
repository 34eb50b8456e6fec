package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/paper"
	"debrief.dev/debrief/internal/report"
)

// take sends a file that somebody takes out of the room. A browser saves it and never
// shows it as a page of this site.
func (s *Site) take(w http.ResponseWriter, name, format, media string, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name+"."+format))
	_, _ = w.Write(body) // an error is that whoever asked has gone
	return nil
}

func (s *Site) takePaper(w http.ResponseWriter, r *http.Request, name string, p paper.Paper) error {
	format := r.PathValue("format")
	body, media, err := p.As(format)
	if err != nil {
		return err
	}
	return s.take(w, name, format, media, body)
}

// takePreread gives the pre-read as its sections stand.
func (s *Site) takePreread(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	in, _, err := s.room(r, a)
	if err != nil {
		return err
	}
	all, err := s.cb.Preread(r.Context(), a, in.ID)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return &debrief.Error{Kind: debrief.NotFound, Say: "There is no pre-read yet.", Hint: "It is drafted once evidence is read."}
	}
	at := in.ChangedAt.In(zoneOf(in))
	p := paper.Paper{Title: in.Title, At: at, Foot: "Pre-read, draft. For the people invited.", Lines: []string{"Pre-read, draft of " + at.Format("2 January 2006, 15:04 MST")}}
	for _, x := range all {
		p.Sections = append(p.Sections, paper.Section{Title: x.Title, Body: x.Body})
	}
	return s.takePaper(w, r, fmt.Sprintf("incident-%d-preread", in.Number), p)
}

// takeSending gives a pre-read exactly as it was sent.
func (s *Site) takeSending(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	in, _, err := s.room(r, a)
	if err != nil {
		return err
	}
	sent, err := s.cb.Sending(r.Context(), a, debrief.SendingID(r.PathValue("sending")))
	if err != nil {
		return err
	}
	at := sent.At.In(zoneOf(in))
	p := paper.Paper{
		Title: sent.Title, At: at, Foot: "Pre-read. For the people invited.",
		Lines: []string{fmt.Sprintf("Pre-read number %d, sent %s", sent.Number, at.Format("2 January 2006, 15:04 MST"))},
	}
	if sent.Note != "" {
		p.Lines = append(p.Lines, sent.Note)
	}
	for _, x := range sent.Sections {
		p.Sections = append(p.Sections, paper.Section{Title: x.Title, Body: x.Body})
	}
	return s.takePaper(w, r, fmt.Sprintf("incident-%d-preread-%d", in.Number, sent.Number), p)
}

// takeTimeline gives the story: what was accepted, with the accounts beside it.
func (s *Site) takeTimeline(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	in, _, err := s.room(r, a)
	if err != nil {
		return err
	}
	t, err := s.cb.Timeline(r.Context(), a, in.ID)
	if err != nil {
		return err
	}
	var story []debrief.TimelineEntry
	for _, e := range t.Entries {
		if e.Standing == debrief.Accepted {
			story = append(story, e)
		}
	}
	name := fmt.Sprintf("incident-%d-timeline", in.Number)
	format := r.PathValue("format")
	if format != report.CSV && format != report.JSON {
		teams, err := s.teamNames(r, a)
		if err != nil {
			return err
		}
		return s.takePaper(w, r, name, storyPaper(in, t, story, teams))
	}
	body, err := report.Timeline(storyInput(in, t, story), format)
	if err != nil {
		return err
	}
	media := map[string]string{report.CSV: "text/csv; charset=utf-8", report.JSON: "application/json"}
	return s.take(w, name, format, media[format], body)
}

// teamNames gives the names of teams, for those who may know them.
func (s *Site) teamNames(r *http.Request, a debrief.Actor) (map[debrief.TeamID]string, error) {
	if a.May(debrief.SeeOrganisation, nil) != nil {
		return nil, nil
	}
	names, _, err := s.teams(r, a)
	return names, err
}

// storyInput is the story for programs. Entries go by the number that texts cite.
func storyInput(in *debrief.Incident, t *casebook.Timeline, story []debrief.TimelineEntry) report.Input {
	out := report.Input{Title: in.Title, From: t.From, To: t.To, Gaps: t.Gaps}
	cite := map[string]string{}
	for _, e := range story {
		cite[e.ID] = e.Cite()
		e.ID = e.Cite()
		out.Entries = append(out.Entries, e.Entry)
	}
	for _, m := range t.Marks {
		m.Entry = cite[m.Entry]
		out.Marks = append(out.Marks, m)
	}
	return out
}

// storyPaper is the story for people.
func storyPaper(in *debrief.Incident, t *casebook.Timeline, story []debrief.TimelineEntry, teams map[debrief.TeamID]string) paper.Paper {
	z := zoneOf(in)
	p := paper.Paper{
		Title: in.Title, At: in.ChangedAt.In(z), Foot: "Timeline. For the people invited.",
		Lines: []string{fmt.Sprintf("Timeline, %s, as of %s. Times in %s.", many(len(story), "entry", "entries"), in.ChangedAt.In(z).Format("2 January 2006, 15:04 MST"), z)},
	}
	var marks []string
	for _, m := range marksOf(t, z) {
		marks = append(marks, m.Name+" "+m.When)
	}
	if len(marks) > 0 {
		p.Lines = append(p.Lines, strings.Join(marks, ", "))
	}
	if len(story) == 0 {
		p.Sections = []paper.Section{{Body: "No entry was accepted yet."}}
		return p
	}
	var rows [][]string
	day := ""
	for _, e := range story {
		at := e.At.At.In(z)
		when := at.Format("15:04")
		if d := at.Format("2 January"); d != day {
			day, when = d, at.Format("2 Jan 15:04")
		}
		if e.At.Precision >= debrief.About {
			when = "≈ " + when
		}
		rows = append(rows, []string{e.Cite(), when, strings.Join(append([]string{e.Text}, accountsOf(e, z, teams)...), " — "), kindWords(e.Kind, e.Signal), statusWords[e.Status]})
	}
	p.Sections = []paper.Section{{Body: paper.Table([]string{"", "Time", "What was observed or done", "Kind", "How we know"}, rows)}}
	return p
}

// accountsOf gives what stands beside an entry where accounts of it differ.
func accountsOf(e debrief.TimelineEntry, z *time.Location, teams map[debrief.TeamID]string) []string {
	var out []string
	for _, x := range e.Accounts {
		said := "One account: " + x.Text
		if x.At.Known() {
			said = "One account, " + x.At.At.In(z).Format("15:04") + ": " + x.Text
		}
		out = append(out, said)
	}
	for _, x := range e.TeamAccounts {
		out = append(out, "As seen from "+teams[x.Team]+": "+x.Text)
	}
	if e.Note != "" {
		out = append(out, "Note: "+e.Note)
	}
	return out
}

package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/evidence"
	"debrief.dev/debrief/internal/store"
)

type evidencePage struct {
	Uploads  []uploadView
	Reading  []uploadView // being read, or waiting for it
	Found    store.EvidencePage
	Records  []recordView
	Filter   store.EvidenceFilter
	Filtered bool
	From, To string // as the form has them
	Sources  []choice
	Times    []choice
	Story    []storyView
	Cited    int // pieces that entries of the story cite
	Held     *debrief.EvidenceItem
	Add      bool   // evidence
	May      bool   // change the story
	Here     string // address of this page, for forms that come back
	Letgo    string // address without what is held
	All      string // address without a filter
	More     string // address of the next page of items
}

// uploadView is an upload with what became of it, in words.
type uploadView struct {
	debrief.Upload
	Percent  int
	Coming   bool // with chunks: Read of Total bytes are here
	Summary  *evidence.Summary
	Problems []evidence.Problem
	LeftOut  []reason
}

// A reason counts what was left out or not read.
type reason struct {
	Why string
	N   int
}

func viewOf(u debrief.Upload) uploadView {
	v := uploadView{Upload: u}
	if v.Name == "" { // still coming in
		v.Name = casebook.NameOf(u.Files)
	}
	v.Coming = u.State == debrief.Receiving && u.Total >= 0
	if u.Total > 0 {
		v.Percent = int(min(100, 100*u.Read/u.Total))
	}
	if len(u.Summary) > 0 {
		s := &evidence.Summary{}
		if json.Unmarshal(u.Summary, s) == nil {
			v.Summary, v.Problems = s, s.Problems[:min(20, len(s.Problems))]
			for _, from := range []map[string]int{s.LeftOut, s.Unread} {
				for why, n := range from {
					v.LeftOut = append(v.LeftOut, reason{why, n})
				}
			}
			slices.SortFunc(v.LeftOut, func(a, b reason) int { return strings.Compare(a.Why, b.Why) })
		}
	}
	return v
}

func (s *Site) evidenceWith(w http.ResponseWriter, r *http.Request, a debrief.Actor, f form, problem *debrief.Error) error {
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	q, z := queryOf(r, path, "/evidence"), zoneOf(in)
	p := evidencePage{
		Add: a.May(debrief.AddEvidence, in) == nil, May: a.May(debrief.EditTimeline, in) == nil, From: q.Get("from"), To: q.Get("to"),
		Filter: store.EvidenceFilter{
			Query: q.Get("q"), Sources: q["source"], Role: q.Get("role"), After: q.Get("after"), Limit: 100,
			Cited: q.Get("show") == "story", Uncited: q.Get("show") == "rest",
		},
	}
	if p.Filter.From, err = moment("from", p.From, z); err == nil {
		p.Filter.To, err = moment("to", p.To, z)
	}
	if e, ok := refused(err); ok {
		problem = e
	}
	p.Filtered = p.Filter.Query+p.Filter.Role+p.From+p.To+q.Get("show") != "" || len(p.Filter.Sources) > 0
	uploads, err := s.cb.Uploads(r.Context(), a, in.ID)
	if err != nil {
		return err
	}
	refresh := 0
	for _, u := range slices.Backward(uploads) {
		v := viewOf(u)
		p.Uploads = append(p.Uploads, v)
		if u.State == debrief.Waiting || u.State == debrief.Reading {
			p.Reading, refresh = append(p.Reading, v), 2
		}
	}
	if p.Found, err = s.cb.Evidence(r.Context(), a, in.ID, p.Filter); err != nil {
		return err
	}
	t, err := s.cb.Timeline(r.Context(), a, in.ID)
	if err != nil {
		return err
	}
	at := func(change func(url.Values)) string { return address(path+"/evidence", q, change) }
	p.Here = at(func(url.Values) {})
	p.Letgo = at(func(q url.Values) { q.Del("hold") })
	p.All = path + "/evidence"
	if p.Found.Next != "" {
		p.More = at(func(q url.Values) { q.Set("after", p.Found.Next) })
	}
	p.Sources, p.Times = sourceChoices(p.Found.Sources, q, at), timeChoices(t, z, q, at)
	p.Story, p.Cited = storyOf(t.Entries)
	p.Records = recordsOf(p.Found.Items, p.Story, z, p.Filter.Query == "", func(id debrief.EvidenceID) string {
		return at(func(q url.Values) { q.Set("hold", string(id)) }) + "#" + string(id)
	})
	if hold := q.Get("hold"); hold != "" && p.May {
		if p.Held, err = s.cb.EvidenceItem(r.Context(), a, in.ID, debrief.EvidenceID(hold)); err != nil && debrief.KindOf(err) != debrief.NotFound {
			return err
		} else if err != nil {
			p.Held = nil
		}
	}
	s.show(w, r, a, page{name: "evidence", Title: "Evidence", Here: "evidence", Incident: in, Form: f, Problem: problem, Refresh: refresh, Edit: t.LastEdit, Body: p})
	return nil
}

func (s *Site) evidence(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.evidenceWith(w, r, a, form{}, nil)
}

func (s *Site) pasteEvidence(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	f := formOf(r)
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	_, err = s.cb.PasteEvidence(r.Context(), a, in.ID, f.Get("title"), f.Get("text"))
	return s.then(w, r, err, path+"/evidence", func(e *debrief.Error) error { return s.evidenceWith(w, r, a, f, e) })
}

type piecePage struct {
	Item          *debrief.EvidenceItem
	Entries       []debrief.TimelineEntry // that it can be attached to
	Cited         []debrief.TimelineEntry // that cite it
	Before, After []debrief.EvidenceItem  // of its source and place
	Said          bool
	Begins        bool // its text begins with its title
	May           bool
	Link          string // to the tool, if it is an address of the web
	Here          string
}

func (s *Site) pieceWith(w http.ResponseWriter, r *http.Request, a debrief.Actor, problem *debrief.Error) error {
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	id := debrief.EvidenceID(r.PathValue("piece"))
	p := piecePage{May: a.May(debrief.EditTimeline, in) == nil, Here: path + "/evidence/" + string(id)}
	if p.Item, err = s.cb.EvidenceItem(r.Context(), a, in.ID, id); err != nil {
		return err
	}
	if p.Before, p.After, err = s.cb.Neighbours(r.Context(), a, in.ID, id, 3); err != nil {
		return err
	}
	p.Said, p.Begins = said(p.Item.Evidence), strings.HasPrefix(p.Item.Text, p.Item.Title)
	if u, err := url.Parse(p.Item.Link); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		p.Link = u.String()
	}
	t, err := s.cb.Timeline(r.Context(), a, in.ID)
	if err != nil {
		return err
	}
	for _, e := range t.Entries {
		if e.Standing != debrief.Suggested && e.Standing != debrief.Accepted {
			continue
		}
		if slices.Contains(p.Item.CitedBy, debrief.EntryID(e.ID)) {
			p.Cited = append(p.Cited, e)
		} else {
			p.Entries = append(p.Entries, e)
		}
	}
	s.show(w, r, a, page{name: "piece", Title: "A record", Here: "evidence", Incident: in, Problem: problem, Edit: t.LastEdit, Body: p})
	return nil
}

func (s *Site) piece(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.pieceWith(w, r, a, nil)
}

// back is where a form of the room came from, within the room.
func back(r *http.Request, path, otherwise string) string {
	to := local(r.PostFormValue("back"))
	if strings.HasPrefix(to, path+"/") {
		return to
	}
	return path + otherwise
}

// piecewise runs a change about one piece. Whoever pressed finds themselves at the
// piece again, on the page they were on, also when it was refused.
func (s *Site) piecewise(w http.ResponseWriter, r *http.Request, a debrief.Actor, do func(debrief.IncidentID, debrief.EvidenceID, form) error) error {
	f := formOf(r)
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	piece := r.PathValue("piece")
	own := path + "/evidence/" + piece
	to := back(r, path, "/evidence/"+piece)
	if to != own {
		to += "#" + piece
	}
	return s.then(w, r, do(in.ID, debrief.EvidenceID(piece), f), to, func(e *debrief.Error) error {
		if strings.HasPrefix(to, own) {
			return s.pieceWith(w, r, a, e)
		}
		return s.evidenceWith(w, r, a, form{}, e)
	})
}

func (s *Site) promote(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.piecewise(w, r, a, func(in debrief.IncidentID, piece debrief.EvidenceID, _ form) error {
		_, err := s.cb.Promote(r.Context(), a, in, piece)
		return err
	})
}

func (s *Site) takeOut(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.piecewise(w, r, a, func(in debrief.IncidentID, piece debrief.EvidenceID, _ form) error {
		return s.cb.TakeOut(r.Context(), a, in, piece)
	})
}

func (s *Site) attach(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.piecewise(w, r, a, func(in debrief.IncidentID, piece debrief.EvidenceID, f form) error {
		if f.Get("entry") == "" {
			return &debrief.Error{Kind: debrief.Invalid, Field: "entry", Say: "Choose the entry that it supports."}
		}
		return s.cb.Attach(r.Context(), a, casebook.OneCitation{Incident: in, Entry: debrief.EntryID(f.Get("entry")), Evidence: piece})
	})
}

package web

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/evidence"
	"debrief.dev/debrief/internal/store"
)

type evidencePage struct {
	Uploads []uploadView
	Found   store.EvidencePage
	Filter  store.EvidenceFilter
	Entries []debrief.TimelineEntry // of the story, to attach to
	May     bool                    // add and promote
	More    string                  // address of the next page of items
}

// uploadView is an upload with what became of it, in words.
type uploadView struct {
	debrief.Upload
	Percent  int
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
	q := r.URL.Query()
	p := evidencePage{May: a.May(debrief.AddEvidence, in) == nil, Filter: store.EvidenceFilter{
		Query: q.Get("q"), Source: q.Get("source"), Role: q.Get("role"), After: q.Get("after"), Limit: 100,
		Cited: q.Get("show") == "story", Uncited: q.Get("show") == "rest",
	}}
	z := zoneOf(in)
	if p.Filter.From, err = moment("from", q.Get("from"), z); err == nil {
		p.Filter.To, err = moment("to", q.Get("to"), z)
	}
	if e, ok := refused(err); ok {
		problem = e
	}
	uploads, err := s.cb.Uploads(r.Context(), a, in.ID)
	if err != nil {
		return err
	}
	refresh := 0
	for _, u := range slices.Backward(uploads) {
		p.Uploads = append(p.Uploads, viewOf(u))
		if u.State == debrief.Waiting || u.State == debrief.Reading {
			refresh = 2
		}
	}
	if p.Found, err = s.cb.Evidence(r.Context(), a, in.ID, p.Filter); err != nil {
		return err
	}
	if p.Found.Next != "" {
		q.Set("after", p.Found.Next)
		p.More = path + "/evidence?" + q.Encode()
	}
	t, err := s.cb.Timeline(r.Context(), a, in.ID)
	if err != nil {
		return err
	}
	for _, e := range t.Entries {
		if e.Standing == debrief.Suggested || e.Standing == debrief.Accepted {
			p.Entries = append(p.Entries, e)
		}
	}
	s.show(w, r, a, page{name: "evidence", Title: "Evidence", Here: "evidence", Incident: in, Form: f, Problem: problem, Refresh: refresh, Edit: t.LastEdit, Body: p})
	return nil
}

func (s *Site) evidence(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.evidenceWith(w, r, a, form{}, nil)
}

// addFiles takes the files of a form as they come: none is held in memory. The
// upload is read as one once all are there; if the connection breaks, what came is
// taken back, and adding again begins anew.
func (s *Site) addFiles(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return &debrief.Error{Kind: debrief.Invalid, Field: "files", Say: "No file came with the form.", Hint: "Choose files or a folder first.", Err: err}
	}
	var up *debrief.Upload
	files := 0
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = s.addPart(r, a, in.ID, part, &up, &files)
		}
		if err != nil {
			if up != nil {
				if dropped := s.cb.DropUpload(r.Context(), a, up.ID); dropped != nil {
					s.log.Error("an upload was not taken back", "error", dropped)
				}
			}
			if e, ok := refused(err); ok {
				return s.evidenceWith(w, r, a, form{}, e)
			}
			return err
		}
	}
	if files == 0 {
		return s.evidenceWith(w, r, a, form{}, &debrief.Error{Kind: debrief.Invalid, Field: "files", Say: "No file was chosen.", Hint: "Choose files or a folder, then add them."})
	}
	_, err = s.cb.FinishUpload(r.Context(), a, up.ID)
	return s.then(w, r, err, path+"/evidence", func(e *debrief.Error) error { return s.evidenceWith(w, r, a, form{}, e) })
}

// addPart adds one file of a form; the upload begins with the first.
func (s *Site) addPart(r *http.Request, a debrief.Actor, id debrief.IncidentID, part *multipart.Part, up **debrief.Upload, files *int) error {
	defer part.Close()
	// The path inside a chosen folder, which part.FileName would cut off.
	_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	name := params["filename"]
	if err != nil || name == "" {
		return nil // a field, or an input without a choice
	}
	if *up == nil {
		title, _, _ := strings.Cut(name, "/")
		if *up, err = s.cb.BeginUpload(r.Context(), a, id, title); err != nil {
			return err
		}
	}
	*files++
	_, err = s.cb.AddFile(r.Context(), a, (*up).ID, name, part)
	return err
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

func (s *Site) dropUpload(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	_, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	return s.then(w, r, s.cb.DropUpload(r.Context(), a, debrief.UploadID(r.PathValue("upload"))), path+"/evidence", nil)
}

type piecePage struct {
	Item    *debrief.EvidenceItem
	Entries []debrief.TimelineEntry
	Cited   []debrief.TimelineEntry
	May     bool
	Link    string // to the tool, if it is an address of the web
}

func (s *Site) piece(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	in, _, err := s.room(r, a)
	if err != nil {
		return err
	}
	p := piecePage{May: a.May(debrief.EditTimeline, in) == nil}
	if p.Item, err = s.cb.EvidenceItem(r.Context(), a, in.ID, debrief.EvidenceID(r.PathValue("piece"))); err != nil {
		return err
	}
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
	s.show(w, r, a, page{name: "piece", Title: "A piece of evidence", Here: "evidence", Incident: in, Edit: t.LastEdit, Body: p})
	return nil
}

// back is where a form of the room came from, within the room.
func back(r *http.Request, path, otherwise string) string {
	to := local(r.PostFormValue("back"))
	if strings.HasPrefix(to, path+"/") {
		return to
	}
	return path + otherwise
}

func (s *Site) promote(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	e, err := s.cb.Promote(r.Context(), a, in.ID, debrief.EvidenceID(r.PathValue("piece")))
	if err != nil {
		return err
	}
	http.Redirect(w, r, path+"/entries/"+e.ID, http.StatusSeeOther)
	return nil
}

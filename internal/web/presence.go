package web

import (
	"encoding/json"
	"net/http"
	"strings"

	"debrief.dev/debrief"
)

// writing says for each section who else writes there.
func (s *Site) writing(r *http.Request, a debrief.Actor, in debrief.IncidentID) (map[debrief.SectionID]string, error) {
	all, err := s.cb.Writers(r.Context(), a, in)
	if err != nil {
		return nil, err
	}
	names := map[debrief.SectionID][]string{}
	for _, p := range all {
		names[p.Section] = append(names[p.Section], p.Name)
	}
	out := map[debrief.SectionID]string{}
	for section, list := range names {
		verb := " is writing here."
		if len(list) > 1 {
			verb = " are writing here."
		}
		out[section] = strings.Join(list, " and ") + verb
	}
	return out, nil
}

// writers is writing for a page that is open.
func (s *Site) writers(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	in, _, err := s.room(r, a)
	if err != nil {
		return err
	}
	all, err := s.writing(r, a, in.ID)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", jsonType)
	return json.NewEncoder(w).Encode(all)
}

// presence hears that somebody writes in a section, or has gone.
func (s *Site) presence(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	in, _, err := s.room(r, a)
	if err != nil {
		return err
	}
	if err := s.cb.Write(r.Context(), a, in.ID, debrief.SectionID(r.PathValue("section")), formOf(r).Get("writes") != "no"); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

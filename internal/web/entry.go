package web

import (
	"cmp"
	"maps"
	"net/http"
	"strings"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
)

type entryPage struct {
	Entry     *debrief.TimelineEntry
	Evidence  []debrief.EvidenceItem
	Teams     map[debrief.TeamID]string
	Mine      []debrief.Team // the actor's, that may give an account
	May       bool
	New       bool
	Meanwhile bool // somebody else changed it while the form was being filled in
	Kinds     []debrief.Kind
	Signals   []debrief.Signal
	Statuses  []debrief.Status
	Precision []debrief.Precision
	Lane      casebook.Lane
	Back      string // the timeline, as it was left
}

func newEntryPage() entryPage {
	return entryPage{
		Teams:     map[debrief.TeamID]string{},
		Kinds:     []debrief.Kind{debrief.KindTrigger, debrief.KindNext, debrief.KindResponse, debrief.KindSignal, debrief.KindImpact},
		Signals:   []debrief.Signal{debrief.Visible, debrief.Confusing, debrief.Missing},
		Statuses:  []debrief.Status{debrief.Observed, debrief.Reported, debrief.Inferred, debrief.Disputed},
		Precision: []debrief.Precision{debrief.Exact, debrief.ToMinute, debrief.About, debrief.ToHour, debrief.ToDay, debrief.ToWeek},
	}
}

func (s *Site) newEntryWith(w http.ResponseWriter, r *http.Request, a debrief.Actor, f form, problem *debrief.Error) error {
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	if err := a.May(debrief.EditTimeline, in); err != nil {
		return err
	}
	p := newEntryPage()
	p.New, p.May, p.Back = true, true, left(r, path)
	if p.Teams, _, err = s.teams(r, a); err != nil {
		return err
	}
	s.show(w, r, a, page{name: "entry", Title: "Add an entry", Here: "timeline", Incident: in, Form: f, Problem: problem, Body: p})
	return nil
}

func (s *Site) newEntry(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	q := r.URL.Query()
	return s.newEntryWith(w, r, a, form{"at": {q.Get("at")}, "kind": {"next"}, "status": {"reported"}, "precision": {cmp.Or(q.Get("precision"), "minute")}}, nil)
}

// wordsOf reads what an entry is to say; evidence stays as it is.
func wordsOf(f form, in *debrief.Incident) (w casebook.EntryWords, err error) {
	w.Text, w.Lane = f.Get("text"), f.Get("lane")
	if w.At.At, err = moment("at", f.Get("at"), zoneOf(in)); err != nil {
		return w, err
	}
	for _, x := range []struct {
		field string
		into  interface{ UnmarshalText([]byte) error }
	}{{"precision", &w.At.Precision}, {"kind", &w.Kind}, {"status", &w.Status}} {
		if err := x.into.UnmarshalText([]byte(f.Get(x.field))); err != nil {
			return w, &debrief.Error{Kind: debrief.Invalid, Field: x.field, Say: "Choose one of the words of the list."}
		}
	}
	if v := f.Get("signal"); v != "" && w.Kind == debrief.KindSignal {
		if err := w.Signal.UnmarshalText([]byte(v)); err != nil {
			return w, &debrief.Error{Kind: debrief.Invalid, Field: "signal", Say: "Choose whether it was visible, confusing or missing."}
		}
	}
	w.At.Zone = debrief.ZoneStated
	return w, nil
}

func (s *Site) addEntry(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	f := formOf(r)
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	words, err := wordsOf(f, in)
	var e *debrief.TimelineEntry
	to := back(r, path, "/timeline")
	if err == nil {
		if e, err = s.cb.AddEntry(r.Context(), a, casebook.AddEntry{Incident: in.ID, EntryWords: words}); err == nil {
			to += "#" + e.ID
		}
	}
	return s.then(w, r, err, to, func(e *debrief.Error) error { return s.newEntryWith(w, r, a, f, e) })
}

func (s *Site) entryWith(w http.ResponseWriter, r *http.Request, a debrief.Actor, f form, problem *debrief.Error) error {
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	t, err := s.cb.Timeline(r.Context(), a, in.ID)
	if err != nil {
		return err
	}
	p := newEntryPage()
	p.Back = left(r, path)
	for i := range t.Entries {
		if t.Entries[i].ID == r.PathValue("entry") {
			p.Entry = &t.Entries[i]
		}
	}
	if p.Entry == nil {
		return &debrief.Error{Kind: debrief.NotFound, Say: "There is no such entry.", Hint: "It may have been merged into another one; the timeline shows it."}
	}
	p.May, p.Lane = a.May(debrief.EditTimeline, in) == nil, t.Lanes[p.Entry.ID]
	if a.May(debrief.SeeEvidence, in) == nil {
		if p.Evidence, err = s.cb.EvidenceOf(r.Context(), a, in.ID, p.Entry.Evidence); err != nil {
			return err
		}
		if p.Teams, p.Mine, err = s.teams(r, a); err != nil {
			return err
		}
	}
	// What was typed lies over what the entry says: a page has several forms.
	e, at := p.Entry, p.Entry.At.At.In(zoneOf(in)).Format("2006-01-02T15:04:05")
	shown := form{
		"text": {e.Text}, "at": {at}, "precision": {e.At.Precision.String()}, "kind": {e.Kind.String()}, "lane": {e.Lane},
		"signal": {e.Signal.String()}, "status": {e.Status.String()}, "rev": {decimal(e.Rev)},
		"part": {e.Text, "", ""}, "part-at": {at, at, at}, "agreed": {e.Text}, "note": {e.Note},
	}
	maps.Copy(shown, f)
	now := decimal(e.Rev)
	p.Meanwhile = problem != nil && problem.Kind == debrief.Conflict && f["account"] == nil && f.Get("rev") != now
	if f["account"] != nil || p.Meanwhile {
		// The number that came with an account is not the entry's. And who has seen what
		// others wrote meanwhile may save over it.
		shown["rev"] = []string{now}
	}
	for len(shown["part-at"]) < len(shown["part"]) {
		shown["part-at"] = append(shown["part-at"], at)
	}
	s.show(w, r, a, page{name: "entry", Title: "An entry", Here: "timeline", Incident: in, Form: shown, Problem: problem, Edit: t.LastEdit, Body: p})
	return nil
}

func (s *Site) entry(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.entryWith(w, r, a, nil, nil)
}

func (s *Site) editEntry(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.ofEntry(w, r, a, func(f form, in *debrief.Incident, was *debrief.TimelineEntry) error {
		words, err := wordsOf(f, in)
		if err != nil {
			return err
		}
		words.Evidence = was.Evidence
		if was.At.At.Truncate(time.Second).Equal(words.At.At) && was.At.Precision == words.At.Precision {
			words.At = was.At // unchanged: it keeps what is known of its zone
		}
		return s.changeEntry(r, a, was, f, words)
	})
}

func (s *Site) changeEntry(r *http.Request, a debrief.Actor, was *debrief.TimelineEntry, f form, words casebook.EntryWords) error {
	_, err := s.cb.EditEntry(r.Context(), a, casebook.EditEntry{Incident: was.Incident, Entry: debrief.EntryID(was.ID), Rev: int64(number(f.Get("rev"))), EntryWords: words})
	return err
}

// adjust changes one thing about an entry, by one press: what it was for those who
// responded, or its time by a minute.
func (s *Site) adjust(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.ofEntry(w, r, a, func(f form, _ *debrief.Incident, was *debrief.TimelineEntry) error {
		words := asIs(was)
		switch do := f.Get("do"); do {
		case "earlier", "later":
			by := time.Minute
			if do == "earlier" {
				by = -by
			}
			// What somebody moved is not a machine's stamp any more.
			words.At = debrief.Moment{At: was.At.At.Add(by), Precision: max(was.At.Precision, debrief.ToMinute), Zone: debrief.ZoneStated}
		default:
			words.Kind = debrief.KindSignal
			if err := words.Signal.UnmarshalText([]byte(do)); err != nil || words.Signal == debrief.NoSignal {
				return &debrief.Error{Kind: debrief.Invalid, Field: "do", Say: "Choose whether it was visible, confusing or missing."}
			}
		}
		return s.changeEntry(r, a, was, f, words)
	})
}

func (s *Site) detach(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	f := formOf(r)
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	err = s.cb.Detach(r.Context(), a, casebook.OneCitation{Incident: in.ID, Entry: debrief.EntryID(r.PathValue("entry")), Evidence: debrief.EvidenceID(f.Get("piece"))})
	return s.then(w, r, err, path+"/entries/"+r.PathValue("entry"), nil)
}

func (s *Site) giveAccount(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.ofEntry(w, r, a, func(f form, in *debrief.Incident, was *debrief.TimelineEntry) error {
		_, err := s.cb.GiveAccount(r.Context(), a, casebook.GiveAccount{
			Incident: in.ID, Entry: debrief.EntryID(was.ID), Team: debrief.TeamID(f.Get("team")), Rev: int64(number(f.Get("rev"))), Text: f.Get("account"),
		})
		return err
	})
}

// ofEntry is what the forms of an entry share: the room, the entry as it is, a change,
// and the way on, or back with what was typed.
func (s *Site) ofEntry(w http.ResponseWriter, r *http.Request, a debrief.Actor, do func(form, *debrief.Incident, *debrief.TimelineEntry) error) error {
	f := formOf(r)
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	was, err := s.cb.Entry(r.Context(), a, in.ID, debrief.EntryID(r.PathValue("entry")))
	if err == nil {
		err = do(f, in, was)
	}
	to := back(r, path, "/timeline")
	if err == nil && strings.HasPrefix(to, path+"/timeline") {
		to += "#" + was.ID
	}
	return s.then(w, r, err, to, func(e *debrief.Error) error { return s.entryWith(w, r, a, f, e) })
}

// asIs gives the words of an entry as they stand.
func asIs(e *debrief.TimelineEntry) casebook.EntryWords {
	return casebook.EntryWords{At: e.At, Kind: e.Kind, Signal: e.Signal, Status: e.Status, Text: e.Text, Lane: e.Lane, Evidence: e.Evidence}
}

// splitEntry makes an entry of every part that has words.
func (s *Site) splitEntry(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.ofEntry(w, r, a, func(f form, in *debrief.Incident, was *debrief.TimelineEntry) error {
		var parts []casebook.EntryWords
		for i, text := range f["part"] {
			if strings.TrimSpace(text) == "" || i >= len(f["part-at"]) {
				continue
			}
			part := asIs(was)
			part.Text, part.Evidence = text, nil
			at, err := moment("part-at", f["part-at"][i], zoneOf(in))
			if err != nil {
				return err
			}
			if !at.Equal(was.At.At.Truncate(time.Second)) {
				part.At = debrief.Moment{At: at, Precision: was.At.Precision, Zone: debrief.ZoneStated}
			}
			parts = append(parts, part)
		}
		made, err := s.cb.SplitEntry(r.Context(), a, casebook.SplitEntry{Incident: in.ID, Entry: debrief.EntryID(was.ID), Rev: int64(number(f.Get("rev"))), Parts: parts})
		if err == nil {
			was.ID = made[0].ID // the way on leads to the first part
		}
		return err
	})
}

// settle ends the standing side by side of accounts, in one of three ways: one wording
// with a note, both hold, or it is to be looked up.
func (s *Site) settle(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.ofEntry(w, r, a, func(f form, in *debrief.Incident, was *debrief.TimelineEntry) error {
		words, note := asIs(was), f.Get("note")
		switch f.Get("do") {
		case "both":
			note = "Both accounts hold."
		case "look":
			words.Status, note = debrief.Disputed, "To be looked up; both accounts stay until there is evidence."
		default:
			words.Text = f.Get("agreed")
			if words.Status == debrief.Disputed {
				words.Status = debrief.Reported
			}
		}
		_, err := s.cb.SettleAccounts(r.Context(), a, casebook.SettleAccounts{Incident: in.ID, Entry: debrief.EntryID(was.ID), Rev: int64(number(f.Get("rev"))), EntryWords: words, Note: note})
		return err
	})
}

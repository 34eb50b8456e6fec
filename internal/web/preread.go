package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
)

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

type prereadPage struct {
	Sections  []debrief.Section
	Questions []casebook.AskedQuestion
	Sendings  []debrief.Sending
	People    []debrief.User
	Writers   map[debrief.SectionID]string // who else writes where
	May       bool                         // write
	Send      bool
	Working   bool
	Mails     bool   // each of them gets a mail
	Refused   string // the question to which the answer that was typed was not taken
	Unasked   bool   // it is not asked any more
}

func (s *Site) prereadWith(w http.ResponseWriter, r *http.Request, a debrief.Actor, f form, problem *debrief.Error) error {
	in, _, err := s.room(r, a)
	if err != nil {
		return err
	}
	p := prereadPage{Refused: r.PathValue("question"), Mails: s.cfg.Mails, May: a.May(debrief.EditPreread, in) == nil, Send: a.May(debrief.SendPreread, in) == nil}
	if p.Sections, err = s.cb.Preread(r.Context(), a, in.ID); err != nil {
		return err
	}
	if p.Questions, err = s.cb.Questions(r.Context(), a, in.ID); err != nil {
		return err
	}
	// What was refused stands first, where it is seen.
	if i := slices.IndexFunc(p.Questions, func(q casebook.AskedQuestion) bool { return q.ID == p.Refused }); i > 0 {
		q := p.Questions[i]
		p.Questions = slices.Insert(slices.Delete(p.Questions, i, i+1), 0, q)
	}
	p.Unasked = p.Refused != "" && !slices.ContainsFunc(p.Questions, func(q casebook.AskedQuestion) bool { return q.ID == p.Refused && !q.Gone })
	if p.Sendings, err = s.cb.Sendings(r.Context(), a, in.ID); err != nil {
		return err
	}
	if p.People, err = s.cb.Users(r.Context(), a); err != nil {
		return err
	}
	if p.Writers, err = s.writing(r, a, in.ID); err != nil {
		return err
	}
	t, err := s.cb.Timeline(r.Context(), a, in.ID)
	if err != nil {
		return err
	}
	p.Working = t.Working
	refresh := 0
	if t.Working && len(p.Sections) == 0 {
		refresh = 2
	}
	s.show(w, r, a, page{name: "preread", Title: "Pre-read", Here: "preread", Incident: in, Form: f, Problem: problem, Refresh: refresh, Body: p})
	return nil
}

func (s *Site) preread(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.prereadWith(w, r, a, form{}, nil)
}

type sectionPage struct {
	Section  debrief.Section
	Findings []noteView
	Kept     []keptNote
	Versions []debrief.SectionVersion
	Names    map[debrief.UserID]string
	Theirs   *debrief.Section // what somebody else saved meanwhile
	Version  *debrief.SectionVersion
	Change   []piece // from that version to what stands now, or from what is written to theirs
	Writers  string  // who else writes here
	May      bool
}

func (s *Site) sectionWith(w http.ResponseWriter, r *http.Request, a debrief.Actor, f form, problem *debrief.Error, theirs *debrief.Section) error {
	in, _, err := s.room(r, a)
	if err != nil {
		return err
	}
	p := sectionPage{Theirs: theirs, May: a.May(debrief.EditPreread, in) == nil}
	if p.Section, err = s.sectionOf(r, a, in.ID, debrief.SectionID(r.PathValue("section"))); err != nil {
		return err
	}
	if theirs != nil {
		p.Change = changesOf(f.Get("body"), theirs.Body)
	}
	if f == nil {
		f = form{"body": {p.Section.Body}, "rev": {decimal(p.Section.Rev)}}
	}
	if p.May {
		open, kept, err := s.notes(r, a, in.ID, p.Section.ID, f.Get("body"))
		if err != nil {
			return err
		}
		p.Findings, p.Kept = viewsOf(f.Get("body"), open), kept
	}
	writers, err := s.writing(r, a, in.ID)
	if err != nil {
		return err
	}
	p.Writers = writers[p.Section.ID]
	if p.Versions, err = s.cb.SectionVersions(r.Context(), a, in.ID, p.Section.ID); err != nil {
		return err
	}
	for i := range p.Versions {
		if decimal(p.Versions[i].Rev) == r.URL.Query().Get("version") {
			p.Version = &p.Versions[i]
			p.Change = changesOf(p.Version.Body, p.Section.Body)
		}
	}
	if p.Names, err = s.cb.Names(r.Context(), a, in.ID); err != nil {
		return err
	}
	s.show(w, r, a, page{name: "section", Title: p.Section.Title, Here: "preread", Incident: in, Form: f, Problem: problem, Body: p})
	return nil
}

func (s *Site) section(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.sectionWith(w, r, a, nil, nil, nil)
}

func (s *Site) saveSection(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	f := formOf(r)
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	f["body"] = []string{strings.ReplaceAll(f.Get("body"), "\r\n", "\n")} // as the field has it
	if f.Get("do") == "look" {
		return s.sectionWith(w, r, a, f, nil, nil) // the notes on the wording as it is typed, nothing is saved
	}
	section := debrief.SectionID(r.PathValue("section"))
	if what, which, ok := strings.Cut(f.Get("do"), "."); ok {
		// What is typed is shown again and not saved.
		switch what {
		case "keep":
			_, err = s.cb.KeepNote(r.Context(), a, casebook.KeepNote{Incident: in.ID, Section: section, Rule: f.Get("rule." + which), Words: f.Get("words." + which), Reason: f.Get("reason." + which)})
		case "use":
			open, _, err := s.notes(r, a, in.ID, section, f.Get("body"))
			if err != nil {
				return err
			}
			if n := number(which); n < len(open) && len(open[n].Rewrites) > 0 {
				f["body"] = []string{rewritten(f.Get("body"), open[n].Rewrites[0])}
			}
		case "open":
			err = s.cb.OpenNote(r.Context(), a, in.ID, section, debrief.KeptNoteID(which))
		}
		e, ok := refused(err)
		if err != nil && !ok {
			return err
		}
		return s.sectionWith(w, r, a, f, e, nil)
	}
	// A reason that stands beside a note when the section is saved keeps the note: without
	// scripts, Enter in that field saves.
	for i := 0; f.Get("rule."+strconv.Itoa(i)) != ""; i++ {
		which := "." + strconv.Itoa(i)
		if f.Get("reason"+which) == "" {
			continue
		}
		_, err := s.cb.KeepNote(r.Context(), a, casebook.KeepNote{Incident: in.ID, Section: section, Rule: f.Get("rule" + which), Words: f.Get("words" + which), Reason: f.Get("reason" + which)})
		if e, ok := refused(err); ok {
			return s.sectionWith(w, r, a, f, e, nil)
		}
		if err != nil {
			return err
		}
	}
	done, err := s.save(r, a, in, f)
	if err == nil && r.Header.Get("Accept") == jsonType {
		w.Header().Set("Content-Type", jsonType)
		return json.NewEncoder(w).Encode(done)
	}
	if err == nil && f.Get("do") == putBoth {
		f["rev"], f["body"] = []string{done.Rev}, []string{done.Body}
		return s.sectionWith(w, r, a, f, nil, nil)
	}
	if c := (*casebook.Collision)(nil); errors.As(err, &c) {
		f["rev"] = []string{decimal(c.Theirs.Rev)}
		e, _ := refused(c.Unwrap())
		return s.sectionWith(w, r, a, f, e, &c.Theirs)
	}
	return s.then(w, r, err, path+"/preread#"+r.PathValue("section"), func(e *debrief.Error) error { return s.sectionWith(w, r, a, f, e, nil) })
}

func (s *Site) takeOffered(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	_, err = s.cb.TakeOffered(r.Context(), a, in.ID, debrief.SectionID(r.PathValue("section")), int64(number(formOf(r).Get("rev"))))
	return s.then(w, r, err, path+"/preread#"+r.PathValue("section"), func(e *debrief.Error) error { return s.sectionWith(w, r, a, nil, e, nil) })
}

func (s *Site) answer(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	f := formOf(r)
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	text := f.Get("text")
	if f.Get("do") == "unknown" {
		text = ""
	} else if text == "" {
		return s.prereadWith(w, r, a, f, &debrief.Error{Kind: debrief.Invalid, Field: "text", Say: "There is no answer yet.", Hint: "Not known is a good answer, too: there is a button for it."})
	}
	_, err = s.cb.AnswerQuestion(r.Context(), a, casebook.AnswerQuestion{Incident: in.ID, Question: r.PathValue("question"), Rev: int64(number(f.Get("rev"))), Text: text})
	return s.then(w, r, err, path+"/preread#questions", func(e *debrief.Error) error { return s.prereadWith(w, r, a, f, e) })
}

func (s *Site) withdrawAnswer(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	return s.then(w, r, s.cb.WithdrawAnswer(r.Context(), a, in.ID, r.PathValue("question")), path+"/preread#questions", nil)
}

func (s *Site) send(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	f := formOf(r)
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	out, err := s.cb.SendPreread(r.Context(), a, casebook.SendPreread{Incident: in.ID, To: ids[debrief.UserID](f, "to"), Note: f.Get("note")})
	to := path + "/preread"
	if err == nil {
		to = path + "/sendings/" + string(out.ID)
	}
	return s.then(w, r, err, to, func(e *debrief.Error) error { return s.prereadWith(w, r, a, f, e) })
}

type sendingPage struct {
	*debrief.Sending
	Names  map[debrief.UserID]string
	Mine   bool // it was sent to the actor
	Read   bool // and they have said that they read it
	Counts bool // the actor sees who has read it
	N      int  // how many have
	Mails  []sentMail
	Lost   bool   // some mails could not be sent
	Link   string // to give to whom no mail could be sent
}

// A sentMail is how far the mail to one person is.
type sentMail struct {
	debrief.Letter
	Name string
}

// Sent counts the mails that went out.
func (p sendingPage) Sent() (n int) {
	for _, m := range p.Mails {
		if m.State == debrief.MailSent {
			n++
		}
	}
	return n
}

func (s *Site) sending(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	in, _, err := s.room(r, a)
	if err != nil {
		return err
	}
	p := sendingPage{Counts: a.May(debrief.SendPreread, in) == nil}
	if p.Sending, err = s.cb.Sending(r.Context(), a, debrief.SendingID(r.PathValue("sending"))); err != nil {
		return err
	}
	if p.Names, err = s.cb.Names(r.Context(), a, in.ID); err != nil {
		return err
	}
	for _, x := range p.Recipients {
		if !x.ReadAt.IsZero() {
			p.N++
		}
		if x.User == a.ID {
			p.Mine, p.Read = true, !x.ReadAt.IsZero()
		}
	}
	if p.Counts && s.cfg.Mails {
		all, err := s.cb.SendingMails(r.Context(), a, p.ID)
		if err != nil {
			return err
		}
		for _, m := range all {
			p.Mails = append(p.Mails, sentMail{m, p.Names[m.Member]})
			p.Lost = p.Lost || m.State == debrief.MailGivenUp
		}
		p.Link = s.address(r) + "/incidents/" + string(in.ID) + "/sendings/" + string(p.ID)
	}
	s.show(w, r, a, page{name: "sending", Title: "Pre-read", Here: "preread", Incident: in, Body: p})
	return nil
}

func (s *Site) mailAgain(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	_, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	return s.then(w, r, s.cb.MailAgain(r.Context(), a, debrief.SendingID(r.PathValue("sending"))), path+"/sendings/"+r.PathValue("sending"), nil)
}

func (s *Site) markRead(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	_, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	return s.then(w, r, s.cb.MarkRead(r.Context(), a, debrief.SendingID(r.PathValue("sending"))), path+"/sendings/"+r.PathValue("sending"), nil)
}

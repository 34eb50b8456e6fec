package casebook

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/store"
)

const (
	maxAnswer  = 4000
	maxSection = 200_000 // bytes
	// oneVersion is how long what one person saves, again and again, is one version.
	oneVersion = 10 * time.Minute
	// passage is how many bytes may go in one save without a version.
	passage   = 200
	maxReason = 300
	maxWords  = 4000
)

// An AskedQuestion is a clarifying question with its answer, if somebody gave one.
type AskedQuestion struct {
	debrief.Question
	Answer *debrief.GivenAnswer
	Gone   bool // what is known now does not raise it any more
}

// questions gives what was asked: open ones first as the coach ranks them, then
// those that were answered, also if nothing raises them any more.
func questions(tx *store.Tx, id debrief.IncidentID) ([]AskedQuestion, error) {
	p, err := proposalOf(tx, id)
	if err != nil || p == nil {
		return nil, err
	}
	given, err := tx.Answers(id)
	if err != nil {
		return nil, err
	}
	var open, answered []AskedQuestion
	for _, q := range p.Questions {
		at := slices.IndexFunc(given, func(g debrief.GivenAnswer) bool { return g.Question == q.ID })
		if at < 0 {
			open = append(open, AskedQuestion{Question: q})
			continue
		}
		answered = append(answered, AskedQuestion{Question: q, Answer: &given[at]})
	}
	for i, g := range given {
		if !slices.ContainsFunc(answered, func(q AskedQuestion) bool { return q.ID == g.Question }) {
			answered = append(answered, AskedQuestion{Question: debrief.Question{ID: g.Question, Ask: cmp.Or(g.Asked, "An earlier question")}, Answer: &given[i], Gone: true})
		}
	}
	return append(open, answered...), nil
}

// Questions gives the clarifying questions of an incident, open ones first.
func (c *Casebook) Questions(ctx context.Context, a debrief.Actor, id debrief.IncidentID) (all []AskedQuestion, err error) {
	err = c.see(ctx, a, id, debrief.SeePreread, func(tx *store.Tx, in *debrief.Incident) error {
		all, err = questions(tx, id)
		return err
	})
	return all, err
}

// AnswerQuestion is an answer. An empty text says that it is not known, which
// is a good answer.
type AnswerQuestion struct {
	Incident debrief.IncidentID
	Question string // its ID
	Rev      int64  // of the answer that was looked at; 0 if there was none
	Text     string
}

// AnswerQuestion answers a question; the draft follows.
func (c *Casebook) AnswerQuestion(ctx context.Context, a debrief.Actor, in AnswerQuestion) (*debrief.GivenAnswer, error) {
	if err := debrief.CheckLength("text", "The answer", in.Text, maxAnswer); err != nil {
		return nil, err
	}
	g := debrief.GivenAnswer{Answer: debrief.Answer{Question: in.Question, Text: strings.TrimSpace(in.Text)}}
	err := c.change(ctx, a, in.Incident, debrief.EditPreread, func(tx *store.Tx, inc *debrief.Incident) error {
		qs, err := questions(tx, in.Incident)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(qs, func(q AskedQuestion) bool { return q.ID == in.Question })
		if at < 0 || qs[at].Gone {
			return &debrief.Error{Kind: debrief.Conflict, Field: "question", Say: "This question is not asked any more.", Hint: "What it was about has changed; look at the questions as they are now."}
		}
		g.Asked = qs[at].Ask
		var rev int64
		if qs[at].Answer != nil {
			rev = qs[at].Answer.Rev
		}
		if rev != in.Rev {
			return changedMeanwhile("The answer")
		}
		tx.Record(debrief.QuestionAnswered, in.Incident, in.Question, nil)
		if err := tx.SaveAnswer(in.Incident, &g); err != nil {
			return err
		}
		return c.again(tx, inc)
	})
	return &g, err
}

// WithdrawAnswer opens a question again.
func (c *Casebook) WithdrawAnswer(ctx context.Context, a debrief.Actor, id debrief.IncidentID, question string) error {
	return c.change(ctx, a, id, debrief.EditPreread, func(tx *store.Tx, in *debrief.Incident) error {
		done, err := tx.DeleteAnswer(id, question)
		if err != nil || !done {
			return cmp.Or[error](err, &debrief.Error{Kind: debrief.NotFound, Field: "question", Say: "This question has no answer."})
		}
		tx.Record(debrief.AnswerWithdrawn, id, question, nil)
		return c.again(tx, in)
	})
}

// Preread gives the sections of the pre-read in the order of reading; none
// until the first draft is made.
func (c *Casebook) Preread(ctx context.Context, a debrief.Actor, id debrief.IncidentID) (all []debrief.Section, err error) {
	err = c.see(ctx, a, id, debrief.SeePreread, func(tx *store.Tx, in *debrief.Incident) error {
		all, err = tx.Sections(id)
		return err
	})
	return all, err
}

// SaveSection is what a section is to say.
type SaveSection struct {
	Incident debrief.IncidentID
	Section  debrief.SectionID
	Rev      int64 // the revision that was written on
	Body     string
	Keep     bool // what it said before stays as a version in any case
}

// A Collision is the error of saving a section that somebody else saved
// meanwhile: both texts, so that nothing is lost.
type Collision struct {
	Mine   string          // what was to be saved
	Theirs debrief.Section // as it is now
}

func (e *Collision) Error() string { return "The section was changed meanwhile." }

// Unwrap gives the kind.
func (e *Collision) Unwrap() error {
	return &debrief.Error{Kind: debrief.Conflict, Field: "body", Say: e.Error(), Hint: "Both texts stand side by side; keep what both need."}
}

// SaveSection saves what a person wrote. What the section said before stays as
// a version, unless the same person began it within the last ten minutes and no
// longer passage goes.
// Saving what is there already changes nothing.
func (c *Casebook) SaveSection(ctx context.Context, a debrief.Actor, in SaveSection) (*debrief.Section, error) {
	if len(in.Body) > maxSection {
		return nil, &debrief.Error{Kind: debrief.TooLarge, Field: "body", Say: fmt.Sprintf("The section has more than %d KB.", maxSection/1000), Hint: "A pre-read is read in five minutes; longer material goes into the evidence."}
	}
	body := strings.ReplaceAll(in.Body, "\r\n", "\n")
	var s debrief.Section
	var same bool
	err := c.change(ctx, a, in.Incident, debrief.EditPreread, func(tx *store.Tx, inc *debrief.Incident) (err error) {
		if s, err = tx.Section(in.Incident, in.Section); err != nil {
			return err
		}
		if same = s.Body == body; same {
			return errNothing
		}
		if s.Rev != in.Rev {
			return &Collision{Mine: in.Body, Theirs: s}
		}
		keep := in.Keep || !s.Written || s.By != a.ID || tx.Now().Sub(s.BegunAt) > oneVersion || len(body) < len(s.Body)-passage
		if !s.Written {
			s.Offered = "" // the draft it was written on
		}
		s.Body, s.Written = body, true
		tx.Record(debrief.SectionSaved, in.Incident, string(s.ID), map[string]string{"section": s.Title})
		return tx.SaveSection(&s, keep)
	})
	if same {
		return &s, nil
	}
	return &s, err
}

// errNothing ends a transaction in which there was nothing to change.
var errNothing = &debrief.Error{Kind: debrief.Conflict, Say: "Nothing was to be changed."}

// TakeOffered puts the newer draft in place of what was written, which stays as
// a version.
func (c *Casebook) TakeOffered(ctx context.Context, a debrief.Actor, id debrief.IncidentID, section debrief.SectionID, rev int64) (*debrief.Section, error) {
	var s debrief.Section
	err := c.change(ctx, a, id, debrief.EditPreread, func(tx *store.Tx, in *debrief.Incident) (err error) {
		if s, err = tx.Section(id, section); err != nil {
			return err
		}
		if s.Rev != rev {
			return changedMeanwhile("The section")
		}
		if s.Offered == "" {
			return &debrief.Error{Kind: debrief.NotFound, Say: "There is no newer draft of this section."}
		}
		s.Body, s.Offered, s.Written = s.Offered, "", false
		tx.Record(debrief.SectionSaved, id, string(s.ID), map[string]string{"section": s.Title})
		return tx.SaveSection(&s, true)
	})
	return &s, err
}

// SectionVersions gives what a section said before, the latest first.
func (c *Casebook) SectionVersions(ctx context.Context, a debrief.Actor, id debrief.IncidentID, section debrief.SectionID) (all []debrief.SectionVersion, err error) {
	err = c.see(ctx, a, id, debrief.SeePreread, func(tx *store.Tx, in *debrief.Incident) error {
		if _, err := tx.Section(id, section); err != nil {
			return err
		}
		all, err = tx.SectionVersions(section)
		return err
	})
	return all, err
}

// PutBack puts an earlier version in place of what a section says, which stays as a
// version itself. Rev is the revision that was looked at.
func (c *Casebook) PutBack(ctx context.Context, a debrief.Actor, id debrief.IncidentID, section debrief.SectionID, version, rev int64) (*debrief.Section, error) {
	var s debrief.Section
	err := c.change(ctx, a, id, debrief.EditPreread, func(tx *store.Tx, in *debrief.Incident) (err error) {
		if s, err = tx.Section(id, section); err != nil {
			return err
		}
		if s.Rev != rev {
			return changedMeanwhile("The section")
		}
		all, err := tx.SectionVersions(section)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(all, func(v debrief.SectionVersion) bool { return v.Rev == version })
		if at < 0 {
			return &debrief.Error{Kind: debrief.NotFound, Say: "There is no such version.", Hint: "The section lists those there are."}
		}
		s.Body, s.Written = all[at].Body, true
		tx.Record(debrief.SectionSaved, id, string(s.ID), map[string]string{"section": s.Title})
		return tx.SaveSection(&s, true)
	})
	return &s, err
}

// KeepNote says why a wording stays.
type KeepNote struct {
	Incident debrief.IncidentID
	Section  debrief.SectionID
	Rule     string
	Words    string // as they stand in the text
	Reason   string
}

// KeepNote keeps a wording with its reason, for as long as the words stand in the
// section. Another reason for the same words takes the place of the first.
func (c *Casebook) KeepNote(ctx context.Context, a debrief.Actor, in KeepNote) (*debrief.KeptNote, error) {
	n := debrief.KeptNote{Section: in.Section, Rule: in.Rule, Words: strings.Join(strings.Fields(in.Words), " "), Reason: strings.Join(strings.Fields(in.Reason), " ")}
	if n.Reason == "" {
		return nil, &debrief.Error{Kind: debrief.Invalid, Field: "reason", Say: "There is no reason yet.", Hint: "A few words are enough: it quotes a customer."}
	}
	if err := debrief.CheckLength("reason", "The reason", n.Reason, maxReason); err != nil {
		return nil, err
	}
	if err := debrief.CheckLength("words", "The wording", n.Words, maxWords); err != nil {
		return nil, err
	}
	if n.Words == "" || n.Rule == "" || len(n.Rule) > 20 {
		return nil, &debrief.Error{Kind: debrief.Invalid, Field: "rule", Say: "There is no such note on wording.", Hint: "Look at the notes as they are now."}
	}
	err := c.change(ctx, a, in.Incident, debrief.EditPreread, func(tx *store.Tx, _ *debrief.Incident) error {
		s, err := tx.Section(in.Incident, in.Section)
		if err != nil {
			return err
		}
		all, err := tx.KeptNotes(s.ID)
		if err != nil {
			return err
		}
		n.ID = debrief.KeptNoteID(tx.NewID("kep_"))
		for _, old := range all {
			if old.Rule == n.Rule && old.Words == n.Words {
				if err := tx.DeleteKeptNote(old.ID); err != nil {
					return err
				}
			}
		}
		tx.Record(debrief.NoteKept, in.Incident, string(s.ID), map[string]string{"section": s.Title})
		return tx.InsertKeptNote(&n)
	})
	return &n, err
}

// OpenNote takes a kept note back: the rule asks again.
func (c *Casebook) OpenNote(ctx context.Context, a debrief.Actor, id debrief.IncidentID, section debrief.SectionID, note debrief.KeptNoteID) error {
	return c.change(ctx, a, id, debrief.EditPreread, func(tx *store.Tx, _ *debrief.Incident) error {
		s, err := tx.Section(id, section)
		if err != nil {
			return err
		}
		all, err := tx.KeptNotes(s.ID)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(n debrief.KeptNote) bool { return n.ID == note }) {
			return &debrief.Error{Kind: debrief.NotFound, Say: "This wording is not kept any more.", Hint: "Look at the notes as they are now."}
		}
		tx.Record(debrief.NoteOpened, id, string(s.ID), map[string]string{"section": s.Title})
		return tx.DeleteKeptNote(note)
	})
}

// KeptNotes gives what is kept in a section, for who may write in it.
func (c *Casebook) KeptNotes(ctx context.Context, a debrief.Actor, id debrief.IncidentID, section debrief.SectionID) (all []debrief.KeptNote, err error) {
	err = c.see(ctx, a, id, debrief.EditPreread, func(tx *store.Tx, _ *debrief.Incident) error {
		if _, err := tx.Section(id, section); err != nil {
			return err
		}
		all, err = tx.KeptNotes(section)
		return err
	})
	return all, err
}

// SendPreread says to whom a pre-read goes.
type SendPreread struct {
	Incident debrief.IncidentID
	To       []debrief.UserID
	Note     string
}

// SendPreread sends the pre-read as it is now to people, who find it at home.
// Everybody it goes to must see the incident; guests see what was sent to them.
func (c *Casebook) SendPreread(ctx context.Context, a debrief.Actor, in SendPreread) (*debrief.Sending, error) {
	if err := debrief.CheckLength("note", "The note", in.Note, maxNote); err != nil {
		return nil, err
	}
	to := unique(in.To)
	if len(to) == 0 {
		return nil, &debrief.Error{Kind: debrief.Invalid, Field: "to", Say: "Nobody is chosen.", Hint: "Choose who should read it before the review."}
	}
	var s debrief.Sending
	err := c.change(ctx, a, in.Incident, debrief.SendPreread, func(tx *store.Tx, inc *debrief.Incident) error {
		sections, err := tx.Sections(in.Incident)
		if err != nil {
			return err
		}
		if len(sections) == 0 {
			return &debrief.Error{Kind: debrief.Conflict, Say: "There is no pre-read yet.", Hint: "Add evidence; the first draft follows by itself."}
		}
		s = debrief.Sending{ID: debrief.SendingID(tx.NewID("sen_")), Incident: in.Incident, Title: inc.Title, Note: strings.TrimSpace(in.Note)}
		for _, x := range sections {
			s.Sections = append(s.Sections, debrief.SentSection{Key: x.Key, Title: x.Title, Body: x.Body})
		}
		for _, id := range to {
			u, err := tx.User(id)
			if err != nil {
				return err
			}
			if !u.LeftAt.IsZero() || (debrief.Actor{ID: u.ID, Role: u.Role, Teams: u.Teams}).May(debrief.ReadSending, inc) != nil {
				return &debrief.Error{Kind: debrief.Invalid, Field: "to", Say: u.Name + " does not see this incident.", Hint: "Add them to it first."}
			}
			s.Recipients = append(s.Recipients, debrief.Recipient{User: id, Name: u.Name})
		}
		if err := tx.InsertSending(&s); err != nil {
			return err
		}
		if c.cfg.Mails {
			for _, id := range to {
				if id == a.ID {
					continue // who sends it knows
				}
				if err := tx.AddMail(string(s.ID), id); err != nil {
					return err
				}
			}
		}
		tx.Record(debrief.PrereadSent, in.Incident, string(s.ID), map[string]string{"count": counted(len(to), "person", "people")})
		if inc.State < debrief.PrereadOut {
			inc.State = debrief.PrereadOut
			return tx.UpdateIncident(inc)
		}
		return nil
	})
	return &s, err
}

// Sendings gives what went out of an incident, the latest first: to a guest
// only what was sent to them.
func (c *Casebook) Sendings(ctx context.Context, a debrief.Actor, id debrief.IncidentID) (all []debrief.Sending, err error) {
	err = c.see(ctx, a, id, debrief.ReadSending, func(tx *store.Tx, in *debrief.Incident) error {
		all, err = tx.Sendings(id)
		return err
	})
	all = slices.DeleteFunc(all, func(s debrief.Sending) bool { return !mayRead(a, s) })
	return all, err
}

func mayRead(a debrief.Actor, s debrief.Sending) bool {
	return a.Role != debrief.Guest || slices.ContainsFunc(s.Recipients, func(r debrief.Recipient) bool { return r.User == a.ID })
}

// Sending gives a pre-read as it went out.
func (c *Casebook) Sending(ctx context.Context, a debrief.Actor, id debrief.SendingID) (*debrief.Sending, error) {
	var s debrief.Sending
	err := c.st.View(ctx, func(tx *store.Tx) (err error) {
		s, err = sending(tx, a, id)
		return err
	})
	return &s, err
}

func sending(tx *store.Tx, a debrief.Actor, id debrief.SendingID) (debrief.Sending, error) {
	s, err := tx.Sending(id)
	if err != nil {
		return s, err
	}
	in, err := tx.Incident(s.Incident)
	if err != nil {
		return s, err
	}
	if err := a.May(debrief.ReadSending, &in); err != nil {
		return debrief.Sending{}, err
	}
	if !mayRead(a, s) {
		return debrief.Sending{}, &debrief.Error{Kind: debrief.NotFound, Say: "There is no such pre-read, or it was not sent to you."}
	}
	return s, nil
}

// SendingMails gives how far the mails about a pre-read are, for who may send it.
func (c *Casebook) SendingMails(ctx context.Context, a debrief.Actor, id debrief.SendingID) (all []debrief.Letter, err error) {
	err = c.st.View(ctx, func(tx *store.Tx) error {
		_, all, err = sendingMails(tx, a, id)
		return err
	})
	return all, err
}

// MailAgain asks once more for the mails about a pre-read that could not be sent.
func (c *Casebook) MailAgain(ctx context.Context, a debrief.Actor, id debrief.SendingID) error {
	return c.st.Update(ctx, a, func(tx *store.Tx) error {
		s, all, err := sendingMails(tx, a, id)
		if err != nil {
			return err
		}
		asked := false
		for _, m := range all {
			if m.State != debrief.MailGivenUp {
				continue
			}
			asked = true
			if err := tx.MailAgain(string(id), m.Member); err != nil {
				return err
			}
		}
		if !asked {
			return &debrief.Error{Kind: debrief.Conflict, Say: "No mail is left to be sent again.", Hint: "They are on their way, or were sent."}
		}
		tx.Record(debrief.MailAskedAgain, s.Incident, string(id), nil)
		return nil
	})
}

func sendingMails(tx *store.Tx, a debrief.Actor, id debrief.SendingID) (s debrief.Sending, all []debrief.Letter, err error) {
	if s, err = sending(tx, a, id); err != nil {
		return s, nil, err
	}
	in, err := tx.Incident(s.Incident)
	if err != nil {
		return s, nil, err
	}
	if err := a.May(debrief.SendPreread, &in); err != nil {
		return s, nil, err
	}
	all, err = tx.MailsAbout(string(id))
	return s, all, err
}

// MarkRead says that the actor has read a pre-read that was sent to them. Saying
// it twice is as good as once.
func (c *Casebook) MarkRead(ctx context.Context, a debrief.Actor, id debrief.SendingID) error {
	return c.st.Update(ctx, a, func(tx *store.Tx) error {
		s, err := sending(tx, a, id)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(s.Recipients, func(r debrief.Recipient) bool { return r.User == a.ID }) {
			return &debrief.Error{Kind: debrief.Denied, Say: "This pre-read was not sent to you, so nobody waits for your word."}
		}
		if _, err := tx.TouchIncident(s.Incident); err != nil {
			return err
		}
		done, err := tx.MarkRead(id, a.ID)
		if err != nil || !done {
			tx.Quiet()
			return err
		}
		tx.Record(debrief.PrereadRead, s.Incident, string(id), nil)
		return nil
	})
}

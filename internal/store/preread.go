package store

import (
	"debrief.dev/debrief"
)

// Answers gives what was answered in an incident, in the order of questions.
func (t *Tx) Answers(id debrief.IncidentID) ([]debrief.GivenAnswer, error) {
	return many(t, func(r scanner) (a debrief.GivenAnswer, err error) {
		var at int64
		err = r.Scan(&a.Question, &a.Asked, &a.Text, (*string)(&a.By), &at, &a.Rev)
		a.At = instant(at)
		return a, err
	}, "SELECT question, asked, text, author, at, rev FROM answers WHERE incident = $1 ORDER BY question", string(id))
}

// SaveAnswer writes an answer in place of an older one.
func (t *Tx) SaveAnswer(id debrief.IncidentID, a *debrief.GivenAnswer) error {
	a.By, a.At = t.actor.ID, t.now
	return kinded(t.row(`INSERT INTO answers (incident, question, text, author, at, rev, asked) VALUES ($1, $2, $3, $4, $5, 1, $6)
		ON CONFLICT (incident, question) DO UPDATE SET text = $3, author = $4, at = $5, asked = $6, rev = answers.rev + 1 RETURNING rev`,
		string(id), a.Question, a.Text, string(a.By), micros(t.now), a.Asked).Scan(&a.Rev))
}

// DeleteAnswer takes an answer back; done is false if there was none.
func (t *Tx) DeleteAnswer(id debrief.IncidentID, question string) (done bool, err error) {
	n, err := t.exec("DELETE FROM answers WHERE incident = $1 AND question = $2", string(id), question)
	return n > 0, err
}

const sectionColumns = "id, incident, key, title, body, rev, written, offered, author, changed_at, begun_at"

func scanSection(r scanner) (s debrief.Section, err error) {
	var written int
	var changed, begun int64
	err = r.Scan((*string)(&s.ID), (*string)(&s.Incident), &s.Key, &s.Title, &s.Body, &s.Rev, &written, &s.Offered, (*string)(&s.By), &changed, &begun)
	s.Written, s.ChangedAt, s.BegunAt = written == 1, instant(changed), instant(begun)
	return s, err
}

// Sections gives the pre-read of an incident in the order of reading.
func (t *Tx) Sections(id debrief.IncidentID) ([]debrief.Section, error) {
	return many(t, scanSection, "SELECT "+sectionColumns+" FROM sections WHERE incident = $1 ORDER BY n", string(id))
}

// Section gives one.
func (t *Tx) Section(id debrief.IncidentID, section debrief.SectionID) (debrief.Section, error) {
	return one(t, "There is no such section in this incident.", scanSection, "SELECT "+sectionColumns+" FROM sections WHERE incident = $1 AND id = $2", string(id), string(section))
}

// InsertSection adds a section at place n.
func (t *Tx) InsertSection(s *debrief.Section, n int) error {
	s.Rev, s.ChangedAt, s.BegunAt, s.By = 1, t.now, t.now, t.actor.ID
	return t.do("INSERT INTO sections (id, incident, key, n, title, body, rev, written, offered, author, changed_at, begun_at) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, '', $8, $9, $9)",
		string(s.ID), string(s.Incident), s.Key, n, s.Title, s.Body, bit(s.Written), string(s.By), micros(t.now))
}

// SaveSection writes a section and counts its revision up. What it said before
// is kept as a version if keep says so.
func (t *Tx) SaveSection(s *debrief.Section, keep bool) error {
	if keep {
		err := t.do("INSERT INTO section_versions (section, rev, body, author, at) SELECT id, rev, body, author, changed_at FROM sections WHERE id = $1", string(s.ID))
		if err != nil {
			return err
		}
		s.BegunAt = t.now
	}
	s.Rev++
	s.ChangedAt, s.By = t.now, t.actor.ID
	return t.do("UPDATE sections SET title = $1, body = $2, rev = $3, written = $4, offered = $5, author = $6, changed_at = $7, begun_at = $8 WHERE id = $9",
		s.Title, s.Body, s.Rev, bit(s.Written), s.Offered, string(s.By), micros(t.now), micros(s.BegunAt), string(s.ID))
}

// OfferSection keeps a newer draft beside what a person wrote.
func (t *Tx) OfferSection(id debrief.SectionID, draft string) error {
	return t.do("UPDATE sections SET offered = $1 WHERE id = $2", draft, string(id))
}

// SectionVersions gives what a section said before, the latest first.
func (t *Tx) SectionVersions(section debrief.SectionID) ([]debrief.SectionVersion, error) {
	return many(t, func(r scanner) (v debrief.SectionVersion, err error) {
		var at int64
		err = r.Scan((*string)(&v.Section), &v.Rev, &v.Body, (*string)(&v.By), &at)
		v.At = instant(at)
		return v, err
	}, "SELECT section, rev, body, author, at FROM section_versions WHERE section = $1 ORDER BY rev DESC", string(section))
}

const sendingColumns = "s.id, s.incident, s.number, s.title, s.note, s.author, s.at, s.data"

func scanSending(r scanner) (s debrief.Sending, err error) {
	var data string
	var at int64
	if err = r.Scan((*string)(&s.ID), (*string)(&s.Incident), &s.Number, &s.Title, &s.Note, (*string)(&s.By), &at, &data); err != nil {
		return s, err
	}
	s.At = instant(at)
	return s, decode(data, &s.Sections)
}

// InsertSending keeps a pre-read as it goes out, with the next number of its incident.
func (t *Tx) InsertSending(s *debrief.Sending) error {
	n, err := t.number("SELECT COALESCE(MAX(number), 0) + 1 FROM sendings WHERE incident = $1", string(s.Incident))
	if err != nil {
		return err
	}
	s.Number, s.At, s.By = int(n), t.now, t.actor.ID
	err = t.do("INSERT INTO sendings (id, incident, number, title, note, author, at, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
		string(s.ID), string(s.Incident), s.Number, s.Title, s.Note, string(s.By), micros(t.now), encode(s.Sections))
	for _, r := range s.Recipients {
		if err != nil {
			return err
		}
		err = t.do("INSERT INTO recipients (sending, member, read_at) VALUES ($1, $2, 0)", string(s.ID), string(r.User))
	}
	return err
}

func (t *Tx) withRecipients(s debrief.Sending, err error) (debrief.Sending, error) {
	if err != nil {
		return s, err
	}
	s.Recipients, err = many(t, func(r scanner) (p debrief.Recipient, err error) {
		var at int64
		err = r.Scan((*string)(&p.User), &p.Name, &at)
		p.ReadAt = instant(at)
		return p, err
	}, "SELECT r.member, u.name, r.read_at FROM recipients r JOIN users u ON u.id = r.member WHERE r.sending = $1 ORDER BY r.member", string(s.ID))
	return s, err
}

// Sending gives one.
func (t *Tx) Sending(id debrief.SendingID) (debrief.Sending, error) {
	return t.withRecipients(one(t, "There is no such pre-read, or it was not sent to you.", scanSending, "SELECT "+sendingColumns+" FROM sendings s WHERE s.id = $1", string(id)))
}

// Sendings gives what went out of an incident, the latest first.
func (t *Tx) Sendings(id debrief.IncidentID) ([]debrief.Sending, error) {
	ss, err := many(t, scanSending, "SELECT "+sendingColumns+" FROM sendings s WHERE s.incident = $1 ORDER BY s.number DESC", string(id))
	for i := range ss {
		if ss[i], err = t.withRecipients(ss[i], err); err != nil {
			return nil, err
		}
	}
	return ss, err
}

// ToRead gives the pre-reads that a user has not read, the latest first.
func (t *Tx) ToRead(user debrief.UserID) ([]debrief.Sending, error) {
	return many(t, scanSending, "SELECT "+sendingColumns+" FROM sendings s JOIN recipients r ON r.sending = s.id WHERE r.member = $1 AND r.read_at = 0 ORDER BY s.at DESC, s.id", string(user))
}

// MarkRead notes that a recipient has read a pre-read; done is false if they
// had said so, or are no recipient.
func (t *Tx) MarkRead(id debrief.SendingID, user debrief.UserID) (done bool, err error) {
	n, err := t.exec("UPDATE recipients SET read_at = $1 WHERE sending = $2 AND member = $3 AND read_at = 0", micros(t.now), string(id), string(user))
	return n > 0, err
}

// KeptNotes gives what is kept in a section, in the order of keeping.
func (t *Tx) KeptNotes(section debrief.SectionID) ([]debrief.KeptNote, error) {
	return many(t, func(r scanner) (n debrief.KeptNote, err error) {
		var at int64
		err = r.Scan((*string)(&n.ID), (*string)(&n.Section), &n.Rule, &n.Words, &n.Reason, (*string)(&n.By), &at)
		n.At = instant(at)
		return n, err
	}, "SELECT id, section, rule, words, reason, author, at FROM kept_notes WHERE section = $1 ORDER BY at, id", string(section))
}

// InsertKeptNote keeps a wording.
func (t *Tx) InsertKeptNote(n *debrief.KeptNote) error {
	n.By, n.At = t.actor.ID, t.now
	return t.do("INSERT INTO kept_notes (id, section, rule, words, reason, author, at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		string(n.ID), string(n.Section), n.Rule, n.Words, n.Reason, string(n.By), micros(n.At))
}

// DeleteKeptNote takes one back.
func (t *Tx) DeleteKeptNote(id debrief.KeptNoteID) error {
	return t.do("DELETE FROM kept_notes WHERE id = $1", string(id))
}

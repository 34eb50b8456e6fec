package store

import "debrief.dev/debrief"

// TaskMail is the kind of the task that sends a mail; its key is the mail's id.
const TaskMail = "mail"

const mailColumns = "m.id, m.about, m.member, m.state, m.why, m.at, m.changed_at"

func scanMail(r scanner) (m debrief.Letter, err error) {
	var at, since int64
	err = r.Scan((*string)(&m.ID), &m.About, (*string)(&m.Member), (*int)(&m.State), (*string)(&m.Why), &at, &since)
	m.At, m.Since = instant(at), instant(since)
	return m, err
}

// AddMail asks for a mail and for the task that sends it, so that it goes out if, and only
// if, what it tells of is kept. The member is empty for an invitation.
func (t *Tx) AddMail(about string, member debrief.UserID) error {
	id := t.s.id("mai_")
	err := t.do("INSERT INTO mails (id, about, member, state, why, at, changed_at) VALUES ($1, $2, $3, $4, '', $5, $5)",
		id, about, string(member), int(debrief.MailWaits), micros(t.now))
	if err != nil {
		return err
	}
	return t.AddTask(TaskMail, id, "")
}

// MailAgain asks for a mail once more, as another one with an ID of its own: what was
// sent before may have been lost on its way. One that still waits is waited for.
func (t *Tx) MailAgain(about string, member debrief.UserID) error {
	waiting, err := t.number("SELECT COUNT(*) FROM mails WHERE about = $1 AND member = $2 AND state = $3", about, string(member), int(debrief.MailWaits))
	if err != nil || waiting > 0 {
		return err
	}
	if err := t.do("DELETE FROM mails WHERE about = $1 AND member = $2", about, string(member)); err != nil {
		return err
	}
	return t.AddMail(about, member)
}

// Mail gives one.
func (t *Tx) Mail(id debrief.MailID) (debrief.Letter, error) {
	return one(t, "There is no such mail.", scanMail, "SELECT "+mailColumns+" FROM mails m WHERE m.id = $1", string(id))
}

// MailsAbout gives the mails about an invitation or a sending, by whom they go to.
func (t *Tx) MailsAbout(about string) ([]debrief.Letter, error) {
	return many(t, scanMail, "SELECT "+mailColumns+" FROM mails m WHERE m.about = $1 ORDER BY m.member", about)
}

// SetMail says how far a mail is, and what stood in its way.
func (t *Tx) SetMail(id debrief.MailID, state debrief.MailState, why debrief.MailTrouble) error {
	return t.do("UPDATE mails SET state = $1, why = $2, changed_at = $3 WHERE id = $4", int(state), string(why), micros(t.now), string(id))
}

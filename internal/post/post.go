// Package post sends the mails that invitations and sent pre-reads ask for.
//
// A mail is asked for in the transaction that keeps what it tells of, and a task sends it.
// When its turn comes it is written from what is so by then: an invitation that was used
// meanwhile, or somebody who does not see the incident any more, gets none. It carries a
// link, who sent it and the organisation; nothing of an incident, not even its title.
//
// A mail goes out once, over all processes. Only if a process ends after the server took a
// mail and before that is kept, the mail goes out again, under the same Message-ID.
package post

import (
	"context"
	"embed"
	"errors"
	"strings"
	"text/template"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/auth"
	"debrief.dev/debrief/internal/jobs"
	"debrief.dev/debrief/internal/mail"
	"debrief.dev/debrief/internal/store"
)

const (
	// triedFor is for how long a mail is tried again.
	triedFor = 24 * time.Hour
	// fresh is how old a mail may be when it is tried: if no process ran, or mail was
	// switched off meanwhile, old news would only puzzle.
	fresh = 3 * 24 * time.Hour
)

// An Office sends mails.
type Office struct {
	st      *store.Store
	server  *mail.Server
	address string // of the room
}

// New gives an office; links begin with the address of the room.
func New(st *store.Store, server *mail.Server, address string) *Office {
	return &Office{st, server, strings.TrimSuffix(address, "/")}
}

// Register says to a runner who sends mails.
func (o *Office) Register(r *jobs.Runner) { r.Handle(store.TaskMail, o.send) }

// errLost says that the task is somebody else's by now.
var errLost = errors.New("the mail is somebody else's by now")

// held runs a part of the work, if the task still is ours.
func (o *Office) held(ctx context.Context, task store.Task, do func(*store.Tx) error) error {
	return o.st.Update(ctx, debrief.Actor{Door: "jobs"}, func(tx *store.Tx) error {
		ok, err := tx.HoldTask(task, jobs.Until(tx))
		if err != nil {
			return err
		}
		if !ok {
			return errLost
		}
		tx.Quiet()
		return do(tx)
	})
}

// A draft is a mail with what it tells of.
type draft struct {
	debrief.Letter
	message  mail.Message
	incident debrief.IncidentID // empty for an invitation of a member
	what     string
	why      debrief.MailTrouble // it is not to be sent
}

func (o *Office) send(ctx context.Context, task store.Task) error {
	var l draft
	err := o.held(ctx, task, func(tx *store.Tx) (err error) {
		l = draft{}
		if l.Letter, err = tx.Mail(debrief.MailID(task.Key)); err != nil || l.State != debrief.MailWaits {
			return err
		}
		if tx.Now().Sub(l.At) > fresh {
			l.why = debrief.MailLate
		} else if err = o.write(tx, &l); err != nil {
			return err
		}
		if l.why != "" {
			return tx.SetMail(l.ID, debrief.MailGivenUp, l.why)
		}
		return nil
	})
	if err != nil || l.State != debrief.MailWaits || l.why != "" {
		return err
	}
	problem := o.server.Send(ctx, l.message)
	if problem != nil && ctx.Err() != nil {
		return ctx.Err() // the process ends, or the task is somebody else's
	}
	// That it was taken must be kept also when the process is about to end.
	last, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer stop()
	var t *mail.Trouble
	if problem != nil && !errors.As(problem, &t) {
		return problem
	}
	again := false
	err = o.held(last, task, func(tx *store.Tx) error {
		if t == nil {
			return tx.SetMail(l.ID, debrief.MailSent, "")
		}
		if again = !t.Final && tx.Now().Sub(l.At) < triedFor; again {
			return tx.SetMail(l.ID, debrief.MailWaits, t.Class)
		}
		if l.incident != "" {
			if _, err := tx.TouchIncident(l.incident); err != nil {
				return err
			}
		}
		tx.Record(debrief.MailNotSent, l.incident, l.About, map[string]string{"what": l.what})
		return tx.SetMail(l.ID, debrief.MailGivenUp, t.Class)
	})
	if err == nil && again {
		return t // the runner tries again later
	}
	return err
}

// told is what the texts can say.
type told struct{ From, Organisation, Until, Link string }

// write writes a letter from what is so now.
func (o *Office) write(tx *store.Tx, l *draft) error {
	org, _, err := tx.Organisation()
	if err != nil {
		return err
	}
	words := told{Organisation: org.Name}
	text := "preread.txt"
	if l.Member == "" {
		i, err := tx.Invitation(debrief.InvitationID(l.About))
		if debrief.KindOf(err) == debrief.NotFound && err != nil {
			l.why = debrief.MailNeedless
			return nil
		}
		if err != nil {
			return err
		}
		token, err := auth.AddLink(tx, i.ID)
		if err != nil {
			return err
		}
		by, err := tx.User(i.By)
		if err != nil {
			return err
		}
		text = "invitation.txt"
		if i.Role == debrief.Guest {
			text = "guest.txt"
		}
		l.incident, l.what = i.Incident, "an invitation"
		l.message.Name, l.message.To = i.Name, i.Email
		words.From, words.Link, words.Until = by.Name, o.address+"/invitations/"+token, day(i.EndsAt, org.Zone)
	} else {
		s, err := tx.Sending(debrief.SendingID(l.About))
		if err != nil {
			return err
		}
		in, err := tx.Incident(s.Incident)
		if err != nil {
			return err
		}
		by, err := tx.User(s.By)
		if err != nil {
			return err
		}
		to, err := tx.User(l.Member)
		if err != nil {
			return err
		}
		if !to.LeftAt.IsZero() || (debrief.Actor{ID: to.ID, Role: to.Role, Teams: to.Teams}).May(debrief.ReadSending, &in) != nil {
			l.why = debrief.MailNeedless
			return nil
		}
		l.incident, l.what = s.Incident, "the pre-read"
		l.message.Name, l.message.To = to.Name, to.Email
		words.From, words.Link = by.Name, o.address+"/incidents/"+string(in.ID)+"/sendings/"+string(s.ID)
	}
	words.From, words.Organisation = mail.OneLine(words.From), mail.OneLine(words.Organisation)
	var b strings.Builder
	if err := texts.ExecuteTemplate(&b, text, words); err != nil {
		return err
	}
	subject, body, _ := strings.Cut(b.String(), "\n\n")
	l.message.Subject, l.message.Text = strings.TrimPrefix(subject, "Subject: "), body
	l.message.ID, l.message.At = string(l.ID), tx.Now()
	return nil
}

// day writes a day as people in a zone have it.
func day(t time.Time, zone string) string {
	z, err := time.LoadLocation(zone)
	if err != nil {
		z = time.UTC
	}
	return t.In(z).Format("Mon 2 January 2006")
}

//go:embed texts/*.txt
var files embed.FS

var texts = template.Must(template.ParseFS(files, "texts/*.txt"))

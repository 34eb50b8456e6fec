// Package demo fills an empty installation with a sample company: five teams, and
// three incidents in different states. Everything goes the way it goes for people:
// accounts through the gate, evidence through the importers, work through the
// methods of the casebook.
package demo

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/auth"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/testdata/incidents"
)

// Password is that of every account of the sample company. It protects nothing:
// the installation is on this machine alone, and holds invented incidents.
const Password = "four ordinary words"

// An Account is somebody of the sample company.
type Account struct {
	Name, Email, Team, Function string
	Role                        debrief.Role
}

// Accounts are the people of the sample company. The first set it up.
var Accounts = []Account{
	{"Mara Lind", "mara@example.com", "Delivery", "delivers projects", debrief.Administrator},
	{"Tomi Okafor", "tomi@example.com", "Platform", "runs the machines", debrief.Member},
	{"Ines Vidal", "ines@example.com", "Client services", "speaks with clients", debrief.Member},
	{"Jun Sato", "jun@example.com", "Design", "draws and writes", debrief.Member},
	{"Eva Brandt", "eva@example.com", "Leadership", "plans and decides", debrief.Member},
}

// A Room is what the sample company lives in.
type Room struct {
	Casebook *casebook.Casebook
	Gate     *auth.Gate
	// Settle does all work of the background that is due.
	Settle func(context.Context) error
}

// Fill fills an empty installation, and says what it does. One that is not empty is
// left as it is.
func Fill(ctx context.Context, r Room, say func(string)) error {
	first, err := r.Gate.FirstRun(ctx)
	if err != nil || !first {
		return err
	}
	c := &company{Room: r, ctx: ctx, say: say}
	c.people()
	c.outage()
	c.project()
	c.shared()
	return c.err
}

// A company is being filled. After the first error nothing more is done.
type company struct {
	Room
	ctx    context.Context
	say    func(string)
	actors []debrief.Actor
	teams  []debrief.TeamID
	err    error
}

// do runs a step unless an earlier one did not work.
func (c *company) do(step func() error) {
	if c.err == nil {
		c.err = step()
	}
}

func (c *company) people() {
	c.say("A company with five teams")
	lead := Accounts[0]
	c.do(func() error {
		_, a, err := c.Gate.Found(c.ctx, auth.Found{Organisation: "Northlight", Zone: "Europe/Berlin", Name: lead.Name, Email: lead.Email, Password: Password, Device: "the demo", Door: "cli"})
		c.actors = append(c.actors, a)
		return err
	})
	for i, account := range Accounts {
		c.do(func() error {
			team, err := c.Casebook.AddTeam(c.ctx, c.actors[0], casebook.AddTeam{Name: account.Team, Function: account.Function})
			if err != nil {
				return err
			}
			c.teams = append(c.teams, team.ID)
			if i == 0 {
				return c.Casebook.JoinTeam(c.ctx, c.actors[0], team.ID, c.actors[0].ID)
			}
			token, _, err := c.Gate.Invite(c.ctx, c.actors[0], auth.Invite{Email: account.Email, Role: account.Role, Teams: []debrief.TeamID{team.ID}})
			if err != nil {
				return err
			}
			_, a, err := c.Gate.Accept(c.ctx, auth.Accept{Token: token, Name: account.Name, Password: Password, Device: "the demo", Door: "cli"})
			c.actors = append(c.actors, a)
			return err
		})
	}
}

// open opens an incident with the evidence of a sample, reads it and waits for the
// proposal.
func (c *company) open(by int, in casebook.OpenIncident, sample string) debrief.IncidentID {
	var id debrief.IncidentID
	c.say(in.Title)
	c.do(func() error {
		opened, err := c.Casebook.OpenIncident(c.ctx, c.actors[by], in)
		if err != nil {
			return err
		}
		id = opened.ID
		return c.bring(by, id, sample)
	})
	c.do(func() error { return c.Settle(c.ctx) })
	return id
}

func (c *company) bring(by int, id debrief.IncidentID, sample string) error {
	root := path.Join(sample, "evidence")
	up, err := c.Casebook.BeginUpload(c.ctx, c.actors[by], id, sample)
	if err != nil {
		return err
	}
	err = fs.WalkDir(incidents.Evidence, root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := incidents.Evidence.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = c.Casebook.AddFile(c.ctx, c.actors[by], up.ID, strings.TrimPrefix(name, root+"/"), f)
		return err
	})
	if err != nil {
		return err
	}
	_, err = c.Casebook.FinishUpload(c.ctx, c.actors[by], up.ID)
	return err
}

// accept accepts a share of the suggestions, in the order of time.
func (c *company) accept(by int, id debrief.IncidentID, share float64) []debrief.TimelineEntry {
	var all []debrief.TimelineEntry
	c.do(func() error {
		t, err := c.Casebook.Timeline(c.ctx, c.actors[by], id)
		if err != nil {
			return err
		}
		all = t.Entries
		some := casebook.SomeEntries{Incident: id}
		for _, e := range all[:int(share*float64(len(all)))] {
			some.Entries = append(some.Entries, debrief.EntryID(e.ID))
		}
		if len(some.Entries) == 0 {
			return fmt.Errorf("no timeline was proposed for %s", id)
		}
		return c.Casebook.AcceptEntries(c.ctx, c.actors[by], some)
	})
	return all
}

// outage is an incident in the middle of its review: two thirds of the timeline are
// decided, and two teams have seen one moment differently.
func (c *company) outage() {
	id := c.open(1, casebook.OpenIncident{Title: "Every site answers 503 after one valid setting", Visibility: debrief.ToOrganisation, Zone: "UTC"}, "edge-setting")
	entries := c.accept(1, id, 0.66)
	c.do(func() error {
		at := len(entries) / 3
		for i, text := range map[int]string{1: "The graphs showed crashes on every machine at once. It looked like a bad release, and there was one that morning.", 2: "Clients wrote that everything was down. The status page still said that some customers may see errors."} {
			_, err := c.Casebook.GiveAccount(c.ctx, c.actors[i], casebook.GiveAccount{Incident: id, Entry: debrief.EntryID(entries[at].ID), Team: c.teams[i], Text: text})
			if err != nil {
				return err
			}
		}
		return c.Settle(c.ctx)
	})
}

// project is one that came apart over weeks: its evidence was just read, and only
// two teams see it.
func (c *company) project() {
	id := c.open(0, casebook.OpenIncident{Title: "A depot goes live four weeks late", Visibility: debrief.ToTeams, Teams: []debrief.TeamID{c.team(0), c.team(4)}, Zone: "Europe/Berlin"}, "depot-cutover")
	c.accept(0, id, 0.2)
}

func (c *company) team(i int) debrief.TeamID {
	if i < len(c.teams) {
		return c.teams[i]
	}
	return ""
}

// shared is a finished one: two teams agreed on what one moment was, the pre-read went
// out, and everybody has read it.
func (c *company) shared() {
	id := c.open(2, casebook.OpenIncident{Title: "Lab results do not reach the wards", Visibility: debrief.ToOrganisation, Zone: "Europe/London"}, "ward-results")
	entries := c.accept(2, id, 1)
	c.agree(id, entries)
	c.do(func() error { return c.Settle(c.ctx) })
	c.do(func() error {
		qs, err := c.Casebook.Questions(c.ctx, c.actors[2], id)
		if err != nil {
			return err
		}
		for _, q := range qs[:min(2, len(qs))] {
			// Not known is a good answer, and the only honest one about a sample.
			if _, err := c.Casebook.AnswerQuestion(c.ctx, c.actors[2], casebook.AnswerQuestion{Incident: id, Question: q.ID}); err != nil {
				return err
			}
		}
		return c.Settle(c.ctx)
	})
	c.do(func() error {
		var to []debrief.UserID
		for _, a := range c.actors {
			to = append(to, a.ID)
		}
		sent, err := c.Casebook.SendPreread(c.ctx, c.actors[2], casebook.SendPreread{Incident: id, To: to, Note: "Five minutes, before the review on Thursday."})
		if err != nil {
			return err
		}
		for _, a := range c.actors {
			if err := c.Casebook.MarkRead(c.ctx, a, sent.ID); err != nil {
				return err
			}
		}
		state := debrief.Shared
		_, err = c.Casebook.ChangeIncident(c.ctx, c.actors[2], casebook.ChangeIncident{ID: id, State: &state})
		return err
	})
}

// agree lets two teams say how they saw the moment in which the page was taken, and
// settles that both hold.
func (c *company) agree(id debrief.IncidentID, entries []debrief.TimelineEntry) {
	c.do(func() error {
		at := slices.IndexFunc(entries, func(e debrief.TimelineEntry) bool { return strings.Contains(e.Text, "acknowledges the page") })
		if at < 0 {
			return fmt.Errorf("nobody takes the page in the timeline of %s", id)
		}
		e := entries[at]
		for i, text := range map[int]string{1: "That check misses a heartbeat on most mornings after the backup. This looked like one more of them.", 2: "On the phones all was quiet. The first ward called more than an hour later."} {
			_, err := c.Casebook.GiveAccount(c.ctx, c.actors[i], casebook.GiveAccount{Incident: id, Entry: debrief.EntryID(e.ID), Team: c.teams[i], Text: text})
			if err != nil {
				return err
			}
		}
		_, err := c.Casebook.SettleAccounts(c.ctx, c.actors[2], casebook.SettleAccounts{
			Incident: id, Entry: debrief.EntryID(e.ID), EntryWords: casebook.EntryWords{At: e.At, Text: e.Text, Kind: e.Kind, Signal: e.Signal, Status: e.Status, Lane: e.Lane, Evidence: e.Evidence},
			Note: "Both hold: the page was taken within minutes, and nothing in it told this morning from the others.",
		})
		return err
	})
}

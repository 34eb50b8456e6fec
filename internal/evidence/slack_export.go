package evidence

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"debrief.dev/debrief"
)

var slackExportSource = Source{
	Name:  "slack",
	Title: "Slack export",
	About: "A workspace export of Slack, as the archive or its unpacked folder: one folder a channel, one file a day, with " +
		"users.json and channels.json beside them. Also single channels as the API and common archivers write them.",
	Recognise: slackRecognise,
	Read:      slackRead,
}

func slackRecognise(s Sample) Confidence {
	switch {
	case s.Shape == NotJSON:
		return No
	case s.Has("event", "type") && (s.Has("event_id") || s.Has("team_id")):
		return No // the Events API; see slack_events.go
	case s.Has("ts", "type") && (s.Has("user") || s.Has("bot_id") || s.Has("subtype") || s.Has("text")):
		return Certain
	case s.Has("messages.ts", "messages.type"), s.Has("messages.ts", "messages.text"):
		return Certain
	case s.Has("id", "name", "profile") && (s.Has("team_id") || s.Has("is_bot") || s.Has("deleted") || s.Has("real_name")):
		return Certain // users.json
	case s.Has("id", "created") && (s.Has("members") || s.Has("creator")) && (s.Has("is_archived") || s.Has("is_general") || s.Has("topic") || s.Has("members")) && !s.Has("summary"):
		return Likely // channels.json, groups.json, dms.json, mpims.json
	case path.Base(s.Path) == "integration_logs.json" && s.Has("change_type"):
		return Likely
	}
	return No
}

// slackMessage is a message in a Slack export. Fields that Slack writes in
// several types are kept raw.
type slackMessage struct {
	Type        string            `json:"type"`
	Subtype     string            `json:"subtype"`
	TS          slackText         `json:"ts"`
	ThreadTS    slackText         `json:"thread_ts"`
	User        string            `json:"user"`
	Username    string            `json:"username"`
	BotID       string            `json:"bot_id"`
	Text        string            `json:"text"`
	UserTeam    string            `json:"user_team"`
	SourceTeam  string            `json:"source_team"`
	Team        string            `json:"team"`
	Topic       string            `json:"topic"`
	Purpose     string            `json:"purpose"`
	Hidden      bool              `json:"hidden"`
	Edited      jsontext.Value    `json:"edited"`
	UserProfile jsontext.Value    `json:"user_profile"` // opened only for authors whom users.json does not name
	BotProfile  *slackBotProfile  `json:"bot_profile"`
	Attachments []slackAttachment `json:"attachments"`
	Blocks      jsontext.Value    `json:"blocks"`
	Files       []slackFile       `json:"files"`
	File        *slackFile        `json:"file"`
	Reactions   []slackReaction   `json:"reactions"`
	Message     *slackMessage     `json:"message"`          // message_changed
	Previous    *slackMessage     `json:"previous_message"` // message_deleted
	DeletedTS   slackText         `json:"deleted_ts"`
	Channel     jsontext.Value    `json:"channel"`
	Permalink   string            `json:"permalink"`
}

// slackText is a string that some writers give as a number.
type slackText string

func (s *slackText) UnmarshalJSON(b []byte) error {
	if n := len(b); n > 1 && b[0] == '"' {
		if plain := b[1 : n-1]; bytes.IndexByte(plain, '\\') < 0 && utf8.Valid(plain) { // nearly always, and many
			*s = slackText(plain)
			return nil
		}
		var t string
		if err := json.Unmarshal(b, &t); err != nil {
			return err
		}
		*s = slackText(t)
	} else if string(b) != "null" {
		*s = slackText(b)
	}
	return nil
}

type slackProfile struct {
	RealName    string `json:"real_name"`
	DisplayName string `json:"display_name"`
	Name        string `json:"name"`
	FirstName   string `json:"first_name"`
	Email       string `json:"email"`
	Title       string `json:"title"`
	Team        string `json:"team"`
}

type slackBotProfile struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type slackAttachment struct {
	Fallback  string         `json:"fallback"`
	Pretext   string         `json:"pretext"`
	Title     string         `json:"title"`
	TitleLink string         `json:"title_link"`
	Text      string         `json:"text"`
	Footer    string         `json:"footer"`
	Color     string         `json:"color"`
	FromURL   string         `json:"from_url"`
	Fields    []slackField   `json:"fields"`
	Blocks    jsontext.Value `json:"blocks"`
}

type slackField struct {
	Title string    `json:"title"`
	Value slackText `json:"value"`
}

type slackFile struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Mode  string `json:"mode"` // "tombstone", "hidden_by_limit" when it is gone
}

type slackReaction struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

type slackUser struct {
	ID                string       `json:"id"`
	TeamID            string       `json:"team_id"`
	Name              string       `json:"name"`
	RealName          string       `json:"real_name"`
	IsBot             bool         `json:"is_bot"`
	IsStranger        bool         `json:"is_stranger"`
	IsRestricted      bool         `json:"is_restricted"`
	IsUltraRestricted bool         `json:"is_ultra_restricted"`
	Profile           slackProfile `json:"profile"`
}

// shown is the name that the chat shows.
func (u *slackUser) shown() string {
	return firstOf(u.Profile.DisplayName, u.Profile.RealName, u.RealName, u.Name, u.ID)
}

// slackDirectory is what the export says of people and channels.
type slackDirectory struct {
	users    map[string]*slackUser
	channels map[string]string // id to name
	home     string            // the team most people belong to
}

// slackDirectoryOf finds users.json and channels.json in the folder of the file
// or above it, once a folder.
func slackDirectoryOf(f *File) *slackDirectory {
	for dir := path.Dir(f.Name); ; dir = path.Dir(dir) {
		key := "slack:" + dir
		if d, ok := f.Shared[key].(*slackDirectory); ok {
			if d != nil {
				return d
			}
		} else if f.Bundle != nil {
			d := slackLoadDirectory(f.Bundle, dir)
			if f.Shared != nil {
				f.Shared[key] = d
			}
			if d != nil {
				return d
			}
		}
		if dir == "." || dir == "/" {
			return &slackDirectory{}
		}
	}
}

func slackLoadDirectory(bundle fs.FS, dir string) *slackDirectory {
	var users []slackUser
	if !slackLoad(bundle, path.Join(dir, "users.json"), &users) || len(users) == 0 || users[0].ID == "" {
		return nil
	}
	d := &slackDirectory{users: make(map[string]*slackUser, len(users)), channels: make(map[string]string)}
	teams := make(map[string]int)
	for i := range users {
		u := &users[i]
		d.users[u.ID] = u
		if !u.IsStranger && !u.IsBot {
			teams[u.TeamID]++
		}
	}
	for team, n := range teams {
		if best := teams[d.home]; n > best || n == best && team < d.home {
			d.home = team
		}
	}
	for _, name := range []string{"channels.json", "groups.json", "mpims.json"} {
		var channels []struct{ ID, Name string }
		if slackLoad(bundle, path.Join(dir, name), &channels) {
			for _, c := range channels {
				d.channels[c.ID] = c.Name
			}
		}
	}
	return d
}

// slackDirectoryBytes bounds what is read of users.json and its neighbours.
const slackDirectoryBytes = 64 << 20

func slackLoad(bundle fs.FS, name string, into any) bool {
	r, err := bundle.Open(name)
	if err != nil {
		return false
	}
	defer r.Close()
	return json.UnmarshalRead(io.LimitReader(r, slackDirectoryBytes), into, slackJSON) == nil
}

// slackJSON accepts what archivers write: repeated names and broken UTF-8.
var slackJSON = json.JoinOptions(
	jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true), json.MatchCaseInsensitiveNames(true),
)

// slackQuick is slackJSON for messages, whose names Slack always writes alike.
var slackQuick = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// slackRead reads one file of an export: an array of messages, or objects as
// the API and archivers write them.
func slackRead(ctx context.Context, f *File, out *Sink) error {
	r := &slackReader{f: f, out: out, dir: slackDirectoryOf(f), where: slackWhere(f)}
	in := *f
	buffered := bufio.NewReaderSize(f.R, 4<<10)
	head, _ := buffered.Peek(512) // an error shows again when it is read
	in.R = buffered
	if bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("[")) {
		return readTrees(ctx, &in, out, func(t *jsonTree) error { return r.message(t.raw, "") })
	}
	return readTrees(ctx, &in, out, r.object)
}

type slackReader struct {
	f     *File
	out   *Sink
	dir   *slackDirectory
	where string
}

// slackWhere is the channel a file belongs to: the folder of a day's file, else
// the name of the file itself.
func slackWhere(f *File) string {
	name := strings.TrimSuffix(path.Base(f.Name), ".json")
	if _, err := time.Parse("2006-01-02", name); err == nil {
		if dir := path.Base(path.Dir(f.Name)); dir != "." && dir != "/" {
			return "#" + dir
		}
	}
	return "#" + strings.TrimSuffix(name, path.Ext(name))
}

// object reads an answer of the API or an archiver's file: messages in a
// field; or one message, one user, one channel as a JSON line.
func (r *slackReader) object(t *jsonTree) error {
	var o struct {
		Messages []jsontext.Value `json:"messages"`
		Name     string           `json:"name"`
		Channel  string           `json:"channel_id"`
		TS       slackText        `json:"ts"`
	}
	_ = json.Unmarshal(t.raw, &o, slackJSON) // what is there counts, whatever stands beside it
	if o.Messages == nil {
		if o.TS == "" {
			return nil
		}
		return r.message(t.raw, "")
	}
	where := ""
	if o.Name != "" {
		where = "#" + o.Name
	} else if n := r.dir.channels[o.Channel]; n != "" {
		where = "#" + n
	}
	for _, m := range o.Messages {
		if err := r.message(m, where); err != nil {
			return err
		}
	}
	return nil
}

// message reads one message, or one row of users.json or channels.json.
func (r *slackReader) message(raw []byte, where string) error {
	var m slackMessage
	if err := json.Unmarshal(raw, &m, slackQuick); err != nil {
		m = r.lenient(raw)
	}
	if m.TS == "" {
		return r.row(raw)
	}
	if reason := slackNotice(m.Subtype); reason != "" {
		r.out.LeaveOut(reason, 1)
		return nil
	}
	sum := sha256.Sum256(raw)
	e := debrief.Evidence{
		Source: "slack", File: r.f.Path, ID: string(m.TS), Digest: hex.EncodeToString(sum[:]),
		Sort: debrief.Message, Where: firstOf(where, r.where), Link: m.Permalink,
	}
	return r.out.Add(r.fill(e, &m))
}

// lenient reads a message of which some field has another type than Slack
// documents: it takes the others, one by one.
func (r *slackReader) lenient(raw []byte) (m slackMessage) {
	t := &jsonTree{raw: raw}
	for _, name := range t.fields() {
		one := append(append([]byte(`{"`+name+`":`), t.members[name].raw...), '}')
		if json.Unmarshal(one, &m, slackQuick) != nil {
			r.out.LeaveOut("fields of chat messages that hold what Slack does not write there", 1)
		}
	}
	return m
}

// fill gives e what a message says.
func (r *slackReader) fill(e debrief.Evidence, m *slackMessage) debrief.Evidence {
	switch {
	case m.Subtype == "message_changed" && m.Message != nil:
		e.Edited = true
		inner := *m.Message
		inner.TS = slackText(firstOf(string(inner.TS), string(m.TS)))
		m = &inner
	case m.Subtype == "message_deleted":
		e.Deleted = true
		if m.Previous != nil {
			inner := *m.Previous
			inner.TS = slackText(firstOf(string(m.DeletedTS), string(inner.TS), string(m.TS)))
			m = &inner
		}
	}
	e.At = debrief.Moment{At: slackTime(string(m.TS))}
	if !e.At.Known() {
		e.At = debrief.Moment{}
	}
	if t := string(m.ThreadTS); t != "" && t != string(m.TS) {
		e.Thread = t
	}
	e.Edited = e.Edited || len(m.Edited) > 0 && string(m.Edited) != "null"
	e.Deleted = e.Deleted || m.Subtype == "tombstone"
	e.Author = r.author(m)
	e.Text = r.words(m)
	for _, f := range m.Files {
		e.Attached = append(e.Attached, firstOf(f.Name, f.Title, "a file that is no longer kept"))
	}
	if m.File != nil && len(m.Files) == 0 {
		e.Attached = append(e.Attached, firstOf(m.File.Name, m.File.Title))
	}
	for _, x := range m.Reactions {
		name, _, _ := strings.Cut(x.Name, "::")
		e.Reactions = append(e.Reactions, debrief.Reaction{Name: name, Count: x.Count})
	}
	switch m.Subtype {
	case "channel_topic", "group_topic":
		attribute(&e, "topic", slackPlain(m.Topic, r.dir))
	case "channel_purpose", "group_purpose":
		attribute(&e, "purpose", slackPlain(m.Purpose, r.dir))
	}
	e.Refs = refsIn(e.Text)
	return e
}

// author is who wrote a message.
func (r *slackReader) author(m *slackMessage) debrief.Author {
	a := debrief.Author{ID: m.User}
	if m.Subtype == "bot_message" || m.BotID != "" && m.User == "" || m.BotProfile != nil && m.Username != "" {
		a.Bot = true
		a.ID = firstOf(m.BotID, m.User)
		a.Name = m.Username
		if m.BotProfile != nil {
			a.Name = firstOf(a.Name, m.BotProfile.Name)
		}
	}
	if u := r.dir.users[m.User]; u != nil {
		a.Handle, a.Name, a.Email = u.Name, firstOf(a.Name, u.RealName, u.Profile.RealName, u.Profile.DisplayName), u.Profile.Email
		a.Bot = a.Bot || u.IsBot
		return a
	}
	var p slackProfile
	if len(m.UserProfile) > 0 && m.UserProfile[0] == '{' {
		_ = json.Unmarshal(m.UserProfile, &p, slackJSON) // what is there counts, whatever stands beside it
		a.Handle, a.Name, a.Email = p.Name, firstOf(a.Name, p.RealName, p.DisplayName), p.Email
		r.out.Person(debrief.Person{
			IDs: some(m.User), Names: some(p.RealName, p.DisplayName, p.FirstName), Handles: some(p.Name), Emails: some(p.Email),
			Title: p.Title, Organisation: r.outside(p.Team, false),
		})
	}
	return a
}

// outside names the organisation of somebody who belongs to another workspace.
func (r *slackReader) outside(team string, stranger bool) string {
	if stranger || team != "" && r.dir.home != "" && team != r.dir.home {
		return "another workspace"
	}
	return ""
}

// row reads what is no message: a user or a channel of the directory.
func (r *slackReader) row(raw []byte) error {
	var u slackUser
	if json.Unmarshal(raw, &u, slackJSON) == nil && u.ID != "" && (strings.HasPrefix(u.ID, "U") || strings.HasPrefix(u.ID, "W") || u.Profile != slackProfile{}) {
		org := r.outside(u.TeamID, u.IsStranger)
		if org == "" && (u.IsRestricted || u.IsUltraRestricted) {
			org = "a guest"
		}
		r.out.Person(debrief.Person{
			IDs: some(u.ID), Names: some(u.RealName, u.Profile.RealName, u.Profile.DisplayName), Handles: some(u.Name),
			Emails: some(u.Profile.Email), Title: u.Profile.Title, Organisation: org, Bot: u.IsBot,
		})
		return nil
	}
	r.out.LeaveOut("rows of the chat's own directory", 1)
	return nil
}

// some gives the distinct texts that are not empty.
func some(texts ...string) []string {
	var out []string
	for i, s := range texts {
		known := s == ""
		for _, t := range texts[:i] {
			known = known || t == s
		}
		if !known {
			out = append(out, s)
		}
	}
	return out
}

// slackNotice says, for a message that the tool itself wrote about the channel,
// what it is; empty for what people and integrations wrote.
func slackNotice(subtype string) string {
	switch subtype {
	case "channel_join", "group_join", "channel_leave", "group_leave", "bot_add", "bot_remove":
		return "notices of people joining and leaving channels"
	case "pinned_item", "unpinned_item":
		return "notices of pinned messages"
	case "channel_archive", "channel_unarchive", "group_archive", "group_unarchive", "channel_name", "group_name",
		"channel_convert_to_private", "channel_posting_permissions":
		return "notices about the channel itself"
	case "huddle_thread", "reminder_add", "reminder_delete":
		return "notices of huddles and reminders"
	}
	return ""
}

// slackTime reads a ts: seconds since 1970 with microseconds.
func slackTime(ts string) time.Time {
	whole, fraction, _ := strings.Cut(ts, ".")
	s, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || s < 315532800 || s > 7258118400 { // outside 1980 to 2200
		return time.Time{}
	}
	for len(fraction) < 6 {
		fraction += "0"
	}
	us, err := strconv.ParseInt(fraction[:6], 10, 64)
	if err != nil {
		us = 0
	}
	return time.Unix(s, us*1000).UTC()
}

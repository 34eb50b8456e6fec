package evidence

import (
	"context"
	"encoding/json"
	"path"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"debrief.dev/debrief"
)

var msTeamsSource = Source{
	Name:  "teams",
	Title: "Microsoft Teams",
	About: "Messages of channels and chats as Microsoft Graph gives them, with replies beside or inside their first message, " +
		"and the personal export of a chat history (messages.json). Cards that integrations post are read as text.",
	Recognise: func(s Sample) Confidence {
		switch {
		case s.Shape == NotJSON:
			return No
		case headNames(s, "createdDateTime", "messageType", "body"), headNames(s, "createdDateTime", "channelIdentity"):
			return Certain
		case headNames(s, "conversations", "MessageList"), headNames(s, "originalarrivaltime", "messagetype"):
			return Certain
		case headNames(s, "createdDateTime", "contentType", "from"), headNames(s, "chatId", "createdDateTime"):
			return Likely
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		r := teamsReader{f: f, out: out, where: "#" + strings.TrimSuffix(path.Base(f.Name), path.Ext(f.Name))}
		return readTrees(ctx, f, out, r.record)
	},
}

type teamsReader struct {
	f     *File
	out   *Sink
	where string
}

// record reads a page of messages, a channel or chat that holds them, or one message.
func (r teamsReader) record(t *jsonTree) error {
	if body := webhookBody(t); body != nil && !t.has("createdDateTime") {
		return eachTree(body, r.record)
	}
	if t.knows("conversations") {
		for _, c := range t.list("conversations") {
			if err := r.conversation(c); err != nil {
				return err
			}
		}
		return nil
	}
	if t.has("createdDateTime") && (t.has("body") || t.has("messageType")) {
		return r.message(t)
	}
	named := r
	if name := t.text("displayName", "channel.displayName", "channelName", "chat.topic", "topic", "name"); name != "" {
		named.where = "#" + strings.TrimPrefix(name, "#")
	}
	read := false
	for _, list := range []string{"value", "messages", "resourceData", "channels", "chats", "replies"} {
		if !t.knows(list) {
			continue
		}
		read = true
		for _, v := range t.list(list) {
			if err := named.record(v); err != nil {
				return err
			}
		}
	}
	if read {
		return nil
	}
	if t.has("id") && (t.has("displayName") || t.has("userPrincipalName") || t.has("@odata.type")) {
		if t.has("userPrincipalName") || t.has("email") {
			tellPerson(r.out, addressOnly(debrief.Author{
				ID: t.text("userId", "id"), Name: t.text("displayName"), Email: t.text("mail", "email", "userPrincipalName"),
			}))
		}
		r.out.LeaveOut("rows of the chat's own directory", 1)
		return nil
	}
	r.out.Problem(Problem{
		File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This record holds no chat message.",
		Expected: `messages with "createdDateTime" and "body"`, Hint: "Export the channel's messages with Microsoft Graph.",
	})
	return nil
}

// message reads a message and the replies inside it.
func (r teamsReader) message(t *jsonTree) error {
	if name := t.text("channelIdentity.displayName", "channelDisplayName"); name != "" {
		r.where = "#" + name
	}
	e := t.evidence("teams", r.f)
	e.Sort, e.ID, e.Thread = debrief.Message, t.text("id", "etag"), t.text("replyToId")
	e.Where, e.Link, e.Title = r.where, t.text("webUrl"), t.text("subject")
	m, odd := t.moment(r.f.Options, "createdDateTime")
	stampProblem(t, r.f, r.out, odd)
	e.At = m
	replies := func() error {
		for _, v := range t.list("replies") {
			if err := r.message(v); err != nil {
				return err
			}
		}
		return nil
	}
	if kind := t.text("messageType"); kind != "" && !strings.EqualFold(kind, "message") || t.has("eventDetail") {
		r.out.LeaveOut("notices of the chat itself", 1)
		return replies()
	}
	e.Author = r.author(t.at("from"))
	e.Edited = t.has("lastEditedDateTime")
	e.Deleted = t.has("deletedDateTime")
	if level := strings.ToLower(t.text("importance")); level != "" && level != "normal" {
		e.Level = level
	}
	text := t.text("body.content")
	if !strings.EqualFold(t.text("body.contentType"), "text") {
		text = teamsHTML(text)
	}
	for _, m := range t.list("mentions") {
		r.author(m.at("mentioned"))
	}
	parts := []string{e.Title, text}
	for _, a := range t.list("attachments") {
		kind := strings.ToLower(a.text("contentType"))
		switch {
		case strings.Contains(kind, "card"):
			parts = append(parts, cardText(a.inner("content")))
		case kind == "messagereference":
			if q := a.inner("content"); q.has("messagePreview") {
				attribute(&e, "answers", shorten(q.text("messagePreview"), 200))
				e.Thread = firstOf(e.Thread, q.text("messageId"))
			}
		default:
			if name := a.text("name", "contentUrl"); name != "" {
				e.Attached = append(e.Attached, name)
			}
		}
	}
	e.Text = joinText("\n", parts...)
	counts := map[string]int{}
	var order []string
	for _, x := range t.list("reactions") {
		name := x.text("displayName", "reactionType")
		if counts[name]++; counts[name] == 1 && name != "" {
			order = append(order, name)
		}
	}
	for _, name := range order {
		e.Reactions = append(e.Reactions, debrief.Reaction{Name: strings.ToLower(name), Count: counts[name]})
	}
	refer(&e, refsIn(e.Text)...)
	if e.ID == "" {
		r.out.Problem(Problem{
			File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This message has no id and cannot be cited.",
			Expected: `a member "id"`, Hint: "Export the channel again with all its fields.",
		})
		return replies()
	}
	if err := r.out.Add(e); err != nil {
		return err
	}
	return replies()
}

// author reads who wrote or is mentioned: a user, an application or a bot.
func (r teamsReader) author(t *jsonTree) debrief.Author {
	if t == nil {
		return debrief.Author{}
	}
	if app := firstTree(t.at("application"), t.at("device")); app != nil && t.at("user") == nil {
		return debrief.Author{ID: app.text("id"), Name: app.text("displayName"), Bot: true}
	}
	u := firstTree(t.at("user"), t)
	a := addressOnly(debrief.Author{ID: u.text("id"), Name: u.text("displayName"), Email: u.text("userPrincipalName", "email")})
	if a.Name == "" && a.ID == "" || t.at("user") == nil && (t.has("conversation") || t.has("channel") || t.has("team") || t.has("tag")) {
		return debrief.Author{} // a channel or a team is nobody
	}
	p := debrief.Person{IDs: some(a.ID), Names: some(a.Name), Emails: some(a.Email)}
	switch u.text("userIdentityType") {
	case "federatedUser", "anonymousGuest", "emailUser", "personalMicrosoftAccountUser", "skypeUser":
		p.Organisation = "another organisation"
	}
	if strings.Contains(a.Name, "(Guest)") {
		p.Organisation = "a guest"
	}
	r.out.Person(p)
	return a
}

// conversation reads a chat of a personal export.
func (r teamsReader) conversation(c *jsonTree) error {
	if name := c.text("displayName", "threadProperties.topic"); name != "" {
		r.where = "#" + name
	}
	for _, t := range c.list("MessageList") {
		if kind := strings.ToLower(t.text("messagetype")); kind != "" && !strings.HasPrefix(kind, "richtext") && kind != "text" {
			r.out.LeaveOut("notices of the chat itself", 1)
			continue
		}
		e := t.evidence("teams", r.f)
		e.Sort, e.ID, e.Where = debrief.Message, t.text("id", "version"), r.where
		e.At, _ = t.moment(r.f.Options, "originalarrivaltime", "composetime")
		e.Author = addressOnly(debrief.Author{ID: t.text("from"), Name: t.text("displayName", "imdisplayname")})
		tellPerson(r.out, e.Author)
		e.Text = teamsHTML(t.text("content"))
		e.Edited = t.has("properties.edittime")
		e.Deleted = t.has("properties.deletetime")
		refer(&e, refsIn(e.Text)...)
		if e.ID == "" {
			e.ID = e.Digest[:16]
		}
		if err := r.out.Add(e); err != nil {
			return err
		}
	}
	return nil
}

var (
	teamsMention = regexp.MustCompile(`(?is)<at\b[^>]*>(.*?)</at>`)
	teamsEmoji   = regexp.MustCompile(`(?is)<(?:emoji|img)\b[^>]*\balt="([^"]*)"[^>]*>(?:</emoji>)?`)
	teamsQuote   = regexp.MustCompile(`(?is)<blockquote\b.*?</blockquote>`)
)

// teamsHTML gives the words of a message: mentions become "@Name", emoji their
// character, and a quoted message stays with its own author.
func teamsHTML(s string) string {
	if own := teamsQuote.ReplaceAllString(s, " "); plainHTML(own) != "" {
		s = own
	}
	s = teamsMention.ReplaceAllString(s, "@$1")
	s = teamsEmoji.ReplaceAllStringFunc(s, func(m string) string {
		alt := teamsEmoji.FindStringSubmatch(m)[1]
		if r, _ := utf8.DecodeRuneInString(alt); unicode.Is(unicode.So, r) || strings.HasPrefix(strings.ToLower(m), "<emoji") {
			return alt
		}
		return "" // a picture
	})
	return plainHTML(s)
}

// cardText gives the words of a card: adaptive cards and the older ones of
// connectors hold them in members of a few names, at any depth.
func cardText(t *jsonTree) string {
	if t == nil {
		return ""
	}
	var words []string
	var walk func(v any, depth int)
	walk = func(v any, depth int) {
		if depth > 24 || len(words) > 200 {
			return
		}
		switch v := v.(type) {
		case map[string]any:
			title, _ := v["title"].(string)
			if value, ok := v["value"].(string); ok && title != "" { // a fact
				words = append(words, plainMarkup(title+": "+value))
				return
			}
			if name, ok := v["name"].(string); ok {
				if value, ok := v["value"].(string); ok {
					words = append(words, plainMarkup(name+": "+value))
					return
				}
			}
			for _, k := range []string{"title", "subtitle", "activityTitle", "activitySubtitle", "text", "summary"} {
				if s, ok := v[k].(string); ok && strings.TrimSpace(s) != "" {
					words = append(words, plainMarkup(s))
				}
			}
			for _, k := range []string{"body", "items", "columns", "facts", "sections", "card", "content", "rows", "cells"} {
				walk(v[k], depth+1)
			}
		case []any:
			for _, x := range v {
				walk(x, depth+1)
			}
		}
	}
	var v any
	if json.Unmarshal(t.raw, &v) == nil {
		walk(v, 0)
	}
	return joinText("\n", words...)
}

package evidence

import (
	"context"
	"strings"

	"github.com/go-json-experiment/json"

	"debrief.dev/debrief"
)

var slackEventsSource = Source{
	Name:  "slack_events",
	Title: "Slack events",
	About: "What Slack's Events API sent to an application: messages with their edits and deletions, reactions, files, topics. " +
		"One event, an array, or one a line, also as a relay of webhooks kept them.",
	Recognise: func(s Sample) Confidence {
		switch {
		case s.Shape == NotJSON:
			return No
		case headNames(s, "event", "event_id") && (headNames(s, "event_time") || headNames(s, "team_id")):
			return Certain
		case headNames(s, "event", "event_ts", "channel"):
			return Likely
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		r := &slackEventsReader{
			slackReader: slackReader{f: f, out: out, dir: slackDirectoryOf(f)},
			held:        map[string]int{},
		}
		if err := readTrees(ctx, f, out, r.envelope); err != nil {
			return err
		}
		return r.flush()
	},
}

// slackHeld is how many messages wait for later events about them (an edit, a
// reaction). With more, the earliest go on as they are.
const slackHeld = 100_000

// A slackEventsReader holds messages back, since later events change them.
type slackEventsReader struct {
	slackReader
	items []debrief.Evidence
	held  map[string]int // channel and ts to index in items
}

func (r *slackEventsReader) envelope(t *jsonTree) error {
	if body := webhookBody(t); body != nil && !t.has("event.type") {
		return eachTree(body, r.envelope)
	}
	ev := t.at("event")
	if ev.kind() != '{' {
		if t.has("challenge") {
			r.out.LeaveOut("checks of the address by Slack", 1)
			return nil
		}
		ev = t // only the inner event was kept
	}
	switch kind := ev.text("type"); kind {
	case "message", "app_mention":
		return r.event(t, ev)
	case "reaction_added", "reaction_removed":
		r.reaction(ev, kind == "reaction_added")
		return nil
	case "file_shared", "file_created", "file_public", "file_change", "file_deleted":
		r.out.LeaveOut("notices of files, which their messages name", 1)
	case "member_joined_channel", "member_left_channel", "team_join", "user_change":
		r.people(ev)
		r.out.LeaveOut("notices of people joining and leaving channels", 1)
	case "pin_added", "pin_removed":
		r.out.LeaveOut("notices of pinned messages", 1)
	case "":
		r.out.Problem(Problem{
			File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This record is no event of Slack.",
			Expected: `an object with "event" and in it "type"`, Hint: "Keep the whole body of the request that Slack sends.",
		})
	default:
		r.out.LeaveOut("events of Slack that say nothing of an incident", 1)
	}
	return nil
}

// people learns names from events about members.
func (r *slackEventsReader) people(ev *jsonTree) {
	if u := ev.at("user"); u.kind() == '{' {
		r.out.Person(debrief.Person{
			IDs: some(u.text("id")), Names: some(u.text("real_name"), u.text("profile.real_name"), u.text("profile.display_name")),
			Handles: some(u.text("name")), Emails: some(u.text("profile.email")), Title: u.text("profile.title"), Bot: u.truth("is_bot"),
		})
	}
}

// event reads a message, its change or its removal.
func (r *slackEventsReader) event(t, ev *jsonTree) error {
	var m slackMessage
	_ = json.Unmarshal(ev.raw, &m, slackJSON)
	if reason := slackNotice(m.Subtype); reason != "" {
		r.out.LeaveOut(reason, 1)
		return nil
	}
	channel := ev.text("channel", "channel.id", "item.channel")
	e := t.evidence("slack_events", r.f)
	e.Sort, e.Link = debrief.Message, m.Permalink
	e.Where = "#" + firstOf(r.dir.channels[channel], ev.text("channel_name", "channel.name"), channel)
	if e = r.fill(e, &m); e.Deleted || e.Edited {
		e.ID = firstOf(ev.text("message.ts"), ev.text("deleted_ts"), ev.text("previous_message.ts"), string(m.TS))
	} else {
		e.ID = firstOf(string(m.TS), ev.text("event_ts"))
	}
	if e.ID == "" {
		r.out.Problem(Problem{
			File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This message has no time stamp and cannot be cited.",
			Expected: `a member "ts"`, Hint: "Keep the whole body of the request that Slack sends.",
		})
		return nil
	}
	if e.At = (debrief.Moment{At: slackTime(e.ID)}); !e.At.Known() {
		e.At, _ = t.moment(r.f.Options, "event_time")
	}
	key := channel + " " + e.ID
	if i, ok := r.held[key]; ok {
		old := &r.items[i]
		e.Reactions = old.Reactions
		if e.Text == "" { // removed: what it said is still what was said
			e.Text, e.Author = old.Text, old.Author
		}
		e.Edited, e.Deleted = e.Edited || old.Edited, e.Deleted || old.Deleted
		if e.Thread == "" {
			e.Thread = old.Thread
		}
		*old = e
		return nil
	}
	if len(r.items) >= slackHeld {
		if err := r.flush(); err != nil {
			return err
		}
	}
	r.held[key] = len(r.items)
	r.items = append(r.items, e)
	return nil
}

// reaction counts a reaction on a message that is held.
func (r *slackEventsReader) reaction(ev *jsonTree, added bool) {
	i, ok := r.held[ev.text("item.channel")+" "+ev.text("item.ts")]
	name, _, _ := strings.Cut(ev.text("reaction"), "::")
	if !ok || name == "" {
		r.out.LeaveOut("reactions to messages that are not in the file", 1)
		return
	}
	list := r.items[i].Reactions
	for j := range list {
		if list[j].Name == name {
			if added {
				list[j].Count++
			} else if list[j].Count--; list[j].Count <= 0 {
				r.items[i].Reactions = append(list[:j], list[j+1:]...)
			}
			return
		}
	}
	if added {
		r.items[i].Reactions = append(list, debrief.Reaction{Name: name, Count: 1})
	}
}

// flush hands over what is held, in the order of the file.
func (r *slackEventsReader) flush() error {
	for _, e := range r.items {
		if err := r.out.Add(e); err != nil {
			return err
		}
	}
	r.items = r.items[:0]
	clear(r.held)
	return nil
}

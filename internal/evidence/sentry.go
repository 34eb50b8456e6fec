package evidence

import (
	"context"
	"strings"
	"time"

	"debrief.dev/debrief"
)

var sentrySource = Source{
	Name:  "sentry",
	Title: "Sentry",
	About: "Webhooks of Sentry for issues, events, comments and metric alerts, and lists of issues, events and activities from its API.",
	Recognise: func(s Sample) Confidence {
		switch {
		case s.Shape == NotJSON:
			return No
		case headNames(s, "shortId", "firstSeen"), headNames(s, "metric_alert"), headNames(s, "issue_alert"):
			return Certain
		case headNames(s, "data", "event", "event_id"), headNames(s, "event", "event_id", "culprit"), headNames(s, "data", "error", "event_id"):
			return Certain
		case headNames(s, "eventID", "groupID"), headNames(s, "culprit", "level", "project"), headNames(s, "firstSeen", "lastSeen", "culprit"):
			return Certain
		case headNames(s, "event_id", "platform", "exception"), headNames(s, "data", "comment_id", "issue_id"), headNames(s, "activity", "dateCreated"):
			return Likely
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		r := sentryReader{f: f, out: out}
		return readTrees(ctx, f, out, r.record)
	},
}

type sentryReader struct {
	f        *File
	out      *Sink
	received debrief.Moment // when the envelope was received
}

func (r sentryReader) record(t *jsonTree) error {
	if body := webhookBody(t); body != nil {
		r.received, _ = t.moment(r.f.Options, webhookReceived...)
		if m := stampMoment(webhookHeader(t, "sentry-hook-timestamp"), r.f.Options); m.Known() {
			r.received = m
		}
		return eachTree(body, r.record)
	}
	data := t.at("data")
	switch {
	case data.has("metric_alert"):
		return r.metric(t, data.at("metric_alert"))
	case data.has("comment") || data.has("comment_id"):
		return r.comment(t, data)
	case data.has("issue"):
		return r.issue(t, data.at("issue"))
	case data.has("event"):
		return r.event(t, data.at("event"), data.text("triggered_rule"))
	case data.has("error"):
		return r.event(t, data.at("error"), "")
	case t.has("event") && (t.has("project") || t.has("project_name")):
		return r.event(t, t.at("event"), strings.Join(t.words("triggering_rules"), ", "))
	case t.has("metric_alert"):
		return r.metric(t, t.at("metric_alert"))
	case t.has("firstSeen") || t.has("shortId"):
		if err := r.issue(nil, t); err != nil {
			return err
		}
		for _, a := range t.list("activity") {
			if err := r.activity(a, t); err != nil {
				return err
			}
		}
		return nil
	case t.has("eventID") || t.has("event_id"):
		return r.event(t, t, "")
	case t.knows("activity"):
		for _, a := range t.list("activity") {
			if err := r.activity(a, nil); err != nil {
				return err
			}
		}
		return nil
	case t.has("type", "dateCreated"):
		return r.activity(t, nil)
	case t.has("action") && (t.has("installation") || data.has("installation")):
		r.out.LeaveOut("notices of installed integrations", 1)
		return nil
	}
	r.out.Problem(Problem{
		File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This record has none of the forms known from Sentry.",
		Expected: "a webhook with an issue, event or metric alert, or issues from the API", Hint: "Export the issue from the API.",
	})
	return nil
}

func (r sentryReader) author(t *jsonTree) debrief.Author {
	if t == nil {
		return debrief.Author{}
	}
	if s := t.own(); s != "" {
		return addressOnly(debrief.Author{Name: s})
	}
	kind := t.text("type")
	a := addressOnly(debrief.Author{
		Name: t.text("name"), Handle: t.text("username"), Email: t.text("email"),
		Bot: kind == "application" || kind == "system" || kind == "sentry_app" || t.text("id") == "sentry",
	})
	if kind == "team" {
		return debrief.Author{Name: a.Name}
	}
	if !a.Bot {
		tellPerson(r.out, a)
	}
	return a
}

func (r sentryReader) time(t *jsonTree, paths ...string) debrief.Moment {
	m, odd := t.moment(r.f.Options, paths...)
	stampProblem(t, r.f, r.out, odd)
	return m
}

func (r sentryReader) add(t *jsonTree, e debrief.Evidence) error {
	if e.ID == "" {
		r.out.Problem(Problem{
			File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This record has no id and cannot be cited.",
			Expected: `a member "id"`, Hint: "Export it again with all its fields.",
		})
		return nil
	}
	refer(&e, refsIn(e.Title+"\n"+e.Text)...)
	return r.out.Add(e)
}

var sentryStates = map[string]debrief.State{
	"created": debrief.Firing, "unresolved": debrief.Firing, "escalating": debrief.Firing, "regressed": debrief.Firing, "triggered": debrief.Firing,
	"resolved": debrief.Resolved, "assigned": debrief.Assigned, "ignored": debrief.Changed, "archived": debrief.Changed,
}

// issue reads an issue: at its first sighting, or at what was done to it.
// Webhooks say what was done and not when; the envelope may.
func (r sentryReader) issue(p, t *jsonTree) error {
	e := firstTree(p, t).evidence("sentry", r.f)
	e.Sort, e.ID = debrief.Alert, t.text("id", "shortId")
	short := t.text("shortId")
	e.Title = t.text("title", "metadata.title")
	e.Level = t.text("level", "priority")
	e.Where = firstOf(t.text("project.slug", "project.name", "project"))
	e.Link = t.text("permalink", "web_url")
	e.Subject = "sentry " + e.ID
	refer(&e, short, e.ID)
	attribute(&e, "location", t.text("culprit"))
	attribute(&e, "count", t.text("count"))
	attribute(&e, "users", t.text("userCount"))
	attribute(&e, "status", t.text("status"))
	attribute(&e, "assignee", firstOf(r.author(t.at("assignedTo")).Name, r.author(t.at("assignedTo")).Email))
	if m, _ := t.moment(r.f.Options, "lastSeen"); m.Known() {
		attribute(&e, "last_seen", m.At.Format(time.RFC3339))
	}
	action := strings.ToLower(p.text("action"))
	e.State = sentryStates[action]
	e.Author = r.author(p.at("actor"))
	seen := joinText(" ", sentence(e.Title), sentence(prefixed("In ", t.text("culprit"))))
	switch {
	case action == "" || action == "created":
		e.State = debrief.Firing
		e.At = r.time(t, "firstSeen")
		if e.Author == (debrief.Author{}) {
			e.Author = debrief.Author{Name: "Sentry", Bot: true}
		}
		e.Text = seen
	default:
		if e.State == "" {
			e.State = debrief.Changed
		}
		e.At = r.received
		if !e.At.Known() {
			e.At = r.time(firstTree(p, t), "timestamp", "data.issue.statusDetails.inCommit.dateCreated")
		}
		if e.State == debrief.Firing && !e.At.Known() {
			e.At = r.time(t, "lastSeen")
		}
		e.Text = joinText(" ", sentence("Issue "+action), seen)
	}
	return r.add(firstTree(p, t), e)
}

// sentryTag finds a tag in any of the forms in which events carry them.
func sentryTag(t *jsonTree, name string) string {
	tags := t.at("tags")
	if s := tags.member(name).own(); s != "" {
		return s
	}
	for _, v := range tags.list("") {
		if v.kind() == '[' {
			pair := v.list("")
			if len(pair) == 2 && pair[0].own() == name {
				return pair[1].own()
			}
		} else if v.text("key") == name {
			return v.text("value")
		}
	}
	return ""
}

// event reads one event; p is the payload around it, which may be the event itself.
func (r sentryReader) event(p, t *jsonTree, rule string) error {
	e := p.evidence("sentry", r.f)
	e.Sort, e.State = debrief.Alert, debrief.Firing
	e.ID = t.text("event_id", "eventID", "id")
	kind, value := t.text("metadata.type"), t.text("metadata.value")
	if values := t.list("exception.values"); len(values) > 0 && kind == "" {
		kind, value = values[len(values)-1].text("type"), values[len(values)-1].text("value")
	}
	e.Title = firstOf(t.text("title"), p.text("data.event.title"), joinText(": ", kind, value), t.text("message", "logentry.formatted"), p.text("message"))
	e.Text = joinText(" ", sentence(e.Title), sentence(t.text("message", "logentry.formatted")), sentence(prefixed("In ", t.text("culprit", "location"))))
	e.Level = firstOf(t.text("level"), sentryTag(t, "level"), p.text("level"))
	e.Where = firstOf(t.text("project_slug", "project_name"), p.text("project_slug", "project_name", "project"), t.text("project", "projectID"))
	e.Link = firstOf(t.text("web_url", "url"), p.text("url"))
	issue := firstOf(t.text("issue_id", "groupID"), lastNumber(t.text("issue_url")), p.text("id"))
	e.Subject = "sentry " + firstOf(issue, e.Title)
	refer(&e, issue)
	e.Author = debrief.Author{Name: "Sentry", Bot: true}
	attribute(&e, "environment", firstOf(t.text("environment"), sentryTag(t, "environment")))
	attribute(&e, "release", firstOf(t.text("release.version", "release"), sentryTag(t, "release")))
	attribute(&e, "host", firstOf(t.text("server_name"), sentryTag(t, "server_name")))
	attribute(&e, "rule", rule)
	refer(&e, e.Attributes["release"])
	e.At = r.time(t, "datetime", "dateCreated", "timestamp", "received", "dateReceived")
	return r.add(p, e)
}

// lastNumber is the last part of an address that is a number.
func lastNumber(address string) string {
	return digitsAtEnd(strings.TrimRight(address, "/"))
}

// metric reads a metric alert.
func (r sentryReader) metric(p, t *jsonTree) error {
	e := p.evidence("sentry", r.f)
	e.Sort = debrief.Alert
	e.ID = t.text("id", "identifier")
	data := firstTree(p.at("data"), p)
	e.Title = firstOf(t.text("alert_rule.name", "title"), data.text("description_title"))
	e.Text = joinText(" ", sentence(firstOf(data.text("description_title"), e.Title)), sentence(data.text("description_text")))
	e.Link = data.text("web_url")
	e.Where = strings.Join(t.words("projects"), ", ")
	rule := t.text("alert_rule.id")
	e.Subject = "sentry rule " + firstOf(rule, e.Title)
	attribute(&e, "environment", t.text("alert_rule.environment"))
	refer(&e, t.text("identifier"), rule)
	action := strings.ToLower(p.text("action"))
	e.Level = action
	e.Author = debrief.Author{Name: "Sentry", Bot: true}
	if action == "resolved" || action == "closed" {
		e.State = debrief.Resolved
		e.At = r.time(t, "date_closed", "dateClosed")
		if !e.At.Known() {
			e.At = r.received
		}
		return r.add(p, e)
	}
	e.State = debrief.Firing
	e.At = r.time(t, "date_detected", "date_started", "date_created", "dateStarted")
	if m, _ := t.moment(r.f.Options, "date_started"); m.Known() {
		attribute(&e, "since", m.At.Format(time.RFC3339))
	}
	return r.add(p, e)
}

func (r sentryReader) comment(p, t *jsonTree) error {
	e := p.evidence("sentry", r.f)
	e.Sort, e.State = debrief.Alert, debrief.Annotated
	e.ID = t.text("comment_id", "id")
	e.Text = plainMarkup(t.text("comment", "comment.text"))
	e.Thread = t.text("issue_id")
	e.Subject = prefixed("sentry ", e.Thread)
	e.Where = t.text("project_slug")
	e.Author = r.author(p.at("actor"))
	e.Edited, e.Deleted = p.text("action") == "updated", p.text("action") == "deleted"
	e.At = r.time(t, "timestamp")
	if !e.At.Known() {
		e.At = r.received
	}
	return r.add(p, e)
}

// activity reads one step in the life of an issue.
func (r sentryReader) activity(t, issue *jsonTree) error {
	kind := t.text("type")
	e := t.evidence("sentry", r.f)
	e.Sort = debrief.Alert
	e.ID = t.text("id")
	e.Thread = issue.text("id")
	e.Subject = prefixed("sentry ", issue.text("id", "shortId"))
	e.Title = issue.text("title")
	e.At = r.time(t, "dateCreated")
	e.Author = r.author(t.at("user"))
	switch {
	case kind == "note":
		e.State, e.Text = debrief.Annotated, plainMarkup(t.text("data.text"))
	case strings.HasPrefix(kind, "set_resolved"):
		e.State, e.Text = debrief.Resolved, "Issue resolved."
	case kind == "set_unresolved", kind == "set_regression", kind == "first_seen", kind == "set_escalating":
		e.State, e.Text = debrief.Firing, sentence("Issue "+strings.TrimPrefix(strings.ReplaceAll(kind, "_", " "), "set "))
	case kind == "assigned":
		e.State, e.Text = debrief.Assigned, sentence("Assigned to "+firstOf(t.text("data.assigneeName", "data.assigneeEmail", "data.assignee"), "somebody"))
	default:
		e.State, e.Text = debrief.Changed, sentence("Issue "+strings.TrimPrefix(strings.ReplaceAll(kind, "_", " "), "set "))
	}
	if e.ID == "0" { // Sentry numbers the first sighting with nothing
		e.ID = issue.text("id")
	}
	return r.add(t, e)
}

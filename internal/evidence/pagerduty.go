package evidence

import (
	"context"
	"regexp"
	"strings"

	"debrief.dev/debrief"
)

var pagerdutySource = Source{
	Name:  "pagerduty",
	Title: "PagerDuty",
	About: "Incidents, log entries, notes and alerts from the PagerDuty REST API, and webhooks of versions 1 to 3. " +
		"GET /incidents/{id}/log_entries is the richest of them.",
	Recognise: func(s Sample) Confidence {
		switch {
		case s.Shape == NotJSON:
			return No
		case headNames(s, "log_entries") || headNames(s, "incident_key", "incident_number"):
			return Certain
		case strings.Contains(string(s.Head), "_log_entry\""), strings.Contains(string(s.Head), "api.pagerduty.com/"):
			return Certain
		case headNames(s, "event", "event_type", "resource_type", "occurred_at"):
			return Certain
		case headNames(s, "incident_number", "escalation_policy"):
			return Certain
		case headNames(s, "messages", "incident") && strings.Contains(string(s.Head), `"incident.`):
			return Certain
		case headNames(s, "first_trigger_log_entry"):
			return Certain
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		r := pagerdutyReader{f: f, out: out}
		return readTrees(ctx, f, out, r.record)
	},
}

type pagerdutyReader struct {
	f   *File
	out *Sink
}

// record finds out which of PagerDuty's forms a record has.
func (r pagerdutyReader) record(t *jsonTree) error {
	if body := webhookBody(t); body != nil {
		return eachTree(body, r.record)
	}
	read := false
	for _, form := range []struct {
		name string
		read func(*jsonTree) error
	}{
		{"incidents", r.incident},
		{"log_entries", r.logEntry},
		{"messages", r.messageV2},
		{"alerts", r.alert},
		{"incident", r.incident},
		{"log_entry", r.logEntry},
		{"event", r.eventV3},
		{"alert", r.alert},
		{"events", r.eventV3},
	} {
		if !t.knows(form.name) || form.name == "incident" && t.has("type") {
			continue
		}
		read = true
		for _, v := range t.list(form.name) {
			if err := form.read(v); err != nil {
				return err
			}
		}
	}
	if t.knows("notes") && !read || t.knows("note") && !read {
		for _, name := range []string{"notes", "note"} {
			for _, v := range t.list(name) {
				if err := r.note(v, t); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if read {
		return nil
	}
	switch kind := t.text("type"); {
	case strings.Contains(kind, "_log_entry"):
		return r.logEntry(t)
	case t.has("event_type") && t.has("data"):
		return r.eventV3(t)
	case t.has("incident_number") || kind == "incident" || t.has("incident_key", "status"):
		return r.incident(t)
	case kind == "alert":
		return r.alert(t)
	case t.has("content", "created_at"):
		return r.note(t, nil)
	}
	r.out.Problem(Problem{
		File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This record has none of the forms known from PagerDuty.",
		Expected: `an incident, "log_entries", "notes", or the "event" of a webhook`, Hint: "Export the log entries of the incident from the REST API.",
	})
	return nil
}

var pagerdutyNumber = regexp.MustCompile(`\[?#(\d+)\]?`)

// pagerdutySubject names an incident so that all its traces meet, and adds what
// other tools call it by. The number is what people say, so it comes first.
func pagerdutySubject(e *debrief.Evidence, incident *jsonTree) {
	number := incident.text("incident_number", "number")
	if number == "" {
		if m := pagerdutyNumber.FindStringSubmatch(incident.text("summary")); m != nil {
			number = m[1]
		}
	}
	id := incident.text("id")
	if name := firstOf(number, id); name != "" {
		e.Subject = "pagerduty " + name
	}
	if number != "" {
		refer(e, "#"+number)
	}
	refer(e, id, incident.text("incident_key", "alert_key", "dedup_key"))
	e.Title = firstOf(incident.text("title", "description"), strings.TrimSpace(pagerdutyNumber.ReplaceAllString(incident.text("summary"), "")))
}

// pagerdutyAuthor reads a reference to a user, a service or an integration.
// Older exports name services as users and leave out the type of users, so the
// addresses decide as well.
func pagerdutyAuthor(t *jsonTree) debrief.Author {
	if t == nil {
		return debrief.Author{}
	}
	kind := t.text("type")
	place := t.text("self") + " " + t.text("html_url")
	bot := kind != "" && !strings.Contains(kind, "user") || strings.Contains(place, "/services/")
	return addressOnly(debrief.Author{ID: t.text("id"), Name: t.text("name", "summary"), Email: t.text("email"), Bot: bot})
}

func (r pagerdutyReader) author(t *jsonTree) debrief.Author {
	a := pagerdutyAuthor(t)
	if !a.Bot {
		tellPerson(r.out, a)
	}
	return a
}

// common fills in what an incident says of each of its traces.
func (r pagerdutyReader) common(t, incident *jsonTree) debrief.Evidence {
	e := t.evidence("pagerduty", r.f)
	e.Sort = debrief.Page
	pagerdutySubject(&e, incident)
	e.Where = firstOf(t.text("service.name", "service.summary"), incident.text("service.name", "service.summary"))
	attribute(&e, "service", e.Where)
	attribute(&e, "urgency", incident.text("urgency"))
	e.Level = firstOf(incident.text("priority.summary", "priority.name", "severity"), incident.text("urgency"))
	e.Link = firstOf(t.text("html_url"), incident.text("html_url"))
	return e
}

// incident reads an incident: its beginning, who took it, and its end.
func (r pagerdutyReader) incident(t *jsonTree) error {
	e := r.common(t, t)
	e.ID = firstOf(t.text("id"), t.text("incident_key"), t.text("incident_number"))
	e.State = debrief.Triggered
	var odd string
	e.At, odd = t.moment(r.f.Options, "created_at", "created_on")
	stampProblem(t, r.f, r.out, odd)
	e.Text = firstOf(t.text("body.details", "description", "trigger_summary_data.description", "trigger_summary_data.subject"), e.Title)
	e.Author = r.author(t.at("first_trigger_log_entry.agent"))
	attribute(&e, "escalation_policy", t.text("escalation_policy.summary", "escalation_policy.name"))
	attribute(&e, "status", t.text("status"))
	for _, a := range t.list("assignments") {
		r.author(a.at("assignee"))
	}
	for _, a := range t.list("assigned_to") {
		r.author(firstTree(a.at("object"), a))
	}
	refer(&e, refsIn(e.Title+"\n"+e.Text)...)
	if e.ID == "" {
		r.unnamed(t)
		return nil
	}
	if err := r.out.Add(e); err != nil {
		return err
	}
	for _, ack := range append(t.list("acknowledgements"), t.list("acknowledgers")...) {
		a := r.common(ack, t)
		a.ID, a.State = e.ID, debrief.Acknowledged
		a.Author = r.author(firstTree(ack.at("acknowledger"), ack.at("object")))
		a.Text = joinText(" ", "Acknowledged", prefixed("by ", a.Author.Name))
		if a.At, odd = ack.moment(r.f.Options, "at"); a.At.Known() {
			if err := r.out.Add(a); err != nil {
				return err
			}
		}
		stampProblem(ack, r.f, r.out, odd)
	}
	if !strings.EqualFold(t.text("status"), "resolved") {
		return nil
	}
	end := e
	end.Attributes = cloneFacts(e.Attributes)
	end.State = debrief.Resolved
	end.At, odd = t.moment(r.f.Options, "resolved_at", "last_status_change_at", "last_status_change_on", "updated_at")
	stampProblem(t, r.f, r.out, odd)
	end.Author = r.author(firstTree(t.at("last_status_change_by"), t.at("resolved_by_user")))
	end.Text = "Resolved"
	return r.out.Add(end)
}

// pagerdutyStates are the states of log entries and webhook events, by the part
// of the type that names the action.
var pagerdutyStates = map[string]debrief.State{
	"trigger": debrief.Triggered, "triggered": debrief.Triggered, "notify": debrief.Triggered, "reopened": debrief.Triggered,
	"acknowledge": debrief.Acknowledged, "acknowledged": debrief.Acknowledged,
	"escalate": debrief.Escalated, "escalated": debrief.Escalated, "delegate": debrief.Escalated, "delegated": debrief.Escalated,
	"exhaust_escalation_path": debrief.Escalated, "repeat_escalation_path": debrief.Escalated,
	"assign": debrief.Assigned, "assigned": debrief.Assigned, "reassigned": debrief.Assigned, "responder_accept": debrief.Assigned,
	"responder_request": debrief.Escalated, "responder.added": debrief.Escalated, "responder.replied": debrief.Changed,
	"annotate": debrief.Annotated, "annotated": debrief.Annotated, "status_update": debrief.Annotated, "status_update_published": debrief.Annotated,
	"resolve": debrief.Resolved, "resolved": debrief.Resolved,
	"unacknowledge": debrief.Triggered, "unacknowledged": debrief.Triggered,
}

// logEntry reads one entry of an incident's log.
func (r pagerdutyReader) logEntry(t *jsonTree) error {
	if t.kind() != '{' {
		return nil
	}
	e := r.common(t, t.at("incident"))
	e.ID = t.text("id")
	action := strings.TrimSuffix(strings.TrimSuffix(t.text("type"), "_reference"), "_log_entry")
	e.State = pagerdutyState(action)
	attribute(&e, "action", action)
	var odd string
	e.At, odd = t.moment(r.f.Options, "created_at", "at")
	stampProblem(t, r.f, r.out, odd)
	e.Author = r.author(t.at("agent"))
	summary := t.text("summary")
	switch action {
	case "annotate", "status_update":
		e.Text = firstOf(t.text("note", "channel.summary", "channel.content", "message", "event_details.description"), summary)
	case "trigger":
		e.Text = joinText(" ", sentence(summary), sentence(t.text("channel.summary", "channel.subject", "channel.description")),
			sentence(t.text("event_details.description", "channel.details.description", "channel.body")))
	default:
		e.Text = joinText(" ", strings.ReplaceAll(summary, "_", " "), t.text("note", "message"))
	}
	for _, role := range [][2]string{{"assignee", "assignees"}, {"notified", "user"}} {
		var names []string
		for _, u := range t.list(role[1]) {
			a := r.author(u)
			names = append(names, firstOf(a.Name, a.Email, a.Handle))
		}
		attribute(&e, role[0], strings.Join(names, ", "))
	}
	attribute(&e, "channel", t.text("channel.notification.type", "channel.type"))
	if s := t.text("channel.notification.status"); s != "" && s != "success" {
		attribute(&e, "delivery", s)
	}
	refer(&e, t.text("channel.incident_key", "event_details.dedup_key"))
	refer(&e, refsIn(e.Title+"\n"+e.Text)...)
	if e.ID == "" {
		r.unnamed(t)
		return nil
	}
	return r.out.Add(e)
}

// unnamed tells of a piece without an id; without one it cannot be cited.
func (r pagerdutyReader) unnamed(t *jsonTree) {
	r.out.Problem(Problem{
		File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This entry has no id and cannot be cited.",
		Expected: `a member "id"`, Hint: "Export the entry again with all its fields.",
	})
}

// pagerdutyState finds the state for an action; an action nobody has heard of
// has changed something.
func pagerdutyState(action string) debrief.State {
	if s, ok := pagerdutyStates[action]; ok {
		return s
	}
	return debrief.Changed
}

// eventV3 reads the event of a webhook of version 3.
func (r pagerdutyReader) eventV3(t *jsonTree) error {
	data := t.at("data")
	incident := firstTree(data.at("incident"), data)
	e := r.common(t, incident)
	e.ID = firstOf(t.text("id"), data.text("id"))
	action := strings.TrimPrefix(strings.TrimPrefix(t.text("event_type"), "incident."), "service.")
	e.State = pagerdutyState(action)
	attribute(&e, "action", action)
	var odd string
	e.At, odd = t.moment(r.f.Options, "occurred_at", "created_at")
	stampProblem(t, r.f, r.out, odd)
	e.Author = r.author(firstTree(t.at("agent"), t.at("client")))
	what := data.text("content", "message", "trimmed_content")
	if what == "" {
		what = strings.ReplaceAll(strings.ReplaceAll(action, "_", " "), ".", " ")
		what = joinText(" ", upperFirst(what), prefixed("by ", e.Author.Name))
		if e.State == debrief.Triggered || e.State == debrief.Changed {
			what = joinText(" ", sentence(what), sentence(e.Title))
		}
	}
	e.Text = what
	var names []string
	for _, u := range data.list("assignees") {
		a := r.author(u)
		names = append(names, firstOf(a.Name, a.Email))
	}
	attribute(&e, "assignee", strings.Join(names, ", "))
	attribute(&e, "escalation_policy", data.text("escalation_policy.summary"))
	attribute(&e, "reason", data.text("resolve_reason.type", "resolve_reason"))
	e.Thread = data.text("incident.id")
	refer(&e, refsIn(e.Title+"\n"+e.Text)...)
	if e.ID == "" {
		r.unnamed(t)
		return nil
	}
	return r.out.Add(e)
}

// messageV2 reads a message of the webhooks of versions 1 and 2: the log
// entries in it if there are any, else the incident.
func (r pagerdutyReader) messageV2(t *jsonTree) error {
	incident := firstTree(t.at("incident"), t.at("data.incident"))
	if entries := t.list("log_entries"); len(entries) > 0 {
		for _, v := range entries {
			if err := r.logEntry(v); err != nil {
				return err
			}
		}
		return nil
	}
	if incident == nil {
		return r.record(t)
	}
	e := r.common(t, incident)
	e.ID = firstOf(t.text("id"), incident.text("id"))
	action := strings.TrimPrefix(t.text("event", "type"), "incident.")
	e.State = pagerdutyState(action)
	attribute(&e, "action", action)
	var odd string
	e.At, odd = t.moment(r.f.Options, "created_on", "created_at")
	if !e.At.Known() {
		e.At, _ = incident.moment(r.f.Options, "last_status_change_at", "last_status_change_on", "created_at", "created_on")
	}
	stampProblem(t, r.f, r.out, odd)
	e.Author = r.author(firstTree(incident.at("last_status_change_by"), incident.at("assigned_to_user")))
	what := string(e.State)
	if e.State == debrief.Changed {
		what = strings.ReplaceAll(action, "_", " ")
	}
	e.Text = joinText(" ", sentence(upperFirst(what)), sentence(e.Title))
	refer(&e, refsIn(e.Title+"\n"+e.Text)...)
	if e.ID == "" {
		r.unnamed(t)
		return nil
	}
	return r.out.Add(e)
}

// note reads a note on an incident; list is what it stands in, which may name
// the incident.
func (r pagerdutyReader) note(t, list *jsonTree) error {
	incident := firstTree(t.at("incident"), list.at("incident"))
	e := r.common(t, incident)
	e.ID, e.State, e.Text = t.text("id"), debrief.Annotated, t.text("content", "note", "summary")
	var odd string
	e.At, odd = t.moment(r.f.Options, "created_at", "created_on")
	stampProblem(t, r.f, r.out, odd)
	e.Author = r.author(firstTree(t.at("user"), t.at("agent")))
	refer(&e, refsIn(e.Text)...)
	if e.ID == "" {
		r.unnamed(t)
		return nil
	}
	return r.out.Add(e)
}

// alert reads an alert of an incident.
func (r pagerdutyReader) alert(t *jsonTree) error {
	e := r.common(t, firstTree(t.at("incident"), t))
	e.ID, e.Sort, e.State = t.text("id"), debrief.Alert, debrief.Firing
	e.Title = t.text("summary", "body.details.description")
	e.Text, e.Level = e.Title, firstOf(t.text("severity"), e.Level)
	refer(&e, t.text("alert_key"))
	var odd string
	e.At, odd = t.moment(r.f.Options, "created_at")
	stampProblem(t, r.f, r.out, odd)
	e.Author = debrief.Author{Name: firstOf(t.text("integration.summary"), "PagerDuty"), Bot: true}
	if e.ID == "" {
		r.unnamed(t)
		return nil
	}
	if err := r.out.Add(e); err != nil {
		return err
	}
	if !strings.EqualFold(t.text("status"), "resolved") {
		return nil
	}
	if e.At, _ = t.moment(r.f.Options, "resolved_at", "updated_at"); !e.At.Known() {
		return nil
	}
	e.State = debrief.Resolved
	return r.out.Add(e)
}

// firstTree gives the first that is there.
func firstTree(trees ...*jsonTree) *jsonTree {
	for _, t := range trees {
		if t != nil {
			return t
		}
	}
	return nil
}

// prefixed puts words before a text that is not empty.
func prefixed(before, s string) string {
	if s == "" {
		return ""
	}
	return before + s
}

// upperFirst begins a text with a capital letter.
func upperFirst(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}

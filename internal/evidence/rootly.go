package evidence

import (
	"context"
	"strings"

	"debrief.dev/debrief"
)

var rootlySource = Source{
	Name:  "rootly",
	Title: "Rootly",
	About: "Incidents, their timeline events, alerts and action items from the Rootly API. " +
		"GET /v1/incidents/{id}?include=events,action_items is the richest of them.",
	Recognise: func(s Sample) Confidence {
		if s.Shape == NotJSON || !headNames(s, "type", "attributes") {
			return No
		}
		switch {
		case headNames(s, "incident_events"), headNames(s, "incident_action_items"):
			return Certain
		case headNames(s, "incidents", "sequential_id", "retrospective_progress_status"):
			return Certain
		case headNames(s, "incidents", "sequential_id", "started_at", "slug"):
			return Likely
		case headNames(s, "alerts", "summary", "source", "started_at", "ended_at"):
			return Likely
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		r := rootlyReader{f: f, out: out, incidents: make(map[string]rootlyIncident), names: make(map[string]string)}
		return readTrees(ctx, f, out, r.record)
	},
}

type rootlyReader struct {
	f   *File
	out *Sink
	// incidents are those read so far, by their own id and by the ids of what
	// they point to: a timeline event does not always say where it belongs.
	incidents map[string]rootlyIncident
	// names are what services and environments are called, by id.
	names map[string]string
}

type rootlyIncident struct{ subject, title string }

// record reads a document of the API, one resource, or an object whose members
// are documents, as collections of answers by operation are.
func (r rootlyReader) record(t *jsonTree) error {
	switch {
	case t.knows("type", "attributes"):
		return r.resource(t)
	case t.knows("data"):
		return r.document(t)
	case t.knows("errors"):
		r.out.LeaveOut("answers of the Rootly API that are errors", 1)
		return nil
	}
	read := false
	for _, name := range t.fields() {
		v := t.member(name)
		if v.kind() != '{' || !v.knows("data") && !v.knows("errors") {
			continue
		}
		read = true
		if err := r.record(v); err != nil {
			return err
		}
	}
	if !read {
		r.unknown(t)
	}
	return nil
}

func (r rootlyReader) unknown(t *jsonTree) {
	r.out.Problem(Problem{
		File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This record has none of the forms known from Rootly.",
		Expected: `an object with "type" and "attributes", alone or in "data"`, Hint: "Save what the API answers as it is.",
	})
}

// document reads a document: what it is about, and what was asked to be
// included. Names come first, because incidents refer to them.
func (r rootlyReader) document(t *jsonTree) error {
	for _, v := range t.list("included") {
		if name := v.text("attributes.name"); name != "" && v.text("id") != "" && v.text("type") != "users" {
			r.names[v.text("id")] = name
		}
	}
	if k := t.at("data").kind(); k != '{' && k != '[' && k != 0 {
		r.unknown(t)
	}
	for _, part := range []string{"data", "included"} {
		for _, v := range t.list(part) {
			if !v.knows("type", "attributes") {
				r.unknown(v)
				continue
			}
			if err := r.resource(v); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r rootlyReader) resource(t *jsonTree) error {
	switch t.text("type") {
	case "incidents":
		return r.incident(t)
	case "incident_events":
		return r.event(t)
	case "alerts":
		return r.alert(t)
	case "incident_action_items":
		return r.actionItem(t)
	case "users":
		r.author(t)
		return nil
	}
	r.out.LeaveOut("Rootly records that are no incident, event, alert or action item", 1)
	return nil
}

// author reads a user, who stands in a document of their own or with their
// fields as they are. Numbers of Rootly's users mean something else in other
// tools, so they carry its name.
func (r rootlyReader) author(t *jsonTree) debrief.Author {
	t = firstTree(t.at("data"), t)
	a := firstTree(t.at("attributes"), t)
	who := addressOnly(debrief.Author{Name: a.text("full_name", "name"), Email: a.text("email")})
	if id := t.text("id"); id != "" && who != (debrief.Author{}) {
		who.ID = "rootly-" + id
	}
	tellPerson(r.out, who)
	if slack := a.text("slack_id"); slack != "" && who.Email != "" { // meets the same person in a chat export
		r.out.Person(debrief.Person{IDs: []string{slack}, Emails: []string{who.Email}})
	}
	return who
}

// begin fills in what all records have in common.
func (r rootlyReader) begin(t *jsonTree, sort debrief.Sort, state debrief.State, times ...string) debrief.Evidence {
	e := t.evidence("rootly", r.f)
	e.ID, e.Sort, e.State = t.text("id"), sort, state
	e.Link = t.text("attributes.url", "attributes.short_url")
	var odd string
	e.At, odd = t.moment(r.f.Options, times...)
	stampProblem(t, r.f, r.out, odd)
	return e
}

func (r rootlyReader) add(t *jsonTree, e debrief.Evidence) error {
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

// belong files a record under its incident, if it or the file says which.
func (r rootlyReader) belong(t *jsonTree, e *debrief.Evidence) {
	id := t.text("relationships.incident.data.id", "attributes.incident_id", "attributes.incident.data.id", "attributes.incident.id")
	in, ok := r.incidents[firstOf(id, e.ID)]
	if !ok && id != "" {
		in.subject = "rootly " + id
	}
	e.Subject, e.Title = in.subject, firstOf(e.Title, in.title)
	refer(e, id)
}

// called gives the names of what a record is related to, written out in it or
// found among what the document includes.
func (r rootlyReader) called(t *jsonTree, what string) string {
	var names []string
	for _, v := range t.list("attributes." + what) {
		if s := firstOf(v.own(), v.text("name", "attributes.name", "data.attributes.name")); s != "" {
			names = append(names, s)
		}
	}
	for _, v := range t.list("relationships." + what + ".data") {
		if s := r.names[v.text("id")]; s != "" {
			names = append(names, s)
		}
	}
	return joinText(", ", names...)
}

// rootlyKnown are the fields in which an incident says what other tools call it.
var rootlyKnown = []string{
	"slack_channel_id", "jira_issue_key", "pagerduty_incident_id", "opsgenie_incident_id", "opsgenie_alert_id",
	"victor_ops_incident_id", "service_now_incident_key", "github_issue_url", "gitlab_issue_url", "linear_issue_url",
}

// rootlySteps are the times an incident may state besides that of its creation.
var rootlySteps = []struct {
	at, by, message, what string
	state                 debrief.State
}{
	{"started_at", "", "", "Began", debrief.Firing},
	{"detected_at", "", "", "Detected", debrief.Changed},
	{"in_triage_at", "in_triage_by", "", "Taken into triage", debrief.Changed},
	{"acknowledged_at", "", "", "Acknowledged", debrief.Acknowledged},
	{"mitigated_at", "mitigated_by", "mitigation_message", "Mitigated", debrief.Changed},
	{"resolved_at", "resolved_by", "resolution_message", "Resolved", debrief.Resolved},
	{"cancelled_at", "cancelled_by", "cancellation_message", "Cancelled", debrief.Cancelled},
	{"closed_at", "closed_by", "", "Closed", debrief.Closed},
}

// incident reads an incident: when it was declared, and every step that it
// states a time for. The time of its beginning is one that people may correct
// afterwards, so it is a step like the others and only where it differs.
func (r rootlyReader) incident(t *jsonTree) error {
	a := t.at("attributes")
	e := r.begin(t, debrief.Page, debrief.Triggered, "attributes.created_at", "attributes.started_at")
	number := a.text("sequential_id")
	e.Title = a.text("title")
	e.Subject = "rootly " + firstOf(number, e.ID)
	e.Text = joinText(" ", sentence(e.Title), sentence(plainMarkup(a.text("summary"))))
	e.Level = a.text("severity.data.attributes.name", "severity.name", "severity")
	refer(&e, e.ID, prefixed("#", number))
	for _, name := range rootlyKnown {
		refer(&e, a.text(name))
	}
	e.Where = r.called(t, "services")
	attribute(&e, "service", e.Where)
	attribute(&e, "environment", r.called(t, "environments"))
	attribute(&e, "severity", a.text("severity.data.attributes.severity"))
	attribute(&e, "status", a.text("status"))
	attribute(&e, "kind", a.text("kind"))
	for _, part := range []string{"events", "action_items", "alerts"} {
		for _, v := range t.list("relationships." + part + ".data") {
			r.incidents[v.text("id")] = rootlyIncident{e.Subject, e.Title}
		}
	}
	e.Author = r.author(firstTree(a.at("user"), a.at("started_by")))
	if err := r.add(t, e); err != nil || e.ID == "" {
		return err
	}
	r.incidents[e.ID] = rootlyIncident{e.Subject, e.Title}
	for _, step := range rootlySteps {
		at, odd := a.moment(r.f.Options, step.at)
		stampProblem(t, r.f, r.out, odd)
		if !at.Known() || step.at == "started_at" && at.At.Equal(e.At.At) {
			continue
		}
		s := e
		s.At, s.State, s.Author = at, step.state, debrief.Author{}
		if step.by != "" {
			s.Author = r.author(a.at(step.by))
		}
		what := joinText(" ", step.what, prefixed("by ", firstOf(s.Author.Name, s.Author.Email)))
		if step.at == "started_at" {
			what = joinText(": ", what, e.Title)
		}
		message := ""
		if step.message != "" {
			message = a.text(step.message)
		}
		s.Text = joinText(" ", sentence(what), sentence(plainMarkup(message)))
		if err := r.out.Add(s); err != nil {
			return err
		}
	}
	return nil
}

// event reads an entry of an incident's timeline: what somebody wrote, or what
// Rootly noted by itself.
func (r rootlyReader) event(t *jsonTree) error {
	a := t.at("attributes")
	e := r.begin(t, debrief.Page, debrief.Annotated, "attributes.occurred_at", "attributes.created_at")
	r.belong(t, &e)
	e.Text = plainMarkup(firstOf(a.text("event_raw", "event"), strings.ReplaceAll(a.text("kind"), "_", " ")))
	e.Author = r.author(firstTree(a.at("user"), a.at("created_by")))
	e.Author.Bot = e.Author == (debrief.Author{}) && a.text("source") == "system"
	attribute(&e, "kind", a.text("kind"))
	attribute(&e, "visibility", a.text("visibility"))
	return r.add(t, e)
}

// alert reads an alert that another tool sent on: its beginning and its end.
func (r rootlyReader) alert(t *jsonTree) error {
	a := t.at("attributes")
	e := r.begin(t, debrief.Alert, debrief.Firing, "attributes.started_at", "attributes.created_at")
	e.Title = a.text("summary")
	r.belong(t, &e)
	if e.Subject == "" {
		e.Subject = "rootly " + e.ID
	}
	e.Text = joinText(" ", sentence(e.Title), sentence(plainMarkup(a.text("description"))))
	e.Author = debrief.Author{Name: a.text("source"), Bot: true}
	e.Link = firstOf(a.text("external_url"), e.Link)
	e.Where = r.called(t, "services")
	attribute(&e, "service", e.Where)
	attribute(&e, "environment", r.called(t, "environments"))
	attribute(&e, "status", a.text("status"))
	refer(&e, e.ID, a.text("external_id"), a.text("short_id"), a.text("deduplication_key"))
	if err := r.add(t, e); err != nil || e.ID == "" {
		return err
	}
	end, odd := a.moment(r.f.Options, "ended_at")
	stampProblem(t, r.f, r.out, odd)
	if !end.Known() {
		return nil
	}
	e.At, e.State = end, debrief.Resolved
	e.Text = sentence(joinText(": ", "Ended", e.Title))
	return r.out.Add(e)
}

// actionItem reads what was agreed to be done, as a ticket. When its state
// changed is not stated, so only its beginning has a time.
func (r rootlyReader) actionItem(t *jsonTree) error {
	a := t.at("attributes")
	e := r.begin(t, debrief.Ticket, debrief.Opened, "attributes.created_at")
	e.Title = a.text("summary")
	r.belong(t, &e)
	e.Text = joinText(" ", sentence(e.Title), sentence(plainMarkup(a.text("description"))))
	e.Level = a.text("priority")
	e.Author = r.author(firstTree(a.at("created_by"), a.at("user")))
	attribute(&e, "assignee", r.author(firstTree(a.at("assigned_to"), a.at("assigned_to_user"))).Name)
	attribute(&e, "kind", a.text("kind"))
	attribute(&e, "status", a.text("status"))
	attribute(&e, "due", a.text("due_date"))
	refer(&e, e.ID, a.text("jira_issue_key"), a.text("url"))
	return r.add(t, e)
}

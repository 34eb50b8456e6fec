package evidence

import (
	"context"
	"regexp"
	"strings"
	"time"

	"debrief.dev/debrief"
)

var datadogSource = Source{
	Name:  "datadog",
	Title: "Datadog",
	About: "Events of the Datadog API in versions 1 and 2, notifications of monitors as webhooks receive them with the usual templates, and incidents with their timeline.",
	Recognise: func(s Sample) Confidence {
		head := string(s.Head)
		switch {
		case s.Shape == NotJSON:
			return No
		case headNames(s, "date_happened"):
			return Certain
		case headNames(s, "data", "attributes") && (headNames(s, "customer_impact_scope") || headNames(s, "incident_type_uuid") || headNames(s, "aggregation_key") ||
			strings.Contains(head, "datadoghq.")):
			return Certain
		case headNames(s, "data", "attributes", "evt"):
			return Certain
		case headNames(s, "alert_transition"), headNames(s, "ALERT_TRANSITION"), headNames(s, "event_type", "last_updated", "org"),
			headNames(s, "alert_type") && strings.Contains(head, "datadoghq."):
			return Certain
		case headNames(s, "title", "text", "alert_type"), headNames(s, "alertTransition"):
			return Likely
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		r := datadogReader{f: f, out: out}
		return readTrees(ctx, f, out, r.record)
	},
}

type datadogReader struct {
	f   *File
	out *Sink
}

func (r datadogReader) record(t *jsonTree) error {
	if body := webhookBody(t); body != nil && !t.has("event_type", "title") {
		return eachTree(body, r.record)
	}
	switch {
	case t.knows("events"):
		return r.each(t.list("events"))
	case t.has("event.title") || t.has("event.date_happened"):
		return r.eventV1(t.at("event"))
	case t.knows("data") && !t.has("title"):
		for _, u := range t.list("included") {
			r.author(u)
		}
		for _, v := range t.list("data") {
			if err := r.object(v); err != nil {
				return err
			}
		}
		return nil
	case t.has("attributes"):
		return r.object(t)
	case t.has("date_happened"):
		return r.eventV1(t)
	case len(t.fields()) > 0 && (loose(t, "title", "eventtitle", "alerttitle") != ""):
		return r.webhook(t)
	}
	r.out.Problem(Problem{
		File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This record has none of the forms known from Datadog.",
		Expected: "an event, a monitor's notification or an incident", Hint: "Export the events of the time from the API.",
	})
	return nil
}

func (r datadogReader) each(list []*jsonTree) error {
	for _, v := range list {
		if err := r.record(v); err != nil {
			return err
		}
	}
	return nil
}

// object reads an object of the second version of the API.
func (r datadogReader) object(t *jsonTree) error {
	switch t.text("type") {
	case "incidents":
		return r.incident(t)
	case "users":
		r.author(t)
		return nil
	case "incident_timeline_cells", "incident_todos", "incident_impacts":
		return r.cell(t)
	}
	return r.eventV2(t)
}

// author reads a user object or a handle.
func (r datadogReader) author(t *jsonTree) debrief.Author {
	if t == nil {
		return debrief.Author{}
	}
	if t.has("data") {
		t = t.at("data")
	}
	a := addressOnly(debrief.Author{
		ID: t.text("id", "attributes.uuid"), Name: t.text("attributes.name", "name"), Handle: t.text("attributes.handle", "handle"),
		Email: t.text("attributes.email", "email"), Bot: t.truth("attributes.service_account"),
	})
	if s := t.own(); s != "" {
		a = addressOnly(debrief.Author{Handle: s})
	}
	tellPerson(r.out, a)
	return a
}

func (r datadogReader) add(t *jsonTree, e debrief.Evidence) error {
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

// datadogTitle takes the verdict off the title of a monitor's event.
var datadogTitle = regexp.MustCompile(`(?i)^\s*\[(re-?triggered|triggered|recovered|warn|no data|re-?no data|alert|ok|renotify|escalated|p[1-5])\b[^\]]*\]\s*`)

// datadogVerdicts are the words of monitors for where they stand.
func datadogVerdict(words ...string) debrief.State {
	for _, w := range words {
		switch w = strings.ToLower(strings.TrimSpace(w)); {
		case w == "":
		case strings.HasPrefix(w, "recovered"), w == "ok", w == "success", w == "resolved":
			return debrief.Resolved
		case strings.HasPrefix(w, "triggered"), strings.HasPrefix(w, "re-triggered"), strings.HasPrefix(w, "retriggered"), strings.HasPrefix(w, "re-triggered"),
			strings.HasPrefix(w, "warn"), strings.HasPrefix(w, "no data"), strings.HasPrefix(w, "re-no data"), w == "alert", w == "error", w == "renotify", w == "critical":
			return debrief.Firing
		}
	}
	return ""
}

// monitorTitle splits the title of an event into its verdicts and its name.
func monitorTitle(title string) (name string, verdict debrief.State) {
	name = title
	for {
		m := datadogTitle.FindStringSubmatch(name)
		if m == nil {
			return firstOf(strings.TrimSpace(name), title), verdict
		}
		if verdict == "" {
			verdict = datadogVerdict(m[1])
		}
		name = name[len(m[0]):]
	}
}

// datadogChanges are sources of events that tell of changes.
var datadogChanges = regexp.MustCompile(`(?i)\b(deploy(ed|ment|s)?|release[ds]?|rollback|rolled back|jenkins|circleci|argocd|codedeploy|spinnaker|octopus|terraform|ansible|chef|puppet|change_tracking|feature[_ ]flag|launchdarkly)\b`)

// event fills in what the events of all versions have in common.
func (r datadogReader) event(e *debrief.Evidence, title, text, kind, source string, tags []string) {
	name, verdict := monitorTitle(title)
	e.Title = name
	text = strings.TrimSpace(text)
	text = strings.TrimSuffix(strings.TrimPrefix(text, "%%%"), "%%%")
	e.Text = joinText("\n", plainMarkup(title), plainMarkup(text))
	if verdict == "" {
		verdict = datadogVerdict(kind)
	}
	facts := make(map[string]string)
	for _, tag := range tags {
		k, v, ok := strings.Cut(tag, ":")
		if ok && facts[k] == "" {
			facts[k] = v
		}
	}
	for _, fact := range alertFacts {
		for _, k := range fact.labels {
			if facts[k] != "" {
				attribute(e, fact.name, facts[k])
				break
			}
		}
	}
	attribute(e, "version", facts["version"])
	e.Where = firstOf(e.Where, facts["service"], facts["host"], facts["env"])
	switch {
	case verdict != "":
		e.Sort, e.State = debrief.Alert, verdict
	case datadogChanges.MatchString(source + " " + title):
		e.Sort, e.State = debrief.Change, debrief.Changed
	case strings.EqualFold(kind, "warning"):
		e.Sort, e.State = debrief.Alert, debrief.Firing
	default:
		e.Sort = debrief.Record
	}
	attribute(e, "source", source)
	e.Subject = "datadog " + name
	e.Author = debrief.Author{Name: "Datadog", Bot: true}
}

func (r datadogReader) eventV1(t *jsonTree) error {
	e := t.evidence("datadog", r.f)
	e.ID = t.text("id_str", "id")
	e.Where = t.text("host", "device_name")
	r.event(&e, t.text("title"), t.text("text", "msg_title"), t.text("alert_type"), t.text("source_type_name", "source"), t.words("tags"))
	e.Level = firstOf(t.text("alert_type"), t.text("priority"))
	e.Link = t.text("url", "resource")
	if strings.HasPrefix(e.Link, "/") {
		e.Link = ""
	}
	if handle := t.at("handle"); handle != nil {
		e.Author = r.author(handle)
	}
	if monitor := t.text("monitor_id"); monitor != "" {
		e.Subject = "datadog monitor " + monitor
		refer(&e, monitor)
	}
	var odd string
	e.At, odd = t.moment(r.f.Options, "date_happened", "date_detected", "date")
	stampProblem(t, r.f, r.out, odd)
	refer(&e, t.text("aggregation_key"))
	return r.add(t, e)
}

func (r datadogReader) eventV2(t *jsonTree) error {
	outer := firstTree(t.at("attributes"), t)
	inner := firstTree(outer.at("attributes"), outer)
	e := t.evidence("datadog", r.f)
	e.ID = t.text("id")
	title := firstOf(inner.text("title"), outer.text("title"), inner.text("evt.name"))
	monitor := inner.at("monitor")
	kind := firstOf(monitor.text("transition.trans_name"), inner.text("status"))
	r.event(&e, firstOf(title, monitor.text("name")), outer.text("message"), kind, firstOf(inner.text("sourcecategory", "evt.source"), inner.text("source_type_name")), outer.words("tags"))
	service := inner.text("service")
	if service == "undefined" {
		service = ""
	}
	e.Where = firstOf(service, e.Where, inner.text("hostname"))
	attribute(&e, "service", service)
	e.Level = firstOf(inner.text("status"), inner.text("priority"))
	if id := monitor.text("id"); id != "" {
		e.Subject = "datadog monitor " + id + prefixed(" ", strings.Join(monitor.words("groups"), ","))
		refer(&e, id)
	}
	var odd string
	e.At, odd = t.moment(r.f.Options, "attributes.timestamp", "attributes.attributes.timestamp", "timestamp")
	stampProblem(t, r.f, r.out, odd)
	refer(&e, inner.text("evt.id"), inner.text("aggregation_key"))
	if a := inner.at("evt.author"); a != nil {
		e.Author = r.author(a)
	}
	return r.add(t, e)
}

// loose finds a member whatever the case and the separators of its name:
// people write the templates of webhooks by hand.
func loose(t *jsonTree, names ...string) string {
	for _, n := range names {
		for _, k := range t.fields() {
			plain := strings.ToLower(strings.NewReplacer("_", "", "-", "", "$", "", " ", "").Replace(k))
			if plain == n {
				if s := strings.TrimSpace(t.member(k).own()); s != "" {
					return s
				}
			}
		}
	}
	return ""
}

// webhook reads a monitor's notification.
func (r datadogReader) webhook(t *jsonTree) error {
	e := t.evidence("datadog", r.f)
	e.ID = loose(t, "id", "eventid", "alertid", "alertcycleid", "cyclekey", "aggregkey")
	kind := firstOf(loose(t, "alerttransition", "transition"), loose(t, "alerttype", "type", "alertstatus", "status", "eventtype"))
	tags := t.words("tags")
	if len(tags) == 0 {
		for _, s := range strings.Split(loose(t, "tags"), ",") {
			tags = append(tags, strings.TrimSpace(s))
		}
	}
	r.event(&e, loose(t, "title", "eventtitle", "alerttitle"), loose(t, "body", "eventmsg", "msg", "message", "textonlymsg", "text", "alertmessage"), kind, "", tags)
	if e.State == "" && strings.Contains(kind, "alert") {
		e.Sort, e.State = debrief.Alert, debrief.Firing
	}
	e.Where = firstOf(e.Where, loose(t, "hostname", "host"), loose(t, "alertscope", "scope"))
	e.Level = firstOf(loose(t, "alertpriority", "priority"), loose(t, "alerttype"))
	e.Link = loose(t, "link", "url", "alertlink")
	if monitor := loose(t, "alertid", "monitorid"); monitor != "" {
		e.Subject = "datadog monitor " + monitor + prefixed(" ", loose(t, "alertscope", "scope"))
		refer(&e, monitor)
	}
	for _, name := range []string{"date", "lastupdated", "dateposix", "timestamp", "time"} {
		s := loose(t, name)
		if e.At = stampMoment(s, r.f.Options); e.At.Known() {
			break
		}
		if s != "" && !stampUnset(s) {
			stampProblem(t, r.f, r.out, s)
		}
	}
	refer(&e, loose(t, "aggregkey", "alertcyclekey"))
	return r.add(t, e)
}

// incident reads an incident: when it was declared, when customers were
// concerned, and when it ended.
func (r datadogReader) incident(t *jsonTree) error {
	a := t.at("attributes")
	e := t.evidence("datadog", r.f)
	e.Sort, e.ID, e.State = debrief.Page, t.text("id"), debrief.Opened
	e.Title = a.text("title")
	number := a.text("public_id")
	e.Subject = "datadog incident " + firstOf(number, e.ID)
	refer(&e, e.ID, prefixed("#", number), a.text("fields.slug.value"), prefixed("IR-", number))
	e.Level = a.text("severity", "fields.severity.value")
	e.Where = strings.Join(a.words("fields.services.value"), ", ")
	e.Author = r.author(firstTree(a.at("declared_by"), a.at("created_by")))
	commander := r.author(a.at("commander"))
	attribute(&e, "commander", firstOf(commander.Name, commander.Handle, commander.Email))
	attribute(&e, "status", a.text("state", "fields.state.value"))
	attribute(&e, "detection", a.text("fields.detection_method.value"))
	var odd string
	e.At, odd = a.moment(r.f.Options, "declared", "created")
	stampProblem(t, r.f, r.out, odd)
	if m, _ := a.moment(r.f.Options, "detected"); m.Known() {
		attribute(&e, "detected", m.At.Format(time.RFC3339))
	}
	e.Text = joinText(" ", sentence("Incident declared: "+e.Title), sentence(plainMarkup(a.text("fields.summary.value"))))
	if err := r.add(t, e); err != nil || e.ID == "" {
		return err
	}
	scope := sentence(plainMarkup(a.text("customer_impact_scope")))
	for _, step := range []struct {
		path  string
		state debrief.State
		text  string
	}{
		{"customer_impact_start", debrief.Firing, joinText(" ", "Customer impact began.", scope)},
		{"customer_impact_end", debrief.Resolved, "Customer impact ended."},
		{"resolved", debrief.Resolved, sentence("Incident resolved: " + e.Title)},
	} {
		m, _ := a.moment(r.f.Options, step.path)
		if !m.Known() {
			continue
		}
		s := e
		s.At, s.State, s.Text, s.Author = m, step.state, step.text, debrief.Author{}
		if err := r.out.Add(s); err != nil {
			return err
		}
	}
	return nil
}

// cell reads an entry of an incident's timeline, a task or an impact.
func (r datadogReader) cell(t *jsonTree) error {
	a := t.at("attributes")
	e := t.evidence("datadog", r.f)
	e.Sort, e.ID, e.State = debrief.Page, t.text("id"), debrief.Annotated
	var odd string
	e.At, odd = a.moment(r.f.Options, "display_time", "start_at", "created", "modified")
	stampProblem(t, r.f, r.out, odd)
	e.Text = plainMarkup(firstOf(a.text("content.content", "content.message", "content", "description"), a.text("cell_type")))
	e.Title = firstLine(e.Text)
	e.Author = r.author(firstTree(a.at("created_by"), t.at("relationships.created_by_user")))
	if incident := a.text("incident_id"); incident != "" {
		e.Thread, e.Subject = incident, "datadog incident "+incident
	}
	attribute(&e, "action", a.text("cell_type"))
	return r.add(t, e)
}

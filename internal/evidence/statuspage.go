package evidence

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"debrief.dev/debrief"
)

var statuspageSource = Source{
	Name:  "statuspage",
	Title: "Statuspage",
	About: "Incidents and maintenance of a public status page with every update as customers read it: the API, webhooks to subscribers, " +
		"lists of incidents as JSON lines, and the Atom feed of the history.",
	Recognise: func(s Sample) Confidence {
		if s.Shape == NotJSON {
			head := string(s.Head)
			if (strings.Contains(head, "<feed") || strings.Contains(head, "<rss")) && (strings.Contains(head, ":Incident/") ||
				strings.Contains(head, "data-var=") || strings.Contains(head, "Incident History") || strings.Contains(head, "statuspage")) {
				return Certain
			}
			return No
		}
		switch {
		case headNames(s, "incident_updates"), headNames(s, "status_sequence", "updates"):
			return Certain
		case headNames(s, "page") && (headNames(s, "component_update") || headNames(s, "status_indicator")):
			return Certain
		case headNames(s, "page", "incidents") && headNames(s, "time_zone"), headNames(s, "shortlink", "impact"):
			return Likely
		case headNames(s, "updates", "title", "impact", "status"):
			return Shape
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		first := make([]byte, 512)
		n, err := io.ReadFull(f.R, first)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		whole := *f
		whole.R = io.MultiReader(bytes.NewReader(first[:n]), f.R)
		f = &whole
		if bytes.HasPrefix(bytes.TrimLeft(first[:n], "\ufeff \t\r\n"), []byte{'<'}) {
			return readStatusfeed(ctx, f, out)
		}
		r := statuspageReader{f: f, out: out}
		return readTrees(ctx, f, out, r.record)
	},
}

type statuspageReader struct {
	f   *File
	out *Sink
}

func (r statuspageReader) record(t *jsonTree) error {
	if body := webhookBody(t); body != nil {
		return eachTree(body, r.record)
	}
	page := t.at("page")
	read := false
	for _, name := range []string{"incidents", "incident", "scheduled_maintenances", "scheduled_maintenance"} {
		if !t.knows(name) {
			continue
		}
		read = true
		for _, v := range t.list(name) {
			if err := r.incident(v, page); err != nil {
				return err
			}
		}
	}
	if update := t.at("component_update"); update != nil {
		return r.component(update, t)
	}
	if read {
		return nil
	}
	if t.knows("incident_updates") || t.knows("updates") || t.has("name", "status", "impact") {
		return r.incident(t, page)
	}
	if t.knows("components") || t.has("page", "status") {
		r.out.LeaveOut("lists of status page components", 1)
		return nil
	}
	r.out.Problem(Problem{
		File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This record holds no incident of a status page.",
		Expected: `an incident with "incident_updates"`, Hint: "Export the incident from the status page's API.",
	})
	return nil
}

// statuspageStates map the words of status pages.
var statuspageStates = map[string]debrief.State{
	"investigating": debrief.Investigating, "identified": debrief.Identified, "monitoring": debrief.Monitoring,
	"resolved": debrief.Resolved, "completed": debrief.Resolved, "postmortem": debrief.Closed, "scheduled": debrief.Opened,
	"in_progress": debrief.Started, "verifying": debrief.Monitoring, "cancelled": debrief.Cancelled, "canceled": debrief.Cancelled,
	"update": debrief.Changed, "open": debrief.Investigating, "created": debrief.Opened, "fixing": debrief.Identified,
}

// statuspageState reads a status, or gives the state before it if the word
// says only that there is news.
func statuspageState(word string) debrief.State {
	word = strings.ReplaceAll(strings.ToLower(strings.TrimSpace(word)), " ", "_")
	if s, ok := statuspageStates[word]; ok {
		return s
	}
	if word == "" {
		return ""
	}
	return debrief.Changed
}

// incident reads one incident: one piece of evidence for each update, and for
// an incident that carries no updates the incident itself.
func (r statuspageReader) incident(t, page *jsonTree) error {
	if t.kind() != '{' {
		return nil
	}
	updates := append(t.list("incident_updates"), t.list("updates")...)
	id := t.text("id", "entry_id", "url")
	base := t.evidence("statuspage", r.f)
	base.Sort = debrief.StatusUpdate
	base.Title = plainMarkup(t.text("name", "title"))
	base.Subject = prefixed("status page ", id)
	base.Level = t.text("impact_override", "impact")
	base.Where = firstOf(page.text("name", "url", "id"), t.text("page_id"), "status page")
	base.Link = t.text("shortlink", "url")
	base.Author = debrief.Author{Name: firstOf(page.text("name"), "status page"), Bot: true}
	refer(&base, id)
	components := strings.Join(append(t.words("components"), t.words("affected_components")...), ", ")
	for _, name := range [][2]string{{"scheduled_for", "scheduled_for"}, {"scheduled_until", "scheduled_until"}, {"impact_started", "started_at"}} {
		if m, _ := t.moment(r.f.Options, name[1]); m.Known() {
			attribute(&base, name[0], m.At.Format("2006-01-02T15:04:05Z"))
		}
	}
	if len(updates) == 0 {
		base.ID = id
		base.State = statuspageState(t.text("status"))
		var odd string
		base.At, odd = t.moment(r.f.Options, "started_at", "created_at", "published_at")
		stampProblem(t, r.f, r.out, odd)
		base.Text = plainMarkup(firstOf(t.text("body", "description", "message", "postmortem_body"), t.text("name", "title")))
		attribute(&base, "components", components)
		if base.ID == "" {
			r.unnamed(t)
			return nil
		}
		return r.out.Add(base)
	}
	for i, u := range updates {
		e := u.evidence("statuspage", r.f)
		e.Sort, e.Title, e.Subject, e.Level, e.Where, e.Link, e.Author = base.Sort, base.Title, base.Subject, base.Level, base.Where, base.Link, base.Author
		e.Refs, e.Attributes = append([]string(nil), base.Refs...), cloneFacts(base.Attributes)
		// Lists that were made from a feed have updates without ids; the incident
		// and the place in the list name them then.
		e.ID = u.text("id")
		if e.ID == "" {
			e.ID = firstOf(id, base.Title) + "#" + strconv.Itoa(i+1)
		}
		e.Thread = id
		e.State = statuspageState(u.text("status", "state"))
		attribute(&e, "status", u.text("status", "state"))
		var odd string
		e.At, odd = u.moment(r.f.Options, "display_at", "created_at", "at", "published_at", "timestamp", "date", "updated_at")
		stampProblem(u, r.f, r.out, odd)
		e.Text = plainMarkup(u.text("body", "message", "text", "content", "description"))
		if e.Text == "" {
			e.Text = joinText(": ", base.Title, upperFirst(strings.ReplaceAll(u.text("status"), "_", " ")))
		}
		var parts, changed []string
		for _, c := range u.list("affected_components") {
			name := c.text("name")
			parts = append(parts, name)
			if from, to := c.text("old_status"), c.text("new_status"); name != "" && from != to && to != "" {
				changed = append(changed, name+": "+statuspageWord(from)+" to "+statuspageWord(to))
			}
		}
		attribute(&e, "components", firstOf(strings.Join(parts, ", "), components))
		attribute(&e, "component_changes", strings.Join(changed, "; "))
		refer(&e, refsIn(e.Text)...)
		if err := r.out.Add(e); err != nil {
			return err
		}
	}
	return nil
}

func statuspageWord(s string) string { return strings.ReplaceAll(firstOf(s, "unknown"), "_", " ") }

func (r statuspageReader) unnamed(t *jsonTree) {
	r.out.Problem(Problem{
		File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This incident has no id and cannot be cited.",
		Expected: `a member "id"`, Hint: "Export the incident again with all its fields.",
	})
}

// component reads the webhook that tells of one component's change.
func (r statuspageReader) component(u, t *jsonTree) error {
	e := t.evidence("statuspage", r.f)
	e.Sort, e.State = debrief.StatusUpdate, debrief.Changed
	e.ID = u.text("id", "component_id")
	name := firstOf(t.text("component.name"), "A component")
	e.Title = name
	e.Text = name + " went from " + statuspageWord(u.text("old_status")) + " to " + statuspageWord(u.text("new_status")) + "."
	e.Subject = "status page component " + firstOf(u.text("component_id"), name)
	e.Where = firstOf(t.text("page.name", "page.id"), "status page")
	e.Author = debrief.Author{Name: "status page", Bot: true}
	attribute(&e, "status_from", u.text("old_status"))
	attribute(&e, "status_to", u.text("new_status"))
	if u.text("new_status") == "operational" {
		e.State = debrief.Resolved
	}
	var odd string
	e.At, odd = u.moment(r.f.Options, "created_at")
	stampProblem(t, r.f, r.out, odd)
	if e.ID == "" {
		r.unnamed(t)
		return nil
	}
	return r.out.Add(e)
}

package evidence

import (
	"context"
	"regexp"
	"strings"

	"debrief.dev/debrief"
)

var linearSource = Source{
	Name:  "linear",
	Title: "Linear",
	About: "Webhooks of Linear for issues, comments, projects and their updates, alone or one a line, and answers of its GraphQL API " +
		"with issues, comments and history.",
	Recognise: func(s Sample) Confidence {
		switch {
		case s.Shape == NotJSON:
			return No
		case headNames(s, "webhookTimestamp", "organizationId"), headNames(s, "webhookTimestamp", "action"):
			return Certain
		case headNames(s, "nodes", "identifier", "title"):
			return Certain
		case headNames(s, "identifier", "title", "createdAt") && (headNames(s, "state") || headNames(s, "team")):
			return Likely
		case headNames(s, "action", "data", "type", "createdAt") && strings.Contains(string(s.Head), "linear.app/"):
			return Certain
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		r := linearReader{f: f, out: out}
		return readTrees(ctx, f, out, r.record)
	},
}

type linearReader struct {
	f   *File
	out *Sink
}

func (r linearReader) record(t *jsonTree) error {
	if body := webhookBody(t); body != nil {
		return eachTree(body, r.record)
	}
	if t.has("action", "data") {
		return r.event(t)
	}
	if data := t.at("data"); data.kind() == '{' {
		t = data
	}
	if read, err := r.answer(t, 0); read || err != nil {
		return err
	}
	r.out.Problem(Problem{
		File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This record holds nothing known from Linear.",
		Expected: `a webhook with "action" and "data", or issues from the API`, Hint: "Export the issues with their comments and history.",
	})
	return nil
}

// answer looks for issues in an answer of the API, which may lie a few levels
// down, as the question was asked.
func (r linearReader) answer(t *jsonTree, depth int) (bool, error) {
	if depth > 4 || t.kind() != '{' && t.kind() != '[' {
		return false, nil
	}
	if t.has("identifier", "title") || t.has("number", "title") {
		return true, r.issue(t)
	}
	if t.has("body") && t.has("createdAt") {
		return true, r.comment(t, t.at("issue"), "")
	}
	read := false
	parts := t.list("")
	if t.kind() == '{' {
		parts = nil
		for _, k := range t.fields() {
			parts = append(parts, t.member(k))
		}
	}
	for _, p := range parts {
		got, err := r.answer(p, depth+1)
		if err != nil {
			return true, err
		}
		read = read || got
	}
	return read || t.knows("nodes"), nil
}

func (r linearReader) author(t *jsonTree) debrief.Author {
	if t == nil {
		return debrief.Author{}
	}
	a := addressOnly(debrief.Author{
		ID: t.text("id"), Name: t.text("name"), Handle: t.text("displayName"), Email: t.text("email"),
		Bot: t.has("botId") || t.text("type") == "bot" || t.text("type") == "application" || t.text("type") == "OauthClient" || t.text("type") == "integration",
	})
	if strings.Contains(a.Handle, " ") {
		a.Name, a.Handle = firstOf(a.Name, a.Handle), ""
	}
	tellPerson(r.out, a)
	return a
}

func (r linearReader) time(t *jsonTree, paths ...string) debrief.Moment {
	m, odd := t.moment(r.f.Options, paths...)
	stampProblem(t, r.f, r.out, odd)
	return m
}

func (r linearReader) add(t *jsonTree, e debrief.Evidence) error {
	if e.ID == "" {
		r.out.Problem(Problem{
			File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This record has no id and cannot be cited.",
			Expected: `a member "id" or "identifier"`, Hint: "Export it again with all its fields.",
		})
		return nil
	}
	refer(&e, refsIn(e.Title+"\n"+e.Text)...)
	return r.out.Add(e)
}

var linearAddress = regexp.MustCompile(`/issue/([A-Za-z][A-Za-z0-9_]*-\d+)`)

// linearKey finds the key of an issue: named, made of team and number, or in an
// address.
func linearKey(issue *jsonTree, address string) string {
	if key := issue.text("identifier"); key != "" {
		return key
	}
	if team, number := issue.text("team.key"), issue.text("number"); team != "" && number != "" {
		return team + "-" + number
	}
	if m := linearAddress.FindStringSubmatch(firstOf(issue.text("url"), address)); m != nil {
		return m[1]
	}
	return issue.text("id")
}

// begin starts a piece of evidence about an issue.
func (r linearReader) begin(t, issue *jsonTree, address string) debrief.Evidence {
	e := t.evidence("linear", r.f)
	e.Sort = debrief.Ticket
	e.Subject = linearKey(issue, address)
	e.Title = issue.text("title")
	e.Where = issue.text("team.key", "team.name", "project.name")
	if dash := strings.LastIndexByte(e.Subject, '-'); e.Where == "" && dash > 0 && len(e.Subject) < 20 {
		e.Where = e.Subject[:dash]
	}
	e.Link = firstOf(t.text("url"), issue.text("url"), address)
	refer(&e, e.Subject, issue.text("id"))
	return e
}

// facts fills in the fields of an issue.
func (r linearReader) facts(e *debrief.Evidence, d *jsonTree) {
	e.Level = firstOf(d.text("priorityLabel"), linearPriority(d.text("priority")))
	attribute(e, "priority", e.Level)
	attribute(e, "status", d.text("state.name", "status"))
	attribute(e, "due", d.text("dueDate"))
	assignee := r.author(d.at("assignee"))
	attribute(e, "assignee", firstOf(assignee.Name, assignee.Handle))
	attribute(e, "project", d.text("project.name"))
	attribute(e, "labels", strings.Join(append(d.words("labels"), d.words("labels.nodes")...), ", "))
}

func linearPriority(n string) string {
	return map[string]string{"1": "Urgent", "2": "High", "3": "Medium", "4": "Low"}[n]
}

// event reads a webhook.
func (r linearReader) event(t *jsonTree) error {
	d := t.at("data")
	address, action := t.text("url"), strings.ToLower(t.text("action"))
	actor := r.author(t.at("actor"))
	switch kind := t.text("type"); kind {
	case "Issue":
		return r.issueEvent(t, d, action, actor)
	case "Comment":
		return r.commentEvent(t, d, action, actor)
	case "Reaction", "IssueLabel", "Cycle", "User", "Attachment", "Document", "Customer", "CustomerNeed", "IssueSLA", "OAuthApp":
		if kind != "IssueSLA" {
			r.out.LeaveOut("Linear events about "+strings.ToLower(kind)+" records", 1)
			return nil
		}
		issue := firstTree(t.at("issueData"), d)
		e := r.begin(t, issue, address)
		e.ID, e.State = e.Subject, debrief.Changed
		e.At = r.time(t, "createdAt", "webhookTimestamp")
		e.Text = sentence("Service level " + action + " for " + e.Subject + ": " + e.Title)
		e.Author = actor
		return r.add(t, e)
	default:
		e := r.begin(t, d, address)
		e.Sort, e.ID, e.Subject = debrief.Ticket, d.text("id"), strings.ToLower(kind)+" "+d.text("project.name", "name", "id")
		e.State = map[string]debrief.State{"create": debrief.Opened, "remove": debrief.Closed}[action]
		if e.State == "" {
			e.State = debrief.Changed
		}
		if d.has("body") {
			e.State = debrief.Annotated
		}
		e.At = r.time(t, "data.createdAt", "createdAt", "webhookTimestamp")
		if action != "create" {
			e.At = r.time(t, "createdAt", "data.updatedAt", "webhookTimestamp")
		}
		e.Title = d.text("name", "title", "project.name")
		e.Text = joinText("\n", e.Title, plainMarkup(d.text("body", "description", "content")))
		attribute(&e, "health", d.text("health"))
		attribute(&e, "status", d.text("state", "status.name"))
		attribute(&e, "due", d.text("targetDate"))
		if e.Author = r.author(firstTree(d.at("user"), d.at("creator"), d.at("lead"))); e.Author == (debrief.Author{}) {
			e.Author = actor
		}
		return r.add(t, e)
	}
}

func (r linearReader) issueEvent(t, d *jsonTree, action string, actor debrief.Author) error {
	e := r.begin(t, d, t.text("url"))
	e.ID = e.Subject
	r.facts(&e, d)
	e.Author = actor
	creator := r.author(d.at("creator"))
	if creator == (debrief.Author{}) && d.has("creatorId") {
		creator = debrief.Author{ID: d.text("creatorId")}
	}
	switch action {
	case "create":
		e.State = debrief.Opened
		e.At = r.time(t, "data.createdAt", "createdAt", "webhookTimestamp")
		if e.Author == (debrief.Author{}) {
			e.Author = creator
		}
		e.Text = joinText("\n", e.Title, plainMarkup(d.text("description")))
		return r.add(t, e)
	case "remove":
		e.State, e.Deleted = debrief.Closed, true
		e.At = r.time(t, "createdAt", "data.archivedAt", "data.updatedAt", "webhookTimestamp")
		e.Text = sentence(e.Subject + " was removed: " + e.Title)
		return r.add(t, e)
	}
	e.At = r.time(t, "createdAt", "data.updatedAt", "webhookTimestamp")
	e.State = debrief.Changed
	before := t.at("updatedFrom")
	var said []string
	note := func(name, from, to string) {
		said = append(said, ticketChange(name, from, to))
		attribute(&e, name+"_from", from)
		attribute(&e, name+"_to", to)
	}
	if before.knows("state") || before.knows("stateId") {
		to := d.text("state.name")
		note("status", before.text("state.name"), to)
		if e.State = ticketState(to); e.State == debrief.Changed {
			switch d.text("state.type") {
			case "completed":
				e.State = debrief.Closed
			case "canceled":
				e.State = debrief.Cancelled
			}
		}
	}
	if before.knows("assigneeId") || before.knows("assignee") {
		to := d.text("assignee.name")
		note("assignee", before.text("assignee.name"), to)
		if e.State == debrief.Changed && to != "" {
			e.State = debrief.Assigned
		}
	}
	if before.knows("dueDate") {
		note("due", before.text("dueDate"), d.text("dueDate"))
	}
	if before.knows("priority") {
		note("priority", linearPriority(before.text("priority")), linearPriority(d.text("priority")))
	}
	if before.knows("title") {
		note("title", before.text("title"), d.text("title"))
	}
	if before.knows("description") {
		said = append(said, "Description changed.")
	}
	if before.knows("cycleId") {
		note("cycle", before.text("cycle.name", "cycle.number"), d.text("cycle.name", "cycle.number"))
	}
	if before.knows("labelIds") {
		note("labels", "", strings.Join(d.words("labels"), ", "))
	}
	if len(said) == 0 {
		said = append(said, sentence(e.Subject+" was changed: "+e.Title))
	}
	e.Text = strings.Join(said, " ")
	return r.add(t, e)
}

func (r linearReader) commentEvent(t, d *jsonTree, action string, actor debrief.Author) error {
	e := r.begin(t, d.at("issue"), t.text("url"))
	e.ID, e.State, e.Thread = d.text("id"), debrief.Annotated, firstOf(d.text("parentId"), e.Subject)
	e.At = r.time(t, "data.createdAt", "createdAt", "webhookTimestamp")
	e.Edited, e.Deleted = action == "update", action == "remove"
	e.Author = r.author(firstTree(d.at("user"), d.at("botActor")))
	if e.Author == (debrief.Author{}) {
		e.Author = actor
	}
	if e.Author == (debrief.Author{}) && d.has("userId") {
		e.Author = debrief.Author{ID: d.text("userId")}
	}
	e.Text = plainMarkup(d.text("body"))
	return r.add(t, e)
}

// issue reads an issue as the API gives it, with comments and history.
func (r linearReader) issue(d *jsonTree) error {
	e := r.begin(d, d, "")
	e.ID, e.State = e.Subject, debrief.Opened
	r.facts(&e, d)
	e.At = r.time(d, "createdAt")
	e.Author = r.author(firstTree(d.at("creator"), d.at("botActor")))
	e.Text = joinText("\n", e.Title, plainMarkup(d.text("description")))
	if err := r.add(d, e); err != nil {
		return err
	}
	for _, c := range firstList(d.list("comments.nodes"), arrayOf(d, "comments")) {
		if err := r.comment(c, d, e.Subject); err != nil {
			return err
		}
	}
	for _, h := range firstList(d.list("history.nodes"), arrayOf(d, "history")) {
		if err := r.history(h, d); err != nil {
			return err
		}
	}
	if d.has("history") {
		return nil // the history tells of the end
	}
	for _, end := range []struct {
		path  string
		state debrief.State
		text  string
	}{{"completedAt", debrief.Closed, "completed"}, {"canceledAt", debrief.Cancelled, "cancelled"}} {
		if d.has(end.path) {
			c := r.begin(d, d, "")
			c.ID, c.State, c.At = e.ID, end.state, r.time(d, end.path)
			c.Text = sentence(e.Subject + " was " + end.text + ": " + e.Title)
			if err := r.add(d, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// arrayOf gives the elements at the path only if an array stands there.
func arrayOf(t *jsonTree, path string) []*jsonTree {
	if t.at(path).kind() != '[' {
		return nil
	}
	return t.list(path)
}

func (r linearReader) comment(c, issue *jsonTree, key string) error {
	e := r.begin(c, issue, "")
	e.ID, e.State, e.Thread = c.text("id"), debrief.Annotated, firstOf(c.text("parent.id"), key)
	e.At = r.time(c, "createdAt")
	e.Edited = c.has("editedAt")
	e.Author = r.author(firstTree(c.at("user"), c.at("botActor")))
	e.Text = plainMarkup(c.text("body"))
	return r.add(c, e)
}

func (r linearReader) history(h, issue *jsonTree) error {
	e := r.begin(h, issue, "")
	e.ID, e.State, e.Thread = h.text("id"), debrief.Changed, e.Subject
	e.At = r.time(h, "createdAt")
	e.Author = r.author(firstTree(h.at("actor"), h.at("botActor")))
	var said []string
	for _, field := range []struct{ name, from, to string }{
		{"status", h.text("fromState.name"), h.text("toState.name")},
		{"assignee", h.text("fromAssignee.name"), h.text("toAssignee.name")},
		{"priority", linearPriority(h.text("fromPriority")), linearPriority(h.text("toPriority"))},
		{"due", h.text("fromDueDate"), h.text("toDueDate")},
		{"title", h.text("fromTitle"), h.text("toTitle")},
	} {
		if field.from == "" && field.to == "" {
			continue
		}
		said = append(said, ticketChange(field.name, field.from, field.to))
		attribute(&e, field.name+"_from", field.from)
		attribute(&e, field.name+"_to", field.to)
		switch {
		case field.name == "status":
			e.State = ticketState(field.to)
		case field.name == "assignee" && field.to != "" && e.State == debrief.Changed:
			e.State = debrief.Assigned
		}
	}
	if len(said) == 0 {
		r.out.LeaveOut("changes of order and labels", 1)
		return nil
	}
	e.Text = strings.Join(said, " ")
	return r.add(h, e)
}

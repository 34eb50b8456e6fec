package evidence

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"debrief.dev/debrief"
)

var jiraSource = Source{
	Name:  "jira",
	Title: "Jira",
	About: "Issues of Jira Cloud, Server and Data Center as the REST API gives them (with expand=changelog for the history), alone or in search results, " +
		"and webhooks. Descriptions and comments may be wiki markup or Atlassian documents.",
	Recognise: func(s Sample) Confidence {
		switch {
		case s.Shape == NotJSON:
			return No
		case headNames(s, "webhookEvent") && (headNames(s, "issue") || headNames(s, "comment") || headNames(s, "timestamp")):
			return Certain
		case headNames(s, "key", "fields", "summary") && (headNames(s, "issuetype") || headNames(s, "project") || headNames(s, "status")):
			return Certain
		case headNames(s, "issues", "key", "fields"), headNames(s, "histories", "fields"):
			return Certain
		case headNames(s, "items", "fromString", "toString"):
			return Likely
		case headNames(s, "comments", "updateAuthor"), headNames(s, "accountId", "displayName", "body"):
			return Likely
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		r := jiraReader{f: f, out: out}
		return readTrees(ctx, f, out, r.record)
	},
}

type jiraReader struct {
	f     *File
	out   *Sink
	event debrief.Moment // when the webhook around an issue was sent
}

func (r jiraReader) record(t *jsonTree) error {
	if body := webhookBody(t); body != nil {
		return eachTree(body, r.record)
	}
	switch {
	case t.has("webhookEvent") || t.has("issue.key") && (t.has("timestamp") || t.has("comment") || t.has("changelog")):
		return r.webhook(t)
	case t.knows("issues"):
		for _, v := range t.list("issues") {
			if err := r.issue(v); err != nil {
				return err
			}
		}
		return nil
	case t.has("key") && t.has("fields"):
		return r.issue(t)
	case t.has("issue.key"):
		return r.issue(t.at("issue"))
	case t.knows("comments"):
		return r.comments(t.list("comments"), nil)
	case t.knows("histories"):
		return r.histories(t.list("histories"), nil)
	case t.knows("values"):
		return r.histories(t.list("values"), nil)
	case t.has("items", "created"):
		return r.history(t, nil, debrief.Moment{})
	case t.has("body", "created"):
		return r.comment(t, nil)
	case t.has("errorMessages"):
		r.out.Problem(Problem{
			File: r.f.Path, Line: t.line, Offset: t.offset, Say: "Jira answered with an error instead of an issue.",
			Expected: `an issue with "key" and "fields"`, Hint: "Export it again with an account that may see the issue.",
		})
		return nil
	}
	r.out.Problem(Problem{
		File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This record holds no Jira issue.",
		Expected: `an issue with "key" and "fields"`, Hint: "Export the issue from the REST API with expand=changelog.",
	})
	return nil
}

// author reads an account: Cloud has an account id, Server a name and a key.
func (r jiraReader) author(t *jsonTree) debrief.Author {
	if t == nil {
		return debrief.Author{}
	}
	if s := t.own(); s != "" {
		return addressOnly(debrief.Author{Handle: s})
	}
	a := addressOnly(debrief.Author{
		ID: t.text("accountId", "key"), Handle: t.text("name"), Name: t.text("displayName"), Email: t.text("emailAddress"),
		Bot: t.text("accountType") == "app",
	})
	tellPerson(r.out, a)
	return a
}

func (r jiraReader) time(t *jsonTree, paths ...string) debrief.Moment {
	m, odd := t.moment(r.f.Options, paths...)
	stampProblem(t, r.f, r.out, odd)
	return m
}

func (r jiraReader) add(t *jsonTree, e debrief.Evidence) error {
	if e.ID == "" {
		r.out.Problem(Problem{
			File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This record has no id and cannot be cited.",
			Expected: `a member "id" or "key"`, Hint: "Export the issue again with all its fields.",
		})
		return nil
	}
	refer(&e, refsIn(e.Title+"\n"+e.Text)...)
	return r.out.Add(e)
}

// begin starts a piece of evidence about an issue.
func (r jiraReader) begin(t, issue *jsonTree) debrief.Evidence {
	e := t.evidence("jira", r.f)
	e.Sort = debrief.Ticket
	key := issue.text("key")
	e.Subject = key
	e.Where = issue.text("fields.project.name", "fields.project.key")
	if dash := strings.LastIndexByte(key, '-'); e.Where == "" && dash > 0 {
		e.Where = key[:dash]
	}
	e.Title = issue.text("fields.summary")
	refer(&e, key)
	if site, _, found := strings.Cut(issue.text("self"), "/rest/"); found && key != "" {
		e.Link = site + "/browse/" + key
	}
	return e
}

var jiraSprint = regexp.MustCompile(`\bname=([^,\]]+)`)

// issue reads an issue with its history and comments.
func (r jiraReader) issue(t *jsonTree) error {
	e := r.begin(t, t)
	fields := t.at("fields")
	e.ID, e.State = firstOf(t.text("key"), t.text("id")), debrief.Opened
	if e.At = r.time(fields, "created"); !e.At.Known() {
		e.At = r.event
	}
	e.Author = r.author(firstTree(fields.at("creator"), fields.at("reporter")))
	r.author(fields.at("reporter"))
	assignee := r.author(fields.at("assignee"))
	e.Level = fields.text("priority.name", "severity")
	names := r.accounts(t)
	e.Text = joinText("\n", e.Title, jiraText(firstTree(fields.at("description"), t.at("renderedFields.description")), names))
	attribute(&e, "type", fields.text("issuetype.name"))
	attribute(&e, "status", fields.text("status.name"))
	attribute(&e, "priority", e.Level)
	attribute(&e, "resolution", fields.text("resolution.name"))
	attribute(&e, "assignee", firstOf(assignee.Name, assignee.Handle, assignee.Email))
	attribute(&e, "due", fields.text("duedate"))
	attribute(&e, "labels", strings.Join(fields.words("labels"), ", "))
	attribute(&e, "components", strings.Join(fields.words("components"), ", "))
	attribute(&e, "environment", jiraText(fields.at("environment"), names))
	for _, date := range [][2]string{{"updated", "updated"}, {"resolved", "resolutiondate"}} {
		if m, _ := fields.moment(r.f.Options, date[1]); m.Known() {
			attribute(&e, date[0], m.At.Format(time.RFC3339))
		}
	}
	for _, link := range fields.list("issuelinks") {
		refer(&e, link.text("outwardIssue.key"), link.text("inwardIssue.key"))
	}
	refer(&e, fields.text("parent.key"))
	for _, sub := range fields.list("subtasks") {
		refer(&e, sub.text("key"))
	}
	for _, a := range fields.list("attachment") {
		r.author(a.at("author"))
		if name := a.text("filename"); name != "" {
			e.Attached = append(e.Attached, name)
		}
	}
	if err := r.add(t, e); err != nil {
		return err
	}
	if err := r.histories(firstList(t.list("changelog.histories"), t.list("changelog.values")), t); err != nil {
		return err
	}
	if err := r.comments(firstList(fields.list("comment.comments"), fields.list("comment"), t.list("comments")), t); err != nil {
		return err
	}
	r.short(t, "comments", fields.at("comment"), len(fields.list("comment.comments")))
	r.short(t, "changes", t.at("changelog"), len(t.list("changelog.histories")))
	return nil
}

// short tells when an export holds only a part of a list.
func (r jiraReader) short(t *jsonTree, what string, page *jsonTree, have int) {
	total, err := strconv.Atoi(page.text("total"))
	if err != nil || total <= have || have == 0 {
		return
	}
	r.out.Problem(Problem{
		File: r.f.Path, Line: t.line, Offset: t.offset,
		Say:      t.text("key") + " has " + strconv.Itoa(total) + " " + what + ", and the export holds " + strconv.Itoa(have) + " of them.",
		Expected: "the whole list", Hint: "Request the missing pages and put them into the folder as well.",
	})
}

func firstList(lists ...[]*jsonTree) []*jsonTree {
	for _, l := range lists {
		if len(l) > 0 {
			return l
		}
	}
	return nil
}

// accounts gathers the names of the accounts that an issue mentions.
func (r jiraReader) accounts(issue *jsonTree) map[string]string {
	names := make(map[string]string)
	note := func(t *jsonTree) {
		if t.kind() != '{' {
			return
		}
		if name := t.text("displayName"); name != "" {
			for _, k := range []string{"accountId", "key", "name"} {
				if id := t.text(k); id != "" {
					names[id] = name
				}
			}
		}
	}
	fields := issue.at("fields")
	note(fields.at("creator"))
	note(fields.at("reporter"))
	note(fields.at("assignee"))
	for _, c := range fields.list("comment.comments") {
		note(c.at("author"))
	}
	for _, h := range issue.list("changelog.histories") {
		note(h.at("author"))
	}
	return names
}

func (r jiraReader) comments(list []*jsonTree, issue *jsonTree) error {
	for _, c := range list {
		if c.kind() != '{' || !c.has("body") && !c.has("id") {
			continue
		}
		if err := r.comment(c, issue); err != nil {
			return err
		}
	}
	return nil
}

func (r jiraReader) comment(c, issue *jsonTree) error {
	e := r.begin(c, issue)
	e.ID, e.State, e.Thread = c.text("id"), debrief.Annotated, issue.text("key")
	e.At = r.time(c, "created", "updated")
	e.Author = r.author(c.at("author"))
	editor := c.at("updateAuthor")
	r.author(editor)
	e.Text = jiraText(firstTree(c.at("body"), c.at("renderedBody")), r.accounts(issue))
	if changed, _ := c.moment(r.f.Options, "updated"); changed.Known() && changed.At.Sub(e.At.At) > time.Minute {
		e.Edited = true
		attribute(&e, "updated", changed.At.Format(time.RFC3339))
	}
	if e.Link != "" && e.ID != "" {
		e.Link += "?focusedCommentId=" + e.ID
	}
	return r.add(c, e)
}

func (r jiraReader) histories(list []*jsonTree, issue *jsonTree) error {
	for _, h := range list {
		if err := r.history(h, issue, debrief.Moment{}); err != nil {
			return err
		}
	}
	return nil
}

// jiraClosed are words for a status in which work on an issue has ended.
var jiraClosed = regexp.MustCompile(`(?i)^(done|closed|resolved|completed?|fixed|released|finished|verified|won'?t (do|fix)|duplicate|declined|accepted)$`)

// ticketState says where a change of status leads.
func ticketState(to string) debrief.State {
	to = strings.TrimSpace(to)
	switch {
	case jiraClosed.MatchString(to):
		return debrief.Closed
	case strings.EqualFold(to, "cancelled"), strings.EqualFold(to, "canceled"), strings.EqualFold(to, "rejected"), strings.EqualFold(to, "abandoned"):
		return debrief.Cancelled
	case strings.EqualFold(to, "reopened"):
		return debrief.Opened
	}
	return debrief.Changed
}

// ticketFields name the fields of tickets whose changes tell something, as people say them.
var ticketFields = map[string]string{
	"status": "status", "duedate": "due", "due date": "due", "priority": "priority", "assignee": "assignee", "resolution": "resolution",
	"sprint": "sprint", "fix version": "fix version", "severity": "severity", "summary": "title", "labels": "labels",
	"story points": "estimate", "timeoriginalestimate": "estimate", "rank": "rank", "reporter": "reporter", "link": "link", "comment": "comment",
}

// history reads one step of an issue's history: everything somebody changed at
// one time. at is its time if the step itself names none.
func (r jiraReader) history(h, issue *jsonTree, at debrief.Moment) error {
	e := r.begin(h, issue)
	e.ID, e.State, e.Thread = h.text("id"), debrief.Changed, issue.text("key")
	e.At = at
	if m := r.time(h, "created"); m.Known() {
		e.At = m
	}
	e.Author = r.author(h.at("author"))
	var said []string
	quiet := 0
	for _, item := range h.list("items") {
		field := strings.ToLower(item.text("field", "fieldId"))
		from, to := item.text("fromString", "from"), item.text("toString", "to")
		name := firstOf(ticketFields[field], field)
		switch field {
		case "status":
			e.State = ticketState(to)
		case "resolution":
			if to != "" && e.State == debrief.Changed {
				e.State = debrief.Closed
			}
		case "assignee":
			if to != "" && e.State == debrief.Changed {
				e.State = debrief.Assigned
			}
			tellPerson(r.out, addressOnly(debrief.Author{Name: from}))
			tellPerson(r.out, addressOnly(debrief.Author{Name: to}))
		case "rank", "remoteissuelink", "timespent", "worklogid", "remaininglink", "timeestimate":
			quiet++
			continue
		case "sprint":
			from, to = sprintNames(from), sprintNames(to)
		case "description":
			said = append(said, "Description changed.")
			continue
		case "attachment":
			said = append(said, sentence(joinText(" ", "Attachment", firstOf(to, from))))
			if to != "" {
				e.Attached = append(e.Attached, to)
			}
			continue
		case "link":
			refer(&e, item.text("to"), item.text("from"))
		}
		if len(from) > 200 || len(to) > 200 {
			said = append(said, upperFirst(name)+" changed.")
			continue
		}
		said = append(said, ticketChange(name, from, to))
		attribute(&e, name+"_from", from)
		attribute(&e, name+"_to", to)
	}
	if len(said) == 0 && quiet > 0 {
		r.out.LeaveOut("changes of rank and logged work", 1)
		return nil
	}
	e.Text = strings.Join(said, " ")
	return r.add(h, e)
}

// ticketChange says in a sentence how a field changed.
func ticketChange(name, from, to string) string {
	name = upperFirst(name)
	switch {
	case from == "" && to == "":
		return name + " changed."
	case from == "":
		return name + " set to " + sentence(to)
	case to == "":
		return name + " cleared, was " + sentence(from)
	}
	return name + " changed from " + from + " to " + sentence(to)
}

// sprintNames takes names out of the long form in which Jira Server keeps sprints.
func sprintNames(s string) string {
	found := jiraSprint.FindAllStringSubmatch(s, -1)
	if len(found) == 0 || !strings.Contains(s, "Sprint@") {
		return s
	}
	var names []string
	for _, m := range found {
		names = append(names, m[1])
	}
	return strings.Join(names, ", ")
}

// webhook reads a webhook: what happened, and not the issue around it again.
func (r jiraReader) webhook(t *jsonTree) error {
	issue, comment := t.at("issue"), t.at("comment")
	at := r.time(t, "timestamp")
	name := strings.TrimPrefix(strings.ToLower(t.text("webhookEvent")), "jira:")
	actor := r.author(firstTree(t.at("user"), t.at("actor")))
	if fields := issue.at("fields"); fields != nil {
		r.author(fields.at("reporter"))
		r.author(fields.at("assignee"))
	}
	read := false
	if comment != nil {
		read = true
		if err := r.eventComment(comment, issue, name, at); err != nil {
			return err
		}
	}
	if change := t.at("changelog"); change != nil {
		for _, h := range firstList(change.list("histories"), []*jsonTree{change}) {
			if len(h.list("items")) == 0 {
				continue
			}
			read = true
			if err := r.eventHistory(h, t, issue, actor, at); err != nil {
				return err
			}
		}
	}
	switch {
	case read:
		return nil
	case issue == nil:
		r.out.LeaveOut("webhook events without a change, alert or ticket", 1)
		return nil
	case name == "issue_created" || name == "":
		r.event = at
		return r.issue(issue)
	}
	e := r.begin(t, issue)
	e.ID, e.State, e.At, e.Author = issue.text("key"), debrief.Changed, at, actor
	if name == "issue_deleted" {
		e.State, e.Deleted = debrief.Closed, true
	}
	e.Text = sentence(e.Subject + ": " + strings.ReplaceAll(name, "_", " "))
	return r.add(t, e)
}

// eventComment reads the comment of a webhook.
func (r jiraReader) eventComment(comment, issue *jsonTree, name string, at debrief.Moment) error {
	sink := *r.out
	sink.add = func(e debrief.Evidence) error {
		if !e.At.Known() {
			e.At = at
		}
		e.Deleted = name == "comment_deleted"
		e.Edited = e.Edited || name == "comment_updated"
		return r.out.add(e)
	}
	return jiraReader{f: r.f, out: &sink}.comment(comment, issue)
}

// eventHistory reads the change of a webhook, whose author and time stand
// beside it. An old server gives changes no id; the issue and the time name
// them then.
func (r jiraReader) eventHistory(h, event, issue *jsonTree, actor debrief.Author, at debrief.Moment) error {
	sink := *r.out
	sink.add = func(e debrief.Evidence) error {
		if e.Author == (debrief.Author{}) {
			e.Author = actor
		}
		return r.out.add(e)
	}
	if h.text("id") != "" {
		return jiraReader{f: r.f, out: &sink}.history(h, issue, at)
	}
	inner := sink.add
	sink.add = func(e debrief.Evidence) error {
		e.ID = issue.text("key") + "@" + event.text("timestamp")
		return inner(e)
	}
	named := *h
	named.members = map[string]*jsonTree{"id": {raw: []byte(`"-"`)}}
	named.open()
	for k, v := range h.members {
		named.members[k] = v
	}
	return jiraReader{f: r.f, out: &sink}.history(&named, issue, at)
}

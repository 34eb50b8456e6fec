package evidence

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"debrief.dev/debrief"
)

var opsgenieSource = Source{
	Name:  "opsgenie",
	Title: "Opsgenie",
	About: "Webhooks of Opsgenie and Jira Service Management operations for every action on an alert, and alerts, their logs and notes from the API.",
	Recognise: func(s Sample) Confidence {
		switch {
		case s.Shape == NotJSON:
			return No
		case headNames(s, "alertId", "action"), headNames(s, "tinyId", "alias"), headNames(s, "tinyId", "message"):
			return Certain
		case headNames(s, "data", "log", "owner", "createdAt"):
			return Certain
		case headNames(s, "data", "note", "owner", "createdAt"):
			return Likely
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		r := opsgenieReader{f: f, out: out}
		return readTrees(ctx, f, out, r.record)
	},
}

type opsgenieReader struct {
	f   *File
	out *Sink
}

func (r opsgenieReader) record(t *jsonTree) error {
	if body := webhookBody(t); body != nil {
		return eachTree(body, r.record)
	}
	switch {
	case t.has("action", "alert"):
		return r.action(t)
	case t.knows("data"):
		for _, v := range t.list("data") {
			if err := r.record(v); err != nil {
				return err
			}
		}
		return nil
	case t.has("tinyId") || t.has("message") && (t.has("alias") || t.has("alertId")):
		return r.alert(t)
	case t.has("log") || t.has("note"):
		return r.log(t)
	}
	r.out.Problem(Problem{
		File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This record has none of the forms known from Opsgenie.",
		Expected: `a webhook with "action" and "alert", or an alert, log or note from the API`, Hint: "Export the alert with its logs from the API.",
	})
	return nil
}

// author reads a user, who is mostly an address and sometimes the name of a program.
func (r opsgenieReader) author(name, id string) debrief.Author {
	a := addressOnly(debrief.Author{ID: id, Name: name})
	a.Bot = a.Bot || strings.EqualFold(name, "system") || name == "" && id == ""
	if a.Bot {
		a.ID = ""
		return a
	}
	tellPerson(r.out, a)
	return a
}

func (r opsgenieReader) begin(t, alert *jsonTree) debrief.Evidence {
	e := t.evidence("opsgenie", r.f)
	e.Sort = debrief.Page
	e.ID = alert.text("alertId", "id")
	e.Title = alert.text("message", "title")
	e.Level = alert.text("priority")
	if _, err := strconv.Atoi(e.Level); err == nil {
		e.Level = "P" + e.Level
	}
	tiny := alert.text("tinyId")
	e.Subject = "opsgenie " + firstOf(tiny, e.ID)
	refer(&e, e.ID, prefixed("#", tiny), alert.text("alias"))
	e.Where = alert.text("entity", "details.service", "details.host")
	attribute(&e, "service", alert.text("details.service"))
	attribute(&e, "environment", alert.text("details.environment", "details.env"))
	attribute(&e, "tags", strings.Join(alert.words("tags"), ", "))
	var teams []string
	for _, v := range append(alert.list("teams"), alert.list("responders")...) {
		if s := firstOf(v.own(), v.text("name", "username")); s != "" {
			teams = append(teams, s)
		}
	}
	attribute(&e, "responders", strings.Join(teams, ", "))
	return e
}

// opsgenieStates are the states of actions, in lower case.
var opsgenieStates = map[string]debrief.State{
	"create": debrief.Triggered, "acknowledge": debrief.Acknowledged, "unacknowledge": debrief.Triggered, "addnote": debrief.Annotated,
	"close": debrief.Resolved, "delete": debrief.Cancelled, "escalate": debrief.Escalated, "escalatenext": debrief.Escalated,
	"addrecipient": debrief.Escalated, "addteam": debrief.Escalated, "addresponder": debrief.Escalated,
	"assignownership": debrief.Assigned, "takeownership": debrief.Assigned, "snoozeended": debrief.Triggered,
}

var opsgenieWords = map[string]string{
	"create": "Alert created", "acknowledge": "Acknowledged", "unacknowledge": "Acknowledgement withdrawn", "addnote": "Note added",
	"close": "Closed", "delete": "Deleted", "escalate": "Escalated", "escalatenext": "Escalated to the next level", "addrecipient": "Recipient added",
	"addteam": "Team added", "addresponder": "Responder added", "assignownership": "Assigned", "takeownership": "Taken on",
	"snooze": "Snoozed", "snoozeended": "Snooze ended", "updatepriority": "Priority changed", "updatemessage": "Message changed", "updatedescription": "Description changed",
}

// action reads a webhook.
func (r opsgenieReader) action(t *jsonTree) error {
	alert := t.at("alert")
	e := r.begin(t, alert)
	action := t.text("action")
	key := strings.ToLower(strings.NewReplacer(" ", "", "_", "", "-", "").Replace(action))
	e.State = opsgenieStates[key]
	if e.State == "" {
		e.State = debrief.Changed
	}
	attribute(&e, "action", action)
	times := []string{"updatedAt", "insertedAt", "createdAt"}
	if key == "create" {
		times = []string{"createdAt", "insertedAt", "updatedAt"}
	}
	var odd string
	e.At, odd = alert.moment(r.f.Options, times...)
	stampProblem(t, r.f, r.out, odd)
	by := alert.text("username")
	if key == "create" && by == "" {
		by = alert.text("source")
	}
	e.Author = r.author(by, alert.text("userId"))
	note := alert.text("note", "updatedMessage", "updatedDescription")
	what := firstOf(opsgenieWords[key], upperFirst(action))
	to := alert.text("owner", "recipient", "team", "escalationName", "escalationNotify.name", "addedTeam", "updatedPriority", "priority")
	switch key {
	case "create":
		e.Text = joinText(" ", sentence(e.Title), sentence(plainMarkup(alert.text("description"))))
	case "addnote":
		e.Text = firstOf(plainMarkup(note), what)
	case "acknowledge", "unacknowledge", "close", "delete", "takeownership":
		e.Text = joinText(" ", sentence(joinText(" ", what, prefixed("by ", firstOf(e.Author.Name, e.Author.Email)))), sentence(plainMarkup(note)))
	default:
		e.Text = joinText(" ", sentence(joinText(": ", what, to)), sentence(plainMarkup(note)))
	}
	attribute(&e, "assignee", alert.text("owner"))
	attribute(&e, "priority_from", alert.text("oldPriority"))
	attribute(&e, "priority_to", alert.text("updatedPriority"))
	if owner := alert.text("owner"); owner != "" {
		r.author(owner, "")
	}
	return r.add(t, e)
}

func (r opsgenieReader) add(t *jsonTree, e debrief.Evidence) error {
	if e.ID == "" {
		r.out.Problem(Problem{
			File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This record has no id and cannot be cited.",
			Expected: `a member "alertId" or "id"`, Hint: "Export it again with all its fields.",
		})
		return nil
	}
	refer(&e, refsIn(e.Title+"\n"+e.Text)...)
	return r.out.Add(e)
}

// alert reads an alert as the API gives it: its beginning, and from its report
// who took it and when it ended.
func (r opsgenieReader) alert(t *jsonTree) error {
	e := r.begin(t, t)
	e.State = debrief.Triggered
	var odd string
	e.At, odd = t.moment(r.f.Options, "createdAt", "insertedAt")
	stampProblem(t, r.f, r.out, odd)
	e.Text = joinText(" ", sentence(e.Title), sentence(plainMarkup(t.text("description"))))
	e.Author = debrief.Author{Name: t.text("integration.name", "source"), Bot: true}
	attribute(&e, "status", t.text("status"))
	attribute(&e, "assignee", t.text("owner"))
	attribute(&e, "count", t.text("count"))
	if owner := t.text("owner"); owner != "" {
		r.author(owner, t.text("ownerTeamId"))
	}
	if err := r.add(t, e); err != nil || e.ID == "" {
		return err
	}
	for _, step := range []struct {
		after, by, what string
		state           debrief.State
	}{
		{"report.ackTime", "report.acknowledgedBy", "Acknowledged", debrief.Acknowledged},
		{"report.closeTime", "report.closedBy", "Closed", debrief.Resolved},
	} {
		ms, err := strconv.ParseInt(t.text(step.after), 10, 64)
		if err != nil || ms <= 0 || ms > int64(100*365*24*time.Hour/time.Millisecond) || !e.At.Known() {
			continue
		}
		s := e
		s.State = step.state
		s.At.At = e.At.At.Add(time.Duration(ms) * time.Millisecond)
		s.Author = r.author(t.text(step.by), "")
		s.Text = sentence(joinText(" ", step.what, prefixed("by ", firstOf(s.Author.Name, s.Author.Email))))
		if err := r.out.Add(s); err != nil {
			return err
		}
	}
	return nil
}

// opsgenieLog finds the action in the words of a log.
var opsgenieLog = []struct {
	words string
	state debrief.State
}{
	{"unacknowledged", debrief.Triggered},
	{"acknowledged", debrief.Acknowledged},
	{"alert closed", debrief.Resolved},
	{"closed", debrief.Resolved},
	{"alert created", debrief.Triggered},
	{"escalat", debrief.Escalated},
	{"owner", debrief.Assigned},
	{"assigned", debrief.Assigned},
	{"note added", debrief.Annotated},
	{"notification", debrief.Triggered},
}

var opsgenieFile = regexp.MustCompile(`(?i)^(?:opsgenie|alert)?[-_. ]?|[-_. ]?(?:logs?|notes?)?(?:\.[a-z]+)?$`)

// log reads an entry of an alert's log, or a note. Opsgenie names them by an
// offset; without one, by their place in the file.
func (r opsgenieReader) log(t *jsonTree) error {
	e := t.evidence("opsgenie", r.f)
	e.Sort = debrief.Page
	var odd string
	e.At, odd = t.moment(r.f.Options, "createdAt")
	stampProblem(t, r.f, r.out, odd)
	e.ID = firstOf(t.text("id", "offset"), "L"+strconv.Itoa(t.line))
	e.Author = r.author(t.text("owner"), "")
	e.Text = plainMarkup(t.text("note", "log"))
	e.State = debrief.Annotated
	if t.has("log") {
		e.State = debrief.Changed
		low := strings.ToLower(e.Text)
		for _, l := range opsgenieLog {
			if strings.Contains(low, l.words) {
				e.State = l.state
				break
			}
		}
	}
	// The file is of one alert, and only its name may tell of which.
	if name := opsgenieFile.ReplaceAllString(afterSlash(r.f.Name), ""); name != "" {
		e.Subject = "opsgenie " + name
	}
	return r.add(t, e)
}

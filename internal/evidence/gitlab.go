package evidence

import (
	"context"
	"strings"

	"debrief.dev/debrief"
)

var gitlabSource = Source{
	Name:  "gitlab",
	Title: "GitLab",
	About: "Webhook payloads of GitLab, alone, in an array or one a line, with or without the envelope of a forwarder: pushes and tags, deployments, pipelines, jobs, " +
		"merge requests, issues, comments, releases. System hooks are read as far as they have the same form.",
	Recognise: func(s Sample) Confidence {
		switch {
		case s.Shape == NotJSON:
			return No
		case headNames(s, "object_kind"):
			return Certain
		case headNames(s, "event_name", "project_id"), headNames(s, "X-Gitlab-Event"), headNames(s, "x-gitlab-event"):
			return Likely
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		r := gitlabReader{f: f, out: out}
		return readTrees(ctx, f, out, r.record)
	},
}

type gitlabReader struct {
	f        *File
	out      *Sink
	received debrief.Moment // when the envelope was received
}

func (r gitlabReader) record(t *jsonTree) error {
	if body := webhookBody(t); body != nil {
		r.received, _ = t.moment(r.f.Options, webhookReceived...)
		return eachTree(body, r.record)
	}
	switch kind := strings.ToLower(t.text("object_kind", "event_type", "event_name")); kind {
	case "push", "tag_push":
		return r.push(t)
	case "deployment":
		return r.deployment(t)
	case "pipeline":
		return r.pipeline(t)
	case "build", "job":
		return r.job(t)
	case "merge_request":
		return r.issue(t, "Merge request", "!")
	case "issue", "work_item", "confidential_issue", "incident":
		return r.issue(t, "Issue", "#")
	case "note", "confidential_note":
		return r.note(t)
	case "release":
		return r.release(t)
	case "feature_flag":
		return r.flag(t)
	default:
		if kind != "" && (t.has("object_attributes") || t.has("project")) {
			return r.other(t, kind)
		}
	}
	r.out.Problem(Problem{
		File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This record is of no event known from GitLab.",
		Expected: `a webhook payload with "object_kind"`, Hint: "Check that the line holds the whole payload.",
	})
	return nil
}

// author reads an account. Its number is left out: it is small, and would meet
// the numbers of other tools.
func (r gitlabReader) author(t *jsonTree) debrief.Author {
	if t == nil {
		return debrief.Author{}
	}
	a := addressOnly(debrief.Author{Name: t.text("name"), Handle: t.text("username"), Email: t.text("email")})
	if a.Email == "[REDACTED]" {
		a.Email = ""
	}
	a.Bot = a.Bot || strings.HasPrefix(a.Handle, "project_") && strings.Contains(a.Handle, "_bot") || strings.HasSuffix(a.Handle, "-bot")
	tellPerson(r.out, a)
	return a
}

func (r gitlabReader) begin(p *jsonTree) debrief.Evidence {
	e := p.evidence("gitlab", r.f)
	e.Where = firstOf(p.text("project.path_with_namespace", "path_with_namespace", "project_name", "project.name", "repository.name"))
	e.Where = strings.ReplaceAll(e.Where, " / ", "/")
	return e
}

func (r gitlabReader) time(t *jsonTree, paths ...string) debrief.Moment {
	m, odd := t.moment(r.f.Options, paths...)
	stampProblem(t, r.f, r.out, odd)
	if !m.Known() {
		return r.received
	}
	return m
}

func (r gitlabReader) add(t *jsonTree, e debrief.Evidence) error {
	if e.ID == "" {
		r.out.Problem(Problem{
			File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This record has no id and cannot be cited.",
			Expected: "the id of the event's object", Hint: "Check that the line holds the whole payload.",
		})
		return nil
	}
	refer(&e, refsIn(e.Title+"\n"+e.Text)...)
	return r.out.Add(e)
}

// push reads a push. GitLab does not say when it happened: the envelope may,
// and else it was no earlier than the newest commit in it.
func (r gitlabReader) push(p *jsonTree) error {
	pusher := addressOnly(debrief.Author{
		Name: p.text("user_name"), Handle: p.text("user_username"), Email: p.text("user_email"),
	})
	tellPerson(r.out, pusher)
	commits := p.list("commits")
	ref := p.text("ref")
	at := r.received
	if !at.Known() {
		at = newestCommit(commits, r.f.Options)
	}
	if len(commits) == 0 || p.text("object_kind", "event_name") == "tag_push" {
		e := r.begin(p)
		kind := "Branch"
		if strings.HasPrefix(ref, "refs/tags/") {
			kind = "Tag"
		}
		sha, verb := p.text("checkout_sha", "after"), "moved"
		e.State = debrief.Changed
		switch {
		case p.has("after") && strings.Trim(p.text("after"), "0") == "":
			sha, verb, e.State = p.text("before"), "removed", debrief.Closed
		case p.has("before") && strings.Trim(p.text("before"), "0") == "":
			verb, e.State = "created", debrief.Opened
		}
		e.Sort, e.ID, e.At, e.Author = debrief.Commit, firstOf(sha, ref), at, pusher
		e.Title = kind + " " + branchName(ref) + " " + verb
		e.Text = joinText(" ", sentence(e.Title), sentence(p.text("message")))
		e.Subject = strings.ToLower(kind) + " " + branchName(ref)
		e.Link = p.text("project.web_url", "repository.homepage")
		attribute(&e, "branch", branchName(ref))
		referCommit(&e, sha)
		return r.add(p, e)
	}
	for _, c := range commits {
		e := c.evidence("gitlab", r.f)
		e.Sort, e.ID, e.At = debrief.Commit, c.text("id"), at
		e.Where = r.begin(p).Where
		e.Text = c.text("message", "title")
		e.Title = firstOf(c.text("title"), firstLine(e.Text))
		e.Link = c.text("url")
		e.Author = r.author(c.at("author"))
		commitFacts(&e, c, r.f.Options, ref, e.ID == p.text("after", "checkout_sha"))
		attribute(&e, "pusher", firstOf(pusher.Handle, pusher.Name))
		if err := r.add(c, e); err != nil {
			return err
		}
	}
	return nil
}

// gitlabOutcomes are the states of deployments, pipelines and jobs.
var gitlabOutcomes = map[string]debrief.State{
	"created": debrief.Started, "pending": debrief.Started, "running": debrief.Started, "preparing": debrief.Started, "waiting_for_resource": debrief.Started,
	"scheduled": debrief.Opened, "manual": debrief.Opened, "blocked": debrief.Changed,
	"success": debrief.Succeeded, "failed": debrief.Failed, "canceled": debrief.Cancelled, "cancelled": debrief.Cancelled,
	"canceling": debrief.Cancelled, "skipped": debrief.Cancelled,
}

func gitlabOutcome(status string) debrief.State {
	if s, ok := gitlabOutcomes[strings.ToLower(status)]; ok {
		return s
	}
	return debrief.Changed
}

func gitlabOutcomeWords(s debrief.State, status string) string {
	return firstOf(outcomeWords[s], "is now "+strings.ReplaceAll(firstOf(status, "changed"), "_", " "))
}

func (r gitlabReader) deployment(p *jsonTree) error {
	e := r.begin(p)
	e.Sort = debrief.Change
	e.ID = p.text("deployment_id", "deployable_id")
	status := p.text("status")
	e.State = gitlabOutcome(status)
	e.At = r.time(p, "status_changed_at", "updated_at", "created_at")
	e.Author = r.author(p.at("user"))
	sha := firstOf(afterSlash(p.text("commit_url")), p.text("short_sha", "sha"))
	environment := p.text("environment.name", "environment")
	e.Subject = deploySubject(e.Where, environment, sha)
	e.Title = "Deployment of " + firstOf(afterSlash(e.Where), "a service") + prefixed(" to ", environment)
	e.Text = joinText(" ", sentence(e.Title+" "+gitlabOutcomeWords(e.State, status)), sentence(p.text("commit_title")),
		sentence(prefixed("Commit ", joinText(" of ", shortCommit(sha), branchName(p.text("ref"))))))
	e.Link = p.text("deployable_url", "commit_url")
	attribute(&e, "environment", environment)
	attribute(&e, "environment_tier", p.text("environment_tier"))
	attribute(&e, "branch", branchName(p.text("ref")))
	attribute(&e, "status", status)
	referCommit(&e, sha)
	refer(&e, p.text("short_sha"), p.text("deployable_id"))
	return r.add(p, e)
}

func (r gitlabReader) pipeline(p *jsonTree) error {
	t := firstTree(p.at("object_attributes"), p)
	e := r.begin(p)
	e.Sort, e.ID = debrief.Change, t.text("id")
	status := t.text("status")
	e.State = gitlabOutcome(status)
	if e.State == debrief.Started {
		e.At = r.time(t, "started_at", "created_at")
	} else {
		e.At = r.time(t, "finished_at", "updated_at", "created_at")
	}
	e.Author = r.author(p.at("user"))
	e.Title = joinText(" ", firstOf(t.text("name"), "Pipeline"), "#"+firstOf(t.text("iid"), e.ID))
	e.Subject = "pipeline " + e.ID
	var failed []string
	for _, b := range p.list("builds") {
		if b.text("status") == "failed" && !b.truth("allow_failure") {
			failed = append(failed, b.text("name"))
		}
	}
	sha := t.text("sha")
	e.Text = joinText(" ", sentence(e.Title+" "+gitlabOutcomeWords(e.State, status)), sentence(prefixed("Failed: ", strings.Join(failed, ", "))),
		sentence(p.text("commit.title")), sentence(prefixed("Commit ", joinText(" of ", shortCommit(sha), t.text("ref")))))
	if e.Link = t.text("url"); e.Link == "" && p.has("project.web_url") {
		e.Link = p.text("project.web_url") + "/-/pipelines/" + e.ID
	}
	attribute(&e, "branch", t.text("ref"))
	attribute(&e, "trigger", t.text("source"))
	attribute(&e, "status", status)
	r.author(p.at("commit.author"))
	referCommit(&e, sha)
	refer(&e, e.ID, t.text("iid"))
	if iid := p.text("merge_request.iid"); iid != "" {
		refer(&e, "!"+iid)
	}
	return r.add(p, e)
}

func (r gitlabReader) job(p *jsonTree) error {
	e := r.begin(p)
	e.Sort, e.ID = debrief.Change, p.text("build_id", "id")
	status := p.text("build_status", "status")
	e.State = gitlabOutcome(status)
	if e.State == debrief.Started {
		e.At = r.time(p, "build_started_at", "build_created_at")
	} else {
		e.At = r.time(p, "build_finished_at", "build_started_at", "build_created_at")
	}
	e.Author = r.author(p.at("user"))
	e.Title = joinText(" ", "Job", p.text("build_name", "name"))
	environment := p.text("environment.name")
	sha := p.text("sha", "commit.sha")
	e.Subject = "job " + e.ID
	reason := p.text("build_failure_reason")
	if e.State != debrief.Failed || reason == "unknown_failure" {
		reason = ""
	}
	e.Text = joinText(" ", sentence(e.Title+" "+gitlabOutcomeWords(e.State, status)), sentence(strings.ReplaceAll(reason, "_", " ")),
		sentence(firstLine(p.text("commit.message"))), sentence(prefixed("Commit ", joinText(" of ", shortCommit(sha), branchName(p.text("ref"))))))
	if site := p.text("project.web_url", "repository.homepage"); site != "" {
		e.Link = site + "/-/jobs/" + e.ID
	}
	attribute(&e, "environment", environment)
	attribute(&e, "branch", branchName(p.text("ref")))
	attribute(&e, "stage", p.text("build_stage"))
	attribute(&e, "status", status)
	referCommit(&e, sha)
	refer(&e, e.ID, p.text("pipeline_id"))
	return r.add(p, e)
}

var gitlabActions = map[string]debrief.State{
	"open": debrief.Opened, "reopen": debrief.Opened, "close": debrief.Closed, "merge": debrief.Closed, "update": debrief.Changed,
	"approved": debrief.Annotated, "approval": debrief.Annotated, "unapproved": debrief.Annotated, "unapproval": debrief.Annotated,
}

// issue reads an issue or a merge request at the moment of its action.
func (r gitlabReader) issue(p *jsonTree, kind, mark string) error {
	t := firstTree(p.at("object_attributes"), p)
	e := r.begin(p)
	e.Sort = debrief.Ticket
	number := firstOf(prefixed(mark, t.text("iid")), t.text("id"))
	e.ID = firstOf(t.text("url"), number)
	e.Title = t.text("title")
	e.Subject = e.Where + number
	e.Link = t.text("url")
	action := strings.ToLower(t.text("action"))
	e.State = gitlabActions[action]
	if e.State == "" {
		e.State = debrief.Changed
	}
	if action == "" || action == "open" {
		e.State = debrief.Opened
		e.At = r.time(t, "created_at", "updated_at")
		e.Text = joinText("\n", e.Title, plainMarkup(t.text("description")))
	} else {
		words := map[string]string{"merge": "was merged", "close": "was closed", "reopen": "was opened again", "update": "was changed"}
		e.At = r.time(t, "updated_at", "merged_at", "closed_at", "created_at")
		e.Text = sentence(kind + " " + number + " " + firstOf(words[action], "was "+action) + ": " + e.Title)
	}
	if action == "merge" {
		attribute(&e, "merged", "true")
	}
	e.Author = r.author(p.at("user"))
	var names []string
	for _, a := range append(p.list("assignees"), t.list("assignee")...) {
		names = append(names, firstOf(r.author(a).Name, a.text("username")))
	}
	attribute(&e, "assignee", strings.Join(names, ", "))
	for _, v := range p.list("reviewers") {
		r.author(v)
	}
	attribute(&e, "labels", strings.Join(p.at("labels").titles(), ", "))
	attribute(&e, "due", t.text("due_date"))
	attribute(&e, "branch", t.text("target_branch"))
	attribute(&e, "status", t.text("state"))
	attribute(&e, "severity", t.text("severity"))
	changes := p.at("changes")
	attribute(&e, "changed", strings.Join(changes.fields(), ", "))
	for _, k := range []string{"due_date", "state_id", "title"} {
		from, to := changes.text(k+".previous"), changes.text(k+".current")
		if from != "" || to != "" {
			attribute(&e, k+"_from", from)
			attribute(&e, k+"_to", to)
		}
	}
	referCommit(&e, t.text("merge_commit_sha"))
	referCommit(&e, t.text("last_commit.id"))
	refer(&e, number, t.text("source_branch"))
	return r.add(p, e)
}

// titles gives the titles or names in an array of objects.
func (t *jsonTree) titles() []string {
	var out []string
	for _, v := range t.list("") {
		if s := v.text("title", "name"); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (r gitlabReader) note(p *jsonTree) error {
	t := p.at("object_attributes")
	e := r.begin(p)
	e.Sort, e.State, e.ID = debrief.Ticket, debrief.Annotated, t.text("id")
	e.At = r.time(t, "created_at", "updated_at")
	e.Author = r.author(p.at("user"))
	e.Text = plainMarkup(t.text("note", "description"))
	e.Link = t.text("url")
	for _, on := range [][2]string{{"issue", "#"}, {"merge_request", "!"}} {
		if iid := p.text(on[0] + ".iid"); iid != "" {
			e.Thread = firstOf(p.text(on[0]+".url"), on[1]+iid)
			e.Subject, e.Title = e.Where+on[1]+iid, p.text(on[0]+".title")
			refer(&e, on[1]+iid)
		}
	}
	if sha := p.text("commit.id"); sha != "" {
		e.Thread, e.Subject, e.Title = sha, "commit "+shortCommit(sha), firstLine(p.text("commit.message"))
		referCommit(&e, sha)
	}
	if t.truth("system") {
		e.State = debrief.Changed
	}
	return r.add(p, e)
}

func (r gitlabReader) release(p *jsonTree) error {
	e := r.begin(p)
	e.Sort, e.ID, e.State = debrief.Change, p.text("id"), debrief.Succeeded
	verb := "published"
	switch action := p.text("action"); action {
	case "update":
		e.State, verb = debrief.Changed, "changed"
	case "delete":
		e.State, verb = debrief.Cancelled, "removed"
	}
	e.Title = "Release " + p.text("name", "tag")
	e.At = r.time(p, "released_at", "created_at")
	e.Text = joinText("\n", sentence(e.Title+" "+verb), plainMarkup(p.text("description")))
	e.Link = p.text("url")
	e.Subject = joinText(" ", "release", e.Where, p.text("tag"))
	e.Author = r.author(p.at("user"))
	refer(&e, p.text("tag"))
	referCommit(&e, p.text("commit.id"))
	return r.add(p, e)
}

// flag reads the switching of a feature flag, which is a change like a deployment.
func (r gitlabReader) flag(p *jsonTree) error {
	t := p.at("object_attributes")
	e := r.begin(p)
	e.Sort, e.State, e.ID = debrief.Change, debrief.Changed, t.text("id")
	e.Title = "Feature flag " + t.text("name")
	to := "off"
	if t.truth("active") {
		to = "on"
	}
	e.Text = joinText(" ", sentence(e.Title+" switched "+to), sentence(t.text("description")))
	e.Subject = "feature flag " + t.text("name")
	attribute(&e, "status_to", to)
	e.At = r.time(p, "updated_at", "created_at", "object_attributes.updated_at")
	e.Author = r.author(p.at("user"))
	return r.add(p, e)
}

// other reads an event that has no reader of its own.
func (r gitlabReader) other(p *jsonTree, kind string) error {
	t := firstTree(p.at("object_attributes"), p)
	e := r.begin(p)
	e.Sort, e.State, e.ID = debrief.Record, debrief.Changed, firstOf(t.text("id"), t.text("slug"))
	what := strings.ReplaceAll(kind, "_", " ")
	e.Title = joinText(": ", upperFirst(what), t.text("title", "name"))
	e.Text = joinText(" ", sentence(e.Title), sentence(t.text("action")))
	e.At = r.time(t, "updated_at", "created_at")
	e.Author = r.author(p.at("user"))
	e.Subject = what + " " + e.ID
	if e.ID == "" {
		r.out.LeaveOut("webhook events without a change, alert or ticket", 1)
		return nil
	}
	return r.add(p, e)
}

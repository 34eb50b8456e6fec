package evidence

import (
	"context"
	"regexp"
	"strings"
	"time"

	"debrief.dev/debrief"
)

var githubSource = Source{
	Name:  "github",
	Title: "GitHub",
	About: "Webhook payloads of GitHub, alone, in an array or one a line, with or without the envelope of a forwarder: pushes, deployments and their statuses, " +
		"workflow runs, checks, pull requests with reviews and comments, issues, releases. Lists from the REST API are read as well.",
	Recognise: func(s Sample) Confidence {
		if s.Shape == NotJSON || headNames(s, "object_kind") {
			return No
		}
		hub := headNames(s, "node_id") || headNames(s, "full_name") || headNames(s, "X-GitHub-Event") || headNames(s, "sender")
		for _, names := range [][]string{
			{"deployment"},
			{"deployment_status"},
			{"workflow_run"},
			{"workflow_job"},
			{"check_run"},
			{"check_suite"},
			{"pull_request"},
			{"head_commit"},
			{"issue", "repository"},
			{"release", "repository"},
			{"commits", "pusher"},
			{"ref_type", "repository"},
			{"alert", "repository"},
			{"comment", "repository"},
			{"workflow_runs"},
		} {
			if headNames(s, names...) && hub {
				return Certain
			}
		}
		switch {
		case headNames(s, "head_sha", "html_url", "conclusion"), headNames(s, "sha", "html_url", "commit", "node_id"),
			headNames(s, "node_id", "html_url", "number", "title"), headNames(s, "node_id", "tag_name"),
			headNames(s, "node_id", "sha", "environment"), headNames(s, "issue_url", "node_id", "body"):
			return Likely
		case headNames(s, "X-GitHub-Event"), headNames(s, "x-github-event"):
			return Certain
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		r := githubReader{f: f, out: out}
		return readTrees(ctx, f, out, r.record)
	},
}

type githubReader struct {
	f        *File
	out      *Sink
	event    string         // the name of the event as the envelope states it
	received debrief.Moment // when the envelope was received
}

// record finds out of which event a payload is, by its fields; the name that an
// envelope states settles what fields leave open.
func (r githubReader) record(t *jsonTree) error {
	if body := webhookBody(t); body != nil {
		r.event = firstOf(webhookHeader(t, "x-github-event"), webhookEvent(t))
		r.received, _ = t.moment(r.f.Options, webhookReceived...)
		return eachTree(body, r.record)
	}
	for _, list := range []string{"workflow_runs", "check_runs", "items"} {
		if t.knows(list, "total_count") {
			for _, v := range t.list(list) {
				if err := r.record(v); err != nil {
					return err
				}
			}
			return nil
		}
	}
	switch {
	case t.has("deployment_status"):
		return r.deploymentStatus(t, t.at("deployment_status"), t.at("deployment"))
	case t.has("workflow_run") && !t.has("deployment"):
		return r.run(t, t.at("workflow_run"), "workflow")
	case t.has("workflow_job"):
		return r.run(t, t.at("workflow_job"), "job")
	case t.has("check_run"):
		return r.run(t, t.at("check_run"), "check")
	case t.has("check_suite"):
		return r.run(t, t.at("check_suite"), "check suite")
	case t.has("deployment"):
		return r.deployment(t, t.at("deployment"))
	case t.has("review", "pull_request"):
		return r.comment(t, t.at("review"), t.at("pull_request"), "review")
	case t.has("comment", "pull_request"):
		return r.comment(t, t.at("comment"), t.at("pull_request"), "comment")
	case t.has("comment", "issue"):
		return r.comment(t, t.at("comment"), t.at("issue"), "comment")
	case t.has("comment"):
		return r.comment(t, t.at("comment"), nil, "comment")
	case t.has("pull_request") && t.has("pull_request.number"):
		return r.issue(t, t.at("pull_request"), true)
	case t.has("issue"):
		return r.issue(t, t.at("issue"), false)
	case t.has("release"):
		return r.release(t, t.at("release"))
	case t.knows("commits") && t.has("ref"):
		return r.push(t)
	case t.has("ref", "ref_type"):
		return r.branch(t)
	case t.has("zen") || t.has("hook_id") && r.event == "ping":
		r.out.LeaveOut("webhook pings", 1)
		return nil
	// Below are the objects themselves, as the REST API lists them.
	case t.has("head_sha", "id") && (t.has("run_number") || t.knows("conclusion")):
		return r.run(nil, t, "workflow")
	case t.has("sha", "environment", "id"):
		return r.deployment(nil, t)
	case t.has("deployment_url", "state"):
		return r.deploymentStatus(nil, t, nil)
	case t.has("tag_name", "id"):
		return r.release(nil, t)
	case t.has("sha", "commit.message"):
		return r.commit(nil, t)
	case t.has("issue_url", "body"):
		return r.comment(nil, t, nil, "comment")
	case t.has("number", "title"):
		return r.issue(nil, t, t.has("head") || t.has("pull_request") || t.has("merge_commit_sha"))
	case t.has("sender", "repository"):
		return r.other(t)
	}
	r.out.Problem(Problem{
		File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This record is of no event known from GitHub.",
		Expected: "a webhook payload such as push, deployment or workflow_run", Hint: "Check that the line holds the whole payload.",
	})
	return nil
}

// author reads an account or a commit's author. The number of an account is
// left out: it may meet the numbers of other tools, and the login says the same.
func (r githubReader) author(t *jsonTree) debrief.Author {
	if t == nil {
		return debrief.Author{}
	}
	a := addressOnly(debrief.Author{
		Handle: t.text("login", "username"), Name: t.text("name"), Email: t.text("email"),
		Bot: t.text("type") == "Bot" || strings.HasSuffix(t.text("login", "username", "name"), "[bot]"),
	})
	if a.Handle == "web-flow" || a.Email == "noreply@github.com" && a.Name == "GitHub" {
		a.Bot = true // the committer of what was merged in the browser
	}
	tellPerson(r.out, a)
	return a
}

// begin starts a piece of evidence for the object t of the payload p, which is
// nil when the object stands alone.
func (r githubReader) begin(p, t *jsonTree) debrief.Evidence {
	e := firstTree(p, t).evidence("github", r.f)
	repo := firstTree(p.at("repository"), t.at("repository"))
	e.Where = firstOf(repo.text("full_name", "name"), githubRepo(t.text("repository_url", "url", "html_url")))
	e.Link = firstOf(t.text("html_url", "log_url", "target_url"), p.text("html_url"))
	if a := firstTree(p.at("sender"), p.at("pusher")); a != nil {
		r.author(a)
	}
	r.author(p.at("requested_reviewer"))
	return e
}

var githubRepoPath = regexp.MustCompile(`^https?://[^/]+/(?:api/v3/)?(?:repos/)?([^/?#]+/[^/?#]+)`)

// githubRepo finds the owner and name of a repository in an address.
func githubRepo(address string) string {
	if m := githubRepoPath.FindStringSubmatch(address); m != nil {
		return m[1]
	}
	return ""
}

// time reads the first of the times, and reports one that cannot be read.
func (r githubReader) time(t *jsonTree, paths ...string) debrief.Moment {
	m, odd := t.moment(r.f.Options, paths...)
	stampProblem(t, r.f, r.out, odd)
	if !m.Known() {
		return r.received
	}
	return m
}

// add passes on what has an id and reports what has none.
func (r githubReader) add(t *jsonTree, e debrief.Evidence) error {
	if e.ID == "" {
		r.out.Problem(Problem{
			File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This record has no id and cannot be cited.",
			Expected: `a member "id"`, Hint: "Check that the line holds the whole payload.",
		})
		return nil
	}
	refer(&e, refsIn(e.Title+"\n"+e.Text)...)
	return r.out.Add(e)
}

// branchName takes the prefix off a reference.
func branchName(ref string) string {
	for _, p := range []string{"refs/heads/", "refs/tags/", "refs/"} {
		if s, ok := strings.CutPrefix(ref, p); ok {
			return s
		}
	}
	return ref
}

// deploySubject joins the deployment, its statuses and its jobs: what, where
// to, and which commit.
func deploySubject(repo, environment, sha string) string {
	return joinText(" ", "deploy", repo, environment, shortCommit(sha))
}

// deployFacts fills in what a deployment and each of its statuses say.
func (r githubReader) deployFacts(e *debrief.Evidence, d *jsonTree, environment string) {
	e.Sort = debrief.Change
	sha := d.text("sha")
	e.Subject = deploySubject(e.Where, environment, sha)
	e.Title = "Deployment of " + firstOf(afterSlash(e.Where), "a service") + prefixed(" to ", environment)
	attribute(e, "environment", environment)
	attribute(e, "branch", branchName(d.text("ref")))
	if task := d.text("task"); task != "" && task != "deploy" {
		attribute(e, "task", task)
	}
	refer(e, d.text("id"))
	referCommit(e, sha)
	payload := d.inner("payload")
	for _, k := range payload.fields() {
		v := payload.member(k).own()
		if v != "" && len(v) <= 80 && len(e.Attributes) < 12 {
			attribute(e, "payload."+k, v)
		}
	}
}

func afterSlash(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }

func (r githubReader) deployment(p, d *jsonTree) error {
	e := r.begin(p, d)
	e.ID, e.State = d.text("id"), debrief.Started
	e.At = r.time(d, "created_at", "updated_at")
	e.Author = r.author(firstTree(d.at("creator"), p.at("sender")))
	r.deployFacts(&e, d, d.text("environment", "original_environment"))
	e.Text = joinText(" ", sentence(e.Title+" began"), sentence(d.text("description")),
		sentence(prefixed("Commit ", joinText(" of ", shortCommit(d.text("sha")), branchName(d.text("ref"))))))
	return r.add(d, e)
}

// githubOutcomes are the states of deployments, runs and checks. A deployment
// that became inactive was followed by another; that is no outcome of its own.
var githubOutcomes = map[string]debrief.State{
	"success": debrief.Succeeded, "failure": debrief.Failed, "error": debrief.Failed, "timed_out": debrief.Failed, "startup_failure": debrief.Failed,
	"cancelled": debrief.Cancelled, "canceled": debrief.Cancelled, "skipped": debrief.Cancelled, "stale": debrief.Cancelled,
	"neutral": debrief.Succeeded, "action_required": debrief.Changed, "inactive": debrief.Changed,
	"in_progress": debrief.Started, "pending": debrief.Started, "queued": debrief.Started, "requested": debrief.Started, "waiting": debrief.Started,
}

var outcomeWords = map[debrief.State]string{
	debrief.Succeeded: "succeeded", debrief.Failed: "failed", debrief.Cancelled: "was called off", debrief.Started: "began",
}

func (r githubReader) deploymentStatus(p, s, d *jsonTree) error {
	e := r.begin(p, s)
	e.ID = s.text("id")
	state := strings.ToLower(s.text("state"))
	e.State = githubOutcomes[state]
	if e.State == "" {
		e.State = debrief.Changed
	}
	e.At = r.time(s, "created_at", "updated_at")
	e.Author = r.author(firstTree(s.at("creator"), p.at("sender")))
	e.Thread = firstOf(d.text("id"), afterSlash(s.text("deployment_url")))
	r.deployFacts(&e, d, firstOf(s.text("environment"), d.text("environment")))
	refer(&e, e.Thread)
	attribute(&e, "status", state)
	e.Text = joinText(" ", sentence(e.Title+" "+firstOf(outcomeWords[e.State], "is now "+strings.ReplaceAll(state, "_", " "))),
		sentence(firstOf(s.text("description"), d.text("description"))),
		sentence(prefixed("Commit ", joinText(" of ", shortCommit(d.text("sha")), branchName(d.text("ref"))))))
	return r.add(s, e)
}

// run reads a run of a workflow, a job in it, or a check.
func (r githubReader) run(p, w *jsonTree, what string) error {
	e := r.begin(p, w)
	e.Sort, e.ID = debrief.Change, w.text("id")
	name := firstOf(w.text("name"), p.text("workflow.name"), w.text("workflow_name", "app.name"), what)
	number := w.text("run_number")
	e.Title = joinText(" #", name, number)
	status, conclusion := strings.ToLower(w.text("status")), strings.ToLower(w.text("conclusion"))
	if conclusion != "" {
		e.State = githubOutcomes[conclusion]
		e.At = r.time(w, "completed_at", "updated_at", "created_at")
		attribute(&e, "conclusion", conclusion)
	} else {
		e.State = githubOutcomes[status]
		e.At = r.time(w, "run_started_at", "started_at", "created_at", "updated_at")
	}
	if e.State == "" {
		e.State = debrief.Changed
	}
	attribute(&e, "status", status)
	if m, _ := w.moment(r.f.Options, "run_started_at", "started_at", "created_at"); m.Known() && conclusion != "" {
		attribute(&e, "started", m.At.Format(time.RFC3339))
	}
	e.Author = r.author(firstTree(w.at("triggering_actor"), w.at("actor"), p.at("sender")))
	sha := w.text("head_sha")
	e.Subject = "run " + firstOf(w.text("run_id"), e.ID)
	branch := w.text("head_branch", "check_suite.head_branch")
	attribute(&e, "branch", branch)
	attribute(&e, "trigger", w.text("event"))
	e.Text = joinText(" ", sentence(e.Title+" "+firstOf(outcomeWords[e.State], "is now "+strings.ReplaceAll(firstOf(conclusion, status, "changed"), "_", " "))),
		sentence(firstLine(firstOf(w.text("display_title", "output.title"), w.text("head_commit.message")))), sentence(w.text("output.summary")))
	referCommit(&e, sha)
	refer(&e, number, prefixed("#", number), w.text("run_id"))
	for _, pr := range w.list("pull_requests") {
		refer(&e, prefixed("#", pr.text("number")))
	}
	r.author(w.at("head_commit.author"))
	return r.add(w, e)
}

// firstLine is what stands before the first line break.
func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return strings.TrimSpace(s)
}

// push reads a push: one piece of evidence for each commit, at the time of the
// push if the payload tells it, because only then did the commits reach others.
// The time that the commit itself names is kept beside it.
func (r githubReader) push(p *jsonTree) error {
	commits := p.list("commits")
	if head := p.at("head_commit"); len(commits) == 0 && head != nil {
		commits = []*jsonTree{head}
	}
	if len(commits) == 0 {
		return r.branch(p)
	}
	pushed, odd := p.moment(r.f.Options, "repository.pushed_at", "pushed_at")
	stampProblem(p, r.f, r.out, odd)
	if !pushed.Known() {
		pushed = r.received
	}
	if !pushed.Known() {
		pushed = newestCommit(commits, r.f.Options)
	}
	pusher := firstTree(p.at("sender"), p.at("pusher"))
	r.author(p.at("sender"))
	r.author(p.at("pusher"))
	for _, c := range commits {
		if err := r.pushed(p, c, pushed, pusher); err != nil {
			return err
		}
	}
	return nil
}

// newestCommit is the time of the newest commit in a push; a push cannot have
// happened before it.
func newestCommit(commits []*jsonTree, o Options) debrief.Moment {
	var newest debrief.Moment
	for _, c := range commits {
		if m, _ := c.moment(o, "timestamp", "created_at", "committed_date"); m.At.After(newest.At) {
			newest = m
		}
	}
	return newest
}

// pushed reads one commit of a push.
func (r githubReader) pushed(p, c *jsonTree, at debrief.Moment, pusher *jsonTree) error {
	e := c.evidence("github", r.f)
	e.Sort = debrief.Commit
	e.Where = p.text("repository.full_name", "repository.name")
	e.ID = c.text("id", "sha")
	message := c.text("message")
	e.Title, e.Text = firstLine(message), message
	e.Link = c.text("url", "html_url")
	e.Author = r.author(c.at("author"))
	r.author(c.at("committer"))
	e.At = at
	commitFacts(&e, c, r.f.Options, p.text("ref"), e.ID == p.text("after") || len(p.list("commits")) < 2)
	if p.truth("forced") {
		attribute(&e, "forced", "true")
	}
	attribute(&e, "pusher", firstOf(pusher.text("login"), pusher.text("name")))
	return r.add(c, e)
}

// commitFacts fills in what commits of all forges have in common.
func commitFacts(e *debrief.Evidence, c *jsonTree, o Options, ref string, head bool) {
	e.Subject = "commit " + shortCommit(e.ID)
	referCommit(e, e.ID)
	own, _ := c.moment(o, "timestamp", "created_at")
	if !e.At.Known() {
		e.At = own
	}
	if own.Known() {
		attribute(e, "authored", own.At.Format(time.RFC3339))
	}
	attribute(e, "branch", branchName(ref))
	if head {
		attribute(e, "head", "true")
	}
	var files []string
	for _, list := range []string{"added", "modified", "removed"} {
		files = append(files, c.words(list)...)
	}
	attribute(e, "files", fileList(files))
}

// fileList names a few files and counts the rest.
func fileList(files []string) string {
	const few = 5
	if len(files) <= few {
		return strings.Join(files, ", ")
	}
	return strings.Join(files[:few], ", ") + " and others"
}

// commit reads a commit as the REST API lists it.
func (r githubReader) commit(p, c *jsonTree) error {
	e := r.begin(p, c)
	e.Sort, e.ID = debrief.Commit, c.text("sha")
	e.Text = c.text("commit.message")
	e.Title = firstLine(e.Text)
	e.At = r.time(c, "commit.committer.date", "commit.author.date")
	person := c.at("commit.author")
	e.Author = r.author(person)
	if login := r.author(c.at("author")); login.Handle != "" {
		e.Author.Handle = login.Handle
		tellPerson(r.out, e.Author)
	}
	e.Subject = "commit " + shortCommit(e.ID)
	referCommit(&e, e.ID)
	if m, _ := c.moment(r.f.Options, "commit.author.date"); m.Known() {
		attribute(&e, "authored", m.At.Format(time.RFC3339))
	}
	return r.add(c, e)
}

// branch reads the making, moving or removal of a branch or tag: a push without
// commits, or the events create and delete.
func (r githubReader) branch(p *jsonTree) error {
	e := r.begin(nil, p)
	e.Where = p.text("repository.full_name", "repository.name")
	e.Sort = debrief.Commit
	ref := p.text("ref")
	name, kind := branchName(ref), "Branch"
	if strings.HasPrefix(ref, "refs/tags/") || p.text("ref_type") == "tag" {
		kind = "Tag"
	}
	sha := p.text("after", "head")
	verb := "moved"
	e.State = debrief.Changed
	switch {
	case p.truth("deleted") || strings.Trim(sha, "0") == "" && sha != "" || r.event == "delete":
		verb, sha, e.State = "removed", p.text("before"), debrief.Closed
	case p.truth("created") || p.has("ref_type") || strings.Trim(p.text("before"), "0") == "" && p.has("before"):
		verb, e.State = "created", debrief.Opened
	}
	e.ID = firstOf(sha, ref)
	e.Title = kind + " " + name + " " + verb
	e.Text = sentence(e.Title)
	e.Subject = strings.ToLower(kind) + " " + name
	e.Link = p.text("compare", "repository.html_url")
	e.At = r.time(p, "repository.pushed_at", "pushed_at", "repository.updated_at")
	e.Author = r.author(firstTree(p.at("sender"), p.at("pusher")))
	r.author(p.at("pusher"))
	attribute(&e, "branch", name)
	if p.truth("forced") {
		attribute(&e, "forced", "true")
	}
	referCommit(&e, sha)
	return r.add(p, e)
}

// githubActions are the actions on issues and pull requests.
var githubActions = map[string]debrief.State{
	"opened": debrief.Opened, "reopened": debrief.Opened, "closed": debrief.Closed, "assigned": debrief.Assigned,
	"review_requested": debrief.Assigned, "deleted": debrief.Closed, "transferred": debrief.Changed,
}

// issue reads an issue or a pull request, at the moment of its action; without
// an action, as it was opened.
func (r githubReader) issue(p, t *jsonTree, pull bool) error {
	e := r.begin(p, t)
	e.Sort = debrief.Ticket
	number := t.text("number")
	mark := firstOf(prefixed("#", number), t.text("id"))
	e.ID = firstOf(t.text("html_url"), mark)
	e.Title = t.text("title")
	e.Subject = e.Where + mark
	action := strings.ToLower(p.text("action"))
	e.State = githubActions[action]
	kind := "Issue"
	if pull {
		kind = "Pull request"
	}
	what := kind + " " + mark
	actor := firstTree(p.at("sender"), t.at("user"))
	switch {
	case action == "" || action == "opened":
		e.State = debrief.Opened
		e.At = r.time(t, "created_at")
		actor = firstTree(t.at("user"), actor)
		e.Text = joinText("\n", e.Title, plainMarkup(t.text("body")))
	case action == "closed" && pull && (t.truth("merged") || t.has("merged_at")):
		e.At = r.time(t, "merged_at", "closed_at", "updated_at")
		attribute(&e, "merged", "true")
		actor = firstTree(t.at("merged_by"), actor)
		e.Text = sentence(what+" was merged: "+e.Title) + prefixed(" Into ", t.text("base.ref"))
	case action == "closed":
		e.At = r.time(t, "closed_at", "updated_at")
		e.Text = sentence(what + " was closed: " + e.Title)
	default:
		e.At = r.time(t, "updated_at", "created_at")
		if e.State == "" {
			e.State = debrief.Changed
		}
		detail := firstOf(p.text("label.name"), p.text("milestone.title"), p.text("assignee.login"), p.text("requested_reviewer.login"))
		e.Text = sentence(what + " " + strings.ReplaceAll(action, "_", " ") + prefixed(" ", detail) + ": " + e.Title)
		if from := p.at("changes"); from != nil {
			attribute(&e, "changed", strings.Join(from.fields(), ", "))
		}
	}
	e.Author = r.author(actor)
	r.author(t.at("user"))
	var names []string
	for _, a := range t.list("assignees") {
		names = append(names, r.author(a).Handle)
	}
	attribute(&e, "assignee", strings.Join(names, ", "))
	attribute(&e, "labels", strings.Join(t.words("labels"), ", "))
	attribute(&e, "due", firstOf(t.text("milestone.due_on")))
	attribute(&e, "action", action)
	attribute(&e, "status", t.text("state"))
	if pull {
		attribute(&e, "branch", t.text("base.ref"))
		referCommit(&e, t.text("merge_commit_sha"))
		referCommit(&e, t.text("head.sha"))
		refer(&e, t.text("head.ref"))
	}
	refer(&e, mark, t.text("id"))
	return r.add(t, e)
}

// comment reads a comment or a review; on is the issue, pull request or commit
// on which it stands.
func (r githubReader) comment(p, c, on *jsonTree, what string) error {
	e := r.begin(p, c)
	e.Sort, e.State = debrief.Ticket, debrief.Annotated
	e.ID = c.text("id")
	number := firstOf(on.text("number"), digitsAtEnd(c.text("issue_url", "pull_request_url")))
	e.Title = on.text("title")
	if number != "" {
		e.Thread = firstOf(on.text("html_url"), "#"+number)
		e.Subject = e.Where + "#" + number
		refer(&e, "#"+number)
	}
	e.Text = plainMarkup(c.text("body"))
	if what == "review" {
		verdict := strings.ReplaceAll(strings.ToLower(c.text("state")), "_", " ")
		attribute(&e, "review", verdict)
		e.Text = joinText(" ", sentence(prefixed("Review: ", verdict)), e.Text)
	}
	e.At = r.time(c, "submitted_at", "created_at", "updated_at")
	switch p.text("action") {
	case "edited":
		e.Edited = true
	case "deleted":
		e.Deleted = true
	case "dismissed":
		e.State = debrief.Changed
	}
	e.Author = r.author(firstTree(c.at("user"), p.at("sender")))
	r.author(on.at("user"))
	referCommit(&e, c.text("commit_id"))
	attribute(&e, "action", p.text("action"))
	return r.add(c, e)
}

func digitsAtEnd(s string) string {
	i := len(s)
	for i > 0 && s[i-1] >= '0' && s[i-1] <= '9' {
		i--
	}
	return s[i:]
}

func (r githubReader) release(p, t *jsonTree) error {
	e := r.begin(p, t)
	e.Sort, e.ID = debrief.Change, t.text("id")
	tag := t.text("tag_name")
	e.Title = "Release " + firstOf(t.text("name"), tag)
	e.State = debrief.Succeeded
	verb := "published"
	switch action := p.text("action"); action {
	case "created":
		e.State, verb = debrief.Opened, action
	case "edited", "prereleased":
		e.State, verb = debrief.Changed, action
	case "deleted", "unpublished":
		e.State, verb = debrief.Cancelled, action
	}
	if t.truth("draft") {
		e.State, verb = debrief.Opened, "drafted"
	}
	e.At = r.time(t, "published_at", "created_at")
	e.Author = r.author(firstTree(t.at("author"), p.at("sender")))
	e.Subject = joinText(" ", "release", e.Where, tag)
	e.Text = joinText("\n", sentence(e.Title+" "+verb), plainMarkup(t.text("body")))
	refer(&e, tag)
	attribute(&e, "branch", t.text("target_commitish"))
	return r.add(t, e)
}

// other reads an event of a sort that has no reader of its own: who did what to
// what, as far as the usual fields tell.
func (r githubReader) other(p *jsonTree) error {
	for _, name := range p.fields() {
		t := p.at(name)
		if name == "repository" || name == "sender" || name == "organization" || name == "installation" || name == "enterprise" || t.kind() != '{' || !t.has("id") {
			continue
		}
		e := r.begin(p, t)
		e.Sort, e.State, e.ID = debrief.Record, debrief.Changed, t.text("id")
		what := strings.ReplaceAll(name, "_", " ")
		e.Title = joinText(": ", upperFirst(what), t.text("title", "name", "rule.description", "security_advisory.summary"))
		e.Text = joinText(" ", sentence(joinText(" ", upperFirst(what), p.text("action"))), sentence(t.text("title", "name", "rule.description")))
		e.At = r.time(t, "updated_at", "created_at")
		e.Author = r.author(p.at("sender"))
		e.Subject = "github " + name + " " + e.ID
		return r.add(t, e)
	}
	r.out.LeaveOut("webhook events without a change, alert or ticket", 1)
	return nil
}

package evidence

import (
	"context"
	"strconv"
	"strings"
	"time"

	"debrief.dev/debrief"
)

var k8sSource = Source{
	Name:  "kubernetes",
	Title: "Kubernetes events",
	About: "Events of a cluster as kubectl get events -o json writes them, as a list, single or one a line, of both API versions, and lines " +
		"of the API server's audit log.",
	Recognise: func(s Sample) Confidence {
		switch {
		case s.Shape == NotJSON:
			return No
		case headNames(s, "involvedObject", "reason"), headNames(s, "regarding", "reason", "note"):
			return Certain
		case headNames(s, "auditID", "verb"), strings.Contains(string(s.Head), `"EventList"`):
			return Certain
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		r := &k8sReader{f: f, out: out}
		return readTrees(ctx, f, out, r.record)
	},
}

type k8sReader struct {
	f   *File
	out *Sink
	ids lineIDs
}

func (r *k8sReader) record(t *jsonTree) error {
	if t.knows("items") {
		for _, v := range t.list("items") {
			if err := r.record(v); err != nil {
				return err
			}
		}
		return nil
	}
	switch {
	case t.text("type") == "BOOKMARK":
		r.out.LeaveOut("bookmarks of a watch", 1)
		return nil
	case t.has("object", "type"): // of a watch
		return r.record(t.at("object"))
	case t.has("auditID", "verb"):
		return r.audit(t)
	case t.at("event").knows("involvedObject"), t.at("event").knows("regarding"): // of a shipper
		return r.record(t.at("event"))
	}
	object := firstTree(t.at("involvedObject"), t.at("regarding"))
	if object == nil {
		if t.has("kind") {
			r.out.LeaveOut("cluster objects that are no events", 1)
			return nil
		}
		r.out.Problem(Problem{
			File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This record is no event of a cluster.",
			Expected: `an object with "involvedObject" and "reason"`, Hint: "Export with kubectl get events -o json.",
		})
		return nil
	}
	e := t.evidence("kubernetes", r.f)
	e.Sort = debrief.Log
	e.ID = t.text("metadata.uid", "metadata.name")
	if e.ID == "" {
		e.ID = r.ids.next(t.line)
	}
	kind, name := object.text("kind"), object.text("name")
	e.Where = joinText("/", object.text("namespace"), strings.ToLower(kind), name)
	e.Subject = e.Where
	e.Title = t.text("reason")
	count := firstOf(t.text("count"), t.text("series.count"), t.text("deprecatedCount"))
	e.Text = joinText(": ", strings.TrimSpace(kind+" "+e.Title), t.text("message", "note"))
	if n, err := strconv.Atoi(count); err == nil && n > 1 {
		e.Text += " (" + count + " times)"
	}
	e.Level, e.State = t.text("type"), k8sStates[e.Title]
	// A repeated event is dated by its first occurrence; the last is kept beside it.
	m, odd := t.moment(r.f.Options, "eventTime", "firstTimestamp", "deprecatedFirstTimestamp", "series.lastObservedTime", "lastTimestamp", "metadata.creationTimestamp")
	stampProblem(t, r.f, r.out, odd)
	e.At = m
	if last, _ := t.moment(r.f.Options, "lastTimestamp", "deprecatedLastTimestamp", "series.lastObservedTime"); last.Known() && last.At.After(m.At) {
		attribute(&e, "last", last.At.Format(time.RFC3339))
	}
	attribute(&e, "count", count)
	attribute(&e, "component", t.text("source.component", "reportingComponent", "reportingController", "deprecatedSource.component"))
	for _, ref := range refsIn(e.Text) {
		if !strings.Contains(name, ref) { // parts of a pod's name look like commits
			refer(&e, ref)
		}
	}
	return r.out.Add(e)
}

// k8sStates are the reasons that say where an object stands. Reasons are free
// text; these are some that the cluster's own controllers give.
var k8sStates = map[string]debrief.State{
	"Started": debrief.Started, "SuccessfulCreate": debrief.Started, "Completed": debrief.Succeeded,
	"Failed": debrief.Failed, "BackOff": debrief.Failed, "BackoffLimitExceeded": debrief.Failed, "DeadlineExceeded": debrief.Failed,
	"ProgressDeadlineExceeded": debrief.Failed, "FailedScheduling": debrief.Failed, "FailedMount": debrief.Failed, "FailedCreate": debrief.Failed,
	"FailedAttachVolume": debrief.Failed, "FailedCreatePodSandBox": debrief.Failed, "OOMKilling": debrief.Failed, "Evicted": debrief.Failed,
	"ScalingReplicaSet": debrief.Changed, "SuccessfulRescale": debrief.Changed,
}

// audit reads a line of the API server's audit log: who asked for what. Bodies
// of requests and responses may hold secrets and are not kept.
func (r *k8sReader) audit(t *jsonTree) error {
	e := t.evidence("kubernetes", r.f)
	e.Sort = debrief.Log
	if e.ID = t.text("auditID"); e.ID == "" {
		e.ID = r.ids.next(t.line)
	}
	who := t.text("impersonatedUser.username", "user.username")
	e.Author = addressOnly(debrief.Author{Handle: who, Bot: strings.HasPrefix(who, "system:")})
	tellPerson(r.out, e.Author)
	object := t.at("objectRef")
	kind := strings.Trim(object.text("resource")+"/"+object.text("subresource"), "/")
	e.Where = joinText("/", object.text("namespace"), strings.TrimSuffix(object.text("resource"), "s"), object.text("name"))
	e.Subject = e.Where
	e.Text = joinText(" ", t.text("verb"), firstOf(joinText(" ", kind, object.text("name")), t.text("requestURI")))
	if code := t.text("responseStatus.code"); len(code) == 3 && code >= "400" {
		e.State = debrief.Failed
		e.Text = joinText(": ", e.Text+" ("+code+")", t.text("responseStatus.message"))
	}
	if t.has("requestObject") || t.has("responseObject") {
		r.out.LeaveOut("bodies of requests in audit logs", 1)
	}
	m, odd := t.moment(r.f.Options, "requestReceivedTimestamp", "stageTimestamp", "timestamp")
	stampProblem(t, r.f, r.out, odd)
	e.At = m
	e.Refs = refsIn(e.Text)
	return r.out.Add(e)
}

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
	About: "Events of a cluster as kubectl get events -o json writes them, as a list, single or one a line, of both API versions.",
	Recognise: func(s Sample) Confidence {
		switch {
		case s.Shape == NotJSON:
			return No
		case headNames(s, "involvedObject", "reason"), headNames(s, "regarding", "reason", "note"):
			return Certain
		case strings.Contains(string(s.Head), `"EventList"`):
			return Certain
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		r := k8sReader{f: f, out: out}
		return readTrees(ctx, f, out, r.record)
	},
}

type k8sReader struct {
	f   *File
	out *Sink
}

func (r k8sReader) record(t *jsonTree) error {
	if t.knows("items") {
		for _, v := range t.list("items") {
			if err := r.record(v); err != nil {
				return err
			}
		}
		return nil
	}
	if v := t.at("object"); v != nil && t.has("type") { // of a watch
		return r.record(v)
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
		e.ID = "L" + strconv.Itoa(max(t.line, 1))
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
	e.Level = t.text("type")
	// A repeated event is dated by its first occurrence; the last is kept beside it.
	m, odd := t.moment(r.f.Options, "eventTime", "firstTimestamp", "deprecatedFirstTimestamp", "series.lastObservedTime", "lastTimestamp", "metadata.creationTimestamp")
	stampProblem(t, r.f, r.out, odd)
	e.At = m
	if last, _ := t.moment(r.f.Options, "lastTimestamp", "deprecatedLastTimestamp", "series.lastObservedTime"); last.Known() && last.At.After(m.At) {
		attribute(&e, "last", last.At.Format(time.RFC3339))
	}
	attribute(&e, "count", count)
	attribute(&e, "component", t.text("source.component", "reportingComponent", "reportingController", "deprecatedSource.component"))
	refer(&e, refsIn(e.Text)...)
	return r.out.Add(e)
}

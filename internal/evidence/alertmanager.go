package evidence

import (
	"context"
	"fmt"
	"hash/fnv"
	"sort"
	"strings"
	"time"

	"debrief.dev/debrief"
)

var alertmanagerSource = Source{
	Name:  "alertmanager",
	Title: "Prometheus Alertmanager",
	About: "Notifications of Alertmanager as a webhook receives them, the answer of its alerts API, and the alerts of the Prometheus API. " +
		"A webhook receiver or a request to /api/v2/alerts yields them.",
	Recognise: func(s Sample) Confidence {
		switch {
		case s.Shape == NotJSON, headNames(s, "log_entries"):
			return No
		case headNames(s, "alerts", "groupLabels", "commonLabels"):
			if headNames(s, "orgId") || headNames(s, "dashboardURL") || headNames(s, "valueString") {
				return Shape // Grafana writes the same form and a little more
			}
			return Certain
		case headNames(s, "labels", "startsAt", "annotations"):
			return Likely
		case headNames(s, "labels", "activeAt", "annotations", "state"):
			return Likely
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		r := alertReader{source: "alertmanager", f: f, out: out}
		return readTrees(ctx, f, out, r.record)
	},
}

// alertReader reads the alert form that Alertmanager introduced and Grafana
// took over.
type alertReader struct {
	source string
	f      *File
	out    *Sink
	told   map[string]bool // alerts of this file, by fingerprint, state and time
}

// record reads one notification, one answer of an API, or one bare alert.
func (r *alertReader) record(t *jsonTree) error {
	if body := webhookBody(t); body != nil {
		t = body
	}
	if t.kind() == '[' {
		return eachTree(t, r.record)
	}
	alerts := t.list("alerts")
	if data := t.at("data"); alerts == nil && data != nil {
		if alerts = data.list("alerts"); alerts == nil {
			alerts = t.list("data")
		}
	}
	if alerts == nil && t.has("labels") {
		alerts = []*jsonTree{t}
		t = nil
	}
	if alerts == nil {
		if t.kind() == '{' && (t.knows("alerts") || t.knows("data")) {
			return nil // an empty list is a good answer
		}
		if source := r.source; source == "grafana" {
			return grafanaLegacy(t, r.f, r.out)
		}
		r.out.Problem(Problem{
			File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This record holds no alerts.",
			Expected: `an object with "alerts", or an alert with "labels" and "startsAt"`, Hint: "Check that it is a notification or an answer of the alerts API.",
		})
		return nil
	}
	for _, a := range alerts {
		if err := r.alert(a, t); err != nil {
			return err
		}
	}
	if n := t.text("truncatedAlerts"); n != "" && n != "0" {
		r.out.Problem(Problem{
			File: r.f.Path, Line: t.line, Offset: t.offset, Say: "The sender left out " + n + " alerts of this notification.",
			Hint: "Raise the sender's limit on alerts in one notification, or export the alerts themselves.",
		})
	}
	return nil
}

// alert reads one alert; group is the notification around it, or nil.
func (r *alertReader) alert(a, group *jsonTree) error {
	if a.kind() != '{' {
		return nil
	}
	labels := make(map[string]string)
	for _, from := range []*jsonTree{group.at("commonLabels"), a.at("labels")} {
		for _, k := range from.fields() {
			if v := from.member(k).own(); v != "" {
				labels[k] = v
			}
		}
	}
	status := strings.ToLower(firstOf(a.text("status.state", "status", "state"), group.text("status")))
	e := a.evidence(r.source, r.f)
	e.Sort = debrief.Alert
	e.ID = firstOf(a.text("fingerprint"), alertFingerprint(a.at("labels")))
	name := firstOf(labels["alertname"], labels["rulename"], labels["alert"])
	note := func(keys ...string) string {
		for _, k := range keys {
			for _, from := range []*jsonTree{a.at("annotations"), group.at("commonAnnotations")} {
				if s := strings.TrimSpace(from.member(k).own()); s != "" {
					return s
				}
			}
		}
		return ""
	}
	e.Title = firstOf(name, note("summary", "title"), "Alert")
	e.Text = joinText(" ", sentence(note("summary", "title")), sentence(note("description", "message")))
	if e.Text == "" {
		e.Text = e.Title
	}
	e.Level = firstOf(labels["severity"], labels["priority"], labels["level"])
	e.Subject = alertSubject(name, labels)
	e.Where = firstOf(labels["service"], labels["job"], labels["app"], labels["namespace"], labels["instance"], labels["host"])
	e.Link = firstOf(a.text("panelURL"), a.text("dashboardURL"), a.text("generatorURL"))
	e.Author = debrief.Author{Name: map[string]string{"alertmanager": "Alertmanager", "grafana": "Grafana"}[r.source], Bot: true}
	for _, fact := range alertFacts {
		for _, k := range fact.labels {
			if labels[k] != "" {
				attribute(&e, fact.name, labels[k])
				break
			}
		}
	}
	refer(&e, a.text("fingerprint"))
	refer(&e, refsIn(e.Title+"\n"+e.Text)...)

	started, odd := a.moment(r.f.Options, "startsAt", "activeAt")
	stampProblem(a, r.f, r.out, odd)
	if status != "resolved" && status != "inactive" && status != "ok" && status != "normal" {
		e.State, e.At = debrief.Firing, started
		if status == "pending" {
			attribute(&e, "status", status)
		}
		if len(a.list("status.silencedBy")) > 0 {
			attribute(&e, "silenced", "true")
		}
		return r.add(e)
	}
	// A notification of the end also tells of the beginning; it counts if
	// nothing before told of it.
	if started.Known() && !r.begun(e.ID) {
		first := e
		first.State, first.At = debrief.Firing, started
		if err := r.add(first); err != nil {
			return err
		}
	}
	ended, odd := a.moment(r.f.Options, "endsAt", "updatedAt")
	stampProblem(a, r.f, r.out, odd)
	e.State, e.At = debrief.Resolved, ended
	e.Attributes = cloneFacts(e.Attributes)
	if started.Known() {
		attribute(&e, "since", started.At.Format(time.RFC3339))
	}
	return r.add(e)
}

// add passes an alert on unless this file has told of the same state already:
// notifications of a lasting alert are repeated every few hours.
func (r *alertReader) add(e debrief.Evidence) error {
	key := e.ID + "|" + string(e.State) + "|" + e.At.At.String()
	if r.told[key] {
		r.out.LeaveOut("repeated alert notifications", 1)
		return nil
	}
	if r.told == nil {
		r.told = make(map[string]bool)
	}
	r.told[key] = true
	r.remember(e.ID, e.State == debrief.Firing)
	return r.out.Add(e)
}

// begun reports whether the bundle has told of an alert's beginning and not of
// its end since.
func (r *alertReader) begun(id string) bool {
	open, _ := r.f.Shared["alerts.open"].(map[string]bool)
	return open[id]
}

// remember keeps whether an alert is firing, as far as the bundle has told.
func (r *alertReader) remember(id string, firing bool) {
	if r.f.Shared == nil {
		r.f.Shared = make(map[string]any)
	}
	open, _ := r.f.Shared["alerts.open"].(map[string]bool)
	if open == nil {
		open = make(map[string]bool)
		r.f.Shared["alerts.open"] = open
	}
	if firing {
		open[id] = true
	} else {
		delete(open, id)
	}
}

// alertFacts are the labels worth keeping, under one name each.
var alertFacts = []struct {
	name   string
	labels []string
}{
	{"environment", []string{"environment", "env", "stage"}},
	{"service", []string{"service", "app", "application", "job"}},
	{"region", []string{"region", "site", "datacenter", "dc", "colo", "availability_zone"}},
	{"cluster", []string{"cluster"}},
	{"host", []string{"host", "instance", "node", "hostname"}},
	{"team", []string{"team", "owner"}},
}

// alertSubject names a rule with its labels, so that the beginning and the end
// of one alert meet, whoever reports them.
func alertSubject(name string, labels map[string]string) string {
	keys := make([]string, 0, len(labels))
	for k := range labels {
		if k != "alertname" {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	var b strings.Builder
	b.WriteString(firstOf(name, "alert"))
	b.WriteByte('{')
	for i, k := range keys {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%s=%q", k, labels[k])
	}
	b.WriteByte('}')
	return b.String()
}

// alertFingerprint is what Prometheus computes for a set of labels: FNV-1a over
// the sorted names and values, each followed by a byte that UTF-8 never uses.
func alertFingerprint(labels *jsonTree) string {
	names := append([]string(nil), labels.fields()...)
	sort.Strings(names)
	h := fnv.New64a()
	for _, n := range names {
		h.Write([]byte(n))
		h.Write([]byte{0xff})
		h.Write([]byte(labels.member(n).own()))
		h.Write([]byte{0xff})
	}
	return fmt.Sprintf("%016x", h.Sum64())
}

// sentence closes a text with a full stop if it does not close itself.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?:…") {
		return s
	}
	return s + "."
}

// cloneFacts copies attributes before one of two pieces that share them changes.
func cloneFacts(m map[string]string) map[string]string {
	if m == nil {
		return nil
	}
	c := make(map[string]string, len(m)+1)
	for k, v := range m {
		c[k] = v
	}
	return c
}

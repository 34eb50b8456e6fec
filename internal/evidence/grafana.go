package evidence

import (
	"context"
	"strings"

	"debrief.dev/debrief"
)

var grafanaSource = Source{
	Name:  "grafana",
	Title: "Grafana alerting",
	About: "Notifications of Grafana alerting as a webhook contact point receives them, of today's unified alerting and of the legacy alerts before it.",
	Recognise: func(s Sample) Confidence {
		switch {
		case s.Shape == NotJSON:
			return No
		case headNames(s, "alerts", "groupLabels", "commonLabels"):
			if headNames(s, "orgId") || headNames(s, "dashboardURL") || headNames(s, "valueString") {
				return Certain
			}
			return Shape
		case headNames(s, "ruleName", "state") && (headNames(s, "evalMatches") || headNames(s, "ruleUrl") || headNames(s, "ruleId")):
			return Certain
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		r := alertReader{source: "grafana", f: f, out: out}
		return readTrees(ctx, f, out, r.record)
	},
}

// grafanaLegacy reads a notification of the alerts before unified alerting.
// They carry no time of their own: the envelope's, or none, is all there is.
func grafanaLegacy(t *jsonTree, f *File, out *Sink) error {
	if t.text("ruleName", "ruleId") == "" {
		out.Problem(Problem{
			File: f.Path, Line: t.line, Offset: t.offset, Say: "This record holds no alert.",
			Expected: `an object with "alerts", or with "ruleName" and "state"`, Hint: "Check that it is a notification of Grafana alerting.",
		})
		return nil
	}
	e := t.evidence("grafana", f)
	e.Sort = debrief.Alert
	e.ID = firstOf(t.text("ruleId"), t.text("ruleName"))
	e.Title = firstOf(t.text("ruleName"), t.text("title"))
	var values []string
	for _, m := range t.list("evalMatches") {
		if s := joinText(" = ", m.text("metric"), m.text("value")); s != "" {
			values = append(values, s)
		}
	}
	e.Text = joinText(" ", sentence(firstOf(t.text("message"), t.text("title"))), sentence(strings.Join(values, ", ")))
	e.Link = t.text("ruleUrl")
	e.Subject = "rule " + firstOf(t.text("ruleName"), t.text("ruleId"))
	e.Author = debrief.Author{Name: "Grafana", Bot: true}
	tags := t.at("tags")
	for _, k := range tags.fields() {
		switch strings.ToLower(k) {
		case "severity", "priority":
			e.Level = tags.member(k).own()
		case "env", "environment":
			attribute(&e, "environment", tags.member(k).own())
		case "service", "region", "team":
			attribute(&e, strings.ToLower(k), tags.member(k).own())
		}
	}
	e.Where = e.Attributes["service"]
	var odd string
	e.At, odd = t.moment(f.Options, "time", "timestamp", "date", "createdAt", "updated")
	stampProblem(t, f, out, odd)
	switch state := strings.ToLower(t.text("state")); state {
	case "ok", "normal", "resolved":
		e.State = debrief.Resolved
	default:
		e.State = debrief.Firing
		if state != "alerting" && state != "" {
			attribute(&e, "status", state)
		}
	}
	refer(&e, refsIn(e.Title+"\n"+e.Text)...)
	return out.Add(e)
}

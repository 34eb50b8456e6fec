package evidence

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"debrief.dev/debrief"
)

var otlpSource = Source{
	Name:  "otlp",
	Title: "OpenTelemetry logs",
	About: "Log records of OpenTelemetry in OTLP/JSON, as collectors write them to files: one export a line or in one object.",
	Recognise: func(s Sample) Confidence {
		switch {
		case s.Shape == NotJSON:
			return No
		case headNames(s, "resourceLogs"), headNames(s, "resource_logs"), headNames(s, "logRecords"):
			return Certain
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		r := &otlpReader{f: f, out: out}
		return readTrees(ctx, f, out, r.export)
	},
}

type otlpReader struct {
	f   *File
	out *Sink
	ids lineIDs
}

// either follows the first of two spellings of a path: OTLP/JSON has camelCase,
// some writers keep the names of the protocol.
func either(t *jsonTree, camel, snake string) []*jsonTree {
	if v := t.list(camel); len(v) > 0 {
		return v
	}
	return t.list(snake)
}

func (r *otlpReader) export(t *jsonTree) error {
	for _, resource := range either(t, "resourceLogs", "resource_logs") {
		about := otlpAttributes(resource.at("resource"))
		scopes := either(resource, "scopeLogs", "scope_logs")
		if len(scopes) == 0 {
			scopes = either(resource, "instrumentationLibraryLogs", "instrumentation_library_logs")
		}
		for _, scope := range scopes {
			records := either(scope, "logRecords", "log_records")
			if len(records) == 0 {
				records = scope.list("logs")
			}
			for _, v := range records {
				if err := r.record(v, about); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (r *otlpReader) record(t *jsonTree, about map[string]string) error {
	e := t.evidence("otlp", r.f)
	e.Sort, e.ID = debrief.Log, r.ids.next(t.line)
	m, odd := t.moment(r.f.Options, "timeUnixNano", "time_unix_nano", "observedTimeUnixNano", "observed_time_unix_nano")
	stampProblem(t, r.f, r.out, odd)
	e.At = m
	e.Where = firstOf(about["service.name"], about["host.name"], about["k8s.pod.name"])
	e.Level = t.text("severityText", "severity_text")
	if n, err := strconv.Atoi(t.text("severityNumber", "severity_number")); err == nil && e.Level == "" && n > 0 && n <= 24 {
		e.Level = [...]string{"trace", "debug", "info", "warn", "error", "fatal"}[(n-1)/4]
	}
	own := otlpAttributes(t)
	e.Text = otlpValue(t.at("body"), 0)
	if kind := firstOf(t.text("eventName"), own["event.name"]); kind != "" {
		e.Text = joinText(": ", kind, e.Text)
	}
	if problem := joinText(": ", own["exception.type"], own["exception.message"]); problem != "" {
		e.Text = joinText("; ", e.Text, problem)
	}
	if level, inside, ok := jsonLogInside(e.Text); ok {
		e.Text, e.Level = inside, firstOf(e.Level, level)
	}
	e.Text = strings.TrimSpace(e.Text + " " + strings.Join(r.facts(own), " "))
	for name, key := range map[string]string{
		"service": "service.name", "version": "service.version", "region": "cloud.region", "host": "host.name", "pod": "k8s.pod.name",
	} {
		attribute(&e, name, about[key])
	}
	attribute(&e, "environment", firstOf(about["deployment.environment.name"], about["deployment.environment"]))
	e.Refs = refsIn(e.Text)
	return r.out.Add(e)
}

// facts are the attributes of a record that tell a reader something, in the
// order of their names.
func (r *otlpReader) facts(own map[string]string) (facts []string) {
	for _, name := range slices.Sorted(maps.Keys(own)) {
		if strings.HasPrefix(name, "exception.") || name == "event.name" || strings.HasPrefix(name, "code.") || strings.HasPrefix(name, "thread.") {
			continue
		}
		if role, _ := jsonLogRole(name); own[name] == "" || role == jsonLogMute || len(facts) >= 12 {
			continue
		}
		if jsonLogOpens(name, own[name]) {
			r.out.LeaveOut("fields of logs that may open doors", 1)
			continue
		}
		facts = append(facts, name+"="+shorten(own[name], 300))
	}
	return facts
}

// otlpAttributes is the list of keys and values below t as a map.
func otlpAttributes(t *jsonTree) map[string]string {
	out := map[string]string{}
	for _, a := range t.list("attributes") {
		if k := a.text("key"); k != "" && len(out) < 200 {
			out[k] = otlpValue(a.at("value"), 0)
		}
	}
	return out
}

// otlpValue writes a value of any type as text.
func otlpValue(t *jsonTree, depth int) string {
	if t == nil || depth > 8 {
		return ""
	}
	if s := t.own(); s != "" {
		return s
	}
	if s := t.text("stringValue", "string_value", "intValue", "int_value", "boolValue", "bool_value", "doubleValue", "double_value"); s != "" {
		return s
	}
	var parts []string
	for _, v := range append(t.list("arrayValue.values"), t.list("array_value.values")...) {
		parts = append(parts, otlpValue(v, depth+1))
	}
	for _, v := range append(t.list("kvlistValue.values"), t.list("kvlist_value.values")...) {
		parts = append(parts, v.text("key")+"="+otlpValue(v.at("value"), depth+1))
	}
	return joinText(" ", parts...)
}

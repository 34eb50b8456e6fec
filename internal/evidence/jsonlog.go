package evidence

import (
	"context"
	"strconv"
	"strings"

	"debrief.dev/debrief"
)

var jsonLogSource = Source{
	Name:  "applog",
	Title: "Application log (JSON)",
	About: "Logs of applications with one JSON object a line, whatever the library calls its fields; audit logs with an actor and an " +
		"action; logs of containers and of cloud platforms.",
	Recognise: func(s Sample) Confidence {
		if s.Shape == NotJSON {
			return No
		}
		has := func(names []string) bool {
			for _, n := range names {
				if s.Keys[n] {
					return true
				}
			}
			return false
		}
		when, what, level := has(jsonLogTime), has(jsonLogMessage), has(jsonLogLevel)
		audit := has(jsonLogActor) && has(jsonLogAction)
		switch {
		case when && (what && level || audit || s.Keys["log"] && s.Keys["stream"]):
			return Likely
		case when && (what || level):
			return Shape
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		r := jsonLogReader{f: f, out: out}
		return readTrees(ctx, f, out, r.record)
	},
}

// The names under which libraries keep what every log has.
var (
	jsonLogTime = []string{
		"ts", "t", "time", "timestamp", "@timestamp", "@t", "datetime", "date", "asctime", "eventTime", "event_time", "logged_at", "created", "created_at",
		"Timestamp", "TimeGenerated", "timeMillis", "instant.epochSecond", "receiveTimestamp",
	}
	jsonLogMessage = []string{
		"msg", "message", "@m", "@mt", "text", "textPayload", "jsonPayload.message", "jsonPayload.msg", "short_message", "RenderedMessage",
		"MessageTemplate", "Message", "event", "log", "body", "protoPayload.methodName", "description",
	}
	jsonLogLevel = []string{"level", "lvl", "severity", "levelname", "log.level", "loglevel", "log_level", "@l", "Level", "level_name", "SeverityText"}
	jsonLogWhere = []string{
		"service", "service.name", "app", "application", "component", "logger", "logger_name", "module", "name", "host", "hostname", "host.name",
		"kubernetes.pod_name", "kubernetes.container_name", "resource.labels.pod_name", "resource.type", "source", "container", "loggerName",
	}
	jsonLogActor = []string{
		"actor", "actor.name", "actor.email", "actor.id", "user", "user.name", "username", "user_name", "principal", "principalEmail",
		"protoPayload.authenticationInfo.principalEmail", "performed_by", "by", "initiator", "who", "subject",
	}
	jsonLogAction = []string{"action", "operation", "event_name", "eventName", "verb", "activity", "op", "event_type", "protoPayload.methodName"}
)

// jsonLogMute are fields that join machines and tell a reader nothing.
var jsonLogMute = map[string]bool{
	"pid": true, "v": true, "thread": true, "threadId": true, "threadPriority": true, "thread_name": true, "stream": true, "insertId": true,
	"logName": true, "endOfBatch": true, "loggerFqcn": true, "caller": true, "file": true, "line": true, "func": true, "filename": true, "lineno": true,
	"process": true, "levelno": true, "ecs.version": true, "@version": true, "docker": true, "kubernetes": true, "resource": true, "labels": true,
}

// jsonLogID reports whether a field holds an id of a request or trace.
func jsonLogID(name string) bool {
	n := strings.ToLower(strings.NewReplacer("_", "", "-", "", ".", "").Replace(name))
	for _, id := range []string{"reqid", "requestid", "traceid", "spanid", "correlationid", "sessionid", "uuid", "trace", "span", "transactionid", "eventid"} {
		if n == id || strings.HasSuffix(n, id) && len(n) < 24 {
			return true
		}
	}
	return false
}

// jsonLogNumbers are the levels that some libraries write as numbers.
var jsonLogNumbers = map[string]string{"10": "trace", "20": "debug", "30": "info", "40": "warn", "50": "error", "60": "fatal"}

type jsonLogReader struct {
	f   *File
	out *Sink
	ids lineIDs
}

// lineIDs gives lines their ids; what stands second on one line gets a number.
type lineIDs struct{ line, n int }

func (l *lineIDs) next(line int) string {
	if line = max(line, 1); line == l.line {
		l.n++
		return "L" + strconv.Itoa(line) + "." + strconv.Itoa(l.n)
	}
	l.line, l.n = line, 1
	return "L" + strconv.Itoa(line)
}

func (r *jsonLogReader) record(t *jsonTree) error {
	if t.kind() != '{' {
		r.out.LeaveOut("values in a log that are no records", 1)
		return nil
	}
	for _, list := range []string{"logs", "entries", "events", "hits.hits", "records", "items", "data"} {
		if v := t.list(list); len(v) > 0 && t.at(list).kind() == '[' && v[0].kind() == '{' {
			for _, x := range v {
				if err := r.record(x); err != nil {
					return err
				}
			}
			return nil
		}
	}
	if src := t.at("_source"); src.kind() == '{' { // of a search engine
		return r.record(src)
	}
	e := t.evidence("applog", r.f)
	e.Sort, e.ID = debrief.Log, r.ids.next(t.line)
	used := map[string]bool{}
	m, odd := debrief.Moment{}, ""
	for _, p := range jsonLogTime {
		if s := r.text(t, p); s != "" {
			used[p] = true
			if m = stampMoment(s, r.f.Options); m.Known() {
				break
			}
			if !stampUnset(s) && odd == "" {
				odd = s
			}
		}
	}
	if e.At = m; !m.Known() {
		stampProblem(t, r.f, r.out, odd)
	}
	e.Level = r.first(t, jsonLogLevel, used)
	if word, ok := jsonLogNumbers[e.Level]; ok {
		e.Level = word
	}
	message := r.first(t, jsonLogMessage, used)
	e.Where = r.first(t, jsonLogWhere, used)
	action := r.first(t, jsonLogAction, used)
	if action == message {
		action = ""
	}
	if actor := r.first(t, jsonLogActor, used); actor != "" && (action != "" || message != "") {
		e.Author = addressOnly(debrief.Author{Handle: actor})
		low := strings.ToLower(actor)
		e.Author.Bot = strings.ContainsAny(actor, "-_:/$") && !strings.Contains(actor, "@") || strings.Contains(low, "system") || strings.Contains(low, "bot") || strings.Contains(low, "service")
		if !strings.Contains(actor, " ") || strings.Contains(actor, "@") {
			tellPerson(r.out, e.Author)
		}
	}
	var rest []string
	for _, name := range t.fields() {
		if used[name] || jsonLogMute[name] || jsonLogID(name) || len(rest) >= 24 {
			continue
		}
		if v := strings.TrimSpace(t.member(name).own()); v != "" {
			rest = append(rest, name+"="+shorten(v, 300))
		} else if name == "error" || name == "err" || name == "exception" {
			if s := t.member(name).text("message", "msg", "type", "name"); s != "" {
				rest = append(rest, name+"="+shorten(s, 300))
			}
		}
	}
	e.Text = strings.TrimSpace(joinText(" ", action, strings.TrimSpace(message)))
	if len(rest) > 0 {
		e.Text = strings.TrimSpace(e.Text + " " + strings.Join(rest, " "))
	}
	e.Refs = refsIn(e.Text)
	return r.out.Add(e)
}

// text is the value at a name that may hold dots itself or be a path.
func (r *jsonLogReader) text(t *jsonTree, name string) string {
	if s := strings.TrimSpace(t.member(name).own()); s != "" {
		return s
	}
	if strings.Contains(name, ".") {
		return t.text(name)
	}
	return ""
}

// first is the first of the names that has a value, and notes it as used.
func (r *jsonLogReader) first(t *jsonTree, names []string, used map[string]bool) string {
	for _, n := range names {
		if used[n] {
			continue
		}
		if s := r.text(t, n); s != "" {
			used[n] = true
			if head, _, nested := strings.Cut(n, "."); nested {
				used[head] = true
			}
			return s
		}
	}
	return ""
}

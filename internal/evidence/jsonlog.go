package evidence

import (
	"bufio"
	"bytes"
	"context"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"debrief.dev/debrief"
)

var jsonLogSource = Source{
	Name:  "applog",
	Title: "Application log (JSON)",
	About: "Logs of applications with one JSON object a line, whatever the library calls its fields; audit logs with an actor and an " +
		"action; logs of containers and of cloud platforms. Lines between the objects belong to the entry before them.",
	Recognise: func(s Sample) Confidence {
		if s.Shape == NotJSON {
			return No
		}
		var has [jsonLogRest]bool
		for k := range s.Keys {
			if role, _ := jsonLogRole(k); role != jsonLogRest {
				has[role] = true
			}
		}
		switch when := has[jsonLogWhen]; {
		case when && (has[jsonLogWhat] && has[jsonLogLevel] || has[jsonLogWho] && has[jsonLogDid] || s.Keys["log"] && s.Keys["stream"]):
			return Likely
		case when && (has[jsonLogWhat] || has[jsonLogLevel]):
			return Shape
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		r := &jsonLogReader{
			f: f, out: out, w: logWriter{source: "applog", f: f, out: out},
			year: syslogReader{f: f, year: syslogYearOf(f)}, known: map[string]jsonLogField{},
		}
		in := *f
		buffered := bufio.NewReaderSize(f.R, SampleSize)
		head, _ := buffered.Peek(SampleSize) // an error shows again when it is read
		in.R = buffered
		var err error
		if first, _, found := bytes.Cut(bytes.TrimLeft(head, " \t\r\n"), []byte("\n")); found && jsonObject(first) {
			err = readLines(ctx, &in, out, r.line)
		} else {
			err = readTrees(ctx, &in, out, r.tree)
		}
		if err != nil {
			return err
		}
		return r.w.end()
	},
}

// jsonObject reports whether a text is one whole JSON object.
func jsonObject(b []byte) bool {
	b = bytes.TrimSpace(b)
	return len(b) > 1 && b[0] == '{' && b[len(b)-1] == '}' && jsontext.Value(b).IsValid(jsonTreeOptions...)
}

// What a field of a log tells.
const (
	jsonLogWhen = iota
	jsonLogWhat
	jsonLogLevel
	jsonLogWhere
	jsonLogHost
	jsonLogWho
	jsonLogDid
	jsonLogEnvironment
	jsonLogRegion
	jsonLogMute // joins machines and tells a reader nothing
	jsonLogRest // a fact
)

// jsonLogNames are what libraries and platforms call their fields, the most
// telling first, in lower case and without the marks that jsonLogPlain removes;
// fields of objects have the object's name before theirs.
var jsonLogNames = [...]string{
	jsonLogWhen: "timestamp ts time t datetime asctime eventtime eventtimestamp timeiso8601 timelocal loggedat occurredat timegenerated " +
		"timemillis instantepochsecond timestampseconds timeseconds t$date date created createdat logtime receivetimestamp observedtimestamp recordtimerepr",
	jsonLogWhat: "msg message m textpayload jsonpayloadmessage jsonpayloadmsg shortmessage renderedmessage text mt messagetemplate event log body " +
		"protopayloadstatusmessage description line recordmessage fieldsmessage errormessage",
	jsonLogLevel: "level lvl severity levelname loglevel l severitytext priority recordlevelname jsonpayloadlevel s",
	jsonLogWhere: "service servicename app application applicationname appname component logger loggername module category name logloggername " +
		"kubernetescontainername kubernetespodname resourcelabelscontainername resourcelabelspodname resourcelabelsservicename resourcetype containername " +
		"container channel source recordname c",
	jsonLogHost: "host hostname hostname nodename node instance server machinename kuberneteshost",
	jsonLogWho: "actor actoremail actorname actorlogin actorid principal principalemail protopayloadauthenticationinfoprincipalemail performedby by initiator " +
		"initiatedby requestedby who useremail username user userlogin caller login",
	jsonLogDid:         "action operation eventname eventaction verb activity op operationname protopayloadmethodname eventtype",
	jsonLogEnvironment: "env environment deploymentenvironment serviceenvironment",
	jsonLogRegion:      "region cloudregion",
	jsonLogMute: "pid v thread threadid threadpriority threadname stream insertid logname endofbatch loggerfqcn callerfile file line func function filename " +
		"lineno process processname processid levelno levelvalue ecsversion version@ funcname pathname relativecreated msecs stackinfo ecs i flags tags $schema " +
		"index score type@ eventdataset agent input offset prospector",
}

// jsonLogServices is how many of the names for a place name a service.
const jsonLogServices = 5

// jsonLogAround are objects that tell where a program runs and not what happened.
var jsonLogAround = map[string]bool{
	"kubernetes": true, "docker": true, "resource": true, "labels": true, "host": true, "agent": true, "ecs": true, "process": true,
	"cloud": true, "log": true, "container": true, "metadata": true, "source": true,
}

// A jsonLogField is what a name stands for, and how telling it is among its like.
type jsonLogField struct{ role, rank int }

var jsonLogFields = func() map[string]jsonLogField {
	fields := map[string]jsonLogField{}
	for role, names := range jsonLogNames {
		for rank, name := range strings.Fields(names) {
			if _, taken := fields[name]; !taken {
				fields[name] = jsonLogField{role, rank}
			}
		}
	}
	return fields
}()

var jsonLogPlain = strings.NewReplacer("_", "", "-", "", ".", "", " ", "", "@", "")

// jsonLogRole says what a field of that name tells.
func jsonLogRole(name string) (role, rank int) {
	plain := jsonLogPlain.Replace(strings.ToLower(name))
	switch {
	case name == "@version" || name == "_type":
		return jsonLogMute, 0
	case jsonLogID(plain):
		return jsonLogMute, 0
	}
	if f, ok := jsonLogFields[plain]; ok {
		return f.role, f.rank
	}
	return jsonLogRest, 0
}

// jsonLogID reports whether a field holds an id of a request or trace. The
// name is in lower case and without marks.
func jsonLogID(plain string) bool {
	plain = jsonLogPlain.Replace(strings.ToLower(plain))
	for _, id := range []string{"reqid", "requestid", "traceid", "spanid", "correlationid", "sessionid", "uuid", "trace", "span", "transactionid", "eventid"} {
		if plain == id || strings.HasSuffix(plain, id) && len(plain) < 24 {
			return true
		}
	}
	return false
}

// jsonLogSecret are parts of names of fields whose values open doors.
var jsonLogSecret = []string{"password", "passwd", "secret", "token", "authorization", "cookie", "apikey", "credential", "privatekey"}

// jsonLogLevels are the levels that some libraries write as numbers or letters.
var jsonLogLevels = map[string]string{
	"10": "trace", "20": "debug", "30": "info", "40": "warn", "50": "error", "60": "fatal",
	"I": "info", "W": "warn", "E": "error", "F": "fatal", "D": "debug",
}

// jsonLogNobody are actors that are a part somebody plays and no one.
var jsonLogNobody = map[string]bool{
	"customer": true, "user": true, "system": true, "admin": true, "administrator": true, "root": true, "anonymous": true, "guest": true,
	"operator": true, "unknown": true, "service": true, "internal": true, "external": true, "client": true, "none": true, "api": true, "scheduler": true,
}

// jsonLogProgram are parts of the names that programs go by.
var jsonLogProgram = map[string]bool{
	"bot": true, "service": true, "svc": true, "system": true, "controller": true, "writer": true, "reader": true, "worker": true, "daemon": true,
	"agent": true, "operator": true, "scheduler": true, "cron": true, "job": true, "runner": true, "deployer": true, "pipeline": true, "ci": true,
	"cd": true, "automation": true, "robot": true, "manager": true, "sync": true, "exporter": true, "serviceaccount": true, "proxy": true,
	"lambda": true, "gateway": true, "server": true, "gserviceaccount": true, "app": true, "api": true, "consumer": true, "producer": true,
}

type jsonLogReader struct {
	f     *File
	out   *Sink
	w     logWriter
	ids   lineIDs
	year  syslogReader            // for plain lines whose time names none
	known map[string]jsonLogField // names as written
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

// line reads a line of a file of JSON lines. What is no JSON was written to the
// same stream by something else, mostly the rest of a stack trace.
func (r *jsonLogReader) line(l textLine) error {
	raw := bytes.TrimSpace(l.Raw)
	if len(raw) == 0 || raw[0] != '{' {
		if p, ok := cutTextLog(l.Text); ok {
			e := l.evidence("applog", r.f)
			p.fill(&e, &r.year)
			return r.w.begin(e, l.Raw)
		}
		return r.w.goOn(l)
	}
	if !jsontext.Value(raw).IsValid(jsonTreeOptions...) {
		if len(l.Whole) < r.f.Options.Limits.orDefault().ItemBytes || bytes.HasSuffix(l.Whole, []byte("\n")) { // else it was reported as too long
			r.out.Problem(Problem{
				File: r.f.Path, Line: l.N, Offset: l.Offset, Say: "This line is not complete JSON.",
				Expected: "one JSON value a line", Hint: "Export the file again, or remove the line in a copy.",
			})
		}
		return nil
	}
	begin := bytes.Index(l.Raw, raw)
	return r.tree(&jsonTree{raw: bytes.Clone(raw), line: l.N, offset: l.Offset + int64(begin)})
}

// tree reads a record, or a list of records with something around it.
func (r *jsonLogReader) tree(t *jsonTree) error {
	switch t.kind() {
	case '{':
	case '[':
		return eachTree(t, r.tree)
	default:
		r.out.LeaveOut("values in a log that are no records", 1)
		return nil
	}
	for _, list := range []string{"logs", "entries", "events", "hits.hits", "records", "items", "data"} {
		if v := t.list(list); len(v) > 0 && t.at(list).kind() == '[' && v[0].kind() == '{' {
			for _, x := range v {
				if err := r.tree(x); err != nil {
					return err
				}
			}
			return nil
		}
	}
	for _, around := range []string{"_source", "result"} { // of search engines
		if inner := t.at(around); inner.kind() == '{' {
			return r.tree(inner)
		}
	}
	return r.record(t)
}

// A jsonLogFact is a field with a value.
type jsonLogFact struct {
	name, value string
	jsonLogField
}

// facts lists the fields of a record and of the objects in it.
func (r *jsonLogReader) facts(t *jsonTree, prefix string, depth int, to []jsonLogFact) []jsonLogFact {
	for _, name := range t.fields() {
		v := t.members[name]
		full := prefix + name
		if len(to) >= 64 {
			break
		}
		if v.kind() == '{' {
			switch {
			case depth >= 3:
			case name == "fields" || name == "record" || name == "Properties" || name == "attr" || name == "extra" || name == "context":
				to = r.facts(v, "", depth+1, to)
			default:
				to = r.facts(v, full+".", depth+1, to)
			}
			continue
		}
		value := strings.TrimSpace(v.own())
		if value == "" {
			continue
		}
		f, ok := r.known[full]
		if !ok {
			f.role, f.rank = jsonLogRole(full)
			if len(r.known) < 4096 {
				r.known[full] = f
			}
		}
		to = append(to, jsonLogFact{full, value, f})
	}
	return to
}

func (r *jsonLogReader) record(t *jsonTree) error {
	e := t.evidence("applog", r.f)
	e.Sort, e.ID = debrief.Log, r.ids.next(t.line)
	facts := r.facts(t, "", 0, nil)
	var best [jsonLogRest]*jsonLogFact
	var odd string
	for i := range facts {
		x := &facts[i]
		if x.role >= jsonLogMute || best[x.role] != nil && best[x.role].rank <= x.rank {
			continue
		}
		switch x.role {
		case jsonLogWhen:
			m := jsonLogMoment(x.value, r.f.Options)
			if !m.Known() {
				if odd == "" && !stampUnset(x.value) {
					odd = x.value
				}
				continue
			}
			e.At = m
		case jsonLogWho:
			if !jsonLogPerson(x.value) {
				continue
			}
		case jsonLogLevel:
			if x.name == "s" && jsonLogLevels[strings.TrimRight(x.value, "12345")] == "" {
				continue
			}
		}
		best[x.role] = x
	}
	if e.At.Precision == debrief.ToDay && odd != "" { // the day and the clock stand apart
		if m := stampMoment(best[jsonLogWhen].value+" "+odd, r.f.Options); m.Known() {
			e.At, odd = m, ""
		}
	}
	if !e.At.Known() {
		stampProblem(t, r.f, r.out, odd)
	}
	value := func(role int) string {
		if best[role] == nil {
			return ""
		}
		return best[role].value
	}
	message, did := value(jsonLogWhat), value(jsonLogDid)
	e.Level = jsonLogLevelOf(value(jsonLogLevel))
	if level, inside, ok := jsonLogInside(message); ok { // a container's or a shipper's line around the program's own
		message, e.Level = inside, firstOf(level, e.Level)
	} else if t.has("log", "stream") {
		text := strings.TrimRight(t.at("log").own(), " \t\r\n")
		if text != "" && (text[0] == ' ' || text[0] == '\t') && r.w.open {
			return r.w.goOn(textLine{N: t.line, Offset: t.offset, Raw: t.raw, Text: plainText([]byte(text))})
		}
		if l, ok := cutTextLog(text); ok {
			message, e.Level = l.message, firstOf(l.level, e.Level)
		}
	}
	if what := best[jsonLogWhat]; what != nil && what.value == message && strings.HasSuffix(strings.ToLower(what.name), "t") { // "@mt", "MessageTemplate"
		for i := range facts {
			message = strings.ReplaceAll(message, "{"+facts[i].name+"}", facts[i].value)
		}
	}
	e.Where = firstOf(value(jsonLogWhere), value(jsonLogHost))
	if x := best[jsonLogWhere]; x != nil && x.rank <= jsonLogServices {
		attribute(&e, "service", x.value)
	}
	attribute(&e, "host", value(jsonLogHost))
	attribute(&e, "environment", value(jsonLogEnvironment))
	attribute(&e, "region", value(jsonLogRegion))
	if who := value(jsonLogWho); who != "" {
		e.Author = addressOnly(debrief.Author{Handle: who})
		e.Author.Bot = jsonLogRobot(who)
		tellPerson(r.out, e.Author)
	}
	var rest []string
	for i := range facts {
		x := &facts[i]
		switch {
		case x.role < jsonLogRest && best[x.role] == x, x.role == jsonLogMute, x.role == jsonLogWhen, x.role == jsonLogLevel, len(rest) >= 24:
			continue
		case x.value == message, x.value == did, x.value == e.Where:
			continue
		}
		if around, _, nested := strings.Cut(x.name, "."); nested && jsonLogAround[around] {
			continue
		}
		if jsonLogOpens(x.name, x.value) {
			r.out.LeaveOut("fields of logs that may open doors", 1)
			continue
		}
		name := x.name
		if strings.HasSuffix(name, ".message") || strings.HasSuffix(name, ".msg") {
			name = name[:strings.LastIndexByte(name, '.')]
		}
		rest = append(rest, name+"="+shorten(x.value, 300))
	}
	if len(did) > 120 || did == message {
		did = ""
	}
	e.Text = strings.TrimSpace(joinText(" ", did, message))
	if len(e.Text) > logEntryBytes {
		e.Text = shorten(e.Text, logEntryBytes)
	}
	if len(rest) > 0 {
		e.Text = strings.TrimSpace(e.Text + " " + strings.Join(rest, " "))
	}
	return r.w.begin(e, t.raw)
}

// jsonLogMoment reads a time as logs write it; web servers have a form of their own.
func jsonLogMoment(s string, o Options) debrief.Moment {
	if m := stampMoment(s, o); m.Known() {
		return m
	}
	return weblogMoment(s)
}

// jsonLogLevelOf gives the word for a level written as a number or a letter.
func jsonLogLevelOf(s string) string {
	if word, ok := jsonLogLevels[strings.TrimRight(s, "12345")]; ok && len(s) == 2 {
		return word // "D1" to "D5"
	}
	if word, ok := jsonLogLevels[s]; ok {
		return word
	}
	if len(s) == 1 && s[0] >= '0' && s[0] <= '7' {
		return syslogLevels[s[0]-'0']
	}
	return s
}

// jsonLogInside reads a record that stands as text inside another.
func jsonLogInside(s string) (level, message string, ok bool) {
	if len(s) < 2 || s[0] != '{' || !jsonObject([]byte(s)) {
		return "", "", false
	}
	t := &jsonTree{raw: []byte(s)}
	message = t.text("message", "msg", "@m", "text", "event", "short_message", "log")
	if level = t.text("level", "severity", "lvl", "log.level", "levelname", "@l"); level == "" {
		level = t.member("log.level").own()
	}
	return jsonLogLevelOf(level), message, message != ""
}

// jsonLogPerson reports whether the value of an actor's field may name somebody.
func jsonLogPerson(s string) bool {
	letters := strings.IndexFunc(s, func(c rune) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c > 0x7f }) >= 0
	return letters && len(s) <= 120 && !jsonLogNobody[strings.ToLower(s)]
}

// jsonLogRobot reports whether an actor goes by a program's name.
func jsonLogRobot(s string) bool {
	low := strings.ToLower(s)
	if strings.HasSuffix(low, "bot") || strings.HasSuffix(low, "$") || strings.HasPrefix(low, "system:") {
		return true
	}
	if strings.ContainsAny(low, " \t") && !strings.Contains(low, "@") {
		return false
	}
	for part := range strings.FieldsFuncSeq(low, func(c rune) bool { return strings.ContainsRune("-_.:/@", c) }) {
		if jsonLogProgram[part] {
			return true
		}
	}
	return false
}

// jsonLogOpens reports whether a field may hold a secret. Counts, and whether
// there is one, are none.
func jsonLogOpens(name, value string) bool {
	plain := jsonLogPlain.Replace(strings.ToLower(name))
	for _, w := range jsonLogSecret {
		if strings.Contains(plain, w) {
			return strings.Trim(value, "0123456789.") != "" && value != "true" && value != "false"
		}
	}
	return false
}

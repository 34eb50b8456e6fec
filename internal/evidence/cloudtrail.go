package evidence

import (
	"context"
	"strings"

	"debrief.dev/debrief"
)

var cloudtrailSource = Source{
	Name:  "cloudtrail",
	Title: "AWS CloudTrail",
	About: "Records of calls to AWS: files as CloudTrail delivers them, events of EventBridge, answers of lookup-events, single or one a " +
		"line. What changes something counts as a change; values that open doors are not kept.",
	Recognise: func(s Sample) Confidence {
		switch {
		case s.Shape == NotJSON:
			return No
		case headNames(s, "eventSource", "eventName", "userIdentity"):
			return Certain
		case headNames(s, "CloudTrailEvent"), headNames(s, "eventSource", "eventName", "awsRegion"):
			return Certain
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		r := &cloudtrailReader{f: f, out: out}
		return readTrees(ctx, f, out, r.record)
	},
}

type cloudtrailReader struct {
	f   *File
	out *Sink
	ids lineIDs
}

func (r *cloudtrailReader) record(t *jsonTree) error {
	for _, list := range []string{"Records", "Events", "events"} {
		if !t.knows(list) {
			continue
		}
		for _, v := range t.list(list) {
			if err := r.record(v); err != nil {
				return err
			}
		}
		return nil
	}
	if v := t.inner("CloudTrailEvent"); v.kind() == '{' {
		return r.record(v)
	}
	if v := t.at("detail"); v.has("eventName") {
		return r.record(v)
	}
	if !t.has("eventName") {
		r.out.Problem(Problem{
			File: r.f.Path, Line: t.line, Offset: t.offset, Say: "This record names no call to AWS.",
			Expected: `an object with "eventSource" and "eventName"`, Hint: "Export the records as CloudTrail delivers them.",
		})
		return nil
	}
	e := t.evidence("cloudtrail", r.f)
	e.ID = t.text("eventID", "requestID")
	if e.ID == "" {
		e.ID = r.ids.next(t.line)
	}
	m, odd := t.moment(r.f.Options, "eventTime")
	stampProblem(t, r.f, r.out, odd)
	e.At = m
	name := t.text("eventName")
	service, _, _ := strings.Cut(t.text("eventSource"), ".")
	e.Where = joinText("/", t.text("awsRegion"), service)
	e.Title = name
	who := t.at("userIdentity")
	e.Author = r.author(who)
	e.Sort = debrief.Log
	if kind := who.text("type"); !cloudtrailReads(t, name) && kind != "AWSService" && kind != "AWSAccount" && !who.has("invokedBy") {
		e.Sort, e.State = debrief.Change, debrief.Succeeded
	}
	failure := joinText(": ", t.text("errorCode"), t.text("errorMessage"))
	if failure != "" && e.Sort == debrief.Change {
		e.State = debrief.Failed
	}
	var things []string
	for _, v := range t.list("resources") {
		if arn := v.text("ARN", "ResourceName"); arn != "" && len(things) < 5 {
			things = append(things, arn[strings.LastIndexByte(arn, ':')+1:])
		}
	}
	for _, p := range cloudtrailNames(t.at("requestParameters")) {
		if len(things) < 6 {
			things = append(things, p)
		}
	}
	e.Text = joinText(" ", "Call "+name+" of "+firstOf(service, "AWS")+".", sentence(strings.Join(things, ", ")), sentence(failure))
	if len(things) > 0 {
		e.Subject = "aws " + service + " " + things[0]
	}
	if n := t.text("responseElements.ConsoleLogin"); n != "" {
		e.Text += " " + sentence("Result: "+n)
	}
	refer(&e, refsIn(e.Text)...)
	attribute(&e, "region", t.text("awsRegion"))
	attribute(&e, "account", t.text("recipientAccountId"))
	return r.out.Add(e)
}

// author is who called: a user, the user behind a role, or a service.
func (r *cloudtrailReader) author(t *jsonTree) debrief.Author {
	if t == nil {
		return debrief.Author{}
	}
	arn := t.text("arn")
	session := arn[strings.LastIndexByte(arn, '/')+1:]
	name := t.text("userName")
	switch t.text("type") {
	case "AssumedRole", "FederatedUser", "WebIdentityUser", "SAMLUser":
		name = firstOf(session, name, t.text("sessionContext.sessionIssuer.userName"))
	case "AWSService", "AWSAccount":
		return debrief.Author{Name: firstOf(t.text("invokedBy"), t.text("accountId")), Bot: true}
	case "Root":
		return debrief.Author{Name: "the root account", Bot: true}
	}
	a := addressOnly(debrief.Author{ID: t.text("principalId"), Handle: firstOf(name, session)})
	low := strings.ToLower(a.Handle)
	a.Bot = t.has("invokedBy") || strings.HasPrefix(low, "i-0") || strings.Contains(low, "aws") || strings.Contains(low, "pipeline") ||
		strings.Contains(low, "terraform") || strings.Contains(low, "session-") || strings.Contains(low, "-bot")
	tellPerson(r.out, a)
	return a
}

// cloudtrailReads reports whether a call looks and changes nothing.
func cloudtrailReads(t *jsonTree, name string) bool {
	if s := t.text("readOnly"); s != "" {
		return strings.EqualFold(s, "true")
	}
	for _, p := range []string{"Get", "List", "Describe", "Head", "Lookup", "Batch", "Assume", "Search", "Query", "Scan", "Select", "Decrypt", "GenerateDataKey", "ConsoleLogin"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// cloudtrailSecret are words in the names of parameters whose values open doors.
var cloudtrailSecret = []string{"password", "secret", "token", "key", "credential", "private", "userdata", "policy", "certificate", "body"}

// cloudtrailNames lists the parameters of a call that name what it concerns:
// those of the call itself, and ids and names in the lists below it.
func cloudtrailNames(t *jsonTree) []string {
	var out []string
	var below func(t *jsonTree, depth int)
	below = func(t *jsonTree, depth int) {
		for _, name := range t.fields() {
			if cloudtrailOpens(name) || len(out) >= 12 {
				continue
			}
			v := t.member(name)
			switch v.kind() {
			case '{', '[':
				for _, x := range v.list("") {
					if depth < 4 {
						below(x, depth+1)
					}
				}
			default:
				low := strings.ToLower(name)
				telling := depth == 0 || strings.HasSuffix(low, "id") || strings.HasSuffix(low, "name") || strings.HasSuffix(low, "arn") || strings.HasPrefix(low, "cidr")
				if s := v.own(); s != "" && len(s) < 120 && telling {
					out = append(out, name+" "+s)
				}
			}
		}
	}
	below(t, 0)
	return out
}

// cloudtrailOpens reports whether a parameter's value may open doors.
func cloudtrailOpens(name string) bool {
	low := strings.ToLower(name)
	for _, w := range cloudtrailSecret {
		if strings.Contains(low, w) && !strings.HasSuffix(low, "keyid") && low != "keyname" {
			return true
		}
	}
	return false
}

package evidence

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"debrief.dev/debrief"
)

var journaldSource = Source{
	Name:  "journald",
	Title: "systemd journal",
	About: "Entries of the systemd journal as journalctl writes them with -o json, json-pretty or json-seq.",
	Recognise: func(s Sample) Confidence {
		switch {
		case s.Shape == NotJSON:
			return No
		case headNames(s, "__REALTIME_TIMESTAMP"):
			return Certain
		case headNames(s, "MESSAGE", "_HOSTNAME"), headNames(s, "MESSAGE", "SYSLOG_IDENTIFIER"):
			return Likely
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		var ids lineIDs
		return readTrees(ctx, f, out, func(t *jsonTree) error {
			e := t.evidence("journald", f)
			e.Sort, e.ID = debrief.Log, ids.next(t.line)
			m, odd := t.moment(f.Options, "_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP")
			stampProblem(t, f, out, odd)
			e.At = m
			e.Where = t.text("_HOSTNAME")
			if n, err := strconv.Atoi(t.text("PRIORITY")); err == nil && n >= 0 && n < len(syslogLevels) {
				e.Level = syslogLevels[n]
			}
			attribute(&e, "program", t.text("SYSLOG_IDENTIFIER", "_COMM"))
			attribute(&e, "unit", t.text("UNIT", "_SYSTEMD_UNIT"))
			if e.Text = strings.TrimSpace(journalText(t.at("MESSAGE"))); e.Text == "" {
				out.LeaveOut("journal entries without a message", 1)
				return nil
			}
			if level, inside, ok := jsonLogInside(e.Text); ok {
				e.Text, e.Level = inside, firstOf(level, e.Level)
			}
			e.Refs = refsIn(e.Text)
			return out.Add(e)
		})
	},
}

// journalText is a message: a string, or its bytes as numbers where it is not
// valid UTF-8, or a list of both where the field stands more than once.
func journalText(t *jsonTree) string {
	if t.kind() != '[' {
		return t.own()
	}
	var bytes []int
	if json.Unmarshal(t.raw, &bytes) == nil {
		b := make([]byte, 0, len(bytes))
		for _, n := range bytes {
			if n < 0 || n > 255 {
				return ""
			}
			b = append(b, byte(n))
		}
		return plainText(b)
	}
	var parts []string
	for _, v := range t.list("") {
		if v.kind() != '[' || t.depth < 4 {
			parts = append(parts, journalText(v))
		}
	}
	return joinText("\n", parts...)
}

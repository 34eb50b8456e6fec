package evidence

import (
	"context"
	"regexp"
	"strings"
	"time"

	"debrief.dev/debrief"
)

var weblogSource = Source{
	Name:  "weblog",
	Title: "Access log",
	About: "Access logs of web servers in the common and combined forms, with a virtual host before them or times behind. The address " +
		"of a visitor is kept as a fact of the line and not as its author.",
	Recognise: func(s Sample) Confidence {
		if s.Shape != NotJSON {
			return No
		}
		hits, lines := logShare(s, func(line string) bool { return weblogLine.MatchString(line) })
		return logSure(hits, lines, Certain)
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		w := logWriter{source: "weblog", f: f, out: out}
		err := readLines(ctx, f, out, func(l textLine) error {
			m := weblogLine.FindStringSubmatch(l.Text)
			if m == nil {
				return w.goOn(l)
			}
			e := l.evidence("weblog", f)
			e.At = weblogMoment(m[3])
			e.Where = m[1]
			e.Text = joinText(" ", weblogRequest(m[4]), m[5])
			attribute(&e, "status", m[5])
			attribute(&e, "client", m[2])
			attribute(&e, "seconds", weblogSeconds(m[6]))
			if m[5] >= "500" {
				e.Level = "error"
			}
			return w.begin(e, l.Raw)
		})
		if err != nil {
			return err
		}
		return w.end()
	},
}

// weblogLine is "[host] client ident user [time] "request" status bytes …".
var weblogLine = regexp.MustCompile(`^(?:(\S+(?::\d+)?) )?(\S+) \S+ (?:\S+|"[^"]*") \[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] "((?:[^"\\]|\\.)*)" (\d{3}) (?:\d+|-)(.*)$`)

// weblogSeconds finds how long a request took, which servers write at the end:
// bare ("0.250"), in quotes, or behind a name and "=".
func weblogSeconds(rest string) string {
	for range 4 {
		i := strings.LastIndexByte(rest, ' ')
		s := rest[i+1:]
		s = strings.Trim(s[strings.LastIndexByte(s, '=')+1:], `"`)
		whole, part, dotted := strings.Cut(s, ".")
		if dotted && len(whole) > 0 && len(part) >= 3 && strings.Trim(whole+part, "0123456789") == "" {
			return s
		}
		if i < 0 {
			break
		}
		rest = rest[:i]
	}
	return ""
}

// weblogMoment reads a time as access logs write it.
func weblogMoment(s string) debrief.Moment {
	at, err := time.Parse("02/Jan/2006:15:04:05 -0700", s)
	if err != nil {
		return debrief.Moment{}
	}
	return stampSane(debrief.Moment{At: at.UTC()})
}

// weblogRequest is the method and path of a request, without the version and
// without what a query holds: it may identify people.
func weblogRequest(s string) string {
	parts := strings.Fields(s)
	if len(parts) < 2 {
		return shorten(s, 200)
	}
	target, _, _ := strings.Cut(parts[1], "?")
	return parts[0] + " " + shorten(target, 300)
}

package evidence

import (
	"context"
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
		hits, lines := logShare(s, func(line string) bool {
			_, ok := cutWeblog(line)
			return ok
		})
		return logSure(hits, lines, Certain)
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		w := logWriter{source: "weblog", f: f, out: out}
		err := readLines(ctx, f, out, func(l textLine) error {
			m, ok := cutWeblog(l.Text)
			if !ok {
				return w.goOn(l)
			}
			e := l.evidence("weblog", f)
			e.At, e.Where = weblogMoment(m.stamp), m.host
			e.Text = joinText(" ", weblogRequest(m.request), m.status)
			attribute(&e, "status", m.status)
			attribute(&e, "client", m.client)
			attribute(&e, "seconds", weblogSeconds(m.rest))
			if m.status >= "500" {
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

// A weblogEntry is one line taken apart.
type weblogEntry struct{ host, client, stamp, request, status, rest string }

// cutWeblog takes `[host] client ident user [stamp] "request" status bytes rest`
// apart. Web servers write more lines than anybody else, so nothing is tried twice.
func cutWeblog(s string) (l weblogEntry, ok bool) {
	open := strings.Index(s, " [")
	if open < 0 {
		return l, false
	}
	head, s := s[:open], s[open+2:]
	var ident string
	if l.client, head, ok = strings.Cut(head, " "); !ok {
		return l, false
	}
	if ident, head, ok = strings.Cut(head, " "); !ok {
		return l, false
	}
	if user, more, another := strings.Cut(head, " "); another && head[0] != '"' { // a name may have spaces in quotes
		if strings.IndexByte(more, ' ') >= 0 && more[0] != '"' || user == "" {
			return l, false
		}
		l.host, l.client = l.client, ident
	}
	const stamp = len("02/Jan/2006:15:04:05 -0700")
	if len(s) < stamp+3 || s[stamp:stamp+3] != `] "` || s[2] != '/' || s[6] != '/' || s[11] != ':' {
		return l, false
	}
	l.stamp, s = s[:stamp], s[stamp+3:]
	end := 0
	for end < len(s) && s[end] != '"' {
		if s[end] == '\\' {
			end++
		}
		end++
	}
	if end+6 > len(s) || s[end+1] != ' ' || s[end+5] != ' ' || strings.Trim(s[end+2:end+5], "0123456789") != "" {
		return l, false
	}
	l.request, l.status, l.rest = s[:end], s[end+2:end+5], s[end+6:]
	return l, l.rest != "" && (l.rest[0] == '-' || l.rest[0] >= '0' && l.rest[0] <= '9')
}

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

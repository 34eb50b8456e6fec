package evidence

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"debrief.dev/debrief"
)

var textLogSource = Source{
	Name:  "textlog",
	Title: "Application log (text)",
	About: "Logs of applications and servers as lines of text that begin with a full date and time, key=value lines, and error logs of " +
		"web servers. Lines without a stamp belong to the entry before them.",
	Recognise: func(s Sample) Confidence {
		if s.Shape != NotJSON {
			return No
		}
		levels := 0
		hits, lines := logShare(s, func(line string) bool {
			l, ok := cutTextLog(line)
			if ok && l.level != "" {
				levels++
			}
			return ok
		})
		sure := Likely
		if levels*2 >= hits && hits > 0 {
			sure = Certain
		} else if hits < 5 {
			sure = Shape // a few stamped lines may be somebody's notes
		}
		if c := logSure(hits, lines, sure); c > Shape || hits >= 2 && hits*3 >= lines && levels*2 >= hits {
			return max(c, min(sure, Likely)) // stack traces outnumber entries
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		w := logWriter{source: "textlog", f: f, out: out}
		err := readLines(ctx, f, out, func(l textLine) error {
			p, ok := cutTextLog(l.Text)
			if !ok {
				return w.goOn(l)
			}
			e := l.evidence("textlog", f)
			e.Text, e.Level, e.Where = p.message, p.level, p.where
			e.At = p.moment(f.Options)
			return w.begin(e, l.Raw)
		})
		if err != nil {
			return err
		}
		return w.end()
	},
}

// A textLogLine is one line taken apart.
type textLogLine struct {
	stamp, level, where, message string
	layout                       string // of stamps that are not of the usual layouts
}

var (
	textLogStamp  = regexp.MustCompile(`^\[?(\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)(?: ?(Z|UTC|[+-]\d\d:?\d\d))?\]?(?:[\s|,:]+|$)(.*)$`)
	textLogBefore = regexp.MustCompile(`^(\S{1,80})\s+(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d.*)$`)
	textLogApache = regexp.MustCompile(`^\[((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)(?:\.\d+)? (\d{4})\] (.*)$`)
	textLogJava   = regexp.MustCompile(`^([A-Z][a-z]{2} \d{1,2}, \d{4} \d{1,2}:\d\d:\d\d [AP]M)\s+(.*)$`)
	textLogPairs  = regexp.MustCompile(`^(?:[\w.]+=(?:"(?:[^"\\]|\\.)*"|\S*)\s*){2,}`)
	textLogPair   = regexp.MustCompile(`([\w.]+)=("(?:[^"\\]|\\.)*"|\S*)`)
	textLogLevel  = regexp.MustCompile(`(?i)^(?:[-|]\s+)?(?:\d{1,9}(?:#\d+)?:?\s+)?(?:\S{1,40}\s+)??[\[(<]?(?:\w+[:.])?(trace|debug|info|notice|warn|warning|error|err|fatal|critical|crit|severe|panic|emerg|alert)[\])>:|]*(?:\s|$)`)
	textLogLogger = regexp.MustCompile(`^[-|:]?\s*(?:\[[^\]\s]{1,120}\]\s+)?([A-Za-z][\w$]*(?:[./][\w$]+){1,12})(?:\s*[-:]\s|\s)`)
)

// cutTextLog takes a line apart. It is not ok if the line begins no entry.
func cutTextLog(s string) (l textLogLine, ok bool) {
	if len(s) < 10 {
		return l, false
	}
	if m := textLogApache.FindStringSubmatch(s); m != nil {
		l.stamp, l.layout, l.message = strings.Join(strings.Fields(m[1]+" "+m[2]), " "), "Mon Jan 2 15:04:05 2006", m[3]
		l.cutLevel()
		return l, true
	}
	if m := textLogJava.FindStringSubmatch(s); m != nil {
		l.stamp, l.layout, l.message = m[1], "Jan 2, 2006 3:04:05 PM", m[2]
		l.cutLevel()
		return l, true
	}
	m := textLogStamp.FindStringSubmatch(s)
	if m == nil {
		if b := textLogBefore.FindStringSubmatch(s); b != nil {
			if m = textLogStamp.FindStringSubmatch(b[2]); m != nil {
				l.where = b[1]
			}
		}
	}
	if m != nil {
		l.stamp = strings.Replace(strings.ReplaceAll(m[1], "/", "-"), ",", ".", 1) + strings.Replace(m[2], "UTC", "Z", 1)
		l.message = strings.TrimSpace(m[3])
		l.cutLevel()
		return l, true
	}
	if strings.Contains(s[:min(len(s), 200)], "=") && textLogPairs.MatchString(s) {
		return cutPairs(s)
	}
	return l, false
}

// cutPairs takes a line of key=value pairs apart (logfmt).
func cutPairs(s string) (l textLogLine, ok bool) {
	var rest []string
	for _, m := range textLogPair.FindAllStringSubmatch(s, 64) {
		name, value := m[1], m[2]
		if plain, err := strconv.Unquote(value); err == nil {
			value = plain
		}
		switch name {
		case "time", "ts", "t", "timestamp", "at":
			if l.stamp == "" && stampMoment(value, Options{}).Known() {
				l.stamp = value
				continue
			}
		case "level", "lvl", "severity":
			l.level = value
			continue
		case "msg", "message":
			l.message = value
			continue
		case "service", "app", "logger", "component":
			if l.where == "" {
				l.where = value
				continue
			}
		}
		if !jsonLogID(name) {
			rest = append(rest, name+"="+value)
		}
	}
	l.message = strings.TrimSpace(l.message + " " + strings.Join(rest, " "))
	return l, l.stamp != ""
}

// cutLevel finds the level near the beginning of the message, and a logger's name behind it.
func (l *textLogLine) cutLevel() {
	m := textLogLevel.FindStringSubmatchIndex(l.message)
	if m == nil {
		return
	}
	l.level = l.message[m[2]:m[3]]
	rest := strings.TrimSpace(l.message[m[1]:])
	if g := textLogLogger.FindStringSubmatch(rest); g != nil && l.where == "" {
		l.where = g[1]
	}
	if before := strings.TrimSpace(l.message[:m[2]]); strings.Trim(before, "-|[(<0123456789#: ") == "" {
		l.message = strings.TrimLeft(rest, "-|: ")
	}
}

func (l textLogLine) moment(o Options) debrief.Moment {
	if l.layout == "" {
		return stampMoment(l.stamp, o)
	}
	zone, certainty := logZone(o)
	at, err := time.ParseInLocation(l.layout, l.stamp, zone)
	if err != nil {
		return debrief.Moment{}
	}
	return stampSane(debrief.Moment{At: at.UTC(), Zone: certainty, Written: l.stamp})
}

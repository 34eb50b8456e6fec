package evidence

import (
	"context"
	"fmt"
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
		year := syslogReader{f: f, year: syslogYearOf(f)}
		err := readLines(ctx, f, out, func(l textLine) error {
			p, ok := cutTextLog(l.Text)
			if !ok {
				return w.goOn(l)
			}
			e := l.evidence("textlog", f)
			p.fill(&e, &year)
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
	stamp, level, where, client, message string
	layout                               string      // of stamps that are not of the usual layouts
	yearless                             *syslogLine // for stamps that name no year
}

var (
	textLogStamp  = regexp.MustCompile(`^\[?(\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)(?: ?(Z|UTC|[+-]\d\d:?\d\d))?\]?([\s|,:\[].*|)$`)
	textLogBefore = regexp.MustCompile(`^(\S{1,80})\s+(?:\|\s+)?(\[?\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d.*)$`)
	textLogApache = regexp.MustCompile(`^\[((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?) (\d{4})\] (.*)$`)
	textLogJava   = regexp.MustCompile(`^([A-Z][a-z]{2} \d{1,2}, \d{4} \d{1,2}:\d\d:\d\d [AP]M)\s+(.*)$`)
	textLogRuby   = regexp.MustCompile(`^[A-Z], \[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?)(?: #\d+)?\]\s+([A-Z]+) -- ([^:]{0,80}): (.*)$`)
	textLogGo     = regexp.MustCompile(`^([IWEF])(\d\d)(\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,9})?)\s+\d+ ([^\]\s]{1,120})\] (.*)$`)
	textLogRedis  = regexp.MustCompile(`^\d+:[A-Z] (\d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d(?:\.\d+)?) ([*#.-]) (.*)$`)
	textLogTomcat = regexp.MustCompile(`^(\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d(?:\.\d+)?) (.*)$`)
	textLogEpoch  = regexp.MustCompile(`^\[?(\d{10}(?:\.\d{1,9})?|\d{13})\]?[:\s]\s*(.*)$`)
	textLogPadded = regexp.MustCompile(`^\[([A-Za-z][\w$]*(?:\.[\w$]+)+)\s*\]\s*`)
	textLogRun    = regexp.MustCompile(`^(?:stdout|stderr) [FP] `)
	textLogWorker = regexp.MustCompile(`^\d+#\d+: (?:\*\d+ )?`)
	textLogPairs  = regexp.MustCompile(`^(?:[\w.]+=(?:"(?:[^"\\]|\\.)*"|\S*)\s*){2,}`)
	textLogPair   = regexp.MustCompile(`([\w.]+)=("(?:[^"\\]|\\.)*"|\S*)`)
	textLogLevel  = regexp.MustCompile(`(?i)^(?:[-|]\s+)?(?:\d{1,9}(?:#\d+)?:?\s+)?(?:\S{1,80}\s+(?:[-|:]\s+)?)??[\[(<]?(?:\w+[:.])?(` + textLogWords + `)[\])>:|]*(?:\s|$)`)
	textLogWord   = regexp.MustCompile(`(?i)^\[?(` + textLogWords + `)\]?$`)
	textLogLogger = regexp.MustCompile(`^[-|:]?\s*(?:\[[^\]\s]{1,120}\]\s+)?([A-Za-z][\w$]*(?:[./][\w$]+){1,12})(?:\s*[-:]\s+|\s)`)
)

const textLogWords = `trace|debug|info|notice|warn|warning|error|err|fatal|critical|crit|severe|panic|emerg|alert`

// cutTextLog takes a line apart. It is not ok if the line begins no entry. The
// first byte tells which forms are worth a try.
func cutTextLog(s string) (l textLogLine, ok bool) {
	if len(s) < 10 || s[0] == ' ' || s[0] == '\t' {
		return l, false
	}
	c := s[0]
	if c >= '0' && c <= '9' || c == '[' {
		if m := textLogStamp.FindStringSubmatch(s); m != nil {
			return l, l.cutStamp(m)
		}
	}
	switch {
	case c == '[':
		if m := textLogApache.FindStringSubmatch(s); m != nil {
			l.stamp, l.layout, l.message = strings.Join(strings.Fields(m[1]+" "+m[2]), " "), "Mon Jan 2 15:04:05 2006", m[3]
			l.cutBrackets()
			return l, true
		}
	case c >= '0' && c <= '9':
		if m := textLogRedis.FindStringSubmatch(s); m != nil {
			l.stamp, l.layout, l.message = m[1], "02 Jan 2006 15:04:05", m[3]
			l.level = map[string]string{"#": "warning", "*": "notice", "-": "info", ".": "debug"}[m[2]]
			return l, true
		}
		if m := textLogTomcat.FindStringSubmatch(s); m != nil {
			l.stamp, l.layout, l.message = m[1], "02-Jan-2006 15:04:05", m[2]
			l.cutLevel()
			return l, true
		}
	case c >= 'A' && c <= 'Z':
		if m := textLogRuby.FindStringSubmatch(s); m != nil {
			l.stamp, l.level, l.where, l.message = m[1], m[2], strings.TrimSpace(m[3]), m[4]
			return l, true
		}
		if m := textLogGo.FindStringSubmatch(s); m != nil {
			return l, l.cutGo(m)
		}
		if m := textLogJava.FindStringSubmatch(s); m != nil {
			l.stamp, l.layout, l.message = m[1], "Jan 2, 2006 3:04:05 PM", m[2]
			l.cutLevel()
			return l, true
		}
	}
	if b := textLogBefore.FindStringSubmatch(s); b != nil {
		if m := textLogStamp.FindStringSubmatch(b[2]); m != nil && l.cutStamp(m) {
			if w := textLogWord.FindStringSubmatch(b[1]); w != nil {
				l.level = firstOf(l.level, w[1])
			} else {
				l.where = strings.Trim(b[1], "[]")
			}
			return l, true
		}
	}
	if m := textLogEpoch.FindStringSubmatch(s); m != nil {
		l.stamp, l.message = m[1], m[2]
		l.cutLevel()
		return l, stampMoment(l.stamp, Options{}).Known()
	}
	if strings.Contains(s[:min(len(s), 200)], "=") && textLogPairs.MatchString(s) {
		return cutPairs(s)
	}
	return l, false
}

// cutStamp takes what textLogStamp found.
func (l *textLogLine) cutStamp(m []string) bool {
	l.stamp = strings.Replace(strings.ReplaceAll(m[1], "/", "-"), ",", ".", 1) + strings.Replace(m[2], "UTC", "Z", 1)
	l.message = strings.Trim(m[3], " \t|,:")
	if run := textLogRun.FindString(l.message); run != "" { // a container's output, as the runtime writes it
		l.message = l.message[len(run):]
		if inner, ok := cutTextLog(l.message); ok && inner.stamp != "" {
			l.message, l.level, l.where = inner.message, inner.level, inner.where
			return true
		}
	}
	if level, message, ok := jsonLogInside(l.message); ok {
		l.level, l.message = level, message
		return true
	}
	l.cutLevel()
	return true
}

// cutGo takes what textLogGo found: the form of Kubernetes' own programs.
func (l *textLogLine) cutGo(m []string) bool {
	month, _ := strconv.Atoi(m[2])
	day, _ := strconv.Atoi(m[3])
	hour, minute, second, nano, _, ok := cutClock(m[4])
	if !ok || month < 1 || month > 12 || day < 1 || day > 31 {
		return false
	}
	l.level = map[string]string{"I": "info", "W": "warning", "E": "error", "F": "fatal"}[m[1]]
	l.where, l.message = m[5], m[6]
	l.yearless = &syslogLine{
		month: time.Month(month), day: day, hour: hour, minute: minute, second: second, nano: nano,
		clock: fmt.Sprintf("%s %2d %s", time.Month(month).String()[:3], day, m[4]),
	}
	return true
}

// cutBrackets takes the fields in brackets with which Apache's entries begin.
func (l *textLogLine) cutBrackets() {
	for strings.HasPrefix(l.message, "[") {
		field, rest, found := strings.Cut(l.message[1:], "] ")
		if !found {
			return
		}
		kind, value, _ := strings.Cut(field, " ")
		module, level, modular := strings.Cut(field, ":")
		switch {
		case textLogWord.MatchString(field):
			l.level = field
		case modular && textLogWord.MatchString(strings.TrimRight(level, "0123456789")):
			l.where, l.level = module, level
		case kind == "client" || kind == "remote":
			l.client = value
		case kind != "pid" && kind != "tid":
			return
		}
		l.message = rest
	}
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

// cutLevel finds the level near the beginning of the message, and takes it off
// with what stands before it (a process, a thread, a logger) and the logger behind it.
func (l *textLogLine) cutLevel() {
	m := textLogLevel.FindStringSubmatchIndex(l.message)
	if m == nil {
		return
	}
	before, rest := l.message[:m[2]], strings.TrimSpace(l.message[m[1]:])
	l.level = l.message[m[2]:m[3]]
	if name := strings.Trim(before, "-|[]()<>: \t0123456789#"); name != "" && !strings.ContainsAny(before, "[(<") {
		l.where = strings.Trim(before, "-|: \t")
	} else if g := textLogLogger.FindStringSubmatchIndex(rest); g != nil {
		l.where, rest = rest[g[2]:g[3]], rest[g[1]:]
	}
	rest = strings.TrimLeft(rest, "]-|: \t")
	if g := textLogPadded.FindStringSubmatchIndex(rest); g != nil && l.where == "" {
		l.where, rest = rest[g[2]:g[3]], rest[g[1]:]
	}
	l.message = rest[len(textLogWorker.FindString(rest)):]
}

// fill gives e what the line says.
func (l textLogLine) fill(e *debrief.Evidence, year *syslogReader) {
	e.Text, e.Level, e.Where = l.message, l.level, l.where
	attribute(e, "client", l.client)
	if l.yearless == nil {
		e.At = l.moment(year.f.Options)
		return
	}
	if e.At = year.moment(*l.yearless); !e.At.Known() {
		attribute(e, "clock", l.yearless.clock)
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

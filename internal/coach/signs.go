package coach

import (
	"sort"
	"strings"
	"time"

	"debrief.dev/debrief"
)

// Thresholds of what counts as long or many. They follow common practice for
// incidents and are the same for everybody; none is a judgement.
const (
	longSilence    = 20 * time.Minute // without an entry while the impact is open
	longUndetected = 15 * time.Minute
	longAck        = 10 * time.Minute
	longWord       = 30 * time.Minute // impact start to the first word outside
	nearChange     = 60 * time.Minute // a change this close before the impact stands in view
	stormAlerts    = 10               // alerts and pages within stormSpan
	stormSpan      = 10 * time.Minute
)

// signs computes what needs no words: storms, gaps, dates that moved. The
// result maps a name used in taxonomy.yaml to the evidence behind it; a name
// that is absent does not hold.
func (c *Case) signs(f *findings) map[string][]debrief.Citation {
	s := map[string][]debrief.Citation{}
	put := func(name string, cites ...debrief.Citation) { s[name] = append(s[name], cites...) }
	impact := c.impact()

	var bells []*debrief.Evidence
	for i := range c.Evidence {
		e := &c.Evidence[i]
		switch e.Sort {
		case debrief.Alert, debrief.Page:
			if e.At.Known() && (e.State == debrief.Firing || e.State == debrief.Triggered) {
				bells = append(bells, e)
			}
		case debrief.Ticket:
			c.ticketSigns(e, impact, put)
		case debrief.Meeting:
			if e.State == debrief.Cancelled {
				put("MEETING_CANCELLED", e.Cite())
			}
		}
	}
	sort.SliceStable(bells, func(i, j int) bool { return bells[i].At.At.Before(bells[j].At.At) })
	for i := 0; i+stormAlerts <= len(bells); i++ {
		if bells[i+stormAlerts-1].At.At.Sub(bells[i].At.At) <= stormSpan {
			put("ALERT_STORM", bells[i].Cite(), bells[i+stormAlerts-1].Cite())
			break
		}
	}

	start, okStart := c.mark(debrief.ImpactStart)
	if okStart {
		if m, ok := c.mark(debrief.Detected); ok && m.At.At.Sub(start.At.At) > longUndetected {
			put("UNDETECTED", m.Evidence...)
		}
		if m, ok := c.mark(debrief.FirstPublicWord); ok && m.At.At.Sub(start.At.At) > longWord {
			put("LATE_WORD", m.Evidence...)
		}
		if !anyBefore(bells, impact, c.settled()) {
			put("NO_ALERT")
		}
	}
	for _, g := range c.Gaps {
		if g.Name == debrief.Unacknowledged && g.Length > longAck {
			put("SLOW_ACK", g.Evidence...)
		}
	}
	if m, ok := c.mark(debrief.Mitigated); ok {
		put("MITIGATED", m.Evidence...)
	}
	if len(c.Changes) > 0 {
		put("CHANGE_NEAR", c.Changes[0])
	}
	if len(c.outside()) > 0 {
		put("OUTSIDE_PARTY")
	}
	for _, e := range c.Entries {
		if low := strings.ToLower(e.Text); strings.Contains(low, "cpu") || strings.Contains(low, "saturat") ||
			strings.Contains(low, "exhaust") || strings.Contains(low, "capacity") || strings.Contains(low, "memory") {
			put("SATURATION", e.Evidence...)
		}
	}
	if a, b := c.publicAgainstInside(f); a != nil && b != nil {
		put("STATUS_DIFFERS", a.Cite(), b.Cite())
	}
	if len(f.hits["attack"]) > 0 && len(f.hits["attack_denied"]) == 0 {
		put("ATTACK_STANDS", f.cites(f.hits["attack"])...)
	}
	return s
}

// ticketSigns reads what a ticket's fields tell: a due date that moved, a
// priority that sank or rose, a ticket older than the impact that is still open.
func (c *Case) ticketSigns(e *debrief.Evidence, impact time.Time, put func(string, ...debrief.Citation)) {
	a := e.Attributes
	before := e.At.Known() && e.At.At.Before(impact)
	if before && a["duedate_from"] != "" && a["duedate_to"] > a["duedate_from"] ||
		before && a["due_from"] != "" && a["due_to"] > a["due_from"] {
		put("DUE_MOVED", e.Cite())
	}
	low := strings.ToLower(e.Text + " " + a["status_to"] + " " + a["priority_to"])
	if before && (strings.Contains(low, "priority") || a["priority_to"] != "") && e.State == debrief.Changed {
		from, to := rank(a["priority_from"]), rank(a["priority_to"])
		switch {
		case from > 0 && to > 0 && to < from:
			put("PRIORITY_LOWERED", e.Cite())
		case from > 0 && to > from:
			put("PRIORITY_RAISED", e.Cite())
		}
	}
	if before && (e.State == debrief.Cancelled || strings.Contains(strings.ToLower(a["status_to"]), "cancel") ||
		strings.Contains(strings.ToLower(a["status_to"]), "won't")) {
		put("DROPPED", e.Cite())
	}
	if before && impact.Sub(e.At.At) > 7*24*time.Hour {
		switch strings.ToLower(a["status"]) {
		case "open", "backlog", "to do", "todo", "new", "triage":
			put("OPEN_TICKET", e.Cite())
		}
	}
	if t := strings.ToLower(e.Title); strings.Contains(t, "forecast") || strings.Contains(t, "capacity plan") || strings.Contains(t, "load estimate") {
		put("TICKET_FORECAST", e.Cite())
	}
}

// rank orders the words that trackers use for priorities; 0 means unknown.
func rank(p string) int {
	switch strings.ToLower(strings.TrimSpace(p)) {
	case "lowest", "trivial", "p5", "p4":
		return 1
	case "low", "minor", "p3":
		return 2
	case "medium", "normal", "p2":
		return 3
	case "high", "major", "p1":
		return 4
	case "highest", "urgent", "critical", "blocker", "p0":
		return 5
	}
	return 0
}

func anyBefore(list []*debrief.Evidence, from, to time.Time) bool {
	for _, e := range list {
		if t := e.At.At; !t.Before(from.Add(-time.Minute)) && !t.After(to) {
			return true
		}
	}
	return false
}

// limited are words of status updates that narrow the scope, wide are words by
// which people inside say that all of it is affected.
var (
	limited = []string{"some ", "subset", "certain ", "a few ", "minor", "partial", "limited", "may be delayed", "small number", "amber", "on track"}
	wide    = []string{"every ", "everything", "everywhere", "worldwide", "global", "all sites", "all regions", "all zones", "all customers", "all of ", "is red", "say red", "said red"}
)

// publicAgainstInside finds a wording for outside that is narrower than what
// was said inside at about the same time, and the two pieces of evidence.
func (c *Case) publicAgainstInside(f *findings) (outside, inside *debrief.Evidence) {
	for i := range c.Evidence {
		o := &c.Evidence[i]
		if !c.forOutside(o) || !o.At.Known() || !containsAny(o.Text+" "+o.Title, limited) {
			continue
		}
		reach := 45 * time.Minute
		if o.Sort == debrief.Mail {
			reach = 48 * time.Hour
		}
		best := reach
		for _, name := range []string{"vague_scope", "constraint_unsaid"} {
			for _, h := range f.hits[name] {
				n := &c.Evidence[h.ev]
				if n.Author.Bot || n.Sort == debrief.StatusUpdate || n.Sort == debrief.Change || c.forOutside(n) || !n.At.Known() {
					continue
				}
				if d := n.At.At.Sub(o.At.At).Abs(); d < best && containsAny(h.sentence, wide) && !containsAny(h.sentence, limited) {
					outside, inside, best = o, n, d
				}
			}
		}
		if inside != nil {
			return outside, inside
		}
	}
	return nil, nil
}

// forOutside reports whether the evidence was written for people outside.
func (c *Case) forOutside(e *debrief.Evidence) bool {
	if e.Sort == debrief.StatusUpdate {
		return true
	}
	return e.Sort == debrief.Mail && !by(e, c.outside())
}

func containsAny(s string, words []string) bool {
	s = strings.ToLower(s)
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

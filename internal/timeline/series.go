package timeline

import (
	"regexp"
	"strings"
	"time"

	"debrief.dev/debrief"
)

var (
	botFiring   = regexp.MustCompile(`(?i)\[?\b(?:firing|alerting|triggered|opened|critical|down|no data)\b`)
	botResolved = regexp.MustCompile(`(?i)\[?\b(?:resolved|recovered|ok|closed|up again|back to normal)\b`)
	severeWord  = regexp.MustCompile(`(?i)^(?:critical|page|paging|p1|p0|sev-?[01]|high|error|emergency|fatal|disaster|1)$`)
	mildWord    = regexp.MustCompile(`(?i)^(?:info|warning|warn|low|p[345]|notice|none|ticket|minor|moderate|[45])$`)
)

// fold gathers what was said of each alert into one history.
func (p *proposer) fold() {
	for _, x := range p.items {
		if x.ev.Sort != debrief.Alert || !x.known() {
			continue
		}
		s := p.seriesOf(x.ev.Title)
		x.series = s
		if x.ev.State == debrief.Resolved || x.ev.State == debrief.Closed {
			s.ends = append(s.ends, x)
		} else {
			s.firing = append(s.firing, x)
		}
		if severeWord.MatchString(x.ev.Level) || severeWord.MatchString(x.ev.Attributes["severity"]) {
			s.severe = true
		}
	}
	// Pages and bots name the alert they repeat.
	for _, x := range p.items {
		if !x.known() || x.series != nil {
			continue
		}
		bot := x.ev.Sort == debrief.Message && x.ev.Author.Bot
		if x.ev.Sort != debrief.Page && !bot {
			continue
		}
		s := p.named(x)
		if s == nil && x.ev.Sort == debrief.Page {
			s = p.seriesOf(firstText(x.ev.Title, x.ev.Subject, x.ev.Text))
		}
		if s == nil && bot && (botFiring.MatchString(x.ev.Text) || strings.HasPrefix(x.ev.Text, "[")) && alertLike(x.ev.Text) {
			s = p.seriesOf(firstLine(x.ev.Text))
		}
		if s == nil {
			continue
		}
		x.series = s
		switch {
		case x.ev.Sort == debrief.Page:
			s.paged = true
			if !p.mild(x, s) {
				s.severe = true
			}
			switch x.ev.State {
			case debrief.Triggered, debrief.Firing:
				s.firing = append(s.firing, x)
			case debrief.Resolved, debrief.Closed:
				s.ends = append(s.ends, x)
			}
		case botResolved.MatchString(firstLine(x.ev.Text)):
			s.ends = append(s.ends, x)
		case botFiring.MatchString(x.ev.Text):
			s.firing = append(s.firing, x)
		}
	}
	for _, s := range p.series {
		byTime(s.firing)
		byTime(s.ends)
		s.flapped = !s.severe && episodes(s.firing, 15*time.Minute) >= 2 && len(s.ends) >= 2 && s.longest() < time.Hour
	}
}

// longest is how long the longest episode took, of those that ended.
func (s *series) longest() time.Duration {
	var most time.Duration
	for i, x := range s.firing {
		end := s.endOf(x)
		if end == nil || i+1 < len(s.firing) && !s.firing[i+1].at.After(end.at) {
			continue
		}
		most = max(most, end.at.Sub(x.at))
	}
	return most
}

// endOf is the first end after a firing, or nil.
func (s *series) endOf(x *item) *item {
	for _, e := range s.ends {
		if e.at.After(x.at) {
			return e
		}
	}
	return nil
}

// mild reports whether a page was one that wakes nobody: its own level, that of
// another record of the same page, or that of the alert says so.
func (p *proposer) mild(x *item, s *series) bool {
	for _, y := range p.refs[x.ev.Subject] {
		if y.ev.Level != "" {
			return mildWord.MatchString(y.ev.Level)
		}
	}
	for _, y := range s.firing {
		if y.ev.Sort == debrief.Alert && y.ev.Level != "" {
			return mildWord.MatchString(y.ev.Level)
		}
	}
	return false
}

// alertLike reports whether a bot's text has the form of a notification.
func alertLike(text string) bool {
	l := strings.ToLower(firstLine(text))
	return strings.HasPrefix(l, "[fir") || strings.HasPrefix(l, "[res") || strings.HasPrefix(l, "[alert") || strings.HasPrefix(l, "[ok") ||
		strings.HasPrefix(l, "triggered") || strings.HasPrefix(l, "recovered") || strings.HasPrefix(l, "alert")
}

// seriesOf finds or makes the history of an alert by its name.
func (p *proposer) seriesOf(title string) *series {
	name := seriesName(title)
	s := p.series[name]
	if s == nil {
		s = &series{name: name}
		p.series[name] = s
	}
	return s
}

var seriesTrim = regexp.MustCompile(`^\[[^\]]*\]\s*|\([^)]*\)|\s+$`)

func seriesName(title string) string {
	return strings.ToLower(strings.TrimSpace(seriesTrim.ReplaceAllString(title, "")))
}

// named finds the alert whose name a page or bot message holds; the longest wins.
func (p *proposer) named(x *item) *series {
	text := strings.ToLower(x.ev.Title + "\n" + x.ev.Text)
	var best *series
	for name, s := range p.series {
		if len(name) >= 5 && strings.Contains(text, name) &&
			(best == nil || len(name) > len(best.name) || len(name) == len(best.name) && name < best.name) {
			best = s
		}
	}
	return best
}

// episodes counts stretches of items that lie closer together than gap.
func episodes(xs []*item, gap time.Duration) int {
	n := 0
	for i, x := range xs {
		if i == 0 || x.at.Sub(xs[i-1].at) > gap {
			n++
		}
	}
	return n
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

func firstText(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

package timeline

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/cue"
	"debrief.dev/debrief/internal/when"
)

// correctReach is how long after a statement its author may set it right.
const correctReach = 30 * time.Minute

// findCorrections honours what people set right themselves: "scratch that, it was
// 14:02" moves what was told with the wrong time, in notes and records, to the
// right one. The time by which a machine stamped a message is not touched.
func (p *proposer) findCorrections() {
	for _, x := range p.items {
		if !x.known() || x.acts&correct == 0 || !talks(x) {
			continue
		}
		right, wrong, ok := p.clocks(x)
		if !ok {
			continue
		}
		for _, y := range p.items {
			switch y.ev.Sort {
			case debrief.Note, debrief.Record, debrief.Mail:
			default:
				continue
			}
			if !y.known() || y.ev.At.Precision == debrief.Exact || y == x || y.corrected != nil {
				continue
			}
			// The clock meant may be that of the notes' own zone.
			utc := clockOf(y.at)
			if y.at.Sub(x.at).Abs() > 24*time.Hour || utc != wrong && !strings.Contains(y.ev.At.Written, fmt.Sprintf("%d:%02d", int(wrong.Hours()), int(wrong.Minutes())%60)) {
				continue
			}
			y.at = y.at.Add(right - wrong)
			y.corrected = x
		}
	}
}

// clocks finds the right and the wrong time of a correction: both in it, or the
// wrong one in what its author or somebody answered to said shortly before.
func (p *proposer) clocks(x *item) (right, wrong time.Duration, ok bool) {
	found := clocksIn(x.ev.Text)
	switch {
	case len(found) >= 2:
		// "it was 14:02, not 14:05"; "14:05, correction: 14:02"
		if low := strings.ToLower(x.ev.Text); strings.Contains(low, "not ") {
			return found[0], found[1], found[0] != found[1]
		}
		return found[1], found[0], found[0] != found[1]
	case len(found) == 0:
		return 0, 0, false
	}
	before := p.between(x.at.Add(-correctReach), x.at.Add(-time.Second))
	for i := len(before) - 1; i >= 0; i-- {
		y := before[i]
		if y.ev.Where != x.ev.Where || !talks(y) || y.ev.Author != x.ev.Author && y.ev.ID != x.ev.Thread {
			continue
		}
		if old := clocksIn(y.ev.Text); len(old) > 0 && old[len(old)-1] != found[0] {
			return found[0], old[len(old)-1], true
		}
	}
	return 0, 0, false
}

// clocksIn lists the times of day in a text, in order.
func clocksIn(text string) []time.Duration {
	var out []time.Duration
	for _, f := range when.Find(text, when.Context{}) {
		if f.HasClock {
			out = append(out, f.Clock)
		}
	}
	return out
}

func clockOf(t time.Time) time.Duration {
	t = t.UTC()
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}

// dispute keeps contradictory accounts side by side: somebody's notes that give
// another time than the record, and a denial of what another said.
func (p *proposer) dispute(g *group) {
	e := &g.entry
	stamp := p.stamp(g)
	for _, y := range g.items {
		if y == g.lead || y == stamp || y.ev.Sort != debrief.Note && y.ev.Sort != debrief.Record || y.corrected != nil {
			continue
		}
		if y.ev.At.Precision > debrief.About {
			continue // "around three" contradicts nothing
		}
		slack := 90*time.Second + y.ev.At.Precision.Step()/2
		if p.long {
			slack = 12 * time.Hour // in a story of weeks, hours between two records contradict nothing
		}
		if y.at.Sub(stamp.at).Abs() <= slack || p.words.likeness(y.tokens, stamp.tokens, len(p.items)) < 0.15 && p.words.likeness(y.tokens, g.lead.tokens, len(p.items)) < 0.15 {
			continue
		}
		p.sides(g, stamp, e.Text, y, p.roleOf(y)+" notes: "+quote(p.said(y))+".")
		return
	}
	if y := p.denials[g.lead]; y != nil {
		if said := p.said(y); said != "" {
			p.sides(g, stamp, p.roleOf(g.lead)+" says: "+quote(p.clean(claimIn(g.lead.ev.Text)))+".", y, p.roleOf(y)+" says otherwise: "+quote(said)+".")
		}
	}
}

// findDenials pairs each denial with the one statement that it most likely
// answers: by somebody else, shortly before in the same place or thread, and
// about the same. The denial is part of that entry and none of its own.
func (p *proposer) findDenials(groups []*group) []*group {
	p.denials = map[*item]*item{}
	reach := 3 * time.Hour
	if p.long {
		reach = 72 * time.Hour
	}
	for _, y := range p.items {
		if !y.known() || y.acts&deny == 0 || !talks(y) || y.ev.Author.Bot {
			continue
		}
		var best *item
		least := 0.2
		for _, g := range groups {
			x := g.lead
			if x.acts&(promise|plan|decide) == 0 || !talks(x) || x.ev.Author == y.ev.Author || x.at.After(y.at) || y.at.Sub(x.at) > reach {
				continue
			}
			score := p.words.likeness(x.tokens, y.tokens, len(p.items))
			switch {
			case y.ev.Thread != "" && (y.ev.Thread == x.ev.ID || y.ev.Thread == x.ev.Thread):
				score += 0.25
			case y.ev.Where == x.ev.Where && y.at.Sub(x.at) < 10*time.Minute && claims.MatchString(x.ev.Text):
				score += 0.2
			}
			if score > least {
				best, least = x, score
			}
		}
		if best != nil && p.denials[best] == nil {
			p.denials[best] = y
		}
	}
	denials := map[*item]bool{}
	for _, y := range p.denials {
		denials[y] = true
	}
	return slices.DeleteFunc(groups, func(g *group) bool { return denials[g.lead] && len(g.items) == 1 })
}

var claims = regexp.MustCompile(`(?i)\b(?:agreed|confirmed|promised|approved|signed off|was told|said (?:yes|it)|as planned)\b`)

// claimIn is the sentence of a statement that claims an agreement, else all of it.
func claimIn(text string) string {
	for _, s := range cue.Sentences(text) {
		if claims.MatchString(s) {
			return s
		}
	}
	return short(firstLine(text), textMost)
}

// sides makes an entry disputed, with what it says and the other account.
func (p *proposer) sides(g *group, a *item, text string, b *item, other string) {
	moment := func(x *item) debrief.Moment {
		m := x.ev.At
		m.At = x.at
		return m
	}
	e := &g.entry
	e.Status = debrief.Disputed
	e.Accounts = []debrief.Account{
		{Text: text, At: moment(a), Evidence: []debrief.Citation{a.ev.Cite()}},
		{Text: other, At: moment(b), Evidence: []debrief.Citation{b.ev.Cite()}},
	}
	for _, c := range e.Evidence {
		if c == b.ev.Cite() {
			return
		}
	}
	e.Evidence = append(e.Evidence, b.ev.Cite())
}

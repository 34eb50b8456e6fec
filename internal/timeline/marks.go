package timeline

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"

	"debrief.dev/debrief"
)

// mark finds the turning points and cuts the timeline into phases by them.
func (p *proposer) mark() {
	marks := map[debrief.MarkName]debrief.Mark{}
	put := func(name debrief.MarkName, x *item, why string) {
		if x == nil {
			return
		}
		if _, ok := marks[name]; ok {
			return
		}
		at := x.ev.At
		at.At = x.at
		marks[name] = debrief.Mark{Name: name, At: at, Entry: p.entryOf(x), Why: why, Evidence: []debrief.Citation{x.ev.Cite()}}
	}
	in := p.between(p.from.Add(-p.reach()/3), p.to.Add(p.reach()/3))

	put(debrief.ImpactStart, p.onsetOf, "It is the first hard sign of trouble in the evidence.")
	if p.long && p.onsetOf != nil {
		put(debrief.FirstSignal, p.onsetOf, "It is the first sign that somebody could have seen.")
	}
	for _, x := range in {
		at := x.at
		after := !p.onset.IsZero() && !at.Before(p.onset)
		human := talks(x) && !x.ev.Author.Bot
		if x.weight < 0.25 && x.ev.Sort != debrief.Page && x.ev.Sort != debrief.StatusUpdate {
			continue
		}
		sign := x.series != nil && x.series.severe && !x.series.flapped && !endsSeries(x) ||
			human && x.acts&(impact|customer) != 0 && x.acts&(chatter|plan|promise) == 0
		if sign && (p.onset.IsZero() || !at.Before(p.onset.Add(-20*time.Minute))) && (x.series == nil || after) {
			put(debrief.FirstSignal, x, "It is the first sign that somebody could have seen.")
		}
		own := x.series != nil && x.series.severe && !x.series.flapped && !endsSeries(x) && after ||
			human && after && x.acts&(impact|diagnose|declare) != 0 && x.acts&customer == 0 && !p.outside(x) && x.acts&(chatter|plan|promise) == 0
		own = own || p.long && after && human && !p.outside(x) && x.acts&(missing|action|decide) != 0 && x.acts&(plan|promise|chatter) == 0
		if own {
			put(debrief.Detected, x, "It is the first time that the organisation's own monitoring or people noticed.")
		}
		if after && x.ev.Sort == debrief.Page && x.ev.State == debrief.Acknowledged {
			put(debrief.FirstResponse, x, "A person took the page.")
		} else if after && human && x.acts&(action|decide) != 0 && !asks(x) {
			put(debrief.FirstResponse, x, "It is the first action that somebody reports.")
		}
		if after && human && x.acts&declare != 0 && !asks(x) {
			put(debrief.Declared, x, "It was called an incident here.")
		}
		if after && x.ev.Sort == debrief.StatusUpdate {
			put(debrief.FirstPublicWord, x, "It is the first public statement on the status page.")
		}
	}
	p.settle(put, in, marks[debrief.Detected].At.At)
	for _, n := range debrief.MarkOrder {
		if m, ok := marks[n]; ok {
			p.out.Marks = append(p.out.Marks, m)
		}
	}
	p.phases(marks)
}

// settle finds when the impact ended and when the normal state was back: the
// last statement that things are well again after which nobody says otherwise,
// and the last of all.
func (p *proposer) settle(put func(debrief.MarkName, *item, string), in []*item, noticed time.Time) {
	if p.onset.IsZero() {
		return
	}
	var good []*item
	var bad []*item
	for _, x := range in {
		if !x.at.After(p.onset) || x.weight < 0.25 || p.long && x.at.Before(noticed) {
			continue
		}
		human := talks(x) && !x.ev.Author.Bot
		switch {
		case human && (x.acts&effect != 0 || p.long && x.acts&action != 0 && backWord.MatchString(x.best+" "+x.ev.Text)) && positive(x) && !asks(x):
			good = append(good, x)
		case x.series != nil && x.series.severe && endsSeries(x) && !x.series.flapped && x.ev.Sort == debrief.Alert:
			good = append(good, x)
		case x.ev.Sort == debrief.StatusUpdate && x.ev.State == debrief.Monitoring:
			good = append(good, x)
		case human && x.acts&impact != 0 && x.acts&(effect|recap|chatter|plan) == 0 && x.weight > 0.45:
			bad = append(bad, x)
		case x.series != nil && x.series.severe && !endsSeries(x) && !x.series.flapped:
			bad = append(bad, x)
		}
	}
	if len(good) == 0 {
		return
	}
	var relapse time.Time // it was well, and then it was not again
	for _, x := range slices.Backward(bad) {
		if x.at.Before(good[len(good)-1].at) && again.MatchString(x.ev.Text) {
			relapse = x.at
			break
		}
	}
	var best *item
	for _, g := range good {
		if !g.at.After(relapse) {
			continue
		}
		end := g.at.Add(45 * time.Minute)
		from := sort.Search(len(bad), func(i int) bool { return bad[i].at.After(g.at) })
		to := sort.Search(len(bad), func(i int) bool { return !bad[i].at.Before(end) })
		if to-from <= 1 {
			best = g
			break
		}
	}
	if best == nil {
		best = good[len(good)-1]
	}
	put(debrief.Mitigated, best, "From here on the evidence says that things work again.")
	for i := len(good) - 1; i >= 0; i-- {
		if good[i].weight >= 0.45 && !remains.MatchString(good[i].ev.Text) && (!talks(good[i]) || good[i].ev.Where == p.home) {
			put(debrief.ResolvedMark, good[i], "It is the last statement that the normal state is back.")
			break
		}
	}
}

// again finds that trouble came back.
var again = regexp.MustCompile(`(?i)\b(?:down|broken|failing|stuck|offline|unavailable|unreachable|timing out|crashing|happening|erroring|red) again\b|\b(?:errors?|5xx|timeouts?) (?:are |is )?back\b|\brelapsed?\b|\bsecond wave\b`)

// remains finds, in an account of a good effect, that something is not good yet.
var remains = regexp.MustCompile(`(?i)\bstill (?:down|failing|broken|seeing|red|erroring|timing|slow|stuck|wrong|missing|open|degraded|behind)\b|\bnot (?:yet )?(?:back|fixed|done)\b`)

// positive reports whether an effect is a good one.
func positive(x *item) bool {
	s := strings.ToLower(x.best)
	for _, w := range []string{"no difference", "no change", "no effect", "still ", "didn't", "did not", "didnt", "doesn't", "does not", "not back", "not yet", "except", "without effect"} {
		if strings.Contains(s, w) {
			return false
		}
	}
	return true
}

// entryOf finds the entry that cites x; of several, since a page keeps one id from
// its beginning to its end, the nearest in time.
func (p *proposer) entryOf(x *item) string {
	c := x.ev.Cite()
	id, least := "", 10*time.Minute
	for _, e := range p.out.Entries {
		for _, y := range e.Evidence {
			if d := e.At.At.Sub(x.at).Abs(); y == c && d < least {
				id, least = e.ID, d
			}
		}
	}
	return id
}

// phases gives every entry the stretch in which it lies.
func (p *proposer) phases(marks map[debrief.MarkName]debrief.Mark) {
	at := func(n debrief.MarkName) time.Time { return marks[n].At.At }
	for i := range p.out.Entries {
		e := &p.out.Entries[i]
		t := e.At.At
		switch {
		case p.onset.IsZero() || t.Before(p.onset):
			e.Phase = debrief.Before
		case !at(debrief.ResolvedMark).IsZero() && t.After(at(debrief.ResolvedMark)):
			e.Phase = debrief.After
		case !at(debrief.Mitigated).IsZero() && t.After(at(debrief.Mitigated)):
			e.Phase = debrief.Recovering
		case !at(debrief.Detected).IsZero() && t.Before(at(debrief.Detected)):
			e.Phase = debrief.Undetected
		default:
			e.Phase = debrief.Responding
		}
	}
}

// measure takes the stretches between turning points and the long silences.
func (p *proposer) measure() {
	p.out.Gaps = stretches(p.out.Marks)
	p.unacknowledged()
	p.decided()
	p.pending()
	if !p.onset.IsZero() {
		p.out.Gaps = append(p.out.Gaps, silences(p.out.Entries, p.out.Marks, p.onset, p.long)...)
	}
	sortGaps(p.out.Gaps)
}

// Remeasure gives the gaps of a timeline that people have worked on: those
// that follow from its marks and entries are taken anew, those that were read
// off the evidence stay. Entries and marks are in order.
func Remeasure(gaps []debrief.Gap, entries []debrief.Entry, marks []debrief.Mark, long bool) []debrief.Gap {
	now := stretches(marks)
	for _, g := range gaps {
		switch g.Name {
		case debrief.Undetect, debrief.CustomerWord, debrief.ImpactLength, debrief.Silence:
		default:
			now = append(now, g)
		}
	}
	for _, m := range marks {
		if m.Name == debrief.ImpactStart {
			now = append(now, silences(entries, marks, m.At.At, long)...)
		}
	}
	sortGaps(now)
	return now
}

func sortGaps(gaps []debrief.Gap) {
	sort.SliceStable(gaps, func(i, j int) bool { return gaps[i].From.Before(gaps[j].From) })
}

// stretches measures between turning points.
func stretches(marks []debrief.Mark) []debrief.Gap {
	var gaps []debrief.Gap
	mark := func(n debrief.MarkName) *debrief.Mark {
		for i := range marks {
			if marks[i].Name == n {
				return &marks[i]
			}
		}
		return nil
	}
	stretch := func(name debrief.GapName, a, b *debrief.Mark, form string) {
		if a == nil || b == nil || !b.At.At.After(a.At.At) {
			return
		}
		d := b.At.At.Sub(a.At.At)
		if d < 30*time.Second {
			return
		}
		gaps = append(gaps, debrief.Gap{
			Name: name, From: a.At.At, To: b.At.At, Length: d, Text: fmt.Sprintf(form, spell(d)),
			Evidence: append(append([]debrief.Citation{}, a.Evidence...), b.Evidence...),
		})
	}
	impact := mark(debrief.ImpactStart)
	stretch(debrief.Undetect, impact, mark(debrief.Detected), "%s passed between the start of the impact and its detection.")
	stretch(debrief.CustomerWord, impact, mark(debrief.FirstPublicWord), "%s passed between the start of the impact and the first word to customers.")
	stretch(debrief.ImpactLength, impact, mark(debrief.Mitigated), "The impact lasted %s.")
	return gaps
}

// unacknowledged measures from the first severe page to its acknowledgement.
func (p *proposer) unacknowledged() {
	for _, x := range p.between(p.from, p.to) {
		if x.ev.Sort != debrief.Page || x.ev.State != debrief.Triggered || x.series != nil && x.series.flapped {
			continue
		}
		for _, y := range p.refs[x.ev.Subject] {
			if y.ev.Sort == debrief.Page && y.ev.State == debrief.Acknowledged && y.at.After(x.at) {
				p.out.Gaps = append(p.out.Gaps, debrief.Gap{
					Name: debrief.Unacknowledged, From: x.at, To: y.at, Length: y.at.Sub(x.at),
					Text:     spell(y.at.Sub(x.at)) + " passed between the first page and its acknowledgement.",
					Evidence: []debrief.Citation{x.ev.Cite(), y.ev.Cite()},
				})
				return
			}
		}
	}
}

// decided measures from the first decision while the impact was open to the
// first good effect after it.
func (p *proposer) decided() {
	if p.onset.IsZero() || p.long {
		return
	}
	var made *item
	for _, x := range p.between(p.onset, p.settled) {
		switch {
		case x.weight < 0.3 || !talks(x) || x.ev.Author.Bot || asks(x):
		case made == nil && x.acts&decide != 0:
			made = x
		case made != nil && x.acts&effect != 0 && positive(x):
			d := x.at.Sub(made.at)
			if d < time.Minute {
				return
			}
			p.out.Gaps = append(p.out.Gaps, debrief.Gap{
				Name: debrief.DecisionEffect, From: made.at, To: x.at, Length: d,
				Text:     spell(d) + " passed between a decision and the first effect that is reported after it.",
				Evidence: []debrief.Citation{made.ev.Cite(), x.ev.Cite()},
			})
			return
		}
	}
}

// answered finds, in the text of a ticket's change, that what it asked for was
// given or declined.
var answered = regexp.MustCompile(`(?i)\bto (?:done|closed|resolved|approved|declined|rejected|complete[d]?|granted|won.t do)\b`)

// pending measures how long what a ticket asked for waited for its answer; the
// longest that the timeline cites.
func (p *proposer) pending() {
	least := time.Hour
	if p.long {
		least = 3 * 24 * time.Hour
	}
	var best debrief.Gap
	for i := range p.out.Entries {
		for _, c := range p.out.Entries[i].Evidence {
			x := p.byCite[c]
			if x == nil || x.ev.Sort != debrief.Ticket || x.ev.Subject == "" {
				continue
			}
			var asked, given *item
			for _, y := range p.refs[x.ev.Subject] {
				if y.ev.Sort != debrief.Ticket || y.ev.Subject != x.ev.Subject || !y.known() {
					continue
				}
				if y.ev.State == debrief.Opened && (asked == nil || y.at.Before(asked.at)) {
					asked = y
				}
				if (y.ev.State == debrief.Closed || answered.MatchString(y.ev.Text)) && (given == nil || y.at.Before(given.at)) {
					given = y
				}
			}
			if asked == nil || given == nil || asked.acts&(plan|request) == 0 || !p.long && given.at.Before(p.onset) {
				continue // what was answered before it began kept nobody waiting
			}
			if d := given.at.Sub(asked.at); d >= least && d > best.Length {
				best = debrief.Gap{
					Name: debrief.PendingWait, From: asked.at, To: given.at, Length: d,
					Text:     "What the ticket " + quoted(short(p.clean(firstLine(asked.ev.Title)), 80)) + " asks for waited " + spell(d) + " for its answer.",
					Evidence: []debrief.Citation{asked.ev.Cite(), given.ev.Cite()},
				}
			}
		}
	}
	if best.Length > 0 {
		p.out.Gaps = append(p.out.Gaps, best)
	}
}

// silences finds stretches without an entry while the impact was open.
func silences(entries []debrief.Entry, marks []debrief.Mark, onset time.Time, long bool) []debrief.Gap {
	least := 20 * time.Minute
	if long {
		least = 7 * 24 * time.Hour
	}
	var end time.Time
	for _, m := range marks {
		if m.Name == debrief.Mitigated || m.Name == debrief.ResolvedMark {
			end = m.At.At
		}
	}
	var gaps []debrief.Gap
	for i := 1; i < len(entries); i++ {
		a, b := &entries[i-1], &entries[i]
		if a.At.At.Before(onset) && !long || !end.IsZero() && a.At.At.After(end) {
			continue
		}
		if d := b.At.At.Sub(a.At.At); d >= least {
			g := debrief.Gap{
				Name: debrief.Silence, From: a.At.At, To: b.At.At, Length: d,
				Text: "Nothing on the timeline for " + spell(d) + ".",
			}
			for _, e := range []*debrief.Entry{a, b} { // what people add may cite nothing
				if len(e.Evidence) > 0 {
					g.Evidence = append(g.Evidence, e.Evidence[0])
				}
			}
			gaps = append(gaps, g)
		}
	}
	return gaps
}

// spell writes a length of time as people say it.
func spell(d time.Duration) string {
	d = d.Round(time.Second)
	unit := func(n int, one string) string {
		if n == 1 {
			return "1 " + one
		}
		return fmt.Sprintf("%d %ss", n, one)
	}
	switch {
	case d < 2*time.Minute:
		return unit(int(d.Seconds()), "second")
	case d < 2*time.Hour:
		return unit(int(d.Minutes()+0.5), "minute")
	case d < 48*time.Hour:
		h, m := int(d.Hours()), int(d.Minutes())%60
		if m == 0 {
			return unit(h, "hour")
		}
		return unit(h, "hour") + " " + unit(m, "minute")
	}
	return unit(int(d.Hours()/24+0.5), "day")
}

package timeline

import (
	"sort"
	"strings"
	"time"

	"debrief.dev/debrief"
)

func byTime(xs []*item) {
	sort.SliceStable(xs, func(i, j int) bool {
		if !xs[i].at.Equal(xs[j].at) {
			return xs[i].at.Before(xs[j].at)
		}
		if xs[i].ev.File != xs[j].ev.File {
			return xs[i].ev.File < xs[j].ev.File
		}
		return xs[i].ev.ID < xs[j].ev.ID
	})
}

// alarm is how strongly an item says that something is the matter right now.
func (x *item) alarm() float64 {
	switch x.ev.Sort {
	case debrief.Alert:
		if x.series.flapped || x.ev.State == debrief.Resolved {
			return 0.1
		}
		if x.series.severe {
			return 1
		}
		return 0.4
	case debrief.Page:
		if x.series != nil && x.series.flapped {
			return 0.1
		}
		return 1
	case debrief.StatusUpdate:
		return 1.5
	case debrief.Message, debrief.Speech, debrief.Mail:
		if x.ev.Author.Bot {
			return 0.2
		}
		switch {
		case x.acts&declare != 0:
			return 2
		case x.acts&(impact|effect|action|decide|diagnose) != 0 && x.acts&chatter == 0:
			return 0.6
		case x.acts&(customer|missing|hypothesis|confusing|comms) != 0 && x.acts&chatter == 0:
			return 0.3
		}
	}
	return 0
}

// findWindow finds the stretch in which the incident took place: the densest
// part of the evidence, widened until things were quiet. An incident that came
// apart over days has no such part; its window is all that was kept of it.
func (p *proposer) findWindow() {
	known := p.items[:sort.Search(len(p.items), func(i int) bool { return !p.items[i].known() })]
	if len(known) == 0 {
		return
	}
	p.from, p.to = known[0].at, known[len(known)-1].at
	if !p.opts.From.IsZero() || !p.opts.To.IsZero() {
		if !p.opts.From.IsZero() {
			p.from = p.opts.From
		}
		if !p.opts.To.IsZero() {
			p.to = p.opts.To
		}
		p.long = p.to.Sub(p.from) > 60*time.Hour
		return
	}
	const bin = 15 * time.Minute
	type cell struct {
		weight float64
		seen   map[string]float64
	}
	cells := map[int64]*cell{}
	total := 0.0
	for _, x := range known {
		a := x.alarm()
		if a == 0 {
			continue
		}
		// A storm says one thing: the same alert or the same place counts once more and more faintly.
		key := x.ev.Where
		if x.series != nil {
			key = x.series.name
		}
		k := x.at.Unix() / int64(bin/time.Second)
		c := cells[k]
		if c == nil {
			c = &cell{seen: map[string]float64{}}
			cells[k] = c
		}
		c.seen[key]++
		w := a / c.seen[key]
		if x.series == nil {
			w = a / (1 + 0.1*c.seen[key])
		}
		c.weight += w
		total += w
	}
	if len(cells) == 0 {
		p.long = p.to.Sub(p.from) > 60*time.Hour
		return
	}
	keys := make([]int64, 0, len(cells))
	for k := range cells {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool { return keys[i] < keys[j] })
	// The busiest hour and a half.
	best, at := -1.0, 0
	for i := range keys {
		sum := 0.0
		for j := i; j < len(keys) && keys[j] < keys[i]+6; j++ {
			sum += cells[keys[j]].weight
		}
		if sum > best {
			best, at = sum, i
		}
	}
	floor := best / 60
	lo, hi, sum := at, at, cells[keys[at]].weight
	for hi+1 < len(keys) && keys[hi+1]-keys[hi] <= 9 { // up to two hours of quiet
		hi++
		sum += cells[keys[hi]].weight
	}
	for lo > 0 && keys[lo]-keys[lo-1] <= 2 && cells[keys[lo-1]].weight > floor {
		lo--
		sum += cells[keys[lo]].weight
	}
	span := p.to.Sub(p.from)
	from := time.Unix(keys[lo]*int64(bin/time.Second), 0).UTC()
	to := time.Unix((keys[hi]+1)*int64(bin/time.Second), 0).UTC()
	if span > 60*time.Hour && (sum < 0.4*total || p.unfolds(known, from, to)) {
		p.long = true
		return
	}
	p.from, p.to = from, to
	p.takeOpen()
	for _, x := range known { // a status page may be closed after things were quiet
		if x.ev.Sort == debrief.StatusUpdate && x.at.After(p.to) && x.at.Before(p.to.Add(6*time.Hour)) {
			p.to = x.at
		}
	}
}

// openReach is how long before the busy part an alert may have begun that belongs to it.
const openReach = 4 * time.Hour

// takeOpen widens the window to alerts and pages that somebody took, that were
// open when it begins and ended within it: the first sign of what followed.
func (p *proposer) takeOpen() {
	from := p.from
	for _, x := range p.between(from.Add(-openReach), from) {
		if x.ev.Sort != debrief.Page || x.ev.State != debrief.Acknowledged || x.series == nil || x.series.flapped {
			continue
		}
		for _, y := range x.series.firing {
			end := x.series.endOf(y)
			if y.at.After(x.at) || end == nil || end.at.Before(from) || end.at.After(p.to) || from.Sub(y.at) > openReach {
				continue
			}
			x.series.severe = true // whatever its level says
			if y.at.Before(p.from) {
				p.from = y.at
			}
		}
	}
}

// unfolds reports whether a story without a single monitor, page or status page in
// it goes on outside of its busiest stretch: work that came apart, and no outage.
func (p *proposer) unfolds(known []*item, from, to time.Time) bool {
	inside, outside := 0, 0
	for _, x := range known {
		switch x.ev.Sort {
		case debrief.Alert, debrief.Page, debrief.StatusUpdate:
			return false
		case debrief.Log, debrief.Commit, debrief.Change:
			continue
		}
		if x.acts&^(chatter|heat|recap|correct|deny|guard) == 0 && x.ev.Sort != debrief.Meeting {
			continue
		}
		if x.at.Before(from.Add(-12*time.Hour)) || x.at.After(to.Add(12*time.Hour)) {
			outside++
		} else {
			inside++
		}
	}
	return outside*4 >= inside && outside >= 3
}

// findOnset finds when the impact began: the first hard sign in the window, and
// what the logs show before it.
func (p *proposer) findOnset() {
	if p.from.IsZero() {
		return
	}
	var first *item
	from, to := p.from, p.to
	if p.long {
		from, to = p.acute()
	}
	for _, x := range p.between(from, to) {
		if x.ev.Author.Bot && x.ev.Sort == debrief.Message && x.series == nil {
			continue
		}
		hard := x.series != nil && x.series.severe && !x.series.flapped && x.ev.State != debrief.Resolved && len(x.series.firing) > 0 && !quiet(x, p)
		if p.long {
			hard = hard || x.acts&(impact|customer|missing) != 0 && x.acts&(plan|promise|hypothesis|comms|chatter) == 0 && x.ev.Sort != debrief.Ticket && p.followed(x)
		} else {
			hard = hard || x.ev.Sort == debrief.Message && x.acts&impact != 0 && x.acts&(chatter|plan|promise) == 0 && p.followed(x)
		}
		if hard {
			first = x
			break
		}
	}
	if first == nil {
		return
	}
	p.onset, p.onsetOf = first.at, first
	if p.long {
		return
	}
	// Machines that write errors notice before people do.
	seenBefore := map[string]bool{}
	for _, x := range p.items {
		if !x.known() || x.at.After(first.at) {
			break
		}
		if x.ev.Sort != debrief.Log {
			continue
		}
		t := template(x.ev.Text)
		if x.at.Before(first.at.Add(-20 * time.Minute)) {
			seenBefore[t] = true
			continue
		}
		if grave(x.ev) && !seenBefore[t] && p.repeats(t, x.at, first.at.Add(10*time.Minute)) >= 3 {
			p.onset, p.onsetOf = x.at, x
			break
		}
	}
}

// acute finds the day on which a long story came to a head: the one with the most
// alarm in it, from the evening before.
func (p *proposer) acute() (from, to time.Time) {
	best := -1.0
	lo := 0
	sum := 0.0
	known := p.between(p.from, p.to)
	for _, x := range known {
		sum += x.alarm()
		for known[lo].at.Before(x.at.Add(-24 * time.Hour)) {
			sum -= known[lo].alarm()
			lo++
		}
		if sum > best {
			best, from, to = sum, known[lo].at, x.at
		}
	}
	return from, to
}

// quiet reports whether an alert came and went before anybody else said a thing.
func quiet(x *item, p *proposer) bool {
	for _, e := range x.series.ends {
		if e.at.After(x.at) && e.at.Sub(x.at) < 25*time.Minute {
			n := 0
			for _, y := range p.between(x.at, e.at) {
				if y.series != x.series && y.alarm() >= 0.3 && !y.ev.Author.Bot {
					n++
				}
			}
			return n < 3
		}
	}
	return false
}

// followed reports whether others spoke of trouble soon after x.
func (p *proposer) followed(x *item) bool {
	n, reach := 0, 20*time.Minute
	if p.long {
		reach = 6 * time.Hour
	}
	for _, y := range p.between(x.at, x.at.Add(reach)) {
		if y != x && y.alarm() >= 0.3 {
			n++
		}
	}
	return n >= 4
}

// grave reports whether a log line tells of an error.
func grave(e *debrief.Evidence) bool {
	switch strings.ToLower(e.Level) {
	case "error", "err", "crit", "critical", "alert", "emerg", "fatal", "severe", "panic", "warn", "warning":
		return true
	}
	return false
}

// template is a text without what varies: numbers and ids.
func template(s string) string {
	var b strings.Builder
	for _, f := range strings.Fields(s) {
		if strings.ContainsAny(f, "0123456789") {
			continue
		}
		b.WriteString(f)
		b.WriteByte(' ')
		if b.Len() > 80 {
			break
		}
	}
	return b.String()
}

// repeats counts log lines of a template in a stretch of time, up to 3.
func (p *proposer) repeats(t string, from, to time.Time) int {
	n := 0
	for _, y := range p.between(from, to) {
		if y.ev.Sort == debrief.Log && template(y.ev.Text) == t {
			if n++; n >= 3 {
				break
			}
		}
	}
	return n
}

package timeline

import (
	"regexp"
	"sort"
	"strings"
	"time"
	"unicode"

	"debrief.dev/debrief"
)

// findTopics finds the words that the incident is about: those that several
// sources use in its window and that are not everyday words of the evidence.
func (p *proposer) findTopics() {
	type use struct {
		n      int
		places map[string]bool
	}
	uses := map[int32]*use{}
	n := 0
	for _, x := range p.between(p.from, p.to) {
		if x.ev.Sort == debrief.Log {
			continue // logs repeat themselves
		}
		n++
		place := x.ev.Source + "\x00" + x.ev.Where
		for _, id := range x.tokens {
			u := uses[id]
			if u == nil {
				u = &use{places: map[string]bool{}}
				uses[id] = u
			}
			u.n++
			u.places[place] = true
		}
	}
	for id, u := range uses {
		if len(u.places) >= 2 && u.n >= 3 && u.n*20 <= n+60 {
			p.topic[id] = true
		}
	}
}

// placePrior names channels that are for other things than work.
var placePrior = regexp.MustCompile(`(?i)\b(?:random|social|watercooler|water-?cooler|off-?topic|lunch|pets|music|fun|memes|banter|coffee|chit-?chat|celebrations|introductions)\b`)

// placesOf finds how much each channel is about the incident, 0.3 to 1: the
// share of its talk that does something in the story.
func (p *proposer) placesOf() {
	type tally struct{ work, all float64 }
	tallies := map[string]*tally{}
	count := func(xs []*item) {
		for _, x := range xs {
			if x.ev.Sort != debrief.Message || x.ev.Author.Bot {
				continue
			}
			t := tallies[x.ev.Where]
			if t == nil {
				t = &tally{work: 1, all: 2} // a few messages prove little
				tallies[x.ev.Where] = t
			}
			t.all++
			if x.acts&^(chatter|heat|recap|correct|deny|guard) != 0 && x.acts&chatter == 0 {
				t.work++
			}
		}
	}
	count(p.between(p.from, p.to))
	most := 0.0
	for where, t := range tallies {
		if t.work > most || t.work == most && where < p.home {
			most, p.home = t.work, where
		}
		share := t.work / t.all
		v := 0.55 + share
		if placePrior.MatchString(where) {
			v = 0.3
		}
		p.place[where] = min(1, max(0.3, v))
	}
}

// weigh gives every item its weight: how much a careful person would want it in
// the timeline, about 0 to 1.5.
func (p *proposer) weigh() {
	p.placesOf()
	p.findSettled()
	p.findCandidate()
	p.findPages()
	seenAct := map[act]bool{}
	for _, x := range p.items {
		if !x.known() {
			continue
		}
		x.weight = p.worth(x) * p.nearness(x) * p.part(x)
		if x.acts&declare != 0 && talks(x) && !asks(x) && p.inside(x) && !x.at.Before(p.onset) {
			if p.declared == nil {
				p.declared = x
			} else {
				x.weight -= 0.2 // said again
			}
		}
		if x.weight > 0.3 && p.inside(x) {
			for _, w := range actWorth {
				if x.acts&w.act != 0 && !seenAct[w.act] && x.acts&(chatter|heat) == 0 {
					seenAct[w.act] = true
					x.weight += 0.1
					break
				}
			}
		}
	}
	p.indexNotes()
}

// findSettled finds when the organisation itself called it over: the last word
// of the status page, else the last end of a grave alert.
func (p *proposer) findSettled() {
	p.settled = p.to
	if p.long {
		return
	}
	var last, word *item
	for _, x := range p.between(p.from, p.to) {
		switch {
		case x.ev.Sort == debrief.StatusUpdate && (x.ev.State == debrief.Resolved || x.ev.State == debrief.Closed):
			word = x
		case x.series != nil && x.series.severe && !x.series.flapped && endsSeries(x) && !x.ev.Author.Bot:
			last = x
		}
	}
	for _, x := range []*item{word, last} {
		if x != nil && x.at.After(p.onset) {
			p.settled = x.at
			return
		}
	}
}

// part is how much the stretch of the incident in which an item lies belongs to
// the story: talk before the impact only where it is about the change, talk
// after the end only where it adds to what happened.
func (p *proposer) part(x *item) float64 {
	if p.long || p.onset.IsZero() || !talks(x) {
		return 1
	}
	switch {
	case x.at.Before(p.onset.Add(-2 * time.Minute)):
		if p.change != nil && (related(x, p.change) || p.words.likeness(x.tokens, p.change.tokens, len(p.items)) >= 0.08) {
			return 1
		}
		return 0.75
	case x.at.After(p.settled.Add(10*time.Minute)) && !p.outside(x) && (x.ev.Where != p.home || x.acts&(effect|declare|comms) == 0):
		return 0.75
	}
	return 1
}

// findPages finds the first page of the window that was meant to wake somebody,
// and the first time that somebody took one.
func (p *proposer) findPages() {
	for _, x := range p.between(p.from, p.to) {
		if x.ev.Sort != debrief.Page || x.series != nil && (x.series.flapped || !x.series.severe) {
			continue
		}
		switch {
		case p.firstPage == nil && (x.ev.State == debrief.Triggered || x.ev.State == debrief.Firing):
			p.firstPage = x
		case p.firstAck == nil && x.ev.State == debrief.Acknowledged:
			p.firstAck = x
		}
	}
}

// inside reports whether an item lies in the window.
func (p *proposer) inside(x *item) bool {
	return !x.at.Before(p.from) && !x.at.After(p.to)
}

// nearness lowers what lies far from the window, unless the story refers to it.
func (p *proposer) nearness(x *item) float64 {
	if p.long {
		return 1
	}
	const margin = 30 * time.Minute
	switch {
	case !x.at.Before(p.from.Add(-margin)) && !x.at.After(p.to):
		return 1
	case x.at.After(p.to) && x.at.Before(p.to.Add(margin)):
		return 0.8
	case x.at.Before(p.from) && x.at.After(p.from.Add(-3*time.Hour)):
		return 0.75
	case p.referred(x):
		return 0.9
	}
	return 0.3
}

// referred reports whether something inside the window names x.
func (p *proposer) referred(x *item) bool {
	named := func(key string) bool {
		for _, y := range p.refs[key] {
			if y != x && y.known() && p.inside(y) && y.ev.Subject != x.ev.Subject {
				return true
			}
		}
		return false
	}
	return x.ev.Subject != "" && named(x.ev.Subject) || (x.ev.Sort == debrief.Ticket || x.ev.Sort == debrief.Commit) && named(x.ev.ID)
}

var (
	quantity = regexp.MustCompile(`\b\d[\d.,]*\s?(?:%|x|k|m|ms|s|min|minutes|hours?|h|days?|weeks?|users|customers|orders|requests|tickets|pods|nodes|sites|rows)?\b`)
	opening  = regexp.MustCompile(`^(?i:what|who|when|where|why|how|which|can|could|do|does|did|is|are|was|should|shall|would|anyone|any|has|have)\b`)
)

// minutes finds, in the heading above a note, that it records what was said in a meeting.
var minutes = regexp.MustCompile(`(?i)\b(?:minutes|meeting|steering)\b`)

// worth is the weight of an item by itself.
func (p *proposer) worth(x *item) float64 {
	switch x.ev.Sort {
	case debrief.Message, debrief.Speech, debrief.Mail, debrief.Note, debrief.Ticket, debrief.Record:
		if x.ev.Author.Bot {
			return p.botWorth(x)
		}
		w := p.talkWorth(x)
		switch x.ev.Sort {
		case debrief.Mail:
			if automatic.MatchString(x.ev.Title) {
				return 0.15
			}
			w = 0.3 + 0.7*w
			if p.outside(x) {
				w += 0.25
			}
		case debrief.Ticket:
			w = p.ticketWorth(x, w)
		case debrief.Note:
			if !minutes.MatchString(x.ev.Attributes["section"]) {
				w *= 0.6 // an index of the story, rarely the story itself
			}
		}
		return w
	case debrief.Alert:
		return p.alertWorth(x)
	case debrief.Page:
		return p.pageWorth(x)
	case debrief.StatusUpdate:
		switch x.ev.State {
		case debrief.Resolved, debrief.Closed, debrief.Investigating:
			return 0.85
		}
		return 0.62
	case debrief.Change:
		return p.changeWorth(x)
	case debrief.Commit:
		return p.commitWorth(x)
	case debrief.Meeting:
		if x.ev.State == debrief.Cancelled {
			return 0.6
		}
		return 0.12
	case debrief.Log:
		return p.logWorth(x)
	}
	return 0
}

// talkWorth weighs what somebody said.
func (p *proposer) talkWorth(x *item) float64 {
	w, acts := 0.0, 0
	for _, a := range actWorth {
		if x.acts&a.act != 0 {
			w = max(w, a.worth)
			acts++
		}
	}
	if p.long && x.acts&(plan|promise|request|missing) != 0 {
		w += 0.06 // in a story of weeks the turns are made of plans
	}
	if acts > 1 {
		w += 0.06 * float64(min(acts-1, 2))
	}
	topical := p.topical(x)
	if acts == 0 {
		w = p.content(x, topical)
	} else {
		w += 0.04 * float64(min(topical, 5))
	}
	if quantity.MatchString(x.best) {
		w += 0.05
	}
	if x.acts&recap != 0 {
		w += 0.12
	}
	if reactions(x.ev) >= 3 {
		w += 0.06
	}
	if x.acts&chatter != 0 {
		w -= 0.25
	}
	if x.acts&heat != 0 {
		w -= 0.1
	}
	words := len(strings.Fields(x.ev.Text))
	if words <= 2 {
		w -= 0.25
	} else if words <= 4 {
		w -= 0.05
	}
	if asks(x) {
		w -= 0.14
	}
	if v, ok := p.place[x.ev.Where]; ok {
		w *= v
	}
	return w
}

// topical counts the words of an item that the incident is about.
func (p *proposer) topical(x *item) int {
	n := 0
	for _, id := range x.tokens {
		if p.topic[id] {
			n++
		}
	}
	return n
}

// content weighs a statement whose words tell no act that we know: people in
// the middle of it are short, and what they say still tells. What counts is how
// much of it is about the incident, and that it states something checkable.
func (p *proposer) content(x *item, topical int) float64 {
	words := len(strings.Fields(x.ev.Text))
	if words < 4 || words > 80 || !p.inside(x) || x.acts&(chatter|heat) != 0 || strings.HasSuffix(strings.TrimSpace(x.ev.Text), "?") {
		return 0
	}
	w := 0.08 + 0.05*float64(min(topical, 5))
	if strings.ContainsAny(x.ev.Text, "0123456789") {
		w += 0.06
	}
	if reactions(x.ev) >= 2 {
		w += 0.04
	}
	return w
}

// asks reports whether what matters in x is only a question.
func asks(x *item) bool {
	s := strings.TrimSpace(x.best)
	if s == "" {
		s = strings.TrimSpace(x.ev.Text)
	}
	return strings.HasSuffix(s, "?") && opening.MatchString(s)
}

func reactions(e *debrief.Evidence) int {
	n := 0
	for _, r := range e.Reactions {
		n += r.Count
	}
	return n
}

// botWorth weighs what an integration posted: it repeats what another source
// has first hand, so it only tells where that source is missing.
func (p *proposer) botWorth(x *item) float64 {
	if x.series != nil {
		if len(x.series.firing) > 0 && x.series.firing[0] == x {
			return 0.6 * p.alertWorth(x)
		}
		return 0.1
	}
	if x.acts&(action|effect|comms|declare) != 0 {
		for _, y := range p.between(x.at.Add(-4*time.Minute), x.at.Add(4*time.Minute)) {
			if (y.ev.Sort == debrief.Change || y.ev.Sort == debrief.StatusUpdate) && p.words.likeness(x.tokens, y.tokens, len(p.items)) >= 0.2 {
				return 0.3
			}
		}
		return 0.5
	}
	return 0.15
}

// alertWorth weighs a monitor's verdict by the place it has in its history.
func (p *proposer) alertWorth(x *item) float64 {
	s := x.series
	if s == nil {
		return 0.2
	}
	level := 0.3
	if s.severe {
		level = 0.62
	}
	if s.flapped {
		level = 0.12
	}
	inside := 0
	for _, y := range s.firing {
		if p.inside(y) {
			inside++
		}
	}
	if inside > 0 && p.topicalSeries(s) {
		level += 0.12
	} else if !s.severe {
		level -= 0.15
	}
	switch {
	case len(s.ends) > 0 && x == s.ends[len(s.ends)-1]:
		return level - 0.12 // the end of the alert tells of recovery
	case x.ev.State == debrief.Resolved:
		return level - 0.3
	}
	for i, y := range s.firing {
		if y == x {
			if i == 0 || x.at.Sub(s.firing[i-1].at) > 20*time.Minute {
				return level // the beginning, or a beginning again
			}
			return level - 0.25
		}
	}
	return level - 0.3
}

// topicalSeries reports whether people in the window speak of what the alert is about.
func (p *proposer) topicalSeries(s *series) bool {
	for _, x := range s.firing {
		n := 0
		for _, id := range x.tokens {
			if p.topic[id] {
				n++
			}
		}
		if n >= 2 {
			return true
		}
	}
	return false
}

func (p *proposer) pageWorth(x *item) float64 {
	if x.series != nil && x.series.flapped {
		return 0.1
	}
	switch x.ev.State {
	case debrief.Triggered, debrief.Firing:
		if x.series != nil && !x.series.severe {
			return 0.2
		}
		if x == p.firstPage {
			return 0.78
		}
		return 0.4
	case debrief.Acknowledged:
		if x.series != nil && !x.series.severe {
			return 0.2
		}
		if p.firstAck == x {
			return 0.66
		}
		return 0.4
	case debrief.Escalated:
		return 0.45
	case debrief.Resolved:
		return 0.3
	}
	return 0.2
}

// produces reports whether a change concerns what customers use.
func produces(e *debrief.Evidence) bool {
	env := strings.ToLower(e.Attributes["environment"])
	if env == "" {
		return e.Subject != "" && strings.HasPrefix(e.Subject, "deploy")
	}
	return strings.HasPrefix(env, "prod") || strings.HasPrefix(env, "live") || env == "global" || env == "all"
}

func (p *proposer) changeWorth(x *item) float64 {
	w := 0.1
	if produces(x.ev) {
		w = 0.36
	} else if strings.HasPrefix(x.ev.Subject, "deploy") {
		w = 0.22
	}
	if x.ev.State == debrief.Failed {
		w += 0.15
	}
	switch {
	case x == p.change:
		w = 1
	case p.change != nil && related(x, p.change):
		w += 0.35
		if !strings.HasPrefix(x.ev.Subject, "deploy") {
			w += 0.2 // the build of what was deployed
		}
	case p.told(x):
		w += 0.25
	}
	if x.ev.State == debrief.Started || x.ev.State == debrief.Opened {
		w -= 0.08 // its end tells more
	}
	return w
}

// told reports whether people spoke of a change within minutes of it.
func (p *proposer) told(x *item) bool {
	for _, y := range p.between(x.at.Add(-6*time.Minute), x.at.Add(6*time.Minute)) {
		if y.ev.Sort == debrief.Message && !y.ev.Author.Bot && y.acts&(action|effect|decide|comms|plan|declare) != 0 &&
			p.words.likeness(x.tokens, y.tokens, len(p.items)) >= 0.12 {
			return true
		}
	}
	return false
}

func (p *proposer) commitWorth(x *item) float64 {
	w := 0.18
	if p.change != nil && related(x, p.change) {
		w += 0.5
	} else if p.told(x) {
		w += 0.25
	} else if p.referred(x) {
		w += 0.25
	}
	return w
}

// related reports whether two items speak of the same commit or ticket.
func related(a, b *item) bool {
	if a == b || a.ev.Subject != "" && a.ev.Subject == b.ev.Subject {
		return true
	}
	for _, r := range a.ev.Refs {
		if len(r) < 5 || strings.HasPrefix(r, "#") {
			continue
		}
		for _, s := range b.ev.Refs {
			if r == s || len(r) >= 7 && len(s) >= 7 && (strings.HasPrefix(r, s) || strings.HasPrefix(s, r)) {
				return true
			}
		}
	}
	return false
}

func (p *proposer) ticketWorth(x *item, talk float64) float64 {
	w := 0.15
	if p.referred(x) || len(p.refs[x.ev.Subject]) > 0 && p.long {
		w = 0.3
	}
	switch x.ev.State {
	case debrief.Opened, debrief.Closed:
		w += 0.1
	case debrief.Changed:
		w -= 0.05
	}
	return max(w, w+0.6*(talk-0.2))
}

// logWorth weighs a line of a log: the first of a grave kind while the incident
// runs, and lines that name what others speak of.
func (p *proposer) logWorth(x *item) float64 {
	if !p.inside(x) {
		return 0
	}
	switch {
	case x == p.change:
		return 1
	case x == p.onsetOf:
		return 0.7
	case x.ev.State != "" || x.ev.Title != "":
		return 0.2
	}
	return 0.05
}

// outside reports whether somebody of another organisation wrote x.
func (p *proposer) outside(x *item) bool {
	r := strings.ToLower(p.cast.Role(x.ev.Author))
	for _, w := range []string{"client", "customer", "vendor", "provider", "partner", "supplier"} {
		if strings.Contains(r, w) {
			return true
		}
	}
	return false
}

// findCandidate finds the change that stands nearest before the impact, of
// those that concern production and were undone later, named in talk after the
// impact, or simply last.
func (p *proposer) findCandidate() {
	if p.onset.IsZero() {
		return
	}
	reach := 12 * time.Hour
	if p.long {
		reach = 4 * 24 * time.Hour
	}
	type candidate struct {
		x     *item
		score float64
		why   string
	}
	var all []candidate
	common := p.commonChange()
	slack := 2 * time.Minute // clocks differ, and a change begins to bite at once
	for _, x := range p.between(p.onset.Add(-reach), p.onset.Add(slack)) {
		if x.ev.Sort != debrief.Change && !(p.long && x.ev.Sort == debrief.Commit) {
			continue
		}
		if x.ev.State == debrief.Failed || x.ev.State == debrief.Cancelled {
			continue
		}
		before := max(0, p.onset.Sub(x.at))
		score := 0.6 / (1 + before.Minutes()/20)
		if p.long {
			score = 0.6 / (1 + before.Hours()/12)
		}
		why := "It was made " + spell(before) + " before the impact began."
		if produces(x.ev) {
			score += 0.5
		} else if !strings.HasPrefix(x.ev.Subject, "deploy") {
			score -= 0.6 // a build changes nothing yet
		}
		if back := p.undone(x); back != nil && p.withoutEffect(back) {
			score -= 0.6
			why = "It was made " + spell(before) + " before the impact began; undoing it changed nothing."
		} else if back != nil {
			score += 0.5
			why = "It was made " + spell(before) + " before the impact began and was undone later."
		}
		if named := p.namedAfter(x, common); named > 0.15 {
			score += min(1, named)
			why = strings.TrimSuffix(why, ".") + "; people speak of it while the impact is open."
		}
		all = append(all, candidate{x, score, why})
	}
	if !p.long {
		for _, x := range p.auditNear() {
			if named := p.namedAfter(x, common); named > 0 {
				all = append(all, candidate{x, 1 + min(0.5, named) - 0.03*p.onset.Sub(x.at).Minutes(), "An audit log has it " + spell(p.onset.Sub(x.at).Abs()) + " from the beginning of the impact; people speak of it later."})
			}
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].score > all[j].score })
	seen := map[string]bool{}
	for _, c := range all {
		key := firstText(c.x.ev.Subject, c.x.ev.ID)
		if seen[key] {
			continue
		}
		seen[key] = true
		if p.change == nil {
			p.change = p.pushed(c.x)
		}
		if len(p.out.Changes) < 5 {
			p.out.Changes = append(p.out.Changes, Change{Evidence: c.x.ev.Cite(), At: c.x.at, Text: p.machineText(c.x), Why: c.why})
		}
	}
}

// changed finds, in a line of a log, that a setting or another thing of value
// was changed.
var changed = regexp.MustCompile(`(?i)\b(?:saved|installed|loaded|updated?|changed|put|set|applied|enabled?|disabled?|created|deleted?|removed|promoted|activated|deactivated|rotated|revoked|granted|modified|published|toggled|switched|migrat\w+)\b`)

// auditNear lists lines of audit logs close before the impact that tell of a
// change which is not one of many alike: what came with it is in few lines.
func (p *proposer) auditNear() []*item {
	var out []*item
	for _, x := range p.between(p.onset.Add(-10*time.Minute), p.onset.Add(30*time.Second)) {
		if x.ev.Sort != debrief.Log || grave(x.ev) || !changed.MatchString(x.ev.Text) {
			continue
		}
		for _, id := range x.tokens {
			if p.words.df[id] <= 12 && p.words.df[id] >= 2 {
				out = append(out, x)
				break
			}
		}
		if len(out) >= 40 {
			break
		}
	}
	return out
}

// pushed is what a person did to set a release off: in a story of weeks a job may
// release at night what was pushed hours before. Else it is the release itself.
func (p *proposer) pushed(x *item) *item {
	if !p.long || x.ev.Sort != debrief.Change {
		return x
	}
	for _, y := range p.between(x.at.Add(-48*time.Hour), x.at.Add(-2*time.Hour)) {
		if y.ev.Sort == debrief.Commit && related(x, y) {
			for _, r := range x.ev.Refs {
				if len(r) >= 7 && (strings.HasPrefix(y.ev.ID, r) || strings.HasPrefix(r, y.ev.ID)) {
					return y
				}
			}
		}
	}
	return x
}

// withoutEffect reports whether people said soon after a step that it changed nothing.
func (p *proposer) withoutEffect(step *item) bool {
	for _, y := range p.between(step.at, step.at.Add(10*time.Minute)) {
		if talks(y) && !y.ev.Author.Bot && y.acts&effect != 0 && !positive(y) {
			return true
		}
	}
	return false
}

// undone finds the later change that takes x back, or nil.
func (p *proposer) undone(x *item) *item {
	names := append([]string{x.ev.Subject}, x.ev.Refs...)
	for _, r := range x.ev.Refs { // the commit that was deployed, and what it names
		for _, y := range p.refs[r] {
			if y.ev.Sort == debrief.Commit && related(x, y) {
				names = append(names, y.ev.Subject)
				names = append(names, y.ev.Refs...)
			}
		}
	}
	for _, r := range names {
		for _, y := range p.refs[r] {
			if y != x && y.known() && y.at.After(p.onset) && backWord.MatchString(y.ev.Title+" "+y.ev.Text) {
				return y
			}
		}
	}
	for _, y := range p.between(p.onset, p.to) { // an earlier release put back has a commit of its own
		if x.ev.Sort == debrief.Change && y.ev.Sort == debrief.Change && y.ev.Where != "" && y.ev.Where == x.ev.Where &&
			y.ev.State == debrief.Succeeded && backWord.MatchString(y.ev.Title+" "+y.ev.Text) {
			return y
		}
	}
	return nil
}

var backWord = regexp.MustCompile(`(?i)\b(?:revert|roll(?:ed|ing)?[ -]?back|undo|rollback|back to)\b`)

// commonChange finds words that most changes have: they tell nothing of one.
func (p *proposer) commonChange() map[int32]bool {
	n, count := 0, map[int32]int{}
	for _, x := range p.items {
		if x.ev.Sort == debrief.Change {
			n++
			for _, id := range x.tokens {
				count[id]++
			}
		}
	}
	common := map[int32]bool{}
	for id, c := range count {
		if c >= 4 && c*3 >= n {
			common[id] = true
		}
	}
	return common
}

// namedAfter is how much the talk of the first hour of the impact is about x: the
// share of it that uses a telling word of the change, tripled, or a commit or
// ticket of its own.
func (p *proposer) namedAfter(x *item, common map[int32]bool) float64 {
	own := map[int32]bool{}
	for _, id := range x.tokens {
		if x.ev.Sort == debrief.Log && p.words.df[id] > 12 {
			continue // what many lines of a log hold tells nothing of this one
		}
		if !common[id] && int(p.words.df[id])*8 < len(p.items)+80 {
			own[id] = true
		}
	}
	said, all := 0.0, 0.0
	for _, y := range p.between(p.onset.Add(-5*time.Minute), p.onset.Add(p.firstHour())) {
		if !talks(y) || y.ev.Author.Bot || y.acts&^(chatter|heat) == 0 {
			continue
		}
		all++
		if related(x, y) {
			said += 2
			continue
		}
		for _, id := range y.tokens {
			if own[id] {
				said++
				break
			}
		}
	}
	if all == 0 {
		return 0
	}
	return 3 * said / (all + 4)
}

// firstHour is the stretch after the onset in which people look for reasons.
func (p *proposer) firstHour() time.Duration {
	if p.long {
		return 24 * time.Hour
	}
	return time.Hour
}

// indexNotes lifts what somebody's own notes point at: a line of notes near in
// time, within its precision, that speaks of the same.
func (p *proposer) indexNotes() {
	// Only some can be meant, and only they are looked through: there may be a hundred
	// thousand lines of notes within a minute.
	var others []*item
	for _, y := range p.items {
		if y.ev.Sort != debrief.Note && y.ev.Sort != debrief.Log && y.weight > 0.15 {
			others = append(others, y)
		}
	}
	for _, x := range p.items {
		if x.ev.Sort != debrief.Note || !x.known() {
			continue
		}
		half := max(x.ev.At.Precision.Step()/2, 4*time.Minute)
		if p.long {
			half = max(half, 12*time.Hour)
		}
		var best *item
		like := 0.1
		for _, y := range between(others, x.at.Add(-half), x.at.Add(half)) {
			if l := p.words.likeness(x.tokens, y.tokens, len(p.items)) + 0.15*y.weight; l > like+0.05 {
				best, like = y, l
			}
		}
		if best != nil {
			best.weight += 0.2
			best.note = true
		}
	}
}

// letters counts letters, so that a line of dashes counts for nothing.
func letters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

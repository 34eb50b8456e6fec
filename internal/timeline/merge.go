package timeline

import (
	"regexp"
	"sort"
	"time"

	"debrief.dev/debrief"
)

// A group is what several pieces of evidence saw of one event.
type group struct {
	lead   *item // the one that tells it best
	items  []*item
	weight float64
	entry  debrief.Entry
}

const (
	entriesMost  = 36   // a timeline that is read in a meeting
	entriesLeast = 26   // below this it tells too little
	worthEntry   = 0.5  // the weight that makes an entry
	worthLittle  = 0.34 // the least weight, when the evidence is thin
)

// group chooses the events of the story. The weightiest item comes first and
// takes with it what speaks of the same event; what is left competes again.
// Where a lot happens at once each further entry must be worth more.
func (p *proposer) group() []*group {
	var order []*item
	for _, x := range p.items {
		if x.known() && x.weight >= worthLittle {
			order = append(order, x)
		}
	}
	sort.SliceStable(order, func(i, j int) bool { return order[i].weight > order[j].weight })
	var (
		groups []*group
		taken  = map[*item]bool{}
	)
	for _, x := range order {
		if taken[x] || len(groups) >= entriesMost {
			continue
		}
		w := x.weight - p.crowd(x, groups)
		if w < worthEntry && (w < worthLittle || len(groups) >= entriesLeast) {
			continue
		}
		g := &group{lead: x, items: []*item{x}, weight: w}
		taken[x] = true
		p.absorb(g, taken)
		groups = append(groups, g)
	}
	sort.SliceStable(groups, func(i, j int) bool { return groups[i].lead.at.Before(groups[j].lead.at) })
	return groups
}

// crowd is what an item loses for the entries that stand close to it already.
func (p *proposer) crowd(x *item, groups []*group) float64 {
	near := 4 * time.Minute
	if p.long {
		near = 12 * time.Hour
	}
	n := 0
	for _, g := range groups {
		if g.lead.at.Sub(x.at).Abs() <= near {
			n++
		}
	}
	return 0.02 * float64(min(max(0, n-1), 6))
}

// absorbMost bounds what one entry cites; a storm is known by its number.
const absorbMost = 14

// absorb gives g what speaks of the same event as its lead.
func (p *proposer) absorb(g *group, taken map[*item]bool) {
	reach := 25 * time.Minute
	if p.long {
		reach = 48 * time.Hour
	}
	x := g.lead
	type cand struct {
		y     *item
		alike float64
	}
	var found []cand
	for _, y := range p.between(x.at.Add(-reach), x.at.Add(reach)) {
		if taken[y] {
			continue
		}
		if a := p.same(x, y); a > 0 {
			found = append(found, cand{y, a})
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].alike > found[j].alike })
	for _, c := range found {
		taken[c.y] = true
		if len(g.items) < absorbMost {
			g.items = append(g.items, c.y)
		}
	}
}

// same tells how surely two items speak of one event; 0 if they do not.
func (p *proposer) same(a, b *item) float64 {
	dt := a.at.Sub(b.at).Abs()
	if p.long {
		return p.sameLong(a, b, dt)
	}
	talkA, talkB := talks(a), talks(b)
	if a.series != nil && a.series == b.series {
		if endsSeries(a) != endsSeries(b) {
			return 0
		}
		if dt <= 20*time.Minute && (a.ev.Sort != debrief.Page || b.ev.Sort != debrief.Page || a.ev.State == b.ev.State) {
			return 0.9
		}
		return 0
	}
	// A storm: different alerts that begin together are one event; so are those that end together.
	if a.series != nil && b.series != nil && a.ev.Sort != debrief.Page && b.ev.Sort != debrief.Page && endsSeries(a) == endsSeries(b) && dt <= 2*time.Minute {
		return 0.5
	}
	// The word of a person who took a page, beside the page.
	if a.ev.Sort == debrief.Page && b.ev.Sort == debrief.Page && a.ev.State == b.ev.State && dt <= 2*time.Minute {
		return 0.6
	}
	if a.ev.Sort == debrief.StatusUpdate && b.ev.Sort == debrief.StatusUpdate {
		return 0
	}
	like := p.words.likeness(a.tokens, b.tokens, len(p.items))
	near := 6 * time.Minute
	if !talkA && !talkB && a.ev.Subject != b.ev.Subject {
		near = 90 * time.Second // a build and the deploy of what it built are two events
	}
	if related(a, b) && dt <= near && !opposed(a, b) {
		return 0.5 + like/2
	}
	if changes(a) && changes(b) && a.ev.Subject != b.ev.Subject {
		return 0
	}
	if a.ev.Sort == debrief.Log && b.ev.Sort == debrief.Log {
		if a.ev.File == b.ev.File && dt <= 2*time.Minute && template(a.ev.Text) == template(b.ev.Text) {
			return 0.3
		}
		if dt > 15*time.Second || !grave(a.ev) || !grave(b.ev) {
			return 0
		}
		return 0.25
	}
	if like >= 0.33 && dt <= 5*time.Minute {
		return like
	}
	if afterwards(a) != afterwards(b) && like >= 0.45 && dt <= 30*time.Minute {
		return like // somebody's notes of the same, with another time
	}
	if talkA && talkB {
		shared := a.acts & b.acts &^ (chatter | heat | recap | correct | deny)
		if shared != 0 && like >= 0.17 && dt <= 150*time.Second {
			return like
		}
		if shared != 0 && a.ev.Where == b.ev.Where && dt <= 80*time.Second {
			return 0.15
		}
		if a.ev.Thread != "" && a.ev.Thread == b.ev.Thread && shared != 0 && dt <= 4*time.Minute {
			return 0.2
		}
		return 0
	}
	// A machine's record and the talk about it.
	machine, talk := a, b
	if talkA {
		machine, talk = b, a
	}
	if talks(machine) || !talks(talk) {
		return 0
	}
	switch machine.ev.Sort {
	case debrief.Change, debrief.Commit:
		if like >= 0.12 && dt <= 3*time.Minute && (talk.ev.Author.Bot || talk.acts&(action|effect|plan|decide|comms) != 0) {
			return like
		}
	case debrief.StatusUpdate:
		if dt <= 5*time.Minute && talk.acts&comms != 0 {
			return 0.3 + like
		}
	case debrief.Page:
		if machine.ev.State == debrief.Acknowledged && dt <= 2*time.Minute && talk.ev.Author.ID != "" && p.cast.Role(machine.ev.Author) == p.cast.Role(talk.ev.Author) {
			return 0.4
		}
	case debrief.Alert:
		if dt <= 3*time.Minute && like >= 0.15 {
			return like
		}
	case debrief.Log:
		if like >= 0.2 && dt <= 2*time.Minute {
			return like
		}
	}
	return 0
}

// sameLong is same for a story of days and weeks.
func (p *proposer) sameLong(a, b *item, dt time.Duration) float64 {
	like := p.words.likeness(a.tokens, b.tokens, len(p.items))
	if !talks(a) && !talks(b) && a.ev.Sort != debrief.Meeting && a.ev.Subject != b.ev.Subject && dt > 10*time.Minute {
		return 0 // two releases of one branch are two events
	}
	if a.ev.Sort == debrief.Mail && b.ev.Sort == debrief.Mail && a.ev.Author != b.ev.Author && !automatic.MatchString(a.ev.Title) && !automatic.MatchString(b.ev.Title) {
		return 0 // a mail and its answer are two statements
	}
	// On the day on which it came to a head things follow each other fast.
	if !p.onset.IsZero() && a.at.Sub(p.onset).Abs() < 18*time.Hour && b.at.Sub(p.onset).Abs() < 18*time.Hour && dt > 45*time.Minute {
		return 0
	}
	if related(a, b) && !opposed(a, b) && dt <= 24*time.Hour {
		return 0.4 + like/2
	}
	if like >= 0.3 && dt <= 8*time.Hour {
		return like
	}
	shared := a.acts & b.acts &^ (chatter | heat | recap | correct | deny)
	switch {
	case shared != 0 && like >= 0.16 && dt <= 3*time.Hour:
		return like
	case shared != 0 && a.ev.Thread != "" && a.ev.Thread == b.ev.Thread && dt <= 2*time.Hour:
		return 0.2
	case shared != 0 && a.ev.Where == b.ev.Where && dt <= 4*time.Minute && talks(a) && talks(b):
		return 0.15
	}
	return 0
}

// automatic finds the subject of a mail that no person wrote.
var automatic = regexp.MustCompile(`(?i)^(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|abwesenheit|réponse automatique|undelivered|delivery status)\b`)

// opposed reports whether two items tell of the beginning and the end of a thing.
func opposed(a, b *item) bool {
	ends := func(x *item) bool { return x.ev.State == debrief.Resolved || x.ev.State == debrief.Closed }
	return ends(a) != ends(b) && (a.ev.Sort == b.ev.Sort)
}

func endsSeries(x *item) bool {
	for _, e := range x.series.ends {
		if e == x {
			return true
		}
	}
	return x.ev.State == debrief.Resolved
}

// afterwards reports whether x was written down afterwards or beside the event, with a
// time that its author wrote.
func afterwards(x *item) bool {
	return (x.ev.Sort == debrief.Note || x.ev.Sort == debrief.Record) && x.ev.At.Precision != debrief.Exact
}

// changes reports whether a tool recorded a change or what went into one.
func changes(x *item) bool { return x.ev.Sort == debrief.Change || x.ev.Sort == debrief.Commit }

// talks reports whether a person or bot said it in words.
func talks(x *item) bool {
	switch x.ev.Sort {
	case debrief.Message, debrief.Speech, debrief.Mail, debrief.Note, debrief.Ticket, debrief.Record:
		return true
	}
	return false
}

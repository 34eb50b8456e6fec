// Package timeline proposes, from thousands of pieces of evidence, the thirty or
// so entries that a careful person would write.
//
// The proposal is pure and deterministic: the same evidence gives the same
// timeline, in whatever order it comes. It goes in steps, one file each. Clocks
// that differ are set right (skew.go), and so is what people corrected
// themselves (dispute.go). Talk is read for what it does in the
// story: declares, decides, acts, observes, doubts, misses (acts.yaml). What
// monitors said is folded into one history per alert (series.go). The incident's
// window is found (window.go), every item is weighed (weigh.go), what several
// tools saw of one event becomes one entry that cites them all (merge.go), and
// sentences are written in which people are roles (text.go). Last come the
// turning points and the measured gaps (marks.go).
//
// Nothing here decides: everything is a suggestion that names its evidence.
package timeline

import (
	"fmt"
	"runtime"
	"slices"
	"sort"
	"sync"
	"sync/atomic"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/redact"
)

// Options steer a proposal.
type Options struct {
	// From and To, if set, bound the incident; otherwise it is found.
	From, To time.Time
	// Cast gives people their roles; nil means that it is made from the evidence.
	Cast *redact.Cast
}

// A Proposal is a suggested timeline.
type Proposal struct {
	From, To time.Time // the window of the incident, UTC
	// Long is set for an incident that came apart over days or weeks.
	Long    bool
	Entries []debrief.Entry // in order of time
	Marks   []debrief.Mark  // in the order of debrief.MarkOrder
	Gaps    []debrief.Gap
	// Skews are clocks that differed from the others.
	Skews []Skew
	// Changes are candidates: changes before the impact, the likeliest to
	// matter first. None of them is called a cause.
	Changes []Change
	// LeftOut counts, by reason, evidence that no entry cites.
	LeftOut map[string]int
}

// A Change is a change that came before the impact.
type Change struct {
	Evidence debrief.Citation
	At       time.Time // UTC
	Text     string    // what changed, one clause
	Why      string    // why it is a candidate, one sentence
}

// proposer carries one proposal through its steps.
type proposer struct {
	opts   Options
	cast   *redact.Cast
	items  []*item // in order of time, unknown times last
	words  words
	byCite map[debrief.Citation]*item
	series map[string]*series

	from, to time.Time // the window
	onset    time.Time // when the impact began, as well as can be told
	settled  time.Time // when the organisation called it over
	onsetOf  *item
	long     bool
	home     string             // the channel with most of the work
	place    map[string]float64 // how much a channel is about work
	topic    map[int32]bool     // words that several sources share in the window
	refs     map[string][]*item
	change   *item // the likeliest candidate
	// The first page that was meant to wake somebody, and its taking.
	firstPage, firstAck *item
	declared            *item           // who first called it an incident
	denials             map[*item]*item // what somebody else denied, and how

	out *Proposal
}

// Propose suggests a timeline for the evidence. People may be nil.
func Propose(ev []debrief.Evidence, people []debrief.Person, opts Options) *Proposal {
	p := &proposer{
		opts: opts, cast: opts.Cast, words: words{ids: map[string]int32{}},
		byCite: map[debrief.Citation]*item{}, series: map[string]*series{}, place: map[string]float64{},
		topic: map[int32]bool{}, refs: map[string][]*item{},
		out: &Proposal{LeftOut: map[string]int{}},
	}
	if len(ev) == 0 {
		return p.out
	}
	if p.cast == nil {
		p.cast = redact.NewCast(people, ev)
	}
	p.prepare(ev)
	p.findSkew()
	p.order()
	p.findCorrections()
	p.order()
	p.fold()
	p.findWindow()
	p.out.From, p.out.To, p.out.Long = p.from, p.to, p.long
	p.findOnset()
	p.findTopics()
	p.weigh()
	groups := p.group()
	groups = p.findDenials(groups)
	groups = slices.DeleteFunc(groups, p.wordless)
	p.write(groups)
	p.mark()
	p.measure()
	p.account(groups)
	return p.out
}

// prepare makes items of the evidence; what was found twice is one item.
func (p *proposer) prepare(ev []debrief.Evidence) {
	type key struct {
		source, id, title, text string
		state                   debrief.State
		at                      time.Time
	}
	seen := make(map[key]*item, len(ev))
	order := make([]int, len(ev))
	for i := range order {
		order[i] = i
	}
	// Whichever of two copies comes first in order of place is the item.
	sort.Slice(order, func(i, j int) bool {
		a, b := &ev[order[i]], &ev[order[j]]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.ID != b.ID {
			return a.ID < b.ID
		}
		if a.State != b.State {
			return a.State < b.State
		}
		return a.At.At.Before(b.At.At)
	})
	for _, i := range order {
		e := &ev[i]
		k := key{e.Source, e.ID, e.Title, e.Text, e.State, e.At.At}
		if x := seen[k]; x != nil {
			if c := e.Cite(); c != x.ev.Cite() {
				x.copies = append(x.copies, c)
			}
			continue
		}
		x := &item{ev: e, at: e.At.At}
		seen[k] = x
		if e.Title != "" && e.Title != e.Text {
			x.tokens = p.words.of(e.Title, e.Text, e.Where)
		} else {
			x.tokens = p.words.of(e.Text, e.Where)
		}
		if c := e.Cite(); p.byCite[c] == nil {
			p.byCite[c] = x
		}
		p.items = append(p.items, x)
	}
	p.readActs()
}

// readActs finds the acts of everything that people wrote. It is most of the
// work, and each text stands alone, so it is shared among the processors.
func (p *proposer) readActs() {
	const share = 256
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(p.items)/share+1) {
		wg.Go(func() {
			for {
				from := int(next.Add(share)) - share
				if from >= len(p.items) {
					return
				}
				for _, x := range p.items[from:min(from+share, len(p.items))] {
					switch x.ev.Sort {
					case debrief.Alert, debrief.Page, debrief.Change, debrief.Log, debrief.Commit:
						continue
					}
					x.acts, x.best = actsOf(x.ev.Text)
					if x.ev.Sort == debrief.Record && x.ev.Attributes["customer"] != "" {
						x.acts |= customer // a table of what customers reported
					}
				}
			}
		})
	}
	wg.Wait()
}

// order sorts items by time, unknown times last, and then by place so that the
// result does not depend on the order of the evidence.
func (p *proposer) order() {
	sort.SliceStable(p.items, func(i, j int) bool {
		a, b := p.items[i], p.items[j]
		if a.known() != b.known() {
			return a.known()
		}
		if !a.at.Equal(b.at) {
			return a.at.Before(b.at)
		}
		if a.ev.File != b.ev.File {
			return a.ev.File < b.ev.File
		}
		return a.ev.ID < b.ev.ID
	})
	clear(p.refs)
	for _, x := range p.items {
		for _, r := range x.ev.Refs {
			p.refs[r] = append(p.refs[r], x)
		}
		if s := x.ev.Subject; s != "" {
			p.refs[s] = append(p.refs[s], x)
		}
	}
}

// between gives the items of a stretch of time, both ends included.
func (p *proposer) between(from, to time.Time) []*item { return between(p.items, from, to) }

// between is the same among some items, in the order of time and those without one last.
func between(items []*item, from, to time.Time) []*item {
	lo := sort.Search(len(items), func(i int) bool { return !items[i].known() || !items[i].at.Before(from) })
	hi := sort.Search(len(items), func(i int) bool { return !items[i].known() || items[i].at.After(to) })
	if lo >= hi {
		return nil
	}
	return items[lo:hi]
}

// account counts what no entry cites.
func (p *proposer) account(groups []*group) {
	used := make(map[*item]bool)
	for _, g := range groups {
		for _, x := range g.items {
			used[x] = true
		}
	}
	for _, x := range p.items {
		if used[x] {
			continue
		}
		p.out.LeftOut[p.reason(x)]++
	}
}

// reason says in the plural why an item is in no entry.
func (p *proposer) reason(x *item) string {
	switch {
	case !x.known():
		return "records without a time"
	case x.at.Before(p.from.Add(-p.reach())) || x.at.After(p.to.Add(p.reach())):
		return "records far from the incident in time"
	case x.series != nil && x.series.flapped:
		return "repeats of alerts that come and go by themselves"
	case x.series != nil:
		return "repeats of alerts and pages"
	case x.ev.Sort == debrief.Log:
		return "lines of logs without a turn in the story"
	case x.ev.Sort == debrief.Message && (x.acts == 0 || x.acts&chatter != 0):
		return "messages without news of the incident"
	case x.ev.Sort == debrief.Message:
		return "messages that add little to an entry"
	}
	return fmt.Sprintf("%ss that add little to an entry", x.ev.Sort)
}

// reach is how far around the window evidence may still belong to the story.
func (p *proposer) reach() time.Duration {
	if p.long {
		return 10 * 24 * time.Hour
	}
	return 3 * time.Hour
}

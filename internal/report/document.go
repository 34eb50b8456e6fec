// Package report writes what people read: the pre-read that goes out before a
// review, and the timeline in the forms that other tools take.
//
// [Preread] turns entries, marks, measured stretches, hypotheses and open
// questions into a [Document] of five sections on at most two pages. Every
// statement of fact names the entries or the evidence it stands on; what is not
// known is said to be not known; what was assumed and what was left out stands
// at the end. A Document is then written as Markdown, as one HTML file or as
// JSON. [Timeline] writes a timeline as Markdown, CSV, JSON or a picture (SVG).
//
// Text that comes from evidence is never trusted: it is plain text, and each
// writer escapes it for its format, so that a message that holds markup, a
// formula or a script is inert wherever it ends up.
package report

import (
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/coach"
	"debrief.dev/debrief/lint"
)

// Input is what a report is made from.
type Input struct {
	// Title names the incident; empty means that the date serves.
	Title string
	// From and To bound the incident itself, UTC.
	From, To time.Time
	Entries  []debrief.Entry
	Marks    []debrief.Mark
	Gaps     []debrief.Gap
	// Changes are changes before the impact, the nearest first; candidates.
	Changes []debrief.Citation
	// Corrections are sentences about clocks that were found to be off and
	// what was done about it.
	Corrections []string
	// Assumptions are sentences about what the timeline took for granted.
	Assumptions []string
	// LeftOut counts what the evidence held and the timeline does not, by reason.
	LeftOut []Count
	// Questions are the open questions, most decisive first.
	Questions []debrief.Question
	// Factors are hypotheses, those with the broadest support first.
	Factors []debrief.Factor
	// Answers are what people answered so far.
	Answers coach.Answers
	// Evidence lets citations be resolved to something that can be looked up.
	Evidence []debrief.Evidence
	// Zone adds local times to the first paragraph; nil means UTC alone.
	Zone *time.Location
	// Lanes are the teams and outside groups of a picture, from customers inward;
	// none means one axis for all. Labels are how a list beside it names the
	// entries, by ID; an entry without one goes by its place.
	Lanes  []Lane
	Labels map[string]string
	// Clean turns text of the evidence into text that others may read; nil
	// leaves text as it is, which is right only for text that is clean already.
	Clean func(string) string
}

// A Count is how many things there are of one sort, or were left out for one reason.
type Count struct {
	Reason string `json:"reason"`
	N      int    `json:"count"`
}

// A Document is a pre-read, ready to be written in any format.
type Document struct {
	Schema string `json:"schema"`
	Title  string `json:"title"`
	Kicker string `json:"kicker"`
	Zone   string `json:"zone"`
	Facts  []Fact `json:"facts,omitempty"`

	What      []Sentence `json:"what_happened"`
	Unknown   []Sentence `json:"not_known,omitempty"`
	Key       []Row      `json:"key_events"`
	Stretches []Sentence `json:"stretches,omitempty"`
	Done      []Sentence `json:"actions"`
	Open      []Sentence `json:"actions_open,omitempty"`
	Intro     string     `json:"factors_intro"`
	Factors   []Factor   `json:"factors,omitempty"`
	Limited   []Sentence `json:"limited_harm,omitempty"`
	Levels    string     `json:"factors_missing_levels,omitempty"`
	Differ    []Sentence `json:"accounts_differ,omitempty"`
	Goal      []string   `json:"goal"`
	Questions []Ask      `json:"questions,omitempty"`
	More      string     `json:"questions_more,omitempty"`
	Assumed   []string   `json:"assumptions"`
	LeftOut   []string   `json:"left_out"`
	Sources   []Source   `json:"sources,omitempty"`
	// Words counts what is read: everything but the list of sources.
	Words int `json:"words"`
}

// A Fact is one figure at the top.
type Fact struct {
	Label string   `json:"label"`
	Value string   `json:"value"`
	Note  string   `json:"note,omitempty"`
	Cites []string `json:"cites,omitempty"`
}

// A Sentence is a statement with what it stands on: ids of entries ("e07") or
// of single sources ("s2").
type Sentence struct {
	// Head, on the first sentence of a group, says what the group is about.
	Head  string   `json:"head,omitempty"`
	Text  string   `json:"text"`
	Cites []string `json:"cites,omitempty"`
}

// A Row of the table of key events. A row with Gap set says that a stretch has
// no entry.
type Row struct {
	Time  string   `json:"time"`
	Text  string   `json:"text"`
	Shows []string `json:"shows,omitempty"` // marks, kind, how it is known
	Cites []string `json:"cites,omitempty"`
	Gap   bool     `json:"gap,omitempty"`
	Open  bool     `json:"impact_open,omitempty"` // the impact was open
}

// A Factor is a hypothesis as it stands in a pre-read.
type Factor struct {
	Code  string   `json:"code,omitempty"`
	Role  string   `json:"role"`
	Name  string   `json:"name,omitempty"`
	Text  string   `json:"text"`
	Cites []string `json:"cites"`
}

// An Ask is an open question with its reason and what stands until it is answered.
type Ask struct {
	ID     string `json:"id"`
	Ask    string `json:"ask"`
	Why    string `json:"why"`
	Assume string `json:"assume"`
	// Sides are the accounts that differ, for a contradiction.
	Sides []Sentence `json:"sides,omitempty"`
	Cites []string   `json:"cites,omitempty"`
}

// A Source says where one cited entry or piece of evidence can be looked up.
type Source struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	// Says is the beginning of what a single piece says, cleaned; empty where
	// its wording is aimed at somebody, and for entries, whose text is theirs.
	Says     string             `json:"says,omitempty"`
	Evidence []debrief.Citation `json:"evidence"`
}

// Schema names the form of a pre-read in JSON; it changes when a field does.
const Schema = "debrief.preread/1"

// Two pages of A4 hold about this many words with table, lists and figures; past
// it the selection is narrowed until the draft fits. Sources are printed small:
// two of their words take the room of one.
const wordBudget = 1120

// Preread writes the draft. It makes up nothing: with less evidence it says less.
func Preread(in Input) *Document {
	room := room{rows: 12, factors: 8, done: 6, asks: 5, cites: 3}
	for {
		d := newWriter(in, room).write()
		if d.size() <= wordBudget || !room.narrow() {
			return d
		}
	}
}

// room is how much of each kind a draft may hold.
type room struct{ rows, factors, done, asks, cites int }

// narrow takes a little from whatever has most to spare; false when nothing is left to take.
func (r *room) narrow() bool {
	switch {
	case r.asks > 4:
		r.asks--
	case r.factors > 6:
		r.factors--
	case r.rows > 11:
		r.rows--
	case r.done > 5:
		r.done--
	case r.asks > 3:
		r.asks--
	case r.factors > 5:
		r.factors--
	case r.cites > 2:
		r.cites--
	case r.rows > 10:
		r.rows--
	case r.done > 4:
		r.done--
	case r.factors > 4:
		r.factors--
	case r.rows > 8:
		r.rows--
	case r.done > 3:
		r.done--
	case r.cites > 1:
		r.cites--
	default:
		return false
	}
	return true
}

// writer composes one draft.
type writer struct {
	in    Input
	room  room
	doc   *Document
	byID  map[string]*debrief.Entry
	marks map[debrief.MarkName]debrief.Mark
	at    map[string][]debrief.MarkName // entry id -> marks on it
	long  bool                          // the case spans days
	day   time.Time                     // the day of most entries
	items map[debrief.Citation]*debrief.Evidence
	again map[debrief.Citation][]debrief.Moment // times of further pieces with the same id
	cited map[string]bool
	loose map[debrief.Citation]string // evidence cited without an entry -> "s1"
	order []debrief.Citation
	// Of the picture: the zone of its axis, and whether its marks are links.
	zone   *time.Location
	linked bool
}

func newWriter(in Input, r room) *writer {
	if in.Clean == nil {
		in.Clean = func(s string) string { return s }
	}
	in.Entries = append([]debrief.Entry(nil), in.Entries...)
	sort.SliceStable(in.Entries, func(i, j int) bool { return in.Entries[i].At.At.Before(in.Entries[j].At.At) })
	w := &writer{
		in: in, room: r, zone: time.UTC, doc: &Document{Schema: Schema, Zone: "UTC"},
		byID: map[string]*debrief.Entry{}, marks: map[debrief.MarkName]debrief.Mark{},
		at: map[string][]debrief.MarkName{}, items: map[debrief.Citation]*debrief.Evidence{}, again: map[debrief.Citation][]debrief.Moment{},
		cited: map[string]bool{}, loose: map[debrief.Citation]string{},
	}
	days := map[time.Time]int{}
	for i := range in.Entries {
		e := &in.Entries[i]
		w.byID[e.ID] = e
		if e.At.Known() {
			d := e.At.At.UTC().Truncate(24 * time.Hour)
			days[d]++
			if days[d] > days[w.day] || w.day.IsZero() {
				w.day = d
			}
		}
	}
	for _, m := range in.Marks {
		if !m.At.Known() {
			continue
		}
		w.marks[m.Name] = m
		if m.Entry != "" {
			w.at[m.Entry] = append(w.at[m.Entry], m.Name)
		}
	}
	if m, ok := w.marks[debrief.ImpactStart]; ok {
		w.day = m.At.At.UTC().Truncate(24 * time.Hour)
	}
	w.long = in.To.Sub(in.From) > 36*time.Hour
	for i := range in.Evidence {
		e := &in.Evidence[i]
		c := e.Cite()
		if old := w.items[c]; old != nil {
			w.again[c] = append(w.again[c], old.At)
		}
		w.items[c] = e
	}
	return w
}

func (w *writer) write() *Document {
	d := w.doc
	d.Title = w.in.Title
	if d.Title == "" {
		d.Title = w.title()
	}
	d.Title = tidy(d.Title)
	if len(w.in.Entries) == 0 {
		d.What = []Sentence{{Text: say("what.nothing")}}
	} else {
		d.Facts = w.facts()
		w.what()
		w.key()
		w.stretches()
	}
	w.actions()
	w.factors()
	w.differ()
	d.Goal = append(phrases("goal"), say("leaders"), say("correct"))
	w.questions()
	w.assumptions()
	w.leftOut()
	w.sources()
	d.Words = d.count()
	d.Kicker = w.kicker()
	return d
}

func (w *writer) title() string {
	from, to := w.in.From, w.in.To
	if m, ok := w.marks[debrief.ImpactStart]; ok && !w.long {
		from = m.At.At
	}
	switch {
	case from.IsZero():
		return say("title.none")
	case w.long:
		layout := "2 January"
		if from.Year() != to.Year() {
			layout = "2 January 2006"
		}
		return say("title.span", "from", from.UTC().Format(layout), "to", day(to, true))
	}
	return say("title.day", "day", day(from, true))
}

// Minutes is how long so many words take somebody who means to understand them, at
// 220 a minute; one at least.
func Minutes(words int) int { return max(1, (words+110)/220) }

var citations = regexp.MustCompile(`\[e\d+(?:, e\d+)*\]`)

// Words counts the words of a section, which is Markdown: what it cites and what draws
// its lists and tables is not read as words.
func Words(section string) (n int) {
	for _, f := range strings.Fields(citations.ReplaceAllString(section, " ")) {
		if strings.ContainsFunc(f, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) {
			n++
		}
	}
	return n
}

func (w *writer) kicker() string {
	if len(w.in.Entries) == 0 {
		return say("kicker_nothing")
	}
	minutes := Minutes(w.doc.Words)
	return say("kicker",
		"reading", capital(coach.Count(minutes, "minute", "minutes"))+" to read.",
		"pieces", coach.Count(len(w.in.Evidence), "record", "records"),
		"entries", coach.Count(len(w.in.Entries), "timeline entry", "timeline entries"))
}

// mark is a mark's time and the citation of what carries it.
func (w *writer) mark(n debrief.MarkName) (debrief.Mark, []string, bool) {
	m, ok := w.marks[n]
	if !ok {
		return m, nil, false
	}
	if _, ok := w.byID[m.Entry]; ok {
		return m, w.cite(m.Entry), true
	}
	return m, w.citeAll(m.Evidence, 1), true
}

func (w *writer) facts() []Fact {
	start, c1, ok := w.mark(debrief.ImpactStart)
	end, c2, okEnd := w.mark(debrief.Mitigated)
	if !okEnd {
		end, c2, okEnd = w.mark(debrief.ResolvedMark)
	}
	impact := Fact{Label: say("fact.impact"), Value: say("fact.not_known")}
	switch {
	case ok && okEnd:
		impact.Value = coach.Length(end.At.At.Sub(start.At.At))
		impact.Note = say("fact.from_to", "from", w.clock(start.At), "to", w.clock(end.At)+" UTC")
		impact.Cites = append(c1, c2...)
	case ok:
		impact.Value = say("fact.still_open")
		impact.Note = say("fact.since", "time", w.clock(start.At)+" UTC")
		impact.Cites = c1
	}
	out := []Fact{impact, w.until(start, ok, debrief.Detected, "fact.noticed"), w.until(start, ok, debrief.FirstPublicWord, "fact.told")}
	now := Fact{Label: say("fact.now"), Value: say("fact.not_known")}
	if m, c, ok := w.mark(debrief.ResolvedMark); ok {
		now = Fact{Label: now.Label, Value: say("fact.normal"), Note: say("fact.since", "time", w.clock(m.At)+" UTC"), Cites: c}
	} else if m, c, ok := w.mark(debrief.Mitigated); ok {
		now = Fact{Label: now.Label, Value: say("fact.mitigated"), Note: say("fact.since", "time", w.clock(m.At)+" UTC"), Cites: c}
	}
	return append(out, now)
}

func (w *writer) until(start debrief.Mark, ok bool, n debrief.MarkName, label string) Fact {
	f := Fact{Label: say(label), Value: say("fact.not_known"), Note: say("fact.not_recorded")}
	m, c, found := w.mark(n)
	if !found {
		return f
	}
	f.Note, f.Cites = say("fact.at", "time", w.clock(m.At)+" UTC"), c
	if ok {
		f.Value = coach.Length(m.At.At.Sub(start.At.At))
		switch {
		case m.At.At.Before(start.At.At):
			f.Value = say("fact.before_start")
		case m.At.At.Equal(start.At.At):
			f.Value = say("fact.at_once")
		}
	} else {
		f.Value, f.Note = w.clock(m.At)+" UTC", ""
	}
	return f
}

func (w *writer) what() {
	d := w.doc
	add := func(text string, cites []string) { d.What = append(d.What, Sentence{Text: text, Cites: cites}) }
	unknown := func(key string) { d.Unknown = append(d.Unknown, Sentence{Text: say(key)}) }
	if a, ok := w.in.Answers.To("C05"); ok {
		add(say("what.system", "text", w.answer(a)), w.citeAnswer(a))
	}
	start, c, ok := w.mark(debrief.ImpactStart)
	if ok {
		pairs := []string{"day", day(start.At.At, true), "time", w.timeOnly(start.At) + " UTC"}
		key := "what.start_day"
		if w.in.Zone != nil && w.in.Zone != time.UTC {
			key = "what.start_local"
			pairs = append(pairs, "local", start.At.At.In(w.in.Zone).Format("15:04 MST"))
		}
		add(say(key, pairs...), c)
	} else {
		first := w.in.Entries[0]
		d.Unknown = append(d.Unknown, Sentence{Text: say("what.no_start", "time", w.clock(first.At)+" UTC"), Cites: w.cite(first.ID)})
	}
	if e := w.best(debrief.KindImpact); e != nil {
		add(sentence(e.Text), w.cite(e.ID))
	}
	if a, ok := w.in.Answers.To("C09"); ok {
		add(say("what.impact_answer", "text", w.answer(a)), w.citeAnswer(a))
	} else {
		unknown("what.scope_unknown")
	}
	for _, n := range w.turns() {
		m, c, _ := w.mark(n)
		pairs := []string{"time", w.clock(m.At) + " UTC", "length", coach.Length(m.At.At.Sub(start.At.At))}
		key := "what." + string(n)
		if (!ok || !m.At.At.After(start.At.At)) && known(key+"_same") {
			key += "_same"
		}
		add(say(key, pairs...), c)
	}
	for _, n := range []debrief.MarkName{debrief.Detected, debrief.FirstPublicWord, debrief.Mitigated} {
		if _, found := w.marks[n]; found {
			continue
		}
		if a, ok := w.in.Answers.To("C02"); ok && n == debrief.Mitigated {
			add(say("what.end_answer", "text", w.answer(a)), w.citeAnswer(a))
			continue
		}
		unknown("what.no_" + string(n))
	}
	if a, ok := w.in.Answers.To("C04"); ok {
		add(say("what.severity", "text", w.answer(a)), w.citeAnswer(a))
	}
	if e := w.change(); e != nil {
		add(say("what.change", "time", w.clock(e.At)+" UTC", "text", firstSentence(e.Text)), w.cite(e.ID))
	}
}

// turns lists the marks of the first paragraph in order of time.
func (w *writer) turns() []debrief.MarkName {
	var out []debrief.MarkName
	for _, n := range []debrief.MarkName{debrief.Detected, debrief.Declared, debrief.FirstPublicWord, debrief.Mitigated, debrief.ResolvedMark} {
		if _, ok := w.marks[n]; ok {
			out = append(out, n)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return w.marks[out[i]].At.At.Before(w.marks[out[j]].At.At) })
	return out
}

// change is the entry of the nearest change before the impact, if it is one of
// the entries.
func (w *writer) change() *debrief.Entry {
	for _, x := range w.in.Changes {
		for i := range w.in.Entries {
			for _, y := range w.in.Entries[i].Evidence {
				if x == y {
					return &w.in.Entries[i]
				}
			}
		}
	}
	return nil
}

// best is the weightiest entry of a kind, the earliest of equals.
func (w *writer) best(k debrief.Kind) *debrief.Entry {
	var b *debrief.Entry
	for i := range w.in.Entries {
		if e := &w.in.Entries[i]; e.Kind == k && (b == nil || e.Weight > b.Weight) {
			b = e
		}
	}
	return b
}

// key picks the rows of the table: what carries a mark, then triggers, then by
// weight; and shows the longest quiet stretches where they lie.
func (w *writer) key() {
	type pick struct {
		e     *debrief.Entry
		score float64
	}
	var all []pick
	for i := range w.in.Entries {
		e := &w.in.Entries[i]
		s := e.Weight
		if len(w.at[e.ID]) > 0 {
			s += 2
		}
		switch e.Kind {
		case debrief.KindTrigger:
			s += 2 // the candidate that the first paragraph names
		case debrief.KindImpact:
			s += 0.3
		case debrief.KindResponse:
			if e.Phase == debrief.Responding || e.Phase == debrief.Undetected {
				s += 0.2 // what was done to end the impact
			}
		case debrief.KindNext:
			if e.Phase == debrief.Before && !w.long {
				s -= 0.2
			}
		}
		if e.Status == debrief.Disputed {
			s += 0.2
		}
		all = append(all, pick{e, s})
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].score > all[j].score })
	all = all[:min(len(all), w.room.rows)]
	sort.SliceStable(all, func(i, j int) bool { return all[i].e.At.At.Before(all[j].e.At.At) })
	quiet := w.quiet()
	for i, p := range all {
		if i > 0 {
			for _, g := range quiet {
				if !g.From.Before(all[i-1].e.At.At) && !g.To.After(p.e.At.At) {
					w.doc.Key = append(w.doc.Key, Row{
						Time: w.clock(debrief.Moment{At: g.From}), Text: say("key.gap", "length", capital(coach.Length(g.Length)), "to", w.clock(debrief.Moment{At: g.To})),
						Gap: true, Open: w.open(g.From),
					})
				}
			}
		}
		w.doc.Key = append(w.doc.Key, Row{
			Time: w.clock(p.e.At), Text: sentence(p.e.Text), Shows: w.shows(p.e), Cites: w.cite(p.e.ID), Open: w.open(p.e.At.At),
		})
	}
}

// quiet lists the silent stretches worth a row, the two longest, in order.
func (w *writer) quiet() []debrief.Gap {
	var out []debrief.Gap
	for _, g := range w.in.Gaps {
		if g.Name == debrief.Silence {
			out = append(out, g)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Length > out[j].Length })
	out = out[:min(len(out), 2)]
	sort.SliceStable(out, func(i, j int) bool { return out[i].From.Before(out[j].From) })
	return out
}

func (w *writer) open(t time.Time) bool {
	s, ok := w.marks[debrief.ImpactStart]
	if !ok || t.Before(s.At.At) {
		return false
	}
	for _, n := range []debrief.MarkName{debrief.Mitigated, debrief.ResolvedMark} {
		if m, ok := w.marks[n]; ok {
			return !t.After(m.At.At)
		}
	}
	return true
}

// shows says what a row shows: the marks it carries, else its kind; and how it
// is known, where that is not plain observation.
func (w *writer) shows(e *debrief.Entry) []string {
	var out []string
	for _, n := range debrief.MarkOrder {
		for _, m := range w.at[e.ID] {
			if m == n {
				out = append(out, say("mark."+string(n)))
			}
		}
	}
	if len(out) == 0 || e.Kind == debrief.KindTrigger {
		out = append([]string{w.kindWord(e)}, out...)
	}
	switch e.Status {
	case debrief.Disputed:
		out = append(out, say("kind.disputed"))
	case debrief.Reported:
		out = append(out, say("kind.reported"))
	case debrief.Inferred:
		out = append(out, say("kind.inferred"))
	}
	return out
}

// kindWord names the kind of an entry. What leads up to the impact is "before";
// where no record marks the impact, nothing is.
func (w *writer) kindWord(e *debrief.Entry) string {
	_, impact := w.marks[debrief.ImpactStart]
	switch {
	case e.Kind == debrief.KindSignal && e.Signal != debrief.NoSignal:
		return say("kind." + e.Signal.String())
	case e.Kind == debrief.KindSignal:
		return say("kind.visible")
	case e.Kind == debrief.KindNext && e.Phase == debrief.Before && impact:
		return say("kind.before")
	}
	return say("kind." + e.Kind.String())
}

// stretches states the measured gaps, each sort once, the longest of its sort.
func (w *writer) stretches() {
	longest := map[debrief.GapName]debrief.Gap{}
	for _, g := range w.in.Gaps {
		if o, ok := longest[g.Name]; !ok || g.Length > o.Length {
			longest[g.Name] = g
		}
	}
	for _, n := range []debrief.GapName{debrief.Undetect, debrief.Unacknowledged, debrief.DecisionEffect, debrief.CustomerWord, debrief.PendingWait, debrief.Silence} {
		g, ok := longest[n]
		if !ok || g.Length <= 0 {
			continue
		}
		text := say("gap."+string(n), "length", coach.Length(g.Length),
			"from", w.clock(debrief.Moment{At: g.From}), "to", w.clock(debrief.Moment{At: g.To})+" UTC")
		w.doc.Stretches = append(w.doc.Stretches, Sentence{Text: text, Cites: w.citeAll(g.Evidence, 2)})
	}
}

// actions lists what was done at once, grouped by what it was for: to end the
// impact, to tell those affected, and what came after. The weightiest of each
// group come first into the draft, the rest stays in the timeline.
func (w *writer) actions() {
	d := w.doc
	groups := make([][]*debrief.Entry, len(actionHeads))
	total, shown := 0, 0
	for i := range w.in.Entries {
		e := &w.in.Entries[i]
		if g := w.actionGroup(e); g >= 0 {
			groups[g] = append(groups[g], e)
			total++
		}
	}
	// Of the steps to end the impact those close to its end come first.
	near := func(e *debrief.Entry) float64 {
		start, ok1 := w.marks[debrief.ImpactStart]
		end, ok2 := w.marks[debrief.Mitigated]
		if all := end.At.At.Sub(start.At.At); ok1 && ok2 && all > 0 && !e.At.At.After(end.At.At) {
			return 0.6 * e.At.At.Sub(start.At.At).Hours() / all.Hours()
		}
		return 0
	}
	for _, list := range groups {
		sort.SliceStable(list, func(i, j int) bool { return list[i].Weight+near(list[i]) > list[j].Weight+near(list[j]) })
	}
	chosen := make([][]*debrief.Entry, len(groups))
	for round := 0; shown < min(total, w.room.done); round++ {
		for g, list := range groups {
			if round < len(list) && shown < w.room.done {
				chosen[g] = append(chosen[g], list[round])
				shown++
			}
		}
	}
	for g, list := range chosen {
		sort.SliceStable(list, func(i, j int) bool { return list[i].At.At.Before(list[j].At.At) })
		for i, e := range list {
			s := Sentence{Text: w.clock(e.At) + " UTC: " + sentence(e.Text), Cites: w.cite(e.ID)}
			if i == 0 {
				s.Head = say("actions." + actionHeads[g])
				if _, ok := w.marks[debrief.ImpactStart]; !ok && g == 0 {
					s.Head = say("actions.taken")
				}
			}
			d.Done = append(d.Done, s)
		}
	}
	if n := total - shown; n > 0 {
		d.LeftOut = append(d.LeftOut, many(n, "left.actions"))
	}
	if len(d.Done) == 0 {
		d.Done = append(d.Done, Sentence{Text: say("actions.none")})
	}
	if a, ok := w.in.Answers.To("C24"); ok {
		d.Open = append(d.Open, Sentence{Text: say("actions.after_answer", "text", w.answer(a)), Cites: w.citeAnswer(a)})
	} else if len(w.in.Entries) > 0 {
		d.Open = append(d.Open, Sentence{Text: say("actions.backlog_unknown")})
	}
	d.Open = append([]Sentence{{Text: say("actions.open_unknown")}}, d.Open...)
}

// actionHeads are the groups of immediate actions, in the order of reading.
var actionHeads = []string{"to_end", "to_tell", "since"}

// actionGroup is the group of an entry, or -1 when it is no immediate action.
// Taking a page is no action yet.
func (w *writer) actionGroup(e *debrief.Entry) int {
	start, ok := w.marks[debrief.ImpactStart]
	if e.Kind != debrief.KindResponse || ok && (e.Phase == debrief.Before || e.At.At.Before(start.At.At)) || len(e.Evidence) == 0 {
		return -1
	}
	switch x := w.items[e.Evidence[0]]; {
	case x != nil && x.Sort == debrief.Page:
		return -1
	case x != nil && x.Sort == debrief.StatusUpdate || contains(w.marksOn(e), string(debrief.FirstPublicWord)):
		return 1
	}
	for _, n := range []debrief.MarkName{debrief.Mitigated, debrief.ResolvedMark} {
		if m, ok := w.marks[n]; ok && e.At.At.After(m.At.At) && m.Entry != e.ID {
			return 2
		}
	}
	return 0
}

func (w *writer) marksOn(e *debrief.Entry) []string {
	var out []string
	for _, n := range w.at[e.ID] {
		out = append(out, string(n))
	}
	return out
}

// factors picks hypotheses over many levels and groups before it takes a
// second one of the same group.
func (w *writer) factors() {
	d := w.doc
	if len(w.in.Factors) == 0 {
		d.Intro = say("factors.none")
		return
	}
	d.Intro = say("factors.intro")
	var chosen []debrief.Factor
	group, taken := map[string]int{}, map[string]bool{}
	total := 0
	for _, f := range w.in.Factors {
		if f.Code == "MIT" || f.Role == "mitigator" {
			d.Limited = append(d.Limited, Sentence{Text: sentence(f.Text), Cites: w.citeFactor(f)})
			continue
		}
		total++
	}
	for round := 1; round <= 3 && len(chosen) < w.room.factors; round++ {
		for _, f := range w.in.Factors {
			g := f.Code[:min(3, len(f.Code))]
			if f.Code == "MIT" || f.Role == "mitigator" || taken[f.Code+f.Text] || group[g] >= round || len(chosen) == w.room.factors {
				continue
			}
			group[g]++
			taken[f.Code+f.Text] = true
			chosen = append(chosen, f)
		}
	}
	levels := map[int]bool{}
	sort.SliceStable(chosen, func(i, j int) bool { return level(chosen[i]) > level(chosen[j]) })
	for _, f := range chosen {
		l, _ := coach.LeafOf(f.Code)
		levels[l.Level] = true
		d.Factors = append(d.Factors, Factor{Code: f.Code, Role: f.Role, Name: l.Name, Text: sentence(f.Text), Cites: w.citeFactor(f)})
	}
	if n := total - len(chosen); n > 0 {
		d.LeftOut = append(d.LeftOut, many(n, "left.factors"))
	}
	var missing []string
	for l := 2; l <= 5; l++ {
		if !levels[l] {
			missing = append(missing, say("levels."+itoa(l)))
		}
	}
	if len(missing) > 0 {
		d.Levels = say("factors.levels", "levels", orList(missing))
	}
	if len(d.Limited) == 0 {
		if a, ok := w.in.Answers.To("C43"); ok {
			d.Limited = []Sentence{{Text: say("factors.answer", "text", w.answer(a)), Cites: w.citeAnswer(a)}}
		} else {
			d.Limited = []Sentence{{Text: say("factors.no_mitigator")}}
		}
	}
}

func level(f debrief.Factor) int {
	l, ok := coach.LeafOf(f.Code)
	if !ok {
		return 0
	}
	return l.Level
}

// orList joins names with "or", with a comma before it since the names hold "and".
func orList(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + ", or " + names[len(names)-1]
}

// differ states disputed entries with both accounts.
func (w *writer) differ() {
	for i := range w.in.Entries {
		e := &w.in.Entries[i]
		if e.Status != debrief.Disputed || len(e.Accounts) < 2 || len(w.doc.Differ) == 4 {
			continue
		}
		a, b := e.Accounts[0], e.Accounts[1]
		text := say("factors.differ", "a", sentence(w.in.Clean(a.Text)), "b", sentence(w.in.Clean(b.Text)))
		if a.Text == e.Text && a.At.Known() && b.At.Known() && !a.At.At.Equal(b.At.At) {
			text = say("factors.differ_time", "text", sentence(e.Text), "a", w.clock(a.At), "b", w.clock(b.At)+" UTC")
		}
		w.doc.Differ = append(w.doc.Differ, Sentence{Text: text, Cites: w.cite(e.ID)})
	}
}

func (w *writer) questions() {
	d := w.doc
	for _, q := range w.in.Questions[:min(len(w.in.Questions), w.room.asks)] {
		cites := w.cite(q.Entries[:min(len(q.Entries), 2)]...)
		if len(cites) == 0 {
			cites = w.citeAll(q.Evidence, 1)
		}
		var sides []Sentence
		for _, a := range q.Sides[:min(len(q.Sides), 2)] {
			if text := w.quote(a.Text, 110); text != "" {
				if a.At.Known() {
					text = w.clock(a.At) + " UTC, " + text
				}
				sides = append(sides, Sentence{Text: text, Cites: w.citeAll(a.Evidence, 1)})
			}
		}
		if len(sides) == 2 {
			cites = nil // the sides carry them
		} else {
			sides = nil
		}
		d.Questions = append(d.Questions, Ask{Sides: sides, ID: q.ID, Ask: tidy(w.in.Clean(q.Ask)), Why: tidy(w.in.Clean(q.Why)), Assume: tidy(w.in.Clean(q.Assume)), Cites: cites})
	}
	if n := len(w.in.Questions) - len(d.Questions); n > 0 {
		d.More = many(n, "question.more")
	}
	if len(d.Questions) == 0 {
		d.More = say("question.none")
	}
}

// quote is the beginning of a text in quotation marks, at most that many
// characters, or nothing when there is none.
func (w *writer) quote(s string, most int) string {
	s = strings.Trim(tidy(w.in.Clean(s)), "“”\"")
	s = strings.NewReplacer("“", "‘", "”", "’").Replace(s)
	if s == "" {
		return ""
	}
	r := []rune(s)
	if len(r) > most {
		s = strings.TrimRight(string(r[:most-1]), " ,;.") + "…"
	}
	return "“" + s + "”"
}

func (w *writer) assumptions() {
	d := w.doc
	d.Assumed = append(d.Assumed, say("assumed.times"), say("assumed.roles"))
	for _, s := range append(append([]string(nil), w.in.Corrections...), w.in.Assumptions...) {
		d.Assumed = append(d.Assumed, sentence(w.in.Clean(s)))
	}
	for _, q := range w.in.Questions[:min(len(w.in.Questions), w.room.asks)] {
		if q.Code == "C03" && len(w.in.Assumptions) > 0 {
			continue // which times lack a zone, and how they were read, stands there
		}
		d.Assumed = append(d.Assumed, tidy(w.in.Clean(q.Assume)))
	}
	d.Assumed = unique(d.Assumed)
}

func (w *writer) leftOut() {
	d := w.doc
	shown := map[string]bool{}
	for id := range w.cited {
		if w.byID[id] != nil {
			shown[id] = true
		}
	}
	if n := len(w.in.Entries) - len(shown); n > 0 {
		key := "left.entries"
		if n == 1 {
			key = "left.entries_one"
		}
		d.LeftOut = append([]string{say(key, "count", itoa(n), "all", itoa(len(w.in.Entries)))}, d.LeftOut...)
	}
	if s := w.leftReasons(); s != "" {
		d.LeftOut = append(d.LeftOut, s)
	}
	d.LeftOut = append(d.LeftOut, say("left.wording"))
}

// leftReasons is one sentence about what no entry cites: the most frequent
// reasons by name, the others as a number.
func (w *writer) leftReasons() string {
	const named = 4
	counts := append([]Count(nil), w.in.LeftOut...)
	sort.SliceStable(counts, func(i, j int) bool { return counts[i].N > counts[j].N })
	var parts []string
	others := 0
	for i, c := range counts {
		switch {
		case c.N <= 0:
		case i < named:
			parts = append(parts, itoa(c.N)+" "+strings.TrimSuffix(tidy(w.in.Clean(c.Reason)), "."))
		default:
			others += c.N
		}
	}
	if others > 0 {
		parts = append(parts, itoa(others)+" "+say("left.others"))
	}
	if len(parts) == 0 {
		return ""
	}
	return say("left.reasons", "list", coach.List(parts))
}

// cite notes that entries are cited and gives their ids.
func (w *writer) cite(ids ...string) []string {
	var out []string
	for _, id := range ids {
		if w.byID[id] != nil {
			w.cited[id] = true
			out = append(out, id)
		}
	}
	return out
}

// citeAll cites evidence: through an entry that holds it, else as a source of its own.
func (w *writer) citeAll(list []debrief.Citation, most int) []string {
	var out []string
	for _, x := range list {
		if len(out) == most {
			break
		}
		id := w.entryOf(x)
		if id != "" {
			w.cited[id] = true
		} else {
			id = w.loose[x]
			if id == "" {
				id = "s" + itoa(len(w.order)+1)
				w.loose[x] = id
				w.order = append(w.order, x)
			}
		}
		if !contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func (w *writer) entryOf(x debrief.Citation) string {
	for i := range w.in.Entries {
		for _, y := range w.in.Entries[i].Evidence {
			if x == y {
				return w.in.Entries[i].ID
			}
		}
	}
	return ""
}

func (w *writer) citeFactor(f debrief.Factor) []string { return w.citeAll(f.Evidence, w.room.cites) }

func (w *writer) citeAnswer(a coach.Answer) []string {
	return w.citeAll([]debrief.Citation{a.Cite()}, 1)
}

// answer is the text of an answer as a sentence, cleaned like everything else.
func (w *writer) answer(a coach.Answer) string { return sentence(w.in.Clean(a.Text)) }

// sources lists where each citation can be looked up.
func (w *writer) sources() {
	for i := range w.in.Entries {
		e := &w.in.Entries[i]
		if w.cited[e.ID] {
			w.doc.Sources = append(w.doc.Sources, Source{ID: e.ID, Text: w.where(e.Evidence, e.At.At), Evidence: e.Evidence})
		}
	}
	for _, x := range w.order {
		w.doc.Sources = append(w.doc.Sources, Source{ID: w.loose[x], Text: w.where([]debrief.Citation{x}, time.Time{}), Says: w.says(w.items[x]), Evidence: []debrief.Citation{x}})
	}
}

// says is the beginning of a piece of evidence in quotation marks, cleaned, or
// nothing when its wording is aimed at somebody. An answer stands in the text
// already.
func (w *writer) says(e *debrief.Evidence) string {
	if e == nil || e.Source == "answers" {
		return ""
	}
	text := e.Text
	if text == "" || e.Sort == debrief.Ticket && e.Title != "" {
		text = e.Title
	}
	q := w.quote(text, 72)
	if q == "" || len(lint.Default().Check(lint.Text{Body: strings.Trim(q, "“”…")})) > 0 {
		return ""
	}
	return q
}

// where says in a few words where evidence lies: the tool and the place, each
// once with its times, the most direct first.
func (w *writer) where(list []debrief.Citation, at time.Time) string {
	var places []string
	times := map[string][]string{}
	for _, x := range list {
		p, t := x.File[strings.LastIndexByte(x.File, '/')+1:], ""
		if e := w.items[x]; e != nil {
			p = sourceWord(e)
			switch {
			case e.Sort == debrief.Note && e.Source != "answers" || e.Sort == debrief.Log:
				t = e.ID
			case e.At.Known():
				t = w.clock(w.nearest(x, at))
			}
		}
		p = tidy(w.in.Clean(p))
		if !contains(places, p) {
			places = append(places, p)
		}
		if t != "" && !contains(times[p], t) {
			times[p] = append(times[p], t)
		}
	}
	most := 3
	var parts []string
	for i, p := range places {
		if i == most {
			parts = append(parts, "and "+itoa(len(places)-most)+" more")
			break
		}
		t := times[p]
		if len(t) > 2 {
			t = append(t[:2:2], "…")
		}
		parts = append(parts, strings.TrimSpace(p+" "+strings.Join(t, ", ")))
	}
	return strings.Join(parts, "; ")
}

// nearest is the time of a citation: of several pieces with one id, such as a
// page from its beginning to its end, that of the one nearest to at.
func (w *writer) nearest(c debrief.Citation, at time.Time) debrief.Moment {
	best := w.items[c].At
	for _, m := range w.again[c] {
		if m.Known() && !at.IsZero() && m.At.Sub(at).Abs() < best.At.Sub(at).Abs() {
			best = m
		}
	}
	return best
}

// sourceWord names what a reader would open.
func sourceWord(e *debrief.Evidence) string {
	switch e.Sort {
	case debrief.Message:
		if e.Where != "" {
			return "chat " + e.Where
		}
		return "chat"
	case debrief.Mail:
		return "mail"
	case debrief.Ticket:
		for _, s := range []string{e.Subject, e.Where, e.ID} {
			if ticketKey(s) {
				return "ticket " + s
			}
		}
		return "ticket"
	case debrief.StatusUpdate:
		return "status page"
	case debrief.Speech:
		return "call transcript"
	case debrief.Note:
		if e.Source == "answers" {
			return "answer to " + e.ID
		}
		return "notes"
	case debrief.Meeting:
		return "calendar"
	case debrief.Change:
		return "deployment record"
	case debrief.Commit:
		return "commit"
	}
	return e.Sort.String()
}

func ticketKey(s string) bool {
	i := strings.IndexByte(s, '-')
	if i < 1 || i > 10 || len(s) > 20 || i == len(s)-1 {
		return false
	}
	for _, r := range s[:i] {
		if (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			return false
		}
	}
	_, err := strconv.Atoi(s[i+1:])
	return err == nil
}

// clock writes a moment as well as it is known, in UTC: "13:42", "≈ 13:50",
// "about 15 h", "22 Apr". The date stands with it unless it is the day of the
// incident.
func (w *writer) clock(m debrief.Moment) string {
	t := m.At.UTC()
	switch m.Precision {
	case debrief.ToDay:
		return day(t, false)
	case debrief.ToWeek:
		return "week of " + day(t, false)
	}
	s := w.timeOnly(m)
	if w.long || !t.Truncate(24*time.Hour).Equal(w.day) {
		s = day(t, t.Year() != w.day.Year()) + " " + s
	}
	return s
}

func (w *writer) timeOnly(m debrief.Moment) string {
	s := m.At.UTC().Format("15:04")
	switch m.Precision {
	case debrief.About, debrief.ToHour:
		return "≈ " + s
	case debrief.ToDay, debrief.ToWeek:
		return "about midday"
	}
	return s
}

func day(t time.Time, year bool) string {
	if year {
		return t.UTC().Format("2 January 2006")
	}
	return t.UTC().Format("2 Jan")
}

func many(n int, key string) string {
	if n == 1 {
		return say(key + "_one")
	}
	return say(key, "count", itoa(n))
}

// tidy makes text of any origin one line of plain text: control and direction
// characters go, white space becomes single spaces.
func tidy(s string) string {
	s = strings.ToValidUTF8(s, "�")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// sentence is tidy text that begins with a capital and ends with a stop.
func sentence(s string) string {
	s = capital(tidy(s))
	if s == "" {
		return s
	}
	r := []rune(s)
	if strings.ContainsRune(".?!…", r[len(r)-1]) || len(r) > 1 && strings.ContainsRune("”\"')", r[len(r)-1]) && strings.ContainsRune(".?!…", r[len(r)-2]) {
		return s
	}
	return s + "."
}

// firstSentence is the text up to its first full stop, as a sentence.
func firstSentence(s string) string {
	first, _, _ := strings.Cut(tidy(s), ". ")
	return sentence(first)
}

func capital(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	r[0] = unicode.ToUpper(r[0])
	return string(r)
}

func unique(list []string) []string {
	var out []string
	for _, s := range list {
		if !contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func itoa(n int) string { return strconv.Itoa(n) }

// count counts the words that a reader reads.
// size is the room that the draft takes on paper, in words.
func (d *Document) size() int {
	small := 0
	for _, s := range d.Sources {
		small += 1 + len(strings.Fields(s.Text)) + len(strings.Fields(s.Says))
	}
	return d.Words + small/2
}

func (d *Document) count() int {
	n := 0
	add := func(ss ...string) {
		for _, s := range ss {
			n += len(strings.Fields(s))
		}
	}
	sents := func(lists ...[]Sentence) {
		for _, l := range lists {
			for _, s := range l {
				add(s.Text)
			}
		}
	}
	add(d.Title, d.Intro, d.Levels, d.More)
	for _, f := range d.Facts {
		add(f.Label, f.Value, f.Note)
	}
	sents(d.What, d.Unknown, d.Stretches, d.Done, d.Open, d.Limited, d.Differ)
	for _, r := range d.Key {
		add(r.Time, r.Text)
		add(r.Shows...)
	}
	for _, f := range d.Factors {
		add(f.Text, f.Role)
	}
	for _, q := range d.Questions {
		add(q.Ask, q.Why)
		sents(q.Sides)
	}
	add(d.Goal...)
	add(d.Assumed...)
	add(d.LeftOut...)
	return n
}

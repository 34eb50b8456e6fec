package coach

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
	"time"

	"debrief.dev/debrief"
)

// detect runs the detector that a question names.
func (f *findings) detect(t template) []raise {
	if t.Detect == "cues" {
		return f.byCues(t.Cues)
	}
	return detectors[t.Detect](f)
}

// detectors by the names used in questions.yaml.
var detectors = map[string]func(*findings) []raise{
	"no_impact_start":     noMark(debrief.ImpactStart),
	"no_impact_end":       noImpactEnd,
	"zone_open":           zoneOpen,
	"no_severity":         noSeverity,
	"no_system":           noSystem,
	"no_detection":        noMark(debrief.Detected),
	"no_resolution":       noMark(debrief.ResolvedMark),
	"scope_unmeasured":    scopeUnmeasured,
	"symptom_missing":     symptomMissing,
	"one_region":          oneRegion,
	"silence":             silences,
	"clocks":              clocks,
	"two_times":           twoTimes,
	"round_times":         roundTimes,
	"no_effect":           noEffect,
	"early_mitigation":    earlyMitigation,
	"starts_at_change":    startsAtChange,
	"ends_at_recovery":    endsAtRecovery,
	"no_role":             noRole,
	"end_differs":         endDiffers,
	"public_differs":      publicDiffers,
	"accounts_differ":     accountsDiffer,
	"impact_denied":       impactDenied,
	"change_denied":       changeDenied,
	"first_or_not":        firstOrNot,
	"one_team":            oneTeam,
	"all_today":           allToday,
	"no_detection_factor": noDetectionFactor,
	"upstream_cue":        upstreamCue,
	"vendor_unconfirmed":  vendorUnconfirmed,
	"no_mitigator":        noMitigator,
	"absent_voices":       absentVoices,
	"outside_present":     outsidePresent,
	"owner_differs":       ownerDiffers,
}

func one(r raise) []raise { return []raise{r} }

// byCues raises the question when all the cues of one list are found.
func (f *findings) byCues(lists [][]string) []raise {
	for _, l := range lists {
		var cites []debrief.Citation
		all := true
		for _, n := range l {
			if n == "outside_party" {
				all = all && len(f.c.outside()) > 0
				continue
			}
			if len(f.hits[n]) == 0 {
				all = false
				break
			}
			cites = append(cites, f.cites(f.hits[n])...)
		}
		if all && len(cites) > 0 {
			return one(raise{evidence: cites})
		}
	}
	return nil
}

func noMark(n debrief.MarkName) func(*findings) []raise {
	return func(f *findings) []raise {
		if _, ok := f.c.mark(n); ok || len(f.c.Entries) == 0 {
			return nil
		}
		if n != debrief.ImpactStart && !f.c.operational() {
			return nil // a project has no detection and no all-clear to record
		}
		return one(raise{})
	}
}

func noImpactEnd(f *findings) []raise {
	_, mit := f.c.mark(debrief.Mitigated)
	_, res := f.c.mark(debrief.ResolvedMark)
	if mit || res || len(f.c.Entries) == 0 {
		return nil
	}
	return one(raise{})
}

var summerZone = map[string]string{"PST": "PDT", "EST": "EDT", "CST": "CDT", "MST": "MDT", "GMT": "BST", "CET": "CEST"}

var zoneName = regexp.MustCompile(`\b(PST|EST|CST|MST|CET)\b`)

// zoneOpen asks about documents whose times had no zone of their own, and about
// winter abbreviations used in summer.
func zoneOpen(f *findings) []raise {
	c := f.c
	files := map[string]int{}
	var cites []debrief.Citation
	for i := range c.Evidence {
		e := &c.Evidence[i]
		if e.At.Known() && e.At.Zone == debrief.ZoneAssumed {
			if files[e.File]++; files[e.File] <= 2 {
				cites = append(cites, e.Cite())
			}
		}
	}
	var parts []string
	for _, n := range sortedKeys(files) {
		parts = append(parts, fmt.Sprintf("%s (%s without a zone)", base(n), Count(files[n], "time", "times")))
	}
	assumed := "Times without a zone are read as UTC."
	for i := range c.Evidence {
		e := &c.Evidence[i]
		if e.Sort == debrief.Log || e.Sort == debrief.Alert {
			continue
		}
		m := zoneName.FindString(e.Text)
		if m == "" || !summer(c.From) || c.From.IsZero() {
			continue
		}
		place := e.Where
		if place == "" {
			place = base(e.File)
		}
		parts = append(parts, fmt.Sprintf("%s writes %s on a date when %s applies", place, m, summerZone[m]))
		cites = append(cites, e.Cite())
		assumed = fmt.Sprintf("Where the evidence writes %s, the season's %s is meant; the draft shows UTC.", m, summerZone[m])
		break
	}
	if len(parts) == 0 {
		return nil
	}
	return one(raise{slots: map[string]string{"what": strings.Join(parts, "; "), "assumed": assumed}, evidence: cites})
}

// summer is the part of the year in which northern zones keep summer time in
// Europe and North America alike.
func summer(t time.Time) bool { return t.Month() >= time.April && t.Month() <= time.October }

func noSeverity(f *findings) []raise {
	c := f.c
	if !c.operational() || len(f.hits["severity"]) > 0 {
		return nil
	}
	for i := range c.Evidence {
		if e := &c.Evidence[i]; e.Sort == debrief.Page && e.Level != "" {
			return nil
		}
	}
	return one(raise{})
}

func noSystem(f *findings) []raise {
	c := f.c
	if !c.operational() {
		return nil
	}
	for i := range c.Evidence {
		e := &c.Evidence[i]
		if e.Sort == debrief.Alert || e.Sort == debrief.StatusUpdate || e.Sort == debrief.Change || e.Attributes["service"] != "" {
			return nil
		}
	}
	return one(raise{})
}

func scopeUnmeasured(f *findings) []raise {
	if len(f.hits["measured_scope"]) > 0 {
		return nil
	}
	hits := f.after(f.hits["vague_scope"])
	if len(hits) == 0 {
		if len(f.c.Entries) == 0 {
			return nil
		}
		return one(raise{slots: map[string]string{"quote": ""}})
	}
	var words []string
	seen := map[string]bool{}
	for _, h := range hits {
		w := strings.ToLower(f.vague(h))
		if w != "" && !seen[w] && len(words) < 3 {
			seen[w] = true
			words = append(words, "“"+w+"”")
		}
	}
	return one(raise{slots: map[string]string{"quote": "; it is told in words such as " + strings.Join(words, ", ")}, evidence: f.cites(hits)})
}

// vague is the very words in which a scope was given.
func (f *findings) vague(h hit) string {
	return f.c.quote(strings.TrimSpace(h.cue.Words(h.sentence)), 40)
}

// after keeps hits from the impact on, in order of the evidence.
func (f *findings) after(hits []hit) []hit {
	from := f.c.impact().Add(-10 * time.Minute)
	var out []hit
	for _, h := range hits {
		if e := &f.c.Evidence[h.ev]; !e.At.Known() || !e.At.At.Before(from) {
			out = append(out, h)
		}
	}
	return out
}

func symptomMissing(f *findings) []raise {
	for _, e := range f.c.Entries {
		if e.Kind == debrief.KindImpact {
			return nil
		}
	}
	if len(f.c.Entries) == 0 {
		return nil
	}
	return one(raise{})
}

func oneRegion(f *findings) []raise {
	regions := map[string]bool{}
	var cites []debrief.Citation
	for i := range f.c.Evidence {
		e := &f.c.Evidence[i]
		if e.Sort == debrief.Alert && e.Attributes["region"] != "" {
			regions[e.Attributes["region"]] = true
			cites = append(cites, e.Cite())
		}
	}
	if len(regions) != 1 {
		return nil
	}
	return one(raise{evidence: cites})
}

func silences(f *findings) []raise {
	c := f.c
	start, end, settled := c.impact(), c.resolved(), c.settled()
	if !end.After(start) || end.Sub(start) > 48*time.Hour {
		return nil // weeks of work are quiet for hours every day
	}
	var out []raise
	for _, g := range c.Gaps {
		if g.Name != debrief.Silence || g.Length <= longSilence || g.From.Before(start) || g.From.After(end) {
			continue
		}
		state := "the impact was open"
		if !g.From.Before(settled) {
			state = "the normal state was not back"
		}
		var of debrief.Citation
		if len(g.Evidence) > 0 {
			of = g.Evidence[0] // what came before the quiet
		}
		out = append(out, raise{
			of: of, slots: map[string]string{"from": clock(g.From, c), "to": clock(g.To, c), "length": Length(g.Length), "state": state},
			evidence: g.Evidence,
			strength: min(1, 0.8+g.Length.Hours()/10),
		})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].strength > out[j].strength })
	return out[:min(len(out), 2)]
}

func clocks(f *findings) []raise {
	c := f.c
	var what []string
	var cites []debrief.Citation
	assumed := "Where clocks differ, the stamp of a machine is used."
	for _, s := range c.Skewed {
		what = append(what, strings.TrimSuffix(s.Text, "."))
		cites = append(cites, s.Evidence...)
		assumed = "The clock difference that matching events show is applied, and each corrected entry says so."
	}
	for _, h := range f.hits["clock_doubt"] {
		what = append(what, "“"+c.quote(h.sentence, 90)+"”")
		cites = append(cites, c.Evidence[h.ev].Cite())
	}
	if len(what) == 0 {
		return nil
	}
	return one(raise{slots: map[string]string{"what": strings.Join(what[:min(len(what), 2)], "; "), "assumed": assumed}, evidence: cites})
}

func twoTimes(f *findings) []raise {
	c := f.c
	var out []raise
	for _, e := range c.Entries {
		if len(e.Accounts) < 2 {
			continue
		}
		a, b := e.Accounts[0], e.Accounts[1]
		if !a.At.Known() || !b.At.Known() || a.At.At.Sub(b.At.At).Abs() < time.Minute {
			continue
		}
		cites := append(append([]debrief.Citation(nil), a.Evidence...), b.Evidence...)
		out = append(out, raise{
			slots: map[string]string{
				"what":    fmt.Sprintf("%s, %s or %s", strings.TrimSuffix(e.Text, "."), clock(a.At.At, c), clock(b.At.At, c)),
				"assumed": fmt.Sprintf("The entry stands at %s and both accounts stay with it.", clock(e.At.At, c)),
			},
			sides: e.Accounts, evidence: cites,
		})
	}
	if len(out) > 0 {
		return out[:min(len(out), 2)]
	}
	if hits := f.hits["time_doubt"]; len(hits) > 0 {
		var sides []debrief.Account
		for _, h := range hits[:min(len(hits), 2)] {
			sides = append(sides, f.account(&c.Evidence[h.ev], h.sentence))
		}
		return one(raise{
			slots:    map[string]string{"what": "“" + c.quote(f.c.Evidence[hits[0].ev].Text, 100) + "”", "assumed": "Where the evidence gives two times for one event, the one that a machine recorded is used, else the corrected one."},
			sides:    sides,
			evidence: f.cites(hits),
		})
	}
	return nil
}

func roundTimes(f *findings) []raise {
	type tally struct{ all, round int }
	files := map[string]*tally{}
	for i := range f.c.Evidence {
		e := &f.c.Evidence[i]
		if e.Sort != debrief.Note || e.At.Precision != debrief.ToMinute || !e.At.Known() {
			continue
		}
		t := files[e.File]
		if t == nil {
			t = &tally{}
			files[e.File] = t
		}
		t.all++
		if e.At.At.Minute()%5 == 0 {
			t.round++
		}
	}
	var out []raise
	for _, n := range sortedKeys(files) {
		if t := files[n]; t.all >= 5 && t.round*10 >= t.all*7 {
			out = append(out, raise{slots: map[string]string{"file": base(n)}, evidence: []debrief.Citation{{File: n, ID: "L1"}}})
		}
	}
	return out[:min(len(out), 1)]
}

func noEffect(f *findings) []raise {
	c := f.c
	settled := c.settled()
	for i, e := range c.Entries {
		if e.Kind != debrief.KindResponse || e.Phase != debrief.Responding || !e.At.At.Before(settled) || e.Weight < 0.6 {
			continue
		}
		if i+1 < len(c.Entries) && c.Entries[i+1].At.At.Sub(e.At.At) > longSilence {
			return one(raise{slots: map[string]string{"what": strings.TrimSuffix(e.Text, ".")}, evidence: e.Evidence})
		}
	}
	return nil
}

func earlyMitigation(f *findings) []raise {
	m, ok1 := f.c.mark(debrief.Mitigated)
	d, ok2 := f.c.mark(debrief.Detected)
	if !ok1 || !ok2 || !m.At.At.Before(d.At.At) {
		return nil
	}
	return one(raise{
		slots:    map[string]string{"from": clock(m.At.At, f.c), "to": clock(d.At.At, f.c)},
		evidence: append(append([]debrief.Citation(nil), m.Evidence...), d.Evidence...),
	})
}

// startsAtChange looks for a telling that begins at the last change while older
// evidence of the same story exists, or a timeline whose first entry is the change.
func startsAtChange(f *findings) []raise {
	c := f.c
	impact := c.impact()
	var cites []debrief.Citation
	for _, h := range f.after(append(append([]hit(nil), f.hits["person_as_cause"]...), f.hits["single_cause"]...)) {
		if low := strings.ToLower(h.sentence); strings.Contains(low, "push") || strings.Contains(low, "deploy") || strings.Contains(low, "merge") || strings.Contains(low, "release") {
			cites = append(cites, c.Evidence[h.ev].Cite())
		}
	}
	older := false
	for _, n := range []string{"promise", "deferred", "scope_late", "waiting_approval", "date_first", "design_states"} {
		for _, h := range f.hits[n] {
			if e := &c.Evidence[h.ev]; e.At.Known() && impact.Sub(e.At.At) > 7*24*time.Hour {
				older = true
			}
		}
	}
	if len(cites) > 0 && older && !c.operational() {
		return one(raise{evidence: cites})
	}
	if len(c.Entries) > 0 && c.Entries[0].Kind == debrief.KindTrigger {
		return one(raise{evidence: c.Entries[0].Evidence})
	}
	return nil
}

func endsAtRecovery(f *findings) []raise {
	c := f.c
	if !c.operational() || len(c.Entries) == 0 {
		return nil
	}
	cites := f.cites(f.after(f.hits["customers_asked"]))
	last := c.Entries[len(c.Entries)-1]
	return one(raise{evidence: append(cites, last.Evidence...)})
}

var passive = regexp.MustCompile(`(?i)^(?:it|this|that|something) (?:was|is|got) \w+`)

func noRole(f *findings) []raise {
	for _, e := range f.c.Entries {
		if e.Kind == debrief.KindResponse && len(e.Roles) == 0 && passive.MatchString(e.Text) {
			return one(raise{slots: map[string]string{"what": strings.TrimSuffix(e.Text, ".")}, evidence: e.Evidence})
		}
	}
	return nil
}

// statedEnd finds "between 13:42 and 14:15" in a status update.
var statedEnd = regexp.MustCompile(`(?i)\b(?:between|from)\s+(\d{1,2}:\d{2})(?:\s*\w{3,4})?\s*(?:and|to|until|-|–)\s*(\d{1,2}:\d{2})`)

// endDiffers compares the end that was published with the marks, and looks for
// accounts of effects after an all-clear.
func endDiffers(f *findings) []raise {
	c := f.c
	var closing *debrief.Evidence
	for i := range c.Evidence {
		e := &c.Evidence[i]
		if e.Sort == debrief.StatusUpdate && e.State == debrief.Resolved && (closing == nil || e.At.At.After(closing.At.At)) {
			closing = e
		}
	}
	if closing == nil {
		return nil
	}
	if m := statedEnd.FindStringSubmatch(closing.Text); m != nil {
		if t, err := time.Parse("15:04", m[2]); err == nil {
			day := closing.At.At.UTC()
			at := time.Date(day.Year(), day.Month(), day.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC)
			if mit, ok := c.mark(debrief.Mitigated); ok && at.Sub(mit.At.At).Abs() > 2*time.Minute && at.Sub(mit.At.At).Abs() < 12*time.Hour {
				return one(raise{
					slots: map[string]string{
						"what":    fmt.Sprintf("the status page gives %s, the evidence inside gives %s", clock(at, c), clock(mit.At.At, c)),
						"assumed": fmt.Sprintf("For the end of the impact the draft uses %s.", clock(mit.At.At, c)),
					},
					sides: []debrief.Account{
						{Text: c.quote(closing.Text, 160), At: debrief.Moment{At: at, Precision: debrief.ToMinute}, Evidence: []debrief.Citation{closing.Cite()}},
						{Text: c.whatOf(mit), At: mit.At, Evidence: mit.Evidence},
					},
					evidence: append([]debrief.Citation{closing.Cite()}, mit.Evidence...),
				})
			}
		}
	}
	for _, h := range f.hits["still_open_after"] {
		e := &c.Evidence[h.ev]
		if e.Sort == debrief.StatusUpdate || !e.At.Known() || e.At.At.Sub(closing.At.At) < 5*time.Minute || e.At.At.Sub(closing.At.At) > 72*time.Hour {
			continue
		}
		return one(raise{
			slots: map[string]string{
				"what":    fmt.Sprintf("the status page was closed at %s, and at %s the evidence inside still mentions an effect", clock(closing.At.At, c), clock(e.At.At, c)),
				"assumed": "Where an effect outlasts the all-clear, the draft gives the later time for that part.",
			},
			sides: []debrief.Account{
				f.account(closing, closing.Text),
				f.account(e, h.sentence),
			},
			evidence: []debrief.Citation{closing.Cite(), e.Cite()},
		})
	}
	return nil
}

// whatOf says in words what a mark stands on: its entry, else its reason.
func (c *Case) whatOf(m debrief.Mark) string {
	for _, e := range c.Entries {
		if e.ID == m.Entry {
			return e.Text
		}
	}
	return m.Why
}

func publicDiffers(f *findings) []raise {
	c := f.c
	if o, n := c.publicAgainstInside(f); o != nil {
		return one(raise{
			sides: []debrief.Account{
				f.account(o, o.Text),
				f.account(n, n.Text),
			},
			evidence: []debrief.Citation{o.Cite(), n.Cite()},
		})
	}
	hits := f.after(f.hits["page_understates"])
	if len(hits) == 0 {
		return nil
	}
	h := hits[0]
	for _, x := range hits { // one that names the page tells more
		if strings.Contains(strings.ToLower(x.sentence), "status page") {
			h = x
			break
		}
	}
	in := &c.Evidence[h.ev]
	sides := []debrief.Account{f.account(in, h.sentence)}
	cites := f.cites(hits)
	var first *debrief.Evidence
	for i := range c.Evidence {
		if e := &c.Evidence[i]; e.Sort == debrief.StatusUpdate && e.At.Known() && (first == nil || e.At.At.Before(first.At.At)) {
			first = e
		}
	}
	if first != nil {
		sides = append(sides, f.account(first, first.Text))
		cites = append([]debrief.Citation{first.Cite()}, cites...)
	}
	return one(raise{sides: sides, evidence: cites})
}

// accountsDiffer pairs a denial with the nearest earlier claim.
func accountsDiffer(f *findings) []raise {
	c := f.c
	var out []raise
	used := map[int]bool{}
	for _, d := range f.hits["denies_agreed"] {
		e := &c.Evidence[d.ev]
		if !e.At.Known() {
			continue
		}
		best, bestGap := -1, 8*time.Hour
		var bestHit hit
		for _, h := range f.hits["claims_agreed"] {
			x := &c.Evidence[h.ev]
			if h.ev == d.ev || used[h.ev] || !x.At.Known() || x.Author == e.Author {
				continue
			}
			if gap := e.At.At.Sub(x.At.At).Abs(); gap < bestGap && (x.Where == e.Where || x.Sort != e.Sort) {
				best, bestGap, bestHit = h.ev, gap, h
			}
		}
		if best < 0 {
			continue
		}
		used[best] = true
		x := &c.Evidence[best]
		out = append(out, raise{
			sides: []debrief.Account{
				f.account(x, bestHit.sentence),
				f.account(e, d.sentence),
			},
			evidence: []debrief.Citation{x.Cite(), e.Cite()}, of: e.Cite(),
		})
	}
	return out[:min(len(out), 2)]
}

func impactDenied(f *findings) []raise {
	hits := f.hits["no_customer_impact"]
	if len(hits) == 0 {
		return nil
	}
	for _, n := range []string{"customers_asked", "vague_scope"} {
		if other := f.after(f.hits[n]); len(other) > 0 {
			return one(raise{sides: f.sides(hits[0], other[0]), evidence: append(f.cites(hits), f.cites(other)...)})
		}
	}
	return nil
}

func (f *findings) sides(hs ...hit) []debrief.Account {
	var out []debrief.Account
	for _, h := range hs {
		out = append(out, f.account(&f.c.Evidence[h.ev], h.sentence))
	}
	return out
}

// greeting is whom a mail addresses at its head.
var greeting = regexp.MustCompile(`^(?:(?i:dear|hi|hello|hey)\b[^,\n!]{0,60}[,!\n]\s*)+`)

// account is one side of a contradiction in its own words, unless the words set
// somebody in a negative light: then only where it stands.
func (f *findings) account(e *debrief.Evidence, words string) debrief.Account {
	a := debrief.Account{At: e.At, Evidence: []debrief.Citation{e.Cite()}}
	if e.Sort == debrief.Mail {
		words = greeting.ReplaceAllString(words, "")
	}
	if a.Text = f.c.quote(words, 140); f.loaded(words) {
		a.Text = "an account that is not quoted here"
	}
	return a
}

func changeDenied(f *findings) []raise {
	hits := f.after(f.hits["not_a_change"])
	if len(hits) == 0 || len(f.c.Changes) == 0 {
		return nil
	}
	return one(raise{sides: f.sides(hits[0]), evidence: append(f.cites(hits), f.c.Changes[0])})
}

func firstOrNot(f *findings) []raise {
	a, b := f.hits["first_time_claim"], f.hits["earlier_event"]
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	later := f.after(b)
	if len(later) > 0 {
		b = later
	}
	return one(raise{sides: f.sides(a[len(a)-1], b[0]), evidence: append(f.cites(a), f.cites(b)...)})
}

func ownerDiffers(f *findings) []raise {
	hits := f.hits["owner_dispute"]
	if len(hits) == 0 {
		return nil
	}
	return one(raise{sides: f.sides(hits[:min(len(hits), 2)]...), evidence: f.cites(hits)})
}

func oneTeam(f *findings) []raise {
	hits := f.after(f.hits["person_as_cause"])
	if len(f.cites(hits)) < 3 {
		return nil
	}
	upstream := 0
	for _, n := range []string{"promise", "scope_late", "date_first", "waiting_approval", "design_states", "design_handoff", "deferred", "no_verification_time"} {
		if len(f.hits[n]) > 0 {
			upstream++
		}
	}
	if upstream < 4 {
		return nil
	}
	return one(raise{evidence: f.cites(hits)})
}

func allToday(f *findings) []raise {
	fs := f.factors()
	if len(fs) < 3 {
		return nil
	}
	times := map[debrief.Citation]time.Time{}
	for i := range f.c.Evidence {
		times[f.c.Evidence[i].Cite()] = f.c.Evidence[i].At.At
	}
	impact := f.c.impact()
	for _, x := range fs {
		for _, e := range x.Evidence {
			if t := times[e]; !t.IsZero() && impact.Sub(t) > 24*time.Hour {
				return nil
			}
		}
	}
	return one(raise{})
}

func noDetectionFactor(f *findings) []raise {
	s, ok1 := f.c.mark(debrief.ImpactStart)
	d, ok2 := f.c.mark(debrief.Detected)
	if !ok1 || !ok2 || d.At.At.Sub(s.At.At) <= longUndetected {
		return nil
	}
	for _, x := range f.factors() {
		if strings.HasPrefix(x.Code, "DET") {
			return nil
		}
	}
	return one(raise{slots: map[string]string{"length": Length(d.At.At.Sub(s.At.At))}, evidence: d.Evidence})
}

// upstream says in words what a cue for an upstream condition mentions.
var upstream = []struct{ cue, words string }{
	{"promise", "a promised date"},
	{"date_first", "a fixed date"},
	{"scope_late", "a late change of scope"},
	{"deferred", "postponed work"},
	{"waiting_approval", "a pending approval or vacancy"},
	{"design_states", "an open design question"},
	{"guessed_size", "a guessed size"},
	{"no_verification_time", "shortened verification"},
}

func upstreamCue(f *findings) []raise {
	var words []string
	var cites []debrief.Citation
	for _, u := range upstream {
		hits := f.hits[u.cue]
		if len(hits) == 0 {
			continue
		}
		words = append(words, u.words)
		cites = append(cites, f.cites(hits[:min(len(hits), 2)])...)
	}
	if len(words) == 0 {
		return nil
	}
	return one(raise{slots: map[string]string{"what": List(words[:min(len(words), 4)])}, evidence: cites})
}

func vendorUnconfirmed(f *findings) []raise {
	c := f.c
	people := c.outside()
	var cites []debrief.Citation
	for i := range c.Evidence {
		e := &c.Evidence[i]
		if e.Sort == debrief.Message && by(e, people) {
			cites = append(cites, e.Cite())
		}
	}
	cites = append(cites, f.cites(f.hits["provider_notice"])...)
	cites = append(cites, f.cites(f.hits["provider_down"])...)
	if len(cites) == 0 {
		return nil
	}
	return one(raise{evidence: cites})
}

func noMitigator(f *findings) []raise {
	if len(f.hits["helped"]) > 0 || len(f.c.Entries) == 0 {
		return nil
	}
	return one(raise{})
}

// absentVoices names who took part before and gave no account afterwards. It
// looks at roles, and only where a story reaches back over days.
func absentVoices(f *findings) []raise {
	c := f.c
	impact := c.impact()
	type voice struct {
		before, after int
		first         debrief.Citation
	}
	voices := map[string]*voice{}
	oldest := impact
	for i := range c.Evidence {
		e := &c.Evidence[i]
		if e.Author.Bot || !e.At.Known() || e.Author == (debrief.Author{}) {
			continue
		}
		switch e.Sort {
		case debrief.Message, debrief.Mail, debrief.Ticket, debrief.Note, debrief.Speech, debrief.Commit:
		default:
			continue
		}
		k := e.Author.Email + "|" + e.Author.ID + "|" + e.Author.Handle
		v := voices[k]
		if v == nil {
			v = &voice{first: e.Cite()}
			voices[k] = v
		}
		if e.At.At.Before(impact) {
			v.before++
			if e.At.At.Before(oldest) {
				oldest = e.At.At
			}
		} else if e.Sort != debrief.Mail {
			v.after++
		}
	}
	if impact.Sub(oldest) < 7*24*time.Hour {
		return nil
	}
	outside := c.outside()
	var cites []debrief.Citation
	var what []string
	for _, k := range sortedKeys(voices) {
		v := voices[k]
		if v.before >= 5 && v.after == 0 {
			cites = append(cites, v.first)
		}
	}
	if n := len(cites); n > 0 {
		what = append(what, Count(n, "role that took part earlier", "roles that took part earlier"))
	}
	if len(outside) > 0 {
		what = append(what, "the client or partner")
	}
	if len(cites) == 0 {
		return nil
	}
	return one(raise{slots: map[string]string{"what": List(what)}, evidence: cites})
}

func outsidePresent(f *findings) []raise {
	c := f.c
	people := c.outside()
	var cites []debrief.Citation
	for i := range c.Evidence {
		if e := &c.Evidence[i]; e.Sort == debrief.Mail && by(e, people) && e.At.Known() && !e.At.At.Before(c.impact()) {
			cites = append(cites, e.Cite())
		}
	}
	if len(cites) == 0 {
		if len(f.hits["asks_account"]) == 0 || c.operational() {
			return nil
		}
		cites = f.cites(f.hits["asks_account"])
	}
	return one(raise{evidence: cites})
}

// clock writes a time of day, with the date when the case spans several days.
func clock(t time.Time, c *Case) string {
	t = t.UTC()
	if c.To.Sub(c.From) > 36*time.Hour {
		return t.Format("2 January 15:04 UTC")
	}
	return t.Format("15:04 UTC")
}

// Length writes a duration in words, rounded so that it can be said aloud:
// "40 seconds", "27 minutes", "3 hours 22 minutes", "9 days".
func Length(d time.Duration) string {
	d = d.Abs()
	switch {
	case d.Round(time.Second) == time.Minute:
		return "1 minute"
	case d < 90*time.Second:
		return Count(int(d.Round(time.Second)/time.Second), "second", "seconds")
	case d < time.Hour:
		return Count(int(d.Round(time.Minute)/time.Minute), "minute", "minutes")
	case d < 48*time.Hour:
		m := int(d.Round(time.Minute) / time.Minute)
		s := Count(m/60, "hour", "hours")
		if m%60 != 0 {
			s += " " + Count(m%60, "minute", "minutes")
		}
		return s
	default:
		return Count(int((d+12*time.Hour)/(24*time.Hour)), "day", "days")
	}
}

// Count writes a number with its noun: "1 minute", "3 minutes".
func Count(n int, single, plural string) string {
	if n == 1 {
		return "1 " + single
	}
	return fmt.Sprintf("%d %s", n, plural)
}

// List joins words as a sentence does: "a, b and c".
func List(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

func base(file string) string { return file[strings.LastIndexByte(file, '/')+1:] }

package timeline

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/cue"
	"debrief.dev/debrief/internal/redact"
	"debrief.dev/debrief/lint"
)

// textMost is how many characters of what somebody said an entry repeats.
const textMost = 170

// write turns groups into entries.
func (p *proposer) write(groups []*group) {
	for _, g := range groups {
		p.entry(g)
	}
	sort.SliceStable(groups, func(i, j int) bool {
		return groups[i].entry.At.At.Before(groups[j].entry.At.At)
	})
	for i, g := range groups {
		g.entry.ID = fmt.Sprintf("e%02d", i+1)
		p.out.Entries = append(p.out.Entries, g.entry)
	}
}

// wordless reports whether all that a group holds is talk of which nothing can
// be told: words aimed at somebody are evidence, and no entry.
func (p *proposer) wordless(g *group) bool {
	return !slices.ContainsFunc(g.items, func(y *item) bool {
		return !talks(y) || y.ev.Author.Bot || y.ev.Sort == debrief.Ticket || p.said(y) != ""
	})
}

// entry writes one.
func (p *proposer) entry(g *group) {
	x := p.stamp(g)
	e := &g.entry
	e.At = x.ev.At
	e.At.At = x.at
	e.Weight = min(1, max(0, g.weight))
	e.Kind, e.Signal = p.kindOf(g)
	if x.off != 0 {
		e.Corrected = fmt.Sprintf("The time is %s on the clock of %s, which was %s.", x.ev.At.At.Format("15:04:05"), x.ev.File, aheadBy(x.off))
	}
	switch g.lead.ev.Sort {
	case debrief.Note, debrief.Mail, debrief.Record:
		e.Status = debrief.Reported
	}
	if talks(g.lead) && !g.lead.ev.Author.Bot {
		e.Text = p.talkText(g)
	} else {
		e.Text = p.machineText(g.lead)
		if n := distinctSeries(g); n > 1 {
			e.Text = strings.TrimSuffix(e.Text, ".") + fmt.Sprintf("; %d more alerts follow within minutes.", n-1)
		}
	}
	if x == p.onsetOf || g.lead == p.onsetOf {
		e.Kind, e.Signal = debrief.KindImpact, debrief.NoSignal
	}
	e.Evidence = cites(g)
	e.Roles = p.rolesIn(g)
	for _, y := range g.items {
		if c := y.corrected; c != nil && (y == x || y == g.lead) {
			e.Corrected = fmt.Sprintf("The time was set right by its author later: %s.", quote(p.said(c)))
			e.Evidence = append(e.Evidence, c.ev.Cite())
		}
	}
	p.dispute(g)
}

// stamp is the item of the group whose time is the entry's: the earliest of an
// alert's history, a machine's record rather than the talk about it.
func (p *proposer) stamp(g *group) *item {
	lead := g.lead
	if p.long && p.onsetOf != nil && slices.Contains(g.items, p.onsetOf) {
		return p.onsetOf // a mail comes half an hour after the first word of it
	}
	if !talks(lead) {
		if lead.series != nil && !endsSeries(lead) && lead.ev.Sort != debrief.Page {
			for _, y := range g.items {
				if y.series != nil && y.at.Before(lead.at) && !y.ev.Author.Bot {
					lead = y
				}
			}
		}
		return lead
	}
	best := lead
	for _, y := range g.items {
		if talks(y) || y.at.Sub(g.lead.at).Abs() > 5*time.Minute && !p.long {
			continue
		}
		switch y.ev.Sort {
		case debrief.Change, debrief.StatusUpdate, debrief.Commit:
			if best == lead || y.at.Before(best.at) {
				best = y
			}
		}
	}
	return best
}

func distinctSeries(g *group) int {
	seen := map[*series]bool{}
	for _, y := range g.items {
		if y.series != nil && y.ev.Sort == debrief.Alert && !endsSeries(y) {
			seen[y.series] = true
		}
	}
	return len(seen)
}

// cites lists the evidence of a group, the most direct first.
func cites(g *group) []debrief.Citation {
	var out []debrief.Citation
	seen := map[debrief.Citation]bool{}
	add := func(c debrief.Citation) {
		if !seen[c] {
			seen[c] = true
			out = append(out, c)
		}
	}
	for _, y := range g.items {
		add(y.ev.Cite())
		for _, c := range y.copies {
			add(c)
		}
	}
	return out
}

// rolesIn lists the roles whose words or deeds the entry tells.
func (p *proposer) rolesIn(g *group) []string {
	var out []string
	seen := map[string]bool{}
	for _, y := range g.items {
		if y.ev.Author.Bot {
			continue
		}
		if r := p.cast.Role(y.ev.Author); r != "" && r != redact.Tool && !seen[r] {
			seen[r] = true
			out = append(out, r)
		}
	}
	sort.Strings(out)
	return out
}

// kindOf finds the place of a group in the story.
func (p *proposer) kindOf(g *group) (debrief.Kind, debrief.Signal) {
	x := g.lead
	if p.change != nil {
		for _, y := range g.items {
			if y == p.change || y.ev.Sort == p.change.ev.Sort && related(y, p.change) && y.at.Sub(p.change.at).Abs() < 3*time.Minute {
				return debrief.KindTrigger, 0
			}
		}
	}
	before := !p.onset.IsZero() && x.at.Before(p.onset)
	switch x.ev.Sort {
	case debrief.Alert:
		if endsSeries(x) {
			return debrief.KindResponse, 0
		}
		return debrief.KindSignal, debrief.Visible
	case debrief.Page:
		if x.ev.State == debrief.Triggered || x.ev.State == debrief.Firing {
			return debrief.KindSignal, debrief.Visible
		}
		return debrief.KindResponse, 0
	case debrief.StatusUpdate:
		return debrief.KindResponse, 0
	case debrief.Change, debrief.Commit:
		if before {
			return debrief.KindNext, 0
		}
		return debrief.KindResponse, 0
	case debrief.Log:
		return debrief.KindSignal, debrief.Visible
	case debrief.Meeting:
		return debrief.KindNext, 0
	case debrief.Ticket:
		if before || p.onset.IsZero() {
			if x.acts&missing != 0 {
				return debrief.KindSignal, debrief.Missing
			}
			return debrief.KindNext, 0
		}
	}
	if x.ev.Author.Bot {
		if x.series != nil && !endsSeries(x) {
			return debrief.KindSignal, debrief.Visible
		}
		if before {
			return debrief.KindNext, 0
		}
		return debrief.KindResponse, 0
	}
	acts := x.acts
	if before && acts&customer != 0 && acts&(promise|plan|request) == 0 {
		return debrief.KindSignal, debrief.Visible // somebody outside saw it first
	}
	for _, w := range actWorth {
		if acts&w.act == 0 || w.act == declare && x != p.declared && acts != declare {
			continue
		}
		kind, signal := w.kind, w.signal
		switch w.act {
		case action, decide, effect, comms, request:
			if before && acts&(missing|confusing) == 0 {
				kind = debrief.KindNext
			}
		case diagnose:
			if acts&missing != 0 {
				signal = debrief.Missing
			}
		case impact:
			switch {
			case before && acts&missing != 0:
				kind, signal = debrief.KindSignal, debrief.Missing
			case before:
				kind, signal = debrief.KindSignal, debrief.Visible
			}
		case missing:
			if p.outside(x) && !before {
				kind, signal = debrief.KindImpact, 0 // what those affected met
			}
		case customer:
			switch {
			case p.outside(x) && acts&impact != 0:
				kind, signal = debrief.KindImpact, 0
			case p.long && before && acts&(promise|plan) != 0:
				kind, signal = debrief.KindNext, 0
			}
		}
		return kind, signal
	}
	return debrief.KindNext, 0
}

// talkText writes what somebody said: who does what with these words, and the
// words themselves in quotation marks, since they are that person's and not ours.
func (p *proposer) talkText(g *group) string {
	x := g.lead
	said := p.said(x)
	if said == "" {
		for _, y := range g.items[1:] {
			if talks(y) && !y.ev.Author.Bot {
				if said = p.said(y); said != "" {
					x = y
					break
				}
			}
		}
	}
	if x.ev.Sort == debrief.Ticket {
		return p.ticketText(x, said)
	}
	role := p.roleOf(x)
	if said == "" {
		return role + " speaks up; the wording is left to the evidence."
	}
	var says string
	switch {
	case x.ev.Sort == debrief.Note:
		says = "The notes of a participant record"
		if !strings.HasPrefix(role, "A participant") {
			says = role + " notes"
		}
	case x.ev.Sort == debrief.Mail && x.ev.Title != "":
		says = role + " writes in the mail " + quoted(short(p.clean(mailPrefix.ReplaceAllString(firstLine(x.ev.Title), "")), 80))
	case x.ev.Sort == debrief.Record:
		says = "A report says"
	case asks(x):
		says = role + " asks"
	default:
		says = role + " " + p.verbOf(x, g.entry.Kind, g.entry.Signal)
	}
	return says + ": " + quote(said) + "."
}

var mailPrefix = regexp.MustCompile(`^(?i:(?:re|fw|fwd|aw|wg|sv|antw)\s*:\s*)+`)

// roleOf is the role of an author at the head of a sentence.
func (p *proposer) roleOf(x *item) string {
	role := p.cast.Role(x.ev.Author)
	switch {
	case x.ev.Sort == debrief.Note && (role == "" || role == redact.Tool):
		role = "a participant"
	case role == "" || role == redact.Tool:
		role = "a team member"
	}
	return capital(role)
}

// ticketText writes what became of a ticket.
func (p *proposer) ticketText(x *item, said string) string {
	name := quoted(short(p.clean(firstLine(firstText(x.ev.Title, x.ev.Subject))), 90))
	rest := strings.TrimSpace(strings.TrimPrefix(said, p.clean(firstLine(x.ev.Title))))
	rest = strings.TrimLeft(rest, " .:")
	switch x.ev.State {
	case debrief.Opened:
		if letters(rest) < 4 {
			return p.roleOf(x) + " opens the ticket " + name + "."
		}
		return p.roleOf(x) + " opens the ticket " + name + ": " + quote(rest) + "."
	case debrief.Closed:
		return "The ticket " + name + " is closed."
	case debrief.Changed:
		if letters(said) < 4 {
			return "The ticket " + name + " changes."
		}
		return "The ticket " + name + " changes: " + strings.TrimRight(said, ".") + "."
	}
	if letters(said) < 4 {
		return p.roleOf(x) + " comments on the ticket " + name + "."
	}
	return p.roleOf(x) + " comments on the ticket " + name + ": " + quote(said) + "."
}

// quote puts words into quotation marks; marks inside become single ones, and a
// full stop at the end goes, since the sentence has its own.
func quote(s string) string {
	s = strings.NewReplacer("“", "‘", "”", "’").Replace(strings.TrimSpace(s))
	open := true
	var b strings.Builder
	for _, r := range s {
		if r == '"' {
			if open {
				r = '‘'
			} else {
				r = '’'
			}
			open = !open
		}
		b.WriteRune(r)
	}
	return "“" + strings.TrimRight(b.String(), " .,;:") + "”"
}

// verbOf says what an author does with the words of x, in keeping with the kind
// that the entry has.
func (p *proposer) verbOf(x *item, kind debrief.Kind, signal debrief.Signal) string {
	switch {
	case signal == debrief.Missing:
		return verbs[missing]
	case signal == debrief.Visible && x.acts&impact != 0 && x.acts&(customer|diagnose) == 0:
		return "points out"
	case kind == debrief.KindImpact && x.acts&impact == 0:
		return "reports what those affected meet"
	}
	for _, w := range actWorth {
		if x.acts&w.act == 0 {
			continue
		}
		switch {
		case w.act == declare && x != p.declared:
			if x.acts == declare {
				return "leads the incident"
			}
			continue
		case w.act == effect && !positive(x):
			return "sees no effect yet"
		case w.act == decide && proposes.MatchString(x.best):
			return "proposes"
		}
		return verbs[w.act]
	}
	return "says"
}

var proposes = regexp.MustCompile(`(?i)\bpropos|\blet's\b|\bshould we\b|\bplan:|\bsuggest`)

func end(s string) string {
	if r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s, "”")); strings.ContainsRune(".?!…", r) {
		return ""
	}
	return "."
}

// verbs say what somebody does with words of each act.
var verbs = map[act]string{
	declare: "opens the incident", decide: "decides", action: "reports a step taken", effect: "reports an effect", impact: "reports impact",
	customer: "passes on word from those affected", diagnose: "reports a finding", hypothesis: "offers an explanation",
	confusing: "finds something unclear", missing: "names what is missing", comms: "reports on word to others",
	promise: "states a commitment", request: "asks for help", plan: "reports on the plan",
}

// said picks the sentences of x that tell what happened, without those that
// carry heat, cleaned of names, secrets and ornaments.
func (p *proposer) said(x *item) string {
	type piece struct {
		text  string
		worth float64
		at    int
	}
	var pieces []piece
	text := x.ev.Text
	switch {
	case x.ev.Sort == debrief.Ticket && x.ev.State == debrief.Opened:
		text = x.ev.Title
	case x.ev.Sort == debrief.Mail:
		text = salutation.ReplaceAllString(text, "")
	}
	for i, s := range cue.Sentences(text) {
		if letters(s) < 4 {
			continue
		}
		acts, _ := actsOf(s)
		if acts&heat != 0 || aimed(s) {
			continue
		}
		worth := 0.05
		for _, w := range actWorth {
			if acts&w.act != 0 {
				worth = max(worth, w.worth)
			}
		}
		if acts&chatter != 0 {
			worth -= 0.3
		}
		if quantity.MatchString(s) {
			worth += 0.1
		}
		pieces = append(pieces, piece{s, worth, i})
	}
	sort.SliceStable(pieces, func(i, j int) bool { return pieces[i].worth > pieces[j].worth })
	var chosen []piece
	size := 0
	for _, c := range pieces {
		t := p.clean(c.text)
		n := utf8.RuneCountInString(t)
		if t == "" || len(chosen) > 0 && (size+n > textMost || c.worth < 0.3 || len(chosen) >= 3) {
			continue
		}
		c.text = t
		chosen = append(chosen, c)
		size += n
	}
	sort.SliceStable(chosen, func(i, j int) bool { return chosen[i].at < chosen[j].at })
	parts := make([]string, len(chosen))
	for i, c := range chosen {
		parts[i] = c.text
		if i < len(chosen)-1 {
			parts[i] += end(c.text)
		}
	}
	return short(strings.Join(parts, " "), textMost)
}

// salutation is whom a mail greets.
var salutation = regexp.MustCompile(`^(?:(?:(?i:dear|hi|hello|hey|good morning|good afternoon)\b[^,\n!]{0,60}[,!\n]\s*)+|\p{Lu}[\p{L}'’-]{1,20}(?: \p{Lu}[\p{L}'’-]{1,20})?,)\s*`)

var bare = strings.NewReplacer("“", " ", "”", " ", "\"", " ", "„", " ", "«", " ", "»", " ")

// aimed reports whether the language engine finds that a sentence aims at
// people: such words are evidence, and no text for an entry.
func aimed(s string) bool {
	s = bare.Replace(s) // words that somebody is quoted with are aimed as much
	for _, f := range lint.Default().Check(lint.Text{Body: s}) {
		switch f.Rule {
		case "B01", "B03", "B04", "B09", "B10", "B14", "B16", "B17", "B20":
			return true
		}
	}
	return false
}

var (
	filler  = regexp.MustCompile(`^(?i:(?:(?:ok(?:ay)?|so|hi(?: all| team| both)?|hey(?: all)?|and|but|also|fyi|ah|oh|hm+|uh+m*|um+|folks)[,:!. ]+)|(?:thanks|thank you|sorry|well|right|yes|yeah|no|all|team)[,:!.]+ +)+`)
	ornates = regexp.MustCompile("(^|[\\s(“\"'])[*_`~]+([\\p{L}\\d@#])|([\\p{L}\\d.,!?)])[*_`~]+($|[\\s).,!?:;”\"'])|:[a-z0-9_+-]{2,30}:")
	address = regexp.MustCompile(`^(?:\s*@[\w.-]+[,:]?)+\s+`)
	mention = regexp.MustCompile(`(?:^|\s)@[\w.-]+[,:]?`)
	leading = regexp.MustCompile(`^[\s>\-–—•·,;:|]+`)
)

// clean makes a sentence of talk fit for a timeline: roles for names, no
// secrets, no markup, no emoji, no filler at its head.
func (p *proposer) clean(s string) string {
	s = p.cast.External(address.ReplaceAllString(s, ""))
	s = ornates.ReplaceAllString(s, "$1$2$3$4")
	s = mention.ReplaceAllString(s, " ")
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		if unicode.Is(unicode.So, r) || unicode.Is(unicode.Sk, r) || r == 0xFE0F || r == 0x200D {
			return -1
		}
		return r
	}, s)
	s = leading.ReplaceAllString(strings.Join(strings.Fields(s), " "), "")
	if t := filler.ReplaceAllString(s, ""); letters(t) >= 4 {
		s = t
	}
	return strings.TrimSpace(s)
}

// short cuts s at a word to at most limit characters.
func short(s string, limit int) string {
	r := []rune(s)
	if len(r) <= limit {
		return s
	}
	cut := string(r[:limit])
	if i := strings.LastIndexAny(cut, ".;!?"); i > limit/2 {
		return cut[:i+1]
	}
	if i := strings.LastIndexByte(cut, ' '); i > limit/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:.") + " …"
}

// capital makes the first letter a capital.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// machineText writes what a machine recorded.
func (p *proposer) machineText(x *item) string {
	e := x.ev
	title := p.clean(firstLine(firstText(e.Title, e.Text)))
	text := p.clean(firstLine(e.Text))
	switch e.Sort {
	case debrief.Alert:
		name := "Alert " + quoted(title)
		if endsSeries(x) {
			return name + " clears."
		}
		if text != "" && text != title {
			return short(name+" fires: "+strings.TrimRight(text, "."), textMost) + "."
		}
		return name + " fires."
	case debrief.Page:
		who := capital(firstText(p.cast.Role(e.Author), "the person on call"))
		if e.Author.Bot || who == capital(redact.Tool) {
			who = "The person on call"
		}
		switch e.State {
		case debrief.Acknowledged:
			return who + " acknowledges the page " + quoted(title) + "."
		case debrief.Escalated:
			return "The page " + quoted(title) + " goes on to the next person."
		case debrief.Resolved, debrief.Closed:
			return "The page " + quoted(title) + " is closed."
		case debrief.Annotated:
			if s := p.said(x); s != "" && !e.Author.Bot {
				return who + " notes on the page: " + strings.TrimRight(s, ".") + "."
			}
			return "A note is added to the page " + quoted(title) + "."
		case debrief.Assigned:
			return "The page " + quoted(title) + " is assigned."
		}
		return "A page goes out: " + strings.TrimRight(title, ".") + "."
	case debrief.StatusUpdate:
		state := map[debrief.State]string{
			debrief.Investigating: "investigating", debrief.Identified: "identified", debrief.Monitoring: "monitoring", debrief.Resolved: "resolved",
		}[e.State]
		head := "The status page is updated"
		if state != "" {
			head = "The status page says " + state
		}
		if text == "" {
			text = title
		}
		return head + ": " + short(strings.TrimRight(text, "."), textMost) + "."
	case debrief.Change:
		return short(strings.TrimRight(firstText(text, title), "."), textMost) + "."
	case debrief.Commit:
		return "A commit is pushed: " + short(strings.TrimRight(title, "."), textMost) + "."
	case debrief.Log:
		where := ""
		if w, _, _ := strings.Cut(e.Where, "/"); w != "" {
			where = " of " + p.clean(w)
		}
		return "The log" + where + " shows: " + short(strings.TrimRight(firstText(text, title), "."), textMost) + "."
	case debrief.Meeting:
		if e.State == debrief.Cancelled {
			return "The meeting " + quoted(title) + " is cancelled."
		}
		return "The meeting " + quoted(title) + " takes place."
	case debrief.Ticket:
		return "Ticket " + quoted(title) + ": " + short(strings.TrimRight(text, "."), textMost) + "."
	}
	return "An automated message says: " + short(strings.TrimRight(firstText(text, title), "."), textMost) + "."
}

// quoted marks the name of a thing.
func quoted(s string) string { return "“" + strings.Trim(s, "“”\"") + "”" }

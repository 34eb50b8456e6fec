package redact

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"

	"debrief.dev/debrief"
)

// Roles that stand where nothing better is known.
const (
	TeamMember = "a team member" // somebody of one's own organisation
	Somebody   = "somebody"      // a name in a text that no tool lists
	Customer   = "a customer"    // outside, on the receiving side
	Client     = "a client contact"
	Vendor     = "a vendor engineer"
	Tool       = "an automated tool" // an integration
)

// A Cast is the people of one incident and the role of each. It is made once
// from everything the evidence knows and may then be used by many goroutines.
type Cast struct {
	members []member
	byKey   map[string]int // "id:", "mail:", "handle:" or "name:" and the folded value
	forms   map[string][]form
	handles map[string]int // folded logins and handles, to a member or nobody
	mention map[string]int // handles that count only behind "@"
	scripts []scriptForm   // names in scripts without spaces, longest first
	initial map[string]int // initials of members ("JP"), in capitals

	own   map[string]bool // registrable domains of one's own organisation
	orgs  []orgForm
	hosts map[string]bool
}

// nobody marks a form that several people of different roles share.
const nobody = -1

// A member is one person of the cast.
type member struct {
	person debrief.Person
	role   string

	acked, commits, mails, chats, commands int
	channels                               map[string]int
}

// strength says how sure it is that a word is a person.
type strength int

const (
	hint   strength = iota // only beside a clear sign ("thanks Del")
	weak                   // an ordinary word: a capital within the sentence, or a sign
	strong                 // a name whatever its case
	full                   // several words of a name in a row
)

type form struct {
	words []string // folded
	comma bool     // "Pestana, João"
	given bool     // a given name
	who   int
	kind  strength
}

type scriptForm struct {
	name string
	who  int
}

// NewCast decides a role for everybody in people, and for every author in ev
// whom people does not list: from the job title, from what they did
// (acknowledged a page, committed, wrote from another company) and from where
// they wrote. The same input gives the same cast.
func NewCast(people []debrief.Person, ev []debrief.Evidence) *Cast {
	c := &Cast{
		byKey: map[string]int{}, forms: map[string][]form{}, handles: map[string]int{},
		mention: map[string]int{}, initial: map[string]int{}, own: map[string]bool{}, hosts: map[string]bool{},
	}
	for _, p := range people {
		if !p.Bot {
			c.join(p)
		}
	}
	for i := range ev {
		c.meet(&ev[i])
	}
	c.findOwn()
	c.assign(ev)
	c.name()
	c.findHosts(ev)
	c.findOrganisations(ev)
	return c
}

// keys are what two records of one person have in common.
func keys(p debrief.Person) (ks []string) {
	for _, v := range p.IDs {
		if v != "" {
			ks = append(ks, "id:"+v)
		}
	}
	for _, v := range p.Emails {
		if v != "" {
			ks = append(ks, "mail:"+strings.ToLower(v))
		}
	}
	for _, v := range p.Handles {
		if v != "" {
			ks = append(ks, "handle:"+fold(v))
		}
	}
	for _, v := range p.Names {
		if strings.Contains(strings.TrimSpace(v), " ") || borderless(v) {
			ks = append(ks, "name:"+fold(strings.TrimSpace(v)))
		}
	}
	if len(ks) == 0 {
		for _, v := range p.Names {
			ks = append(ks, "name:"+fold(strings.TrimSpace(v)))
		}
	}
	return ks
}

// join adds p to the member with whom it shares a key, or as a new one.
func (c *Cast) join(p debrief.Person) int {
	ks := keys(p)
	if len(ks) == 0 {
		return nobody
	}
	at := nobody
	for _, k := range ks {
		if i, ok := c.byKey[k]; ok {
			at = i
			break
		}
	}
	if at == nobody {
		at = len(c.members)
		c.members = append(c.members, member{channels: map[string]int{}})
	}
	m := &c.members[at]
	m.person.IDs = union(m.person.IDs, p.IDs)
	m.person.Names = union(m.person.Names, p.Names)
	m.person.Handles = union(m.person.Handles, p.Handles)
	m.person.Emails = union(m.person.Emails, p.Emails)
	m.person.Title = cmp.Or(m.person.Title, p.Title)
	m.person.Organisation = cmp.Or(m.person.Organisation, p.Organisation)
	for _, k := range ks {
		if _, ok := c.byKey[k]; !ok {
			c.byKey[k] = at
		}
	}
	return at
}

func union(a, b []string) []string {
	for _, v := range b {
		if v != "" && !slices.Contains(a, v) {
			a = append(a, v)
		}
	}
	return a
}

func personOf(a debrief.Author) debrief.Person {
	var p debrief.Person
	p.IDs, p.Names = union(nil, []string{a.ID}), union(nil, []string{a.Name})
	p.Handles, p.Emails = union(nil, []string{strings.TrimPrefix(a.Handle, "@")}), union(nil, []string{a.Email})
	p.Bot = a.Bot
	return p
}

// peopleFields are attributes whose value is a person.
var peopleFields = []string{
	"assignee", "reporter", "author", "committer", "creator", "requester", "reviewer", "approver", "approved_by",
	"merged_by", "created_by", "triggered_by", "acknowledged_by", "owner", "responder", "commander", "organizer",
	"organiser", "attendees", "from", "to", "cc", "user", "username", "login",
}

var (
	nameAndMail = regexp.MustCompile(`([\p{Lu}][\p{L}'’.-]+(?: [\p{L}'’.-]+){1,3}) ?<([\w.+-]+@[\w-]+(?:\.[\w-]+)+)>`)
	commandWord = regexp.MustCompile(`\b(?:i'?m|i am|i'll be|i'll take|i've got|taking|i have|acting as) (?:the )?(?:on )?(?:ic|incident (?:commander|manager|lead)|command)\b`)
	loginShape  = regexp.MustCompile(`^[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*$`)
)

// takesCommand tells whether somebody says of themselves that they lead the
// response. Few messages hold the words that end the pattern, so those are
// looked for first.
func takesCommand(text string) bool {
	low := strings.ToLower(text)
	return (strings.Contains(low, " ic") || strings.Contains(low, " incident ") || strings.Contains(low, " command")) && commandWord.MatchString(low)
}

// meet learns from one piece of evidence who wrote it and what that tells.
func (c *Cast) meet(e *debrief.Evidence) {
	if !e.Author.Bot && e.Author != (debrief.Author{}) && !c.toolName(e.Author) {
		if i := c.join(personOf(e.Author)); i != nobody {
			m := &c.members[i]
			switch e.Sort {
			case debrief.Page:
				if e.State == debrief.Acknowledged {
					m.acked++
				}
			case debrief.Commit, debrief.Change:
				m.commits++
			case debrief.Mail:
				m.mails++
			case debrief.Message, debrief.Speech:
				m.chats++
				m.channels[e.Where]++
				if takesCommand(e.Text) {
					m.commands++
				}
			}
		}
	}
	for _, f := range peopleFields {
		v := strings.TrimSpace(e.Attributes[f])
		if v == "" || len(v) > 200 {
			continue
		}
		for _, one := range strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ';' }) {
			c.learn(strings.TrimSpace(one), f == "owner" || f == "user" || f == "to" || f == "from" || f == "cc")
		}
	}
	if strings.Contains(e.Text, "@") {
		for _, m := range nameAndMail.FindAllStringSubmatch(e.Text, 50) {
			c.join(debrief.Person{Names: []string{m[1]}, Emails: []string{m[2]}})
		}
	}
}

// learn takes a value that a tool's field gives for a person: an address, a
// full name, or (unless the field also names teams and things) a login.
func (c *Cast) learn(v string, loose bool) {
	if m := nameAndMail.FindStringSubmatch(v); m != nil {
		c.join(debrief.Person{Names: []string{m[1]}, Emails: []string{m[2]}})
		return
	}
	k := known()
	words := strings.Fields(v)
	switch {
	case mailShape.MatchString(v) && mailShape.FindString(v) == v:
		c.join(debrief.Person{Emails: []string{v}})
	case len(words) >= 2 && len(words) <= 4 && !slices.ContainsFunc(words, func(w string) bool {
		return !titleCase(w) && !particles[fold(w)] || k.technical[fold(w)]
	}):
		c.join(debrief.Person{Names: []string{v}})
	case !loose && len(v) >= 3 && loginShape.MatchString(v) && !k.technical[v] && !k.ordinary[v] && !team(v):
		c.join(debrief.Person{Handles: []string{v}})
	}
}

// toolName reports whether the author is plainly an integration although the
// tool does not say so ("deploy-bot", "github-actions", "root").
func (c *Cast) toolName(a debrief.Author) bool {
	k := known()
	for _, v := range []string{a.Name, a.Handle} {
		f := fold(v)
		if strings.HasSuffix(f, "bot") && f != "abbot" && !strings.HasSuffix(f, " talbot") || strings.HasSuffix(f, "[bot]") {
			return true
		}
		parts := strings.FieldsFunc(f, func(r rune) bool { return !unicode.IsLetter(r) })
		all := len(parts) > 0
		for _, p := range parts {
			all = all && k.technical[p]
		}
		if all {
			return true
		}
	}
	return false
}

// team reports whether a handle names a group: one of its parts is a word of the trade.
func team(handle string) bool {
	k := known()
	for _, p := range strings.FieldsFunc(fold(handle), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if k.technical[p] || p == "oncall" || p == "bot" {
			return true
		}
	}
	return false
}

// domain is the registrable domain of an address, or empty.
func domain(mail string) string {
	_, d, ok := strings.Cut(strings.ToLower(mail), "@")
	if !ok {
		return ""
	}
	if r, err := publicsuffix.EffectiveTLDPlusOne(d); err == nil {
		return r
	}
	return d
}

// freeMail are domains whose addresses tell nothing of an organisation.
var freeMail = set{
	"gmail.com": true, "googlemail.com": true, "outlook.com": true, "hotmail.com": true, "live.com": true,
	"yahoo.com": true, "icloud.com": true, "me.com": true, "proton.me": true, "protonmail.com": true, "gmx.net": true,
	"gmx.de": true, "web.de": true, "github.com": true, "noreply.github.com": true, "users.noreply.github.com": true,
}

// findOwn decides which domain is one's own: the one that most people have; of
// equals the one whose people wrote most, then the first by name.
func (c *Cast) findOwn() {
	type tally struct{ people, wrote int }
	count := map[string]tally{}
	for _, m := range c.members {
		if m.person.Organisation != "" {
			continue
		}
		seen := set{}
		for _, mail := range m.person.Emails {
			if d := domain(mail); d != "" && !freeMail[d] && !seen[d] {
				seen[d] = true
				t := count[d]
				t.people++
				t.wrote += m.chats + m.mails + m.commits
				count[d] = t
			}
		}
	}
	best := ""
	for _, d := range slices.Sorted(maps.Keys(count)) {
		a, b := count[d], count[best]
		if best == "" || a.people > b.people || a.people == b.people && a.wrote > b.wrote {
			best = d
		}
	}
	if best != "" {
		c.own[best] = true
	}
}

var (
	atCompany   = regexp.MustCompile(`(?:\bat|@|\bfrom|,) ?(\p{Lu}[\p{L}\d&.-]+(?: \p{Lu}[\p{L}\d&.-]+){0,2})\s*\)?$`)
	vendorTitle = regexp.MustCompile(`(?i)\b(?:engineer|developer|sre|devops|architect|support|solutions?|technical|tam|consultant|vendor|administrator)\b`)
	vendorRoom  = regexp.MustCompile(`(?i)(?:^|[#_-])(?:ext|vendors?|suppliers?|providers?)(?:[_-]|$)`)
	clientRoom  = regexp.MustCompile(`(?i)(?:^|[#_-])(?:clients?|cust|customers?|acct|accounts?)(?:[_-]|$)`)
	supportRoom = regexp.MustCompile(`(?i)(?:support|escalation|helpdesk|help-desk|servicedesk|service-desk|tickets|customer-care)`)
	techRoom    = regexp.MustCompile(`(?i)(?:^|[#_-])(?:dev|devs|eng|engineering|backend|frontend|ops|sre|devops|infra|platform|deploys?|releases?|oncall|on-call|db|database|network|api)(?:[_-]|$)`)
)

// outside gives the organisation of somebody who is not of one's own, and
// whether that is certain. The name may be empty.
func (c *Cast) outside(m *member) (org string, is bool) {
	if m.person.Organisation != "" {
		return m.person.Organisation, true
	}
	if g := atCompany.FindStringSubmatch(m.person.Title); g != nil && (strings.Contains(m.person.Title, " at ") || strings.Contains(m.person.Title, "@")) {
		if !c.own[g[1]] && !c.ownLabel(g[1]) {
			return g[1], true
		}
	}
	if len(c.own) == 0 || m.commits > 0 || m.acked > 0 {
		return "", false
	}
	for _, mail := range m.person.Emails {
		d := domain(mail)
		if d == "" || c.own[d] {
			return "", false
		}
		org = d
	}
	if org == "" || freeMail[org] && m.mails == 0 {
		return "", false
	}
	if freeMail[org] {
		return "", true
	}
	return label(org), true
}

// label is the name part of a domain ("brightside" of "brightside.co.uk").
func label(d string) string { l, _, _ := strings.Cut(d, "."); return l }

// ownLabel reports whether a company name is that of one's own domain.
func (c *Cast) ownLabel(name string) bool {
	squeezed := squeeze(name)
	for d := range c.own {
		if l := label(d); l == squeezed || strings.HasPrefix(squeezed, l) && len(l) >= 4 {
			return true
		}
	}
	return false
}

// squeeze folds and keeps letters and digits only.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, fold(s))
}

// vendor reports whether an outsider serves one's own organisation rather than
// being served by it.
func (m *member) vendor() bool {
	for _, ch := range slices.Sorted(maps.Keys(m.channels)) {
		if clientRoom.MatchString(ch) {
			return false
		}
		if vendorRoom.MatchString(ch) {
			return true
		}
	}
	return vendorTitle.MatchString(m.person.Title)
}

// assign gives every member a role, then widens those that would identify.
func (c *Cast) assign(ev []debrief.Evidence) {
	k := known()
	client := c.callsThemClients(ev)
	type slot struct {
		class *class
		fixed string
	}
	slots := make([]slot, len(c.members))
	holders := map[string]int{}
	acks, commands := 0, 0
	for i := range c.members {
		m := &c.members[i]
		switch _, out := c.outside(m); {
		case out && m.vendor():
			slots[i].fixed = Vendor
		case out && client:
			slots[i].fixed = Client
		case out:
			slots[i].fixed = Customer
		case m.commands > 0:
			commands++
			slots[i].fixed = "command"
		case m.acked > 0:
			acks++
			slots[i].fixed = "on-call"
		default:
			slots[i].class = m.class(k)
			if slots[i].class != nil {
				holders[slots[i].class.Class]++
			}
		}
	}
	for i := range c.members {
		m, s := &c.members[i], slots[i]
		switch {
		case s.fixed == "command":
			m.role = article(commands, "incident manager")
		case s.fixed == "on-call":
			m.role = article(acks, "on-call engineer")
		case s.fixed != "":
			m.role = s.fixed
		case s.class != nil && s.class.Class == "incident manager":
			m.role = article(holders[s.class.Class]+commands, "incident manager")
		case s.class != nil && s.class.Sole && holders[s.class.Class] < 3:
			m.role = s.class.Wide
		case s.class != nil:
			m.role = s.class.Role
		default:
			m.role = m.guess()
		}
	}
}

// article names a role that belongs to the incident: "the" when one person had it.
func article(holders int, role string) string {
	if holders == 1 {
		return "the " + role
	}
	return withArticle(role)
}

func withArticle(noun string) string {
	if noun != "" && strings.IndexByte("aeio", noun[0]) >= 0 {
		return "an " + noun
	}
	return "a " + noun
}

// class is the row of roles.yaml to which the member's title belongs, or nil.
func (m *member) class(k *knowledge) *class {
	if m.person.Title == "" {
		return nil
	}
	for i := range k.classes {
		if k.classes[i].has(m.person.Title) {
			return &k.classes[i]
		}
	}
	return nil
}

// guess gives a role to somebody without a telling title, from where they
// mostly wrote and what they did.
func (m *member) guess() string {
	if m.commits > 0 {
		return "an engineer"
	}
	support, tech := 0, 0
	for ch, n := range m.channels {
		switch {
		case supportRoom.MatchString(ch):
			support += n
		case techRoom.MatchString(ch):
			tech += n
		}
	}
	switch {
	case support > 0 && 2*support > m.chats:
		return "a support agent"
	case tech > 0 && 2*tech > m.chats:
		return "an engineer"
	}
	return TeamMember
}

// callsThemClients reports whether one's own organisation says "client" where
// others say "customer". Mail decides, then chat; code has clients, too.
func (c *Cast) callsThemClients(ev []debrief.Evidence) bool {
	clients, customers := 0, 0
	for i := range ev {
		e := &ev[i]
		if e.Sort != debrief.Mail && e.Sort != debrief.Message && e.Sort != debrief.Note {
			continue
		}
		if i > 20000 {
			break
		}
		clients += strings.Count(e.Text, "the client") + strings.Count(e.Text, "our client")
		customers += strings.Count(e.Text, "customer")
	}
	return clients > customers
}

// Role is what a reader sees for an author: always a role, never a name. It is
// empty for an empty author and [Tool] for an integration.
func (c *Cast) Role(a debrief.Author) string {
	if a.Bot {
		return Tool
	}
	if a == (debrief.Author{}) {
		return ""
	}
	for _, k := range keys(personOf(a)) {
		if i, ok := c.byKey[k]; ok {
			return c.members[i].role
		}
	}
	if a.Name != "" {
		if i, ok := c.byKey["name:"+fold(strings.TrimSpace(a.Name))]; ok {
			return c.members[i].role
		}
		if r := c.Text(a.Name); r != a.Name && slices.Contains(c.Roles(), r) {
			return r
		}
	}
	if c.toolName(a) {
		return Tool
	}
	if d := domain(a.Email); d != "" && len(c.own) > 0 && !c.own[d] && !freeMail[d] {
		return Customer
	}
	return TeamMember
}

// Roles lists the roles of the cast, sorted, each once.
func (c *Cast) Roles() []string {
	var rs []string
	for _, m := range c.members {
		rs = append(rs, m.role)
	}
	slices.Sort(rs)
	return slices.Compact(rs)
}

// particles are parts of names that alone say nothing.
var particles = set{
	"van": true, "von": true, "de": true, "der": true, "den": true, "del": true, "della": true, "di": true, "da": true,
	"dos": true, "das": true, "do": true, "du": true, "la": true, "le": true, "el": true, "al": true, "bin": true,
	"ibn": true, "ben": true, "ten": true, "ter": true, "zu": true, "af": true, "av": true, "y": true, "e": true,
	"jr": true, "sr": true, "ii": true, "iii": true, "phd": true, "dr": true, "mr": true, "mrs": true, "ms": true,
	"st": true, "mc": true, "mac": true, "o": true,
}

var aside = regexp.MustCompile(`\([^)]*\)|\[[^\]]*\]| [|/–—-] .*$`)

// name builds the forms under which each member may stand in a text.
func (c *Cast) name() {
	k := known()
	for i := range c.members {
		p := &c.members[i].person
		for _, n := range p.Names {
			c.nameForms(i, n)
		}
		for _, h := range p.Handles {
			c.handle(i, h)
		}
		for _, mail := range p.Emails {
			local, _, _ := strings.Cut(mail, "@")
			local, _, _ = strings.Cut(local, "+")
			if !team(local) && !k.ordinary[fold(local)] && len(local) > 2 {
				c.handle(i, local)
			}
		}
	}
	// Nicknames and short forms come last: a real name wins over a short form.
	for i := range c.members {
		for _, n := range c.members[i].person.Names {
			ws := nameWords(aside.ReplaceAllString(n, ""))
			for j, w := range ws {
				for _, nick := range k.nick[w] {
					kind := weak
					if k.ordinary[nick] || len(nick) < 3 {
						kind = hint
					}
					c.soft(i, nick, kind)
				}
				if j == 0 && utf8.RuneCountInString(w) >= 6 {
					r := []rune(w)
					c.soft(i, string(r[:3]), hint)
					c.soft(i, string(r[:4]), hint)
				}
			}
		}
	}
	for w := range c.forms {
		slices.SortStableFunc(c.forms[w], func(a, b form) int {
			if len(a.words) != len(b.words) {
				return len(b.words) - len(a.words)
			}
			return int(b.kind) - int(a.kind)
		})
	}
	slices.SortFunc(c.scripts, func(a, b scriptForm) int {
		return cmp.Or(len(b.name)-len(a.name), cmp.Compare(a.name, b.name))
	})
}

// nameWords are the folded words of a name.
func nameWords(n string) (ws []string) {
	for _, w := range strings.FieldsFunc(n, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '\'' && r != '’'
	}) {
		if f := strings.Trim(fold(w), "'"); f != "" {
			ws = append(ws, f)
		}
	}
	return ws
}

// rota finds, in what stands where a name should, a duty or a group.
var rota = regexp.MustCompile(`(?i)\bon[ -]?call\b|\b(?:team|rota|queue|desk|group|mailbox|duty)$`)

func (c *Cast) nameForms(i int, name string) {
	k := known()
	for _, extra := range aside.FindAllString(name, -1) {
		if ws := nameWords(extra); len(ws) == 1 && len(ws[0]) > 2 && titleCase(strings.Trim(extra, " ()[]|/–—-")) && !k.technical[ws[0]] {
			c.soft(i, ws[0], weak) // "Guadalupe (Lupe) Arriaga"
		}
	}
	name = strings.TrimSpace(aside.ReplaceAllString(name, ""))
	if rota.MatchString(name) {
		return // "Integration on call" is whoever it is today
	}
	if borderless(name) {
		c.scripts = append(c.scripts, scriptForm{name, i})
		for _, w := range strings.Fields(name) {
			if utf8.RuneCountInString(w) >= 2 {
				c.scripts = append(c.scripts, scriptForm{w, i})
			}
		}
		return
	}
	for _, ws := range [][]string{nameWords(name), nameWords(umlauts(name))} {
		if len(ws) == 0 {
			continue
		}
		technical := true
		for _, w := range ws {
			technical = technical && (k.technical[w] || particles[w])
		}
		if technical {
			continue // "Ops Team" is no name
		}
		if len(ws) == 1 {
			if strings.ContainsAny(name, "._0123456789") && !strings.ContainsAny(name, " \t") {
				c.handle(i, name) // a handle that stands where a name should
			}
			c.word(i, ws[0], true)
			continue
		}
		first, last := ws[0], ws[len(ws)-1]
		c.words(i, ws, false)
		c.words(i, ws, true) // "Tan, Wei Jie"
		c.words(i, []string{first, last}, false)
		c.words(i, []string{last, first}, true)
		c.words(i, append([]string{last}, ws[:len(ws)-1]...), true)
		if len(first) > 0 && len(last) > 1 {
			f, l := first[:firstLen(first)], last[:firstLen(last)]
			c.words(i, []string{f, last}, false)
			c.words(i, []string{first, l}, false)
			c.put(c.initial, strings.ToUpper(f+l), i)
			c.logins(i, first, last, strings.Join(ws[1:], ""), f, l)
		}
		for j := range ws {
			if j > 0 && len(ws) > 2 {
				c.words(i, ws[j-1:j+1], false)
				if !particles[ws[j-1]] {
					c.login(i, ws[j-1]+ws[j])
				}
			}
			if !particles[ws[j]] {
				c.word(i, ws[j], j == 0)
			}
		}
	}
}

func firstLen(s string) int { _, n := utf8.DecodeRuneInString(s); return n }

// logins are the account names that companies make of a name.
func (c *Cast) logins(i int, first, last, tail, f, l string) {
	for _, sep := range []string{"", ".", "_", "-"} {
		for _, s := range []string{last, tail} {
			c.login(i, first+sep+s)
			c.login(i, f+sep+s)
			c.login(i, s+sep+first)
			c.login(i, s+sep+f)
		}
		c.login(i, first+sep+l)
	}
}

// login adds a made-up account name, if it is long enough to be nothing else.
func (c *Cast) login(i int, name string) {
	k := known()
	name = strings.ReplaceAll(name, "'", "")
	if len(name) < 4 || len(name) < 5 && !strings.ContainsAny(name, "._-") || k.ordinary[name] || k.technical[name] {
		return
	}
	c.put(c.handles, name, i)
}

// handle adds a login or chat handle as a tool has it.
func (c *Cast) handle(i int, h string) {
	k := known()
	h = fold(strings.Trim(h, "@ "))
	if h == "" || strings.ContainsAny(h, " \t") {
		c.nameForms(i, h)
		return
	}
	c.put(c.mention, h, i)
	if k.ordinary[h] || k.technical[h] || len(h) < 2 {
		return
	}
	if strings.Trim(h, "0123456789.-_") == "" {
		return // digits only: an id
	}
	c.put(c.handles, h, i)
}

// put lets key stand for i, or for nobody in particular when people of
// different roles share it.
func (c *Cast) put(m map[string]int, key string, i int) {
	if old, ok := m[key]; ok && old != i && (old == nobody || c.members[old].role != c.members[i].role) {
		i = nobody
	}
	m[key] = i
}

// word adds a single word of a name.
func (c *Cast) word(i int, w string, given bool) {
	k := known()
	switch {
	case utf8.RuneCountInString(w) < 2, k.technical[w]:
	case k.ordinary[w], particles[w]:
		c.add(form{words: []string{w}, who: i, kind: weak, given: given})
	default:
		c.add(form{words: []string{w}, who: i, kind: strong, given: given})
	}
}

// soft adds a short form, unless the word already is somebody's name.
func (c *Cast) soft(i int, w string, kind strength) {
	k := known()
	if k.technical[w] || utf8.RuneCountInString(w) < 2 || particles[w] {
		return
	}
	for _, f := range c.forms[w] {
		if len(f.words) == 1 && f.kind >= kind && f.who != i && f.kind > weak {
			return
		}
	}
	c.add(form{words: []string{w}, who: i, kind: kind})
}

func (c *Cast) words(i int, ws []string, comma bool) {
	for _, w := range ws {
		if w == "" {
			return
		}
	}
	c.add(form{words: slices.Clone(ws), comma: comma, who: i, kind: full})
}

func (c *Cast) add(f form) {
	list := c.forms[f.words[0]]
	for j := range list {
		o := &list[j]
		if slices.Equal(o.words, f.words) && o.comma == f.comma {
			o.kind, o.given = max(o.kind, f.kind), o.given || f.given
			if o.who != f.who && (o.who == nobody || c.members[o.who].role != c.members[f.who].role) {
				o.who = nobody
			}
			return
		}
	}
	c.forms[f.words[0]] = append(list, f)
}

// roleOf is the role of a member, or of one of several who share a name.
func (c *Cast) roleOf(i int) string {
	if i == nobody {
		return TeamMember
	}
	return c.members[i].role
}

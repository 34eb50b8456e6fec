package redact

import (
	"cmp"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"debrief.dev/debrief"
)

// What stands for internal things in a text for readers outside the company.
const (
	HostMask = "an internal host"
	PageMask = "[internal link]"
)

// External is Text, Organisations and Hosts together, after Secrets: what a
// text must go through before somebody outside the company reads it.
func (c *Cast) External(text string) string {
	text, _ = Secrets(text)
	return c.Organisations(c.Text(c.Hosts(text)))
}

// An orgForm is one way in which a text names an organisation.
type orgForm struct {
	re   *regexp.Regexp
	role string
}

var (
	sharedRoom = regexp.MustCompile(`(?i)^#?(ext|external|shared|vendor|supplier|partner|client|customer|cust|acct|account)[_-]([a-z][a-z0-9]{3,})`)
	capitals   = regexp.MustCompile(`\p{Lu}[\p{L}\d&'’]*(?:[ -]\p{Lu}[\p{L}\d&'’]*){0,3}`)
	orgCue     = regexp.MustCompile(`\b(?:[Cc]ustomer|[Cc]lient|[Tt]enant|[Mm]erchant|[Aa]ccount)s? (?:is |called |named |from |at )?(\p{Lu}[\p{L}\d]{3,}(?: \p{Lu}[\p{L}\d]+)?)|(\p{Lu}[\p{L}\d]{3,}(?: \p{Lu}[\p{L}\d]+)?),? \((?:[a-z0-9 ]+ )?(?:customer|client|enterprise)\b`)
	// A name before a word for a kind of business, and two names side by side.
	orgKind   = regexp.MustCompile(`\b(\p{Lu}[\p{L}\d]{3,}) (?:Hotels|Museums?|Airlines|Airways|Insurance|Pharma|GmbH|Ltd|Limited|Inc|LLC|plc|PLC|Logistics|Hospitals?|Clinics?|University|Council|Telecom|Holdings?|Brewery|Bakery)\b`)
	orgPair   = regexp.MustCompile(`\b(\p{Lu}[\p{L}\d]{3,})(?:,| and| or| &) (\p{Lu}[\p{L}\d]{3,})\b`)
	vendorCue = regexp.MustCompile(`\b(?:[Vv]endor|[Ss]upplier|[Pp]rovider|[Rr]eseller) (?:is |called |named )?(\p{Lu}[\p{L}\d]{3,})`)
)

// orgFields are attributes whose value is a customer's name.
var orgFields = []string{"customer", "client", "organization", "organisation", "company", "tenant_name", "account_name", "merchant"}

// findOrganisations learns the names of customers and vendors: from people
// marked as outside, outside mail domains, shared rooms, ticket fields, and
// from what texts call a customer or a vendor. Other spellings are then looked
// for in the evidence ("brightmuseums" in a domain, "Bright Museums" in a text).
func (c *Cast) findOrganisations(ev []debrief.Evidence) {
	labels := map[string]string{} // squeezed name to role
	written := map[string]string{}
	put := func(name, role string) {
		s := squeeze(name)
		k := known()
		if len(s) < 4 || c.ownLabel(name) || k.technical[s] || k.ordinary[s] || stopwords[s] {
			return
		}
		if _, ok := labels[s]; !ok {
			labels[s] = role
		}
		if titleCase(name) {
			written[name] = labels[s]
		}
	}
	client := "a customer"
	for i := range c.members {
		m := &c.members[i]
		if m.role == Client {
			client = "the client"
		}
	}
	for i := range c.members {
		m := &c.members[i]
		org, out := c.outside(m)
		if !out {
			continue
		}
		role := client
		if m.role == Vendor {
			role = "a vendor"
		}
		put(org, role)
		for _, mail := range m.person.Emails {
			if d := domain(mail); !c.own[d] && !freeMail[d] {
				put(label(d), role)
			}
		}
	}
	rooms := set{}
	for i := range ev {
		e := &ev[i]
		if e.Where != "" && !rooms[e.Where] {
			rooms[e.Where] = true
			if g := sharedRoom.FindStringSubmatch(e.Where); g != nil {
				role := "a vendor"
				if strings.HasPrefix(strings.ToLower(g[1]), "c") || strings.HasPrefix(strings.ToLower(g[1]), "ac") {
					role = client
				}
				put(g[2], role)
			}
		}
		for _, f := range orgFields {
			if v := e.Attributes[f]; v != "" && len(v) < 80 {
				put(v, client)
			}
		}
		for _, text := range []string{e.Title, e.Text} {
			if strings.Contains(text, "ustomer ") || strings.Contains(text, "lient ") || strings.Contains(text, "(") {
				for _, g := range orgCue.FindAllStringSubmatch(text, 20) {
					put(cmp.Or(g[1], g[2]), client)
				}
			}
			for _, g := range orgKind.FindAllStringSubmatch(text, 20) {
				put(g[0], client)
			}
			if strings.Contains(text, "endor ") || strings.Contains(text, "upplier ") || strings.Contains(text, "rovider ") {
				for _, g := range vendorCue.FindAllStringSubmatch(text, 20) {
					put(g[1], "a vendor")
				}
			}
		}
	}
	if len(labels) == 0 {
		return
	}
	k := known()
	beside := map[string]string{}
	for i := range ev {
		for _, text := range []string{ev[i].Title, ev[i].Text} {
			for _, run := range capitals.FindAllString(text, 200) {
				words := strings.FieldsFunc(run, func(r rune) bool { return r == ' ' || r == '-' })
				for a := range words {
					for b := a + 1; b <= len(words); b++ {
						name := strings.Join(words[a:b], " ")
						role, ok := labels[squeeze(name)]
						if !ok {
							continue
						}
						written[name] = role
						// "Bright" alone, where "Bright Museums" is known.
						if w := words[a]; b-a > 1 && len(w) >= 5 && !k.ordinary[fold(w)] && !k.technical[fold(w)] && !stopwords[fold(w)] {
							written[w] = role
						}
					}
				}
				// The first word of a domain that runs words together.
				for _, w := range words {
					s := squeeze(w)
					if len(s) < 6 || k.ordinary[s] || k.technical[s] || k.given[s] || stopwords[s] {
						continue
					}
					for l, role := range labels {
						if len(l) >= len(s)+4 && strings.HasPrefix(l, s) {
							written[w] = role
						}
					}
				}
			}
		}
	}
	for i := range ev { // a name beside that of an organisation is one too
		for _, g := range orgPair.FindAllStringSubmatch(ev[i].Text, 20) {
			for _, pair := range [][2]string{{g[1], g[2]}, {g[2], g[1]}} {
				role, ok := written[pair[0]]
				w := fold(pair[1])
				if !ok || k.given[w] || k.places[w] || k.ordinary[w] || k.technical[w] || stopwords[w] || c.ownLabel(pair[1]) {
					continue
				}
				if _, ok := beside[pair[1]]; !ok {
					beside[pair[1]] = role
				}
			}
		}
	}
	for w, role := range beside {
		if _, ok := written[w]; !ok {
			written[w] = role
		}
	}
	for l, role := range labels {
		written[l] = role
	}
	names := slices.Collect(maps.Keys(written))
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(len(b)-len(a), cmp.Compare(a, b)) })
	for _, n := range names {
		pattern := strings.ReplaceAll(regexp.QuoteMeta(n), " ", `[ -]`)
		if _, whole := labels[squeeze(n)]; whole {
			pattern = `(?i)` + pattern // a part of a name counts only as written
		}
		c.orgs = append(c.orgs, orgForm{regexp.MustCompile(pattern), written[n]})
	}
}

// Organisations gives text with "a customer" and "a vendor" (or "the client")
// where the names of other organisations stood.
func (c *Cast) Organisations(text string) string {
	for _, o := range c.orgs {
		locs := o.re.FindAllStringIndex(text, -1)
		if locs == nil {
			continue
		}
		var spans []span
		for _, m := range locs {
			if !bordered(text, m[0], m[1]) {
				continue
			}
			if m[1] < len(text)-1 && text[m[1]] == '.' && unicode.IsLetter(rune(text[m[1]+1])) {
				// a domain: the whole of it names the organisation
				for m[1] < len(text) && (wordRune(rune(text[m[1]])) || strings.IndexByte(".-", text[m[1]]) >= 0) && text[m[1]] < 0x80 {
					m[1]++
				}
				for text[m[1]-1] == '.' || text[m[1]-1] == '-' {
					m[1]--
				}
			}
			if n := len(spans); n > 0 && m[0] < spans[n-1].end {
				continue
			}
			spans = append(spans, span{start: m[0], end: m[1], text: o.role, who: nobody, role: true})
		}
		if len(spans) > 0 {
			text = assemble(text, spans)
		}
	}
	return text
}

var (
	ipv4      = regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?(?::\d{2,5})?\b`)
	ipv6      = regexp.MustCompile(`(?i)\b[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,7}\b`)
	dotted    = regexp.MustCompile(`(?i)\b[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+(?::\d{2,5})?\b`)
	hostShape = regexp.MustCompile(`(?i)\b[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:-?\d+)(?:\.[a-z]{2,5}\d?)?\b`)
	siteHost  = regexp.MustCompile(`^([a-z]{2,5})\d?-[a-z]+-?(\d+)$`)
	hostFile  = regexp.MustCompile(`^([a-z]{2,6}\d?-[a-z]+-?\d+)\b`)
	ownSuffix = regexp.MustCompile(`(?i)\.(?:internal|local|localdomain|lan|corp|intra|intranet|home|private|oob|svc|cluster\.local)(?::\d+)?$`)
	hostWord  = regexp.MustCompile(`(?i)(?:^|[-\d])(?:master|replica|primary|secondary|standby|db|database|sql|pg|mysql|cache|redis|kafka|broker|zk|etcd|jump|bastion|node|web|app|api|worker|proxy|lb|gw|gateway|router|rtr|switch|sw|fw|edge|oob|host|srv|server|vm|ip|ec2|build|runner|nas|san|storage|mail|mx|dns|ns|vpn|ldap|backup|mon)(?:\d|-|$)`)
)

// findHosts learns the names of machines from where logs and alerts say they came.
func (c *Cast) findHosts(ev []debrief.Evidence) {
	put := func(v string) {
		v = strings.ToLower(strings.TrimSpace(v))
		v, _, _ = strings.Cut(v, ":")
		if len(v) >= 4 && strings.ContainsAny(v, "0123456789.-") && !strings.ContainsAny(v, " /#") && !known().technical[v] {
			c.hosts[v] = true
			short, _, ok := strings.Cut(v, ".")
			if ok && len(short) >= 4 && strings.ContainsAny(short, "0123456789") {
				c.hosts[short] = true
			}
			if g := siteHost.FindStringSubmatch(short); g != nil {
				c.hosts[g[1]+g[2]] = true // people leave the middle out: "ams-cache07" is "ams07" and "ams7"
				c.hosts[g[1]+strings.TrimLeft(g[2], "0")] = true
			}
		}
	}
	file := ""
	for i := range ev {
		e := &ev[i]
		for _, f := range []string{"host", "hostname", "instance", "node", "server"} {
			put(e.Attributes[f])
		}
		if e.Sort == debrief.Log && (e.Source == "syslog" || e.Source == "journald") {
			put(e.Where)
		}
		if e.Sort == debrief.Log && e.File != file { // "ams-cache07-error.log" is named after its machine
			file = e.File
			if g := hostFile.FindStringSubmatch(strings.ToLower(file[strings.LastIndexByte(file, '/')+1:])); g != nil && hostWord.MatchString(g[1]) {
				put(g[1])
			}
		}
	}
}

// Hosts gives text without internal hosts, their pages and network addresses:
// what stands under one's own domain or an internal suffix, what logs name as
// their machine, what is built like a machine's name, and every IP address.
func (c *Cast) Hosts(text string) string {
	var spans []span
	var cover mask
	add := func(m []int, with string, role bool) {
		if cover.touches(m[0], m[1]) {
			return
		}
		cover.add(len(text), m[0], m[1])
		spans = append(spans, span{start: m[0], end: m[1], text: with, who: nobody, role: role})
	}
	for _, m := range urlShape.FindAllStringIndex(text, -1) {
		u := text[m[0]:m[1]]
		_, rest, _ := strings.Cut(u, "://")
		host, _, _ := strings.Cut(rest, "/")
		if c.internal(host) {
			add(m, PageMask, false)
		}
	}
	for _, m := range mailShape.FindAllStringIndex(text, -1) {
		add(m, text[m[0]:m[1]], false) // addresses of people are Text's business
	}
	for _, re := range []*regexp.Regexp{ipv4, ipv6} {
		for _, m := range re.FindAllStringIndex(text, -1) {
			v, _, _ := strings.Cut(text[m[0]:m[1]], "/")
			if re == ipv4 {
				v, _, _ = strings.Cut(v, ":")
			}
			if a, err := netip.ParseAddr(v); err == nil && !a.IsLoopback() {
				add(m, HostMask, true)
			}
		}
	}
	for _, m := range dotted.FindAllStringIndex(text, -1) {
		if c.internal(text[m[0]:m[1]]) && bordered(text, m[0], m[1]) {
			add(m, HostMask, true)
		}
	}
	for _, m := range hostShape.FindAllStringIndex(text, -1) {
		w := strings.ToLower(text[m[0]:m[1]])
		short, _, _ := strings.Cut(w, ".")
		if bordered(text, m[0], m[1]) && (c.hosts[w] || c.hosts[short] || hostWord.MatchString(short) && strings.ContainsAny(short, "-.") || hostWord.MatchString(short) && strings.Contains(w, ".")) {
			add(m, HostMask, true)
		}
	}
	if len(spans) == 0 {
		return text
	}
	slices.SortFunc(spans, func(a, b span) int { return a.start - b.start })
	return assemble(text, spans)
}

// internal reports whether a host, with or without a port, is one's own.
func (c *Cast) internal(host string) bool {
	host = strings.ToLower(host)
	if ownSuffix.MatchString(host) {
		return true
	}
	host, _, _ = strings.Cut(host, ":")
	if c.hosts[host] {
		return true
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return !a.IsLoopback()
	}
	for d := range c.own {
		if host != d && host != "www."+d && strings.HasSuffix(host, "."+d) {
			return true
		}
	}
	return false
}

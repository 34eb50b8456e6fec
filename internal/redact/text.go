package redact

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What stands where something stood that identifies and is no name.
const (
	AddressMask = "[address removed]"      // an e-mail address of nobody we know
	PhoneMask   = "[phone number removed]" // a telephone number
	LinkMask    = "[link]"                 // an address of a page that names somebody
)

var (
	mailShape = regexp.MustCompile(`[\p{L}\p{N}][\p{L}\p{N}._%+'-]*@[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)+`)
	urlShape  = regexp.MustCompile(`(?i)\b(?:https?|ftp|ssh|mailto|slack|msteams)://?[^\s<>"'|)\]]+`)
	mention   = regexp.MustCompile(`@[\p{L}\p{N}][\p{L}\p{N}._-]*`)
	phone     = regexp.MustCompile(`\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{2,4}(?:[ .-]?\d{2,4}){1,4}|\(\d{3}\) ?\d{3}-\d{4}|\b\d{3}-\d{3}-\d{4}\b|(?i:\b(?:tel|phone|mobile|call|mob|dial)\.?:? ?)(0\d{2,4}[ -]?\d{3,4}[ -]?\d{3,4})\b`)
)

// publicMentions are words behind "@" that are nobody.
var publicMentions = set{
	"here": true, "channel": true, "everyone": true, "all": true, "latest": true, "param": true, "return": true,
	"override": true, "media": true, "import": true, "types": true, "next": true, "main": true, "master": true, "head": true,
}

// A span of the text and what will stand there.
type span struct {
	start, end int
	text       string
	who        int  // a member, or nobody
	role       bool // text is a role, to be fitted into its sentence
	owns       bool // a possessive follows
}

// A mask remembers which bytes of a text are already spoken for.
type mask []bool

func (m *mask) add(size, a, b int) {
	if *m == nil {
		*m = make(mask, size)
	}
	for i := a; i < b; i++ {
		(*m)[i] = true
	}
}

func (m mask) touches(a, b int) bool { return m != nil && slices.Contains(m[a:b], true) }

// A token is a run of letters with inner apostrophes.
type token struct {
	start, end int
	word       string // as written, without a possessive ending
	folded     string
	owns       int // bytes of the possessive ending, 0 if none
}

// Text gives text with roles where people stood: full names, given names,
// surnames, nicknames, handles, mentions, e-mail addresses, initials, telephone
// numbers. Possessives stay possessive, a role that begins a sentence begins
// with a capital. A word that is also an ordinary one ("Will", "May", "Park")
// goes only with a sign that a person is meant. Gendered pronouns stay.
func (c *Cast) Text(text string) string {
	if len(text) < 2 {
		return text
	}
	spans := c.spans(text)
	if len(spans) == 0 {
		return text
	}
	return assemble(text, spans)
}

// spans finds everything to be replaced, in order and without overlap.
func (c *Cast) spans(text string) []span {
	var out []span
	var cover mask
	taken := func(a, b int) bool { return cover.touches(a, b) }
	put := func(s span) {
		cover.add(len(text), s.start, s.end)
		out = append(out, s)
	}
	if strings.Contains(text, ":/") {
		for _, m := range urlShape.FindAllStringIndex(text, -1) {
			u := text[m[0]:m[1]]
			if mailShape.MatchString(u) && !strings.Contains(u, "://git@") || c.names(u) {
				put(span{start: m[0], end: m[1], text: LinkMask, who: nobody})
			} else {
				put(span{start: m[0], end: m[1], text: u, who: nobody})
			}
		}
	}
	if strings.Contains(text, "@") {
		for _, m := range mailShape.FindAllStringIndex(text, -1) {
			if taken(m[0], m[1]) {
				continue
			}
			if strings.HasPrefix(text[m[0]:], "git@") {
				continue // the address of a repository
			}
			s := span{start: m[0], end: m[1], text: AddressMask, who: nobody}
			if i, ok := c.byKey["mail:"+strings.ToLower(text[m[0]:m[1]])]; ok {
				s.text, s.who, s.role = c.members[i].role, i, true
			}
			put(s)
		}
		for _, m := range mention.FindAllStringIndex(text, -1) {
			if s, ok := c.atSign(text, m[0], m[1]); ok && !taken(s.start, s.end) {
				put(s)
			}
		}
	}
	for _, m := range phone.FindAllStringSubmatchIndex(text, -1) {
		a, b := m[0], m[1]
		if m[2] >= 0 {
			a, b = m[2], m[3]
		}
		digits := 0
		for _, r := range text[a:b] {
			if unicode.IsDigit(r) {
				digits++
			}
		}
		before, _ := utf8.DecodeLastRuneInString(text[:a])
		after, _ := utf8.DecodeRuneInString(text[b:])
		if digits >= 8 && !wordRune(before) && before != ':' && before != '.' && !wordRune(after) && after != ':' && !taken(a, b) {
			put(span{start: a, end: b, text: PhoneMask, who: nobody})
		}
	}
	for _, sc := range c.scripts {
		for from := 0; ; {
			i := strings.Index(text[from:], sc.name)
			if i < 0 {
				break
			}
			a, b := from+i, from+i+len(sc.name)
			if !taken(a, b) {
				put(span{start: a, end: b, text: c.roleOf(sc.who), who: sc.who, role: true})
			}
			from = b
		}
	}
	toks := tokens(text)
	for i := 0; i < len(toks); i++ {
		if taken(toks[i].start, toks[i].end) {
			continue
		}
		s, n := c.at(text, toks, i)
		if n > 0 && !taken(s.start, s.end) {
			put(s)
			for i+1 < len(toks) && toks[i+1].start < s.end {
				i++
			}
		}
	}
	slices.SortFunc(out, func(a, b span) int { return a.start - b.start })
	return out
}

// names reports whether a login or an unmistakable name stands in an address.
func (c *Cast) names(u string) bool {
	for _, part := range strings.FieldsFunc(u, func(r rune) bool { return strings.ContainsRune("/?&=#@:;,+%", r) }) {
		f := fold(part)
		if _, ok := c.handles[f]; ok {
			return true
		}
		if _, ok := c.mention[f]; ok && strings.Contains(u, "@"+part) {
			return true
		}
	}
	toks := tokens(u)
	for i := range toks {
		for _, f := range c.forms[toks[i].folded] {
			if len(f.words) == 1 && f.kind >= strong || f.kind == full && c.runs(u, toks, i, f) > 0 {
				return true
			}
		}
	}
	return false
}

// atSign settles a mention: somebody of the cast, a group, or somebody else.
func (c *Cast) atSign(text string, a, b int) (span, bool) {
	before, _ := utf8.DecodeLastRuneInString(text[:a])
	if wordRune(before) || before == '/' || before == '.' {
		return span{}, false
	}
	for b > a && strings.IndexByte(".-_", text[b-1]) >= 0 {
		b--
	}
	h := fold(text[a+1 : b])
	if b < len(text) && text[b] == '/' || publicMentions[h] {
		return span{}, false
	}
	s := span{start: a, end: b, who: nobody, role: true, text: TeamMember}
	if rest := text[b:]; strings.HasPrefix(rest, "'s") || strings.HasPrefix(rest, "’s") {
		s.owns = true
	}
	// "@João Pestana": the longest name behind the sign.
	toks := tokens(text[a+1 : min(len(text), a+80)])
	if len(toks) > 0 && toks[0].start == 0 {
		for _, f := range c.forms[toks[0].folded] {
			if n := c.runs(text[a+1:min(len(text), a+80)], toks, 0, f); n > 0 {
				last := toks[n-1]
				s.end = a + 1 + last.end - last.owns
				s.owns = last.owns > 0
				s.who, s.text = f.who, c.roleOf(f.who)
				return s, true
			}
		}
	}
	for _, m := range []map[string]int{c.mention, c.handles} {
		if i, ok := m[h]; ok {
			s.who, s.text = i, c.roleOf(i)
			return s, true
		}
	}
	if team(h) || strings.ContainsAny(h, "0123456789") && !strings.ContainsAny(h, "abcdefghijklmnopqrstuvwxyz") {
		return span{}, false
	}
	return s, true
}

// tokens cuts text into runs of letters. A run that touches digits or an
// underscore is part of something else and is left to handles.
func tokens(text string) []token {
	var toks []token
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsLetter(r) {
			i += n
			continue
		}
		a := i
		for i < len(text) {
			r, n = utf8.DecodeRuneInString(text[i:])
			if unicode.IsLetter(r) || unicode.IsMark(r) {
				i += n
				continue
			}
			if r == '\'' || r == '’' {
				if next, _ := utf8.DecodeRuneInString(text[i+n:]); unicode.IsLetter(next) {
					i += n
					continue
				}
			}
			break
		}
		t := token{start: a, end: i, word: text[a:i]}
		for _, e := range []string{"'s", "’s", "'S", "’S"} {
			if w, ok := strings.CutSuffix(t.word, e); ok {
				t.word, t.owns = w, len(e)
				break
			}
		}
		if t.owns == 0 && strings.HasSuffix(t.word, "s") {
			if r, n := utf8.DecodeRuneInString(text[i:]); r == '\'' || r == '’' {
				t.owns = n // "Joaquins'"
				t.end += n
				i += n
			}
		}
		t.folded = fold(t.word)
		toks = append(toks, t)
	}
	return toks
}

// bordered reports whether a and b are borders of words in text.
func bordered(text string, a, b int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:a])
	after, _ := utf8.DecodeRuneInString(text[b:])
	return (a == 0 || !wordRune(before)) && (b == len(text) || !wordRune(after))
}

// runs reports how many tokens from i on spell the form f, or 0.
func (c *Cast) runs(text string, toks []token, i int, f form) int {
	if i+len(f.words) > len(toks) || !bordered(text, toks[i].start, toks[i].start+len(toks[i].word)) {
		return 0
	}
	for j, w := range f.words {
		t := toks[i+j]
		if t.folded != w {
			return 0
		}
		if j == 0 {
			continue
		}
		if toks[i+j-1].owns > 0 {
			return 0
		}
		gap := text[toks[i+j-1].end:t.start]
		comma := f.comma && j == 1 && strings.TrimSpace(gap) == ","
		if !comma && strings.Trim(gap, " \u00a0-.\t") != "" || len(gap) > 3 || gap == "" && len(f.words[j-1]) > 1 {
			return 0
		}
		if j == len(f.words)-1 && !bordered(text, t.start, t.start+len(t.word)) {
			return 0
		}
	}
	return len(f.words)
}

// longestHandle bounds how far the search for the ends of a login goes, in bytes.
const longestHandle = 80

// at finds what begins at token i: a handle, then the longest form that counts.
func (c *Cast) at(text string, toks []token, i int) (span, int) {
	t := toks[i]
	// A run such as "tomasz.w" or "j_pestana2" as a whole.
	a, b := t.start, t.end
	for a > 0 && t.start-a < longestHandle {
		r, n := utf8.DecodeLastRuneInString(text[:a])
		if !wordRune(r) && r != '.' && r != '-' {
			break
		}
		a -= n
	}
	for b < len(text) && b-t.end < longestHandle {
		r, n := utf8.DecodeRuneInString(text[b:])
		if !wordRune(r) && r != '.' && r != '-' {
			break
		}
		b += n
	}
	owns := 0
	if b == t.end {
		owns, b = t.owns, b-t.owns
	}
	if b > a {
		whole := text[a:b]
		cut := strings.TrimLeft(whole, ".-_")
		a += len(whole) - len(cut)
		cut = strings.TrimRight(cut, ".-_")
		b = a + len(cut)
		if who, ok := c.handles[fold(cut)]; ok && a <= t.start && !(len(cut) <= 3 && cut == strings.ToUpper(cut)) {
			if rest := text[b:]; owns == 0 && (strings.HasPrefix(rest, "'s") || strings.HasPrefix(rest, "’s")) {
				owns = 2
			}
			return span{start: a, end: b, text: c.roleOf(who), who: who, role: true, owns: owns > 0}, 1
		}
	}
	for _, f := range c.forms[t.folded] {
		n := c.runs(text, toks, i, f)
		if n == 0 || !c.counts(text, toks, i, n, f) {
			continue
		}
		last := toks[i+n-1]
		return span{start: t.start, end: last.start + len(last.word), text: c.roleOf(f.who), who: f.who, role: true, owns: last.owns > 0}, n
	}
	if who, ok := c.initial[t.word]; ok && c.signed(text, t) {
		return span{start: t.start, end: t.start + len(t.word), text: c.roleOf(who), who: who, role: true, owns: t.owns > 0}, 1
	}
	return c.stranger(text, toks, i)
}

// signed reports whether two capitals are initials: a signature at the end, a
// speaker at the beginning of a line, or alone in brackets.
func (c *Cast) signed(text string, t token) bool {
	if known().acronyms[t.word] || !bordered(text, t.start, t.start+len(t.word)) {
		return false
	}
	before, after := text[:t.start], text[t.end:]
	line := strings.TrimLeft(before[strings.LastIndexByte(before, '\n')+1:], " \t>*")
	endOfLine := after == "" || after[0] == '\n' || strings.HasPrefix(after, ".\n") || after == "."
	switch {
	case strings.HasSuffix(before, "(") && strings.HasPrefix(after, ")"):
		return true
	case line == "" && strings.HasPrefix(after, ": "):
		return true
	case endOfLine && (strings.HasSuffix(before, "- ") || strings.HasSuffix(before, "-") || strings.HasSuffix(before, "– ") ||
		strings.HasSuffix(before, "— ") || strings.HasSuffix(before, "/") || strings.HasSuffix(before, "~")):
		return true
	}
	return t.owns > 0 && t.owns < 4
}

// counts reports whether the n tokens from i on mean the person of f.
func (c *Cast) counts(text string, toks []token, i, n int, f form) bool {
	k := known()
	if f.kind == full {
		// "will park" in small letters is two ordinary words; one letter and a
		// surname need their capitals ("a park", "e mail").
		small := true
		for j := range n {
			w := toks[i+j].folded
			small = small && (k.ordinary[w] || len(w) < 2)
		}
		if small || len(f.words[0]) == 1 || len(f.words[n-1]) == 1 {
			for j := range n {
				r, _ := utf8.DecodeRuneInString(toks[i+j].word)
				if !unicode.IsUpper(r) {
					return false
				}
			}
		}
		return true
	}
	t := toks[i]
	if f.kind == strong {
		if utf8.RuneCountInString(t.word) == 2 {
			return titleCase(t.word)
		}
		return true
	}
	prev, next := "", ""
	var prevTok, nextTok token
	if i > 0 && close(text[toks[i-1].end:t.start]) {
		prevTok = toks[i-1]
		prev = prevTok.folded
	}
	if i+1 < len(toks) && close(text[t.end:toks[i+1].start]) {
		nextTok = toks[i+1]
		next = nextTok.folded
	}
	after := text[t.end:]
	rest := strings.TrimLeft(after, " ")
	stop := rest == "" || strings.IndexByte("\n.,!?:;)", rest[0]) >= 0
	if !titleCase(t.word) {
		return t.word == t.folded && k.vocative[prev] && stop
	}
	initial := sentenceStart(text, t.start)
	if f.kind == weak && initial && i > 0 && (t.start == 0 || text[t.start-1] == '\n') && (after == "" || after[0] == '\n') {
		return true // alone in its line, below others: a signature
	}
	// Months stand beside numbers and little words of time.
	if months[t.folded] {
		r, _ := utf8.DecodeRuneInString(rest)
		p := strings.TrimRight(text[:t.start], " ")
		pr, _ := utf8.DecodeLastRuneInString(p)
		if unicode.IsDigit(r) || unicode.IsDigit(pr) || monthWords[prev] {
			return false
		}
	}
	switch {
	case k.before[prev] && (f.kind == weak || prev != "and" && prev != "or"):
		return true
	case next != "" && k.after[next] && nextTok.word == next && t.owns == 0:
		return !initial || f.given || human[next]
	case t.owns > 0:
		return true
	case initial && strings.HasPrefix(after, ",") && !strings.HasPrefix(after, ",\n"):
		return true
	case initial && strings.HasPrefix(after, ":") && f.kind == weak && i == 0:
		return true
	case f.kind == hint || initial:
		return false
	case prev != "" && titleCase(prevTok.word) && !sentenceStart(text, prevTok.start):
		return c.forms[prev] != nil && hasSingle(c.forms[prev])
	case next != "" && k.places[next] && titleCase(nextTok.word):
		return false
	case k.ordinary[prev] && prev == "the" || prev == "a" || prev == "an":
		return false
	}
	return true
}

func hasSingle(fs []form) bool {
	return slices.ContainsFunc(fs, func(f form) bool { return len(f.words) == 1 && f.kind == strong })
}

// human are verbs that only people do.
var human = setOf("says said asks asked told tells writes wrote confirms confirmed thinks thought wants wanted noticed notices " +
	"joined replied answered acked acknowledged paged agrees agreed suggested suggests mentioned mentions reported reports " +
	"merged pushed deployed reverted approved approves knew knows tried phoned mailed emailed messaged looked escalated who")

var (
	months     = set{"may": true, "april": true, "june": true, "august": true, "march": true, "summer": true, "winter": true, "spring": true, "autumn": true}
	monthWords = setOf("in since until till by of last next early late mid during from this before after to end through every")
)

// close reports whether only a space, a hyphen or an at sign lies between two words.
func close(gap string) bool { return strings.Trim(gap, " \u00a0@\"") == "" && len(gap) <= 3 }

// sentenceStart reports whether a sentence, a line or an item begins at a.
func sentenceStart(text string, a int) bool {
	s := strings.TrimRight(text[:a], " \t\"'“‘(*_>-•")
	if s == "" {
		return true
	}
	r, _ := utf8.DecodeLastRuneInString(s)
	if r == '\n' || r == '.' || r == '!' || r == '?' || r == '…' {
		return true
	}
	return r == ':' || r == '|'
}

// stranger finds people whom no tool lists: a given name with a surname, or a
// given name where somebody is spoken to or of.
func (c *Cast) stranger(text string, toks []token, i int) (span, int) {
	k := known()
	t := toks[i]
	if !k.given[t.folded] || !titleCase(t.word) || !bordered(text, t.start, t.start+len(t.word)) {
		return span{}, 0
	}
	if i+1 < len(toks) && t.owns == 0 && close(text[t.end:toks[i+1].start]) {
		n := toks[i+1]
		if titleCase(n.word) && len(n.word) > 2 && !k.places[n.folded] && !k.technical[n.folded] && !stopwords[n.folded] &&
			bordered(text, n.start, n.start+len(n.word)) {
			return span{start: t.start, end: n.start + len(n.word), text: Somebody, who: nobody, role: true, owns: n.owns > 0}, 2
		}
	}
	prev, next := "", ""
	if i > 0 && close(text[toks[i-1].end:t.start]) {
		prev = toks[i-1].folded
	}
	if i+1 < len(toks) && close(text[t.end:toks[i+1].start]) {
		next = toks[i+1].folded
	}
	if k.vocative[prev] || prev == "ask" || prev == "asked" || prev == "told" || prev == "tell" || prev == "thank" || human[next] {
		return span{start: t.start, end: t.start + len(t.word), text: Somebody, who: nobody, role: true, owns: t.owns > 0}, 1
	}
	return span{}, 0
}

var stopwords = setOf("the and or but is was has had will can could would should in on at to for from with by of as if it we you they he she this that these those i our my please not no yes so")

// assemble writes text with its spans replaced and fits roles into sentences.
func assemble(text string, spans []span) string {
	// "Lotte Visser (lotte)" and "Lotte Visser <lotte@…>" name one person once.
	merged := spans[:0:0]
	for _, s := range spans {
		if n := len(merged); n > 0 && s.role && merged[n-1].role && s.text == merged[n-1].text {
			last := &merged[n-1]
			gap, rest := text[last.end:s.start], text[s.end:]
			switch g := strings.TrimLeft(gap, " "); {
			case len(gap) <= 2 && (g == "(" && strings.HasPrefix(rest, ")") || g == "<" && strings.HasPrefix(rest, ">") || g == "[" && strings.HasPrefix(rest, "]")):
				last.end, last.owns = s.end+1, false
				continue
			case strings.Trim(gap, " ") == "" && (s.who == last.who && s.who != nobody):
				last.end, last.owns = s.end, s.owns
				continue
			}
		}
		merged = append(merged, s)
	}
	var b strings.Builder
	at := 0
	for i, s := range merged {
		b.WriteString(text[at:s.start])
		r := s.text
		if s.role {
			if i > 0 {
				p := merged[i-1]
				gap := strings.TrimSpace(text[p.end:s.start])
				if p.role && p.text == s.text && p.who != s.who && (gap == "and" || gap == "," || gap == "&" || gap == "/" || gap == "or" || gap == "+") {
					r = another(r)
				}
			}
			first, _ := utf8.DecodeRuneInString(text[s.start:])
			if unicode.IsUpper(first) && sentenceStart(text, s.start) {
				r = strings.ToUpper(r[:1]) + r[1:]
			}
		}
		b.WriteString(r)
		at = s.end
		if s.role && s.owns {
			// "Miles'" has an apostrophe only; a role wants its whole ending.
			if rest := text[at:]; strings.HasPrefix(rest, "'") && !strings.HasPrefix(rest, "'s") && !strings.HasPrefix(rest, "'S") {
				b.WriteString("'s")
				at++
			}
		}
	}
	b.WriteString(text[at:])
	return b.String()
}

// another turns "an engineer" into "another engineer".
func another(role string) string {
	if _, noun, ok := strings.Cut(role, " "); ok && (strings.HasPrefix(role, "a ") || strings.HasPrefix(role, "an ")) {
		return "another " + noun
	}
	return role
}

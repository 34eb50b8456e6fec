package lint

import (
	"cmp"
	"embed"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Format says how the text is written, and so what in it is prose.
type Format int

// The formats of a text.
const (
	Plain     Format = iota // no markup; lines beginning with ">" are quotations
	Markdown                // CommonMark with tables and front matter
	HTML                    // a page or a part of one
	RST                     // reStructuredText: titles, paragraphs, lists, literals, directives
	JSONLines               // messages of a chat, one JSON object a line
)

// Section is the part of a document a text belongs to. It moves the level of
// a finding, never whether there is one.
type Section string

// The sections that matter for level.
const (
	Narrative Section = ""          // what happened
	Causes    Section = "causes"    // contributing factors
	Timeline  Section = "timeline"  // times and acts
	FollowUps Section = "followups" // what will be done
	External  Section = "external"  // for readers outside the organisation
	Evidence  Section = "evidence"  // somebody's own words, as they were written
)

// Level says how much a finding matters.
type Level int

// The levels, from the lightest.
const (
	Info    Level = iota // a nudge
	Warning              // steers the reader to people, or ends a question
	Error                // somebody is condemned, punished or named as the cause
)

var levelNames = [...]string{"info", "warning", "error"}

// String gives "info", "warning" or "error".
func (s Level) String() string {
	if s < Info || s > Error {
		return "unknown"
	}
	return levelNames[s]
}

// MarshalText writes the level as its name.
func (s Level) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Text is what is checked.
type Text struct {
	Body    string   // UTF-8; bytes that are not are passed over
	Format  Format   // how Body is written
	Section Section  // where the text stands; headings of a Markdown text overrule it
	Names   []string // people's names and handles known to the caller; each word of a name counts
	Things  []string // names of services, products and places that might be taken for people's
}

// Finding is one place where the language points at people.
type Finding struct {
	Rule        string    `json:"rule"`                  // "B01"
	Start       int       `json:"start"`                 // offset of the first byte in Body
	End         int       `json:"end"`                   // offset after the last byte
	Excerpt     string    `json:"excerpt"`               // Body[Start:End]
	Category    string    `json:"category"`              // "person-cause"
	Title       string    `json:"title"`                 // one line
	Level       Level     `json:"level"`                 //
	Section     Section   `json:"section,omitempty"`     // the part of the document it stands in
	Confidence  float64   `json:"confidence"`            // how sure it is that a facilitator would speak up: 0 to 1
	Why         string    `json:"why"`                   // what this wording costs
	Suggestions []string  `json:"suggestions,omitempty"` // other wordings, with ⟨slots⟩ for facts the text does not hold
	Ask         string    `json:"ask"`                   // asks for the missing fact
	Rewrites    []Rewrite `json:"rewrites,omitempty"`    // each keeps every fact and is safe by itself
}

// Rewrite says the same without pointing at people. No rule finds anything in
// what it makes.
type Rewrite struct {
	Start int    `json:"start"` // offset in Body of the first byte to replace
	End   int    `json:"end"`   // offset after the last
	Text  string `json:"text"`  // what stands there instead
}

//go:embed language.yaml rules/*.yaml words/*.yaml
var files embed.FS

//go:embed lang
var packs embed.FS

var standard = sync.OnceValue(func() *Rules {
	rules, err := Load(files)
	if err != nil {
		panic(err) // the embedded rules are part of the build and loaded by the tests
	}
	return rules
})

// Default gives the rules for English. [Language] gives those for others.
func Default() *Rules { return standard() }

// Files gives the word lists and rules of [Default] as files.
func Files() fs.FS { return files }

// Load reads rules from words/*.yaml and rules/*.yaml. Of several file systems
// the later ones add to the earlier, and a file replaces an earlier one of its
// name; so rules of one's own beside the usual ones are Load(Files(), own). What
// cannot be read is explained by a [*Fault].
func Load(from ...fs.FS) (*Rules, error) { return load(from...) }

// Check finds what the rules look for, in the order of the text. Two findings
// of one rule never overlap; findings of different rules may.
//
// What the text as a whole shows, and what its author allows, is found by
// [Rules.Review].
func (r *Rules) Check(t Text) []Finding { return r.run(t, false) }

// run checks a text, and surveys it as a whole if it is to.
func (r *Rules) run(t Text, whole bool) []Finding {
	switch t.Format {
	case HTML:
		return r.runMapped(t, readHTML(t.Body), Markdown, whole)
	case RST:
		return r.runMapped(t, readRST(t.Body), Markdown, whole)
	case JSONLines:
		return r.runChat(t)
	}
	c := r.checkers.Get().(*checker)
	c.reset(t)
	if whole {
		c.survey = c.newSurvey()
	}
	c.run()
	found := c.findings()
	if c.survey != nil {
		found = r.surveyed(t, found, c.survey)
	}
	c.text, c.names, c.things, c.survey = Text{}, nil, nil, nil // the text is the caller's
	r.checkers.Put(c)
	return found
}

// surveyed adds what the text as a whole shows to what its sentences show.
func (r *Rules) surveyed(t Text, found []Finding, s *survey) []Finding {
	if t.Section == Evidence {
		return found
	}
	s.found = found
	found = append(found, r.whole(s, t.Body, t.Section)...)
	slices.SortStableFunc(found, func(a, b Finding) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End)) })
	return found
}

// findings turns raw matches into findings: sorted, without overlaps of a rule.
func (c *checker) findings() []Finding {
	if len(c.found) == 0 {
		return nil
	}
	slices.SortFunc(c.found, func(a, b raw) int {
		return cmp.Or(
			cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end), cmp.Compare(a.rule, b.rule),
			cmp.Compare(a.token, b.token), cmp.Compare(a.pattern, b.pattern),
		)
	})
	// What one rule found twice in the same words is one finding.
	last := make([]int, len(c.rules.list)) // 1 + index in found of the rule's latest
	kept := c.found[:0]
	for _, m := range c.found {
		if n := last[m.rule]; n > 0 && m.start < kept[n-1].end {
			kept[n-1].end = max(kept[n-1].end, m.end)
			continue
		}
		kept = append(kept, m)
		last[m.rule] = len(kept)
	}
	var out []Finding
	for _, m := range kept {
		rule := c.rules.list[m.rule]
		f := Finding{
			Rule: rule.ID, Start: m.start, End: m.end, Excerpt: c.text.Body[m.start:m.end],
			Category: rule.Category, Title: rule.Title, Level: rule.level(m.section, m.who), Section: m.section, Confidence: rule.confidence(m.who),
			Why: rule.Why, Ask: rule.Ask,
		}
		f.Rewrites = c.rewrites(rule, m, kept)
		who := c.role(m)
		for _, s := range rule.Suggestions {
			f.Suggestions = append(f.Suggestions, fill(s, who))
		}
		out = append(out, f)
	}
	return out
}

// role gives the words for who is spoken of, if they are those of a role or team,
// and otherwise a slot: a name has no place in what is suggested.
func (c *checker) role(m raw) string {
	const roles = 1<<kindRole | 1<<kindTeam | 1<<kindDept | 1<<kindParty | 1<<kindMaybe
	who := strings.Join(strings.Fields(c.text.Body[m.whoStart:m.whoEnd]), " ")
	if who == "" || len(who) > 60 || m.who&roles == 0 {
		return c.rules.lex.language.Role
	}
	first, _, _ := strings.Cut(who, " ")
	if w := &c.rules.words; c.rules.lex.marks[c.rules.lex.id(first)]&(w.article.bit|w.possessive.bit) != 0 {
		who = strings.ToLower(first) + who[len(first):]
	}
	return who
}

// fill puts who into a suggestion, with a capital where it begins it.
func fill(suggestion, who string) string {
	if rest, ok := strings.CutPrefix(suggestion, "{who}"); ok {
		r, n := utf8.DecodeRuneInString(who)
		suggestion = string(unicode.ToUpper(r)) + who[n:] + rest
	}
	return strings.ReplaceAll(suggestion, "{who}", who)
}

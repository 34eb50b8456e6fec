package coach

import (
	"bytes"
	_ "embed"
	"regexp"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/goccy/go-yaml"

	"debrief.dev/debrief"
)

//go:embed taxonomy.yaml
var taxonomyData []byte

// A Leaf is one kind of contributing factor; see taxonomy.yaml.
type Leaf struct {
	Code  string     `yaml:"code"`
	Group string     `yaml:"group"`
	Name  string     `yaml:"name"`
	Level int        `yaml:"level"` // 1 outside … 5 technology
	Role  string     `yaml:"role"`
	Means string     `yaml:"means"`
	Say   string     `yaml:"say"`
	Thing string     `yaml:"thing"`
	Also  []Variant  `yaml:"also"`
	When  [][]string `yaml:"when"`
}

// A Variant says more than the leaf's own sentence, where its cues are found.
type Variant struct {
	Say  string     `yaml:"say"`
	When [][]string `yaml:"when"`
}

var taxonomy = sync.OnceValue(func() []Leaf {
	var list []Leaf
	if err := yaml.NewDecoder(bytes.NewReader(taxonomyData), yaml.Strict()).Decode(&list); err != nil {
		panic("taxonomy.yaml: " + yaml.FormatError(err, false, true)) // the file is part of the program
	}
	return list
})

// Taxonomy lists the kinds of contributing factors in the order of the catalogue.
func Taxonomy() []Leaf { return append([]Leaf(nil), taxonomy()...) }

// LeafOf finds a leaf by its code.
func LeafOf(code string) (Leaf, bool) {
	for _, l := range taxonomy() {
		if l.Code == code {
			return l, true
		}
	}
	return Leaf{}, false
}

// factorCites is how many pieces of evidence one hypothesis lists.
const factorCites = 4

// Factors proposes conditions that the evidence supports, as hypotheses, those
// with the broadest support first within each level. It proposes nothing that
// stands on one keyword alone, and it may propose nothing at all.
func Factors(c *Case) []debrief.Factor { return c.search().factors() }

func (f *findings) factors() []debrief.Factor {
	type scored struct {
		debrief.Factor
		support int
	}
	var found []scored
	for _, l := range taxonomy() {
		var cites []debrief.Citation
		held := 0
		for _, combo := range l.When {
			if got, ok := f.holds(combo); ok {
				held++
				cites = append(cites, got...)
			}
		}
		if held == 0 {
			continue
		}
		cites = firstCitations(cites, factorCites)
		if len(cites) == 0 {
			continue // nothing to cite: not a claim to make
		}
		text := l.Say
		if t := f.thing(l, cites); t != "" {
			text = strings.ReplaceAll(l.Thing, "{thing}", t)
		}
		for _, v := range l.Also {
			if got, ok := f.anyHolds(v.When); ok {
				text, cites = v.Say, firstCitations(append(got, cites...), factorCites)
				break
			}
		}
		if t := f.title(cites); t != "" && l.Thing == "" || t != "" && text == l.Say {
			text = strings.TrimSuffix(text, ".") + " (“" + t + "”)."
		}
		found = append(found, scored{debrief.Factor{
			Code: l.Code, Text: text, Role: l.Role, Evidence: cites, Entries: f.c.entriesOf(cites),
		}, len(cites) + held})
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].support > found[j].support })
	out := make([]debrief.Factor, len(found))
	for i, s := range found {
		out[i] = s.Factor
	}
	return out
}

// anyHolds gives the evidence of the first combination that holds.
func (f *findings) anyHolds(combos [][]string) ([]debrief.Citation, bool) {
	for _, c := range combos {
		if got, ok := f.holds(c); ok {
			return got, true
		}
	}
	return nil, false
}

// vague things say nothing when they stand alone.
var vagueThing = map[string]bool{
	"it": true, "that": true, "this": true, "they": true, "all": true, "the": true, "a": true, "is": true, "was": true,
	"nobody": true, "everything": true, "system": true, "thing": true, "things": true, "we": true, "i": true, "you": true, "of": true,
	"and": true, "there": true, "still": true, "just": true, "or": true, "for": true, "to": true, "in": true, "on": true, "at": true,
}

// thing is the noun phrase that the cited sentences name for a leaf, if one is
// short, plain and unchanged by cleaning. Several are joined.
func (f *findings) thing(l Leaf, cites []debrief.Citation) string {
	if l.Thing == "" {
		return ""
	}
	cited := map[debrief.Citation]bool{}
	for _, x := range cites {
		cited[x] = true
	}
	var things []string
	seen := map[string]bool{}
	for _, combo := range l.When {
		for _, n := range combo {
			for _, h := range f.hits[strings.TrimLeft(n, "<>")] {
				t := strings.Trim(strings.ToLower(h.thing), " -_")
				words := strings.Fields(t)
				if len(words) > 1 && vagueThing[words[0]] && words[0] != "the" {
					words = words[1:]
					t = strings.Join(words, " ")
				}
				if t == "" || seen[t] || !cited[f.c.Evidence[h.ev].Cite()] || len(t) > 32 || len(things) == 2 {
					continue
				}
				if vagueThing[words[0]] && words[0] != "the" || vagueThing[words[len(words)-1]] || f.c.Clean(h.thing) != h.thing {
					continue
				}
				seen[t] = true
				if acronym[t] {
					t = strings.ToUpper(t)
				}
				things = append(things, t)
			}
		}
	}
	return List(things)
}

// acronym lists lower-case words that are written in capitals.
var acronym = map[string]bool{"sso": true, "vpn": true, "mfa": true, "2fa": true, "cpu": true, "dns": true, "api": true}

// holds reports whether each cue of the combination is found, each in a piece
// of evidence of its own, and which those are.
func (f *findings) holds(combo []string) ([]debrief.Citation, bool) {
	used := map[debrief.Citation]bool{}
	var cites []debrief.Citation
	words := 0
	for _, n := range combo {
		when := byte(0)
		if n[0] == '<' || n[0] == '>' {
			when, n = n[0], n[1:]
		}
		if n == strings.ToUpper(n) {
			got, ok := f.signs[n]
			if !ok {
				return nil, false
			}
			for _, x := range got {
				if !used[x] {
					used[x] = true
					cites = append(cites, x)
					break
				}
			}
			if strings.HasSuffix(n, "_MOVED") || strings.HasSuffix(n, "_LOWERED") {
				words++
			}
			continue
		}
		ok := false
		for _, h := range f.hits[n] {
			e := &f.c.Evidence[h.ev]
			if x := e.Cite(); !used[x] && f.in(e, when) {
				used[x] = true
				cites = append(cites, x)
				ok = true
				break
			}
		}
		if !ok {
			return nil, false
		}
		words++
	}
	return cites, words > 0
}

// in reports whether evidence lies in the asked part of the story.
func (f *findings) in(e *debrief.Evidence, when byte) bool {
	impact := f.c.impact()
	switch when {
	case '<':
		return e.Sort == debrief.Note || !e.At.Known() || e.At.At.Before(impact)
	case '>':
		return e.Sort == debrief.Note || !e.At.Known() || !e.At.At.Before(impact.Add(-10*time.Minute)) && e.At.At.Before(f.c.To.Add(72*time.Hour))
	}
	return true
}

// oddTitle finds what makes a ticket's title unfit for a draft: mentions,
// addresses, markup, quotation marks.
var oddTitle = regexp.MustCompile("[@<>{}\\[\\]|`“”\"]|://")

// title is the title of the first ticket among the citations that stood before the
// impact, if it is short and fit to be read by others: the ticket of the incident
// itself names no condition.
func (f *findings) title(cites []debrief.Citation) string {
	for _, x := range cites {
		for i := range f.c.Evidence {
			e := &f.c.Evidence[i]
			if e.Sort != debrief.Ticket || e.Cite() != x || e.Title == "" {
				continue
			}
			if e.At.Known() && !e.At.At.Before(f.c.impact()) {
				continue
			}
			t := strings.Join(strings.Fields(e.Title), " ")
			if clean := f.c.Clean(t); clean == t && len(t) <= 70 && !oddTitle.MatchString(t) && !f.loaded(t) {
				return t
			}
		}
	}
	return ""
}

// loaded reports whether wording sets somebody in a negative light.
func (f *findings) loaded(s string) bool {
	for _, n := range []string{"person_as_cause", "named_negative", "sanction", "human_error"} {
		if c := f.b.Cue(n); c != nil && c.Words(s) != "" {
			return true
		}
	}
	return false
}

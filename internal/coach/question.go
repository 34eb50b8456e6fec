package coach

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base32"
	"fmt"
	"sort"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"debrief.dev/debrief"
)

//go:embed questions.yaml
var questionData []byte

// A template is one question of the catalogue; see questions.yaml.
type template struct {
	Code   string     `yaml:"code"`
	Group  string     `yaml:"group"`
	Detect string     `yaml:"detect"`
	Cues   [][]string `yaml:"cues"`
	Ask    string     `yaml:"ask"`
	Why    string     `yaml:"why"`
	Assume string     `yaml:"assume"`
	Weight float64    `yaml:"weight"`
}

var catalogue = sync.OnceValue(func() []template {
	var list []template
	if err := yaml.NewDecoder(bytes.NewReader(questionData), yaml.Strict()).Decode(&list); err != nil {
		panic("questions.yaml: " + yaml.FormatError(err, false, true)) // the file is part of the program
	}
	return list
})

// A raise is one occasion to ask: what fills the template's slots, and what
// gave rise to it.
type raise struct {
	slots    map[string]string
	sides    []debrief.Account
	evidence []debrief.Citation
	of       debrief.Citation // which of several occasions it is, if the template has several
	strength float64          // 0 to 1, scales the weight; 0 counts as 1
}

// id names the question that r raises. Where a template has one question in an
// incident, that is "C09-1". Where it may have several, it is what raised r, and not
// the place among the others: when more evidence comes in, an answer stays under the
// question it was given to.
func (r raise) id(code string, n int) string {
	if r.of == (debrief.Citation{}) {
		return fmt.Sprintf("%s-%d", code, n)
	}
	sum := sha256.Sum256([]byte(r.of.File + "\x00" + r.of.ID))
	return code + "-" + idLetters.EncodeToString(sum[:2])
}

// idLetters are letters and digits that are not taken for one another.
var idLetters = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// most is how many pieces of evidence one question lists; more would bury it.
const most = 6

// Questions lists what is worth asking about the case, most decisive first. A
// code in answered (or a question's ID) is not asked again.
func Questions(c *Case, answered Answers) []debrief.Question {
	f := c.search()
	var out []debrief.Question
	for _, t := range catalogue() {
		if answered.has(t.Code) {
			continue
		}
		n := 0
		for _, r := range f.detect(t) {
			n++
			id := r.id(t.Code, n)
			if answered.has(id) {
				continue
			}
			ev := firstCitations(r.evidence, most)
			q := debrief.Question{
				Code: t.Code, ID: id,
				Ask: fill(t.Ask, r.slots), Why: fill(t.Why, r.slots), Assume: fill(t.Assume, r.slots),
				Sides: r.sides, Evidence: ev, Entries: c.entriesOf(ev), Weight: t.Weight,
			}
			if r.strength > 0 {
				q.Weight *= r.strength
			}
			out = append(out, q)
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].Weight != out[j].Weight {
			return out[i].Weight > out[j].Weight
		}
		return out[i].Code < out[j].Code
	})
	return out
}

// Round picks the questions of one round, at most n, in the order given. Near
// duplicates wait: two questions of one code, or two that stand on the same
// evidence in the same group, do not share a round.
func Round(qs []debrief.Question, n int) []debrief.Question {
	group := map[string]string{}
	for _, t := range catalogue() {
		group[t.Code] = t.Group
	}
	var out []debrief.Question
	for _, q := range qs {
		if len(out) == n {
			break
		}
		near := false
		for _, o := range out {
			if o.Code == q.Code || group[o.Code] == group[q.Code] && sameEvidence(o.Evidence, q.Evidence) {
				near = true
				break
			}
		}
		if !near {
			out = append(out, q)
		}
	}
	return out
}

// sameEvidence reports whether most of the shorter list stands in the other.
func sameEvidence(a, b []debrief.Citation) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	in := map[debrief.Citation]bool{}
	for _, x := range a {
		in[x] = true
	}
	n := 0
	for _, x := range b {
		if in[x] {
			n++
		}
	}
	return n*2 > min(len(a), len(b))
}

func firstCitations(list []debrief.Citation, n int) []debrief.Citation {
	var out []debrief.Citation
	seen := map[debrief.Citation]bool{}
	for _, x := range list {
		if !seen[x] && len(out) < n {
			seen[x] = true
			out = append(out, x)
		}
	}
	return out
}

func fill(s string, slots map[string]string) string {
	for _, k := range sortedKeys(slots) {
		s = strings.ReplaceAll(s, "{"+k+"}", slots[k])
	}
	return s
}

// Package coach asks before it writes. Given the evidence and a proposed
// timeline it finds what is missing, vague or contradictory and asks about it
// ([Questions], [Round]); it reads the answers ([ParseAnswers]); and it offers
// conditions that the evidence supports as hypotheses ([Factors]).
//
// Three files hold what it knows. cues.yaml lists what people write when a
// certain condition is in the air. questions.yaml lists the questions, each with
// its reason and with what is assumed when nobody answers. taxonomy.yaml lists
// the factors with the cues that support them. The Go code holds the detectors:
// what can be computed from times, marks and sources.
//
// One keyword makes a question and never a factor. A factor needs an explicit
// statement, or two cues in two pieces of evidence.
package coach

import (
	"sort"
	"strings"
	"time"

	"debrief.dev/debrief"
)

// A Case is what the coach looks at: the evidence and what was proposed from it.
type Case struct {
	Evidence []debrief.Evidence
	People   []debrief.Person
	// From and To bound the incident itself, UTC.
	From, To time.Time
	Entries  []debrief.Entry
	Marks    []debrief.Mark
	Gaps     []debrief.Gap
	// Changes are the changes before the impact, the nearest first.
	Changes []debrief.Citation
	// Skewed names the files whose clock was found to be off, each with a
	// sentence about it.
	Skewed []Skewed
	// Clean turns text of the evidence into text that others may read: names
	// into roles, secrets masked. It must not be nil.
	Clean func(string) string
}

// Skewed is a file whose clock differs from the others.
type Skewed struct {
	File     string
	Text     string // one sentence: by how much, and what gives it away
	Evidence []debrief.Citation
}

// mark finds a mark by name; ok is false when the timeline has none.
func (c *Case) mark(n debrief.MarkName) (m debrief.Mark, ok bool) {
	for _, m := range c.Marks {
		if m.Name == n && m.At.Known() {
			return m, true
		}
	}
	return debrief.Mark{}, false
}

// impact is when the impact began, or the best stand-in for it.
func (c *Case) impact() time.Time {
	for _, n := range []debrief.MarkName{debrief.ImpactStart, debrief.FirstSignal, debrief.Detected} {
		if m, ok := c.mark(n); ok {
			return m.At.At
		}
	}
	return c.From
}

// settled is when the impact had ended for those affected, or the end of the window.
func (c *Case) settled() time.Time {
	for _, n := range []debrief.MarkName{debrief.Mitigated, debrief.ResolvedMark} {
		if m, ok := c.mark(n); ok {
			return m.At.At
		}
	}
	return c.To
}

// resolved is when the normal state was back, or the end of the impact.
func (c *Case) resolved() time.Time {
	if m, ok := c.mark(debrief.ResolvedMark); ok {
		return m.At.At
	}
	return c.settled()
}

// operational reports whether machines were involved in the telling: an alert,
// a page, a status page. A project that came apart has none of them.
func (c *Case) operational() bool {
	for i := range c.Evidence {
		switch c.Evidence[i].Sort {
		case debrief.Alert, debrief.Page, debrief.StatusUpdate:
			return true
		}
	}
	return false
}

// entriesOf lists the ids of the entries that cite any of the evidence.
func (c *Case) entriesOf(cites []debrief.Citation) []string {
	want := map[debrief.Citation]bool{}
	for _, x := range cites {
		want[x] = true
	}
	var ids []string
	for _, e := range c.Entries {
		for _, x := range e.Evidence {
			if want[x] {
				ids = append(ids, e.ID)
				break
			}
		}
	}
	return ids
}

// quote is a short piece of evidence fit to be read by others: cleaned, on one
// line, at most limit characters, cut at a word.
func (c *Case) quote(s string, limit int) string {
	s = strings.Join(strings.Fields(c.Clean(s)), " ")
	r := []rune(s)
	if len(r) <= limit {
		return s
	}
	cut := string(r[:limit])
	if i := strings.LastIndexByte(cut, ' '); i > limit/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:.") + " …"
}

// outside lists people who are marked as belonging to another organisation.
func (c *Case) outside() []debrief.Person {
	var out []debrief.Person
	for _, p := range c.People {
		if p.Organisation != "" && !p.Bot {
			out = append(out, p)
		}
	}
	return out
}

// by reports whether one of the people wrote the evidence.
func by(e *debrief.Evidence, people []debrief.Person) bool {
	a := e.Author
	for _, p := range people {
		if a.ID != "" && has(p.IDs, a.ID) || a.Email != "" && has(p.Emails, a.Email) ||
			a.Handle != "" && has(p.Handles, a.Handle) || a.Name != "" && has(p.Names, a.Name) {
			return true
		}
	}
	return false
}

func has(list []string, s string) bool {
	for _, x := range list {
		if strings.EqualFold(x, s) {
			return true
		}
	}
	return false
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

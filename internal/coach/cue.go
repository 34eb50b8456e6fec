package coach

import (
	_ "embed"
	"strings"
	"sync"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/cue"
)

//go:embed cues.yaml
var cueData []byte

var book = sync.OnceValue(func() *cue.Book {
	b, err := cue.Load(cueData)
	if err != nil {
		panic("cues.yaml: " + err.Error()) // the file is part of the program
	}
	return b
})

// A hit is a cue found in one sentence of one piece of evidence.
type hit struct {
	cue      *cue.Cue
	ev       int // index into Case.Evidence
	sentence string
	thing    string
}

// findings is the result of one search of all the evidence.
type findings struct {
	c     *Case
	b     *cue.Book
	hits  map[string][]hit // by cue name, in order of the evidence
	signs map[string][]debrief.Citation
}

// search looks through everything people wrote, and through what machines said
// about changes. Talk in places that the timeline takes nothing from is left aside.
func (c *Case) search() *findings {
	f := &findings{c: c, b: book(), hits: map[string][]hit{}}
	near := c.near()
	for i := range c.Evidence {
		e := &c.Evidence[i]
		if !near(e) {
			continue
		}
		text := e.Text
		if e.Title != "" && !strings.HasPrefix(text, e.Title) {
			text = e.Title + "\n" + text
		}
		f.b.Find(text, func(q *cue.Cue, s, thing string) {
			f.hits[q.Name] = append(f.hits[q.Name], hit{q, i, s, thing})
		})
	}
	f.signs = c.signs(f)
	return f
}

// near returns a test of whether a piece of evidence is close enough to the
// incident to be searched.
func (c *Case) near() func(*debrief.Evidence) bool {
	cited := map[debrief.Citation]bool{}
	for _, e := range c.Entries {
		for _, x := range e.Evidence {
			cited[x] = true
		}
	}
	total, used := map[string]int{}, map[string]int{}
	for i := range c.Evidence {
		e := &c.Evidence[i]
		if e.Sort == debrief.Message {
			total[e.Where]++
			if cited[e.Cite()] {
				used[e.Where]++
			}
		}
	}
	return func(e *debrief.Evidence) bool {
		switch e.Sort {
		case debrief.Alert, debrief.Log, debrief.Record:
			return false
		case debrief.Message:
			return len(cited) == 0 || cited[e.Cite()] || used[e.Where] >= 2 || used[e.Where]*12 >= total[e.Where]
		}
		return true
	}
}

// cites lists the evidence of hits, each once, in order.
func (f *findings) cites(hits []hit) []debrief.Citation {
	var out []debrief.Citation
	seen := map[int]bool{}
	for _, h := range hits {
		if !seen[h.ev] {
			seen[h.ev] = true
			out = append(out, f.c.Evidence[h.ev].Cite())
		}
	}
	return out
}

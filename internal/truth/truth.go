// Package truth judges a proposed timeline by what is known to have happened.
//
// A bundle is a folder of evidence with a truth.json beside it, in which a
// person wrote down the events that matter, each with its time, a tolerance, its
// kind and the pieces of evidence that show it. [Score] lays a proposal over that
// truth: first it looks for the best pairing of entries and events (match.go),
// then it counts (figures.go). The figures are for people who improve the
// program and are never added up to one grade: a proposal that lists everything
// finds every event, and one that copies the facts is right in every line.
//
// The judge sees all and is seen by nobody: no other package imports it.
package truth

import (
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
)

// A Cite points at a piece of evidence: a file, relative to the folder of
// evidence, and the id that its tool gave it ("L12" for a line).
type Cite struct {
	File string `json:"file"`
	ID   string `json:"id"`
}

// An Event is a thing that happened, as a careful person would list it.
type Event struct {
	ID        string    `json:"id"`
	At        time.Time `json:"at"`          // UTC, clock errors already removed
	Tolerance float64   `json:"tolerance_s"` // seconds either way
	Kind      string    `json:"kind"`
	AltKinds  []string  `json:"alt_kinds,omitempty"` // kinds that are as right
	Key       bool      `json:"key"`                 // whether the story is wrong without it
	Text      string    `json:"text"`
	Evidence  []Cite    `json:"evidence"`
}

// A Milestone is a turning point of the incident.
type Milestone struct {
	At        time.Time `json:"at"`          // UTC
	Tolerance float64   `json:"tolerance_s"` // seconds either way
	Evidence  []Cite    `json:"evidence"`
}

// A Truth is what a truth.json holds, as far as figures are made of it.
type Truth struct {
	ID         string               `json:"id"`
	Milestones map[string]Milestone `json:"milestones"`
	Events     []Event              `json:"events"`
	Factors    []struct {
		Code string `json:"code"`
		Cues []Cite `json:"cues"`
	} `json:"factors"`
	Contradictions []struct {
		Sides []struct {
			Evidence []Cite `json:"evidence"`
		} `json:"sides"`
	} `json:"contradictions"`
	ExpectedQuestions []string `json:"expected_questions"`
	Unrelated         []struct {
		Evidence []Cite `json:"evidence"`
	} `json:"unrelated"`
	Redact Redact `json:"redact"`
}

// Redact lists what must not stand in the text of a proposal.
type Redact struct {
	People []struct {
		Name   string `json:"name"`
		Handle string `json:"handle"`
		Email  string `json:"email"`
	} `json:"people"`
	Logins    []string `json:"logins"`
	Customers []string `json:"customers"`
	Vendors   []string `json:"vendors"`
	Secrets   []struct {
		Value string `json:"value"`
	} `json:"secrets"`
	Hosts []string `json:"internal_hosts"`
	URLs  []string `json:"internal_urls"`
}

// An Entry is one line of a proposed timeline.
type Entry struct {
	At       time.Time `json:"at"`
	Kind     string    `json:"kind"`
	Text     string    `json:"text"`
	Evidence []Cite    `json:"evidence"`
}

// A Proposal is what the program under test says happened. All but the timeline
// may be left out.
type Proposal struct {
	Timeline   []Entry
	Milestones map[string]time.Time
	Questions  []string // codes
	Factors    []string // codes
}

// Read reads a truth.json. A truth without events, or with an event that has no
// time or no tolerance, cannot judge anything and is an error.
func Read(r io.Reader) (*Truth, error) {
	var t Truth
	if err := json.NewDecoder(r).Decode(&t); err != nil {
		return nil, fmt.Errorf("the truth is not readable as JSON: %w", err)
	}
	if len(t.Events) == 0 {
		return nil, fmt.Errorf("truth %q lists no events; there is nothing to compare with", t.ID)
	}
	for _, e := range t.Events {
		if e.At.IsZero() || e.Tolerance <= 0 {
			return nil, fmt.Errorf("event %s of truth %q needs a time and a tolerance above 0 s", e.ID, t.ID)
		}
	}
	return &t, nil
}

// ReadProposal reads a proposal in JSON: bare, with times and codes alone, or as
// "debrief timeline --format json" writes it, where a milestone is an object with
// the time in "at", and a question or a factor one with its "code". An entry
// needs a time with a zone.
func ReadProposal(r io.Reader) (*Proposal, error) {
	var doc struct {
		Timeline   []Entry                   `json:"timeline"`
		Milestones map[string]inner[stampAt] `json:"milestones"`
		Questions  []inner[coded]            `json:"questions"`
		Factors    []inner[coded]            `json:"factors"`
	}
	if err := json.NewDecoder(r).Decode(&doc); err != nil {
		return nil, fmt.Errorf("the proposal is not readable as JSON: %w", err)
	}
	p := &Proposal{Timeline: doc.Timeline, Milestones: map[string]time.Time{}}
	for i, e := range p.Timeline {
		if e.At.IsZero() {
			return nil, fmt.Errorf("entry %d of the proposal has no time", i+1)
		}
	}
	for name, m := range doc.Milestones {
		at, err := time.Parse(time.RFC3339, m.text)
		if err != nil {
			return nil, fmt.Errorf("milestone %s of the proposal: %w", name, err)
		}
		p.Milestones[name] = at
	}
	for _, q := range doc.Questions {
		p.Questions = append(p.Questions, q.text)
	}
	for _, f := range doc.Factors {
		if f.text != "" { // a condition for which the taxonomy has no leaf
			p.Factors = append(p.Factors, f.text)
		}
	}
	return p, nil
}

// inner is a text that stands alone or in one field of an object.
type inner[T interface{ field() string }] struct{ text string }

type (
	stampAt struct {
		At string `json:"at"`
	}
	coded struct {
		Code string `json:"code"`
	}
)

func (s stampAt) field() string { return s.At }
func (c coded) field() string   { return c.Code }

// UnmarshalJSON takes a string or an object.
func (v *inner[T]) UnmarshalJSON(b []byte) error {
	if err := json.Unmarshal(b, &v.text); err == nil {
		return nil
	}
	var object T
	if err := json.Unmarshal(b, &object); err != nil {
		return err
	}
	v.text = object.field()
	return nil
}

// sees reports whether a citation of a proposal points at a piece of evidence
// that the truth lists. Folders above the evidence may differ. Ids of seven
// characters and more agree if one holds the other, as short and full commit ids
// do; a mail holds one thing, so that its file alone is enough.
func (c Cite) sees(ref Cite) bool {
	a, b := path.Clean(c.File), path.Clean(ref.File)
	if a != b && !strings.HasSuffix(a, "/"+b) && !strings.HasSuffix(b, "/"+a) {
		return false
	}
	x, y := strings.Trim(c.ID, "<> "), strings.Trim(ref.ID, "<> ")
	if x == y || x == "" && strings.HasSuffix(a, ".eml") {
		return true
	}
	if len(x) > len(y) {
		x, y = y, x
	}
	return len(x) >= 7 && strings.Contains(y, x)
}

// seen counts the references that at least one citation points at.
func seen(cites, refs []Cite) int {
	n := 0
	for _, ref := range refs {
		for _, c := range cites {
			if c.sees(ref) {
				n++
				break
			}
		}
	}
	return n
}

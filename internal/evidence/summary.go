package evidence

import (
	"time"

	"debrief.dev/debrief"
)

// Summary counts what one reading read, skipped and left out.
type Summary struct {
	Files    map[string]int `json:"files"` // read, by source
	Items    int            `json:"items"`
	Bytes    int64          `json:"bytes"` // read, decompressed
	Problems []Problem      `json:"problems,omitempty"`
	// MoreProblems counts the problems past the thousand that are kept.
	MoreProblems int `json:"more_problems,omitempty"`
	// LeftOut counts what was left out on purpose, by reason.
	LeftOut map[string]int `json:"left_out,omitempty"`
	// Unread counts files that no source reads, by reason.
	Unread map[string]int `json:"unread,omitempty"`
	// Zones counts times by how their zone was settled ("stated", "assumed").
	Zones map[string]int `json:"zones,omitempty"`
	// From and To are the earliest and latest time of any piece.
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
	// Untimed counts pieces without a known time.
	Untimed int `json:"untimed,omitempty"`
}

// keptProblems is how many problems a summary holds one by one.
const keptProblems = 1000

func newSummary() *Summary {
	return &Summary{
		Files: map[string]int{}, LeftOut: map[string]int{}, Unread: map[string]int{}, Zones: map[string]int{},
	}
}

func (s *Summary) problem(p Problem) {
	if len(s.Problems) >= keptProblems {
		s.MoreProblems++
		return
	}
	s.Problems = append(s.Problems, p)
}

func (s *Summary) count(m debrief.Moment) {
	s.Items++
	if !m.Known() {
		s.Untimed++
		return
	}
	s.Zones[m.Zone.String()]++
	if s.From.IsZero() || m.At.Before(s.From) {
		s.From = m.At
	}
	if m.At.After(s.To) {
		s.To = m.At
	}
}

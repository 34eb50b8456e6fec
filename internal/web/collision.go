package web

import (
	"net/http"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
)

// When two people write in one section, the text of who saved first stands beside what
// the other one has in the editor. Three ways lead on, and each keeps both texts: as
// versions, or in what is written next.
const (
	keepMine   = "mine"   // save what is in the editor; theirs stays as a version
	takeTheirs = "theirs" // what is in the editor stays as a version, and theirs stands
	putBoth    = "both"   // both texts go into the editor, to be made one; nothing is saved
)

// saved is what a script is told: the revision that stands now, when it was saved, and
// what the editor holds then.
type saved struct {
	Rev  string `json:"rev"`
	At   string `json:"at,omitempty"`
	Body string `json:"body"`
}

// save saves a section, or leaves a collision in one of its ways; the form then names the
// revision of theirs.
func (s *Site) save(r *http.Request, a debrief.Actor, in *debrief.Incident, f form) (saved, error) {
	do, section, rev := f.Get("do"), debrief.SectionID(r.PathValue("section")), int64(number(f.Get("rev")))
	if do == putBoth {
		now, err := s.sectionOf(r, a, in.ID, section)
		if err != nil {
			return saved{}, err
		}
		if now.Rev != rev {
			return saved{}, &casebook.Collision{Mine: f.Get("body"), Theirs: now}
		}
		return saved{Rev: decimal(rev), Body: bothOf(now.Body, f.Get("body"))}, nil
	}
	now, err := s.cb.SaveSection(r.Context(), a, casebook.SaveSection{Incident: in.ID, Section: section, Rev: rev, Body: f.Get("body"), Keep: do == keepMine || do == takeTheirs})
	if err == nil && do == takeTheirs && now.Rev != rev {
		now, err = s.cb.PutBack(r.Context(), a, in.ID, section, rev, now.Rev)
	}
	if err != nil {
		return saved{}, err
	}
	return saved{Rev: decimal(now.Rev), At: now.ChangedAt.In(zoneOf(in)).Format("15:04"), Body: now.Body}, nil
}

func (s *Site) sectionOf(r *http.Request, a debrief.Actor, id debrief.IncidentID, section debrief.SectionID) (debrief.Section, error) {
	all, err := s.cb.Preread(r.Context(), a, id)
	if err != nil {
		return debrief.Section{}, err
	}
	for _, x := range all {
		if x.ID == section {
			return x, nil
		}
	}
	return debrief.Section{}, &debrief.Error{Kind: debrief.NotFound, Say: "There is no such section.", Hint: "The pre-read lists those there are."}
}

// bothOf puts two texts into one: lines that both have once, and where they differ those
// of theirs before mine.
func bothOf(theirs, mine string) string {
	line := func(s string) string {
		if s = strings.TrimRight(s, "\n"); s != "" {
			s += "\n"
		}
		return s
	}
	theirs, mine = line(theirs), line(mine)
	var b strings.Builder
	at := 0
	for _, e := range udiff.Lines(theirs, mine) {
		b.WriteString(theirs[at:e.End])
		b.WriteString(e.New)
		at = e.End
	}
	b.WriteString(theirs[at:])
	return strings.TrimRight(b.String(), "\n")
}

package web

import (
	"fmt"
	"net/http"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/report"
)

// A needView is something that waits for somebody, in words: what, why them, how long
// it takes, and a way to decline.
type needView struct {
	What    string
	Title   string // of the incident
	Why     string
	Minutes int
	Path    string
	Do      string // the word of the button
	Key     string
}

type homePage struct {
	Needs   []needView
	Minutes int
	Aside   int
	Part    []partView
	Now     time.Time
	Zone    *time.Location
	May     bool // open an incident
}

// A partView is a row of the incidents that somebody is part of.
type partView struct {
	casebook.PartOf
	Bar int // the impact on a scale to a hundred, the longest of the list being full; 0 for none
}

// A dot is a step of an incident in a graph: done, here or to come.
type dot struct {
	Class string
	X, R  int
}

// dots draws the steps of an incident that is at one of them.
func dots(at debrief.IncidentState) []dot {
	var all []dot
	for state := debrief.Gathering; state <= debrief.Shared; state++ {
		d := dot{Class: "g-open", R: 3}
		switch {
		case state == at:
			d = dot{Class: "g-ring", R: 5}
		case state < at:
			d = dot{Class: "g-dot", R: 4}
		}
		d.X = 7 + 62*int(state)/int(debrief.Shared)
		all = append(all, d)
	}
	return all
}

// isolated keeps what somebody wrote from turning round what stands after it, where
// there is no element to do so.
func isolated(s string) string { return "\u2068" + s + "\u2069" }

// needOf says in words what waits.
func needOf(n casebook.Need) needView {
	path := "/incidents/" + string(n.Incident.ID)
	v := needView{Title: n.Incident.Title, Key: n.Key()}
	switch n.Kind {
	case casebook.ReadPreread:
		v.What, v.Do, v.Path = "Read a pre-read", "Read it", path+"/sendings/"+string(n.Sending.ID)
		v.Why, v.Minutes = "It was sent to you.", report.Minutes(n.N)
		if n.From != "" {
			v.Why = isolated(n.From) + " sent it to you."
		}
	case casebook.AnswerOpen:
		v.What, v.Do, v.Path = "Answer "+many(n.N, "question", "questions"), "Answer", path+"/preread#questions"
		v.Why, v.Minutes = "You opened the incident. “Not known” is a good answer, and others can answer, too.", n.N
	case casebook.DecideProposed:
		v.What, v.Do, v.Path = "Decide about "+many(n.N, "suggestion", "suggestions"), "Look at them", path+"/timeline"
		v.Why, v.Minutes = "You opened the incident. None is part of the timeline until somebody accepts it.", n.N/6+1
	case casebook.LookAtUnread:
		v.What, v.Do, v.Path = "Look at "+many(n.N, "place", "places")+" that could not be read", "Look", path+"/evidence"
		v.Why, v.Minutes = "You opened the incident. What could not be read is missing from the proposal, and the page says what helps.", 2
	}
	return v
}

func (s *Site) home(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	h, err := s.cb.Home(r.Context(), a)
	if err != nil {
		return err
	}
	p := homePage{Aside: h.Aside, Now: s.cfg.Now(), Zone: time.UTC, May: a.May(debrief.OpenAnIncident, nil) == nil}
	if a.May(debrief.SeeOrganisation, nil) == nil {
		org, err := s.cb.Organisation(r.Context(), a)
		if err != nil {
			return err
		}
		p.Zone = zoneOf(&debrief.Incident{Zone: org.Zone})
	}
	for _, n := range h.Needs {
		v := needOf(n)
		p.Needs, p.Minutes = append(p.Needs, v), p.Minutes+v.Minutes
	}
	longest, measured := time.Duration(1), 0
	for _, i := range h.Part {
		if i.Measured {
			measured++
		}
		longest = max(longest, i.Impact)
	}
	for _, i := range h.Part {
		v := partView{PartOf: i}
		if measured > 1 { // a bar alone compares nothing
			v.Bar = max(2, int(100*i.Impact/longest))
		}
		p.Part = append(p.Part, v)
	}
	title := "Nothing needs you"
	if n := len(p.Needs); n > 0 {
		title = opening(spelt(n)) + " " + map[bool]string{true: "thing needs", false: "things need"}[n == 1] + " you"
	}
	s.show(w, r, a, page{name: "home", Title: title, Here: "home", Body: p})
	return nil
}

// setAside takes a need off home, or brings back what was taken off.
func (s *Site) setAside(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	key := formOf(r).Get("need")
	var err error
	if key == "" {
		err = s.cb.TakeUp(r.Context(), a)
	} else {
		err = s.cb.SetAside(r.Context(), a, key)
	}
	return s.then(w, r, err, "/", nil)
}

// How says how far an incident is, in a word or two that count.
func (p partView) How() string {
	switch {
	case p.Waiting > 0:
		return "evidence is being read"
	case p.State == debrief.Gathering && p.Pieces == 0:
		return "no evidence yet"
	case p.Suggested > 0:
		return many(p.Suggested, "suggestion waits", "suggestions wait")
	case p.Sendings == 0 && p.Sections > 0:
		return fmt.Sprintf("%d of %d sections written", p.Written, p.Sections)
	}
	return ""
}

package casebook

import (
	"cmp"
	"slices"
	"strings"

	"debrief.dev/debrief"
)

// A Lane is the team or outside group whose moment an entry was. It is never a person.
type Lane struct {
	Name     string
	Proposed bool // nobody said so: the words of the entry suggest it
}

// laneRules propose a lane by the words that an entry begins with, from customers
// inward. The first team whose name or function has one of the words of "team" is
// meant; without such a team the lane has the name "else".
var laneRules = []struct {
	begins, team []string
	other        string
}{
	{[]string{"a customer", "customers", "a client", "clients"}, nil, "Customers"},
	{[]string{"a support agent", "support", "a member of the account team", "client services"}, []string{"client", "support", "customer"}, "Support"},
	{[]string{"the status page", "a member of the communications team"}, []string{"communication"}, "Status page"},
	{[]string{"an on-call engineer", "the on-call engineer", "an engineer", "engineers"}, []string{"platform", "engineer", "operations", "machines"}, "Engineering"},
	{[]string{"a page goes out", "alert ", "the alert", "the log of"}, nil, "Monitoring"},
}

// laneOf gives the lane of an entry: where people put it, or what its words suggest.
// Where neither says anything it is empty.
func laneOf(e *debrief.TimelineEntry, teams []debrief.Team) Lane {
	if e.Lane != "" {
		return Lane{Name: e.Lane}
	}
	text := strings.ToLower(e.Text)
	for _, r := range laneRules {
		if !slices.ContainsFunc(r.begins, func(s string) bool { return strings.HasPrefix(text, s) }) {
			continue
		}
		for _, t := range teams {
			is := strings.ToLower(t.Name + " " + t.Function)
			if slices.ContainsFunc(r.team, func(w string) bool { return strings.Contains(is, w) }) {
				return Lane{t.Name, true}
			}
		}
		return Lane{r.other, true}
	}
	return Lane{}
}

// laneOrder names the lanes of a picture of what was accepted, from customers inward:
// those that the entries have, and those of teams that take part because they see the
// incident or gave an account, so that what nobody told yet of them is seen.
func laneOrder(t *Timeline, teams []debrief.Team, part []debrief.TeamID) []string {
	var names []string
	for i := range t.Entries {
		if e := &t.Entries[i]; e.Standing == debrief.Accepted {
			if l := t.Lanes[e.ID].Name; l != "" {
				names = append(names, l)
			}
			for _, acc := range e.TeamAccounts {
				part = append(part, acc.Team)
			}
		}
	}
	of := map[string]debrief.Team{}
	for _, team := range teams {
		of[team.Name] = team
		if slices.Contains(part, team.ID) {
			names = append(names, team.Name)
		}
	}
	names = unique(names)
	slices.SortStableFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(laneDepth(a, of), laneDepth(b, of)), cmp.Compare(a, b))
	})
	return names
}

// laneDepth is how far from the customers a lane is: first those who speak with them,
// in the order of the rules; groups outside that no rule knows come right after the
// customers; teams that no rule knows, before those who run the machines.
func laneDepth(name string, of map[string]debrief.Team) float64 {
	team, is := of[name]
	words := strings.ToLower(team.Name + " " + team.Function)
	for i, r := range laneRules {
		if r.other == name || is && slices.ContainsFunc(r.team, func(w string) bool { return strings.Contains(words, w) }) {
			return float64(i)
		}
	}
	if is {
		return 2.5
	}
	return 0.5
}

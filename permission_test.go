package debrief_test

import (
	"strings"
	"testing"

	"debrief.dev/debrief"
)

// seats are everybody's relation to an incident: role, visibility, and whether
// they opened it, are named in it, or share a team with it.
var seats = []struct {
	name string
	role debrief.Role
	in   debrief.Incident
	team bool
}{
	{"guest-named", debrief.Guest, debrief.Incident{People: me}, false},
	{"guest-shown", debrief.Guest, debrief.Incident{People: me, GuestsSee: true}, false},
	{"guest-other", debrief.Guest, debrief.Incident{GuestsSee: true}, false},
	{"member-org", debrief.Member, debrief.Incident{}, false},
	{"member-team", debrief.Member, debrief.Incident{Visibility: debrief.ToTeams, Teams: teams}, true},
	{"member-else", debrief.Member, debrief.Incident{Visibility: debrief.ToTeams, Teams: teams}, false},
	{"member-shut", debrief.Member, debrief.Incident{Visibility: debrief.Restricted, Teams: teams}, true},
	{"member-named", debrief.Member, debrief.Incident{Visibility: debrief.Restricted, People: me}, false},
	{"member-opened", debrief.Member, debrief.Incident{Visibility: debrief.Restricted, OpenedBy: "usr_me"}, false},
	{"admin-org", debrief.Administrator, debrief.Incident{}, false},
	{"admin-team", debrief.Administrator, debrief.Incident{Visibility: debrief.ToTeams, Teams: teams}, true},
	{"admin-else", debrief.Administrator, debrief.Incident{Visibility: debrief.ToTeams, Teams: teams}, false},
	{"admin-shut", debrief.Administrator, debrief.Incident{Visibility: debrief.Restricted}, false},
	{"admin-named", debrief.Administrator, debrief.Incident{Visibility: debrief.Restricted, People: me}, false},
}

var (
	me    = []debrief.UserID{"usr_me"}
	teams = []debrief.TeamID{"tea_delivery"}
)

// permissions has a row for every action and a column for every seat: y may,
// d is denied, n is told that there is nothing.
const permissions = `
                               guest            member                               administrator
                               named shown else org team else shut named opened      org team else shut named
see people and teams           d     d     d    y   y    y    y    y     y           y   y    y    y    y
manage people                  d     d     d    d   d    d    d    d     d           y   y    y    y    y
manage teams                   d     d     d    d   d    d    d    d     d           y   y    y    y    y
change the organisation        d     d     d    d   d    d    d    d     d           y   y    y    y    y
open an incident               d     d     d    y   y    y    y    y     y           y   y    y    y    y
see the incident               y     y     n    y   y    n    n    y     y           y   y    n    n    y
see evidence                   d     d     n    y   y    n    n    y     y           y   y    n    n    y
add evidence                   d     d     n    y   y    n    n    y     y           y   y    n    n    y
see the timeline               d     y     n    y   y    n    n    y     y           y   y    n    n    y
edit the timeline              d     d     n    y   y    n    n    y     y           y   y    n    n    y
see the pre-read               d     d     n    y   y    n    n    y     y           y   y    n    n    y
write the pre-read             d     d     n    y   y    n    n    y     y           y   y    n    n    y
send the pre-read              d     d     n    y   y    n    n    y     y           y   y    n    n    y
read what was sent             y     y     n    y   y    n    n    y     y           y   y    n    n    y
see the activity               d     d     n    y   y    n    n    y     y           y   y    n    n    y
change the incident            d     d     n    y   y    n    n    y     y           y   y    n    n    y
change who sees the incident   d     d     n    d   d    n    n    y     y           y   y    n    n    y
`

func TestWhoMayDoWhat(t *testing.T) {
	rows := map[string][]string{}
	for line := range strings.Lines(permissions) {
		if len(line) > 31 && !strings.HasPrefix(line, " ") {
			rows[strings.TrimSpace(line[:31])] = strings.Fields(line[31:])
		}
	}
	for _, do := range debrief.Actions() {
		row := rows[do.String()]
		delete(rows, do.String())
		if len(row) != len(seats) {
			t.Errorf("the action %q has %d columns in the table, want %d: say who may do it", do, len(row), len(seats))
			continue
		}
		for i, s := range seats {
			a := debrief.Actor{ID: "usr_me", Role: s.role}
			if s.team {
				a.Teams = teams
			}
			in := s.in
			got := "y"
			if err := a.May(do, &in); err != nil {
				got = map[debrief.ErrorKind]string{debrief.Denied: "d", debrief.NotFound: "n"}[debrief.KindOf(err)]
			}
			if got != row[i] {
				t.Errorf("%s, %s: got %q, want %q", s.name, do, got, row[i])
			}
			if err := (debrief.Actor{}).May(do, &in); debrief.KindOf(err) != debrief.Denied {
				t.Errorf("nobody, %s: got %v", do, err)
			}
		}
	}
	for what := range rows {
		t.Errorf("the table has a row for %q, which is no action", what)
	}
}

func TestEveryActivityIsASentenceOfOneKind(t *testing.T) {
	for _, k := range debrief.ActivityKinds() {
		noun, fact, ok := strings.Cut(string(k), ".")
		if !ok || noun == "" || fact == "" {
			t.Errorf("%q is not a noun and what happened to it", k)
		}
		s := debrief.Activity{Kind: k, Name: "Ana", Data: map[string]string{
			"role": "a member", "team": "Delivery", "what": "the title", "count": "2 entries", "number": "3", "section": "Summary",
		}}.Sentence()
		if s == "" || !strings.HasSuffix(s, ".") || strings.ContainsAny(s, "{}") {
			t.Errorf("%q reads %q", k, s)
		}
	}
}

package lint

import "testing"

// The kind of subject decides everything, so it has a table of its own. Each
// sentence has one predicate, the word "broke", "missed" or "forgot".
func TestTheSubjectFinderKnowsPeopleFromMachines(t *testing.T) {
	rules := Default()
	for _, x := range []struct {
		want kind
		body string
	}{
		{kindThing, "The deploy broke checkout."},
		{kindName, "Anna broke checkout."},
		{kindName, "@anna broke checkout."},
		{kindRole, "The on-call engineer broke checkout."},
		{kindRole, "The engineer on the night shift in Berlin broke checkout."},
		{kindThing, "The engineer's script broke checkout."},
		{kindThing, "The migration of the platform team broke checkout."},
		{kindTeam, "The platform team broke checkout."},
		{kindThing, "The platform broke checkout."},
		{kindDept, "QA missed it."},
		{kindThing, "The QA environment missed it."},
		{kindThing, "The Kubernetes operator broke checkout."},
		{kindRole, "The night operator broke checkout."},
		{kindMaybe, "The operator broke checkout."},
		{kindThing, "The replica that was restarted missed two heartbeats."},
		{kindRole, "The engineer who was on call missed it."},
		{kindRole, "The engineer, who was on call, missed it."},
		{kindRole, "The engineer (on call since noon) missed it."},
		{kindRole, "The engineer opened the console and broke checkout."},
		{kindThing, "The job started at noon and broke checkout."},
		{kindNobody, "None of the reviewers forgot."},
		{kindNobody, "No one forgot."},
		{kindRole, "One of the engineers forgot."},
		{kindThing, "The replicas restarted and they missed heartbeats."},
		{kindPerson, "The reviewers were tired and they missed it."},
		{kindThing, "Jenkins broke checkout."},
		{kindThing, "`flagd` broke checkout."},
		{kindName, "Mbali Dlamini broke checkout."},
		{kindName, "Żaneta broke checkout."},
		{kindParty, "The vendor broke checkout."},
		{kindWe, "We broke checkout."},
		{kindNone, "Broke checkout."},
		{kindThing, "It broke checkout."},
		{kindRole, "On Tuesday after lunch the developer accidentally broke checkout."},
	} {
		c := &checker{rules: rules}
		c.reset(Text{Body: x.body, Format: Markdown})
		var got []kind
		c.probe = func(i int) {
			switch w := c.text.Body[c.tokens[i].start:c.tokens[i].end]; w {
			case "broke", "Broke", "missed", "forgot":
				got = append(got, c.subjectOf(i).kind)
			}
		}
		c.run()
		if len(got) != 1 || got[0] != x.want {
			t.Errorf("the subject is %v, expected %v: %s", got, x.want, x.body)
		}
	}
}

func (k kind) String() string { return kindNames[k] }

// A name that only the caller knows is a name.
func TestTheCallerCanNamePeople(t *testing.T) {
	rules := Default()
	const body = "The harbour froze because storm broke the gate."
	if found := rules.Check(Text{Body: body}); len(found) != 0 {
		t.Fatalf("found %v before the name was known", found)
	}
	found := rules.Check(Text{Body: "Then Storm broke the gate.", Names: []string{"Storm Field"}})
	if len(found) == 0 {
		t.Fatal("the named person is not found")
	}
}

// A project teaches what its own words speak of.
func TestACallerTeachesNamesOfPeopleAndThings(t *testing.T) {
	for _, x := range []struct {
		text Text
		want int
	}{
		{Text{Body: "Zorblax broke checkout."}, 0},
		{Text{Body: "Zorblax wiped the volume.", Names: []string{"Zorblax Quill"}}, 2},
		{Text{Body: "Anna broke checkout."}, 2},
		{Text{Body: "Anna broke checkout.", Things: []string{"anna"}}, 0},
		{Text{Body: "Anna Gateway broke checkout, and Ben wiped the volume.", Things: []string{"Anna Gateway"}}, 2},
		{Text{Body: "The Anna Gateway engineer broke checkout.", Things: []string{"Anna Gateway"}}, 1},
	} {
		if got := Default().Check(x.text); len(got) != x.want {
			t.Errorf("found %v in %q, expected %d", got, x.text.Body, x.want)
		}
	}
}

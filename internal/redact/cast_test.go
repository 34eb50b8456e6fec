package redact

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"debrief.dev/debrief"
)

func named(name, handle, title string) debrief.Person {
	p := debrief.Person{Names: []string{name}, Title: title}
	if handle != "" {
		p.Handles = []string{handle}
		p.Emails = []string{handle + "@northwind.example"}
		p.IDs = []string{"U" + strings.ToUpper(handle)}
	}
	return p
}

// crew is the cast of most tests: fifteen people, an outsider of each sort.
func crew() ([]debrief.Person, []debrief.Evidence) {
	people := []debrief.Person{
		named("Ceridwen Hughes", "ceri", "Operations coordinator"),
		named("Łukasz Wróbel", "lukasz.w", "Backend engineer"),
		named("Will Park", "wpark", "Frontend developer"),
		named("Grace May", "gracem", "Customer support specialist"),
		named("João da Silva-Pestana", "joao", "Database administrator"),
		named("Tan Wei Jie", "weijie", "Site reliability engineer"),
		named("Jo Müller", "jo", "CEO"),
		named("Mark O'Brien", "mob", "Account director"),
		named("Alexandra van Dyke", "avd", "Lead designer"),
		named("Miles Hopkins", "miles", "QA engineer"),
		named("Bill Root", "broot", "Engineer"),
		{Names: []string{"田中 太郎"}, Handles: []string{"tanaka"}, Title: "Engineer"},
		{Names: []string{"Pilar Quesada"}, Emails: []string{"pilar.quesada@sunnyhotels.example"}},
		{Names: []string{"Ravn Dahl"}, Handles: []string{"ravn"}, Title: "Solutions engineer at Cloudnest"},
		{Names: []string{"PageBot"}, Handles: []string{"pagebot"}, Bot: true},
	}
	ev := []debrief.Evidence{
		{Sort: debrief.Page, State: debrief.Acknowledged, Author: debrief.Author{Name: "Tan Wei Jie"}},
		{Sort: debrief.Message, Where: "#incident-7", Author: debrief.Author{Handle: "ceri"}, Text: "I'm IC. Paging the database people."},
		{Sort: debrief.Mail, Author: debrief.Author{Email: "pilar.quesada@sunnyhotels.example"}, Text: "Our customers see errors at Sunny Hotels. Call me."},
		{Sort: debrief.Commit, Author: debrief.Author{Name: "Nneka Obi", Email: "nneka.obi@northwind.example"}},
		{Sort: debrief.Message, Where: "#support-escalations", Author: debrief.Author{Handle: "devonte"}, Text: "customer Blueharbour is down, says Pilar"},
		{Sort: debrief.Log, Source: "syslog", Where: "fra31", Text: "link down"},
		{Sort: debrief.Message, Where: "#ext-cloudnest", Author: debrief.Author{Handle: "ravn"}, Text: "we see it on our side"},
		{Sort: debrief.Ticket, Attributes: map[string]string{"assignee": "Dorotea Lind", "customer": "Greypool AB"}, Text: "x"},
	}
	return people, ev
}

func TestEveryoneHasARole(t *testing.T) {
	people, ev := crew()
	c := NewCast(people, ev)
	for _, test := range []struct {
		who  debrief.Author
		want string
	}{
		{debrief.Author{ID: "UWEIJIE"}, "the on-call engineer"},
		{debrief.Author{Handle: "ceri"}, "the incident manager"},
		{debrief.Author{Email: "Pilar.Quesada@sunnyhotels.example"}, "a customer"},
		{debrief.Author{Name: "Nneka Obi"}, "an engineer"},
		{debrief.Author{Handle: "devonte"}, "a support agent"},
		{debrief.Author{Handle: "gracem"}, "a support agent"},
		{debrief.Author{Handle: "jo"}, "a member of leadership"},
		{debrief.Author{Handle: "joao"}, "an engineer"},
		{debrief.Author{Handle: "mob"}, "a member of the account team"},
		{debrief.Author{Handle: "avd"}, "a designer"},
		{debrief.Author{Handle: "miles"}, "a tester"},
		{debrief.Author{Handle: "ravn"}, "a vendor engineer"},
		{debrief.Author{Name: "Dorotea Lind"}, "a team member"},
		{debrief.Author{Name: "PageBot", Bot: true}, Tool},
		{debrief.Author{Name: "Unheard Of"}, TeamMember},
		{debrief.Author{Email: "x@elsewhere.example"}, Customer},
		{debrief.Author{}, ""},
	} {
		if got := c.Role(test.who); got != test.want {
			t.Errorf("%+v is %q, want %q", test.who, got, test.want)
		}
	}
}

func TestARoleThatThreePeopleHoldIsNotWidened(t *testing.T) {
	c := NewCast([]debrief.Person{named("Ada Lin", "ada", "CEO"), named("Bo Ek", "bo", "CTO"), named("Cy Fall", "cy", "COO")}, nil)
	if got := c.Role(debrief.Author{Handle: "ada"}); got != "an executive" {
		t.Errorf("got %q", got)
	}
}

func TestNamesBecomeRoles(t *testing.T) {
	people, ev := crew()
	c := NewCast(people, ev)
	for _, test := range []struct{ text, want string }{
		{"Ceridwen Hughes paged Łukasz Wróbel.", "The incident manager paged an engineer."},
		{"ceri's call at 14:02", "the incident manager's call at 14:02"},
		{"@ceri please look, cc @lukasz.w", "the incident manager please look, cc an engineer"},
		{"lukasz wrobel rolled it back", "an engineer rolled it back"},
		{"WROBEL: on it", "An engineer: on it"},
		{"Asked Hughes, then Wei Jie.", "Asked the incident manager, then the on-call engineer."},
		{"Tan, Wei Jie joined", "The on-call engineer joined"},
		{"mail joao@northwind.example or nobody@northwind.example", "mail an engineer or [address removed]"},
		{"Łukasz Wróbel (lukasz.w) approved", "An engineer approved"},
		{"Łukasz Wróbel <lukasz.w@northwind.example> approved", "An engineer approved"},
		{"approved by Łukasz and João", "approved by an engineer and another engineer"},
		{"reviewed by lwrobel and jpestana", "reviewed by an engineer and another engineer"},
		{"Mueller said no; Müller's phone rang", "A member of leadership said no; a member of leadership's phone rang"},
		{"jo: numbers please", "a member of leadership: numbers please"},
		{"Miles' laptop", "A tester's laptop"},
		{"thanks Alex", "thanks a designer"},
		{"Sandra wrote", "Somebody wrote"},
		{"reported by Henrik Solberg at noon", "reported by somebody at noon"},
		{"田中さん checked", "an engineerさん checked"},
		{"see https://chat.example/team/lukasz.w now", "see [link] now"},
		{"see https://status.example/incidents/7 now", "see https://status.example/incidents/7 now"},
		{"rollback done - JM", "rollback done - a member of leadership"},
		{"Phone +44 20 7946 0958 rang", "Phone [phone number removed] rang"},
		{"Sent by Nneka Obi, assigned to Dorotea Lind", "Sent by an engineer, assigned to a team member"},
		{"@here @channel @sre-oncall look", "@here @channel @sre-oncall look"},
		{"ping @stranger about it", "ping a team member about it"},
		{"Have a good weekend\nGrace\n", "Have a good weekend\nA support agent\n"},
		// ordinary words
		{"Will do, it will be back in May.", "Will do, it will be back in May."},
		{"We may park this until May 14.", "We may park this until May 14."},
		{"The grace period ended. Grace periods differ. Mark it done.", "The grace period ended. Grace periods differ. Mark it done."},
		{"the root cause sits in the root volume", "the root cause sits in the root volume"},
		{"Bill was asked; the bill was paid", "An engineer was asked; the bill was paid"},
		{"then Will merged it and Grace told the customer", "then an engineer merged it and a support agent told the customer"},
		{"thanks will!", "thanks an engineer!"},
		{"Will Park merged it in Hyde Park", "An engineer merged it in Hyde Park"},
		{"10 miles away, AM or PM, MOB rules", "10 miles away, AM or PM, MOB rules"},
		{"MAY and WILL are words of RFC 2119", "MAY and WILL are words of RFC 2119"},
		{"git@github.example:org/repo.git", "git@github.example:org/repo.git"},
		{"uses actions/checkout@v4 and @types/node", "uses actions/checkout@v4 and @types/node"},
		{"14:02 at 2024-05-06T14:02:11Z, sha 9fceb02d0ae5, 1562076358.247906", "14:02 at 2024-05-06T14:02:11Z, sha 9fceb02d0ae5, 1562076358.247906"},
		{"", ""},
	} {
		if got := c.Text(test.text); got != test.want {
			t.Errorf("%q\n got %q\nwant %q", test.text, got, test.want)
		}
	}
}

func TestOrganisationsAndHostsGoOnRequest(t *testing.T) {
	people, ev := crew()
	c := NewCast(people, ev)
	for _, test := range []struct{ text, want string }{
		{"Sunny Hotels and Blueharbour wrote; Cloudnest answered.", "A customer and a customer wrote; a vendor answered."},
		{"sunnyhotels.example is down", "a customer is down"},
		{"sunny mornings", "sunny mornings"},
		{"Greypool AB is back", "A customer is back"},
		{"fra31 and db-replica-3 at 10.1.2.3 failed over", "an internal host and an internal host at an internal host failed over"},
		{"see https://wiki.northwind.example/x or https://northwind.example", "see [internal link] or https://northwind.example"},
		{"orders-db.prod.svc.cluster.local:5432 refused", "an internal host refused"},
		{"version 1.2.3 took 14:02:11, p99 at utf-8", "version 1.2.3 took 14:02:11, p99 at utf-8"},
		{"Wróbel said the pw: hunter2!", "An engineer said the pw: [secret removed]"},
	} {
		if got := c.External(test.text); got != test.want {
			t.Errorf("%q\n got %q\nwant %q", test.text, got, test.want)
		}
	}
}

func TestMonthsAndRotasAreNobody(t *testing.T) {
	people, ev := crew()
	ev = append(ev, debrief.Evidence{
		Sort: debrief.Mail, Text: "We keep 1 September, Blueharbour has announced it. Monday and Blueharbour fit.",
		Attributes: map[string]string{"customer": "Blueharbour"},
	})
	people = append(people, debrief.Person{Names: []string{"Integration on call"}, IDs: []string{"r1"}})
	c := NewCast(people, ev)
	for _, test := range []struct{ text, want string }{
		{"We keep 1 September, Blueharbour has announced it.", "We keep 1 September, a customer has announced it."},
		{"Monday and Blueharbour fit.", "Monday and a customer fit."},
		{"Escalated to integration on call.", "Escalated to integration on call."},
	} {
		if got := c.External(test.text); got != test.want {
			t.Errorf("%q\n got %q\nwant %q", test.text, got, test.want)
		}
	}
}

func TestEveryClassProvesItself(t *testing.T) {
	for _, cl := range known().classes {
		if cl.Sole != (cl.Wide != "") || cl.Role == "" || len(cl.Good) == 0 || len(cl.Bad) == 0 {
			t.Errorf("%s: a class has a role and examples, and a wide role if it identifies", cl.Class)
		}
		for _, title := range cl.Good {
			m := member{person: debrief.Person{Title: title}}
			if got := m.class(known()); got == nil || got.Class != cl.Class {
				t.Errorf("%q is not %s but %v", title, cl.Class, got)
			}
		}
		for _, title := range cl.Bad {
			if cl.has(title) {
				t.Errorf("%q is taken for %s", title, cl.Class)
			}
		}
	}
}

// TestNoNameSurvives: whatever stands around it, no full name, surname that is
// no ordinary word, handle, login or address of the cast is left in a text.
func TestNoNameSurvives(t *testing.T) {
	first := []string{"Anneliese", "Tomasz", "João", "Søren", "Ngozi", "Xiulan", "Grace", "Will", "Jo", "Zoë"}
	last := []string{"Okonjo", "Wróbel", "Müller", "Park", "van Aalst", "O'Leary", "Silva-Reis", "Ng", "Lindqvist"}
	fillers := []string{"then", "said", "at 14:02", "(", ")", ".", "\n", ",", "deployed", "the pod", "'s", " - ", "and", "@", "https://x.example/"}
	rapid.Check(t, func(t *rapid.T) {
		var people []debrief.Person
		n := rapid.IntRange(1, 4).Draw(t, "n")
		for range n {
			f, l := rapid.SampledFrom(first).Draw(t, "first"), rapid.SampledFrom(last).Draw(t, "last")
			h := fold(strings.ReplaceAll(f+"."+strings.ReplaceAll(l, " ", ""), "'", ""))
			people = append(people, debrief.Person{Names: []string{f + " " + l}, Handles: []string{h}, Emails: []string{h + "@acme.example"}})
		}
		c := NewCast(people, nil)
		var words, secret []string
		for range rapid.IntRange(1, 8).Draw(t, "len") {
			p := rapid.SampledFrom(people).Draw(t, "who")
			pick := rapid.SampledFrom([]string{p.Names[0], strings.ToUpper(p.Names[0]), strings.ToLower(p.Names[0]), fold(p.Names[0]), p.Handles[0], p.Emails[0], "@" + p.Handles[0]}).Draw(t, "form")
			words = append(words, pick, rapid.SampledFrom(fillers).Draw(t, "filler"))
		}
		for _, p := range people {
			secret = append(secret, p.Handles[0], p.Emails[0])
			ws := strings.Fields(p.Names[0])
			for _, w := range ws {
				if k := known(); !k.ordinary[fold(w)] && !particles[fold(w)] && len(w) > 2 {
					secret = append(secret, w)
				}
			}
		}
		got := c.Text(strings.Join(words, " "))
		folded := strings.FieldsFunc(fold(got), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '.' && r != '@' })
		for _, s := range secret {
			if slices.Contains(folded, fold(s)) {
				t.Fatalf("%q is left in %q of %q", s, got, strings.Join(words, " "))
			}
		}
	})
}

func FuzzText(f *testing.F) {
	people, ev := crew()
	c := NewCast(people, ev)
	for _, s := range []string{"Ceri's", "@João’s", "Tan, Wei", "MÜLLER' s", "<jo@northwind.example>", "Will\xff Park", "fra31.x", "https://ceri"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := c.External(s)
		if c.External(s) != once {
			t.Fatal("not deterministic")
		}
		if slices.Contains(strings.Fields(once), "ceridwen") {
			t.Fatalf("a name is left in %q", once)
		}
	})
}

func TestANameWithANumberBesideItIsRead(t *testing.T) {
	c := NewCast([]debrief.Person{{IDs: []string{"U1"}, Names: []string{"Operator 7"}}, {Names: []string{"7 8", "Zed_ 9"}, Handles: []string{"a b"}}}, nil)
	if got := c.Text("hello"); got != "hello" {
		t.Errorf("got %q", got)
	}
}

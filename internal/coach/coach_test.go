package coach

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"debrief.dev/debrief"
)

var noon = time.Date(2024, 3, 5, 12, 0, 0, 0, time.UTC)

func said(min int, who, text string) debrief.Evidence {
	return debrief.Evidence{
		Source: "slack", File: "chat/ops.json", ID: fmt.Sprint(min, who), Sort: debrief.Message, Where: "#ops",
		At: debrief.Moment{At: noon.Add(time.Duration(min) * time.Minute)}, Author: debrief.Author{Handle: who}, Text: text,
	}
}

func ticket(days int, id, title, text string, attributes map[string]string) debrief.Evidence {
	return debrief.Evidence{
		Source: "jira", File: "tickets/" + id + ".json", ID: id, Sort: debrief.Ticket, Title: title, Text: text, Attributes: attributes,
		At: debrief.Moment{At: noon.Add(time.Duration(days*24) * time.Hour)}, State: debrief.Changed,
	}
}

// stopped is a case in which a warehouse gets no labels for seventy minutes.
func stopped(more ...debrief.Evidence) *Case {
	c := &Case{From: noon, To: noon.Add(90 * time.Minute), Clean: func(s string) string { return s }}
	c.Evidence = append(c.Evidence, said(0, "a", "labels do not print at any station"), said(70, "b", "labels print again"))
	c.Evidence = append(c.Evidence, more...)
	c.Entries = []debrief.Entry{
		{ID: "e01", At: debrief.Moment{At: noon}, Kind: debrief.KindImpact, Text: "Labels do not print.", Evidence: []debrief.Citation{c.Evidence[0].Cite()}, Weight: 1},
		{ID: "e02", At: debrief.Moment{At: noon.Add(70 * time.Minute)}, Kind: debrief.KindResponse, Text: "Labels print again.", Evidence: []debrief.Citation{c.Evidence[1].Cite()}, Weight: 1},
	}
	c.Marks = []debrief.Mark{
		{Name: debrief.ImpactStart, At: c.Entries[0].At, Entry: "e01", Evidence: c.Entries[0].Evidence},
		{Name: debrief.Mitigated, At: c.Entries[1].At, Entry: "e02", Evidence: c.Entries[1].Evidence},
	}
	for i := range c.Entries { // everything said is near enough to be searched
		c.Entries[i].Weight = 1
	}
	return c
}

func asked(c *Case) map[string]debrief.Question {
	out := map[string]debrief.Question{}
	for _, q := range Questions(c, nil) {
		if _, ok := out[q.Code]; !ok {
			out[q.Code] = q
		}
	}
	return out
}

func factorsOf(c *Case) map[string]debrief.Factor {
	out := map[string]debrief.Factor{}
	for _, f := range Factors(c) {
		out[f.Code] = f
	}
	return out
}

func TestOneKeywordMakesAQuestionAndNoFactor(t *testing.T) {
	c := stopped(said(5, "c", "the date is printed on the tickets"))
	if q, ok := asked(c)["C39"]; !ok || !strings.Contains(q.Ask, "a fixed date") {
		t.Errorf("C39 is not asked: %+v", q)
	}
	if f := Factors(c); len(f) != 0 {
		t.Errorf("a factor stands on one keyword: %+v", f)
	}
}

func TestTwoCuesInTwoPiecesOfEvidenceSupportAHypothesis(t *testing.T) {
	c := stopped(
		said(-600, "c", "I have told the retailer it will be in by Friday noon."),
		said(-590, "d", "is that confirmed by the print team?"),
	)
	f, ok := factorsOf(c)["CLI1"]
	if !ok || len(f.Evidence) != 2 || f.Confirmed {
		t.Fatalf("%+v", f)
	}
	one := stopped(said(-600, "c", "I have told the retailer it will be in by Friday noon. Is that confirmed by the print team?"))
	if _, ok := factorsOf(one)["CLI1"]; ok {
		t.Error("one message supports a factor that needs two")
	}
}

func TestAHypothesisNamesAConditionAndItsEvidenceIsReal(t *testing.T) {
	c := stopped(
		said(-9000, "c", "the printer driver has no timeout"),
		said(30, "d", "worker pool is exhausted"),
		said(31, "d", "my credential was disabled for inactivity"),
		said(32, "e", "I can't log in to the print server"),
	)
	real := map[debrief.Citation]bool{}
	for i := range c.Evidence {
		real[c.Evidence[i].Cite()] = true
	}
	fs := Factors(c)
	if len(fs) == 0 {
		t.Fatal("no factor")
	}
	for _, f := range fs {
		for _, x := range f.Evidence {
			if !real[x] {
				t.Errorf("%s cites %s, which is not evidence", f.Code, x)
			}
		}
		for i := range c.Evidence {
			if strings.Contains(f.Text, c.Evidence[i].Text) {
				t.Errorf("%s copies a message: %q", f.Code, f.Text)
			}
		}
	}
	if f := factorsOf(c)["ENG3"]; !strings.Contains(f.Text, "worker pool") {
		t.Errorf("the factor does not say which limit: %q", f.Text)
	}
}

func TestATicketTitleWithAMentionStaysOutOfAFactor(t *testing.T) {
	moved := map[string]string{"duedate_from": "2024-02-01", "duedate_to": "2024-06-01"}
	for title, want := range map[string]bool{"Restore drill": true, "Ask @maria about the drill": false, "Who broke the drill": false} {
		c := stopped(
			ticket(-60, "OPS-1", title, "", moved),
			ticket(-60, "OPS-1c", title, "OK. Moving to 1 June.", nil),
		)
		f, ok := factorsOf(c)["LDR3"]
		if !ok {
			t.Fatal("no factor")
		}
		if got := strings.Contains(f.Text, title); got != want {
			t.Errorf("%q: %q", title, f.Text)
		}
	}
}

func TestAContradictionNamesBothSidesWithTheirEvidence(t *testing.T) {
	c := stopped(
		said(100, "c", "this has never happened before"),
		said(101, "d", "it happened before, in January"),
		said(-600, "e", "it goes live in July, agreed with sales"),
		said(-590, "f", "I never confirmed that"),
	)
	for _, code := range []string{"C28", "C31"} {
		q, ok := asked(c)[code]
		if !ok || len(q.Sides) != 2 {
			t.Fatalf("%s: %+v", code, q)
		}
		for _, s := range q.Sides {
			if s.Text == "" || len(s.Evidence) == 0 {
				t.Errorf("%s has a side without words or evidence", code)
			}
		}
	}
}

func TestASideThatBlamesSomebodyIsNotQuoted(t *testing.T) {
	c := stopped(
		said(-600, "e", "it was agreed with sales, so who approved the change"),
		said(-590, "f", "I never confirmed that"),
	)
	q := asked(c)["C28"]
	if len(q.Sides) != 2 || strings.Contains(q.Sides[0].Text, "who approved") || len(q.Sides[0].Evidence) == 0 {
		t.Errorf("blame is quoted, or its evidence is gone: %+v", q.Sides)
	}
}

func TestMissingMarksAreAskedFor(t *testing.T) {
	c := stopped(debrief.Evidence{Sort: debrief.Alert, File: "a", ID: "1", At: debrief.Moment{At: noon}})
	c.Marks = nil
	got := asked(c)
	for _, code := range []string{"C01", "C02", "C04", "C06", "C07", "C09", "C24"} {
		if _, ok := got[code]; !ok {
			t.Errorf("%s is not asked", code)
		}
	}
}

func TestAQuietStretchIsAskedAboutWithItsTimes(t *testing.T) {
	c := stopped()
	c.Gaps = []debrief.Gap{{Name: debrief.Silence, From: noon.Add(10 * time.Minute), To: noon.Add(50 * time.Minute), Length: 40 * time.Minute, Evidence: c.Entries[0].Evidence}}
	q := asked(c)["C16"]
	if !strings.Contains(q.Ask, "12:10 UTC") || !strings.Contains(q.Why, "40 minutes") {
		t.Errorf("%+v", q)
	}
}

func TestDetectorsThatTheBundlesDoNotReach(t *testing.T) {
	early := stopped()
	early.Marks = append(early.Marks, debrief.Mark{Name: debrief.Detected, At: debrief.Moment{At: noon.Add(80 * time.Minute)}, Evidence: early.Entries[1].Evidence})
	late := stopped()
	late.Marks = append(late.Marks, debrief.Mark{Name: debrief.Detected, At: debrief.Moment{At: noon.Add(40 * time.Minute)}, Evidence: late.Entries[1].Evidence})
	notes := stopped()
	for i := range 6 {
		notes.Evidence = append(notes.Evidence, debrief.Evidence{
			File: "notes.md", ID: fmt.Sprint("L", i), Sort: debrief.Note, Text: "x",
			At: debrief.Moment{At: noon.Add(time.Duration(i*5) * time.Minute), Precision: debrief.ToMinute, Zone: debrief.ZoneAssumed},
		})
	}
	region := stopped(debrief.Evidence{File: "a", ID: "1", Sort: debrief.Alert, At: debrief.Moment{At: noon}, Attributes: map[string]string{"region": "north"}})
	changed := stopped(said(10, "c", "we did not change anything"))
	changed.Changes = []debrief.Citation{changed.Evidence[0].Cite()}
	denied := stopped(said(10, "c", "no customer impact"), said(20, "d", "customers ask why there are no labels"))
	skewed := stopped()
	skewed.Skewed = []Skewed{{File: "host.log", Text: "host.log is 97 s ahead.", Evidence: skewed.Entries[0].Evidence}}
	disputed := stopped()
	disputed.Entries[0].Status = debrief.Disputed
	disputed.Entries[0].Accounts = []debrief.Account{{Text: "12:00", At: debrief.Moment{At: noon}}, {Text: "12:09", At: debrief.Moment{At: noon.Add(9 * time.Minute)}}}
	passive := stopped()
	passive.Entries[1].Text = "It was switched off."
	deployed := stopped()
	deployed.Entries[0].Kind = debrief.KindTrigger
	quiet := stopped()
	quiet.Entries[1].Phase, quiet.Entries[1].Weight = debrief.Responding, 1
	quiet.Entries[1].At = debrief.Moment{At: noon.Add(20 * time.Minute)}
	quiet.Entries = append(quiet.Entries, debrief.Entry{ID: "e03", At: debrief.Moment{At: noon.Add(70 * time.Minute)}, Text: "Back."})
	today := stopped(
		said(5, "c", "I can't log in to the print server"), said(6, "d", "my credential was disabled"),
		said(7, "e", "what do I tell them?"), said(8, "e", "a rollback takes 40 minutes"), said(9, "f", "the runbook is out of date"),
	)
	for code, c := range map[string]*Case{
		"C22": early, "C38": late, "C19": notes, "C03": notes, "C13": region, "C30": changed, "C29": denied, "C17": skewed, "C18": disputed,
		"C25": passive, "C23": deployed, "C21": quiet, "C37": today, "C43": stopped(), "C10": deployed,
	} {
		if _, ok := asked(c)[code]; !ok {
			t.Errorf("%s is not asked", code)
		}
	}
}

func TestWordsRaiseTheirQuestions(t *testing.T) {
	for code, text := range map[string]string{
		"C08": "we expect a written account by Wednesday", "C11": "they ask for a credit of 10 %", "C12": "two hours of orders are lost data",
		"C14": "clause 9.2 of the agreement applies", "C15": "we had people called in from a holiday", "C20": "it was agreed on the phone",
		"C32": "we all thought support had it", "C33": "the root cause was a config change", "C34": "a developer pushed unfinished work",
		"C35": "it was human error", "C41": "they wanted to hide it", "C42": "it should have been caught", "C45": "you pushed the config today?",
		"C47": "I want names and reasons by noon", "C26": "", "C40": "our provider is down", "C46": "we expect a written account by Wednesday",
	} {
		if text == "" {
			continue
		}
		if _, ok := asked(stopped(said(20, "c", text)))[code]; !ok {
			t.Errorf("%s is not asked after %q", code, text)
		}
		if code != "C46" && code != "C08" {
			if _, ok := asked(stopped(said(20, "c", "labels are blue today")))[code]; ok {
				t.Errorf("%s is asked after nothing", code)
			}
		}
	}
}

func TestAnEndGivenOutsideThatDiffersIsNamedWithBothTimes(t *testing.T) {
	c := stopped(debrief.Evidence{
		File: "status.json", ID: "u1", Sort: debrief.StatusUpdate, State: debrief.Resolved, Text: "Labels were affected between 12:00 and 13:30 UTC.",
		At: debrief.Moment{At: noon.Add(95 * time.Minute)},
	})
	q := asked(c)["C26"]
	if !strings.Contains(q.Ask, "13:30 UTC") || !strings.Contains(q.Ask, "13:10 UTC") || len(q.Sides) != 2 {
		t.Errorf("%+v", q)
	}
}

func TestAnsweredQuestionsAreNotAskedAgain(t *testing.T) {
	c := stopped(said(20, "c", "it was human error"))
	as, err := ParseAnswers(strings.NewReader("C35: unknown\nC09-1: 340 orders\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range Questions(c, as) {
		if q.Code == "C35" || q.ID == "C09-1" {
			t.Errorf("%s is asked again", q.ID)
		}
	}
}

func TestARoundIsShortDecisiveAndFreeOfNearDuplicates(t *testing.T) {
	c := stopped(
		said(20, "c", "a developer pushed unfinished work"), said(21, "c", "a developer merged it"), said(22, "c", "who approved this?"),
		said(23, "d", "you pushed the config today?"), said(24, "d", "we expect a written account"), said(25, "d", "a credit of 10 %"),
		said(26, "e", "it was human error"), said(27, "e", "clause 9.2 applies"), said(28, "e", "it was agreed on the phone"),
	)
	qs := Questions(c, nil)
	r := Round(qs, 7)
	if len(r) != 7 {
		t.Fatalf("%d questions", len(r))
	}
	seen := map[string]bool{}
	for i, q := range r {
		if seen[q.Code] {
			t.Errorf("%s twice", q.Code)
		}
		seen[q.Code] = true
		if i > 0 && q.Weight > r[i-1].Weight {
			t.Errorf("%s is more decisive than the one before", q.ID)
		}
	}
	if got := Round(qs, 0); len(got) != 0 {
		t.Errorf("a round of none has %d", len(got))
	}
}

func TestNoSlotIsLeftOpen(t *testing.T) {
	c := stopped(said(20, "c", "15:02 (or 15:05??) the switch"), said(21, "c", "times PST"), said(22, "c", "the date is printed"))
	c.Gaps = []debrief.Gap{{Name: debrief.Silence, From: noon, To: noon.Add(40 * time.Minute), Length: 40 * time.Minute}}
	for _, q := range Questions(c, nil) {
		if strings.ContainsAny(q.Ask+q.Why+q.Assume, "{}") {
			t.Errorf("%s: %s %s %s", q.ID, q.Ask, q.Why, q.Assume)
		}
	}
}

func TestAnEmptyCaseAsksNothingAboutWhatIsNotThere(t *testing.T) {
	c := &Case{Clean: func(s string) string { return s }}
	if qs := Questions(c, nil); len(qs) != 0 {
		t.Errorf("%+v", qs)
	}
	if fs := Factors(c); len(fs) != 0 {
		t.Errorf("%+v", fs)
	}
}

func TestAnswersAreReadInSeveralShapes(t *testing.T) {
	for name, text := range map[string]string{
		"mapping":    "C09: 340 orders\nc16-1: |\n  we waited\n  for parts\nC24:\n",
		"list":       "- question: C09\n  text: 340 orders\n- {id: C16-1, answer: \"we waited\\nfor parts\"}\n- code: C24\n",
		"json":       `{"C09": "340 orders", "C16-1": "we waited\nfor parts", "C24": null}`,
		"documents":  "C09: 340 orders\n---\nC16-1: \"we waited\\nfor parts\"\n---\nC24: unknown\n",
		"bulleted":   "# answers\nC09: [340 orders]\nC16-1: \"we waited\\nfor parts\"\nC24: '?'\n",
		"with types": "C09: 340 orders\nC16-1: |-\n  we waited\n  for parts\nC24: ~\n",
	} {
		as, err := ParseAnswers(strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(as) != 3 || as[0].Text != "340 orders" || as[1].Question != "C16-1" || as[1].Text != "we waited\nfor parts" || !as[2].Unknown() || as[1].Unknown() {
			t.Errorf("%s: %+v", name, as)
		}
	}
	if as, err := ParseAnswers(strings.NewReader("# by hand\nC09: about 12: five of them here # and there\n\nc16-1:\n")); err != nil || len(as) != 2 || as[0].Text != "about 12: five of them here # and there" || !as[1].Unknown() || as[1].Line != 4 {
		t.Errorf("%+v %v", as, err)
	}
	if as, err := ParseAnswers(strings.NewReader("C09: 12\nC10: 14:05\nC11: true\n")); err != nil || as[0].Text != "12" || as[1].Text != "14:05" || as[2].Text != "true" {
		t.Errorf("%+v %v", as, err)
	}
}

func TestWhatIsNotAnAnswerIsReportedWithItsLine(t *testing.T) {
	for text, want := range map[string]string{
		"C09: x\nfoo: y\n":           "line 2",
		"C09: x\nC10:\n  a: b\n":     "line 3",
		"C09: x\nC09: y\n":           "",
		"just text":                  "line 1",
		"- C09\n":                    "line 1",
		"- question: nine\n":         "line 1",
		"- {question: C09, why: x}":  "line 1",
		"C09: [\n":                   "",
		"C1: x":                      "line 1",
		"C09: x\nC99: y\n":           "line 2",
		strings.Repeat("x", 2<<20):   "1 MiB",
		"C09: {{ .Title }}\n":        "",
		"&a C09: *a\nC10: <<: [1,2]": "",
	} {
		_, err := ParseAnswers(strings.NewReader(text))
		if err == nil {
			t.Errorf("%.30q is accepted", text)
			continue
		}
		if k := debrief.KindOf(err); k != debrief.Invalid && k != debrief.TooLarge || !strings.Contains(err.Error(), want) || debrief.HintOf(err) == "" {
			t.Errorf("%.30q: %v (%s)", text, err, debrief.HintOf(err))
		}
	}
}

func TestAnswersBecomeEvidenceThatCanBeCited(t *testing.T) {
	as, _ := ParseAnswers(strings.NewReader("C24: unknown\nC16-1: waiting\nC09: 340\n"))
	ev := as.Evidence(noon)
	if len(ev) != 2 || ev[0].ID != "C09" || ev[0].Source != "answers" || ev[0].Sort != debrief.Note || len(ev[0].Digest) != 64 {
		t.Errorf("%+v", ev)
	}
	a, ok := as.To("C16")
	if !ok || a.Cite() != ev[1].Cite() {
		t.Errorf("%v %v", a, ok)
	}
	if _, ok := as.To("C24"); ok {
		t.Error("an unknown answer is given as one")
	}
}

func TestLengthsAreSaidAsPeopleSayThem(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Second: "1 second", 89 * time.Second: "89 seconds", 90 * time.Second: "2 minutes", 27 * time.Minute: "27 minutes",
		202 * time.Minute: "3 hours 22 minutes", 2 * time.Hour: "2 hours", 61 * time.Minute: "1 hour 1 minute", 9 * 24 * time.Hour: "9 days",
		-time.Minute * 5: "5 minutes", 59*time.Minute + 40*time.Second: "60 minutes",
	} {
		if got := Length(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func FuzzAnswers(f *testing.F) {
	for _, s := range []string{"C09: x", "- question: C09\n  text: y", `{"C09": null}`, "C09: |\n a\n b", "? C09\n: x", "C09: &a x\nC10: *a", "--- \n...\n", "C09: !!binary aGk="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		as, err := ParseAnswers(strings.NewReader(s))
		if err != nil {
			if debrief.HintOf(err) == "" {
				t.Errorf("no hint: %v", err)
			}
			return
		}
		for _, a := range as {
			if !questionID.MatchString(a.Question) {
				t.Errorf("%q is not a question", a.Question)
			}
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	c := stopped()
	words := strings.Fields("the label service prints at station four and the queue looks fine to me today please check again when you have a moment thanks deploy is through for stage two")
	for i := range 100000 {
		text := ""
		for j := range 14 {
			text += words[(i*7+j*j*3)%len(words)] + " "
		}
		if i%20 == 0 {
			text = book().Cues[i/20%len(book().Cues)].Good[0]
		}
		c.Evidence = append(c.Evidence, said(i%600, "x", text))
	}
	c.Entries = nil
	for b.Loop() {
		c.search()
	}
}

func TestAnAnswerStaysUnderItsQuestionWhenMoreEvidenceComesIn(t *testing.T) {
	quiet := func(from, to int, after string) debrief.Gap {
		a, b := noon.Add(time.Duration(from)*time.Minute), noon.Add(time.Duration(to)*time.Minute)
		return debrief.Gap{Name: debrief.Silence, From: a, To: b, Length: b.Sub(a), Evidence: []debrief.Citation{{File: "chat/ops.json", ID: after}}}
	}
	c := stopped()
	c.Gaps = []debrief.Gap{quiet(0, 30, "0a")}
	first := asked(c)["C16"]
	c.Gaps = []debrief.Gap{quiet(0, 30, "0a"), quiet(30, 70, "30c")} // the longer one is asked first now
	for _, q := range Questions(c, nil) {
		if same := q.Ask == first.Ask; same != (q.ID == first.ID) {
			t.Errorf("%s asks %q; before, %s asked %q", q.ID, q.Ask, first.ID, first.Ask)
		}
	}
	if second := asked(c)["C16"]; second.ID == first.ID {
		t.Errorf("the longer stretch is not asked about first: %+v", second)
	}
	if left := Questions(c, Answers{{Answer: debrief.Answer{Question: first.ID, Text: "We waited for the vendor."}}}); slices.ContainsFunc(left, func(q debrief.Question) bool { return q.Ask == first.Ask }) {
		t.Error("what was answered is asked again")
	}
}

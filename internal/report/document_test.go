package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"golang.org/x/net/html"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/coach"
)

var noon = time.Date(2024, 3, 5, 12, 0, 0, 0, time.UTC)

func at(minutes int) debrief.Moment {
	return debrief.Moment{At: noon.Add(time.Duration(minutes) * time.Minute)}
}

func cite(i int) debrief.Citation { return debrief.Citation{File: "chat/ops.json", ID: fmt.Sprint(i)} }

// sample is a small incident: a queue of label prints in a warehouse stops.
func sample() Input {
	in := Input{From: noon.Add(-30 * time.Minute), To: noon.Add(95 * time.Minute)}
	add := func(min int, kind debrief.Kind, sig debrief.Signal, phase debrief.Phase, weight float64, text string) string {
		n := len(in.Entries) + 1
		id := fmt.Sprintf("e%02d", n)
		in.Entries = append(in.Entries, debrief.Entry{
			ID: id, At: at(min), Kind: kind, Signal: sig, Phase: phase, Text: text, Weight: weight,
			Evidence: []debrief.Citation{cite(n)},
		})
		in.Evidence = append(in.Evidence, debrief.Evidence{
			Source: "slack", File: "chat/ops.json", ID: fmt.Sprint(n), Sort: debrief.Message, At: at(min), Where: "#ops", Text: text,
		})
		return id
	}
	trigger := add(-5, debrief.KindTrigger, 0, debrief.Before, 0.9, "The label service is deployed with a new printer driver")
	start := add(0, debrief.KindImpact, 0, debrief.Undetected, 1, "Packing stations receive no labels")
	seen := add(12, debrief.KindSignal, debrief.Visible, debrief.Undetected, 0.9, "A packer reports empty trays")
	add(20, debrief.KindSignal, debrief.Confusing, debrief.Responding, 0.6, "The queue shows zero jobs, which reads as idle")
	add(58, debrief.KindResponse, 0, debrief.Responding, 0.8, "The on-call engineer proposes to return to the earlier driver")
	end := add(70, debrief.KindResponse, 0, debrief.Responding, 0.9, "The earlier driver is back and labels print")
	add(80, debrief.KindResponse, 0, debrief.After, 0.3, "The remaining orders are printed by hand")
	mark := func(n debrief.MarkName, id string, min int) {
		in.Marks = append(in.Marks, debrief.Mark{Name: n, At: at(min), Entry: id, Why: "It is the first record.", Evidence: []debrief.Citation{cite(1)}})
	}
	mark(debrief.ImpactStart, start, 0)
	mark(debrief.Detected, seen, 12)
	mark(debrief.Mitigated, end, 70)
	in.Gaps = []debrief.Gap{
		{Name: debrief.Undetect, From: noon, To: at(12).At, Length: 12 * time.Minute, Evidence: []debrief.Citation{cite(3)}},
		{Name: debrief.Silence, From: at(20).At, To: at(58).At, Length: 38 * time.Minute, Evidence: []debrief.Citation{cite(4)}},
	}
	in.Changes = []debrief.Citation{cite(1)}
	in.Factors = []debrief.Factor{
		{Code: "DET1", Text: "No alert measured the symptom that users met.", Role: "detection gap", Evidence: []debrief.Citation{cite(3), cite(4)}},
		{Code: "TST2", Text: "The test environment differed from production in a way that mattered.", Role: "enabling condition", Evidence: []debrief.Citation{{File: "notes.md", ID: "L4"}}},
		{Code: "MIT", Text: "A known good version was at hand, so that the reversal was quick.", Role: "mitigator", Evidence: []debrief.Citation{cite(6)}},
	}
	in.Questions = []debrief.Question{
		{Code: "C09", ID: "C09-1", Ask: "How many were affected?", Why: "No figure is there.", Assume: "The number affected is stated as unknown.", Evidence: []debrief.Citation{cite(2)}},
		{
			Code: "C18", ID: "C18-1", Ask: "Which time is right?", Why: "Two are given.", Assume: "The machine's time is used.",
			Sides: []debrief.Account{{Text: "12:58", At: at(58), Evidence: []debrief.Citation{cite(5)}}, {Text: "13:05", Evidence: []debrief.Citation{{File: "notes.md", ID: "L9"}}}},
		},
	}
	in.LeftOut = []Count{{"chatter", 41}}
	_ = trigger
	return in
}

func TestThePrereadHasFiveSectionsInTheirOrder(t *testing.T) {
	out, err := Preread(sample()).Write(Markdown)
	if err != nil {
		t.Fatal(err)
	}
	pos := -1
	for _, h := range []string{
		"## 1. What happened and when", "## 2. Key timeline events", "## 3. Immediate actions",
		"## 4. Contributing factors (hypotheses)", "## 5. The goal: systems over individuals",
		"## Assumptions made", "## What was left out",
	} {
		i := strings.Index(string(out), h)
		if i <= pos {
			t.Errorf("%q is missing or out of place", h)
		}
		pos = i
	}
}

func TestEveryStatementOfFactCitesOrSaysThatItIsNotKnown(t *testing.T) {
	d := Preread(sample())
	ids := map[string]bool{}
	for _, s := range d.Sources {
		ids[s.ID] = true
		if s.Text == "" {
			t.Errorf("source %s says nothing", s.ID)
		}
	}
	check := func(text string, cites []string) {
		t.Helper()
		if len(cites) == 0 && !strings.HasPrefix(text, "Not known") {
			t.Errorf("%q cites nothing", text)
		}
		for _, c := range cites {
			if !ids[c] {
				t.Errorf("%q cites %s, which is not among the sources", text, c)
			}
		}
	}
	for _, list := range [][]Sentence{d.What, d.Unknown, d.Stretches, d.Done, d.Open, d.Limited, d.Differ} {
		for _, s := range list {
			check(s.Text, s.Cites)
		}
	}
	for _, r := range d.Key {
		if !r.Gap {
			check(r.Text, r.Cites)
		}
	}
	for _, f := range d.Factors {
		check(f.Text, f.Cites)
	}
	for _, f := range d.Facts {
		check(f.Value, f.Cites)
	}
}

func TestWhatIsNotKnownIsSaidToBeNotKnown(t *testing.T) {
	in := sample()
	in.Marks, in.Gaps, in.Factors = nil, nil, nil
	out, _ := Preread(in).Write(Markdown)
	for _, want := range []string{
		"Not known: how many customers were affected.", "Not known: when the impact began.", "Not known: when the impact ended",
		"Not known: whether and when customers were told.", "The evidence supports no condition well enough",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("missing: %s\n%s", want, out)
		}
	}
}

func TestAnswersTakeThePlaceOfWhatWasNotKnown(t *testing.T) {
	in := sample()
	var err error
	in.Answers, err = coach.ParseAnswers(strings.NewReader("C09: 340 of 2,100 orders\nC24: unknown\n"))
	if err != nil {
		t.Fatal(err)
	}
	in.Evidence = append(in.Evidence, in.Answers.Evidence(noon)...)
	out, _ := Preread(in).Write(Markdown)
	if strings.Contains(string(out), "how many customers") || !strings.Contains(string(out), "340 of 2,100 orders") {
		t.Errorf("the answer is not in the draft:\n%s", out)
	}
	if !strings.Contains(string(out), "answer to C09") {
		t.Error("the answer is not among the sources")
	}
	if !strings.Contains(string(out), "Not known: when backlog") {
		t.Error("an answer that nobody knows took the place of the unknown")
	}
}

func TestALargeCaseStillFitsTwoPages(t *testing.T) {
	in := sample()
	for i := 0; i < 60; i++ {
		e := in.Entries[4]
		e.ID, e.At = fmt.Sprintf("e%d", 100+i), at(21+i/2)
		e.Text = strings.Repeat("a careful description of one more step ", 6)
		e.Evidence = []debrief.Citation{cite(100 + i)}
		in.Entries = append(in.Entries, e)
	}
	for _, l := range coach.Taxonomy() {
		in.Factors = append(in.Factors, debrief.Factor{Code: l.Code, Text: l.Say, Role: l.Role, Evidence: []debrief.Citation{cite(3)}})
	}
	d := Preread(in)
	if d.size() > wordBudget {
		t.Errorf("the draft takes the room of %d words", d.size())
	}
	if !strings.Contains(strings.Join(d.LeftOut, " "), "further hypotheses") {
		t.Errorf("nothing says that hypotheses were left out: %q", d.LeftOut)
	}
}

func TestNoEvidenceGivesADraftThatSaysSo(t *testing.T) {
	for _, f := range []string{Markdown, HTML, JSON} {
		out, err := Preread(Input{}).Write(f)
		if err != nil || !strings.Contains(string(out), "no event with a known time") {
			t.Errorf("%s: %v\n%s", f, err, out)
		}
	}
	for _, f := range []string{Markdown, CSV, JSON, SVG} {
		if out, err := Timeline(Input{}, f); err != nil || len(out) == 0 {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func TestAnUnknownFormatIsRefusedWithTheKnownOnes(t *testing.T) {
	_, err := Preread(sample()).Write("docx")
	if debrief.KindOf(err) != debrief.Invalid || !strings.Contains(debrief.HintOf(err), "html") {
		t.Errorf("%v, %q", err, debrief.HintOf(err))
	}
}

// hostile is text that tries to be more than text.
var hostile = []string{
	"<script>alert(1)</script>", "[click](javascript:alert(1))", "![x](http://evil.example/p.png)", "# heading", "| a | b |\n| - | - |",
	"```\ncode\n```", "http://evil.example/x", "www.evil.example", "<img src=x onerror=alert(1)>", "&lt;b&gt; &#x3c;script>",
	"=HYPERLINK(\"http://evil.example\")", "+1+1", "-2", "@SUM(A1)", "*bold* _it_ ~~gone~~ `code`", "\x1b[31mred\u202Eevil\x00", "1. list",
	"</style></svg><script>alert(1)</script>", "mailto:a@b.example", "[^1]: note", "---", "<!-- c -->", "{{.Title}} {{template \"x\"}}",
}

func hostileInput(s string) Input {
	in := sample()
	in.Title = s
	for i := range in.Entries {
		in.Entries[i].Text = s
		in.Entries[i].Corrected = s
	}
	in.Entries[2].Status = debrief.Disputed
	in.Entries[2].Accounts = []debrief.Account{{Text: s, At: at(1)}, {Text: s, At: at(2)}}
	for i := range in.Evidence {
		in.Evidence[i].Where = s
	}
	for i := range in.Questions {
		in.Questions[i].Ask, in.Questions[i].Why, in.Questions[i].Assume = s, s, s
	}
	in.Questions[1].Sides[0].Text, in.Questions[1].Sides[1].Text = s, s
	for i := range in.Factors {
		in.Factors[i].Text = s
	}
	in.Assumptions, in.Corrections, in.LeftOut = []string{s}, []string{s}, []Count{{s, 3}}
	return in
}

func TestHostileTextIsInertInMarkdown(t *testing.T) {
	md := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote))
	for _, s := range hostile {
		plain, _ := Preread(hostileInput("plain")).Write(Markdown)
		got, _ := Preread(hostileInput(s)).Write(Markdown)
		tl, _ := Timeline(hostileInput(s), Markdown)
		tlPlain, _ := Timeline(hostileInput("plain"), Markdown)
		for _, pair := range [][2][]byte{{plain, got}, {tlPlain, tl}} {
			var a, b bytes.Buffer
			if err := md.Convert(pair[0], &a); err != nil {
				t.Fatal(err)
			}
			if err := md.Convert(pair[1], &b); err != nil {
				t.Fatal(err)
			}
			if x, y := tags(t, a.String()), tags(t, b.String()); x != y {
				t.Errorf("%q changes the structure:\n%s\n%s", s, x, y)
			}
		}
	}
}

func TestHostileTextIsInertInHTML(t *testing.T) {
	plain, _ := Preread(hostileInput("plain")).Write(HTML)
	for _, s := range hostile {
		got, err := Preread(hostileInput(s)).Write(HTML)
		if err != nil {
			t.Fatal(err)
		}
		if x, y := tags(t, string(plain)), tags(t, string(got)); x != y {
			t.Errorf("%q changes the structure", s)
		}
	}
}

// tags lists the elements and the names of their attributes, in order.
func tags(t *testing.T, page string) string {
	t.Helper()
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if z.Err() != io.EOF {
				t.Fatal(z.Err())
			}
			return b.String()
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			b.WriteString("<" + tok.Data)
			for _, a := range tok.Attr {
				b.WriteString(" " + a.Key)
			}
			b.WriteString(">")
		case html.CommentToken:
			b.WriteString("<!>")
		}
	}
}

func TestThePageStandsOnItsOwnAndCanBeRead(t *testing.T) {
	out, _ := Preread(sample()).Write(HTML)
	page := string(out)
	if n := strings.Count(page, "<h1"); n != 1 {
		t.Errorf("the page has %d h1", n)
	}
	for _, want := range []string{`lang="en"`, "<main", `scope="col"`, `scope="row"`, "<caption", "@page", "default-src 'none'", "light-dark("} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, bad := range []string{"<script", "<link", "src=", "url(", "@import", "ZgotmplZ"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
	for _, m := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(page, `id="`+m[1]+`"`) {
			t.Errorf("#%s leads nowhere", m[1])
		}
	}
}

func TestNoCellOfTheTableStartsAFormula(t *testing.T) {
	for _, s := range hostile {
		out, err := Timeline(hostileInput(s), CSV)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(out)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != 8 {
			t.Errorf("%q: %d rows", s, len(rows))
		}
		for _, r := range rows {
			for _, c := range r {
				if c != "" && strings.ContainsAny(c[:1], "=+-@\t\r|%") {
					t.Errorf("a cell begins with %q", c)
				}
			}
		}
	}
}

func TestTheTimelineInJSONReadsBack(t *testing.T) {
	out, err := Timeline(sample(), JSON)
	if err != nil {
		t.Fatal(err)
	}
	var x struct {
		Schema   string
		Timeline []struct {
			ID, At, Kind string
			Evidence     []struct{ File, ID string }
		}
		Milestones map[string]struct{ At string }
	}
	if err := json.Unmarshal(out, &x); err != nil {
		t.Fatal(err)
	}
	if x.Schema != TimelineSchema || len(x.Timeline) != 7 || x.Timeline[2].Kind != "visible" || x.Timeline[3].Kind != "confusing" ||
		x.Timeline[0].Evidence[0].File != "chat/ops.json" || x.Milestones["mitigated"].At != "2024-03-05T13:10:00Z" {
		t.Errorf("%+v", x)
	}
}

func TestTheSameInputGivesTheSameBytes(t *testing.T) {
	for _, f := range []string{Markdown, HTML, JSON} {
		a, _ := Preread(sample()).Write(f)
		b, _ := Preread(sample()).Write(f)
		if !bytes.Equal(a, b) {
			t.Errorf("%s differs", f)
		}
	}
	for _, f := range []string{Markdown, CSV, JSON, SVG} {
		a, _ := Timeline(sample(), f)
		b, _ := Timeline(sample(), f)
		if !bytes.Equal(a, b) {
			t.Errorf("%s differs", f)
		}
	}
}

// text of the picture with its place, as far as a test can know it.
type placed struct {
	x0, x1, y0, y1 float64 // the box it takes
	text           string
}

// touches reports whether two texts run into each other.
func (p placed) touches(q placed) bool {
	return p.x0 < q.x1-1 && q.x0 < p.x1-1 && p.y0 < q.y1 && q.y0 < p.y1
}

func placedTexts(t *testing.T, out []byte) []placed {
	t.Helper()
	var all []placed
	d := xml.NewDecoder(bytes.NewReader(out))
	var cur *placed
	var class string
	var turned bool
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatalf("the picture is not well formed: %v", err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			leads := tok.Name.Local == "a" && (len(tok.Attr) == 0 || !strings.HasPrefix(tok.Attr[0].Value, "#"))
			if tok.Name.Local == "script" || tok.Name.Local == "foreignObject" || leads {
				t.Fatalf("the picture holds <%s>", tok.Name.Local)
			}
			if tok.Name.Local == "text" {
				cur, turned = &placed{}, false
				for _, a := range tok.Attr {
					switch a.Name.Local {
					case "x":
						fmt.Sscan(a.Value, &cur.x0)
					case "y":
						fmt.Sscan(a.Value, &cur.y1)
					case "transform":
						turned = strings.HasPrefix(a.Value, "rotate(-90 ")
					case "class":
						class = a.Value
					}
				}
			}
		case xml.CharData:
			if cur != nil {
				cur.text += string(tok)
			}
		case xml.EndElement:
			if tok.Name.Local == "text" && cur != nil {
				size := 6.4
				switch {
				case strings.Contains(class, "big"):
					size = 9.5
				case strings.Contains(class, "title"):
					size = 9.5
				}
				wd := float64(len([]rune(cur.text))) * size
				switch {
				case strings.Contains(class, "mid"):
					cur.x0, cur.x1 = cur.x0-wd/2, cur.x0+wd/2
				case strings.Contains(class, "time"):
					cur.x0, cur.x1 = cur.x0-wd, cur.x0
				default:
					cur.x1 = cur.x0 + wd
				}
				cur.y0 = cur.y1 - 11
				if turned { // upwards, about the middle of its foot
					x, y := (cur.x0+cur.x1)/2, cur.y1
					cur.x0, cur.x1, cur.y0, cur.y1 = x-11, x, y-wd/2, y+wd/2
				}
				all = append(all, *cur)
				cur = nil
			}
		}
	}
}

func TestNoTwoTextsOfThePictureTouch(t *testing.T) {
	crowd := sample()
	for i := 0; i < 40; i++ {
		e := crowd.Entries[3]
		e.ID, e.At = fmt.Sprintf("x%d", i), debrief.Moment{At: noon.Add(time.Duration(i*7) * time.Second)}
		crowd.Entries = append(crowd.Entries, e)
	}
	weeks := sample()
	for i := range 10 {
		e := weeks.Entries[0]
		e.ID, e.At = fmt.Sprintf("w%d", i), debrief.Moment{At: noon.Add(-time.Duration(i*i*30) * time.Hour), Precision: debrief.ToDay}
		weeks.Entries = append(weeks.Entries, e)
	}
	weeks.From = noon.Add(-3000 * time.Hour)
	bare := sample()
	bare.Marks = nil
	single := Input{Entries: sample().Entries[:1], From: noon, To: noon}
	long := hostileInput(strings.Repeat("verylongwordwithoutspaces", 20))
	for name, in := range map[string]Input{"sample": sample(), "crowd": crowd, "weeks": weeks, "bare": bare, "single": single, "long": long} {
		out, err := Timeline(in, SVG)
		if err != nil {
			t.Fatal(err)
		}
		texts := placedTexts(t, out)
		for i, a := range texts {
			if a.x0 < 0 || a.x1 > pictureWidth+8 {
				t.Errorf("%s: %q leaves the picture (%.0f to %.0f)", name, a.text, a.x0, a.x1)
			}
			for _, b := range texts[:i] {
				if a.touches(b) {
					t.Errorf("%s: %q and %q touch", name, a.text, b.text)
				}
			}
		}
	}
}

func TestTheOverviewLinksEveryEntryAndNeedsNoStyleSheetOfItsOwn(t *testing.T) {
	in := sample()
	out := Overview(in, time.FixedZone("", 2*60*60))
	placedTexts(t, []byte(out))
	for _, e := range in.Entries {
		if e.At.Known() && !strings.Contains(out, `<a href="#`+e.ID+`"`) {
			t.Errorf("no mark leads to %s", e.ID)
		}
	}
	if strings.Contains(out, "<style") || strings.Contains(out, "style=") {
		t.Error("it brings looks of its own")
	}
	if there := Overview(in, time.UTC); there == out {
		t.Error("another zone changes nothing")
	}
	if got := Overview(Input{}, time.UTC); got != "" {
		t.Errorf("without entries it is %q", got)
	}
	for _, s := range hostile {
		placedTexts(t, []byte(Overview(hostileInput(s), time.UTC)))
	}
}

func TestHostileTextLeavesThePictureWellFormed(t *testing.T) {
	for _, s := range hostile {
		out, _ := Timeline(hostileInput(s), SVG)
		placedTexts(t, out)
	}
}

// No two texts of the lanes touch, whatever the story.
func TestNoTwoTextsOfTheLanesTouch(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 300 {
		in := Input{From: noon, To: noon.Add(time.Hour), Labels: map[string]string{}}
		names := []string{"Customers", "Client services", "Status page", "Platform", "A team with a rather long name of its own"}
		for _, n := range names[:1+random.IntN(len(names))] {
			in.Lanes = append(in.Lanes, Lane{Name: n})
		}
		spread := []time.Duration{time.Minute, time.Hour, 40 * 24 * time.Hour}[random.IntN(3)]
		for i := range 1 + random.IntN(60) {
			e := debrief.Entry{ID: fmt.Sprintf("x%d", i), Text: strings.Repeat("They saw that, and “said” so. ", 1+random.IntN(3)), Kind: debrief.Kind(random.IntN(5))}
			e.At = debrief.Moment{At: noon.Add(time.Duration(random.Int64N(int64(spread)))), Precision: debrief.Precision(random.IntN(6))}
			in.Labels[e.ID] = fmt.Sprintf("e%02d", i+1)
			if n := random.IntN(len(in.Lanes) + 1); n < len(in.Lanes) {
				in.Lanes[n].Entries = append(in.Lanes[n].Entries, e.ID)
			}
			in.Entries = append(in.Entries, e)
		}
		if random.IntN(4) > 0 {
			in.Marks = []debrief.Mark{
				{Name: debrief.ImpactStart, At: debrief.Moment{At: noon.Add(spread / 5)}},
				{Name: debrief.Detected, At: debrief.Moment{At: noon.Add(spread / 4)}},
				{Name: debrief.Mitigated, At: debrief.Moment{At: noon.Add(spread / 2)}},
			}
		}
		for _, svg := range strings.SplitAfter(Overview(in, time.UTC), "</svg>") {
			texts := placedTexts(t, []byte(svg))
			for i, a := range texts {
				if a.x0 < 0 || a.x1 > pictureWidth {
					t.Errorf("%d: %q leaves the picture (%.0f to %.0f)", round, a.text, a.x0, a.x1)
				}
				for _, b := range texts[:i] {
					if a.touches(b) {
						t.Errorf("%d: %q and %q touch", round, a.text, b.text)
					}
				}
			}
		}
	}
}

func TestALaneWithoutAnEntryInTheImpactSaysSo(t *testing.T) {
	in := sample()
	in.Lanes = []Lane{{Name: "Customers"}, {Name: "Platform"}}
	for _, e := range in.Entries {
		in.Lanes[1].Entries = append(in.Lanes[1].Entries, e.ID)
	}
	out := Overview(in, time.UTC)
	if n := strings.Count(out, `class="hatch"`); n != 1 {
		t.Errorf("%d lanes are hatched", n)
	}
	if !strings.Contains(out, "Customers: No entry yet for these") {
		t.Error("the empty lane says nothing")
	}
	if strings.Contains(out, say("picture.lane_unsaid")) {
		t.Error("there is a lane for nothing")
	}
	if a, b := strings.Index(out, ">Customers<"), strings.Index(out, ">Platform<"); a < 0 || b < a {
		t.Error("the lanes are not in the order given")
	}
	in.Lanes[1].Entries = in.Lanes[1].Entries[1:]
	if out := Overview(in, time.UTC); !strings.Contains(out, say("picture.lane_unsaid")) || !strings.Contains(out, `<a href="#`+in.Entries[0].ID+`"`) {
		t.Error("an entry without a lane is not drawn")
	}
}

// What lies close around the impact has its scale; what lies far stands behind a fold
// that says how long it is.
func TestAFoldSaysItsLengthAndNothingCloseIsFolded(t *testing.T) {
	in := Input{From: noon, To: noon.Add(time.Hour), Lanes: []Lane{{Name: "Customers"}, {Name: "Platform"}, {Name: "Monitoring"}, {Name: "Support"}}}
	for i, at := range []time.Duration{-5 * 24 * time.Hour, -4 * time.Minute, 0, 20 * time.Minute, 30 * time.Minute, 34 * time.Minute} {
		in.Entries = append(in.Entries, debrief.Entry{ID: fmt.Sprint(i), Text: "They saw that.", Kind: debrief.KindResponse, At: debrief.Moment{At: noon.Add(at)}})
	}
	in.Marks = []debrief.Mark{{Name: debrief.ImpactStart, At: debrief.Moment{At: noon}}, {Name: debrief.Mitigated, At: debrief.Moment{At: noon.Add(30 * time.Minute)}}}
	wide, _, _ := strings.Cut(Overview(in, time.UTC), "</svg>")
	if n := strings.Count(wide, `class="fold"`); n != 1 {
		t.Errorf("%d stretches are folded, want the one of days:\n%s", n, wide)
	}
	if !strings.Contains(wide, ">5 days quiet</text>") {
		t.Errorf("the fold does not say its length:\n%s", wide)
	}
}

// What is not read as a word takes no time to read.
func TestWordsOfASection(t *testing.T) {
	for section, want := range map[string]int{
		"":                               0,
		"The queue was full [e01, e12].": 4,
		"| Impact | Noticed |\n| --- | --- |\n| 18 minutes [e02] | 09:48 |": 5,
		"- A step\n- **Another** one — and [a link](https://example.com)":   7,
	} {
		if got := Words(section); got != want {
			t.Errorf("%q has %d words, want %d", section, got, want)
		}
	}
	if Minutes(0) != 1 || Minutes(1000) != 5 {
		t.Errorf("nothing takes %d minutes, a thousand words %d", Minutes(0), Minutes(1000))
	}
}

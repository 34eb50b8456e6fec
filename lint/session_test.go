package lint

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// edited holds pieces that, put anywhere, open and close what reaches far.
var edited = []string{
	"Dan broke checkout.", "The deploy broke checkout. ", "They should have known. ", "the on-call engineer", " ", "\n", "\n\n", "\n\n\n",
	"```\n", "~~~\n", "  ```\n", "- ", "1. ", "   ", "\t", "> ", "# Timeline\n", "## Causes\n", "===\n", "---\n", "<!--", "-->", "<pre>", "</pre>", "<div>\n", "<p>", "</p>",
	"[Dan]", "[dan]: /x\n", "]:", "*", "`", "\"", "| a | b |\n|---|---|\n", "!", "é", "’", "From: a\n", "To: b\n", "{\"text\":\"", "\"}\n", "\\", "::\n",
	"<!-- debrief: allow B01, said so -->", "<!-- debrief: allow B03 -->\n\n", ".. debrief: allow B01, x\n", "ERROR ", strings.Repeat("careful words ", 6),
}

// After any edits a session knows what a check of the whole text finds.
func TestASessionFindsWhatACheckFinds(t *testing.T) {
	rules := Default()
	starts := append([]string{prose(t, 3<<10), strings.ReplaceAll(prose(t, 4<<10), "\n\n", " ")}, awkward...)
	rapid.Check(t, func(t *rapid.T) {
		text := Text{
			Body:   rapid.SampledFrom(starts).Draw(t, "body"),
			Format: rapid.SampledFrom([]Format{Markdown, Markdown, Plain, HTML, RST, JSONLines}).Draw(t, "format"),
		}
		if rapid.Bool().Draw(t, "named") {
			text.Names, text.Things = []string{"Storm"}, []string{"Dan"}
		}
		s := rules.Session(text)
		if rapid.Bool().Draw(t, "remembering") {
			s.remember(0)
		}
		for range rapid.IntRange(1, 12).Draw(t, "edits") {
			start := rapid.IntRange(0, len(text.Body)).Draw(t, "start")
			end := min(len(text.Body), start+rapid.SampledFrom([]int{0, 0, 1, 2, 10, 100}).Draw(t, "length"))
			words := strings.Join(rapid.SliceOfN(rapid.SampledFrom(edited), 0, 3).Draw(t, "words"), "")
			s.Edit(start, end, words)
			text.Body = text.Body[:start] + words + text.Body[end:]
			same(t, rules, s, text)
		}
	})
}

// remember sets the size of parts whose sentences are remembered.
func (s *Session) remember(size int) {
	s.long = size
	if s.read != nil {
		s.read.long = size
	}
}

// same holds a session to a check and a review of the whole text.
func same(t rapid.TB, rules *Rules, s *Session, text Text) {
	t.Helper()
	if s.Text() != text.Body {
		t.Fatalf("the text is %q, expected %q", s.Text(), text.Body)
	}
	if got, want := s.Findings(), rules.Check(text); !reflect.DeepEqual(got, want) {
		t.Fatalf("a session finds %v, a check %v, in %q", spans(got), spans(want), text.Body)
	}
	if got, want := s.Review(), rules.Review(text); !reflect.DeepEqual(got, want) {
		t.Fatalf("a session reports %+v, a review %+v, of %q", got, want, text.Body)
	}
}

func TestAnEditOutsideTheTextIsRefused(t *testing.T) {
	s := Default().Session(Text{Body: "one two"})
	for _, x := range [][2]int{{-1, 0}, {3, 2}, {0, 8}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%v is taken for a place in the text", x)
				}
			}()
			s.Edit(x[0], x[1], "")
		}()
	}
	if s.Text() != "one two" {
		t.Errorf("the text became %q", s.Text())
	}
}

// An edit reads again what it touches, however long the text is.
func TestAnEditTouchesFewParts(t *testing.T) {
	s := Default().Session(Text{Body: prose(t, 60<<10), Format: Markdown})
	kept := map[*part]bool{}
	for _, p := range s.parts {
		kept[p] = true
	}
	at := strings.Index(s.Text()[30<<10:], "\n\n") + 30<<10 + 3
	s.Edit(at, at, "Dan broke checkout. ")
	fresh := 0
	for _, p := range s.parts {
		if !kept[p] {
			fresh++
		}
	}
	if fresh > 3 || len(s.parts) < 50 {
		t.Errorf("%d of %d parts were read again", fresh, len(s.parts))
	}
}

// In a paragraph as long as a chapter only the sentences that changed are looked at.
func TestALongParagraphIsRemembered(t *testing.T) {
	text := Text{Body: strings.ReplaceAll(prose(t, 30<<10), "\n\n", " "), Format: Markdown}
	s := Default().Session(text)
	was := len(s.memory.known)
	at := strings.Index(text.Body[15<<10:], ". ") + 15<<10 + 2
	s.Edit(at, at, "Dan broke checkout. ")
	// The new sentence, and the one behind it, which stands after another now.
	if fresh := len(s.memory.known) - was; fresh < 2 || fresh > 3 || was < 100 {
		t.Errorf("%d sentences were looked at after %d", fresh, was)
	}
}

// FuzzSession holds for any edit of any text: the session finds what a check does.
func FuzzSession(f *testing.F) {
	rules := Default()
	for i, body := range awkward {
		f.Add(body, byte(i*29), uint(len(body)/2), uint(i), edited[i], uint(i*7), uint(1), edited[len(edited)-1-i])
	}
	f.Fuzz(func(t *testing.T, body string, format byte, at1, cut1 uint, put1 string, at2, cut2 uint, put2 string) {
		text := Text{Body: body, Format: Format(format % byte(JSONLines+1))}
		s := rules.Session(text)
		if format > 127 {
			s.remember(0)
		}
		for _, x := range []struct {
			at, cut uint
			put     string
		}{{at1, cut1, put1}, {at2, cut2, put2}} {
			n := uint(len(text.Body))
			start := int(x.at % (n + 1))
			end := start + int(x.cut%(n-uint(start)+1))
			s.Edit(start, end, x.put)
			text.Body = text.Body[:start] + x.put + text.Body[end:]
			same(t, rules, s, text)
		}
	})
}

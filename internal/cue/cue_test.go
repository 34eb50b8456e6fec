package cue

import (
	"strings"
	"testing"
)

const small = `
- name: rollback
  like: ['\broll(?:ed|ing)? (?P<thing>[a-z]+) back\b', '\brevert(?:ed|ing)?\b']
  unless: ['\?$']
  good: ['We rolled it back.']
  bad: ['Roll it back?']
- name: number
  like: ['<num> (?:tickets|calls)']
  good: ['40 tickets']
  bad: ['tickets']
`

func load(t testing.TB, data string) *Book {
	t.Helper()
	b, err := Load([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestACueIsFoundOncePerTextWithItsSentenceAndThing(t *testing.T) {
	var got []string
	load(t, small).Find("Hello. We rolled checkout back. We rolled search back. Forty calls, no: 40 calls.", func(c *Cue, s, thing string) {
		got = append(got, c.Name+"|"+s+"|"+thing)
	})
	if want := "rollback|We rolled checkout back.|checkout;number|Forty calls, no: 40 calls.|"; strings.Join(got, ";") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWhatMakesASentenceNotCountIsLookedAtInThatSentenceOnly(t *testing.T) {
	b := load(t, small)
	if w := b.Cue("rollback").Words("Roll it back?"); w != "" {
		t.Errorf("found %q", w)
	}
	n := 0
	b.Find("Roll it back? Reverted.", func(*Cue, string, string) { n++ })
	if n != 1 {
		t.Errorf("found %d times", n)
	}
}

func TestABookThatDoesNotReadNamesThePlace(t *testing.T) {
	for data, want := range map[string]string{
		"- name: a\n  like: ['(']":       `cue "a"`,
		"- name: a\n  likes: ['x y']":    "likes",
		"- name: b\n  like: ['\\\\bIt']": "capital",
	} {
		if _, err := Load([]byte(data)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v", data, err)
		}
	}
}

func FuzzTheShortcutFindsWhatAPlainSearchFinds(f *testing.F) {
	for _, s := range []string{"We rolled it back.", "Roll it back? reverted", "about twelve calls", "İ 3 tickets\n\x00", "ROLLING K back"} {
		f.Add(s)
	}
	b := load(f, small)
	f.Fuzz(func(t *testing.T, s string) {
		fast := map[string]bool{}
		b.Find(s, func(c *Cue, _, _ string) { fast[c.Name] = true })
		for i := range b.Cues {
			for _, part := range Sentences(strings.ReplaceAll(s, "’", "'")) {
				if b.Cues[i].Words(part) != "" && !fast[b.Cues[i].Name] && len(s) <= LongestText {
					t.Fatalf("%s is missed in %q", b.Cues[i].Name, part)
				}
			}
		}
	})
}

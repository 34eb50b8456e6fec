package redact

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// unmark takes the guillemets off an example and gives the spans they mark.
func unmark(t *testing.T, s string) (text string, spans [][2]int) {
	t.Helper()
	var b strings.Builder
	for {
		i := strings.Index(s, "«")
		if i < 0 {
			b.WriteString(s)
			return b.String(), spans
		}
		b.WriteString(s[:i])
		s = s[i+len("«"):]
		j := strings.Index(s, "»")
		if j < 0 {
			t.Fatalf("« without » in %q", s)
		}
		from := b.Len()
		b.WriteString(s[:j])
		spans = append(spans, [2]int{from, b.Len()})
		s = s[j+len("»"):]
	}
}

func TestEverySecretRuleProvesItself(t *testing.T) {
	for _, r := range secretRules() {
		t.Run(r.Name, func(t *testing.T) {
			if r.Title == "" || len(r.Bad) == 0 || len(r.Good) == 0 || len(r.Needs) == 0 {
				t.Fatal("a rule has a title, needs, and examples of both sorts")
			}
			for _, bad := range r.Bad {
				text, spans := unmark(t, bad)
				if len(spans) == 0 {
					t.Errorf("no span is marked in %q", bad)
				}
				alone := r.find(nil, text)
				if len(alone) == 0 {
					t.Errorf("%s finds nothing in %q", r.Name, text)
				}
				got, masked := Secrets(text)
				if len(masked) != len(spans) {
					t.Errorf("%q: masked %d of %d: %q", text, len(masked), len(spans), got)
					continue
				}
				for i, m := range masked {
					if [2]int{m.Start, m.End} != spans[i] {
						t.Errorf("%q: masked %q, want %q", text, text[m.Start:m.End], text[spans[i][0]:spans[i][1]])
					}
				}
			}
			for _, good := range r.Good {
				if got, masked := Secrets(good); len(masked) > 0 {
					t.Errorf("%s masks %q as %q", masked[0].Rule, good, got)
				}
			}
		})
	}
}

func TestWhatJoinsEvidenceStays(t *testing.T) {
	for _, s := range []string{
		"commit 9fceb02d0ae598e95dc970b74767f19372d61af8 merged",
		"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"key 3c6f2b1a, token 3c6f2b1, secret e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"traceparent 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
		"request_id=req-7f9c2ba4e88f827d616045507605853e",
		"ts 1562076358.247906 in C024BE91L by U024BE7LH",
		"PagerDuty incident Q1WXJ2D3ABC, log entry R7XK2PQL9Z8Y",
		"pod checkout-7d9f8b6c5d-x2x4z was OOMKilled",
		"tx 0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060",
		"the key metric on edge-proxy-2.fra1 was p99=4500ms",
		"deploy key change in release 2024.06.06-rc1",
		"",
	} {
		if got, masked := Secrets(s); len(masked) > 0 {
			t.Errorf("%s masks %q as %q", masked[0].Rule, s, got)
		}
	}
}

func TestMaskingTwiceChangesNothing(t *testing.T) {
	var pieces []string
	for _, r := range secretRules() {
		for _, s := range append(r.Bad, r.Good...) {
			pieces = append(pieces, strings.NewReplacer("«", "", "»", "").Replace(s))
		}
	}
	pieces = append(pieces, " ", "\n", ", ", "password", "token: ", "key ", "=", "Abc123!xyz", Mask)
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 5).Draw(t, "pieces"), "")
		once, masked := Secrets(s)
		for i, m := range masked {
			if m.Start >= m.End || m.End > len(s) || i > 0 && m.Start < masked[i-1].End {
				t.Fatalf("spans of %q are not in order: %v", s, masked)
			}
		}
		if strings.Count(once, Mask) < len(masked) {
			t.Fatalf("%q has fewer masks than spans", once)
		}
	})
	for _, s := range pieces {
		once, _ := Secrets(s)
		if twice, _ := Secrets(once); twice != once {
			t.Errorf("%q, then %q", once, twice)
		}
	}
}

func FuzzSecrets(f *testing.F) {
	for _, r := range secretRules() {
		for _, s := range append(r.Bad, r.Good...) {
			f.Add(s)
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		out, masked := Secrets(s)
		kept := len(out) - len(masked)*len(Mask)
		for _, m := range masked {
			kept += m.End - m.Start
		}
		if kept != len(s) {
			t.Fatalf("text outside the spans changed: %q became %q", s, out)
		}
	})
}

func TestTheQuickLookMissesNoRuleThatATextConcerns(t *testing.T) {
	for _, from := range secretRules() {
		for _, text := range append(slices.Clone(from.Bad), from.Good...) {
			low := strings.ToLower(text)
			may, _ := secretNeeds().in(low)
			for i, r := range secretRules() {
				held := slices.ContainsFunc(r.Needs, func(n string) bool { return strings.Contains(low, n) })
				if held != (may&(1<<i) != 0) {
					t.Errorf("%s in %q: %t, not %t", r.Name, text, !held, held)
				}
			}
		}
	}
}

package lint

import (
	"fmt"
	"strings"
)

// Try holds a rule to its own examples: what is «marked» in a bad one is found,
// a good one is silent under every rule of r, and what is rewritten reads as it
// says there and is silent, too. It gives what does not hold, a sentence each.
func (r *Rules) Try(rule Rule) []string {
	var out []string
	for _, marked := range rule.Bad {
		start := strings.Index(marked, "«")
		end := strings.Index(marked, "»") - len("«")
		hit := false
		var got []string
		for _, f := range r.tryOn(rule, Unmarked(marked)) {
			if f.Rule == rule.ID {
				got = append(got, f.Excerpt)
				hit = hit || f.Start == start && f.End == end
			}
		}
		switch {
		case !hit && len(got) == 0:
			out = append(out, fmt.Sprintf("nothing is found in the bad example: %s", marked))
		case !hit:
			out = append(out, fmt.Sprintf("%q is found, not what is marked in the bad example: %s", got, marked))
		}
	}
	for _, body := range rule.Good {
		for _, f := range r.tryOn(rule, body) {
			out = append(out, fmt.Sprintf("%s finds %q in the good example: %s", f.Rule, f.Excerpt, body))
		}
	}
	for _, example := range rule.Rewritten {
		body, want := fmt.Sprint(example.Key), fmt.Sprint(example.Value)
		var got []string
		for _, f := range r.Check(Text{Body: body}) {
			for _, w := range f.Rewrites {
				if f.Rule == rule.ID {
					got = append(got, body[:w.Start]+w.Text+body[w.End:])
				}
			}
		}
		if len(got) == 0 || got[0] != want {
			out = append(out, fmt.Sprintf("%q is rewritten as %q, expected %q", body, got, want))
		}
		for _, f := range r.Check(Text{Body: want}) {
			out = append(out, fmt.Sprintf("%s finds %q in the rewritten example: %s", f.Rule, f.Excerpt, want))
		}
	}
	return out
}

// tryOn reads an example as its rule means it: a sentence, or for a rule about
// whole texts a document in Markdown.
func (r *Rules) tryOn(rule Rule, body string) []Finding {
	if rule.Measure != nil {
		return r.Review(Text{Body: body, Format: Markdown}).Findings
	}
	return r.Check(Text{Body: body})
}

// Unmarked gives a bad example without its marks.
func Unmarked(example string) string {
	return strings.NewReplacer("«", "", "»", "").Replace(example)
}

package lint

import (
	"testing"
)

func TestAnAllowanceKeepsWhatItsParagraphSays(t *testing.T) {
	type counts struct{ found, kept, unused int }
	for _, x := range []struct {
		name   string
		format Format
		body   string
		want   counts
	}{
		{"in the paragraph", Markdown, "This was careless. <!-- debrief: allow B04, the regulator's word -->\n", counts{0, 1, 0}},
		{"before the paragraph", Markdown, "<!-- debrief: allow B04, the regulator's word -->\nThis was careless.\n\nThis was careless.\n", counts{1, 1, 0}},
		{"with an empty line between", Markdown, "<!-- debrief: allow B04, the regulator's word -->\n\nThis was careless.\n", counts{0, 1, 0}},
		{"over lines", Markdown, "<!-- debrief: allow B04,\nthe regulator's word -->\n\nThis was careless.\n", counts{0, 1, 0}},
		{"in an item", Markdown, "- This was careless. <!-- debrief: allow B04, the regulator's word -->\n- This was careless.\n", counts{1, 1, 0}},
		{"before a table", Markdown, "<!-- debrief: allow B04, quoted answers -->\n\n| a | b |\n|---|---|\n| x | This was careless. |\n| y | This was careless. |\n", counts{0, 2, 0}},
		{"in a cell", Markdown, "| a |\n|---|\n| This was careless. <!-- debrief: allow B04, quoted --> |\n| This was careless. |\n", counts{1, 1, 0}},
		{"of another rule", Markdown, "This was careless. <!-- debrief: allow B03, the regulator's word -->\n", counts{1, 0, 1}},
		{"without a reason", Markdown, "This was careless. <!-- debrief: allow B04 -->\n", counts{1, 0, 1}},
		{"without a rule", Markdown, "This was careless. <!-- debrief: allow -->\n", counts{1, 0, 1}},
		{"with nothing to keep", Markdown, "All was quiet. <!-- debrief: allow B04, the regulator's word -->\n", counts{0, 0, 1}},
		{"as an example in code", Markdown, "```\n<!-- debrief: allow B04, reason -->\n```\n\nThis was careless, see `<!-- debrief: allow B04, reason -->`.\n", counts{1, 0, 0}},
		{"after front matter", Markdown, "---\ntitle: x\n---\n\nThis was careless. <!-- debrief: allow B04, the regulator's word -->\n", counts{0, 1, 0}},
		{"at the end of the text", Markdown, "This was careless.\n\n<!-- debrief: allow B04, too late -->\n", counts{1, 0, 1}},
		{"in a page", HTML, "<p>This was careless. <!-- debrief: allow B04, the regulator's word --></p><p>This was careless.</p>", counts{1, 1, 0}},
		{"before a part of a page", HTML, "<div><!-- debrief: allow B04, the regulator's word -->\n<p>This was careless.</p></div>", counts{0, 1, 0}},
		{"in plain text", Plain, "This was careless.\n<!-- debrief: allow B04, somebody's careless word; this was careless. -->\n\nThis was careless.\n", counts{1, 1, 0}},
		{"before a plain paragraph", Plain, "<!-- debrief: allow B04, quoted -->\n\nThis was careless.\n", counts{0, 1, 0}},
		{"in reStructuredText", RST, "Title\n=====\n\n.. debrief: allow B04, the regulator's word\n\nThis was careless.\n\nThis was careless.\n", counts{1, 1, 0}},
	} {
		t.Run(x.name, func(t *testing.T) {
			r := Default().Review(Text{Body: x.body, Format: x.format})
			if got := (counts{len(r.Findings), len(r.Kept), len(r.Unused)}); got != x.want {
				t.Errorf("got %+v, want %+v\nfound %v\nkept %v\nunused %v", got, x.want, r.Findings, r.Kept, r.Unused)
			}
			for _, k := range r.Kept {
				if k.Reason == "" || k.Rule != "B04" {
					t.Errorf("%s is kept for %q", k.Rule, k.Reason)
				}
			}
			for _, f := range r.Unused {
				if f.Rule != "allow" || f.Excerpt != x.body[f.Start:f.End] || f.Ask == "" || f.Why == "" {
					t.Errorf("the unused allowance is described as %+v", f)
				}
			}
		})
	}
}

package lint

import (
	"fmt"
	"slices"
	"testing"
)

// Whatever a text is written in, what is found stands where the original has it,
// and what is not the author's prose is passed over.
func TestFormatsGiveTheirProseAndItsPlaces(t *testing.T) {
	for _, x := range []struct {
		name   string
		format Format
		body   string
		want   []string // excerpts of the original
	}{
		{"a paragraph", HTML, "<html><head><title>Dan broke it</title></head><body><h1>Review</h1>\n<p>At 14:02 <b>Dan</b> broke checkout.</p></body></html>", []string{"Dan</b> broke checkout", "Dan</b> broke"}},
		{"entities", HTML, "<p>R&eacute;mi &amp; co. This was care&#108;ess &mdash; again.</p>", []string{"This was care&#108;ess"}},
		{"silent parts", HTML, "<pre>Dan broke it.</pre><blockquote>Dan broke it.</blockquote><script>var s = 'This was careless.'</script><!-- This was careless. --><p>Quiet.</p>", nil},
		{"code", HTML, "<p>The step <code>dan broke</code> it again.</p>", nil},
		{"cells", HTML, "<table><tr><td>This was careless</td><td>fine</td></tr></table>", []string{"This was careless"}},
		{"marks of Markdown", HTML, "<p>*This was careless* and [this](was).</p>", []string{"This was careless"}},
		{"a section", HTML, "<h2>Timeline</h2><p>Anders deployed the bad build at 16:02.</p>", []string{"Anders deployed the bad build", "Anders deployed"}},
		{"nothing", HTML, "", nil},
		{"an open tag", HTML, "<p>This was careless <b", []string{"This was careless"}},

		{"a title", RST, "This was careless\n=================\n\nQuiet.\n", []string{"This was careless"}},
		{"a literal block", RST, "As logged::\n\n  This was careless.\n\nQuiet.\n", nil},
		{"a directive", RST, ".. code-block:: text\n\n   This was careless.\n\nThis was careless.\n", []string{"This was careless"}},
		{"a literal", RST, "It said ``this was careless`` and stopped.\n", nil},
		{"over two lines", RST, "The outage began when Dan\nbroke checkout.\n", []string{"when Dan\nbroke", "Dan\nbroke checkout"}},
		{"items", RST, "* This was careless.\n* Quiet.\n\n1. This was careless.\n", []string{"This was careless", "This was careless"}},

		{"messages", JSONLines, `{"user":"U1","text":"This was careless."}` + "\n" + `{"user":"U2","text":"Quiet."}` + "\n" + `{"message":{"text":"Dan broke checkout \u2014 again"}}` + "\n", []string{"This was careless", "Dan broke checkout", "Dan broke"}},
		{"escapes", JSONLines, `{"text":"\"ok\"\nThis was\u0020careless."}`, []string{`This was\u0020careless`}},
		{"other fields", JSONLines, `{"title":"This was careless.","text":7}`, nil},
		{"a cut line", JSONLines, `{"text":"This was careless`, []string{"This was careless"}},
	} {
		t.Run(fmt.Sprint(x.format, " ", x.name), func(t *testing.T) {
			var got []string
			for _, f := range Default().Check(Text{Body: x.body, Format: x.format}) {
				if f.Excerpt != x.body[f.Start:f.End] {
					t.Errorf("the excerpt is %q, the text has %q", f.Excerpt, x.body[f.Start:f.End])
				}
				got = append(got, f.Excerpt)
			}
			if !slices.Equal(got, x.want) {
				t.Errorf("found %q, expected %q", got, x.want)
			}
		})
	}
}

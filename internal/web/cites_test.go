package web

import "testing"

func TestCitationsLeadToTheirEntries(t *testing.T) {
	for body, want := range map[string]string{
		"It began [e02, s1].":               `<p>It began<sup class="refs"> <a class="cite" href="/incidents/i/timeline#e02">e02</a>, s1</sup>.</p>`,
		"| a |\n|---|\n| x [e21] |":         "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td data-label=\"a\">x<sup class=\"refs\">\u202f<a class=\"cite\" href=\"/incidents/i/timeline#e21\">e21</a></sup></td>\n</tr>\n</tbody>\n</table>",
		"`[e02]` and [see [e02]](http://x)": `<p><code>[e02]</code> and <a href="http://x">see [e02]</a></p>`,
		"[e02](http://x) [s1] [e] [e2x]":    `<p><a href="http://x">e02</a><sup class="refs"> s1</sup> [e] [e2x]</p>`,
		"<b title=\"[e02]\">x</b>":          `<p><!-- raw HTML omitted -->x<!-- raw HTML omitted --></p>`,
	} {
		got, err := cited(body, "/incidents/i")
		if err != nil || string(got) != want+"\n" {
			t.Errorf("%q is drawn as\n%s, want\n%s (%v)", body, got, want, err)
		}
	}
}

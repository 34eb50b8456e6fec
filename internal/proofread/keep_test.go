package proofread

import (
	"strings"
	"testing"

	"debrief.dev/debrief/lint"
)

func TestAnAllowanceKeepsTheWordsWhereverTheyStand(t *testing.T) {
	for _, c := range []struct {
		format lint.Format
		text   string
		want   string // the comment as C
	}{
		{lint.Markdown, "In hindsight, the alert was late.\n", "C\nIn hindsight, the alert was late.\n"},
		{lint.Markdown, "Über\r\n\r\nSo it went.\r\nIn hindsight, the alert was late.\r\n", "Über\r\n\r\nC\r\nSo it went.\r\nIn hindsight, the alert was late.\r\n"},
		{lint.Markdown, "# Title\nIn hindsight, the alert was late.\n", "# Title\nIn hindsight, the alert was late. C\n"},
		{lint.Markdown, "Title\n=====\nIn hindsight, the alert was late.", "Title\n=====\nIn hindsight, the alert was late. C"},
		{lint.Markdown, "- one\n- In hindsight, the alert was late.\n- three\n", "- one\n- In hindsight, the alert was late. C\n- three\n"},
		{lint.Markdown, "- one\n  - two\n\n    In hindsight, the alert was late.\n", "- one\n  - two\n\n    In hindsight, the alert was late. C\n"},
		{lint.Markdown, "---\ntitle: x\n---\nIn hindsight, the alert was late.  \nMore.\n", "---\ntitle: x\n---\nIn hindsight, the alert was late. C  \nMore.\n"},
		{lint.Markdown, "| a | b |\n|---|---|\n| x | In hindsight, the alert was late. |\n", "| a | b |\n|---|---|\n| x | In hindsight C, the alert was late. |\n"},
		{lint.Markdown, "## In hindsight, the alert was late ##\n", "## In hindsight C, the alert was late ##\n"},
		{lint.Plain, "So it went.\n\nIn hindsight, the alert was late.\n", "So it went.\n\nC\nIn hindsight, the alert was late.\n"},
		{lint.Plain, "* In hindsight, the alert was late.\n", "* In hindsight, the alert was late. C\n"},
		{lint.HTML, "<div>\n<p>In hindsight, the alert was late.</p>\n</div>\n", "<div>\n<p>In hindsight C, the alert was late.</p>\n</div>\n"},
		{lint.RST, "Title\n=====\n\nIn hindsight, the alert was late.\n", "Title\n=====\n\n.. debrief: allow B05, reason\n\nIn hindsight, the alert was late.\n"},
	} {
		open := func(text string) (*Draft, []lint.Finding) {
			d, err := (&Editor{}).Open("", c.format, text)
			if err != nil {
				t.Fatal(err)
			}
			return d, d.Findings()
		}
		d, found := open(c.text)
		if len(found) != 1 || found[0].Rule != "B05" {
			t.Errorf("%q: found %+v, want B05", c.text, found)
			continue
		}
		at, comment, ok := d.Allowance(found[0])
		if !ok {
			t.Errorf("%q: no comment is offered", c.text)
			continue
		}
		got := c.text[:at] + comment + c.text[at:]
		if want := strings.ReplaceAll(c.want, "C", "<!-- debrief: allow B05, reason -->"); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		if _, left := open(got); len(left) != 0 {
			t.Errorf("%q still has %+v", got, left)
		}
	}
	d, err := (&Editor{}).Open("", lint.RST, "- In hindsight, the alert was late.\n")
	if err != nil {
		t.Fatal(err)
	}
	found := d.Findings()
	if len(found) == 0 {
		t.Error("nothing is found in an item in reStructuredText")
	}
	for _, f := range found {
		if _, comment, ok := d.Allowance(f); ok {
			t.Errorf("an item in reStructuredText is offered %q, which would cut the list", comment)
		}
	}
}

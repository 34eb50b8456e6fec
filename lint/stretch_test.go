package lint

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// atOnce checks a Markdown text with one parse of the whole, as the stretches must.
func atOnce(rules *Rules, body string) []Finding {
	c := &checker{rules: rules}
	c.reset(Text{Body: body, Format: Markdown})
	at := frontMatter(body)
	c.tree(parse([]byte(body[at:]), nil), at)
	return c.findings()
}

// awkward are texts whose blocks do not end where an eye would end them.
var awkward = []string{
	"```\nDan broke it.\n\nDan broke it.\n```\n\nDan broke it.",
	"~~~~\nDan broke it.\n\n~~~\n\nDan broke it.\n~~~~~\nDan broke it.",
	"- one\n\n  ```\n  Dan broke it.\n\n  Dan broke it.\n  ```\n\n- Dan broke it.\n\nDan broke it.",
	"- one\n\n  ```\n\nDan broke it.\n\n  ```\n\nDan broke it.",
	"- ```\n  Dan broke it.\n  ```\n\nDan broke it.\n\n```\n\nDan broke it.",
	"1. one\n   ```\n   Dan broke it.\n      ```\n\nDan broke it.\n\n```\nDan broke it.",
	"1. one\n\t```\n\tDan broke it.\n\n\t```\n\nDan broke it.",
	"  ```\n  Dan broke it.\n ```\nDan broke it.\n\nDan broke it.",
	"> ```\n> Dan broke it.\n\nDan broke it.\n\n> ```\nDan broke it.",
	"<div>\nDan broke it.\n\nDan broke it.\n</div>\n\nDan broke it.",
	"<div>\n```\n\nDan broke it.\n\n```\nDan broke it.",
	"<!-- a\n\nDan broke it.\n\n-->\n\nDan broke it.",
	"<!-- a --> Dan broke it.\n\nDan broke it.",
	"<script>\n\nDan broke it.\n\n</scripts>\n\nDan broke it.\n\n</style> Dan broke it.\nDan broke it.",
	"<scripts>\n\nDan broke it.",
	"<!x\n\nDan broke it.\n\n```\n\nDan broke it.\n\n> ```\n",
	"<?a\n\n> ?>\n\nDan broke it.",
	"- <!-- a\n\n  Dan broke it.\n\nDan broke it.\n\n-->\n\nDan broke it.",
	"text\n- Dan broke it.\n- Dan\n  broke it.\n* Dan broke it.\n3. Dan broke it.\n",
	"- one\n\n      Dan broke it.\n\n    Dan broke it.\n\n    - Dan broke it.\n",
	"> one\n- Dan broke it.\nDan broke it.\n",
	"[Dan] broke it.\n\n[dan]: /x\n\n[Dan][] broke [it].\n\n[IT]: /y 'z\nz'\n",
	"Dan\n===\nbroke it.\n\nDan\n---\n\nDan broke it.\n- - -\nDan broke it.",
	"| a |\n|---|\n| Dan broke it. |\n- Dan broke it.\n\n| Dan broke it. |",
	"# Causes\nDan broke it.\n## Dan broke it. ##\n\n#Dan broke it.\n\n# Timeline\n\nDan broke it.",
	"---\na: b\n---\nDan broke it.\n\n---\n\nDan broke it.\n",
	"   Dan broke it.\n\n\tDan broke it.\n\n  \t\n\nDan\tbroke it.  \n  last night\\\nagain.",
	"Dan! Dan broke it & lost.\n\n\"Dan\" broke it.\n\n10:02 Dan broke it.\n\n10) Dan broke it.\n",
	"\r\n\r\nDan broke it.\r\n\r\n```\r\nDan broke it.\r\n\r\n```\r\n\r\nDan broke it.\r\n",
	"Run `Dan broke it` and ` x ` or ` `! Dan broke `it`! Yes! `a``b` `c\nd` e`.\n\n`Dan` broke it.\n\n- `Dan` broke it.\n- ```\n\n0.3 % Dan broke it.\n",
	"[Dan](x) broke [the (b)uild](https://x/y?z#a) and **Dan** broke *it*, [Dan!](x)! **Dan: broke it.** *a*b* **a*** [x](y) [xx](y z) [xx](Dan\\\\)broke it) [zz]() ![Dan](x) broke it.\n*Dan* broke it.\r\n- [x](Dan) broke it\n- **Dan** broke it\n* **Dan**: broke it\n* *Dan*\n* * *\n[Dan](broke\nit)\n",
	"| a | b |\n|---|:-:|\n| Dan broke it! Yes | **Dan** broke it | Dan broke it |\n| [Dan](x) `a` broke it\n|\n||\n|Dan broke it||\r\n| --- | --- |\n\n|a|\n|---||\n|Dan broke it|\n\n|a|b|\n|-|\n|Dan broke it|\n\n|a|\n|-|-|\n|Dan broke it|\n\n|Dan\n|broke it|\n\n|a|\n|:|\n|Dan|\n\n| Dan `a|b` |\n|--|\n| Dan \\| broke it |\n  | Dan broke it |\nDan broke it\n",
	"|a|\n|-|\n|Dan broke it|\n- Dan broke it\n\n|a|\n| - | \n| Dan broke it |\n> Dan broke it\n\n|\n|\n|-|\n|Dan|",
	"**Dan\nbroke** it. (*Dan* broke) it*s Dan*. [Dan `broke`](it) [Dan](it*) *[Dan](it)* x*Dan* *Dan*x.",
	"ERROR Dan broke it.\na=b c=d Dan broke it.\n\n- INFO Dan broke it.\n- Dan broke it.",
}

func TestStretchesReadLikeTheWhole(t *testing.T) {
	rules := Default()
	bodies := awkward
	for _, name := range []string{"testdata/clear/report.md", "../README.md", "../ARCHITECTURE.md", "../CONTRIBUTING.md", "../CHANGELOG.md"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, string(data), strings.ReplaceAll(string(data), "the ", "Dan broke the "))
	}
	bodies = append(bodies, prose(t, 100<<10))
	for _, body := range bodies {
		got, want := rules.Check(Text{Body: body, Format: Markdown}), atOnce(rules, body)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("in stretches %v\nat once %v\nin %.200q", spans(got), spans(want), body)
		}
	}
}

func spans(found []Finding) (out []string) {
	for _, f := range found {
		out = append(out, f.Rule+" "+f.Excerpt)
	}
	return out
}

// FuzzStretches holds for any text without odd control characters, after which
// the parser of the whole stops: stretch by stretch the findings are the same.
func FuzzStretches(f *testing.F) {
	rules := Default()
	for _, body := range awkward {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if strings.ContainsFunc(body, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' }) {
			t.Skip("the parser of the whole stops after an odd control character")
		}
		if tangled(body) {
			t.Skip("a tangled stretch is read without markup, and atOnce reads it with")
		}
		got, want := rules.Check(Text{Body: body, Format: Markdown}), atOnce(rules, body)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("in stretches %v, at once %v", spans(got), spans(want))
		}
	})
}

// What would take the parser of Markdown time with the square of its length is read
// without markup, and still found.
func TestATangledTextIsReadAsPlain(t *testing.T) {
	rules := Default()
	for _, mark := range []string{"> ", "1. ", "- ", "> - "} {
		if found := rules.Check(Text{Body: strings.Repeat(mark, 100_000), Format: Markdown}); found != nil {
			t.Errorf("%q: found %v", mark, spans(found))
		}
	}
	body := strings.Repeat("[a](", 100_000) + "\nDan broke checkout."
	if found := rules.Check(Text{Body: body, Format: Markdown}); len(found) == 0 || found[0].Excerpt != "Dan broke checkout" {
		t.Errorf("found %v behind the tangle", spans(found))
	}
}

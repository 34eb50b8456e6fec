package evidence

import (
	"regexp"
	"strings"
	"time"
)

var (
	wikiBlock   = regexp.MustCompile(`\{(?:code|noformat|quote|panel|color|anchor|expand|tip|info|note|warning)(?::[^}\n]*)?\}`)
	wikiMention = regexp.MustCompile(`\[~(?:accountid:)?([^\]\n]+)\]`)
	wikiLink    = regexp.MustCompile(`\[([^|\]\n]+)\|([^\]\n|]+)(?:\|[^\]\n]*)?\]`)
	wikiBare    = regexp.MustCompile(`\[((?:https?://|mailto:|\^)[^\]\n|]+)(?:\|[^\]\n]*)?\]`)
	wikiImage   = regexp.MustCompile(`!([^!\s|][^!\n|]*\.(?:png|jpe?g|gif|svg|webp|bmp|pdf|mp4|mov))(?:\|[^!\n]*)?!`)
	wikiHeading = regexp.MustCompile(`(?m)^[ \t]*(?:h[1-6]|bq)\.[ \t]+`)
	wikiList    = regexp.MustCompile(`(?m)^[ \t]*[*#-]+[ \t]+`)
	wikiTable   = regexp.MustCompile(`(?m)^[ \t]*\|{1,2}(.*?)\|{1,2}[ \t]*$`)
	wikiStrong  = regexp.MustCompile(`(^|[\s(\[{"'])([*_+])(\S|\S[^\n*_+]*?\S)([*_+])($|[\s).,:;!?\]}"'])`)
	wikiMono    = regexp.MustCompile(`\{\{([^}\n]+)\}\}`)
	wikiEscape  = regexp.MustCompile(`\\([{}\[\]*_!|#\\-])`)
)

// jiraText gives the plain text of a description or comment: an Atlassian
// document, wiki markup, or the HTML of a rendered field. names resolve
// mentions of accounts.
func jiraText(t *jsonTree, names map[string]string) string {
	switch t.kind() {
	case '{':
		var b strings.Builder
		atlassianDocument(t, names, &b, 0)
		return strings.TrimSpace(markupBlank.ReplaceAllString(b.String(), "\n\n"))
	case '"':
		return wikiText(t.own(), names)
	}
	return ""
}

// wikiText takes Jira's wiki markup off a text.
func wikiText(s string, names map[string]string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	if markupTag.MatchString(s) {
		s = plainHTML(s)
	}
	if !strings.ContainsAny(s, "{[*_+!|\\#") && !strings.Contains(s, ". ") {
		return strings.TrimSpace(s)
	}
	s = wikiMono.ReplaceAllString(s, "$1")
	s = wikiBlock.ReplaceAllString(s, "")
	s = wikiMention.ReplaceAllStringFunc(s, func(m string) string {
		id := wikiMention.FindStringSubmatch(m)[1]
		if name := names[id]; name != "" {
			return "@" + name
		}
		return "@" + id
	})
	s = wikiBare.ReplaceAllString(s, "$1")
	s = wikiLink.ReplaceAllString(s, "$1")
	s = wikiImage.ReplaceAllString(s, "$1")
	s = wikiHeading.ReplaceAllString(s, "")
	s = wikiList.ReplaceAllString(s, "- ")
	s = wikiTable.ReplaceAllStringFunc(s, func(row string) string {
		cells := strings.FieldsFunc(row, func(c rune) bool { return c == '|' })
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		return strings.TrimSpace(strings.Join(cells, "  "))
	})
	s = wikiStrong.ReplaceAllStringFunc(s, func(m string) string {
		p := wikiStrong.FindStringSubmatch(m)
		if p[2] != p[4] {
			return m
		}
		return p[1] + p[3] + p[5]
	})
	s = wikiEscape.ReplaceAllString(s, "$1")
	return strings.TrimSpace(markupBlank.ReplaceAllString(s, "\n\n"))
}

// atlassianDepth bounds how deep a document is followed.
const atlassianDepth = 64

// atlassianDocument writes the words of a node of an Atlassian document.
func atlassianDocument(t *jsonTree, names map[string]string, b *strings.Builder, depth int) {
	if t == nil || depth > atlassianDepth {
		return
	}
	kind := t.text("type")
	switch kind {
	case "text":
		b.WriteString(t.at("text").own())
		return
	case "hardBreak":
		b.WriteByte('\n')
		return
	case "mention":
		name := firstOf(strings.TrimPrefix(t.text("attrs.text"), "@"), names[t.text("attrs.id")], t.text("attrs.id"))
		b.WriteString("@" + name)
		return
	case "emoji":
		b.WriteString(t.text("attrs.text", "attrs.shortName"))
		return
	case "inlineCard", "blockCard", "embedCard":
		b.WriteString(t.text("attrs.url"))
	case "date":
		if m := stampMoment(t.text("attrs.timestamp"), Options{Zone: time.UTC}); m.Known() {
			b.WriteString(m.At.Format(time.DateOnly))
		}
		return
	case "status":
		b.WriteString(t.text("attrs.text"))
		return
	case "media", "mediaInline":
		b.WriteString(t.text("attrs.alt"))
		return
	case "rule":
		return
	case "listItem", "taskItem", "decisionItem":
		b.WriteString("- ")
	case "tableCell", "tableHeader":
		b.WriteByte(' ')
	}
	for _, c := range t.list("content") {
		atlassianDocument(c, names, b, depth+1)
	}
	switch kind {
	case "paragraph", "heading", "codeBlock", "blockquote", "listItem", "taskItem", "decisionItem", "tableRow", "mediaSingle", "panel", "blockCard":
		if !strings.HasSuffix(b.String(), "\n") {
			b.WriteByte('\n')
		}
	}
}

package evidence

import (
	"html"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/kyokomi/emoji/v2"
)

// words is all a message says: its text, else what its blocks say, and its
// attachments, in which monitoring tools say everything.
func (r *slackReader) words(m *slackMessage) string {
	parts := []string{slackPlain(m.Text, r.dir)}
	if m.Text == "" && len(m.Blocks) > 0 {
		parts = append(parts, r.blocks(m.Blocks))
	}
	for i := range m.Attachments {
		parts = append(parts, r.attachment(&m.Attachments[i]))
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return joinText("\n", parts...)
}

func (r *slackReader) attachment(a *slackAttachment) string {
	if a.FromURL != "" {
		// The preview of a link is somebody else's text, not what was said here.
		r.out.LeaveOut("previews of links", 1)
		return ""
	}
	parts := []string{slackPlain(a.Pretext, r.dir), slackPlain(a.Title, r.dir), slackPlain(a.Text, r.dir)}
	for _, f := range a.Fields {
		parts = append(parts, joinText(": ", slackPlain(f.Title, r.dir), slackPlain(string(f.Value), r.dir)))
	}
	if len(a.Blocks) > 0 {
		parts = append(parts, r.blocks(a.Blocks))
	}
	if s := joinText("\n", parts...); s != "" {
		return s
	}
	return slackPlain(a.Fallback, r.dir)
}

// blocks gives the words of Block Kit and rich text, in order.
func (r *slackReader) blocks(raw jsontext.Value) string {
	var tree any
	if json.Unmarshal(raw, &tree, slackQuick) != nil {
		return ""
	}
	var b strings.Builder
	r.block(&b, tree, 0)
	return strings.TrimSpace(b.String())
}

// slackBlockDepth bounds how deep blocks are followed; Slack nests five levels.
const slackBlockDepth = 16

func (r *slackReader) block(b *strings.Builder, v any, depth int) {
	if depth > slackBlockDepth {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			r.block(b, x, depth+1)
		}
	case map[string]any:
		word := func(name string) string { s, _ := v[name].(string); return s }
		switch word("type") {
		case "text", "plain_text":
			b.WriteString(slackEmoji(word("text")))
			return
		case "mrkdwn":
			b.WriteString(slackPlain(word("text"), r.dir))
			return
		case "user":
			b.WriteString(slackPlain("<@"+word("user_id")+">", r.dir))
			return
		case "channel":
			b.WriteString(slackPlain("<#"+word("channel_id")+">", r.dir))
			return
		case "broadcast":
			b.WriteString("@" + word("range"))
			return
		case "emoji":
			b.WriteString(slackEmoji(":" + word("name") + ":"))
			return
		case "link":
			b.WriteString(firstOf(word("text"), word("url")))
			return
		case "image":
			b.WriteString(word("alt_text") + "\n")
			return
		}
		for _, name := range []string{"text", "fields", "elements"} { // in the order people see them
			r.block(b, v[name], depth+1)
		}
		switch word("type") {
		case "section", "header", "context", "rich_text", "rich_text_section", "rich_text_quote", "rich_text_preformatted":
			if s := b.String(); s != "" && !strings.HasSuffix(s, "\n") {
				b.WriteByte('\n')
			}
		}
	}
}

// slackPlain turns Slack's markup into plain text: mentions, channels, links,
// dates and entities are resolved, emoji become characters.
func slackPlain(s string, d *slackDirectory) string {
	if !strings.ContainsAny(s, "<&:") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			break
		}
		j := strings.IndexByte(s[i:], '>')
		if j < 0 {
			break
		}
		b.WriteString(s[:i])
		b.WriteString(slackMark(s[i+1:i+j], d))
		s = s[i+j+1:]
	}
	b.WriteString(s)
	s = b.String()
	if strings.IndexByte(s, '&') >= 0 {
		s = html.UnescapeString(s)
	}
	return slackEmoji(s)
}

// slackMark resolves what stands between < and >.
func slackMark(mark string, d *slackDirectory) string {
	target, label, labelled := strings.Cut(mark, "|")
	switch {
	case strings.HasPrefix(target, "@"):
		if u := d.users[target[1:]]; u != nil {
			return "@" + u.shown()
		}
		return "@" + firstOf(strings.TrimPrefix(label, "@"), target[1:])
	case strings.HasPrefix(target, "#"):
		if name := firstOf(label, d.channels[target[1:]]); name != "" {
			return "#" + name
		}
		return target
	case strings.HasPrefix(target, "!date^"):
		return firstOf(label, target)
	case strings.HasPrefix(target, "!subteam^"):
		return "@" + firstOf(strings.TrimPrefix(label, "@"), "a user group")
	case strings.HasPrefix(target, "!"):
		return "@" + firstOf(strings.TrimPrefix(label, "@"), target[1:])
	case labelled && label != "":
		return label
	}
	return strings.TrimPrefix(target, "mailto:")
}

// slackEmoji turns :name: into the character where one is known; custom emoji
// stay as written, and so do times such as 14:02:10.
func slackEmoji(s string) string {
	i := strings.IndexByte(s, ':')
	if i < 0 || strings.IndexByte(s[i+1:], ':') < 0 {
		return s
	}
	codes := emoji.CodeMap()
	var b strings.Builder
	for {
		i := strings.IndexByte(s, ':')
		if i < 0 {
			break
		}
		j := strings.IndexByte(s[i+1:], ':')
		if j < 0 {
			break
		}
		name := s[i : i+j+2]
		if c, ok := codes[name]; ok && j > 0 {
			b.WriteString(s[:i])
			b.WriteString(strings.TrimSpace(c))
			s = s[i+j+2:]
			continue
		}
		b.WriteString(s[:i+1])
		s = s[i+1:]
	}
	b.WriteString(s)
	return b.String()
}

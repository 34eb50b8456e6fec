package lint

import "strings"

// readRST takes the prose out of a text in reStructuredText: titles become
// headings, literal blocks, directives and comments go, inline literals and roles
// become code.
func readRST(body string) *mapped {
	m := newMapped(len(body))
	type line struct{ from, to int }
	var lines []line
	for i := 0; i < len(body); {
		end := strings.IndexByte(body[i:], '\n')
		if end < 0 {
			lines = append(lines, line{i, len(body)})
			break
		}
		lines = append(lines, line{i, i + end})
		i += end + 1
	}
	text := func(l line) string { return strings.TrimRight(body[l.from:l.to], " \r\t") }
	indented := func(s string) bool { return strings.HasPrefix(s, " ") || strings.HasPrefix(s, "\t") }
	literal := false // inside what is indented below "::" or a directive
	for n := 0; n < len(lines); n++ {
		l := lines[n]
		s := text(l)
		switch {
		case s == "":
			m.put("\n", l.from)
			continue
		case literal && indented(s):
			continue
		case strings.HasPrefix(s, ".. "), s == "..":
			literal = true
			continue
		case adorned(s):
			continue
		}
		literal = false
		if n+1 < len(lines) && adorned(text(lines[n+1])) && !indented(s) {
			m.put("\n# ", l.from)
			m.copy(body, l.from, l.from+len(s))
			m.put("\n\n", l.from+len(s)-1)
			continue
		}
		cut := l.from + len(s)
		if strings.HasSuffix(s, "::") {
			literal = true
			cut -= 2
		}
		m.inline(body, l.from, cut)
		m.put("\n", max(l.from, cut-1))
	}
	return m
}

// adorned reports whether a line is the rule under or over a title.
func adorned(s string) bool {
	return len(s) >= 3 && strings.IndexByte("=-~^\"'#*+.:`_", s[0]) >= 0 && strings.Trim(s, s[:1]) == ""
}

// inline appends a line of reStructuredText with its literals and roles as code.
func (m *mapped) inline(body string, from, to int) {
	for i := from; i < to; {
		rest := body[i:to]
		switch {
		case strings.HasPrefix(rest, "``"):
			if end := strings.Index(rest[2:], "``"); end >= 0 {
				m.put("`", i)
				m.copy(body, i+2, i+2+end)
				m.put("`", i+2+end)
				i += end + 4
				continue
			}
		case rest[0] == ':':
			if name := strings.IndexByte(rest[1:], ':'); name > 0 && name < 24 && len(rest) > name+2 && rest[name+2] == '`' && !strings.Contains(rest[1:1+name], " ") {
				i += name + 2
				continue
			}
		}
		end := i + 1
		for end < to && body[end] != '`' && body[end] != ':' {
			end++
		}
		m.copy(body, i, end)
		i = end
	}
	if strings.HasPrefix(strings.TrimLeft(body[from:to], " "), "|") {
		m.put("\n", to-1)
	}
}

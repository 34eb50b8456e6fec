package lint

import "unicode/utf8"

// A mapped text is prose taken out of another format, written as Markdown, with
// the place in the original of each of its bytes.
type mapped struct {
	text []byte
	at   []int32
}

// newMapped has room for an original of so many bytes.
func newMapped(size int) *mapped {
	return &mapped{text: make([]byte, 0, size+size/8), at: make([]int32, 0, size+size/8)}
}

// put appends s, all of which stands at one place of the original.
func (m *mapped) put(s string, at int) {
	m.text = append(m.text, s...)
	for range len(s) {
		m.at = append(m.at, int32(at))
	}
}

// copy appends a stretch of the original as it is.
func (m *mapped) copy(body string, from, to int) {
	m.text = append(m.text, body[from:to]...)
	for i := from; i < to; i++ {
		m.at = append(m.at, int32(i))
	}
}

// back gives the place in the original of a finding's span. The end is behind
// its last byte, and behind all of what that byte was written as.
func (m *mapped) back(start, end, size int) (int, int) {
	from := int(m.at[start])
	to := size
	for end < len(m.at) && end > 0 && m.at[end] == m.at[end-1] {
		end++
	}
	if end < len(m.at) {
		to = int(m.at[end])
	}
	// What was left out behind the last byte is not of the finding.
	if last := int(m.at[end-1]); to-last > 12 || to < last {
		to = last + 1
	}
	return from, max(from, to)
}

// runMapped checks a text that had to be rewritten and gives the findings
// their places in the original.
func (r *Rules) runMapped(t Text, m *mapped, format Format, whole bool) []Finding {
	inner := t
	inner.Body, inner.Format = string(m.text), format
	return m.place(r.run(inner, whole), inner.Body, t.Body)
}

// place gives findings in what was read their places in the original.
func (m *mapped) place(found []Finding, read, original string) []Finding {
	for i := range found {
		f := &found[i]
		f.Start, f.End = m.back(f.Start, f.End, len(original))
		for f.Start > 0 && !utf8.RuneStart(original[f.Start]) {
			f.Start--
		}
		for f.End < len(original) && !utf8.RuneStart(original[f.End]) {
			f.End++
		}
		f.Rewrites = m.placed(f.Rewrites, read, original)
		f.Excerpt = original[f.Start:f.End]
	}
	return found
}

// placed gives rewrites their places in the original. One is dropped where the
// original writes its words in another way, with marks or entities between them.
func (m *mapped) placed(list []Rewrite, read, original string) []Rewrite {
	out := list[:0]
	for _, w := range list {
		words := read[w.Start:w.End]
		w.Start, w.End = m.back(w.Start, w.End, len(original))
		if original[w.Start:w.End] == words {
			out = append(out, w)
		}
	}
	return out
}

package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Session checks a text while it is being edited. After an edit the paragraphs it
// touches are read again and no others, and of a long paragraph only the sentences that
// changed are looked at. In a text of ten thousand words that takes well under a
// millisecond. Findings are always those of [Rules.Check], and reports those
// of [Rules.Review], for the text as it stands.
//
//	s := rules.Session(lint.Text{Body: body, Format: lint.Markdown})
//	s.Edit(120, 125, "the deploy")
//	for _, f := range s.Review().Findings {
//		fmt.Println(f.Start, f.Excerpt)
//	}
//
// More than paragraphs is read again where an edit reaches further: a fence that is
// opened, a heading that begins another section, a link's definition. A Session is
// not for several goroutines at once.
type Session struct {
	rules   *Rules
	text    Text
	front   int             // bytes of front matter, which are in no part
	labels  map[string]bool // of the links that the text defines
	parts   []*part         // of the text, in its order
	checker *checker        // knows the names and things of the text
	memory  *memory         // of sentences in long parts
	long    int             // the size of such a part
	read    *Session        // of the Markdown that another format is read as
	mapped  *mapped         // that Markdown, with its places in the text
}

// A part is a stretch of the text, and what is known of it. Offsets count from
// its begin, so that it stays as it is when something is inserted before it.
type part struct {
	size     int
	bare     bool
	labels   []string  // of the links it defines
	before   heading   // in force where it begins
	after    heading   // and where it ends
	found    []Finding // without excerpts, which would hold on to old texts
	survey   *survey   //
	noted    bool      // whether comments and blocks are known
	comments []span
	blocks   []span
}

// A heading is in force: the section it began, and its level.
type heading struct {
	section Section
	level   int
}

// Session begins to check a text that will be edited.
func (r *Rules) Session(t Text) *Session {
	s := &Session{rules: r, text: t, checker: &checker{rules: r}, memory: &memory{}, long: long}
	s.checker.reset(t)
	switch t.Format {
	case HTML, RST:
		s.mapped = s.reading()
		t.Body, t.Format = string(s.mapped.text), Markdown
		s.read = r.Session(t)
	default:
		s.restart()
	}
	return s
}

// reading gives the Markdown that the text is read as.
func (s *Session) reading() *mapped {
	if s.text.Format == HTML {
		return readHTML(s.text.Body)
	}
	return readRST(s.text.Body)
}

// restart forgets what is known and reads the whole text.
func (s *Session) restart() {
	s.front, s.parts = 0, nil
	if s.text.Format == Markdown {
		s.front = frontMatter(s.text.Body)
	}
	s.recut(0, s.front, edit{})
}

// Text gives the text as it stands.
func (s *Session) Text() string { return s.text.Body }

// Edit puts a replacement in the place of the bytes start:end of the text. It
// panics if there are no such bytes, as slicing does.
func (s *Session) Edit(start, end int, replacement string) {
	old := s.text.Body
	if start < 0 || end < start || end > len(old) {
		panic(fmt.Sprintf("lint: an edit of the bytes %d to %d of %d", start, end, len(old)))
	}
	s.text.Body = old[:start] + replacement + old[end:]
	if s.read != nil {
		was := s.mapped.text
		s.mapped = s.reading()
		s.read.replace(was, s.mapped.text)
		return
	}
	if s.text.Format == Markdown && (start < s.front || frontMatter(s.text.Body) != s.front) {
		s.restart()
		return
	}
	// The first line of a part has a say in whether it is cut off from the part
	// before, so cutting starts there.
	first, at := 0, s.front
	for first+1 < len(s.parts) && at+s.parts[first].size <= start {
		at += s.parts[first].size
		first++
	}
	if first > 0 {
		first--
		at -= s.parts[first].size
	}
	s.recut(first, at, edit{start, end, start + len(replacement)})
}

// replace edits what differs between two texts, between what they begin and end with.
func (s *Session) replace(was, now []byte) {
	start := 0
	for start < len(was) && start < len(now) && was[start] == now[start] {
		start++
	}
	same := 0
	for same < len(was)-start && same < len(now)-start && was[len(was)-1-same] == now[len(now)-1-same] {
		same++
	}
	s.Edit(start, len(was)-same, string(now[start:len(now)-same]))
}

// An edit put the bytes from:now of the text where from:to of the old one were.
type edit struct{ from, to, now int }

// recut cuts the text from part first on, at offset at, until a cut falls on an old
// one behind the edit, and checks what is new.
func (s *Session) recut(first, at int, e edit) {
	begin, moved := at, e.now-e.to
	var fresh []*part
	last, was := first, at // the old part that may begin at the next cut, and where it began
	for at < len(s.text.Body) {
		for last < len(s.parts) && (was < e.to || was+moved < at) {
			was += s.parts[last].size
			last++
		}
		if last < len(s.parts) && at >= e.now && was+moved == at {
			break
		}
		to, bare := cut(s.text, at)
		fresh = append(fresh, &part{size: to - at, bare: bare})
		at = to
	}
	if at == len(s.text.Body) {
		last = len(s.parts)
	}
	linked := slices.ContainsFunc(s.parts[first:last], func(p *part) bool { return len(p.labels) > 0 })
	s.parts = slices.Replace(s.parts, first, last, fresh...)
	if s.text.Format == Markdown && s.relabel(begin, fresh) || linked {
		if labels := s.allLabels(); !maps.Equal(labels, s.labels) {
			// Any part may use a label.
			s.labels = labels
			s.check(0, len(s.parts), s.front)
			return
		}
	}
	s.check(first, first+len(fresh), begin)
}

// relabel notes the labels that new parts define, and tells whether there are any.
func (s *Session) relabel(at int, fresh []*part) (found bool) {
	for _, p := range fresh {
		p.labels = labelsOf(s.text.Body[at : at+p.size])
		found = found || len(p.labels) > 0
		at += p.size
	}
	return found
}

// allLabels gives the labels that any part defines.
func (s *Session) allLabels() map[string]bool {
	out := map[string]bool{}
	for _, p := range s.parts {
		for _, label := range p.labels {
			out[label] = true
		}
	}
	return out
}

// check checks the parts first:last, the first of which begins at offset at, and
// those behind them over which another heading is in force than was.
func (s *Session) check(first, last, at int) {
	over := heading{section: s.text.Section}
	if first > 0 {
		over = s.parts[first-1].after
	}
	for i := first; i < len(s.parts); i++ {
		p := s.parts[i]
		if i >= last && p.before == over {
			return
		}
		p.before = over
		s.checkPart(p, at)
		over = p.after
		at += p.size
	}
}

// checkPart checks the part that begins at offset at.
func (s *Session) checkPart(p *part, at int) {
	c := s.checker
	c.text.Body, c.labels = s.text.Body, s.labels
	c.found = c.found[:0]
	c.sect, c.level = p.before.section, p.before.level
	c.survey = c.newSurvey()
	c.memory = nil
	if p.size > s.long {
		c.memory = s.memory.begin()
	}
	switch s.text.Format {
	case JSONLines:
		end, _ := lineEnd(s.text.Body, at)
		p.found = s.rules.runMessage(s.text, at, end)
	case Markdown:
		c.stretch(at, at+p.size, p.bare)
		p.found = c.partFindings()
	default:
		c.plain(at, at+p.size)
		p.found = c.partFindings()
	}
	for i := range p.found {
		p.found[i] = p.found[i].moved(-at)
		p.found[i].Excerpt = ""
	}
	p.survey = c.newSurvey()
	p.survey.add(c.survey, -at)
	p.after = heading{c.sect, c.level}
}

// moved gives a finding shifted.
func (f Finding) moved(by int) Finding {
	f.Start += by
	f.End += by
	f.Rewrites = slices.Clone(f.Rewrites)
	for i := range f.Rewrites {
		f.Rewrites[i].Start += by
		f.Rewrites[i].End += by
	}
	return f
}

// Findings gives what [Rules.Check] finds in the text as it stands.
func (s *Session) Findings() []Finding { return s.run(false) }

// Review gives what [Rules.Review] reports of the text as it stands.
func (s *Session) Review() Report {
	found := s.run(true)
	if !strings.Contains(s.text.Body, allowMark) {
		return Report{Findings: found}
	}
	if s.text.Format != Markdown {
		comments, blocks := commentsAndBlocks(s.text)
		return report(s.text, found, comments, blocks)
	}
	var comments, blocks []span
	at := s.front
	for _, p := range s.parts {
		if !p.noted {
			p.comments, p.blocks = stretchComments(s.text.Body[at:at+p.size], 0, p.size, p.bare)
			p.noted = true
		}
		for _, b := range p.comments {
			comments = append(comments, b.moved(at))
		}
		for _, b := range p.blocks {
			blocks = append(blocks, b.moved(at))
		}
		at += p.size
	}
	return report(s.text, found, comments, blocks)
}

// run puts together what was found in the parts, and surveys the whole if it is to.
func (s *Session) run(whole bool) []Finding {
	if s.read != nil {
		return s.mapped.place(s.read.run(whole), s.read.text.Body, s.text.Body)
	}
	var found []Finding
	at := s.front
	for _, p := range s.parts {
		for _, f := range p.found {
			f = f.moved(at)
			f.Excerpt = s.text.Body[f.Start:f.End]
			found = append(found, f)
		}
		at += p.size
	}
	if !whole || s.text.Format == JSONLines {
		return found
	}
	sum := s.checker.newSurvey()
	at = s.front
	for _, p := range s.parts {
		sum.add(p.survey, at)
		at += p.size
	}
	return s.rules.surveyed(s.text, found, sum)
}

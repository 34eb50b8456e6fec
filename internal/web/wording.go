package web

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/aymanbagabas/go-udiff"

	"debrief.dev/debrief"
	"debrief.dev/debrief/lint"
)

// A keptNote is a finding that stays, with the reason.
type keptNote struct {
	lint.Finding
	debrief.KeptNote
}

// notes gives what the rules find in a text, apart from what is kept there. A wording
// is kept as long as it stands in the text; white space does not matter.
func (s *Site) notes(r *http.Request, a debrief.Actor, in debrief.IncidentID, section debrief.SectionID, body string) (open []lint.Finding, kept []keptNote, err error) {
	all, err := s.cb.KeptNotes(r.Context(), a, in, section)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range lint.Default().Review(lint.Text{Body: body, Format: lint.Markdown}).Findings {
		words := strings.Join(strings.Fields(f.Excerpt), " ")
		at := slices.IndexFunc(all, func(n debrief.KeptNote) bool { return n.Rule == f.Rule && n.Words == words })
		if at < 0 {
			open = append(open, f)
			continue
		}
		kept = append(kept, keptNote{f, all[at]})
	}
	return open, kept, nil
}

// A noteView is a note with what a page needs of it. Positions count as scripts do, in
// UTF-16.
type noteView struct {
	lint.Finding
	From, To int
	Use      *useView // another wording that keeps every fact, if there is one
}

type useView struct {
	From, To  int
	Old, Text string // the words there, and those instead
	Sentence  string // as it reads then
}

func viewsOf(body string, found []lint.Finding) []noteView {
	var out []noteView
	for _, f := range found {
		v := noteView{Finding: f, From: utf16Len(body[:f.Start]), To: utf16Len(body[:f.End])}
		if len(f.Rewrites) > 0 {
			w := f.Rewrites[0]
			v.Use = &useView{utf16Len(body[:w.Start]), utf16Len(body[:w.End]), body[w.Start:w.End], w.Text, sentenceWith(body, w)}
		}
		out = append(out, v)
	}
	return out
}

func rewritten(body string, w lint.Rewrite) string { return body[:w.Start] + w.Text + body[w.End:] }

// sentenceWith gives the sentence, or line, in which a rewrite stands.
func sentenceWith(body string, w lint.Rewrite) string {
	const ends = ".!?\n"
	from := strings.LastIndexAny(body[:w.Start], ends) + 1
	after := body[w.End:]
	if to := strings.IndexAny(after, ends); to >= 0 {
		after = strings.TrimRight(after[:to+1], "\n")
	}
	return strings.TrimSpace(body[from:w.Start] + w.Text + after)
}

// utf16Len is how long a text is for a script.
func utf16Len(s string) (n int) {
	for _, r := range s {
		n += max(1, utf16.RuneLen(r)) // what is no letter stands as one
	}
	return n
}

// A piece of a text that is compared with another one.
type piece struct {
	Text      string
	Gone, New bool
}

// changesOf compares two texts word by word.
func changesOf(before, after string) (out []piece) {
	old, fresh := wordLines(before), wordLines(after)
	add := func(lines string, gone, fresh bool) {
		if lines != "" {
			out = append(out, piece{strings.NewReplacer("\n", "", "\x00", "\n").Replace(lines), gone, fresh})
		}
	}
	at := 0
	for _, e := range udiff.Lines(old, fresh) {
		add(old[at:e.Start], false, false)
		add(old[e.Start:e.End], true, false)
		add(e.New, false, true)
		at = e.End
	}
	add(old[at:], false, false)
	return out
}

// wordLines puts every word, with the space behind it, on a line of its own, for
// that is what the comparison knows. Breaks of lines stand as zeros meanwhile, which
// no text has.
func wordLines(s string) string {
	var b strings.Builder
	for s != "" {
		n := strings.IndexAny(s, " \n") + 1
		if n == 0 {
			n = len(s)
		}
		b.WriteString(strings.ReplaceAll(s[:n], "\n", "\x00"))
		b.WriteByte('\n')
		s = s[n:]
	}
	return b.String()
}

func (s *Site) putBack(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	section := r.PathValue("section")
	_, err = s.cb.PutBack(r.Context(), a, in.ID, debrief.SectionID(section), int64(number(r.PathValue("version"))), int64(number(formOf(r).Get("rev"))))
	return s.then(w, r, err, path+"/preread/"+section, func(e *debrief.Error) error { return s.sectionWith(w, r, a, nil, e, nil) })
}

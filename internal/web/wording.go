package web

import (
	"net/http"
	"slices"
	"strings"

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

package report

import (
	"bytes"
	"encoding/csv"
	"strings"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/coach"
)

// TimelineSchema names the form of a timeline in JSON.
const TimelineSchema = "debrief.timeline/1"

// Timeline writes the timeline as Markdown, CSV (safe to open in a spreadsheet),
// JSON, or a picture (SVG).
func Timeline(in Input, format string) ([]byte, error) {
	w := newWriter(in, room{cites: 99})
	switch format {
	case Markdown:
		return w.timelineMarkdown(), nil
	case CSV:
		return w.timelineCSV()
	case JSON:
		return marshal(w.timelineJSON())
	case SVG:
		return w.picture(), nil
	}
	return nil, unknownFormat(format, Markdown, CSV, JSON, SVG)
}

// timelineDoc is a timeline in JSON. Field names are stable.
type timelineDoc struct {
	Schema      string             `json:"schema"`
	Title       string             `json:"title"`
	Window      windowDoc          `json:"window"`
	Timeline    []entryDoc         `json:"timeline"`
	Milestones  map[string]markDoc `json:"milestones"`
	Gaps        []gapDoc           `json:"gaps"`
	Candidates  []debrief.Citation `json:"nearest_changes"`
	Questions   []debrief.Question `json:"questions"`
	Factors     []debrief.Factor   `json:"factors"`
	Assumptions []string           `json:"assumptions"`
	Corrections []string           `json:"clock_corrections"`
	LeftOut     []Count            `json:"left_out"`
}

type windowDoc struct {
	From string `json:"from"`
	To   string `json:"to"`
}

type entryDoc struct {
	ID        string             `json:"id"`
	At        string             `json:"at"`
	Kind      string             `json:"kind"` // a signal is written as visible, confusing or missing
	Text      string             `json:"text"`
	Status    string             `json:"status"`
	Phase     string             `json:"phase"`
	Precision string             `json:"precision"`
	Zone      string             `json:"zone"`
	Written   string             `json:"written,omitempty"`
	Roles     []string           `json:"roles,omitempty"`
	Evidence  []debrief.Citation `json:"evidence"`
	Accounts  []accountDoc       `json:"accounts,omitempty"`
	Corrected string             `json:"corrected,omitempty"`
	Marks     []string           `json:"marks,omitempty"`
	Weight    float64            `json:"weight"`
}

type accountDoc struct {
	At       string             `json:"at,omitempty"`
	Text     string             `json:"text"`
	Evidence []debrief.Citation `json:"evidence"`
}

type markDoc struct {
	At        string             `json:"at"`
	Precision string             `json:"precision"`
	Entry     string             `json:"entry,omitempty"`
	Why       string             `json:"why"`
	Evidence  []debrief.Citation `json:"evidence"`
}

type gapDoc struct {
	Name     string             `json:"name"`
	From     string             `json:"from"`
	To       string             `json:"to"`
	Seconds  int64              `json:"seconds"`
	Text     string             `json:"text"`
	Evidence []debrief.Citation `json:"evidence,omitempty"`
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// kindOf is the kind as other tools read it.
func kindOf(e *debrief.Entry) string {
	if e.Kind == debrief.KindSignal {
		if e.Signal == debrief.NoSignal {
			return debrief.Visible.String()
		}
		return e.Signal.String()
	}
	return e.Kind.String()
}

func (w *writer) timelineJSON() timelineDoc {
	in := w.in
	d := timelineDoc{
		Schema: TimelineSchema, Title: tidy(in.Title), Window: windowDoc{stamp(in.From), stamp(in.To)},
		Timeline: []entryDoc{}, Milestones: map[string]markDoc{}, Gaps: []gapDoc{},
		Candidates: in.Changes, Questions: in.Questions, Factors: in.Factors,
		Assumptions: in.Assumptions, Corrections: in.Corrections, LeftOut: in.LeftOut,
	}
	if d.Title == "" {
		d.Title = w.title()
	}
	for i := range in.Entries {
		e := &in.Entries[i]
		x := entryDoc{
			ID: e.ID, At: stamp(e.At.At), Kind: kindOf(e), Text: e.Text, Status: e.Status.String(), Phase: e.Phase.String(),
			Precision: e.At.Precision.String(), Zone: e.At.Zone.String(), Written: e.At.Written, Roles: e.Roles,
			Evidence: e.Evidence, Corrected: e.Corrected, Weight: e.Weight,
		}
		for _, a := range e.Accounts {
			x.Accounts = append(x.Accounts, accountDoc{stamp(a.At.At), a.Text, a.Evidence})
		}
		for _, n := range w.at[e.ID] {
			x.Marks = append(x.Marks, string(n))
		}
		d.Timeline = append(d.Timeline, x)
	}
	for _, m := range in.Marks {
		if m.At.Known() {
			d.Milestones[string(m.Name)] = markDoc{stamp(m.At.At), m.At.Precision.String(), m.Entry, m.Why, m.Evidence}
		}
	}
	for _, g := range in.Gaps {
		d.Gaps = append(d.Gaps, gapDoc{string(g.Name), stamp(g.From), stamp(g.To), int64(g.Length / time.Second), g.Text, g.Evidence})
	}
	return d
}

func (w *writer) timelineCSV() ([]byte, error) {
	var b bytes.Buffer
	c := csv.NewWriter(&b)
	c.UseCRLF = true // as RFC 4180 has it
	rows := [][]string{{"id", "time_utc", "precision", "kind", "phase", "status", "marks", "text", "evidence", "corrected"}}
	for i := range w.in.Entries {
		e := &w.in.Entries[i]
		var cites []string
		for _, x := range e.Evidence {
			cites = append(cites, x.String())
		}
		var marks []string
		for _, n := range w.at[e.ID] {
			marks = append(marks, string(n))
		}
		rows = append(rows, []string{
			e.ID, stamp(e.At.At), e.At.Precision.String(), kindOf(e), e.Phase.String(), e.Status.String(),
			strings.Join(marks, " "), tidy(e.Text), strings.Join(cites, " "), tidy(e.Corrected),
		})
	}
	for _, r := range rows {
		for i := range r {
			r[i] = inertCell(r[i])
		}
		if err := c.Write(r); err != nil {
			return nil, err
		}
	}
	c.Flush()
	return b.Bytes(), c.Error()
}

// inertCell keeps a spreadsheet from reading text as a formula: a leading
// apostrophe makes it text.
func inertCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r|%＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}

func (w *writer) timelineMarkdown() []byte {
	in := w.in
	var b strings.Builder
	title := tidy(in.Title)
	if title == "" {
		title = w.title()
	}
	b.WriteString("# " + escapeMarkdown(say("timeline.title")+": "+title) + "\n\n")
	if len(in.Entries) == 0 {
		b.WriteString(say("timeline.empty") + "\n")
		return []byte(b.String())
	}
	b.WriteString(escapeMarkdown(say("timeline.window", "from", w.clock(debrief.Moment{At: in.From}), "to", w.clock(debrief.Moment{At: in.To})+" UTC")) + " ")
	b.WriteString(escapeMarkdown(say("timeline.counts", "entries", coach.Count(len(in.Entries), "entry", "entries"),
		"pieces", coach.Count(len(in.Evidence), "record", "records"))) + "\n\n")
	b.WriteString("| | " + say("key.time") + " (UTC) | " + say("key.event") + " | " + say("key.kind") + " | " + say("key.sources") + " |\n| --- | ---: | --- | --- | --- |\n")
	for i := range in.Entries {
		e := &in.Entries[i]
		text := escapeMarkdown(sentence(e.Text))
		if len(e.Accounts) > 1 {
			var sides []string
			for _, a := range e.Accounts {
				s := ""
				if a.At.Known() {
					s = w.clock(a.At) + ", "
				}
				sides = append(sides, escapeMarkdown(s+strings.TrimSuffix(sentence(in.Clean(a.Text)), ".")))
			}
			text += " *" + say("timeline.accounts") + ": " + strings.Join(sides, "; ") + ".*"
		}
		if e.Corrected != "" {
			text += " *" + escapeMarkdown(sentence(in.Clean(e.Corrected))) + "*"
		}
		b.WriteString("| " + escapeMarkdown(e.ID) + " | " + escapeMarkdown(w.clock(e.At)) + " | " + text + " | " +
			escapeMarkdown(strings.Join(w.shows(e), ", ")) + " | " + escapeMarkdown(w.where(e.Evidence, e.At.At)) + " |\n")
	}
	if len(w.marks) > 0 {
		b.WriteString("\n## " + say("timeline.marks") + "\n\n")
		for _, n := range debrief.MarkOrder {
			if m, ok := w.marks[n]; ok {
				line := capital(say("mark."+string(n))) + ": " + w.clock(m.At) + " UTC"
				if m.Entry != "" {
					line += ", " + m.Entry
				}
				line += "."
				if m.Why != "" {
					line += " " + sentence(in.Clean(m.Why))
				}
				b.WriteString("- " + escapeMarkdown(line) + "\n")
			}
		}
	}
	if w.stretches(); len(w.doc.Stretches) > 0 {
		b.WriteString("\n## " + say("timeline.gaps") + "\n\n")
		for _, s := range w.doc.Stretches {
			b.WriteString("- " + escapeMarkdown(s.Text) + "\n")
		}
	}
	if len(in.Factors) > 0 {
		b.WriteString("\n## " + say("head.factors") + "\n\n")
		for _, f := range in.Factors {
			b.WriteString("- " + escapeMarkdown(sentence(f.Text)+" "+say("factors.label")+", "+f.Role+". ("+w.where(f.Evidence, time.Time{})+")") + "\n")
		}
	}
	if len(in.Questions) > 0 {
		b.WriteString("\n## " + say("timeline.questions") + "\n\n")
		for _, q := range in.Questions {
			b.WriteString("- " + escapeMarkdown(q.ID+": "+in.Clean(q.Ask)) + "\n")
		}
	}
	if lines := append(append([]string(nil), in.Corrections...), in.Assumptions...); len(lines) > 0 {
		b.WriteString("\n## " + say("head.assumptions") + "\n\n")
		for _, s := range lines {
			b.WriteString("- " + escapeMarkdown(sentence(in.Clean(s))) + "\n")
		}
	}
	return []byte(b.String())
}

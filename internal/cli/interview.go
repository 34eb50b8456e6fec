package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/coach"
)

// interview asks on the terminal, in rounds of at most size questions, until
// everything is asked or the person ends it. What was skipped is not asked again.
func (sys *System) interview(ctx context.Context, v *review, size int) (coach.Answers, error) {
	p := paint(sys.colours(sys.StderrTerminal))
	lines := readInput(sys.Stdin)
	asked := map[string]bool{}
	var got coach.Answers
	for {
		var left []debrief.Question
		for _, q := range coach.Questions(v.kase, append(append(coach.Answers{}, v.answers...), got...)) {
			if !asked[q.ID] && !asked[q.Code] {
				left = append(left, q)
			}
		}
		round := coach.Round(left, size)
		if len(round) == 0 {
			return got, nil
		}
		if len(asked) > 0 {
			fmt.Fprintf(sys.Stderr, "\n%s to ask. Another round? [y/N] ", counted(len(left), "question is left", "questions are left"))
			l, ok, err := next(ctx, lines)
			if err != nil || !ok || !strings.HasPrefix(strings.ToLower(l), "y") {
				return got, err
			}
		} else {
			fmt.Fprintf(sys.Stderr, "\n%s before the draft. Enter skips one, ? shows its evidence, Ctrl-D ends the questions.\n", counted(len(round), "question", "questions"))
		}
		for i, q := range round {
			asked[q.ID], asked[q.Code] = true, true
			fmt.Fprintf(sys.Stderr, "\n%s %s\n", p.bold(fmt.Sprintf("%d/%d", i+1, len(round))), p.bold(oneLine(v.cast.External(q.Ask))))
			questionNotes(sys.Stderr, p, v, q, "    ")
			for {
				fmt.Fprint(sys.Stderr, p.blue("> "))
				l, ok, err := next(ctx, lines)
				if err != nil || !ok {
					fmt.Fprintln(sys.Stderr)
					return got, err
				}
				if l == "?" {
					showEvidence(sys.Stderr, p, v, q)
					continue
				}
				if l != "" {
					got = append(got, coach.Answer{Answer: debrief.Answer{Question: q.ID, Text: l}})
				}
				break
			}
		}
	}
}

// readInput reads lines in the background, so that an interrupt is not kept
// waiting for a line; it ends with the input.
func readInput(in io.Reader) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		s := bufio.NewScanner(in)
		s.Buffer(nil, 1<<20)
		for s.Scan() {
			lines <- strings.TrimSpace(s.Text())
		}
	}()
	return lines
}

// next is the next line; ok is false at the end of the input.
func next(ctx context.Context, lines <-chan string) (line string, ok bool, err error) {
	select {
	case <-ctx.Done():
		return "", false, ctx.Err()
	case line, ok = <-lines:
		return line, ok, nil
	}
}

// questionNotes prints why a question is asked, both sides of a contradiction,
// and what is assumed without an answer.
func questionNotes(w io.Writer, p paint, v *review, q debrief.Question, indent string) {
	note := func(label, text string) {
		if text != "" {
			fmt.Fprintf(w, "%s%s %s\n", indent, p.dim(label), oneLine(v.cast.External(text)))
		}
	}
	note("Why:", q.Why)
	for _, s := range q.Sides {
		note("One account:", s.Text)
	}
	note("Without an answer:", q.Assume)
}

// showEvidence prints what raised a question, as it may be shown to others.
func showEvidence(w io.Writer, p paint, v *review, q debrief.Question) {
	cited := map[debrief.Citation]bool{}
	for _, c := range q.Evidence {
		cited[c] = true
	}
	shown := 0
	for i := range v.read.Evidence {
		e := &v.read.Evidence[i]
		if !cited[e.Cite()] {
			continue
		}
		shown++
		text := e.Text
		if text == "" {
			text = e.Title
		}
		who := v.cast.Role(e.Author)
		if who != "" {
			who += ": "
		}
		fmt.Fprintf(w, "    %s %s%s\n", p.dim(moment(e.At, time.UTC)+" "+oneLine(e.Cite().String())), who, oneLine(v.cast.External(text)))
	}
	if shown == 0 {
		fmt.Fprintln(w, "    No single record raised it: something is not there.")
	}
}

// printQuestions prints the open questions to standard error.
func printQuestions(sys *System, v *review, open []debrief.Question, template string) {
	p := paint(sys.colours(sys.StderrTerminal))
	fmt.Fprintf(sys.Stderr, "\n%s\n", p.bold(capitalCount(len(open))+" would make the draft better:"))
	for _, q := range open {
		fmt.Fprintf(sys.Stderr, "\n%s  %s\n", p.blue(q.ID), oneLine(v.cast.External(q.Ask)))
		questionNotes(sys.Stderr, p, v, q, "       ")
	}
	if template != "" {
		fmt.Fprintf(sys.Stderr, "\nTo answer: fill in %s and give it with --answers %s\n", template, template)
		return
	}
	fmt.Fprintf(sys.Stderr, "\nTo answer: write \"%s: the answer\" into a file, one a line, and give it with --answers FILE.\n--answers-template FILE writes that file with the questions in it.\n", open[0].ID)
}

func capitalCount(n int) string {
	if n == 1 {
		return "An answer to this question"
	}
	return fmt.Sprintf("Answers to these %d questions", n)
}

// answersTemplate writes a file to fill in: YAML, with the questions as comments.
func answersTemplate(w io.Writer, v *review, open []debrief.Question) error {
	b := bufio.NewWriter(w)
	fmt.Fprint(b, "# Write each answer behind its colon. \"unknown\" is a good answer;\n# a line that stays empty means the same.\n")
	for _, q := range open {
		fmt.Fprintf(b, "\n# %s\n# Why: %s\n", oneLine(v.cast.External(q.Ask)), oneLine(v.cast.External(q.Why)))
		for _, s := range q.Sides {
			fmt.Fprintf(b, "# One account: %s\n", oneLine(v.cast.External(s.Text)))
		}
		fmt.Fprintf(b, "# Without an answer: %s\n%s:\n", oneLine(v.cast.External(q.Assume)), q.ID)
	}
	return b.Flush()
}

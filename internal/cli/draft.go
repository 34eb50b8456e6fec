package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/coach"
	"debrief.dev/debrief/internal/report"
)

// roundSize is how many questions one round has: more tire whoever answers.
const roundSize = 7

// newDraft gives "debrief draft".
func newDraft(sys *System) *cobra.Command {
	var (
		r                        reading
		out                      output
		answers, template, title string
		questions                int
		timings                  bool
	)
	formats := []string{report.Markdown, report.HTML, report.JSON}
	cmd := &cobra.Command{
		Use:   "draft PATH...",
		Short: "Ask what the evidence leaves open, then draft the pre-read",
		Long: `Draft reads folders, archives and files, proposes a timeline, asks what the
evidence leaves open, and writes the pre-read: what happened, key events, what
was done, contributing factors as hypotheses, and the goal of the review, on two
pages at most. Every statement cites its evidence; what is not known is said to
be not known. Names never appear: people are roles, secrets are masked.

On a terminal it asks, at most seven questions a round, and each says why it is
asked and what is assumed if nobody answers. Elsewhere it prints the questions:
after a Markdown draft on standard output, else on standard error. Answer them
in a file, one "C09-1: the answer" a line, and give it with --answers.
"unknown" is a good answer. --answers-template writes such a file to fill in.`,
		Example: `  debrief draft ./incident-42
  debrief draft ./incident-42 -o preread.html
  debrief draft ./incident-42 --answers-template answers.yaml
  debrief draft ./incident-42 --answers answers.yaml -o preread.md
  debrief draft export.zip --zone Europe/Berlin --title "Late invoices" --questions 0`,
		Args: somePaths("the folder, archive or file with the evidence"),
		RunE: func(cmd *cobra.Command, paths []string) error {
			out.follow(cmd, formats...)
			format, err := out.form(formats...)
			if err != nil {
				return err
			}
			if questions < 0 {
				return &debrief.Error{
					Kind: debrief.Invalid, Field: "--questions", Say: fmt.Sprintf("%d is not a number of questions.", questions),
					Hint: "0 asks nothing; 7 is the usual number.",
				}
			}
			zone, err := parseZone(r.zone)
			if err != nil {
				return err
			}
			given, err := answersIn(answers)
			if err != nil {
				return err
			}
			v, err := r.review(cmd.Context(), sys, paths, given)
			if err != nil {
				return err
			}
			asks := sys.StdinTerminal && sys.StderrTerminal && template == "" && questions > 0
			if asks {
				more, err := sys.interview(cmd.Context(), v, questions)
				if err != nil {
					return err
				}
				v.answer(more)
			}
			open := coach.Round(v.questions, questions)
			if template != "" {
				o := output{path: template}
				if err := o.write(sys, func(w io.Writer) error { return answersTemplate(w, v, open) }); err != nil {
					return err
				}
			}
			text, err := v.draft(sys, title, zone, format)
			if err != nil {
				return err
			}
			if err := out.write(sys, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
				return err
			}
			if !r.quiet {
				v.unreadable(sys)
				if !asks && len(open) > 0 {
					printQuestions(sys, v, open, template)
				}
			}
			if timings {
				v.timings(sys.Stderr)
			}
			return nil
		},
	}
	r.flags(cmd)
	out.flags(cmd, report.Markdown, "md, html (one file), json")
	f := cmd.Flags()
	f.StringVar(&answers, "answers", "", "a `file` with answers to the questions")
	f.StringVar(&template, "answers-template", "", "write the questions to this `file`, to fill in and give with --answers")
	f.IntVar(&questions, "questions", roundSize, "ask at most this `number` of questions a round; 0 asks nothing")
	f.StringVar(&title, "title", "", "the `title` of the pre-read (default: the date of the incident)")
	f.BoolVar(&timings, "timings", false, "print to standard error how long each step took")
	return cmd
}

// draft writes the pre-read.
func (v *review) draft(sys *System, title string, zone *time.Location, format string) ([]byte, error) {
	from := sys.Now()
	text, err := report.Preread(v.input(title, zone)).Write(format)
	v.took = append(v.took, stage{"write", sys.Now().Sub(from)})
	return text, err
}

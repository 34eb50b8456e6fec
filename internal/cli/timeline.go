package cli

import (
	"io"

	"github.com/spf13/cobra"

	"debrief.dev/debrief/internal/report"
)

// newTimeline gives "debrief timeline".
func newTimeline(sys *System) *cobra.Command {
	var (
		r       reading
		out     output
		answers string
		title   string
		timings bool
	)
	formats := []string{report.Markdown, report.JSON, report.CSV, report.SVG}
	cmd := &cobra.Command{
		Use:   "timeline PATH...",
		Short: "Propose a neutral timeline that cites its evidence",
		Long: `Timeline reads folders, archives and files and proposes the entries that a
careful person would write: what triggered it, what happened next, how people
responded, what was visible, confusing or missing, when the impact became clear.

Every entry cites the evidence it stands on. People appear as roles, secrets are
masked. Times are UTC; a clock that was off is set right, and the timeline says
so. Accounts that contradict each other stand side by side. The proposal is the
same whenever the evidence is.`,
		Example: `  debrief timeline ./incident-42
  debrief timeline ./incident-42 --format json -o timeline.json
  debrief timeline export.zip alerts.json --zone Europe/Berlin --from 2024-05-02
  debrief timeline ./incident-42 -o timeline.svg`,
		Args: somePaths("the folder, archive or file with the evidence"),
		RunE: func(cmd *cobra.Command, paths []string) error {
			out.follow(cmd, formats...)
			format, err := out.form(formats...)
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
			from := sys.Now()
			text, err := report.Timeline(v.input(title, nil), format)
			if err != nil {
				return err
			}
			if err := out.write(sys, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
				return err
			}
			v.took = append(v.took, stage{"write", sys.Now().Sub(from)})
			if !r.quiet {
				v.unreadable(sys)
			}
			if timings {
				v.timings(sys.Stderr)
			}
			return nil
		},
	}
	r.flags(cmd)
	out.flags(cmd, report.Markdown, "md, json, csv, svg (a picture)")
	cmd.Flags().StringVar(&answers, "answers", "", "a `file` with answers to the questions of \"debrief draft\"")
	cmd.Flags().StringVar(&title, "title", "", "the `title` of the incident (default: its date)")
	cmd.Flags().BoolVar(&timings, "timings", false, "print to standard error how long each step took")
	return cmd
}

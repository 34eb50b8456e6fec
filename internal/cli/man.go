package cli

import (
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"debrief.dev/debrief"
)

// newMan gives "debrief man".
func newMan() *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "Write the manual pages into a folder",
		Long: `Man writes one manual page a command into the folder, which is created if it is
not there. Put them where your system looks for pages, usually under share/man/man1.`,
		Example: "  debrief man /usr/local/share/man/man1",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &debrief.Error{Kind: debrief.Invalid, Say: "The pages need one folder to be written into.", Hint: "For example: debrief man ./man"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			return doc.GenManTree(cmd.Root(), manHeader(), args[0])
		},
	}
}

// manHeader carries no date of the day, so that the same commands give the same pages.
func manHeader() *doc.GenManHeader {
	date := time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC)
	return &doc.GenManHeader{Section: "1", Source: "Debrief", Manual: "Debrief manual", Date: &date}
}

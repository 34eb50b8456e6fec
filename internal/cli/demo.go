package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"debrief.dev/debrief/internal/demo"
	"debrief.dev/debrief/internal/settings"
)

// newDemo gives "debrief demo".
func newDemo(sys *System) *cobra.Command {
	s := servingOf(settings.Defaults())
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Serve the room with a sample company and three incidents in it",
		Long: `Demo serves the room as "debrief serve" does, filled with a sample company of five
teams and three invented incidents: an outage in the middle of its review, a project
that came apart, and one that is shared. Their evidence goes through the importers.

Without --data the room is in a folder of its own that goes when the command ends.
With --data it stays, and is filled only if it is empty. Flags alone count here, and
not the settings of an installation.`,
		Example: `  debrief demo
  debrief demo --listen 127.0.0.1:0
  debrief demo --data ./demo`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if s.data == "" {
				folder, err := os.MkdirTemp("", "debrief-demo-")
				if err != nil {
					return err
				}
				defer os.RemoveAll(folder)
				s.data = folder
			}
			return s.run(cmd.Context(), sys, func(ctx context.Context, r *room) error {
				fmt.Fprintln(sys.Stdout, "It is being filled, which takes some seconds:")
				err := demo.Fill(ctx, demo.Room{Casebook: r.casebook, Gate: r.gate, Settle: r.settle}, func(step string) { fmt.Fprintln(sys.Stdout, "  "+step) })
				if err != nil {
					return err
				}
				fmt.Fprintf(sys.Stdout, "Sign in as one of these, with the password %q:\n", demo.Password)
				for _, a := range demo.Accounts {
					fmt.Fprintf(sys.Stdout, "  %-18s %s, %s\n", a.Email, a.Name, a.Team)
				}
				fmt.Fprintln(sys.Stdout, "Ctrl+C ends it.")
				return nil
			})
		},
	}
	// Settings of a real installation do not count here: a sample company must not
	// end up in it.
	f := cmd.Flags()
	f.StringVar(&s.listen, "listen", s.listen, settings.Find(settings.Listen).What)
	f.StringVar(&s.data, "data", "", "keep the room in this `folder`")
	f.StringVar(&s.database, "database", "", settings.Find(settings.Database).What)
	f.BoolVar(&s.secure, "tls", false, settings.Find(settings.TLS).What)
	return cmd
}

package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"debrief.dev/debrief/internal/auth"
)

// newPassword gives "debrief password".
func newPassword(sys *System) *cobra.Command {
	var k keeping
	cmd := &cobra.Command{
		Use:   "password EMAIL",
		Short: "Give an account of an installation a new password",
		Long: `Password gives the account with an e-mail address a new password, which it makes by
chance and prints, and ends the sessions of the account. It is for the case that
somebody forgot theirs and no administrator can help; an administrator closes an
account and invites the person again, who comes back as who they were.

The server may run meanwhile. Whoever gets the password changes it under "Your
account".`,
		Example: `  debrief password ana@example.com
  debrief password ana@example.com --data /var/lib/debrief`,
		Args: oneArgument("the e-mail address of the account"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := k.find(cmd, sys); err != nil {
				return err
			}
			if err := k.there(); err != nil {
				return err
			}
			st, _, err := k.open(cmd.Context(), sys, 0)
			if err != nil {
				return err
			}
			u, password, err := auth.New(st).ResetPassword(cmd.Context(), args[0], "cli")
			if err = errors.Join(err, st.Close()); err != nil {
				return err
			}
			fmt.Fprintf(sys.Stderr, "The new password of %s; their sessions are ended:\n", oneLine(u.Name))
			_, err = fmt.Fprintln(sys.Stdout, password)
			return err
		},
	}
	k.flags(cmd)
	return cmd
}

package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
)

// newVersion gives "debrief version".
func newVersion(sys *System) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Show the version",
		Example: "  debrief version",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(sys.Stdout, "debrief %s (%s, %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

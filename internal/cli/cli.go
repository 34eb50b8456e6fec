// Package cli is the command: it reads flags, calls the packages that do the
// work, and shows what they give.
//
// What goes where. Standard output carries the result and nothing else, so that
// it can be piped. Standard error carries everything for the person: progress,
// questions, what could not be read, errors. An error is one line that begins
// with "debrief: " and says what is the case; each thing that helps follows on a
// line that begins with "hint: ". Colour and the progress bar appear on a
// terminal only, and never when NO_COLOR is set.
//
// Every command has a file of its own, every error a code from the table in
// exit.go. The commands are tested as people type them: testdata/*.txtar.
package cli

import (
	"context"
	"io"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
)

// System is what surrounds the command: its streams, its terminal, its clock.
type System struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Whether the streams are terminals.
	StdinTerminal, StdoutTerminal, StderrTerminal bool
	// Width of the terminal in columns, 0 if not known.
	Width int
	// Env gives a variable of the environment.
	Env func(string) string
	// Environ gives all of them; nil means that nobody looks for misspelt ones.
	Environ func() []string
	// Now gives the time, for dates that name no year.
	Now func() time.Time
}

// Run runs the command with its arguments and gives the exit code. When ctx
// ends the command stops without leaving a half-written file.
func Run(ctx context.Context, sys System, args []string) int {
	root := newRoot(&sys)
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	return sys.exit(ctx, cmd, err)
}

// newRoot gives the whole tree of commands.
func newRoot(sys *System) *cobra.Command {
	root := &cobra.Command{
		Use:   "debrief",
		Short: "From raw evidence to a neutral timeline and a pre-read",
		Long: `Debrief takes a team from raw evidence to shared learning.

Give it a folder with what your tools remember of an incident: chat exports,
alerts, deploys, tickets, logs, mail, notes. It proposes a neutral timeline in
which every entry cites its evidence, asks what the evidence leaves open, and
drafts the pre-read for the review. It works on your machine alone: nothing is
sent anywhere.`,
		Example: `  debrief draft ./incident-42
  debrief timeline ./incident-42 --format json
  debrief evidence export.zip
  debrief lint postmortem.md`,
		Version:           version(),
		SilenceErrors:     true, // exit.go shows them
		SilenceUsage:      true,
		DisableAutoGenTag: true,
		Args:              noSubcommand,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(sys.Stdin)
	root.SetOut(sys.Stdout)
	root.SetErr(sys.Stderr)
	root.SetFlagErrorFunc(flagError)
	root.SetVersionTemplate("debrief {{.Version}}\n")
	root.PersistentFlags().BoolP("help", "h", false, "show what a command does and what it takes")
	root.AddCommand(
		newDraft(sys),
		newTimeline(sys),
		newEvidence(sys),
		newLint(sys),
		newRules(sys),
		newLSP(sys),
		newServe(sys),
		newDemo(sys),
		newConfig(sys),
		newBackup(sys),
		newRestore(sys),
		newPassword(sys),
		newVersion(sys),
		newMan(),
	)
	root.InitDefaultCompletionCmd(args0...)
	root.InitDefaultHelpCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "completion":
			c.Short = "Write a completion script for a shell"
		case "help":
			c.Short = "Show help for a command"
		}
	}
	return root
}

// args0 makes cobra add its completion command although no arguments are known yet.
var args0 = []string{"completion"}

// version is the module's version as the build recorded it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "development build"
}

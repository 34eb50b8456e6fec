package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/lsp"
	"debrief.dev/debrief/lint"
)

// Exit codes that are no error.
const (
	exitDone        = 0   // the result is written
	exitFindings    = 1   // "debrief lint" found something at or above --fail-on
	exitUnannounced = 1   // "debrief lsp" was told to exit without a shutdown; the protocol names the code
	exitInterrupted = 130 // the person or the system stopped it
)

// exitCodes is the one table from what is the case to the exit code.
var exitCodes = map[debrief.ErrorKind]int{
	debrief.Invalid:     2,
	debrief.NotFound:    3,
	debrief.Denied:      4,
	debrief.Conflict:    5,
	debrief.Unavailable: 6,
	debrief.TooLarge:    7,
	debrief.Internal:    70,
}

// errFindings ends "debrief lint" when there is something to look at. It is
// shown by the exit code alone: the findings are on standard output.
var errFindings = errors.New("there are findings")

// exit shows err and gives the code.
func (sys *System) exit(ctx context.Context, cmd *cobra.Command, err error) int {
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.Is(err, lsp.ErrUnannounced):
		return exitUnannounced
	case ctx.Err() != nil || errors.Is(err, context.Canceled):
		fmt.Fprintln(sys.Stderr, "debrief: stopped. No file was written.")
		return exitInterrupted
	}
	err = classify(err)
	say := strings.TrimSpace(oneLine(err.Error()))
	if fault := (*lint.Fault)(nil); errors.As(err, &fault) {
		say = printable(fault.Error()) // over lines, with the place marked
	}
	fmt.Fprintln(sys.Stderr, "debrief: "+say)
	hints := []string{debrief.HintOf(err)}
	if debrief.KindOf(err) == debrief.Invalid && cmd != nil && hints[0] == "" {
		hints = append(hints, fmt.Sprintf("%q shows what the command takes.", cmd.CommandPath()+" --help"))
	}
	if debrief.KindOf(err) == debrief.Internal && hints[0] == "" {
		hints = append(hints, "This is a defect of Debrief. Your files are as they were.")
	}
	for _, h := range slices.DeleteFunc(hints, func(h string) bool { return h == "" }) {
		fmt.Fprintln(sys.Stderr, "hint: "+oneLine(h))
	}
	return exitCodes[debrief.KindOf(err)]
}

// classify gives errors of the operating system and of cobra their kind and
// their words; an error that has them stays as it is.
func classify(err error) error {
	var known *debrief.Error
	if errors.As(err, &known) {
		return err
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		e := &debrief.Error{Field: path.Path, Err: err}
		switch {
		case errors.Is(err, fs.ErrNotExist):
			e.Kind, e.Say = debrief.NotFound, "There is no such file or folder."
			e.Hint = "The path is taken from the current folder."
		case errors.Is(err, fs.ErrPermission):
			e.Kind, e.Say = debrief.Denied, "This file or folder may not be opened."
			e.Hint = "Its permissions say who may: see \"ls -l\"."
		default:
			e.Kind, e.Say = debrief.Unavailable, "The system answers: "+path.Err.Error()+"."
		}
		return e
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &debrief.Error{Kind: debrief.Unavailable, Say: "There was no answer in time.", Err: err}
	}
	return err
}

// flagError puts cobra's and pflag's words into ours.
func flagError(cmd *cobra.Command, err error) error {
	say := err.Error()
	say = strings.TrimSpace(strings.ToUpper(say[:1]) + say[1:])
	if !strings.HasSuffix(say, ".") {
		say += "."
	}
	return &debrief.Error{Kind: debrief.Invalid, Say: say, Hint: fmt.Sprintf("%q lists the flags.", cmd.CommandPath()+" --help"), Err: err}
}

// noSubcommand refuses a word that is not a command, and names the nearest one.
func noSubcommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	e := &debrief.Error{Kind: debrief.Invalid, Say: fmt.Sprintf("%q is not a command of debrief.", args[0])}
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		e.Hint = fmt.Sprintf("Close to it is %q.", "debrief "+near[0])
	} else if _, err := os.Stat(args[0]); err == nil {
		e.Hint = fmt.Sprintf("To draft from this folder: debrief draft %s", args[0])
	} else {
		e.Hint = "\"debrief help\" lists the commands."
	}
	return e
}

// somePaths asks for at least one path.
func somePaths(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return &debrief.Error{
				Kind: debrief.Invalid, Say: "There is nothing to read: no path is given.",
				Hint: fmt.Sprintf("Name %s, for example: %s", what, strings.TrimSpace(firstLine(cmd.Example))),
			}
		}
		return nil
	}
}

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return &debrief.Error{Kind: debrief.Invalid, Say: fmt.Sprintf("%q takes no arguments, and %q is one.", cmd.CommandPath(), args[0])}
	}
	return nil
}

func firstLine(s string) string { l, _, _ := strings.Cut(s, "\n"); return l }

// oneLine makes s safe for one line of a terminal.
func oneLine(s string) string { return strings.Join(strings.Fields(printable(s)), " ") }

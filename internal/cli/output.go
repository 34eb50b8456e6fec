package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"debrief.dev/debrief"
)

// output holds the flags of every command that writes a result.
type output struct {
	path, format string
}

func (o *output) flags(cmd *cobra.Command, preset, formats string) {
	cmd.Flags().StringVarP(&o.path, "output", "o", "", "write to this `file` instead of standard output")
	cmd.Flags().StringVar(&o.format, "format", preset, "the `format`: "+formats)
	var names []string
	for f := range strings.SplitSeq(formats, ", ") {
		name, _, _ := strings.Cut(f, " ")
		names = append(names, name)
	}
	// It refuses only a flag that is not there, and this one is.
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp))
}

// endings say which format a file's name asks for.
var endings = map[string]string{
	".md": "md", ".markdown": "md", ".html": "html", ".htm": "html", ".json": "json", ".csv": "csv", ".svg": "svg",
	".jsonl": "jsonl", ".ndjson": "jsonl", ".txt": "table",
}

// form gives the format, or an error that lists the known ones. When only a
// file is named, its ending decides.
func (o *output) form(known ...string) (string, error) {
	format := strings.ToLower(o.format)
	switch format {
	case "markdown":
		format = "md"
	case "ndjson":
		format = "jsonl"
	}
	if !slices.Contains(known, format) {
		return "", &debrief.Error{
			Kind: debrief.Invalid, Field: "--format", Say: fmt.Sprintf("%q is not a format of this command.", o.format),
			Hint: "Known are: " + strings.Join(known, ", ") + ".",
		}
	}
	return format, nil
}

// follow lets the file's ending choose the format unless --format was given.
func (o *output) follow(cmd *cobra.Command, known ...string) {
	if f, ok := endings[strings.ToLower(filepath.Ext(o.path))]; ok && !cmd.Flags().Changed("format") && slices.Contains(known, f) {
		o.format = f
	}
}

// write lets fill write the result: to standard output, or to the file, which
// appears whole or not at all.
func (o *output) write(sys *System, fill func(io.Writer) error) (err error) {
	if o.path == "" || o.path == "-" {
		return fill(sys.Stdout)
	}
	dir := filepath.Dir(o.path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(o.path)+".*")
	switch path := (*fs.PathError)(nil); {
	case errors.Is(err, fs.ErrNotExist):
		return &debrief.Error{
			Kind: debrief.NotFound, Field: o.path, Say: "The folder in which this file is to be does not exist.",
			Hint: "Make the folder first, or name a file in one that exists.", Err: err,
		}
	case errors.As(err, &path):
		return &fs.PathError{Op: path.Op, Path: o.path, Err: path.Err}
	case err != nil:
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()           // the first error is the one to show
			_ = os.Remove(f.Name()) // and nothing half-written stays
		}
	}()
	buf := bufio.NewWriter(f)
	if err = fill(buf); err != nil {
		return err
	}
	if err = buf.Flush(); err != nil {
		return err
	}
	if err = f.Chmod(0o644); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), o.path)
}

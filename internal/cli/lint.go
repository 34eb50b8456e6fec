package cli

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"debrief.dev/debrief"
	"debrief.dev/debrief/lint"
)

// largestText is the most that "debrief lint" takes of one text, in bytes: a
// shelf of books.
const largestText = 64 << 20

// newLint gives "debrief lint".
func newLint(sys *System) *cobra.Command {
	var (
		out    output
		failOn string
	)
	cmd := &cobra.Command{
		Use:   "lint FILE...",
		Short: "Find the language of blame in a text, and what to ask instead",
		Long: `Lint reads Markdown or plain text and points at wording that makes people the
cause, where a fact or a condition would say more. Each finding names the rule,
the words, and a question that asks for the missing fact. Quotations, code and
log lines are let be. "-" is standard input.

The exit code is 0 when nothing was found at or above --fail-on, 1 when
something was, and 2 when the command was not understood.`,
		Example: `  debrief lint postmortem.md
  debrief lint *.md --format json
  git show HEAD:postmortem.md | debrief lint -
  debrief lint postmortem.md --fail-on error`,
		Args: somePaths("the files to read, or - for standard input"),
		RunE: func(cmd *cobra.Command, paths []string) error {
			format, err := out.form("text", "json")
			if err != nil {
				return err
			}
			least, err := level(failOn)
			if err != nil {
				return err
			}
			rules, found := lint.Default(), []placed{}
			for _, path := range paths {
				text, err := textOf(sys, path)
				if err != nil {
					return err
				}
				found = append(found, placeAll(path, text.Body, rules.Check(text))...)
				if err := cmd.Context().Err(); err != nil {
					return err
				}
			}
			err = out.write(sys, func(w io.Writer) error {
				if format == "json" {
					return findingsJSON(w, found)
				}
				return findingsText(w, paint(out.path == "" && sys.colours(sys.StdoutTerminal)), found)
			})
			if err != nil {
				return err
			}
			for _, f := range found {
				if f.Level >= least {
					return errFindings
				}
			}
			return nil
		},
	}
	out.flags(cmd, "text", "text, json")
	cmd.Flags().StringVar(&failOn, "fail-on", "info", "exit with 1 from this `level` on: info, warning, error")
	return cmd
}

// A placed finding is a finding and where it stands. Lines and columns begin at
// 1; columns count characters.
type placed struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	lint.Finding
}

// placeAll turns offsets into lines and columns. Findings are in the order of
// the text, so the text is walked once.
func placeAll(file, body string, found []lint.Finding) []placed {
	list := make([]placed, 0, len(found))
	line, start, at := 1, 0, 0
	for _, f := range found {
		if f.Start < at { // findings of two rules may begin at one place, never far back
			line, start, at = 1, 0, 0
		}
		for i := strings.IndexByte(body[at:f.Start], '\n'); i >= 0; i = strings.IndexByte(body[at:f.Start], '\n') {
			line, at = line+1, at+i+1
			start = at
		}
		at = f.Start
		list = append(list, placed{file, line, utf8.RuneCountInString(body[start:f.Start]) + 1, f})
	}
	return list
}

// textOf reads a file, or standard input for "-".
func textOf(sys *System, path string) (lint.Text, error) {
	in := sys.Stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return lint.Text{}, err
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, largestText+1))
	if err != nil {
		return lint.Text{}, err
	}
	if len(data) > largestText {
		return lint.Text{}, &debrief.Error{
			Kind: debrief.TooLarge, Field: path, Say: "The text is larger than 64 MiB.",
			Hint: "\"debrief evidence\" reads exports and logs of any size; lint is for what people wrote about them.",
		}
	}
	t := lint.Text{Body: strings.ToValidUTF8(string(data), "\uFFFD"), Format: lint.Plain}
	switch strings.ToLower(filepath.Ext(path)) {
	case ".md", ".markdown", ".mdown", "":
		t.Format = lint.Markdown
	}
	return t, nil
}

func level(s string) (lint.Level, error) {
	for _, v := range []lint.Level{lint.Info, lint.Warning, lint.Error} {
		if strings.EqualFold(s, v.String()) {
			return v, nil
		}
	}
	return 0, &debrief.Error{
		Kind: debrief.Invalid, Field: "--fail-on", Say: fmt.Sprintf("%q is not a level.", s),
		Hint: "Known are: info, warning, error.",
	}
}

func findingsText(w io.Writer, p paint, found []placed) error {
	b := bufio.NewWriter(w)
	for _, f := range found {
		mark := p.blue
		switch f.Level {
		case lint.Warning:
			mark = p.yellow
		case lint.Error:
			mark = p.red
		}
		fmt.Fprintf(b, "%s:%d:%d: %s %s: %s\n", oneLine(f.File), f.Line, f.Column, mark(f.Rule), oneLine(f.Title), p.bold("“"+oneLine(f.Excerpt)+"”"))
		if f.Ask != "" {
			fmt.Fprintf(b, "    ask: %s\n", oneLine(f.Ask))
		}
		for _, s := range f.Suggestions {
			fmt.Fprintf(b, "    say: %s\n", oneLine(s))
		}
	}
	return b.Flush()
}

func findingsJSON(w io.Writer, found []placed) error {
	doc := struct {
		Schema   string   `json:"schema"`
		Findings []placed `json:"findings"`
	}{"debrief.lint/1", found}
	if err := json.MarshalWrite(w, doc, json.Deterministic(true), jsontext.EscapeForJS(true), jsontext.Multiline(true)); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/proofread"
	"debrief.dev/debrief/lint"
)

// newLint gives "debrief lint".
func newLint(sys *System) *cobra.Command {
	var (
		out       output
		opts      proofread.Options
		failOn    string
		section   string
		fix, diff bool
	)
	cmd := &cobra.Command{
		Use:   "lint PATH...",
		Short: "Find the language of blame in texts, and what to ask instead",
		Long: `Lint points at wording that makes people the cause, where a fact or a condition
would say more. Each finding names the rule, the words, and a question that asks
for the missing fact. Quotations, code and log lines are let be.

A path is a file, a folder, a pattern such as "docs/**/*.md", or "-" for standard
input. In folders it reads Markdown, plain text, reStructuredText, HTML and JSON
lines of chats (.md .txt .rst .html .jsonl and their kin), and passes over folders
that begin with a dot, node_modules and vendor.

A wording is kept with its reason, in the text:
  <!-- debrief: allow B03, the customer's own words -->
or in the file .debrief.yaml, which is looked for from each text's folder upwards
and also sets levels, names, own rules and what to ignore. A reason that keeps
nothing is reported, too.

Formats: text for people; json, sarif (2.1.0), github (annotations of a workflow)
and junit for programs. Columns count characters, from 1.

Exit codes: 0 nothing found at or above --fail-on, 1 something found, 2 the
command, the configuration or a rule was not understood, 3 there is no such file
or revision, 4 a file may not be read, 7 a text is larger than 64 MiB.`,
		Example: `  debrief lint postmortem.md
  debrief lint docs --fail-on warning
  debrief lint . --since origin/main --format github
  debrief lint docs --fix
  git show HEAD:postmortem.md | debrief lint - --stdin-name postmortem.md`,
		Args: somePaths("the files or folders to read, or - for standard input"),
		RunE: func(cmd *cobra.Command, paths []string) error {
			format, err := out.form(proofread.Formats()...)
			if err != nil {
				return err
			}
			var least lint.Level
			if failOn != "" {
				if least, err = proofread.ParseLevel(failOn); err != nil {
					return &debrief.Error{Kind: debrief.Invalid, Field: "--fail-on", Say: fmt.Sprintf("%q is not a level.", failOn), Hint: "Known are: info, warning, error.", Err: err}
				}
			}
			if opts.Section, err = sectionOf(section); err != nil {
				return err
			}
			if fix && slices.Contains(paths, "-") {
				return &debrief.Error{Kind: debrief.Invalid, Field: "--fix", Say: "Standard input cannot be rewritten in place.", Hint: "--diff shows what would change."}
			}
			if err := knownLanguage(opts.Language); err != nil {
				return err
			}
			opts.Stdin = sys.Stdin
			files, err := proofread.Files(paths)
			if err != nil {
				return err
			}
			result, err := proofread.Run(cmd.Context(), files, opts)
			if err != nil {
				return err
			}
			if failOn == "" {
				least = result.FailOn
			}
			var rewritten []proofread.Rewritten
			if fix || diff {
				rewritten = result.Rewrite()
			}
			if fix {
				for _, w := range rewritten {
					if err := w.Save(); err != nil {
						return err
					}
				}
			}
			err = out.write(sys, func(w io.Writer) error {
				if diff || fix && format == "text" {
					for _, r := range rewritten {
						if _, err := io.WriteString(w, r.Diff()); err != nil {
							return err
						}
					}
				}
				if diff {
					return nil
				}
				return proofread.Write(w, format, result, lintPaint(paint(out.path == "" && sys.colours(sys.StdoutTerminal))), version())
			})
			if err != nil {
				return err
			}
			for i, problem := range result.Problems {
				if i == len(result.Problems)-1 {
					return problem
				}
				sys.exit(cmd.Context(), cmd, problem)
			}
			if result.Failed(least) || diff && !fix && len(rewritten) > 0 {
				return errFindings
			}
			return nil
		},
	}
	out.flags(cmd, "text", strings.Join(proofread.Formats(), ", "))
	f := cmd.Flags()
	f.StringVar(&failOn, "fail-on", "", "exit with 1 from this `level` on: info, warning, error (default: what the configuration says, else info)")
	f.StringVar(&opts.Since, "since", "", "only what stands on lines changed since this `revision` of Git, and in new files")
	f.BoolVar(&fix, "fix", false, "make the safe rewrites in the files, show them as a diff, and report what remains")
	f.BoolVar(&diff, "diff", false, "show the safe rewrites as a diff instead of the findings; without --fix no file is changed")
	f.StringVar(&opts.Config, "config", "", "use this `file` as the configuration of every text")
	f.BoolVar(&opts.Alone, "no-config", false, "read no configuration")
	f.StringVar(&opts.As, "stdin-name", "", "the `path` that standard input stands for: its ending gives the format, its folder the configuration")
	languageFlag(cmd, &opts.Language, "the `language` of the texts: en, de, fr (default: what the configuration says, else en)")
	f.StringVar(&section, "section", "", "what the texts are part of: causes, timeline, followups, external, evidence")
	cmd.MarkFlagsMutuallyExclusive("config", "no-config")
	return cmd
}

// sectionOf reads the name of a section.
func sectionOf(s string) (lint.Section, error) {
	if s == "" {
		return lint.Narrative, nil
	}
	for _, known := range lint.Sections() {
		if s == string(known) {
			return known, nil
		}
	}
	return "", &debrief.Error{Kind: debrief.Invalid, Field: "--section", Say: fmt.Sprintf("%q is not a section.", s), Hint: "Known are: causes, timeline, followups, external, evidence."}
}

func lintPaint(p paint) proofread.Paint {
	return proofread.Paint{
		Faint: p.dim, Bold: p.bold,
		Level: func(l lint.Level, s string) string {
			switch l {
			case lint.Error:
				return p.red(s)
			case lint.Warning:
				return p.yellow(s)
			}
			return p.blue(s)
		},
	}
}

func languageFlag(cmd *cobra.Command, into *string, usage string) {
	cmd.Flags().StringVar(into, "lang", "", usage)
	// It refuses only a flag that is not there, and this one is.
	_ = cmd.RegisterFlagCompletionFunc("lang", cobra.FixedCompletions(lint.Languages(), cobra.ShellCompDirectiveNoFileComp))
}

func knownLanguage(tag string) error {
	if tag == "" || slices.Contains(lint.Languages(), tag) {
		return nil
	}
	return &debrief.Error{Kind: debrief.Invalid, Field: "--lang", Say: fmt.Sprintf("There are no rules for the language %q.", tag), Hint: "Known are: " + strings.Join(lint.Languages(), ", ") + "."}
}

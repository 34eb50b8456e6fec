package cli

import (
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/proofread"
	"debrief.dev/debrief/lint"
)

// newRules gives "debrief rules".
func newRules(sys *System) *cobra.Command {
	var (
		out  output
		lang string
	)
	cmd := &cobra.Command{
		Use:   "rules [RULE]",
		Short: "List the rules of debrief lint, or explain one",
		Long: `Rules lists what "debrief lint" looks for. With a rule it explains that one: why it
is there and where the reason comes from, what to ask and say instead, and
examples of what it finds and what it lets be.`,
		Example: `  debrief rules
  debrief rules B03
  debrief rules B03 --format yaml
  debrief rules test ./our-rules`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var out []string
			for _, r := range lint.Default().List() {
				out = append(out, r.ID+"\t"+r.Title)
			}
			return out, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := knownLanguage(lang); err != nil {
				return err
			}
			pack, err := lint.Language(lang)
			if err != nil {
				return err
			}
			rules := pack.List()
			if len(args) == 0 {
				format, err := out.form("text", "md", "json")
				if err != nil {
					return err
				}
				return out.write(sys, func(w io.Writer) error { return listRules(w, format, rules) })
			}
			format, err := out.form("text", "md", "yaml", "json")
			if err != nil {
				return err
			}
			i := slices.IndexFunc(rules, func(r lint.Rule) bool { return strings.EqualFold(r.ID, args[0]) || r.Category == args[0] })
			if i < 0 {
				return &debrief.Error{Kind: debrief.NotFound, Say: fmt.Sprintf("There is no rule %q.", args[0]), Hint: "\"debrief rules\" lists them."}
			}
			return out.write(sys, func(w io.Writer) error { return showRule(w, format, lang, rules[i]) })
		},
	}
	out.flags(cmd, "text", "text, md, json, yaml (of one rule, as in its file)")
	languageFlag(cmd, &lang, "the rules for this `language`: en, de, fr")
	cmd.AddCommand(newRulesTest(sys))
	return cmd
}

// listRules writes one line a rule.
func listRules(w io.Writer, format string, rules []lint.Rule) error {
	switch format {
	case "md":
		_, err := io.WriteString(w, proofread.Index(rules))
		return err
	case "json":
		return writeRules(w, rules)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range rules {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", r.ID, r.Level, r.Category, r.Title)
	}
	return t.Flush()
}

func showRule(w io.Writer, format, lang string, rule lint.Rule) error {
	switch format {
	case "json":
		return writeRules(w, []lint.Rule{rule})
	case "yaml":
		from, err := lint.LanguageFiles(lang)
		if err != nil {
			return err
		}
		data, err := fs.ReadFile(from[len(from)-1], "rules/"+rule.ID+".yaml")
		if err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	}
	_, err := io.WriteString(w, proofread.Page(rule))
	return err
}

// writeRules writes what a program may want to know of rules.
func writeRules(w io.Writer, rules []lint.Rule) error {
	type one struct {
		ID          string   `json:"id"`
		Category    string   `json:"category"`
		Level       string   `json:"level"`
		Title       string   `json:"title"`
		Why         string   `json:"why"`
		Source      string   `json:"source"`
		Ask         string   `json:"ask"`
		Suggestions []string `json:"suggestions"`
		Bad         []string `json:"bad"`
		Good        []string `json:"good"`
	}
	doc := struct {
		Rules []one `json:"rules"`
	}{}
	for _, r := range rules {
		doc.Rules = append(doc.Rules, one{r.ID, r.Category, r.Level, r.Title, strings.TrimSpace(r.Why), r.Source, r.Ask, r.Suggestions, r.Bad, r.Good})
	}
	if err := json.MarshalWrite(w, doc, json.Deterministic(true), jsontext.EscapeForJS(true), jsontext.Multiline(true)); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// newRulesTest gives "debrief rules test".
func newRulesTest(sys *System) *cobra.Command {
	var lang string
	cmd := &cobra.Command{
		Use:   "test DIR",
		Short: "Hold the rules of a folder to their own examples",
		Long: `Test reads the rules of a folder (rules/ID.yaml, and words/*.yaml if they need
words of their own) beside those of Debrief, and tries each on its own examples:
what is «marked» in a bad one has to be found, a good one has to be silent under
every rule, and a rewrite has to read as it says. A rule that cannot be read is
explained with its line. A folder with a language.yaml is a language of its own.

The exit code is 0 when all examples hold and 1 when one does not.`,
		Example: `  debrief rules test ./our-rules`,
		Args:    somePaths("the folder with the rules"),
		RunE: func(_ *cobra.Command, dirs []string) error {
			if err := knownLanguage(lang); err != nil {
				return err
			}
			failed, rules, examples := 0, 0, 0
			for _, dir := range dirs {
				tried, err := proofread.TryFolder(dir, lang)
				if err != nil {
					return err
				}
				for _, t := range tried {
					rules++
					n := len(t.Rule.Bad) + len(t.Rule.Good) + len(t.Rule.Rewritten)
					examples += n
					if len(t.Problems) == 0 {
						fmt.Fprintf(sys.Stdout, "ok    %s  %d examples\n", printable(t.Rule.ID), n)
						continue
					}
					failed++
					fmt.Fprintf(sys.Stdout, "FAIL  %s  %d examples, %s\n", printable(t.Rule.ID), n, counted(len(t.Problems), "problem", "problems"))
					for _, p := range t.Problems {
						fmt.Fprintf(sys.Stdout, "      %s\n", oneLine(p))
					}
				}
			}
			fmt.Fprintf(sys.Stdout, "%s, %d examples; %d failed.\n", counted(rules, "rule", "rules"), examples, failed)
			if failed > 0 {
				return errFindings
			}
			return nil
		},
	}
	languageFlag(cmd, &lang, "the rules stand beside those of this `language`: en, de, fr")
	return cmd
}

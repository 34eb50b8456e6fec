package proofread

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"debrief.dev/debrief"
	"debrief.dev/debrief/lint"
)

// Page describes a rule in Markdown, from the rule's own file: what it looks for
// and why, what to ask and say instead, with its examples.
func Page(rule lint.Rule) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s %s\n\n", rule.ID, rule.Title)
	fmt.Fprintf(&b, "%s\n\n", strings.Join(strings.Fields(rule.Why), " "))
	fmt.Fprintf(&b, "Category `%s`, level %s", rule.Category, rule.Level)
	for _, section := range lint.Sections() {
		if level, ok := rule.Sections[section]; ok {
			fmt.Fprintf(&b, "; %s in %s", level, sectionWords[section])
		}
	}
	b.WriteString(".\n")
	if rule.Source != "" {
		fmt.Fprintf(&b, "Source: %s.\n", rule.Source)
	}
	fmt.Fprintf(&b, "\n## Ask instead\n\n> %s\n", rule.Ask)
	if len(rule.Suggestions) > 0 {
		b.WriteString("\n## Ways to say it\n\n")
		for _, s := range rule.Suggestions {
			fmt.Fprintf(&b, "- %s\n", strings.ReplaceAll(s, "{who}", "⟨role⟩"))
		}
	}
	if len(rule.Rewritten) > 0 {
		b.WriteString("\n## Rewritten\n\nWhat `--fix` does, because no fact is lost:\n\n")
		for _, example := range rule.Rewritten {
			fmt.Fprintf(&b, "- ~~%v~~ → %v\n", example.Key, example.Value)
		}
	}
	b.WriteString("\n## Found\n\n")
	examples(&b, rule.Bad)
	b.WriteString("\n## Let be\n\n")
	examples(&b, rule.Good)
	return b.String()
}

var sectionWords = map[lint.Section]string{
	lint.Causes: "contributing factors", lint.Timeline: "a timeline", lint.FollowUps: "follow-ups",
	lint.External: "texts for readers outside", lint.Evidence: "evidence",
}

// examples writes sentences as a list and documents as blocks, with the words found in bold.
func examples(b *strings.Builder, list []string) {
	for i, s := range list {
		if strings.Contains(strings.TrimSpace(s), "\n") {
			if i > 0 {
				b.WriteString("\n")
			}
			fmt.Fprintf(b, "```markdown\n%s\n```\n", strings.TrimSpace(s))
			continue
		}
		fmt.Fprintf(b, "- %s\n", strings.NewReplacer("«", "**", "»", "**", "*", `\*`, "<", "&lt;").Replace(s))
	}
}

// Index lists rules in Markdown, with links to their pages.
func Index(rules []lint.Rule) string {
	var b strings.Builder
	b.WriteString("# The rules\n\n")
	b.WriteString("Each is one file in [lint/rules](../../lint/rules), and its examples are its test. Pages B and M are about\nsentences, D about a text as a whole.\n\n")
	b.WriteString("| rule | what it points at | category | level |\n|---|---|---|---|\n")
	for _, r := range rules {
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | `%s` | %s |\n", r.ID, r.ID, r.Title, r.Category, r.Level)
	}
	return b.String()
}

// Tried is a rule and what its examples say of it.
type Tried struct {
	Rule     lint.Rule
	Problems []string // empty if all examples hold
}

// TryFolder reads the rules of a folder beside the usual ones of a language and
// holds each to its own examples. A folder with a language.yaml is a language of its
// own.
func TryFolder(dir, language string) ([]Tried, error) {
	if info, err := os.Stat(dir); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, &debrief.Error{Kind: debrief.Invalid, Field: dir, Say: "This is not a folder.", Hint: "A folder with rules/ID.yaml is expected."}
	}
	own := os.DirFS(dir)
	names, err := fs.Glob(own, "rules/*.yaml")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, &debrief.Error{
			Kind: debrief.NotFound, Field: dir, Say: "There is no rule in this folder.",
			Hint: "A rule is a file rules/ID.yaml; words of its own stand in words/*.yaml. \"debrief rules B03 --format yaml\" shows one.",
		}
	}
	from, err := lint.LanguageFiles(language)
	if err != nil {
		return nil, err
	}
	if isFile(filepath.Join(dir, "language.yaml")) {
		from = []fs.FS{lint.SharedFiles()}
	}
	rules, err := lint.Load(append(from, own)...)
	if err != nil {
		return nil, RuleError(err)
	}
	var out []Tried
	for _, rule := range rules.List() {
		for _, name := range names {
			if path.Base(name) == rule.ID+".yaml" {
				out = append(out, Tried{rule, rules.Try(rule)})
			}
		}
	}
	return out, nil
}

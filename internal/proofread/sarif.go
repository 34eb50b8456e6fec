package proofread

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"debrief.dev/debrief/lint"
)

// writeSARIF writes the Static Analysis Results Interchange Format, version 2.1.0
// (OASIS, 2020). Columns count code points, as the run says.
func writeSARIF(w io.Writer, r *Result, version string) error {
	run := sarif.NewRunWithInformationURI("debrief", "https://debrief.dev")
	run.WithColumnKind("unicodeCodePoints")
	run.Tool.Driver.WithVersion(version)
	rules := lint.Default().List()
	if r.rules != nil {
		rules = r.rules.List()
	}
	for _, rule := range rules {
		run.AddRule(rule.ID).
			WithName(rule.Category).
			WithShortDescription(multiformat(rule.Title)).
			WithFullDescription(multiformat(strings.TrimSpace(rule.Why))).
			WithHelp(multiformat("Ask instead: " + rule.Ask)).
			WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(sarifLevel(rule.Default())))
	}
	seen := map[string]int{}
	for _, f := range r.Findings {
		result := run.CreateResultForRule(f.Rule).
			WithLevel(sarifLevel(f.Level)).
			WithRank(f.Confidence * 100).
			WithMessage(sarif.NewTextMessage(fmt.Sprintf("%s: “%s”. %s Ask: %s", f.Title, valid(f.Excerpt), f.Why, f.Ask))).
			AddLocation(sarif.NewLocationWithPhysicalLocation(sarif.NewPhysicalLocation().
				WithArtifactLocation(location(f.Path)).
				WithRegion(region(f).WithSnippet(sarif.NewArtifactContent().WithText(valid(f.Excerpt))))))
		if i := run.GetRuleIndex(f.Rule); i >= 0 {
			result.WithRuleIndex(i)
		}
		// The same words found again are the same result, wherever the lines have moved.
		key := f.Path + "\x00" + f.Rule + "\x00" + strings.Join(strings.Fields(f.Excerpt), " ")
		seen[key]++
		sum := sha256.Sum256([]byte(fmt.Sprintf("%s\x00%d", key, seen[key])))
		result.WithPartialFingerprints(map[string]string{"words/v1": hex.EncodeToString(sum[:16])})
		for _, rewrite := range f.Rewrites {
			result.AddFixe(sarif.NewFix().
				WithDescription(sarif.NewTextMessage("Say it without pointing at people")).
				AddArtifactChange(sarif.NewArtifactChange().
					WithArtifactLocation(location(f.Path)).
					AddReplacement(sarif.NewReplacement().
						WithDeletedRegion(sarif.NewRegion().WithByteOffset(rewrite.Start).WithByteLength(rewrite.End - rewrite.Start)).
						WithInsertedContent(sarif.NewArtifactContent().WithText(rewrite.Text)))))
		}
	}
	report := sarif.NewReport()
	report.AddRun(run)
	if err := report.PrettyWrite(w); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func multiformat(s string) *sarif.MultiformatMessageString {
	return sarif.NewMultiformatMessageString().WithText(s)
}

func location(path string) *sarif.ArtifactLocation {
	u := url.URL{Path: filepath.ToSlash(valid(path))}
	return sarif.NewArtifactLocation().WithURI(u.String())
}

func region(f Finding) *sarif.Region {
	return sarif.NewRegion().WithStartLine(f.Line).WithStartColumn(f.Column).WithEndLine(f.EndLine).WithEndColumn(f.EndColumn).
		WithByteOffset(f.Start).WithByteLength(f.End - f.Start)
}

func sarifLevel(l lint.Level) string {
	return map[lint.Level]string{lint.Info: "note", lint.Warning: "warning", lint.Error: "error"}[l]
}

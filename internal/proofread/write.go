package proofread

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"debrief.dev/debrief/lint"
)

// Formats are those that [Write] knows, the first for people.
func Formats() []string { return []string{"text", "json", "sarif", "github", "junit"} }

// Write writes what was found. Version is that of the program, for the formats
// that name their tool.
func Write(w io.Writer, format string, r *Result, paint Paint, version string) error {
	switch format {
	case "text":
		return writeText(w, r, paint)
	case "json":
		return writeJSON(w, r)
	case "sarif":
		return writeSARIF(w, r, version)
	case "github":
		return writeGitHub(w, r)
	case "junit":
		return writeJUnit(w, r)
	}
	return fmt.Errorf("there is no format %q: known are %s", format, strings.Join(Formats(), ", "))
}

// jsonFinding is a finding as JSON has it. The fields are a promise to programs.
type jsonFinding struct {
	Path       string         `json:"path"`       //
	Line       int            `json:"line"`       // from 1
	Column     int            `json:"column"`     // from 1, in characters
	EndLine    int            `json:"end_line"`   //
	EndColumn  int            `json:"end_column"` // behind the last character
	Start      int            `json:"start"`      // bytes from the beginning of the file
	End        int            `json:"end"`        // behind the last byte
	Rule       string         `json:"rule"`       // "B01", or "allow"
	Category   string         `json:"category"`   //
	Level      lint.Level     `json:"level"`      // info, warning, error
	Confidence float64        `json:"confidence"` // 0 to 1
	Text       string         `json:"text"`       // the words
	Message    string         `json:"message"`    // what is the matter, and why
	Ask        string         `json:"ask"`        // what to ask instead
	Rewrites   []lint.Rewrite `json:"rewrites"`   // each replaces the bytes from start to end by text
}

func writeJSON(w io.Writer, r *Result) error {
	doc := struct {
		Findings []jsonFinding `json:"findings"`
	}{[]jsonFinding{}}
	for _, f := range r.Findings {
		j := jsonFinding{
			valid(f.Path), f.Line, f.Column, f.EndLine, f.EndColumn, f.Start, f.End, f.Rule, f.Category, f.Level, f.Confidence,
			valid(f.Excerpt), f.message(), f.Ask, f.Rewrites,
		}
		if j.Rewrites == nil {
			j.Rewrites = []lint.Rewrite{}
		}
		doc.Findings = append(doc.Findings, j)
	}
	if err := json.MarshalWrite(w, doc, json.Deterministic(true), jsontext.EscapeForJS(true), jsontext.Multiline(true)); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (f *Finding) message() string { return f.Title + ". " + f.Why }

// valid makes text of bytes that are not.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// writeGitHub writes workflow commands, which a code host shows beside the lines.
func writeGitHub(w io.Writer, r *Result) error {
	b := bufio.NewWriter(w)
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, f := range r.Findings {
		command := map[lint.Level]string{lint.Info: "notice", lint.Warning: "warning", lint.Error: "error"}[f.Level]
		// Columns are taken for one line only.
		place := fmt.Sprintf("line=%d,endLine=%d", f.Line, f.EndLine)
		if f.Line == f.EndLine {
			place += fmt.Sprintf(",col=%d,endColumn=%d", f.Column, f.EndColumn)
		}
		fmt.Fprintf(b, "::%s file=%s,%s,title=%s::%s\n", command, property.Replace(filepath.ToSlash(valid(f.Path))), place,
			property.Replace(f.Rule+" "+f.Title), data.Replace(fmt.Sprintf("“%s” %s\nAsk: %s", valid(f.Excerpt), f.Why, f.Ask)))
	}
	return b.Flush()
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Failure *junitFailure `xml:"failure,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// writeJUnit writes one suite a text and one case a finding; a text without
// findings is one case that passes.
func writeJUnit(w io.Writer, r *Result) error {
	out := junitSuites{Name: "debrief lint"}
	index := map[string]int{}
	suite := func(path string) *junitSuite {
		i, known := index[path]
		if !known {
			i = len(out.Suites)
			index[path] = i
			out.Suites = append(out.Suites, junitSuite{Name: valid(path)})
		}
		return &out.Suites[i]
	}
	for _, t := range r.Texts {
		suite(t.Path)
	}
	for _, f := range r.Findings {
		s := suite(f.Path)
		s.Cases = append(s.Cases, junitCase{
			Name: fmt.Sprintf("%d:%d %s %s", f.Line, f.Column, f.Rule, f.Title), Class: valid(f.Path),
			Failure: &junitFailure{Message: f.Title + ": “" + valid(f.Excerpt) + "”", Type: f.Level.String(), Text: f.Why + "\nAsk: " + f.Ask + "\n"},
		})
		s.Failures++
		out.Failures++
	}
	for i := range out.Suites {
		s := &out.Suites[i]
		if len(s.Cases) == 0 {
			s.Cases = []junitCase{{Name: "no finding", Class: s.Name}}
		}
		s.Tests = len(s.Cases)
		out.Tests += s.Tests
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

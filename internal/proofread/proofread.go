// Package proofread checks files with the language engine, the way a team wants
// it: it finds the files, reads the configuration they stand under, hears what is
// allowed there and in the texts, and writes the findings so that a person, a
// code host or a build server can read them.
//
//	files, err := proofread.Files(paths)            // folders and patterns → texts
//	run, err := proofread.Run(ctx, files, options)  // → findings with their places
//	err = proofread.Write(w, "sarif", run)          // → one of the formats
//
// It decides nothing about language: that is package lint. It knows files, and
// what a team says of them in .debrief.yaml.
package proofread

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"debrief.dev/debrief"
	"debrief.dev/debrief/lint"
)

// LargestText is the most that is taken of one text, in bytes: a shelf of books.
const LargestText = 64 << 20

// A Finding is a finding of the language engine and its place in a file. Lines and
// columns begin at 1 and columns count characters; the end is behind the last one.
type Finding struct {
	lint.Finding
	Path      string
	Line      int
	Column    int
	EndLine   int
	EndColumn int
	line      string // the first line it touches, without its end
	lineStart int    // offset of that line
}

// Options say how to check.
type Options struct {
	Stdin    io.Reader
	As       string       // the path that standard input is read as
	Config   string       // the configuration to use for every file, instead of those found upwards
	Alone    bool         // read no configuration at all
	Language string       // of the texts, instead of the one that the configuration names
	Section  lint.Section // what the texts are part of
	Since    string       // if not empty, only findings on lines changed since this revision of Git
}

// Result is what was checked and found, in the order of the paths and in each file
// in the order of the text.
type Result struct {
	Findings []Finding
	Kept     int     // findings that an allowance keeps
	Texts    []*Text // as they were read, for the rewriting
	FailOn   lint.Level
	Problems []error // with files that could not be read
	rules    *lint.Rules
}

// Text is a file that was read.
type Text struct {
	Path   string
	Body   string
	format lint.Format
	config *Config
	text   lint.Text
	parts  []part // what of it is checked, if partly
	partly bool
}

// Run reads files and checks them.
func Run(ctx context.Context, files []File, o Options) (*Result, error) {
	configs := &configs{alone: o.Alone, fixed: o.Config, language: o.Language}
	out := &Result{FailOn: lint.Info}
	var changed *changes
	if o.Since != "" {
		var err error
		if changed, err = changesSince(ctx, o.Since, files); err != nil {
			return nil, err
		}
		files = slices.DeleteFunc(slices.Clone(files), func(f File) bool { return !changed.touches(f.Path) })
	}
	for i, f := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		path := f.Path
		if path == "-" && o.As != "" {
			path = o.As
		}
		config, err := configs.of(path)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			out.FailOn, out.rules = config.failOn, config.rules
		}
		if !f.Named && config.ignores(f.Path) {
			continue
		}
		text, err := read(f, o)
		if err != nil {
			out.Problems = append(out.Problems, err)
			continue
		}
		text.config = config
		text.text = lint.Text{Body: text.Body, Format: text.format, Section: o.Section, Names: config.Names, Things: config.Things}
		out.Texts = append(out.Texts, text)
		if changed != nil {
			text.parts, text.partly = changed.parts(f.Path, text.Body)
		}
		found, kept := text.findings()
		out.Kept += kept
		out.Findings = append(out.Findings, found...)
	}
	if o.Since == "" {
		out.Findings = append(out.Findings, configs.unused(files)...)
	}
	return out, nil
}

// findings checks one text, or the parts of it that are meant, under its configuration.
func (t *Text) findings() (found []Finding, kept int) {
	list, kept := t.config.choose(t.Path, t.config.rules.Review(t.text))
	places := newPlaces(t.Body)
	for _, f := range list {
		if !t.partly || slices.ContainsFunc(t.parts, func(p part) bool { return f.Start < p.end && f.End > p.start }) {
			found = append(found, places.place(t.Path, f))
		}
	}
	return found, kept
}

// read reads a file, or standard input for "-".
func read(f File, o Options) (*Text, error) {
	in, path := o.Stdin, f.Path
	if path == "-" {
		if path = o.As; path == "" {
			path = "<stdin>"
		}
	} else {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		if info, err := file.Stat(); err == nil && info.IsDir() {
			return nil, &fs.PathError{Op: "read", Path: path, Err: fs.ErrInvalid}
		}
		in = file
	}
	data, err := io.ReadAll(io.LimitReader(in, LargestText+1))
	if err != nil {
		return nil, err
	}
	if len(data) > LargestText {
		return nil, &debrief.Error{
			Kind: debrief.TooLarge, Field: path, Say: "The text is larger than 64 MiB.",
			Hint: "\"debrief evidence\" reads exports and logs of any size; lint is for what people wrote about them.",
		}
	}
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return nil, &debrief.Error{
			Kind: debrief.Invalid, Field: path, Say: "The text is written in UTF-16; UTF-8 is expected.",
			Hint: "An editor saves it as UTF-8, and so does: iconv -f UTF-16 -t UTF-8",
		}
	}
	return &Text{Path: path, Body: string(data), format: FormatOf(path)}, nil
}

// FormatOf gives the format of a text by the ending of its name. What has none is
// read as Markdown, as people write it.
func FormatOf(path string) lint.Format {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".md", ".markdown", ".mdown", ".mkd", "":
		return lint.Markdown
	case ".html", ".htm", ".xhtml":
		return lint.HTML
	case ".rst", ".rest":
		return lint.RST
	case ".jsonl", ".ndjson":
		return lint.JSONLines
	}
	if path == "<stdin>" {
		return lint.Markdown
	}
	return lint.Plain
}

// places turns offsets into lines and columns.
type places struct {
	body   string
	starts []int // of lines
}

// byteOrderMark may stand before a text, belongs to none of its lines, and is not shown.
const byteOrderMark = "\uFEFF"

func newPlaces(body string) *places {
	p := &places{body: body, starts: []int{0}}
	if strings.HasPrefix(body, byteOrderMark) {
		p.starts[0] = len(byteOrderMark)
	}
	for i := range len(body) {
		if body[i] == '\n' {
			p.starts = append(p.starts, i+1)
		}
	}
	return p
}

func (p *places) place(path string, f lint.Finding) Finding {
	out := Finding{Finding: f, Path: path}
	out.Line, out.Column = p.at(f.Start)
	out.EndLine, out.EndColumn = p.at(f.End)
	out.line, out.lineStart = p.line(out.Line), p.starts[out.Line-1]
	return out
}

// at gives the line and column of an offset.
func (p *places) at(offset int) (line, column int) {
	offset = max(offset, p.starts[0])
	i, found := slices.BinarySearch(p.starts, offset)
	if !found {
		i--
	}
	return i + 1, utf8.RuneCountInString(p.body[p.starts[i]:offset]) + 1
}

func (p *places) line(n int) string {
	end := len(p.body)
	if n < len(p.starts) {
		end = p.starts[n] - 1
	}
	return strings.TrimSuffix(p.body[p.starts[n-1]:end], "\r")
}

// Failed tells whether something was found at or above a level.
func (r *Result) Failed(least lint.Level) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Level >= least })
}

// Summary counts the findings in words, or says that there are none.
func (r *Result) Summary() string {
	var files []string
	var count [lint.Error + 1]int
	for _, f := range r.Findings {
		count[f.Level]++
		if !slices.Contains(files, f.Path) {
			files = append(files, f.Path)
		}
	}
	if len(r.Findings) == 0 {
		return fmt.Sprintf("Nothing found in %s.", many(len(r.Texts), "text"))
	}
	var parts []string
	for level := lint.Error; level >= lint.Info; level-- {
		if n := count[level]; n > 0 {
			word := level.String()
			if level == lint.Info {
				word = "note"
			}
			parts = append(parts, many(n, word))
		}
	}
	s := fmt.Sprintf("%s in %s of %s: %s.", many(len(r.Findings), "finding"), many(len(files), "file"), many(len(r.Texts), "file"), strings.Join(parts, ", "))
	if r.Kept > 0 {
		s += fmt.Sprintf(" %s kept with a reason.", many(r.Kept, "more"))
	}
	return s
}

func many(n int, what string) string {
	if n == 1 || what == "more" {
		return fmt.Sprintf("%d %s", n, what)
	}
	return fmt.Sprintf("%d %ss", n, what)
}

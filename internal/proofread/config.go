package proofread

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"debrief.dev/debrief"
	"debrief.dev/debrief/lint"
)

// ConfigName is the file that is looked for from a text's folder upwards. The
// nearest one counts, alone.
const ConfigName = ".debrief.yaml"

// Config is what a team says of its texts, in the part "lint" of .debrief.yaml.
// Paths in it are relative to the folder it stands in.
type Config struct {
	Language string         `yaml:"language"` // of the texts: en, de or fr
	FailOn   string         `yaml:"fail-on"`  // the level from which the exit code is 1
	Levels   map[string]any `yaml:"levels"`   // of rules: info, warning, error, off; or such a level for each of some sections
	Rules    []string       `yaml:"rules"`    // folders with rules and words of one's own
	Names    []string       `yaml:"names"`    // people
	Things   []string       `yaml:"things"`   // services, products and places
	Ignore   []string       `yaml:"ignore"`   // patterns of paths that are not read
	Allow    []Allowance    `yaml:"allow"`    // what is kept, and why

	dir    string // "" if there is no file
	path   string
	failOn lint.Level
	levels map[string]levels
	rules  *lint.Rules
	source []byte
	used   []bool // of Allow
}

// Allowance keeps what a rule finds in some files, for a reason.
type Allowance struct {
	Rule   string `yaml:"rule"`
	In     string `yaml:"in"` // a pattern of paths; every file if empty
	Reason string `yaml:"reason"`
}

// configs finds and keeps the configuration of files.
type configs struct {
	language string // instead of the configuration's
	alone    bool
	fixed    string
	byFile   map[string]*Config // by path of the configuration; "" for none
	order    []*Config
}

// of gives the configuration of a text.
func (c *configs) of(path string) (*Config, error) {
	file, err := "", error(nil)
	switch {
	case c.alone:
	case c.fixed != "":
		file = c.fixed
	case path == "-":
		file, err = upwards(ConfigName) // that of the current folder
	default:
		file, err = upwards(path)
	}
	if err != nil {
		return nil, err
	}
	if known := c.byFile[file]; known != nil {
		return known, nil
	}
	config, err := readConfig(file, c.language)
	if err != nil {
		return nil, err
	}
	if c.byFile == nil {
		c.byFile = map[string]*Config{}
	}
	c.byFile[file] = config
	c.order = append(c.order, config)
	return config, nil
}

// upwards looks for a configuration from the folder of a path to the root; "" if
// there is none.
func upwards(path string) (string, error) {
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return "", err
	}
	for {
		if name := filepath.Join(dir, ConfigName); isFile(name) {
			return name, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", nil
		}
		dir = up
	}
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// ReadConfig reads a configuration; "" is the one that changes nothing. What is
// not understood is shown with its line.
func ReadConfig(path string) (*Config, error) { return readConfig(path, "") }

// readConfig reads a configuration for texts in a language; "" is the one it names.
func readConfig(path, language string) (*Config, error) {
	file := struct {
		Lint *Config `yaml:"lint"`
	}{&Config{}}
	var data []byte
	if path != "" {
		var err error
		if data, err = os.ReadFile(path); err != nil {
			return nil, err
		}
		if err := yaml.UnmarshalWithOptions(data, &file, yaml.DisallowUnknownField()); err != nil {
			return nil, notRead(path, data, err)
		}
	}
	c := file.Lint
	if c == nil {
		c = &Config{}
	}
	c.path, c.source = path, data
	if language != "" {
		c.Language = language
	}
	if path != "" {
		full, err := filepath.Abs(path)
		if err != nil {
			return nil, err
		}
		c.dir = filepath.Dir(full)
	}
	return c, c.prepare()
}

// prepare checks what the configuration says and makes it ready.
func (c *Config) prepare() error {
	var err error
	if c.FailOn == "" {
		c.FailOn = lint.Info.String()
	}
	if c.failOn, err = ParseLevel(c.FailOn); err != nil {
		return c.wrong("$.lint.fail-on", fmt.Sprintf("%q is not a level.", c.FailOn), "Known are: info, warning, error.")
	}
	if c.rules, err = c.loadRules(); err != nil {
		return err
	}
	known := []string{"allow"}
	for _, r := range c.rules.List() {
		known = append(known, r.ID)
	}
	c.levels = map[string]levels{}
	for _, rule := range slices.Sorted(maps.Keys(c.Levels)) {
		if !slices.Contains(known, rule) {
			return c.wrongKey("$.lint.levels", rule, fmt.Sprintf("There is no rule %q.", rule), lint.Meant(rule, known))
		}
		if c.levels[rule], err = c.readLevels("$.lint.levels."+rule, c.Levels[rule]); err != nil {
			return err
		}
	}
	for i, pattern := range c.Ignore {
		if !doublestar.ValidatePattern(pattern) {
			return c.wrong(fmt.Sprintf("$.lint.ignore[%d]", i), fmt.Sprintf("%q is not a pattern of paths.", pattern), "* stands for part of a name, ** for any number of folders.")
		}
	}
	for i, a := range c.Allow {
		where := fmt.Sprintf("$.lint.allow[%d]", i)
		switch {
		case a.Rule == "":
			return c.wrong(where, "This allowance names no rule.", "Write: rule: B04")
		case !slices.Contains(known, a.Rule):
			return c.wrong(where+".rule", fmt.Sprintf("There is no rule %q to allow.", a.Rule), lint.Meant(a.Rule, known))
		case strings.TrimSpace(a.Reason) == "":
			return c.wrong(where, "This allowance gives no reason.", "The next reader needs it to know whether it still holds. Write: reason: \"…\"")
		case !doublestar.ValidatePattern(a.In):
			return c.wrong(where+".in", fmt.Sprintf("%q is not a pattern of paths.", a.In), "* stands for part of a name, ** for any number of folders.")
		}
	}
	c.used = make([]bool, len(c.Allow))
	return nil
}

// off is below every level.
const off lint.Level = -1

// levels is what a team says of one rule: a level for everywhere, or for some
// sections.
type levels map[lint.Section]lint.Level

// everywhere stands for the sections of which nothing is said.
const everywhere lint.Section = "*"

// narrative is the name in a configuration of [lint.Narrative].
const narrative = "narrative"

// readLevels reads a level, or the levels of some sections.
func (c *Config) readLevels(where string, given any) (levels, error) {
	out := levels{}
	set := func(where string, section lint.Section, given any) error {
		s, _ := given.(string)
		if s == "off" {
			out[section] = off
			return nil
		}
		level, err := ParseLevel(s)
		if err != nil {
			return c.wrong(where, fmt.Sprintf("%q is not a level.", fmt.Sprint(given)), lint.Meant(s, []string{"off", "info", "warning", "error"}))
		}
		out[section] = level
		return nil
	}
	bySection, several := given.(map[string]any)
	if !several {
		return out, set(where, everywhere, given)
	}
	known := []string{narrative}
	for _, s := range lint.Sections() {
		known = append(known, string(s))
	}
	for _, name := range slices.Sorted(maps.Keys(bySection)) {
		if !slices.Contains(known, name) {
			return nil, c.wrongKey(where, name, fmt.Sprintf("%q is not a section.", name), lint.Meant(name, known))
		}
		section := lint.Section(name)
		if name == narrative {
			section = lint.Narrative
		}
		if err := set(where+"."+name, section, bySection[name]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// of gives the level of what stands in a section, if the team set one. What people
// wrote at the time stays a note unless the team speaks of evidence itself.
func (l levels) of(section lint.Section) (lint.Level, bool) {
	if level, ok := l[section]; ok {
		return level, true
	}
	level, ok := l[everywhere]
	if ok && section == lint.Evidence && level != off {
		return lint.Info, true
	}
	return level, ok
}

// loadRules reads the team's own rules beside the usual ones.
func (c *Config) loadRules() (*lint.Rules, error) {
	if !slices.Contains(append(lint.Languages(), ""), c.Language) {
		return nil, c.wrong("$.lint.language", fmt.Sprintf("There are no rules for the language %q.", c.Language), "Known are: "+strings.Join(lint.Languages(), ", ")+".")
	}
	if len(c.Rules) == 0 {
		return lint.Language(c.Language)
	}
	from, err := lint.LanguageFiles(c.Language)
	if err != nil {
		return nil, err
	}
	for i, dir := range c.Rules {
		named := dir
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(c.dir, dir)
		}
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return nil, c.wrong(fmt.Sprintf("$.lint.rules[%d]", i), fmt.Sprintf("There is no folder %s.", named), "It holds rules/ID.yaml, and words/*.yaml if the rules need words of their own.")
		}
		from = append(from, os.DirFS(dir))
	}
	rules, err := lint.Load(from...)
	if err != nil {
		return nil, RuleError(err)
	}
	return rules, nil
}

// RuleError gives what a rule file lacks as an error for people.
func RuleError(err error) error {
	return &debrief.Error{Kind: debrief.Invalid, Say: err.Error(), Hint: "\"debrief rules test DIR\" tries a folder of rules.", Err: err}
}

// notRead explains a file that is not the YAML expected.
func notRead(path string, data []byte, err error) error {
	var y yaml.Error
	if !errors.As(err, &y) {
		return &debrief.Error{Kind: debrief.Invalid, Field: path, Say: "The configuration cannot be read.", Err: err}
	}
	fault := &lint.Fault{File: shorter(path), Say: "The configuration cannot be read: " + y.GetMessage() + "."}
	hint := withoutConfig
	switch e := err.(type) {
	case *yaml.UnknownFieldError:
		fault.Mend = lint.Meant(e.Token.Value, slices.Concat([]string{"lint"}, keys(Config{}), keys(Allowance{})))
		hint = fmt.Sprintf("Under \"lint:\" may stand %s; an allowance has %s.", strings.Join(keys(Config{}), ", "), strings.Join(keys(Allowance{}), ", "))
	case *yaml.TypeError:
		fault.Say = fmt.Sprintf("Expected was %s, and here stands %s.", shape(e.DstType), shape(e.SrcType))
	case *yaml.UnexpectedNodeTypeError:
		fault.Say = fmt.Sprintf("Expected was %s, and here stands %s.", kindOfNode(e.Expected), kindOfNode(e.Actual))
	case *yaml.DuplicateKeyError:
		fault.Mend = "One of them has to go."
	default:
		fault.Mend = "An open quotation mark or bracket, a tab or a missing space is the usual reason."
	}
	if t := y.GetToken(); t != nil && t.Position != nil {
		fault.Point(string(data), t.Position.Line, t.Position.Column, utf8.RuneCountInString(strings.TrimSpace(t.Value)))
	}
	return explained(fault, hint)
}

// withoutConfig helps whoever wants to read now and mend later.
const withoutConfig = "With --no-config the texts are checked without it."

// explained gives a fault of the configuration as an error for people.
func explained(fault *lint.Fault, hint string) error {
	return &debrief.Error{Kind: debrief.Invalid, Say: fault.Error(), Hint: hint, Err: fault}
}

// keys gives the names that the fields of a struct have in the file.
func keys(v any) []string {
	var out []string
	t := reflect.TypeOf(v)
	for i := range t.NumField() {
		if key := t.Field(i).Tag.Get("yaml"); key != "" {
			out = append(out, key)
		}
	}
	return out
}

// shape says in words what kind of value a type of Go stands for.
func shape(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		return "a list such as [a, b]"
	case reflect.Map, reflect.Struct:
		return "names with values"
	case reflect.String:
		return "a text"
	case reflect.Pointer:
		return shape(t.Elem())
	case reflect.Bool:
		return "true or false"
	}
	return "a number"
}

// kindOfNode says in words what kind of value a node of YAML is.
func kindOfNode(n ast.NodeType) string {
	switch n {
	case ast.SequenceType:
		return "a list such as [a, b]"
	case ast.MappingType, ast.MappingValueType:
		return "names with values"
	case ast.StringType, ast.LiteralType:
		return "a text"
	case ast.NullType:
		return "nothing"
	}
	return "another kind of value"
}

// wrong is an error about a place in the configuration.
func (c *Config) wrong(where, say, mend string) error {
	var at *token.Token
	if node := c.node(where); node != nil {
		at = node.GetToken()
	}
	return c.wrongAt(at, say, mend)
}

// wrongKey is an error about one of the names that stand at a place.
func (c *Config) wrongKey(where, key, say, mend string) error {
	var at *token.Token
	if node, ok := c.node(where).(ast.MapNode); ok {
		for in := node.MapRange(); in.Next(); {
			if t := in.Key().GetToken(); t.Value == key {
				at = t
			}
		}
	}
	return c.wrongAt(at, say, mend)
}

func (c *Config) wrongAt(at *token.Token, say, mend string) error {
	fault := &lint.Fault{File: shorter(c.path), Say: say, Mend: mend}
	if at != nil && at.Position != nil {
		fault.Point(string(c.source), at.Position.Line, at.Position.Column, utf8.RuneCountInString(strings.TrimSpace(at.Value)))
	}
	return explained(fault, withoutConfig)
}

// line gives the line of a place in the configuration, from 1; 1 if it is not found.
func (c *Config) line(where string) int {
	node := c.node(where)
	if node == nil || node.GetToken() == nil {
		return 1
	}
	return node.GetToken().Position.Line
}

func (c *Config) node(where string) ast.Node {
	path, err := yaml.PathString(where)
	if err != nil {
		return nil
	}
	file, err := parser.ParseBytes(c.source, 0)
	if err != nil {
		return nil
	}
	node, err := path.FilterFile(file)
	if err != nil {
		return nil
	}
	return node
}

// ParseLevel reads the name of a level.
func ParseLevel(s string) (lint.Level, error) {
	for _, v := range []lint.Level{lint.Info, lint.Warning, lint.Error} {
		if strings.EqualFold(s, v.String()) {
			return v, nil
		}
	}
	return 0, fmt.Errorf("%q is not a level: known are info, warning, error", s)
}

// level sets the level that the team gave the finding's rule, and tells whether the
// rule is on.
func (c *Config) level(f *lint.Finding) bool {
	level, given := c.levels[f.Rule].of(f.Section)
	if given && level != off {
		f.Level = level
	}
	return !given || level != off
}

// choose gives what a team wants to see of a report, with its levels, in the order
// of the text, and how many findings are kept for a reason.
func (c *Config) choose(path string, report lint.Report) (found []lint.Finding, kept int) {
	kept = len(report.Kept)
	for _, f := range append(slices.Clip(report.Findings), report.Unused...) {
		switch {
		case !c.level(&f):
		case c.allows(path, f.Rule):
			kept++
		default:
			found = append(found, f)
		}
	}
	slices.SortStableFunc(found, func(a, b lint.Finding) int { return a.Start - b.Start })
	return found, kept
}

// ignores tells whether a file that was come across is let be: the last pattern
// that speaks of it decides, and one that begins with "!" takes it back.
func (c *Config) ignores(path string) bool {
	ignored := false
	for _, p := range c.Ignore {
		if pattern, back := strings.CutPrefix(p, "!"); c.matches(pattern, path) {
			ignored = !back
		}
	}
	return ignored
}

// allows tells whether the team keeps what a rule finds in a file.
func (c *Config) allows(path, rule string) bool {
	for i, a := range c.Allow {
		if a.Rule == rule && (a.In == "" || c.matches(a.In, path)) {
			c.used[i] = true
			return true
		}
	}
	return false
}

// matches compares a pattern with a path, from the folder of the configuration, as
// .gitignore does: one without a slash, but for the last character, speaks of names
// in any folder, and what matches a folder holds for all in it.
func (c *Config) matches(pattern, path string) bool {
	full, err := filepath.Abs(path)
	if err != nil {
		return false
	}
	if rel, err := filepath.Rel(c.dir, full); err == nil {
		path = filepath.ToSlash(rel)
	}
	pattern = strings.TrimSuffix(pattern, "/")
	if !strings.Contains(pattern, "/") {
		pattern = "**/" + pattern
	}
	pattern = strings.TrimPrefix(pattern, "/")
	return doublestar.MatchUnvalidated(pattern, path) || doublestar.MatchUnvalidated(pattern+"/**", path)
}

// unused reports allowances that keep nothing, once all files they may speak of
// were read: those of a configuration whose whole folder was checked.
func (c *configs) unused(files []File) []Finding {
	var out []Finding
	for _, config := range c.order {
		if config.dir == "" || !covers(files, config.dir) {
			continue
		}
		for i, a := range config.Allow {
			if config.used[i] {
				continue
			}
			f := lint.Finding{
				Rule: "allow", Category: "allowance", Title: "An allowance that keeps nothing", Level: lint.Warning, Confidence: 1,
				Why: "It would hide the next wording that somebody writes there.",
				Ask: fmt.Sprintf("Is what %s found gone from %s? Then the allowance can go, too.", a.Rule, orAll(a.In)),
			}
			line := config.line(fmt.Sprintf("$.lint.allow[%d]", i))
			p := newPlaces(string(config.source))
			f.Start = p.starts[line-1]
			f.End = f.Start + len(p.line(line))
			f.Excerpt = p.line(line)
			if config.level(&f) {
				out = append(out, p.place(shorter(config.path), f))
			}
		}
	}
	return out
}

func orAll(pattern string) string {
	if pattern == "" {
		return "all files"
	}
	return pattern
}

// covers tells whether a run has read every text below a folder.
func covers(files []File, dir string) bool {
	have := map[string]bool{}
	for _, f := range files {
		if full, err := filepath.Abs(f.Path); err == nil {
			have[full] = true
		}
	}
	whole := true
	err := walk(dir, func(path string) { whole = whole && have[path] })
	return err == nil && whole
}

// shorter gives a path as seen from the current folder, if that is shorter.
func shorter(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(here, path); err == nil && len(rel) < len(path) {
		return rel
	}
	return path
}

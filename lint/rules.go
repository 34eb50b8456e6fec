package lint

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

// Rule is one category of wording. It is written in one YAML file.
type Rule struct {
	ID          string             `yaml:"id"`          // "B01"
	Category    string             `yaml:"category"`    // "person-cause"
	Title       string             `yaml:"title"`       // one line
	Why         string             `yaml:"why"`         // what this wording costs
	Source      string             `yaml:"source"`      // where the reason comes from
	Level       string             `yaml:"level"`       // info, warning, error
	Sections    map[Section]string `yaml:"sections"`    // levels in some sections
	Subjects    map[string]string  `yaml:"subjects"`    // levels for some kinds of subject
	Ask         string             `yaml:"ask"`         // asks for the missing fact
	Suggestions []string           `yaml:"suggestions"` // other wordings; {who} stands for who is named
	Rewrites    yaml.MapSlice      `yaml:"rewrites"`    // words of a finding, and what may stand there instead
	Certainty   float64            `yaml:"confidence"`  // of a finding whose subject is certain; 0.9 if not given
	Measure     *Measure           `yaml:"measure"`     // what is looked at in the whole text, instead of patterns
	Patterns    []string           `yaml:"patterns"`    // what is looked for, see the pattern language in docs
	Unless      []string           `yaml:"unless"`      // a sentence with one of these is let be
	Bad         []string           `yaml:"bad"`         // must be found, at the «marked» place
	Good        []string           `yaml:"good"`        // must be silent under every rule
	Rewritten   yaml.MapSlice      `yaml:"rewritten"`   // sentences, and how they read after the first rewrite
	base        Level              `yaml:"-"`           //
	bySection   map[Section]Level  `yaml:"-"`           //
	bySubject   map[kind]Level     `yaml:"-"`           //
	rewriting   []rewriting        `yaml:"-"`           //
}

// Default gives the rule's level where nothing about the place or the subject
// moves it.
func (r *Rule) Default() Level { return r.base }

// Rules is a set of rules ready to check texts. It does not change, and any
// number of goroutines may use it.
type Rules struct {
	list     []*Rule
	lex      *lexicon
	sets     map[string]kindSet
	patterns []*pattern
	index    *index
	words    lists
	checkers sync.Pool
}

// List gives the rules in the order of their ids.
func (r *Rules) List() []Rule {
	out := make([]Rule, len(r.list))
	for i, rule := range r.list {
		out[i] = *rule
	}
	return out
}

// wordFile is the shape of a file in words/.
type wordFile struct {
	Words yaml.MapSlice `yaml:"words"`
	Verbs yaml.MapSlice `yaml:"verbs"`
	Sets  yaml.MapSlice `yaml:"sets"`
	Joins yaml.MapSlice `yaml:"joins"`
}

func load(from ...fs.FS) (*Rules, error) {
	tongue, err := readLanguage(from)
	if err != nil {
		return nil, err
	}
	r := &Rules{lex: newLexicon(tongue), sets: map[string]kindSet{}}
	for k, name := range kindNames {
		r.sets[name] = bit(kind(k))
	}
	if err := eachFile(from, "words", fieldsOf(wordFile{}), r.readWords); err != nil {
		return nil, err
	}
	for _, noun := range tongue.Compounds {
		if r.lex.ids[noun] == 0 {
			fault := faultAt(noun, fmt.Sprintf("the compound %q is in no word list", noun), "Write it into a class of words/*.yaml, which says what it speaks of.")
			return nil, place(languageFile, tongue.source, nil, fault)
		}
	}
	if err := eachFile(from, "rules", fieldsOf(Rule{}), r.readRule); err != nil {
		return nil, err
	}
	if err := r.words.find(r.lex); err != nil {
		return nil, err
	}
	r.lex.seal()
	r.index = newIndex(r)
	r.checkers.New = func() any { return &checker{rules: r} }
	return r, nil
}

// eachFile reads the YAML files of a folder in each of the file systems. Of two
// files with one name the later one counts.
func eachFile(from []fs.FS, folder string, fields []string, read func(name string, data []byte) error) error {
	files := map[string][]byte{}
	for _, f := range from {
		names, err := fs.Glob(f, folder+"/*.yaml")
		if err != nil {
			return err
		}
		for _, name := range names {
			if files[name], err = fs.ReadFile(f, name); err != nil {
				return err
			}
		}
	}
	if len(files) == 0 {
		return fmt.Errorf("nothing to read: %s/*.yaml was expected", folder)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := place(name, files[name], fields, read(name, files[name])); err != nil {
			return err
		}
	}
	return nil
}

// fieldsOf gives the names that the fields of a struct have in a file.
func fieldsOf(v any) []string {
	var out []string
	t := reflect.TypeOf(v)
	for i := range t.NumField() {
		if tag := t.Field(i).Tag.Get("yaml"); tag != "" && tag != "-" {
			out = append(out, tag)
		}
	}
	return out
}

func (r *Rules) readWords(_ string, data []byte) error {
	var f wordFile
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.DisallowUnknownField()); err != nil {
		return err
	}
	each := func(m yaml.MapSlice, do func(class, entry string) error) error {
		for _, item := range m {
			class := fmt.Sprint(item.Key)
			for _, entry := range strings.FieldsFunc(fmt.Sprint(item.Value), func(r rune) bool { return r == ',' || r == '\n' }) {
				if entry = strings.TrimSpace(entry); entry == "" {
					continue
				}
				if err := do(class, entry); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if err := each(f.Words, func(class, entry string) error { r.lex.put(class, entry); return nil }); err != nil {
		return err
	}
	if err := each(f.Verbs, func(class, entry string) error { r.lex.verb(class, entry); return nil }); err != nil {
		return err
	}
	if err := each(f.Joins, r.lex.include); err != nil {
		return err
	}
	return each(f.Sets, func(set, entry string) error {
		k, ok := r.sets[entry]
		if !ok {
			return faultAt(entry, fmt.Sprintf("the set %s names %q, which is neither a kind of subject nor an earlier set", set, entry), mend("", entry, slices.Sorted(maps.Keys(r.sets))))
		}
		r.sets[set] |= k
		return nil
	})
}

func (r *Rules) kinds(list string) (kindSet, error) {
	var out kindSet
	for _, name := range strings.Split(list, "|") {
		k, ok := r.sets[name]
		if !ok {
			return 0, faultAt(name, fmt.Sprintf("%q is neither a kind of subject nor a set of them", name), mend("", name, slices.Sorted(maps.Keys(r.sets))))
		}
		out |= k
	}
	return out, nil
}

func (r *Rules) readRule(name string, data []byte) error {
	rule := &Rule{}
	err := yaml.UnmarshalWithOptions(data, rule, yaml.DisallowUnknownField())
	if err != nil {
		return err
	}
	if rule.ID+".yaml" != path.Base(name) {
		return faultAt("id:", fmt.Sprintf("the id is %q; a rule's id is the name of its file", rule.ID), "Rename one of the two.")
	}
	var missing []string
	for _, field := range []struct {
		name  string
		given bool
	}{
		{"category", rule.Category != ""},
		{"title", rule.Title != ""},
		{"why", rule.Why != ""},
		{"level", rule.Level != ""},
		{"ask", rule.Ask != ""},
		{"patterns", len(rule.Patterns) > 0 || rule.Measure != nil},
		{"bad", len(rule.Bad) > 0},
		{"good", len(rule.Good) > 0},
	} {
		if !field.given {
			missing = append(missing, field.name)
		}
	}
	if len(missing) > 0 {
		return &Fault{Say: "something is missing: " + strings.Join(missing, ", "), Mend: "A rule has category, title, why, level, ask, patterns, and examples: bad with the «words» to find, good without a finding."}
	}
	if rule.base, err = parseLevel(rule.Level); err != nil {
		return err
	}
	if rule.Certainty < 0 || rule.Certainty > 1 {
		return faultAt("confidence:", fmt.Sprintf("the confidence is %v; expected a number from 0 to 1", rule.Certainty), "")
	}
	if rule.Certainty == 0 {
		rule.Certainty = 0.9
	}
	if rule.rewriting, err = readRewrites(rule.Rewrites); err != nil {
		return err
	}
	if rule.Measure != nil {
		if err := rule.Measure.prepare(r); err != nil {
			return err
		}
	}
	rule.bySection = map[Section]Level{}
	for section, s := range rule.Sections {
		if !slices.Contains(sections, section) {
			return faultAt(string(section), fmt.Sprintf("%q is not a section", section), mend("", string(section), sectionNames()))
		}
		if rule.bySection[section], err = parseLevel(s); err != nil {
			return err
		}
	}
	rule.bySubject = map[kind]Level{}
	for subject, s := range rule.Subjects {
		set, err := r.kinds(subject)
		if err != nil {
			return err
		}
		level, err := parseLevel(s)
		if err != nil {
			return err
		}
		for k := range kindNames {
			if set&bit(kind(k)) != 0 {
				rule.bySubject[kind(k)] = level
			}
		}
	}
	if err := checkExamples(rule); err != nil {
		return err
	}
	n := len(r.list)
	r.list = append(r.list, rule)
	for i, list := range [][]string{rule.Patterns, rule.Unless} {
		for _, source := range list {
			p, err := r.compile(source)
			if err != nil {
				return within(source, err)
			}
			for _, p := range p.variants() {
				if !p.anchored() {
					return faultAt(source, fmt.Sprintf("the pattern %q begins with a gap, a group or a shape; expected a word or a class to look for", source), "A pattern is looked for by its first word.")
				}
				p.rule, p.unless = n, i == 1
				r.patterns = append(r.patterns, p)
			}
		}
	}
	return nil
}

// checkExamples holds the bad examples to one «marked» place each.
func checkExamples(rule *Rule) error {
	for _, s := range rule.Bad {
		open, shut := strings.Index(s, "«"), strings.Index(s, "»")
		if open < 0 || shut < open || strings.Count(s, "«")+strings.Count(s, "»") != 2 {
			return faultAt(s, "a bad example marks the words to find, once", "Put « before the first of them and » behind the last.")
		}
	}
	return nil
}

var sections = []Section{Causes, Timeline, FollowUps, External, Evidence}

// Sections gives the sections that have a name.
func Sections() []Section { return slices.Clone(sections) }

func sectionNames() []string {
	var out []string
	for _, s := range sections {
		out = append(out, string(s))
	}
	return out
}

func parseLevel(s string) (Level, error) {
	if i := slices.Index(levelNames[:], s); i >= 0 {
		return Level(i), nil
	}
	return 0, faultAt(s, fmt.Sprintf("the level is %q; expected info, warning or error", s), "")
}

// level weighs a finding by where it stands and whom it points at. What
// people wrote at the time is kept as it is, so there it is never more than a note.
func (r *Rule) level(section Section, who kindSet) Level {
	if section == Evidence {
		return Info
	}
	s := r.base
	for k, level := range r.bySubject {
		if who == bit(k) {
			s = level
		}
	}
	if level, ok := r.bySection[section]; ok {
		s = level
	}
	return s
}

// confidence is less where the subject may be something else: an operator may be
// a program, a capitalised word may name a service.
func (r *Rule) confidence(who kindSet) float64 {
	const doubtful, vague = 1<<kindMaybe | 1<<kindProper, 1<<kindPerson | 1<<kindParty | 1<<kindDept
	switch {
	case who&doubtful != 0:
		return r.Certainty * 0.7
	case who&vague != 0:
		return r.Certainty * 0.9
	}
	return r.Certainty
}

package lint

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

// A language is what the reader of words and the subject finder have to know of a
// language beyond its word lists. It stands in the file language.yaml of a pack.
type language struct {
	Tag        string               `yaml:"tag"`           // as BCP 47 has it: "en"
	Name       string               `yaml:"name"`          // in the language itself
	Role       string               `yaml:"role"`          // stands in suggestions where the text names no role
	Possessive string               `yaml:"possessive"`    // the ending that is a word of its own: 's
	Elision    []string             `yaml:"elision"`       // words that lose their vowel and keep an apostrophe: l, d, qu
	Joined     map[string]string    `yaml:"joined"`        // two words that are read as one
	Past       []string             `yaml:"past"`          // endings of past forms, for #ed
	Going      []string             `yaml:"going"`         // endings of forms in progress, for #ing
	Manner     []string             `yaml:"manner"`        // endings of adverbs, for #ly
	Plural     []string             `yaml:"plural"`        // endings of nouns in the plural
	Nouns      []string             `yaml:"nouns"`         // endings of nouns that are no names
	NotPast    []string             `yaml:"not-past"`      // words that only look like past forms
	Capitals   bool                 `yaml:"noun-capitals"` // every noun has a capital, so a capital makes no name
	VerbSecond bool                 `yaml:"verb-second"`   // what stands before the verb cannot be taken away
	HeadFirst  bool                 `yaml:"head-first"`    // the first noun of a group says what it speaks of, not the last
	Compounds  []string             `yaml:"compounds"`     // nouns that, at the end of a longer word, say what it speaks of
	Headings   map[string]yamlWords `yaml:"headings"`      // words of headings, by the section they begin
	sections   map[string]Section   `yaml:"-"`
	source     []byte               `yaml:"-"`
}

// yamlWords are words with commas between them.
type yamlWords string

func (w yamlWords) list() []string {
	var out []string
	for _, s := range strings.Split(string(w), ",") {
		if s = strings.ToLower(strings.TrimSpace(s)); s != "" {
			out = append(out, s)
		}
	}
	return out
}

const languageFile = "language.yaml"

// readLanguage reads the language of the last file system that has one.
func readLanguage(from []fs.FS) (*language, error) {
	for _, f := range slices.Backward(from) {
		data, err := fs.ReadFile(f, languageFile)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return nil, err
		}
		l := &language{source: data}
		if err := yaml.UnmarshalWithOptions(data, l, yaml.DisallowUnknownField()); err != nil {
			return nil, place(languageFile, data, fieldsOf(*l), err)
		}
		return l, place(languageFile, data, nil, l.prepare())
	}
	return nil, fmt.Errorf("nothing says which language this is: %s was expected", languageFile)
}

func (l *language) prepare() error {
	if l.Tag == "" || l.Name == "" {
		return &Fault{Say: "tag or name is missing", Mend: "Write the language's BCP 47 tag, such as de, and its name."}
	}
	if l.Role == "" {
		return &Fault{Say: "role is missing", Mend: "Write what stands in a suggestion where the text names no role, such as ⟨role⟩."}
	}
	l.sections = map[string]Section{}
	for name, words := range l.Headings {
		section := Section(name)
		if name == "narrative" {
			section = Narrative
		} else if !slices.Contains(sections, section) {
			return faultAt(name, fmt.Sprintf("%q is not a section", name), mend("", name, append(sectionNames(), "narrative")))
		}
		for _, w := range words.list() {
			l.sections[w] = section
		}
	}
	if len(l.Joined) > 1 {
		return faultAt("joined:", "more than one pair of words is joined", "One pair is read as one word; write the others as phrases of a class.")
	}
	return nil
}

// compound gives the id of the noun a capitalised word ends in, if the language joins
// nouns: "Netzwerkteam" speaks of a team. 0 if it ends in none.
func (l *lexicon) compound(word string) int32 {
	for _, noun := range l.language.Compounds {
		if at := len(word) - len(noun); at > 2 && strings.EqualFold(word[at:], noun) {
			return l.ids[noun]
		}
	}
	return 0
}

// hasEnding tells whether a word ends in one of some endings and is longer.
func hasEnding(w string, endings []string, least int) bool {
	if len(w) < least {
		return false
	}
	for _, e := range endings {
		if len(w) > len(e) && strings.HasSuffix(w, e) {
			return true
		}
	}
	return false
}

// Language gives the rules of a language that comes with the package: "en", which
// is [Default], "de" or "fr". Others are [Load]ed from a pack of one's own.
func Language(tag string) (*Rules, error) {
	if tag == "" || tag == "en" {
		return Default(), nil
	}
	load, ok := others[tag]
	if !ok {
		return nil, fmt.Errorf("there are no rules for the language %q: known are %s", tag, strings.Join(Languages(), ", "))
	}
	return load()
}

// Languages gives the tags that [Language] knows.
func Languages() []string { return []string{"en", "de", "fr"} }

var others = map[string]func() (*Rules, error){
	"de": sync.OnceValues(func() (*Rules, error) { return loadPack("de") }),
	"fr": sync.OnceValues(func() (*Rules, error) { return loadPack("fr") }),
}

func loadPack(tag string) (*Rules, error) {
	from, err := LanguageFiles(tag)
	if err != nil {
		return nil, err
	}
	return Load(from...)
}

// LanguageFiles gives the files of a language that comes with the package, to be
// loaded before one's own.
func LanguageFiles(tag string) ([]fs.FS, error) {
	if tag == "" || tag == "en" {
		return []fs.FS{files}, nil
	}
	pack, err := fs.Sub(packs, "lang/"+tag)
	if err != nil {
		return nil, err
	}
	return []fs.FS{shared{}, pack}, nil
}

// SharedFiles gives what a language of one's own is loaded after: names of people,
// and kinds of subjects taken together.
func SharedFiles() fs.FS { return shared{} }

// shared is what all languages have in common: kinds taken together, and names.
type shared struct{}

func (shared) Open(name string) (fs.File, error) {
	switch name {
	case "words/sets.yaml", "words/names.yaml":
		return files.Open(name)
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// Glob gives the two files.
func (shared) Glob(pattern string) ([]string, error) {
	if pattern == "words/*.yaml" {
		return []string{"words/names.yaml", "words/sets.yaml"}, nil
	}
	return nil, nil
}

// Tag names the language of the rules.
func (r *Rules) Tag() string { return r.lex.language.Tag }

package redact

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

var (
	//go:embed words/ordinary.txt
	ordinaryText string
	//go:embed words/technical.txt
	technicalText string
	//go:embed words/given.txt
	givenText string
	//go:embed words/nicknames.txt
	nicknamesText string
	//go:embed words/cues.yaml
	cuesYAML []byte
	//go:embed roles.yaml
	rolesYAML []byte
)

type set map[string]bool

func setOf(text string) set {
	s := set{}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, w := range strings.Fields(line) {
			s[w] = true
		}
	}
	return s
}

// knowledge is what the package knows of words; it is read once and never changes.
type knowledge struct {
	ordinary  set // names that are ordinary words
	technical set // words of the trade that are no names
	given     set // given names
	nick      map[string][]string
	after     set
	before    set
	vocative  set
	acronyms  set
	places    set
	classes   []class
}

// A class is one row of roles.yaml.
type class struct {
	Class  string   `yaml:"class"`
	Role   string   `yaml:"role"`
	Wide   string   `yaml:"wide"`
	Sole   bool     `yaml:"sole"`
	Titles string   `yaml:"titles"`
	Not    string   `yaml:"not"`
	Good   []string `yaml:"good"`
	Bad    []string `yaml:"bad"`

	titles, not *regexp.Regexp
}

func (c *class) has(title string) bool {
	return c.titles.MatchString(title) && (c.not == nil || !c.not.MatchString(title))
}

var known = sync.OnceValue(func() *knowledge {
	k := &knowledge{
		ordinary: setOf(ordinaryText), technical: setOf(technicalText), given: setOf(givenText),
		nick: map[string][]string{},
	}
	for line := range strings.Lines(nicknamesText) {
		full, short, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		for f := range strings.SplitSeq(full, "/") {
			for _, n := range strings.Fields(short) {
				k.nick[f] = append(k.nick[f], fold(n))
			}
		}
	}
	var cues struct{ After, Before, Vocative, Acronyms, Places string }
	if err := yaml.UnmarshalWithOptions(cuesYAML, &cues, yaml.Strict()); err != nil {
		panic(fmt.Sprintf("redact: cues.yaml: %v", err)) // a defect of the build
	}
	k.after, k.before, k.vocative = setOf(cues.After), setOf(cues.Before), setOf(cues.Vocative)
	k.acronyms, k.places = setOf(cues.Acronyms), setOf(cues.Places)
	if err := yaml.UnmarshalWithOptions(rolesYAML, &k.classes, yaml.Strict()); err != nil {
		panic(fmt.Sprintf("redact: roles.yaml: %v", err)) // a defect of the build
	}
	for i := range k.classes {
		c := &k.classes[i]
		c.titles = regexp.MustCompile(`(?i)` + c.Titles)
		if c.Not != "" {
			c.not = regexp.MustCompile(`(?i)` + c.Not)
		}
	}
	return k
})

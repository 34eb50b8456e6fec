package report

import (
	"bytes"
	_ "embed"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed phrases.yaml
var phraseData []byte

// phraseBook holds every sentence that a report writes by itself, under dotted
// keys ("what.start"); lists get a number ("goal.0").
var phraseBook = sync.OnceValue(func() map[string]string {
	var tree map[string]any
	if err := yaml.NewDecoder(bytes.NewReader(phraseData)).Decode(&tree); err != nil {
		panic("phrases.yaml: " + yaml.FormatError(err, false, true)) // the file is part of the program
	}
	flat := map[string]string{}
	var walk func(prefix string, v any)
	walk = func(prefix string, v any) {
		switch v := v.(type) {
		case string:
			flat[prefix] = v
		case map[string]any:
			for k, x := range v {
				walk(strings.TrimPrefix(prefix+"."+k, "."), x)
			}
		case []any:
			for i, x := range v {
				walk(prefix+"."+itoa(i), x)
			}
		}
	}
	walk("", tree)
	return flat
})

// say is the phrase under the key with its slots filled; pairs are name, value.
// A key that does not exist is a defect of the program and panics, so that the
// tests find it.
func say(key string, pairs ...string) string {
	s, ok := phraseBook()[key]
	if !ok {
		panic("phrases.yaml has no " + key)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		s = strings.ReplaceAll(s, "{"+pairs[i]+"}", pairs[i+1])
	}
	return s
}

// phrases lists the phrases under a key that holds a list.
func phrases(key string) []string {
	var out []string
	for i := 0; ; i++ {
		s, ok := phraseBook()[key+"."+itoa(i)]
		if !ok {
			return out
		}
		out = append(out, s)
	}
}

func known(key string) bool { _, ok := phraseBook()[key]; return ok }

// Package settings is how an installation is configured: one table of settings, read
// from flags, from variables of the environment and from a file, in this order of
// weight. Every value knows where it comes from, to the line of the file, so that
// whoever runs an installation never has to guess which of them counts.
//
// What is not known or cannot be understood is an error with its place. Secrets are
// never shown, and may stand in files of their own.
package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"debrief.dev/debrief"
)

// FileName is the file that is looked for in the data folder when none is named.
const FileName = "debrief.yaml"

// ConfigVariable names the file, as the flag --config does.
const ConfigVariable = "DEBRIEF_CONFIG"

// A Value is what a setting is set to.
type Value struct {
	*Setting
	Text   string
	Origin string // "--listen", "DEBRIEF_LISTEN", "/etc/debrief.yaml:3", "default"
}

// Given is where settings are read from.
type Given struct {
	Flags  map[string]string   // by the settings' names: what was said on the command line
	Config string              // the file of --config, or empty
	Env    func(string) string // an empty variable counts as not set
}

// Values are all settings, in the order of the table.
type Values []Value

// Get gives the text of a setting.
func (v Values) Get(name string) string {
	for i := range v {
		if v[i].Name == name {
			return v[i].Text
		}
	}
	panic("settings: there is no " + name)
}

// On reports whether a switch is on.
func (v Values) On(name string) bool { return v.Get(name) == "true" }

// Load reads the settings.
func Load(g Given) (Values, error) {
	said := map[string]Value{}
	for i := range Table {
		s := &Table[i]
		v, ok, err := g.outside(s)
		if err != nil {
			return nil, err
		}
		if ok {
			said[s.Name] = v
		}
	}
	path, named := g.Config, "--config"
	if path == "" {
		path, named = g.Env(ConfigVariable), ConfigVariable
	}
	inFolder := path == ""
	if inFolder {
		folder := Find(Data).Default
		if v, ok := said[Data]; ok {
			folder = v.Text
		}
		path = filepath.Join(folder, FileName)
	}
	text, err := os.ReadFile(path)
	switch {
	case err == nil:
		if err := readFile(path, text, inFolder, said); err != nil {
			return nil, err
		}
	case inFolder && errors.Is(err, fs.ErrNotExist):
	default:
		return nil, &debrief.Error{Kind: debrief.NotFound, Field: named, Say: fmt.Sprintf("The file %s cannot be read: %s.", path, cause(err)), Hint: "It holds settings, one \"name: value\" a line; \"debrief config\" shows which there are.", Err: err}
	}
	var all Values
	for i := range Table {
		s := &Table[i]
		v, ok := said[s.Name]
		if !ok {
			v = Value{s, s.Default, "default"}
		} else if err := v.fits(); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// outside looks for a setting among the flags and in the environment.
func (g Given) outside(s *Setting) (Value, bool, error) {
	if text, ok := g.Flags[s.Name]; ok && !s.Secret {
		return Value{s, text, "--" + s.Flag()}, true, nil
	}
	text, from := g.Env(s.Variable()), s.Variable()
	if s.FromFile() {
		if path := g.Env(from + "_FILE"); path != "" {
			if text != "" {
				return Value{}, false, &debrief.Error{Kind: debrief.Invalid, Field: from, Say: fmt.Sprintf("%s and %s_FILE are both set.", from, from), Hint: "Keep one of them."}
			}
			secret, err := secretOf(path, from+"_FILE")
			return Value{s, secret, from + "_FILE"}, true, err
		}
	}
	return Value{s, text, from}, text != "", nil
}

// secretOf reads a secret that stands in a file of its own.
func secretOf(path, place string) (string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return "", &debrief.Error{Kind: debrief.NotFound, Field: place, Say: fmt.Sprintf("The file %s cannot be read: %s.", path, cause(err)), Hint: "It holds the secret and nothing else.", Err: err}
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}

func cause(err error) string {
	var path *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "it is not there"
	case errors.Is(err, fs.ErrPermission):
		return "its permissions do not allow it"
	case errors.As(err, &path):
		return path.Err.Error()
	}
	return err.Error()
}

// readFile adds what the file says and nobody has said before. Everything in it is
// checked, also what does not count.
func readFile(path string, text []byte, inFolder bool, said map[string]Value) error {
	doc, err := parser.ParseBytes(text, 0)
	if err != nil {
		var y yaml.Error
		place, say := path, "This is not YAML."
		if errors.As(err, &y) {
			place, say = at(path, y.GetToken().Position.Line), "This is not YAML: "+strings.TrimSuffix(y.GetMessage(), ".")+"."
		}
		return &debrief.Error{Kind: debrief.Invalid, Field: place, Say: say, Hint: "A line is \"name: value\", as in \"listen: 127.0.0.1:7373\".", Err: err}
	}
	seen := map[string]string{}
	for _, d := range doc.Docs {
		if d.Body == nil {
			continue
		}
		err := walk(d.Body, func(key, value string, line int) error {
			place := at(path, line)
			name, fromFile := key, false
			s := Find(name)
			if s == nil {
				if short, ok := strings.CutSuffix(key, "-file"); ok {
					if s = Find(short); s != nil && s.FromFile() {
						name, fromFile = short, true
					} else {
						s = nil
					}
				}
			}
			if s == nil {
				return unknown(place, key, names())
			}
			if before, ok := seen[name]; ok {
				return &debrief.Error{Kind: debrief.Invalid, Field: place, Say: fmt.Sprintf("%s is set twice, here and at %s.", name, before), Hint: "Keep one of them."}
			}
			seen[name] = place
			if name == Data && inFolder {
				return &debrief.Error{Kind: debrief.Invalid, Field: place, Say: "A file in the data folder cannot name another data folder.", Hint: "Say --data or " + s.Variable() + ", or keep the file elsewhere and name it with --config."}
			}
			if fromFile {
				if !filepath.IsAbs(value) {
					value = filepath.Join(filepath.Dir(path), value)
				}
				var err error
				if value, err = secretOf(value, place); err != nil {
					return err
				}
			} else if name == Data && !filepath.IsAbs(value) {
				value = filepath.Join(filepath.Dir(path), value)
			}
			v := Value{s, value, place}
			if _, ok := said[name]; !ok {
				said[name] = v
			}
			return v.fits()
		})
		if p := (*placed)(nil); errors.As(err, &p) {
			return &debrief.Error{Kind: debrief.Invalid, Field: at(path, p.line), Say: p.say, Hint: p.hint}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func at(path string, line int) string { return path + ":" + strconv.Itoa(line) }

// placed is what is the matter in a line of the file.
type placed struct {
	line      int
	say, hint string
}

func (p *placed) Error() string { return p.say }

// walk calls each with every key that has a value.
func walk(n ast.Node, each func(key, value string, line int) error) error {
	var pairs []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	case *ast.CommentGroupNode, *ast.NullNode:
		return nil
	default:
		return &placed{n.GetToken().Position.Line, "Names and values were expected here.", "A line is \"name: value\", as in \"listen: 127.0.0.1:7373\"."}
	}
	for _, p := range pairs {
		key, line := p.Key.GetToken().Value, p.Key.GetToken().Position.Line
		switch v := p.Value.(type) {
		case *ast.NullNode: // a value that is left out
		case *ast.StringNode:
			if err := each(key, v.Value, line); err != nil {
				return err
			}
		case *ast.LiteralNode:
			if err := each(key, strings.TrimSpace(v.Value.Value), line); err != nil {
				return err
			}
		case *ast.IntegerNode, *ast.BoolNode, *ast.FloatNode:
			if err := each(key, v.GetToken().Value, line); err != nil {
				return err
			}
		default:
			return &placed{line, fmt.Sprintf("%s takes one value.", key), "It stands behind the colon; quote it if it holds signs that mean something in YAML."}
		}
	}
	return nil
}

// fits checks a value.
func (v Value) fits() error {
	ok := v.check == nil || v.check(v.Text)
	if v.Switch {
		ok = v.Text == "true" || v.Text == "false"
	}
	if ok {
		return nil
	}
	say := fmt.Sprintf("%q is not what %s takes.", v.Text, v.Name)
	if v.Hidden || v.Secret { // what was meant to be one may be one
		say = fmt.Sprintf("The value is not what %s takes.", v.Name)
	}
	return &debrief.Error{Kind: debrief.Invalid, Field: v.Origin, Say: say, Hint: "It takes " + v.Takes + "."}
}

func names() []string {
	var all []string
	for _, s := range Table {
		all = append(all, s.Name)
		if s.FromFile() {
			all = append(all, s.Name+"-file")
		}
	}
	return all
}

// unknown says that a name is none, and which is close to it.
func unknown(place, name string, known []string) error {
	hint := "\"debrief config\" shows the names there are."
	if near := nearest(name, known); near != "" {
		hint = "Close to it is " + near + "; " + hint
	}
	return &debrief.Error{Kind: debrief.Invalid, Field: place, Say: fmt.Sprintf("There is no setting %q.", name), Hint: hint}
}

// Strange gives the variables of an environment ("NAME=value") that look like ours
// and are none, each with what may be meant. They are no error: other programs and
// our own tests have variables with this beginning, too.
func Strange(environ []string) (all []string) {
	known := []string{ConfigVariable}
	for i := range Table {
		known = append(known, Table[i].Variable())
		if Table[i].FromFile() {
			known = append(known, Table[i].Variable()+"_FILE")
		}
	}
	for _, e := range environ {
		name, _, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, "DEBRIEF_") || slices.Contains(known, name) {
			continue
		}
		if near := nearest(name, known); near != "" {
			all = append(all, fmt.Sprintf("%s is no setting. Close to it is %s.", name, near))
		}
	}
	slices.Sort(all)
	return all
}

// nearest is the known word that is the fewest changes away, if they are few.
func nearest(word string, known []string) string {
	best, least := "", 4
	for _, k := range known {
		if d := distance(strings.ToLower(word), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is how many single changes turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			up := row[j]
			if a[i-1] != b[j-1] {
				diagonal++
			}
			row[j] = min(up+1, row[j-1]+1, diagonal)
			diagonal = up
		}
	}
	return row[len(b)]
}

// Defaults are the settings of who says nothing.
func Defaults() Values {
	var all Values
	for i := range Table {
		all = append(all, Value{&Table[i], Table[i].Default, "default"})
	}
	return all
}

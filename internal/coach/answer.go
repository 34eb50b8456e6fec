package coach

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"debrief.dev/debrief"
)

// Answers are what somebody said to the questions, in the order of the file.
type Answers []Answer

// An Answer is one of them, with the line on which it stands.
type Answer struct {
	debrief.Answer
	Line int // 1-based; 0 if it did not come from a file
}

// Unknown reports whether the answer is that nobody knows, which is a valid one.
func (a Answer) Unknown() bool {
	switch strings.ToLower(strings.Trim(strings.TrimSpace(a.Text), ".")) {
	case "", "unknown", "not known", "nobody knows", "?", "-", "n/a", "none":
		return true
	}
	return false
}

var questionID = regexp.MustCompile(`^[A-Z]\d{2}(?:-[0-9A-Z]+){0,2}$`)

// mostAnswers bounds a file of answers; no round comes near it.
const (
	mostAnswers     = 1000
	mostAnswerBytes = 1 << 20
)

// ParseAnswers reads a YAML file of answers: each key is a question's ID
// ("C16-1") or code ("C16"), each value the answer. "unknown" and an empty value
// are valid answers. A list of {question, text} is read too. Errors name the
// line and what was expected.
func ParseAnswers(r io.Reader) (Answers, error) {
	data, err := io.ReadAll(io.LimitReader(r, mostAnswerBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > mostAnswerBytes {
		return nil, &debrief.Error{
			Kind: debrief.TooLarge, Field: "answers", Say: "The file of answers is larger than 1 MiB.",
			Hint: "A file of answers has one line for each question, such as “C09: about 400 of 9,000 customers”.",
		}
	}
	if len(strings.TrimSpace(string(data))) == 0 {
		return nil, nil
	}
	out, plain := answerLines(string(data))
	if plain {
		return checked(out)
	}
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, answerError(0, "The file of answers is not YAML: "+firstLine(yaml.FormatError(err, false, false)))
	}
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		got, err := answersIn(doc.Body)
		if err != nil {
			return nil, err
		}
		out = append(out, got...)
		if len(out) > mostAnswers {
			return nil, answerError(0, fmt.Sprintf("The file holds more than %d answers.", mostAnswers))
		}
	}
	return checked(out)
}

// answerLine is an answer as people type it.
var answerLine = regexp.MustCompile(`^([A-Za-z]\d{2}(?:-[0-9A-Za-z]+){0,2}):\s*(.*)$`)

// answerLines reads a file in which each line is an answer, whatever signs are
// in it ("C16: we waited: nobody had the key"). It reports false for any other
// form, which is YAML.
func answerLines(data string) (Answers, bool) {
	var out Answers
	n := 0
	for text := range strings.Lines(data) {
		n++
		text = strings.TrimRight(text, " \t\r\n")
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		m := answerLine.FindStringSubmatch(text)
		if m == nil || m[2] != "" && strings.Contains("\"'[{|>&*!~", m[2][:1]) {
			return nil, false
		}
		out = append(out, Answer{Answer: debrief.Answer{Question: strings.ToUpper(m[1]), Text: m[2]}, Line: n})
	}
	return out, len(out) <= mostAnswers
}

// checked refuses answers to what nobody asks, and two answers to one question.
func checked(out Answers) (Answers, error) {
	seen := map[string]int{}
	for _, a := range out {
		code, _, _ := strings.Cut(a.Question, "-")
		if !slices.ContainsFunc(catalogue(), func(t template) bool { return t.Code == code }) {
			return nil, answerError(a.Line, fmt.Sprintf("%s is no question that Debrief asks.", a.Question))
		}
		if l, ok := seen[a.Question]; ok {
			return nil, answerError(a.Line, fmt.Sprintf("%s is answered twice, here and in line %d.", a.Question, l))
		}
		seen[a.Question] = a.Line
	}
	return out, nil
}

func answersIn(n ast.Node) (Answers, error) {
	switch n := n.(type) {
	case *ast.CommentGroupNode, *ast.NullNode:
		return nil, nil
	case *ast.MappingNode:
		var out Answers
		for _, v := range n.Values {
			a, err := answerIn(v)
			if err != nil {
				return nil, err
			}
			out = append(out, a)
		}
		return out, nil
	case *ast.MappingValueNode:
		a, err := answerIn(n)
		return Answers{a}, err
	case *ast.SequenceNode:
		var out Answers
		for _, v := range n.Values {
			a := Answer{Line: line(v)}
			m, ok := v.(*ast.MappingNode)
			if !ok {
				return nil, answerError(line(v), "This is not an answer.")
			}
			for _, f := range m.Values {
				text, err := scalar(f.Value)
				if err != nil {
					return nil, err
				}
				switch strings.ToLower(f.Key.String()) {
				case "question", "id", "code":
					a.Question = strings.ToUpper(strings.TrimSpace(text))
				case "text", "answer":
					a.Text = text
				default:
					return nil, answerError(line(f), fmt.Sprintf("%q is not a known field of an answer.", f.Key.String()))
				}
			}
			if !questionID.MatchString(a.Question) {
				return nil, answerError(a.Line, fmt.Sprintf("%q is not the ID or code of a question.", a.Question))
			}
			out = append(out, a)
		}
		return out, nil
	}
	return nil, answerError(line(n), "This is neither a list of answers nor a mapping from questions to answers.")
}

func answerIn(v *ast.MappingValueNode) (Answer, error) {
	key := strings.ToUpper(strings.Trim(strings.TrimSpace(v.Key.String()), `"'`))
	if !questionID.MatchString(key) {
		return Answer{}, answerError(line(v), fmt.Sprintf("%q is not the ID or code of a question.", v.Key.String()))
	}
	text, err := scalar(v.Value)
	return Answer{Answer: debrief.Answer{Question: key, Text: text}, Line: line(v)}, err
}

// scalar is the text of a value; lists are joined, so that a bulleted answer works.
func scalar(n ast.Node) (string, error) {
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return "", nil
	case *ast.StringNode:
		return strings.TrimSpace(n.Value), nil
	case *ast.LiteralNode:
		return strings.TrimSpace(n.Value.Value), nil
	case *ast.SequenceNode:
		var parts []string
		for _, v := range n.Values {
			s, err := scalar(v)
			if err != nil {
				return "", err
			}
			parts = append(parts, s)
		}
		return strings.Join(parts, "; "), nil
	case *ast.MappingNode, *ast.MappingValueNode:
		return "", answerError(line(n), "The answer is a mapping; it was expected to be text.")
	default:
		if t := n.GetToken(); t != nil {
			return strings.TrimSpace(t.Value), nil // numbers, times and booleans as written
		}
	}
	return "", nil
}

func line(n ast.Node) int {
	if n == nil {
		return 0
	}
	if v, ok := n.(*ast.MappingValueNode); ok {
		return line(v.Key)
	}
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		return line(m.Values[0])
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}

func answerError(l int, say string) error {
	f := "answers"
	if l > 0 {
		f = fmt.Sprintf("answers, line %d", l)
	}
	return &debrief.Error{
		Kind: debrief.Invalid, Field: f, Say: say,
		Hint: "An answer is a line such as “C09: about 400 of 9,000 customers” or “C16-1: unknown”.",
	}
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return s
}

// has reports whether a code or an ID has been answered.
func (as Answers) has(q string) bool {
	for _, a := range as {
		if a.Question == q {
			return true
		}
	}
	return false
}

// To is the answer to a code, or to any question of that code; ok is false when
// there is none or when it is that nobody knows.
func (as Answers) To(code string) (a Answer, ok bool) {
	for _, a := range as {
		if (a.Question == code || strings.HasPrefix(a.Question, code+"-")) && !a.Unknown() {
			return a, true
		}
	}
	return Answer{}, false
}

// Cite is the reference to an answer in a draft.
func (a Answer) Cite() debrief.Citation {
	return debrief.Citation{File: answersFile, ID: a.Question}
}

const answersFile = "answers"

// Evidence turns the answers into evidence like any other: notes of source
// "answers", cited by the question they answer. Answers that nobody knows are
// left out. at is when they were given; zero if that is not known.
func (as Answers) Evidence(at time.Time) []debrief.Evidence {
	var out []debrief.Evidence
	for _, a := range as {
		if a.Unknown() {
			continue
		}
		sum := sha256.Sum256([]byte(a.Text))
		out = append(out, debrief.Evidence{
			Source: "answers", File: answersFile, ID: a.Question, Line: a.Line,
			Digest: hex.EncodeToString(sum[:]), Sort: debrief.Note,
			At: debrief.Moment{At: at}, Title: "Answer to " + a.Question, Text: a.Text,
		})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}

package redact

import (
	_ "embed"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/goccy/go-yaml"
)

// Mask stands where a secret stood.
const Mask = "[secret removed]"

// A Masked tells what was taken out of a text, and never what it was.
type Masked struct {
	Rule  string // the name of the rule that found it ("url-password")
	Title string // what it is, for people ("A password in an address")
	Start int    // byte offset in the text as given
	End   int    // byte offset behind it
}

//go:embed secrets.yaml
var secretsYAML []byte

// A secretRule is one shape of a credential, with the sentences that prove it.
type secretRule struct {
	Name    string   `yaml:"name"`
	Title   string   `yaml:"title"`
	Needs   []string `yaml:"needs"`  // lower-case words of which the text must hold one
	Digits  int      `yaml:"digits"` // how many digits it must hold
	Pattern string   `yaml:"pattern"`
	Check   string   `yaml:"check"`
	Bad     []string `yaml:"bad"`
	Good    []string `yaml:"good"`

	re     *regexp.Regexp
	groups []int // numbers of the groups named secret…
	before int   // number of the group named before, or 0
	check  func(hit) bool
}

// A hit is what a rule's pattern matched.
type hit struct {
	text       string
	start, end int    // of the value
	before     string // the word in front of the key word, lower case
}

func (h hit) value() string { return h.text[h.start:h.end] }

var checks = map[string]func(hit) bool{
	"":         func(hit) bool { return true },
	"value":    func(h hit) bool { return !placeholder(h.value()) && !plainWord(h.value(), 0) },
	"mixed":    func(h hit) bool { return mixed(h.value()) },
	"digit":    func(h hit) bool { return strings.ContainsAny(h.value(), "0123456789") },
	"opaque":   opaque,
	"password": password,
	"complex":  complexValue,
	"random":   random,
	"card":     card,
}

// secretRules are compiled once and never change.
var secretRules = sync.OnceValue(func() []secretRule {
	var rules []secretRule
	if err := yaml.UnmarshalWithOptions(secretsYAML, &rules, yaml.Strict()); err != nil {
		panic(fmt.Sprintf("redact: secrets.yaml: %v", err)) // a defect of the build; the tests walk the file
	}
	for i := range rules {
		r := &rules[i]
		r.re = regexp.MustCompile(r.Pattern)
		for n, g := range r.re.SubexpNames() {
			if strings.HasPrefix(g, "secret") {
				r.groups = append(r.groups, n)
			}
			if g == "before" {
				r.before = n
			}
		}
		if r.check = checks[r.Check]; r.check == nil {
			panic("redact: secrets.yaml: no check named " + r.Check)
		}
	}
	if len(rules) > 64 {
		panic("redact: secrets.yaml: more rules than there are bits in needed.rules")
	}
	return rules
})

// A needed word stands in whatever some rules may find.
type needed struct {
	word  string
	rules uint64 // one bit a rule
}

// needs finds in one pass which rules may find anything in a text: most texts
// hold none of the words, and each rule's own search costs far more.
type needs struct {
	single [256]uint64  // rules that need one byte
	begins [1024]uint64 // the pairs of bytes with which some word begins
	words  map[uint16][]needed
}

var secretNeeds = sync.OnceValue(func() *needs {
	h := &needs{words: map[uint16][]needed{}}
	for i, r := range secretRules() {
		for _, w := range r.Needs {
			if len(w) == 1 {
				h.single[w[0]] |= 1 << i
				continue
			}
			pair := uint16(w[0])<<8 | uint16(w[1])
			h.begins[pair>>6] |= 1 << (pair & 63)
			h.words[pair] = append(h.words[pair], needed{w, 1 << i})
		}
	}
	return h
})

// in gives the rules that low, in lower case, may concern, and how many digits it has.
func (h *needs) in(low string) (rules uint64, digits int) {
	for i := range len(low) {
		c := low[i]
		if c >= '0' && c <= '9' {
			digits++
		}
		rules |= h.single[c]
		if i+1 == len(low) {
			break
		}
		pair := uint16(c)<<8 | uint16(low[i+1])
		if h.begins[pair>>6]&(1<<(pair&63)) == 0 {
			continue
		}
		for _, w := range h.words[pair] {
			if rules&w.rules == 0 && strings.HasPrefix(low[i:], w.word) {
				rules |= w.rules
			}
		}
	}
	return rules, digits
}

// Secrets gives text with every credential replaced by [Mask], and what was
// masked in the order of the text. What joins evidence (commits, digests,
// UUIDs, trace and request ids) stays. Masking twice changes nothing more.
func Secrets(text string) (string, []Masked) {
	if len(text) < 6 {
		return text, nil
	}
	may, digits := secretNeeds().in(strings.ToLower(text))
	if may == 0 {
		return text, nil
	}
	var found []Masked
	for i, r := range secretRules() {
		if may&(1<<i) != 0 && digits >= r.Digits {
			found = r.find(found, text)
		}
	}
	if found == nil {
		return text, nil
	}
	slices.SortStableFunc(found, func(a, b Masked) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return b.End - a.End
	})
	merged := found[:1]
	for _, m := range found[1:] {
		if last := &merged[len(merged)-1]; m.Start < last.End {
			last.End = max(last.End, m.End)
		} else {
			merged = append(merged, m)
		}
	}
	var b strings.Builder
	at := 0
	for _, m := range merged {
		b.WriteString(text[at:m.Start])
		b.WriteString(Mask)
		at = m.End
	}
	b.WriteString(text[at:])
	return b.String(), slices.Clone(merged)
}

// find adds what the rule finds in text. A hit that its check refuses does not
// hide a later one: the search goes on behind the key word, not behind the value.
func (r *secretRule) find(found []Masked, text string) []Masked {
	for from := 0; from < len(text); {
		loc := r.re.FindStringSubmatchIndex(text[from:])
		if loc == nil {
			break
		}
		for i := range loc {
			if loc[i] >= 0 {
				loc[i] += from
			}
		}
		// A border at the start of the rest is no border of the text.
		if from > 0 && loc[0] == from && wordByte(text[from-1]) && wordByte(text[from]) {
			from++
			continue
		}
		start, end := loc[0], loc[1]
		for _, g := range r.groups {
			if loc[2*g] >= 0 {
				start, end = loc[2*g], loc[2*g+1]
			}
		}
		h := hit{text: text, start: start, end: end}
		if r.before > 0 && loc[2*r.before] >= 0 {
			h.before = strings.ToLower(text[loc[2*r.before]:loc[2*r.before+1]])
		}
		h.start, h.end = trimValue(text, h.start, h.end, len(r.groups) > 0)
		if h.start < h.end && !strings.Contains(h.value(), "secret removed") && r.check(h) {
			found = append(found, Masked{Rule: r.Name, Title: r.Title, Start: h.start, End: h.end})
			from = max(h.end, loc[0]+1)
		} else if start > loc[0] {
			from = start
		} else {
			from = loc[0] + 1
		}
	}
	return found
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// trimValue takes quotes and the punctuation of the sentence off a value.
func trimValue(text string, start, end int, named bool) (int, int) {
	if !named {
		return start, end
	}
	for start < end && strings.IndexByte("\"'`(*", text[start]) >= 0 {
		start++
	}
	for start < end && strings.IndexByte("\"'`).,;:*", text[end-1]) >= 0 {
		end--
	}
	return start, end
}

// placeholder reports whether v stands for a secret that is not written out.
func placeholder(v string) bool {
	switch {
	case v == "", strings.HasPrefix(v, "$"), strings.HasPrefix(v, "<"), strings.HasPrefix(v, "{{"),
		strings.HasPrefix(v, "%"), strings.HasPrefix(v, "["), strings.HasPrefix(v, "arn:"),
		strings.HasPrefix(v, "vault:"), strings.HasPrefix(v, "http://"), strings.HasPrefix(v, "https://"),
		strings.HasPrefix(v, "op://"), strings.HasPrefix(v, "/"):
		return true
	}
	if strings.Trim(v, "*•.xX-_?#") == "" {
		return true
	}
	switch strings.ToLower(strings.Trim(v, "()[]{}<>")) {
	case "null", "nil", "none", "true", "false", "undefined", "redacted", "removed", "masked", "hidden",
		"changeme", "placeholder", "example", "n/a", "unknown", "empty", "unset", "missing":
		return true
	}
	return false
}

// plainWord reports whether v is letters only, at most one capital in front,
// and at least min long: an ordinary word.
func plainWord(v string, min int) bool {
	if len(v) < min {
		return false
	}
	for i, r := range v {
		if !unicode.IsLetter(r) && r != '-' && r != '\'' && r != '’' || i > 0 && unicode.IsUpper(r) {
			return false
		}
	}
	return true
}

// classes counts which of lower, upper, digit and other stand in v.
func classes(v string) (lower, upper, digit, other int) {
	for _, r := range v {
		switch {
		case unicode.IsLower(r):
			lower++
		case unicode.IsUpper(r):
			upper++
		case unicode.IsDigit(r):
			digit++
		default:
			other++
		}
	}
	return
}

// mixed reports whether v has both letters and digits.
func mixed(v string) bool {
	l, u, d, _ := classes(v)
	return l+u > 0 && d > 0
}

var (
	uuidShape  = regexp.MustCompile(`^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$`)
	hexShape   = regexp.MustCompile(`^(?:0x|sha\d+:)?[0-9a-fA-F]+$`)
	timeShape  = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}`)
	issueShape = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,9}-\d+$`)
	// nameShape is what services, hosts, branches, versions and files look
	// like: words and short numbers with joints between them.
	nameShape = regexp.MustCompile(`^(?:[A-Za-z]+|v?\d{1,6}|[A-Za-z]{1,12}\d{1,4}|[0-9a-z]{5,10})(?:[-_./:](?:[A-Za-z]+|v?\d{1,9}|[A-Za-z]{1,12}\d{1,4}|[0-9a-z]{5,10}))*$`)
)

// opaque is for a value that is assigned to a key word: anything that is not a
// placeholder, a plain word or an issue key. Hexadecimal counts: whoever
// writes "api_key=9f8e…" gives away a key and not a commit.
func opaque(h hit) bool {
	v := h.value()
	if placeholder(v) || issueShape.MatchString(v) || timeShape.MatchString(v) || uuidShape.MatchString(v) && len(v) < 30 {
		return false
	}
	l, u, d, o := classes(v)
	if d == 0 && (u == 0 || l == 0) {
		return false // words with joints
	}
	if d == 0 {
		return len(v) >= 16 && o == 0 && u >= 3 && entropy(v) > 3.3
	}
	return l+u > 0 || d >= 12
}

// passwordWords follow "password is" and "password:" without being one.
var passwordWords = strings.Fields(`
	reset resets expired expiring required changed rotated wrong invalid incorrect correct valid missing
	stored kept saved set unset unchanged unknown known in on at the a an not no never now also being been
	hashed encrypted masked removed and or for from with by via too very only still just sent shared
	see ask here there below above same default blank empty weak strong safe fine okay done
	policy rotation field form page prompt hash manager vault green red yellow failed passed yes
	their your our my his her its this that what which where when why how who it we you they he she`)

// password is for what follows "password is" or "pw:". A plain lower-case word
// is taken for a password only when nothing of the sentence follows it.
func password(h hit) bool {
	v := h.value()
	if placeholder(v) || slices.Contains(passwordWords, strings.ToLower(strings.Trim(v, ".,;:!?"))) {
		return false
	}
	l, u, d, o := classes(v)
	if l+u == 0 && d <= 4 {
		return false // "pass: 12", "pass: 12/14"
	}
	if d > 0 && l+u > 0 || o > 0 && len(v) >= 8 || u > 1 && l > 0 {
		return true
	}
	if l+u == 0 {
		return d >= 5
	}
	// A word. It is a password if it stands alone in its line or its quotes,
	// or was assigned as programs do.
	rest := strings.TrimLeft(h.text[h.end:], " \t")
	quoted := h.start > 0 && strings.IndexByte("\"'`", h.text[h.start-1]) >= 0
	assigned := h.start > 0 && h.text[h.start-1] == '='
	return quoted || assigned || rest == "" && strings.ContainsAny(h.text[max(0, h.start-3):h.start], ":=") || rest != "" && rest[0] == '\n'
}

// complexValue is for a token that merely stands near a word like "login": it
// must look made for the purpose. Three kinds of characters, a sign within,
// and not the shape of a name, a time, a version or an address.
func complexValue(h hit) bool {
	v := h.value()
	if timeShape.MatchString(v) || uuidShape.MatchString(v) || hexShape.MatchString(v) || issueShape.MatchString(v) || placeholder(v) {
		return false
	}
	if inAddress(h) {
		return false
	}
	l, u, d, _ := classes(v)
	sign := strings.ContainsAny(v, "!#$%^&*+~") || strings.ContainsAny(v[1:len(v)-1], "?")
	return l > 0 && u > 0 && d > 0 && sign
}

// ordinaryKeys stand before "key" and "token" where no credential is meant.
var ordinaryKeys = strings.Fields(`
	dedup deduplication issue cache partition primary foreign idempotency sort hash object project
	public alert incident row shard composite unique map json config index lookup group the-issue
	commit tracking correlation trace request event message metric label tag redis s3`)

// random is for a token that merely stands near "key", "token" or "secret": it
// must be as irregular as a key, and not what joins evidence.
func random(h hit) bool {
	v := h.value()
	if slices.Contains(ordinaryKeys, h.before) || placeholder(v) || inAddress(h) {
		return false
	}
	if uuidShape.MatchString(v) || hexShape.MatchString(v) || timeShape.MatchString(v) || issueShape.MatchString(v) || nameShape.MatchString(v) {
		return false
	}
	l, u, d, _ := classes(v)
	if d < 2 || l+u < 4 {
		return false
	}
	return u > 0 && l > 0 && entropy(v) > 3.0 || entropy(v) > 3.5 && len(v) >= 16
}

// inAddress reports whether the hit lies within a URL, a path or a mail address.
func inAddress(h hit) bool {
	const far = 2000 // bytes; longer addresses are not worth the walk
	from := max(0, h.start-far)
	from += strings.LastIndexAny(h.text[from:h.start], " \t\n\"'`<>()") + 1
	to := min(len(h.text), h.end+far)
	if i := strings.IndexAny(h.text[h.end:to], " \t\n\"'`<>()"); i >= 0 {
		to = h.end + i
	}
	whole := h.text[from:to]
	at := strings.IndexByte(whole, '@')
	return strings.Contains(whole, "://") || strings.HasPrefix(whole, "/") || strings.HasPrefix(whole, "./") ||
		at > 0 && strings.Contains(whole[at:], ".")
}

// entropy is the mean information of v's bytes, in bits.
func entropy(v string) float64 {
	var n [256]int
	for i := range len(v) {
		n[v[i]]++
	}
	e := 0.0
	for _, c := range n {
		if c > 0 {
			p := float64(c) / float64(len(v))
			e -= p * math.Log2(p)
		}
	}
	return e
}

// card reports whether the hit is a card number: the length and beginning that
// issuers use, the check digit, and no word in front that calls it an id.
func card(h hit) bool {
	v := h.value()
	var digits []byte
	for i := range len(v) {
		if v[i] >= '0' && v[i] <= '9' {
			digits = append(digits, v[i]-'0')
		}
	}
	n := len(digits)
	two := int(digits[0])*10 + int(digits[1])
	switch {
	case two == 34 || two == 37:
		if n != 15 {
			return false
		}
	case digits[0] == 4 && (n == 13 || n == 16 || n == 19),
		two >= 51 && two <= 55 && n == 16,
		two >= 60 && two <= 65 && n >= 16 && n <= 19,
		two == 35 && n == 16:
	default:
		return false
	}
	// A part of a longer number, of a decimal fraction or of an id is no card.
	if h.start > 0 && strings.IndexByte(".-_=/:#+", h.text[h.start-1]) >= 0 ||
		h.end+1 < len(h.text) && strings.IndexByte(".-_/:", h.text[h.end]) >= 0 && h.text[h.end+1] != ' ' && h.text[h.end+1] != '\n' {
		return false
	}
	sum := 0
	for i, d := range digits {
		x := int(d)
		if (n-i)%2 == 0 {
			if x *= 2; x > 9 {
				x -= 9
			}
		}
		sum += x
	}
	return sum%10 == 0
}

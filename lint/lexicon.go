package lint

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A lexicon numbers the words the rules speak of and knows their classes.
type lexicon struct {
	ids        map[string]int32
	table      []slot     // the same, to look words up in
	mask       uint32     // of the hashes in it
	punct      [256]int32 // id of a mark; 1 stands for a dash
	language   *language
	possessive int32           // 0 if the language has none
	no, one    int32           // two words that are read as one: "no one"
	noOne      int32           // and that one
	elision    map[string]bool // words that end in an apostrophe, without it
	marks      []uint64        // by id of a word, the lists of the subject finder it is in
	classes    map[string]int  // name -> index in sets
	sets       []class
}

// A class is a list of words and phrases that a pattern may name.
type class struct {
	name    string
	members map[int32]bool // while loading
	bits    []uint64       // single words, by id
	phrases map[int32][][]int32
	ends    map[int32][][]int32 // the phrases by their last word
}

func (c *class) has(id int32) bool {
	return id > 0 && int(id>>6) < len(c.bits) && c.bits[id>>6]&(1<<(id&63)) != 0
}

func newLexicon(of *language) *lexicon {
	l := &lexicon{language: of, ids: map[string]int32{}, classes: map[string]int{}}
	for b := 33; b < 127; b++ {
		if !wordByte[b] {
			l.punct[b] = l.intern(string(rune(b)))
		}
	}
	l.punct[1] = l.intern("—")
	if of.Possessive != "" {
		l.possessive = l.intern(of.Possessive)
	}
	for two, one := range of.Joined {
		first, second, _ := strings.Cut(two, " ")
		l.no, l.one, l.noOne = l.intern(first), l.intern(second), l.intern(one)
	}
	for _, w := range of.Elision {
		if l.elision == nil {
			l.elision = map[string]bool{}
		}
		l.elision[w] = true
	}
	return l
}

func (l *lexicon) intern(word string) int32 {
	if id, ok := l.ids[word]; ok {
		return id
	}
	id := int32(len(l.ids) + 1)
	l.ids[word] = id
	return id
}

// id looks a word up without regard to case and to the shape of its apostrophe.
func (l *lexicon) id(s string) int32 {
	var buf [64]byte
	low := buf[:0]
	h := hashStart
	for i := 0; i < len(s); i++ {
		b := s[i]
		if b >= utf8.RuneSelf {
			return l.idBeyondASCII(s)
		}
		if len(low) == len(buf) {
			return 0
		}
		if b >= 'A' && b <= 'Z' {
			b += 'a' - 'A'
		}
		low = append(low, b)
		h = hashNext(h, b)
	}
	return l.lookup(h, string(low), 0)
}

func (l *lexicon) idBeyondASCII(s string) int32 {
	var buf [64]byte
	low := buf[:0]
	for _, r := range s {
		if len(low)+utf8.UTFMax > len(buf) {
			return 0
		}
		if r == '’' {
			r = '\''
		}
		low = utf8.AppendRune(low, unicode.ToLower(r))
	}
	h := hashStart
	for _, b := range low {
		h = hashNext(h, b)
	}
	return l.lookup(h, string(low), 0)
}

// The words stand in a table by a hash (FNV-1a) that the reader of words can
// reckon while it goes over their letters.
const hashStart uint32 = 2166136261

func hashNext(h uint32, b byte) uint32 { return (h ^ uint32(b)) * 16777619 }

type slot struct {
	word string
	id   int32
}

// lookup finds a word by its hash. The first skip bytes are not compared beyond
// the hash but for case.
func (l *lexicon) lookup(h uint32, s string, skip int) int32 {
	for i := h & l.mask; ; i = (i + 1) & l.mask {
		e := &l.table[i]
		if e.id == 0 {
			return 0
		}
		if len(e.word) == len(s) && e.word[skip:] == s[skip:] && (skip == 0 || e.word[0] == s[0]|0x20) {
			return e.id
		}
	}
}

// index builds the table, at most half full.
func (l *lexicon) index() {
	size := 1
	for size < 2*len(l.ids)+2 {
		size *= 2
	}
	l.table, l.mask = make([]slot, size), uint32(size-1)
	for word, id := range l.ids {
		h := hashStart
		for i := range len(word) {
			h = hashNext(h, word[i])
		}
		at := h & l.mask
		for l.table[at].id != 0 {
			at = (at + 1) & l.mask
		}
		l.table[at] = slot{word, id}
	}
}

// phrase interns the words of a phrase as the tokenizer would cut them.
func (l *lexicon) phrase(s string) []int32 {
	var out []int32
	for _, w := range strings.Fields(strings.ToLower(s)) {
		if head, found := strings.CutSuffix(w, l.language.Possessive); found && head != "" && l.possessive != 0 {
			out = append(out, l.intern(head), l.possessive)
			continue
		}
		if head, rest, found := strings.Cut(w, "'"); found && rest != "" && l.elision[head] {
			out = append(out, l.intern(head+"'"), l.intern(rest))
			continue
		}
		out = append(out, l.intern(w))
	}
	return out
}

func (l *lexicon) class(name string) int {
	if i, ok := l.classes[name]; ok {
		return i
	}
	l.classes[name] = len(l.sets)
	l.sets = append(l.sets, class{name: name, members: map[int32]bool{}, phrases: map[int32][][]int32{}, ends: map[int32][][]int32{}})
	return len(l.sets) - 1
}

func (l *lexicon) put(class, entry string) {
	ids := l.phrase(entry)
	c := &l.sets[l.class(class)]
	if len(ids) == 1 {
		c.members[ids[0]] = true
		return
	}
	if len(ids) > 1 {
		c.phrases[ids[0]] = append(c.phrases[ids[0]], ids)
		c.ends[ids[len(ids)-1]] = append(c.ends[ids[len(ids)-1]], ids)
	}
}

// include adds the members of one class to another.
func (l *lexicon) include(into, from string) error {
	f, ok := l.classes[from]
	if !ok {
		return faultAt(from, fmt.Sprintf("the class %q is not defined before it is used in %q", from, into), mend("", from, slices.Sorted(maps.Keys(l.classes))))
	}
	t := l.class(into)
	for id := range l.sets[f].members {
		l.sets[t].members[id] = true
	}
	for first, list := range l.sets[f].phrases {
		l.sets[t].phrases[first] = append(l.sets[t].phrases[first], list...)
	}
	for last, list := range l.sets[f].ends {
		l.sets[t].ends[last] = append(l.sets[t].ends[last], list...)
	}
	return nil
}

// seal makes the classes ready for matching. Longer phrases come first.
func (l *lexicon) seal() {
	l.index()
	for i := range l.sets {
		c := &l.sets[i]
		c.bits = make([]uint64, len(l.ids)/64+1)
		for id := range c.members {
			c.bits[id>>6] |= 1 << (id & 63)
		}
		for _, list := range c.phrases {
			sort.SliceStable(list, func(a, b int) bool { return len(list[a]) > len(list[b]) })
		}
	}
}

// verb adds the forms of an entry such as "break broke broken", "deploy" or
// "take took taken down" (the particles after a "+": "take took taken + down") to
// NAME and to NAME.base, .s, .past, .pp and .ing.
func (l *lexicon) verb(name, entry string) {
	head, particle, _ := strings.Cut(entry, "+")
	forms := strings.Fields(head)
	if len(forms) == 0 {
		return
	}
	base := forms[0]
	past, pp := regularPast(base), ""
	if len(forms) > 1 {
		past = forms[1]
	}
	pp = past
	if len(forms) > 2 {
		pp = forms[2]
	}
	particle = strings.TrimSpace(particle)
	put := func(kind, form string) {
		if particle != "" {
			form += " " + particle
		}
		l.put(name, form)
		l.put(name+"."+kind, form)
	}
	put("base", base)
	put("s", thirdPerson(base))
	put("past", past)
	put("pp", pp)
	put("ing", gerund(base))
}

func thirdPerson(s string) string {
	switch {
	case strings.HasSuffix(s, "s"), strings.HasSuffix(s, "x"), strings.HasSuffix(s, "ch"), strings.HasSuffix(s, "sh"), strings.HasSuffix(s, "o"), strings.HasSuffix(s, "z"):
		return s + "es"
	case strings.HasSuffix(s, "y") && !vowel(s, 2):
		return s[:len(s)-1] + "ies"
	}
	return s + "s"
}

func regularPast(s string) string {
	switch {
	case strings.HasSuffix(s, "e"):
		return s + "d"
	case strings.HasSuffix(s, "y") && !vowel(s, 2):
		return s[:len(s)-1] + "ied"
	case doubles(s):
		return s + s[len(s)-1:] + "ed"
	}
	return s + "ed"
}

func gerund(s string) string {
	switch {
	case strings.HasSuffix(s, "ie"):
		return s[:len(s)-2] + "ying"
	case strings.HasSuffix(s, "e") && !strings.HasSuffix(s, "ee"):
		return s[:len(s)-1] + "ing"
	case doubles(s):
		return s + s[len(s)-1:] + "ing"
	}
	return s + "ing"
}

// vowel reports whether the n-th letter from the end is a vowel.
func vowel(s string, n int) bool {
	return len(s) >= n && strings.IndexByte("aeiou", s[len(s)-n]) >= 0
}

// doubles reports whether the last consonant is written twice before -ed: in
// short words of the shape of "ship" and "drop", and in those stressed at the end.
func doubles(s string) bool {
	if len(s) < 3 || vowel(s, 1) || !vowel(s, 2) || vowel(s, 3) || strings.IndexByte("wxy", s[len(s)-1]) >= 0 {
		return false
	}
	n := 0
	for i := range s {
		if strings.IndexByte("aeiou", s[i]) >= 0 && (i == 0 || strings.IndexByte("aeiou", s[i-1]) < 0) {
			n++
		}
	}
	return n == 1 || strings.HasSuffix(s, "mit") || strings.HasSuffix(s, "plug") || strings.HasSuffix(s, "fer") || strings.HasSuffix(s, "cur")
}

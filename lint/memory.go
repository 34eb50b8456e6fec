package lint

import "encoding/binary"

// long is the size of a part beyond which its sentences are remembered: a
// paragraph, table or list as long as a chapter is not looked at as a whole again for
// each key that is typed in it.
const long = 2 << 10

// remembered is the number of sentences after which a memory starts anew.
const remembered = 8 << 10

// A memory holds what was found in sentences. A sentence shows the same whenever it
// and the one before it are cut into the same words, in the same section.
type memory struct {
	known map[string]*known
	key   []byte
	found []Finding // in the part being read
}

// known is what a sentence shows; offsets count from the sentence before.
type known struct {
	found  []Finding
	survey *survey
}

// begin readies the memory for a part.
func (m *memory) begin() *memory {
	if m.known == nil || len(m.known) > remembered {
		m.known = map[string]*known{}
	}
	m.found = nil
	return m
}

// recall adds what tokens[from:to] show, from memory if they are known.
func (c *checker) recall() {
	base := int(c.tokens[c.before].start)
	m := c.memory
	m.key = c.identify(m.key[:0], base)
	k := m.known[string(m.key)]
	if k == nil {
		k = &known{}
		m.known[string(m.key)] = k
		whole := c.survey
		c.found, c.survey = c.found[:0], c.newSurvey()
		c.sentence()
		c.survey.sentence(c)
		k.found = c.findings()
		for i := range k.found {
			k.found[i] = k.found[i].moved(-base)
			k.found[i].Excerpt = ""
		}
		k.survey = c.newSurvey()
		k.survey.add(c.survey, -base)
		c.survey = whole
	}
	for _, f := range k.found {
		m.found = append(m.found, f.moved(base))
	}
	c.survey.add(k.survey, base)
}

// partFindings gives what was found in a part, in memory or anew.
func (c *checker) partFindings() []Finding {
	if c.memory != nil {
		return c.memory.found
	}
	return c.findings()
}

// identify appends all that a sentence's findings depend on: its words and those of
// the sentence before, how they are cut, and the few bytes around them that a rewrite
// looks at.
func (c *checker) identify(key []byte, base int) []byte {
	tokens := c.tokens[c.before:c.to]
	body := c.text.Body
	from, to := max(base-2, 0), min(int(tokens[len(tokens)-1].end)+8, len(body))
	key = append(key, c.sect...)
	key = binary.LittleEndian.AppendUint32(key, uint32(base-from))
	key = binary.LittleEndian.AppendUint32(key, uint32(c.from-c.before))
	key = binary.LittleEndian.AppendUint32(key, uint32(len(tokens)))
	for _, t := range tokens {
		key = binary.LittleEndian.AppendUint32(key, uint32(int(t.start)-base))
		key = binary.LittleEndian.AppendUint32(key, uint32(t.end-t.start))
		key = binary.LittleEndian.AppendUint32(key, uint32(t.id))
		key = binary.LittleEndian.AppendUint16(key, uint16(t.flags&^isFirst))
	}
	return append(key, body[from:to]...)
}

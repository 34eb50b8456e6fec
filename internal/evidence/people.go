package evidence

import (
	"slices"
	"strings"

	"debrief.dev/debrief"
)

// A crowd merges what several files say of one person. Its order is the order
// in which people were first told of, so it is the same for the same evidence.
type crowd struct {
	people []*debrief.Person // nil where one was merged into an earlier one
	into   []int             // where a merged one went, else its own index
	byKey  map[string]int
}

// add tells the crowd of a person that source names. Persons that share an id,
// a handle or an address become one. A bare number is an id only within its
// own tool: two tools count from one both.
func (c *crowd) add(source string, p debrief.Person) {
	var keys []string
	for _, id := range p.IDs {
		if strings.Trim(id, "0123456789") == "" {
			id = source + " " + id
		}
		keys = append(keys, "id "+id)
	}
	for _, h := range p.Handles {
		keys = append(keys, "handle "+strings.ToLower(h))
	}
	for _, m := range p.Emails {
		keys = append(keys, "mail "+strings.ToLower(m))
	}
	if len(keys) == 0 { // nothing joins it; equal names alone are counted once
		keys = append(keys, "name "+strings.Join(p.Names, "\n"))
	}
	if c.byKey == nil {
		c.byKey = make(map[string]int)
	}
	home := -1
	for _, k := range keys {
		if i, ok := c.byKey[k]; ok {
			if i = c.find(i); home < 0 || i < home {
				home = i
			}
		}
	}
	if home < 0 {
		home = len(c.people)
		c.people = append(c.people, &debrief.Person{Bot: p.Bot})
		c.into = append(c.into, home)
	}
	absorb(c.people[home], &p)
	for _, k := range keys {
		if i, ok := c.byKey[k]; ok {
			if i = c.find(i); i != home {
				absorb(c.people[home], c.people[i])
				c.people[i], c.into[i] = nil, home
			}
		}
		c.byKey[k] = home
	}
}

func (c *crowd) find(i int) int {
	for c.into[i] != i {
		i = c.into[i]
	}
	return i
}

// list gives everybody.
func (c *crowd) list() []debrief.Person {
	var out []debrief.Person
	for _, p := range c.people {
		if p != nil {
			out = append(out, *p)
		}
	}
	return out
}

// absorb adds what q knows to p. Whoever one tool knows as a person is one,
// even if another tool writes through an integration: a name taken for a
// machine's would be shown.
func absorb(p, q *debrief.Person) {
	for _, l := range []struct {
		to   *[]string
		from []string
	}{{&p.IDs, q.IDs}, {&p.Names, q.Names}, {&p.Handles, q.Handles}, {&p.Emails, q.Emails}} {
		for _, s := range l.from {
			if s != "" && !slices.Contains(*l.to, s) {
				*l.to = append(*l.to, s)
			}
		}
	}
	p.Title, p.Organisation = firstOf(p.Title, q.Title), firstOf(p.Organisation, q.Organisation)
	p.Bot = p.Bot && q.Bot
}

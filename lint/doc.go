// Package lint finds the language of blame in a text about an incident and
// offers a question to ask instead.
//
// A list of bad words does not work: in published post-mortems "failed to" has
// a person as its subject about once in twenty times. What carries blame is who
// stands where a cause belongs. So the package reads a sentence in three steps:
//
//  1. It takes away what nobody of the authors said: code, log lines, addresses,
//     quotations, heads of mails. Positions stay those of the original text.
//  2. It looks for predicates, by an index from words to patterns.
//  3. For each predicate it finds the subject, and what kind of thing that is: a
//     person's name, a role, a team, "we", a machine, nobody. "The deploy broke
//     checkout" is a fact about a deploy. "Dan broke checkout" closes the
//     question of what made that possible.
//
// What is looked for is data. A [Rules] is read from a file system with word
// lists in words/*.yaml and one rule for each file in rules/*.yaml; every rule
// carries sentences that must be found and sentences that must not be.
//
//	rules := lint.Default()
//	for _, f := range rules.Check(lint.Text{Body: "Dan broke checkout."}) {
//		fmt.Println(f.Rule, f.Excerpt, f.Question)
//	}
//
// Checking is pure: the same text and rules give the same findings, in the order
// of the text. It takes time linear in the length of the text.
package lint

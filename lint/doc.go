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
//		fmt.Println(f.Rule, f.Excerpt, f.Ask)
//	}
//
// [Rules.Review] does more: it looks at the text as a whole, where each sentence may
// be neutral and all of them point at one team; and it hears what the author allows
// with a reason, in the text.
//
// An editor keeps a [Session]: it is told of edits, and reads again only the
// paragraphs they touch.
//
// Other languages are other files: [Language] gives German and French.
//
// Checking is pure: the same text and rules give the same findings, in the order
// of the text. It takes time linear in the length of the text.
//
// # Patterns
//
// A pattern is a sequence of elements over the words of one sentence:
//
//	word        the word, in any case
//	a|@b        one of several words and classes of words
//	x?  x*      optional; up to four times
//	!x          the next word is not x
//	..N  ,,N    up to N words of the same clause; ",," passes commas, too
//	<set>       a noun group whose kind is in the set: <person>, <role|team>
//	^  $        the sentence begins here, ends here
//	#ed #ing #ly #num #cap #any   a word of that shape
//
// Before its first word may stand what is asked of the subject:
//
//	~set        the subject of what follows is of that kind, wherever it stands
//	~~set       the subject of the clause is of that kind
//	[set]       a noun group of that kind stands directly before
//
// So "~person @harm.past @article" finds people who broke, crashed or wiped
// something, however far the verb is from them, and no machine that did.
//
// The kinds are name, proper (a capitalised word that may be a name), role, team,
// dept (a department without "team", as in "ops forgot"), party (vendors and
// customers), maybe (operators, clients, managers: people or machines), someone
// (he, who, somebody, and they when people were spoken of), nobody, you, we, i, none
// (nobody is named) and thing. Sets of them stand in words/sets.yaml.
package lint

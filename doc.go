// Package debrief is the vocabulary of a blameless review.
//
// Read this page and you know the trade. An incident left traces in many
// tools; each trace is a piece of [Evidence], never edited. From evidence
// people build one shared timeline out of entries ([Entry]). An entry says what
// happened at a [Moment], cites its evidence, and admits how well it is known
// ([Status]). Where two accounts differ, both stand. Marks ([Mark]) name the
// turning points of an impact (start, detection, mitigation and so on), and a
// [Gap] is a measured stretch between them: a fact about coordination and never
// about a person.
//
// Before a pre-read is written the product asks clarifying questions
// ([Question]). A [Factor] is a condition that contributed; it stays a
// hypothesis until people confirm it. People appear as roles: a [Person] is
// known to the evidence, and a text that others read says what the role did.
//
// People work on all this in a room. A [User] signs in and is an [Actor];
// [Actor.May] alone decides what they may do with an [Incident]. An [Upload]
// brings evidence in; a [TimelineEntry] is suggested until people decide; each
// team may give its own [TeamAccount]; a [Section] of the pre-read keeps its
// versions; a [Sending] is what went out. What happened in the room is a log of
// [Activity].
//
// The package imports the standard library only and holds nouns, their states
// and their own checks. Algorithms live one level up: reading evidence,
// proposing a timeline, asking questions, writing reports, checking language.
package debrief

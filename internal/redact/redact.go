// Package redact keeps what identifies a person, and what opens a door, out of
// text that others read.
//
// It does two things, and they are independent. [Secrets] masks credentials:
// keys, tokens, passwords, private keys, session cookies, card numbers. It is
// for every text that leaves the evidence, also the plain view of evidence
// itself, because a secret helps nobody who reads about an incident.
//
// A [Cast] knows the people of one incident and gives each a role. [Cast.Role]
// answers for an author ("the on-call engineer", "a support agent");
// [Cast.Text] writes roles where a text has names, handles, addresses or
// initials. A role that one or two people hold is as good as a name, so such
// roles are widened ("a member of leadership").
//
// What is for readers outside the company goes further: [Cast.Organisations]
// makes customers and vendors "a customer" and "a vendor", and [Cast.Hosts]
// removes internal hosts and addresses. [Cast.External] does all of it.
//
// Three habits matter to whoever changes this package. It prefers taking out a
// word too many to leaving a name in, save where the word is an ordinary one
// ("will", "may", "park"): then there must be a sign that a person is meant. It
// never touches what joins evidence: commits, digests, trace and request ids.
// And it is pure: the same people and evidence give the same roles.
package redact

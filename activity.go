package debrief

import (
	"strings"
	"time"
)

// An Activity is one thing that happened in the product. The log of them is
// only ever added to, without a gap in its numbers.
type Activity struct {
	Seq      int64
	At       time.Time
	Actor    UserID // empty: the product itself
	Name     string // the actor's name as it is now; filled in on reading
	Door     string
	Kind     ActivityKind
	Incident IncidentID // empty for the organisation
	Subject  string     // the id of what it is about
	// Data are the few words the sentence needs: numbers, names of teams,
	// titles. What people wrote (texts, answers, notes) is never among them.
	Data map[string]string
}

// ActivityKind is a past fact, such as "entry.added".
type ActivityKind string

const (
	OrganisationFounded ActivityKind = "organisation.founded"
	SessionOpened       ActivityKind = "session.opened"
	SessionEnded        ActivityKind = "session.ended"
	PasswordChanged     ActivityKind = "password.changed"
	UserReturned        ActivityKind = "user.returned"
	PasswordReset       ActivityKind = "password.reset"
	UserRenamed         ActivityKind = "user.renamed"
	UserInvited         ActivityKind = "user.invited"
	InvitationWithdrawn ActivityKind = "invitation.withdrawn"
	UserJoined          ActivityKind = "user.joined"
	UserLeft            ActivityKind = "user.left"
	RoleChanged         ActivityKind = "role.changed"
	OrganisationChanged ActivityKind = "organisation.changed"
	TeamAdded           ActivityKind = "team.added"
	TeamChanged         ActivityKind = "team.changed"
	TeamJoined          ActivityKind = "team.joined"
	TeamParted          ActivityKind = "team.parted"
	IncidentOpened      ActivityKind = "incident.opened"
	IncidentChanged     ActivityKind = "incident.changed"
	AccessChanged       ActivityKind = "access.changed"
	SomebodyNamed       ActivityKind = "access.named"
	UploadBegun         ActivityKind = "upload.begun"
	FileAdded           ActivityKind = "file.added"
	UploadDropped       ActivityKind = "upload.dropped"
	UploadFinished      ActivityKind = "upload.finished"
	ReadingBegun        ActivityKind = "reading.begun"
	EvidenceRead        ActivityKind = "evidence.read"
	ReadingStopped      ActivityKind = "reading.stopped"
	TimelineProposed    ActivityKind = "timeline.proposed"
	EntryAdded          ActivityKind = "entry.added"
	EntryEdited         ActivityKind = "entry.edited"
	EntriesAccepted     ActivityKind = "entries.accepted"
	EntriesDismissed    ActivityKind = "entries.dismissed"
	EntriesMerged       ActivityKind = "entries.merged"
	EntrySplit          ActivityKind = "entry.split"
	EvidenceAttached    ActivityKind = "evidence.attached"
	EvidenceDetached    ActivityKind = "evidence.detached"
	ChangeUndone        ActivityKind = "change.undone"
	AccountGiven        ActivityKind = "account.given"
	AccountsSettled     ActivityKind = "accounts.settled"
	QuestionAnswered    ActivityKind = "question.answered"
	AnswerWithdrawn     ActivityKind = "answer.withdrawn"
	PrereadDrafted      ActivityKind = "preread.drafted"
	SectionSaved        ActivityKind = "section.saved"
	NoteKept            ActivityKind = "note.kept"
	NoteOpened          ActivityKind = "note.opened"
	PrereadSent         ActivityKind = "preread.sent"
	PrereadRead         ActivityKind = "preread.read"
	MailNotSent         ActivityKind = "mail.notsent"
	MailAskedAgain      ActivityKind = "mail.again"
	LinkMade            ActivityKind = "link.made"
)

// sentences has a sentence for every kind; {word} is taken from Data.
var sentences = map[ActivityKind]string{
	OrganisationFounded: "{who} set up the organisation.",
	SessionOpened:       "{who} signed in.",
	SessionEnded:        "{who} signed out on a device.",
	PasswordChanged:     "{who} chose a new password.",
	UserReturned:        "{who} came back to a closed account, by a new invitation.",
	PasswordReset:       "An account got a new password from whoever runs this Debrief.",
	UserRenamed:         "{who} changed their name.",
	UserInvited:         "{who} invited somebody as {role}.",
	InvitationWithdrawn: "{who} withdrew an invitation.",
	UserJoined:          "{who} joined as {role}.",
	UserLeft:            "{who} closed an account.",
	RoleChanged:         "{who} made somebody {role}.",
	OrganisationChanged: "{who} changed the organisation.",
	TeamAdded:           "{who} added the team {team}.",
	TeamChanged:         "{who} changed the team {team}.",
	TeamJoined:          "{who} added somebody to the team {team}.",
	TeamParted:          "{who} took somebody out of the team {team}.",
	IncidentOpened:      "{who} opened the incident.",
	IncidentChanged:     "{who} changed {what}.",
	AccessChanged:       "{who} changed who sees the incident.",
	SomebodyNamed:       "{who} named somebody for the incident, which nobody could see any more.",
	UploadBegun:         "{who} began to add evidence.",
	FileAdded:           "{who} added a file.",
	UploadDropped:       "{who} took an upload back before it was read.",
	UploadFinished:      "{who} added {count} of evidence.",
	ReadingBegun:        "The reading of upload {number} began.",
	EvidenceRead:        "Upload {number} was read: {count}.",
	ReadingStopped:      "Upload {number} could not be read.",
	TimelineProposed:    "A timeline was proposed, with {count}.",
	EntryAdded:          "{who} added an entry to the timeline.",
	EntryEdited:         "{who} edited an entry.",
	EntriesAccepted:     "{who} accepted {count}.",
	EntriesDismissed:    "{who} dismissed {count}.",
	EntriesMerged:       "{who} merged {count} into one.",
	EntrySplit:          "{who} split an entry into {count}.",
	EvidenceAttached:    "{who} attached evidence to an entry.",
	EvidenceDetached:    "{who} took evidence off an entry.",
	ChangeUndone:        "{who} undid a change: {what}.",
	AccountGiven:        "{who} gave the account of {team}.",
	AccountsSettled:     "{who} settled the accounts of an entry.",
	QuestionAnswered:    "{who} answered a question.",
	AnswerWithdrawn:     "{who} took an answer back.",
	PrereadDrafted:      "The pre-read was drafted.",
	SectionSaved:        "{who} wrote in {section}.",
	NoteKept:            "{who} kept a wording in {section}.",
	NoteOpened:          "{who} opened a note on wording in {section} again.",
	PrereadSent:         "{who} sent the pre-read to {count}.",
	PrereadRead:         "{who} has read the pre-read.",
	MailNotSent:         "A mail about {what} could not be sent.",
	MailAskedAgain:      "{who} had the pre-read mailed again.",
	LinkMade:            "{who} made another link of an invitation.",
}

// ActivityKinds lists every kind that has a sentence, in no order.
func ActivityKinds() []ActivityKind {
	var all []ActivityKind
	for k := range sentences {
		all = append(all, k)
	}
	return all
}

// Sentence says what happened, in one sentence for people, as plain text.
func (a Activity) Sentence() string {
	who := a.Name
	if who == "" {
		who = "Debrief"
	}
	pairs := []string{"{who}", who}
	for k, v := range a.Data {
		pairs = append(pairs, "{"+k+"}", v)
	}
	return strings.NewReplacer(pairs...).Replace(sentences[a.Kind])
}

package debrief

import (
	"encoding/json"
	"fmt"
	"time"
)

// An Organisation is whom an installation belongs to. There is one.
type Organisation struct {
	Name     string
	Zone     string // the IANA zone in which its people read times, such as "Europe/Berlin"
	OpenedAt time.Time
}

// A User is somebody who signs in. A [Person] is somebody the evidence knows:
// the two are never joined, so that nobody's work is read off the evidence.
type User struct {
	ID       UserID
	Name     string
	Email    string
	Role     Role
	Teams    []TeamID
	JoinedAt time.Time
	// LeftAt is when the account was closed, or zero. What somebody wrote stays.
	LeftAt time.Time
}

// A Team is people of one function, such as delivery or client services.
// A user may be in several.
type Team struct {
	ID       TeamID
	Name     string
	Function string // what it does, in a word or two; may be empty
	Members  int
}

// A Session is one sign-in on one device. Its owner sees all of them and may
// end each.
type Session struct {
	ID       SessionID
	Device   string // as the browser names itself
	OpenedAt time.Time
	SeenAt   time.Time // exact to some minutes
	EndsAt   time.Time
	Current  bool // the one that asks
}

// An Invitation lets somebody in by a link that works once, until EndsAt.
type Invitation struct {
	ID       InvitationID
	Name     string // of whom it is for; may be empty
	Email    string
	Role     Role
	Teams    []TeamID
	Incident IncidentID // for a guest: the one incident
	By       UserID
	At       time.Time
	EndsAt   time.Time
	Mail     *Letter // that told them, if one was written
}

// An Incident is what happened: an outage, or a project that came apart.
// Members of the organisation open one; see [Actor.May] for who sees it and
// who may change it. Rev grows with every change to anything in it.
type Incident struct {
	ID         IncidentID
	Number     int // counts from 1, for people to say aloud
	Title      string
	State      IncidentState
	Visibility Visibility
	Teams      []TeamID // who sees it, if Visibility is ToTeams
	People     []UserID // who sees it by name, whatever the visibility: guests, too
	GuestsSee  bool     // guests among People see the timeline, and not only what was sent to them
	Zone       string   // the IANA zone in which its times are shown first
	From, To   time.Time
	OpenedBy   UserID
	OpenedAt   time.Time
	ChangedAt  time.Time
	Rev        int64
}

// IncidentState is how far the work of learning from an incident has come.
type IncidentState int

const (
	Gathering  IncidentState = iota // evidence comes in
	Reviewing                       // a timeline is made, the pre-read is written
	PrereadOut                      // the pre-read was sent
	Shared                          // what was learnt is shared
)

var incidentStateNames = [...]string{"gathering", "reviewing", "sent", "shared"}

func (s IncidentState) String() string               { return name(incidentStateNames[:], int(s)) }
func (s IncidentState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
func (s *IncidentState) UnmarshalText(b []byte) error {
	return parseName(incidentStateNames[:], b, (*int)(s), "state of an incident")
}

// An Upload is files that somebody added together. They are kept byte for
// byte, and read together in the background, because files of one export
// explain each other.
type Upload struct {
	ID       UploadID
	Incident IncidentID
	Number   int    // counts from 1 within the incident
	Name     string // what it was called when it was added
	State    UploadState
	Read     int64 // bytes read so far
	Total    int64 // bytes to read, -1 if not known
	Items    int   // pieces of evidence found so far
	Files    []UploadFile
	// Summary says what was read, skipped and left out, and why; nil until read.
	Summary json.RawMessage
	Say     string // why it stopped or what it lacks, and what helps
	By      UserID
	At      time.Time
	DoneAt  time.Time
}

// An UploadFile is one file of an upload.
type UploadFile struct {
	Path   string // relative, with forward slashes
	Digest string // SHA-256 of its bytes, in hexadecimal
	Size   int64
}

// UploadState is how far an upload has come.
type UploadState int

const (
	Receiving UploadState = iota // files are coming in
	Waiting                      // all are there; the reading has not begun
	Reading                      // being read
	ReadOut                      // read
	Stopped                      // could not be read; Say says why
)

var uploadStateNames = [...]string{"receiving", "waiting", "reading", "read", "stopped"}

func (s UploadState) String() string               { return name(uploadStateNames[:], int(s)) }
func (s UploadState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
func (s *UploadState) UnmarshalText(b []byte) error {
	return parseName(uploadStateNames[:], b, (*int)(s), "state of an upload")
}

// An EvidenceItem is a piece of evidence as an incident keeps it. Secrets in
// its texts are masked.
type EvidenceItem struct {
	ID EvidenceID
	Evidence
	Incident IncidentID
	Upload   UploadID
	Role     string    // what a reader sees for its author; empty while it is not known
	CitedBy  []EntryID // accepted and suggested entries that cite it
}

// A TimelineEntry is an [Entry] in the room: suggested by the product or
// written by a person, with what people made of it.
type TimelineEntry struct {
	Entry
	Incident IncidentID
	Standing Standing
	Rev      int64
	// Number counts from 1 within the incident and stays. Texts cite it, see [TimelineEntry.Cite].
	Number int
	// Lane is the team or outside group whose moment it was, as people put it
	// there; empty leaves it to what the entry says.
	Lane string
	// Proposed is set if the product wrote the first wording.
	Proposed  bool
	By        UserID // who changed it last; empty for an untouched suggestion
	ChangedAt time.Time
	// Note says why entries or accounts were merged, if somebody said so.
	Note string
	// Into is the entry that this one was merged into.
	Into EntryID
	// TeamAccounts are what teams say about it in their own words.
	TeamAccounts []TeamAccount
}

// Cite is how a draft refers to the entry: "e07".
func (e TimelineEntry) Cite() string { return fmt.Sprintf("e%02d", e.Number) }

// Standing is what people made of an entry.
type Standing int

const (
	Suggested Standing = iota // proposed, and nobody has decided yet
	Accepted                  // part of the timeline
	Dismissed                 // not part of it
	Merged                    // told by another entry
	Split                     // told by several others
)

var standingNames = [...]string{"suggested", "accepted", "dismissed", "merged", "split"}

func (s Standing) String() string               { return name(standingNames[:], int(s)) }
func (s Standing) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
func (s *Standing) UnmarshalText(b []byte) error {
	return parseName(standingNames[:], b, (*int)(s), "standing")
}

// A TeamAccount is one team's view of an entry, in its own words. It stands
// beside the entry until people settle on one wording.
type TeamAccount struct {
	Entry EntryID
	Team  TeamID
	Account
	Rev       int64
	By        UserID
	ChangedAt time.Time
}

// An Edit is one step of work on a timeline, which can be taken back as long
// as nothing it touched was changed again.
type Edit struct {
	ID   EditID
	What string // "accepted 3 entries"
	By   UserID
	At   time.Time
}

// A GivenAnswer is an [Answer] with who gave it.
type GivenAnswer struct {
	Answer
	Asked string // the question in the words it had then; empty of answers from before they were kept
	By    UserID
	At    time.Time
	Rev   int64
}

// A Section is a part of a pre-read, in Markdown. It is drafted until a person
// writes in it; from then on the draft only offers.
type Section struct {
	ID       SectionID
	Incident IncidentID
	Key      string // "what-happened"; stable over drafts
	Title    string
	Body     string
	Rev      int64
	Written  bool // a person wrote in it
	// Offered is a newer draft of a section that a person wrote in; empty if
	// there is none.
	Offered   string
	By        UserID // empty for a draft
	ChangedAt time.Time
	BegunAt   time.Time // when this version was begun; later saves of the same person belong to it
}

// A SectionVersion is what a section said before.
type SectionVersion struct {
	Section SectionID
	Rev     int64
	Body    string
	By      UserID
	At      time.Time
}

// A KeptNote is a wording that stays in a section for a reason, although a rule
// asks about it. It holds as long as the words stand there, and only who may write
// the draft sees it.
type KeptNote struct {
	ID      KeptNoteID
	Section SectionID
	Rule    string // "B01"
	Words   string
	Reason  string
	By      UserID
	At      time.Time
}

// A Presence says that somebody is writing in a section. It goes out by itself and
// leaves no trace.
type Presence struct {
	Section SectionID
	User    UserID
	Name    string // of the person's team, if there is exactly one; else theirs
}

// A Sending is a pre-read as it went out: it does not change any more.
type Sending struct {
	ID         SendingID
	Incident   IncidentID
	Number     int // counts from 1 within the incident
	Title      string
	Note       string
	By         UserID
	At         time.Time
	Sections   []SentSection
	Recipients []Recipient
}

// A SentSection is a section as it was sent, in Markdown.
type SentSection struct {
	Key   string `json:",omitempty"` // as a [Section] has it; empty of what was sent before there was one
	Title string
	Body  string
}

// A Recipient is somebody a pre-read was sent to.
type Recipient struct {
	User   UserID
	Name   string
	ReadAt time.Time // when they said "I have read it", or zero
}

package debrief

import "time"

// An Entry is one line of the timeline: what happened, when, how well it is
// known, and on what evidence.
type Entry struct {
	// ID is stable within one proposal ("e07").
	ID string `json:"id"`
	// At is when it happened, corrected for known clock skew.
	At Moment `json:"time"`
	// Kind is the place of the entry in the story.
	Kind Kind `json:"kind"`
	// Signal says, for an entry of kind [KindSignal], whether something was
	// visible, confusing or missing. NoSignal otherwise.
	Signal Signal `json:"signal"`
	// Phase is the stretch of the incident in which it lies.
	Phase Phase `json:"phase"`
	// Text says what happened in one or two plain sentences. People appear as
	// roles. No blame, no quotation of blame, no secrets.
	Text string `json:"text"`
	// Roles are the roles that the text mentions.
	Roles []string `json:"roles,omitempty"`
	// Status is how we know it.
	Status Status `json:"status"`
	// Evidence is every piece that supports it; the first is the most direct.
	Evidence []Citation `json:"evidence"`
	// Accounts stand side by side when the evidence disagrees; empty otherwise.
	Accounts []Account `json:"accounts,omitempty"`
	// Corrected tells in a sentence what was done to the time and why: a
	// correction in the text, a clock skew. Empty when nothing was.
	Corrected string `json:"corrected,omitempty"`
	// Weight, 0 to 1, is how much the proposal relies on this entry; the key
	// events of the story are near 1.
	Weight float64 `json:"weight"`
}

// An Account is one side's view of an entry.
type Account struct {
	Text     string     `json:"text"`
	At       Moment     `json:"time"`
	Evidence []Citation `json:"evidence"`
}

// Kind is the place of an entry in the story, after the five questions a
// timeline answers: what triggered it, what happened next, how teams
// responded, what was visible, confusing or missing, when the impact became clear.
type Kind int

const (
	KindNext Kind = iota
	KindTrigger
	KindResponse
	KindSignal
	KindImpact
)

var kindNames = [...]string{"next", "trigger", "response", "signal", "impact"}

func (k Kind) String() string                { return name(kindNames[:], int(k)) }
func (k Kind) MarshalText() ([]byte, error)  { return []byte(k.String()), nil }
func (k *Kind) UnmarshalText(b []byte) error { return parseName(kindNames[:], b, (*int)(k), "kind") }

// Signal is what people could see at that moment.
type Signal int

const (
	NoSignal Signal = iota
	Visible
	Confusing
	Missing
)

var signalNames = [...]string{"", "visible", "confusing", "missing"}

func (s Signal) String() string               { return name(signalNames[:], int(s)) }
func (s Signal) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
func (s *Signal) UnmarshalText(b []byte) error {
	return parseName(signalNames[:], b, (*int)(s), "signal")
}

// Phase is a stretch of the incident, cut by its marks.
type Phase int

const (
	Before     Phase = iota // before the impact began: ordinary work, background
	Undetected              // impact is open and nobody has noticed
	Responding              // noticed, looking for a way out
	Recovering              // mitigated, not yet resolved
	After                   // resolved
)

var phaseNames = [...]string{"before", "undetected", "responding", "recovering", "after"}

func (p Phase) String() string                { return name(phaseNames[:], int(p)) }
func (p Phase) MarshalText() ([]byte, error)  { return []byte(p.String()), nil }
func (p *Phase) UnmarshalText(b []byte) error { return parseName(phaseNames[:], b, (*int)(p), "phase") }

// Status is how an entry is known.
type Status int

const (
	Observed Status = iota // a machine recorded it, or somebody said it as it happened
	Reported               // somebody told it afterwards or from memory
	Inferred               // it follows from evidence, but no evidence says it
	Disputed               // evidence disagrees; see the entry's Accounts
)

var statusNames = [...]string{"observed", "reported", "inferred", "disputed"}

func (s Status) String() string               { return name(statusNames[:], int(s)) }
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
func (s *Status) UnmarshalText(b []byte) error {
	return parseName(statusNames[:], b, (*int)(s), "status")
}

// MarkName names a turning point of the impact.
type MarkName string

const (
	ImpactStart     MarkName = "impact_start"      // the first affected request or person
	FirstSignal     MarkName = "first_signal"      // the first sign anybody could have seen
	Detected        MarkName = "detected"          // the organisation's own monitoring or people noticed
	FirstResponse   MarkName = "first_response"    // somebody took it on
	Declared        MarkName = "declared"          // it was called an incident
	FirstPublicWord MarkName = "first_public_word" // customers were told for the first time
	Mitigated       MarkName = "mitigated"         // the impact ended for those affected
	ResolvedMark    MarkName = "resolved"          // the normal state was back
)

// MarkOrder lists the marks in the order in which an incident usually meets them.
var MarkOrder = []MarkName{
	ImpactStart, FirstSignal, Detected, FirstResponse, Declared, FirstPublicWord, Mitigated, ResolvedMark,
}

// A Mark is a turning point with its time, the entry that carries it, and its evidence.
type Mark struct {
	Name     MarkName   `json:"name"`
	At       Moment     `json:"time"`
	Entry    string     `json:"entry,omitempty"` // the ID of an entry, or empty
	Why      string     `json:"why"`             // one sentence: what makes this the mark
	Evidence []Citation `json:"evidence"`
}

// GapName names a stretch of an incident that tells about coordination.
type GapName string

const (
	Undetect       GapName = "undetected"      // impact start to detection
	Unacknowledged GapName = "unacknowledged"  // first page to its acknowledgement
	Silence        GapName = "silence"         // no entry while the impact was open
	DecisionEffect GapName = "decision_effect" // a decision to its effect
	CustomerWord   GapName = "customer_word"   // impact start to the first word to customers
	ImpactLength   GapName = "impact"          // impact start to mitigation
	PendingWait    GapName = "pending"         // something asked for and its answer
)

// A Gap is a measured stretch. It is a fact about coordination, never about a person.
type Gap struct {
	Name     GapName       `json:"name"`
	From     time.Time     `json:"from"` // UTC
	To       time.Time     `json:"to"`   // UTC
	Length   time.Duration `json:"length_ns"`
	Text     string        `json:"text"` // one sentence
	Evidence []Citation    `json:"evidence,omitempty"`
}

package debrief

// Evidence is one thing that a tool remembered: a message, an alert, a deploy,
// a line of a log. It is never edited. What it says of itself (its time, its
// author) is kept as written; what we conclude from it belongs to an [Entry].
type Evidence struct {
	// Source names the importer that read it ("slack", "alertmanager").
	Source string `json:"source"`
	// File is where it was found, relative to what was given to read, with
	// forward slashes. Inside an archive the archive's path comes first,
	// joined by "!/": "export.zip!/general/2024-05-02.json".
	File string `json:"file"`
	// ID is the tool's own id for it: a Slack ts, a fingerprint, a Message-ID,
	// a commit, an issue key. Lines of text and logs have "L12" for line 12.
	ID string `json:"id"`
	// Line is the 1-based line of File on which it begins, 0 when a line
	// means nothing there.
	Line int `json:"line,omitempty"`
	// Digest is the SHA-256 of its exact bytes in File, in hexadecimal.
	Digest string `json:"digest"`
	// Sort says what it is.
	Sort Sort `json:"sort"`
	// At is when it happened, as the tool says.
	At Moment `json:"time"`
	// Author is who wrote or caused it, as written.
	Author Author `json:"author,omitzero"`
	// Where is the channel, room, repository, project, host or stream it
	// belongs to, as written ("#incident-12", "payments-api").
	Where string `json:"where,omitempty"`
	// Thread is the ID of the evidence that it answers or updates, or empty.
	Thread string `json:"thread,omitempty"`
	// Link leads to it in its tool, or is empty.
	Link string `json:"link,omitempty"`
	// Title is its short name if the tool has one: a subject, an alert name,
	// a commit's first line. Plain text.
	Title string `json:"title,omitempty"`
	// Text is what it says, as plain text: mentions, links, emoji and markup
	// of the tool are resolved. Names are still names here.
	Text string `json:"text,omitempty"`
	// State is where the thing it reports on stood, in one small vocabulary
	// over all tools; see the State constants. Empty for talk and plain lines.
	State State `json:"state,omitempty"`
	// Level is the severity as written ("critical", "P1", "ERROR"), or empty.
	Level string `json:"level,omitempty"`
	// Subject is what it is about, in a form that joins evidence of the same
	// thing: an alert rule with its labels, a deployment with its commit, an
	// issue key. Two pieces of evidence with one Subject concern one thing.
	Subject string `json:"subject,omitempty"`
	// Refs are ids of other things it names: commits, issue keys, build and
	// incident numbers, dedup keys. They join what several tools saw of one event.
	Refs []string `json:"refs,omitempty"`
	// Attributes are further facts as the tool names them, for the few that
	// matter: environment, service, region, branch, due, status_from, status_to.
	Attributes map[string]string `json:"attributes,omitempty"`
	// Reactions on a message, in the order the tool gives them.
	Reactions []Reaction `json:"reactions,omitempty"`
	// Attached names files that came with it; their bytes are not read.
	Attached []string `json:"attached,omitempty"`
	// Edited and Deleted tell what the tool remembers of later changes.
	Edited  bool `json:"edited,omitempty"`
	Deleted bool `json:"deleted,omitempty"`
}

// Cite is the short reference to e: its file and its id.
func (e *Evidence) Cite() Citation { return Citation{File: e.File, ID: e.ID} }

// A Citation points at one piece of evidence.
type Citation struct {
	File string `json:"file"`
	ID   string `json:"id"`
}

func (c Citation) String() string { return c.File + "#" + c.ID }

// Author is who wrote or caused a piece of evidence, as written by the tool.
// Any field may be empty.
type Author struct {
	ID     string `json:"id,omitempty"`     // the tool's id ("U024BE7LH")
	Handle string `json:"handle,omitempty"` // without "@"
	Name   string `json:"name,omitempty"`   // display or full name
	Email  string `json:"email,omitempty"`
	Bot    bool   `json:"bot,omitempty"` // an integration wrote it
}

// Reaction is an emoji set on a message, and by how many.
type Reaction struct {
	Name  string `json:"name"` // "eyes", without colons
	Count int    `json:"count"`
}

// Sort is what a piece of evidence is.
type Sort int

const (
	Note         Sort = iota // somebody's notes or an undated document
	Message                  // said in chat
	Speech                   // said in a call or meeting, from a transcript
	Mail                     // an e-mail
	Alert                    // a monitor's verdict
	Page                     // a notification of a person, its acknowledgement, a paging incident
	Change                   // a deploy, a release, a configuration change, a build
	Commit                   // a commit or a push of commits
	Ticket                   // an issue, its fields, its comments
	StatusUpdate             // a public or customer-facing status update
	Log                      // a line of a machine's log, an audit record, a cluster event
	Meeting                  // a calendar entry
	Record                   // a row of a table whose meaning its columns tell
)

var sortNames = [...]string{
	"note", "message", "speech", "mail", "alert", "page", "change", "commit",
	"ticket", "status", "log", "meeting", "record",
}

func (s Sort) String() string               { return name(sortNames[:], int(s)) }
func (s Sort) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
func (s *Sort) UnmarshalText(b []byte) error {
	return parseName(sortNames[:], b, (*int)(s), "sort of evidence")
}

// State is where the thing that evidence reports on stood.
type State string

const (
	Firing        State = "firing"       // an alert began, an error was first seen
	Resolved      State = "resolved"     // an alert, page or incident ended
	Triggered     State = "triggered"    // a page went out
	Acknowledged  State = "acknowledged" // somebody took the page
	Escalated     State = "escalated"    // it went on to the next person or level
	Assigned      State = "assigned"     // it was given to somebody
	Annotated     State = "annotated"    // a note or comment was added
	Started       State = "started"      // a deploy, build or job began
	Succeeded     State = "succeeded"    // it ended well
	Failed        State = "failed"       // it ended otherwise
	Cancelled     State = "cancelled"    // it was called off; a meeting, too
	Opened        State = "opened"       // a ticket or a planned thing was created
	Changed       State = "changed"      // its fields changed
	Closed        State = "closed"       // a ticket was closed
	Investigating State = "investigating"
	Identified    State = "identified" // status pages: the problem is known
	Monitoring    State = "monitoring" // status pages: a mitigation is watched
)

package debrief

// Ids are their own types, so that one cannot stand where another belongs.
// Each begins with what it names ("inc_") and goes on with 26 random letters:
// nobody guesses one, and whoever has one is still asked for permission.
type (
	UserID       string
	TeamID       string
	SessionID    string
	InvitationID string
	IncidentID   string
	UploadID     string
	EvidenceID   string
	EntryID      string
	EditID       string
	SectionID    string
	KeptNoteID   string
	SendingID    string
	MailID       string
)

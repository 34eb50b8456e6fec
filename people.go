package debrief

// A Person is somebody the evidence knows. The product uses what it knows of a
// person for one purpose: to write a role where the evidence has a name. It
// never scores, ranks, counts or searches by person.
type Person struct {
	// IDs are the tool's ids for the person ("U024BE7LH", an account id).
	IDs []string `json:"ids,omitempty"`
	// Names are full and display names, as written anywhere in the evidence.
	Names []string `json:"names,omitempty"`
	// Handles are logins and chat handles, without "@".
	Handles []string `json:"handles,omitempty"`
	// Emails are addresses.
	Emails []string `json:"emails,omitempty"`
	// Title is the job title as a tool has it ("Site reliability engineer").
	Title string `json:"title,omitempty"`
	// Organisation is set when the tool marks the person as outside one's own
	// organisation: a client, a vendor, a guest in a shared channel.
	Organisation string `json:"organisation,omitempty"`
	// Bot is an integration and not a person.
	Bot bool `json:"bot,omitempty"`
}

package debrief

import "time"

// A Letter is what is known of a mail that the product writes to somebody: that they are
// invited, or that a pre-read waits for them. It carries a link and who sent it, and no
// title and no text of an incident. Neither what it said nor its address is kept here.
type Letter struct {
	ID     MailID
	About  string // an invitation or a sending, by its id
	Member UserID // to whom a sending went; empty for an invitation
	State  MailState
	Why    MailTrouble // what stood in the way at the last try, if anything did
	At     time.Time   // when it was asked for
	Since  time.Time   // since when it has this state
}

// MailState is how far a mail is.
type MailState int

const (
	MailWaits   MailState = iota // it will be tried, or tried again
	MailSent                     // the mail server has taken it
	MailGivenUp                  // it will not be tried any more
)

// MailTrouble is what stood in the way of a mail, as a class: what a server answered can
// hold the address, and so is not kept.
type MailTrouble string

const (
	MailUnreachable MailTrouble = "unreachable"
	MailPutOff      MailTrouble = "put off"
	MailUnsafe      MailTrouble = "unsafe"
	MailSignIn      MailTrouble = "sign-in"
	MailLacking     MailTrouble = "lacking"
	MailSender      MailTrouble = "sender"
	MailNoAddress   MailTrouble = "address"
	MailRefused     MailTrouble = "refused"
	MailNeedless    MailTrouble = "needless"
	MailLate        MailTrouble = "late"
)

var troubleSentences = map[MailTrouble]string{
	MailUnreachable: "the mail server did not answer",
	MailPutOff:      "the mail server takes none for now",
	MailUnsafe:      "the way to the mail server could not be kept safe",
	MailSignIn:      "the mail server did not accept our name and password",
	MailLacking:     "the mail server does not offer what the settings ask for",
	MailSender:      "the mail server takes no mails from our address",
	MailNoAddress:   "the mail server does not take this address",
	MailRefused:     "the mail server refused it",
	MailNeedless:    "it was not needed any more",
	MailLate:        "it had waited for too long",
}

// MailTroubles lists every class, in no order.
func MailTroubles() []MailTrouble {
	var all []MailTrouble
	for t := range troubleSentences {
		all = append(all, t)
	}
	return all
}

// Words says what stood in the way, as the part of a sentence after "could not be sent: ".
func (t MailTrouble) Words() string { return troubleSentences[t] }

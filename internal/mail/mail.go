// Package mail writes a message of plain text and gives it to a mail server.
//
// What stands in a message comes from people: names, and the name of their organisation.
// Every header is one line whatever they are, and an address is one address. What a server
// answers can repeat an address, so an error tells a class and a code, and never the words
// of the server.
package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/wneessen/go-mail"

	"debrief.dev/debrief"
)

// patience is how long the server may take for each step.
const patience = 15 * time.Second

// A Message is a mail to one person.
type Message struct {
	ID      string // what is said again under this id is the same message
	At      time.Time
	Name    string // of whom it is to; may be empty
	To      string // their address
	Subject string
	Text    string // lines that end in "\n"
}

// A Server takes messages.
type Server struct {
	host string
	port int
	from *netmail.Address
	here string // the host of the room, which ids of messages end in
	opts []mail.Option
}

// Config says which server takes messages.
type Config struct {
	Server         string // host:port
	From           string // an address, perhaps with a name before it
	User, Password string
	Security       string         // "starttls", "tls" or "none"
	Address        string         // of the room
	Roots          *x509.CertPool // who may vouch for the server; nil means those of the system
}

// New gives a server. Nothing is sent yet.
func New(c Config) (*Server, error) {
	from, err := netmail.ParseAddress(c.From)
	if err != nil {
		return nil, err
	}
	host, port, err := net.SplitHostPort(c.Server)
	if err != nil {
		return nil, err
	}
	at, err := url.Parse(c.Address)
	if err != nil {
		return nil, err
	}
	s := &Server{host: host, from: &netmail.Address{Name: OneLine(from.Name), Address: from.Address}, here: at.Hostname()}
	if s.port, err = strconv.Atoi(port); err != nil {
		return nil, err
	}
	hello := s.here
	if strings.Contains(hello, ":") {
		hello = "[IPv6:" + hello + "]"
	}
	// The name that we greet with is that of the room: the name of the machine is nobody's business.
	s.opts = []mail.Option{
		mail.WithPort(s.port), mail.WithTimeout(patience), mail.WithHELO(hello),
		mail.WithTLSConfig(&tls.Config{ServerName: host, RootCAs: c.Roots, MinVersion: tls.VersionTLS12}),
	}
	auth := mail.SMTPAuthAutoDiscover
	switch c.Security {
	case "tls":
		s.opts = append(s.opts, mail.WithSSL())
	case "none":
		s.opts = append(s.opts, mail.WithTLSPolicy(mail.NoTLS))
		auth = mail.SMTPAuthPlainNoEnc // the settings allow it on this machine alone
	default:
		s.opts = append(s.opts, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if c.User != "" {
		s.opts = append(s.opts, mail.WithSMTPAuth(auth), mail.WithUsername(c.User), mail.WithPassword(c.Password))
	}
	_, err = mail.NewClient(host, s.opts...)
	return s, err
}

// OneLine makes a text that people gave one line without signs that steer: what ends a
// line, and what turns the direction of writing.
func OneLine(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))), " ")
}

func (s *Server) message(m Message) (*mail.Msg, error) {
	// Of what is parsed only the address is taken, and the name beside it.
	to, err := netmail.ParseAddress(m.To)
	if err != nil || OneLine(to.Address) != to.Address {
		return nil, &Trouble{Class: debrief.MailNoAddress, Final: true}
	}
	msg := mail.NewMsg(mail.WithCharset(mail.CharsetUTF8), mail.WithNoDefaultUserAgent())
	msg.FromMailAddress(s.from)
	msg.ToMailAddress(&netmail.Address{Name: OneLine(m.Name), Address: to.Address})
	msg.Subject(OneLine(m.Subject))
	msg.SetDateWithValue(m.At)
	msg.SetMessageIDWithValue(OneLine(m.ID) + "@" + s.here)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	return msg, nil
}

// Bytes gives a message as it goes over the line.
func (s *Server) Bytes(m Message) ([]byte, error) {
	msg, err := s.message(m)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = msg.WriteTo(&b)
	return b.Bytes(), err
}

// A Trouble is why a message was not taken.
type Trouble struct {
	Class debrief.MailTrouble
	Final bool  // trying again would not help
	Code  int   // of the server's answer, 0 if it gave none
	Cause error // of the network or of its keeping safe; it names hosts and no people
}

func (t *Trouble) Error() string {
	text := t.Class.Words()
	if t.Code != 0 {
		text += fmt.Sprintf(" (code %d)", t.Code)
	}
	if t.Cause != nil {
		text += ": " + t.Cause.Error()
	}
	return text
}

// Send gives a message to the server. Nil means that the server has taken it; any other
// error is a [Trouble].
func (s *Server) Send(ctx context.Context, m Message) error {
	msg, err := s.message(m)
	if err != nil {
		return err
	}
	client, err := mail.NewClient(s.host, s.opts...)
	if err != nil {
		return &Trouble{Class: debrief.MailLacking}
	}
	line, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return reaching(err)
	}
	err = client.SendWithSMTPClient(line, msg)
	// Once the server has taken it, how the line ends does not matter.
	_ = client.CloseWithSMTPClient(line)
	if msg.IsDelivered() {
		return nil
	}
	return giving(err)
}

// reaching gives the class of an error before a message was offered. All of them can be
// mended by whoever runs the server or the room, so none is final.
func reaching(err error) error {
	t := &Trouble{Class: debrief.MailLacking}
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var reply *textproto.Error
	var network net.Error
	switch {
	case errors.As(err, &certificate), errors.As(err, &record), errors.As(err, &alert):
		t.Class, t.Cause = debrief.MailUnsafe, err
	case errors.As(err, &reply):
		t.Code = reply.Code
		switch {
		case t.Code == 530, t.Code == 534, t.Code == 535, t.Code == 538:
			t.Class = debrief.MailSignIn
		case t.Code < 500:
			t.Class = debrief.MailPutOff
		default:
			t.Class = debrief.MailRefused
		}
	case errors.As(err, &network), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		t.Class, t.Cause = debrief.MailUnreachable, err
	}
	return t
}

// giving gives the class of an error of a message that was offered.
func giving(err error) error {
	t := &Trouble{Class: debrief.MailUnreachable}
	var e *mail.SendError
	if !errors.As(err, &e) {
		return t
	}
	t.Code = e.ErrorCode()
	switch {
	case t.Code == 0: // the line broke
	case t.Code == 530:
		t.Class = debrief.MailSignIn
	case t.Code < 500:
		t.Class = debrief.MailPutOff
	case e.Reason == mail.ErrSMTPMailFrom:
		t.Class = debrief.MailSender // who runs the room can mend it
	case e.Reason == mail.ErrSMTPRcptTo && !strings.HasPrefix(e.EnhancedStatusCode(), "5.7."):
		t.Class, t.Final = debrief.MailNoAddress, true
	default:
		t.Class, t.Final = debrief.MailRefused, true
	}
	return t
}

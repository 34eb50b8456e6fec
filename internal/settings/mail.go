package settings

import (
	"fmt"
	"net"
	"net/netip"
	"strings"

	"debrief.dev/debrief"
)

// Mail is how mails are sent.
type Mail struct {
	Address        string // of the room, without a slash at its end
	Server         string // host:port
	From           string
	User, Password string
	Security       string // "starttls", "tls" or "none"
}

// Mail gives how mails are sent, or nil if they are not. What is set by half is an error
// that names the setting: whoever sets a mail server expects mails.
func (v Values) Mail() (*Mail, error) {
	m := Mail{
		Address: strings.TrimSuffix(v.Get(Address), "/"), Server: v.Get(MailServer), From: v.Get(MailFrom),
		User: v.Get(MailUser), Password: v.Get(MailPassword), Security: v.Get(MailSecurity),
	}
	asked := ""
	for _, name := range []string{MailServer, MailFrom, MailUser, MailPassword} {
		if asked == "" && v.Get(name) != "" {
			asked = name
		}
	}
	if asked == "" {
		return nil, nil
	}
	for _, name := range []string{MailServer, MailFrom, Address} {
		if v.Get(name) == "" {
			return nil, &debrief.Error{
				Kind: debrief.Invalid, Field: name, Say: fmt.Sprintf("%s is set and %s is not, so no mail can be sent.", asked, name),
				Hint: fmt.Sprintf("Set %s (%s), or take %s away.", name, Find(name).Takes, asked),
			}
		}
	}
	for _, pair := range [][2]string{{MailUser, MailPassword}, {MailPassword, MailUser}} {
		if v.Get(pair[0]) != "" && v.Get(pair[1]) == "" {
			return nil, &debrief.Error{
				Kind: debrief.Invalid, Field: pair[1], Say: fmt.Sprintf("%s is set and %s is not.", pair[0], pair[1]),
				Hint: "The mail server is signed in to with both, or with neither.",
			}
		}
	}
	if m.Security == "none" && m.Password != "" && !m.Near() {
		return nil, &debrief.Error{
			Kind: debrief.Invalid, Field: MailSecurity, Say: "With none, the password of the mail server could be read on the way.",
			Hint: "Take starttls or tls; none with a password is for a mail server on this machine.",
		}
	}
	return &m, nil
}

// Near reports whether the mail server is on this machine.
func (m *Mail) Near() bool {
	host, _, err := net.SplitHostPort(m.Server)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

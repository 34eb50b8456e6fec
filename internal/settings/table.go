package settings

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"
)

// A Setting is one line of the table.
type Setting struct {
	Name    string // as the flag and the file have it
	What    string // what it is for, in a sentence
	Default string
	Takes   string // what a value looks like, for messages and for the flag's help
	Hidden  bool   // an address with a password in it, which is never shown
	Secret  bool   // a password: never shown, and no flag, because others see the flags of a process
	Switch  bool   // true or false

	check func(value string) bool
}

// The names of the settings.
const (
	Listen        = "listen"
	MetricsListen = "metrics-listen"
	Data          = "data"
	Database      = "database"
	TLS           = "tls"
	Proxies       = "trusted-proxies"
	LogFormat     = "log-format"
	FileLimit     = "file-limit"
	UploadLimit   = "upload-limit"
	Address       = "address"
	MailServer    = "mail-server"
	MailFrom      = "mail-from"
	MailUser      = "mail-user"
	MailPassword  = "mail-password"
	MailSecurity  = "mail-security"
)

// Table is every setting there is. The flags, the variables of the environment, the
// keys of the file, "debrief config" and docs/settings come from it.
var Table = []Setting{
	{Name: Listen, Default: "127.0.0.1:7373", Takes: "address", What: "the `address` to listen on; port 0 is a free one", check: listens},
	{Name: MetricsListen, Takes: "host:port", What: "a second `address`, on which /metrics answers to whoever reaches it; without one there are no metrics", check: listens},
	{Name: Data, Default: "debrief-data", Takes: "folder", What: "the data `folder`; it is made if it is not there", check: filled},
	{Name: Database, Takes: "postgres://user:password@host:5432/name", What: "a PostgreSQL `address`, postgres://…, instead of the file in the folder", Hidden: true, check: postgres},
	{Name: TLS, Default: "false", Takes: "true or false", What: "browsers come over TLS, through a proxy", Switch: true},
	{Name: Proxies, Takes: "addresses or networks such as 127.0.0.1, 10.0.0.0/8", What: "the `addresses` or networks of proxies, with commas between them, whose X-Forwarded-For says where a request comes from; only the limit on attempts to sign in asks", check: networks},
	{Name: LogFormat, Default: "text", Takes: "text or json", What: "the `form` of the lines of the log: text or json", check: oneOf("text", "json")},
	{Name: FileLimit, Default: "4 GiB", Takes: "a size such as 4 GiB", What: "the most that one file of evidence may have, a `size`", check: size},
	{Name: UploadLimit, Default: "16 GiB", Takes: "a size such as 16 GiB", What: "the most that the files of one upload may have together, a `size`", check: size},
	{Name: Address, Takes: "an address such as https://debrief.example.com", What: "the `address` under which people reach the room, as links in mails have it", check: site},
	{Name: MailServer, Takes: "host:port", What: "the `server` that takes mails to send, such as smtp.example.com:587; without one there is no mail", check: reaches},
	{Name: MailFrom, Takes: "an e-mail address such as debrief@example.com", What: "the e-mail `address` that mails come from; a name may stand before it: Debrief <debrief@example.com>", check: sender},
	{Name: MailUser, Takes: "a name", What: "the `name` to sign in to the mail server with, if it asks for one", check: filled},
	{Name: MailPassword, Takes: "a password", What: "the password that goes with it", Secret: true, check: filled},
	{Name: MailSecurity, Default: "starttls", Takes: "starttls, tls or none", What: "how the way to the mail server is kept: `starttls`, tls from the first byte, or none, which only makes sense on this machine or in a network that you trust", check: oneOf("starttls", "tls", "none")},
}

// Find gives the line of a name, or nil.
func Find(name string) *Setting {
	for i := range Table {
		if Table[i].Name == name {
			return &Table[i]
		}
	}
	return nil
}

// Flag is the name of its flag; a secret has none.
func (s *Setting) Flag() string {
	if s.Secret {
		return ""
	}
	return s.Name
}

// Variable is the name of its variable of the environment.
func (s *Setting) Variable() string {
	return "DEBRIEF_" + strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_"))
}

// FromFile reports whether the value may also stand in a file of its own, named by the
// variable with _FILE or the key with "-file".
func (s *Setting) FromFile() bool { return s.Hidden || s.Secret }

// Show gives a value as it may be shown.
func (s *Setting) Show(value string) string {
	switch {
	case value == "":
		return ""
	case s.Secret:
		return "(set, not shown)"
	case s.Hidden:
		u, err := url.Parse(value)
		if err != nil || len(u.Query()) > 0 && u.Query().Has("password") {
			return "(set, not shown)"
		}
		return u.Redacted()
	}
	return value
}

func filled(v string) bool { return strings.TrimSpace(v) != "" }

func listens(v string) bool {
	_, p, err := net.SplitHostPort(v)
	if err != nil {
		return false
	}
	n, err := strconv.ParseUint(p, 10, 16)
	return err == nil && n <= 65535
}

func postgres(v string) bool {
	return strings.HasPrefix(v, "postgres://") || strings.HasPrefix(v, "postgresql://")
}

// reaches takes where something can be reached: a host and a port.
func reaches(v string) bool {
	host, port, err := net.SplitHostPort(v)
	return err == nil && host != "" && port != "0" && !strings.ContainsAny(host, " /@") && listens(v)
}

// site takes an address of pages: nothing stands behind the host, because the paths of
// the room begin there.
func site(v string) bool {
	u, err := url.Parse(v)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil &&
		(u.Path == "" || u.Path == "/") && u.RawQuery == "" && !u.ForceQuery && u.Fragment == "" && !strings.HasSuffix(v, "#")
}

// networks takes addresses and networks with commas between them; empty, it is none.
func networks(v string) bool { _, ok := prefixes(v); return ok || v == "" }

func prefixes(v string) (all []netip.Prefix, ok bool) {
	for _, one := range strings.Split(v, ",") {
		one = strings.TrimSpace(one)
		p, err := netip.ParsePrefix(one)
		if a, e := netip.ParseAddr(one); e == nil && a.Zone() == "" {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil || p.Addr().Is4In6() {
			return nil, false
		}
		all = append(all, p.Masked())
	}
	return all, true
}

// Networks reads a value that the table holds to be networks; an empty one has none.
func Networks(value string) []netip.Prefix {
	if value == "" {
		return nil
	}
	all, ok := prefixes(value)
	if !ok {
		panic(fmt.Sprintf("settings: %q was checked to be networks", value))
	}
	return all
}

func sender(v string) bool {
	_, err := mail.ParseAddress(v)
	return err == nil
}

func size(v string) bool {
	n, err := humanize.ParseBytes(v)
	return err == nil && n > 0 && n < 1<<60
}

func oneOf(words ...string) func(string) bool {
	return func(v string) bool {
		for _, w := range words {
			if v == w {
				return true
			}
		}
		return false
	}
}

// Bytes reads a value that the table holds to be a size.
func Bytes(value string) int64 {
	n, err := humanize.ParseBytes(value)
	if err != nil {
		panic(fmt.Sprintf("settings: %q was checked to be a size", value))
	}
	return int64(n)
}

// Page is the page of the manual about the settings.
func Page() string {
	var b strings.Builder
	b.WriteString(strings.ReplaceAll(`# Settings

A setting comes from its flag; if that is not given, from its variable of the
environment; if that is not set, from the file; else it has its default. The file is
named by '--config' or 'DEBRIEF_CONFIG'; else it is 'debrief.yaml' in the data
folder. 'debrief config' shows what counts and where it comes from.

| name in the file | flag | variable | default | what it is for |
|---|---|---|---|---|
`, "'", "`"))
	for i := range Table {
		s := &Table[i]
		flag := "none"
		if s.Flag() != "" {
			flag = "`--" + s.Flag() + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | `%s` | %s | %s |\n", s.Name, flag, s.Variable(), s.Default, strings.ReplaceAll(s.What, "`", ""))
	}
	for i := range Table {
		if s := &Table[i]; s.FromFile() {
			fmt.Fprintf(&b, "\n`%s` may stand in a file of its own: `%s_FILE` or `%s-file` name that file.\n", s.Name, s.Variable(), s.Name)
		}
	}
	return b.String()
}

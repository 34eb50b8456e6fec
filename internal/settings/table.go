package settings

import (
	"fmt"
	"net"
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
	LogFormat     = "log-format"
	FileLimit     = "file-limit"
	UploadLimit   = "upload-limit"
)

// Table is every setting there is. The flags, the variables of the environment, the
// keys of the file, "debrief config" and docs/settings come from it.
var Table = []Setting{
	{Name: Listen, Default: "127.0.0.1:7373", Takes: "address", What: "the `address` to listen on; port 0 is a free one", check: listens},
	{Name: MetricsListen, Takes: "host:port", What: "a second `address`, on which /metrics answers to whoever reaches it; without one there are no metrics", check: listens},
	{Name: Data, Default: "debrief-data", Takes: "folder", What: "the data `folder`; it is made if it is not there", check: filled},
	{Name: Database, Takes: "postgres://user:password@host:5432/name", What: "a PostgreSQL `address`, postgres://…, instead of the file in the folder", Hidden: true, check: postgres},
	{Name: TLS, Default: "false", Takes: "true or false", What: "browsers come over TLS, through a proxy", Switch: true},
	{Name: LogFormat, Default: "text", Takes: "text or json", What: "the `form` of the lines of the log: text or json", check: oneOf("text", "json")},
	{Name: FileLimit, Default: "4 GiB", Takes: "a size such as 4 GiB", What: "the most that one file of evidence may have, a `size`", check: size},
	{Name: UploadLimit, Default: "16 GiB", Takes: "a size such as 16 GiB", What: "the most that the files of one upload may have together, a `size`", check: size},
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

// Flag is the name of its flag.
func (s *Setting) Flag() string {
	return s.Name
}

// Variable is the name of its variable of the environment.
func (s *Setting) Variable() string {
	return "DEBRIEF_" + strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_"))
}

// FromFile reports whether the value may also stand in a file of its own, named by the
// variable with _FILE or the key with "-file".
func (s *Setting) FromFile() bool { return s.Hidden }

// Show gives a value as it may be shown.
func (s *Setting) Show(value string) string {
	switch {
	case value == "":
		return ""
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
		fmt.Fprintf(&b, "| `%s` | `--%s` | `%s` | %s | %s |\n", s.Name, s.Flag(), s.Variable(), s.Default, strings.ReplaceAll(s.What, "`", ""))
	}
	for i := range Table {
		if s := &Table[i]; s.FromFile() {
			fmt.Fprintf(&b, "\n`%s` may stand in a file of its own: `%s_FILE` or `%s-file` name that file.\n", s.Name, s.Variable(), s.Name)
		}
	}
	return b.String()
}

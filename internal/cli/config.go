package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/settings"
)

// configured gives a command the settings of the installation.
type configured struct{ file string }

// flags adds the flags of the named settings, or of all.
func (c *configured) flags(cmd *cobra.Command, names ...string) {
	f := cmd.Flags()
	f.StringVar(&c.file, "config", "", "the `file` with settings (default: "+settings.FileName+" in the data folder)")
	for _, s := range settings.Table {
		switch {
		case s.Secret, len(names) > 0 && !slices.Contains(names, s.Name):
		case s.Switch:
			f.Bool(s.Flag(), s.Default == "true", s.What)
		default:
			f.String(s.Flag(), s.Default, s.What)
		}
	}
}

// load reads the settings, and tells of variables that look like ours and are none.
func (c *configured) load(cmd *cobra.Command, sys *System) (settings.Values, error) {
	g := settings.Given{Flags: map[string]string{}, Config: c.file, Env: sys.Env}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if settings.Find(f.Name) != nil {
			g.Flags[f.Name] = f.Value.String()
		}
	})
	if sys.Environ != nil {
		for _, w := range settings.Strange(sys.Environ()) {
			fmt.Fprintln(sys.Stderr, "warning: "+oneLine(w))
		}
	}
	return settings.Load(g)
}

// newConfig gives "debrief config".
func newConfig(sys *System) *cobra.Command {
	var c configured
	var format string
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show the settings of an installation, and where each comes from",
		Long: `Config shows what "debrief serve" would work with. A setting comes from its flag;
if that is not given, from its variable of the environment (--file-limit is
DEBRIEF_FILE_LIMIT); if that is not set, from the file; else it has its default.

The file is named by --config or DEBRIEF_CONFIG; else it is debrief.yaml in the
data folder, if there is one. A line is "name: value", with the names that are
shown here. A relative path in it is taken from the folder of the file.

Passwords are never shown. To keep the address of the database out of sight,
DEBRIEF_DATABASE_FILE or "database-file: path" name a file that holds it, and so do
DEBRIEF_MAIL_PASSWORD_FILE or "mail-password-file: path" for the password of the
mail server, which is no flag.`,
		Example: `  debrief config
  debrief config --data /var/lib/debrief
  debrief config --format json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != "text" && format != "json" {
				return &debrief.Error{Kind: debrief.Invalid, Field: "--format", Say: fmt.Sprintf("%q is not a format of the settings.", format), Hint: "There are text and json."}
			}
			v, err := c.load(cmd, sys)
			if err != nil {
				return err
			}
			if _, err := v.Mail(); err != nil {
				return err
			}
			if format == "json" {
				return configJSON(sys, v)
			}
			w := tabwriter.NewWriter(sys.Stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "SETTING\tVALUE\tFROM")
			for _, s := range v {
				fmt.Fprintf(w, "%s\t%s\t%s\n", s.Name, oneLine(s.Show(s.Text)), oneLine(s.Origin))
			}
			return w.Flush()
		},
	}
	c.flags(cmd)
	cmd.Flags().StringVar(&format, "format", "text", "the `format`: text or json")
	return cmd
}

func configJSON(sys *System, v settings.Values) error {
	type line struct {
		Setting string `json:"setting"`
		Value   string `json:"value"`
		From    string `json:"from"`
	}
	var all []line
	for _, s := range v {
		all = append(all, line{s.Name, s.Show(s.Text), s.Origin})
	}
	out := json.NewEncoder(sys.Stdout)
	out.SetIndent("", "  ")
	return out.Encode(all)
}

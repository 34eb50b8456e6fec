package settings

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestEveryDefaultFitsAndEveryLineHasItsWords(t *testing.T) {
	for _, v := range Defaults() {
		if v.Text != "" {
			if err := v.fits(); err != nil {
				t.Error(err)
			}
		}
		if v.What == "" || v.Takes == "" {
			t.Errorf("%s lacks words", v.Name)
		}
	}
}

func TestWhatHoldsAPasswordIsNeverShown(t *testing.T) {
	for _, text := range []string{"postgres://a:hush@b/c", "postgres://a@b/c?password=hush", "postgres://a:hush%zz@b/c"} {
		if got := Find(Database).Show(text); strings.Contains(got, "hush") {
			t.Errorf("%s is shown as %s", text, got)
		}
	}
}

func TestAMisspeltVariableIsNamedWithWhatIsCloseToIt(t *testing.T) {
	got := Strange([]string{"DEBRIEF_LISTN=x", "DEBRIEF_LISTEN=x", "DEBRIEF_BUNDLES=x", "LISTEN=x"})
	if want := []string{"DEBRIEF_LISTN is no setting. Close to it is DEBRIEF_LISTEN."}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Whatever stands in the file, it is settings or an error, and no crash.
func FuzzFile(f *testing.F) {
	for _, s := range []string{"listen: 127.0.0.1:1\n", "tls: true\ntls: false", "a", "- a", "listen: &a [*a]", "listen: |\n  x", "? a : b", "listen: {a: b}", "---\n---\ntls: yes"} {
		f.Add(s)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(dir, "x.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		v, err := Load(Given{Config: path, Env: func(string) string { return "" }})
		if err == nil && len(v) != len(Table) {
			t.Errorf("%d settings of %d", len(v), len(Table))
		}
	})
}

func TestNetworksAreAddressesAndNetworks(t *testing.T) {
	for value, want := range map[string]string{
		"":                            "[]",
		"127.0.0.1":                   "[127.0.0.1/32]",
		"10.1.2.3/8, ::1,fd00:1::/32": "[10.0.0.0/8 ::1/128 fd00:1::/32]",
		"10.0.0.0/33":                 "",
		"10.0.0.0/8,":                 "",
		"proxy.example.com":           "",
		"fe80::1%eth0":                "",
		"::ffff:10.0.0.1":             "",
		"127.0.0.1:80":                "",
		"10.0.0.0/8 fd00::/8":         "",
	} {
		fits := Find(Proxies).check(value)
		if fits != (want != "") {
			t.Errorf("%q fits: %v", value, fits)
		} else if fits {
			if got := fmt.Sprint(Networks(value)); got != want {
				t.Errorf("%q is %s, want %s", value, got, want)
			}
		}
	}
}

// What the table takes for networks can be read: one for each that was written.
func FuzzNetworks(f *testing.F) {
	for _, s := range []string{"", "127.0.0.1", "10.1.2.3/8, ::1", "::ffff:10.0.0.1/104", "10.0.0.0/08", "/8", "1::/129,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if !Find(Proxies).check(value) {
			return
		}
		all := Networks(value)
		if want := strings.Count(value, ",") + 1; value != "" && len(all) != want {
			t.Errorf("%q is %d networks, want %d", value, len(all), want)
		}
		for _, p := range all {
			if !p.IsValid() || p.Masked() != p || p.Addr().Is4In6() {
				t.Errorf("%q has the network %s", value, p)
			}
		}
	})
}

package cli

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/auth"
	"debrief.dev/debrief/internal/demo"
	"debrief.dev/debrief/internal/mail/mailtest"
	"debrief.dev/debrief/internal/settings"
	"debrief.dev/debrief/internal/store"
)

// The room is served until it is interrupted, and ends without an error.
func TestServeAnswersUntilItIsInterrupted(t *testing.T) {
	out, in := io.Pipe()
	sys := testSystem()
	var errs strings.Builder
	sys.Stdout, sys.Stderr = in, &errs
	ctx, interrupt := context.WithCancel(t.Context())
	code := make(chan int, 1)
	go func() {
		code <- Run(ctx, sys, []string{"serve", "--listen", "127.0.0.1:0", "--data", t.TempDir()})
		in.Close()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("%v, and on standard error: %s", err, &errs)
	}
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "Debrief is at ")
	if !ok {
		t.Fatalf("it says %q", line)
	}
	res, err := http.Get(address + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("/readyz answers %d", res.StatusCode)
	}
	interrupt()
	if got := <-code; got != exitDone {
		t.Errorf("exit code %d, and on standard error: %s", got, &errs)
	}
}

func TestServeSaysWhenItsAddressIsTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	sys := testSystem()
	var errs strings.Builder
	sys.Stdout, sys.Stderr = io.Discard, &errs
	if code := Run(t.Context(), sys, []string{"serve", "--listen", taken.Addr().String(), "--data", t.TempDir()}); code != 6 || !strings.Contains(errs.String(), "cannot be listened on") {
		t.Errorf("exit code %d, %q", code, errs.String())
	}
}

func TestSettingsThatDoNotGoTogetherAreSaid(t *testing.T) {
	for _, c := range []struct {
		is   serving
		want string // what a warning says; empty: there is none
	}{
		{serving{}, ""},
		{serving{address: "https://debrief.example.com", secure: true, proxies: settings.Networks("10.0.0.0/8")}, ""},
		{serving{address: "http://127.0.0.1:7373"}, ""},
		{serving{address: "https://debrief.example.com"}, "say --tls"},
		{serving{address: "http://debrief.example.com", secure: true}, "let it begin with https://"},
		{serving{proxies: settings.Networks("10.0.0.1, ::/0")}, "name the proxies alone"},
	} {
		got := strings.Join(c.is.warnings(), "; ")
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("of %+v it says %q, want %q", c.is, got, c.want)
		}
	}
}

// With a mail server, whom one invites gets a mail, whose link begins with the address
// that the settings name. The log tells nobody's address and no password.
func TestServeSendsMails(t *testing.T) {
	far := mailtest.Start(t, mailtest.Config{Security: "none", User: "debrief", Password: "geheim"})
	out, in := io.Pipe()
	sys := testSystem()
	sys.Env = func(name string) string {
		return map[string]string{"DEBRIEF_MAIL_USER": "debrief", "DEBRIEF_MAIL_PASSWORD": "geheim"}[name]
	}
	var errs strings.Builder
	sys.Stdout, sys.Stderr = in, &errs
	ctx, interrupt := context.WithCancel(t.Context())
	code := make(chan int, 1)
	go func() {
		code <- Run(ctx, sys, []string{
			"serve", "--listen", "127.0.0.1:0", "--data", t.TempDir(), "--address", "https://debrief.example.com/",
			"--mail-server", far.Address, "--mail-from", "Debrief <debrief@example.com>", "--mail-security", "none",
		})
		in.Close()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("%v, and on standard error: %s", err, &errs)
	}
	address := strings.TrimPrefix(strings.TrimSpace(line), "Debrief is at ")
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	for _, form := range []struct {
		path   string
		values url.Values
	}{
		{"/first", url.Values{"organisation": {"Harbour Ltd"}, "name": {"Ana"}, "email": {"ana@example.com"}, "password": {"four ordinary words"}}},
		{"/people/invitations", url.Values{"email": {"ben@example.com"}, "role": {"member"}}},
	} {
		res, err := browser.PostForm(address+form.path, form.values)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%s answers %d", form.path, res.StatusCode)
		}
	}
	<-far.Arrived
	interrupt()
	if got := <-code; got != exitDone {
		t.Errorf("exit code %d, and on standard error: %s", got, &errs)
	}
	got := far.Got()
	if len(got) != 1 || got[0].To != "ben@example.com" || !strings.Contains(got[0].Data, "\r\nhttps://debrief.example.com/invitations/") {
		t.Errorf("the mail server has %v", got)
	}
	if log := errs.String(); strings.Contains(log, "@") || strings.Contains(log, "geheim") {
		t.Errorf("the log says %s", log)
	}
}

// The sample company is there to be looked at: three incidents, seen by whom it says.
func TestDemoServesACompanyWithThreeIncidents(t *testing.T) {
	out, in := io.Pipe()
	sys := testSystem()
	sys.Env = func(name string) string { // a sample company sends no mails, and so asks for no sender
		return map[string]string{"DEBRIEF_MAIL_SERVER": "127.0.0.1:25"}[name]
	}
	var errs strings.Builder
	sys.Stdout, sys.Stderr = in, &errs
	ctx, interrupt := context.WithCancel(t.Context())
	code := make(chan int, 1)
	go func() {
		code <- Run(ctx, sys, []string{"demo", "--listen", "127.0.0.1:0"})
		in.Close()
	}()
	address := ""
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if a, ok := strings.CutPrefix(lines.Text(), "Debrief is at "); ok {
			address = a
		}
		if strings.HasPrefix(lines.Text(), "Ctrl+C") {
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	if address == "" {
		t.Fatalf("no address is told; on standard error: %s", &errs)
	}
	if strings.Contains(errs.String(), "mail") {
		t.Errorf("it speaks of mail, whatever the environment says: %s", &errs)
	}
	for email, want := range map[string]int{"mara@example.com": 3, "jun@example.com": 2} {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		browser := &http.Client{Jar: jar}
		res, err := browser.PostForm(address+"/sign-in", url.Values{"email": {email}, "password": {demo.Password}, "to": {"/incidents"}})
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(string(page), `href="/incidents/inc_`); got != want {
			t.Errorf("%s sees %d incidents, want %d:\n%s", email, got, want, page)
		}
	}
	interrupt()
	if got := <-code; got != exitDone {
		t.Errorf("exit code %d, and on standard error: %s", got, &errs)
	}
}

// Metrics have an address of their own: the room does not answer them, so that no proxy
// carries them outside by accident. They tell patterns and no addresses.
func TestMetricsAnswerOnAnAddressOfTheirOwn(t *testing.T) {
	out, in := io.Pipe()
	sys := testSystem()
	var errs strings.Builder
	sys.Stdout, sys.Stderr = in, &errs
	ctx, interrupt := context.WithCancel(t.Context())
	code := make(chan int, 1)
	go func() {
		code <- Run(ctx, sys, []string{"serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", "--data", t.TempDir()})
		in.Close()
	}()
	lines := bufio.NewScanner(out)
	said := map[string]string{}
	for len(said) < 2 && lines.Scan() {
		what, address, _ := strings.Cut(lines.Text(), " at ")
		said[what] = address
	}
	get := func(address string) (int, string) {
		res, err := http.Get(address)
		if err != nil {
			t.Fatalf("%v, and on standard error: %s", err, &errs)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(body)
	}
	get(said["Debrief is"] + "/invitations/hush-hush")
	if _, body := get(said["Debrief is"] + "/metrics"); strings.Contains(body, "debrief_http_requests_total") {
		t.Error("the room answers /metrics")
	}
	status, body := get(said["Metrics are"])
	if status != http.StatusOK || !strings.Contains(body, `route="GET /invitations/{token}"`) || strings.Contains(body, "hush-hush") {
		t.Errorf("status %d:\n%s", status, body)
	}
	interrupt()
	if got := <-code; got != exitDone {
		t.Errorf("exit code %d, and on standard error: %s", got, &errs)
	}
}

// The password that the command prints opens the account, and the old one does not.
func TestAPasswordIsGivenAnew(t *testing.T) {
	folder := t.TempDir()
	gate := func() (*auth.Gate, func()) {
		st, err := store.Open(t.Context(), store.Config{Folder: folder})
		if err != nil {
			t.Fatal(err)
		}
		return auth.New(st, auth.Cheap()), func() { st.Close() }
	}
	g, done := gate()
	if _, _, err := g.Found(t.Context(), auth.Found{Organisation: "Harbour Ltd", Name: "Ana", Email: "ana@example.com", Password: "four ordinary words"}); err != nil {
		t.Fatal(err)
	}
	done()

	sys := testSystem()
	var out, errs strings.Builder
	sys.Stdout, sys.Stderr = &out, &errs
	if code := Run(t.Context(), sys, []string{"password", "ana@example.com", "--data", folder}); code != exitDone || !strings.HasPrefix(errs.String(), "The new password of Ana") {
		t.Fatalf("exit code %d: %s", code, &errs)
	}
	g, done = gate()
	defer done()
	for password, want := range map[string]bool{strings.TrimSpace(out.String()): true, "four ordinary words": false} {
		if _, _, err := g.SignIn(t.Context(), auth.SignIn{Email: "ana@example.com", Password: password}); (err == nil) != want {
			t.Errorf("the password %q: %v", password, err)
		}
	}
	if code := Run(t.Context(), sys, []string{"password", "eve@example.com", "--data", folder}); code != exitCodes[debrief.NotFound] || !strings.Contains(errs.String(), "No open account has this address.") {
		t.Errorf("exit code %d: %s", code, &errs)
	}
}

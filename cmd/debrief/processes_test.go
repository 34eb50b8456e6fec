package main

import (
	"bufio"
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"debrief.dev/debrief/internal/store/storetest"
)

// commandEnv makes the test program behave as the command.
const commandEnv = "DEBRIEF_TEST_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(commandEnv) != "" {
		main()
		return
	}
	storetest.Main(m)
}

// A process serves the room.
type process struct {
	*testing.T
	cmd     *exec.Cmd
	address string
	errs    *bytes.Buffer
}

// serve starts a process, and waits until it says where it is.
func serve(t *testing.T, folder, database string) *process {
	t.Helper()
	p := &process{T: t, cmd: exec.Command(os.Args[0], "serve", "--listen", "127.0.0.1:0", "--data", folder), errs: &bytes.Buffer{}}
	p.cmd.Env = append(os.Environ(), commandEnv+"=yes", "DEBRIEF_DATABASE="+database)
	p.cmd.Stderr = p.errs
	out, err := p.cmd.StdoutPipe()
	p.ok(err)
	p.ok(p.cmd.Start())
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, address, ok := strings.Cut(lines.Text(), "Debrief is at "); ok {
			p.address = address
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return p
		}
	}
	t.Fatalf("the process ends before it serves:\n%s", p.errs)
	return nil
}

func (p *process) ok(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// A person has cookies that every process is given, as a proxy that spreads requests
// would do.
type person struct{ client *http.Client }

func newPerson() *person {
	jar, _ := cookiejar.New(nil)
	return &person{&http.Client{Jar: jar}}
}

// do sends a request to a process; the cookies of 127.0.0.1 are those of all ports.
func (a *person) do(p *process, method, path, kind string, body io.Reader) (status int, page, at string) {
	p.Helper()
	req, err := http.NewRequestWithContext(p.Context(), method, p.address+path, body)
	p.ok(err)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("Content-Type", kind)
	res, err := a.client.Do(req)
	p.ok(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	p.ok(err)
	return res.StatusCode, string(text), res.Request.URL.Path
}

func (a *person) get(p *process, path string) string {
	p.Helper()
	status, page, _ := a.do(p, http.MethodGet, path, "", nil)
	if status != http.StatusOK {
		p.Fatalf("GET %s: %d\n%s\n%s", path, status, page, p.errs)
	}
	return page
}

func (a *person) send(p *process, path string, pairs ...string) (status int, page, at string) {
	p.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return a.do(p, http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (a *person) upload(p *process, path, name, text string) {
	p.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("files", name)
	p.ok(err)
	_, err = io.WriteString(part, text)
	p.ok(err)
	p.ok(w.Close())
	if status, page, _ := a.do(p, http.MethodPost, path, w.FormDataContentType(), &b); status != http.StatusOK {
		p.Fatalf("the upload is answered with %d\n%s", status, page)
	}
}

// until asks for a page until it has what is waited for.
func (a *person) until(p *process, path, words string) {
	p.Helper()
	end := time.Now().Add(2 * time.Minute)
	for time.Now().Before(end) {
		if strings.Contains(a.get(p, path), words) {
			return
		}
		<-time.After(50 * time.Millisecond)
	}
	p.Fatalf("%s never says %q:\n%s", path, words, p.errs)
}

// Two processes on one PostgreSQL and one folder are one installation.
func TestTwoProcessesServeOneInstallation(t *testing.T) {
	folder, database := t.TempDir(), storetest.Postgres(t)

	// Both start on nothing at once, and both are asked to set it up.
	var one, two *process
	var starting sync.WaitGroup
	starting.Go(func() { one = serve(t, folder, database) })
	starting.Go(func() { two = serve(t, folder, database) })
	starting.Wait()
	if one == nil || two == nil {
		t.FailNow()
	}
	ana, other := newPerson(), newPerson()
	founded := make([]bool, 2)
	for i, who := range []*person{ana, other} {
		starting.Go(func() {
			status, _, at := who.send([]*process{one, two}[i], "/first", "organisation", "Harbour Ltd", "name", "Ana", "email", "ana@example.com", "password", "four ordinary words")
			founded[i] = status == http.StatusOK && at == "/"
		})
	}
	starting.Wait()
	if founded[0] == founded[1] {
		t.Fatalf("the installation is set up by both or by none: %v\n%s\n%s", founded, one.errs, two.errs)
	}
	if founded[1] {
		ana = other
	}

	// Signed in at one is signed in at the other, and a change at one is heard at the other.
	ana.get(one, "/people")
	_, _, at := ana.send(two, "/incidents", "title", "Edge answers 503", "visibility", "organisation", "zone", "UTC")
	room := strings.TrimSuffix(at, "/evidence")
	changes := regexp.MustCompile(`data-changes="([^"]+)"`).FindStringSubmatch(ana.get(one, room))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, one.address+strings.ReplaceAll(changes[1], "&amp;", "&"), nil)
	one.ok(err)
	stream, err := ana.client.Do(req)
	one.ok(err)
	defer stream.Body.Close()
	heard := bufio.NewReader(stream.Body)
	entry := []string{"text", "The queue grew.", "at", "2026-03-02T09:00", "precision", "minute", "kind", "next", "status", "observed"}
	if status, page, _ := ana.send(two, room+"/entries", entry...); status != http.StatusOK {
		t.Fatalf("an entry is answered with %d\n%s", status, page)
	}
	for {
		line, err := heard.ReadString('\n')
		one.ok(err)
		if strings.HasPrefix(line, "event: changed") {
			break
		}
	}
	if page := ana.get(one, room+"/timeline"); !strings.Contains(page, "The queue grew.") {
		t.Error("what was added at one process is not on the page of the other")
	}

	// What came in at one is read once, by whichever takes it.
	ana.upload(one, room+"/evidence", "notes.md", "# Notes\n\n2026-03-02 09:01 UTC the queue had 40 orders\n\n2026-03-02 09:05 UTC rolled back\n")
	ana.until(two, room+"/activity", "Upload 1 was read")
	if n := strings.Count(ana.get(one, room+"/activity"), "Upload 1 was read"); n != 1 {
		t.Errorf("the upload was read %d times", n)
	}

	// A process that is killed while it reads leaves the work to the other.
	one.ok(two.cmd.Process.Signal(syscall.SIGSTOP)) // so that it is the first that reads
	var long strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&long, "2026-03-02 %02d:%02d:%02d UTC ERROR worker: order %d waits for the limit\n", 9+i/3600%8, i/60%60, i%60, i)
	}
	ana.upload(one, room+"/evidence", "worker.log", long.String())
	ana.until(one, room+"/evidence", "Being read")
	one.ok(one.cmd.Process.Kill())
	_ = one.cmd.Wait()
	one.ok(two.cmd.Process.Signal(syscall.SIGCONT))
	db, err := sql.Open("pgx", database)
	one.ok(err)
	defer db.Close()
	// As if the time of the lease had passed.
	_, err = db.ExecContext(t.Context(), "UPDATE tasks SET leased_until = 0 WHERE done_at = 0")
	one.ok(err)
	ana.until(two, room+"/activity", "Upload 2 was read: 60000 records")
	if n := strings.Count(ana.get(two, room+"/activity"), "Upload 2 was read"); n != 1 {
		t.Errorf("the upload was read %d times", n)
	}

	// A process with another folder says so, and does not serve half of it.
	elsewhere := exec.Command(os.Args[0], "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir())
	elsewhere.Env = append(os.Environ(), commandEnv+"=yes", "DEBRIEF_DATABASE="+database)
	if said, err := elsewhere.CombinedOutput(); err == nil || !strings.Contains(string(said), "does not hold the evidence of this database") {
		t.Errorf("a process with another folder ends with %v\n%s", err, said)
	}

	// The process that is left ends when it is asked to.
	one.ok(two.cmd.Process.Signal(syscall.SIGTERM))
	if err := two.cmd.Wait(); err != nil {
		t.Errorf("it ends with %v\n%s", err, two.errs)
	}
}

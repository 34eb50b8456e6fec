// Package storetest gives tests a database: SQLite in a temporary folder, and a
// PostgreSQL that lives as long as the test's process.
//
// PostgreSQL is started from the programs of the machine, on loopback, with a
// temporary folder; as root, under the user postgres, because it refuses to
// run as root. Where it is not installed a test is skipped by name, unless the
// environment variable DEBRIEF_REQUIRE lists postgres.
package storetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

var server struct {
	sync.Once
	address string // of the database "postgres"
	folder  string
	cmd     *exec.Cmd
	hold    io.Closer // the server runs as long as this is open
	err     error
	missing bool
}

// Main runs the tests of a package and then stops the PostgreSQL they started;
// call it from TestMain.
func Main(m *testing.M) {
	code := m.Run()
	if server.cmd != nil {
		server.hold.Close()
		server.cmd.Wait()
	}
	if server.folder != "" {
		os.RemoveAll(server.folder)
	}
	os.Exit(code)
}

// Postgres gives the address of an empty database, which is dropped after the
// test.
func Postgres(t testing.TB) string {
	t.Helper()
	server.Do(startPostgres)
	if server.missing {
		if slices.Contains(strings.Split(os.Getenv("DEBRIEF_REQUIRE"), ","), "postgres") {
			t.Fatal("PostgreSQL is not installed, and DEBRIEF_REQUIRE asks for it")
		}
		t.Skip("PostgreSQL is not installed (on Debian: apt-get install postgresql)")
	}
	if server.err != nil {
		t.Fatal(server.err)
	}
	name := "t" + strings.ToLower(rand.Text())
	admin(t, "CREATE DATABASE "+name)
	t.Cleanup(func() { admin(t, "DROP DATABASE "+name+" WITH (FORCE)") })
	return strings.Replace(server.address, "/postgres?", "/"+name+"?", 1)
}

func admin(t testing.TB, statement string) {
	t.Helper()
	db, err := sql.Open("pgx", server.address)
	if err == nil {
		defer db.Close()
		_, err = db.ExecContext(context.Background(), statement)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// programs finds the folder with initdb and postgres; the newest version wins.
func programs() string {
	if p, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(p)
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is valid
	best, version := "", -1
	for _, f := range found {
		if v, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(f)))); err == nil && v > version {
			best, version = filepath.Dir(f), v
		}
	}
	return best
}

func startPostgres() {
	bin := programs()
	if bin == "" {
		server.missing = true
		return
	}
	server.err = func() error {
		var as *syscall.SysProcAttr
		folder, err := os.MkdirTemp("", "debrief-postgres-")
		if err != nil {
			return err
		}
		server.folder = folder
		if os.Getuid() == 0 {
			u, err := user.Lookup("postgres")
			if err != nil {
				return err
			}
			uid, err1 := strconv.Atoi(u.Uid)
			gid, err2 := strconv.Atoi(u.Gid)
			if err1 != nil || err2 != nil {
				return fmt.Errorf("the user postgres has the ids %q and %q", u.Uid, u.Gid)
			}
			if err := os.Chown(folder, uid, gid); err != nil {
				return err
			}
			as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		}
		data := filepath.Join(folder, "data")
		run := func(name string, args ...string) (*exec.Cmd, *bytes.Buffer) {
			if !filepath.IsAbs(name) {
				name = filepath.Join(bin, name)
			}
			cmd := exec.Command(name, args...)
			var out bytes.Buffer
			cmd.Dir, cmd.SysProcAttr, cmd.Stdout, cmd.Stderr = folder, as, &out, &out
			cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ=UTC", "HOME="+folder)
			return cmd, &out
		}
		init, out := run("initdb", "-D", data, "-U", "debrief", "-A", "trust", "--no-sync", "-E", "UTF8")
		if err := init.Run(); err != nil {
			return fmt.Errorf("initdb: %w\n%s", err, out)
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		port := l.Addr().(*net.TCPAddr).Port
		l.Close()
		// A shell stops the server when its standard input ends: when the tests are
		// done, and also when their process is killed.
		const keeper = `"$@" & server=$!; cat >/dev/null; kill -INT $server; wait $server; rm -rf "$HOME"`
		cmd, out := run("/bin/sh", "-c", keeper, "sh", filepath.Join(bin, "postgres"), "-D", data, "-k", folder, "-h", "127.0.0.1", "-p", strconv.Itoa(port),
			"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=200")
		if server.hold, err = cmd.StdinPipe(); err != nil {
			return err
		}
		if err := cmd.Start(); err != nil {
			return err
		}
		server.cmd = cmd
		server.address = fmt.Sprintf("postgres://debrief@127.0.0.1:%d/postgres?sslmode=disable", port)
		db, err := sql.Open("pgx", server.address)
		if err != nil {
			return err
		}
		defer db.Close()
		for until := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			if err := db.Ping(); err == nil {
				return nil
			} else if time.Now().After(until) {
				return fmt.Errorf("PostgreSQL does not answer: %w\n%s", err, out)
			}
		}
	}()
}

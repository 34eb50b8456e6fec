package casebook_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
)

// kept lists the files of evidence in the data folder.
func (r *room) kept() []string {
	r.Helper()
	found, err := filepath.Glob(filepath.Join(r.data, "evidence", "*", "*"))
	r.ok(err)
	return found
}

func TestWhatNoUploadHasAnyMoreIsTakenAwayAfterSomeDays(t *testing.T) {
	each(t, func(r *room) {
		in, err := r.cb.OpenIncident(r.ctx(), r.ana, casebook.OpenIncident{Title: "Orders stood still"})
		r.ok(err)
		var ids []debrief.UploadID
		for _, text := range []string{"09:00 kept", "09:00 dropped long ago", "09:00 dropped just now"} {
			u, err := r.cb.BeginUpload(r.ctx(), r.ana, in.ID, "Notes")
			r.ok(err)
			_, err = r.cb.AddFile(r.ctx(), r.ana, u.ID, "notes.txt", strings.NewReader(text))
			r.ok(err)
			ids = append(ids, u.ID)
		}
		for _, id := range ids[1:] {
			r.ok(r.cb.DropUpload(r.ctx(), r.ana, id))
		}
		for _, path := range r.kept() {
			text, err := os.ReadFile(path)
			r.ok(err)
			if !strings.Contains(string(text), "just now") {
				long := start.Add(-30 * 24 * time.Hour)
				r.ok(os.Chtimes(path, long, long))
			}
		}
		_, err = casebook.Open(casebook.Config{Store: r.st, Folder: r.data})
		r.ok(err)
		var left []string
		for _, path := range r.kept() {
			text, err := os.ReadFile(path)
			r.ok(err)
			left = append(left, string(text))
		}
		if got := strings.Join(left, "; "); len(left) != 2 || strings.Contains(got, "long ago") {
			r.Errorf("what is left: %s", got)
		}
	})
}

func TestAFileNameLeadsNowhereElse(t *testing.T) {
	each(t, func(r *room) {
		in, err := r.cb.OpenIncident(r.ctx(), r.ana, casebook.OpenIncident{Title: "Orders stood still"})
		r.ok(err)
		u, err := r.cb.BeginUpload(r.ctx(), r.ana, in.ID, "Notes")
		r.ok(err)
		for given, want := range map[string]string{
			"../../../etc/passwd": "etc/passwd", `..\..\boot.ini`: "boot.ini", "/absolute/notes.txt": "absolute/notes.txt", "a/./b//c.txt": "a/b/c.txt",
			"\u202enotes\U0001F600.txt": "\u202enotes\U0001F600.txt",
		} {
			f, err := r.cb.AddFile(r.ctx(), r.ana, u.ID, given, strings.NewReader("2026-03-02 09:00 UTC the queue grew"))
			r.ok(err)
			if f.Path != want {
				r.Errorf("%q is kept as %q, want %q", given, f.Path, want)
			}
		}
		for _, bad := range []string{"", "..", "a\x00b", "a\nb", strings.Repeat("x", 300), strings.Repeat("x/", 600) + "y"} {
			_, err := r.cb.AddFile(r.ctx(), r.ana, u.ID, bad, strings.NewReader("x"))
			r.kind(err, debrief.Invalid)
		}
		_, err = r.cb.AddFile(r.ctx(), r.ana, u.ID, "etc", strings.NewReader("x")) // a folder of that name is there
		r.kind(err, debrief.Invalid)
		_, err = r.cb.FinishUpload(r.ctx(), r.ana, u.ID)
		r.ok(err)
		r.ok(r.run.Drain(r.ctx()))
		got, err := r.cb.Upload(r.ctx(), r.ana, u.ID)
		r.ok(err)
		if got.State != debrief.ReadOut || got.Items == 0 {
			r.Errorf("the upload is %v with %d pieces: %s", got.State, got.Items, got.Say)
		}
		if left, err := os.ReadDir(filepath.Join(r.data, "receiving")); err != nil || len(left) != 0 {
			r.Errorf("left of the reading: %v, %v", left, err)
		}
	})
}

func TestAFileOverTheLimitIsRefusedAndNotKept(t *testing.T) {
	each(t, func(r *room) {
		cb, err := casebook.Open(casebook.Config{Store: r.st, Folder: r.data, FileLimit: 10, UploadLimit: 15})
		r.ok(err)
		in, err := cb.OpenIncident(r.ctx(), r.ana, casebook.OpenIncident{Title: "Orders stood still"})
		r.ok(err)
		u, err := cb.BeginUpload(r.ctx(), r.ana, in.ID, "Notes")
		r.ok(err)
		_, err = cb.AddFile(r.ctx(), r.ana, u.ID, "a", strings.NewReader("01234567890"))
		r.kind(err, debrief.TooLarge)
		_, err = cb.AddFile(r.ctx(), r.ana, u.ID, "b", strings.NewReader("0123456789"))
		r.ok(err)
		_, err = cb.AddFile(r.ctx(), r.ana, u.ID, "c", strings.NewReader("0123456789"))
		r.kind(err, debrief.TooLarge) // together they are too much
		_, err = cb.AddFile(r.ctx(), r.ana, u.ID, "b", strings.NewReader("9876543210"))
		r.ok(err) // in place of the first
	})
}

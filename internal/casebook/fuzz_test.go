package casebook

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/store"
)

func FuzzAFileNameStaysInItsFolder(f *testing.F) {
	for _, s := range []string{"a.txt", "../a", `..\a`, "/", "a//b", "a\x00", "\u202ea", "…/a", ".", "a/..", strings.Repeat("a/", 500)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := checkPath(s)
		if err != nil {
			if debrief.KindOf(err) != debrief.Invalid {
				t.Errorf("%q gives %v", s, err)
			}
			return
		}
		if !fs.ValidPath(got) || got == "." || strings.ContainsAny(got, "\\\x00\n") {
			t.Errorf("%q is kept as %q", s, got)
		}
		if again, err := checkPath(got); err != nil || again != got {
			t.Errorf("%q, checked again, is %q, %v", got, again, err)
		}
	})
}

// Whatever is given as an archive, it is restored whole, or nobody sees anything
// of it and the error says so.
func FuzzAnArchive(f *testing.F) {
	open := func(folder string) (*store.Store, *Casebook) {
		st, err := store.Open(f.Context(), store.Config{Folder: folder})
		if err != nil {
			f.Fatal(err)
		}
		f.Cleanup(func() { st.Close() })
		cb, err := Open(Config{Store: st, Folder: folder})
		if err != nil {
			f.Fatal(err)
		}
		return st, cb
	}
	_, empty := open(f.TempDir())
	var archive bytes.Buffer
	if _, err := empty.Backup(f.Context(), &archive); err != nil {
		f.Fatal(err)
	}
	whole := archive.Bytes()
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte("This is a note."))
	st, cb := open(f.TempDir())
	f.Fuzz(func(t *testing.T, data []byte) {
		archive, err := OpenArchive(bytes.NewReader(data))
		if err == nil {
			_, err = cb.Restore(t.Context(), archive)
		}
		if err != nil {
			var e *debrief.Error
			if !errors.As(err, &e) || e.Say == "" {
				t.Errorf("the error is %v", err)
			}
		}
		if err := st.View(t.Context(), func(tx *store.Tx) error {
			n, err := tx.OpenTasks(taskRead)
			if n != 0 {
				t.Error("something of it is there")
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

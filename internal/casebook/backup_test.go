package casebook_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/store"
	"debrief.dev/debrief/internal/store/storetest"
)

// rows gives every row of every table, as an archive has them.
func rows(t *testing.T, st *store.Store) map[string]string {
	t.Helper()
	all := map[string]string{}
	if err := st.View(t.Context(), func(tx *store.Tx) error {
		for _, table := range store.Tables {
			var b bytes.Buffer
			if _, err := tx.Dump(table, &b); err != nil {
				return err
			}
			lines := bytes.Split(b.Bytes(), []byte("\n"))
			slices.SortFunc(lines[1:], bytes.Compare)
			all[table] = string(bytes.Join(lines, []byte("\n")))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAnArchiveOfOneDatabaseIsRestoredIntoTheOther(t *testing.T) {
	storetest.Each(t, func(t *testing.T, from store.Config) {
		r := newRoom(t, from)
		in := r.sample(r.ana)
		var archive bytes.Buffer
		said, err := r.cb.Backup(r.ctx(), &archive)
		r.ok(err)
		if said.Files == 0 || said.Rows < 500 {
			t.Errorf("the archive holds %+v", said)
		}
		want := rows(t, r.st)
		storetest.Each(t, func(t *testing.T, to store.Config) {
			st, err := store.Open(t.Context(), to)
			if err != nil {
				t.Fatal(err)
			}
			defer st.Close()
			cb, err := casebook.Open(casebook.Config{Store: st, Folder: to.Folder})
			if err != nil {
				t.Fatal(err)
			}
			// Damaged anywhere, it changes nothing.
			for _, cut := range []int{0, 10, archive.Len() / 2, archive.Len() - 1} {
				if _, err := cb.Restore(t.Context(), bytes.NewReader(archive.Bytes()[:cut])); debrief.KindOf(err) != debrief.Invalid {
					t.Errorf("%d of %d bytes give %v", cut, archive.Len(), err)
				}
			}
			got, err := cb.Restore(t.Context(), bytes.NewReader(archive.Bytes()))
			if err != nil {
				t.Fatal(err, errors.Unwrap(err))
			}
			if got != said {
				t.Errorf("restored %+v of %+v", got, said)
			}
			now := rows(t, st)
			for _, table := range store.Tables {
				if now[table] != want[table] {
					t.Errorf("the table %s is not the same", table)
				}
			}
			again, err := cb.Timeline(t.Context(), r.ana, in.ID)
			if err != nil || len(again.Entries) == 0 {
				t.Errorf("the timeline has %d entries, %v", len(again.Entries), err)
			}
			if _, err := cb.Restore(t.Context(), bytes.NewReader(archive.Bytes())); debrief.KindOf(err) != debrief.Conflict {
				t.Errorf("restoring over something gives %v", err)
			}
			var second bytes.Buffer
			if n, err := cb.Backup(t.Context(), &second); err != nil || n != said {
				t.Errorf("an archive of the restored holds %+v, %v", n, err)
			}
		})
	})
}

func TestEveryTableIsInTheArchive(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		st, err := store.Open(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer st.Close()
		have, err := storetest.TableNames(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		want := slices.Sorted(slices.Values(store.Tables))
		if !slices.Equal(have, want) {
			t.Errorf("the database has %v,\nan archive holds %v", have, want)
		}
	})
}

package casebook_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
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

func restore(t *testing.T, cb *casebook.Casebook, archive []byte) (casebook.Archived, error) {
	t.Helper()
	a, err := casebook.OpenArchive(bytes.NewReader(archive))
	if err != nil {
		return casebook.Archived{}, err
	}
	return cb.Restore(t.Context(), a)
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
				if _, err := restore(t, cb, archive.Bytes()[:cut]); debrief.KindOf(err) != debrief.Invalid {
					t.Errorf("%d of %d bytes give %v", cut, archive.Len(), err)
				}
			}
			got, err := restore(t, cb, archive.Bytes())
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
			if _, err := restore(t, cb, archive.Bytes()); debrief.KindOf(err) != debrief.Conflict {
				t.Errorf("restoring over something gives %v", err)
			}
			var second bytes.Buffer
			if n, err := cb.Backup(t.Context(), &second); err != nil || n != said {
				t.Errorf("an archive of the restored holds %+v, %v", n, err)
			}
		})
	})
}

// older makes of an archive what a Debrief with the tables of that version had written:
// without the tables and the columns that came later.
func older(t *testing.T, archive []byte, version int) []byte {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	st, err := store.Open(t.Context(), store.Config{Folder: t.TempDir(), Version: version})
	must(err)
	defer st.Close()
	columns := map[string][]string{}
	must(st.View(t.Context(), func(tx *store.Tx) error {
		for _, table := range store.Tables {
			var b bytes.Buffer
			var cols []string
			if _, err := tx.Dump(table, &b); err != nil {
				continue // it came later
			}
			must(json.NewDecoder(&b).Decode(&cols))
			columns[table] = cols
		}
		return nil
	}))

	zip, err := gzip.NewReader(bytes.NewReader(archive))
	must(err)
	var b bytes.Buffer
	to := gzip.NewWriter(&b)
	out := tar.NewWriter(to)
	for in := tar.NewReader(zip); ; {
		h, err := in.Next()
		if err == io.EOF {
			break
		}
		must(err)
		body, err := io.ReadAll(in)
		must(err)
		switch name, ok := strings.CutPrefix(h.Name, "rows/"); {
		case ok:
			table := strings.TrimSuffix(name, ".jsonl")
			if columns[table] == nil {
				continue
			}
			body = project(t, body, columns[table])
		case strings.HasSuffix(h.Name, ".json"):
			var about map[string]any
			must(json.Unmarshal(body, &about))
			about["tables_version"] = version
			if rows, ok := about["rows"].(map[string]any); ok {
				maps.DeleteFunc(rows, func(table string, _ any) bool { return columns[table] == nil })
			}
			body, err = json.Marshal(about)
			must(err)
		}
		h.Size = int64(len(body))
		must(out.WriteHeader(h))
		_, err = out.Write(body)
		must(err)
	}
	must(errors.Join(out.Close(), to.Close()))
	return b.Bytes()
}

// project keeps the columns of a dumped table that are named.
func project(t *testing.T, dump []byte, keep []string) []byte {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(dump))
	d.UseNumber()
	var have []string
	var b bytes.Buffer
	to := json.NewEncoder(&b)
	if err := errors.Join(d.Decode(&have), to.Encode(keep)); err != nil {
		t.Fatal(err)
	}
	for d.More() {
		var row, less []any
		if err := d.Decode(&row); err != nil {
			t.Fatal(err)
		}
		for _, c := range keep {
			at := slices.Index(have, c)
			if at < 0 {
				t.Fatalf("the column %s is gone since", c)
			}
			less = append(less, row[at])
		}
		if err := to.Encode(less); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// An archive of every version before this one is brought up to date, as the tables of
// its installation would have been, and one of a later version is refused.
func TestAnArchiveOfAnOlderVersionIsRestored(t *testing.T) {
	newest, err := store.Newest()
	if err != nil {
		t.Fatal(err)
	}
	r := newRoom(t, store.Config{Folder: t.TempDir()})
	in, _ := r.entries(3)
	want, err := r.cb.Timeline(r.ctx(), r.ana, in)
	r.ok(err)
	var archive bytes.Buffer
	_, err = r.cb.Backup(r.ctx(), &archive)
	r.ok(err)

	if _, err := casebook.OpenArchive(bytes.NewReader(older(t, archive.Bytes(), newest+1))); debrief.KindOf(err) != debrief.Invalid {
		t.Errorf("an archive of a later version gives %v", err)
	}
	for version := 1; version < newest; version++ {
		old := older(t, archive.Bytes(), version)
		storetest.Each(t, func(t *testing.T, cfg store.Config) {
			cfg.Version = version
			st, err := store.Open(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer st.Close()
			cb, err := casebook.Open(casebook.Config{Store: st, Folder: cfg.Folder})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := restore(t, cb, archive.Bytes()); debrief.KindOf(err) != debrief.Conflict {
				t.Errorf("an archive of today in tables of version %d gives %v", version, err)
			}
			if _, err := restore(t, cb, old); err != nil {
				t.Fatalf("version %d: %v %v", version, err, errors.Unwrap(err))
			}
			if st.Version() != newest {
				t.Errorf("the tables are of version %d, want %d", st.Version(), newest)
			}
			got, err := cb.Timeline(t.Context(), r.ana, in)
			if err != nil || len(got.Entries) != len(want.Entries) {
				t.Fatalf("version %d: %d entries of %d, %v", version, len(got.Entries), len(want.Entries), err)
			}
			for i, e := range got.Entries {
				if e.Text != want.Entries[i].Text || e.Number != want.Entries[i].Number {
					t.Errorf("version %d: entry %d is %d, %q", version, i, e.Number, e.Text)
				}
			}
			cfg.Version = version
			if _, err := store.Open(t.Context(), cfg); debrief.KindOf(err) != debrief.Conflict {
				t.Errorf("opened at version %d again: %v", version, err)
			}
		})
	}
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

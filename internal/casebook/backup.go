package casebook

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/store"
)

// archiveForm names the form of an archive; it changes when older programs
// could not read it.
const archiveForm = "debrief.archive/1"

// about is the first file of an archive, and its last one, with the counts.
type about struct {
	Form    string         `json:"form"`
	Tables  int            `json:"tables_version"`
	Rows    map[string]int `json:"rows,omitempty"`
	Files   int            `json:"files,omitempty"`
	Written bool           `json:"complete,omitempty"`
}

// An Archived says what an archive holds.
type Archived struct {
	Rows  int
	Files int
}

// Backup writes everything to w as a tar archive, compressed with gzip: first
// the files of evidence, byte for byte, then the rows, as they were at one
// moment. Others go on working meanwhile. The form is the same for both
// databases, so an archive of one is restored into the other.
//
// The archive holds private texts and hashes of passwords; keep it like them.
func (c *Casebook) Backup(ctx context.Context, w io.Writer) (all Archived, err error) {
	version, err := c.st.Version()
	if err != nil {
		return all, err
	}
	zip := gzip.NewWriter(w)
	out := tar.NewWriter(zip)
	now := c.st.Now()
	add := func(name string, size int64, r io.Reader) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := out.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, ModTime: now, Typeflag: tar.TypeReg}); err != nil {
			return err
		}
		_, err := io.Copy(out, r)
		return err
	}
	tell := func(name string, a about) error {
		b, err := json.Marshal(a)
		if err != nil {
			return err
		}
		return add(name, int64(len(b)), bytes.NewReader(b))
	}
	last := about{Form: archiveForm, Tables: version, Rows: map[string]int{}, Written: true}
	if err := tell("about.json", about{Form: archiveForm, Tables: version}); err != nil {
		return all, err
	}
	err = c.st.View(ctx, func(tx *store.Tx) error {
		digests, err := tx.Digests()
		if err != nil {
			return err
		}
		slices.Sort(digests)
		for _, d := range digests {
			if err := c.backupFile(d, add); err != nil {
				return err
			}
			last.Files++
		}
		for _, table := range store.Tables {
			// A tar wants the size first, so the rows wait in a file.
			tmp, err := os.CreateTemp(c.files.receiving(), "backup-")
			if err != nil {
				return err
			}
			err = func() error {
				n, err := tx.Dump(table, tmp)
				if err != nil {
					return err
				}
				last.Rows[table] = n
				all.Rows += n
				size, err := tmp.Seek(0, io.SeekEnd)
				if err != nil {
					return err
				}
				if _, err := tmp.Seek(0, io.SeekStart); err != nil {
					return err
				}
				return add("rows/"+table+".jsonl", size, tmp)
			}()
			tmp.Close()
			os.Remove(tmp.Name())
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return all, err
	}
	all.Files = last.Files
	if err := tell("end.json", last); err != nil {
		return all, err
	}
	return all, errors.Join(out.Close(), zip.Close())
}

func (c *Casebook) backupFile(digest string, add func(string, int64, io.Reader) error) error {
	f, err := os.Open(c.files.path(digest))
	if err != nil {
		return fmt.Errorf("a file of evidence that the database names cannot be read: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	h := sha256.New()
	if err := add("evidence/"+digest, info.Size(), io.TeeReader(f, h)); err != nil {
		return err
	}
	if hex.EncodeToString(h.Sum(nil)) != digest {
		return &debrief.Error{Kind: debrief.Internal, Field: digest, Say: "A file of evidence is not what it was when it was added.", Hint: "The disk may be damaged; an older backup holds it."}
	}
	return nil
}

// Restore brings back what Backup wrote, into a database and a folder that
// nobody has set up. Either all of it is there afterwards, or no row.
func (c *Casebook) Restore(ctx context.Context, r io.Reader) (all Archived, err error) {
	version, err := c.st.Version()
	if err != nil {
		return all, err
	}
	zip, err := gzip.NewReader(r)
	if err != nil {
		return all, damaged(err)
	}
	err = c.st.Update(ctx, product, func(tx *store.Tx) error {
		tx.Quiet() // the log comes with the archive
		if all != (Archived{}) {
			return &debrief.Error{Kind: debrief.Unavailable, Say: "The database was busy, and an archive is read once.", Hint: "Nothing was changed; restore it again."}
		}
		if _, ok, err := tx.Organisation(); err != nil || ok {
			if ok {
				err = &debrief.Error{Kind: debrief.Conflict, Say: "There is something here already.", Hint: "Restore into an empty database and an empty data folder; what is here stays untouched."}
			}
			return err
		}
		var last about
		rows := map[string]int{}
		in := tar.NewReader(zip)
		for first := true; ; first = false {
			if err := ctx.Err(); err != nil {
				return err
			}
			h, err := in.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				return damaged(err)
			}
			if first != (h.Name == "about.json") {
				return damaged(errors.New("it does not begin as an archive does"))
			}
			if digest, ok := strings.CutPrefix(h.Name, "evidence/"); ok {
				if err := c.restoreFile(ctx, digest, in); err != nil {
					return err
				}
				all.Files++
				continue
			}
			if table, ok := strings.CutPrefix(h.Name, "rows/"); ok {
				table = strings.TrimSuffix(table, ".jsonl")
				n, err := tx.Load(table, in)
				if err != nil {
					return err
				}
				rows[table] = n
				all.Rows += n
				continue
			}
			if h.Name != "about.json" && h.Name != "end.json" {
				return damaged(errors.New("it holds a file that no archive has"))
			}
			var a about
			if err := json.NewDecoder(io.LimitReader(in, 1<<20)).Decode(&a); err != nil {
				return damaged(err)
			}
			if a.Form != archiveForm || a.Tables != version {
				return &debrief.Error{Kind: debrief.Invalid, Say: "The archive was made by another version of Debrief.", Hint: "Restore it with that version, then start this one."}
			}
			last = a
		}
		// The last bytes of a compressed stream are the sum of all before them.
		if _, err := io.Copy(io.Discard, zip); err != nil {
			return damaged(err)
		}
		if !last.Written || last.Files != all.Files || len(last.Rows) != len(rows) {
			return damaged(errors.New("it ends too early"))
		}
		for table, n := range last.Rows {
			if rows[table] != n {
				return damaged(fmt.Errorf("the table %s is not whole", table))
			}
		}
		digests, err := tx.Digests()
		if err != nil {
			return err
		}
		for _, d := range digests {
			if _, err := os.Stat(c.files.path(d)); err != nil {
				return damaged(err)
			}
		}
		return tx.FreeTasks()
	})
	return all, err
}

func (c *Casebook) restoreFile(ctx context.Context, digest string, r io.Reader) error {
	if b, err := hex.DecodeString(digest); err != nil || len(b) != sha256.Size || filepath.Base(digest) != digest {
		return damaged(errors.New("a file of evidence has no digest for a name"))
	}
	got, _, err := c.files.put(ctx, r, 1<<62)
	if err != nil {
		return damaged(err)
	}
	if got != digest {
		return damaged(errors.New("a file of evidence is not what it was"))
	}
	return nil
}

func damaged(err error) error {
	return &debrief.Error{Kind: debrief.Invalid, Say: "This is no archive of Debrief, or it is damaged.", Hint: "Nothing was changed; try another archive.", Err: err}
}

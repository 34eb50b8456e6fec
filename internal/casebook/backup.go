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
	version := c.st.Version()
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

// An Archive is what Backup wrote, opened to be restored, once.
type Archive struct {
	// Version is that of the tables its rows come from; a store that is opened with it
	// (see [store.Config]) takes them.
	Version int
	zip     *gzip.Reader
	files   *tar.Reader
}

// OpenArchive reads how an archive begins.
func OpenArchive(r io.Reader) (*Archive, error) {
	zip, err := gzip.NewReader(r)
	if err != nil {
		return nil, damaged(err)
	}
	a := &Archive{zip: zip, files: tar.NewReader(zip)}
	h, err := a.files.Next()
	if err != nil {
		return nil, damaged(err)
	}
	if h.Name != "about.json" {
		return nil, damaged(errors.New("it does not begin as an archive does"))
	}
	is, err := aboutOf(a.files)
	if err != nil {
		return nil, err
	}
	newest, err := store.Newest()
	if err != nil {
		return nil, err
	}
	if is.Form != archiveForm || is.Tables > newest {
		return nil, &debrief.Error{Kind: debrief.Invalid, Say: "The archive was made by a newer Debrief, which keeps things that this one does not know.", Hint: "Restore it with that version, or a later one."}
	}
	if is.Tables < 1 {
		return nil, damaged(errors.New("it does not say which tables it is from"))
	}
	a.Version = is.Tables
	return a, nil
}

func aboutOf(r io.Reader) (a about, err error) {
	if err := json.NewDecoder(io.LimitReader(r, 1<<20)).Decode(&a); err != nil {
		return a, damaged(err)
	}
	return a, nil
}

// Restore brings back what Backup wrote, into a database and a folder that
// nobody has set up, and brings the tables up to date. Either all of it is there
// afterwards, or no row.
func (c *Casebook) Restore(ctx context.Context, from *Archive) (all Archived, err error) {
	if from.Version != c.st.Version() {
		return all, &debrief.Error{Kind: debrief.Conflict, Say: fmt.Sprintf("The archive is from tables of version %d, and these are of version %d.", from.Version, c.st.Version())}
	}
	read := false
	err = c.st.Update(ctx, product, func(tx *store.Tx) error {
		tx.Quiet() // the log comes with the archive
		if read {
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
		read = true
		for {
			if err := ctx.Err(); err != nil {
				return err
			}
			h, err := from.files.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				return damaged(err)
			}
			if digest, ok := strings.CutPrefix(h.Name, "evidence/"); ok {
				if err := c.restoreFile(ctx, digest, from.files); err != nil {
					return err
				}
				all.Files++
				continue
			}
			if table, ok := strings.CutPrefix(h.Name, "rows/"); ok {
				table = strings.TrimSuffix(table, ".jsonl")
				n, err := tx.Load(table, from.files)
				if err != nil {
					return err
				}
				rows[table] = n
				all.Rows += n
				continue
			}
			if h.Name != "end.json" {
				return damaged(errors.New("it holds a file that no archive has"))
			}
			if last, err = aboutOf(from.files); err != nil {
				return err
			}
		}
		// The last bytes of a compressed stream are the sum of all before them.
		if _, err := io.Copy(io.Discard, from.zip); err != nil {
			return damaged(err)
		}
		if !last.Written || last.Tables != from.Version || last.Files != all.Files || len(last.Rows) != len(rows) {
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
	if err != nil {
		return all, err
	}
	return all, c.st.Migrate(ctx)
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

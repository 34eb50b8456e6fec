package casebook

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/store"
)

// files keeps the files of evidence byte for byte, each once, under the SHA-256
// of its bytes. A file that is there is whole: it is written beside and given
// its name when its bytes are on the disk.
type files struct{ folder string }

func (f files) path(digest string) string {
	return filepath.Join(f.folder, "evidence", digest[:2], digest)
}

func (f files) receiving() string { return filepath.Join(f.folder, "receiving") }

// put keeps what r gives, at most limit bytes.
func (f files) put(ctx context.Context, r io.Reader, limit int64) (digest string, size int64, err error) {
	h := sha256.New()
	err = f.keep(io.TeeReader(io.LimitReader(&stoppable{ctx, r}, limit+1), h), func(n int64) (string, error) {
		if n > limit {
			return "", tooLarge("The file", limit)
		}
		digest, size = hex.EncodeToString(h.Sum(nil)), n
		to := f.path(digest)
		return to, os.MkdirAll(filepath.Dir(to), 0o700)
	})
	return digest, size, err
}

// keep writes what r gives beside, and gives it its name when its bytes are on the disk.
func (f files) keep(r io.Reader, name func(size int64) (string, error)) error {
	tmp, err := os.CreateTemp(f.receiving(), "file-")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	size, err := io.Copy(tmp, r)
	if err != nil {
		return err
	}
	to, err := name(size)
	if err != nil {
		return err
	}
	if err := tmp.Sync(); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), to); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(to))
}

func tooLarge(what string, limit int64) error {
	return &debrief.Error{
		Kind: debrief.TooLarge, Field: "file", Say: fmt.Sprintf("%s has more than %d MiB.", what, limit>>20),
		Hint: "Leave out what lies outside the incident, or ask whoever runs the server for a higher limit.",
	}
}

func togetherTooLarge(limit int64) error {
	return &debrief.Error{Kind: debrief.TooLarge, Field: "file", Say: fmt.Sprintf("The files of this upload have more than %d MiB together.", limit>>20), Hint: "Begin another upload for the rest."}
}

// syncFolder makes a new name survive the loss of power.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// sweep takes away what interrupted work has left, and files of evidence that no
// upload has any more, if they are older than interrupted: a younger one may be
// about to be named by an upload.
func (c *Casebook) sweep() error {
	var digests []string
	err := c.st.View(context.Background(), func(tx *store.Tx) (err error) {
		digests, err = tx.Digests()
		return err
	})
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, d := range digests {
		named[d] = true
	}
	old := c.st.Now().Add(-interrupted)
	for _, below := range []string{"receiving/*", "evidence/*/*"} {
		found, err := filepath.Glob(filepath.Join(c.files.folder, filepath.FromSlash(below)))
		if err != nil {
			return err
		}
		for _, path := range found {
			info, err := os.Lstat(path)
			if err != nil || named[filepath.Base(path)] || !info.ModTime().Before(old) {
				continue // another process may have taken it away
			}
			if err := os.RemoveAll(path); err != nil {
				return err
			}
		}
	}
	return nil
}

// A stoppable reader ends when its context does.
type stoppable struct {
	ctx context.Context
	r   io.Reader
}

func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}

// layOut makes a folder in which the files of an upload have the names they
// were given with. Call done to take it away.
func (f files) layOut(list []debrief.UploadFile, below string) (folder string, done func(), err error) {
	folder, err = os.MkdirTemp(f.receiving(), "reading-")
	if err != nil {
		return "", nil, err
	}
	done = func() { os.RemoveAll(folder) }
	root, err := os.OpenRoot(folder) // no name leads out of it
	if err != nil {
		done()
		return "", nil, err
	}
	defer root.Close()
	for _, u := range list {
		name := filepath.FromSlash(u.Path)
		if below != "" {
			name = filepath.Join(below, name)
		}
		if err = root.MkdirAll(filepath.Dir(name), 0o700); err == nil {
			err = os.Link(f.path(u.Digest), filepath.Join(folder, name))
		}
		if err != nil {
			done()
			if errors.Is(err, fs.ErrNotExist) {
				return "", nil, fmt.Errorf("a file of the upload is not in the data folder: %w", err)
			}
			return "", nil, err
		}
	}
	return folder, done, nil
}

// HoldsItsEvidence is an error if the data folder is not the one that the database
// belongs to: evidence that the database knows is not in it. Processes that share a
// database share the folder.
func (c *Casebook) HoldsItsEvidence(ctx context.Context) error {
	digest := ""
	err := c.st.View(ctx, func(tx *store.Tx) (err error) {
		digest, err = tx.SomeDigest()
		return err
	})
	if err != nil || digest == "" {
		return err
	}
	if _, err := os.Stat(c.files.path(digest)); err != nil {
		return &debrief.Error{
			Kind: debrief.Unavailable, Field: "--data", Say: fmt.Sprintf("The data folder %s does not hold the evidence of this database.", c.cfg.Folder),
			Hint: "Processes that share a database share its folder, too: name that one, on a disk that all of them see. \"debrief restore\" brings back a folder that was lost.", Err: err,
		}
	}
	return nil
}

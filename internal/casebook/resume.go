package casebook

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/store"
)

// ChunkSize is how many bytes of a file come at a time when it can go on after a
// break: what a break costs at most.
const ChunkSize = 2 << 20

// A PlannedFile is a file that is about to be sent. The three together are taken for
// its identity: a file that was written to since is another one.
type PlannedFile struct {
	Path    string `json:"path"`
	Size    int64  `json:"size"`
	Changed int64  `json:"changed"` // when its device says it was last changed, in milliseconds since 1970
}

// A Plan is the upload that files go into, and how far each of them has come.
type Plan struct {
	Upload  debrief.UploadID `json:"upload"`
	Chunk   int64            `json:"chunk"` // bytes, see [ChunkSize]
	Have    []int64          `json:"have"`  // of each file that was asked about: bytes that are here
	Missing int              `json:"missing"`
}

// PlanUpload says which upload files are to be sent into, and what is here of them
// already. Files that all belong to an upload which was cut off go on there, whoever
// began it; Missing counts what that upload lacks besides them. Otherwise an upload
// begins.
func (c *Casebook) PlanUpload(ctx context.Context, a debrief.Actor, id debrief.IncidentID, planned []PlannedFile) (*Plan, error) {
	if err := c.checkPlan(planned); err != nil {
		return nil, err
	}
	var open []debrief.Upload
	err := c.see(ctx, a, id, debrief.AddEvidence, func(tx *store.Tx, in *debrief.Incident) error {
		all, err := tx.Uploads(id)
		for _, u := range all {
			if u.State == debrief.Receiving {
				open = append(open, u)
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, u := range open {
		whole, err := c.files.planOf(u.ID)
		if err != nil {
			return nil, err
		}
		if !holdsAll(whole, planned) {
			continue
		}
		p := &Plan{Upload: u.ID, Chunk: ChunkSize}
		here, asked := arrivedOf(u), map[PlannedFile]bool{}
		for _, f := range planned {
			asked[f] = true
			have, err := c.files.have(u.ID, here, f)
			if err != nil {
				return nil, err
			}
			p.Have = append(p.Have, have)
		}
		for _, f := range whole {
			if !asked[f] && !here.whole(f) {
				p.Missing++
			}
		}
		return p, c.files.touch(u.ID)
	}
	u, err := c.BeginUpload(ctx, a, id, "")
	if err != nil {
		return nil, err
	}
	return &Plan{Upload: u.ID, Chunk: ChunkSize, Have: make([]int64, len(planned))}, c.files.keepPlan(u.ID, planned)
}

// checkPlan refuses what could not be kept, before any of it is sent. It gives the
// paths the form in which they are kept.
func (c *Casebook) checkPlan(planned []PlannedFile) error {
	if len(planned) == 0 {
		return &debrief.Error{Kind: debrief.Invalid, Field: "files", Say: "There is no file in this.", Hint: "A folder that holds files, or the files themselves, can be added."}
	}
	if len(planned) > MaxFiles {
		return &debrief.Error{Kind: debrief.TooLarge, Field: "files", Say: fmt.Sprintf("An upload holds %d files at most, and these are %d.", MaxFiles, len(planned)), Hint: "Put them into an archive, or add them in parts."}
	}
	var size int64
	seen := map[string]bool{}
	for i := range planned {
		f := &planned[i]
		path, err := checkPath(f.Path)
		if err != nil {
			return err
		}
		if f.Path = path; seen[path] {
			return &debrief.Error{Kind: debrief.Invalid, Field: "files", Say: fmt.Sprintf("Two of the files are called %q.", path), Hint: "Add the folder that holds them, or one after the other."}
		}
		seen[path] = true
		if f.Size < 0 {
			return &debrief.Error{Kind: debrief.Invalid, Field: "size", Say: "A file cannot have fewer than no bytes."}
		}
		if f.Size > c.cfg.FileLimit {
			return tooLarge(path, c.cfg.FileLimit)
		}
		size += f.Size
	}
	if size > c.cfg.UploadLimit {
		return togetherTooLarge(c.cfg.UploadLimit)
	}
	return nil
}

func holdsAll(whole, some []PlannedFile) bool {
	in := make(map[PlannedFile]bool, len(whole))
	for _, f := range whole {
		in[f] = true
	}
	return !slices.ContainsFunc(some, func(f PlannedFile) bool { return !in[f] })
}

// arrived are the files that an upload has whole: their sizes by path. There may be
// thousands, and each is asked about.
type arrived map[string]int64

func arrivedOf(u debrief.Upload) arrived {
	here := make(arrived, len(u.Files))
	for _, f := range u.Files {
		here[f.Path] = f.Size
	}
	return here
}

func (here arrived) whole(f PlannedFile) bool {
	size, ok := here[f.Path]
	return ok && size == f.Size
}

// AddChunk adds the bytes of a file from an offset on, a multiple of [ChunkSize]: as
// many as a chunk has, or what is left of the file. With the chunk that was the last
// to come the file is part of the upload. A chunk is kept whole or not at all, and
// one that comes twice is kept once.
func (c *Casebook) AddChunk(ctx context.Context, a debrief.Actor, id debrief.UploadID, f PlannedFile, offset int64, r io.Reader) error {
	path, err := checkPath(f.Path)
	if err != nil {
		return err
	}
	f.Path = path
	var u debrief.Upload
	err = c.st.View(ctx, func(tx *store.Tx) (err error) {
		u, err = c.upload(tx, a, id, debrief.AddEvidence)
		return err
	})
	switch {
	case err != nil:
		return err
	case u.State != debrief.Receiving:
		return errComplete
	case f.Size > c.cfg.FileLimit:
		return tooLarge(path, c.cfg.FileLimit)
	case offset < 0 || offset%ChunkSize != 0 || offset > max(0, f.Size-1):
		return &debrief.Error{Kind: debrief.Invalid, Field: "offset", Say: fmt.Sprintf("A part of a file begins at a multiple of %d bytes within it.", ChunkSize)}
	}
	if _, err := os.Stat(c.files.chunks(id, f)); errors.Is(err, fs.ErrNotExist) {
		return c.notExpected(ctx, id, f)
	}
	if err := c.files.putChunk(ctx, id, f, offset, r); err != nil {
		return err
	}
	whole, done, err := c.files.whole(id, f)
	if err != nil || whole == nil {
		return err
	}
	defer done()
	if _, err := c.AddFile(ctx, a, id, f.Path, whole); err != nil {
		return err
	}
	return os.RemoveAll(c.files.chunks(id, f))
}

// notExpected is what a chunk meets whose file has no place: the file is here already, or
// it was never announced. What may come is what a plan holds, which has its limits.
func (c *Casebook) notExpected(ctx context.Context, id debrief.UploadID, f PlannedFile) error {
	var u debrief.Upload
	err := c.st.View(ctx, func(tx *store.Tx) (err error) {
		u, err = tx.Upload(id)
		return err
	})
	if err != nil || arrivedOf(u).whole(f) {
		return err
	}
	return &debrief.Error{Kind: debrief.Conflict, Say: "This file is not expected here, or what had come of it was cleared away.", Hint: "Parts of files are kept for three days. Add the files again."}
}

// lacking counts the files of a plan that an upload does not have whole.
func (c *Casebook) lacking(u debrief.Upload) (n int, err error) {
	whole, err := c.files.planOf(u.ID)
	here := arrivedOf(u)
	for _, f := range whole {
		if !here.whole(f) {
			n++
		}
	}
	return n, err
}

// coming says of uploads that are coming in how much of them is here.
func (c *Casebook) coming(all []debrief.Upload) error {
	for i := range all {
		u := &all[i]
		if u.State != debrief.Receiving {
			continue
		}
		whole, err := c.files.planOf(u.ID)
		if err != nil {
			return err
		}
		if whole == nil {
			continue
		}
		u.Read, u.Total = 0, 0
		here := arrivedOf(*u)
		for _, f := range whole {
			have, err := c.files.have(u.ID, here, f)
			if err != nil {
				return err
			}
			u.Read += have
			u.Total += f.Size
		}
	}
	return nil
}

// What is on the way lies below receiving/upload-ID: plan.json, and for each file that is
// not here yet a folder of chunks, each under its offset.

func (f files) onTheWay(id debrief.UploadID) string {
	return filepath.Join(f.receiving(), "upload-"+string(id))
}

func (f files) chunks(id debrief.UploadID, p PlannedFile) string {
	return filepath.Join(f.onTheWay(id), fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%d %d %s", p.Size, p.Changed, p.Path))))
}

func chunkAt(folder string, offset int64) string {
	return filepath.Join(folder, strconv.FormatInt(offset, 10))
}

func (f files) keepPlan(id debrief.UploadID, whole []PlannedFile) error {
	b, err := json.Marshal(whole)
	if err != nil {
		return err
	}
	for _, p := range whole {
		if err := os.MkdirAll(f.chunks(id, p), 0o700); err != nil {
			return err
		}
	}
	return f.keep(bytes.NewReader(b), func(int64) (string, error) { return filepath.Join(f.onTheWay(id), "plan.json"), nil })
}

// planOf is nil for an upload that came with a form, or whose chunks were swept away.
func (f files) planOf(id debrief.UploadID) (whole []PlannedFile, err error) {
	b, err := os.ReadFile(filepath.Join(f.onTheWay(id), "plan.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return whole, json.Unmarshal(b, &whole)
}

// touch keeps the sweep away from what somebody goes on with.
func (f files) touch(id debrief.UploadID) error {
	now := time.Now()
	return os.Chtimes(f.onTheWay(id), now, now)
}

// have is how many bytes of a file are here.
func (f files) have(id debrief.UploadID, here arrived, p PlannedFile) (n int64, err error) {
	if here.whole(p) {
		return p.Size, nil
	}
	folder := f.chunks(id, p)
	for n < p.Size {
		info, err := os.Stat(chunkAt(folder, n))
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return 0, err
		}
		n += info.Size()
	}
	return n, nil
}

func (f files) putChunk(ctx context.Context, id debrief.UploadID, p PlannedFile, offset int64, r io.Reader) error {
	want := min(ChunkSize, p.Size-offset)
	return f.keep(io.LimitReader(&stoppable{ctx, r}, want+1), func(size int64) (string, error) {
		if size != want {
			return "", &debrief.Error{Kind: debrief.Invalid, Field: "size", Say: fmt.Sprintf("%s is not as large as was said.", p.Path), Hint: "Something may have written to it meanwhile. Add it again."}
		}
		return chunkAt(f.chunks(id, p), offset), nil
	})
}

// whole gives a file whose chunks are all here, or nil.
func (f files) whole(id debrief.UploadID, p PlannedFile) (io.Reader, func(), error) {
	folder := f.chunks(id, p)
	var parts []io.Reader
	for at := int64(0); at < p.Size || at == 0; at += ChunkSize {
		path := chunkAt(folder, at)
		if _, err := os.Stat(path); err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil, nil, nil
			}
			return nil, nil, err
		}
		parts = append(parts, &opened{path: path})
	}
	return io.MultiReader(parts...), func() {
		for _, p := range parts {
			p.(*opened).close()
		}
	}, nil
}

// opened is a file that is open from its first byte to its last: a file of some
// gigabytes has more chunks than a process may have open.
type opened struct {
	path string
	f    *os.File
}

func (o *opened) Read(p []byte) (n int, err error) {
	if o.f == nil {
		if o.f, err = os.Open(o.path); err != nil {
			return 0, err
		}
	}
	n, err = o.f.Read(p)
	if err == io.EOF {
		o.close()
	}
	return n, err
}

func (o *opened) close() {
	if o.f != nil {
		_ = o.f.Close() // nothing was written
	}
}

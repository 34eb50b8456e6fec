package evidence

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"debrief.dev/debrief"
)

// A walk goes through folders and archives and reads each file.
type walk struct {
	ctx     context.Context
	opts    Options
	limits  Limits
	sources []Source
	sum     *Summary
	people  crowd
	each    func(debrief.Evidence) error

	files int
	done  int64 // bytes read, for the progress
	total int64 // bytes to read in all, for the progress; -1 if not known
	full  bool  // a limit of the whole reading is reached; nothing more is read
}

// errFull ends a file when a limit of the whole reading is reached.
var errFull = errors.New("a limit of the reading is reached")

// A stopError carries an error of the caller out through the sources.
type stopError struct{ err error }

func (s *stopError) Error() string { return s.err.Error() }
func (s *stopError) Unwrap() error { return s.err }

// A place is a file on the way to be read.
type place struct {
	path     string // as it will be cited
	name     string // in bundle
	bundle   fs.FS
	shared   map[string]any
	size     int64 // -1 if not known
	packed   int64 // its size in an archive, 0 outside
	modified time.Time
	depth    int // of archives around it
	open     func() (io.ReadCloser, error)
}

// argument reads one path that the caller gave. Prefix stands before the names
// of what lies in a folder.
func (w *walk) argument(arg, prefix string) error {
	dir, name := filepath.Dir(arg), filepath.Base(arg)
	info, err := os.Stat(arg)
	if err == nil && info.IsDir() {
		dir, name = arg, "."
	}
	var root *os.Root
	if err == nil {
		root, err = os.OpenRoot(dir)
	}
	if err != nil {
		return unreadable(arg, err)
	}
	defer root.Close()
	bundle := root.FS()
	if name == "." {
		return w.folder(bundle, prefix)
	}
	return w.file(&place{
		path: name, name: name, bundle: bundle, shared: map[string]any{}, size: info.Size(), modified: info.ModTime(),
		// The path was named, so a link is followed wherever it leads.
		open: func() (io.ReadCloser, error) { return os.Open(arg) },
	})
}

// unreadable is the error for a path that cannot be read at all.
func unreadable(arg string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &debrief.Error{
			Kind: debrief.NotFound, Field: arg, Say: "There is no such file or folder.",
			Hint: "Check the spelling, and the folder from which the path starts.", Err: err,
		}
	case errors.Is(err, fs.ErrPermission):
		return &debrief.Error{
			Kind: debrief.Denied, Field: arg, Say: "The file or folder may not be read by this user.",
			Hint: "Change its permissions, or copy it to where it can be read.", Err: err,
		}
	}
	return &debrief.Error{Kind: debrief.Unavailable, Field: arg, Say: "The file or folder cannot be opened.", Err: err}
}

// hidden reports whether a path has a part that tools keep for themselves.
func hidden(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == "node_modules" || part == "__MACOSX" || len(part) > 1 && part[0] == '.' && part != ".." {
			return true
		}
	}
	return false
}

// folder reads everything in a folder, in the order of names.
func (w *walk) folder(bundle fs.FS, prefix string) error {
	shared := map[string]any{}
	return fs.WalkDir(bundle, ".", func(name string, d fs.DirEntry, err error) error {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		shown := prefix + strings.ToValidUTF8(name, "\uFFFD")
		if err != nil {
			w.sum.problem(Problem{File: shown, Say: "The folder or file cannot be opened: " + reason(err) + ".", Hint: "Check that it may be read."})
			return nil
		}
		switch {
		case w.full:
			return fs.SkipAll
		case hidden(name):
			w.sum.LeftOut["hidden files and folders"]++
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			if strings.Count(name, "/") >= w.limits.Depth {
				w.sum.problem(Problem{
					File: shown, Say: "The folder lies too deep to be read.",
					Expected: "at most " + strconv.Itoa(w.limits.Depth) + " folders in each other", Hint: "Give its path as an argument of its own.",
				})
				return fs.SkipDir
			}
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			if _, err := fs.Stat(bundle, name); err != nil {
				w.sum.problem(Problem{
					File: shown, Say: "The link leads outside of the folder, or nowhere; it was not followed.",
					Hint: "Copy what it stands for into the folder.",
				})
			} else {
				w.sum.LeftOut["links to what is read in its own place"]++
			}
			return nil
		case !d.Type().IsRegular():
			w.sum.LeftOut["devices, pipes and sockets"]++
			return nil
		}
		p := &place{path: shown, name: name, bundle: bundle, shared: shared, size: -1}
		if info, err := d.Info(); err == nil {
			p.size, p.modified = info.Size(), info.ModTime()
		}
		p.open = func() (io.ReadCloser, error) { return bundle.Open(name) }
		return w.file(p)
	})
}

// reason is an error without the path that fs.PathError repeats.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return strings.TrimSuffix(err.Error(), ".")
}

// file reads one file: text by its source, archives by what is in them.
func (w *walk) file(p *place) error {
	if w.full {
		return nil
	}
	if w.files++; w.files > w.limits.Files {
		w.full = true
		w.sum.problem(Problem{
			File: p.path, Say: "The reading ends here: the limit for the number of files is reached.",
			Expected: "at most " + strconv.Itoa(w.limits.Files) + " files", Hint: "Read a smaller folder.",
		})
		return nil
	}
	r, err := p.open()
	if err != nil {
		w.sum.problem(Problem{File: p.path, Say: "The file cannot be opened: " + reason(err) + ".", Hint: "Check that it may be read."})
		return nil
	}
	defer r.Close()
	in := bufio.NewReaderSize(&meter{w: w, p: p, r: r, packed: p.packed}, SampleSize)
	head, _ := in.Peek(4) // a shorter file is no archive; other errors show when it is read
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return w.archive(p, r, in)
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		packed := &counter{r: in}
		z, err := gzip.NewReader(packed)
		if err != nil {
			w.damaged(p, err)
			return nil
		}
		inner := *p
		inner.name, inner.size = strings.TrimSuffix(p.name, path.Ext(p.name)), -1
		return w.text(&inner, bufio.NewReaderSize(&meter{w: w, p: p, r: z, from: packed}, SampleSize))
	}
	return w.text(p, in)
}

// text reads a file that is no archive.
func (w *walk) text(p *place, in *bufio.Reader) error {
	head, _ := in.Peek(4)
	if t := textOf(head, in); t != io.Reader(in) {
		in = bufio.NewReaderSize(t, SampleSize)
	}
	if head, _ = in.Peek(3); bytes.Equal(head, utf8Mark) {
		_, _ = in.Discard(3) // they were just seen
	}
	head, err := in.Peek(SampleSize)
	if e := w.ctx.Err(); e != nil {
		return e
	}
	whole := err != nil
	if reason := notText(head, whole); reason != "" {
		w.sum.Unread[reason]++
		return nil
	}
	s := sampleOf(p.name, bytes.Clone(head), whole)
	src := w.recognise(s)
	if src == nil {
		w.sum.Unread["files of no tool that is known"]++
		w.sum.problem(Problem{
			File: p.path, Say: "No tool is known that writes files like this; it was not read.",
			Expected: "an export, log or notes of a tool that can be read", Hint: "Export it in another format, or as plain text with times.",
		})
		return nil
	}
	w.sum.Files[src.Name]++
	return w.run(src, p, in)
}

// recognise finds the source that is surest of a file; nil if none is.
func (w *walk) recognise(s Sample) *Source {
	var best *Source
	sure := No
	for i := range w.sources {
		if c := sureOf(&w.sources[i], s); c > sure {
			best, sure = &w.sources[i], c
		}
		if sure >= Certain {
			break // nobody later can be surer
		}
	}
	return best
}

// sureOf asks one source; one that panics is not sure.
func sureOf(src *Source, s Sample) (c Confidence) {
	defer func() {
		if recover() != nil {
			c = No
		}
	}()
	return src.Recognise(s)
}

// run lets a source read a file. A panic in it concerns this file only.
func (w *walk) run(src *Source, p *place, in io.Reader) (err error) {
	var caller *stopError
	out := &Sink{
		add: func(e debrief.Evidence) error {
			err := w.add(e)
			errors.As(err, &caller)
			return err
		},
		person:  func(who debrief.Person) { w.people.add(src.Name, who) },
		problem: w.sum.problem,
		leave:   func(reason string, n int) { w.sum.LeftOut[reason] += n },
	}
	defer func() {
		if r := recover(); r != nil {
			w.sum.problem(Problem{
				File: p.path, Say: "The reader of " + src.Title + " broke down in this file; what came before is kept.",
				Hint: "This is a defect of Debrief: please report it, with a sample of the file if it may be shown.",
			})
			err = nil
		}
		if caller != nil {
			err = caller.err
		}
	}()
	o := w.opts
	o.Limits = w.limits
	err = src.Read(w.ctx, &File{
		Path: p.path, Name: p.name, Bundle: p.bundle, R: in, Size: p.size, Modified: p.modified, Options: o, Shared: p.shared,
	}, out)
	if e := w.ctx.Err(); e != nil {
		return e
	}
	if err != nil && !errors.Is(err, errFull) {
		w.sum.problem(Problem{File: p.path, Say: "The file could not be read to its end: " + reason(err) + ".", Hint: "What came before is kept."})
	}
	return nil
}

// add takes one piece of evidence, if it lies in the time that was asked for.
func (w *walk) add(e debrief.Evidence) error {
	if w.full {
		return errFull
	}
	if e.At.Known() {
		from, to := e.At.Range()
		if !w.opts.From.IsZero() && to.Before(w.opts.From) {
			w.sum.LeftOut["records before the time that was asked for"]++
			return nil
		}
		if !w.opts.To.IsZero() && from.After(w.opts.To) {
			w.sum.LeftOut["records after the time that was asked for"]++
			return nil
		}
	}
	if w.sum.Items >= w.limits.Items {
		w.full = true
		w.sum.problem(Problem{
			File: e.File, Line: e.Line, Say: "The reading ends here: the limit for records is reached.",
			Expected: "at most " + strconv.Itoa(w.limits.Items) + " records", Hint: "Ask for a shorter time, or read a smaller folder.",
		})
		return errFull
	}
	w.sum.count(e.At)
	if err := w.each(e); err != nil {
		return &stopError{err}
	}
	return nil
}

// damaged reports an archive that does not open.
func (w *walk) damaged(p *place, err error) {
	w.sum.problem(Problem{
		File: p.path, Say: "The archive is damaged: " + reason(err) + ".", Expected: "a whole zip or gzip archive", Hint: "Download or export it again.",
	})
}

// archive reads a zip archive.
func (w *walk) archive(p *place, file io.Reader, in io.Reader) error {
	if p.depth >= w.limits.Depth {
		w.sum.problem(Problem{
			File: p.path, Say: "The archive lies in too many others to be read.",
			Expected: "at most " + strconv.Itoa(w.limits.Depth) + " archives in each other", Hint: "Unpack it and read the folder.",
		})
		return nil
	}
	at, ok := file.(io.ReaderAt)
	size := p.size
	if !ok || size < 0 {
		kept, n, err := keep(in)
		if err != nil {
			w.damaged(p, err)
			return w.ctx.Err()
		}
		defer kept.Close()
		at, size = kept, n
	}
	list := &capped{ReaderAt: at, left: max(listFloor, listBytes*int64(w.limits.Files))}
	z, err := zip.NewReader(list, size)
	if errors.Is(err, errLongList) || list.left < 0 {
		w.sum.problem(Problem{
			File: p.path, Say: "The archive lists far more files than are read; it was not read.",
			Expected: "at most about " + strconv.Itoa(w.limits.Files) + " files", Hint: "Unpack it, and read the folder or a part of it.",
		})
		return nil
	}
	list.left = math.MaxInt64 // what is in the files has limits of its own
	if err != nil {
		w.damaged(p, err)
		return nil
	}
	shared := map[string]any{}
	for _, f := range z.File {
		if err := w.ctx.Err(); err != nil || w.full {
			return err
		}
		if f.Mode().IsDir() || strings.HasSuffix(f.Name, "/") {
			continue
		}
		m := &place{
			path: p.path + "!/" + strings.ToValidUTF8(f.Name, "\uFFFD"), name: f.Name, bundle: z, shared: shared,
			size: int64(f.UncompressedSize64), packed: max(int64(f.CompressedSize64), 1), modified: f.Modified, depth: p.depth + 1, open: f.Open,
		}
		switch {
		case !fs.ValidPath(f.Name) || strings.Contains(f.Name, `\`) || strings.Contains(f.Name, ":/"):
			w.sum.problem(Problem{
				File: m.path, Say: "The name leads out of the archive, or is none that a file can have; the file was not read.",
				Expected: "a relative path with forward slashes", Hint: "Unpack the archive with care and read the folder.",
			})
		case hidden(f.Name):
			w.sum.LeftOut["hidden files and folders"]++
		case !f.Mode().IsRegular():
			w.sum.LeftOut["links, devices, pipes and sockets in archives"]++
		case f.Flags&1 != 0:
			w.sum.problem(Problem{File: m.path, Say: "The file is encrypted.", Hint: "Unpack the archive with its password and read the folder."})
		default:
			if err := w.file(m); err != nil {
				return err
			}
		}
	}
	return nil
}

// listBytes is what the list of files of an archive may take for each file
// that may be read, and listFloor what it may take in any case. The list is
// held in memory, at several times its size, before the first file is read.
const (
	listBytes = 192
	listFloor = 1 << 20
)

var errLongList = errors.New("the list of files is too long")

// A capped reader gives no more than so many bytes.
type capped struct {
	io.ReaderAt
	left int64
}

func (c *capped) ReadAt(b []byte, at int64) (int, error) {
	if c.left -= int64(len(b)); c.left < 0 {
		return 0, errLongList
	}
	return c.ReaderAt.ReadAt(b, at)
}

// keptInMemory is up to which size an archive in an archive stays in memory.
const keptInMemory = 16 << 20

// A kept is a copy of an archive that can be read from anywhere.
type kept struct {
	io.ReaderAt
	file *os.File
}

// keep copies r into memory, or into a temporary file if it is large.
func keep(r io.Reader) (*kept, int64, error) {
	var b bytes.Buffer
	n, err := io.CopyN(&b, r, keptInMemory)
	if errors.Is(err, io.EOF) {
		return &kept{ReaderAt: bytes.NewReader(b.Bytes())}, n, nil
	}
	if err != nil {
		return nil, 0, err
	}
	f, err := os.CreateTemp("", "debrief-archive-")
	if err != nil {
		return nil, 0, err
	}
	k := &kept{ReaderAt: f, file: f}
	n, err = io.Copy(f, io.MultiReader(&b, r))
	if err != nil {
		k.Close()
		return nil, 0, err
	}
	return k, n, nil
}

func (k *kept) Close() {
	if k.file != nil {
		_ = k.file.Close() // only read from
		_ = os.Remove(k.file.Name())
	}
}

// A counter counts what went through it.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}

// ratioFloor is up to which size nobody asks how well a file was compressed.
const ratioFloor = 1 << 20

// A meter holds the limits while a file is read. Past a limit, and where the
// bytes cannot be had, it reports a Problem and the file ends there: what was
// read before stays.
type meter struct {
	w      *walk
	p      *place
	r      io.Reader
	n      int64
	packed int64    // compressed size if known
	from   *counter // compressed bytes so far, of a stream
	ended  bool
}

func (m *meter) Read(b []byte) (int, error) {
	if err := m.w.ctx.Err(); err != nil {
		return 0, err
	}
	if m.ended {
		return 0, io.EOF
	}
	n, err := m.r.Read(b)
	m.n += int64(n)
	packed := m.packed
	if m.from != nil {
		packed = max(m.from.n, 1)
	} else { // the compressed stream below counts for a .gz
		m.w.done += int64(n)
		if m.w.opts.Progress != nil {
			m.w.opts.Progress(m.w.done, m.w.total)
		}
	}
	m.w.sum.Bytes += int64(n)
	switch l := m.w.limits; {
	case m.n > l.FileBytes:
		m.end("The file is larger than the limit; its beginning was read.", "at most "+strconv.FormatInt(l.FileBytes, 10)+" bytes", "Split the file.")
	case m.w.sum.Bytes > l.TotalBytes:
		m.w.full = true
		m.end("The reading ends here: the limit for all files together is reached.",
			"at most "+strconv.FormatInt(l.TotalBytes, 10)+" bytes", "Read a smaller folder.")
	case packed > 0 && m.n > ratioFloor && m.n/packed > int64(l.Ratio):
		m.end("The file unpacks to far more than it takes in the archive; its beginning was read.",
			"at most "+strconv.Itoa(l.Ratio)+" times its compressed size", "Unpack it by hand if it can be trusted.")
	case err != nil && !errors.Is(err, io.EOF):
		m.end("The file cannot be read on here: "+reason(err)+".", "a whole and undamaged file", "Copy or export it again.")
	default:
		return n, err
	}
	return n, io.EOF
}

func (m *meter) end(say, expected, hint string) {
	m.ended = true
	m.w.sum.problem(Problem{File: m.p.path, Offset: m.n, Say: say, Expected: expected, Hint: hint})
}

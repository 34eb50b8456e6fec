package evidence

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"debrief.dev/debrief"
)

// Reading is everything one reading found.
type Reading struct {
	Evidence []debrief.Evidence
	People   []debrief.Person
	Summary  *Summary
}

// Read reads folders, archives and files and hands over each piece of evidence
// as it is found, file by file in the order of names. The reading it gives
// holds the people and the summary, and no evidence.
//
// What cannot be read becomes a [Problem] of the summary. An error means that
// a path does not exist, that the context ended, or that each returned it.
func Read(ctx context.Context, paths []string, opts Options, each func(debrief.Evidence) error) (*Reading, error) {
	w := newWalk(ctx, opts, each)
	if opts.Progress != nil {
		w.total = sizeOf(paths)
	}
	for _, arg := range paths {
		prefix := ""
		if len(paths) > 1 { // two folders may hold files of one name
			if base := filepath.Base(filepath.Clean(arg)); base != "." && base != ".." && base != string(filepath.Separator) {
				prefix = base + "/"
			}
		}
		if err := w.argument(arg, prefix); err != nil {
			return nil, err
		}
	}
	return w.reading(), nil
}

func newWalk(ctx context.Context, opts Options, each func(debrief.Evidence) error) *walk {
	return &walk{ctx: ctx, opts: opts, limits: opts.Limits.orDefault(), sources: sources, sum: newSummary(), each: each}
}

func (w *walk) reading() *Reading {
	return &Reading{People: w.people.list(), Summary: w.sum}
}

// ReadAll reads everything into memory, in the order of time. Pieces without a
// time come first; pieces of one time are in the order of file, line and id.
func ReadAll(ctx context.Context, paths []string, opts Options) (*Reading, error) {
	var found []debrief.Evidence
	r, err := Read(ctx, paths, opts, func(e debrief.Evidence) error {
		found = append(found, e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	sortPieces(found)
	r.Evidence = found
	return r, nil
}

// sizeOf is how many bytes lie in the files of paths, or -1 where archives among
// them, or what cannot be looked at, leave it unknown.
func sizeOf(paths []string) (total int64) {
	for _, arg := range paths {
		err := filepath.WalkDir(arg, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !d.Type().IsRegular() {
				return err
			}
			switch strings.ToLower(filepath.Ext(name)) {
			case ".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst":
				return errUnknownSize
			}
			info, err := d.Info()
			if err == nil {
				total += info.Size()
			}
			return err
		})
		if err != nil {
			return -1
		}
	}
	return total
}

var errUnknownSize = errors.New("the size is not known before the archive is unpacked")

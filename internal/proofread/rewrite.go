package proofread

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"debrief.dev/debrief/lint"
)

// Rewritten is a text with its safe rewrites made.
type Rewritten struct {
	Path    string
	Before  string
	After   string
	Changes int // wordings that were rewritten
}

// passes bounds how often a text is rewritten: one rewrite may make room for
// another, and each leaves less to find.
const passes = 8

// Rewrite makes the first safe rewrite of every finding, until none is left. Files
// are as they were. The findings of r are afterwards those that remain.
func (r *Result) Rewrite() []Rewritten {
	var out []Rewritten
	var remain []Finding
	byPath := map[string][]Finding{}
	for _, f := range r.Findings {
		byPath[f.Path] = append(byPath[f.Path], f)
	}
	for _, t := range r.Texts {
		before, found := t.Body, byPath[t.Path]
		delete(byPath, t.Path)
		changes := 0
		for range passes {
			done := t.apply(found)
			if done == 0 {
				break
			}
			changes += done
			found, _ = t.findings()
		}
		if changes > 0 {
			out = append(out, Rewritten{t.Path, before, t.Body, changes})
		}
		remain = append(remain, found...)
	}
	for _, f := range r.Findings {
		if _, left := byPath[f.Path]; left {
			remain = append(remain, f) // of the configuration
		}
	}
	r.Findings = remain
	return out
}

// apply makes the first rewrite of each finding; of two that overlap, the earlier.
// The parts that are checked move with their words.
func (t *Text) apply(found []Finding) int {
	var list []lint.Rewrite
	for _, f := range found {
		if len(f.Rewrites) > 0 {
			list = append(list, f.Rewrites[0])
		}
	}
	slices.SortStableFunc(list, func(a, b lint.Rewrite) int { return a.Start - b.Start })
	var b strings.Builder
	parts := slices.Clone(t.parts)
	at, n := 0, 0
	for _, w := range list {
		if w.Start < at {
			continue
		}
		b.WriteString(t.Body[at:w.Start])
		b.WriteString(w.Text)
		at = w.End
		n++
		more := len(w.Text) - (w.End - w.Start)
		for i, p := range t.parts {
			if p.start >= w.End {
				parts[i].start += more
			}
			if p.end >= w.End {
				parts[i].end += more
			}
		}
	}
	b.WriteString(t.Body[at:])
	t.Body, t.parts = b.String(), parts
	t.text.Body = t.Body
	return n
}

// Diff gives the change as a unified diff.
func (w Rewritten) Diff() string {
	name := filepath.ToSlash(w.Path)
	return udiff.Unified("a/"+name, "b/"+name, w.Before, w.After)
}

// Save writes the text to its file, whole or not at all, with the file's
// permissions. A link is followed.
func (w Rewritten) Save() (err error) {
	path, err := filepath.EvalSymlinks(w.Path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()           // the first error is the one to show
			_ = os.Remove(f.Name()) // and nothing half-written stays
		}
	}()
	b := bufio.NewWriter(f)
	if _, err = b.WriteString(w.After); err != nil {
		return err
	}
	if err = b.Flush(); err != nil {
		return err
	}
	if err = f.Chmod(info.Mode().Perm()); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

package evidence

// INTERIM: a plain core by the lead so that others can run the importers today.
// The core helper deletes this file when read.go and its neighbours land.

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"debrief.dev/debrief"
)

// Summary counts what one reading read, skipped and left out.
type Summary struct {
	Files    map[string]int `json:"files"` // by source
	Items    int            `json:"items"`
	Problems []Problem      `json:"problems,omitempty"`
	LeftOut  map[string]int `json:"left_out,omitempty"`
}

// Reading is everything one reading found.
type Reading struct {
	Evidence []debrief.Evidence
	People   []debrief.Person
	Summary  *Summary
}

// ReadAll reads folders and files into memory.
func ReadAll(ctx context.Context, paths []string, opts Options) (*Reading, error) {
	r := &Reading{Summary: &Summary{Files: map[string]int{}, LeftOut: map[string]int{}}}
	out := &Sink{
		add:     func(e debrief.Evidence) error { r.Evidence = append(r.Evidence, e); r.Summary.Items++; return nil },
		person:  func(p debrief.Person) { r.People = append(r.People, p) },
		problem: func(p Problem) { r.Summary.Problems = append(r.Summary.Problems, p) },
		leave:   func(reason string, n int) { r.Summary.LeftOut[reason] += n },
	}
	for _, root := range paths {
		bundle, shared := os.DirFS(root), map[string]any{}
		err := fs.WalkDir(bundle, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") || d.Name() == "truth.json" {
				return err
			}
			data, err := fs.ReadFile(bundle, name)
			if err != nil {
				return err
			}
			s := interimSample(filepath.ToSlash(name), data)
			best, sure := -1, No
			for i, src := range sources {
				if c := src.Recognise(s); c > sure {
					best, sure = i, c
				}
			}
			if best < 0 {
				out.Problem(Problem{File: name, Say: "The file was not recognised."})
				return nil
			}
			r.Summary.Files[sources[best].Name]++
			return sources[best].Read(ctx, &File{
				Path: name, Name: name, Bundle: bundle, R: io.Reader(bytes.NewReader(data)),
				Size: int64(len(data)), Options: opts, Shared: shared,
			}, out)
		})
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", root, err)
		}
	}
	sort.SliceStable(r.Evidence, func(i, j int) bool { return r.Evidence[i].At.At.Before(r.Evidence[j].At.At) })
	return r, nil
}

func interimSample(path string, data []byte) Sample {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	s := Sample{Path: path, Head: data[:min(len(data), SampleSize)], Whole: len(data) <= SampleSize}
	t := bytes.TrimLeft(s.Head, " \t\r\n")
	if len(t) == 0 || (t[0] != '{' && t[0] != '[') {
		return s
	}
	s.Keys = map[string]bool{}
	d := jsontext.NewDecoder(bytes.NewReader(t), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	s.Shape = JSONObject
	if t[0] == '[' {
		s.Shape = JSONArray
		d.ReadToken()
	}
	interimKeys(d, "", 0, s.Keys)
	if s.Shape == JSONObject && (d.PeekKind() == '{') {
		s.Shape = JSONLines
	}
	return s
}

func interimKeys(d *jsontext.Decoder, prefix string, depth int, keys map[string]bool) {
	if k := d.PeekKind(); k != '{' {
		if k == '[' {
			d.ReadToken()
			if d.PeekKind() == '{' {
				interimKeys(d, prefix, depth, keys)
			}
			for d.PeekKind() != ']' && d.SkipValue() == nil {
			}
			d.ReadToken()
			return
		}
		d.SkipValue()
		return
	}
	d.ReadToken()
	for d.PeekKind() == '"' {
		t, err := d.ReadToken()
		if err != nil {
			return
		}
		name := prefix + t.String()
		keys[name] = true
		if depth < 2 {
			interimKeys(d, name+".", depth+1, keys)
		} else if d.SkipValue() != nil {
			return
		}
	}
	d.ReadToken()
}

package proofread

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"debrief.dev/debrief"
)

// File is a file to check. One that was named is read whatever the configuration
// ignores; one that was come across in a folder is not.
type File struct {
	Path  string
	Named bool
}

// endings are those of texts that people write. A folder is searched for them.
var endings = []string{".md", ".markdown", ".mdown", ".mkd", ".txt", ".text", ".rst", ".rest", ".html", ".htm", ".xhtml", ".jsonl", ".ndjson"}

// passedOver are folders that hold what others wrote.
var passedOver = []string{"node_modules", "vendor"}

// Files gives the files that paths speak of: files, folders, patterns such as
// "docs/**/*.md" that the shell has left, and "-" for standard input. A file that
// two paths name is there once.
func Files(paths []string) ([]File, error) {
	var out []File
	index := map[string]int{}
	add := func(path string, named bool) {
		key := filepath.Clean(path)
		if i, known := index[key]; known {
			out[i].Named = out[i].Named || named
			return
		}
		index[key] = len(out)
		out = append(out, File{path, named})
	}
	for _, path := range paths {
		if path == "-" {
			add(path, true)
			continue
		}
		info, err := os.Stat(path)
		switch {
		case err == nil && info.IsDir():
			if err := walk(path, func(file string) { add(file, false) }); err != nil {
				return nil, err
			}
		case err == nil:
			add(path, true)
		case strings.ContainsAny(path, "*?[{"):
			found, err := glob(path)
			if err != nil {
				return nil, err
			}
			for _, file := range found {
				add(file, false)
			}
		default:
			return nil, err
		}
	}
	return out, nil
}

// walk gives the texts below a folder, in the order of their names. Folders that
// begin with a dot are passed over.
func walk(root string, each func(string)) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || slices.Contains(passedOver, d.Name())):
			return fs.SkipDir
		case d.Type().IsRegular() && slices.Contains(endings, strings.ToLower(filepath.Ext(path))):
			each(path)
		}
		return nil
	})
}

func glob(pattern string) ([]string, error) {
	found, err := doublestar.FilepathGlob(pattern, doublestar.WithFilesOnly(), doublestar.WithFailOnIOErrors())
	if err != nil {
		return nil, &debrief.Error{
			Kind: debrief.Invalid, Field: pattern, Say: fmt.Sprintf("This is not a pattern of paths: %v.", err),
			Hint: "* stands for part of a name, ** for any number of folders, {a,b} for one of both.", Err: err,
		}
	}
	if len(found) == 0 {
		return nil, &debrief.Error{Kind: debrief.NotFound, Field: pattern, Say: "No file has such a name.", Hint: "** stands for any number of folders: \"docs/**/*.md\"."}
	}
	slices.Sort(found)
	return found, nil
}

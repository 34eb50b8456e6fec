package proofread

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"debrief.dev/debrief"
)

// changes are the lines that were added or changed since a revision. Files are
// known by their absolute paths.
type changes struct {
	lines map[string][][2]int // first and last line of each stretch
	whole map[string]bool     // files that the revision does not know
}

// changesSince asks Git what changed in the files' repositories.
func changesSince(ctx context.Context, revision string, files []File) (*changes, error) {
	out := &changes{lines: map[string][][2]int{}, whole: map[string]bool{}}
	asked := map[string]bool{}
	for _, f := range files {
		if f.Path == "-" {
			return nil, &debrief.Error{Kind: debrief.Invalid, Field: "--since", Say: "Standard input has no history.", Hint: "Name the files or the folder to compare."}
		}
		dir := filepath.Dir(f.Path)
		if asked[dir] {
			continue
		}
		asked[dir] = true
		root, err := git(ctx, dir, "rev-parse", "--show-toplevel")
		if err != nil {
			if known := (*debrief.Error)(nil); errors.As(err, &known) {
				return nil, err
			}
			e := &debrief.Error{
				Kind: debrief.Invalid, Field: "--since", Say: fmt.Sprintf("%s is not in a Git repository.", dir),
				Hint: "Without --since the whole texts are checked.", Err: err,
			}
			if !strings.Contains(err.Error(), "not a git repository") { // of another owner, without files, …
				e.Say = fmt.Sprintf("Git does not tell of %s: %v.", dir, err)
			}
			return nil, e
		}
		top := strings.TrimRight(string(root), "\r\n")
		if asked[top+"\x00"] {
			continue
		}
		asked[top+"\x00"] = true
		commit, err := git(ctx, top, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
		if err != nil {
			return nil, &debrief.Error{
				Kind: debrief.NotFound, Field: "--since", Say: fmt.Sprintf("Git knows no revision %q.", revision),
				Hint: "A branch, a tag or a commit is expected, such as origin/main or HEAD~1. A shallow clone knows few: see \"git fetch --unshallow\".", Err: err,
			}
		}
		diff, err := git(ctx, top, "-c", "core.quotePath=false", "diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-relative", "--unified=0", "--inter-hunk-context=0", "--no-prefix", strings.TrimSpace(string(commit)), "--")
		if err != nil {
			return nil, err
		}
		if err := out.read(top, diff); err != nil {
			return nil, err
		}
		fresh, err := git(ctx, top, "ls-files", "--others", "--exclude-standard", "-z")
		if err != nil {
			return nil, err
		}
		for name := range strings.SplitSeq(string(fresh), "\x00") {
			if name != "" {
				out.whole[filepath.Join(top, filepath.FromSlash(name))] = true
			}
		}
	}
	return out, nil
}

// read reads a diff without context: the file after "+++", the lines after "@@".
func (c *changes) read(top string, diff []byte) error {
	file := ""
	in := bufio.NewReader(bytes.NewReader(diff))
	for {
		line, err := in.ReadString('\n')
		if line == "" && err != nil {
			return nil
		}
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "+++ "):
			name := strings.TrimRight(line[len("+++ "):], "\t")
			if unquoted, err := strconv.Unquote(name); err == nil {
				name = unquoted
			}
			file = filepath.Join(top, filepath.FromSlash(name))
		case strings.HasPrefix(line, "@@ "):
			from, count, ok := hunk(line)
			if !ok {
				return fmt.Errorf("a line of Git's diff is not understood: %q", line)
			}
			if count > 0 {
				c.lines[file] = append(c.lines[file], [2]int{from, from + count - 1})
			}
			// What follows are lines of the file, which may look like anything.
			removed, added := hunkSize(line)
			for n := removed + added; n > 0; {
				line, err := in.ReadString('\n')
				if err != nil {
					return nil
				}
				if !strings.HasPrefix(line, `\`) { // "\ No newline at end of file"
					n--
				}
			}
		}
	}
}

// hunk reads the new side of "@@ -3,0 +4,2 @@".
func hunk(line string) (from, count int, ok bool) {
	for field := range strings.FieldsSeq(line) {
		if rest, found := strings.CutPrefix(field, "+"); found {
			first, many, several := strings.Cut(rest, ",")
			from, err := strconv.Atoi(first)
			count := 1
			if several && err == nil {
				count, err = strconv.Atoi(many)
			}
			return from, count, err == nil
		}
	}
	return 0, 0, false
}

// hunkSize counts the lines below the head of a hunk, removed and added.
func hunkSize(line string) (removed, added int) {
	for field := range strings.FieldsSeq(line) {
		if field == "" || field[0] != '-' && field[0] != '+' {
			continue
		}
		n := 1
		if _, many, several := strings.Cut(field, ","); several {
			n, _ = strconv.Atoi(many)
		}
		if field[0] == '-' {
			removed = n
		} else {
			added = n
			return removed, added
		}
	}
	return removed, added
}

// git runs Git in a folder and gives its output.
func git(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", dir}, args...)...)
	// A hook names its own repository; the files name theirs. Git's words are read.
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(s string) bool {
		name, _, _ := strings.Cut(s, "=")
		return slices.Contains([]string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "LC_ALL"}, name)
	}), "LC_ALL=C")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		if strings.Contains(err.Error(), exec.ErrNotFound.Error()) {
			return nil, &debrief.Error{Kind: debrief.Unavailable, Field: "--since", Say: "Git is not installed.", Hint: "Without --since the whole texts are checked.", Err: err}
		}
		return nil, fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(errs.String()))
	}
	return out, nil
}

func (c *changes) touches(path string) bool {
	full := resolved(path)
	return c.whole[full] || len(c.lines[full]) > 0
}

// A part is a stretch of a text, in bytes.
type part struct{ start, end int }

// parts gives the changed lines of a text as they stand in its body; partly is
// false if all of it is new.
func (c *changes) parts(path, body string) (out []part, partly bool) {
	full := resolved(path)
	if c.whole[full] {
		return nil, false
	}
	starts := append(newPlaces(body).starts, len(body))
	for _, l := range c.lines[full] {
		if first, last := l[0]-1, min(l[1], len(starts)-1); 0 <= first && first < last {
			out = append(out, part{starts[first], starts[last]})
		}
	}
	return out, true
}

// resolved gives the absolute path without symbolic links, as Git has it.
func resolved(path string) string {
	full, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if real, err := filepath.EvalSymlinks(full); err == nil {
		return real
	}
	return full
}

package proofread

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
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
			return nil, &debrief.Error{
				Kind: debrief.Invalid, Field: "--since", Say: fmt.Sprintf("%s is not in a Git repository.", dir),
				Hint: "Without --since the whole texts are checked.", Err: err,
			}
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
		diff, err := git(ctx, top, "-c", "core.quotePath=false", "diff", "--no-color", "--no-ext-diff", "--no-textconv", "--unified=0", "--no-prefix", strings.TrimSpace(string(commit)), "--")
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

// on tells whether a finding stands on a changed line.
func (c *changes) on(f Finding) bool {
	full := resolved(f.Path)
	if c.whole[full] {
		return true
	}
	for _, l := range c.lines[full] {
		if f.EndLine >= l[0] && f.Line <= l[1] {
			return true
		}
	}
	return false
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

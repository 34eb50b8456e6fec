package evidence

import (
	"context"
	"regexp"
	"strings"
	"time"

	"debrief.dev/debrief"
)

var gitLogSource = Source{
	Name:  "git",
	Title: "git log",
	About: "What git log prints: the usual form, --format=fuller, with --stat or --name-status, and one line a commit with its hash, " +
		"date, author and subject. Patches (-p) are counted and not kept.",
	Recognise: func(s Sample) Confidence {
		if s.Shape != NotJSON {
			return No
		}
		hits, lines := logShare(s, func(line string) bool { return gitCommitLine.MatchString(line) })
		oneLine, all := logShare(s, func(line string) bool { _, ok := cutGitLine(line); return ok })
		switch {
		case hits > 0 && (strings.Contains(string(s.Head), "\nAuthor: ") || strings.Contains(string(s.Head), "\nauthor ")):
			return Certain
		case oneLine > 0 && oneLine*10 >= all*9:
			return Certain
		case hits > 0 && hits == lines:
			return Likely
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		r := &gitReader{f: f, out: out}
		if err := readLines(ctx, f, out, r.line); err != nil {
			return err
		}
		if err := r.finish(); err != nil {
			return err
		}
		if r.patch > 0 {
			out.LeaveOut("lines of patches", r.patch)
		}
		if r.stray > 0 {
			out.LeaveOut("lines before the first commit", r.stray)
		}
		return nil
	},
}

var (
	// gitCommitLine may have a graph before it and names of branches behind it.
	gitCommitLine = regexp.MustCompile(`^[*|\\/ ]{0,20}commit ([0-9a-f]{7,64})(?: \(from [0-9a-f ]+\))?(?: \(([^)]*)\))?\s*$`)
	gitHeader     = regexp.MustCompile(`(?i)^(merge|author|commit|committer|authordate|commitdate|date|reflog|reflog message):?\s+(.*)$`)
	gitRaw        = regexp.MustCompile(`^(.*?)\s+(\d{9,11}) ([+-]\d{4})$`)
	gitFile       = regexp.MustCompile(`^ (\S.*?)\s+\|\s+(?:\d+|Bin)\b`)
	gitStatus     = regexp.MustCompile(`^[ACDMRTUX]\d{0,3}\t(.+)$`)
	gitSummary    = regexp.MustCompile(`^ \d+ files? changed`)
	gitHash       = regexp.MustCompile(`^[0-9a-f]{7,64}$`)
	gitReverts    = regexp.MustCompile(`(?i)\breverts? commits? ([0-9a-f]{7,64})`)
	gitAddress    = regexp.MustCompile(`^(.*?)\s*<([^<>]*)>$`)
)

// A gitReader walks the lines of a log.
type gitReader struct {
	f     *File
	out   *Sink
	open  bool
	e     debrief.Evidence
	raw   []byte
	lines []string // of the message
	files []string
	body  bool // the header of the commit has ended
	diff  bool // a patch has begun
	patch int
	stray int
}

func (r *gitReader) line(l textLine) error {
	text := strings.TrimRight(l.Text, " \t")
	if m := gitCommitLine.FindStringSubmatch(text); m != nil {
		if err := r.finish(); err != nil {
			return err
		}
		r.begin(l, m[1])
		attribute(&r.e, "branch", gitRefs(m[2]))
		r.raw = append(r.raw, l.Whole...)
		return nil
	}
	if !r.open {
		if c, ok := cutGitLine(text); ok {
			return r.one(l, c)
		}
		if text != "" {
			r.stray++
		}
		return nil
	}
	if len(r.raw) < r.f.Options.Limits.orDefault().ItemBytes {
		r.raw = append(r.raw, l.Whole...)
	}
	text = strings.TrimLeft(text, "|*\\/") // of a graph
	switch {
	case strings.HasPrefix(text, "diff --git ") || strings.HasPrefix(text, "diff --cc "):
		r.diff = true
		r.patch++
	case r.diff:
		r.patch++
	case text == "":
		r.body = true
		r.lines = append(r.lines, "")
	case !r.body:
		r.header(text)
	case strings.HasPrefix(text, "    "):
		r.lines = append(r.lines, text[4:])
	case gitSummary.MatchString(text):
	default:
		if m := gitFile.FindStringSubmatch(text); m != nil {
			r.files = append(r.files, m[1])
		} else if m := gitStatus.FindStringSubmatch(text); m != nil {
			r.files = append(r.files, strings.ReplaceAll(m[1], "\t", " → "))
		} else {
			r.lines = append(r.lines, strings.TrimSpace(text))
		}
	}
	return nil
}

func (r *gitReader) begin(l textLine, hash string) {
	r.e = l.evidence("git", r.f)
	r.e.ID, r.e.Sort = hash, debrief.Commit
	r.e.Subject = "commit " + shortCommit(hash)
	referCommit(&r.e, hash)
	r.open, r.body, r.diff = true, false, false
	r.raw, r.lines, r.files = r.raw[:0], nil, nil
}

// header takes a line between the commit and its message.
func (r *gitReader) header(text string) {
	m := gitHeader.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return
	}
	name, value := strings.ToLower(m[1]), strings.TrimSpace(m[2])
	if raw := gitRaw.FindStringSubmatch(value); raw != nil { // --format=raw
		at := stampMoment(raw[2], r.f.Options)
		switch name {
		case "author":
			r.author(raw[1])
			r.authored(at)
		case "committer":
			r.e.At = at
		}
		return
	}
	switch name {
	case "author":
		r.author(value)
	case "commit":
		a := gitAuthor(value)
		tellPerson(r.out, a)
	case "merge":
		attribute(&r.e, "merge", value)
		refer(&r.e, strings.Fields(value)...)
	case "date", "commitdate":
		if m := gitMoment(value, r.f.Options); m.Known() {
			r.e.At = m
		} else {
			r.out.Problem(Problem{
				File: r.f.Path, Line: r.e.Line, Say: "The commit is dated " + quoted(value) + ", which is not a time that can be read; it is kept without one.",
				Expected: "a date such as Thu May 2 14:02:00 2024 +0200", Hint: "Write the log with --date=iso.",
			})
		}
	case "authordate":
		r.authored(gitMoment(value, r.f.Options))
	}
}

// quoted is text between quotation marks, shortened.
func quoted(s string) string { return "“" + shorten(s, 40) + "”" }

func (r *gitReader) author(value string) {
	r.e.Author = gitAuthor(value)
	tellPerson(r.out, r.e.Author)
}

// authored keeps the author's date beside the committer's, which says when the
// commit came to stand in the history.
func (r *gitReader) authored(m debrief.Moment) {
	if !m.Known() {
		return
	}
	attribute(&r.e, "authored", m.At.Format(time.RFC3339))
	if !r.e.At.Known() {
		r.e.At = m
	}
}

func gitAuthor(value string) debrief.Author {
	a := debrief.Author{Name: value}
	if m := gitAddress.FindStringSubmatch(value); m != nil {
		a = debrief.Author{Name: strings.TrimSpace(m[1]), Email: strings.TrimSpace(m[2])}
	}
	low := strings.ToLower(a.Name)
	a.Bot = strings.HasSuffix(low, "[bot]") || strings.HasSuffix(low, "-bot") || strings.HasSuffix(low, " bot")
	return addressOnly(a)
}

// gitLayouts are the forms of git's --date beside those that every tool writes.
var gitLayouts = []string{"Mon Jan 2 15:04:05 2006 -0700", "Mon, 2 Jan 2006 15:04:05 -0700", "2006-01-02 15:04:05 -0700"}

func gitMoment(s string, o Options) debrief.Moment {
	s = strings.Join(strings.Fields(s), " ")
	for _, layout := range gitLayouts {
		if at, err := time.Parse(layout, s); err == nil {
			return stampSane(debrief.Moment{At: at.UTC()})
		}
	}
	if at, err := time.Parse("Mon Jan 2 15:04:05 2006", s); err == nil { // --date=local
		zone, certainty := logZone(o)
		at = time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, zone)
		return stampSane(debrief.Moment{At: at.UTC(), Zone: certainty, Written: s})
	}
	return stampMoment(s, o)
}

// gitRefs picks the branches out of "HEAD -> main, origin/main, tag: v1.2".
func gitRefs(s string) string {
	var kept []string
	for _, p := range strings.Split(s, ",") {
		p = strings.TrimSpace(p)
		if _, branch, ok := strings.Cut(p, "-> "); ok {
			p = branch
		}
		if p != "" && p != "HEAD" && !strings.HasPrefix(p, "origin/") {
			kept = append(kept, strings.TrimPrefix(p, "tag: "))
		}
	}
	return strings.Join(kept, ", ")
}

// finish hands over the commit that was read.
func (r *gitReader) finish() error {
	if !r.open {
		return nil
	}
	r.open = false
	e := r.e
	e.Digest = digestOf(r.raw)
	e.Text = strings.TrimSpace(blankRuns.ReplaceAllString(strings.Join(r.lines, "\n"), "\n\n"))
	return r.add(e)
}

func (r *gitReader) add(e debrief.Evidence) error {
	e.Title = firstLine(e.Text)
	attribute(&e, "files", fileList(r.files))
	for _, m := range gitReverts.FindAllStringSubmatch(e.Text, -1) {
		referCommit(&e, m[1])
		attribute(&e, "reverts", m[1])
	}
	refer(&e, refsIn(e.Text)...)
	r.files = nil
	return r.out.Add(e)
}

// A gitLine is a commit on one line.
type gitLine struct{ hash, at, author, subject string }

var gitFields = regexp.MustCompile(`\t| \| |\x1f|;|, `)

var gitSpaced = regexp.MustCompile(`^([0-9a-f]{7,64}) (\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?(?: ?(?:[+-]\d\d:?\d\d|Z))?) (?:\(([^)]+)\) |<([^>]+)> )?(.+)$`)

// cutGitLine takes apart a commit that stands on one line: hash, date, author
// and subject between tabs or bars, in any order that begins with the hash or
// the date.
func cutGitLine(s string) (c gitLine, ok bool) {
	if m := gitSpaced.FindStringSubmatch(s); m != nil {
		return gitLine{m[1], m[2], firstOf(m[3], m[4]), m[5]}, true
	}
	sep := gitFields.FindString(s)
	if sep == "" {
		return c, false
	}
	parts := strings.SplitN(s, sep, 5)
	var rest []string
	for _, p := range parts {
		p = strings.TrimSpace(p)
		switch {
		case c.hash == "" && gitHash.MatchString(p) && strings.ContainsAny(p, "abcdef0123456789"):
			c.hash = p
		case c.at == "" && gitMoment(p, Options{}).Known():
			c.at = p
		case c.author == "" && c.subject == "" && len(rest) == 0 && len(parts) > 3 && len(p) < 80:
			c.author = p
		case gitAddress.MatchString(p) && c.author != "" && !strings.Contains(c.author, "@") || strings.Contains(p, "@") && !strings.Contains(p, " "):
			c.author += " <" + strings.Trim(p, "<>") + ">"
		default:
			rest = append(rest, p)
		}
	}
	c.subject = strings.Join(rest, sep)
	return c, c.hash != "" && c.at != "" && c.subject != ""
}

func (r *gitReader) one(l textLine, c gitLine) error {
	r.begin(l, c.hash)
	r.open = false
	r.e.At = gitMoment(c.at, r.f.Options)
	if c.author != "" {
		r.author(c.author)
	}
	r.e.Digest, r.e.Text = digestOf(l.Raw), c.subject
	return r.add(r.e)
}

package cli

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/evidence"
	"debrief.dev/debrief/internal/redact"
)

// newEvidence gives "debrief evidence".
func newEvidence(sys *System) *cobra.Command {
	var (
		r       reading
		out     output
		summary bool
	)
	cmd := &cobra.Command{
		Use:   "evidence PATH...",
		Short: "Show what was read, skipped and left out",
		Long: `Evidence reads folders, archives and files, recognises each file by its content,
and shows every record it finds: when, from which tool, where, and what it says.
Secrets are masked. Names stay as written: this view is for whoever prepares the
review.

After the records stands a summary that counts everything: what was read by tool,
what was left out and why, and each place that could not be read with what was
expected there. With --format jsonl the summary goes to standard error.`,
		Example: `  debrief evidence ./incident-42
  debrief evidence export.zip --summary
  debrief evidence ./incident-42 --format jsonl | grep payments`,
		Args: somePaths("the folder, archive or file with the evidence"),
		RunE: func(cmd *cobra.Command, paths []string) error {
			format, err := out.form("table", "jsonl")
			if err != nil {
				return err
			}
			var all evidence.Ordered
			defer func() { _ = all.Close() }() // only read from here on
			seen := newTally()
			got, err := r.stream(cmd.Context(), sys, paths, func(e debrief.Evidence) error {
				seen.mask(&e)
				seen.count(&e)
				if summary {
					return nil
				}
				return all.Add(e)
			})
			if err != nil {
				return err
			}
			return out.write(sys, func(w io.Writer) error {
				switch {
				case format == "jsonl":
					if err := evidenceLines(w, &all); err != nil || r.quiet {
						return err
					}
					return evidenceSummary(sys.Stderr, sys.colours(sys.StderrTerminal), got, seen)
				case !summary:
					if err := evidenceTable(w, sys, &all, seen, opened(r.zone)); err != nil {
						return err
					}
				}
				return evidenceSummary(w, out.path == "" && sys.colours(sys.StdoutTerminal), got, seen)
			})
		},
	}
	r.flags(cmd)
	out.flags(cmd, "table", "table, jsonl (one JSON object a line)")
	cmd.Flags().BoolVar(&summary, "summary", false, "only the summary, not the records")
	return cmd
}

// opened is the zone in which times are shown: the stated one, else UTC.
func opened(zone string) *time.Location {
	if loc, err := parseZone(zone); err == nil && loc != nil {
		return loc
	}
	return time.UTC
}

// A tally is what a look at every piece in passing tells of all.
type tally struct {
	pieces   int
	bySource map[string]int
	masked   map[string]int // secrets, by title
	// The widths of the columns of a table.
	sources, rooms int
}

func newTally() *tally {
	return &tally{bySource: map[string]int{}, masked: map[string]int{}, sources: len("SOURCE"), rooms: len("WHERE")}
}

func (t *tally) count(e *debrief.Evidence) {
	t.pieces++
	t.bySource[e.Source]++
	t.sources = max(t.sources, len(e.Source))
	t.rooms = max(t.rooms, min(24, runewidth.StringWidth(e.Where)))
}

// mask takes secrets out of a piece.
func (t *tally) mask(e *debrief.Evidence) {
	clean := func(s string) string {
		s, found := redact.Secrets(s)
		for _, m := range found {
			t.masked[m.Title]++
		}
		return s
	}
	e.Title, e.Text, e.Link, e.Subject = clean(e.Title), clean(e.Text), clean(e.Link), clean(e.Subject)
	for k, v := range e.Attributes {
		e.Attributes[k] = clean(v)
	}
}

func evidenceLines(w io.Writer, all *evidence.Ordered) error {
	buf := bufio.NewWriter(w)
	for e, err := range all.All() {
		if err != nil {
			return err
		}
		if err := json.MarshalWrite(buf, &e, json.Deterministic(true), jsontext.EscapeForJS(true)); err != nil {
			return err
		}
		if err := buf.WriteByte('\n'); err != nil {
			return err
		}
	}
	return buf.Flush()
}

// evidenceTable writes one line a piece, cut to the width of the terminal.
func evidenceTable(w io.Writer, sys *System, all *evidence.Ordered, seen *tally, zone *time.Location) error {
	const whole = 200 // where there is no terminal to fit
	width := whole
	if sys.StdoutTerminal && sys.Width >= 60 {
		width = sys.Width
	}
	p := paint(sys.colours(sys.StdoutTerminal))
	buf := bufio.NewWriter(w)
	line := func(at, source, sort, where, text string) {
		head := fmt.Sprintf("%-21s  %s  %-7s  %s  ", at, fill(source, seen.sources), sort, fill(where, seen.rooms))
		rest := runewidth.Truncate(text, max(20, width-runewidth.StringWidth(head)), "…")
		fmt.Fprintln(buf, strings.TrimRight(p.dim(head[:21])+head[21:]+rest, " "))
	}
	if seen.pieces > 0 {
		line("TIME "+zoneLabel(zone), "SOURCE", "SORT", "WHERE", "WHAT IT SAYS")
	}
	for e, err := range all.All() {
		if err != nil {
			return err
		}
		line(moment(e.At, zone), e.Source, e.Sort.String(), oneLine(e.Where), piece(&e))
	}
	return buf.Flush()
}

// zoneLabel names the zone of a column of times.
func zoneLabel(zone *time.Location) string {
	s := zone.String()
	if i := strings.LastIndexByte(s, '/'); i >= 0 {
		s = s[i+1:]
	}
	return "(" + runewidth.Truncate(strings.ReplaceAll(s, "_", " "), 12, "…") + ")"
}

// fill cuts or pads s to n columns.
func fill(s string, n int) string {
	return runewidth.FillRight(runewidth.Truncate(s, n, "…"), n)
}

// moment writes a time as well as it is known: "~" for an approximate one,
// "?" for a zone that was assumed.
func moment(m debrief.Moment, zone *time.Location) string {
	if !m.Known() {
		return "no time"
	}
	at := m.At.In(zone)
	s := ""
	switch m.Precision {
	case debrief.ToDay, debrief.ToWeek:
		s = at.Format("2006-01-02")
	case debrief.ToHour, debrief.ToMinute, debrief.About:
		s = at.Format("2006-01-02 15:04")
	default:
		s = at.Format("2006-01-02 15:04:05")
	}
	if m.Precision >= debrief.About {
		s += "~"
	}
	if m.Zone == debrief.ZoneAssumed {
		s += "?"
	}
	return s
}

// piece is what a piece of evidence says, on one line: who, its title or text,
// and where the thing it reports on stood.
func piece(e *debrief.Evidence) string {
	var b strings.Builder
	for _, who := range []string{e.Author.Name, e.Author.Handle, e.Author.Email, e.Author.ID} {
		if who != "" {
			b.WriteString(who + ": ")
			break
		}
	}
	title, text := oneLine(e.Title), oneLine(e.Text)
	b.WriteString(title)
	if text != "" && !strings.HasPrefix(text, title) {
		if title != "" {
			b.WriteString(" | ")
		}
		b.WriteString(text)
	} else if title == "" || text != "" {
		b.Reset()
		for _, who := range []string{e.Author.Name, e.Author.Handle, e.Author.Email, e.Author.ID} {
			if who != "" {
				b.WriteString(who + ": ")
				break
			}
		}
		b.WriteString(text)
	}
	if e.State != "" {
		b.WriteString(" [" + string(e.State) + "]")
	}
	return oneLine(b.String())
}

// evidenceSummary counts what was read, left out and not readable.
func evidenceSummary(w io.Writer, colour bool, got *evidence.Reading, seen *tally) error {
	p, s := paint(colour), got.Summary
	buf := bufio.NewWriter(w)
	fmt.Fprintf(buf, "\n%s\n", p.bold("Read"))
	fmt.Fprintf(buf, "  %s", counted(seen.pieces, "record", "records"))
	if !s.From.IsZero() {
		fmt.Fprintf(buf, ", from %s to %s UTC", s.From.UTC().Format("2006-01-02 15:04"), s.To.UTC().Format("2006-01-02 15:04"))
	}
	fmt.Fprintln(buf)
	for _, src := range slices.Sorted(maps.Keys(seen.bySource)) {
		fmt.Fprintf(buf, "  %7d  %s, in %s\n", seen.bySource[src], src, counted(s.Files[src], "file", "files"))
	}
	for _, src := range slices.Sorted(maps.Keys(s.Files)) {
		if seen.bySource[src] == 0 {
			fmt.Fprintf(buf, "  %7d  %s, in %s\n", 0, src, counted(s.Files[src], "file", "files"))
		}
	}
	if n := s.Zones[debrief.ZoneAssumed.String()]; n > 0 {
		fmt.Fprintf(buf, "  %7d  with a time that names no zone, read as UTC; --zone states one\n", n)
	}
	if s.Untimed > 0 {
		fmt.Fprintf(buf, "  %7d  without a time\n", s.Untimed)
	}
	if len(seen.masked) > 0 {
		fmt.Fprintf(buf, "%s\n", p.bold("Masked"))
		for _, title := range slices.Sorted(maps.Keys(seen.masked)) {
			fmt.Fprintf(buf, "  %7d  %s\n", seen.masked[title], strings.ToLower(title[:1])+title[1:])
		}
	}
	if len(s.LeftOut) > 0 {
		fmt.Fprintf(buf, "%s\n", p.bold("Left out"))
		for _, reason := range slices.Sorted(maps.Keys(s.LeftOut)) {
			fmt.Fprintf(buf, "  %7d  %s\n", s.LeftOut[reason], reason)
		}
	}
	if len(s.Unread) > 0 {
		fmt.Fprintf(buf, "%s\n", p.bold("Files not read"))
		for _, reason := range slices.Sorted(maps.Keys(s.Unread)) {
			fmt.Fprintf(buf, "  %7d  %s\n", s.Unread[reason], reason)
		}
	}
	if len(s.Problems) > 0 {
		fmt.Fprintf(buf, "%s\n", p.bold("Not readable"))
		for _, pr := range s.Problems {
			say, _ := redact.Secrets(pr.Say)
			fmt.Fprintf(buf, "  %s: %s\n", p.yellow(place(pr)), oneLine(say))
			if pr.Expected != "" {
				fmt.Fprintf(buf, "    expected: %s\n", oneLine(pr.Expected))
			}
			if pr.Hint != "" {
				fmt.Fprintf(buf, "    hint: %s\n", oneLine(pr.Hint))
			}
		}
		if s.MoreProblems > 0 {
			fmt.Fprintf(buf, "  and %s more\n", counted(s.MoreProblems, "place", "places"))
		}
	}
	return buf.Flush()
}

// place is where a problem lies: file, and line or byte if known.
func place(p evidence.Problem) string {
	s := oneLine(p.File)
	switch {
	case p.Line > 0:
		s += fmt.Sprintf(":%d", p.Line)
	case p.Offset > 0:
		s += fmt.Sprintf(" at byte %d", p.Offset)
	}
	return s
}

// counted is a number with its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

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
and shows every piece it finds: when, from which tool, where, and what it says.
Secrets are masked. Names stay as written: this view is for whoever prepares the
review.

After the pieces stands a summary that counts everything: what was read by tool,
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
			got, err := r.read(cmd.Context(), sys, paths)
			if err != nil {
				return err
			}
			masked := mask(got)
			return out.write(sys, func(w io.Writer) error {
				switch {
				case format == "jsonl":
					if !summary {
						if err := evidenceLines(w, got.Evidence); err != nil {
							return err
						}
					}
					if r.quiet {
						return nil
					}
					return evidenceSummary(sys.Stderr, sys.colours(sys.StderrTerminal), got, masked)
				case !summary:
					if err := evidenceTable(w, sys, got.Evidence, opened(r.zone)); err != nil {
						return err
					}
				}
				return evidenceSummary(w, out.path == "" && sys.colours(sys.StdoutTerminal), got, masked)
			})
		},
	}
	r.flags(cmd)
	out.flags(cmd, "table", "table, jsonl (one JSON object a line)")
	cmd.Flags().BoolVar(&summary, "summary", false, "only the summary, not the pieces")
	return cmd
}

// opened is the zone in which times are shown: the stated one, else UTC.
func opened(zone string) *time.Location {
	if loc, err := parseZone(zone); err == nil && loc != nil {
		return loc
	}
	return time.UTC
}

// mask takes secrets out of everything that was read, and counts them by title.
func mask(got *evidence.Reading) map[string]int {
	counts := map[string]int{}
	clean := func(s string) string {
		t, found := redact.Secrets(s)
		for _, m := range found {
			counts[m.Title]++
		}
		return t
	}
	for i := range got.Evidence {
		e := &got.Evidence[i]
		e.Title, e.Text, e.Link, e.Subject = clean(e.Title), clean(e.Text), clean(e.Link), clean(e.Subject)
		for k, v := range e.Attributes {
			e.Attributes[k] = clean(v)
		}
	}
	return counts
}

func evidenceLines(w io.Writer, ev []debrief.Evidence) error {
	buf := bufio.NewWriter(w)
	for i := range ev {
		if err := json.MarshalWrite(buf, &ev[i], json.Deterministic(true), jsontext.EscapeForJS(true)); err != nil {
			return err
		}
		if err := buf.WriteByte('\n'); err != nil {
			return err
		}
	}
	return buf.Flush()
}

// evidenceTable writes one line a piece, cut to the width of the terminal.
func evidenceTable(w io.Writer, sys *System, ev []debrief.Evidence, zone *time.Location) error {
	const whole = 200 // where there is no terminal to fit
	width := whole
	if sys.StdoutTerminal && sys.Width >= 60 {
		width = sys.Width
	}
	p := paint(sys.colours(sys.StdoutTerminal))
	sources, rooms := len("SOURCE"), len("WHERE")
	for i := range ev {
		sources = max(sources, len(ev[i].Source))
		rooms = max(rooms, min(24, runewidth.StringWidth(ev[i].Where)))
	}
	buf := bufio.NewWriter(w)
	line := func(at, source, sort, where, text string) {
		head := fmt.Sprintf("%-21s  %s  %-7s  %s  ", at, fill(source, sources), sort, fill(where, rooms))
		rest := runewidth.Truncate(text, max(20, width-runewidth.StringWidth(head)), "…")
		fmt.Fprintln(buf, strings.TrimRight(p.dim(head[:21])+head[21:]+rest, " "))
	}
	if len(ev) > 0 {
		line("TIME "+zoneLabel(zone), "SOURCE", "SORT", "WHERE", "WHAT IT SAYS")
	}
	for i := range ev {
		e := &ev[i]
		line(moment(e.At, zone), e.Source, e.Sort.String(), oneLine(e.Where), piece(e))
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
func evidenceSummary(w io.Writer, colour bool, got *evidence.Reading, masked map[string]int) error {
	p, s := paint(colour), got.Summary
	buf := bufio.NewWriter(w)
	bySource := map[string]int{}
	first, last := time.Time{}, time.Time{}
	for i := range got.Evidence {
		e := &got.Evidence[i]
		bySource[e.Source]++
		if e.At.Known() {
			if first.IsZero() || e.At.At.Before(first) {
				first = e.At.At
			}
			if e.At.At.After(last) {
				last = e.At.At
			}
		}
	}
	fmt.Fprintf(buf, "\n%s\n", p.bold("Read"))
	fmt.Fprintf(buf, "  %s", counted(len(got.Evidence), "piece", "pieces"))
	if !first.IsZero() {
		fmt.Fprintf(buf, ", from %s to %s UTC", first.UTC().Format("2006-01-02 15:04"), last.UTC().Format("2006-01-02 15:04"))
	}
	fmt.Fprintln(buf)
	for _, src := range slices.Sorted(maps.Keys(bySource)) {
		fmt.Fprintf(buf, "  %7d  %s, in %s\n", bySource[src], src, counted(s.Files[src], "file", "files"))
	}
	for _, src := range slices.Sorted(maps.Keys(s.Files)) {
		if bySource[src] == 0 {
			fmt.Fprintf(buf, "  %7d  %s, in %s\n", 0, src, counted(s.Files[src], "file", "files"))
		}
	}
	if n := s.Zones[debrief.ZoneAssumed.String()]; n > 0 {
		fmt.Fprintf(buf, "  %7d  with a time that names no zone, read as UTC; --zone states one\n", n)
	}
	if s.Untimed > 0 {
		fmt.Fprintf(buf, "  %7d  without a time\n", s.Untimed)
	}
	if len(masked) > 0 {
		fmt.Fprintf(buf, "%s\n", p.bold("Masked"))
		for _, title := range slices.Sorted(maps.Keys(masked)) {
			fmt.Fprintf(buf, "  %7d  %s\n", masked[title], strings.ToLower(title[:1])+title[1:])
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

package cli

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones by name, also on a machine without a zone database

	"github.com/spf13/cobra"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/evidence"
)

//go:embed zones.txt
var zoneNames string

// reading holds the flags of every command that reads evidence.
type reading struct {
	zone, from, to, start string
	quiet                 bool
}

func (r *reading) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&r.zone, "zone", "", "the `zone` of times that name none, such as Europe/Berlin or +02:00 (default: UTC, shown as an assumption)")
	f.StringVar(&r.from, "from", "", "leave out evidence before this `time`, such as 2024-05-02 or \"2024-05-02 14:00\"")
	f.StringVar(&r.to, "to", "", "leave out evidence after this `time`; a date alone includes the day")
	f.StringVar(&r.start, "start", "", "the `time` at which a recording with relative times began")
	f.BoolVarP(&r.quiet, "quiet", "q", false, "no progress and no summary on standard error")
}

// options turns the flags into what the importers take.
func (r *reading) options(sys *System) (evidence.Options, error) {
	opts := evidence.Options{Now: sys.Now()}
	var err error
	if opts.Zone, err = parseZone(r.zone); err != nil {
		return opts, err
	}
	if opts.From, _, err = parseTime("--from", r.from, opts.Zone); err != nil {
		return opts, err
	}
	var day bool
	if opts.To, day, err = parseTime("--to", r.to, opts.Zone); err != nil {
		return opts, err
	}
	if day {
		opts.To = opts.To.AddDate(0, 0, 1).Add(-time.Nanosecond)
	}
	if opts.Anchor, _, err = parseTime("--start", r.start, opts.Zone); err != nil {
		return opts, err
	}
	if !opts.From.IsZero() && !opts.To.IsZero() && opts.To.Before(opts.From) {
		return opts, &debrief.Error{
			Kind: debrief.Invalid, Field: "--to", Say: fmt.Sprintf("%s is before --from, %s.", r.to, r.from),
			Hint: "The window runs from the earlier time to the later one.",
		}
	}
	return opts, nil
}

// read reads the paths into memory; "-" is standard input, kept in a temporary
// file while it is read.
func (r *reading) read(ctx context.Context, sys *System, paths []string) (got *evidence.Reading, err error) {
	err = r.with(sys, paths, func(paths []string, opts evidence.Options) error {
		got, err = evidence.ReadAll(ctx, paths, opts)
		return err
	})
	return got, err
}

// stream is read for evidence that need not be in memory at once.
func (r *reading) stream(ctx context.Context, sys *System, paths []string, each func(debrief.Evidence) error) (got *evidence.Reading, err error) {
	err = r.with(sys, paths, func(paths []string, opts evidence.Options) error {
		got, err = evidence.Read(ctx, paths, opts, each)
		return err
	})
	return got, err
}

// with calls do with the paths as files and with the options of the flags,
// while progress is shown.
func (r *reading) with(sys *System, paths []string, do func([]string, evidence.Options) error) error {
	opts, err := r.options(sys)
	if err != nil {
		return err
	}
	for i, p := range paths {
		if p != "-" {
			if _, err := os.Stat(p); err != nil {
				return err
			}
			continue
		}
		name, clean, err := keepStdin(sys.Stdin)
		if err != nil {
			return err
		}
		defer clean()
		paths = append(append(append([]string{}, paths[:i]...), name), paths[i+1:]...)
	}
	if !r.quiet {
		m := sys.meter()
		if m != nil {
			opts.Progress = m.show
		}
		defer m.done()
	}
	return do(paths, opts)
}

// keepStdin copies standard input to a file that importers can recognise by
// its content.
func keepStdin(in io.Reader) (name string, clean func(), err error) {
	dir, err := os.MkdirTemp("", "debrief-stdin-")
	if err != nil {
		return "", nil, err
	}
	clean = func() { _ = os.RemoveAll(dir) } // a temporary folder: the system clears what is left
	name = filepath.Join(dir, "stdin")
	f, err := os.Create(name)
	if err == nil {
		_, err = io.Copy(f, in)
		if e := f.Close(); err == nil {
			err = e
		}
	}
	if err != nil {
		clean()
		return "", nil, err
	}
	return name, clean, nil
}

var offset = regexp.MustCompile(`^(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?$`)

// parseZone reads a zone: a name, or an offset from UTC. Empty means that none
// was stated.
func parseZone(s string) (*time.Location, error) {
	if s = strings.TrimSpace(s); s == "" {
		return nil, nil
	}
	if m := offset.FindStringSubmatch(s); m != nil {
		h, _ := strconv.Atoi(m[2]) // digits, by the pattern
		min := 0
		if m[3] != "" {
			min, _ = strconv.Atoi(m[3])
		}
		if h <= 14 && min < 60 {
			sec := h*3600 + min*60
			if m[1] == "-" {
				sec = -sec
			}
			return time.FixedZone(fmt.Sprintf("%s%02d:%02d", m[1], h, min), sec), nil
		}
	}
	if !strings.EqualFold(s, "local") { // what "Local" means depends on the machine
		if loc, err := time.LoadLocation(s); err == nil {
			return loc, nil
		}
	}
	e := &debrief.Error{
		Kind: debrief.Invalid, Field: "--zone", Say: fmt.Sprintf("%q is not a time zone.", s),
		Hint: "Names look like Europe/Berlin; offsets such as +02:00 work, too.",
	}
	if near := nearZone(s); near != "" {
		e.Hint = fmt.Sprintf("Close to it is %s. Offsets such as +02:00 work, too.", near)
	}
	return nil, e
}

// abbreviations are what people write; each stands for several zones, so one
// is suggested and none is taken.
var abbreviations = map[string]string{
	"pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "pt": "America/Los_Angeles", "pacific": "America/Los_Angeles",
	"mdt": "America/Denver", "mt": "America/Denver", "cdt": "America/Chicago", "ct": "America/Chicago", "central": "America/Chicago",
	"edt": "America/New_York", "et": "America/New_York", "eastern": "America/New_York",
	"bst": "Europe/London", "uk": "Europe/London", "cest": "Europe/Berlin", "ist": "Asia/Kolkata", "jst": "Asia/Tokyo",
	"sgt": "Asia/Singapore", "aest": "Australia/Sydney", "aedt": "Australia/Sydney", "utc": "UTC", "z": "UTC",
}

// nearZone is the zone that was most likely meant, or empty.
func nearZone(s string) string {
	want := strings.ToLower(strings.ReplaceAll(s, " ", "_"))
	if z, ok := abbreviations[want]; ok {
		return z
	}
	best, least := "", len(want)/3+1
	for z := range strings.Lines(zoneNames) {
		z = strings.TrimSpace(z)
		if z == "" || z[0] == '#' {
			continue
		}
		low := strings.ToLower(z)
		city := low[strings.LastIndexByte(low, '/')+1:]
		if city == want || low == want {
			return z
		}
		for _, d := range []int{edits(want, low), edits(want, city) + 1} {
			if d < least {
				best, least = z, d
			}
		}
	}
	return best
}

// edits is how many single changes turn a into b.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			up := row[j]
			same := diagonal
			if a[i-1] != b[j-1] {
				same++
			}
			row[j] = min(up+1, row[j-1]+1, same)
			diagonal = up
		}
	}
	return row[len(b)]
}

// times are the forms that --from, --to and --start take.
var times = []string{
	time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04Z07:00", "2006-01-02 15:04 MST",
	"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02",
}

// parseTime reads a time of a flag in zone (UTC if nil); day is set when only
// a date was given. Empty gives the zero time.
func parseTime(flag, s string, zone *time.Location) (at time.Time, day bool, err error) {
	if s = strings.TrimSpace(s); s == "" {
		return time.Time{}, false, nil
	}
	if zone == nil {
		zone = time.UTC
	}
	if z := strings.TrimSuffix(s, " UTC"); z != s {
		s, zone = z, time.UTC
	}
	for _, form := range times {
		if at, err := time.ParseInLocation(form, s, zone); err == nil {
			if form == "2006-01-02 15:04 MST" && at.Location() != zone && at.Location() != time.UTC {
				break // an abbreviation that says nothing here
			}
			return at, form == "2006-01-02", nil
		}
	}
	return time.Time{}, false, &debrief.Error{
		Kind: debrief.Invalid, Field: flag, Say: fmt.Sprintf("%q is not a full time.", s),
		Hint: "2024-05-02 works, and so do \"2024-05-02 14:00\" and 2024-05-02T14:00:00+02:00.",
	}
}

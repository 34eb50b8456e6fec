package cli

import (
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/schollz/progressbar/v3"
)

// colours reports whether a stream takes colour: a terminal that is not dumb,
// and nobody said NO_COLOR.
func (sys *System) colours(terminal bool) bool {
	return terminal && sys.Env("NO_COLOR") == "" && sys.Env("TERM") != "dumb"
}

// A paint puts words into colour, or leaves them as they are.
type paint bool

func (p paint) in(code, s string) string {
	if !p || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p paint) bold(s string) string   { return p.in("1", s) }
func (p paint) dim(s string) string    { return p.in("2", s) }
func (p paint) red(s string) string    { return p.in("31", s) }
func (p paint) yellow(s string) string { return p.in("33", s) }
func (p paint) blue(s string) string   { return p.in("34", s) }

// printable takes out what would make a terminal do more than show text:
// evidence is written by others, and an escape sequence in a log line must not
// move the cursor of whoever reads it.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// meter shows how far reading has come, once it has taken a second, on a
// terminal only.
type meter struct {
	out     io.Writer
	now     func() time.Time
	started time.Time
	bar     *progressbar.ProgressBar
}

// meter gives nil when there is no terminal to show progress on.
func (sys *System) meter() *meter {
	if !sys.StderrTerminal || sys.Env("TERM") == "dumb" {
		return nil
	}
	return &meter{out: sys.Stderr, now: sys.Now, started: sys.Now()}
}

// show is an [evidence.Options.Progress].
func (m *meter) show(read, total int64) {
	if m == nil || m.bar == nil && m.now().Sub(m.started) < time.Second {
		return
	}
	if m.bar == nil {
		m.bar = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(m.out), progressbar.OptionSetDescription("reading"),
			progressbar.OptionSetElapsedTime(false), progressbar.OptionSetPredictTime(false), progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30), progressbar.OptionUseANSICodes(false))
	}
	// The bar is a courtesy: a stream that does not take it is no reason to stop.
	_ = m.bar.Set64(read)
}

// done takes the bar off the screen.
func (m *meter) done() {
	if m != nil && m.bar != nil {
		_ = m.bar.Finish()
	}
}

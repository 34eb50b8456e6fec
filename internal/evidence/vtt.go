package evidence

import (
	"bytes"
	"context"
	"html"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/when"
)

// Transcripts of calls come as WebVTT or SubRip: cues with offsets from the
// start of the recording. The start comes from a comment or the header before
// the first cue ("NOTE Recorded 2024-05-02T14:05:00Z"), else from the date and
// time in the file's name, else from Options.Anchor. Where none of them tells
// it, a piece has no time, and the attribute "offset" keeps the count ("12m3s").
// What is said in the call about the time is speech and sets nothing.
//
// Subtitle libraries load a whole file and forget where a cue stood, so the
// few lines of the format that matter here are read directly.
var vttSource = Source{
	Name:  "vtt",
	Title: "Call transcript",
	About: "A transcript of a call or meeting as WebVTT (.vtt) or SubRip (.srt), as video call tools write it.",
	Recognise: func(s Sample) Confidence {
		head := bytes.TrimLeft(s.Head, " \t\r\n")
		if rest, ok := bytes.CutPrefix(head, []byte("WEBVTT")); ok && (len(rest) == 0 || bytes.IndexByte([]byte(" \t\r\n"), rest[0]) >= 0) {
			return Certain
		}
		lines := bytes.SplitN(head, []byte("\n"), 4)
		for i, l := range lines[:min(len(lines), 3)] {
			if vttTiming.Match(bytes.TrimRight(l, "\r")) && (i == 0 || len(bytes.TrimSpace(lines[i-1])) > 0) {
				return Likely
			}
		}
		return No
	},
	Read: func(ctx context.Context, f *File, out *Sink) error {
		r := &vttReader{f: f, out: out}
		r.begun()
		if err := readLines(ctx, f, out, r.line); err != nil {
			return err
		}
		if err := r.block(); err != nil {
			return err
		}
		return r.flush()
	},
}

var (
	vttTiming  = regexp.MustCompile(`^\s*((?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,9}))[ \t]+-->[ \t]+((?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,9}))(?:[ \t].*)?$`)
	vttVoice   = regexp.MustCompile(`(?i)<v(?:\.[^\s>]*)?[ \t]+([^>\n]*)>`)
	vttTag     = regexp.MustCompile(`</?(?:[A-Za-z][^<>\n]*|[\d:.]+)>`)
	vttName    = regexp.MustCompile(`^[-–—]?\s*\[?(\p{Lu}[\pL\pN.'’_-]*(?: [\p{Lu}\pN(][\pL\pN.'’_()-]*){0,3})\]?\s*:\s+(\S.*)$`)
	vttNotHere = regexp.MustCompile(`(?i)\b(?:export|download|generat|creat|modif|edit|upload|end|finish|stop|review|translat|convert|print)`)
	vttFile    = regexp.MustCompile(`(?i)(GMT|UTC)?((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?:[T _-]+|\s*at\s*)([01]\d|2[0-3])[-_.:h]?([0-5]\d)(?:[-_.:m]?([0-5]\d))?(?:\s*(Z|UTC|GMT))?(?:[^\d]|$)`)
	vttDone    = regexp.MustCompile(`[.!?…]["'”’)\]]*$`)
)

// How far cues of one sentence may lie apart, and how long a joined piece may grow.
const (
	vttPause  = 3 * time.Second
	vttLength = 1000
	vttBlock  = 256 << 10 // bytes of one cue
)

// A vttLine is a line of the block being read.
type vttLine struct {
	n    int
	text string
}

type vttReader struct {
	f   *File
	out *Sink

	start  debrief.Moment // of the recording
	header bool           // the block being read is the file's header
	cues   int
	where  string

	lines  []vttLine
	raw    []byte
	offset int64

	held *debrief.Evidence // the cue that may go on
	hraw []byte
	end  time.Duration // of the cue held
	last string        // the start written last, and how often
	same int
}

// begun takes the start of the recording from the file's name or the options.
func (r *vttReader) begun() {
	r.header = true
	if m := vttFile.FindStringSubmatch(path.Base(r.f.Path)); m != nil {
		n := func(i int) int { v, _ := strconv.Atoi(m[i]); return v }
		zone, sure := time.UTC, debrief.ZoneAssumed
		switch {
		case m[1] != "" || m[8] != "":
			sure = debrief.ZoneStated
		case r.f.Options.Zone != nil:
			zone, sure = r.f.Options.Zone, debrief.ZoneDefault
		}
		at := time.Date(n(2), time.Month(n(3)), n(4), n(5), n(6), n(7), 0, zone)
		if at.Day() == n(4) {
			r.start = debrief.Moment{At: at.UTC(), Zone: sure, Precision: debrief.ToMinute, Written: strings.TrimRight(m[0], " .-_([")}
			if m[7] != "" {
				r.start.Precision = debrief.Exact
			}
			return
		}
	}
	if !r.f.Options.Anchor.IsZero() {
		r.start = debrief.Moment{At: r.f.Options.Anchor.UTC()}
	}
}

// stated takes the start of the recording from a line of the header or a comment.
func (r *vttReader) stated(line string) {
	if r.cues > 0 || len(line) > notesLook || vttNotHere.MatchString(line) {
		return
	}
	c := when.Context{Zone: r.f.Options.Zone, Certainty: debrief.ZoneAssumed}
	if c.Zone != nil {
		c.Certainty = debrief.ZoneDefault
	}
	if day, ok := notesNameDay(r.f.Path); ok {
		c.Day = day
	}
	for _, found := range when.Find(line, c) {
		if found.HasClock && found.Moment.Known() {
			r.start = found.Moment
			return
		}
	}
}

// line takes the next line of the file; an empty one ends a block.
func (r *vttReader) line(l textLine) error {
	text := strings.TrimRight(l.Text, " \t")
	if strings.TrimSpace(text) == "" {
		return r.block()
	}
	// Some tools leave the empty line out: a timing line begins a new cue.
	if vttTiming.MatchString(text) {
		for i := range r.lines {
			if vttTiming.MatchString(r.lines[i].text) {
				id := r.lines[len(r.lines)-1]
				number := strings.Trim(id.text, "0123456789") == "" && len(r.lines) > i+1
				if number {
					r.lines = r.lines[:len(r.lines)-1]
				}
				if err := r.block(); err != nil {
					return err
				}
				break
			}
		}
	}
	if len(r.lines) == 0 {
		r.offset = l.Offset
	}
	if len(r.raw) < vttBlock {
		r.raw = append(append(r.raw, l.Raw...), '\n')
		r.lines = append(r.lines, vttLine{l.N, text})
	} else if len(r.raw) < 2*vttBlock {
		r.raw = append(r.raw, make([]byte, vttBlock)...) // told once
		r.problem(l.N, "The cue goes on for more than 256 KiB; its beginning was read.", "cues of a few lines, parted by empty lines")
	}
	return nil
}

func (r *vttReader) problem(line int, say, expected string) {
	r.out.Problem(Problem{
		File: r.f.Path, Line: line, Offset: r.offset, Say: say, Expected: expected,
		Hint: "Export the transcript again, or correct the place in a copy of the file.",
	})
}

// block reads the lines up to an empty one.
func (r *vttReader) block() error {
	lines, raw, header := r.lines, r.raw, r.header
	if len(lines) == 0 {
		return nil
	}
	defer func() { r.lines, r.raw = r.lines[:0], r.raw[:0] }()
	r.header = false
	at := -1
	for i := range lines {
		if strings.Contains(lines[i].text, "-->") {
			at = i
			break
		}
	}
	first := lines[0].text
	rest, begins := strings.CutPrefix(strings.TrimSpace(first), "WEBVTT")
	switch {
	case header && begins && (rest == "" || rest[0] == ' ' || rest[0] == '\t'):
		r.where = strings.Trim(rest, " \t-–:")
		r.stated(r.where)
		for _, l := range lines[1:] {
			if strings.Contains(l.text, "-->") {
				break
			}
			r.stated(l.text)
		}
		if at < 0 {
			return nil
		}
	case first == "NOTE" || strings.HasPrefix(first, "NOTE ") || strings.HasPrefix(first, "NOTE\t"):
		for _, l := range lines {
			r.stated(strings.TrimPrefix(l.text, "NOTE"))
		}
		r.out.LeaveOut("comments in transcripts", 1)
		return nil
	case at < 0 && (first == "STYLE" || first == "REGION" || first == "Region:" || first == "Style:"):
		r.out.LeaveOut("blocks of style in transcripts", 1)
		return nil
	case at < 0:
		r.stated(first)
		r.problem(lines[0].n, "The block has no time; it was left out.", `a line such as "00:12:03.500 --> 00:12:05.000" above the text`)
		return nil
	}
	m := vttTiming.FindStringSubmatch(lines[at].text)
	if m == nil {
		r.problem(lines[at].n, "The time of the cue cannot be read; the cue was left out.", `a line such as "00:12:03.500 --> 00:12:05.000"`)
		return nil
	}
	from, to := vttOffset(m[2:6]), vttOffset(m[7:11])
	var said []string
	for _, l := range lines[at+1:] {
		said = append(said, strings.TrimSpace(l.text))
	}
	return r.cue(lines[at].n, m[1], from, to, strings.Join(said, "\n"), raw)
}

// vttOffset is hours, minutes, seconds and the digits after the point.
func vttOffset(m []string) time.Duration {
	n := func(s string) time.Duration { v, _ := strconv.Atoi(s); return time.Duration(v) }
	d := n(m[0])*time.Hour + n(m[1])*time.Minute + n(m[2])*time.Second
	unit := time.Second
	for _, c := range m[3] {
		unit /= 10
		d += time.Duration(c-'0') * unit
	}
	return d
}

// A vttSaid is what one voice says in a cue.
type vttSaid struct{ who, text string }

// vttSpeech parts a cue by its voices.
func vttSpeech(text string) (all []vttSaid) {
	add := func(who, text string) {
		text = html.UnescapeString(vttTag.ReplaceAllString(text, ""))
		for line := range strings.Lines(text) {
			line = strings.Join(strings.Fields(line), " ")
			name := strings.Join(strings.Fields(html.UnescapeString(who)), " ")
			if m := vttName.FindStringSubmatch(line); m != nil && name == "" && !notesLabels[strings.ToLower(m[1])] {
				name, line = m[1], m[2]
			}
			if line == "" {
				continue
			}
			if n := len(all); n > 0 && (all[n-1].who == name || name == "") {
				all[n-1].text += " " + line
				continue
			}
			all = append(all, vttSaid{name, line})
		}
	}
	voices := vttVoice.FindAllStringSubmatchIndex(text, -1)
	if len(voices) == 0 {
		add("", text)
		return all
	}
	add("", text[:voices[0][0]])
	for i, v := range voices {
		end := len(text)
		if i+1 < len(voices) {
			end = voices[i+1][0]
		}
		add(text[v[2]:v[3]], text[v[1]:end])
	}
	return all
}

// cue takes one cue: it goes on with the one held, or is held itself.
func (r *vttReader) cue(line int, id string, from, to time.Duration, text string, raw []byte) error {
	r.cues++
	said := vttSpeech(text)
	if len(said) == 0 {
		r.out.LeaveOut("empty cues in transcripts", 1)
		return nil
	}
	for i, s := range said {
		if i == 0 && r.goesOn(s, from) {
			r.held.Text += " " + s.text
			r.hraw = append(r.hraw, raw...)
			r.end = to
			continue
		}
		if err := r.flush(); err != nil {
			return err
		}
		e := debrief.Evidence{
			Source: "vtt", File: r.f.Path, ID: id, Line: line, Sort: debrief.Speech,
			Author: debrief.Author{Name: s.who}, Where: r.where, Text: s.text,
		}
		if id == r.last {
			r.same++
			e.ID += "/" + strconv.Itoa(r.same) // a second voice at the same moment
		} else {
			r.last, r.same = id, 1
		}
		if e.At = r.start; e.At.Known() {
			e.At.At = e.At.At.Add(from)
			e.At.Written = ""
			e.At = stampSane(e.At)
		}
		if !e.At.Known() {
			attribute(&e, "offset", from.String())
		}
		r.held, r.hraw, r.end = &e, append(r.hraw[:0], raw...), to
	}
	return nil
}

// goesOn reports whether what is said at from continues the sentence held.
func (r *vttReader) goesOn(s vttSaid, from time.Duration) bool {
	if r.held == nil || vttDone.MatchString(r.held.Text) || len(r.held.Text) > vttLength || from < r.end-vttPause || from > r.end+vttPause {
		return false
	}
	if s.who != "" {
		return s.who == r.held.Author.Name
	}
	first, _ := utf8.DecodeRuneInString(s.text)
	return unicode.IsLower(first)
}

// flush hands over the cue that is held.
func (r *vttReader) flush() error {
	if r.held == nil {
		return nil
	}
	e := *r.held
	r.held = nil
	e.Digest = digestOf(r.hraw)
	refer(&e, refsIn(e.Text)...)
	tellPerson(r.out, e.Author)
	return r.out.Add(e)
}

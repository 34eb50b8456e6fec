package timeline

import (
	"fmt"
	"math"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"

	"debrief.dev/debrief"
)

// A Skew is a clock that differed from the others.
type Skew struct {
	File   string
	Offset time.Duration // how far the file's clock was ahead; negative if it was behind
	// Until is the last moment, by the file's own clock, to which this applies;
	// zero when it applies to the whole file.
	Until    time.Time
	Text     string // one sentence: by how much, and what gives it away
	Evidence []debrief.Citation
}

const (
	// skewLeast is the smallest difference worth setting right: below it,
	// clocks and the ways of messages differ anyhow.
	skewLeast = 20 * time.Second
	// skewMost is the largest difference that is still taken for a clock's; a
	// file that is hours off has a wrong zone, which is another question.
	skewMost = 15 * time.Minute
	// skewAgree is how closely two matches must agree on the difference.
	skewAgree = 5 * time.Second
)

// clockStep finds what time daemons write when they set a clock that was off:
// the correction in seconds, signed.
var clockStep = regexp.MustCompile(`(?i)\b(?:clock|time)\b[^\d+-]*\b(?:wrong by|stepped by|step(?:ped)?|reset|offset|adjusted by)\b\D{0,24}?([+-]?\d+(?:\.\d+)?) ?s(?:ec(?:onds?)?)?\b`)

// findSkew sets clocks right that differ from the others: by what the machine's
// own time daemon wrote, else by events that several sources saw. It changes
// the items' times and tells what it did.
func (p *proposer) findSkew() {
	files := map[string][]*item{}
	for _, x := range p.items {
		if x.ev.Sort == debrief.Log && x.known() && x.ev.At.Precision == debrief.Exact {
			files[x.ev.File] = append(files[x.ev.File], x)
		}
	}
	names := make([]string, 0, len(files))
	for f := range files {
		names = append(names, f)
	}
	sort.Strings(names)
	var rare *rareWords
	for _, f := range names {
		lines := files[f]
		sort.SliceStable(lines, func(i, j int) bool { return lines[i].ev.Line < lines[j].ev.Line })
		skew, ok := p.stepped(f, lines)
		if !ok {
			if rare == nil {
				rare = p.rareWords()
			}
			skew, ok = p.matched(f, lines, rare)
		}
		if !ok {
			continue
		}
		for _, x := range lines {
			if skew.Until.IsZero() || x.ev.Line <= p.byCite[skew.Evidence[0]].ev.Line {
				x.at, x.off = x.at.Add(-skew.Offset), skew.Offset
			}
		}
		p.out.Skews = append(p.out.Skews, skew)
	}
}

// stepped reads the correction that a time daemon wrote into the log.
func (p *proposer) stepped(file string, lines []*item) (Skew, bool) {
	for _, x := range lines {
		if !strings.Contains(x.ev.Text, "lock") && !strings.Contains(x.ev.Text, "ime") {
			continue
		}
		m := clockStep.FindStringSubmatch(x.ev.Text)
		if m == nil {
			continue
		}
		s, err := strconv.ParseFloat(m[1], 64)
		if err != nil || math.Abs(s) < skewLeast.Seconds() || math.Abs(s) > skewMost.Seconds() {
			continue
		}
		// A correction back in time means that the clock was ahead.
		off := time.Duration(-s * float64(time.Second)).Round(time.Second / 10)
		return Skew{
			File: file, Offset: off, Until: x.at, Evidence: []debrief.Citation{x.ev.Cite()},
			Text: fmt.Sprintf("The clock of %s was %s until its time service set it right at %s on its own clock; earlier times are corrected.",
				file, aheadBy(off), x.at.Format("15:04:05")),
		}, true
	}
	return Skew{}, false
}

func aheadBy(off time.Duration) string {
	word := "ahead"
	if off < 0 {
		off, word = -off, "behind"
	}
	return fmt.Sprintf("%d s %s", int(off.Seconds()+0.5), word)
}

// rareWords finds the items outside a log that hold a rare word.
type rareWords struct {
	by map[int32][]*item
}

// rareWords indexes machines' items by the words that few items hold and that
// have a digit in them: ids, numbers of builds and releases.
func (p *proposer) rareWords() *rareWords {
	r := &rareWords{by: map[int32][]*item{}}
	for _, x := range p.items {
		if !x.known() || x.ev.At.Precision != debrief.Exact || x.ev.Sort == debrief.Note {
			continue
		}
		for _, id := range x.tokens {
			if p.words.digits[id] && p.words.df[id] <= 12 {
				r.by[id] = append(r.by[id], x)
			}
		}
	}
	return r
}

// matched finds a constant difference between a log and the other sources by
// the rare words that both have. Two matches must agree, and nothing may stand
// against them.
func (p *proposer) matched(file string, lines []*item, rare *rareWords) (Skew, bool) {
	type match struct {
		off  time.Duration
		a, b *item
	}
	var found []match
	for _, x := range lines {
		var nearest *match
		for _, id := range x.tokens {
			for _, y := range rare.by[id] {
				if y.ev.File == file || y.ev.Sort == debrief.Message && !y.ev.Author.Bot {
					continue
				}
				off := x.at.Sub(y.at)
				if off.Abs() > skewMost {
					continue
				}
				if nearest == nil || off.Abs() < nearest.off.Abs() {
					nearest = &match{off, x, y}
				}
			}
		}
		if nearest != nil {
			found = append(found, *nearest)
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].off < found[j].off })
	best, at := 0, 0
	for i := range found {
		j := i
		for j < len(found) && found[j].off-found[i].off <= skewAgree {
			j++
		}
		if j-i > best {
			best, at = j-i, i
		}
	}
	if best < 3 || best*2 <= len(found) {
		return Skew{}, false
	}
	m := found[at+best/2]
	if m.off.Abs() < skewLeast {
		return Skew{}, false
	}
	off := m.off.Round(time.Second)
	s := Skew{File: file, Offset: off, Text: fmt.Sprintf(
		"The clock of %s was %s by %d events that other sources recorded too; its times are corrected.", file, aheadBy(off), best)}
	for _, f := range found[at : at+min(best, 3)] {
		s.Evidence = append(s.Evidence, f.a.ev.Cite(), f.b.ev.Cite())
	}
	return s, true
}

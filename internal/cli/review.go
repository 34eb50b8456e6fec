package cli

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/coach"
	"debrief.dev/debrief/internal/evidence"
	"debrief.dev/debrief/internal/redact"
	"debrief.dev/debrief/internal/report"
	"debrief.dev/debrief/internal/timeline"
)

// A review is an incident as far as the program has come with it: what was
// read, what is proposed, what is asked. Every command that shows a proposal
// makes one, so that all of them agree.
type review struct {
	read     *evidence.Reading
	cast     *redact.Cast
	proposal *timeline.Proposal
	kase     *coach.Case
	answers  coach.Answers
	// questions are all that are open, most decisive first.
	questions []debrief.Question
	took      []stage
}

// A stage is a step of the work and how long it took.
type stage struct {
	name string
	took time.Duration
}

// review reads the paths and proposes a timeline for what they hold.
func (r *reading) review(ctx context.Context, sys *System, paths []string, answers coach.Answers) (*review, error) {
	v := &review{answers: answers}
	from := sys.Now()
	lap := func(name string) {
		now := sys.Now()
		v.took = append(v.took, stage{name, now.Sub(from)})
		from = now
	}
	opts, err := r.options(sys)
	if err != nil {
		return nil, err
	}
	if v.read, err = r.read(ctx, sys, paths); err != nil {
		return nil, err
	}
	if len(v.read.Evidence) == 0 {
		return nil, &debrief.Error{
			Kind: debrief.NotFound, Say: "Nothing in there could be read as evidence.",
			Hint: "\"debrief evidence --summary\" with the same paths says why.",
		}
	}
	lap("read")
	v.read.Evidence = append(v.read.Evidence, answers.Evidence(time.Time{})...)
	v.cast = redact.NewCast(v.read.People, v.read.Evidence)
	v.proposal = timeline.Propose(v.read.Evidence, v.read.People, timeline.Options{From: opts.From, To: opts.To, Cast: v.cast})
	p := v.proposal
	clean(p, v.cast.External)
	v.kase = &coach.Case{
		Evidence: v.read.Evidence, People: v.read.People, From: p.From, To: p.To,
		Entries: p.Entries, Marks: p.Marks, Gaps: p.Gaps, Clean: v.cast.External,
	}
	for _, c := range p.Changes {
		v.kase.Changes = append(v.kase.Changes, c.Evidence)
	}
	for _, s := range p.Skews {
		v.kase.Skewed = append(v.kase.Skewed, coach.Skewed{File: s.File, Text: s.Text, Evidence: s.Evidence})
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	lap("propose")
	v.questions = coach.Questions(v.kase, answers)
	lap("questions")
	return v, ctx.Err()
}

// clean makes every text of a proposal fit for readers outside the company: a
// proposal has roles in place of people, and this takes other organisations,
// internal hosts and secrets out as well.
func clean(p *timeline.Proposal, external func(string) string) {
	for i := range p.Entries {
		e := &p.Entries[i]
		e.Text, e.Corrected = external(e.Text), external(e.Corrected)
		for j := range e.Accounts {
			e.Accounts[j].Text = external(e.Accounts[j].Text)
		}
	}
	for i := range p.Marks {
		p.Marks[i].Why = external(p.Marks[i].Why)
	}
	for i := range p.Gaps {
		p.Gaps[i].Text = external(p.Gaps[i].Text)
	}
	for i := range p.Skews {
		p.Skews[i].Text = external(p.Skews[i].Text)
	}
}

// answer takes further answers in. Entries stay as they are; questions that
// are answered are not asked again.
func (v *review) answer(more coach.Answers) {
	v.answers = append(v.answers, more...)
	v.questions = coach.Questions(v.kase, v.answers)
}

// input is what a report is written from.
func (v *review) input(title string, zone *time.Location) report.Input {
	p := v.proposal
	in := report.Input{
		Title: title, From: p.From, To: p.To, Entries: p.Entries, Marks: p.Marks, Gaps: p.Gaps,
		Changes: v.kase.Changes, Questions: v.questions, Factors: coach.Factors(v.kase),
		Answers: v.answers, Evidence: v.read.Evidence, Zone: zone, Clean: v.cast.External,
	}
	for _, s := range p.Skews {
		in.Corrections = append(in.Corrections, s.Text)
	}
	assumed, timeless := 0, 0
	for i := range v.read.Evidence {
		switch e := &v.read.Evidence[i]; {
		case e.Source == "answers":
		case !e.At.Known():
			timeless++
		case e.At.Zone == debrief.ZoneAssumed:
			assumed++
		}
	}
	if assumed > 0 {
		in.Assumptions = append(in.Assumptions, fmt.Sprintf("%s no time zone; the times were read as UTC.", coach.Count(assumed, "record names", "records name")))
	}
	for _, reason := range slices.Sorted(maps.Keys(p.LeftOut)) {
		in.LeftOut = append(in.LeftOut, report.Count{Reason: reason, N: p.LeftOut[reason]})
	}
	for _, reason := range slices.Sorted(maps.Keys(v.read.Summary.LeftOut)) {
		in.LeftOut = append(in.LeftOut, report.Count{Reason: reason, N: v.read.Summary.LeftOut[reason]})
	}
	if n := len(v.read.Summary.Problems); n > 0 {
		in.LeftOut = append(in.LeftOut, report.Count{Reason: "places that could not be read", N: n})
	}
	return in
}

// unreadable says on standard error that something could not be read, and how
// to see what.
func (v *review) unreadable(sys *System) {
	if n := len(v.read.Summary.Problems); n > 0 {
		fmt.Fprintf(sys.Stderr, "%s could not be read; \"debrief evidence --summary\" with the same paths says which and why.\n", counted(n, "place", "places"))
	}
}

// timings prints how long each step took.
func (v *review) timings(w io.Writer) {
	var all time.Duration
	for _, s := range v.took {
		all += s.took
	}
	for _, s := range append(slices.Clone(v.took), stage{"in all", all}) {
		fmt.Fprintf(w, "%-10s %8.1f ms\n", s.name, float64(s.took.Microseconds())/1000)
	}
}

// answersIn reads a file of answers.
func answersIn(path string) (coach.Answers, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return coach.ParseAnswers(f)
}

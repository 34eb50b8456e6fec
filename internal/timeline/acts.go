package timeline

import (
	_ "embed"
	"strings"
	"sync"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/cue"
)

//go:embed acts.yaml
var actData []byte

// book is the acts, read once. The file is part of the program, so a file that
// cannot be read is a mistake of the build and not of the input.
var book = sync.OnceValue(func() *cue.Book {
	b, err := cue.Load(actData)
	if err != nil {
		panic("acts.yaml: " + err.Error())
	}
	return b
})

// act is something that a sentence of talk does in the story.
type act uint32

const (
	declare act = 1 << iota
	decide
	action
	effect
	impact
	customer
	diagnose
	hypothesis
	confusing
	missing
	comms
	promise
	plan
	recap
	correct
	deny
	guard
	request
	chatter
	heat
)

var actNames = map[string]act{
	"declare": declare, "decide": decide, "act": action, "effect": effect, "impact": impact, "customer": customer,
	"diagnose": diagnose, "hypothesis": hypothesis, "confusing": confusing, "missing": missing, "comms": comms,
	"promise": promise, "plan": plan, "recap": recap, "correct": correct, "deny": deny, "guard": guard, "request": request, "chatter": chatter, "heat": heat,
}

// actWorth is how much an act makes a sentence worth an entry, 0 to 1, and the
// order in which one act of several names the entry.
var actWorth = []struct {
	act    act
	worth  float64
	kind   debrief.Kind
	signal debrief.Signal
}{
	{declare, 0.85, debrief.KindResponse, 0},
	{effect, 0.60, debrief.KindResponse, 0},
	{decide, 0.58, debrief.KindResponse, 0},
	{action, 0.60, debrief.KindResponse, 0},
	{diagnose, 0.58, debrief.KindSignal, debrief.Visible},
	{impact, 0.56, debrief.KindImpact, 0},
	{missing, 0.50, debrief.KindSignal, debrief.Missing},
	{comms, 0.50, debrief.KindResponse, 0},
	{customer, 0.50, debrief.KindSignal, debrief.Visible},
	{request, 0.46, debrief.KindResponse, 0},
	{promise, 0.48, debrief.KindNext, 0},
	{plan, 0.46, debrief.KindNext, 0},
	{confusing, 0.42, debrief.KindSignal, debrief.Confusing},
	{hypothesis, 0.36, debrief.KindSignal, debrief.Confusing},
}

// actsOf is every act found in a text, with the sentence that holds the one
// worth most. A sentence that carries heat tells of a person and not of the
// story: of it only the heat counts.
func actsOf(text string) (all act, best string) {
	by := map[string]act{}
	var order []string
	book().Find(text, func(c *cue.Cue, sentence, _ string) {
		if by[sentence] == 0 {
			order = append(order, sentence)
		}
		by[sentence] |= actNames[c.Name]
	})
	var bestActs act
	worth := 0.0
	for _, s := range order {
		a := by[s]
		if a&heat != 0 {
			all |= heat
			continue
		}
		all |= a
		for _, w := range actWorth {
			if a&w.act != 0 && w.worth > worth {
				worth, best, bestActs = w.worth, s, a
			}
		}
	}
	if worth > 0 && bestActs&chatter == 0 {
		all &^= chatter // small talk beside the news
	}
	return all, strings.TrimSpace(best)
}

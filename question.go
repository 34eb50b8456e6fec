package debrief

// A Question is asked before a draft is written. It names a thing, a moment or
// a condition, never a person.
type Question struct {
	// Code is the catalogue's code ("C16"). Several questions may share one.
	Code string `json:"code"`
	// ID is unique, and stays the same when more evidence comes in
	// ("C09-1", "C16-7KQ2"); answers refer to it.
	ID string `json:"id"`
	// Ask is the question itself.
	Ask string `json:"ask"`
	// Why says why it is asked.
	Why string `json:"why"`
	// Assume is what the draft will say if nobody answers.
	Assume string `json:"assume"`
	// Sides holds, for a contradiction, what each side says with its evidence.
	Sides []Account `json:"sides,omitempty"`
	// Evidence is what raised it.
	Evidence []Citation `json:"evidence,omitempty"`
	// Entries are the entries concerned.
	Entries []string `json:"entries,omitempty"`
	// Weight, 0 to 1, is how much the answer would change the draft.
	Weight float64 `json:"weight"`
}

// An Answer is what somebody said to a question.
type Answer struct {
	Question string `json:"question"` // a Question's ID, or its Code
	Text     string `json:"text"`     // empty means "not known", which is a valid answer
}

// A Factor is a condition that contributed: never a person, never "the" cause.
type Factor struct {
	// Code is a leaf of the taxonomy ("CHG1"), or empty when none fits.
	Code string `json:"code,omitempty"`
	// Text states the condition in one sentence.
	Text string `json:"text"`
	// Role says what part the condition played: trigger, enabling condition,
	// detection gap, amplifier, recovery obstacle, mitigator.
	Role string `json:"role"`
	// Confirmed is false for a hypothesis, which everything proposed is.
	Confirmed bool `json:"confirmed"`
	// Evidence supports it.
	Evidence []Citation `json:"evidence"`
	// Entries are the entries concerned.
	Entries []string `json:"entries,omitempty"`
}

package debrief

import "errors"

// ErrorKind classifies an error for the door that has to show it.
type ErrorKind int

const (
	// Internal is an error that nobody classified. It is logged whole and
	// shown as one calm sentence.
	Internal ErrorKind = iota
	// Invalid is input that does not have the expected form.
	Invalid
	// NotFound is a thing that is not there, or not visible to who asks.
	NotFound
	// Denied is an action that who asks may not take.
	Denied
	// Conflict is a change to something that has changed meanwhile.
	Conflict
	// Unavailable is something outside that does not answer.
	Unavailable
	// TooLarge is input past a stated limit.
	TooLarge
)

// An Error carries words for a person: what is the case, and what helps.
type Error struct {
	Kind  ErrorKind
	Field string // the field, file or position to stand beside, if any
	Say   string // what is the case, one sentence
	Hint  string // what helps, one sentence, or empty
	Err   error  // for the log only
}

func (e *Error) Error() string {
	s := e.Say
	if e.Field != "" {
		s = e.Field + ": " + s
	}
	if s == "" && e.Err != nil {
		s = e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf is the kind of the first [Error] in err's chain, else Internal.
func KindOf(err error) ErrorKind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// HintOf is the hint of the first [Error] in err's chain, or empty.
func HintOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Hint
	}
	return ""
}

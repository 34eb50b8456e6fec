// Package evidence reads what other tools remember.
//
// It is given a folder, an archive or single files, recognises each file by its
// content, and streams out pieces of [debrief.Evidence] through a [Sink]. One
// file of this package reads one tool; sources.go lists them all. Nothing is
// dropped in silence: what cannot be read is reported as a [Problem] with its
// place, what was expected and what helps, and what is left out on purpose is
// counted by reason.
package evidence

import (
	"context"
	"io"
	"io/fs"
	"time"

	"debrief.dev/debrief"
)

// A Source reads the files of one tool.
type Source struct {
	// Name is one lower-case word, as in Evidence.Source ("slack").
	Name string
	// Title is what people call it ("Slack export").
	Title string
	// About says in one or two sentences what is read and where people get it.
	About string
	// Recognise looks at the beginning of a file and says how sure it is that
	// Read can read it. It decides by content; Sample.Path may break a tie.
	Recognise func(Sample) Confidence
	// Read streams the file's evidence to out. It keeps what is good: a piece
	// that cannot be read becomes a Problem and reading goes on. It returns an
	// error only when reading itself must stop (the context ended, the disk
	// does not answer).
	Read func(ctx context.Context, f *File, out *Sink) error
}

// Confidence is how sure a source is that a file is its own; the highest wins,
// and of equals the one earlier in the list of sources.
type Confidence int

const (
	No       Confidence = 0
	Fallback Confidence = 10 // would make something of any text (notes)
	Shape    Confidence = 40 // the general shape fits (JSON lines with a time)
	Likely   Confidence = 70 // several telling fields
	Certain  Confidence = 95 // no other tool writes this
)

// A Sample is the beginning of a file.
type Sample struct {
	Path  string // relative, forward slashes
	Head  []byte // at most SampleSize bytes, byte order mark removed
	Whole bool   // Head is the whole file
	// Keys are, for JSON, the names of the fields of the first object (of the
	// first element, if the file is an array or one object a line), and for
	// objects inside it dotted paths down to three levels ("event.data.id").
	// Nil if the file is not JSON.
	Keys map[string]bool
	// Shape is the outer form of the file.
	Shape JSONShape
}

// Has reports whether all the keys are there.
func (s Sample) Has(keys ...string) bool {
	for _, k := range keys {
		if !s.Keys[k] {
			return false
		}
	}
	return true
}

// JSONShape is the outer form of a JSON file.
type JSONShape int

const (
	NotJSON JSONShape = iota
	JSONObject
	JSONArray
	JSONLines // one value after another, usually one a line
)

// SampleSize is how much of a file a source may look at to recognise it.
const SampleSize = 64 << 10

// A File is one file to read, with what a source may want to know about it.
type File struct {
	Path     string    // as it will stand in Evidence.File
	Name     string    // the path inside Bundle, for finding its neighbours
	Bundle   fs.FS     // the folder or archive it lies in
	R        io.Reader // its bytes, decompressed, counted against the limits
	Size     int64     // in bytes, or -1 if not known
	Modified time.Time // as the file system or archive says; may be zero
	Options  Options
	// Shared keeps what a source learns from neighbouring files (the users of
	// a chat export) for the next file of the same bundle. Keys are the
	// source's own; values live as long as the reading.
	Shared map[string]any
}

// Options steer one reading.
type Options struct {
	// Zone is the zone of times that name none; nil means that nobody stated
	// one, and such times are read as UTC and marked ZoneAssumed.
	Zone *time.Location
	// Anchor is when a recording with relative times began; zero if not stated.
	Anchor time.Time
	// From and To limit what is kept; zero means open. Evidence without a
	// known time is always kept.
	From, To time.Time
	// Now is the time of reading, for dates that name no year. Zero means that
	// such dates take the year of their neighbours or of the file.
	Now time.Time
	// Limits bound what one reading may take; zero fields take DefaultLimits.
	Limits Limits
	// Progress is called now and then with the bytes read so far and the bytes
	// to read in all (-1 if not known). May be nil.
	Progress func(read, total int64)
}

// Limits bound what one reading may take. Going past one is reported, never silent.
type Limits struct {
	FileBytes  int64 // of one file, decompressed
	TotalBytes int64 // of all files, decompressed
	Files      int   // number of files
	ItemBytes  int   // of one message, one JSON value, one line
	Items      int   // of all pieces of evidence
	Ratio      int   // decompressed to compressed size of an archive's member
	Depth      int   // nesting of JSON, of archives in archives, of folders
}

// A Problem is something that could not be read. Reading went on after it.
type Problem struct {
	File     string `json:"file"`
	Line     int    `json:"line,omitempty"`   // 1-based; 0 if unknown
	Offset   int64  `json:"offset,omitempty"` // of the first byte concerned; 0 if unknown
	Say      string `json:"say"`              // what is the case
	Expected string `json:"expected,omitempty"`
	Hint     string `json:"hint,omitempty"` // what helps
}

// A Sink takes what a source reads.
type Sink struct {
	add     func(debrief.Evidence) error
	person  func(debrief.Person)
	problem func(Problem)
	leave   func(reason string, n int)
}

// Add takes one piece of evidence. An error means that reading must stop; pass it on.
func (s *Sink) Add(e debrief.Evidence) error { return s.add(e) }

// Person tells of somebody a directory or an author field names. Persons with
// an id, handle or address in common are merged later.
func (s *Sink) Person(p debrief.Person) { s.person(p) }

// Problem reports something that could not be read.
func (s *Sink) Problem(p Problem) { s.problem(p) }

// LeaveOut counts what is left out on purpose, by a short reason in the plural
// ("channel join notices").
func (s *Sink) LeaveOut(reason string, n int) { s.leave(reason, n) }

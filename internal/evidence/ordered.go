package evidence

import (
	"bufio"
	"cmp"
	"container/heap"
	"errors"
	"io"
	"iter"
	"os"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"debrief.dev/debrief"
)

// Ordered holds pieces of evidence and gives them back in the order of time.
// What memory should not hold waits, sorted in stretches, in a temporary file.
// The zero Ordered is ready; it must be closed.
type Ordered struct {
	// Bytes is about how much may stay in memory; zero means 32 MiB.
	Bytes int

	held  []debrief.Evidence
	size  int
	file  *os.File
	named bool    // the file still has a name to remove
	ends  []int64 // where each stretch ends in the file
}

const orderedBytes = 32 << 20

// Add takes one more piece.
func (o *Ordered) Add(e debrief.Evidence) error {
	o.held = append(o.held, e)
	o.size += pieceBytes(&e)
	if o.size < cmp.Or(o.Bytes, orderedBytes) {
		return nil
	}
	return o.spill()
}

// pieceBytes is about what a piece takes in memory.
func pieceBytes(e *debrief.Evidence) int {
	n := 640 + len(e.Title) + len(e.Text) + len(e.Subject) + len(e.Link)
	for k, v := range e.Attributes {
		n += 64 + len(k) + len(v)
	}
	return n + 32*(len(e.Reactions)+len(e.Refs)+len(e.Attached))
}

// inOrder compares by time; pieces without one come first, and of one time
// the order is that of file, line and id.
func inOrder(a, b *debrief.Evidence) int {
	return cmp.Or(a.At.At.Compare(b.At.At), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.ID, b.ID))
}

func sortPieces(ev []debrief.Evidence) {
	slices.SortStableFunc(ev, func(a, b debrief.Evidence) int { return inOrder(&a, &b) })
}

// orderedJSON is lenient: what a tool wrote must come through.
var orderedJSON = json.JoinOptions(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))

// spill moves what is in memory to the end of the file as one sorted stretch.
func (o *Ordered) spill() error {
	if o.file == nil {
		f, err := os.CreateTemp("", "debrief-evidence-")
		if err != nil {
			return err
		}
		o.file = f
		// Evidence is nobody else's: where the system lets an open file lose its
		// name, nothing stays behind even if the program is killed.
		o.named = os.Remove(f.Name()) != nil
	}
	sortPieces(o.held)
	buf := bufio.NewWriterSize(o.file, 256<<10)
	for i := range o.held {
		if err := json.MarshalWrite(buf, &o.held[i], orderedJSON); err != nil {
			return err
		}
		if err := buf.WriteByte('\n'); err != nil {
			return err
		}
	}
	if err := buf.Flush(); err != nil {
		return err
	}
	end, err := o.file.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	o.ends = append(o.ends, end)
	clear(o.held)
	o.held, o.size = o.held[:0], 0
	return nil
}

// All gives everything in order. An error ends it. Nothing may be added after.
func (o *Ordered) All() iter.Seq2[debrief.Evidence, error] {
	return func(yield func(debrief.Evidence, error) bool) {
		sortPieces(o.held)
		var m merge
		begin := int64(0)
		for i, end := range o.ends {
			s := &stretch{nth: i, dec: jsontext.NewDecoder(io.NewSectionReader(o.file, begin, end-begin), orderedJSON)}
			if ok, err := s.next(); err != nil {
				yield(debrief.Evidence{}, err)
				return
			} else if ok {
				m = append(m, s)
			}
			begin = end
		}
		if s := (&stretch{nth: len(o.ends), rest: o.held}); len(o.held) > 0 {
			_, _ = s.next() // what is in memory cannot fail
			m = append(m, s)
		}
		heap.Init(&m)
		for len(m) > 0 {
			if !yield(m[0].now, nil) {
				return
			}
			switch ok, err := m[0].next(); {
			case err != nil:
				yield(debrief.Evidence{}, err)
				return
			case ok:
				heap.Fix(&m, 0)
			default:
				heap.Pop(&m)
			}
		}
	}
}

// Close gives the temporary file back.
func (o *Ordered) Close() error {
	if o.file == nil {
		return nil
	}
	err := o.file.Close()
	if o.named {
		err = errors.Join(err, os.Remove(o.file.Name()))
	}
	o.file, o.held, o.ends = nil, nil, nil
	return err
}

// A stretch gives the pieces of one sorted stretch, one by one.
type stretch struct {
	nth  int // of stretches; of equal pieces the one read first comes first
	dec  *jsontext.Decoder
	rest []debrief.Evidence // instead of dec, for what is in memory
	now  debrief.Evidence
}

func (s *stretch) next() (bool, error) {
	if s.dec == nil {
		if len(s.rest) == 0 {
			return false, nil
		}
		s.now, s.rest = s.rest[0], s.rest[1:]
		return true, nil
	}
	s.now = debrief.Evidence{}
	err := json.UnmarshalDecode(s.dec, &s.now)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	return err == nil, err
}

// A merge is a heap of stretches, the one with the earliest piece on top.
type merge []*stretch

func (m merge) Len() int { return len(m) }
func (m merge) Less(i, j int) bool {
	return cmp.Or(inOrder(&m[i].now, &m[j].now), cmp.Compare(m[i].nth, m[j].nth)) < 0
}
func (m merge) Swap(i, j int) { m[i], m[j] = m[j], m[i] }
func (m *merge) Push(x any)   { *m = append(*m, x.(*stretch)) }
func (m *merge) Pop() any {
	last := (*m)[len(*m)-1]
	*m = (*m)[:len(*m)-1]
	return last
}

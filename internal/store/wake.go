package store

import (
	"context"
	"sync"
	"time"

	"debrief.dev/debrief"
)

// wakes tells whoever waits that there is something new in the log. A waiter
// that is busy is not waited for: the next look finds everything.
type wakes struct {
	mu   sync.Mutex
	subs map[chan struct{}]bool
	// watchers hear in which incident somebody began or ended to write.
	watchers map[chan debrief.IncidentID]bool
}

func (w *wakes) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.subs {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

func (w *wakes) move(id debrief.IncidentID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.watchers {
		select {
		case c <- id:
		default: // who is that far behind sees it when the presences are next asked for
		}
	}
}

// Moves gives a channel of incidents in which somebody began or ended to write, in
// any process. Call stop when done.
func (s *Store) Moves() (c <-chan debrief.IncidentID, stop func()) {
	ch := make(chan debrief.IncidentID, 256)
	s.wakes.mu.Lock()
	defer s.wakes.mu.Unlock()
	if s.wakes.watchers == nil {
		s.wakes.watchers = map[chan debrief.IncidentID]bool{}
	}
	s.wakes.watchers[ch] = true
	return ch, func() {
		s.wakes.mu.Lock()
		defer s.wakes.mu.Unlock()
		delete(s.wakes.watchers, ch)
	}
}

// Wake gives a channel that gets a value after commits; several commits may
// give one value. It is a hint, also across processes; who must miss nothing
// looks now and then without one. Call stop when done.
func (s *Store) Wake() (c <-chan struct{}, stop func()) {
	ch := make(chan struct{}, 1)
	s.wakes.mu.Lock()
	defer s.wakes.mu.Unlock()
	if s.wakes.subs == nil {
		s.wakes.subs = map[chan struct{}]bool{}
	}
	s.wakes.subs[ch] = true
	return ch, func() {
		s.wakes.mu.Lock()
		defer s.wakes.mu.Unlock()
		delete(s.wakes.subs, ch)
	}
}

// listen hears of commits in other processes, where the database tells of them.
func (s *Store) listen(ctx context.Context) {
	defer close(s.stopped)
	if s.pool == nil {
		return
	}
	for ctx.Err() == nil {
		s.hear(ctx)
		select { // the connection was lost; those who wait look by themselves meanwhile
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

func (s *Store) hear(ctx context.Context) {
	c, err := s.pool.Acquire(ctx)
	if err != nil {
		return
	}
	// A connection that listens is not given back for others to use.
	conn := c.Hijack()
	defer conn.Close(context.Background())
	if _, err := conn.Exec(ctx, "LISTEN debrief"); err != nil {
		return
	}
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return
		}
		if n.Payload != "" {
			s.wakes.move(debrief.IncidentID(n.Payload))
			continue
		}
		s.wakes.wake()
	}
}

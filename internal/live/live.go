// Package live tells pages that are open that there is something new to see. It
// follows the log and says no more than "look again": a page then asks for itself
// once more, so what may be seen is decided in one place, and nothing is drawn
// twice.
//
// A viewer who is slow misses nothing: signals that were not taken yet are one
// signal.
package live

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"debrief.dev/debrief"
)

// Pause is the least time between two signals to one page, so that a busy hour
// does not make everybody's page ask without a break.
const Pause = 500 * time.Millisecond

// heartbeat is how often a silent connection is written to, so that proxies keep it
// open and a browser that has gone is noticed.
const heartbeat = 25 * time.Second

// A Log hands over what happens, as casebook.Casebook does.
type Log interface {
	Head(ctx context.Context) (seq int64, err error)
	Follow(ctx context.Context, after int64, each func(debrief.Activity) error) error
	// Moves gives incidents in which somebody began or ended to write.
	Moves(ctx context.Context, each func(debrief.IncidentID)) error
}

// A Hub knows who looks at which incident.
type Hub struct {
	mu     sync.Mutex
	open   map[debrief.IncidentID]map[chan struct{}]bool
	closed chan struct{}
	once   sync.Once
}

// New gives a hub that nobody watches yet.
func New() *Hub {
	return &Hub{open: map[debrief.IncidentID]map[chan struct{}]bool{}, closed: make(chan struct{})}
}

// Run follows the log from its end until the context ends.
func (h *Hub) Run(ctx context.Context, log Log) error {
	ctx, stop := context.WithCancel(ctx)
	moved := make(chan struct{})
	go func() {
		defer close(moved)
		_ = log.Moves(ctx, h.Tell) // it ends with the context
	}()
	defer func() { <-moved }()
	defer stop()
	seq, err := log.Head(ctx)
	if err == nil {
		err = log.Follow(ctx, seq, func(a debrief.Activity) error {
			h.Tell(a.Incident)
			return nil
		})
	}
	if ctx.Err() != nil && (err == nil || errors.Is(err, ctx.Err())) {
		return nil
	}
	return err
}

// Tell signals everybody who looks at an incident.
func (h *Hub) Tell(id debrief.IncidentID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.open[id] {
		select {
		case c <- struct{}{}:
		default: // it has one to take already
		}
	}
}

// Watch gives a channel of signals about an incident, and what ends it.
func (h *Hub) Watch(id debrief.IncidentID) (signals <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.open[id] == nil {
		h.open[id] = map[chan struct{}]bool{}
	}
	h.open[id][c] = true
	return c, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.open[id], c)
		if len(h.open[id]) == 0 {
			delete(h.open, id)
		}
	}
}

// Viewers is how many pages are connected.
func (h *Hub) Viewers() (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, who := range h.open {
		n += len(who)
	}
	return n
}

// Close ends every connection, so that the server can stop; browsers come back by
// themselves.
func (h *Hub) Close() { h.once.Do(func() { close(h.closed) }) }

// recheck is how often it is asked whether somebody may still see what they watch.
const recheck = 10 * time.Second

// Serve writes signals to a browser as server-sent events until it goes, the hub is
// closed, or whoever watches may not see the incident any more: may is asked before
// every signal and now and then. Changed
// says whether it has moved on since the page was drawn; it is asked once watching
// has begun, so that no change falls between.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, id debrief.IncidentID, changed, may func() bool) {
	signals, stop := h.Watch(id)
	defer stop()
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // proxies that collect answers would hold it back
	w.WriteHeader(http.StatusOK)
	say := func(s string) bool {
		_, err := w.Write([]byte(s))
		return err == nil && out.Flush() == nil
	}
	first := "retry: 2000\n\n"
	if changed() {
		first += event
	}
	if !say(first) {
		return
	}
	beat, ask := time.NewTicker(heartbeat), time.NewTicker(recheck)
	defer beat.Stop()
	defer ask.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-h.closed:
			return
		case <-beat.C:
			if !say(": still here\n\n") {
				return
			}
		case <-ask.C:
			if !may() {
				return
			}
		case <-signals:
			if !may() || !say(event) {
				return
			}
			select {
			case <-time.After(Pause):
			case <-r.Context().Done():
				return
			case <-h.closed:
				return
			}
		}
	}
}

const event = "event: changed\ndata: look again\n\n"

// Package jobs does work in the background: each task runs once over all
// processes that share a database. A worker leases a task for a short while
// and prolongs the lease as it works; when a process ends in the middle, the
// lease runs out and another worker begins the task again.
package jobs

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/store"
)

const (
	lease   = 30 * time.Second
	renew   = lease / 3
	every   = time.Second // how often to look without being woken
	workers = 2
	// A task that goes wrong is tried again after 10 s, 20 s, 40 s, … at most an hour.
	firstPause, longestPause = 10 * time.Second, time.Hour
)

// A Handler does one task. It must be ready to be run again for the same task,
// also after having been cut off anywhere, and it should write only in
// transactions that hold the task ([store.Tx.HoldTask]). Its context ends when
// the lease is lost. After an error the task is tried again later.
type Handler func(ctx context.Context, t store.Task) error

// A Runner runs handlers.
type Runner struct {
	st       *store.Store
	log      *slog.Logger
	handlers map[string]Handler
	kinds    []string
	// Done, if it is set before Run, hears of every task that was run: its kind, and
	// "done", "again" for one that is tried again, or "released" by a process that ends.
	Done func(kind, outcome string)
}

// New gives a runner without handlers.
func New(st *store.Store, log *slog.Logger) *Runner {
	return &Runner{st: st, log: log, handlers: map[string]Handler{}}
}

// Handle says who does tasks of a kind; call it before Run.
func (r *Runner) Handle(kind string, h Handler) {
	r.handlers[kind] = h
	r.kinds = append(r.kinds, kind)
}

// Until is until when a lease taken now lasts.
func Until(tx *store.Tx) time.Time { return tx.Now().Add(lease) }

// Run works until the context ends, and returns when all work has stopped.
func (r *Runner) Run(ctx context.Context) {
	var all sync.WaitGroup
	for range workers {
		all.Go(func() { r.work(ctx) })
	}
	all.Wait()
}

func (r *Runner) work(ctx context.Context) {
	wake, stop := r.st.Wake()
	defer stop()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for ctx.Err() == nil {
		did, err := r.One(ctx)
		if err != nil && ctx.Err() == nil {
			r.log.Error("a task could not be taken", "error", store.ForLog(err))
		}
		if did && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-wake:
		case <-tick.C:
		}
	}
}

// One does one task that is due and reports whether there was one.
func (r *Runner) One(ctx context.Context) (did bool, err error) {
	var t store.Task
	var due bool
	// A look costs less than taking the lock for writing, and mostly there is nothing.
	err = r.st.View(ctx, func(tx *store.Tx) error {
		due, err = tx.AnyTask(r.kinds)
		return err
	})
	if err != nil || !due {
		return false, err
	}
	err = r.st.Update(ctx, debrief.Actor{Door: "jobs"}, func(tx *store.Tx) error {
		tx.Quiet()
		t, did, err = tx.TakeTask(r.kinds, Until(tx))
		return err
	})
	if err != nil || !did {
		return false, err
	}
	r.do(ctx, t)
	return true, nil
}

// errLost says that the lease of a task ran out and somebody else may have it.
var errLost = errors.New("the lease of the task was lost")

func (r *Runner) do(ctx context.Context, t store.Task) {
	working, cancel := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(renew)
		defer tick.Stop()
		for {
			select {
			case <-working.Done():
				return
			case <-tick.C:
				if err := r.hold(working, t); err != nil && working.Err() == nil {
					cancel(err)
					return
				}
			}
		}
	}()
	err := r.call(working, t)
	cancel(nil)
	<-done
	// What is left to say must be said also when the process is about to stop.
	last, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer stop()
	err2 := r.st.Update(last, debrief.Actor{Door: "jobs"}, func(tx *store.Tx) error {
		tx.Quiet()
		switch {
		case err == nil:
			return tx.FinishTask(t)
		case ctx.Err() != nil:
			return tx.ReleaseTask(t)
		}
		pause := min(firstPause<<min(t.Tries-1, 20), longestPause)
		return tx.PutOffTask(t, tx.Now().Add(pause))
	})
	if r.Done != nil {
		outcome := "done"
		switch {
		case err != nil && ctx.Err() != nil:
			outcome = "released"
		case err != nil:
			outcome = "again"
		}
		r.Done(t.Kind, outcome)
	}
	if err != nil && ctx.Err() == nil {
		r.log.Error("a task will be tried again", "kind", t.Kind, "task", t.ID, "try", t.Tries, "error", store.ForLog(err))
	}
	if err2 != nil {
		r.log.Error("a task keeps its lease until it runs out", "kind", t.Kind, "task", t.ID, "error", store.ForLog(err2))
	}
}

func (r *Runner) hold(ctx context.Context, t store.Task) error {
	return r.st.Update(ctx, debrief.Actor{Door: "jobs"}, func(tx *store.Tx) error {
		tx.Quiet()
		held, err := tx.HoldTask(t, Until(tx))
		if err == nil && !held {
			err = errLost
		}
		return err
	})
}

// call runs the handler; when it panics, that is an error of its task alone.
func (r *Runner) call(ctx context.Context, t store.Task) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("a task met a condition that the code does not expect", "kind", t.Kind, "task", t.ID, "stack", string(debug.Stack()))
			err = errors.New("the handler panicked")
		}
	}()
	return r.handlers[t.Kind](ctx, t)
}

// Drain does everything that is due, one after another, and returns when
// nothing is; for tests and for commands that do not stay.
func (r *Runner) Drain(ctx context.Context) error {
	for {
		if did, err := r.One(ctx); err != nil || !did {
			return err
		}
	}
}

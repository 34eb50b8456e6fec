package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/jobs"
	"debrief.dev/debrief/internal/store"
	"debrief.dev/debrief/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func open(t *testing.T, cfg store.Config) *store.Store {
	t.Helper()
	st, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}

func add(t *testing.T, st *store.Store, keys ...string) {
	t.Helper()
	err := st.Update(t.Context(), debrief.Actor{Door: "test"}, func(tx *store.Tx) error {
		for _, k := range keys {
			if err := tx.AddTask("count", k, ""); err != nil {
				return err
			}
		}
		tx.Record(debrief.TeamAdded, "", "", nil) // so that those who wait are woken
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Two stores on one database are what two processes have.
func TestTwoProcessesDoEachTaskOnceAndHearOfEachOther(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		const tasks = 40
		var mu sync.Mutex
		did := map[string]int{}
		finished := make(chan struct{}, tasks)
		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		stores := []*store.Store{open(t, cfg), open(t, cfg)}
		for _, st := range stores {
			r := jobs.New(st, slog.New(slog.DiscardHandler))
			r.Handle("count", func(ctx context.Context, task store.Task) error {
				mu.Lock()
				defer mu.Unlock()
				did[task.Key]++
				finished <- struct{}{}
				return nil
			})
			all.Go(func() { r.Run(ctx) })
		}
		heard := make(chan debrief.Activity)
		all.Go(func() {
			_ = stores[1].Follow(ctx, 0, func(a debrief.Activity) error { // it ends with the context
				select {
				case heard <- a:
				case <-ctx.Done():
				}
				return nil
			})
		})
		var keys []string
		for i := range tasks {
			keys = append(keys, fmt.Sprint(i))
		}
		add(t, stores[0], keys...)
		if a := <-heard; a.Kind != debrief.TeamAdded {
			t.Errorf("the other process heard of %v", a.Kind)
		}
		for range tasks {
			<-finished
		}
		// The last of them may not be ticked off yet; those who work see to it before they stop.
		stop()
		all.Wait()
		for _, k := range keys {
			if did[k] != 1 {
				t.Errorf("the task %s was done %d times", k, did[k])
			}
		}
		if err := stores[0].View(t.Context(), func(tx *store.Tx) error {
			n, err := tx.OpenTasks("count")
			if n != 0 {
				t.Errorf("%d tasks are still open", n)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestATaskThatGoesWrongIsTriedAgainLaterAndTheLogHoldsNoWordsOfIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		var past atomic.Int64
		cfg.Now = func() time.Time {
			return time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).Add(time.Duration(past.Load()) * time.Second)
		}
		st := open(t, cfg)
		var log bytes.Buffer
		r := jobs.New(st, slog.New(slog.NewTextHandler(&log, nil)))
		tries := 0
		r.Handle("count", func(ctx context.Context, task store.Task) error {
			tries++
			switch tries {
			case 1:
				return &debrief.Error{Kind: debrief.Invalid, Say: "xylophone"}
			case 2:
				panic("xylophone")
			}
			return nil
		})
		add(t, st, "a")
		for _, wait := range []int64{0, 9, 2, 19, 2, 3600} {
			past.Add(wait)
			if err := r.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if tries != 3 {
			t.Errorf("it was tried %d times", tries)
		}
		if !strings.Contains(log.String(), "tried again") || strings.Contains(log.String(), "xylophone") {
			t.Errorf("the log reads %s", log.String())
		}
	})
}

func TestAProcessThatStopsGivesItsTaskBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		st := open(t, cfg)
		ctx, stop := context.WithCancel(t.Context())
		first := jobs.New(st, slog.New(slog.DiscardHandler))
		first.Handle("count", func(ctx context.Context, task store.Task) error {
			stop()
			<-ctx.Done()
			return ctx.Err()
		})
		add(t, st, "a")
		first.Run(ctx)
		done := errors.New("not done")
		second := jobs.New(st, slog.New(slog.DiscardHandler))
		second.Handle("count", func(ctx context.Context, task store.Task) error {
			done = nil
			if task.Tries != 1 {
				t.Errorf("it counts as tried %d times", task.Tries)
			}
			return nil
		})
		if err := errors.Join(second.Drain(t.Context()), done); err != nil {
			t.Error(err)
		}
	})
}

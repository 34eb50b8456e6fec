package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"debrief.dev/debrief"
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

var ana = debrief.Actor{ID: "usr_ana", Door: "test"}

func TestTheLogHasNoGapAndAFollowerMissesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		st := open(t, cfg)
		const writers, each = 8, 25
		aborted := errors.New("taken back")
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		seen := make(chan int64, writers*each*2)
		followed := make(chan error, 1)
		go func() {
			followed <- st.Follow(ctx, 0, func(a debrief.Activity) error {
				seen <- a.Seq
				return nil
			})
		}()
		var all sync.WaitGroup
		for w := range writers {
			all.Go(func() {
				for i := range each {
					err := st.Update(t.Context(), ana, func(tx *store.Tx) error {
						tx.Record(debrief.TeamAdded, "", fmt.Sprint(w), nil)
						if i%3 == 0 {
							tx.Record(debrief.TeamChanged, "", fmt.Sprint(w), nil)
						}
						if err := tx.InsertTeam(debrief.Team{ID: debrief.TeamID(fmt.Sprintf("tea_%d_%d", w, i)), Name: fmt.Sprintf("Team %d %d", w, i)}); err != nil {
							return err
						}
						if i%5 == 4 {
							return aborted
						}
						return nil
					})
					if err != nil && !errors.Is(err, aborted) {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		var head int64
		if err := st.View(t.Context(), func(tx *store.Tx) (err error) {
			head, err = tx.Head()
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if want := int64(writers * (each - each/5 + 7)); head != want { // 9 of 25 steps record two, 2 of those are taken back
			t.Errorf("the log has %d activities, want %d", head, want)
		}
		for want := int64(1); want <= head; want++ {
			if got := <-seen; got != want {
				t.Fatalf("the follower saw %d, want %d", got, want)
			}
		}
		stop()
		if err := <-followed; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestNothingChangesInSilence(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		st := open(t, cfg)
		err := st.Update(t.Context(), ana, func(tx *store.Tx) error {
			return tx.InsertTeam(debrief.Team{ID: "tea_1", Name: "Delivery"})
		})
		if err == nil {
			t.Error("a change without a record went through")
		}
		if err := st.View(t.Context(), func(tx *store.Tx) error {
			ts, err := tx.Teams()
			if len(ts) != 0 {
				t.Errorf("it left %v", ts)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSameNamesAreAConflictOnEveryDatabase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		st := open(t, cfg)
		add := func(id, name string) error {
			return st.Update(t.Context(), ana, func(tx *store.Tx) error {
				tx.Record(debrief.TeamAdded, "", id, nil)
				return tx.InsertTeam(debrief.Team{ID: debrief.TeamID(id), Name: name})
			})
		}
		if err := add("tea_1", "Straße"); err != nil {
			t.Fatal(err)
		}
		if err := add("tea_2", " STRASSE"); debrief.KindOf(err) != debrief.Conflict {
			t.Errorf("the same name in other letters gives %v", err)
		}
		if err := add("tea_3", "a\x00b\xff"); err != nil {
			t.Errorf("odd bytes give %v", err)
		}
	})
}

// clock is a clock that a test moves on.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func TestATaskHasOneHolderUntilItsLeaseRunsOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		c := &clock{at: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
		cfg.Now = c.now
		st := open(t, cfg)
		quiet := func(do func(*store.Tx) error) {
			t.Helper()
			if err := st.Update(t.Context(), ana, func(tx *store.Tx) error {
				tx.Quiet()
				return do(tx)
			}); err != nil {
				t.Fatal(err)
			}
		}
		take := func() (d store.Task, ok bool) {
			quiet(func(tx *store.Tx) (err error) {
				d, ok, err = tx.TakeTask([]string{"read"}, tx.Now().Add(time.Minute))
				return err
			})
			return d, ok
		}
		hold := func(d store.Task) (ok bool) {
			quiet(func(tx *store.Tx) (err error) {
				ok, err = tx.HoldTask(d, tx.Now().Add(time.Minute))
				return err
			})
			return ok
		}
		quiet(func(tx *store.Tx) error { return tx.AddTask("read", "upl_1", "") })
		quiet(func(tx *store.Tx) error { return tx.AddTask("read", "upl_1", "") }) // the same is one
		quiet(func(tx *store.Tx) error { return tx.AddTask("mail", "x", "") })
		first, ok := take()
		if !ok || first.Key != "upl_1" {
			t.Fatalf("took %+v", first)
		}
		if d, ok := take(); ok {
			t.Errorf("a second holder got %+v", d)
		}
		c.pass(30 * time.Second)
		if !hold(first) {
			t.Error("the holder lost a lease that runs")
		}
		c.pass(61 * time.Second)
		second, ok := take()
		if !ok || second.ID != first.ID {
			t.Fatalf("after the lease ran out, took %+v", second)
		}
		if hold(first) {
			t.Error("the first holder still holds what the second took")
		}
		// Asked for again while it runs, it runs once more.
		quiet(func(tx *store.Tx) error { return tx.AddTask("read", "upl_1", "") })
		quiet(func(tx *store.Tx) error { return tx.FinishTask(first) })
		quiet(func(tx *store.Tx) error { return tx.FinishTask(second) })
		third, ok := take()
		if !ok || third.ID != first.ID {
			t.Fatalf("what was asked for meanwhile is gone: %+v", third)
		}
		quiet(func(tx *store.Tx) error { return tx.FinishTask(third) })
		if d, ok := take(); ok {
			t.Errorf("it runs after it is done: %+v", d)
		}
	})
}

func TestANewerDatabaseIsLeftAlone(t *testing.T) {
	cfg := store.Config{Folder: t.TempDir()}
	st, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Pretend(99); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), cfg); debrief.KindOf(err) != debrief.Conflict {
		t.Errorf("a database of a newer version gives %v", err)
	}
}

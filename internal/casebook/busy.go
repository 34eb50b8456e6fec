package casebook

import (
	"context"
	"slices"

	"debrief.dev/debrief/internal/store"
)

// Busy tells whether work of the background waits or is being done.
func (c *Casebook) Busy(ctx context.Context) (busy bool, err error) {
	err = c.st.View(ctx, func(tx *store.Tx) error {
		busy = false
		for _, kind := range taskKinds {
			n, err := tx.OpenTasks(kind)
			if err != nil {
				return err
			}
			busy = busy || n > 0
		}
		return nil
	})
	return busy, err
}

// taskKinds are the kinds of work of the background that pages wait for. A mail is none:
// its server may be away for a day.
var taskKinds = []string{taskRead, taskWork}

// Waiting counts work of the background that waits or is being done, by kind.
func (c *Casebook) Waiting(ctx context.Context) (open map[string]int64, err error) {
	err = c.st.View(ctx, func(tx *store.Tx) error {
		open = map[string]int64{}
		for _, kind := range append(slices.Clone(taskKinds), store.TaskMail) {
			n, err := tx.OpenTasks(kind)
			if err != nil {
				return err
			}
			open[kind] = n
		}
		return nil
	})
	return open, err
}

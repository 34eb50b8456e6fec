package casebook

import (
	"context"

	"debrief.dev/debrief/internal/store"
)

// Busy tells whether work of the background waits or is being done.
func (c *Casebook) Busy(ctx context.Context) (busy bool, err error) {
	err = c.st.View(ctx, func(tx *store.Tx) error {
		var open int64
		for _, kind := range []string{taskRead, taskWork} {
			n, err := tx.OpenTasks(kind)
			if err != nil {
				return err
			}
			open += n
		}
		busy = open > 0
		return nil
	})
	return busy, err
}

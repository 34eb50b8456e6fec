package storetest

import (
	"testing"

	"debrief.dev/debrief/internal/store"
)

// Each runs a test on every sort of database: the same suite judges them all.
// The configuration has an empty database and a folder of its own; clock and
// ids are the test's to set.
func Each(t *testing.T, test func(t *testing.T, cfg store.Config)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, store.Config{Folder: t.TempDir()}) })
	t.Run("postgres", func(t *testing.T) { test(t, store.Config{Folder: t.TempDir(), Database: Postgres(t)}) })
}

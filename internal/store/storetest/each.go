package storetest

import (
	"context"
	"database/sql"
	"path/filepath"
	"slices"
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

// TableNames gives the names of our tables in a database, sorted.
func TableNames(ctx context.Context, cfg store.Config) ([]string, error) {
	driver, name, query := "sqlite", filepath.Join(cfg.Folder, store.File), "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	if cfg.Database != "" {
		driver, name, query = "pgx", cfg.Database, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		if s != "goose_db_version" { // the migrations' own
			all = append(all, s)
		}
	}
	slices.Sort(all)
	return all, rows.Err()
}

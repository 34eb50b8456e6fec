// Package store keeps everything in one database: SQLite in a file, or
// PostgreSQL. There is one text of SQL for both, and one suite of tests
// (storetest) that judges it on both.
//
// [Store.Update] runs a change and [Store.View] a look. A change collects its
// activities ([Tx.Record]); they get their numbers as the last thing before the
// commit, from a counter row that stays locked until it. So the numbers have no
// gap, they are in the order of commits, and a reader who remembers "seen up to
// N" misses nothing.
package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	_ "modernc.org/sqlite"

	"debrief.dev/debrief"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Config says where the data is.
type Config struct {
	// Database is "postgres://…", or empty for the file debrief.db in Folder.
	Database string
	// Folder is the data folder, for SQLite. It is made if it is not there.
	Folder string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// ID makes an id that begins with the prefix; nil means 26 random letters.
	ID func(prefix string) string
	// Version is the migration to stop at; 0 means the newest. An archive of an older
	// version is restored into tables of its own time, which [Store.Migrate] then changes
	// as those of that installation would have been.
	Version int
}

// A Store is an open database. It may be used by many goroutines, and
// PostgreSQL by many processes.
type Store struct {
	write, read *sql.DB // SQLite: one writer beside many readers; PostgreSQL: the same pool twice
	pool        *pgxpool.Pool
	now         func() time.Time
	id          func(string) string
	wakes       wakes
	version     int
	stop        context.CancelFunc
	stopped     chan struct{}
}

// Open opens the database and brings its tables up to date.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	s := &Store{now: cfg.Now, id: cfg.ID, stopped: make(chan struct{})}
	if s.now == nil {
		s.now = time.Now
	}
	if s.id == nil {
		s.id = func(prefix string) string { return prefix + strings.ToLower(rand.Text()) }
	}
	var err error
	switch {
	case cfg.Database == "":
		err = s.openSQLite(cfg.Folder)
	case strings.HasPrefix(cfg.Database, "postgres://"), strings.HasPrefix(cfg.Database, "postgresql://"):
		err = s.openPostgres(ctx, cfg.Database)
	default:
		err = &debrief.Error{
			Kind: debrief.Invalid, Field: "database", Say: "This is not the address of a PostgreSQL database.",
			Hint: "It begins with postgres://, as in postgres://debrief@localhost/debrief; without one, a file in the data folder serves.",
		}
	}
	if err != nil {
		return nil, err
	}
	if err := s.migrate(ctx, cfg.Version); err != nil {
		s.closePools()
		return nil, err
	}
	listening, stop := context.WithCancel(context.Background())
	s.stop = stop
	go s.listen(listening)
	return s, nil
}

// Close waits for what is running and closes the database.
func (s *Store) Close() error {
	s.stop()
	<-s.stopped
	return s.closePools()
}

func (s *Store) closePools() error {
	err := s.write.Close()
	if s.read != s.write {
		err = errors.Join(err, s.read.Close())
	}
	if s.pool != nil {
		s.pool.Close()
	}
	return err
}

// Ready reports whether the database answers.
func (s *Store) Ready(ctx context.Context) error {
	if err := s.read.PingContext(ctx); err != nil {
		return &debrief.Error{Kind: debrief.Unavailable, Say: "The database does not answer.", Err: err}
	}
	return nil
}

// Postgres reports whether the database is PostgreSQL, which several processes
// may share.
func (s *Store) Postgres() bool { return s.pool != nil }

// Now is the time by the store's clock, in UTC, to the microsecond.
func (s *Store) Now() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

// NewID makes an id that nobody guesses.
func (s *Store) NewID(prefix string) string { return s.id(prefix) }

// File is the name of the database's file in the data folder.
const File = "debrief.db"

func (s *Store) openSQLite(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	path := filepath.Join(folder, File)
	// The file holds passwords' hashes and private texts: for its owner only.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	open := func(lock string, conns int) (*sql.DB, error) {
		// synchronous(full) makes a commit survive the loss of power, not only of the process.
		q := url.Values{"_pragma": {"busy_timeout(5000)", "journal_mode(wal)", "foreign_keys(1)", "synchronous(full)"}, "_txlock": {lock}}
		db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath(), RawQuery: q.Encode()}).String())
		if err != nil {
			return nil, err
		}
		db.SetMaxOpenConns(conns)
		db.SetMaxIdleConns(conns)
		return db, nil
	}
	// One writing connection: SQLite has one writer anyway, and waiting for it
	// in Go is fair, where waiting in SQLite is not.
	if s.write, err = open("immediate", 1); err != nil {
		return err
	}
	if s.read, err = open("deferred", 8); err != nil {
		return errors.Join(err, s.write.Close())
	}
	return nil
}

func (s *Store) openPostgres(ctx context.Context, address string) error {
	cfg, err := pgxpool.ParseConfig(address)
	if err != nil {
		// The error of the parser repeats the address, which holds a password.
		return &debrief.Error{
			Kind: debrief.Invalid, Field: "database", Say: "This address of a PostgreSQL database cannot be read.",
			Hint: "It looks like postgres://user:password@host:5432/name.",
		}
	}
	if s.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return unavailable(err)
	}
	if err := s.pool.Ping(ctx); err != nil {
		s.pool.Close()
		return unavailable(err)
	}
	s.write = stdlib.OpenDBFromPool(s.pool)
	s.read = s.write
	return nil
}

func unavailable(err error) error {
	return &debrief.Error{
		Kind: debrief.Unavailable, Field: "database", Say: "The database does not answer.",
		Hint: "Is it running, and may this machine and this user reach it?", Err: err,
	}
}

// Migrate brings the tables up to date.
func (s *Store) Migrate(ctx context.Context) error { return s.migrate(ctx, 0) }

func (s *Store) migrate(ctx context.Context, to int) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	dialect, opts := goose.DialectSQLite3, []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if s.pool != nil {
		dialect = goose.DialectPostgres
		// Several processes may start at once; the lock lets one do the work, and the
		// others ask for it each second, for five minutes.
		l, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
		if err != nil {
			return err
		}
		opts = append(opts, goose.WithSessionLocker(l))
	}
	p, err := goose.NewProvider(dialect, s.write, files, opts...)
	if err != nil {
		return err
	}
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the version of the database: %w", err)
	}
	newest, err := Newest()
	if err != nil {
		return err
	}
	if to == 0 {
		to = newest
	}
	if have > int64(newest) {
		return &debrief.Error{
			Kind: debrief.Conflict, Field: "database", Say: "A newer Debrief has used this database, and this one does not know its tables.",
			Hint: "Start the newer version, or restore a backup made with this one.",
		}
	}
	if have > int64(to) {
		return &debrief.Error{
			Kind: debrief.Conflict, Field: "database", Say: "There is something here already: tables of a newer Debrief than the archive is from.",
			Hint: "Restore into a data folder, and a database, that no Debrief has opened yet; what is here stays untouched.",
		}
	}
	if have != int64(to) { // else without waiting for the lock
		if _, err := p.UpTo(ctx, int64(to)); err != nil {
			return fmt.Errorf("bring the tables up to date: %w", err)
		}
	}
	s.version = to
	return nil
}

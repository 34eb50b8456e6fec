package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/bytedance/sonic"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"debrief.dev/debrief"
)

// A Tx is one transaction. All its rows have one time and one author.
type Tx struct {
	ctx      context.Context
	tx       *sql.Tx
	s        *Store
	actor    debrief.Actor
	now      time.Time
	recorded []debrief.Activity
	moved    []debrief.IncidentID // in which somebody began or ended to write
	wrote    bool
	quiet    bool
}

// Now is the time of everything in the transaction.
func (t *Tx) Now() time.Time { return t.now }

// Actor is its author.
func (t *Tx) Actor() debrief.Actor { return t.actor }

// NewID makes an id.
func (t *Tx) NewID(prefix string) string { return t.s.id(prefix) }

// Record notes what happened; it is written just before the commit.
func (t *Tx) Record(kind debrief.ActivityKind, incident debrief.IncidentID, subject string, data map[string]string) {
	t.recorded = append(t.recorded, debrief.Activity{
		At: t.now, Actor: t.actor.ID, Door: t.actor.Door, Kind: kind, Incident: incident, Subject: subject, Data: data,
	})
}

// Quiet says that this transaction is bookkeeping (a lease, a count of bytes, a
// time of last use) of which nobody needs to be told. Without it, a
// transaction that wrote and recorded nothing is an error.
func (t *Tx) Quiet() { t.quiet = true }

// Update runs a change: all of it, or nothing. When it returns nil, the change
// is on the disk. It may run do again when another transaction was in the
// way, so do must not add to what it did before.
func (s *Store) Update(ctx context.Context, actor debrief.Actor, do func(*Tx) error) error {
	for try := 1; ; try++ {
		err := s.update(ctx, actor, do)
		if err == nil {
			return nil
		}
		if try >= 5 || !transient(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(try) * 10 * time.Millisecond):
		}
	}
}

func (s *Store) update(ctx context.Context, actor debrief.Actor, do func(*Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return kinded(err)
	}
	defer tx.Rollback()
	t := &Tx{ctx: ctx, tx: tx, s: s, actor: actor, now: s.Now()}
	if err := do(t); err != nil {
		return err
	}
	if t.wrote && len(t.recorded) == 0 && !t.quiet {
		return errors.New("store: a change was written and not recorded")
	}
	if err := t.flush(); err != nil {
		return err
	}
	if err := t.tellMoves(); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return kinded(err)
	}
	if len(t.recorded) > 0 {
		s.wakes.wake()
	}
	for _, id := range t.moved {
		s.wakes.move(id)
	}
	return nil
}

// flush gives the activities their numbers. The counter is the last lock that
// a transaction takes, so it cannot be part of a deadlock, and it is held
// until the commit, so that the numbers are in the order of commits.
func (t *Tx) flush() error {
	if len(t.recorded) == 0 {
		return nil
	}
	var last int64
	if err := t.row("UPDATE activity_head SET seq = seq + $1 RETURNING seq", len(t.recorded)).Scan(&last); err != nil {
		return kinded(err)
	}
	for i, a := range t.recorded {
		seq := last - int64(len(t.recorded)) + int64(i) + 1
		_, err := t.exec("INSERT INTO activity (seq, at, actor, door, kind, incident, subject, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
			seq, micros(a.At), string(a.Actor), a.Door, string(a.Kind), string(a.Incident), a.Subject, encode(a.Data))
		if err != nil {
			return err
		}
	}
	if t.s.pool != nil {
		if _, err := t.tx.ExecContext(t.ctx, "SELECT pg_notify('debrief', '')"); err != nil {
			return kinded(err)
		}
	}
	return nil
}

// View runs a look at the database as it was at one moment.
func (s *Store) View(ctx context.Context, do func(*Tx) error) error {
	opts := &sql.TxOptions{ReadOnly: true}
	if s.pool != nil {
		opts.Isolation = sql.LevelRepeatableRead
	}
	tx, err := s.read.BeginTx(ctx, opts)
	if err != nil {
		return kinded(err)
	}
	defer tx.Rollback()
	return do(&Tx{ctx: ctx, tx: tx, s: s, now: s.Now()})
}

// exec runs a statement and gives the number of rows it touched.
func (t *Tx) exec(query string, args ...any) (int64, error) {
	t.wrote = true
	r, err := t.tx.ExecContext(t.ctx, query, plain(args)...)
	if err != nil {
		return 0, kinded(err)
	}
	return r.RowsAffected()
}

// do runs a statement whose number of rows does not matter.
func (t *Tx) do(query string, args ...any) error {
	_, err := t.exec(query, args...)
	return err
}

func (t *Tx) row(query string, args ...any) *sql.Row {
	return t.tx.QueryRowContext(t.ctx, query, plain(args)...)
}

// A scanner is a row of any sort.
type scanner interface{ Scan(...any) error }

// one gives the only row, or the error missing when there is none.
func one[T any](t *Tx, missing string, scan func(scanner) (T, error), query string, args ...any) (T, error) {
	v, err := scan(t.row(query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		var none T
		return none, &debrief.Error{Kind: debrief.NotFound, Say: missing}
	}
	return v, kinded(err)
}

// many gives every row.
func many[T any](t *Tx, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := t.tx.QueryContext(t.ctx, query, plain(args)...)
	if err != nil {
		return nil, kinded(err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, kinded(err)
		}
		all = append(all, v)
	}
	return all, kinded(rows.Err())
}

// number gives a single number.
func (t *Tx) number(query string, args ...any) (n int64, err error) {
	err = t.row(query, args...).Scan(&n)
	return n, kinded(err)
}

// word scans a single text.
func word[T ~string](r scanner) (T, error) {
	var s string
	err := r.Scan(&s)
	return T(s), err
}

// plain makes every text one that both databases take: valid UTF-8 without the
// character zero, which PostgreSQL refuses.
func plain(args []any) []any {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
		}
	}
	return args
}

// A clause is the text of a WHERE with its arguments, put together safely:
// only numbers of arguments get into the text.
type clause struct {
	text []string
	args []any
}

// and adds a condition in which each ? stands for the next argument.
func (c *clause) and(cond string, args ...any) {
	for _, a := range args {
		c.args = append(c.args, a)
		cond = strings.Replace(cond, "?", "$"+strconv.Itoa(len(c.args)), 1)
	}
	c.text = append(c.text, cond)
}

func (c *clause) where() string { return strings.Join(c.text, " AND ") }

// in gives the argument places for a list ("?, ?, ?"); it must not be empty.
func in(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// micros is how a time is kept: microseconds since 1970, 0 for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func instant(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("store: %T cannot be kept: %v", v, err)) // our own types only
	}
	return string(b)
}

// decode reads what encode wrote, as encoding/json does and several times as fast.
func decode(text string, into any) error {
	if text == "" {
		return nil
	}
	return sonic.ConfigStd.UnmarshalFromString(text, into)
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// kinded gives an error of a driver its kind, by code and never by its text.
func kinded(err error) error {
	if err == nil {
		return nil
	}
	code := ""
	var lite *sqlite.Error
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &lite):
		code = strconv.Itoa(lite.Code())
	case errors.As(err, &pg):
		code = pg.Code
	default:
		return err
	}
	switch code {
	case "23505", "2067", "1555":
		return &debrief.Error{Kind: debrief.Conflict, Say: "Something with this name is there already.", Err: err}
	case "23503", "787":
		return &debrief.Error{Kind: debrief.Invalid, Say: "Something that this refers to is not there.", Err: err}
	case "13", "53100":
		return &debrief.Error{Kind: debrief.Unavailable, Say: "The disk of the database is full.", Err: err}
	}
	return err
}

// transient reports whether the same transaction may go through a moment later.
func transient(err error) bool {
	var pg *pgconn.PgError
	var lite *sqlite.Error
	switch {
	case errors.As(err, &pg):
		return pg.Code == "40001" || pg.Code == "40P01"
	case errors.As(err, &lite):
		return lite.Code()&0xff == 5 || lite.Code()&0xff == 6 // busy, locked
	}
	return false
}

func itoa(n int) string { return strconv.Itoa(n) }

func itoa64(n int64) string { return strconv.FormatInt(n, 10) }

func parse64(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) }

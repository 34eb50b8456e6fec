package store

import (
	"time"
)

// A Task is work that waits for a worker. Kind and Key name it: there is never
// more than one open task of a name.
type Task struct {
	ID    string
	Kind  string
	Key   string
	Data  string
	Tries int // how often it was taken, this time included; also the number of the lease
	Due   time.Time
}

// AddTask adds a task, or makes an open one of this kind and key due again. A
// task that runs meanwhile runs once more when it is done, because what it
// read may be older than this.
func (t *Tx) AddTask(kind, key, data string) error {
	return t.do(`INSERT INTO tasks (id, kind, key, data, due, tries, leased_until, done_at, note) VALUES ($1, $2, $3, $4, $5, 0, 0, 0, '')
		ON CONFLICT (kind, key) WHERE done_at = 0 DO UPDATE SET data = $4, due = $5,
			note = CASE WHEN tasks.leased_until > $5 THEN 'again' ELSE '' END`,
		t.s.id("tsk_"), kind, key, data, micros(t.now))
}

func scanTask(r scanner) (d Task, err error) {
	var due int64
	err = r.Scan(&d.ID, &d.Kind, &d.Key, &d.Data, &d.Tries, &due)
	d.Due = instant(due)
	return d, err
}

// AnyTask reports whether a task of the kinds is due and free.
func (t *Tx) AnyTask(kinds []string) (bool, error) {
	c := free(kinds, t.now)
	n, err := t.number("SELECT COUNT(*) FROM (SELECT 1 FROM tasks WHERE "+c.where()+" LIMIT 1) d", c.args...)
	return n > 0, err
}

func free(kinds []string, now time.Time) clause {
	var c clause
	c.and("done_at = 0 AND due <= ? AND leased_until <= ?", micros(now), micros(now))
	var args []any
	for _, k := range kinds {
		args = append(args, k)
	}
	c.and("kind IN ("+in(len(kinds))+")", args...)
	return c
}

// TakeTask leases the task that is due longest, among the kinds, until then. ok
// is false if there is none. The condition on the row itself lets one worker
// of all processes have it.
func (t *Tx) TakeTask(kinds []string, until time.Time) (d Task, ok bool, err error) {
	c := free(kinds, t.now)
	found, err := many(t, word[string], "SELECT id FROM tasks WHERE "+c.where()+" ORDER BY due, id LIMIT 8", c.args...)
	if err != nil {
		return d, false, err
	}
	for _, id := range found {
		got, err := many(t, scanTask, `UPDATE tasks SET leased_until = $1, tries = tries + 1, note = '' WHERE id = $2 AND done_at = 0 AND leased_until <= $3
			RETURNING id, kind, key, data, tries, due`, micros(until), id, micros(t.now))
		if err != nil {
			return d, false, err
		}
		t.wrote = true
		if len(got) == 1 {
			return got[0], true, nil
		}
	}
	return d, false, nil
}

// HoldTask prolongs a lease; held is false if it was lost, and whoever had it
// must stop. As part of a transaction it makes sure that only the holder writes.
func (t *Tx) HoldTask(d Task, until time.Time) (held bool, err error) {
	n, err := t.exec("UPDATE tasks SET leased_until = $1 WHERE id = $2 AND tries = $3 AND done_at = 0", micros(until), d.ID, d.Tries)
	return n == 1, err
}

// FinishTask ends a task that is held, unless it was asked for again meanwhile.
func (t *Tx) FinishTask(d Task) error {
	n, err := t.exec("UPDATE tasks SET done_at = $1, leased_until = 0 WHERE id = $2 AND tries = $3 AND note = ''", micros(t.now), d.ID, d.Tries)
	if err != nil || n == 1 {
		return err
	}
	return t.do("UPDATE tasks SET leased_until = 0, note = '' WHERE id = $1 AND tries = $2", d.ID, d.Tries)
}

// PutOffTask gives a task back, to be tried again then.
func (t *Tx) PutOffTask(d Task, due time.Time) error {
	return t.do("UPDATE tasks SET leased_until = 0, due = $1 WHERE id = $2 AND tries = $3 AND done_at = 0", micros(due), d.ID, d.Tries)
}

// ReleaseTask gives a task back as if it had not been taken.
func (t *Tx) ReleaseTask(d Task) error {
	return t.do("UPDATE tasks SET leased_until = 0, tries = tries - 1 WHERE id = $1 AND tries = $2 AND done_at = 0", d.ID, d.Tries)
}

// OpenTasks counts tasks that are not done, of a kind.
func (t *Tx) OpenTasks(kind string) (int64, error) {
	return t.number("SELECT COUNT(*) FROM tasks WHERE kind = $1 AND done_at = 0", kind)
}

// TaskOpen reports whether the task of a kind and key is not done.
func (t *Tx) TaskOpen(kind, key string) (bool, error) {
	n, err := t.number("SELECT COUNT(*) FROM tasks WHERE kind = $1 AND key = $2 AND done_at = 0", kind, key)
	return n > 0, err
}

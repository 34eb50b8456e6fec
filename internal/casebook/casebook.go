// Package casebook has one plain method for everything a person can do in the
// room. Each asks [debrief.Actor.May], changes rows and writes the record of
// what happened, in one transaction. Doors (pages, commands) call these
// methods and change nothing by themselves.
//
// What takes longer than a moment (reading evidence, proposing a timeline,
// drafting) is left to tasks in the background; see [Casebook.Register].
package casebook

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/jobs"
	"debrief.dev/debrief/internal/store"
)

// Config says what a casebook works with.
type Config struct {
	Store *store.Store
	// Folder is the data folder: files of evidence are kept below it, and so
	// is what is being received. Processes that share a database share it.
	Folder string
	// FileLimit is how many bytes one file may have, and UploadLimit all files
	// of an upload; zero means 4 GiB and 16 GiB.
	FileLimit, UploadLimit int64
	// Mails says that whom something is sent to gets a mail, too.
	Mails bool
	// Log takes what an operator should know, and never what people wrote.
	// Nil means that nothing is logged.
	Log *slog.Logger
}

// A Casebook is everything a person can do.
type Casebook struct {
	st    *store.Store
	files files
	cfg   Config
	log   *slog.Logger
	// told keeps the entries of incidents as they were at a revision: everybody who has
	// a timeline open asks for it after each change.
	told *lru.Cache[toldAt, []debrief.TimelineEntry]
}

type toldAt struct {
	incident debrief.IncidentID
	rev      int64
}

// Open opens a casebook.
func Open(cfg Config) (*Casebook, error) {
	if cfg.FileLimit <= 0 {
		cfg.FileLimit = 4 << 30
	}
	if cfg.UploadLimit <= 0 {
		cfg.UploadLimit = 16 << 30
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	for _, d := range []string{"evidence", "receiving"} {
		if err := os.MkdirAll(filepath.Join(cfg.Folder, d), 0o700); err != nil {
			return nil, err
		}
	}
	told, err := lru.New[toldAt, []debrief.TimelineEntry](32) // some 1 KB for each entry
	if err != nil {
		return nil, err
	}
	c := &Casebook{st: cfg.Store, files: files{cfg.Folder}, cfg: cfg, log: cfg.Log, told: told}
	return c, c.sweep()
}

// interrupted is after how long what lies among the files being received is
// taken for the rest of work that was cut off.
const interrupted = 3 * 24 * time.Hour

// The kinds of tasks.
const (
	taskRead = "read" // key: an upload
	taskWork = "work" // key: an incident
)

// Register says to a runner what is done in the background.
func (c *Casebook) Register(r *jobs.Runner) {
	r.Handle(taskRead, c.readUpload)
	r.Handle(taskWork, c.workOn)
}

// Ready reports whether the database answers and the data folder can be written.
func (c *Casebook) Ready(ctx context.Context) error {
	if err := c.st.Ready(ctx); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Join(c.cfg.Folder, "receiving"), "ready-")
	if err != nil {
		return &debrief.Error{Kind: debrief.Unavailable, Say: "The data folder cannot be written.", Err: err}
	}
	f.Close()
	return os.Remove(f.Name())
}

// change runs a change in an incident, which it locks first.
func (c *Casebook) change(ctx context.Context, a debrief.Actor, id debrief.IncidentID, do debrief.Action, fn func(*store.Tx, *debrief.Incident) error) error {
	return c.st.Update(ctx, a, func(tx *store.Tx) error {
		in, err := tx.TouchIncident(id)
		if err != nil {
			return err
		}
		if err := a.May(do, &in); err != nil {
			return err
		}
		return fn(tx, &in)
	})
}

// see runs a look at an incident.
func (c *Casebook) see(ctx context.Context, a debrief.Actor, id debrief.IncidentID, do debrief.Action, fn func(*store.Tx, *debrief.Incident) error) error {
	return c.st.View(ctx, func(tx *store.Tx) error {
		in, err := tx.Incident(id)
		if err != nil {
			return err
		}
		if err := a.May(do, &in); err != nil {
			return err
		}
		return fn(tx, &in)
	})
}

// counted writes a number with its noun.
func counted(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

func unique[T comparable](list []T) []T {
	var out []T
	for _, v := range list {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// Follow hands over every activity after a number, in order and each once, as
// they come, until the context ends or each returns an error. It asks nobody's
// permission: it is for parts of the program that tell others "look again".
func (c *Casebook) Follow(ctx context.Context, after int64, each func(debrief.Activity) error) error {
	return c.st.Follow(ctx, after, each)
}

// Head is the number of the last activity.
func (c *Casebook) Head(ctx context.Context) (seq int64, err error) {
	err = c.st.View(ctx, func(tx *store.Tx) error {
		seq, err = tx.Head()
		return err
	})
	return seq, err
}

// Activity gives what happened in an incident, the latest first: at most limit
// (0 means 50), before a number (0 means from the end).
func (c *Casebook) Activity(ctx context.Context, a debrief.Actor, id debrief.IncidentID, before int64, limit int) (all []debrief.Activity, err error) {
	if limit <= 0 || limit > 500 {
		limit = 50
	}
	err = c.see(ctx, a, id, debrief.SeeActivity, func(tx *store.Tx, in *debrief.Incident) error {
		all, err = tx.Activities(id, before, limit)
		return err
	})
	return all, err
}

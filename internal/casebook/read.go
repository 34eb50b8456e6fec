package casebook

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/evidence"
	"debrief.dev/debrief/internal/jobs"
	"debrief.dev/debrief/internal/redact"
	"debrief.dev/debrief/internal/store"
)

const (
	// batch is how many pieces are written in one transaction: so many that a
	// transaction each is little work, so few that others are not kept waiting.
	batch = 400
	// tell is how often the progress is written down.
	tell = 500 * time.Millisecond
)

// product is who changes things when nobody does.
var product = debrief.Actor{Door: "jobs"}

// readUpload reads the files of an upload. It begins anew when it was cut off:
// what was read then is taken out first.
func (c *Casebook) readUpload(ctx context.Context, task store.Task) error {
	id := debrief.UploadID(task.Key)
	var u debrief.Upload
	var in debrief.Incident
	var before []debrief.Upload
	// held runs a change as long as the task is ours.
	held := func(do func(*store.Tx) error) error {
		return c.st.Update(ctx, product, func(tx *store.Tx) error {
			ok, err := tx.HoldTask(task, jobs.Until(tx))
			if err != nil {
				return err
			}
			if !ok {
				return context.Canceled
			}
			return do(tx)
		})
	}
	err := held(func(tx *store.Tx) (err error) {
		if u, err = tx.Upload(id); err != nil {
			return err
		}
		if u.State != debrief.Waiting && u.State != debrief.Reading {
			tx.Quiet()
			return nil
		}
		if in, err = tx.Incident(u.Incident); err != nil {
			return err
		}
		if before, err = tx.Uploads(u.Incident); err != nil {
			return err
		}
		u.Read, u.Items = 0, 0
		if u.State != debrief.Reading {
			u.State = debrief.Reading
			tx.Record(debrief.ReadingBegun, u.Incident, string(u.ID), map[string]string{"number": fmt.Sprint(u.Number)})
		} else {
			tx.Quiet()
		}
		if err := tx.DeleteEvidence(id); err != nil {
			return err
		}
		return tx.UpdateUpload(u)
	})
	if err != nil || u.State != debrief.Reading {
		return err
	}

	fresh, known, below := newFiles(u, before)
	folder, done, err := c.files.layOut(fresh, below)
	if err != nil {
		return c.stopReading(ctx, u, held, err)
	}
	defer done()

	var rows []store.EvidenceRow
	var n int64
	last := c.st.Now()
	flush := func() error {
		if len(rows) == 0 {
			return nil
		}
		some := rows
		rows = nil
		return held(func(tx *store.Tx) error {
			tx.Quiet()
			u.Items = int(n)
			if err := tx.InsertEvidence(u, some); err != nil {
				return err
			}
			return tx.UpdateUpload(u)
		})
	}
	opts := evidence.Options{Now: c.st.Now(), Progress: func(read, total int64) {
		u.Read = read
		if total >= 0 {
			u.Total = total
		}
	}}
	if in.Zone != "UTC" {
		// Whoever opened the incident stated the zone of its people.
		if opts.Zone, err = time.LoadLocation(in.Zone); err != nil {
			return err
		}
	}
	reading, err := evidence.Read(ctx, []string{folder}, opts, func(e debrief.Evidence) error {
		n++
		text, _ := redact.Secrets(e.Title + "\n" + e.Text)
		rows = append(rows, store.EvidenceRow{
			ID: debrief.EvidenceID(c.st.NewID("evi_")), N: n, Author: authorKey(e.Author),
			Folded: store.Fold(text + " " + e.Where + " " + e.Subject), Piece: e,
		})
		if len(rows) >= batch || c.st.Now().Sub(last) >= tell {
			last = c.st.Now()
			return flush()
		}
		return ctx.Err()
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return c.stopReading(ctx, u, held, err)
	}
	if len(known) > 0 {
		reading.Summary.LeftOut["files that were here already"] += len(known)
	}
	summary, err := json.Marshal(reading.Summary)
	if err != nil {
		return err
	}
	return held(func(tx *store.Tx) error {
		if _, err := tx.TouchIncident(u.Incident); err != nil {
			return err
		}
		u.State, u.Summary, u.DoneAt, u.Items = debrief.ReadOut, summary, tx.Now(), int(n)
		u.Read = max(u.Total, reading.Summary.Bytes)
		u.Total = u.Read
		if err := tx.UpdateUpload(u); err != nil {
			return err
		}
		if err := tx.SetPeople(u.ID, reading.People); err != nil {
			return err
		}
		tx.Record(debrief.EvidenceRead, u.Incident, string(u.ID), map[string]string{
			"number": fmt.Sprint(u.Number), "count": counted(int(n), "record", "records"),
		})
		return tx.AddTask(taskWork, string(u.Incident), "")
	})
}

// stopReading says that an upload cannot be read. What the disk or the database
// did not do is tried again; files that cannot stand side by side are not.
func (c *Casebook) stopReading(ctx context.Context, u debrief.Upload, held func(func(*store.Tx) error) error, cause error) error {
	if debrief.KindOf(cause) == debrief.Internal && !os.IsExist(cause) {
		return cause
	}
	c.log.Error("an upload could not be read", "upload", string(u.ID), "error_kind", int(debrief.KindOf(cause)))
	return held(func(tx *store.Tx) error {
		u.State, u.DoneAt, u.Items = debrief.Stopped, tx.Now(), 0
		u.Say = "The files could not be read together."
		if hint := debrief.HintOf(cause); hint != "" {
			u.Say += " " + hint
		}
		if err := tx.DeleteEvidence(u.ID); err != nil {
			return err
		}
		tx.Record(debrief.ReadingStopped, u.Incident, string(u.ID), map[string]string{"number": fmt.Sprint(u.Number)})
		return tx.UpdateUpload(u)
	})
}

// newFiles tells the files of an upload that earlier ones do not hold from
// those they hold byte for byte under the same path. Where an earlier upload has
// another file under a path, everything of this one stands below its number,
// so that a citation (file and id) means one thing.
func newFiles(u debrief.Upload, all []debrief.Upload) (fresh, known []debrief.UploadFile, below string) {
	have := map[string]map[string]bool{} // by path: the digests that are read, or will be before this
	taken := map[string]bool{}
	for _, o := range all {
		if o.ID == u.ID || o.State == debrief.Stopped || o.State == debrief.Receiving || o.State == debrief.Waiting && o.Number > u.Number {
			continue
		}
		for _, f := range o.Files {
			taken[f.Path] = true
			// Two that are read at once must not both leave a file to the other.
			if o.State == debrief.ReadOut || o.Number < u.Number {
				if have[f.Path] == nil {
					have[f.Path] = map[string]bool{}
				}
				have[f.Path][f.Digest] = true
			}
		}
	}
	for _, f := range u.Files {
		switch {
		case have[f.Path][f.Digest]:
			known = append(known, f)
			continue
		case taken[f.Path]:
			below = fmt.Sprintf("upload-%d", u.Number)
		}
		fresh = append(fresh, f)
	}
	return fresh, known, below
}

// authorKey joins what one author wrote.
func authorKey(a debrief.Author) string {
	switch {
	case a.ID != "":
		return "id:" + store.Fold(a.ID)
	case a.Handle != "":
		return "handle:" + store.Fold(a.Handle)
	case a.Email != "":
		return "email:" + store.Fold(a.Email)
	case a.Name != "":
		return "name:" + store.Fold(a.Name)
	}
	return ""
}

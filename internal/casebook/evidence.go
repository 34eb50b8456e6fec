package casebook

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/redact"
	"debrief.dev/debrief/internal/store"
)

// MaxFiles is how many files one upload may have.
const MaxFiles = 10_000

// BeginUpload begins an upload: files that are added to it until
// [Casebook.FinishUpload] are read together. Without a name it is named after them.
func (c *Casebook) BeginUpload(ctx context.Context, a debrief.Actor, id debrief.IncidentID, name string) (_ *debrief.Upload, err error) {
	if name != "" {
		if name, err = debrief.CheckLine("name", "The name", name, maxTitle); err != nil {
			return nil, err
		}
	}
	u := debrief.Upload{Incident: id, Name: name, Total: -1}
	err = c.change(ctx, a, id, debrief.AddEvidence, func(tx *store.Tx, in *debrief.Incident) error {
		u.ID = debrief.UploadID(tx.NewID("upl_"))
		tx.Record(debrief.UploadBegun, id, string(u.ID), nil)
		return tx.InsertUpload(&u)
	})
	return &u, err
}

// upload gives an upload without its files, if the actor may do something with it.
func (c *Casebook) upload(tx *store.Tx, a debrief.Actor, id debrief.UploadID, do debrief.Action) (debrief.Upload, error) {
	u, err := tx.BareUpload(id)
	if err != nil {
		return u, err
	}
	in, err := tx.Incident(u.Incident)
	if err != nil {
		return u, err
	}
	return u, a.May(do, &in)
}

var errComplete = &debrief.Error{Kind: debrief.Conflict, Say: "This upload is complete.", Hint: "Begin another for further files."}

// changeUpload runs a change of an upload that is still being received; it is given
// without its files, since there may be thousands and each asks.
func (c *Casebook) changeUpload(ctx context.Context, a debrief.Actor, id debrief.UploadID, fn func(*store.Tx, *debrief.Upload) error) error {
	var incident debrief.IncidentID
	err := c.st.View(ctx, func(tx *store.Tx) error {
		u, err := c.upload(tx, a, id, debrief.AddEvidence)
		incident = u.Incident
		return err
	})
	if err != nil {
		return err
	}
	return c.change(ctx, a, incident, debrief.AddEvidence, func(tx *store.Tx, in *debrief.Incident) error {
		u, err := tx.BareUpload(id)
		if err != nil {
			return err
		}
		if u.State != debrief.Receiving {
			return errComplete
		}
		return fn(tx, &u)
	})
}

// AddFile adds a file to an upload, in place of one with the same path. Its
// bytes are streamed to the disk; when AddFile returns, they are safe there.
// The path is relative; whichever slashes it has, it is kept with forward ones.
func (c *Casebook) AddFile(ctx context.Context, a debrief.Actor, id debrief.UploadID, name string, r io.Reader) (*debrief.UploadFile, error) {
	name, err := checkPath(name)
	if err != nil {
		return nil, err
	}
	err = c.st.View(ctx, func(tx *store.Tx) error { // before the bytes are taken
		_, err := c.upload(tx, a, id, debrief.AddEvidence)
		return err
	})
	if err != nil {
		return nil, err
	}
	f := debrief.UploadFile{Path: name}
	if f.Digest, f.Size, err = c.files.put(ctx, r, c.cfg.FileLimit); err != nil {
		return nil, err
	}
	err = c.changeUpload(ctx, a, id, func(tx *store.Tx, u *debrief.Upload) error {
		others, err := tx.OtherFiles(u.ID, f.Path)
		switch {
		case err != nil:
			return err
		case others.Clash:
			return &debrief.Error{Kind: debrief.Invalid, Field: "path", Say: "A file and a folder of this upload have the same name."}
		case others.N >= MaxFiles:
			return &debrief.Error{Kind: debrief.TooLarge, Field: "file", Say: fmt.Sprintf("An upload holds %d files at most.", MaxFiles), Hint: "Put them into an archive, or begin another upload."}
		case others.Size+f.Size > c.cfg.UploadLimit:
			return togetherTooLarge(c.cfg.UploadLimit)
		}
		tx.Record(debrief.FileAdded, u.Incident, string(u.ID), nil)
		return tx.PutFile(u.ID, f)
	})
	return &f, err
}

// checkPath checks the name a file comes with.
func checkPath(name string) (string, error) {
	name = strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(name, `\`, "/")), "/")
	long := slices.ContainsFunc(strings.Split(name, "/"), func(s string) bool { return len(s) > 240 })
	if name == "" || !fs.ValidPath(name) || len(name) > 1000 || long || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", &debrief.Error{Kind: debrief.Invalid, Field: "path", Say: "A file cannot be kept under this name.", Hint: "A name has at most 240 bytes, without control characters; give it a shorter one."}
	}
	return name, nil
}

// FinishUpload says that all files are there: they are read in the background.
func (c *Casebook) FinishUpload(ctx context.Context, a debrief.Actor, id debrief.UploadID) (*debrief.Upload, error) {
	var out debrief.Upload
	err := c.changeUpload(ctx, a, id, func(tx *store.Tx, bare *debrief.Upload) error {
		u, err := tx.Upload(bare.ID)
		if err != nil {
			return err
		}
		if len(u.Files) == 0 {
			return &debrief.Error{Kind: debrief.Invalid, Field: "file", Say: "No file was added.", Hint: "Add at least one, or take the upload back."}
		}
		if u.Name == "" {
			u.Name = NameOf(u.Files)
		}
		u.State, u.Total = debrief.Waiting, 0
		for _, f := range u.Files {
			u.Total += f.Size
		}
		lacks, err := c.lacking(u)
		if err != nil {
			return err
		}
		switch {
		case lacks == 1:
			u.Say = "One file did not come whole and is not part of it. Drop the files again to add it."
		case lacks > 1:
			u.Say = fmt.Sprintf("%d files did not come whole and are not part of it. Drop the files again to add them.", lacks)
		}
		out = u
		tx.Record(debrief.UploadFinished, u.Incident, string(u.ID), map[string]string{"count": counted(len(u.Files), "file", "files")})
		if err := tx.UpdateUpload(u); err != nil {
			return err
		}
		return tx.AddTask(taskRead, string(u.ID), "")
	})
	if err == nil {
		err = os.RemoveAll(c.files.onTheWay(id)) // parts of files that were not sent to the end
	}
	return &out, err
}

// NameOf is what files that came together are called: their folder, the only file, or
// the first and how many more.
func NameOf(files []debrief.UploadFile) string {
	if len(files) == 0 {
		return "Files"
	}
	// The first that was chosen by itself, if there is one: a folder may only tell two of
	// one name apart.
	at := max(0, slices.IndexFunc(files, func(f debrief.UploadFile) bool { return !strings.Contains(f.Path, "/") }))
	first, _, inFolder := strings.Cut(files[at].Path, "/")
	for _, f := range files {
		if top, _, ok := strings.Cut(f.Path, "/"); !ok || top != first {
			inFolder = false
		}
	}
	name, _ := debrief.CheckLine("name", "The name", first, maxTitle)
	if name == "" {
		name = "A file"
	}
	if n := len(files) - 1; !inFolder && n > 0 {
		name += fmt.Sprintf(" and %d more", n)
	}
	return name
}

// MaxPaste is how many bytes can be pasted.
const MaxPaste = 4 << 20

// PasteEvidence adds pasted text as a file of notes.
func (c *Casebook) PasteEvidence(ctx context.Context, a debrief.Actor, id debrief.IncidentID, title, text string) (*debrief.Upload, error) {
	if strings.TrimSpace(text) == "" {
		return nil, &debrief.Error{Kind: debrief.Invalid, Field: "text", Say: "The text is empty."}
	}
	if len(text) > MaxPaste {
		return nil, &debrief.Error{Kind: debrief.TooLarge, Field: "text", Say: fmt.Sprintf("The text has more than %d MiB.", MaxPaste>>20), Hint: "Add it as a file."}
	}
	if strings.TrimSpace(title) == "" {
		title = "Pasted notes"
	}
	u, err := c.BeginUpload(ctx, a, id, title)
	if err != nil {
		return nil, err
	}
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\<>:"|?*`, r) || r < ' ' {
			return '-'
		}
		return r
	}, u.Name)
	// A file that begins with a point is hidden, and would not be read.
	name = cmp.Or(strings.TrimLeft(name, "."), "notes")
	for len(name) > 200 {
		name = string([]rune(name)[:len([]rune(name))-1])
	}
	if _, err := c.AddFile(ctx, a, u.ID, fmt.Sprintf("pasted-%d/%s.txt", u.Number, name), strings.NewReader(text)); err != nil {
		return nil, err
	}
	return c.FinishUpload(ctx, a, u.ID)
}

// Uploads gives the uploads of an incident, the first first. Of one that is coming in
// Read and Total say how much of it is here, if that is known.
func (c *Casebook) Uploads(ctx context.Context, a debrief.Actor, id debrief.IncidentID) (all []debrief.Upload, err error) {
	err = c.see(ctx, a, id, debrief.SeeEvidence, func(tx *store.Tx, in *debrief.Incident) error {
		all, err = tx.Uploads(id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, c.coming(all)
}

// Upload gives one, without its files, with how far its reading has come.
func (c *Casebook) Upload(ctx context.Context, a debrief.Actor, id debrief.UploadID) (*debrief.Upload, error) {
	var u debrief.Upload
	err := c.st.View(ctx, func(tx *store.Tx) (err error) {
		u, err = c.upload(tx, a, id, debrief.SeeEvidence)
		return err
	})
	return &u, err
}

// DropUpload takes back an upload whose files are still being received, or that
// could not be read.
func (c *Casebook) DropUpload(ctx context.Context, a debrief.Actor, id debrief.UploadID) error {
	var u debrief.Upload
	err := c.st.View(ctx, func(tx *store.Tx) (err error) {
		u, err = c.upload(tx, a, id, debrief.AddEvidence)
		return err
	})
	if err != nil {
		return err
	}
	err = c.change(ctx, a, u.Incident, debrief.AddEvidence, func(tx *store.Tx, in *debrief.Incident) error {
		u, err := tx.BareUpload(id)
		if err != nil {
			return err
		}
		if u.State != debrief.Receiving && u.State != debrief.Stopped {
			return &debrief.Error{Kind: debrief.Conflict, Say: "This upload is part of the evidence.", Hint: "Entries may cite it, so it stays."}
		}
		if err := tx.DeleteEvidence(id); err != nil {
			return err
		}
		tx.Record(debrief.UploadDropped, u.Incident, string(u.ID), nil)
		return tx.DeleteUpload(id)
	})
	if err != nil {
		return err
	}
	return os.RemoveAll(c.files.onTheWay(id))
}

// Evidence gives a page of what tools remembered, in the order of time, with
// secrets masked.
func (c *Casebook) Evidence(ctx context.Context, a debrief.Actor, id debrief.IncidentID, f store.EvidenceFilter) (p store.EvidencePage, err error) {
	err = c.see(ctx, a, id, debrief.SeeEvidence, func(tx *store.Tx, in *debrief.Incident) error {
		p, err = tx.Evidence(id, f)
		return err
	})
	for i := range p.Items {
		mask(&p.Items[i].Evidence)
	}
	for _, counts := range [][]store.Count{p.Sources, p.Roles} {
		slices.SortFunc(counts, func(x, y store.Count) int { return cmp.Or(cmp.Compare(y.N, x.N), cmp.Compare(x.Value, y.Value)) })
	}
	return p, err
}

// EvidenceItem gives one piece, with secrets masked.
func (c *Casebook) EvidenceItem(ctx context.Context, a debrief.Actor, id debrief.IncidentID, piece debrief.EvidenceID) (*debrief.EvidenceItem, error) {
	var item debrief.EvidenceItem
	err := c.see(ctx, a, id, debrief.SeeEvidence, func(tx *store.Tx, in *debrief.Incident) (err error) {
		item, err = tx.EvidenceItem(id, piece)
		return err
	})
	mask(&item.Evidence)
	return &item, err
}

// mask takes the secrets out of every text of a piece.
func mask(e *debrief.Evidence) {
	for _, s := range []*string{&e.Text, &e.Title, &e.Link, &e.Subject, &e.Where} {
		*s, _ = redact.Secrets(*s)
	}
	for k, v := range e.Attributes {
		e.Attributes[k], _ = redact.Secrets(v)
	}
}

package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/store"
)

// addFiles takes the files of a form as they come: none is held in memory. The
// upload is read as one once all are there; if the connection breaks, what came is
// taken back, and adding again begins anew.
func (s *Site) addFiles(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	in, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return &debrief.Error{Kind: debrief.Invalid, Field: "files", Say: "No file came with the form.", Hint: "Choose files or a folder first.", Err: err}
	}
	var up *debrief.Upload
	times := map[string]int{}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = s.addPart(r, a, in.ID, part, &up, times)
		}
		if err != nil {
			if up != nil {
				if dropped := s.cb.DropUpload(r.Context(), a, up.ID); dropped != nil {
					s.log.Error("an upload was not taken back", "error", store.ForLog(dropped))
				}
			}
			if e, ok := refused(err); ok {
				return s.evidenceWith(w, r, a, form{}, e)
			}
			return err
		}
	}
	if len(times) == 0 {
		return s.evidenceWith(w, r, a, form{}, &debrief.Error{Kind: debrief.Invalid, Field: "files", Say: "No file was chosen.", Hint: "Choose files or a folder, then add them."})
	}
	_, err = s.cb.FinishUpload(r.Context(), a, up.ID)
	return s.then(w, r, err, path+"/evidence", func(e *debrief.Error) error { return s.evidenceWith(w, r, a, form{}, e) })
}

// addPart adds one file of a form; the upload begins with the first.
func (s *Site) addPart(r *http.Request, a debrief.Actor, id debrief.IncidentID, part *multipart.Part, up **debrief.Upload, times map[string]int) error {
	defer part.Close()
	// The path inside a chosen folder, which part.FileName would cut off.
	_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	name := params["filename"]
	if err != nil || name == "" {
		return nil // a field, or an input without a choice
	}
	if *up == nil {
		if *up, err = s.cb.BeginUpload(r.Context(), a, id, ""); err != nil {
			return err
		}
	}
	// Files of one name, chosen from several folders, get a folder each.
	if times[name]++; times[name] > 1 {
		name = fmt.Sprintf("%d/%s", times[name], name)
	}
	_, err = s.cb.AddFile(r.Context(), a, (*up).ID, name, part)
	return err
}

func (s *Site) dropUpload(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.ofUpload(w, r, a, s.cb.DropUpload)
}

// finishUpload reads what is here of an upload, also if it was cut off.
func (s *Site) finishUpload(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	return s.ofUpload(w, r, a, func(ctx context.Context, a debrief.Actor, id debrief.UploadID) error {
		_, err := s.cb.FinishUpload(ctx, a, id)
		return err
	})
}

func (s *Site) ofUpload(w http.ResponseWriter, r *http.Request, a debrief.Actor, do func(context.Context, debrief.Actor, debrief.UploadID) error) error {
	_, path, err := s.room(r, a)
	if err != nil {
		return err
	}
	err = do(r.Context(), a, debrief.UploadID(r.PathValue("upload")))
	if r.Header.Get("Accept") == jsonType {
		return reply(w, struct{}{}, err)
	}
	return s.then(w, r, err, path+"/evidence", func(e *debrief.Error) error { return s.evidenceWith(w, r, a, form{}, e) })
}

// The script of the page sends files in chunks (ui/upload.ts), so that what was cut off
// goes on where it ended: it says which files there are, sends what is not here yet, and
// finishes.

func (s *Site) planUpload(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	var planned []casebook.PlannedFile
	const most = 4 << 20 // casebook.MaxFiles with long names
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, most)).Decode(&planned); err != nil {
		return reply(w, nil, &debrief.Error{Kind: debrief.Invalid, Field: "files", Say: "The list of files could not be read.", Hint: "It is JSON: path, size and changed of each. Fewer files, or an archive, keep it below 4 MiB.", Err: err})
	}
	p, err := s.cb.PlanUpload(r.Context(), a, debrief.IncidentID(r.PathValue("incident")), planned)
	return reply(w, p, err)
}

func (s *Site) addChunk(w http.ResponseWriter, r *http.Request, a debrief.Actor) error {
	q := r.URL.Query()
	var numbers [3]int64
	for i, name := range []string{"size", "changed", "offset"} {
		n, err := strconv.ParseInt(q.Get(name), 10, 64)
		if err != nil {
			return reply(w, nil, &debrief.Error{Kind: debrief.Invalid, Field: name, Say: name + " is not a number.", Hint: "A chunk names the path, size and changed of its file, and its offset in it.", Err: err})
		}
		numbers[i] = n
	}
	f := casebook.PlannedFile{Path: q.Get("path"), Size: numbers[0], Changed: numbers[1]}
	return reply(w, struct{}{}, s.cb.AddChunk(r.Context(), a, debrief.UploadID(r.PathValue("upload")), f, numbers[2], r.Body))
}

const jsonType = "application/json"

// reply answers a script. What was refused has the words that a page would show; what
// failed is left to the caller.
func reply(w http.ResponseWriter, what any, err error) error {
	if err != nil {
		e, ok := refused(err)
		if !ok {
			return err
		}
		w.Header().Set("Content-Type", jsonType)
		w.WriteHeader(statuses[e.Kind])
		return json.NewEncoder(w).Encode(map[string]string{"say": e.Say, "hint": e.Hint})
	}
	w.Header().Set("Content-Type", jsonType)
	return json.NewEncoder(w).Encode(what)
}

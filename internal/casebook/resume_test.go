package casebook_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
)

// sent adds the chunks of a file from an offset on, at most n of them.
func (r *room) sent(id debrief.UploadID, f casebook.PlannedFile, text string, from int64, n int) {
	r.Helper()
	for at := from; n > 0 && (at < f.Size || f.Size == 0); at, n = at+casebook.ChunkSize, n-1 {
		r.ok(r.cb.AddChunk(r.ctx(), r.ana, id, f, at, strings.NewReader(text[at:min(at+casebook.ChunkSize, f.Size)])))
		if f.Size == 0 {
			return
		}
	}
}

func planned(path, text string) casebook.PlannedFile {
	return casebook.PlannedFile{Path: path, Size: int64(len(text)), Changed: start.UnixMilli()}
}

func TestAnUploadThatWasCutOffGoesOnWhereItEnded(t *testing.T) {
	each(t, func(r *room) {
		in, err := r.cb.OpenIncident(r.ctx(), r.ana, casebook.OpenIncident{Title: "Orders stood still"})
		r.ok(err)
		const size = casebook.ChunkSize
		long := strings.Repeat("2026-03-02 09:00:00 UTC the queue had 1200 orders\n", 3*size/50)
		short, empty := "2026-03-02 09:10 UTC rolled back\n", ""
		files := []casebook.PlannedFile{planned("call/long.log", long), planned("call/short.md", short), planned("call/empty.txt", empty)}

		p, err := r.cb.PlanUpload(r.ctx(), r.ana, in.ID, files)
		r.ok(err)
		r.sent(p.Upload, files[0], long, 0, 1)
		r.sent(p.Upload, files[1], short, 0, 1)

		// Another process knows where it ended, and shows it.
		r.cb, err = casebook.Open(casebook.Config{Store: r.st, Folder: r.data})
		r.ok(err)
		all, err := r.cb.Uploads(r.ctx(), r.ana, in.ID)
		r.ok(err)
		if u := all[0]; u.State != debrief.Receiving || u.Read != size+int64(len(short)) || u.Total != int64(len(long)+len(short)) {
			r.Errorf("%v, %d of %d bytes are here", u.State, u.Read, u.Total)
		}
		again, err := r.cb.PlanUpload(r.ctx(), r.ana, in.ID, files)
		r.ok(err)
		if want := []int64{size, int64(len(short)), 0}; again.Upload != p.Upload || !slices.Equal(again.Have, want) || again.Missing != 0 {
			r.Errorf("it goes on in %s (%s) at %v, want %v", again.Upload, p.Upload, again.Have, want)
		}
		// A part of the files goes on, too, and is told what lacks.
		part, err := r.cb.PlanUpload(r.ctx(), r.ana, in.ID, files[:1])
		r.ok(err)
		if part.Upload != p.Upload || part.Missing != 1 {
			r.Errorf("a part goes on in %s, and %d lack", part.Upload, part.Missing)
		}
		// A file that was written to since is another file.
		grown := files[0]
		grown.Changed++
		other, err := r.cb.PlanUpload(r.ctx(), r.ana, in.ID, []casebook.PlannedFile{grown})
		r.ok(err)
		if other.Upload == p.Upload || other.Have[0] != 0 {
			r.Errorf("a file that has changed goes on at %v", other.Have)
		}
		r.ok(r.cb.DropUpload(r.ctx(), r.ana, other.Upload))

		r.sent(p.Upload, files[0], long, size, 9)
		r.sent(p.Upload, files[0], long, 0, 1) // comes twice, as when an answer is lost
		r.sent(p.Upload, files[2], empty, 0, 1)
		stray := planned("call/stray.md", short) // nobody announced it, so nothing limits how much of it would come
		r.kind(r.cb.AddChunk(r.ctx(), r.ana, p.Upload, stray, 0, strings.NewReader(short)), debrief.Conflict)
		done, err := r.cb.FinishUpload(r.ctx(), r.ana, p.Upload)
		r.ok(err)
		if done.Say != "" {
			r.Errorf("of a whole upload it is said: %s", done.Say)
		}
		r.kind(r.cb.AddChunk(r.ctx(), r.ana, p.Upload, files[1], 0, strings.NewReader(short)), debrief.Conflict)
		var kept []string
		for _, path := range r.kept() {
			text, err := os.ReadFile(path)
			r.ok(err)
			kept = append(kept, string(text))
		}
		slices.SortFunc(kept, func(a, b string) int { return len(b) - len(a) })
		if !slices.Equal(kept, []string{long, short, empty}) {
			r.Errorf("%d files are kept, and not the bytes that were sent", len(kept))
		}
		if left, err := filepath.Glob(filepath.Join(r.data, "receiving", "*")); err != nil || len(left) != 0 {
			r.Errorf("left of the sending: %v, %v", left, err)
		}
	})
}

func TestWhatDidNotComeWholeIsSaid(t *testing.T) {
	each(t, func(r *room) {
		in, err := r.cb.OpenIncident(r.ctx(), r.ana, casebook.OpenIncident{Title: "Orders stood still"})
		r.ok(err)
		short := "2026-03-02 09:10 UTC rolled back\n"
		files := []casebook.PlannedFile{planned("short.md", short), planned("other.md", short)}
		p, err := r.cb.PlanUpload(r.ctx(), r.ana, in.ID, files)
		r.ok(err)
		r.sent(p.Upload, files[0], short, 0, 1)
		_, err = r.cb.FinishUpload(r.ctx(), r.ana, p.Upload)
		r.ok(err)
		r.ok(r.run.Drain(r.ctx()))
		u, err := r.cb.Upload(r.ctx(), r.ana, p.Upload)
		r.ok(err)
		if u.State != debrief.ReadOut || !strings.HasPrefix(u.Say, "One file did not come whole") {
			r.Errorf("it is %v and says %q", u.State, u.Say)
		}
	})
}

func TestWhatIsOnTheWayIsCheckedAndClearedAway(t *testing.T) {
	each(t, func(r *room) {
		cb, err := casebook.Open(casebook.Config{Store: r.st, Folder: r.data, FileLimit: 3 << 20, UploadLimit: 4 << 20})
		r.ok(err)
		in, err := cb.OpenIncident(r.ctx(), r.ana, casebook.OpenIncident{Title: "Orders stood still"})
		r.ok(err)
		for _, bad := range []struct {
			kind  debrief.ErrorKind
			files []casebook.PlannedFile
		}{
			{debrief.Invalid, nil},
			{debrief.Invalid, []casebook.PlannedFile{{Path: "../"}}},
			{debrief.Invalid, []casebook.PlannedFile{{Path: "a"}, {Path: "./a"}}},
			{debrief.Invalid, []casebook.PlannedFile{{Path: "a", Size: -1}}},
			{debrief.TooLarge, []casebook.PlannedFile{{Path: "a", Size: 3<<20 + 1}}},
			{debrief.TooLarge, []casebook.PlannedFile{{Path: "a", Size: 2 << 20}, {Path: "b", Size: 3 << 20}}},
			{debrief.TooLarge, make([]casebook.PlannedFile, casebook.MaxFiles+1)},
		} {
			_, err := cb.PlanUpload(r.ctx(), r.ana, in.ID, bad.files)
			r.kind(err, bad.kind)
		}
		f := planned("../notes.md", "2026-03-02 09:10 UTC rolled back\n")
		p, err := cb.PlanUpload(r.ctx(), r.ana, in.ID, []casebook.PlannedFile{f})
		r.ok(err)
		for _, text := range []string{"", "less", strings.Repeat("more", 100)} {
			r.kind(cb.AddChunk(r.ctx(), r.ana, p.Upload, f, 0, strings.NewReader(text)), debrief.Invalid)
		}
		for _, offset := range []int64{-1, 1, casebook.ChunkSize} {
			r.kind(cb.AddChunk(r.ctx(), r.ana, p.Upload, f, offset, bytes.NewReader(nil)), debrief.Invalid)
		}
		found, err := filepath.Glob(filepath.Join(r.data, "receiving", "*"))
		r.ok(err)
		if len(found) != 1 {
			r.Fatalf("on the way: %v", found)
		}
		long := start.Add(-30 * 24 * time.Hour)
		r.ok(os.Chtimes(found[0], long, long))
		cb, err = casebook.Open(casebook.Config{Store: r.st, Folder: r.data}) // sweeps
		r.ok(err)
		r.kind(cb.AddChunk(r.ctx(), r.ana, p.Upload, f, 0, strings.NewReader("2026-03-02 09:10 UTC rolled back\n")), debrief.Conflict)
		// Then it begins anew.
		again, err := cb.PlanUpload(r.ctx(), r.ana, in.ID, []casebook.PlannedFile{f})
		r.ok(err)
		if again.Upload == p.Upload {
			r.Error("it goes on in an upload whose parts were cleared away")
		}
	})
}

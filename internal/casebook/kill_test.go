package casebook_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/jobs"
	"debrief.dev/debrief/internal/store"
	"debrief.dev/debrief/internal/store/storetest"
)

// A writer is this program started again as a process that writes entries and
// adds evidence until it is killed. It prints a line for every change once the
// method has returned, which is the promise that the change is kept.
const writerEnv = "DEBRIEF_TEST_WRITER"

func writer() {
	fields := strings.Split(os.Getenv(writerEnv), "|")
	folder, database, actor, incident, round := fields[0], fields[1], fields[2], debrief.IncidentID(fields[3]), fields[4]
	a := debrief.Actor{ID: debrief.UserID(actor), Name: "Ana", Role: debrief.Administrator, Door: "test"}
	must := func(err error) {
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
	}
	ctx, log := context.Background(), slog.New(slog.DiscardHandler)
	st, err := store.Open(ctx, store.Config{Folder: folder, Database: database})
	must(err)
	cb, err := casebook.Open(casebook.Config{Store: st, Folder: folder, Log: log})
	must(err)
	run := jobs.New(st, log)
	cb.Register(run)
	go run.Run(ctx)
	fmt.Println("ready")
	for w := range 3 {
		go func() {
			for i := 0; ; i++ {
				text := fmt.Sprintf("Entry %s %d %d.", round, w, i)
				_, err := cb.AddEntry(ctx, a, casebook.AddEntry{Incident: incident, EntryWords: words(text, i)})
				must(err)
				fmt.Println("entry", text)
			}
		}()
	}
	go func() {
		f := chunked(round)
		p, err := cb.PlanUpload(ctx, a, incident, []casebook.PlannedFile{f})
		must(err)
		for at := int64(0); at < f.Size; at += casebook.ChunkSize {
			must(cb.AddChunk(ctx, a, p.Upload, f, at, bytes.NewReader(make([]byte, casebook.ChunkSize))))
			fmt.Println("chunk", round, at+casebook.ChunkSize)
		}
	}()
	for i := 0; ; i++ {
		var notes bytes.Buffer
		for n := range 200 {
			fmt.Fprintf(&notes, "2026-03-02 %02d:%02d UTC the queue of round %s, upload %d had %d orders\n", 8+n/60, n%60, round, i, n)
		}
		u, err := cb.PasteEvidence(ctx, a, incident, fmt.Sprintf("Notes %s %d", round, i), notes.String())
		must(err)
		fmt.Println("upload", u.ID)
	}
}

// chunked is a file that a round sends in chunks.
func chunked(round string) casebook.PlannedFile {
	return casebook.PlannedFile{Path: "core-" + round, Size: 64 * casebook.ChunkSize}
}

func TestWhatWasAcknowledgedSurvivesTwentyKills(t *testing.T) {
	storetest.Each(t, func(t *testing.T, cfg store.Config) {
		r := newRoom(t, cfg)
		in, err := r.cb.OpenIncident(r.ctx(), r.ana, casebook.OpenIncident{Title: "Orders stood still"})
		r.ok(err)
		entries, uploads, chunks := map[string]bool{}, map[debrief.UploadID]bool{}, map[string]int64{}
		for round := range 20 {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s|%s|%s|%s|%d", writerEnv, cfg.Folder, cfg.Database, r.ana.ID, in.ID, round))
			out, err := cmd.StdoutPipe()
			r.ok(err)
			r.ok(cmd.Start())
			// Killed after so many acknowledgements, more each round, so that it
			// hits every part of the work.
			lines, acknowledged := bufio.NewScanner(out), 0
			var once sync.Once
			for lines.Scan() {
				what, rest, _ := strings.Cut(lines.Text(), " ")
				switch what {
				case "entry":
					entries[rest] = true
				case "upload":
					uploads[debrief.UploadID(rest)] = true
				case "chunk":
					name, bytes, _ := strings.Cut(rest, " ")
					chunks[name], err = strconv.ParseInt(bytes, 10, 64)
					r.ok(err)
				case "error":
					t.Errorf("the writer stopped: %s", rest)
				}
				if acknowledged++; acknowledged > 3+round {
					once.Do(func() { r.ok(cmd.Process.Kill()) })
				}
			}
			cmd.Wait() // it was killed
		}
		// Those who were killed hold leases for a while; then the work goes on.
		r.now.Store(int64(time.Since(start).Seconds()) + 3600)
		r.ok(r.run.Drain(r.ctx()))

		tl, err := r.cb.Timeline(r.ctx(), r.ana, in.ID)
		r.ok(err)
		for _, e := range tl.Entries {
			delete(entries, e.Text)
		}
		if len(entries) > 0 {
			t.Errorf("%d acknowledged entries are gone", len(entries))
		}
		for name, bytes := range chunks {
			p, err := r.cb.PlanUpload(r.ctx(), r.ana, in.ID, []casebook.PlannedFile{chunked(name)})
			r.ok(err)
			if p.Have[0] < bytes {
				t.Errorf("of the file of round %s %d bytes were acknowledged, and it goes on at %d", name, bytes, p.Have[0])
			}
		}
		us, err := r.cb.Uploads(r.ctx(), r.ana, in.ID)
		r.ok(err)
		read := 0
		for _, u := range us {
			p, err := r.cb.Evidence(r.ctx(), r.ana, in.ID, store.EvidenceFilter{Upload: u.ID, Limit: 1})
			r.ok(err)
			switch {
			case u.State == debrief.Receiving && !uploads[u.ID]: // killed between two steps of adding; it says so
			case u.State != debrief.ReadOut:
				t.Errorf("upload %d is still %v", u.Number, u.State)
			case p.Total != u.Items || u.Items != 200:
				t.Errorf("upload %d has %d pieces and says %d, want 200", u.Number, p.Total, u.Items)
			default:
				read++
			}
			delete(uploads, u.ID)
		}
		if len(uploads) > 0 || read == 0 {
			t.Errorf("%d acknowledged uploads are gone, %d were read", len(uploads), read)
		}
		var last int64
		r.ok(r.st.View(r.ctx(), func(tx *store.Tx) error {
			all, err := tx.ActivitiesAfter(0, 1_000_000)
			if err != nil {
				return err
			}
			for i, a := range all {
				if a.Seq != int64(i+1) {
					return fmt.Errorf("activity %d follows %d", a.Seq, i)
				}
			}
			last, err = tx.Head()
			if err == nil && last != int64(len(all)) {
				err = fmt.Errorf("the log ends at %d and holds %d", last, len(all))
			}
			return err
		}))
		// What is left of interrupted work in the folder is nobody's evidence.
		left, err := filepath.Glob(filepath.Join(cfg.Folder, "receiving", "*"))
		r.ok(err)
		t.Logf("%d activities, %d uploads read, %d go on, %d left-overs of interrupted work", last, read, len(chunks), len(left))
	})
}

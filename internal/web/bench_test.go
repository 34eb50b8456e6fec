package web_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/auth"
	"debrief.dev/debrief/internal/casebook"
	"debrief.dev/debrief/internal/jobs"
	"debrief.dev/debrief/internal/live"
	"debrief.dev/debrief/internal/store"
	"debrief.dev/debrief/internal/web"
)

// A hall is an installation with one incident, for measuring: a real clock, and no log.
type hall struct {
	*testing.B
	cb     *casebook.Casebook
	site   *web.Site
	hub    *live.Hub
	ana    debrief.Actor
	cookie string
	path   string // of the incident
}

func newHall(b *testing.B, entries int) *hall {
	b.Helper()
	h := &hall{B: b, hub: live.New()}
	folder := b.TempDir()
	st, err := store.Open(b.Context(), store.Config{Folder: folder})
	h.ok(err)
	b.Cleanup(func() { h.ok(st.Close()) })
	gate := auth.New(st, auth.Cheap())
	h.cb, err = casebook.Open(casebook.Config{Store: st, Folder: folder, Log: slog.New(slog.DiscardHandler)})
	h.ok(err)
	h.cb.Register(jobs.New(st, nil))
	h.site, err = web.New(web.Config{Casebook: h.cb, Gate: gate, Live: h.hub})
	h.ok(err)
	token, a, err := gate.Found(b.Context(), auth.Found{Organisation: "Harbour Ltd", Name: "Ana", Email: "ana@example.com", Password: password})
	h.ok(err)
	h.ana, h.cookie = a, "debrief="+token
	in, err := h.cb.OpenIncident(b.Context(), a, casebook.OpenIncident{Title: "Edge answers 503"})
	h.ok(err)
	h.path = "/incidents/" + string(in.ID)
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for i := range entries {
		_, err := h.cb.AddEntry(b.Context(), a, casebook.AddEntry{Incident: in.ID, EntryWords: casebook.EntryWords{
			At: debrief.Moment{At: start.Add(time.Duration(i) * time.Minute), Precision: debrief.ToMinute}, Kind: debrief.Kind(i % 5), Signal: signalOf(i % 5), Status: debrief.Observed,
			Text: fmt.Sprintf("The on-call engineer of region %d sees the queue grow to %d jobs and asks who owns the limit.", i%7, 40*i),
		}})
		h.ok(err)
	}
	return h
}

func signalOf(kind int) debrief.Signal {
	if debrief.Kind(kind) == debrief.KindSignal {
		return debrief.Confusing
	}
	return debrief.NoSignal
}

func (h *hall) ok(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *hall) get(path string) *httptest.ResponseRecorder {
	h.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Cookie", h.cookie)
	w := httptest.NewRecorder()
	h.site.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		h.Fatalf("%s is answered with %d", path, w.Code)
	}
	return w
}

func quantile(all []time.Duration, q float64) time.Duration {
	slices.Sort(all)
	return all[min(len(all)-1, int(q*float64(len(all))))]
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// BenchmarkTimelinePageRatio draws the timeline of 300 entries. Promised are 5 ms in
// the middle and 120 KB packed. x/memory is how many times as many requests a second a
// server gives that answers with the same bytes from memory.
func BenchmarkTimelinePageRatio(b *testing.B) {
	h := newHall(b, 300)
	path := h.path + "/timeline"
	page := h.get(path).Body.Bytes()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := z.Write(page)
	h.ok(err)
	h.ok(z.Close())
	var took []time.Duration
	for b.Loop() {
		for range 300 {
			begin := time.Now()
			h.get(path)
			took = append(took, time.Since(begin))
		}
	}
	here := h.rate(h.site, path)
	memory := h.rate(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	}), path)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ms(quantile(took, 0.5)), "ms-median")
	b.ReportMetric(ms(quantile(took, 0.99)), "ms-p99")
	b.ReportMetric(float64(packed.Len())/1000, "KB-packed")
	b.ReportMetric(here, "requests/s")
	b.ReportMetric(memory/here, "x/memory")
}

// rate is how many answers a second eight clients get over the loopback.
func (h *hall) rate(site http.Handler, path string) float64 {
	h.Helper()
	server := httptest.NewServer(site)
	defer server.Close()
	var n atomic.Int64
	var clients sync.WaitGroup
	begin := time.Now()
	for range 8 {
		clients.Go(func() {
			client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
			defer client.CloseIdleConnections()
			for time.Since(begin) < 2*time.Second {
				r, _ := http.NewRequestWithContext(h.Context(), http.MethodGet, server.URL+path, nil)
				r.Header.Set("Cookie", h.cookie)
				res, err := client.Do(r)
				if err != nil {
					h.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, res.Body)
				res.Body.Close()
				n.Add(1)
			}
		})
	}
	clients.Wait()
	return float64(n.Load()) / time.Since(begin).Seconds()
}

// BenchmarkViewersRatio tells 500 open pages of one change after another: how long until
// a page has heard, and the memory for each page, with the socket that listens.
func BenchmarkViewersRatio(b *testing.B) {
	const viewers, changes = 500, 20
	h := newHall(b, 1)
	go func() { _ = h.hub.Run(b.Context(), h.cb) }()
	server := httptest.NewServer(h.site)
	b.Cleanup(server.Close)
	b.Cleanup(h.hub.Close)
	address := must(url.Parse(server.URL)).Host
	before := memory()
	var readers []*bufio.Reader
	for range viewers {
		conn, err := (&net.Dialer{}).DialContext(b.Context(), "tcp", address)
		h.ok(err)
		b.Cleanup(func() { conn.Close() })
		in, err := h.cb.Incident(b.Context(), h.ana, debrief.IncidentID(strings.TrimPrefix(h.path, "/incidents/")))
		h.ok(err)
		fmt.Fprintf(conn, "GET %s/changes?after=%d HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\n\r\n", h.path, in.Rev, address, h.cookie)
		r := bufio.NewReaderSize(conn, 1024)
		h.ok(until(r, "\r\n")) // it is answered
		readers = append(readers, r)
	}
	<-time.After(time.Second) // what connecting left behind is cleared up
	each := float64(memory()-before) / viewers
	var took []time.Duration
	for b.Loop() {
		for range changes {
			<-time.After(live.Pause + 100*time.Millisecond) // pages are told at most so often
			begin := time.Now()
			_, err := h.cb.AddEntry(b.Context(), h.ana, casebook.AddEntry{Incident: debrief.IncidentID(strings.TrimPrefix(h.path, "/incidents/")), EntryWords: casebook.EntryWords{At: debrief.Moment{At: begin}, Text: "The queue grew."}})
			h.ok(err)
			heard := make([]time.Duration, viewers)
			var all sync.WaitGroup
			for i, r := range readers {
				all.Go(func() {
					if err := until(r, "event: changed"); err != nil {
						b.Error(err)
					}
					heard[i] = time.Since(begin)
				})
			}
			all.Wait()
			took = append(took, heard...)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ms(quantile(took, 0.5)), "ms-median")
	b.ReportMetric(ms(quantile(took, 0.99)), "ms-p99")
	b.ReportMetric(each/1024, "KiB/viewer")
}

// until reads up to a line that begins so.
func until(r *bufio.Reader, begins string) error {
	for {
		line, err := r.ReadString('\n')
		if err != nil || strings.HasPrefix(line, begins) {
			return err
		}
	}
}

func memory() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

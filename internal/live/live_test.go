package live_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"debrief.dev/debrief"
	"debrief.dev/debrief/internal/live"
)

// A log of activities that a test writes.
type log chan debrief.Activity

func (l log) Head(context.Context) (int64, error) { return 7, nil }

func (l log) Follow(ctx context.Context, after int64, each func(debrief.Activity) error) error {
	if after != 7 {
		panic("the log is not followed from its end")
	}
	for {
		select {
		case a := <-l:
			if err := each(a); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (l log) Moves(ctx context.Context, each func(debrief.IncidentID)) error {
	each("inc_written")
	<-ctx.Done()
	return ctx.Err()
}

// connect opens a page's connection and gives its lines.
func connect(t *testing.T, h *live.Hub, id debrief.IncidentID, changed bool) *bufio.Scanner {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.Serve(w, r, id, func() bool { return changed }, func() bool { return id != "inc_gone" })
	}))
	t.Cleanup(server.Close)
	t.Cleanup(h.Close) // first, so that the server need not wait
	got, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { got.Body.Close() })
	if kind := got.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("the answer is %s", kind)
	}
	lines := bufio.NewScanner(got.Body)
	lines.Scan()
	if lines.Text() != "retry: 2000" {
		t.Fatalf("it begins with %q", lines.Text())
	}
	return lines
}

// next gives the next line that says something.
func next(s *bufio.Scanner) string {
	for s.Scan() {
		if strings.HasPrefix(s.Text(), "event:") {
			return s.Text()
		}
	}
	return "the end"
}

func TestAPageHearsOfItsOwnIncidentOnly(t *testing.T) {
	h, l := live.New(), make(log)
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error)
	go func() { ran <- h.Run(ctx, l) }()
	mine := connect(t, h, "inc_a", false)
	other, end := h.Watch("inc_b")
	defer end()

	l <- debrief.Activity{Incident: "inc_a"}
	if got := next(mine); got != "event: changed" {
		t.Errorf("the page hears %q", got)
	}
	l <- debrief.Activity{Incident: "inc_b"}
	l <- debrief.Activity{} // what concerns the organisation concerns no incident; and the one before it is told by now
	<-other
	select {
	case <-other:
		t.Error("one change was told twice")
	default:
	}
	stop()
	if err := <-ran; err != nil {
		t.Errorf("ended by its context, it says %v", err)
	}
}

func TestAPageThatIsBehindIsToldAtOnce(t *testing.T) {
	if got := next(connect(t, live.New(), "inc_a", true)); got != "event: changed" {
		t.Errorf("the page hears %q", got)
	}
}

func TestAPageHearsThatSomebodyWrites(t *testing.T) {
	h := live.New()
	signals, end := h.Watch("inc_written")
	defer end()
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error)
	go func() { ran <- h.Run(ctx, make(log)) }()
	<-signals
	stop()
	if err := <-ran; err != nil {
		t.Errorf("ended by its context, it says %v", err)
	}
}

func TestManyChangesAreOneSignalToWhoIsSlow(t *testing.T) {
	h := live.New()
	signals, end := h.Watch("inc_a")
	for range 1000 {
		h.Tell("inc_a")
	}
	<-signals
	select {
	case <-signals:
		t.Error("there is a second signal")
	default:
	}
	end()
	h.Tell("inc_a")
	if n := h.Viewers(); n != 0 {
		t.Errorf("%d viewers are left", n)
	}
}

func TestWhoMayNotSeeItAnyMoreHearsNothing(t *testing.T) {
	h := live.New()
	lines := connect(t, h, "inc_gone", false)
	for h.Viewers() == 1 { // until the connection is over
		h.Tell("inc_gone")
		runtime.Gosched()
	}
	if got := next(lines); got != "the end" {
		t.Errorf("it hears %q", got)
	}
}

func TestClosingEndsConnections(t *testing.T) {
	h := live.New()
	lines := connect(t, h, "inc_a", false)
	h.Close()
	if got := next(lines); got != "the end" {
		t.Errorf("after closing it hears %q", got)
	}
}

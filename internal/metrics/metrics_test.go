package metrics

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func read(m *Metrics) string {
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return w.Body.String()
}

func TestNumbersAreByRouteAndKind(t *testing.T) {
	m := New(Look{
		Version: "1", Viewers: func() int { return 3 },
		Waiting: func(context.Context) (map[string]int64, error) { return map[string]int64{"read": 2}, nil },
		Head:    func(context.Context) (int64, error) { return 41, nil },
	})
	m.Request("GET /incidents/{incident}", 404, time.Millisecond, false)
	m.Request("GET /incidents/{incident}/changes", 200, time.Hour, true)
	m.Request("", 403, time.Millisecond, false)
	m.Task("read", "done")
	got := read(m)
	for _, want := range []string{
		`debrief_http_requests_total{class="4xx",route="GET /incidents/{incident}"} 1`, `route="none"`, "debrief_event_streams 3",
		`debrief_tasks_open{kind="read"} 2`, "debrief_activities_total 41", "debrief_database_up 1", `debrief_tasks_total{kind="read",outcome="done"} 1`,
		`debrief_build_info{version="1"} 1`, "go_goroutines",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s", want)
		}
	}
	if strings.Contains(got, `debrief_http_request_seconds_count{route="GET /incidents/{incident}/changes"}`) {
		t.Error("a stream counts as a slow answer")
	}
}

func TestNumbersAreThereWhileTheDatabaseIsGone(t *testing.T) {
	m := New(Look{
		Viewers: func() int { return 0 }, Head: func(context.Context) (int64, error) { return 0, nil },
		Waiting: func(context.Context) (map[string]int64, error) { return nil, errors.New("gone") },
	})
	if got := read(m); !strings.Contains(got, "debrief_database_up 0") || !strings.Contains(got, "go_goroutines") {
		t.Errorf("got %s", got)
	}
}

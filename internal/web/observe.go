package web

import (
	"net/http"
	"strings"
	"time"
)

// observed tells of every answer, if somebody listens.
func (s *Site) observed(next http.Handler) http.Handler {
	if s.cfg.Observe == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin := time.Now()
		seen := &seenStatus{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			stream := strings.HasPrefix(w.Header().Get("Content-Type"), "text/event-stream")
			s.cfg.Observe(r.Pattern, seen.status, time.Since(begin), stream)
		}()
		next.ServeHTTP(seen, r)
	})
}

// seenStatus remembers the status of an answer.
type seenStatus struct {
	http.ResponseWriter
	status int
	wrote  bool
}

func (w *seenStatus) WriteHeader(status int) {
	if !w.wrote && status >= 200 {
		w.status, w.wrote = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets streams flush what they write.
func (w *seenStatus) Unwrap() http.ResponseWriter { return w.ResponseWriter }

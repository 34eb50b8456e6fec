// Package metrics counts what an operator watches, for Prometheus: requests by the
// pattern of their route, pages that are open, work in the background. A pattern is
// "GET /incidents/{incident}" and never an address, so that no number tells of an
// incident or of a person.
package metrics

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Look is what is asked when the numbers are read.
type Look struct {
	Version string
	Viewers func() int                                        // pages that are connected
	Waiting func(context.Context) (map[string]int64, error)   // tasks that are not done, by kind
	Head    func(context.Context) (activities int64, e error) // the number of the last activity
}

// Metrics holds the numbers of one process.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	tasks    *prometheus.CounterVec
}

// New gives numbers that begin at zero.
func New(look Look) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "debrief_http_requests_total", Help: "Requests answered, by route and class of status."}, []string{"route", "class"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "debrief_http_request_seconds", Help: "Time to answer, by route; streams of changes are left out.", Buckets: []float64{.005, .02, .05, .1, .25, .5, 1, 2.5, 10, 60},
		}, []string{"route"}),
		tasks: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "debrief_tasks_total", Help: "Tasks of the background that this process ran, by kind and outcome."}, []string{"kind", "outcome"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "debrief_build_info", Help: "Always 1; the label is the version.", ConstLabels: prometheus.Labels{"version": look.Version}})
	build.Set(1)
	m.registry.MustRegister(
		m.requests, m.seconds, m.tasks, build, &asked{look},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

// Request counts an answer. Streams stay open for hours, so only their number counts.
func (m *Metrics) Request(route string, status int, took time.Duration, stream bool) {
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(route, strconv.Itoa(status/100)+"xx").Inc()
	if !stream {
		m.seconds.WithLabelValues(route).Observe(took.Seconds())
	}
}

// Task counts a task that was run.
func (m *Metrics) Task(kind, outcome string) { m.tasks.WithLabelValues(kind, outcome).Inc() }

// Handler answers with the numbers.
func (m *Metrics) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError}))
	return mux
}

// asked are the numbers that are looked up when somebody reads them. While the
// database does not answer they are missing, and the others are there.
type asked struct{ look Look }

var (
	viewers    = prometheus.NewDesc("debrief_event_streams", "Pages that are told of changes by this process.", nil, nil)
	waiting    = prometheus.NewDesc("debrief_tasks_open", "Tasks that wait or run, in all processes, by kind.", []string{"kind"}, nil)
	activities = prometheus.NewDesc("debrief_activities_total", "Activities in the log of the installation.", nil, nil)
	answers    = prometheus.NewDesc("debrief_database_up", "1 if the database answers.", nil, nil)
)

// Describe names them.
func (a *asked) Describe(out chan<- *prometheus.Desc) {
	out <- viewers
	out <- waiting
	out <- activities
	out <- answers
}

// Collect looks them up.
func (a *asked) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	out <- prometheus.MustNewConstMetric(viewers, prometheus.GaugeValue, float64(a.look.Viewers()))
	open, err := a.look.Waiting(ctx)
	for kind, n := range open {
		out <- prometheus.MustNewConstMetric(waiting, prometheus.GaugeValue, float64(n), kind)
	}
	up := 0.0
	if err == nil {
		var head int64
		if head, err = a.look.Head(ctx); err == nil {
			up = 1
			out <- prometheus.MustNewConstMetric(activities, prometheus.CounterValue, float64(head))
		}
	}
	out <- prometheus.MustNewConstMetric(answers, prometheus.GaugeValue, up)
}

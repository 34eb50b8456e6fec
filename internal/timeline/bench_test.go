package timeline

import (
	"fmt"
	"testing"
	"time"

	"debrief.dev/debrief"
)

// crowd makes n pieces of evidence of one incident: mostly talk and logs, with
// alerts, pages and deploys in between, over a day per ten thousand.
func crowd(n int) []debrief.Evidence {
	base := time.Date(2024, 5, 2, 0, 0, 0, 0, time.UTC)
	words := []string{
		"the import is stuck since noon", "looks like the database", "rolled it back now", "error rate 40% -> 2%", "customers report a blank page",
		"who has access to the console", "lunch?", "pods are crashlooping in the north", "we are investigating", "nobody told support",
		"queue is draining", "the dashboard shows two writers", "ok", "see OPS-%d for the graph", "restarted node %d",
	}
	out := make([]debrief.Evidence, 0, n)
	for i := range n {
		e := debrief.Evidence{
			Source: "test", File: fmt.Sprintf("f%d", i%7), ID: fmt.Sprint(i), Sort: debrief.Message, Where: fmt.Sprintf("#c%d", i%11),
			Author: debrief.Author{Name: fmt.Sprintf("Person %d", i%40), ID: fmt.Sprint(i % 40)},
			At:     debrief.Moment{At: base.Add(time.Duration(i) * 8640 * time.Millisecond)},
		}
		e.Text = words[(i*7+i/13)%len(words)]
		if i%3 == 0 {
			e.Text = fmt.Sprintf("%s, number %d of host-%d", e.Text, i%977, i%53)
		}
		switch {
		case i%5 == 0:
			e.Sort, e.Level, e.Where, e.Author = debrief.Log, []string{"info", "error"}[i%2], "web-1", debrief.Author{}
		case i%41 == 0:
			e.Sort, e.State, e.Level, e.Title, e.Author = debrief.Alert, []debrief.State{debrief.Firing, debrief.Resolved}[i/41%2], "critical", fmt.Sprintf("Alert%d", i%9), debrief.Author{}
		case i%211 == 0:
			e.Sort, e.State, e.Title, e.Subject = debrief.Change, debrief.Succeeded, "Deployment of shop to production", fmt.Sprintf("deploy shop %d", i)
		}
		out = append(out, e)
	}
	return out
}

// BenchmarkProposeRatio proposes from 10,000 and from 100,000 pieces in one run
// and reports the second as a multiple of the first: growth must stay about
// linear (at most 12).
func BenchmarkProposeRatio(b *testing.B) {
	small, large := crowd(10_000), crowd(100_000)
	took := func(ev []debrief.Evidence) time.Duration {
		start := time.Now()
		if p := Propose(ev, nil, Options{}); len(p.Entries) == 0 {
			b.Fatal("nothing was proposed")
		}
		return time.Since(start)
	}
	var a, c time.Duration
	for b.Loop() {
		a, c = took(small), took(large)
	}
	b.ReportMetric(float64(c)/float64(a), "×10k")
	b.ReportMetric(c.Seconds(), "s/100k")
	b.ReportMetric(0, "ns/op")
}

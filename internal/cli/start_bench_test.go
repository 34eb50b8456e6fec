package cli_test

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkStartRatio starts the command as people run it and measures until the first
// page is there: on an empty folder, where the tables are made, and on one that is in
// use; and the memory that it holds while nobody asks for anything. The baseline is the
// same command printing its version.
func BenchmarkStartRatio(b *testing.B) {
	command := filepath.Join(b.TempDir(), "debrief")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", command, "debrief.dev/debrief/cmd/debrief").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	folder := b.TempDir()
	least := time.Hour
	for range 5 {
		begin := time.Now()
		if err := exec.CommandContext(b.Context(), command, "version").Run(); err != nil {
			b.Fatal(err)
		}
		least = min(least, time.Since(begin))
	}
	var first, again time.Duration
	var idle float64
	for b.Loop() {
		first, _ = start(b, command, folder, 0)
		again, idle = start(b, command, folder, 3*time.Second)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(first)/1e6, "ms-first")
	b.ReportMetric(float64(again)/1e6, "ms-again")
	b.ReportMetric(float64(again)/float64(least), "x/version")
	b.ReportMetric(idle, "MiB-idle")
}

// start serves from a folder until the first page is there, and waits before it looks at
// how much memory the process holds.
func start(b *testing.B, command, folder string, wait time.Duration) (took time.Duration, resident float64) {
	b.Helper()
	serve := exec.CommandContext(b.Context(), command, "serve", "--listen", "127.0.0.1:0", "--data", folder)
	out, err := serve.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	begin := time.Now()
	if err := serve.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		_ = serve.Process.Signal(syscall.SIGTERM)
		_ = serve.Wait()
	}()
	for lines := bufio.NewScanner(out); lines.Scan(); {
		_, address, ok := strings.Cut(lines.Text(), "Debrief is at ")
		if !ok {
			continue
		}
		req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, address+"/first", nil)
		if err != nil {
			b.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		res.Body.Close()
		took = time.Since(begin)
		break
	}
	<-time.After(wait)
	return took, held(b, serve.Process.Pid)
}

var resident = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// held is how many MiB a process holds, where the system tells.
func held(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	m := resident.FindSubmatch(bytes.TrimSpace(status))
	if m == nil {
		return 0
	}
	kb, _ := strconv.ParseFloat(string(m[1]), 64)
	return kb / 1024
}

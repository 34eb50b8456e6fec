package web_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// Everything that can be asked for carries the same strict policy, whether it is a
// page, a file of the build, an error, a redirect or a refusal. Nothing is inline, so
// there is no nonce to give out.
func TestEveryAnswerCarriesThePolicy(t *testing.T) {
	r := newRoom(t)
	ana := r.first()
	nobody := r.browser()
	nobody.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, ask := range []struct {
		b            *browser
		method, path string
		status       int
	}{
		{nobody, "GET", "/", 303},
		{nobody, "GET", "/sign-in", 200},
		{nobody, "GET", "/healthz", 200},
		{nobody, "GET", "/readyz", 200},
		{nobody, "GET", "/static/tokens.css", 200},
		{nobody, "GET", "/static/mark.svg", 200},
		{nobody, "GET", "/static/", 404},
		{nobody, "GET", "/static/nothing.css", 404},
		{nobody, "POST", "/static/tokens.css", 404},
		{nobody, "GET", "/invitations/none", 404},
		{ana, "GET", "/", 200},
		{ana, "HEAD", "/", 200},
		{ana, "GET", "/nowhere", 404},
		{ana, "GET", "/incidents/inc_none", 404},
		{ana, "POST", "/incidents", 422},
		{ana, "PUT", "/incidents", 404},
	} {
		req := must(http.NewRequestWithContext(t.Context(), ask.method, r.server.URL+ask.path, nil))
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		res := must(ask.b.client.Do(req))
		res.Body.Close()
		if res.StatusCode != ask.status {
			t.Errorf("%s %s answers %d, expected %d", ask.method, ask.path, res.StatusCode, ask.status)
		}
		h := res.Header
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"} {
			if !strings.Contains(h.Get("Content-Security-Policy"), part) {
				t.Errorf("%s %s lacks %s: %q", ask.method, ask.path, part, h.Get("Content-Security-Policy"))
			}
		}
		if strings.Contains(h.Get("Content-Security-Policy"), "unsafe") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "same-origin" || h.Get("Cross-Origin-Opener-Policy") != "same-origin" {
			t.Errorf("%s %s has the headers %v", ask.method, ask.path, h)
		}
		if page := strings.HasPrefix(h.Get("Content-Type"), "text/html"); page && h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s is kept by browsers: %q", ask.method, ask.path, h.Get("Cache-Control"))
		}
	}

	// A form of another site gets no page, and the policy all the same.
	req := must(http.NewRequestWithContext(t.Context(), http.MethodPost, r.server.URL+"/incidents", nil))
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	res := must(http.DefaultClient.Do(req))
	res.Body.Close()
	if res.StatusCode != 403 || !strings.Contains(res.Header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("another site's form: %d, %q", res.StatusCode, res.Header.Get("Content-Security-Policy"))
	}
}

// What is our doing has a reference, on the page and in the log, and the page says
// nothing of the reason.
func TestWhatIsOurDoingHasAReference(t *testing.T) {
	r := newRoom(t)
	// Of a panic the log has the place, and not what it was about.
	told := map[string]string{"an error": "the disk is gone", "a panic": "pages_test.go"}
	for name, do := range map[string]func() error{
		"an error": func() error { return errors.New("the disk is gone") },
		"a panic":  func() error { panic("the disk is gone") },
	} {
		r.log.Reset()
		w := httptest.NewRecorder()
		r.site.Broken(do).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/incidents?q=queue", nil))
		page := w.Body.String()
		m := regexp.MustCompile(`Reference <code class="machine">(\w{4}-\w{4})<`).FindStringSubmatch(page)
		switch {
		case w.Code != 500 || m == nil:
			t.Fatalf("%s: answers %d:\n%s", name, w.Code, page)
		case !strings.Contains(r.log.String(), "reference="+m[1]) || !strings.Contains(r.log.String(), told[name]):
			t.Errorf("%s: the log does not know %s:\n%s", name, m[1], r.log)
		case strings.Contains(page, "disk"):
			t.Errorf("%s: the page tells the reason:\n%s", name, page)
		case !strings.Contains(page, `<a class="btn" href="/incidents?q=queue">Try again</a>`) || !strings.Contains(page, "Nothing you wrote is lost"):
			t.Errorf("%s: the page does not say what helps:\n%s", name, page)
		}
	}
}

// Light or dark is remembered by the browser, before anybody has signed in and without
// scripts; what nobody offered is not taken.
func TestADisplayIsRemembered(t *testing.T) {
	r := newRoom(t)
	b := r.browser()
	b.get("/help").shows(200, `<html lang="en">`, `<button name="display" value="" aria-pressed="true">As the system</button>`)
	b.send("/display", "display", "dark", "back", "/help?x=1#keys").shows(200, `<html lang="en" data-theme="dark">`, `<button name="display" value="dark" aria-pressed="true">`)
	if b.path != "/help?x=1" {
		t.Errorf("choosing leads to %s", b.path)
	}
	b.get("/sign-in").shows(200, `data-theme="dark"`)
	b.send("/display", "display", `"><script>`, "back", "https://elsewhere.example/").shows(200, `<html lang="en">`)
	b.send("/display", "display", "light", "back", "/help").shows(200, `data-theme="light"`)
	b.send("/display", "display", "", "back", "/help").shows(200, `<html lang="en">`)
}

// Pages are packed for browsers that ask for it, changes never; a file that a browser has
// is not sent again.
func TestWhatIsSentIsPackedAndNotSentTwice(t *testing.T) {
	r := newLiveRoom(t)
	ana := r.first()
	ana.send("/incidents", "title", "Edge answers 503", "visibility", "organisation").shows(200)
	room := strings.TrimSuffix(ana.path, "/evidence")
	ask := func(path string, pairs ...string) *http.Response {
		req := must(http.NewRequestWithContext(t.Context(), http.MethodGet, r.server.URL+path, nil))
		for i := 0; i < len(pairs); i += 2 {
			req.Header.Set(pairs[i], pairs[i+1])
		}
		res := must(ana.client.Do(req))
		t.Cleanup(func() { res.Body.Close() })
		return res
	}
	if got := ask(room+"/evidence", "Accept-Encoding", "gzip").Header.Get("Content-Encoding"); got != "gzip" {
		t.Errorf("a page is sent %q", got)
	}
	if got := ask(room+"/changes?after=0", "Accept-Encoding", "gzip").Header.Get("Content-Encoding"); got != "" {
		t.Errorf("changes are sent %q", got)
	}
	tag := ask("/static/parts.css").Header.Get("ETag")
	if again := ask("/static/parts.css", "If-None-Match", tag); tag == "" || again.StatusCode != http.StatusNotModified {
		t.Errorf("a file with the tag %s is answered with %d", tag, again.StatusCode)
	}
}

package evidence

import "testing"

// logSources are the sources of logs, which must not be taken for each other's.
var logSources = append([]Source{
	k8sSource, cloudtrailSource, otlpSource, journaldSource, jsonLogSource, syslogSource, weblogSource, textLogSource,
	gitLogSource, emailSource, csvSource, vttSource,
}, toolSources...)

func TestLogFixturesAreReadAsWritten(t *testing.T) {
	for _, s := range []Source{k8sSource, cloudtrailSource, otlpSource, journaldSource, jsonLogSource, weblogSource, textLogSource} {
		t.Run(s.Name, func(t *testing.T) { checkFixtures(t, s, logSources...) })
	}
}

func FuzzKubernetes(f *testing.F) { fuzzSource(f, k8sSource) }

func FuzzCloudTrail(f *testing.F) { fuzzSource(f, cloudtrailSource) }

func FuzzOTLP(f *testing.F) { fuzzSource(f, otlpSource) }

func FuzzJournal(f *testing.F) { fuzzSource(f, journaldSource) }

func FuzzJSONLog(f *testing.F) { fuzzSource(f, jsonLogSource) }

func FuzzTextLog(f *testing.F) { fuzzSource(f, textLogSource) }

func FuzzAccessLog(f *testing.F) { fuzzSource(f, weblogSource) }

func TestLinesOfWebServersAreTakenApart(t *testing.T) {
	const tail = ` [02/May/2024:12:02:00 +0000] "GET /a\"b HTTP/1.1" 502 512 "-" "curl/8" 0.250`
	for head, want := range map[string][2]string{
		"192.0.2.1 - -":                      {"", "192.0.2.1"},
		"192.0.2.1 - ana":                    {"", "192.0.2.1"},
		`192.0.2.1 - "ana r"`:                {"", "192.0.2.1"},
		"shop.example:443 192.0.2.1 - -":     {"shop.example:443", "192.0.2.1"},
		`shop.example 2001:db8::1 - "ana r"`: {"shop.example", "2001:db8::1"},
	} {
		l, ok := cutWeblog(head + tail)
		if !ok || l.host != want[0] || l.client != want[1] || l.request != `GET /a\"b HTTP/1.1` || l.status != "502" || weblogSeconds(l.rest) != "0.250" {
			t.Errorf("%s: %t, %+v", head, ok, l)
		}
	}
	for _, s := range []string{
		"", "we saw [this] \"today\" 200 -", tail[1:], "a b c d e" + tail, "a - -" + tail[:40], `a - - [02/May/2024:12:02:00 +0000] "GET /\`,
		`a - - [02/May/2024:12:02:00 +0000] "GET /" 20x 1`, `a - - [02/May/2024:12:02:00 +0000] "GET /" 200 x`,
	} {
		if l, ok := cutWeblog(s); ok {
			t.Errorf("%q is no line of a web server: %+v", s, l)
		}
	}
}

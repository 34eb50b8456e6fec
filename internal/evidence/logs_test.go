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

package evidence

import "testing"

func TestGrafanaFixturesAreReadAsWritten(t *testing.T) {
	checkFixtures(t, grafanaSource, toolSources...)
}

func FuzzGrafana(f *testing.F) { fuzzSource(f, grafanaSource) }

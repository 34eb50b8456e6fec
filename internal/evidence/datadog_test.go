package evidence

import "testing"

func TestDatadogFixturesAreReadAsWritten(t *testing.T) {
	checkFixtures(t, datadogSource, toolSources...)
}

func FuzzDatadog(f *testing.F) { fuzzSource(f, datadogSource) }

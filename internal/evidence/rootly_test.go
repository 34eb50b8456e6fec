package evidence

import "testing"

func TestRootlyFixturesAreReadAsWritten(t *testing.T) {
	checkFixtures(t, rootlySource, toolSources...)
}

func FuzzRootly(f *testing.F) { fuzzSource(f, rootlySource) }

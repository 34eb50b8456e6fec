package evidence

import "testing"

func TestOpsgenieFixturesAreReadAsWritten(t *testing.T) {
	checkFixtures(t, opsgenieSource, toolSources...)
}

func FuzzOpsgenie(f *testing.F) { fuzzSource(f, opsgenieSource) }

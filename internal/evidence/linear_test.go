package evidence

import "testing"

func TestLinearFixturesAreReadAsWritten(t *testing.T) {
	checkFixtures(t, linearSource, toolSources...)
}

func FuzzLinear(f *testing.F) { fuzzSource(f, linearSource) }

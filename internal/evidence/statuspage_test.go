package evidence

import "testing"

func TestStatuspageFixturesAreReadAsWritten(t *testing.T) {
	checkFixtures(t, statuspageSource, toolSources...)
}

func FuzzStatuspage(f *testing.F) { fuzzSource(f, statuspageSource) }

package evidence

import "testing"

func TestSentryFixturesAreReadAsWritten(t *testing.T) {
	checkFixtures(t, sentrySource, toolSources...)
}

func FuzzSentry(f *testing.F) { fuzzSource(f, sentrySource) }

package evidence

import "testing"

func TestSlackEventsFixturesAreReadAsWritten(t *testing.T) {
	checkFixtures(t, slackEventsSource, append([]Source{slackExportSource, msTeamsSource}, toolSources...)...)
}

func FuzzSlackEvents(f *testing.F) { fuzzSource(f, slackEventsSource) }

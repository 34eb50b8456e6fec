package evidence

import "testing"

func TestTeamsFixturesAreReadAsWritten(t *testing.T) {
	checkFixtures(t, msTeamsSource, append([]Source{slackExportSource, slackEventsSource}, toolSources...)...)
}

func FuzzTeams(f *testing.F) { fuzzSource(f, msTeamsSource) }

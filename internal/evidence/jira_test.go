package evidence

import "testing"

func TestJiraFixturesAreReadAsWritten(t *testing.T) {
	checkFixtures(t, jiraSource, toolSources...)
}

func FuzzJira(f *testing.F) { fuzzSource(f, jiraSource) }

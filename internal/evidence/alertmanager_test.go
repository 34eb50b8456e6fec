package evidence

import "testing"

func TestAlertmanagerFixturesAreReadAsWritten(t *testing.T) {
	checkFixtures(t, alertmanagerSource, toolSources...)
}

func FuzzAlertmanager(f *testing.F) { fuzzSource(f, alertmanagerSource) }

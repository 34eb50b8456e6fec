package evidence

import "testing"

func TestPagerDutyFixturesAreReadAsWritten(t *testing.T) {
	checkFixtures(t, pagerdutySource, toolSources...)
}

func FuzzPagerDuty(f *testing.F) { fuzzSource(f, pagerdutySource) }

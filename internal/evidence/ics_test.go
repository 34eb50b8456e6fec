package evidence

import "testing"

func TestCalendarFixturesAreReadAsWritten(t *testing.T) { checkFixtures(t, icsSource, toolSources...) }

func FuzzCalendar(f *testing.F) { fuzzSource(f, icsSource) }

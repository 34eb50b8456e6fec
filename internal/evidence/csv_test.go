package evidence

import "testing"

func TestTableFixturesAreReadAsWritten(t *testing.T) { checkFixtures(t, csvSource, toolSources...) }

func FuzzTable(f *testing.F) { fuzzSource(f, csvSource) }

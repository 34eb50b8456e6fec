package evidence

import "testing"

func TestGitLogFixturesAreReadAsWritten(t *testing.T) { checkFixtures(t, gitLogSource, toolSources...) }

func FuzzGitLog(f *testing.F) { fuzzSource(f, gitLogSource) }

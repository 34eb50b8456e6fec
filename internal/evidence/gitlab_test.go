package evidence

import "testing"

func TestGitLabFixturesAreReadAsWritten(t *testing.T) {
	checkFixtures(t, gitlabSource, toolSources...)
}

func FuzzGitLab(f *testing.F) { fuzzSource(f, gitlabSource) }

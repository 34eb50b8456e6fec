package evidence

import "testing"

func TestGitHubFixturesAreReadAsWritten(t *testing.T) {
	checkFixtures(t, githubSource, toolSources...)
}

func FuzzGitHub(f *testing.F) { fuzzSource(f, githubSource) }

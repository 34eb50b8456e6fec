package lint_test

import (
	"fmt"

	"debrief.dev/debrief/lint"
)

func Example() {
	text := lint.Text{Body: "The deploy broke checkout. The release manager skipped the smoke test."}
	for _, f := range lint.Default().Check(text) {
		fmt.Printf("%d-%d %s %s: %s\n%s\n", f.Start, f.End, f.Rule, f.Level, f.Excerpt, f.Ask)
	}
	// Output:
	// 27-54 B02 warning: The release manager skipped
	// What was competing for attention then, and how does this signal usually show itself?
}

// Package incidents holds the evidence of sample incidents, for "debrief demo".
// Their truths stay outside: they are for the judge alone.
package incidents

import "embed"

// Evidence has a folder of evidence for each of three incidents: an outage, a
// project that came apart, and one that is long learnt from.
//
//go:embed edge-setting/evidence depot-cutover/evidence ward-results/evidence
var Evidence embed.FS

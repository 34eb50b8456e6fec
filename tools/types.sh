#!/usr/bin/env bash
# Checks the types of the pages' scripts. The bundler only takes them off, so a field
# that is not there would be noticed in a browser; the compiler notices it here.
# Without npm's packages the step is skipped and says so; DEBRIEF_REQUIRE=ui turns
# that into a failure.
set -euo pipefail
cd "$(dirname "$0")/../internal/web/ui"

if ! command -v node >/dev/null 2>&1 || [ ! -e node_modules/typescript/bin/tsc ]; then
	if [[ ",${DEBRIEF_REQUIRE:-}," == *,ui,* ]]; then
		echo "DEBRIEF_REQUIRE asks for the scripts' packages, and they are not there; \"make ui\" fetches them"
		exit 1
	fi
	echo "skipped: the scripts' packages are not there; \"make ui\" fetches them"
	exit 0
fi
node node_modules/typescript/bin/tsc --project .
echo ok

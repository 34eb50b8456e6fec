#!/usr/bin/env bash
# Runs govulncheck ($1). Where its database cannot be reached the step is
# skipped and says so; DEBRIEF_REQUIRE=vulndb turns that into a failure, as
# does anything else that is found.
set -uo pipefail

out=$(timeout 300 "$1" ./... 2>&1)
code=$?
if [ $code -eq 0 ]; then
	echo ok
	exit 0
fi
if [ $code -eq 124 ] || grep -qiE 'no such host|connection (refused|reset)|i/o timeout|network is unreachable|proxyconnect|TLS handshake|certificate|deadline exceeded|HTTP GET .* returned (unexpected )?status|failed to fetch|fetching vulnerabilities|server misbehaving' <<<"$out"; then
	if [[ ",${DEBRIEF_REQUIRE:-}," == *,vulndb,* ]]; then
		printf '%s\nDEBRIEF_REQUIRE asks for the vulnerability database, and it is not reachable\n' "$out"
		exit 1
	fi
	echo "skipped: vulnerability database not reachable"
	exit 0
fi
printf '%s\n' "$out"
exit $code

#!/usr/bin/env bash
# Builds what the pages add in a browser: the script bundle and the fonts, into
# internal/web/static/dist, from where they are embedded. Packages come from npm in
# the versions of the lock file, without running scripts of theirs; the bundler is a
# Go program (tools/go.mod). Without npm the pages work as they do without scripts,
# in the fonts of the system.
#
#   tools/ui.sh BUNDLER
set -euo pipefail
bundler=$1
cd "$(dirname "$0")/../internal/web/ui"
dist=../static/dist

if ! command -v npm >/dev/null 2>&1 && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
	echo "installing npm (apt)"
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -qq && apt-get install -y -qq --no-install-recommends npm >/dev/null || true
fi
if ! command -v npm >/dev/null 2>&1; then
	echo "npm is missing: pages are built without their scripts and fonts, and work without them"
	echo "hint: on Debian, as root: apt-get install npm"
	exit 0
fi
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
	if ! npm ci --ignore-scripts --no-audit --no-fund --loglevel=error; then
		echo "the packages of npm cannot be had now: pages are built without their scripts and fonts, and work without them"
		exit 0
	fi
	touch node_modules/.package-lock.json
fi
mkdir -p "$dist"
rm -f "$dist"/*.js "$dist"/*.txt
"$bundler" app=main.ts --bundle --minify --splitting --format=esm --target=es2022 --legal-comments=linked --log-level=warning --outdir="$dist"
cp fonts.css "$dist/"
for font in literata/literata-latin-opsz-normal literata/literata-latin-wght-italic \
	source-sans-3/source-sans-3-latin-wght-normal source-sans-3/source-sans-3-latin-wght-italic \
	source-code-pro/source-code-pro-latin-wght-normal; do
	cp "node_modules/@fontsource-variable/${font%%/*}/files/${font##*/}.woff2" "$dist/"
	cp "node_modules/@fontsource-variable/${font%%/*}/LICENSE" "$dist/${font%%/*}.LICENSE.txt"
done

#!/usr/bin/env bash
# Makes sure that the programs are there which tests drive for real. As root on
# Debian or a relative of it they are installed; elsewhere this says what to
# install, and the tests that need them are skipped by name.
set -euo pipefail

missing=()
command -v nvim >/dev/null 2>&1 || missing+=(neovim)
command -v chromium >/dev/null 2>&1 || missing+=(chromium)
# Debian keeps the programs of PostgreSQL off the path, in a folder by version.
command -v initdb >/dev/null 2>&1 || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)

if [ ${#missing[@]} -eq 0 ]; then
	echo ok
	exit 0
fi
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
	echo "installing ${missing[*]} (apt)"
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -qq
	if [[ " ${missing[*]} " == *" postgresql "* ]]; then
		# The package would set up a server of its own; tests start theirs, on a free port.
		apt-get install -y -qq --no-install-recommends postgresql-common >/dev/null
		sed -ri 's/^#?create_main_cluster .*$/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
	fi
	apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
	exit 0
fi
echo "missing: ${missing[*]}; the tests that drive them are skipped"
echo "hint: on Debian, as root: apt-get install ${missing[*]}"

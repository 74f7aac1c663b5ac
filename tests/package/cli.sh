# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# cli.sh - the command of the packages, on the libsmartcols of its release: it prints what the golden files have,
# and -Q filters where that library can. Sourced by tests/package/run.
: "${scratch:?}"

try_cli() {
	local root=$1 file
	quietly "$root" sh -c "apt-get install -y -q --no-install-recommends python3-jsonschema pkg-config \
		libsmartcols-dev /one/libpidnsinfo0_*.deb /one/pidns-tools_*.deb"
	for file in tests/cli/golden/*.txt; do
		quietly "$root" env -C /src PIDNS_BIN=/usr/bin python3 -B tests/golden.py "$file"
	done
	for file in filter schema; do
		quietly "$root" env -C /src PIDNS_BIN=/usr/bin python3 -B "tests/cli/test-$file.py"
	done
	echo "command line: as the golden files have it, with libsmartcols $(in_root "$root" pkg-config --modversion smartcols)"
}

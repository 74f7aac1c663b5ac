# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# common.sh - sourced by the checks, after which they stand in the top folder, with a scratch folder
# $scratch that goes when they end. PIDNS_BUILD names the build folder under test.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# fail SENTENCE: the check has failed.
fail() {
	echo "FAILED: $*" >&2
	exit 1
}

# need COMMAND...: the check cannot work without; it is skipped, or fails where nothing may be.
need() {
	local command
	for command; do
		command -v "$command" >/dev/null && continue
		echo "skipped: there is no $command"
		[ "${PIDNS_MUST_WORK-}" != 1 ] || exit 1
		exit 77
	done
}

# our_files PATTERN...: the files of the project that match; "shell" stands for shell scripts.
our_files() {
	/usr/bin/python3 -B tests/check/tree.py "$@"
}

# same EXPECTED ACTUAL SENTENCE: two files must not differ.
same() {
	diff -u "$1" "$2" || fail "$3"
}

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every manual page is built, and mandoc has nothing to say against it.
# shellcheck source=tests/check/common.sh
. "$(dirname "$0")/common.sh"
need scdoc mandoc

for source in doc/man/*.scd; do
	page=$PIDNS_BUILD/man/$(basename "$source" .scd)
	[ -s "$page" ] || fail "$page was not built"
	# scdoc writes an empty .PP before everything, and newer ones hyphens in the date that mandoc
	# shows as they are: neither harms.
	mandoc -T lint -W warning "$page" |
		grep -v -e 'skipping paragraph macro' -e 'cannot parse date' >"$scratch/lint" || true
	[ ! -s "$scratch/lint" ] || fail "$source: $(cat "$scratch/lint")"
	echo "$(basename "$page") is clean"
done

# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# common.sh - what the tests that need a kernel of their own share. Sourced.
set -eu
# shellcheck disable=SC2034 # for those who source this
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# Kernels of a distribution patch their own code while they boot in a way that QEMU's emulation of several
# CPUs does not always survive: an int3 in sched_clock_cpu(), seen with QEMU 7.2, Linux 6.12 and 6.18.
# shellcheck disable=SC2034
STOCK_CPUS=1

# need PROGRAM...: or the test is skipped, and has failed where nothing may be skipped.
need() {
	local program
	for program; do
		command -v "$program" >/dev/null && continue
		echo "skipped: $program is missing"
		[ "${PIDNS_MUST_WORK-}" != 1 ] || exit 1
		exit 77
	done
}

# unavailable WHAT: the mirror has it no more. It is said, and is not a test that could not run.
unavailable() {
	echo "skipped: the mirror has no $*" >&2
	[ -z "${PIDNS_UNAVAILABLE-}" ] || echo "$*" >>"$PIDNS_UNAVAILABLE"
	exit 77
}

# Which kernel the series is tested on, as kernel/build calls it; a test may be told another one.
base=6.12

# In both cases the caller ends where $() did.
build_kernel() {
	local status=0
	"$top/kernel/build" --base "$base" "$@" || status=$?
	[ $status != 69 ] || unavailable "source of Linux $base"
	return $status
}

stock_kernel() {
	local status=0
	"$top/kernel/stock" "$1" || status=$?
	[ $status != 69 ] || unavailable "kernel of Linux $1"
	return $status
}

# series_folder, and patches_of_series: their names, one a line.
series_folder() {
	[ "$base" = 6.12 ] && echo "$top/kernel/patches" || echo "$top/kernel/patches-$base"
}

patches_of_series() {
	sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$(series_folder)/series"
}

fail() {
	echo "failed: $*"
	exit 1
}

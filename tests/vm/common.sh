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

fail() {
	echo "failed: $*"
	exit 1
}

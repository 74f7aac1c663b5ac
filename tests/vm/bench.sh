#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# bench.sh GUEST - a dump of tasks beside reading their status, in instructions of one guest.
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need qemu-system-x86_64 flex bison bc cpio gcc make patch

exec "$top/tests/vm/run" --instructions --no-build --with "$1" -- \
	env PIDNS_TASKS=1000 /with/guest/bench-dump

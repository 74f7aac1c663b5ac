#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# unshare.sh BUILD GUEST [BASE] - `pidns unshare` of the folder BUILD where it can do what it is
# for: with the programs of GUEST in a guest, and at its terminal.
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need qemu-system-x86_64 flex bison bc cpio gcc make patch

build=$(cd "$1" && pwd)
guest=/with/$(basename "$2")
base=${3-$base}
kernel=$(build_kernel --flavour lean)
run=("$top/tests/vm/run" --kernel "$kernel" --build "$build")
status=0
"${run[@]}" --with "$2" -- sh "$guest/moved" || status=$?
# It has said why it skips.
[ $status != 77 ] || [ "${PIDNS_MUST_WORK-}" != 1 ] || status=1
[ $status = 0 ] || exit $status
"${run[@]}" --with "$2" -- "$guest/kept"
PIDNS_BIN=$build/bin /usr/bin/python3 -B "$top/tests/vm/session.py" "${run[@]}"

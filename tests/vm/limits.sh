#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# limits.sh BUILD - the tools of the folder BUILD where the whole machine is at its limits: cgroup v2,
# threads-max, pid_max. Nothing can fork there, and pidns why answers.
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need qemu-system-x86_64 flex bison bc cpio gcc make patch

guest=$(mktemp -d)
trap 'rm -rf "$guest"' EXIT
cp "$top/tests/vm/limits" "$guest/"
kernel=$("$top/kernel/build")
"$top/tests/vm/run" --kernel "$kernel" --build "$1" --with "$guest" -- sh "/with/$(basename "$guest")/limits"

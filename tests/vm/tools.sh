#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tools.sh BUILD - the tools of the folder BUILD on the patched kernel: they say of a forest what
# /proc says of it, and what only that kernel knows; of one that /proc hides, what was planted.
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need qemu-system-x86_64 flex bison bc cpio gcc make patch

guest=$(mktemp -d)
trap 'rm -rf "$guest"' EXIT
cp "$top/tests/vm/agree" "$top/tests/vm/hidden" "$guest/"
kernel=$("$top/kernel/build")
for script in agree hidden; do
	"$top/tests/vm/run" --kernel "$kernel" --build "$1" --with "$guest" -- \
		sh "/with/$(basename "$guest")/$script"
done

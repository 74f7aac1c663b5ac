#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tools.sh BUILD [BASE] - the tools of the folder BUILD on the patched kernel: what only that kernel knows.
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need qemu-system-x86_64 flex bison bc cpio gcc make patch script

guest=$(mktemp -d)
trap 'rm -rf "$guest"' EXIT
cp "$top"/tests/vm/{netlink,hidden,pins} "$1"/tests/vm/guest/{hold,stuck} "$guest/"
cp "$(command -v script)" "$guest/"
base=${2-$base}
kernel=$(build_kernel --flavour lean)
for script in netlink hidden pins; do
	"$top/tests/vm/run" --kernel "$kernel" --build "$1" --with "$guest" -- \
		sh "/with/$(basename "$guest")/$script"
done

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# refused.sh BUILD TOOLS RELEASE - on a kernel that Debian ships, each way to be refused a fork, clone or
# unshare is told with the right limit.
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need qemu-system-x86_64 cpio busybox

build=$1
tools=$2
release=$3
kernel=$("$top/kernel/stock" "$release") || need "a kernel of Debian, Linux $release,"
guest=$(mktemp -d)
trap 'rm -rf "$guest"' EXIT
cp "$tools/refuse" "$top/tests/vm/refused" "$guest/"
with=/with/$(basename "$guest")
"$top/tests/vm/run" --kernel "$kernel" --cpus $STOCK_CPUS --build "$build" --with "$guest" -- \
	sh "$with/refused" "$with/refuse" || fail "Linux $release of Debian"

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# off.sh - with CONFIG_PID_NS_INFO off, the files the series touches compile to the same text as
# without the series. Line numbers in tables of bugs are elsewhere.
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need flex bison bc gcc make patch objcopy

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
objects=(kernel/pid.o kernel/pid_namespace.o kernel/fork.o kernel/exit.o kernel/signal.o)
kernel=$("$top/kernel/build" --stock)
config=$(dirname "$kernel")/../../../.config

# compile NAME SOURCE: these objects, with the series' option off.
compile() {
	mkdir -p "$work/$1"
	cp "$config" "$work/$1/.config"
	make -s -C "$2" O="$work/$1" olddefconfig "${objects[@]}" >"$work/log" 2>&1 ||
		{ tail "$work/log" && fail "$1 does not compile"; }
	! grep -q '^CONFIG_PID_NS_INFO=y' "$work/$1/.config" || fail "the option is on"
}

compile stock "$("$top/kernel/build" --source --stock)"
compile patched "$("$top/kernel/build" --source)"
for object in "${objects[@]}"; do
	for side in stock patched; do
		objcopy -O binary -j .text "$work/$side/$object" "$work/$side.text"
	done
	cmp "$work/stock.text" "$work/patched.text" || fail "$object: .text differs"
	echo "$object: $(stat -c %s "$work/stock.text") bytes of .text, the same"
done

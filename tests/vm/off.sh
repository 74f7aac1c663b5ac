#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# off.sh [BASE] - with its options off, the files the series touches compile to the same text as without the
# series. Line numbers in tables of bugs are elsewhere. With CONFIG_PID_NS_INFO alone, those that only
# CONFIG_PID_NS_MOVE changes do so, too.
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need flex bison bc gcc make patch objcopy

base=${1-$base}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
both=(kernel/pid.o kernel/pid_namespace.o kernel/fork.o kernel/exit.o kernel/signal.o net/netlink/genetlink.o)
# Whatever else has to do with the level of a struct pid.
move=(kernel/nsproxy.o kernel/sys.o fs/pidfs.o fs/proc/array.o ipc/mqueue.o)
kernel=$(build_kernel --stock)
config=$(dirname "$kernel")/../../../.config

# compile NAME SOURCE OPTION...: all these objects, with the series' options off, but for those.
compile() {
	local name=$1 source=$2 option
	shift 2
	mkdir -p "$work/$name"
	grep -v '^CONFIG_PID_NS_\(INFO\|MOVE\)=' "$config" >"$work/$name/.config"
	for option; do
		echo "$option=y" >>"$work/$name/.config"
	done
	# Together with a configuration, make would go through its preparations once an object.
	{
		make -s -C "$source" O="$work/$name" olddefconfig &&
			make -s -C "$source" O="$work/$name" -j "${PIDNS_JOBS:-$(nproc)}" "${both[@]}" "${move[@]}"
	} >"$work/log" 2>&1 || { tail "$work/log" && fail "$name does not compile"; }
	for option in CONFIG_PID_NS_INFO CONFIG_PID_NS_MOVE; do
		case " $* " in
		*" $option "*) grep -q "^$option=y" "$work/$name/.config" || fail "$option is off" ;;
		*) ! grep -q "^$option=y" "$work/$name/.config" || fail "$option is on" ;;
		esac
	done
}

# compare NAME OBJECT...: their text with the stock kernel's.
compare() {
	local name=$1 object side
	shift
	for object; do
		for side in stock "$name"; do
			objcopy -O binary -j .text "$work/$side/$object" "$work/$side.text"
		done
		cmp "$work/stock.text" "$work/$name.text" || fail "$name: $object: .text differs"
		echo "$name: $object: $(stat -c %s "$work/stock.text") bytes of .text, the same"
	done
}

patched=$(build_kernel --source)
compile stock "$(build_kernel --source --stock)"
compile off "$patched"
compile info "$patched" CONFIG_PID_NS_INFO
compare off "${both[@]}" "${move[@]}"
compare info "${move[@]}"
# What user space is told the flag is, is what the kernel takes it for.
flag=$(sed -n 's/^#define CLONE_NEWPIDS\s*//p' "$patched/include/uapi/linux/sched.h")
grep -qxF "#define CLONE_NEWPIDS $flag" "$top/kernel/uapi/clone_newpids.h" || fail "the flag is not $flag"

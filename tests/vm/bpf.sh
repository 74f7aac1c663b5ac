#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# bpf.sh BUILD - on a kernel that is locked down the provider "bpf" says in one sentence why it cannot be
# had. It works where only the integrity of the kernel is kept.
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need qemu-system-x86_64 cpio busybox

build=$1
stock=$(stock_kernel 6.12)
guest=$(mktemp -d)
trap 'rm -rf "$guest"' EXIT

# says LEVEL STATUS PATTERN: what `pidns list --provider bpf` does from then on; "-" leaves the kernel
# as it is. Locked down on the command line, it would not let the guest's init have its output.
cat >"$guest/says" <<-'END'
	set -u
	mount -t securityfs none /sys/kernel/security 2>/dev/null
	says() {
		[ "$1" = - ] || echo "$1" >/sys/kernel/security/lockdown || exit 1
		said=$(pidns list --provider bpf 2>&1 >/dev/null)
		status=$?
		echo "$1: $status: $said"
		[ "$status" = "$2" ] && echo "$said" | grep -qxE "$3" || exit 1
	}
END
cat >"$guest/stock" <<-'END'
	. "${0%/*}/says"
	seen='pidns: bpf may miss namespaces without tasks \(--all or netlink shows more\)'
	says - 0 "$seen"
	says integrity 0 "$seen"
	says confidentiality 4 'pidns: bpf: the kernel is locked down: its memory cannot be read'
END
"$top/tests/vm/run" --kernel "$stock" --cpus $STOCK_CPUS --build "$build" --with "$guest" -- \
	sh "/with/$(basename "$guest")/stock" || fail "Linux 6.12 of Debian"

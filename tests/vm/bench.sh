#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# bench.sh GUEST - in instructions of a guest, so that nothing else on the machine matters: a dump of
# tasks beside reading their status, and fork and exit with the series beside without.
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need qemu-system-x86_64 flex bison bc cpio gcc make patch

# measure KERNEL COMMAND...: where a stack begins decides whether a child touches one page more of it,
# and a copied page is 4,096 instructions, so that is not left to chance.
measure() {
	"$top/tests/vm/run" --kernel "$1" --instructions --append "kmemleak=off norandmaps" --no-build \
		--with "$guest" -- "${@:2}"
}

guest=$1
patched=$("$top/kernel/build")
stock=$("$top/kernel/build" --stock)
measure "$patched" env PIDNS_TASKS=1000 /with/guest/bench-dump || fail "the dump is too slow"
with=$(measure "$patched" /with/guest/bench-fork)
without=$(measure "$stock" /with/guest/bench-fork)
echo "fork and exit: $with instructions, $without without the series"
[ $((with * 200)) -le $((without * 201)) ] || fail "fork and exit cost more than half a percent more"

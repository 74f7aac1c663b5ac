#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# flavour.sh FLAVOUR GUEST [BASE] - run the tests of the folder GUEST on a kernel of that flavour, of the
# base 6.12 or the one named. With PIDNS_SOAK=1 as many tasks and namespaces as were promised, otherwise a tenth.
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need qemu-system-x86_64 flex bison bc cpio gcc make patch

base=${3-$base}
tasks=10000
rounds=10000
moves=1000
memory=2048
if [ "${PIDNS_SOAK-}" = 1 ]; then
	tasks=100000
	rounds=100000
	moves=10000
	memory=6144
fi
# Where the kernel looks at every step, everything takes ten times as long, and the end of 100,000 tasks
# at once what RCU takes for a stall. A namespace of kasan's is seen some sixty times before it is gone:
# twenty thousand are a million looks.
if [ "$1" != lean ]; then
	tasks=10000
	moves=1000
fi
[ "$1" != kasan ] || [ $rounds -lt 20000 ] || rounds=20000
# A struct pid that is freed to another cache than it is from is found out by a test that looks.
append='kmemleak=off slab_debug=F,pid*'
[ "$1" != kasan ] || append='kmemleak=on slab_debug=F,pid*'
kernel=$(build_kernel --flavour "$1")
exec "$top/tests/vm/run" --kernel "$kernel" --no-build --with "$2" --memory "$memory" \
	--timeout 6000 --append "$append" -- env PIDNS_TASKS=$tasks PIDNS_ROUNDS=$rounds \
	PIDNS_MOVES=$moves /with/guest/in-guest.sh

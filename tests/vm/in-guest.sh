#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# in-guest.sh - run every test program beside this one, in the guest.
cd "$(dirname "$0")" || exit 1
failed=0

# objects CACHE: how many are in use, those kept for a CPU's next allocation given back, and those
# that KASAN keeps after they were freed. Of the numbers, those that no task has: they come and go
# with the kernel's workers.
objects() {
	echo 1 >"/sys/kernel/slab/$1/shrink"
	count=$(cut -d ' ' -f 1 "/sys/kernel/slab/$1/objects")
	if [ "$1" = pid ]; then
		set -- /proc/[0-9]*/task/[0-9]*
		count=$((count - $#))
	fi
	echo "$count"
}

# fewest CACHE: of a second, for whatever is on its way out.
fewest() {
	least=$(objects "$1")
	for _ in $(seq 10); do
		usleep 100000
		now=$(objects "$1")
		[ "$now" -ge "$least" ] || least=$now
	done
	echo "$least"
}

# The first namespace makes the caches for the numbers of its level.
unshare --pid --fork true

caches=
for cache in pid_namespace pid pid_2; do
	[ ! -e /sys/kernel/slab/$cache ] || caches="$caches $cache"
done
for cache in $caches; do
	fewest "$cache" >"/tmp/before-$cache"
done

for test in ./test-*; do
	echo "$test"
	"$test" || failed=1
done

# Whatever the last references were, RCU and the workers have dropped them in a moment.
for cache in $caches; do
	before=$(cat "/tmp/before-$cache")
	for try in $(seq 100); do
		after=$(objects "$cache")
		[ "$after" -gt "$before" ] || break
		usleep 100000
	done
	echo "$cache: $before objects before, $after after $try looks"
	[ "$after" -le "$before" ] || { echo "FAILED $cache leaks" && failed=1; }
done

mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null
if [ -e /sys/kernel/debug/kmemleak ]; then
	# What is found in the first scan may be on its way; what is found in both is not.
	echo scan >/sys/kernel/debug/kmemleak
	sleep 5
	echo scan >/sys/kernel/debug/kmemleak
	leaks=$(grep -c 'pid_info\|pid_ns\|pid_namespace\|alloc_pid\|pid_reserve' /sys/kernel/debug/kmemleak)
	echo "kmemleak: $leaks leaks"
	[ "$leaks" = 0 ] || { cat /sys/kernel/debug/kmemleak && failed=1; }
fi

# With lockdep in the kernel: it is still looking, and our lock is among those it has seen.
if [ -e /proc/lockdep_stats ]; then
	grep -q 'debug_locks: *1' /proc/lockdep_stats || { echo "FAILED lockdep is off" && failed=1; }
	grep -q 'pid_info_lock' /proc/lockdep || { echo "FAILED lockdep never saw us" && failed=1; }
	grep -q 'events_lock' /proc/lockdep || { echo "FAILED no event was sent" && failed=1; }
	echo "lockdep: $(grep -c . /proc/lockdep) lines, $(grep 'dependency chains' /proc/lockdep_stats)"
fi
exit $failed

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# in-guest.sh - run every test program beside this one, in the guest.
cd "$(dirname "$0")" || exit 1
failed=0
for test in ./test-*; do
	echo "$test"
	"$test" || failed=1
done

# With lockdep in the kernel: it is still looking, and our lock is among those it has seen.
if [ -e /proc/lockdep_stats ]; then
	grep -q 'debug_locks: *1' /proc/lockdep_stats || { echo "FAILED lockdep is off" && failed=1; }
	grep -q 'pid_info_lock' /proc/lockdep || { echo "FAILED lockdep never saw us" && failed=1; }
	grep -q 'events_lock' /proc/lockdep || { echo "FAILED no event was sent" && failed=1; }
	echo "lockdep: $(grep -c . /proc/lockdep) lines, $(grep 'dependency chains' /proc/lockdep_stats)"
fi
exit $failed

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# demo.sh COMMAND... - run a command in a guest that has some PID namespaces to look at, and a process
# that moves into a new one: while pidns-top is watching, and before any other command.
here=$(dirname "$0")

# shellcheck disable=SC2016 # for the shells inside
unshare --pid --fork sh -c '
	sleep 10001 & sleep 10002 &
	unshare --pid --fork sh -c "sleep 10003 & exec sleep 10004" &
	wait' &
unshare --pid --fork sh -c 'while true; do sleep 1; done' &
# Held by a file only: its init is gone.
unshare --pid --fork sh -c 'exec sleep 10005' &
holder=$!
tries=0
until inner=$(cat "/proc/$holder/task/$holder/children") && [ -n "$inner" ] || [ $tries = 200 ]; do
	tries=$((tries + 1))
	usleep 10000
done
exec 9<"/proc/${inner% }/ns/pid"
kill -KILL "${inner% }"

seconds=0
[ "${1##*/}" != pidns-top ] || seconds=8
setsid "$here/mover" /run/moved $seconds </dev/null >/dev/null 2>&1 &
tries=0
until [ $seconds != 0 ] || [ -e /run/moved ] || [ $tries = 500 ]; do
	tries=$((tries + 1))
	usleep 10000
done

exec "$@"

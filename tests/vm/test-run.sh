#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# test-run.sh - tests/vm/run passes arguments, output and status, and notices a kernel that warns.
# shellcheck disable=SC2016 # what is for the guest's shell
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need qemu-system-x86_64 flex bison bc cpio gcc make patch
# What is said while a kernel is compiled would be in the first command's stderr.
"$top/kernel/build" >/dev/null || fail "there is no kernel"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/gift"
echo "from outside" >"$work/gift/file"

# in_guest STATUS COMMAND...: what it printed is in out and err, and it must exit with STATUS.
in_guest() {
	local wanted=$1 got=0
	shift
	"$top/tests/vm/run" --no-build --with "$work/gift" -- "$@" >"$work/out" 2>"$work/err" \
		</dev/null || got=$?
	[ "$got" = "$wanted" ] || fail "'$*' exits with $got, not $wanted: $(cat "$work/err")"
}

in_guest 7 sh -c 'printf "<%s>" "$@"; cat /with/gift/file; echo oops >&2; exit 7' x 'a  b' '' $'c\nd' '$e*'
printf '<%s>' 'a  b' '' $'c\nd' '$e*' >"$work/wanted"
echo "from outside" >>"$work/wanted"
cmp "$work/out" "$work/wanted" || fail "arguments or output were changed"
[ "$(cat "$work/err")" = oops ] || fail "stderr was changed: $(cat "$work/err")"

in_guest 0 sh -c 'sleep 1000 & echo done'
[ "$(cat "$work/out")" = "done" ] || fail "a child in the background disturbs"
in_guest 127 /no/such/command
in_guest 143 sh -c 'kill -TERM $$'
TERM=vt100 COLUMNS=77 in_guest 0 sh -c 'echo $TERM'
[ "$(cat "$work/out")" = vt100 ] || fail "TERM is not passed"
in_guest 0 sh -c 'seq 100000'
seq 100000 | cmp - "$work/out" || fail "long output is changed"

# The kernel's messages are elsewhere, and what they say counts.
in_guest 70 sh -c 'echo "WARNING: CPU: 0 PID: 1 at nowhere" >/dev/kmsg; echo fine'
[ "$(cat "$work/out")" = fine ] || fail "the kernel's messages are in the output"
in_guest 70 sh -c 'echo "BUG: KASAN: use-after-free" >/dev/kmsg'
in_guest 71 sh -c 'echo c >/proc/sysrq-trigger; echo 1 >/proc/sys/kernel/sysrq; reboot -f'
echo "tests/vm/run keeps its promises"

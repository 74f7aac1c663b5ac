#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# viewer.sh BUILD - what it costs to leave a viewer open at a snapshot a second, among 500 namespaces of
# 20 tasks on the patched kernel: htop, and pidns-top, which asks the kernel without being told to. In
# instructions of a guest, so that nothing else on the machine matters.
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need qemu-system-x86_64 flex bison bc cpio gcc make patch htop

guest=$(mktemp -d)
trap 'rm -rf "$guest"' EXIT
mkdir "$guest/viewer"
cp "$(command -v htop)" "$guest/viewer/"
cat >"$guest/viewer/run" <<-'END'
	echo 50000 >/proc/sys/kernel/threads-max
	mkfifo /tmp/hold
	forest --no-tasks --ns name=b,count=500,tasks=20,shared=1 </tmp/hold >/tmp/forest &
	exec 3>/tmp/hold
	until grep -q '"ready"' /tmp/forest; do
		kill -0 $! || exit 1
		usleep 100000
	done
	cost() {
		name=$1
		shift
		echo "$name $(measure --pty 8 "$@" | sed 's/.*"peak_kib": \([0-9]*\), "share": \([0-9.]*\).*/\1 \2/')"
	}
	cost htop /with/viewer/htop -d 10
	cost pidns-top pidns-top -d 1
	cost pidns-top-by-procfs pidns-top -d 1 --provider procfs
END
TERM=xterm-256color "$top/tests/vm/run" --kernel "$("$top/kernel/build")" --build "$1" --memory 2048 \
	--instructions --timeout 1800 --with "$guest/viewer" -- sh /with/viewer/run >"$guest/costs"
awk '
	{ share[$1] = $3; printf "%s: %.2f %% of a CPU, %.1f MiB\n", $1, 100 * $3, $2 / 1024 }
	END {
		if (!share["htop"] || !share["pidns-top"]) { print "failed: one of them did not run"; exit 1 }
		printf "pidns-top costs 1/%.1f of htop\n", share["htop"] / share["pidns-top"]
		if (share["pidns-top"] * 10 > share["htop"]) { print "failed: that is more than a tenth"; exit 1 }
	}' "$guest/costs"

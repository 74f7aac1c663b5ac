#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# listns.sh BUILD - what finding namespaces without tasks costs procfs, in million instructions of a
# guest with today's kernel: by listns(2), and by looking through the files of every process, as
# callers without CAP_SYS_ADMIN have to. Part of doc/benchmarks.md.
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need qemu-system-x86_64 cpio busybox setpriv

build=$1
kernel=$(stock_kernel 7.x)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/listns"
cp "$(command -v setpriv)" "$work/listns/"

cat >"$work/listns/run" <<-'END'
	cd /with/listns
	echo 100000 >/proc/sys/kernel/threads-max
	# The clock counts instructions, a ns each. The least of three: the first brings it into memory.
	cost() {
		for i in 1 2 3; do
			measure "$@" 2>/dev/null | sed 's/.*"wall_ms": \([0-9.]*\).*/\1/'
		done | sort -n | head -n 1 | xargs printf ' %12.1f'
	}
	list="pidns list --raw -o ino,state,processes --provider procfs"
	old="./setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin $list"
	echo "namespaces tasks         list    by listns     by files"
	for shape in 20,10 20,50 100,10 200,5; do
		mkfifo hold out 2>/dev/null
		forest --ns "name=b,count=${shape%,*},tasks=${shape#*,}" --ns name=fd,count=5,end=fd <hold >out &
		exec 7>hold
		grep -q '"ready"' <out
		sleep 1 # what has just been made settles
		printf '%10d %5d' "${shape%,*}" $((${shape%,*} * ${shape#*,}))
		cost $list
		cost $list --all
		cost $old --all
		echo
		exec 7>&-
		wait
	done
END
exec "$top/tests/vm/run" --kernel "$kernel" --instructions --append "kmemleak=off norandmaps" \
	--build "$build" --memory 2048 --timeout 1800 --with "$work/listns" -- sh /with/listns/run

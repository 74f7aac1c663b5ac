#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# live.sh BUILD KERNEL TEST... - run these of tests/live on another kernel: a release that Debian
# ships (kernel/stock), "patched", "patched-7.x", or "btf", which is patched and has what BPF programs need.
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need qemu-system-x86_64 cpio busybox

build=$1
release=$2
shift 2
case $release in
patched)
	need flex bison bc gcc make patch
	kernel=$(build_kernel --flavour lean)
	;;
patched-7.x)
	need flex bison bc gcc make patch
	base=7.x
	kernel=$(build_kernel --flavour lean)
	;;
btf)
	need flex bison bc gcc make patch pahole
	kernel=$(build_kernel --flavour btf)
	;;
*) kernel=$(stock_kernel "$release") ;;
esac

# The guest's own tools are busybox's; the tests want util-linux, a shell that does not prefer what
# is built into it, and Python.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
guest=$work/live
mkdir -p "$guest/bin"
cp -r "$top"/tests/live/*.py "$top/tests/schema.py" "$top/tests/live/known" "$guest/"
for tool in dash mount nsenter prlimit setpriv unshare; do
	need "$tool"
	cp "$(command -v "$tool")" "$guest/bin/"
done
mv "$guest/bin/dash" "$guest/bin/sh"
/usr/bin/python3 -S -B "$top/tests/vm/guest-python" "$guest/python" \
	contextlib ctypes fcntl functools json pathlib platform re select shutil signal struct subprocess threading time unittest

[ "${PIDNS_REGENERATE-}" != 1 ] || : >"$guest/regenerate"

# One boot for all of them. What the kernel allows is made of its memory, and is not enough.
cat >"$guest/run" <<-'END'
	cd /with/live
	export PATH=/with/live/bin:/with/live/python/bin:/usr/bin:/bin:/sbin PYTHONHOME=/with/live/python
	export PIDNS_MUST_WORK=1 PIDNS_EMULATED=1
	[ ! -e regenerate ] || export PIDNS_REGENERATE=1
	echo 100000 >/proc/sys/kernel/threads-max
	status=0
	for test; do
		python3 -S -B "test-$test.py" 2>&1 || [ $? = 77 ] || status=1
	done
	exit $status
END
cpus=2
case $release in patched* | btf) ;; *) cpus=$STOCK_CPUS ;; esac
# Emulated, and beside whatever else the machine has to do, it may take several times as long.
exec "$top/tests/vm/run" --kernel "$kernel" --cpus "$cpus" --build "$build" --memory 3072 --timeout 3600 \
	--with "$guest" -- \
	sh /with/live/run "$@"

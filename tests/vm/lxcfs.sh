#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# lxcfs.sh BUILD KERNEL - the tools of the folder BUILD where lxcfs stands on files of /proc and /sys, as
# in containers of LXC and Incus, and where it has stopped answering. KERNEL is "patched", or a release
# that Debian ships (kernel/stock). lxcfs is unpacked from its package: it never runs on this machine.
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need qemu-system-x86_64 cpio busybox script dpkg-deb
# shellcheck source=kernel/fetch.sh
. "$top/kernel/fetch.sh"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pidnsinfo

say() {
	echo "lxcfs.sh: $*" >&2
}

# unpack PATTERN DIR: the newest package of this Debian whose name matches.
unpack() {
	local package version suite
	newest_in "$1" "$codename" || need "the package $1"
	download "$package" "$version" "$suite" "$work/deb" || need "the package $1"
	dpkg-deb -x "$work"/deb/*.deb "$2"
	rm "$work"/deb/*.deb
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
guest=$work/lxcfs
mkdir -p "$work"/{deb,lxcfs-files} "$guest"
# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
unpack lxcfs "$work/lxcfs-files"
unpack 'libfuse3-[0-9]+' "$work/lxcfs-files"
find "$work/lxcfs-files" -type f \( -path '*/bin/lxcfs' -o -name '*.so*' \) -exec cp -t "$guest" {} +
(cd "$guest" && for library in libfuse3.so.*.*; do ln "$library" "${library%.*.*}"; done)
cp "$top/tests/vm/lxcfs" "$guest/run"
cp "$(command -v script)" "$guest/"

cpus=$STOCK_CPUS
case $2 in
patched)
	cpus=2
	need flex bison bc gcc make patch
	kernel=$("$top/kernel/build")
	;;
*) kernel=$(stock_kernel "$2") ;;
esac
LD_LIBRARY_PATH=$guest "$top/tests/vm/run" --kernel "$kernel" --cpus $cpus --build "$1" --with "$guest" -- \
	sh /with/lxcfs/run

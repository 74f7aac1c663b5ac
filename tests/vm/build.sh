#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# build.sh - a series that does not apply is refused by kernel/build, with one sentence that names the
# patch, the file and the hunk; and so is a configuration that cannot be had.
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need patch make gcc

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source=$("$top/kernel/build" --source)
cache=$(dirname "$(dirname "$source")")

# refused SENTENCE ARGUMENT...: kernel/build of the damaged copy prints nothing and fails, saying this.
refused() {
	local sentence=$1
	shift
	! "$work/kernel/build" "$@" >"$work/out" 2>"$work/err" || fail "kernel/build $* has not noticed"
	[ ! -s "$work/out" ] || fail "it prints $(cat "$work/out")"
	grep -q "^kernel/build: .*$sentence" "$work/err" || fail "it does not say '$sentence' but: $(cat "$work/err")"
}

# damage FILE SCRIPT: a fresh copy, and one file of it that sed has been at.
damage() {
	rm -rf "$work/kernel"
	cp -r "$top/kernel" "$work/kernel"
	sed -i "$2" "$work/kernel/$1"
	! cmp -s "$top/kernel/$1" "$work/kernel/$1" || fail "$1 is not damaged"
}

# digest FILE...: what kernel/build calls something that was made of these.
digest() {
	cat "$@" | sha256sum | cut -c 1-12
}

# check_nothing_left: half a tree, for a later run to take for the whole.
check_nothing_left() {
	local -a patches
	mapfile -t patches < <(sed -n "s|^0|$work/kernel/patches/0|p" "$work/kernel/patches/series")
	! ls -d "$cache"/source/*-"$(digest "${patches[@]}")"* 2>/dev/null || fail "something is left"
}

registry=$(cd "$top/kernel/patches" && echo 0002-*.patch)
# shellcheck source=kernel/base
. "$top/kernel/base"

# The source has moved on: what stands around the change is not what it was.
damage "patches/$registry" 's/^ \(.*MEMFD_NOEXEC_SCOPE_EXEC,\)$/ int \1/'
refused "$registry does not apply to linux-source-6.12 .*$tested.*: hunk [0-9]* of kernel/pid.c, at line [0-9]*" --source
check_nothing_left
damage "patches/$registry" 's,^\([-+]* [ab]/kernel/pid_namespace\).c$,\1s.c,'
refused "$registry does not apply to .*: a file it changes does not exist" --source
damage patches/series "s/^$registry\$/$registry\\n$registry/"
refused "$registry does not apply to .*: .* has it already" --source

# shellcheck disable=SC2016 # sed's last line
damage config/lean.config '$aCONFIG_NO_SUCH_OPTION=y'
refused "the configuration lost CONFIG_NO_SUCH_OPTION=y"
name=$(basename "$source")-lean-$(digest "$work/kernel/config/lean.config")
[ ! -e "$cache/kernel/$name/done" ] || fail "it is taken for a kernel all the same"
rm -r "$cache/kernel/$name" "$cache/$name.lock"
refused "there is no flavour 'chocolate'" --flavour chocolate
# A file that one base adds to a flavour is not a flavour.
refused "there is no flavour 'lockdep-7.x'" --flavour lockdep-7.x
refused "there is no option --fast" --fast
echo "kernel/build says what is wrong"

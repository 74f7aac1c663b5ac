#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# series.sh [BASE] - each patch of the series stands for itself: after each, what the series touches compiles
# with its options on and off, says nothing with W=1 that it does not say without the series, and
# needs no function that comes later. sparse has nothing to say but what kernel/README.md answers.
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need flex bison bc gcc make patch sparse

base=${1-$base}
stock=$(build_kernel --stock)
stock=$(cd "$(dirname "$stock")/../../.." && pwd)
pristine=$(build_kernel --source --stock)
# A tree of hard links has to be where the source is.
work=$(mktemp -d -p "$(dirname "$pristine")" series.XXXXXX)
trap 'rm -rf "$work"' EXIT
cp -al "$pristine" "$work/source"
mapfile -t patches < <(patches_of_series)
mapfile -t touched < <(cd "$(series_folder)" &&
	sed -n 's,^+++ b/\(\(kernel\|fs\|ipc\|net\)/.*\)\.c$,\1,p' "${patches[@]}" | sort -u)
[ ${#touched[@]} -ge 15 ] || fail "the series touches only ${touched[*]}"

# configure NAME OPTION...: of the series' options these are on, as far as there are any yet.
configure() {
	local name=$1 option
	shift
	mkdir -p "$work/$name"
	grep -v '^CONFIG_PID_NS_\(INFO\|MOVE\)=' "$stock/.config" >"$work/$name/.config"
	for option; do
		echo "$option=y" >>"$work/$name/.config"
	done
	make -s -C "$work/source" O="$work/$name" olddefconfig >"$work/log" 2>&1 ||
		{ cat "$work/log" && fail "$name cannot be configured"; }
}

# objects_of NAME: those of the files there are by now, and that this configuration has.
objects_of() {
	local file
	for file in "${touched[@]}"; do
		[ -e "$work/source/$file.c" ] || continue
		case $file in
		kernel/pid_info*) grep -q '^CONFIG_PID_NS_INFO=y' "$work/$1/.config" || continue ;;
		kernel/pid_ns_move) grep -q '^CONFIG_PID_NS_MOVE=y' "$work/$1/.config" || continue ;;
		esac
		grep -q "\b$(basename "$file").o" "$work/source/$(dirname "$file")/Makefile" ||
			fail "no Makefile has $file.o"
		echo "$file.o"
	done
}

# compile NAME [ARGUMENT...]: all of them at once; what the compiler has to say is in the log.
compile() {
	local name=$1
	shift
	mapfile -t objects < <(objects_of "$name")
	make -s -j "${PIDNS_JOBS:-$(nproc)}" -C "$work/source" O="$work/$name" W=1 "$@" "${objects[@]}" \
		>"$work/log" 2>&1 || { tail -n 20 "$work/log" && fail "$where: $name does not compile"; }
}

# warnings: those of the log, without where they are.
warnings() {
	sed -n 's/^[^ ]*\/\([^/ ]*\.[ch]\):[0-9:]* \(warning: .*\)/\1 \2/p' "$work/log" | sort -u
}

# check_names NAME: what they need of each other is there, and all else the kernel has without them.
check_names() {
	local missing
	(cd "$work/$1" && nm -u "${objects[@]}") | awk 'NF == 2 { print $2 }' | sort -u >"$work/needed"
	{
		(cd "$work/$1" && nm --defined-only "${objects[@]}") | awk 'NF == 3 { print $3 }'
		awk '{ print $3 }' "$stock/System.map"
	} | sort -u >"$work/there"
	missing=$(comm -23 "$work/needed" "$work/there" | grep -E 'pid|ns' || true)
	[ -z "$missing" ] || fail "$where: $1: there is no $missing"
}

# check_build NAME OPTION...: against what is said without the series.
check_build() {
	local name=$1 new
	configure "$@"
	compile "$name"
	new=$(comm -13 "$work/known" <(warnings))
	[ -z "$new" ] || fail "$where: $name: $new"
	check_names "$name"
}

where=stock
configure off
compile off
warnings >"$work/known"
for patch in "${patches[@]}"; do
	where=$patch
	patch -d "$work/source" -p1 -s --batch --forward --fuzz=0 -r - --no-backup-if-mismatch \
		<"$(series_folder)/$patch" || fail "$patch does not apply"
	check_build off
	check_build on CONFIG_PID_NS_INFO CONFIG_PID_NS_MOVE
	echo "$patch: ${#objects[@]} objects, on and off"
done
where="the whole series"
check_build info CONFIG_PID_NS_INFO
check_build move CONFIG_PID_NS_MOVE

# sparse looks at the files the series adds; at the others' faults it has always looked. What is behind
# current->sighand it takes for something that RCU guards, here as everywhere in the kernel.
mapfile -t added < <(cd "$(series_folder)" &&
	sed -n '/^--- \/dev\/null/{n;s|^+++ b/\(kernel/.*\)\.c$|\1|p}' "${patches[@]}")
answered='pid_ns_move\.c:[0-9:]+ .*(incorrect type in argument 1 \(different address spaces\)|'
answered+='expected struct (spinlock|refcount_struct) .*|got struct (spinlock|refcount_struct) \[noderef\] __rcu \*)$'
[ ${#added[@]} -ge 7 ] || fail "the series adds only ${added[*]}"
make -C "$work/source" O="$work/on" C=2 "${added[@]/%/.o}" >"$work/log" 2>&1 ||
	{ tail "$work/log" && fail "with C=2 nothing compiles"; }
[ "$(grep -c '^  CHECK ' "$work/log")" -ge ${#added[@]} ] || fail "sparse has not looked"
remarks=$(grep -E "/($(IFS='|' && echo "${added[*]##*/}"))\.[ch]:[0-9]+" "$work/log" |
	grep -vE "$answered" || true)
[ -z "$remarks" ] || fail "sparse: $remarks"
echo "${#patches[@]} patches, each by itself; sparse is content"

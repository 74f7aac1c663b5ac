#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# selftests.sh [--record] [BASE] - whatever of the kernel's own selftests passes without the series must pass
# with it, in as many cases. What an unpatched kernel gives here is in selftests.baseline*, which names
# the version of the source; --record makes it anew. Some never pass in an emulated guest.
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need qemu-system-x86_64 flex bison bc cpio gcc make patch rsync

here=$top/tests/vm
folders=(pid_namespace pidfd clone3 proc nsfs core cgroup)
stock=()
record=0
if [ "${1-}" = --record ]; then
	record=1
	stock=(--stock)
	shift
else
	folders+=(pid_info)
fi
base=${1-$base}
baseline=$here/selftests.baseline
[ "$base" = 6.12 ] || baseline+=-$base
# Without one, what the series adds is all that is judged.
[ $record = 1 ] || [ -e "$baseline" ] || baseline=/dev/null
source=$(build_kernel --source ${stock[@]+"${stock[@]}"})
kernel=$(build_kernel ${stock[@]+"${stock[@]}"})
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
make -s -C "$source" O="$work/build" headers_install INSTALL_HDR_PATH="$work/headers" >/dev/null

# Whatever cannot be built static is left out, on both sides.
for folder in "${folders[@]}"; do
	mkdir -p "$work/selftests/$folder"
	make -k -C "$source/tools/testing/selftests/$folder" OUTPUT="$work/selftests/$folder" \
		KHDR_INCLUDES="-isystem $work/headers/include" LDFLAGS=-static \
		>"$work/$folder.log" 2>&1 || true
done
find "$work/selftests" -type f ! -perm -100 -delete
cat >"$work/selftests/run.sh" <<-'EOF'
	cd "$(dirname "$0")" || exit 1
	for test in */*; do
		[ -f "$test" ] || continue
		(cd "${test%/*}" && timeout 60 "./${test##*/}" >/tmp/out 2>&1 </dev/null)
		if [ $? = 0 ]; then
			echo "$test passes $(grep -c '^ok ' /tmp/out)"
		else
			echo "$test fails"
		fi
	done
EOF
"$here/run" --kernel "$kernel" --no-build --with "$work/selftests" --timeout 2400 -- \
	sh /with/selftests/run.sh >"$work/results" || fail "the guest: $?"
version=$(make -s -C "$source" kernelversion)
if [ $record = 1 ]; then
	{ echo "# Linux $version without the series" && cat "$work/results"; } >"$baseline"
	exit 0
fi
grep -qx "# Linux $version without the series" "$baseline" ||
	echo "the baseline is of another version than $version; selftests.sh --record makes it anew"
grep -v '^#' "$baseline" | grep ' passes ' >"$work/wanted"
echo "pid_info/pid_info_test passes 8" >>"$work/wanted"
echo "pid_namespace/move_test passes 7" >>"$work/wanted"
missing=$(grep -vxFf "$work/results" "$work/wanted" || true)
if [ -n "$missing" ]; then
	cat "$work/results"
	fail "with the series these have another result than they should: $missing"
fi
echo "$(grep -c . "$work/wanted") selftests pass as they do without the series"

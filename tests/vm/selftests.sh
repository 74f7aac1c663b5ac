#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# selftests.sh [--record] - the kernel's own selftests must have the same result with the series as
# without. What an unpatched kernel gives here is in selftests.baseline, which names the version of
# the source; --record makes it anew. Some of them never pass in an emulated guest.
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need qemu-system-x86_64 flex bison bc cpio gcc make patch rsync

here=$top/tests/vm
folders=(pid_namespace pidfd clone3 proc nsfs core cgroup)
stock=()
[ "${1-}" != --record ] || stock=(--stock)
source=$("$top/kernel/build" --source ${stock[@]+"${stock[@]}"})
kernel=$("$top/kernel/build" ${stock[@]+"${stock[@]}"})
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
		status=$?
		echo "$test $status $(grep -c '^ok ' /tmp/out) $(grep -c '^not ok ' /tmp/out)"
	done
EOF
"$here/run" --kernel "$kernel" --no-build --with "$work/selftests" --timeout 2400 -- \
	sh /with/selftests/run.sh >"$work/results" || fail "the guest: $?"
sed -i '1i # test, exit status, ok, not ok' "$work/results"

version=$(make -s -C "$source" kernelversion)
if [ "${1-}" = --record ]; then
	{ echo "# Linux $version without the series" && cat "$work/results"; } >"$here/selftests.baseline"
	exit 0
fi
grep -qx "# Linux $version without the series" "$here/selftests.baseline" ||
	echo "the baseline is of another version than $version; selftests.sh --record makes it anew"
diff -u <(tail -n +2 "$here/selftests.baseline") "$work/results" ||
	fail "a selftest has another result than without the series"
echo "$(grep -vc '^#' "$work/results") selftests have the result they have without the series"

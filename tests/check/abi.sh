#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The library has the ABI of lib/libpidnsinfo.abi, or one that adds to it: symbols, and members at the
# end of its records and options. After an addition that was released, write it anew: abi.sh --regenerate.
# shellcheck source=tests/check/common.sh
. "$(dirname "$0")/common.sh"
need abidw abidiff
baseline=lib/libpidnsinfo.abi
library=$(readlink -f "$PIDNS_BUILD/lib/libpidnsinfo.so")

case ${CC:-cc} in
*clang*)
	echo "skipped: the baseline was made by gcc"
	exit 77
	;;
esac
readelf -S "$library" | grep -q debug_info || fail "it was built without -g"
# Records are opaque in size: callers reach them by pointer, and options carry their size.
sed -n 's/^struct \(pidns_[a-z_]*\) {$/\1/p' lib/include/pidnsinfo.h >"$scratch/structs"
while read -r name; do
	printf '[suppress_type]\n  type_kind = struct\n  name = %s\n  has_data_member_inserted_at = end\n\n' "$name"
done <"$scratch/structs" >"$scratch/suppressions"
if [ "${1-}" = --regenerate ]; then
	abidw --headers-dir lib/include --no-corpus-path --no-comp-dir-path --no-show-locs "$library" |
		sed "s|path='$PWD/|path='|" >"$baseline"
fi
status=0
abidiff --no-added-syms --suppressions "$scratch/suppressions" --headers-dir2 lib/include \
	"$baseline" "$library" >"$scratch/out" 2>&1 || status=$?
[ "$status" = 0 ] || fail "the ABI is not that of $baseline: $(cat "$scratch/out")"
cat "$scratch/out"

# The check itself notices: a member that changes its place.
sed "0,/<data-member access='public' layout-offset-in-bits='64'>/s//<data-member access='public' layout-offset-in-bits='128'>/" \
	"$baseline" >"$scratch/other.abi"
! cmp -s "$baseline" "$scratch/other.abi" || fail "the baseline has no member at bit 64"
! abidiff --no-added-syms --suppressions "$scratch/suppressions" "$scratch/other.abi" "$library" \
	>/dev/null 2>&1 || fail "a member in another place goes unnoticed"

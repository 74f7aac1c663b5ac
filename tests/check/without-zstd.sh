#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A build without libzstd says of a compressed recording that it cannot read or write it.
# shellcheck source=tests/check/common.sh
. "$(dirname "$0")/common.sh"

build=$scratch/build
{
	cmake -S . -B "$build" -DPIDNS_ZSTD=OFF -DPIDNS_BPF=OFF -DPIDNS_TESTS=OFF -DPIDNS_WERROR=ON \
		-DCMAKE_C_COMPILER="${CC:-cc}" -DCMAKE_C_FLAGS=-O0
	cmake --build "$build" --target pidns -j "$(nproc)"
} >"$scratch/log" 2>&1 || fail "$(tail -n 20 "$scratch/log")"
! readelf -d "$build/lib/libpidnsinfo.so.0" | grep -q zstd || fail "libzstd is linked"
for command in "list --from tests/fuzz/corpus/series/frames" \
	"record --from tests/fixtures/forest.pidns -w $scratch/x.zst" \
	"record --every 1 -w $scratch/y.zst"; do
	status=0
	# shellcheck disable=SC2086
	"$build/bin/pidns" $command 2>"$scratch/said" || status=$?
	[ "$status" = 5 ] || fail "$command: exit $status, not 5"
	grep -q 'this build lacks' "$scratch/said" || fail "$(cat "$scratch/said")"
done
[ ! -e "$scratch/x.zst" ] || fail "x.zst is there"

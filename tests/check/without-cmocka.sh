#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Where cmocka is not installed, a build is configured all the same, says what is left out, and has
# the tests that need nothing of it.
# shellcheck source=tests/check/common.sh
. "$(dirname "$0")/common.sh"
need pkg-config

mkdir "$scratch/pc"
IFS=: read -r -a folders < <(pkg-config --variable pc_path pkg-config)
for folder in "${folders[@]}"; do
	[ ! -d "$folder" ] || find "$folder" -name '*.pc' ! -name 'cmocka*' -exec ln -sft "$scratch/pc" {} +
done
PKG_CONFIG_PATH='' PKG_CONFIG_LIBDIR=$scratch/pc cmake -S . -B "$scratch/build" -DPIDNS_BPF=OFF \
	-DCMAKE_C_COMPILER="${CC:-cc}" >"$scratch/log" 2>&1 || fail "$(tail -n 20 "$scratch/log")"
grep -q '^-- cmocka is not installed: unit tests are left out' "$scratch/log" ||
	fail "not said: $(cat "$scratch/log")"
ctest --test-dir "$scratch/build" -N >"$scratch/tests"
grep -q ' cli-golden-' "$scratch/tests" || fail "no test is left"
! grep -q ' unit-' "$scratch/tests" || fail "there are unit tests"

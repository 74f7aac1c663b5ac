#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A build without the provider "bpf" needs nothing of clang, bpftool or libbpf; it says that it was
# left out, and who did not ask for it by name gets the next one.
# shellcheck source=tests/check/common.sh
. "$(dirname "$0")/common.sh"

build=$scratch/build
mkdir "$scratch/bin"
for tool in clang bpftool; do
	printf '#!/bin/sh\necho "%s was run" >&2\nexit 1\n' "$tool" >"$scratch/bin/$tool"
	chmod +x "$scratch/bin/$tool"
done
export PATH=$scratch/bin:$PATH
{
	cmake -S . -B "$build" -DPIDNS_BPF=OFF -DPIDNS_TESTS=OFF -DPIDNS_WERROR=ON \
		-DCMAKE_C_COMPILER="${CC:-cc}" -DCMAKE_C_FLAGS=-O0
	cmake --build "$build" --target pidns -j "$(nproc)"
} >"$scratch/log" 2>&1 || fail "$(tail -n 20 "$scratch/log")"

# The sentence of this build; before it come the reader's own rights, so a user is told of these.
status=0
"$build/bin/pidns" list --provider bpf >/dev/null 2>"$scratch/said" || status=$?
[ "$status" = 4 ] || fail "exit $status, not 4"
grep -qE '^pidns: bpf: (left out of this build|needs CAP_BPF|capabilities count)' "$scratch/said" ||
	fail "$(cat "$scratch/said")"
"$build/bin/pidns" list --all --json 2>"$scratch/said" | tests/schema.py list | grep -q '"provider":"\(procfs\|netlink\)"' ||
	fail "no other provider is asked: $(cat "$scratch/said")"

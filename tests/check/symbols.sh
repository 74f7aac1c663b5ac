#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the library exports is what its map lists, its header declares and its manual describes.
# shellcheck source=tests/check/common.sh
. "$(dirname "$0")/common.sh"

nm -D --defined-only "$PIDNS_BUILD/lib/libpidnsinfo.so" | awk '$2 != "A" { print $3 }' |
	sed 's/@.*//' | sort >"$scratch/exported"
sed -n '/^global:/,/^local:/s/^[[:space:]]*\(pidns_[a-z_]*\);$/\1/p' lib/libpidnsinfo.map |
	sort >"$scratch/mapped"
"${CC:-cc}" -E -P lib/include/pidnsinfo.h | grep -o '\bpidns_[a-z_]*(' | tr -d '(' |
	sort -u >"$scratch/declared"
grep -o '\bpidns_[a-z_]*\*\?(' doc/man/libpidnsinfo.3.scd | tr -d '*(' | sort -u >"$scratch/in-manual"

[ -s "$scratch/exported" ] || fail "nothing is exported at all"
same "$scratch/mapped" "$scratch/exported" "libpidnsinfo.so does not export what its map lists"
same "$scratch/mapped" "$scratch/declared" "pidnsinfo.h does not declare what the map lists"
same "$scratch/mapped" "$scratch/in-manual" "libpidnsinfo(3) does not describe what the map lists"
echo "$(wc -l <"$scratch/mapped") symbols agree"

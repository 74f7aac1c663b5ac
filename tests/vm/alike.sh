#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# alike.sh - patch N of the series for both bases touches the same files, and the files they add that
# differ are the ones that kernel/bases.md explains.
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need patch

for base in 6.12 7.x; do
	build_kernel --source >/dev/null
done
differ=$("$top/kernel/compare" --names)
explained=$(sed -n 's/^| \([A-Za-z].*\/[^|]*\) |.*/\1/p' "$top/kernel/bases.md" | tr -d ' ' | tr ',' '\n' | sort)
[ "$differ" = "$explained" ] || {
	diff <(echo "$explained") <(echo "$differ") || true
	fail "kernel/bases.md explains others than those that differ"
}
[ "$(grep -c ^0 "$top/kernel/patches/series")" = "$(grep -c ^0 "$top/kernel/patches-7.x/series")" ] ||
	fail "one series has more patches"
# files_of FOLDER: "NNNN FILE" of each file that a patch adds or changes.
files_of() {
	(cd "$top/kernel/$1" && awk '/^\+\+\+ b\// { print substr(FILENAME, 1, 4), substr($2, 3) }' 0*.patch) |
		sort
}
touched=$(diff <(files_of patches) <(files_of patches-7.x)) ||
	fail "one series touches a file that the other does not: $touched"
echo "$(grep -c . <<<"$differ") files differ, each for a reason"

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# checkpatch.sh [BASE] - checkpatch.pl --strict has nothing to say of the series but what
# kernel/README.md answers: the last but one of the patches about information has the entry of MAINTAINERS
# for all that is added, and the Signed-off-by is left to the person that sends the patches.
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need perl

base=${1-$base}
pristine=$(build_kernel --source --stock)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

remarks_on() {
	(cd "$pristine" && perl scripts/checkpatch.pl --strict --terse --no-summary --show-types "$1") |
		grep -vE 'WARNING:FILE_PATH_CHANGES:|ERROR:MISSING_SIGN_OFF:' || true
}

mapfile -t patches < <(patches_of_series)
# Else its silence proves nothing.
sed 's/^\(+.*;\)$/\1 /' "$(series_folder)/${patches[1]}" >"$work/spoiled.patch"
remarks_on "$work/spoiled.patch" | grep -q 'ERROR:TRAILING_WHITESPACE' ||
	fail "checkpatch.pl finds nothing wrong with what is wrong"
for patch in "${patches[@]}"; do
	remarks=$(remarks_on "$(series_folder)/$patch")
	[ -z "$remarks" ] || fail "$remarks"
done
echo "${#patches[@]} patches: checkpatch.pl is content"

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each file has a licence and a copyright, as https://reuse.software has it: in its own first lines, by
# .reuse/dep5, or in a file .license beside it, which a patch needs: the lines that it adds name licences
# as the kernel does. After a patch was added or renamed: reuse.sh --regenerate.
# shellcheck source=tests/check/common.sh
. "$(dirname "$0")/common.sh"
need reuse git

git -c safe.directory="$PWD" rev-parse --git-dir >/dev/null 2>&1 || {
	echo "skipped: not a git repository, in which reuse tells files of ours from others"
	exit 77
}
if [ "${1-}" = --regenerate ]; then
	rm -f kernel/patches*/*.patch.license
	for patch in kernel/patches*/*.patch; do
		# REUSE-IgnoreStart
		printf '%s\n' 'SPDX-FileCopyrightText: 2026 The pidnsinfo authors' '' \
			'SPDX-License-Identifier: GPL-2.0-only' >"$patch.license"
		# REUSE-IgnoreEnd
	done
fi
reuse lint >"$scratch/out" 2>&1 || fail "$(cat "$scratch/out") (a patch? reuse.sh --regenerate)"
tail -n 1 "$scratch/out"

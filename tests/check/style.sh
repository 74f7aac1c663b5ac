#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The formatting of C is that of clang-format 14, the shell is clean to shellcheck, and Python compiles.
# shellcheck source=tests/check/common.sh
. "$(dirname "$0")/common.sh"
need clang-format shellcheck

# Versions disagree on the same settings: that of Debian 12 decides, and others are not asked.
mapfile -t c < <(our_files '*.c' '*.h')
case $(clang-format --version) in
*" version 14."*)
	clang-format --dry-run -Werror "${c[@]}" || fail "clang-format -i would change these"
	;;
esac
mapfile -t shell < <(our_files shell)
shellcheck -x "${shell[@]}" || fail "shellcheck complains"
mapfile -t python < <(our_files '*.py')
/usr/bin/python3 -B - "${python[@]}" <<-'END' || fail "python complains"
	import sys
	for name in sys.argv[1:]:
	    with open(name, encoding="utf-8") as file:
	        compile(file.read(), name, "exec")
END
echo "${#c[@]} files of C, ${#shell[@]} of shell, ${#python[@]} of Python"

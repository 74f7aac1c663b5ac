#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The version is that of project() in CMakeLists.txt; the change log and the packaging name it last.
# shellcheck source=tests/check/common.sh
. "$(dirname "$0")/common.sh"

version=$(sed -n 's/^project(pidnsinfo VERSION \([0-9.]*\) .*/\1/p' CMakeLists.txt)
[ -n "$version" ] || fail "CMakeLists.txt names no version"
# says FILE PATTERN: the first match of the pattern in the file is the version.
says() {
	local found
	found=$(sed -n "s/$2/\1/p" "$1" | head -n 1)
	[ "$found" = "$version" ] || fail "$1 is about version ${found:-?}, CMakeLists.txt about $version"
}
says lib/python/pyproject.toml '^version = "\(.*\)"'
says CHANGELOG.md '^## \([0-9.]*\).*'
[ ! -e doc/packaging ] || {
	says doc/packaging/debian/changelog '^pidnsinfo (\([0-9.]*\)-.*'
	says doc/packaging/pidnsinfo.spec '^Version: *\(.*\)'
	says doc/packaging/PKGBUILD '^pkgver=\(.*\)'
}
echo "$version"

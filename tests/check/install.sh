#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What cmake --install leaves is exactly install.expected, and a program finds the library there
# with nothing but pkg-config.
# shellcheck source=tests/check/common.sh
. "$(dirname "$0")/common.sh"
need scdoc pkg-config

root=$scratch/root
DESTDIR=$root cmake --install "$PIDNS_BUILD" --prefix /usr >/dev/null
(cd "$root" && find . ! -type d -printf '%P\n') |
	sed -E 's#^usr/lib/[a-z0-9_]+-linux-gnu/#usr/lib/#' | sort >"$scratch/installed"
same tests/check/install.expected "$scratch/installed" "cmake --install left something else"

# The paths in the .pc file are those of the build's own prefix.
pc=$(find "$root" -name libpidnsinfo.pc)
prefix=$(sed -n 's/^prefix=//p' "$pc")
rm -rf "$root"
DESTDIR=$root cmake --install "$PIDNS_BUILD" >/dev/null
pc=$(find "$root" -name libpidnsinfo.pc)
export PKG_CONFIG_LIBDIR=${pc%/*} PKG_CONFIG_SYSROOT_DIR=$root
read -r -a flags < <(pkg-config --cflags --libs libpidnsinfo)
"${CC:-cc}" tests/check/use.c -o "$scratch/use" "${flags[@]}"
library=$(pkg-config --variable=libdir libpidnsinfo)
export LD_LIBRARY_PATH=$root${library#"$root"}
"$scratch/use"
version=$("$root$prefix/bin/pidns" --version | awk '{ print $2 }')
[ "$(pkg-config --modversion libpidnsinfo)" = "$version" ] ||
	fail "pidns is version $version, libpidnsinfo.pc another"

# And with nothing but find_package().
mkdir "$scratch/project"
cat >"$scratch/project/CMakeLists.txt" <<-END
	cmake_minimum_required(VERSION 3.25)
	project(use C)
	find_package(pidnsinfo 0.9 REQUIRED)
	add_executable(use $PWD/tests/check/use.c)
	target_link_libraries(use PRIVATE pidnsinfo::pidnsinfo)
END
cmake -S "$scratch/project" -B "$scratch/project/build" -DCMAKE_C_COMPILER="${CC:-cc}" \
	-DCMAKE_PREFIX_PATH="$root$prefix" >"$scratch/log" 2>&1 || fail "$(tail -n 20 "$scratch/log")"
cmake --build "$scratch/project/build" >"$scratch/log" 2>&1 || fail "$(tail -n 20 "$scratch/log")"
"$scratch/project/build/use"

# Debian's python3 finds the module where it looks for what was built by hand.
DESTDIR=$root cmake --install "$PIDNS_BUILD" --prefix /usr/local >/dev/null
folders=$(/usr/bin/python3 -c 'import site; print(*site.getsitepackages())')
for folder in $folders; do
	PYTHONPATH=${PYTHONPATH-}:$root$folder
done
PIDNSINFO_LIBRARY=$(find "$root/usr/local" -name libpidnsinfo.so.0)
export PYTHONPATH PYTHONDONTWRITEBYTECODE=1 PIDNSINFO_LIBRARY
found=$(cd "$root" && /usr/bin/python3 -c '
import pidnsinfo
assert pidnsinfo.take().namespaces
print(pidnsinfo.__file__)') || fail "python3 does not find the module in: $folders"
case $found in
"$root"/usr/local/*) ;;
*) fail "the module found is $found" ;;
esac

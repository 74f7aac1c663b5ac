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

# Below a prefix of one's own the module finds the library of that prefix.
unset PIDNSINFO_LIBRARY
cmake --install "$PIDNS_BUILD" --prefix "$scratch/own" >/dev/null
PYTHONPATH=$(dirname "$(find "$scratch/own" -type d -name pidnsinfo -path '*-packages/*')")
found=$(cd / && /usr/bin/python3 -c '
import pidnsinfo
assert pidnsinfo.take().namespaces
print(next(line.split()[-1] for line in open("/proc/self/maps") if "libpidnsinfo" in line))') ||
	fail "the module in a prefix finds no library"
case $found in
"$scratch"/own/*) ;;
*) fail "the module in a prefix takes $found" ;;
esac

# pip installs the folder, into an environment of its own; and a wheel of it.
unset PYTHONPATH
export PIDNSINFO_LIBRARY
PIDNSINFO_LIBRARY=$(find "$scratch/own" -name libpidnsinfo.so.0)
cp -r lib/python "$scratch/source"
pip=(--quiet --disable-pip-version-check --no-index --no-deps)
/usr/bin/python3 -m pip wheel "${pip[@]}" --no-build-isolation --wheel-dir "$scratch/wheels" "$scratch/source" \
	>"$scratch/log" 2>&1 || fail "pip wheel: $(tail -n 20 "$scratch/log")"
for what in "--no-build-isolation $scratch/source" "$scratch"/wheels/pidnsinfo-*.whl; do
	rm -rf "$scratch/environment"
	/usr/bin/python3 -m venv --system-site-packages "$scratch/environment"
	# shellcheck disable=SC2086 # two words
	"$scratch/environment/bin/pip" install "${pip[@]}" $what >"$scratch/log" 2>&1 ||
		fail "pip install $what: $(tail -n 20 "$scratch/log")"
	found=$(cd / && "$scratch/environment/bin/python" -c '
import importlib.resources, pidnsinfo
assert pidnsinfo.take().namespaces
assert importlib.resources.files(pidnsinfo).joinpath("py.typed").is_file()
print(pidnsinfo.__file__)') || fail "after pip install $what the module does not work"
	case $found in
	"$scratch"/environment/*) ;;
	*) fail "after pip install $what the module is $found" ;;
	esac
done

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# pidnsinfo.h needs nothing before it, and is clean C11 and C++17 to both compilers; a program in
# either language links, runs, and finds a namespace.
# shellcheck source=tests/check/common.sh
. "$(dirname "$0")/common.sh"
need gcc g++ clang clang++

strict=(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -I lib/include)
echo '#include <pidnsinfo.h>' >"$scratch/only.c"

# use_in COMPILER STANDARD LANGUAGE [FLAG...]
use_in() {
	local compiler=$1 standard=$2 language=$3
	shift 3
	"$compiler" -std="$standard" "${strict[@]}" "$@" -x "$language" -fsyntax-only \
		"$scratch/only.c"
	"$compiler" -std="$standard" "${strict[@]}" "$@" -x "$language" tests/check/use.c \
		-o "$scratch/use" -L "$PIDNS_BUILD/lib" -lpidnsinfo -Wl,-rpath,"$PIDNS_BUILD/lib"
	echo "$compiler $standard: $("$scratch/use") namespaces"
}

use_in gcc c11 c
use_in clang c11 c
use_in g++ c++17 c++ -Wold-style-cast
use_in clang++ c++17 c++ -Wold-style-cast

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Files and functions that can be read at a sitting: no file above 450 lines, no function above 80;
half of the functions have at most 14 lines, nine of ten at most 48.

LONGER has the files that are longer, and how long they may be: a contract that is read from one end to the
other, and tests that are still to be divided. A number there may shrink, and goes when it is not needed.
"""

import re
import sys

import tree

LINES = 450
FUNCTION, MEDIAN, NINE_OF_TEN = 80, 14, 48
LONGER = {
    "lib/include/pidnsinfo.h": 800,
    "tests/tui/test-app.c": 650,
    "tests/tui/test-config.c": 500,
    "tests/tui/test-keys.py": 550,
    "tests/tui/test-layout.c": 500,
    "tests/tui/test-session.py": 600,
    "tests/unit/test-bpf.c": 800,
    "tests/unit/test-builder.c": 850,
    "tests/unit/test-forest.c": 550,
    "tests/unit/test-netlink.c": 750,
    "tests/unit/test-proc.c": 650,
    "tests/unit/test-procfs.c": 500,
    "tests/unit/test-recording.c": 500,
    "tests/unit/test-replay.c": 500,
    "tests/vm/test-move-races.c": 700,
    "tests/vm/test-move-refused.c": 550,
    "tests/vm/test-move-works.c": 500,
    "tests/vm/test-visibility.c": 550,
}
# From the line of its name, or of its type, to the brace that closes it.
BODY = re.compile(r"^[A-Za-z_][^\n;]*\((?:[^\n]*\n)(?:[ \t]+[^\n]*\n)*\{\n(?:[^}\n][^\n]*\n|\n)*\}", re.M)


def functions(text):
    for match in BODY.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match[0].count("\n") + 1


def check_files():
    bad = 0
    for path in tree.files():
        if not path.startswith(("lib/", "tools/", "tests/")) or not path.endswith((".c", ".h", ".py")):
            continue
        nr = len((tree.TOP / path).read_text(encoding="utf-8").splitlines())
        if nr > LONGER.get(path, LINES):
            print(f"{path}: {nr} lines, above {LONGER.get(path, LINES)}")
            bad += 1
        if path in LONGER and nr <= LINES:
            print(f"{path}: {nr} lines: it needs no entry in LONGER any more")
            bad += 1
    return bad


def check_functions():
    bad, sizes = 0, []
    for path in tree.files():
        if path.startswith(("lib/", "tools/")) and path.endswith((".c", ".h")):
            for line, nr in functions((tree.TOP / path).read_text(encoding="utf-8")):
                sizes.append(nr)
                if nr > FUNCTION:
                    print(f"{path}:{line}: a function of {nr} lines")
                    bad += 1
    sizes.sort()
    median, nine_of_ten = sizes[len(sizes) // 2], sizes[len(sizes) * 9 // 10]
    print(f"{len(sizes)} functions: half up to {median} lines, nine of ten up to {nine_of_ten}")
    return bad + (median > MEDIAN) + (nine_of_ten > NINE_OF_TEN)


def self_test():
    """What is found, and where it ends."""
    text = "static int a(int b)\n{\n\tif (b)\n\t\treturn 1;\n\n\treturn 0;\n}\n\nint c(int d,\n      int e)\n{\n}\n"
    found = list(functions(text))
    if found != [(1, 7), (9, 4)]:
        print(f"self-test: {found}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(1 if self_test() + check_files() + check_functions() else 0)

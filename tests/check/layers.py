#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may include whom: holds the tree to the table in doc/architecture.md.

The table is the block fenced as "layers" there, and explained there. With --self-test this proves
that breaches are seen.
"""

import fnmatch
import os
import re
import sys

import tree

C11 = """assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal
    stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string tgmath threads
    time uchar wchar wctype""".split()
INCLUDE = re.compile(r'^\s*#\s*include\s*(<[^>]+>|"[^"]+")', re.MULTILINE)


# Where a name in quotes is looked for, after the includer's own folder.
ROOMS = ("lib", "lib/include", "tools", "tests", "tests/live")


def read_rules():
    text = (tree.TOP / "doc/architecture.md").read_text(encoding="utf-8")
    block = re.search(r"^```layers\n(.*?)^```", text, re.MULTILINE | re.DOTALL).group(1)
    rows = [line.split() for line in block.splitlines() if line.strip()]
    return [(row[0], row[1:]) for row in rows]


def resolve(path, include):
    """The file of ours that a name in quotes stands for; a system header stays as it is."""
    if include.startswith("<"):
        return include
    name = include.strip('"')
    for room in (os.path.dirname(path), *ROOMS):
        found = os.path.normpath(os.path.join(room, name))
        if os.path.exists(found):
            return found
    return name


def matches(target, word, folder):
    if word == "<C>":
        return target in {f"<{name}.h>" for name in C11}
    if "<" not in word and not word.startswith(("lib/", "tools/", "tests/")):
        word = f"{folder}/{word}"
    return fnmatch.fnmatchcase(target, word)


def is_allowed(path, include, pattern, words):
    target, folder = resolve(path, include), os.path.dirname(pattern)
    denied = (word[1:] for word in words if word.startswith("!"))
    allowed = (word for word in words if not word.startswith("!"))
    return not any(matches(target, w, folder) for w in denied) and any(
        matches(target, w, folder) for w in allowed
    )


def breaches(path, text, rules):
    """What this file includes and may not; None where no rule speaks of it."""
    for pattern, words in rules:
        if fnmatch.fnmatchcase(path, pattern):
            return [i for i in INCLUDE.findall(text) if not is_allowed(path, i, pattern, words)]
    return None


def check(rules):
    bad = 0
    for path in tree.files():
        if not path.endswith((".c", ".h")):
            continue
        found = breaches(path, (tree.TOP / path).read_text(errors="replace"), rules)
        if found is None:
            print(f"{path}: no rule in doc/architecture.md says what it may include")
            bad += 1
            continue
        for include in found:
            print(f"{path}: may not include {include}")
            bad += 1
    return bad


KNOWN_BREACHES = (
    ("lib/include/pidnsinfo.h", "<sys/types.h>"),
    ("lib/procfs/provider.c", '"core/snapshot.h"'),
    ("lib/procfs/provider.c", '"bpf/internal.h"'),
    ("lib/procfs/provider.c", '"annotate/annotate.h"'),
    ("lib/recording/replay.c", '"procfs/procfs.h"'),
    ("lib/base/util.c", '"core/provider.h"'),
    ("lib/base/proc.c", "<unistd.h>"),
    ("lib/core/snapshot.c", "<unistd.h>"),
    ("lib/core/snapshot.c", '"provider.h"'),
    ("lib/core/builder.c", '"annotate/annotate.h"'),
    ("lib/core/diff.c", '"provider.h"'),
    ("lib/annotate/pins/pins.c", '"procfs/procfs.h"'),
    ("lib/bpf/take.c", "<bpf/libbpf.h>"),
    ("tools/pidns/main.c", '"core/snapshot.h"'),
    ("tools/pidns/main.c", '"../../lib/base/util.h"'),
    ("tools/pidns-top/rows/rows.c", "<curses.h>"),
    ("tools/pidns-top/rows/rows.c", "<ncurses.h>"),
    ("tools/pidns-top/ui/app.c", "<ncursesw/curses.h>"),
    ("tools/pidns-top/viewer.c", "<curses.h>"),
    ("tests/live/any.c", '"snapshot.h"'),
)
KNOWN_GOOD = (
    ("lib/include/pidnsinfo.h", "<stdint.h>"),
    ("lib/procfs/provider.c", '"base/proc.h"'),
    ("lib/ctx.c", '"core/provider.h"'),
    ("lib/annotate/pins/pins.c", '"annotate/annotate.h"'),
    ("tools/pidns/main.c", "<pidnsinfo.h>"),
    ("tools/pidns-top/screen/term.c", "<curses.h>"),
    ("tests/unit/test-any.c", '"core/snapshot.h"'),
)


def self_test(rules):
    bad = 0
    for path, include in KNOWN_BREACHES:
        if breaches(path, f"#include {include}\n", rules) != [include]:
            print(f"self-test: {include} in {path} went unseen")
            bad += 1
    for path, include in KNOWN_GOOD:
        if breaches(path, f"# include  {include} /* why */\n", rules) != []:
            print(f"self-test: {include} in {path} was refused")
            bad += 1
    if breaches("lib/nowhere/odd.c", "", rules) is not None:
        print("self-test: a file of no known room went unseen")
        bad += 1
    return bad


if __name__ == "__main__":
    os.chdir(tree.TOP)
    judge = self_test if sys.argv[1:] == ["--self-test"] else check
    sys.exit(1 if judge(read_rules()) else 0)

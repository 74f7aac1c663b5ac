#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A provider is named in its own folder and in lib/providers.c, and nowhere else in lib/ and tools/.

Whatever depends on the provider asks pidns_provider_flags(); lists of names are made of
pidns_provider_name(). "procfs" is also the file system's name: it may stand within a sentence.
With --self-test this proves that breaches are seen.
"""

import re
import sys

import tree

TABLE = "lib/providers.c"
STRING = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)+)'")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
INCLUDE = re.compile(r"^\s*#\s*include.*$", re.MULTILINE)


def providers():
    """By name: the folder of the file that defines it."""
    found = {}
    for path in tree.files():
        if path.startswith("lib/") and path.endswith(".c") and path != TABLE:
            text = (tree.TOP / path).read_text(encoding="utf-8")
            for name in re.findall(r'^const struct provider .*?\.name = "(\w+)"', text, re.M | re.S):
                found[name] = path.rsplit("/", 1)[0] + "/"
    return found


def breaches(path, text, known):
    """Each (name, string) that may not stand in this file."""
    strings = text
    if path.endswith((".c", ".h")):
        strings = INCLUDE.sub("", COMMENT.sub("", text))
    for match in STRING.finditer(strings):
        said = match[1] if match[1] is not None else match[2]
        for name, folder in known.items():
            is_named = name in re.findall(r"[\w-]+", said) if name != "procfs" else said == name
            if is_named and not path.startswith(folder):
                yield name, said


def check(known):
    bad = 0
    for path in tree.files():
        if not path.startswith(("lib/", "tools/")) or path == TABLE:
            continue
        if not path.endswith((".c", ".h", "completion")):
            continue
        text = (tree.TOP / path).read_text(encoding="utf-8")
        for name, said in breaches(path, text, known):
            print(f'{path}: names the provider {name}: "{said}"')
            bad += 1
    return bad


def self_test(known):
    bad = set(known) != {"netlink", "bpf", "procfs", "replay"}
    for path, text, wanted in (
        ("tools/pidns/any.c", 'strcmp(name, "replay")', 1),
        ("tools/pidns/any.c", '"bpf or netlink shows more"', 2),
        ("lib/ctx.c", '!strcmp(name, "procfs")', 1),
        ("lib/ctx.c", '"the root of a procfs" /* "bpf" */\n#include "netlink/x.h"\n', 0),
        ("lib/bpf/any.c", '"bpf: locked down"', 0),
        ("lib/bpf/any.c", '"netlink"', 1),
        ("tools/pidns/any.bash-completion", "_words 'netlink auto'", 1),
    ):
        found = len(list(breaches(path, text, known)))
        if found != wanted:
            print(f"self-test: {found} breaches, not {wanted}, in {path}: {text}")
            bad = True
    return bad


if __name__ == "__main__":
    judge = self_test if sys.argv[1:] == ["--self-test"] else check
    sys.exit(1 if judge(providers()) else 0)

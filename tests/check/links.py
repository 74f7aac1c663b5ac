#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every link of a .md file that stays within the project leads to a file that is there."""

import os
import re
import sys

import tree

LINK = re.compile(r"\]\(([^)\s#]+)[^)]*\)")


def broken():
    for name in tree.files():
        if not name.endswith(".md"):
            continue
        for target in LINK.findall((tree.TOP / name).read_text(encoding="utf-8")):
            path = os.path.join(os.path.dirname(name), target)
            if "://" not in target and not (tree.TOP / path).exists():
                yield f"{name}: {target} is not there"


def main():
    found = list(broken())
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

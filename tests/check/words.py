#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Plain English: words.txt lists what is not said, and where.

With --self-test this proves that such words are seen.
"""

import re
import sys

import tree

STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
INCLUDE = re.compile(r"^\s*#\s*include.*$", re.MULTILINE)


def read_words():
    rows = (tree.TOP / "tests/check/words.txt").read_text(encoding="utf-8").splitlines()
    for row in rows:
        if row and not row.startswith("#"):
            scope, pattern, instead = re.fullmatch(r"(all|text)\s+(.*?)\s{2,}(.*)", row).groups()
            yield scope, re.compile(pattern), instead


def parts(path, text):
    """(scope, offset, piece) of what is prose in a file; a piece of scope "all" is a comment."""
    if path.endswith((".scd", ".md")):
        yield "text", 0, text
    elif path.endswith((".c", ".h")):
        blank = COMMENT.sub(lambda m: " " * len(m[0]), INCLUDE.sub(lambda m: " " * len(m[0]), text))
        for match in STRING.finditer(blank):
            yield "text", match.start(), match[0]
        for match in COMMENT.finditer(text):
            yield "all", match.start(), match[0]


def findings(path, text, words):
    for scope, start, piece in parts(path, text):
        for where, pattern, instead in words:
            if scope == "all" and where == "text":
                continue
            for match in pattern.finditer(piece):
                line = text.count("\n", 0, start + match.start()) + 1
                yield f'{path}:{line}: "{match[0]}": {instead}'


def is_prose(path):
    if path.endswith((".c", ".h")):
        return path.startswith(("lib/", "tools/"))
    return path == "README.md" or (path.startswith("doc/") and path.endswith((".md", ".scd")))


def check(words):
    bad = []
    for path in filter(is_prose, tree.files()):
        bad += findings(path, (tree.TOP / path).read_text(encoding="utf-8"), words)
    print(*bad, sep="\n", end="\n" if bad else "")
    return len(bad)


def self_test(words):
    bad = 0
    for path, text, wanted in (
        ("lib/a.c", 'say("nobody is there"); /* nobody */', 1),
        ("lib/a.c", "int picture; /* of a picture */", 1),
        ("doc/a.md", "It waits\nfor who asks, and somebody.", 2),
        ("lib/a.c", '#include "picture.h"', 0),
        ("doc/man/a.8.scd", "a snapshot of the caller", 0),
    ):
        found = list(findings(path, text, words))
        if len(found) != wanted:
            print(f"self-test: {found}, not {wanted}, in {path}: {text}")
            bad += 1
    return bad


if __name__ == "__main__":
    judge = self_test if sys.argv[1:] == ["--self-test"] else check
    sys.exit(1 if judge(list(read_words())) else 0)

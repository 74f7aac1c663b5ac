#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Plain English: words.txt lists what is not said, and where.

With --self-test this proves that such words are seen.
"""

import io
import re
import sys
import tokenize

import tree

STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
SHELL_COMMENT = re.compile(r"^[ \t]*#.*", re.MULTILINE)
TEST_NAME = re.compile(r"\btest_\w+")
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
        has_messages = path.startswith(("lib/", "tools/"))
        for match in STRING.finditer(blank) if has_messages else ():
            yield "text", match.start(), match[0]
        for match in COMMENT.finditer(text):
            yield "all", match.start(), match[0]
    elif path.endswith(".py"):
        yield from parts_of_python(text)
    else:
        for match in SHELL_COMMENT.finditer(text):
            yield "all", match.start(), match[0]
    if path.startswith("tests/"):
        for match in TEST_NAME.finditer(text):
            yield "all", match.start(), match[0].replace("_", " ")


def parts_of_python(text):
    """Comments, and the sentences in three quotes that say what a function does."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        is_doc = token.type == tokenize.STRING and token.string.startswith('"""')
        if is_doc or token.type == tokenize.COMMENT:
            yield "all", starts[token.start[0] - 1] + token.start[1], token.string


def findings(path, text, words):
    for scope, start, piece in parts(path, text):
        for where, pattern, instead in words:
            if scope == "all" and where == "text":
                continue
            for match in pattern.finditer(piece):
                line = text.count("\n", 0, start + match.start()) + 1
                yield f'{path}:{line}: "{match[0]}": {instead}'


def is_prose(path):
    name = path.rsplit("/", 1)[-1]
    if path.startswith("tests/") and ("/corpus/" in path or "/golden/" in path):
        return False
    if path in ("tests/check/words.py", "tests/check/words.txt"):
        return False
    if path.startswith(("lib/", "tools/", "tests/", "kernel/")):
        return name.endswith((".c", ".h", ".py", ".sh", ".cmake")) or "." not in name
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
        ("lib/a.c", 'say("nobody is there"); /* nobody */', 2),
        ("lib/a.c", "int picture; /* of a picture */", 1),
        ("doc/a.md", "It waits\nfor who asks, and somebody.", 2),
        ("lib/a.c", '#include "picture.h"', 0),
        ("doc/man/a.8.scd", "a snapshot of the caller", 0),
        ("tests/a.c", 'filter("nobody"); /* somebody else */', 1),
        ("tests/a.c", "static void test_nobody_answers(void **state)", 1),
        ("tests/a.py", 'def ask():\n    """Whoever asks."""\n    say("nobody")  # anybody\n', 2),
        ("tests/a", "# nobody reads\nsu nobody -c true\n", 1),
    ):
        found = list(findings(path, text, words))
        if len(found) != wanted:
            print(f"self-test: {found}, not {wanted}, in {path}: {text}")
            bad += 1
    return bad


if __name__ == "__main__":
    judge = self_test if sys.argv[1:] == ["--self-test"] else check
    sys.exit(1 if judge(list(read_words())) else 0)

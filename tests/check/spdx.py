#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every source file says its licence in its first lines, and it is the right one for its place."""

import re
import sys

import tree

# The first prefix that fits counts.
LICENCES = (
    ("kernel/uapi/", "((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)"),
    ("kernel/specs/", "((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)"),
    ("kernel/", "GPL-2.0-only"),
    ("lib/", "LGPL-2.1-or-later"),
    ("", "GPL-2.0-or-later"),
)
SOURCES = (".c", ".cc", ".h", ".py", ".sh", ".yaml", ".cmake", "CMakeLists.txt")
# REUSE-IgnoreStart
LINE = re.compile(r"SPDX-License-Identifier: (.*?)(?: \*/)?$", re.MULTILINE)
# REUSE-IgnoreEnd


def is_source(name):
    if name.endswith(SOURCES):
        return True
    with open(tree.TOP / name, "rb") as file:
        return file.read(2) == b"#!"


def complaints():
    for name in filter(is_source, tree.files()):
        wanted = next(licence for prefix, licence in LICENCES if name.startswith(prefix))
        head = (tree.TOP / name).read_text(encoding="utf-8").splitlines()[:3]
        found = LINE.findall("\n".join(head))
        if found != [wanted]:
            yield f"{name}: says {found or 'nothing'}, should say {wanted}"
    texts = {path.stem for path in (tree.TOP / "LICENSES").iterdir()}
    for _, licence in LICENCES:
        for part in re.findall(r"[A-Za-z][\w.-]+", re.sub(r"\b(WITH|OR)\b", " ", licence)):
            if part not in texts and f"{part}-only" not in texts:
                yield f"LICENSES/{part}.txt is missing"


def main():
    found = list(complaints())
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

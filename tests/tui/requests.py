# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of requests, read from the viewer's source: what keys there are."""

import pathlib
import re

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
LINE = re.compile(r'^\tX\((\w+),\s*"((?:[^"\\]|\\.)*)"', re.MULTILINE)


def keys():
    """{name of the request: its keys}"""
    text = (TOP / "tools/pidns-top/ui/request.h").read_text(encoding="utf-8")
    found = {name: keys.replace("\\\\", "\\").split() for name, keys in LINE.findall(text)}
    assert len(found) > 20, "the table was not understood"
    return found

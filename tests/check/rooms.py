#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""No include and no call in lib/ runs back up between rooms.

The rooms are the block fenced as "rooms" in doc/architecture.md: a line a room, from the ground up,
with the rooms below that it uses. Includes are read in the sources; calls are the undefined symbols of
the objects of the build that PIDNS_BUILD names. With --self-test this proves that breaches are seen.
"""

import os
import pathlib
import re
import subprocess
import sys

import tree

OBJECTS = pathlib.Path(os.environ["PIDNS_BUILD"]) / "lib/CMakeFiles/pidnsinfo-objects.dir"
TOP_FLOOR = "lib"
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)


def read_rooms():
    """By room: those that it may use."""
    text = (tree.TOP / "doc/architecture.md").read_text(encoding="utf-8")
    block = re.search(r"^```rooms\n(.*?)^```", text, re.MULTILINE | re.DOTALL).group(1)
    return {words[0]: words[1:] for words in map(str.split, block.splitlines()) if words}


def upward(rooms):
    """What a line of the table says and may not: a room that does not stand above it."""
    seen = set()
    for room, used in rooms.items():
        for other in used:
            if other not in seen:
                yield f"{room} uses {other}, which is not below it"
        seen.add(room)


def room_of(path):
    """lib/core/names.c is in lib/core, lib/ctx.c on the top floor, the public header nowhere."""
    parts = path.split("/")
    if parts[:2] == ["lib", "include"]:
        return None
    return "/".join(parts[:2]) if len(parts) > 2 else TOP_FLOOR


def breaches(rooms, uses):
    """uses: (where, its room, what, the room of that)."""
    for where, room, what, other in uses:
        if room not in rooms:
            yield f"{where}: doc/architecture.md has no room {room}"
        elif other not in (None, room) and other not in rooms[room]:
            yield f"{where}: {room} may not use {what} of {other}"


def includes():
    for path in tree.files():
        if not path.startswith("lib/") or not path.endswith((".c", ".h")):
            continue
        text = (tree.TOP / path).read_text(encoding="utf-8")
        for name in INCLUDE.findall(text):
            for folder in (os.path.dirname(path), "lib", "lib/include"):
                found = os.path.normpath(os.path.join(folder, name))
                if (tree.TOP / found).exists():
                    yield path, room_of(path), name, room_of(found)
                    break


def lost_steps():
    """The life of a fact, walked in the same page: each function is where it is said to be."""
    text = (tree.TOP / "doc/architecture.md").read_text(encoding="utf-8")
    block = re.search(r"^```life\n(.*?)^```", text, re.MULTILINE | re.DOTALL).group(1)
    steps = [line.split()[:2] for line in block.splitlines()]
    for path, name in steps:
        source = (tree.TOP / path).read_text(encoding="utf-8")
        if not re.search(rf"^[a-z][^\n;]*\b{name}\(", source, re.MULTILINE):
            yield f"doc/architecture.md: {path} has no {name}()"
    if len(steps) > 10 or len({path for path, _ in steps}) > 6:
        yield "doc/architecture.md: the life of a fact is longer than ten functions in six files"


def symbols():
    """By object: what it defines for others, and what it wants of them."""
    objects = sorted(OBJECTS.rglob("*.o"))
    for path in objects:
        out = subprocess.run(["nm", "-g", path], capture_output=True, text=True, check=True).stdout
        rows = [line.split() for line in out.splitlines()]
        source = "lib/" + str(path.relative_to(OBJECTS))[: -len(".o")]
        defined = {row[2] for row in rows if len(row) == 3}
        yield source, defined, {row[1] for row in rows if len(row) == 2 and row[0] == "U"}


def calls(found):
    home = {name: source for source, defined, _ in found for name in defined}
    for source, _, wanted in found:
        for name in sorted(wanted & home.keys()):
            yield source, room_of(source), name, room_of(home[name])


def check(rooms):
    found = list(symbols())
    bad = [*upward(rooms), *lost_steps(), *breaches(rooms, includes()), *breaches(rooms, calls(found))]
    if len(found) < 40:
        bad.append(f"{len(found)} objects in {OBJECTS}: that is not all")
    print(*bad, sep="\n", end="\n" if bad else "")
    return len(bad)


def self_test(rooms):
    base, core, procfs = "lib/base", "lib/core", "lib/procfs"
    found = [
        ("lib/base/map.c", {"map_get"}, {"why_set"}),
        ("lib/base/util.c", {"why_set"}, {"builder_new"}),
        ("lib/core/builder.c", {"builder_new"}, {"map_get", "malloc"}),
        ("lib/procfs/task.c", {"procfs_ask"}, {"builder_new", "netlink_take"}),
        ("lib/netlink/take.c", {"netlink_take"}, set()),
        ("lib/ctx.c", {"pidns_open"}, {"procfs_ask"}),
    ]
    wanted = [
        "lib/base/util.c: lib/base may not use builder_new of lib/core",
        "lib/procfs/task.c: lib/procfs may not use netlink_take of lib/netlink",
    ]
    bad = []
    if list(breaches(rooms, calls(found))) != wanted:
        bad.append(f"calls: {list(breaches(rooms, calls(found)))}")
    if not list(upward({base: [], core: [base, procfs], procfs: [core]})):
        bad.append("a room on a room above it went unseen")
    if not list(breaches(rooms, [("lib/odd/a.c", "lib/odd", "x", base)])):
        bad.append("a room that is not in the table went unseen")
    print(*bad, sep="\n", end="\n" if bad else "")
    return len(bad)


if __name__ == "__main__":
    judge = self_test if sys.argv[1:] == ["--self-test"] else check
    sys.exit(1 if judge(read_rooms()) else 0)

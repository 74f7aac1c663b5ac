#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A new fact is a row of facts.h, its source in a provider, a row of columns, and a manual entry.

A copy of the tree gets a made-up one in these four places, and nowhere else. It must build; and the
command, a recording, JSON, the column list and the Python module must have it.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import tree

SOURCE = "\ta->raw.magic = 3 * (uint32_t)a->raw.tid;\n\ta->raw.known |= PIDNS_TASK_MAGIC;\n"
COLUMN = (
    '\t{"magic", LOOK_RIGHT, 0, PIDNS_TASK_MAGIC, TASK(u32, magic), .help = "three times the PID"},\n'
)
MANUAL = "*magic*\n\tThree times the PID.\n\n"


def copy_tree(to):
    for path in tree.files():
        target = to / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((tree.TOP / path).read_bytes())
        target.chmod((tree.TOP / path).stat().st_mode)


def insert(path, mark, text):
    """The text, before the one place that the mark stands for."""
    old = path.read_text(encoding="utf-8")
    found = list(re.finditer(mark, old, re.MULTILINE))
    if len(found) != 1:
        sys.exit(f"{path}: {len(found)} places for {mark!r}")
    at = found[0].start()
    path.write_text(old[:at] + text + old[at:], encoding="utf-8")


def add_fact(top):
    sys.path.insert(0, str(top / "lib/core"))
    import facts

    rows = [r for r in facts.read_rows("PIDNS_TASK_FACTS") if "at" in r]
    sizes = {"uint32_t ": 4, "int32_t ": 4}
    end = max(int(r["at"]) + sizes.get(facts.C_TYPES[r["type"]], 8) for r in rows)
    bit = 1 + max(int(r["bit"]) for r in facts.read_rows("PIDNS_TASK_FACTS") if "bit" in r)
    row = f'\tPOURED(U32, magic, {end}, MAGIC, {bit}, "three times the PID") \\\n'
    path = top / "lib/core/facts.h"
    old = path.read_text(encoding="utf-8")
    head, tasks = old.split("#define PIDNS_TASK_FACTS(")
    first, rest = tasks.split("\n", 1)
    path.write_text(f"{head}#define PIDNS_TASK_FACTS({first}\n{row}{rest}", encoding="utf-8")
    insert(top / "lib/procfs/task.c", r"^\tif \(fields & PIDNS_TASK_UID\)$", SOURCE)
    path = top / "tools/common/field.c"
    text = path.read_text(encoding="utf-8")
    at = text.index("\n};\n", text.index("struct field task_fields[")) + 1
    path.write_text(text[:at] + COLUMN + text[at:], encoding="utf-8")
    insert(top / "doc/man/pidns.8.scd", r"^\*uid\*, \*ruid\*$", MANUAL)


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def build(top, out):
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    run(sys.executable, "-B", top / "lib/core/facts.py")
    run("cmake", "-S", top, "-B", out, "-DPIDNS_TESTS=OFF", "-DPIDNS_BPF=OFF", "-DPIDNS_WERROR=ON",
        f"-DCMAKE_C_COMPILER={os.environ.get('CC', 'cc')}", "-DCMAKE_C_FLAGS=-O0")
    run("cmake", "--build", out, "--target", "pidns", "-j", str(os.cpu_count()), env=environment)


def check(top, out):
    pidns, recording = out / "bin/pidns", top / "made.pidns"
    live = ("--provider", "procfs")
    rows = run(pidns, "ps", "-o", "pid,magic", "--raw", "--noheadings", *live).split("\n")
    pairs = [tuple(map(int, row.split())) for row in rows if row]
    run(pidns, "record", "-w", recording, *live)
    # Its own schema, which has the fact now.
    document = run(sys.executable, "-B", top / "tests/schema.py", "ps",
                   input=run(pidns, "ps", "--json", "--from", recording))
    tasks = json.loads(document)["tasks"]
    python = run(
        sys.executable, "-B", "-c",
        "import sys, pidnsinfo as p; s = p.take(source=sys.argv[1]);"
        "print(all(t.magic == 3 * t.pid for t in s.tasks) and len(s.tasks) > 0)", recording,
        env={**os.environ, "PYTHONPATH": str(top / "lib/python"),
             "PIDNSINFO_LIBRARY": str(out / "lib/libpidnsinfo.so.0"),
             "LD_LIBRARY_PATH": str(out / "lib")})
    wrong = []
    if not pairs or any(magic != 3 * pid for pid, magic in pairs):
        wrong.append(f"ps -o magic: {pairs[:3]}")
    if not tasks or any(t["magic"] != 3 * t["pid"] for t in tasks):
        wrong.append(f"ps --json of a recording: {tasks[:1]}")
    if not re.search(r"(?m)^magic +three times the PID$", run(pidns, "ps", "-H")):
        wrong.append("ps -H has no such column")
    if python != "True\n":
        wrong.append(f"python: {python}")
    if "magic" not in run(pidns, "ps", "--help") + (top / "doc/man/pidns.8.scd").read_text():
        wrong.append("the manual has no entry")
    return wrong


def main():
    with tempfile.TemporaryDirectory() as scratch:
        top, out = pathlib.Path(scratch, "tree"), pathlib.Path(scratch, "build")
        copy_tree(top)
        add_fact(top)
        build(top, out)
        wrong = check(top, out)
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What doc/questions.md shows is what the commands print of the recordings in tests/fixtures/questions.

questions.py [--regenerate]     writes it anew; read the difference before you keep it

A command is an indented line that begins with "$ "; what follows is its output, stdout alone. It is run by
sh, with pidns asking the recorded machine; "yesterday.pidns" is that machine, and it is asked a day later."""

import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
PAGE = TOP / "doc/questions.md"
RECORDINGS = TOP / "tests/fixtures/questions"
BIN = os.environ["PIDNS_BUILD"] + "/bin"
PIDNS = """#!/bin/sh
case $1 in
diff) exec {bin}/pidns "$@" {now} ;;
*) exec {bin}/pidns "$@" --from {then} ;;
esac
"""


def prepare(scratch):
    (scratch / "bin").mkdir()
    pidns = scratch / "bin/pidns"
    pidns.write_text(PIDNS.format(bin=BIN, then=RECORDINGS / "shop.pidns", now=RECORDINGS / "shop-later.pidns"),
                     encoding="utf-8")
    pidns.chmod(0o755)
    (scratch / "yesterday.pidns").symlink_to(RECORDINGS / "shop.pidns")


def answer(command, scratch):
    environment = {"PATH": f"{scratch}/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(["sh", "-c", command], cwd=scratch, env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=120, check=False)
    if done.returncode not in (0, 1, 3):  # 3: fork fails
        raise SystemExit(f"{command}: exits with {done.returncode}: {done.stderr}")
    # A tab would be eight columns here and less behind the indent.
    return [f"    {line}".expandtabs(8) for line in done.stdout.splitlines()]


def made(lines, scratch):
    """The page with what the commands print now."""
    is_output = False
    for line in lines:
        if line.startswith("    $ "):
            yield line
            yield from answer(line[6:], scratch)
            is_output = True
        elif not (is_output and line.startswith("    ")):
            is_output = False
            yield line


def main():
    old = PAGE.read_text(encoding="utf-8").splitlines()
    commands = [line for line in old if re.match(r"    \$ ", line)]
    assert len(commands) > 15, "no commands"
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        prepare(scratch)
        new = list(made(old, scratch))
    if "--regenerate" in sys.argv:
        PAGE.write_text("\n".join(new) + "\n", encoding="utf-8")
    elif new != old:
        print("\n".join(difflib.unified_diff(old, new, "doc/questions.md", "what is printed", lineterm="")))
        return 1
    print(f"{len(commands)} commands")
    return 0


if __name__ == "__main__":
    sys.exit(main())

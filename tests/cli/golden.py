#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the commands in a golden file print, held against what stands there.

golden.py [--regenerate] FILE...

A golden file is made of remarks ("# …"), commands ("$ …"), and after each command what it does:

    $ pidns map 6025 --from forest.pidns
    | 6025    4026531836:6025    4026532201:1     standard output
    ! pidns: …                                    standard error
    = 1                                           the exit status; 0 is left out

Commands are run by sh in tests/fixtures. With --regenerate the files are written anew from what the
commands do now: look at the difference before you keep it.
"""

import difflib
import os
import pathlib
import subprocess
import sys
import tempfile

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures"
DEADLINE_S = 60


def environment(scratch):
    """Nothing of the caller's may show in the output."""
    return {
        "PATH": os.environ["PIDNS_BIN"] + ":/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "SCRATCH": scratch,
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def marked(mark, output, scratch):
    """Split at newlines alone: an escape that fails must not look like one."""
    text = output.decode("utf-8", "surrogateescape").replace(scratch, "$SCRATCH")
    lines = text.split("\n")
    if lines[-1]:
        lines[-1] += "\\ no newline"
    else:
        lines.pop()
    return [f"{mark} {line}".rstrip(" ") + "\n" for line in lines]


def run(command, scratch):
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=FIXTURES,
        env=environment(scratch),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=DEADLINE_S,
        check=False,
    )
    lines = marked("|", done.stdout, scratch) + marked("!", done.stderr, scratch)
    if done.returncode:
        lines.append(f"= {done.returncode}\n")
    return lines


def replay(golden):
    """The file as what the commands do now would make it."""
    made = []
    with tempfile.TemporaryDirectory() as scratch:
        for line in golden:
            if line.startswith("$ "):
                made += [line, *run(line[2:], scratch)]
            elif line.startswith("#") or line == "\n":
                made.append(line)
    return made


def read(path):
    with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        return file.readlines()


def check(path):
    golden = read(path)
    made = replay(golden)
    if not any(line.startswith("$ ") for line in golden):
        print(f"{path}: no command in it")
        return 1
    difference = difflib.unified_diff(golden, made, f"{path} (golden)", f"{path} (now)")
    text = "".join(difference)
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    return 1 if text else 0


def regenerate(path):
    made = replay(read(path))
    with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        file.writelines(made)
    return 0


def main(arguments):
    act = check
    if arguments[:1] == ["--regenerate"]:
        act = regenerate
        arguments = arguments[1:]
    return max([act(path) for path in arguments], default=2)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

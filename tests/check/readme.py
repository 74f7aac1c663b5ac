#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every one-liner of README.md does its work: the block fenced as "sh" under "A dozen one-liners" is
run line by line, in one folder, and each line must print something and end well: with 0, or with 1 or
3 where pidns has an answer that is a warning."""

import os
import re
import subprocess
import sys
import tempfile

import tree


def one_liners():
    text = (tree.TOP / "README.md").read_text(encoding="utf-8")
    section = text.split("## A dozen one-liners", 1)[1].split("\n## ", 1)[0]
    block = re.search(r"```sh\n(.*?)```", section, re.DOTALL).group(1)
    return [line for line in block.splitlines() if line.strip()]


def main():
    lines = one_liners()
    assert len(lines) == 12, f"{len(lines)} one-liners are not a dozen"
    env = dict(os.environ, PATH=f"{os.environ['PIDNS_BUILD']}/bin:{os.environ['PATH']}")
    failures = 0
    with tempfile.TemporaryDirectory() as scratch:
        for line in lines:
            run = subprocess.run(
                ["bash", "-o", "pipefail", "-c", line],
                cwd=scratch,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=300,
                check=False,
            )
            good = run.returncode in (0, 1, 3) and run.stdout
            failures += not good
            print("ok    " if good else f"FAILED, status {run.returncode}:", line)
            if not good:
                sys.stdout.write(run.stdout.decode(errors="replace"))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

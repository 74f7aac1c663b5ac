# SPDX-License-Identifier: GPL-2.0-or-later
"""Which files are ours: what git tracks or would add, or everything but builds in a tarball.

As a program it prints those whose path matches one of the patterns given to it.
"""

import fnmatch
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]


def files():
    """Every file of the project, as paths relative to TOP, sorted."""
    try:
        listed = subprocess.run(
            ["git", "-C", TOP, "-c", f"safe.directory={TOP}"]
            + ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        names = listed.stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        found = (path.relative_to(TOP) for path in TOP.rglob("*"))
        names = [str(path) for path in found if not path.parts[0].startswith((".git", "build"))]
    return sorted(name for name in names if (TOP / name).is_file())


def is_shell(name):
    """A shell script, by its name or its first line."""
    if name.endswith(".sh"):
        return True
    with open(TOP / name, "rb") as file:
        return file.readline(64).rstrip().endswith((b"bash", b"/sh"))


if __name__ == "__main__":
    patterns = sys.argv[1:]
    for path in files():
        if any(p == "shell" and is_shell(path) or fnmatch.fnmatch(path, p) for p in patterns):
            print(path)

# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of limits share: pidns why, programs that reach a limit, and cgroups for them."""
import contextlib
import ctypes
import os
import pathlib
import subprocess
import sys
import unittest

import live
from live import kernel_release

CLONE_NEWPID = 0x20000000
CLONE_NEWUSER = 0x10000000
UID = 54321  # that no other process has
libc = ctypes.CDLL(None, use_errno=True)


def why(*operands, wrap=(), **options):
    answer = live.pidns("why", "--json", *operands, wrap=wrap, expect=None, **options)
    if answer.status not in (0, 1, 3):
        raise AssertionError(f"pidns why {operands}: exit {answer.status}: {answer.err}")
    return answer.status, answer.json


def limits(document, kind, part=""):
    return [limit for limit in document["limits"]
            if limit["kind"] == kind and part in limit["source"]]


def pid_ns(pid):
    return os.stat(f"/proc/{pid}/ns/pid").st_ino


def children_of(pid):
    return pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()


def child_of(pid):
    """The first, once it is there."""
    return live.wait_until(lambda: children_of(pid), "a child")[0]


# What a body begins with: it can do all that told.py can.
PREAMBLE = f"""
import sys
sys.path.insert(1, {os.path.dirname(os.path.abspath(__file__))!r})
from told import *
"""
SERVE = "say(os.getpid())\nserve()\n"


class Program:
    """A child that does what it is told by lines, and says what became of it."""

    def __init__(self, body=SERVE, wrap=()):
        source = PREAMBLE + body
        self.process = subprocess.Popen(
            [*wrap, sys.executable, "-B", "-c", source], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, bufsize=1)

    def __enter__(self):
        return self

    def say(self):
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"the program ended: {self.process.wait()}")
        return line.split()

    def tell(self, *words):
        print(*words, file=self.process.stdin, flush=True)
        return self.say()

    def end(self):
        """All that it still says, of a program that was told to be another."""
        self.process.stdin.close()
        return self.process.stdout.read()

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=live.DEADLINE)


def pids_hierarchy():
    """Where the pids controller is: a mount point, and whether it is v2's."""
    found = None
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        left, _, right = line.partition(" - ")
        root, where = left.split()[3:5]
        kind, _, options = right.split()[:3]
        if kind == "cgroup" and "pids" in options.split(",") and root == "/":
            return where, False
        if kind == "cgroup2" and root == "/":
            found = where, True
    if not found:
        raise unittest.SkipTest("the pids controller is mounted nowhere")
    if "pids" not in pathlib.Path(found[0], "cgroup.controllers").read_text().split():
        raise unittest.SkipTest("the pids controller is off")
    return found


@contextlib.contextmanager
def scratch_cgroup(*names):
    """Nested cgroups below the root, each with a pids controller; removed when they are empty."""
    where, is_v2 = pids_hierarchy()
    path, made = where, []
    try:
        for name in names:
            if is_v2:
                with open(f"{path}/cgroup.subtree_control", "w", encoding="ascii") as file:
                    file.write("+pids")
            path = f"{path}/{name}"
            os.mkdir(path)
            made.append(path)
        yield made
    finally:
        for path in reversed(made):
            procs = pathlib.Path(path, "cgroup.procs")
            live.wait_until(lambda procs=procs: not procs.read_text(), f"{path} is empty")
            os.rmdir(path)


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(str(text))

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A namespace whose init is killed and cannot end: pidns why says which tasks it waits for and what each of
these waits for, while fork really fails with ENOMEM."""
import contextlib
import ctypes
import os
import pathlib
import unittest

import live
from reach import Program, libc, limits, why, write

# An init, and another member whose parent is this program, outside, which reaps only when it is told.
BODY = """
unshare(0x20000000)
def member():
    pid = os.fork()
    if not pid:
        libc.prctl(1, signal.SIGKILL)
        while True:
            signal.pause()
    return pid
init, other = member(), member()
say(os.getpid(), init, other)
for line in sys.stdin:
    if line == "kill\\n":
        os.kill(init, signal.SIGKILL)
        say("done")
    elif line == "fork\\n":
        say(fork())
    else:
        os.waitpid(other if line == "other\\n" else init, 0)
        say("done")
for pid in *children, other, init:
    try:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    except (ProcessLookupError, ChildProcessError):
        pass
"""


def setUpModule():
    live.need_root()
    live.need_tool("unshare")


def state_of(pid):
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


@contextlib.contextmanager
def scene():
    with Program(BODY) as program:
        parent, init, other = program.say()
        yield program, int(parent), int(init), int(other)


class Dying(unittest.TestCase):
    def check(self, program, ino, words):
        # An init that was killed may not have begun to end.
        live.wait_until(lambda: program.tell("fork") == ["ENOMEM"], "fork fails")
        for provider in ("procfs", "bpf") if live.bpf_way() else ("procfs",):
            status, document = why(f"pid:[{ino}]", "--provider", provider)
            self.assertEqual((status, document["errno"]), (3, "ENOMEM"))
            init = limits(document, "init")[0]
            self.assertIn(words, init["holders"])
        text = live.pidns("why", f"pid:[{ino}]", expect=None).out.decode()
        self.assertIn("; waits for PID ", text)

    def test_a_zombie_that_a_parent_outside_does_not_reap(self):
        with scene() as (program, parent, init, other):
            ino = os.stat(f"/proc/{init}/ns/pid").st_ino
            program.tell("kill")
            live.wait_until(lambda: state_of(other) == "Z", "the other is a zombie")
            self.check(program, ino, f"PID {other} (python3), a zombie that PID {parent} (python3) "
                                     "has not reaped")
            program.tell("other")
            live.wait_until(lambda: state_of(init) == "Z", "init is a zombie")
            self.check(program, ino, f"PID {init} (python3), a zombie that PID {parent} (python3) "
                                     "has not reaped")

    def test_traced(self):
        with scene() as (program, _, init, other):
            ino = os.stat(f"/proc/{init}/ns/pid").st_ino
            # PTRACE_SEIZE with PTRACE_O_TRACEEXIT: it stops on its way out, and is not continued.
            self.assertEqual(libc.ptrace(0x4206, other, None, ctypes.c_void_p(0x40)), 0)
            try:
                program.tell("kill")
                live.wait_until(lambda: state_of(other) == "t", "the other stops")
                self.check(program, ino, f"PID {other} (python3), stopped by its tracer, "
                                         f"PID {os.getpid()} (python3)")
            finally:
                os.waitpid(other, 0x40000000)  # __WALL
                libc.ptrace(17, other, None, None)  # PTRACE_DETACH

    def test_frozen(self):
        """A frozen cgroup of v1 lets no process end, and shows it as an uninterruptible sleep."""
        root = pathlib.Path("/sys/fs/cgroup/freezer")
        if not (root / "cgroup.procs").exists():
            self.skipTest("the freezer of cgroup v1 is not mounted")
        folder = root / f"pidns-live-{os.getpid()}"
        with scene() as (program, _, init, other):
            ino = os.stat(f"/proc/{init}/ns/pid").st_ino
            folder.mkdir()
            try:
                write(folder / "cgroup.procs", other)
                write(folder / "freezer.state", "FROZEN")
                program.tell("kill")
                self.check(program, ino, f"PID {other} (python3), frozen with its cgroup")
            finally:
                write(folder / "freezer.state", "THAWED")
                program.tell("other")
                folder.rmdir()


if __name__ == "__main__":
    live.main()

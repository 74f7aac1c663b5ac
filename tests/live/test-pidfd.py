#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""PID:INO names one process and no later one: where the kernel gives each pidfd an inode of its own
(Linux 6.9) all providers know it; elsewhere it is unknown, and never a wrong one."""
import os
import re
import subprocess
import unittest

import live

RELEASE = tuple(int(n) for n in re.match(r"(\d+)\.(\d+)", os.uname().release).groups())
HAS_INOS = RELEASE >= (6, 9)


def ino_of(pid):
    """What getino(1) prints."""
    fd = os.pidfd_open(pid)
    try:
        return os.fstat(fd).st_ino
    finally:
        os.close(fd)


def sleeper():
    return subprocess.Popen(["sleep", "1000"])


def end(process):
    process.kill()
    process.wait()


class PidfdIno(unittest.TestCase):
    source = live.PROCFS

    def setUp(self):
        self.child = sleeper()
        self.addCleanup(end, self.child)
        self.pid = self.child.pid

    def tasks(self, *args, wrap=()):
        return live.processes(*self.source, *args, "-o", "pid,tid,pidfd_ino", wrap=wrap)[0]

    def refused(self, expect, *command):
        answer = live.pidns(*command, *self.source, expect=expect)
        self.assertIn("pidns: ", answer.err)
        return answer.err

    def test_is_that_of_the_pidfd(self):
        found = self.tasks("-t")
        for pid in (1, os.getpid(), self.pid):
            self.assertEqual(found[pid, pid]["pidfd_ino"], ino_of(pid) if HAS_INOS else None)
        known = [task["pidfd_ino"] for task in found.values() if task["pidfd_ino"] is not None]
        self.assertEqual(len(known), len(set(known)), "two tasks have one inode")
        self.assertEqual(bool(known), HAS_INOS)

    def test_names_the_process(self):
        if not HAS_INOS:
            return  # there are no such names
        name = f"{self.pid}:{ino_of(self.pid)}"
        mapping, = live.ask("map", *self.source, name)["mappings"]
        self.assertEqual(mapping["pid"], self.pid)
        self.assertEqual(live.ask("why", *self.source, name)["pid"], self.pid)
        shown = live.ask("show", *self.source, f"@{name}")["namespace"]
        self.assertEqual(shown["ino"], os.stat("/proc/self/ns/pid").st_ino)

    def test_no_other_process(self):
        """Of another one with its PID nothing is said, but that."""
        name = f"{self.pid}:{ino_of(self.pid) + 1}"
        code = 5 if HAS_INOS else 4
        for command in (("why", name), ("show", f"@{name}"), ("ps", f"@{name}")):
            self.assertIn("has ended" if HAS_INOS else "6.9", self.refused(code, *command))
        self.refused(1 if HAS_INOS else 4, "map", name)

    def test_a_pid_that_is_used_again(self):
        live.need_root()
        if not HAS_INOS:
            return  # there are no such names
        name = f"{self.pid}:{ino_of(self.pid)}"
        end(self.child)
        self.refused_all_the_same(name)

        def is_used_again():
            with open("/proc/sys/kernel/ns_last_pid", "w", encoding="ascii") as last:
                last.write(str(self.pid - 1))
            self.child = sleeper()
            self.addCleanup(end, self.child)
            return self.child.pid == self.pid

        live.wait_until(is_used_again, "the PID used again")
        self.refused_all_the_same(name)

    def refused_all_the_same(self, name):
        live.pidns("map", *self.source, name, expect=1)
        self.refused(5, "why", name)


NETLINK = ("--provider", "netlink")
if not live.pidns("list", *NETLINK, expect=None).status:

    class ByFamily(PidfdIno):
        source = NETLINK

else:

    class ByProgram(PidfdIno):
        """A patched kernel may be built without BPF; then the family is what knows more."""
        source = live.BPF

        @classmethod
        def setUpClass(cls):
            live.need_root()
            live.need_bpf()


class AnotherMount(unittest.TestCase):
    """Numbers of a procfs of another namespace are not those a pidfd is opened by."""

    def test_is_unknown(self):
        live.need_root()
        found = live.processes("--from", "/proc", "-o", "pid,tid,pidfd_ino",
                               wrap=live.STATUS_WAY)[0]
        self.assertEqual({task["pidfd_ino"] for task in found.values()}, {None})


if __name__ == "__main__":
    live.main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Limits with --root: those of the machine whose root directory that is, and none of the reader's own, which
its /proc and /sys would show."""
import os
import unittest

import live
from reach import SERVE, Program, child_of, kernel_release, limits, scratch_cgroup, why, write

# Of the machine they differ from all of the reader's.
OWN_PID_MAX = 400
OWN_NAMESPACES = 7


def setUpModule():
    live.need_root()
    live.need_tool("unshare", "mount")


def sources(document):
    """What binds, by its source; which number is used changes from one moment to the next."""
    return {(limit["kind"], limit["source"]): (limit["max"], limit["errno"], limit["fork"])
            for limit in document["limits"]}


class Root(unittest.TestCase):
    def setUp(self):
        self.host = self.enterContext(live.temporary_directory())

    def within(self, *options, before=""):
        """The machine's files are at self.host, and others in their places, as in a pod."""
        script = f'mount --rbind / {self.host}; mount -t tmpfs none /sys; {before}exec "$@"'
        return ("unshare", "--mount", "--propagation", "private", *options, "sh", "-c", script, "sh")

    def test_b6_the_same_limits(self):
        """By the names that they have there."""
        with scratch_cgroup(f"pidns-live-{os.getpid()}", "inner") as (outer, inner), \
                Program(SERVE, ("unshare", "--pid", "--fork", "--kill-child")) as program:
            write(f"{outer}/pids.max", 4)
            write(f"{inner}/pids.max", 5)
            program.say()
            init = child_of(program.process.pid)
            write(f"{inner}/cgroup.procs", init)
            for forks, errno in (0, None), (3, "EAGAIN"):
                program.tell("forks", forks)
                for operand in init, f"@{init}":
                    with self.subTest(operand=operand, forks=forks):
                        here = why(operand, *live.PROCFS)[1]
                        there = why(operand, "--root", self.host, wrap=self.within())[1]
                        self.assertEqual(sources(there), sources(here))
                        self.assertIn(("cgroup-pids", f"{outer}/pids.max"), sources(there))
                        self.assertEqual((there["errno"], here["errno"]), (errno, errno))

    def test_b6_a_root_without_cgroups(self):
        """Then they are unknown, not those that the reader has mounted."""
        with scratch_cgroup(f"pidns-live-{os.getpid()}") as (path,), Program() as program:
            pid = program.say()[0]
            write(f"{path}/pids.max", 1)
            write(f"{path}/cgroup.procs", pid)
            wrap = ("unshare", "--mount", "--propagation", "private", "sh", "-c",
                    f'mkdir {self.host}/proc; mount -t proc none {self.host}/proc; exec "$@"', "sh")
            _, document = why(pid, "--root", self.host, wrap=wrap)
            self.assertEqual(limits(document, "cgroup-pids", f"{path}/pids.max"), [])
            self.assertEqual({limit["max"] for limit in limits(document, "cgroup-pids")}, {None})
            self.assertFalse(document["certain"])

    def test_b6_pid_max_is_not_the_readers(self):
        """Since Linux 6.14 sys/kernel/pid_max shows the reader's own, through whatever procfs."""
        if kernel_release() < (6, 14):
            return
        wrap = self.within("--pid", "--fork", "--kill-child", before=(
            f"mount -t proc none /proc; echo {OWN_PID_MAX} >/proc/sys/kernel/pid_max; "))
        _, document = why(str(os.getpid()), "--root", self.host, wrap=wrap)
        self.assertNotIn(OWN_PID_MAX, [limit["max"] for limit in document["limits"]])
        document = live.ask("list", "--root", self.host, "-o", "ino,pids_max,limit", wrap=wrap)
        for ns in document["namespaces"]:
            self.assertIsNone(ns["pids_max"])

    def test_b6_user_max_is_not_the_readers(self):
        """sys/user/max_*_namespaces shows that of the reader's own user namespace."""
        before = "".join(f"echo {OWN_NAMESPACES} >/proc/sys/user/max_{kind}_namespaces; "
                         for kind in ("cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"))
        for options in ("--user", "--map-root-user"), \
                ("--user", "--map-root-user", "--pid", "--fork", "--kill-child"):
            script = f'mount --rbind / {self.host}; {before}exec "$@"'
            wrap = ("unshare", "--mount", *options, "sh", "-c", script, "sh")
            with self.subTest(options):
                _, document = why(str(os.getpid()), "--root", self.host, wrap=wrap)
                self.assertNotIn(OWN_NAMESPACES, [limit["max"] for limit in document["limits"]])
                said = [limit for limit in document["limits"] if "-namespaces" in limit["kind"]]
                self.assertGreaterEqual(len(said), 7)


if __name__ == "__main__":
    live.main()

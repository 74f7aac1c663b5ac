#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A leader that has ended is not the end of its process: to every provider, as a member of a namespace
and as its init; that comes when the last thread has ended, too."""
import os
import signal
import subprocess
import unittest

import live

# The first thread ends and leaves another one.
LEAD = """
import ctypes, signal, threading
threading.Thread(target=signal.pause).start()
ctypes.CDLL(None).pthread_exit(None)
"""
COMMAND = ("/usr/bin/python3", "-c", LEAD)


def setUpModule():
    live.need_root()
    live.need_tool("unshare", "nsenter")


def stat_of(pid):
    with open(f"/proc/{pid}/stat", "rb") as stat:
        return stat.read().rpartition(b") ")[2].split()


def child_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return int((children.read().split() or [0])[0])


class Leader(unittest.TestCase):
    """The init of a namespace, and a member of it that joined."""

    def setUp(self):
        self.maker, self.init = self.start("unshare", "--pid", "--fork", "--kill-child")
        thread, = set(os.listdir(f"/proc/{self.init}/task")) - {str(self.init)}
        self.thread = int(thread)
        link = os.readlink(f"/proc/{self.init}/task/{thread}/ns/pid")
        self.ino = int(link.removeprefix("pid:[").removesuffix("]"))
        self.joiner, self.member = self.start("nsenter", f"--pid=/proc/{thread}/ns/pid")

    def start(self, *way):
        parent = subprocess.Popen((*way, *COMMAND), stdin=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        self.addCleanup(self.end, parent)
        pid = live.wait_until(lambda: child_of(parent.pid), "a child")
        live.wait_until(lambda: stat_of(pid)[0] == b"Z" and stat_of(pid)[17] == b"2",
                        "the end of a leader")
        return parent, pid

    @staticmethod
    def end(parent):
        child = parent.returncode is None and child_of(parent.pid)
        if child:
            os.kill(child, signal.SIGKILL)
        parent.send_signal(signal.SIGCONT)
        parent.wait()

    def ways(self):
        yield from ((live.PROCFS, ()), (("--from", "/proc"), live.STATUS_WAY), *live.bpf_way())

    def check_lives(self, source, wrap):
        ns = live.listed(*source, wrap=wrap)[0][self.ino]
        self.assertEqual((ns["state"], ns["zombies"], ns["zombies_below"], ns["processes"]),
                         ("alive", 0, 0, 2))
        for option in ((), ("-t",)):
            tasks = live.processes(*source, *option, wrap=wrap)[0]
            for pid in (self.init, self.member):
                self.assertIn(tasks[pid, pid]["state"], ("S", "R"), option)
                self.assertEqual(tasks[pid, pid]["threads"], 2)
        shown = live.ask("show", *source, str(self.ino), wrap=wrap)["namespace"]
        self.assertEqual((shown["state"], shown["zombies"]), ("alive", 0))
        self.assertFalse([pin for pin in shown["pins"] or () if pin["kind"] == "zombie"])
        self.assertNotIn("init", [limit["kind"] for limit in shown["limits"] or ()
                                  if limit["used"] and limit["used"] >= (limit["max"] or 2)])

    def test_a1_leader_that_has_ended(self):
        for source, wrap in self.ways():
            with self.subTest(source=source):
                self.check_lives(source, wrap)
        subprocess.run(("nsenter", f"--pid=/proc/{self.thread}/ns/pid", "sh", "-c", "(true)"),
                       check=True)

    def test_a1_fork_works(self):
        for source, wrap in self.ways():
            with self.subTest(source=source):
                answer = live.pidns("why", "--json", *source, str(self.ino), wrap=wrap,
                                    expect=None)
                self.assertIn(answer.status, (0, 1), answer.out)
                self.assertIsNone(answer.json["errno"])

    def test_a1_no_finding(self):
        for source, wrap in self.ways():
            with self.subTest(source=source):
                answer = live.pidns("doctor", "--json", *source, wrap=wrap, expect=None)
                self.assertFalse([f for f in answer.json["findings"] if f["ns"] == self.ino and
                                  f["kind"] in ("zombies", "dead")])

    def kill(self, parent, pid):
        """Leave a zombie: its parent is stopped."""
        os.kill(parent.pid, signal.SIGSTOP)
        live.wait_until(lambda: stat_of(parent.pid)[0] == b"T", "the parent's stop")
        os.kill(pid, signal.SIGKILL)
        live.wait_until(lambda: stat_of(pid)[0] == b"Z" and stat_of(pid)[17] == b"1",
                        "the end of a process")

    def check_ended(self, pid, state, zombies):
        for source, wrap in self.ways():
            with self.subTest(source=source, pid=pid):
                ns = live.listed(*source, wrap=wrap)[0][self.ino]
                self.assertEqual((ns["state"], ns["zombies"]), (state, zombies))
                tasks = live.processes(*source, wrap=wrap)[0]
                self.assertEqual(tasks[pid, pid]["state"], "Z")

    def test_a1_the_last_thread(self):
        """Then all agree that the process has ended."""
        self.kill(self.joiner, self.member)
        self.check_ended(self.member, "alive", 1)
        os.kill(self.joiner.pid, signal.SIGCONT)
        self.joiner.wait()
        self.kill(self.maker, self.init)
        self.check_ended(self.init, "zombie-init", 1)


if __name__ == "__main__":
    live.main()

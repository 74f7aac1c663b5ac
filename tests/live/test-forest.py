#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The builder cleans up after itself, however it ends: no task, no namespace, pid_max as it was."""
import os
import signal
import subprocess
import unittest

import live

PLAN = (
    "--ns", "name=live,count=3,tasks=3,threads=2,zombies=1,joined=1",
    "--ns", "name=deep,depth=5,tasks=2",
    "--ns", "name=crowd,count=5,tasks=20,shared=1",
    "--ns", "name=fd,end=fd",
    "--ns", "name=bind,end=bind",
    "--ns", "name=pin,end=pinned",
    "--ns", "name=zini,end=zombie",
    "--ns", "name=churn,restless=churn",
    "--unborn", "1",
    "--reuse", "2000",
)
# Enough that pid_max must be raised, unless it is large already.
ROOM = ("--room", "60000")


def pid_max():
    with open("/proc/sys/kernel/pid_max", encoding="ascii") as limit:
        return int(limit.read())


def name_of(pid):
    """None also when it has ended: when the machine's init reaps it is not in our hands."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stat:
            name, _, rest = stat.read().partition(b" (")[2].rpartition(b") ")
    except OSError:
        return None
    return None if rest.startswith((b"Z", b"X")) else name


class Clearing(unittest.TestCase):
    def setUp(self):
        live.need_root()
        self.before = pid_max()
        if self.before < 40000:
            self.addCleanup(self.assertEqual, self.before, pid_max())

    def end_by(self, end, *plan):
        """Plant, end it so, and see everything gone."""
        forest = live.Forest(*plan, *ROOM)
        forest.__enter__()
        self.assertGreaterEqual(pid_max(), 80000)
        names = {t["pid"]: t["comm"] for t in forest.tasks}
        inos = {ns["ino"] for ns in forest.planted}
        end(forest.process)
        forest.process.wait(timeout=live.DEADLINE)
        for stream in (forest.process.stdin, forest.process.stdout, forest.process.stderr):
            stream.close()
        live.wait_until(lambda: not any(name_of(pid) == name for pid, name in names.items()),
                        "the end of all tasks")
        live.wait_until(lambda: pid_max() == self.before, "pid_max put back")
        live.wait_until(lambda: not inos & self.namespaces(), "the end of all namespaces")
        return forest.process.returncode

    @staticmethod
    def namespaces():
        inos = set()
        for name in filter(str.isdigit, os.listdir("/proc")):
            if not name_of(name):
                continue
            try:
                inos.add(os.stat(f"/proc/{name}/ns/pid").st_ino)
            except OSError:
                continue
        return inos

    def test_end_of_input(self):
        self.assertEqual(self.end_by(lambda process: process.stdin.close(), *PLAN), 0)

    def test_signals(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            status = self.end_by(lambda process: process.send_signal(number), *PLAN)
            self.assertEqual(status, 0)

    def test_killed(self):
        status = self.end_by(lambda process: process.kill(), *PLAN)
        self.assertEqual(status, -signal.SIGKILL)

    def test_killed_while_planting(self):
        """Whatever it had got to by then."""
        for lines in (1, 2, 3):
            process = subprocess.Popen([live.FOREST, *PLAN, *ROOM], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            live.wait_until(lambda: len(children_of(process.pid)) >= 3 * lines,
                            "a part of the forest")
            children = children_of(process.pid)
            process.kill()
            process.communicate(timeout=live.DEADLINE)
            live.wait_until(lambda: not any(map(name_of, children)), "the end of all tasks")
            live.wait_until(lambda: pid_max() == self.before, "pid_max put back")

    def test_plans_that_make_no_sense(self):
        for plan in ("depth=34", "tasks=0", "end=none", "name=muchtoolong", "uid=5,threads=2",
                     "nothing"):
            with self.subTest(plan):
                answer = live.run([live.FOREST, "--ns", plan])
                self.assertEqual(answer.status, 2)


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:
        return [int(child) for child in children.read().split()]


if __name__ == "__main__":
    live.main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every fact pidns tells of a forest held still, by ioctl and by status files, as its builder
knows it; then both ways, and a recording, against each other."""
import unittest

import facts
import live


def setUpModule():
    global forest
    live.need_root()
    live.need_tool("unshare")
    forest = live.Forest(*facts.PLAN, "--ns", "name=lead,tasks=2,leaderless=2")
    unittest.enterModuleContext(forest)
    for task in forest.tasks:
        if task["state"] == "Z":
            live.wait_until(lambda: state_of(task["pid"]) == "Z", "a leader's exit")


def state_of(pid):
    with open(f"/proc/{pid}/stat", "rb") as stat:
        return stat.read().rpartition(b") ")[2][:1].decode()


class Here(facts.Facts):
    @property
    def forest(self):
        return forest


class ByIoctl(Here, unittest.TestCase):
    pass


class ByStatus(Here, unittest.TestCase):
    way = live.STATUS_WAY
    source = ("--from", "/proc")


class Agreement(unittest.TestCase):
    """Field by field, where both know the field."""

    # They move while a forest stands still.
    MOVES = {"cpu_ns", "rss_bytes", "last_pid"}

    def setUp(self):
        self.planted = {ns["ino"] for ns in forest.planted}

    def compare(self, one, other, known_to_both=()):
        for key in (set(one) | set(other)) - self.MOVES:
            a, b = one.get(key), other.get(key)
            if key in ("start_ns", "reaper_start_ns") and a is not None and b is not None:
                self.assertLessEqual(abs(a - b), live.TICK_NS, key)
            elif key == "state" and {a, b} == facts.SLEEPING:
                continue
            elif a is not None and b is not None:
                self.assertEqual(a, b, key)
            elif key in known_to_both:
                self.fail(f"{key}: {a} and {b}")

    def compare_all(self, one, other):
        (namespaces, tasks), (other_namespaces, other_tasks) = one, other
        for ino in self.planted:
            self.compare(namespaces[ino], other_namespaces[ino],
                         ("ino", "parent", "level", "state", "reaper", "owner_uid", "processes",
                          "threads", "zombies", "joined"))
        theirs = {key for key, task in tasks.items() if task["ns"] in self.planted}
        self.assertEqual(theirs, {key for key, task in other_tasks.items()
                                  if task["ns"] in self.planted})
        for key in theirs:
            self.compare(tasks[key], other_tasks[key],
                         ("pid", "tid", "vpids", "ns", "ppid", "state", "comm", "uid"))

    def take(self, *source, wrap=()):
        return (live.listed(*source, wrap=wrap)[0], live.processes("-t", *source, wrap=wrap)[0])

    def test_both_ways(self):
        self.compare_all(self.take(), self.take("--from", "/proc", wrap=live.STATUS_WAY))

    def test_replay(self):
        with live.temporary_directory() as directory:
            path = f"{directory}/forest.pidns"
            for wrap, source in (((), ()), (live.STATUS_WAY, ("--from", "/proc"))):
                live.pidns("record", *source, "-w", path, wrap=wrap)
                namespaces, document = live.listed("--from", path)
                self.assertEqual(document["provider"], "replay")
                tasks, _ = live.processes("--from", path)
                self.compare_all((live.listed(*source, wrap=wrap)[0],
                                  live.processes(*source, wrap=wrap)[0]), (namespaces, tasks))


class Crowd(unittest.TestCase):
    """Ten thousand tasks, all of whose numbers are known."""

    def test_every_number(self):
        with live.Forest("--size", "M") as crowd:
            wanted = {t["pid"]: (t["ns"], t["vpids"]) for t in crowd.tasks
                      if t["ns"] != crowd.self_ns["ino"]}
            self.assertEqual(len(wanted), 10_000)
            for source, wrap in (((), ()), (("--from", "/proc"), live.STATUS_WAY)):
                found, _ = live.processes(*source, "-o", "pid,tid,ns,vpids", wrap=wrap)
                self.assertEqual({pid: (t["ns"], t["vpids"]) for (pid, _), t in found.items()
                                  if pid in wanted}, wanted)


if __name__ == "__main__":
    live.main()

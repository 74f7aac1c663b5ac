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
    source = live.PROCFS


class ByStatus(Here, unittest.TestCase):
    way = live.STATUS_WAY
    source = ("--from", "/proc")


class ByProgram(Here, unittest.TestCase):
    source = live.BPF
    provider = "bpf"
    is_exact = True

    @classmethod
    def setUpClass(cls):
        live.need_bpf()

    def test_nothing_is_missing(self):
        _, document = self.listed()
        self.assertEqual((document["complete"], document["cannot_see"]),
                         (not document["cannot_see"], document["cannot_see"]))
        self.assertLessEqual(set(document["cannot_see"]), {"fd", "bind", "pidfd", "procfs-mount"})

    def test_numbers_taken(self):
        """All tasks of these are known, and no number outlives its task."""
        found, _ = self.listed()
        for name in ("live-0.0", "live-3.0", "thr-0.0", "own-0.0", "deep-0.20", "zini-0.0"):
            ns = self.forest.by_name[name]
            wanted = sum(len(self.forest.members(n)) for n in self.forest.subtree(ns))
            self.assertEqual(found[ns["ino"]]["pids_used"], wanted, name)
            shown = self.ask("show", str(ns["ino"]))["namespace"]
            self.assertEqual(shown["pidmap"], [{"block": 0, "used": wanted}])


class Agreement(unittest.TestCase):
    """Field by field, where both know the field."""

    # They move while a forest stands still.
    MOVES = {"cpu_ns", "rss_bytes", "last_pid"}

    def setUp(self):
        self.planted = {ns["ino"] for ns in forest.planted}

    def compare(self, one, other, known_to_both=()):
        # One may know of numbers that no task has.
        uncounted = {"pids_used", "pids_used_exact"} if \
            one.get("pids_used_exact") != other.get("pids_used_exact") else set()
        for key in (set(one) | set(other)) - self.MOVES - uncounted:
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
        self.compare_all(self.take(*live.PROCFS),
                         self.take("--from", "/proc", wrap=live.STATUS_WAY))

    def test_program(self):
        live.need_bpf()
        self.compare_all(self.take(), self.take(*live.BPF))

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


CROWD_WAYS = [(live.PROCFS, ()), (("--from", "/proc"), live.STATUS_WAY)]


class Crowd(unittest.TestCase):
    """Ten thousand tasks, all of whose numbers are known."""

    def test_every_number(self):
        ways = CROWD_WAYS + live.bpf_way()
        with live.Forest("--size", "M") as crowd:
            wanted = {t["pid"]: (t["ns"], t["vpids"]) for t in crowd.tasks
                      if t["ns"] != crowd.self_ns["ino"]}
            self.assertEqual(len(wanted), 10_000)
            for source, wrap in ways:
                found, _ = live.processes(*source, "-o", "pid,tid,ns,vpids", wrap=wrap)
                self.assertEqual({pid: (t["ns"], t["vpids"]) for (pid, _), t in found.items()
                                  if pid in wanted}, wanted)


if __name__ == "__main__":
    live.main()

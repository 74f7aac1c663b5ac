# SPDX-License-Identifier: GPL-2.0-or-later
"""The Python module reads the running kernel and a recording, and says what pidns says."""

import copy
import errno
import gc
import os
import pathlib
import pickle
import subprocess
import sys
import tempfile
import unittest

import pidnsinfo

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parent.parent))

import schema

PIDNS = os.environ["PIDNS"]


def pidns(*arguments):
    env = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD"}
    run = subprocess.run([PIDNS, *arguments], stdout=subprocess.PIPE, env=env, check=True)
    return schema.load(run.stdout, arguments)


class Live(unittest.TestCase):
    def setUp(self):
        self.picture = pidnsinfo.take()

    def test_finds_this_very_process(self):
        me = self.picture.task(os.getpid())
        self.assertEqual((me.pid, me.tid), (os.getpid(), os.getpid()))
        self.assertEqual(me.ppid, os.getppid())
        self.assertEqual((me.ruid, me.uid), (os.getuid(), os.geteuid()))
        with open("/proc/self/comm", encoding="utf-8") as comm:
            self.assertEqual(me.comm, comm.read().rstrip("\n"))
        self.assertIn(me, me.ns.tasks)
        self.assertEqual(me.ns.ino, os.stat("/proc/self/ns/pid").st_ino)

    def test_numbers_agree_both_ways(self):
        for task in self.picture.tasks:
            self.assertEqual(self.picture.task(task.tid), task)
            # Tasks of an unidentified namespace need not share one.
            if task.vpids and task.ns.ino:
                self.assertEqual(task.vpid(task.ns), task.vpids[-1])
                self.assertEqual(self.picture.task(task.vpids[-1], task.ns), task)

    def test_namespaces_are_a_forest_in_order(self):
        seen = []
        for ns in self.picture.namespaces:
            self.assertTrue(ns.parent is None or ns.parent in seen, ns)
            self.assertEqual(ns.subtree[0], ns)
            seen.append(ns)
        self.assertEqual(self.picture.namespace(seen[0].ino), seen[0])
        self.assertIsNone(self.picture.namespace(1))

    def test_known_unknowns_have_a_word(self):
        picture = pidnsinfo.take(provider="procfs")
        self.assertEqual(picture.provider, "procfs")
        self.assertGreater(picture.time_ns, 0)
        self.assertIsInstance(picture.raced, bool)
        # Unless it is asked for more, no procfs shows a namespace without a first process.
        self.assertIn("unborn", picture.cannot_see)
        self.assertFalse(picture.complete)

    def test_things_keep_their_snapshot_alive(self):
        def addresses(picture):
            return {ns._address for ns in picture.namespaces}

        ns = pidnsinfo.take().namespaces[0]
        gc.collect()
        # Reuse the memory, were it free.
        others = [pidnsinfo.take() for _ in range(5)]
        self.assertFalse(any(ns._address in addresses(other) for other in others))
        self.assertEqual(ns.ino, self.picture.namespaces[0].ino)

    def test_threads_on_request(self):
        me = os.getpid()
        leaders = [t for t in pidnsinfo.take().tasks if t.pid == me]
        threads = [t for t in pidnsinfo.take(threads=True).tasks if t.pid == me]
        self.assertEqual([t.tid for t in leaders], [me])
        self.assertEqual({t.tid for t in threads}, {int(t) for t in os.listdir("/proc/self/task")})


class Errors(unittest.TestCase):
    def assert_refused(self, error, **arguments):
        with self.assertRaises(OSError) as caught:
            pidnsinfo.take(**arguments)
        self.assertEqual(caught.exception.errno, error)
        self.assertTrue(caught.exception.strerror)

    def test_refusals_carry_errno_and_a_sentence(self):
        self.assert_refused(errno.EINVAL, provider="tarot")
        self.assert_refused(errno.ENOENT, source="/nonexistent")
        self.assert_refused(errno.EPROTO, source=__file__)
        self.assert_refused(errno.ENOENT, root="/nonexistent")
        self.assert_refused(errno.EINVAL, root="/", source="/proc")
        self.assertEqual(pidnsinfo.take(root="/").provider, "procfs")

    def test_a_recording_that_cannot_be_written(self):
        with self.assertRaises(OSError) as caught:
            pidnsinfo.take().save("/nonexistent/folder/file")
        self.assertEqual(caught.exception.errno, errno.ENOENT)


class Arguments(unittest.TestCase):
    """What C cannot hold is refused, never cut off; nothing reaches memory that is not its own."""

    @classmethod
    def setUpClass(cls):
        cls.picture = pidnsinfo.take()
        cls.ns = cls.picture.namespaces[0]
        cls.task = cls.picture.task(os.getpid())

    def test_a12_numbers_never_wrap(self):
        me, ino = os.getpid(), self.ns.ino
        self.assertIsNotNone(self.picture.task(me))
        for number in (me + (1 << 32), me - (1 << 32), me + (1 << 64), 1 << 31, (-1 << 31) - 1):
            for call in (
                lambda: self.picture.task(number),
                lambda: self.picture.task(number, self.ns),
                lambda: pidnsinfo.take(limits=True, limits_of=number),
                lambda: pidnsinfo.take(limits_of=number),
                lambda: pidnsinfo.take(pids=[me, number]),
            ):
                self.assertRaises(OverflowError, call)
        for number in (ino + (1 << 64), ino - (1 << 64), -1):
            self.assertRaises(OverflowError, self.picture.namespace, number)
        for number in (-1, 0, (1 << 31) - 1):
            self.assertIsNone(self.picture.task(number))
            self.assertEqual(pidnsinfo.take(pids=[number]).tasks, [])
        self.assertIsNone(self.picture.namespace((1 << 64) - 1))

    def test_a12_only_numbers_are_numbers(self):
        for value in ("1", 1.0, None, b"1"):
            self.assertRaises(TypeError, self.picture.task, value)
            self.assertRaises(TypeError, self.picture.namespace, value)
            with self.assertRaises(TypeError):
                pidnsinfo.take(limits_of=value)
            with self.assertRaises(TypeError):
                pidnsinfo.take(pids=[value])

    def test_a12_no_text_ends_early(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x")
            for bad in (path + "\0y", os.fsencode(path) + b"\0y"):
                self.assertRaises(ValueError, self.picture.save, bad)
            self.assertEqual(os.listdir(folder), [])
            self.picture.save(os.fsencode(path))
            for argument in ("source", "root", "provider"):
                with self.assertRaises(ValueError):
                    pidnsinfo.take(**{argument: path + "\0"})
        for argument in (None, 5, [path]):
            self.assertRaises(TypeError, self.picture.save, argument)

    def test_a12_switches_are_true_or_false(self):
        """threads=2 is not all=True."""
        options = {"threads": 4, "provider": "procfs"}
        self.assertIsNone(pidnsinfo.take(**options).namespaces[0].limits)

    def test_a12_copies_are_the_same_object(self):
        picture = pidnsinfo.take()
        for thing in (picture, picture.namespaces[0], picture.tasks[0]):
            self.assertIs(copy.copy(thing), thing)
            self.assertIs(copy.deepcopy(thing), thing)
        other = copy.deepcopy([picture])[0]
        inodes = [ns.ino for ns in picture.namespaces]
        del picture, thing
        gc.collect()
        self.assertEqual([ns.ino for ns in other.namespaces], inodes)

    def test_a12_pickles_are_refused(self):
        notes = pidnsinfo.take(source=os.environ["PIDNS_FIXTURES"] + "/notes.pidns")
        ns = notes.namespace(4026532201)
        things = (notes, ns, notes.tasks[0], ns.container, ns.limit, ns.pins[0], ns.zombie)
        for thing in things:
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                with self.assertRaisesRegex(TypeError, "save"):
                    pickle.dumps([thing], protocol)

    def test_a12_nothing_is_made_of_an_address(self):
        for kind in pidnsinfo.__all__:
            if kind != "take":
                self.assertRaises(TypeError, getattr(pidnsinfo, kind), self.picture, 8)
                self.assertRaises(TypeError, getattr(pidnsinfo, kind), 8)

    def test_a12_namespaces_of_others_are_refused(self):
        stranger = pidnsinfo.take().namespaces[0]
        self.assertRaises(ValueError, self.picture.task, 1, stranger)
        self.assertRaises(ValueError, self.task.vpid, stranger)
        for wrong in (self.task, self.picture, self.ns.ino, "1"):
            self.assertRaises(TypeError, self.picture.task, 1, wrong)
            self.assertRaises(TypeError, self.task.vpid, wrong)
        self.assertRaises(TypeError, self.task.vpid, None)

    def test_chosen_tasks(self):
        me = os.getpid()
        self.assertEqual([task.pid for task in pidnsinfo.take(pids=[me, me]).tasks], [me])
        self.assertEqual(pidnsinfo.take(pids=()).tasks, [])


class Replay(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.path = os.path.join(folder.name, "machine.pidns")
        cls.live = pidnsinfo.take()
        cls.live.save(cls.path)
        cls.picture = pidnsinfo.take(source=cls.path)

    def test_replay_says_what_was_saved(self):
        self.assertEqual(self.picture.provider, "replay")
        self.assertEqual(self.picture.time_ns, self.live.time_ns)
        self.assertEqual(self.picture.cannot_see, self.live.cannot_see)
        for name in ("wall_time_ns", "host", "boot_id"):
            self.assertIsNotNone(getattr(self.live, name))
            self.assertEqual(getattr(self.picture, name), getattr(self.live, name))
        self.assertEqual(self.live.host, os.uname().nodename)
        old = pidnsinfo.take(source=os.environ["PIDNS_FIXTURES"] + "/notes.pidns")
        self.assertEqual((old.wall_time_ns, old.host, old.boot_id), (None, None, None))
        for kind in ("namespaces", "tasks"):
            was, now = getattr(self.live, kind), getattr(self.picture, kind)
            self.assertEqual([repr(thing) for thing in now], [repr(thing) for thing in was])

    def assert_same(self, thing, row):
        for name in thing._names:
            value = getattr(thing, name)
            # No process is 0 to a program, and null in JSON.
            if name == "reaper" and value == 0:
                value = None
            # What no text can hold, JSON writes in its own way: see pidns(8).
            if name != "comm" or value is None or (value.isprintable() and "\\" not in value):
                self.assertEqual(row[name], value, f"{name} of {thing}")

    def test_namespaces_are_those_of_pidns(self):
        answer = pidns("list", "--json", "--from", self.path)
        self.assertEqual(answer["complete"], self.picture.complete)
        self.assertEqual(answer["cannot_see"], self.picture.cannot_see)
        self.assertEqual(len(answer["namespaces"]), len(self.picture.namespaces))
        for ns, row in zip(self.picture.namespaces, answer["namespaces"]):
            self.assert_same(ns, row)
            self.assertEqual(row["parent"], ns.parent and ns.parent.ino)

    def test_tasks_are_those_of_pidns(self):
        answer = pidns("ps", "--json", "--from", self.path)
        rows = {row["tid"]: row for row in answer["tasks"]}
        self.assertEqual(len(rows), len(self.picture.tasks))
        for task in self.picture.tasks:
            row = rows[task.tid]
            self.assert_same(task, row)
            self.assertEqual(row["ns"], task.ns.ino)
            self.assertEqual(row["vpids"], task.vpids and list(task.vpids))


class Notes(unittest.TestCase):
    """What annotators found, from a recording that has all of it, and limits of this very process."""

    @classmethod
    def setUpClass(cls):
        cls.picture = pidnsinfo.take(source=os.environ["PIDNS_FIXTURES"] + "/notes.pidns")

    def test_what_is_there(self):
        ns = self.picture.namespace(4026532201)
        self.assertEqual((ns.container.name, ns.container.runtime, ns.container.pod),
                         ("web", "docker", None))
        self.assertEqual([limit.kind for limit in ns.limits],
                         ["cgroup-pids", "nproc", "pid-max", "level"])
        self.assertEqual((ns.limit.used, ns.limit.max, ns.limit.hits), (95, 100, 3))
        self.assertEqual((ns.limit.error, ns.limit.is_fork), (errno.EAGAIN, True))
        self.assertEqual([pin.kind for pin in ns.pins], ["task", "zombie", "fd", "descendant"])
        self.assertEqual((ns.pins[2].pid, ns.pins[2].fd), (900, 7))
        self.assertEqual(ns.pins[3].ns, self.picture.namespace(4026532300))
        self.assertEqual((ns.zombie.pid, ns.zombie.sigchld), (6040, "default"))
        self.assertEqual([limit.kind for limit in self.picture.limits], ["nproc", "pid-max"])

    def test_what_is_not(self):
        first = self.picture.namespaces[0]
        self.assertEqual((first.container, first.zombie, first.limit.hits), (None, None, None))
        bare = self.picture.namespace(4026532202)
        self.assertEqual((bare.container, bare.limits, bare.limit, bare.pins, bare.zombie),
                         (None,) * 5)
        self.assertIsNone(pidnsinfo.take().namespaces[0].limits)

    def test_limits_of_this_process(self):
        picture = pidnsinfo.take(limits=True, limits_of=os.getpid())
        kinds = {limit.kind: limit for limit in picture.limits}
        with open("/proc/sys/kernel/threads-max", encoding="ascii") as file:
            self.assertEqual(kinds["threads-max"].max, int(file.read()))
        self.assertEqual(kinds["pid-max"].source, "/proc/sys/kernel/pid_max")
        self.assertTrue(all(ns.limits for ns in picture.namespaces))


if __name__ == "__main__":
    unittest.main()

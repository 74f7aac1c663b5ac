#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is the same for many namespaces is read once, seen by strace: with bpf no file of each task is
read, nor of each namespace's init for its limits."""
import collections
import re
import tempfile
import unittest

import live

NAMESPACES, TASKS = 12, 6


def setUpModule():
    live.need_root()
    live.need_tool("strace")
    live.need_bpf()


class Cost(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.forest = live.Forest("--ns", f"name=c,count={NAMESPACES},tasks={TASKS}")
        cls.enterClassContext(cls.forest)
        cls.ino = cls.forest.ino("c-0.0")
        cls.tasks = {str(task["pid"]) for ns in cls.forest.planted
                     for task in cls.forest.members(ns, leaders_only=True)}

    def opened(self, *args):
        """How often which file of planted tasks was opened or its link read, by its last part."""
        with tempfile.NamedTemporaryFile("r") as log:
            live.pidns(*args, *live.BPF, expect=None, env=live.NO_LEAK_CHECK, wrap=(
                "strace", "-f", "-y", "-e", "trace=openat,openat2,readlinkat,getdents64", "-o", log.name))
            found = collections.Counter()
            for line in log:
                match = re.search(r'</proc(?:/(\d+))?[^>]*>, "([^"]*)"', line)
                if not match:
                    continue
                path = match[2] if match[1] is None else f"{match[1]}/{match[2]}"
                pid, _, rest = path.partition("/")
                if pid in self.tasks:
                    found[rest] += 1
        return found

    def test_a_cgroup_is_read_once(self):
        for args in (("list", "-o", "ino,limit"), ("why", str(self.ino)), ("list", "--json")):
            with self.subTest(args):
                found = self.opened(*args)
                self.assertLessEqual(found["cgroup"], NAMESPACES + 1)
                self.assertLessEqual(self.opened(*args)["limits"], 1)
        self.assertLessEqual(self.opened("list", "-o", "ino,limit")["cgroup"], 1)

    def test_files_are_gone_through_by_the_program(self):
        for args in (("doctor",), ("show", str(self.ino)), ("show", "@1")):
            with self.subTest(args):
                found = self.opened(*args)
                self.assertEqual([name for name in found if name.startswith("fd")], [])
                # A new set of namespaces begins with each init, and with none of the others.
                self.assertLessEqual(found["ns/mnt"], 2 * NAMESPACES + 2)

    def test_of_one_namespace_nothing_of_others(self):
        for command in "show", "why":
            found = self.opened(command, str(self.ino))
            self.assertLessEqual(found["stat"], 4, command)
            self.assertLessEqual(found["cgroup"], 3, command)


if __name__ == "__main__":
    live.main()

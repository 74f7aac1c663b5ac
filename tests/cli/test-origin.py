#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""When and of which machine a recording is, and which recordings can be compared."""

import os
import subprocess
import sys
import tempfile
import time
import unittest

import cli
import seal

WALL_NS = 1_795_956_470_104_276_115  # 2026-11-29 12:47:50 UTC
BOOT = b"5c1de0a4-97b3-4c6e-8b0a-3f1d2e7a9c55"
HERE = {"wall_time_ns": b"%d" % WALL_NS, "host": b"web1", "boot_id": BOOT, "time_ns_ino": b"7"}


class Recordings(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def record(self, name, time_ns=9_000_000_000, root=10, init=1_000_000_000, **origin):
        """A recording of a root namespace with two processes."""
        head = b" ".join(b"%s=%s" % (key.encode(), value) for key, value in origin.items())
        lines = (
            b"pidns-recording 1",
            b"snapshot time_ns=%d provider=procfs flags=- cannot_see=- root=%d %s"
            % (time_ns, root, head),
            b"ns ino=%d level=0 depth=0 reaper=1 reaper_start_ns=%d" % (root, init),
            b"task pid=1 tid=1 ns=%d vpids=1 comm=init start_ns=%d" % (root, init),
            b"task pid=9 tid=9 ns=%d vpids=9 comm=sh start_ns=%d" % (root, init + 2_000_000_000),
        )
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(seal.seal(b"\n".join(lines).replace(b" \n", b"\n") + b"\n"))
        return path

    def run_in_utc(self, *arguments):
        done = subprocess.run([cli.PIDNS, *arguments], stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.PIPE, env={**os.environ, "TZ": "UTC"}, check=False)
        return done.returncode, done.stdout, done.stderr

    def refused(self, older, newer):
        code, output, said = self.run_in_utc("diff", older, newer, "--tasks")
        self.assertEqual((code, output), (5, ""), said)
        self.assertEqual(said.count("\n"), 1, said)
        return said

    def compared(self, older, newer):
        code, output, said = self.run_in_utc("diff", older, newer, "--tasks")
        self.assertEqual((code, output, said), (0, "", ""))

    def test_a15_info(self):
        path = self.record("a", **HERE)
        for command in (["list"], ["tree"], ["ps"], ["show", "pid:[10]"], ["why", "pid:[10]"], ["doctor"],
                        ["list", "--raw"]):
            _, _, said = self.run_in_utc(*command, "--from", path)
            self.assertIn("recorded 2026-11-29 12:47:50 +0000 on web1, boot " + BOOT.decode(), said)
        wanted = {"time_ns": 9_000_000_000, "wall_time_ns": WALL_NS, "host": "web1",
                  "boot_id": BOOT.decode()}
        for command in (["list"], ["tree"], ["ps"], ["show", "pid:[10]"], ["why", "pid:[10]"], ["doctor"],
                        ["map", "1"], ["record", "-w", path + "2"]):
            _, output, _ = self.run_in_utc(*command, "--json", "--from", path)
            self.assertEqual(cli.schema.load(output, command)["recorded"], wanted, command)
        # What a replay saves again is still of then.
        with open(path, "rb") as first, open(path + "2", "rb") as second:
            self.assertIn(first.readlines()[1].split(b"root=10 ")[1].strip(), second.read())

    def test_a15_unknown(self):
        path = self.record("a")
        _, output, said = self.run_in_utc("list", "--json", "--from", path)
        self.assertNotIn("recorded", cli.schema.load(output, ["list"]))
        self.assertEqual(said, "")
        half = self.record("b", host=b"")
        self.assertEqual(self.run_in_utc("list", "--raw", "--from", half)[2], "")
        half = self.record("b", host=b"a\\033[31m")
        _, output, said = self.run_in_utc("list", "--json", "--from", half)
        self.assertEqual(cli.schema.load(output, ["list"])["recorded"],
                         {"time_ns": 9_000_000_000, "wall_time_ns": None, "host": "a\x1b[31m",
                          "boot_id": None})
        self.assertEqual(said, "pidns: recorded on a\\033[31m\n")

    def test_a15_what_can_be_compared(self):
        first = self.record("a", **HERE)
        self.compared(first, first)
        self.compared(first, self.record("b", 9_000_000_001, **HERE))
        # Nothing is known of one side.
        self.compared(self.record("b"), first)
        self.compared(first, self.record("b"))
        # The same boot under another name, and with its clock set back.
        self.compared(first, self.record("b", **{**HERE, "host": b"new", "wall_time_ns": b"5"}))
        # To a clock tick.
        self.compared(first, self.record("b", init=1_009_000_000))

    def test_a15_what_cannot_be_compared(self):
        first = self.record("a", **HERE)
        other = {**HERE, "boot_id": b"2" + BOOT[1:]}
        self.assertIn("two boots", self.refused(first, self.record("b", 10**12, **other)))
        other["host"] = b"db1"
        said = self.refused(first, self.record("b", **other))
        self.assertIn("two machines, web1 and db1", said)
        self.assertIn(f"{self.folder}/a and {self.folder}/b", said)
        self.assertIn("two machines", self.refused(first, self.record("b", host=b"db1")))
        other = {**HERE, "time_ns_ino": b"8"}
        self.assertIn("two time namespaces", self.refused(first, self.record("b", **other)))
        later = self.record("b", 9_000_000_001, **HERE)
        self.assertIn("before the first", self.refused(later, first))
        self.assertIn("two PID namespaces", self.refused(first, self.record("b", root=11, **HERE)))

    def test_a15_old_recordings(self):
        """They lack all of it: their own times are what there is."""
        first = self.record("a")
        self.assertIn("before the first", self.refused(self.record("b", 10**10), first))
        self.assertIn("boots", self.refused(first, self.record("b", init=2_000_000_000)))
        self.assertIn("two PID namespaces", self.refused(first, self.record("b", root=11)))

    def test_a15_wall_clock_where_boots_are_unknown(self):
        first = self.record("a", wall_time_ns=b"1000")
        self.assertIn("before the first",
                      self.refused(first, self.record("b", 10**10, wall_time_ns=b"999")))

    def test_a15_json_of_a_difference(self):
        first, second = self.record("a", **HERE), self.record("b")
        _, output, _ = self.run_in_utc("diff", first, second, "--json")
        made = cli.schema.load(output, ["diff"])
        self.assertEqual(made["older"]["host"], "web1")
        self.assertNotIn("newer", made)
        _, output, _ = self.run_in_utc("diff", second, first, "--json")
        self.assertEqual(cli.schema.load(output, ["diff"])["newer"]["boot_id"], BOOT.decode())

    def test_a15_of_this_machine(self):
        path = os.path.join(self.folder, "now")
        before = time.time_ns()
        code, output, _ = self.run_in_utc("record", "--json", "-w", path)
        self.assertEqual(code, 0)
        made = cli.schema.load(output, ["record"])["recorded"]
        self.assertEqual(made["host"], os.uname().nodename)
        self.assertTrue(before <= made["wall_time_ns"] <= time.time_ns())
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            self.assertEqual(made["boot_id"], file.read().strip())
        self.assertIn(self.run_in_utc("diff", path)[0], (0, 1))
        self.assertIn("two machines" if made["host"] != "web1" else "two boots",
                      self.refused(self.record("a", **HERE), path))


if __name__ == "__main__":
    program = unittest.main(exit=False)
    sys.exit(cli.must_work(program.result))

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Series: recorded until a signal, read at a moment, compared with themselves."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import cli


class Series(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.path = os.path.join(cls.folder.name, "series")
        cls.record(cls.path, 4)

    @staticmethod
    def count(path):
        try:
            with open(path, "rb") as file:
                return file.read().count(b" fnv1a64=")
        except FileNotFoundError:
            return 0

    @classmethod
    def record(cls, path, wanted, *more, sig=signal.SIGINT):
        before = cls.count(path)
        with subprocess.Popen([cli.PIDNS, "record", "--every", "0.1", "-w", path, *more],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
            deadline = time.monotonic() + cli.DEADLINE_S
            while cls.count(path) < before + wanted and time.monotonic() < deadline:
                time.sleep(0.05)
            child.send_signal(sig)
            output = child.communicate(timeout=cli.DEADLINE_S)[0]
        return child.returncode, output

    def moment(self, *at):
        document, code = cli.document("list", "--from", self.path, *at)
        self.assertEqual(code, 0)
        return document["recorded"]["wall_time_ns"]

    def test_moments(self):
        times = [self.moment("--at", str(i)) for i in range(1, 5)]
        self.assertEqual(times, sorted(set(times)))
        self.assertGreaterEqual(self.moment(), times[-1])
        self.assertEqual(self.moment("--at", "1"), times[0])
        for command in (["tree"], ["ps"], ["doctor"], ["export", "--jsonl"], ["why", "@1"]):
            done = cli.run(*command, "--from", self.path, "--at", "2")
            self.assertIn(done.returncode, (0, 1, 3), done.stderr)

    def test_refused(self):
        for at, code in (("noon", 2), ("1999-01-01 00:00", 5), ("0", 5), ("10000", 5)):
            done = cli.run("list", "--from", self.path, "--at", at)
            self.assertEqual((done.returncode, done.stderr.count(b"\n")), (code, 1), done.stderr)
        self.assertEqual(cli.run("list", "--at", "1").returncode, 2)
        for wrong in (["--keep", "3", "-w", "x"], ["--every", "0", "-w", "x"],
                      ["--every", "1", "--keep", "0", "-w", "x"],
                      ["--every", "1", "--from", self.path, "-w", "x"]):
            self.assertEqual(cli.run("record", *wrong).returncode, 2, wrong)

    def test_diff(self):
        same = cli.run("diff", self.path, "--at", "2", "--at", "2", "--tasks")
        self.assertEqual((same.returncode, same.stdout), (0, b""), same.stderr)
        times = [self.moment("--at", "1"), self.moment("--at", "3"), self.moment()]
        for arguments, newer in ((("--at", "1", self.path), times[2]),
                                 ((self.path, "--at", "1", "--at", "3"), times[1]),
                                 ((self.path, self.path, "--at", "1"), times[2])):
            document, _ = cli.document("diff", *arguments)
            self.assertEqual(document["older"]["wall_time_ns"], times[0])
            self.assertEqual(document["newer"]["wall_time_ns"], newer)
        self.assertEqual(cli.run("diff", self.path, "--at", "3", "--at", "1").returncode, 5)

    def test_compressed(self):
        path = os.path.join(self.folder.name, "series.zst")
        with subprocess.Popen([cli.PIDNS, "record", "--every", "0.05", "-w", path],
                              stderr=subprocess.DEVNULL) as child:
            deadline = time.monotonic() + cli.DEADLINE_S
            while (cli.run("list", "--from", path, "--at", "3").returncode
                   and time.monotonic() < deadline):
                time.sleep(0.05)
            child.terminate()
        with open(path, "rb") as file:
            self.assertEqual(file.read(4), b"\x28\xb5\x2f\xfd")
        self.assertEqual(cli.run("diff", path, "--at", "2", "--at", "2", "--tasks").returncode, 0)
        first, code = cli.document("ps", "--from", path, "--at", "1")
        self.assertEqual(code, 0)
        one = os.path.join(self.folder.name, "one.zst")
        self.assertEqual(cli.run("record", "--from", path, "--at", "1", "-w", one).returncode, 0)
        self.assertEqual(cli.document("ps", "--from", one)[0]["tasks"], first["tasks"])
        for command in (["tree"], ["doctor"], ["export", "--jsonl"]):
            done = cli.run(*command, "--from", one)
            self.assertIn(done.returncode, (0, 1), done.stderr)
        with open(one, "rb") as file:
            data = file.read()
        with open(one, "wb") as file:
            file.write(data[:len(data) // 2])
        done = cli.run("list", "--from", one)
        self.assertEqual((done.returncode, done.stderr.count(b"\n")), (5, 1), done.stderr)
        self.assertIn(b"cut short", done.stderr)

    def test_ends_whole(self):
        path = os.path.join(self.folder.name, "ended")
        self.assertEqual(self.record(path, 2, sig=signal.SIGTERM)[0], 0)
        code, output = self.record(path, 2, "--json")
        self.assertEqual(code, 0)
        self.assertGreater(cli.schema.load(output, ["record"])["recording"]["snapshots"], 1)
        with open(path, "rb") as file:
            data = file.read()
        self.assertTrue(data.endswith(b"\n"))
        self.assertEqual(data.count(b"pidns-recording 1\n"), data.count(b" fnv1a64="))

    def test_killed(self):
        path = os.path.join(self.folder.name, "killed")
        self.record(path, 2, sig=signal.SIGKILL)
        with open(path, "ab") as file:
            file.write(b"pidns-recording 1\nsnapshot time_ns=9")
        done = cli.run("list", "--from", path)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"left out what was cut short", done.stderr)
        self.assertEqual(self.record(path, 1)[0], 0)
        self.assertNotIn(b"cut short", cli.run("list", "--from", path).stderr)

    def test_keep(self):
        path = os.path.join(self.folder.name, "kept")
        self.record(path, 3)
        with subprocess.Popen([cli.PIDNS, "record", "--every", "0.05", "--keep", "2", "-w", path]) as child:
            inode = os.stat(path).st_ino
            deadline = time.monotonic() + cli.DEADLINE_S
            while os.stat(path).st_ino == inode and time.monotonic() < deadline:
                time.sleep(0.02)
            child.terminate()
        self.assertEqual((child.returncode, self.count(path)), (0, 2))
        self.assertEqual([n for n in os.listdir(self.folder.name) if ".pidns-" in n], [])


if __name__ == "__main__":
    program = unittest.main(exit=False)
    sys.exit(cli.must_work(program.result))

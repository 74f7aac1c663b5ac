#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Much of one kind, which an ordinary user can make: what is asked of the kernel has bounds, and what
was left out is said. Counted is what is read, not how long it takes."""
import contextlib
import os
import pathlib
import subprocess
import unittest

import live

CROWD = os.environ["CROWD"]
COMMANDS = (("doctor", "--json"), ("list", "--json", "-o", "+container,limit,pins"))
MIB = 1 << 20
# Seconds of processor time: ten times what it may take, for the machine may be slow and busy.
MOST_S = 200 if live.SANITIZED else 20


class Crowd:
    def __init__(self, *words):
        self.words = (CROWD, *(str(word) for word in words))

    def __enter__(self):
        self.process = subprocess.Popen(self.words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self.process.stdout.readline() != b"ready\n":
            self.process.wait()
            raise AssertionError(f"{self.words}: not planted")
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def counts_of(pid):
    """What it has read by the time it has ended: rchar is bytes, syscr is calls of read(2)."""
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    lines = pathlib.Path(f"/proc/{pid}/io").read_text(encoding="ascii").splitlines()
    return {key: int(value) for key, value in (line.split(": ") for line in lines)}


@contextlib.contextmanager
def more_pids():
    """At least 100,000, which is put back."""
    path = pathlib.Path("/proc/sys/kernel/pid_max")
    before = path.read_text(encoding="ascii")
    path.write_text(str(max(int(before), 100000)), encoding="ascii")
    try:
        yield
    finally:
        path.write_text(before, encoding="ascii")


def setUpModule():
    live.need_root()
    if not os.path.exists("/proc/self/io"):
        raise unittest.SkipTest("no count of what is read")


class Bounds(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        try:
            live.need_bpf()
            cls.has_bpf = True
        except unittest.SkipTest:
            cls.has_bpf = False

    def ask(self, *words):
        """The document, what was said, and what was read for it."""
        before = os.times()
        with live.temporary_directory() as directory:
            paths = [pathlib.Path(directory, name) for name in ("out", "err")]
            with open(paths[0], "wb") as out, open(paths[1], "wb") as err:
                process = subprocess.Popen((live.PIDNS, *words), stdout=out, stderr=err)
                counts = counts_of(process.pid)
                self.assertIn(process.wait(), (0, 1), words)
            document = live.schema.load(paths[0].read_text(encoding="utf-8"), words)
            said = paths[1].read_text(encoding="utf-8").splitlines()
        after = os.times()
        used = (after.children_user + after.children_system - before.children_user -
                before.children_system)
        print(f"{' '.join(words)}: {counts['rchar']} bytes, {counts['syscr']} reads, {used:.2f} s")
        self.assertLess(used, MOST_S)
        self.assertTrue(all(len(line) < 80 for line in said), said)
        return document, said, counts

    def each_way(self):
        providers = ["procfs", "bpf"] if self.has_bpf else ["procfs"]
        for command in COMMANDS:
            for provider in providers:
                yield self.ask(*command, "--provider", provider)

    def test_c2_mounts(self):
        """100 MB of lists of mounts."""
        with Crowd("mounts", 20, 20000):
            for document, said, counts in self.each_way():
                self.assertLess(counts["rchar"], 48 * MIB)
                self.assertIn("pins", document["cannot_see"])
                self.assertFalse(document["complete"])
                self.assertEqual([line for line in said if "too many" in line], said)
                self.assertEqual(len(said), 1)

    def test_c2_few_mounts_are_looked_at_all(self):
        """A long list comes last, and a usual one is not left out for it."""
        with Crowd("mounts", 3, 2000):
            for document, said, _ in self.each_way():
                self.assertNotIn("pins", document["cannot_see"])
                self.assertFalse([line for line in said if "too many" in line])

    def test_c2_files(self):
        with Crowd("files", 15000, 1):
            for document, _, counts in self.each_way():
                self.assertLess(counts["syscr"], self.tasks() * 12 + 15000)
                self.assertNotIn("pins", document["cannot_see"])

    def test_c2_too_many_files(self):
        with Crowd("files", 19000, 14):
            document, said, _ = self.ask("doctor", "--json", "--provider", "procfs")
        self.assertIn("pins", document["cannot_see"])
        self.assertEqual(len([line for line in said if "too many" in line]), 1)

    def tasks(self):
        return sum(name.isdigit() for name in os.listdir("/proc"))

    def zombies(self, spaces):
        with more_pids(), Crowd("zombies", 30000, spaces):
            for document, _, counts in self.each_way():
                # Of what has ended one file: it is in no cgroup that could refuse it anything.
                self.assertLess(counts["syscr"], self.tasks() * 3 // 2 + 10000)
                if "findings" in document:
                    ours = [f["count"] for f in document["findings"]
                            if f["kind"] == "zombies" and f["count"] == 30000 // spaces]
                    self.assertEqual(len(ours), spaces)

    def test_c2_zombies_of_one(self):
        self.zombies(1)

    def test_c2_zombies_of_many(self):
        self.zombies(300)

    def test_c3_payloads(self):
        """The list of sockets, of a megabyte, is read once a snapshot."""
        root = next((root for root in ("/sys/fs/cgroup/systemd", "/sys/fs/cgroup")
                     if os.path.exists(root + "/cgroup.procs")), None)
        if not root:
            self.skipTest("no cgroups")
        folder = pathlib.Path(root, f"pidns-live-{os.getpid()}")
        folder.mkdir()
        self.addCleanup(folder.rmdir)
        with Crowd("payloads", folder, 300, 18000):
            for document, _, counts in self.each_way():
                self.assertLess(counts["rchar"], 32 * MIB)
                if "namespaces" in document:
                    # Each was asked about: what is known of it is what its path says.
                    found = [ns["container"]["runtime"] for ns in document["namespaces"]
                             if ns["container"]]
                    self.assertGreaterEqual(found.count("lxc"), 300)
            self.assertEqual(self.times_read(), 1)

    def times_read(self):
        live.need_tool("strace")
        with live.temporary_directory() as directory:
            log = pathlib.Path(directory, "log")
            live.pidns("list", "-o", "ino,container", env=live.NO_LEAK_CHECK,
                       wrap=("strace", "-f", "-y", "-e", "trace=openat,openat2", "-o", log))
            return sum(line.split(" = ")[0].count("net/unix") for line in
                       log.read_text(encoding="utf-8").splitlines())


if __name__ == "__main__":
    live.main()

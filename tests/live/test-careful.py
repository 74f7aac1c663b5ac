#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What pidns touches, seen by strace, and what it does when it may have very little."""
import os
import re
import signal
import unittest

import live

TRACED = ("trace=open,openat,openat2,stat,lstat,newfstatat,statx,readlink,readlinkat,access,"
          "faccessat,faccessat2,getdents64,getdents,execve")
# Reaching through these can hang on what the task has chosen, or read a file of its memory.
THROUGH = re.compile(r"/(cwd|root|exe|map_files|fd/\d+)(/|\"|>)")
OF_MEMORY = re.compile(r"\b(cmdline|environ|maps|smaps|smaps_rollup|numa_maps|mem|pagemap|auxv)\"")
OF_A_TASK = re.compile(r"/proc/\d+\b")
LIST_OF_TASKS = re.compile(r"getdents(64)?\(\d+<[^>]*/proc>")


def setUpModule():
    global forest
    live.need_root()
    forest = live.Forest("--ns", "name=some,count=3,tasks=4", "--ns", "name=deep,depth=3,tasks=2")
    unittest.enterModuleContext(forest)


class Touching(unittest.TestCase):
    def setUp(self):
        live.need_tool("strace")

    def calls(self, *args, wrap=(), traced=TRACED):
        """The lines of system calls, -y naming the file behind every descriptor."""
        with live.temporary_directory() as directory:
            path = f"{directory}/trace"
            strace = ("strace", "-f", "-y", "-e", traced, "-o", path, *wrap)
            live.pidns(*args, wrap=strace, expect=None, env=live.NO_LEAK_CHECK)
            with open(path, encoding="utf-8", errors="replace") as trace:
                return trace.read().splitlines()

    def check(self, lines):
        self.assertTrue(any("/proc" in line for line in lines))
        for line in lines:
            if not OF_A_TASK.search(line) or '"/proc/self/' in line:
                continue  # a sanitizer reads its own
            self.assertIsNone(OF_MEMORY.search(line), line)
            if "readlink" not in line:
                self.assertIsNone(THROUGH.search(line.partition(" = ")[0]), line)

    def test_default_commands(self):
        ns = str(forest.ino("some-0.0"))
        pid = str(forest.members(forest.by_name["deep-0.2"])[0]["pid"])
        for args in (("tree",), ("list",), ("ps",), ("ps", "-t"), ("ps", ns), ("show", ns),
                     ("map", pid), ("map", "-n", ns, "1"), ("why",), ("why", pid), ("why", ns),
                     ("list", "-o", "ino,limit"), ("list", "--json"),
                     ("list", "-o", "ino,container"), ("ps", "--json"),
                     ("ps", "--raw", "-o", "pid,ns,vpids")):
            with self.subTest(args):
                self.check(self.calls(*args, *live.PROCFS))
        for args in (("tree",), ("show", ns), ("why", pid)):
            with self.subTest(args):
                self.check(self.calls(*args))

    def test_recording(self):
        with live.temporary_directory() as directory:
            self.check(self.calls("record", "-w", f"{directory}/file"))

    def test_by_status(self):
        self.check(self.calls("ps", "--from", "/proc", wrap=live.STATUS_WAY))

    def test_by_an_ordinary_user(self):
        if not live.nobody_can_run_it():
            self.skipTest("no ordinary user can run it")
        self.check(self.calls("ps", wrap=live.as_nobody()))

    def test_all(self):
        """Open files are looked at as links, never through them."""
        self.check(self.calls("list", "--all", *live.PROCFS))

    def test_pins_and_zombies(self):
        """Files, mounts and signals of others are known by what links and lists say."""
        ns = str(forest.ino("some-0.0"))
        for args in (("show", ns), ("show", "--all", ns), ("doctor",), ("doctor", "--json")):
            with self.subTest(args):
                self.check(self.calls(*args))
                self.check(self.calls(*args, *live.PROCFS))

    def test_no_program_is_started(self):
        ns = str(forest.ino("some-0.0"))
        for args in (("ps",), ("show", ns), ("why",), ("doctor",)):
            with self.subTest(args):
                lines = self.calls(*args, traced="trace=execve,fork,vfork,clone,clone3")
                calls = [line.split("(")[0].split()[-1] for line in lines if "(" in line]
                self.assertEqual(calls, ["execve"])

    def test_map_does_not_list_tasks(self):
        for task in forest.tasks:
            lines = self.calls("map", str(task["pid"]))
            listed = [line for line in lines if LIST_OF_TASKS.search(line)]
            self.assertEqual(listed, [])
            touched = {m for line in lines for m in re.findall(r"/proc/(\d+)", line)}
            self.assertLessEqual(len(touched), 8, touched)
        self.assertTrue(any(map(LIST_OF_TASKS.search, self.calls("list", *live.PROCFS))))


class Shortage:
    """An answer that is right, or one sentence and an exit code of failure."""

    def setUp(self):
        live.need_tool("prlimit")

    def check_clean(self, answer):
        if answer.status == 0:
            return True
        self.assertIn(answer.status, (4, 5), answer.err)
        # What the programs of bpf found no room for may have been asked of procfs instead.
        self.assertRegex(answer.err, r"\A(pidns: bpf: [^\n]+; asking procfs\n)?pidns: [^\n]+\n\Z")
        return False

    def check_right(self, document):
        found = {ns["ino"]: ns for ns in document["namespaces"]}
        for ns in forest.planted:
            self.assertEqual(found[ns["ino"]]["processes"], len(forest.members(ns, True)))


class FewFiles(Shortage, unittest.TestCase):
    def test_by_ioctl(self):
        succeeded = 0
        for files in range(3, 24):
            answer = live.pidns("list", "--json", *live.PROCFS, expect=None,
                                wrap=("prlimit", f"--nofile={files}:{files}"))
            if answer.status == 127:
                continue  # not even the libraries could be opened
            if self.check_clean(answer):
                self.check_right(answer.json)
                succeeded += 1
        self.assertGreater(succeeded, 0)

    def test_by_status(self):
        for files in range(4, 24, 3):
            answer = live.pidns("list", "--json", "--from", "/proc", expect=None,
                                wrap=(*live.STATUS_WAY, "prlimit", f"--nofile={files}:{files}"))
            if answer.status != 127 and self.check_clean(answer):
                self.check_right(answer.json)


class LittleMemory(Shortage, unittest.TestCase):
    def least_memory(self):
        """Below this not even the libraries find room, and the loader is who speaks."""
        for pages in range(256, 16384, 128):
            if self.with_memory(pages, "--help").status == 0:
                return pages
        self.skipTest("the program needs more than 64 MiB to start")

    def with_memory(self, pages, *args):
        return live.pidns(*args, expect=None, wrap=("prlimit", f"--as={pages * 4096}"))

    def test_from_the_least_upwards(self):
        least = self.least_memory()
        statuses = set()
        for pages in range(least, least + 640, 16):
            for args in (("list", "--json"), ("ps", "--json")):
                answer = self.with_memory(pages, *args)
                self.assertGreaterEqual(answer.status, 0,
                                        f"{args} died of signal {-answer.status} at {pages}")
                if self.check_clean(answer) and args[0] == "list":
                    self.check_right(answer.json)
                statuses.add(answer.status)
        self.assertIn(0, statuses)


if live.SANITIZED:
    del LittleMemory  # terabytes of address space are what a sanitizer begins with


class NotAProcfs(unittest.TestCase):
    """Each hindrance has its own sentence."""

    def refused(self, *args, wrap=()):
        answer = live.pidns(*args, wrap=wrap, expect=None)
        self.assertIn(answer.status, (4, 5))
        self.assertRegex(answer.err, r"\Apidns: [^\n]+\n\Z")
        self.assertEqual(answer.out, b"")
        return answer.err

    def test_hindrances(self):
        live.need_tool("unshare", "umount")
        gone = ("unshare", "--mount", "--propagation", "private", "sh", "-c",
                "umount -l /proc && exec \"$@\"", "sh")
        sentences = [
            self.refused("list", "--from", "/nowhere/at/all"),
            self.refused("list", "--from", "/usr"),
        ]
        if not live.SANITIZED:  # a sanitizer cannot live without /proc
            sentences.append(self.refused("list", *live.PROCFS, wrap=gone))
        self.assertEqual(len(set(sentences)), len(sentences))
        self.assertIn("procfs", sentences[1])

    def test_killed_reader_leaves_no_recording(self):
        with live.temporary_directory() as directory:
            live.pidns("record", "-w", f"{directory}/file",
                       wrap=("timeout", "--signal", str(int(signal.SIGKILL)), "0.001"),
                       expect=None)
            if os.path.exists(f"{directory}/file"):
                live.listed("--from", f"{directory}/file")


if __name__ == "__main__":
    live.main()

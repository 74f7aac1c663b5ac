#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The command on the running kernel: ways to name a namespace, and what it costs to be asked."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import cli

PROCFS = ("--provider", "procfs")
SKIPPED = 77


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return file.read().split()


def comms_of(*pids):
    comms = []
    for pid in pids:
        with open(f"/proc/{pid}/comm") as file:
            comms.append(file.read().strip())
    return comms


def wait_for_line(stream, wanted):
    """Lines as they come, until one is wanted; the test's own time limit ends a wait for nothing."""
    for line in stream:
        if wanted(line):
            return line
    raise AssertionError("the output has ended without it")


class Child:
    """A shell that is init of a PID namespace of its own, and has a child with an odd argv."""

    SCRIPT = 'trap "" TERM; sleep 1000 & echo $!; exec cat'

    def __init__(self):
        self.process = subprocess.Popen(
            ["unshare", "--pid", "--fork", "--kill-child", "sh", "-c", self.SCRIPT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.inner_sleep = self.process.stdout.readline().strip().decode()
        if not self.inner_sleep:
            self.close()
            raise PermissionError("unshare(1) cannot make a PID namespace here")
        self.init = int(children_of(self.process.pid)[0])
        end = time.monotonic() + cli.DEADLINE_S
        while comms_of(self.init, *children_of(self.init)) != ["cat", "sleep"]:
            if time.monotonic() > end:
                raise AssertionError("the shell and its child never became cat and sleep")
            time.sleep(0.001)
        self.ino = os.stat(f"/proc/{self.init}/ns/pid").st_ino

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(cli.DEADLINE_S)


def rows(*arguments):
    done = cli.run(*arguments, "--raw", "--noheadings")
    if done.returncode:
        raise AssertionError(done.stderr.decode())
    return [line.split(" ") for line in done.stdout.decode().splitlines()]


class Running(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.child = Child()
        cls.addClassCleanup(cls.child.close)

    def members(self, ns, *arguments):
        return rows("ps", ns, "-o", "vpids", *arguments)

    def test_ways_to_name_it(self):
        child = self.child
        link = os.readlink(f"/proc/{child.init}/ns/pid")
        wanted = self.members(str(child.ino))
        self.assertEqual([row[0].split(",")[1] for row in wanted], ["1", child.inner_sleep])
        for ns in (link, f"@{child.init}", f"/proc/{child.init}/ns/pid"):
            self.assertEqual(self.members(ns), wanted, ns)

    def test_map_both_ways(self):
        (sleeper,) = [r for r in rows("ps", f"@{self.child.init}", "-o", "pid,comm") if r[1] == "sleep"]
        there = cli.run("map", sleeper[0]).stdout.decode().strip().split("\t")
        self.assertEqual(there[0], sleeper[0])
        self.assertEqual(there[-1], f"{self.child.ino}:{self.child.inner_sleep}")
        back = cli.run("map", "-n", str(self.child.ino), self.child.inner_sleep)
        self.assertEqual(back.stdout.decode().strip().split("\t"), there)

    def test_threads_have_numbers(self):
        script = "import threading,sys; e=threading.Event(); t=threading.Thread(target=e.wait); "
        script += "t.start(); print(t.native_id, flush=True); sys.stdin.read(); e.set()"
        with subprocess.Popen(
            [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            tid = process.stdout.readline().strip().decode()
            made, code = cli.document("map", tid)
            found = rows("ps", "-t", f"@{process.pid}", "-o", "pid,tid")
            process.stdin.close()
        self.assertEqual(code, 0)
        self.assertEqual((made["mappings"][0]["pid"], made["mappings"][0]["tid"]), (process.pid, int(tid)))
        self.assertIn([str(process.pid), tid], found)

    def test_watch(self):
        watch = [cli.PIDNS, "watch", "--provider", "procfs", "--json", "--interval", "0.02"]
        with subprocess.Popen(watch, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            # What it says once it has the first snapshot.
            wait_for_line(process.stderr, lambda line: b"does not report changes" in line)
            child = Child()
            reapers = []
            for event in ("ns-new", "ns-gone"):
                line = wait_for_line(
                    process.stdout,
                    lambda line: b'"%s"' % event.encode() in line and str(child.ino).encode() in line,
                )
                made = cli.schema.load(line, ["watch"])
                self.assertEqual((made["event"], made["ns"]), (event, child.ino))
                reapers.append(made["namespace"]["reaper"])
                if event == "ns-new":
                    child.close()
            # A snapshot of the moment of its birth, or of its end, may know of no init; not both.
            self.assertIn(child.init, reapers)
            self.assertLessEqual(set(reapers), {child.init, None})
            # It ends when no process reads it any more.
            process.stdout.close()
            process.wait(cli.DEADLINE_S)

    def test_watch_for_people(self):
        """Time, container, what; namespaces, and tasks where they are asked for."""
        line = rb"\d\d:\d\d:\d\d - +%s %d"
        for options in ((), ("--tasks",)):
            watch = [cli.PIDNS, "watch", "--provider", "procfs", "--interval", "0.02", *options]
            with subprocess.Popen(watch, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
                wait_for_line(process.stderr, lambda line: b"does not report changes" in line)
                child = Child()
                pattern = re.compile(line % (b"ns-new", child.ino))
                wait_for_line(process.stdout, pattern.match)
                if options:
                    pattern = re.compile(line % (b"task-new", child.init))
                    wait_for_line(process.stdout, pattern.match)
                child.close()
                pattern = re.compile(line % (b"ns-gone", child.ino))
                seen = []
                wait_for_line(process.stdout, lambda line: seen.append(line) or pattern.match(line))
                self.assertEqual(any(b" task-" in line for line in seen), bool(options))
                process.stdout.close()
                process.wait(cli.DEADLINE_S)

    def test_command_lines(self):
        got = rows("ps", f"@{self.child.init}", "-o", "comm,cmdline")
        self.assertEqual(got, [["cat", "cat"], ["sleep", "sleep\\0401000"]])
        odd = ["a b", "", "\x1b[31m", "\\", "x" * 5000]
        with subprocess.Popen(["sh", "-c", "read line", *odd], stdin=subprocess.PIPE) as process:
            made, _ = cli.document("ps", f"@{process.pid}", "-o", "pid,cmdline")
            process.stdin.close()
        (line,) = [task["cmdline"] for task in made["tasks"] if task["pid"] == process.pid]
        self.assertEqual(cli.unescape(line).decode(), " ".join(["sh", "-c", "read line", *odd]))

    def test_namespace_without_tasks(self):
        other = Child()
        fd = os.open(f"/proc/{other.init}/ns/pid", os.O_RDONLY)
        try:
            other.close()
            for ns in (str(other.ino), f"/proc/{os.getpid()}/fd/{fd}"):
                made, code = cli.document("show", ns)
                self.assertEqual((code, made["namespace"]["ino"]), (0, other.ino))
                self.assertIn(made["namespace"]["processes"], (0, None))
                self.assertEqual(made["namespace"]["pidmap"], [])
        finally:
            os.close(fd)

    def test_inode_of_another_kind(self):
        done = cli.run("show", str(os.stat("/proc/self/ns/mnt").st_ino))
        self.assertEqual((done.returncode, done.stderr.count(b"\n")), (5, 1))

    def test_diff_to_now(self):
        with tempfile.TemporaryDirectory() as scratch:
            before = scratch + "/before"
            self.assertEqual(cli.run("record", "-w", before).returncode, 0)
            other = Child()
            made, code = cli.document("diff", "--tasks", before)
            text = cli.run("diff", before, "/proc")
            other.close()
        events = {(event["event"], event["ns"]) for event in made["events"]}
        self.assertEqual(code, 1)
        self.assertLessEqual({("ns-new", other.ino), ("task-new", other.ino)}, events)
        self.assertIn(f"ns-new {other.ino} ".encode(), text.stdout)


@cli.unless_sanitized
class Cost(unittest.TestCase):
    """Only what is asked for is looked at."""

    def system_calls(self, *arguments):
        if not shutil.which("valgrind"):
            self.skipTest("there is no valgrind")
        done = subprocess.run(
            ["valgrind", "--trace-syscalls=yes", "--quiet", cli.PIDNS, *arguments],
            capture_output=True, timeout=cli.DEADLINE_S, check=False,
        )  # fmt: skip
        return re.findall(rb"sys_(\w+)", done.stderr)

    def test_map_does_not_scan(self):
        self.assertIn(b"getdents64", self.system_calls("ps", "-o", "pid", *PROCFS))
        self.assertNotIn(b"getdents64", self.system_calls("map", str(os.getpid())))

    def test_names_of_members_only(self):
        everything = self.system_calls("ps", "-o", "comm", *PROCFS).count(b"read")
        nothing = self.system_calls("ps", "-o", "pid", *PROCFS).count(b"read")
        try:
            child = Child()
        except (OSError, PermissionError) as error:
            self.skipTest(str(error))
        some = self.system_calls("ps", f"@{child.init}", "-o", "comm", *PROCFS).count(b"read")
        child.close()
        self.assertLessEqual(some, nothing + 8)
        self.assertLess(some, everything)


def main():
    signal.alarm(10 * cli.DEADLINE_S)
    try:
        Child().close()
    except (OSError, PermissionError) as error:
        print(f"skipped: {error}")
        return 1 if os.environ.get("PIDNS_MUST_WORK") == "1" else SKIPPED
    result = unittest.main(argv=[sys.argv[0], "-v", *sys.argv[1:]], exit=False).result
    return cli.must_work(result)


if __name__ == "__main__":
    sys.exit(main())

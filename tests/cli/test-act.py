#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""pidns kill and pidns enter: the very process that is meant, and a program beside it."""

import os
import re
import signal
import subprocess
import sys
import unittest

import cli

SKIPPED = 77
# Once it has joined a PID namespace, LeakSanitizer's thread is born in there, and waits for ever.
os.environ["ASAN_OPTIONS"] = "detect_leaks=0"
RELEASE = tuple(int(n) for n in re.match(r"(\d+)\.(\d+)", os.uname().release).groups())


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


def comm_of(pid):
    with open(f"/proc/{pid}/comm", encoding="ascii") as file:
        return file.read().strip()


class Space:
    """A PID namespace with an init that waits, and a child of it, number 2 there."""

    def __init__(self):
        who = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        script = "sleep 1000 & echo ready; cat; :"
        self.process = subprocess.Popen(
            ["unshare", *who, "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", script],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if not self.process.stdout.readline():
            self.close()
            raise unittest.SkipTest("unshare(1) cannot make a PID namespace here")
        self.init = children_of(self.process.pid)[0]
        self.child = children_of(self.init)[0]

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def sleeper():
    return subprocess.Popen(["sleep", "1000"])


def pidfd_ino(pid):
    fd = os.pidfd_open(pid)
    try:
        return os.fstat(fd).st_ino
    finally:
        os.close(fd)


class Kill(unittest.TestCase):
    def setUp(self):
        self.child = sleeper()
        self.addCleanup(self.child.wait)
        self.addCleanup(self.child.kill)

    def kill(self, *arguments, code=0):
        done = cli.run("kill", *arguments)
        self.assertEqual((done.returncode, done.stdout), (code, b""), done.stderr)
        return done.stderr.decode()

    def ended_by(self, sig):
        self.assertEqual(self.child.wait(timeout=cli.DEADLINE_S), -sig)

    def test_the_default_is_sigterm(self):
        self.assertEqual(self.kill(str(self.child.pid)), "")
        self.ended_by(signal.SIGTERM)

    def test_signals_by_name_and_number(self):
        for how, sig in (("hup", 1), ("SIGINT", 2), ("9", 9), ("RTMIN+1", 35)):
            child = sleeper()
            self.kill("-s", how, str(child.pid))
            self.assertEqual(child.wait(timeout=cli.DEADLINE_S), -sig)

    def test_none_is_signalled_where_one_makes_no_sense(self):
        for wrong in ("x", "-1", "0", "1x", "99999999999", f"{self.child.pid}:x"):
            self.assertIn("pidns: kill: ", self.kill("--", str(self.child.pid), wrong, code=2))
        self.kill("-s", "NONE", str(self.child.pid), code=2)
        self.kill(code=2)
        self.assertIsNone(self.child.poll())

    def test_the_others_are_signalled_where_one_is_gone(self):
        gone = sleeper()
        gone.kill()
        gone.wait()
        why = self.kill(str(gone.pid), str(self.child.pid), code=5)
        self.assertIn(f"{gone.pid}: No such process", why)
        self.ended_by(signal.SIGTERM)

    @unittest.skipIf(RELEASE < (6, 9), "pidfds have no inodes here")
    def test_pid_and_inode(self):
        ino = pidfd_ino(self.child.pid)
        self.assertIn("that process has ended", self.kill(f"{self.child.pid}:{ino + 1}", code=5))
        self.assertIsNone(self.child.poll())
        self.kill(f"{self.child.pid}:{ino}")
        self.ended_by(signal.SIGTERM)

    def test_nothing_but_this_machine(self):
        self.assertIn("no such option", self.kill("--from", "/proc", str(self.child.pid), code=2))
        self.assertIsNone(self.child.poll())


class Inside(unittest.TestCase):
    def setUp(self):
        self.space = Space()
        self.addCleanup(self.space.close)
        self.ns = f"@{self.space.init}"

    def test_a_number_of_that_namespace(self):
        done = cli.run("kill", "-n", self.ns, "2")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        done = cli.run("enter", self.ns, "sh", "-c", "while kill -0 2; do :; done 2>/dev/null")
        self.assertEqual(done.returncode, 0)
        done = cli.run("kill", "-n", self.ns, "4000000")
        self.assertEqual(done.returncode, 5)
        self.assertIn(b"4000000: no such process in @", done.stderr)

    def test_an_init(self):
        """What goes with it is said; an init that does not handle SIGTERM lives on."""
        done = cli.run("kill", str(self.space.init))
        self.assertRegex(done.stderr.decode(), r"is the init of sh: it gets SIGTERM only if it handles "
                                               r"it; its end ends all \d processes there\n$")
        self.assertEqual(comm_of(self.space.init), "sh")
        done = cli.run("kill", "-s", "KILL", "-n", self.ns, "1")
        self.assertRegex(done.stderr.decode(), r"SIGKILL ends all \d processes there\n$")
        self.space.process.wait(timeout=cli.DEADLINE_S)

    def test_a_program_beside_it(self):
        done = cli.run("enter", self.ns, "sh", "-c", "echo $$; readlink /proc/self/ns/pid; cat /proc/1/comm")
        number, link, comm = done.stdout.decode().split()
        self.assertGreater(int(number), 2)
        self.assertEqual(link, os.readlink(f"/proc/{self.space.init}/ns/pid"))
        self.assertEqual(comm, "sh")

    def test_its_status(self):
        for script, code in (("exit 7", 7), ("kill -9 $$", 137), (":", 0)):
            done = cli.run("enter", self.ns, "sh", "-c", script)
            self.assertEqual((done.returncode, done.stderr), (code, b""), script)
        self.assertEqual(cli.run("enter", self.ns, "no-such-program").returncode, 127)
        self.assertEqual(cli.run("enter", self.ns, "/etc/passwd").returncode, 126)

    def test_options_are_the_programs(self):
        done = cli.run("enter", self.ns, "echo", "--help", "-x")
        self.assertEqual(done.stdout, b"--help -x\n")

    def test_a_shell(self):
        env = {**os.environ, "SHELL": "/nowhere/sh"}
        done = subprocess.run([cli.PIDNS, "enter", self.ns], input=b"readlink /proc/self/ns/pid; exit 3",
                              stdout=subprocess.PIPE, env=env, timeout=cli.DEADLINE_S, check=False)
        self.assertEqual(done.returncode, 3)
        self.assertEqual(done.stdout.decode().strip(), os.readlink(f"/proc/{self.space.init}/ns/pid"))

    def test_sigterm_goes_on_to_it(self):
        script = "trap 'exit 9' TERM; echo ready; while :; do sleep 0.1; done"
        with subprocess.Popen([cli.PIDNS, "enter", self.ns, "sh", "-c", script],
                              stdout=subprocess.PIPE) as entered:
            self.assertEqual(entered.stdout.readline(), b"ready\n")
            entered.terminate()
            self.assertEqual(entered.wait(timeout=cli.DEADLINE_S), 9)

    def test_no_such(self):
        self.assertEqual(cli.run("enter", "no-such-container", "true").returncode, 5)
        self.assertEqual(cli.run("enter").returncode, 2)


if __name__ == "__main__":
    sys.exit(cli.must_work(unittest.main(exit=False, verbosity=2).result))

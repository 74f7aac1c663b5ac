#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""pidns unshare, up to the move and after it, on any kernel: strace answers in the kernel's place."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

import cli

SKIPPED = 77
HAS_MOVE = os.path.exists("/proc/sys/kernel/pid_ns_move")

# How CMD finds things; what strace itself changes is that it is traced.
STATE = (
    "import os, signal\n"
    "print([s.name for s in signal.Signals if signal.getsignal(s) == signal.SIG_IGN])\n"
    "print(sorted(s.name for s in signal.pthread_sigmask(signal.SIG_BLOCK, [])))\n"
    "print(sorted(int(f) for f in os.listdir('/proc/self/fd')))\n"
    "print(os.getcwd(), sorted(os.environ.items()))\n"
    "print([line for line in open('/proc/self/status') if line.startswith('Cap')])\n"
)


def one_sentence(case, done):
    text = done.stderr.decode()
    case.assertTrue(text.startswith("pidns: "), text)
    case.assertEqual(text.count("\n"), 1, text)
    return text


class Really(unittest.TestCase):
    """On the running kernel, which knows the flag or does not."""

    def expect_honest(self, **how):
        done = cli.run("unshare", "--mount-proc", "echo", "run", **how)
        self.assertEqual((done.returncode, done.stdout), (5 if HAS_MOVE else 4, b""))
        part = "" if HAS_MOVE else "this kernel cannot"
        self.assertIn(part, one_sentence(self, done))

    def test_says_whether_it_can(self):
        """We are no session's leader, so that no process is moved here."""
        self.expect_honest()

    def test_says_so_to_any_caller(self):
        if os.getuid():
            self.skipTest("needs root, to become another user")
        self.expect_honest(user=65534, group=65534, extra_groups=[])


class Answered(unittest.TestCase):
    """The calls unshare(2) and, where named, mount(2) are not made but answered."""

    def run_answered(self, answers, *arguments, wrap=(), strace=("strace",), **how):
        if not shutil.which("strace"):
            self.skipTest("strace is missing")
        inject = [word for answer in answers for word in ("-e", "inject=" + answer)]
        argv = [*wrap, *strace, "-qqq", "-o", "/dev/null", *inject, cli.PIDNS, "unshare", *arguments]
        how.setdefault("stdin", subprocess.DEVNULL)
        done = subprocess.run(argv, capture_output=True, timeout=cli.DEADLINE_S, check=False, **how)
        if b"ptrace" in done.stderr:
            self.skipTest("strace may not trace here")
        return done

    def moved(self, *arguments, **how):
        return self.run_answered(["unshare:retval=0"], *arguments, **how)

    def test_status_is_that_of_the_program(self):
        for status in (0, 1, 7, 126, 255):
            self.assertEqual(self.moved("sh", "-c", f"exit {status}").returncode, status)
        self.assertEqual(self.moved("sh", "-c", "kill -TERM $$").returncode, -signal.SIGTERM)

    def test_cannot_be_run(self):
        done = self.moved("/no/such")
        self.assertEqual(done.returncode, 127)
        self.assertEqual(done.stderr, b"pidns: /no/such: No such file or directory\n")
        self.assertEqual(self.moved("").returncode, 127)
        self.assertEqual(self.moved("/etc/passwd").returncode, 126)
        self.assertEqual(self.moved("/etc").returncode, 126)

    def test_options_end_where_the_program_begins(self):
        echo = ["sh", "-c", 'printf "<%s>" "$@"', "-"]
        for before in ([], ["--"]):
            done = self.moved(*before, *echo, "--session", "--help", "", "-x y")
            self.assertEqual(done.stdout, b"<--session><--help><><-x y>")

    def test_nothing_else_is_changed(self):
        """Dispositions, mask, descriptors, folder, environment, capabilities, group: as found."""

        def odd():
            for sig in (signal.SIGPIPE, signal.SIGXFSZ):
                signal.signal(sig, signal.SIG_DFL)
            signal.signal(signal.SIGUSR2, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_SETMASK, [signal.SIGUSR1])
            os.chdir("/usr")

        program = [sys.executable, "-S", "-c", STATE]
        how = {"preexec_fn": odd, "env": {"PATH": "/usr/bin:/bin", "A": "b c"}}
        with tempfile.TemporaryFile() as file:
            how["pass_fds"] = [file.fileno()]
            strace = ["strace", "-qqq", "-o", "/dev/null", "-e", "trace=none"]
            if not shutil.which("strace"):
                self.skipTest("strace is missing")
            direct = subprocess.run([*strace, *program], stdin=subprocess.DEVNULL, capture_output=True,
                                    timeout=cli.DEADLINE_S, check=False, **how)
            done = self.moved(*program, **how)
        self.assertEqual(done.stderr, b"")
        self.assertIn(b"SIGUSR1", direct.stdout)
        self.assertEqual(done.stdout, direct.stdout)

    def test_closed_streams_stay_closed(self):
        script = "test ! -e /proc/self/fd/0 && test ! -e /proc/self/fd/9 && echo closed"
        done = self.moved("sh", "-c", script, preexec_fn=lambda: os.close(0), stdin=None)
        self.assertEqual(done.stdout, b"closed\n")

    def test_keeps_its_number(self):
        """Without --session it is the very process that was started: nothing is forked."""
        answers = ["unshare:retval=0", "fork,vfork,clone,clone3:error=EAGAIN"]
        self.assertEqual(self.run_answered(answers, "echo", "run").stdout, b"run\n")
        done = self.run_answered(answers, "--session", "echo", "run")
        self.assertEqual((done.returncode, done.stdout), (5, b""))
        self.assertIn("fork: Resource temporarily unavailable", one_sentence(self, done))

    def test_refusals(self):
        """Told from a kernel without the flag by whatever is not EINVAL."""
        for error, part in (
            ("ENOSPC", "level 32"),
            ("ENOMEM", "Cannot allocate memory"),
            ("EBUSY", "debugger"),
        ):
            for options in ([], ["--session"]):
                wrap = ["strace", "-f"] if options else ["strace"]
                done = self.run_answered([f"unshare:error={error}"], *options, "echo", "run", strace=wrap)
                self.assertEqual((done.returncode, done.stdout), (5, b""), error)
                self.assertIn("unshare: refused: ", one_sentence(self, done))
                self.assertIn(part, done.stderr.decode())

    def test_kernel_without_the_flag(self):
        """Any caller, any options: what would come near is said, and CMD is not run."""
        for options in ([], ["--session"], ["--mount-proc"], ["--session", "--mount-proc", "--"]):
            done = self.run_answered(["unshare:error=EINVAL"], *options, "echo", "run")
            self.assertEqual((done.returncode, done.stdout), (4, b""), options)
            self.assertIn("unshare(1) --pid --fork", one_sentence(self, done))

    def test_mount_proc(self):
        """In a mount namespace of our own, whatever goes wrong."""
        if os.getuid():
            self.skipTest("needs root")
        wrap = ["unshare", "--mount"]
        answers = ["unshare:retval=0", "mount:retval=0"]
        done = self.run_answered(answers, "--mount-proc", "echo", "run", wrap=wrap)
        self.assertEqual((done.returncode, done.stdout), (0, b"run\n"))
        # The first is before the move and changes nothing; the second comes too late to go back.
        for when, part in ((1, "private"), (2, "cannot be undone")):
            answers = ["unshare:retval=0", f"mount:error=EACCES:when={when}"]
            done = self.run_answered(answers, "--mount-proc", "echo", "run", wrap=wrap)
            self.assertEqual((done.returncode, done.stdout), (5, b""))
            self.assertIn(part, one_sentence(self, done))


if cli.IS_SANITIZED:
    del Answered  # the leak checker cannot work in a process that is traced


if __name__ == "__main__":
    program = unittest.main(argv=[sys.argv[0], "-v", *sys.argv[1:]], exit=False)
    skipped = program.result.skipped
    if not program.result.wasSuccessful():
        sys.exit(1)
    sys.exit(cli.must_work(program.result) or (SKIPPED if skipped else 0))

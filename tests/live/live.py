# SPDX-License-Identifier: GPL-2.0-or-later
"""What the live tests share: a forest and its facts, pidns and its answers, and how to skip."""
import contextlib
import ctypes
import json
import struct
import os
import platform
import re
import select
import shutil
import subprocess
import sys
import time
import unittest

# In a guest it lies beside this file.
sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

import schema

PIDNS = os.environ.get("PIDNS", "pidns")
FOREST = os.environ.get("FOREST", "forest")
SANITIZED = os.environ.get("PIDNS_SANITIZED") == "1"
# A leak checker, where there is one, cannot work while the process is traced.
NO_LEAK_CHECK = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
NOBODY = 65534
SYS_BPF = {"x86_64": 321, "aarch64": 280, "riscv64": 280}.get(platform.machine())
BPF_FIRST = (5, 17)  # that has all the programs need
TICK_NS = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
DEADLINE = 120  # of one thing that has to happen; a machine may be very busy

# Started in a child namespace that keeps its parent's procfs, pidns cannot use its own numbers and
# must read status files: the answer is then in the mount's numbers.
STATUS_WAY = ("unshare", "--pid", "--fork", "--kill-child")

# The provider that every kernel has, which one with the exporter would not choose.
PROCFS = ("--provider", "procfs")

# The provider whose programs look into the kernel.
BPF = ("--provider", "bpf")


def must_work():
    return os.environ.get("PIDNS_MUST_WORK") == "1"


def boot_time_ns():
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


def wait_until(condition, what, deadline=DEADLINE):
    """Poll until condition() is true, and return what it returned."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"never happened in {deadline} s: {what}")
        select.select([], [], [], 0.005)


def rounds(most, seconds=5):
    """Count up to `most`, but stop early on a busy machine."""
    end = time.monotonic() + seconds
    for i in range(most):
        if i >= 2 and time.monotonic() > end:
            return
        yield i


class Task(dict):
    """A task as the builder knows it. Keys are those of pidns, so that they can be compared."""

    @property
    def is_leader(self):
        return self["pid"] == self["tid"]


class Forest:
    """A forest held for as long as the with block lasts."""

    def __init__(self, *options, wrap=()):
        self.command = [*wrap, FOREST, *options]
        self.namespaces = []
        self.tasks = []
        self.reused = None

    def __enter__(self):
        self.since = boot_time_ns()
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for line in self.process.stdout:
            self.note(json.loads(line))
            if line.startswith(b'{"what": "ready"}'):
                self.until = boot_time_ns()
                self.by_name = {ns["name"]: ns for ns in self.namespaces}
                self.by_ino = {ns["ino"]: ns for ns in self.namespaces}
                return self
        return self.refuse()

    def note(self, fact):
        what = fact.pop("what")
        if what == "ns":
            self.namespaces.append(fact)
        elif what == "task":
            fact["comm"] = fact["comm"].encode("latin-1")
            self.tasks.append(Task(fact))
        elif what == "reuse":
            self.reused = fact["pid"]

    def refuse(self):
        message = self.process.stderr.read().decode().strip()
        if self.process.wait() == 77:
            raise unittest.SkipTest(message)
        raise AssertionError(f"the forest did not grow: {message}")

    def __exit__(self, *_):
        self.process.stdin.close()
        status = self.process.wait(timeout=60)
        message = self.process.stderr.read().decode()
        self.process.stdout.close()
        self.process.stderr.close()
        if status or message:
            raise AssertionError(f"forest: exit {status}: {message}")

    @property
    def self_ns(self):
        return self.namespaces[0]

    @property
    def planted(self):
        return self.namespaces[1:]

    def ino(self, name):
        return self.by_name[name]["ino"]

    def members(self, ns, leaders_only=False):
        return [t for t in self.tasks
                if t["ns"] == ns["ino"] and (t.is_leader or not leaders_only)]

    def subtree(self, ns):
        below = [ns]
        for other in self.namespaces:
            if other["parent"] in {n["ino"] for n in below} and other not in below:
                below.append(other)
        return below

    def threads_of(self, task):
        return sum(1 for t in self.tasks if t["pid"] == task["pid"])


class Answer:
    """What pidns said: status, JSON document or text, and its sentences."""

    def __init__(self, done, command):
        self.command = command
        self.status = done.returncode
        self.out = done.stdout
        self.err = done.stderr.decode()

    @property
    def json(self):
        """Of pidns; of another program, the json module will do."""
        return schema.load(self.out, self.command)


def run(command, **options):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=DEADLINE, check=False, **options)
    answer = Answer(done, command)
    # Whether or not the test reads it.
    if {"--json", "--jsonl"} & set(command) and PIDNS in command and answer.out and answer.status in (0, 1, 3):
        schema.hold(answer.out, command[command.index(PIDNS):])
    return answer


def pidns(*args, wrap=(), expect=0, **options):
    answer = run([*wrap, PIDNS, *args], **options)
    if expect is not None and answer.status != expect:
        raise AssertionError(f"pidns {' '.join(args)}: exit {answer.status}: {answer.err}")
    return answer


def ask(*args, **options):
    """The JSON document of a subcommand that succeeds."""
    return pidns(args[0], "--json", *args[1:], **options).json


def listed(*args, **options):
    """The namespaces by inode, and the document they came in."""
    document = ask("list", *args, **options)
    return {ns["ino"]: ns for ns in document["namespaces"]}, document


def processes(*args, **options):
    """The tasks by (pid, tid), and the document they came in."""
    document = ask("ps", *args, **options)
    return {(t["pid"], t["tid"]): t for t in document["tasks"]}, document


def name_of(task):
    """A comm of the JSON output as bytes: only what is no UTF-8, and the backslash, is escaped."""
    if task["comm"] is None:
        return None
    return re.sub(rb"\\([0-7]{3})", lambda m: bytes([int(m.group(1), 8)]), task["comm"].encode())


def need_root():
    if os.geteuid() != 0:
        raise unittest.SkipTest("only root can make PID namespaces here")


def kernel_release():
    return tuple(int(part) for part in os.uname().release.split(".")[:2])


BEFORE = "before Linux "


def need_kernel(release, what):
    """What an older kernel has not is no failure, even where nothing may be skipped."""
    if kernel_release() < release:
        raise unittest.SkipTest(f"{BEFORE}{release[0]}.{release[1]}: {what}")


def need_bpf():
    """The provider that not every kernel, caller and build has."""
    need_kernel(BPF_FIRST, "it has not all that the programs need")
    answer = run([PIDNS, "list", "--provider", "bpf"])
    if answer.status:
        raise unittest.SkipTest(answer.err.strip())


def bpf_way():
    """[(options, wrapper)], or [] where it does not work and need not."""
    try:
        need_bpf()
    except unittest.SkipTest:
        if must_work() and kernel_release() >= BPF_FIRST:
            raise
        return []
    return [(BPF, ())]


def need_tool(*names):
    for name in names:
        if not shutil.which(name):
            raise unittest.SkipTest(f"{name} is not installed")


def as_nobody(*command):
    return ("setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups", "--",
            *command)


def with_procfs(options, *command):
    """Run in a mount namespace of its own, whose /proc is mounted anew with these options."""
    script = f"mount -t proc -o {options} proc /proc && exec \"$@\""
    return ("unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", *command)


def deny(number, error):
    """For preexec_fn: a seccomp filter under which that system call fails with that error."""
    libc = ctypes.CDLL(None)

    def install():
        code = [(0x20, 0, 0, 0), (0x15, 0, 1, number),  # the number; is it that one?
                (0x06, 0, 0, 0x00050000 | error), (0x06, 0, 0, 0x7FFF0000)]
        body = ctypes.create_string_buffer(
            b"".join(struct.pack("=HBBI", *line) for line in code))
        program = struct.pack("@HP", len(code), ctypes.addressof(body))
        # PR_SET_NO_NEW_PRIVS; PR_SET_SECCOMP, SECCOMP_MODE_FILTER
        if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program):
            os._exit(99)
    return install


def nobody_can_run_it():
    """The build may be where only root can go."""
    try:
        done = subprocess.run(as_nobody(PIDNS, "--help"), stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    except OSError:
        return False
    return done.returncode == 0


@contextlib.contextmanager
def temporary_directory():
    import tempfile
    with tempfile.TemporaryDirectory(prefix="pidns-live-") as path:
        yield path


@contextlib.contextmanager
def terminal():
    """Both ends, of which the first is read all the time."""
    import threading
    own, other = os.openpty()
    threading.Thread(target=drain, args=(own,), daemon=True).start()
    try:
        yield own, other
    finally:
        os.close(other)


def drain(fd):
    with contextlib.suppress(OSError):
        while os.read(fd, 65536):
            pass


def main():
    """Run the tests of the calling file; 77 when none could run, and say why."""
    program = unittest.main(exit=False, verbosity=2, module="__main__")
    result = program.result
    for test, reason in result.skipped:
        print(f"SKIP {test}: {reason}")
    unwanted = [reason for _, reason in result.skipped if not reason.startswith(BEFORE)]
    if not result.wasSuccessful() or (unwanted and must_work()):
        sys.exit(1)
    if result.skipped and len(result.skipped) >= result.testsRun:
        sys.exit(77)
    sys.exit(0)

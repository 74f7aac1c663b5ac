#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What pidns why answers, held against what fork(2) then really does: a table of limits, each
reached for real, and asked by each provider. "Works" is never said where it fails, nor the other way
round; what is out of sight is called unknown."""
import contextlib
import os
import unittest

import live
from reach import SERVE, UID, Program, child_of, limits, pids_hierarchy, \
    scratch_cgroup, why, write

NEW_PID_NS = ("unshare", "--pid", "--fork", "--kill-child")

PROVIDERS = ("procfs", "bpf")


def setUpModule():
    live.need_root()
    live.need_tool("setpriv", "unshare", "prlimit", "nsenter")


class Case:
    """Something that forks, whom to ask about, and who asks."""

    def __init__(self, program, operand, wrap=()):
        self.program = program
        self.operand = operand
        self.wrap = wrap

    def fork(self):
        """What fork really does there: None, or the name of the error."""
        word = self.program.tell("fork")[0]
        return None if word.isdigit() else word


@contextlib.contextmanager
def nothing_is_reached():
    with Program(SERVE, NEW_PID_NS) as program:
        program.say()
        yield Case(program, f"@{child_of(program.process.pid)}")


@contextlib.contextmanager
def own_cgroup():
    with scratch_cgroup(f"pidns-why-{os.getpid()}") as (path,), Program(SERVE) as program:
        pid = program.say()[0]
        write(f"{path}/pids.max", 5)
        write(f"{path}/cgroup.procs", pid)
        program.tell("fill")
        yield Case(program, pid)


@contextlib.contextmanager
def outer_cgroup():
    with scratch_cgroup(f"pidns-why-{os.getpid()}", "inner") as (outer, inner), \
            Program(SERVE) as program:
        pid = program.say()[0]
        write(f"{outer}/pids.max", 5)
        write(f"{inner}/pids.max", 50)
        write(f"{inner}/cgroup.procs", pid)
        program.tell("fill")
        yield Case(program, pid)


@contextlib.contextmanager
def a2_cgroup_above_a_private_cgroup_namespace():
    """As a pod has it: its own pids.max is in sight, the pod's is not."""
    where, is_v2 = pids_hierarchy()
    kind = "cgroup2" if is_v2 else "cgroup -o pids"
    with scratch_cgroup(f"pidns-why-{os.getpid()}", "inner") as (outer, inner):
        write(f"{outer}/pids.max", 6)
        script = (f"echo $$ >{inner}/cgroup.procs && exec unshare --cgroup --mount --propagation "
                  f"private sh -c 'umount {where} && mount -t {kind} pids {where} "
                  "&& exec \"$@\"' sh \"$@\"")
        with Program(SERVE, ("sh", "-c", script, "sh")) as program:
            pid = program.say()[0]
            program.tell("fill")
            inside = ("nsenter", "--target", pid, "--mount", "--cgroup", "--")
            yield Case(program, pid, inside)


@contextlib.contextmanager
def a2_pid_max_of_a_namespace():
    live.need_kernel((6, 14), "pid_max is the machine's")
    body = "open('/proc/sys/kernel/pid_max', 'w').write('320')\n" + SERVE
    with Program(body, (*NEW_PID_NS, "--mount-proc")) as program:
        program.say()
        program.tell("fill")
        yield Case(program, f"@{child_of(program.process.pid)}")


@contextlib.contextmanager
def pid_max_of_a_namespace_above():
    """The one below has its own, which is not reached."""
    live.need_kernel((6, 14), "pid_max is the machine's")
    body = "open('/proc/sys/kernel/pid_max', 'w').write('320')\n" + """
say(unshare(0x20000000))
inner = os.fork()
if not inner:
    libc.prctl(1, signal.SIGKILL)
    serve()
    os._exit(0)
os.waitpid(inner, 0)
"""
    with Program(body, (*NEW_PID_NS, "--mount-proc")) as program:
        program.say()
        program.tell("fill")
        outer = child_of(program.process.pid)
        inner = child_of(outer)
        yield Case(program, f"@{inner}")


@contextlib.contextmanager
def nproc():
    body = f"os.setresgid({UID}, {UID}, {UID})\nos.setresuid({UID}, {UID}, {UID})\n" + SERVE
    with Program(body, ("prlimit", "--nproc=5:5", "--")) as program:
        pid = program.say()[0]
        program.tell("fill")
        yield Case(program, pid)


@contextlib.contextmanager
def exempt_from_nproc():
    with Program(SERVE, ("prlimit", "--nproc=1:1", "--")) as program:
        yield Case(program, program.say()[0])


@contextlib.contextmanager
def dead_init():
    body = """
unshare(0x20000000)
init = os.fork()
if not init:
    signal.pause()
say(init)
sys.stdin.readline()
os.kill(init, signal.SIGKILL)
os.waitpid(init, 0)
say(os.getpid())
serve()
"""
    with Program(body) as program:
        program.say()
        yield Case(program, program.tell("kill")[0])


# What is reached: who reaches it, the error, and which providers must know for certain.
TABLE = (
    ("nothing", nothing_is_reached, None, ("bpf",)),
    ("own cgroup", own_cgroup, "EAGAIN", PROVIDERS),
    ("outer cgroup", outer_cgroup, "EAGAIN", PROVIDERS),
    ("cgroup out of sight", a2_cgroup_above_a_private_cgroup_namespace, "EAGAIN", ()),
    ("pid_max", a2_pid_max_of_a_namespace, "EAGAIN", ("bpf",)),
    ("pid_max above", pid_max_of_a_namespace_above, "EAGAIN", ("bpf",)),
    ("RLIMIT_NPROC", nproc, "EAGAIN", PROVIDERS),
    ("exempt", exempt_from_nproc, None, PROVIDERS),
    ("dead init", dead_init, "ENOMEM", PROVIDERS),
)


class Table(unittest.TestCase):
    def check(self, case, provider, error, must_know):
        status, document = why(case.operand, "--provider", provider, wrap=case.wrap)
        really = case.fork()
        self.assertEqual(really, error)
        if document["certain"]:
            self.assertEqual(document["errno"], really, document)
        else:
            self.assertIsNone(document["errno"])
            unknown = [limit for limit in document["limits"]
                       if limit["fork"] and (limit["used"] is None or limit["max"] is None
                                             or not limit["used_exact"])]
            self.assertNotEqual(unknown, [], document)
        self.assertEqual(status == 3, document["errno"] is not None)
        if provider in must_know:
            self.assertTrue(document["certain"], document)
        text = live.pidns("why", case.operand, "--provider", provider, wrap=case.wrap,
                          expect=None).out.decode()
        if error:
            self.assertNotIn("works", text)

    def test_table(self):
        providers = [name for name in PROVIDERS if name == "procfs" or live.bpf_way()]
        for name, case, error, must_know in TABLE:
            with self.subTest(name):
                try:
                    reached = case()
                    with reached as there:
                        for provider in providers:
                            with self.subTest(name, provider=provider):
                                self.check(there, provider, error, must_know)
                except unittest.SkipTest as reason:
                    print(f"{name}: {reason}")


class Unknown(unittest.TestCase):
    """Each file that a limit is read from, out of reach in turn: its row is there, without numbers."""

    def why_without(self, path, part, kind):
        script = f"mount --bind /dev/null {path} && exec \"$@\""
        wrap = ("unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh")
        status, document = why("--provider", "procfs", wrap=wrap)
        self.assertEqual((status, document["errno"], document["certain"]), (0, None, False), path)
        # Of threads those in sight are counted where the kernel's own count is covered.
        rows = [limit for limit in limits(document, kind, part)
                if limit["max"] is None or not limit["used_exact"]]
        self.assertEqual(len(rows), 1, document)
        return live.pidns("why", "--provider", "procfs", wrap=wrap).out.decode()

    def test_a2_files_that_are_not_the_kernels(self):
        for path, part, kind in (("/proc/sys/kernel/threads-max", "threads-max", "threads-max"),
                                 ("/proc/sys/kernel/pid_max", "pid_max", "pid-max"),
                                 ("/proc/loadavg", "threads-max", "threads-max")):
            text = self.why_without(path, part, kind)
            self.assertIn("no limit in sight is reached; 1 could not be seen", text)


if __name__ == "__main__":
    live.main()

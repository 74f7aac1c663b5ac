#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A limit is provoked, and fork(2), clone3(2) and unshare(2) are then really called by the process that
pidns why is asked about: what it says has to be what they did."""
import os
import pathlib
import signal
import unittest

import live
from reach import CLONE_NEWPID, CLONE_NEWUSER, UID, Program, kernel_release, limits, scratch_cgroup, \
    why, write

# Each gives the errno's name, or 0. What was made ends at once; unshare is called in a child where that
# can be had, as it changes the caller.
BODY = """
import struct, threading
def ended(pid):
    os.waitpid(pid, 0)
    return 0
def by_fork():
    try:
        pid = os.fork()
    except OSError as error:
        return errno.errorcode[error.errno]
    if not pid:
        os._exit(0)
    return ended(pid)
def clone3(flags=0, cgroup=0):
    args = struct.pack("=11Q", flags, 0, 0, 0, signal.SIGCHLD, 0, 0, 0, 0, 0, cgroup)
    pid = libc.syscall(435, args, len(args))
    if pid < 0:
        return errno.errorcode[ctypes.get_errno()]
    if not pid:
        os._exit(0)
    return ended(pid)
def by_thread():
    try:
        thread = threading.Thread(target=lambda: None)
        thread.start()
    except RuntimeError:
        return "EAGAIN"
    thread.join()
    return 0
def attempts(flags):
    # A thread cannot be born in another PID namespace than its process: EINVAL, whatever the limits.
    is_apart = os.readlink("/proc/self/ns/pid") != place()
    return by_fork(), clone3(), "-" if is_apart else by_thread(), clone3(flags)
def place():
    try:
        return os.readlink("/proc/self/ns/pid_for_children")
    except OSError:
        return None
say(os.getpid())
for line in sys.stdin:
    word, *rest = line.split()
    if word == "attempts":
        say(*attempts(int(rest[0])))
    elif word == "hold":
        say(*[fork() for _ in range(int(rest[0]))])
    elif word == "drop":
        pid = children.pop()
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        say("done")
    elif word == "unshare":
        say(unshare(int(rest[0])))
    elif word == "clone-into":
        say(clone3(0x200000000, os.open(rest[0], os.O_RDONLY | os.O_DIRECTORY)))
    elif word == "setns":
        fd = os.open(rest[0], os.O_RDONLY)
        say(libc.setns(fd, 0x20000000) and errno.errorcode[ctypes.get_errno()])
        os.close(fd)
    elif word == "write":
        open(rest[0], "w").write(rest[1])
        say("done")
    elif word == "below":
        answer = unshare(0x10000000)
        if not answer:
            for name, text in ("uid_map", "0 0 1"), ("setgroups", "deny"), ("gid_map", "0 0 1"):
                open(f"/proc/self/{name}", "w").write(text)
        say(answer)
    elif word == "user":
        os.setresgid(*[int(rest[0])] * 3)
        os.setresuid(*[int(rest[0])] * 3)
        libc.prctl(1, signal.SIGKILL)
        libc.prctl(4, 1)
        say("done")
"""
CLONE_NEWUTS = 0x04000000
INSIDE = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")


def setUpModule():
    live.need_root()
    live.need_tool("unshare", "prlimit")


def child_of(pid):
    path = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
    return live.wait_until(lambda: path.read_text().split(), "a child")[0]


class Provoked(unittest.TestCase):
    def compare(self, program, operand, flags=CLONE_NEWPID, certain=None):
        """What is said of fork, and of new namespaces where fork works."""
        status, document = why(operand)
        really = program.tell("attempts", flags)
        fork, by_clone3, thread, new = [None if word == "0" else word for word in really]
        self.assertEqual(by_clone3, fork, really)
        self.assertIn(thread, (fork, "-"), really)
        if certain is not False:
            self.assertEqual(document["errno"], fork, (really, document))
        # What is out of sight may refuse all the same: then that is said.
        self.assertTrue(document["errno"] == fork or not document["certain"], (really, document))
        self.assertEqual(status == 3, document["errno"] is not None)
        if fork is None:
            said = document["new_namespaces"]
            self.assertTrue(said["errno"] == new or (said["errno"] is None and not said["certain"]),
                            (really, document))
        return fork, new, document

    def test_cgroup(self):
        with scratch_cgroup(f"pidns-live-{os.getpid()}", "inner") as (outer, inner):
            write(f"{outer}/pids.max", 4)
            with Program(BODY) as program:
                pid = program.say()[0]
                write(f"{inner}/cgroup.procs", pid)
                self.assertEqual(self.compare(program, pid)[0], None)
                program.tell("hold", 3)
                fork, _, document = self.compare(program, pid)
                self.assertEqual((fork, document["limits"][0]["source"]),
                                 ("EAGAIN", f"{outer}/pids.max"))
                program.tell("drop")
                self.assertEqual(self.compare(program, pid)[0], None)

    def test_into_a_cgroup_that_is_full(self):
        """clone3(2) is bound by the cgroup that the child is put in; why is asked of a member."""
        with scratch_cgroup(f"pidns-live-{os.getpid()}") as (path,):
            write(f"{path}/pids.max", 1)
            with Program(BODY) as member, Program(BODY) as outside:
                pid = member.say()[0]
                outside.say()
                write(f"{path}/cgroup.procs", pid)
                really = outside.tell("clone-into", path)[0]
                if really in ("EBADF", "EINVAL"):
                    return  # the pids controller is not in the unified hierarchy
                self.assertEqual((really, why(pid)[1]["errno"]), ("EAGAIN", "EAGAIN"))

    def test_nproc(self):
        with Program(BODY, ("prlimit", "--nproc=4:4", "--")) as program:
            pid = program.say()[0]
            program.tell("user", UID)
            live.wait_until(lambda: limits(why(pid)[1], "nproc")[0]["used"] == 1, "this one alone")
            self.assertEqual(self.compare(program, pid, 0)[0], None)
            program.tell("hold", 3)
            fork, _, document = self.compare(program, pid, 0)
            self.assertEqual((fork, document["limits"][0]["kind"]), ("EAGAIN", "nproc"))
            program.tell("drop")
            self.assertEqual(self.compare(program, pid, 0)[0], None)

    def test_nproc_of_the_owner_above(self):
        """In a user namespace the limit of its maker binds, which nothing tells."""
        with Program(BODY, ("prlimit", "--nproc=4:4", "--")) as program:
            pid = program.say()[0]
            program.tell("user", UID)
            self.assertEqual(program.tell("unshare", CLONE_NEWUSER), ["0"])
            program.tell("hold", 8)
            fork, _, document = self.compare(program, pid, 0, certain=False)
            self.assertEqual(fork, "EAGAIN")
            self.assertTrue(document["errno"] or limits(document, "nproc", "when it made user:["))

    def test_pid_max_of_an_outer_namespace(self):
        """All numbers above are taken: below, where many are left, fork fails just so."""
        if kernel_release() < (6, 14):
            return  # pid_max is the machine's
        live.need_bpf()
        with Program(BODY, INSIDE) as outer:
            self.assertEqual(outer.say(), ["1"])
            outer_init = child_of(outer.process.pid)
            outer.tell("write", "/proc/sys/kernel/pid_max", 330)
            # Its children are the init of one below, and that one's members.
            self.assertEqual(outer.tell("unshare", CLONE_NEWPID), ["0"])
            outer.tell("hold", 3)
            inner_init = pathlib.Path(
                f"/proc/{outer_init}/task/{outer_init}/children").read_text().split()[0]
            self.assertEqual(self.compare(outer, outer_init, CLONE_NEWUTS)[0], None)
            outer.tell("hold", 400)
            fork, _, document = self.compare(outer, outer_init, CLONE_NEWUTS)
            self.assertEqual((fork, document["limits"][0]["kind"], document["limits"][0]["max"]),
                             ("EAGAIN", "pid-max", 330))
            self.assertEqual(why(f"@{inner_init}")[1]["errno"], "EAGAIN")

    def test_level(self):
        body = f"""
for level in range(32):
    if unshare({CLONE_NEWPID}):
        say("no")
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
        os._exit(0)
    libc.prctl(1, signal.SIGKILL)
say(os.readlink("/proc/self"), os.readlink("/proc/self/ns/pid"))
""" + BODY
        with Program(body) as program:
            _, link = program.say()
            program.say()
            fork, new, document = self.compare(program, link)
            self.assertEqual((fork, new, document["new_namespaces"]["kind"]),
                             (None, "ENOSPC", "level"))
            self.assertEqual(program.tell("unshare", CLONE_NEWPID), ["ENOSPC"])

    def test_user_level(self):
        with Program(BODY) as program:
            pid = program.say()[0]
            made = 0
            while program.tell("below") == ["0"]:
                made += 1
                self.assertLess(made, 40)
            fork, new, document = self.compare(program, pid, CLONE_NEWUSER)
            self.assertEqual((fork, new), (None, "ENOSPC"))
            self.assertEqual(document["new_namespaces"]["kind"], "user-level")

    def test_init_that_is_dead_or_unborn(self):
        with Program(BODY) as program:
            pid = program.say()[0]
            self.assertEqual(program.tell("unshare", CLONE_NEWPID), ["0"])
            # Unborn: the first process is welcome.
            status, document = why(pid)
            self.assertEqual((status, document["errno"]), (0, None))
            program.tell("hold", 1)
            self.assertEqual(self.compare(program, pid, CLONE_NEWUTS)[0], None)
            program.tell("drop")
            fork, _, document = self.compare(program, pid, CLONE_NEWUTS)
            self.assertEqual((fork, document["limits"][0]["kind"]), ("ENOMEM", "init"))

    def test_init_that_is_dying(self):
        """It waits for a zombie of its namespace that a parent outside does not reap."""
        with Program(BODY, INSIDE) as inside, Program(BODY) as outside:
            inside.say()
            outside_pid = outside.say()[0]
            init = child_of(inside.process.pid)
            self.assertEqual(outside.tell("setns", f"/proc/{init}/ns/pid"), ["0"])
            joined = int(outside.tell("hold", 1)[0])
            os.kill(joined, signal.SIGKILL)
            live.wait_until(lambda: pathlib.Path(f"/proc/{joined}/stat").read_text().rsplit(")", 1)[1]
                            .split()[0] == "Z", "a zombie")
            os.kill(int(init), signal.SIGKILL)
            live.wait_until(lambda: not os.path.exists(f"/proc/{init}/ns/pid") or
                            why(outside_pid)[0] == 3, "an end that begins")
            fork, _, document = self.compare(outside, outside_pid, CLONE_NEWUTS)
            self.assertEqual((fork, document["limits"][0]["kind"]), ("ENOMEM", "init"))
            outside.tell("drop")


if __name__ == "__main__":
    live.main()

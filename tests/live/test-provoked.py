#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A limit is provoked, and every call that bears a task (fork, clone, clone3, vfork, a thread) is then
really made by the process that pidns why is asked about: what it says has to be what they did. What
stops new namespaces is in test-new-namespaces.py."""
import os
import pathlib
import signal
import unittest

import live
from reach import CLONE_NEWPID, CLONE_NEWUSER, SERVE, UID, Program, child_of, children_of, \
    kernel_release, limits, scratch_cgroup, why, write

CLONE_NEWUTS = 0x04000000
INSIDE = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")


def setUpModule():
    live.need_root()
    live.need_tool("unshare", "prlimit")


class Provoked(unittest.TestCase):
    def compare(self, program, operand, flags=CLONE_NEWPID, certain=None):
        """What is said of fork, and of new namespaces where fork works."""
        status, document = why(operand)
        really = program.tell("bear")
        fork = None if really[0] == "0" else really[0]
        self.assertLessEqual(set(really), {really[0], "-"}, "one limit for all calls")
        if certain is not False:
            self.assertEqual(document["errno"], fork, (really, document))
        # What is out of sight may refuse all the same: then that is said.
        self.assertTrue(document["errno"] == fork or not document["certain"], (really, document))
        self.assertEqual(status == 3, document["errno"] is not None)
        if fork:
            return fork, None, document
        new = None if (word := program.tell("clone3", flags)[0]) == "0" else word
        said = document["new_namespaces"]
        self.assertTrue(said["errno"] == new or (said["errno"] is None and not said["certain"]),
                        (new, document))
        return fork, new, document

    def test_cgroup(self):
        with scratch_cgroup(f"pidns-live-{os.getpid()}", "inner") as (outer, inner):
            write(f"{outer}/pids.max", 4)
            with Program() as program:
                pid = program.say()[0]
                write(f"{inner}/cgroup.procs", pid)
                self.assertEqual(self.compare(program, pid)[0], None)
                program.tell("forks", 3)
                fork, _, document = self.compare(program, pid)
                self.assertEqual((fork, document["limits"][0]["source"]),
                                 ("EAGAIN", f"{outer}/pids.max"))
                program.tell("drop")
                self.assertEqual(self.compare(program, pid)[0], None)

    def test_into_a_cgroup_that_is_full(self):
        """clone3(2) is bound by the cgroup that the child is put in; why is asked of a member."""
        with scratch_cgroup(f"pidns-live-{os.getpid()}") as (path,):
            write(f"{path}/pids.max", 1)
            with Program() as member, Program() as outside:
                pid = member.say()[0]
                outside.say()
                write(f"{path}/cgroup.procs", pid)
                really = outside.tell("clone-into", path)[0]
                if really in ("EBADF", "EINVAL"):
                    return  # the pids controller is not in the unified hierarchy
                self.assertEqual((really, why(pid)[1]["errno"]), ("EAGAIN", "EAGAIN"))

    def test_nproc(self):
        with Program(wrap=("prlimit", "--nproc=4:4", "--")) as program:
            pid = program.say()[0]
            program.tell("become", UID)
            live.wait_until(lambda: limits(why(pid)[1], "nproc")[0]["used"] == 1, "this one alone")
            self.assertEqual(self.compare(program, pid, 0)[0], None)
            program.tell("forks", 3)
            fork, _, document = self.compare(program, pid, 0)
            self.assertEqual((fork, document["limits"][0]["kind"]), ("EAGAIN", "nproc"))
            program.tell("drop")
            self.assertEqual(self.compare(program, pid, 0)[0], None)

    def test_nproc_of_the_owner_above(self):
        """In a user namespace the limit of its maker binds, which nothing tells; also in one below,
        whose root it is, and whatever its own limit is raised to."""
        for depth in 1, 2, 3:
            with self.subTest(depth), \
                    Program(wrap=("prlimit", "--nproc=4:4", "--")) as program:
                pid = program.say()[0]
                program.tell("become", UID)
                for _ in range(depth):
                    self.assertEqual(program.tell("below"), ["0"])
                live.run(["prlimit", "--pid", pid, "--nproc=100:100"])
                program.tell("forks", 8)
                fork, _, document = self.compare(program, pid, 0, certain=False)
                self.assertEqual(fork, "EAGAIN")
                self.assertTrue(document["errno"] or limits(document, "nproc", "when it made user:["))

    def test_nproc_of_another_user_in_a_namespace(self):
        """Users are mapped there by root, whom no limit bound: each has a limit of its own."""
        with Program(wrap=("prlimit", "--nproc=4:4", "--")) as program:
            pid = program.say()[0]
            self.assertEqual(program.tell("unshare", CLONE_NEWUSER), ["0"])
            for map_of in "uid_map", "gid_map":
                write(f"/proc/{pid}/{map_of}", f"0 {UID} 2")
            program.tell("become", 1)
            self.assertEqual(self.compare(program, pid, 0)[0], None)
            program.tell("forks", 3)
            fork, _, document = self.compare(program, pid, 0)
            self.assertEqual((fork, document["limits"][0]["kind"]), ("EAGAIN", "nproc"))

    def test_nproc_of_root_in_a_namespace(self):
        """It stays root of the machine, and exempt."""
        with Program(wrap=("prlimit", "--nproc=4:4", "--")) as program:
            pid = program.say()[0]
            self.assertEqual(program.tell("below"), ["0"])
            program.tell("forks", 8)
            self.assertEqual(self.compare(program, pid, 0)[0], None)

    def test_threads_max(self):
        """Every program of the machine is refused meanwhile, so that a guest is needed."""
        if os.environ.get("PIDNS_EMULATED") != "1":
            return
        path = pathlib.Path("/proc/sys/kernel/threads-max")
        before = path.read_text(encoding="ascii")
        with Program() as program, Program() as asker:
            pid = program.say()[0]
            asker.say()
            self.assertEqual(self.compare(program, pid)[0], None)
            tasks = pathlib.Path("/proc/loadavg").read_text(encoding="ascii").split()[3]
            try:
                write(path, int(tasks.partition("/")[2]) + 5)
                program.tell("fill")
                really = program.tell("bear")
                print("exec", live.PIDNS, "why", "--json", pid, file=asker.process.stdin, flush=True)
                said = asker.end()
            finally:
                write(path, before)
            self.assertEqual(set(really), {"EAGAIN"})
            document = live.schema.load(said, ("why",))
            self.assertEqual((document["errno"], document["limits"][0]["kind"]),
                             ("EAGAIN", "threads-max"))

    def test_pid_max_of_an_outer_namespace(self):
        """All numbers above are taken: below, where many are left, fork fails just so."""
        if kernel_release() < (6, 14):
            return  # pid_max is the machine's
        live.need_bpf()
        with Program(wrap=INSIDE) as outer:
            self.assertEqual(outer.say(), ["1"])
            outer_init = child_of(outer.process.pid)
            outer.tell("write", "/proc/sys/kernel/pid_max", 330)
            # Its children are the init of one below, and that one's members.
            self.assertEqual(outer.tell("unshare", CLONE_NEWPID), ["0"])
            outer.tell("forks", 3)
            inner_init = children_of(outer_init)[0]
            self.assertEqual(self.compare(outer, outer_init, CLONE_NEWUTS)[0], None)
            outer.tell("fill")
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
""" + SERVE
        with Program(body) as program:
            _, link = program.say()
            program.say()
            fork, new, document = self.compare(program, link)
            self.assertEqual((fork, new, document["new_namespaces"]["kind"]),
                             (None, "ENOSPC", "level"))
            self.assertEqual(program.tell("unshare", CLONE_NEWPID), ["ENOSPC"])

    def test_user_level(self):
        with Program() as program:
            pid = program.say()[0]
            made = 0
            while program.tell("below") == ["0"]:
                made += 1
                self.assertLess(made, 40)
            fork, new, document = self.compare(program, pid, CLONE_NEWUSER)
            self.assertEqual((fork, new), (None, "ENOSPC"))
            self.assertEqual(document["new_namespaces"]["kind"], "user-level")

    def test_init_that_is_dead_or_unborn(self):
        with Program() as program:
            pid = program.say()[0]
            self.assertEqual(program.tell("unshare", CLONE_NEWPID), ["0"])
            # Unborn: the first process is welcome.
            status, document = why(pid)
            self.assertEqual((status, document["errno"]), (0, None))
            program.tell("forks", 1)
            self.assertEqual(self.compare(program, pid, CLONE_NEWUTS)[0], None)
            program.tell("drop")
            fork, _, document = self.compare(program, pid, CLONE_NEWUTS)
            self.assertEqual((fork, document["limits"][0]["kind"]), ("ENOMEM", "init"))

    def test_init_that_is_dying(self):
        """It waits for a zombie of its namespace that a parent outside does not reap."""
        with Program(wrap=INSIDE) as inside, Program() as outside:
            inside.say()
            outside_pid = outside.say()[0]
            init = child_of(inside.process.pid)
            self.assertEqual(outside.tell("setns", f"/proc/{init}/ns/pid"), ["0"])
            joined = int(outside.tell("forks", 1)[0])
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

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every limit that can make fork fail is reached for real: pidns why names it, with the error that
the kernel gives, before it is reached and after."""
import os
import signal
import subprocess
import sys
import unittest

import live
from reach import CLONE_NEWPID, CLONE_NEWUSER, PREAMBLE, SERVE, UID, Program, kernel_release, \
    child_of, limits, pid_ns, pids_hierarchy, scratch_cgroup, why, write


def setUpModule():
    live.need_root()
    live.need_tool("setpriv", "unshare", "prlimit", "nsenter")


class Cgroups(unittest.TestCase):
    def check_full(self, path, maximum, *operands):
        status, document = why(*operands)
        self.assertEqual((status, document["errno"]), (3, "EAGAIN"))
        nearest = document["limits"][0]
        self.assertEqual((nearest["kind"], nearest["source"]), ("cgroup-pids", f"{path}/pids.max"))
        self.assertEqual((nearest["used"], nearest["max"]), (maximum, maximum))
        return nearest

    def test_an_ancestor_is_the_nearest(self):
        with scratch_cgroup(f"pidns-live-{os.getpid()}", "inner") as (outer, inner):
            write(f"{outer}/pids.max", 10)
            write(f"{inner}/pids.max", 20)
            with Program(SERVE, ("unshare", "--pid", "--fork", "--kill-child")) as program:
                pid = program.process.pid
                write(f"{inner}/cgroup.procs", pid)
                program.say()
                # The fork of unshare(1) may have come before the move.
                child = child_of(pid)
                write(f"{inner}/cgroup.procs", child)
                status, document = why(child)
                self.assertEqual(status, 0)
                self.assertEqual([limit["max"] for limit in limits(document, "cgroup-pids", outer)],
                                 [10, 20])
                program.tell("fill")
                self.assertEqual(program.tell("fork"), ["EAGAIN"])
                nearest = self.check_full(outer, 10, child)
                self.assertIsNotNone(nearest["hits"])
                self.check_full(outer, 10, f"@{child}")
                write(f"{outer}/pids.max", 12)
                status, document = why(f"@{child}")
                self.assertEqual((status, document["errno"]), (1, None))
                self.assertIn("TasksMax", document["remedy"])
                write(f"{outer}/pids.max", "max")
                self.assertEqual(limits(why(child)[1], "cgroup-pids", f"{outer}/pids.max"), [])

    def test_of_any_member(self):
        """It need not be init's."""
        with scratch_cgroup(f"pidns-live-{os.getpid()}") as (path,):
            write(f"{path}/pids.max", 1)
            with Program(SERVE, ("unshare", "--pid", "--fork", "--kill-child")) as program:
                program.say()
                init = child_of(program.process.pid)
                program.tell("fork")
                member = child_of(init)
                write(f"{path}/cgroup.procs", member)
                self.check_full(path, 1, f"@{init}")
                self.check_full(path, 1, member)
                # A process is bound by its own cgroups alone.
                self.assertEqual(limits(why(init)[1], "cgroup-pids", path), [])

    def test_what_a_mount_shows(self):
        """Where only a part of the tree is mounted, or the reader's cgroup namespace ends."""
        with scratch_cgroup(f"pidns-live-{os.getpid()}", "inner") as (outer, inner):
            write(f"{inner}/pids.max", 50)
            write(f"{outer}/pids.max", 40)
            enter = f"echo $$ >{inner}/cgroup.procs && exec \"$@\""
            where, is_v2 = pids_hierarchy()
            kind = "cgroup2" if is_v2 else "cgroup -o pids"
            remount = (f"umount {where} && mount -t {kind} pids {where} "
                       "&& exec \"$@\"")
            status, document = why(wrap=("sh", "-c", enter, "sh"))
            self.assertEqual([limit["max"] for limit in limits(document, "cgroup-pids")], [40, 50])
            # In a cgroup namespace of its own it sees itself as the root.
            status, document = why(wrap=("sh", "-c", enter, "sh", "unshare", "--cgroup", "--mount",
                                         "--propagation", "private", "sh", "-c", remount, "sh"))
            known = [limit for limit in limits(document, "cgroup-pids") if limit["max"]]
            self.assertEqual([limit["max"] for limit in known], [50])
            self.assertEqual(len(limits(document, "cgroup-pids", "out of sight")), 1)
            # The old mount shows what is above the namespace's root; paths do not say where.
            status, document = why(wrap=("sh", "-c", enter, "sh", "unshare", "--cgroup"))
            self.assertEqual(status, 0)
            for limit in limits(document, "cgroup-pids"):
                self.assertIn(limit["max"], (None, 40, 50))
            # Bind-mounted as engines do: only the task's own is there.
            bind = f"mount --bind {inner} {where} && exec \"$@\""
            status, document = why(wrap=("sh", "-c", enter, "sh", "unshare", "--mount",
                                         "--propagation", "private", "sh", "-c", bind, "sh"))
            known = [limit for limit in limits(document, "cgroup-pids") if limit["max"]]
            self.assertIn(50, [limit["max"] for limit in known])


class Numbers(unittest.TestCase):
    def test_pid_max_of_a_child(self):
        """From inside it can be read and is reached; from outside it is not known, nor guessed."""
        live.need_kernel((6, 14), "pid_max is the machine's")
        body = """
open("/proc/sys/kernel/pid_max", "w").write("400")
say(os.getpid())
serve()
"""
        with Program(body, ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")) as program:
            self.assertEqual(program.say(), ["1"])
            init = child_of(program.process.pid)
            inside = ("nsenter", "--target", init, "--pid", "--mount", "--")
            status, document = why(f"@{init}", "--provider", "procfs")
            outside = limits(document, "pid-max", f"pid:[{pid_ns(init)}]")
            self.assertEqual([limit["max"] for limit in outside], [None])
            self.assertEqual(len(limits(document, "pid-max", "/proc/sys/kernel/pid_max")), 1)
            status, document = why(wrap=inside)
            own = limits(document, "pid-max", "/proc/sys/kernel/pid_max")
            self.assertEqual([limit["max"] for limit in own], [400])
            self.assertEqual(len(limits(document, "pid-max", "out of sight")), 1)
            # Numbers are left for one who comes in: nsenter itself and pidns need some.
            for _ in range(390):
                program.tell("fork")
            status, document = why("1", wrap=inside)
            self.assertEqual(status, 1)
            self.assertEqual(document["limits"][0]["kind"], "pid-max")
            program.tell("fill")
            self.assertEqual(program.tell("fork"), ["EAGAIN"])
            # No process can come in any more, but the numbers are told from outside.
            status, document = why(f"@{init}", "--provider", "procfs")
            self.assertEqual(limits(document, "pid-max", "pid:[")[0]["used"], 399)

    def test_of_the_caller(self):
        """Also where /proc is of a namespace above, and numbers the caller otherwise."""
        for wrap in ((), live.STATUS_WAY, ("unshare", "--pid", "--fork", "--kill-child",
                                           "--mount-proc")):
            script = "stat -Lc %i /proc/self/ns/pid >&2; exec \"$@\""
            answer = live.pidns("why", "--json", wrap=(*wrap, "sh", "-c", script, "sh"), expect=None)
            document = live.schema.load(answer.out, ("why",))
            self.assertEqual(document["ns"], int(answer.err.splitlines()[0]), wrap)
            hidden = limits(document, "pid-max", "out of sight")
            self.assertEqual(len(hidden), 1 if "--mount-proc" in wrap else 0, wrap)
            own = limits(document, "pid-max", "/proc/sys/kernel/pid_max")
            self.assertEqual([limit["max"] is None for limit in own], [False], wrap)

    def test_a2_of_another_where_the_kernel_has_another_name(self):
        """Each has its own, also where personality(2) lets the kernel call itself an old one."""
        live.need_kernel((6, 14), "pid_max is the machine's")
        live.need_tool("setarch")
        body = 'open("/proc/sys/kernel/pid_max", "w").write("400")\n' + SERVE
        with Program(body, ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")) as program:
            program.say()
            operand = f"@{child_of(program.process.pid)}"
            _, document = why(operand, *live.PROCFS, wrap=("setarch", "--uname-2.6"))
            own, = limits(document, "pid-max", "pid:[")
            self.assertEqual((own["max"], document["certain"]), (None, False))

    def test_numbers_below_300_come_once(self):
        """After the first round only 100 of 400 numbers are given out: that is full as well."""
        live.need_kernel((6, 14), "pid_max is the machine's")
        body = """
open("/proc/sys/kernel/pid_max", "w").write("400")
for _ in range(500):
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)
say(os.getpid())
for line in sys.stdin:
    say(fill(), fork())
    pid = children.pop()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    # The last number: a program that counts what is left, without a fork.
    os.execv(sys.argv[1], ["pidns", "why", "--json", "1"])
"""
        source = PREAMBLE + body
        done = subprocess.run(
            ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", sys.executable, "-B",
             "-c", source, live.PIDNS], input="go\n", capture_output=True, text=True,
            timeout=live.DEADLINE, check=False)
        number, full, rest = done.stdout.split("\n", 2)
        self.assertEqual((number, full), ("1", "100 EAGAIN"), done.stderr)
        document = live.schema.load(rest, ("why",))
        own = limits(document, "pid-max", "/proc/sys/kernel/pid_max")[0]
        self.assertEqual((own["max"], own["used"]), (400, 398))
        self.assertEqual(done.returncode, 1)

    def test_no_init(self):
        with Program("""
say(unshare(0x20000000))
pid = os.fork()
if not pid:
    signal.pause()
say(pid)
sys.stdin.readline()
os.kill(pid, signal.SIGKILL)
os.waitpid(pid, 0)
say(fork())
sys.stdin.readline()
""") as program:
            self.assertEqual(program.say(), ["0"])
            init = int(program.say()[0])
            ino = pid_ns(init)
            status, document = why(f"@{init}")
            self.assertEqual((status, document["errno"], limits(document, "init")), (0, None, []))
            self.assertEqual(program.tell("kill"), ["ENOMEM"])
            for operand in (program.process.pid, f"pid:[{ino}]"):
                status, document = why(str(operand))
                self.assertEqual((status, document["errno"]), (3, "ENOMEM"), operand)
                self.assertEqual(document["ns"], ino)
                self.assertEqual(document["limits"][0]["kind"], "init")
                self.assertIn("another namespace", document["remedy"])

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
say(os.readlink("/proc/self/ns/pid"), unshare({CLONE_NEWPID}))
sys.stdin.readline()
"""
        with Program(body) as program:
            link, error = program.say()
            levels = {ns["ino"]: ns["level"] for ns in live.listed()[0].values()}
            if error == "0":
                raise AssertionError("a namespace at level 33")
            self.assertEqual(error, "ENOSPC")
            ino = int(link[5:-1])
            self.assertEqual(levels[ino], 32)
            status, document = why(link)
            self.assertEqual((status, document["errno"]), (1, None))
            deepest = limits(document, "level")[0]
            self.assertEqual((deepest["used"], deepest["max"], deepest["errno"], deepest["fork"]),
                             (32, 32, "ENOSPC", False))


class Users(unittest.TestCase):
    def test_nproc(self):
        """Counted for the user, in whatever PID namespace; root and its like are exempt."""
        body = f"""
os.setresgid({UID}, {UID}, {UID})
os.setresuid({UID}, {UID}, {UID})
libc.prctl(1, signal.SIGKILL)
libc.prctl(4, 1)  # dumpable again, so that its namespaces can be read
say(os.getpid())
serve()
"""
        wrap = ("prlimit", "--nproc=5:5", "--")
        with Program(body, wrap) as program, \
                Program(body, ("unshare", "--pid", "--fork", "--kill-child", *wrap)) as other:
            pid = program.say()[0]
            other.say()
            # Whatever another test had of the user may still be going.
            own = live.wait_until(lambda: next((limit for limit in limits(why(pid)[1], "nproc")
                                                if limit["used"] == 2), None), "these two alone")
            self.assertEqual((own["max"], own["errno"]), (5, "EAGAIN"))
            self.assertIn(f"uid {UID}", own["source"])
            self.assertEqual(why(pid)[0], 0)
            program.tell("fork")
            other.tell("fork")
            status, document = why(pid)
            self.assertEqual((status, document["errno"]), (1, None))
            other.tell("fork")
            self.assertEqual(program.tell("fork"), ["EAGAIN"])
            status, document = why(pid)
            self.assertEqual((status, document["errno"]), (3, "EAGAIN"))
            self.assertEqual(document["limits"][0]["kind"], "nproc")
            self.assertEqual((document["limits"][0]["used"], document["limits"][0]["max"]), (5, 5))
            init = child_of(other.process.pid)
            self.assertEqual(why(f"@{init}")[0], 3)

    def test_what_is_hidden_is_not_counted(self):
        """Of tasks that the reader may not see none are used, and none are left: that is not known."""
        if not live.nobody_can_run_it():
            self.skipTest("no ordinary user can run it")
        kinds = ("pid-max", "nproc", "threads-max")

        def known(wrap):
            document = why(wrap=wrap)[1]
            return [limits(document, kind)[0]["used"] is not None for kind in kinds]

        def is_exact(wrap):
            return limits(why(wrap=wrap)[1], "pid-namespaces")[0]["used_exact"]

        with Program(SERVE, ("unshare", "--pid", "--fork", "--kill-child")) as program:
            program.say()
            self.assertEqual(known(live.as_nobody()), [True, True, True])
            self.assertEqual(known(live.with_procfs("hidepid=2", *live.as_nobody())),
                             [False, False, True])
            # What is seen of namespaces is so many at least.
            self.assertFalse(is_exact(live.as_nobody()))

    def test_exempt(self):
        with Program(SERVE, ("prlimit", "--nproc=1:1", "--")) as program:
            pid = program.say()[0]
            self.assertTrue(program.tell("fork")[0].isdigit())
            status, document = why(pid)
            own = limits(document, "nproc")[0]
            self.assertEqual((status, own["max"]), (0, None))
            self.assertIn("exempt", own["source"])

    def test_a_user_namespace_counts_for_itself(self):
        """Since 5.14 the same user has another account in each."""
        body = f"""
os.setresgid({UID}, {UID}, {UID})
os.setresuid({UID}, {UID}, {UID})
libc.prctl(1, signal.SIGKILL)
libc.prctl(4, 1)
for line in sys.stdin:
    say(unshare({CLONE_NEWUSER}) if line == "new\\n" else os.getpid() if line == "pid\\n"
        else fork())
"""
        wrap = ("prlimit", "--nproc=50:50", "--")
        with Program(body, wrap) as outside, Program(body, wrap) as inside:
            pid = outside.tell("pid")[0]
            self.assertEqual(inside.tell("new"), ["0"])
            inside.tell("fork")
            # The owner of the namespace is charged for those in it; those of another test go.
            live.wait_until(lambda: limits(why(pid)[1], "nproc")[0]["used"] == 3, "three tasks")
            document = why(inside.tell("pid")[0])[1]
            own = [limit for limit in limits(document, "nproc") if limit["max"] == 50]
            if kernel_release() < (5, 14):
                self.assertEqual([limit["used"] for limit in own], [3])
                return
            self.assertEqual([limit["used"] for limit in own], [2])
            # What bound the owner when the namespace was made binds it still, and is not told.
            above = limits(document, "nproc", "when it made user:[")
            self.assertEqual([(limit["used"], limit["max"]) for limit in above], [(3, None)])

    def test_max_pid_namespaces(self):
        """Inside a user namespace that allows two."""
        body = """
open("/proc/sys/user/max_pid_namespaces", "w").write("2")
def grow():
    pid = os.fork()
    if pid:
        return pid
    libc.prctl(1, signal.SIGKILL)
    if libc.unshare(0x20000000) or os.fork():
        signal.pause()
    libc.prctl(1, signal.SIGKILL)
    signal.pause()
for line in sys.stdin:
    if line == "grow\\n":
        children.append(grow())
        say(children[-1])
    elif line == "unshare\\n":
        say(unshare(0x20000000))
    else:
        done = __import__("subprocess").run([sys.argv[1], "why", "--json"], capture_output=True)
        say(done.returncode, done.stdout.decode().replace("\\n", " "))
"""
        source = PREAMBLE + body
        command = ["unshare", "--user", "--map-root-user", sys.executable, "-B", "-c", source,
                   live.PIDNS]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                              bufsize=1) as process:
            def tell(word):
                print(word, file=process.stdin, flush=True)
                return process.stdout.readline().rstrip("\n").split(" ", 1)

            def used():
                status, document = tell("why")
                own = limits(live.schema.load(document, ("why",)), "pid-namespaces", "/proc/sys")[0]
                return int(status), own["used"], own["max"]

            self.assertEqual(used(), (0, 0, 2))
            grown = [int(tell("grow")[0]) for _ in range(2)]
            live.wait_until(lambda: used()[1] == 2, "both are there")
            self.assertEqual(used(), (1, 2, 2))
            self.assertEqual(tell("unshare"), ["ENOSPC"])
            # From outside its maximum is not known, nor guessed.
            status, document = why(f"@{grown[0]}")
            for pid in grown:
                os.kill(pid, signal.SIGKILL)
            process.stdin.close()


if __name__ == "__main__":
    live.main()

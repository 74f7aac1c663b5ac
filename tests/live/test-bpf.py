#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The provider "bpf": namespaces without a task, what it leaves behind, and that many runs make one
snapshot. Who gets it is in test-choice.py."""
import contextlib
import ctypes
import itertools
import os
import signal
import struct
import subprocess
import unittest

import live
import reach

PLAN = (
    "--ns", "name=live,tasks=2",
    "--ns", "name=fd,depth=2,end=fd",
    "--ns", "name=bind,end=bind",
    "--ns", "name=pin,depth=2,end=pinned",
    "--ns", "name=pidfd,end=pidfd",
    "--ns", "name=proc,end=procfs",
    "--ns", "name=zini,tasks=2,depth=2,end=zombie",
    "--unborn", "2",
)
# By what a task of its own leads there, on any kernel.
REACHED = {"pin-0.0": "dead", "pin-0.1": "dead", "unborn-0.0": "unborn", "unborn-1.0": "unborn"}
NAMELESS = {"unborn-0.0", "unborn-1.0"}  # before Linux 6.11
# Only in the kernel's list of namespaces, Linux 6.18.
LISTED = {"fd-0.0": "dead", "fd-0.1": "dead", "bind-0.0": "dead", "pidfd-0.0": "dead",
          "proc-0.0": "dead"}

BPF_PROG_GET_NEXT_ID, BPF_MAP_GET_NEXT_ID = 11, 12
BPF_PROG_TYPE_SYSCALL = 31
libc = ctypes.CDLL(None, use_errno=True)


def setUpModule():
    live.need_root()
    live.need_tool("unshare", "setpriv", "nsenter", "mount")
    live.need_bpf()



class Hidden(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.forest = live.Forest(*PLAN)
        cls.enterClassContext(cls.forest)

    def check(self, found, names):
        for name, state in names.items():
            with self.subTest(name):
                ns = self.forest.by_name[name]
                if not ns["ino"]:  # the builder of an unborn one cannot tell which it is
                    self.assertIn(name, NAMELESS)
                    continue
                got = found[ns["ino"]]
                self.assertEqual((got["state"], got["parent"], got["depth"]),
                                 (state, ns["parent"], ns["depth"]))
                self.assertEqual((got["reaper"], got["pids_used"], got["processes"]),
                                 (None, 0, 0))
                self.assertIs(got["pids_used_exact"], True)

    def test_all_that_can_be_reached(self):
        found, document = live.listed(*live.BPF)
        self.check(found, REACHED)
        self.assertGreaterEqual(len(unborn_of(found)), 2)
        unseen = set(document["cannot_see"])
        if unseen:
            self.assertEqual(unseen, {"fd", "bind", "pidfd", "procfs-mount"})
        else:
            self.assertIs(document["complete"], True)
            self.check(found, LISTED)

    def test_all_finds_what_files_and_mounts_keep(self):
        """Also before Linux 6.18, where the kernel has no list of namespaces: /proc is looked through."""
        found, document = live.listed(*live.BPF, "--all")
        for name in (*REACHED, "fd-0.0", "fd-0.1", "bind-0.0"):
            with self.subTest(name):
                ns = self.forest.by_name[name]
                if not ns["ino"]:
                    self.assertIn(name, NAMELESS)
                    continue
                got = found[ns["ino"]]
                self.assertEqual((got["state"], got["reaper"], got["processes"]),
                                 (REACHED.get(name, "dead"), None, 0))
                # Of a mount in another mount namespace there is but its inode.
                if got["parent"] or name != "bind-0.0":
                    self.assertEqual((got["parent"], got["depth"]), (ns["parent"], ns["depth"]))
        self.assertFalse({"fd", "bind", "unborn"} & set(document["cannot_see"]))
        inos = [ns["ino"] for ns in live.ask("list", *live.BPF, "--all")["namespaces"]]
        self.assertEqual(len(inos), len(set(inos)))

    def test_none_but_those_there_are(self):
        """Each namespace that procfs finds, too, and no planted one twice."""
        document = live.ask("list", *live.BPF)
        inos = [ns["ino"] for ns in document["namespaces"]]
        self.assertEqual(len(inos), len(set(inos)))
        theirs, _ = live.listed("--provider", "procfs", "--all")
        planted = {ns["ino"] for ns in self.forest.planted}
        if document["cannot_see"]:
            planted -= {self.forest.ino(name) for name in LISTED}
        self.assertLessEqual(set(theirs) & planted, set(inos))

    def test_zombie_init(self):
        found, _ = live.listed(*live.BPF)
        ns = self.forest.by_name["zini-0.0"]
        got = found[ns["ino"]]
        self.assertEqual((got["state"], got["reaper"], got["pids_used"], got["zombies"]),
                         ("zombie-init", ns["init"], 1, 1))

    def test_show_and_tree(self):
        found, _ = live.listed(*live.BPF)
        ino = self.forest.ino("unborn-0.0") or unborn_of(found)[0]
        shown = live.ask("show", *live.BPF, str(ino))["namespace"]
        self.assertEqual((shown["state"], shown["pidmap"]), ("unborn", []))
        answer = live.pidns("tree", *live.BPF)
        self.assertIn(str(ino).encode(), answer.out)

    def test_chosen_tasks(self):
        """A few by number: their numbers, and of threads the process."""
        for task in self.forest.members(self.forest.by_name["live-0.0"]):
            mapping, = live.ask("map", *live.BPF, str(task["pid"]))["mappings"]
            self.assertEqual([level["vpid"] for level in mapping["levels"]], task["vpids"])
        answer = live.pidns("map", *live.BPF, "4194303", expect=1)
        self.assertEqual(answer.out.strip(), b"-")


@contextlib.contextmanager
def on_processor(cpu):
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {cpu})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Born(unittest.TestCase):
    """Each processor takes cookies from a heap of its own: what is born later may have a lower one
    than the namespace it was born in, and stand before it in the kernel's list."""
    plan = ("--ns", "name=fd,depth=2,end=fd", "--ns", "name=pidfd,end=pidfd")

    def check(self, way=()):
        with live.Forest(*self.plan, wrap=way) as forest:
            found, document = live.listed(*live.BPF, wrap=way)
            if not document["cannot_see"]:
                self.assertLessEqual({ns["ino"] for ns in forest.planted}, set(found))
            for ns in found.values():
                self.assertEqual(ns["parent"] is None, ns["depth"] == 0)

    def test_on_each_processor(self):
        for cpu in os.sched_getaffinity(0):
            with self.subTest(cpu), on_processor(cpu):
                self.check()

    def test_on_each_processor_inside(self):
        for outer, inner in itertools.product(os.sched_getaffinity(0), repeat=2):
            with self.subTest(outer=outer, inner=inner), on_processor(outer):
                with live.Forest("--ns", "name=home") as home, on_processor(inner):
                    init = home.by_name["home-0.0"]["init"]
                    self.check(("nsenter", "--target", str(init), "--pid", "--", *live.with_procfs(
                        "rw")))


def unborn_of(found):
    return [ino for ino, ns in found.items() if ns["state"] == "unborn"]


def ids_now(command):
    """The ids of all programs, or maps, in the kernel."""
    found, attr = set(), ctypes.create_string_buffer(128)
    last = 0
    while True:
        struct.pack_into("=II", attr, 0, last, 0)
        if libc.syscall(live.SYS_BPF, command, attr, 128) < 0:
            return found
        last = struct.unpack_from("=II", attr)[1]
        found.add(last)


def kept_now():
    return {("prog", i) for i in ids_now(BPF_PROG_GET_NEXT_ID)} | \
        {("map", i) for i in ids_now(BPF_MAP_GET_NEXT_ID)}


def kept_by(pid):
    """The programs and maps that it holds, what loads the others apart. A link names its program,
    too, but no type."""
    found = set()
    for name in os.listdir(f"/proc/{pid}/fdinfo"):
        try:
            with open(f"/proc/{pid}/fdinfo/{name}", encoding="ascii") as info:
                told = dict(line.split(":", 1) for line in info if ":" in line)
        except OSError:
            continue
        if "map_id" in told:
            found.add(("map", int(told["map_id"])))
        elif "prog_type" in told and int(told["prog_type"]) != BPF_PROG_TYPE_SYSCALL:
            found.add(("prog", int(told["prog_id"])))
    return found


@unittest.skipUnless(live.SYS_BPF, "the number of bpf(2) is not known here")
class Leftovers(unittest.TestCase):
    def check_ended_by(self, number):
        command = [live.PIDNS, "watch", *live.BPF, "--interval", "0.05"]
        watcher = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            kept = live.wait_until(lambda: self.all_of(watcher.pid), "programs and maps")
        finally:
            watcher.send_signal(number)
            watcher.wait()
        live.wait_until(lambda: not kept & kept_now(), "programs and maps to go")

    def all_of(self, pid):
        """At least its three programs, the shared buffer and the scratch; None until they are there."""
        kept = kept_by(pid) & kept_now()
        kinds = [kind for kind, _ in kept]
        return kept if kinds.count("prog") >= 3 and kinds.count("map") >= 2 else None

    def test_killed(self):
        self.check_ended_by(signal.SIGKILL)

    def test_interrupted(self):
        self.check_ended_by(signal.SIGINT)

    def test_that_they_would_be_noticed(self):
        """Else the others prove nothing."""
        command = [live.PIDNS, "watch", *live.BPF, "--interval", "0.05"]
        before = kept_now()
        watcher = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            kept = live.wait_until(lambda: self.all_of(watcher.pid), "programs and maps")
            self.assertFalse(kept & before)
        finally:
            watcher.kill()
            watcher.wait()


class ManyRuns(unittest.TestCase):
    """More than one run can report: no task twice, none left out, whatever comes and goes beside."""

    def test_each_exactly_once(self):
        with live.Forest("--ns", "name=many,count=300,tasks=12,shared=1",
                         "--ns", "name=beside,count=2,restless=churn,period=1000") as forest:
            crowd = {ns["ino"] for ns in forest.planted if ns["name"].startswith("many")}
            wanted = {t["pid"]: t["vpids"] for t in forest.tasks if t["ns"] in crowd}
            self.assertEqual(len(wanted), 3600)
            for columns in ("pid,tid,ns,vpids", "pid,tid,ns,vpids,comm,state,uid,cpu_ns"):
                for _ in live.rounds(8):
                    document = live.pidns("ps", "--json", *live.BPF, "-o", columns).json
                    rows = [t for t in document["tasks"] if t["ns"] in crowd]
                    self.assertEqual({t["pid"]: t["vpids"] for t in rows}, wanted)
                    self.assertEqual(len(rows), len(wanted))


class Held(unittest.TestCase):
    """What a process holds is found by a program, not by its links."""

    def pins(self, ino, pid):
        pins = live.ask("show", str(ino), *live.BPF)["namespace"]["pins"]
        return [(pin["kind"], pin.get("fd"), pin["count"]) for pin in pins if pin.get("pid") == pid]

    def test_many_and_high_descriptors(self):
        with reach.Program("""
libc.setrlimit(7, (ctypes.c_ulong * 2)(4096, 4096))  # RLIMIT_NOFILE; a guest has no module for it
fd = os.open("/proc/self/ns/pid", os.O_RDONLY)
os.dup2(fd, 3000)
os.close(fd)
for number in range(1000, 1700):
    os.dup2(3000, number)
say(os.getpid())
sys.stdin.readline()
""") as program:
            pid = int(program.say()[0])
            ino = os.stat(f"/proc/{pid}/ns/pid").st_ino
            self.assertIn(("fd", 1000, 701), self.pins(ino, pid))

    def test_each_holder_is_named(self):
        with contextlib.ExitStack() as stack:
            program = stack.enter_context(reach.Program("""
say(unshare(0x20000000))
pid = os.fork()
if not pid:
    signal.pause()
held = os.open(f"/proc/{pid}/ns/pid", os.O_RDONLY)
say(os.fstat(held).st_ino)
os.set_inheritable(held, True)
os.kill(pid, signal.SIGKILL)
os.waitpid(pid, 0)
say(held)
sys.stdin.readline()
"""))
            program.say()
            ino, held = program.say()[0], program.say()[0]
            others = [stack.enter_context(open(f"/proc/{program.process.pid}/fd/{held}", "rb"))]
            text = live.pidns("doctor", "--verbose", *live.BPF, expect=1).out.decode()
            lines = text[text.index(f" {ino}: "):].splitlines()
            self.assertRegex(lines[1], r"\Apinned_by +(for-children|fd) ")
            pids = {word for line in lines[1:4] for word in line.split()}
            self.assertLessEqual({str(program.process.pid), str(os.getpid())}, pids, lines)
            others.clear()

    def test_a_pidfd_and_one_of_the_dead(self):
        with reach.Program("""
kept = fork()
os.dup2(os.pidfd_open(kept), 70)
gone = fork()
os.dup2(os.pidfd_open(gone), 71)
os.kill(gone, signal.SIGKILL)
os.waitpid(gone, 0)
say(os.getpid())
sys.stdin.readline()
""") as program:
            pid = int(program.say()[0])
            ino = os.stat(f"/proc/{pid}/ns/pid").st_ino
            found = [pin for pin in self.pins(ino, pid) if pin[0] == "pidfd"]
            self.assertEqual(sum(pin[2] for pin in found), 2, found)


if __name__ == "__main__":
    live.main()

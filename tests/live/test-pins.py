#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What keeps a namespace alive, who leaves zombies, and what the doctor says of both."""
import os
import subprocess
import sys
import unittest

import live

PLAN = (
    "--ns", "name=live,tasks=3,zombies=2",
    "--ns", "name=fd,depth=2,end=fd",
    "--ns", "name=bind,end=bind",
    "--ns", "name=pin,depth=2,end=pinned",
    "--ns", "name=zini,tasks=2,depth=2,end=zombie",
    "--unborn", "1",
)
PYTHON = sys.executable

# An init with one zombie; what it does about SIGCHLD is told by the first argument.
LEAVES_ONE = """
import os, signal, sys
if sys.argv[1] == "handled":
    signal.signal(signal.SIGCHLD, lambda *_: None)
if os.fork() == 0:
    os._exit(0)
os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
if sys.argv[1] == "ignored":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("ready", flush=True)
sys.stdin.read()
"""

# An init that inherits an orphan of another process: who joined a namespace, and has lost its parent.
ORPHANS = """
import os, subprocess, sys, time
def children(pid):
    return open(f"/proc/{pid}/task/{pid}/children").read().split()
def child_of(process):
    end = time.monotonic() + 60
    while time.monotonic() < end and not children(process.pid):
        time.sleep(0.01)
    return children(process.pid)[0]
inner = subprocess.Popen(["unshare", "-pf", "sleep", "1000"])
init = child_of(inner)
joiner = subprocess.Popen(["nsenter", "-t", init, "-p", "sh", "-c", "sleep 1000; :"])
orphan = child_of(joiner)
joiner.kill()
joiner.wait()
print(orphan, flush=True)
sys.exit(subprocess.run([sys.argv[1], "doctor", "--json"]).returncode)
"""


def setUpModule():
    global forest
    live.need_root()
    live.need_tool("unshare", "nsenter", "prlimit")
    forest = live.Forest(*PLAN)
    unittest.enterModuleContext(forest)


def pins_of(name, wrap=()):
    shown = live.ask("show", "--all", str(forest.ino(name)), wrap=wrap)
    return shown["namespace"]["pins"]


def kinds(pins):
    return [pin["kind"] for pin in pins]


def one(pins, kind):
    found = [pin for pin in pins if pin["kind"] == kind]
    if len(found) != 1:
        raise AssertionError(f"{kind}: {found}")
    return found[0]


class Pins(unittest.TestCase):
    """Six of the ways to keep a namespace; netlink sees the others too, in a guest."""

    def holder(self, name):
        return forest.by_name[name]["holder"]

    def test_tasks_and_zombies(self):
        ns = forest.by_name["live-0.0"]
        pins = pins_of("live-0.0")
        task, zombie = one(pins, "task"), one(pins, "zombie")
        self.assertEqual((task["pid"], task["count"]), (ns["init"], 3))
        members = {t["pid"] for t in forest.members(ns) if t["state"] == "Z"}
        self.assertIn(zombie["pid"], members)
        self.assertEqual((zombie["parent"], zombie["count"]), (ns["init"], 2))
        self.assertNotIn("unseen", kinds(pins))

    def test_zombie_init(self):
        ns = forest.by_name["zini-0.0"]
        zombie = one(pins_of("zini-0.0"), "zombie")
        self.assertEqual((zombie["pid"], zombie["parent"]), (ns["init"], forest.process.pid))

    def test_open_file(self):
        """Another process that looks at namespaces at this moment may have it open, too, and closes it."""
        holder = self.holder("fd-0.1")
        pin, = [pin for pin in pins_of("fd-0.1") if pin["kind"] == "fd" and pin["pid"] == holder]
        self.assertEqual(os.readlink(f"/proc/{pin['pid']}/fd/{pin['fd']}"),
                         f"pid:[{forest.ino('fd-0.1')}]")

    def test_child_only(self):
        pin = one(pins_of("fd-0.0"), "descendant")
        self.assertEqual((pin["ns"], pin["count"]), (forest.ino("fd-0.1"), 1))

    def test_for_children(self):
        self.assertEqual(one(pins_of("pin-0.1"), "for-children")["pid"], self.holder("pin-0.1"))

    def test_bind_mount(self):
        found, _ = live.listed("--all")
        inside = ()
        if forest.ino("bind-0.0") not in found:
            inside = ("nsenter", "--target", str(self.holder("bind-0.0")), "--mount", "--")
        pin = one(pins_of("bind-0.0", wrap=inside), "bind")
        # None: it is in the mount namespace of pidns itself.
        seen_by = pin["pid"] or (self.holder("bind-0.0") if inside else "self")
        with open(f"/proc/{seen_by}/mountinfo", encoding="utf-8") as mounts:
            self.assertTrue(any(f" pid:[{forest.ino('bind-0.0')}] {pin['path']} " in line
                                for line in mounts))

    def test_unborn(self):
        found, _ = live.listed("--all")
        if forest.ino("unborn-0.0") not in found:
            live.need_kernel((6, 11), "the builder cannot tell which it is")
        self.assertEqual(one(pins_of("unborn-0.0"), "for-children")["pid"],
                         self.holder("unborn-0.0"))

    def test_own_procfs(self):
        """The reader's own /proc is known to be of its namespace, also mounted elsewhere."""
        inside = ("unshare", "--mount", "--propagation", "private", "--pid", "--fork",
                  "--kill-child", "--mount-proc", "--")
        namespaces, _ = live.listed(wrap=inside)
        self.assertEqual(len(namespaces), 1)
        shown = live.ask("show", "@1", wrap=inside)["namespace"]
        self.assertEqual(one(shown["pins"], "procfs-mount")["path"], "/proc")
        self.assertIsNone(one(shown["pins"], "procfs-mount")["pid"])
        text = live.pidns("show", "@1", wrap=inside).out.decode()
        self.assertRegex(text, r"\n +procfs-mount   /proc\n")
        self.assertEqual(kinds(shown["pins"])[0], "task")

    def test_procfs_of_another(self):
        """One that is mounted where the reader is, is looked into."""
        with live.temporary_directory() as directory:
            script = ("unshare --pid --fork --kill-child sh -c 'mount -t proc proc \"$0\" && "
                      "exec sleep 1000' \"$1\" & until grep -q \" $1 proc \" /proc/mounts; "
                      "do sleep 0.01; done; \"$0\" list --json -o ino,pins; kill -9 $!")
            answer = live.run(("unshare", "--mount", "--propagation", "private", "sh", "-c", script,
                               live.PIDNS, directory))
            pins = [ns["pins"] for ns in answer.json["namespaces"]
                    if any(pin["path"] == directory for pin in ns["pins"])]
            self.assertEqual(len(pins), 1)
            self.assertEqual(kinds(pins[0])[0], "task")
            self.assertEqual(one(pins[0], "procfs-mount")["count"], 1)

    def test_who_may_not_look_is_told(self):
        if not live.nobody_can_run_it():
            self.skipTest("no ordinary user can run it")
        shown = live.ask("show", f"@{os.getpid()}", wrap=live.as_nobody())
        self.assertIn("task", kinds(shown["namespace"]["pins"]))


class Zombies(unittest.TestCase):
    def left_by(self, disposition):
        command = ("unshare", "--pid", "--fork", "--kill-child", PYTHON, "-c", LEAVES_ONE,
                   disposition)
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            try:
                self.assertEqual(process.stdout.readline(), b"ready\n")
                return self.find(process.pid)
            finally:
                process.kill()

    def find(self, unshare):
        with open(f"/proc/{unshare}/task/{unshare}/children", encoding="ascii") as file:
            init = int(file.read().split()[0])
        shown = live.ask("show", f"@{init}")["namespace"]
        findings = live.pidns("doctor", "--json", expect=1).json["findings"]
        ours = [f for f in findings if f["ns"] == shown["ino"]]
        self.assertEqual([f["kind"] for f in ours], ["zombies"])
        self.assertIn(f"PID {init} ", ours[0]["message"])
        self.assertIn("--init", ours[0]["remedy"])
        zombie = shown["oldest_zombie"]
        self.assertEqual((zombie["parent"], zombie["parent_is_reaper"]), (init, True))
        self.assertEqual(ours[0]["pid"], zombie["pid"])
        return zombie["sigchld"]

    def test_dispositions(self):
        for disposition in ("default", "ignored", "handled"):
            with self.subTest(disposition):
                self.assertEqual(self.left_by(disposition), disposition)

    def test_oldest(self):
        ns = forest.by_name["live-0.0"]
        zombie = live.ask("show", str(ns["ino"]))["namespace"]["oldest_zombie"]
        members = [t["pid"] for t in forest.members(ns) if t["state"] == "Z"]
        self.assertIn(zombie["pid"], members)
        self.assertLess(zombie["start_ns"], forest.until + live.TICK_NS)

    def test_none(self):
        with subprocess.Popen(("unshare", "--pid", "--fork", "--kill-child", "sh", "-c",
                               "echo; exec sleep 1000"), stdout=subprocess.PIPE) as process:
            try:
                process.stdout.readline()
                with open(f"/proc/{process.pid}/task/{process.pid}/children",
                          encoding="ascii") as file:
                    init = file.read().split()[0]
                self.assertIsNone(live.ask("show", f"@{init}")["namespace"]["oldest_zombie"])
            finally:
                process.kill()


class Doctor(unittest.TestCase):
    def findings(self):
        answer = live.pidns("doctor", "--json", expect=1)
        return {(f["kind"], f["ns"]): f for f in answer.json["findings"]}

    def test_findings(self):
        found = self.findings()
        self.assertIn(("zombies", forest.ino("live-0.0")), found)
        self.assertIn(("zombies", forest.ino("zini-0.0")), found)
        for name in ("fd-0.1", "pin-0.1"):
            finding = found["dead", forest.ino(name)]
            self.assertEqual(finding["pid"], forest.by_name[name]["holder"])
        self.assertIn("ENOMEM", found["dead", forest.ino("pin-0.1")]["message"])

    def test_who_could_see_all_is_asked(self):
        """Also where a namespace may be held by what /proc does not show."""
        live.need_bpf()
        answer = live.pidns("doctor", "--json", expect=1)
        self.assertNotEqual(answer.json["provider"], "procfs")
        unseen = set(answer.json["cannot_see"])
        if answer.json["provider"] == "netlink" or live.kernel_release() >= (6, 18):
            self.assertEqual(unseen, set())
        else:
            # What files and mounts keep is looked for in /proc; of a mount elsewhere the parents are
            # not known.
            self.assertLessEqual({"pidfd", "procfs-mount"}, unseen)
            self.assertLessEqual(unseen, {"pidfd", "procfs-mount", "dead"})

    def test_worst_first(self):
        found = list(self.findings())
        self.assertLess(found.index(("dead", forest.ino("pin-0.1"))),
                        found.index(("zombies", forest.ino("live-0.0"))))
        self.assertLess(found.index(("zombies", forest.ino("live-0.0"))),
                        found.index(("dead", forest.ino("fd-0.1"))))

    def test_text_has_a_line_each(self):
        text = live.pidns("doctor", expect=1).out.decode()
        for name in ("live-0.0", "fd-0.1"):
            self.assertRegex(text, rf"(?m)^\w+ {forest.ino(name)}: .+: .+$")

    def test_joined_orphan(self):
        inside = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc", PYTHON, "-c",
                  ORPHANS, live.PIDNS)
        answer = live.run(inside)
        orphan, _, document = answer.out.decode().partition("\n")
        self.assertEqual(answer.status, 1, answer.err)
        findings = live.schema.load(document, ("doctor",))["findings"]
        self.assertEqual([(f["kind"], f["pid"]) for f in findings], [("joined", int(orphan))])

    def test_quiet_where_all_is_well(self):
        answer = live.pidns("doctor", wrap=("unshare", "--pid", "--fork", "--kill-child",
                                            "--mount-proc"))
        self.assertEqual((answer.status, answer.out, answer.err), (0, b"", ""))

    def test_few_files(self):
        """Fewer than there are namespaces: it answers, or fails with one sentence."""
        succeeded = 0
        with live.Forest("--size", "S"):
            for files in range(6, 40, 3):
                succeeded += self.answers_with(files)
        self.assertGreater(succeeded, 6)

    def answers_with(self, files):
        answer = live.pidns("doctor", "--json", expect=None,
                            wrap=("prlimit", f"--nofile={files}:{files}"))
        if answer.status == 127:
            return False  # not even the libraries could be opened
        if answer.status in (0, 1):
            found = {(f["kind"], f["ns"]) for f in answer.json["findings"]}
            self.assertIn(("zombies", forest.ino("live-0.0")), found)
            return True
        self.assertIn(answer.status, (4, 5), answer.err)
        # One more where the first provider could not even begin.
        self.assertRegex(answer.err, r"\A(pidns: bpf: [^\n]+; asking procfs\n)?pidns: [^\n]+\n\Z")
        return False

    def test_hidden_tasks(self):
        if not live.nobody_can_run_it():
            self.skipTest("no ordinary user can run it")
        answer = live.pidns("doctor", "--json", expect=None,
                            wrap=live.with_procfs("hidepid=2", *live.as_nobody()))
        self.assertIn(answer.status, (0, 1), answer.err)
        self.assertIn("tasks", answer.json["cannot_see"])


class Large(unittest.TestCase):
    """500 namespaces of 20 tasks, in 2 s: of processor time, and by as much more as there are other
    tasks, for the machine may have more to do than this."""

    def test_time(self):
        if os.environ.get("PIDNS_EMULATED") == "1":
            return  # nothing is promised of an emulated processor
        with live.Forest("--size", "M"):
            used, limit = min((self.doctor() for _ in range(3)), key=lambda t: t[0] - t[1])
        print(f"doctor of 500 namespaces: {used:.2f} s of {limit:.2f} s")
        self.assertLess(used, limit)

    def doctor(self):
        tasks = len(live.pidns("ps", "--raw", "--noheadings", "-o", "pid").out.splitlines())
        before = os.times()
        live.pidns("doctor", expect=None)
        after = os.times()
        return (after.children_user - before.children_user +
                after.children_system - before.children_system), max(2, 2 * tasks / 10000)


if live.SANITIZED:
    del Large  # a sanitizer takes its time


if __name__ == "__main__":
    live.main()

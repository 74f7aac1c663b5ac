#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Namespaces without tasks: --all finds what a procfs can show, and the rest is announced."""
import ctypes
import errno
import fcntl
import os
import re
import subprocess
import sys
import unittest

import live

PLAN = (
    "--ns", "name=live,tasks=2",
    "--ns", "name=fd,depth=2,end=fd",
    "--ns", "name=bind,end=bind",
    "--ns", "name=pin,depth=2,end=pinned",
    "--ns", "name=pidfd,end=pidfd",
    "--ns", "name=proc,end=procfs",
    "--ns", "name=zini,tasks=2,depth=2,end=zombie",
    "--unborn", "1",
)
ALWAYS = {"pidfd", "procfs-mount"}
WITHOUT_ALL = ALWAYS | {"unborn", "dead", "fd", "bind"}


# A namespace is opened, its init ended; then the thread is left that it was opened by.
LEADERLESS = """
import ctypes, os, platform, subprocess, threading
libc = ctypes.CDLL(None)
SYS_EXIT = 60 if platform.machine() == "x86_64" else 93
with subprocess.Popen(["unshare", "--pid", "--fork", "--kill-child", "cat"],
                      stdin=subprocess.PIPE, stdout=subprocess.PIPE) as init:
    init.stdin.write(b"x")
    init.stdin.flush()
    init.stdout.read(1)
    kept = os.open(f"/proc/{init.pid}/ns/pid_for_children", os.O_RDONLY)
    init.stdin.close()
    init.stdout.close()
print(os.fstat(kept).st_ino, flush=True)
threading.Thread(target=lambda: os.read(0, 1)).start()
libc.syscall(SYS_EXIT, 0)
"""


def setUpModule():
    global forest
    live.need_root()
    live.need_tool("unshare", "nsenter")
    forest = live.Forest(*PLAN)
    unittest.enterModuleContext(forest)


def one_hides_its_links():
    """Some machines hide /proc/1/ns from every user: there might be more behind it."""
    try:
        os.readlink("/proc/1/ns/pid")
    except OSError:
        return True
    return False


def pidfds_lead_to_children():
    """PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE, Linux 6.11."""
    pidfd = os.pidfd_open(os.getpid())
    try:
        os.close(fcntl.ioctl(pidfd, 0xff06))
    except OSError:
        return False
    finally:
        os.close(pidfd)
    return True


def without_init(state):
    """What a procfs can know of the state of a namespace that has no init: since Linux 7.1 one that
    has not had one yet can be referred to as well."""
    release = tuple(int(part) for part in re.findall(r"\d+", os.uname().release)[:2])
    return state if release < (7, 1) else None


def kernel_lists():
    """listns(2), Linux 6.19, gives all to root in the initial PID and user namespaces."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall(470, None, None, 0, 0)
    return (
        ctypes.get_errno() != errno.ENOSYS
        and os.stat("/proc/self/ns/pid").st_ino == 0xEFFFFFFC
        and os.stat("/proc/self/ns/user").st_ino == 0xEFFFFFFD
    )


class Hidden:
    way = ()
    source = ("--provider", "procfs")
    finds_unborn = True
    # NS_GET_PARENT tells it of namespaces below the caller's only.
    knows_parents = True

    def listed(self, *args, wrap=()):
        return live.listed(*self.source, *args, wrap=(*wrap, *self.way))

    def check_dead(self, name, found, parent_may_be_unknown=False):
        ns = forest.by_name[name]
        self.assertIn(ns["ino"], found, name)
        got = found[ns["ino"]]
        self.assertEqual(got["state"], without_init("dead"))
        if got["parent"] is None and (parent_may_be_unknown or not self.knows_parents):
            self.assertEqual(got["depth"], 0)
        else:
            self.assertEqual((got["parent"], got["depth"]), (ns["parent"], ns["depth"]))
        self.assertIn(got["owner_uid"], (0, None))
        self.assertIsNone(got["reaper"])
        self.assertEqual(got["processes"], 0)
        self.assertEqual(got["processes_below"], 0)

    def test_builder_saw_enomem(self):
        self.assertEqual(forest.by_name["pin-0.1"]["fork_errno"], 12)

    def test_without_all(self):
        found, document = self.listed()
        self.assertIs(document["complete"], False)
        self.assertLessEqual(WITHOUT_ALL, set(document["cannot_see"]))
        self.assertIn(forest.ino("live-0.0"), found)

    def test_says_it_on_stderr(self):
        answer = live.pidns("list", *self.source, wrap=self.way)
        self.assertRegex(answer.err, r"\Apidns: procfs may miss namespaces without tasks .*\n\Z")

    def test_kept_by_a_file(self):
        found, document = self.listed("--all")
        self.check_dead("fd-0.1", found)
        self.assertNotIn("fd", document["cannot_see"])

    def test_kept_by_its_child(self):
        found, document = self.listed("--all")
        for name in ("fd-0.0", "pin-0.0"):
            if not self.knows_parents and forest.ino(name) not in found:
                self.assertIn("dead", document["cannot_see"])
            else:
                self.check_dead(name, found)

    def hides_ancestors(self, found):
        """One that is known by its number only, as from a mount, may keep those above it."""
        roots = {ns["ino"] for ns in found.values() if ns["parent"] is None}
        return roots != {forest.self_ns["ino"]}

    def test_kept_by_pid_for_children(self):
        found, document = self.listed("--all")
        self.check_dead("pin-0.1", found)
        if self.hides_ancestors(found) or one_hides_its_links():
            self.assertIn("dead", document["cannot_see"])
        else:
            self.assertNotIn("dead", document["cannot_see"])
        tasks, _ = live.processes(*self.source, "--all", wrap=self.way)
        holder = forest.by_name["pin-0.1"]["holder"]
        self.assertEqual(tasks[holder, holder]["ns_for_children"], forest.ino("pin-0.1"))

    def test_bound_where_the_reader_is(self):
        holder = forest.by_name["bind-0.0"]["holder"]
        inside = ("nsenter", "--target", str(holder), "--mount", "--")
        found, document = self.listed("--all", wrap=inside)
        self.check_dead("bind-0.0", found, parent_may_be_unknown=True)
        if not one_hides_its_links():
            self.assertNotIn("bind", document["cannot_see"])

    def test_bound_elsewhere(self):
        found, document = self.listed("--all")
        if forest.ino("bind-0.0") in found:
            self.check_dead("bind-0.0", found, parent_may_be_unknown=True)
        else:
            self.assertIn("bind", document["cannot_see"])

    def test_what_no_procfs_shows(self):
        found, document = self.listed("--all")
        self.assertLessEqual(ALWAYS, set(document["cannot_see"]))
        for name, state in (("pidfd-0.0", "dead"), ("proc-0.0", "dead")):
            got = found.get(forest.ino(name))
            if got:
                self.assertEqual(got["state"], without_init(state))

    def test_unborn(self):
        ns = forest.by_name["unborn-0.0"]
        found, document = self.listed("--all")
        if not self.finds_unborn or not pidfds_lead_to_children():
            self.assertIn("unborn", document["cannot_see"])
            return
        got = found[ns["ino"]]
        self.assertEqual((got["state"], got["parent"], got["reaper"], got["processes_below"]),
                         (without_init("unborn"), ns["parent"], None, 0))
        if one_hides_its_links():
            self.assertIn("unborn", document["cannot_see"])
        else:
            self.assertNotIn("unborn", document["cannot_see"])

    def test_zombie_init(self):
        ns = forest.by_name["zini-0.0"]
        for option in ((), ("--all",)):
            found, _ = self.listed(*option)
            got = found[ns["ino"]]
            self.assertEqual(got["state"], "zombie-init")
            self.assertEqual((got["reaper"], got["processes"], got["zombies"]),
                             (ns["init"], 1, 1))

    def test_kept_by_a_thread_without_its_leader(self):
        """A leader that has ended has let go of the files that its threads still have."""
        with subprocess.Popen([sys.executable, "-S", "-B", "-c", LEADERLESS],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
            try:
                ino = int(holder.stdout.readline())
                live.wait_until(lambda: not os.listdir(f"/proc/{holder.pid}/fd"), "its end")
                found, _ = self.listed("--all")
                self.assertEqual(found[ino]["state"], without_init("dead"))
                shown = live.ask("show", *self.source, "--all", str(ino), wrap=self.way)
                pins = [(pin["kind"], pin["pid"]) for pin in shown["namespace"]["pins"]]
                self.assertIn(("fd", holder.pid), pins)
            finally:
                holder.kill()

    def test_what_the_kernel_lists(self):
        """Then no files need be looked through, and no mount is out of sight."""
        found, document = self.listed("--all")
        if self.way or not kernel_lists():
            return
        self.assertEqual(set(document["cannot_see"]), ALWAYS)
        for name in ("fd-0.1", "bind-0.0", "pin-0.1", "unborn-0.0"):
            self.assertIn(forest.ino(name), found, name)
            self.assertEqual(found[forest.ino(name)]["parent"], forest.by_name[name]["parent"])
            self.assertIsNotNone(found[forest.ino(name)]["cookie"])

    def test_show(self):
        ns = forest.by_name["fd-0.1"]
        shown = live.ask("show", *self.source, "--all", str(ns["ino"]), wrap=self.way)
        self.assertEqual(shown["namespace"]["state"], without_init("dead"))

    def test_the_living_stay_the_same(self):
        one, _ = self.listed()
        other, _ = self.listed("--all")
        ino = forest.ino("live-0.0")
        for key in ("state", "reaper", "processes", "threads", "parent", "level"):
            self.assertEqual(one[ino][key], other[ino][key])


class ByIoctl(Hidden, unittest.TestCase):
    pass


class ByStatus(Hidden, unittest.TestCase):
    way = live.STATUS_WAY
    source = ("--from", "/proc")
    knows_parents = False
    finds_unborn = False


if __name__ == "__main__":
    live.main()

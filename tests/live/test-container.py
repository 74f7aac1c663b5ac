#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Containers: all facts seen from within one that has its own /proc, and those that runc and
bubblewrap make, seen from outside."""
import json
import os
import subprocess
import unittest

import facts
import live
from rootfs import children_of, make_root, need_static_busybox


def setUpModule():
    live.need_root()
    live.need_tool("unshare", "nsenter")


class Within(facts.Facts, unittest.TestCase):
    """Builder and reader are both in a namespace of their own, with its own procfs."""
    @classmethod
    def setUpClass(cls):
        cls.forest = live.Forest(*facts.PLAN, wrap=("unshare", "--pid", "--fork", "--kill-child",
                                                    "--mount-proc"))
        cls.enterClassContext(cls.forest)
        first, = children_of(cls.forest.process.pid)
        cls.way = ("nsenter", "--target", str(first), "--pid", "--mount", "--")

    def test_nothing_above_is_seen(self):
        found, _ = self.listed()
        root = found[self.forest.self_ns["ino"]]
        self.assertIsNone(root["parent"])
        self.assertEqual(root["depth"], 0)
        self.assertEqual(root["reaper"], 1)
        self.assertEqual([ns for ns in found.values() if ns["depth"] == 0], [root])

    def test_levels_from_outside(self):
        """The deepest a namespace can be, counted from the initial one."""
        found, _ = live.listed()
        base = found[self.forest.self_ns["ino"]]["level"]
        if base is None:
            self.skipTest("not in the initial namespace")
        levels = {ns["ino"]: found[ns["ino"]]["level"] for ns in self.forest.planted}
        self.assertEqual(levels, {ns["ino"]: base + ns["depth"] for ns in self.forest.planted})
        self.assertEqual(max(levels.values()), 32)

    def test_the_same_from_outside(self):
        """The first of our numbers is one more, the rest are those known inside."""
        tasks, _ = live.processes()
        inside = {(t["ns"], tuple(t["vpids"])) for t in self.forest.tasks if t.is_leader}
        outside = {(t["ns"], tuple(t["vpids"][1:])) for t in tasks.values() if t["vpids"]}
        self.assertLessEqual(inside, outside)


class WithinByProgram(Within):
    source = live.BPF
    provider = "bpf"
    is_exact = True

    @classmethod
    def setUpClass(cls):
        live.need_bpf()
        super().setUpClass()


class Containers(unittest.TestCase):
    def check_maps(self, pid, ino, vpid):
        """Both ways between a process outside and its number inside."""
        mapping, = live.ask("map", str(pid))["mappings"]
        self.assertEqual(mapping["pid"], pid)
        self.assertEqual(mapping["levels"][-1], {"ns": ino, "vpid": vpid})
        mapping, = live.ask("map", "-n", str(ino), str(vpid))["mappings"]
        self.assertEqual(mapping["pid"], pid)


class Runc(Containers):
    NAME = f"pidns-live-{os.getpid()}"
    CONFIG = {
        "ociVersion": "1.0.2",
        "process": {
            "terminal": False,
            "user": {"uid": 0, "gid": 0},
            "args": ["/bin/sh", "-c", "sleep 600 & sleep 601 & wait"],
            "env": ["PATH=/bin"],
            "cwd": "/",
            "noNewPrivileges": True,
        },
        "root": {"path": "rootfs", "readonly": False},
        "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
        "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"},
                                 {"type": "uts"}]},
    }

    @classmethod
    def setUpClass(cls):
        live.need_tool("runc", "busybox")
        bundle = cls.enterClassContext(live.temporary_directory())
        make_root(f"{bundle}/rootfs")
        need_static_busybox(f"{bundle}/rootfs")
        with open(f"{bundle}/config.json", "w", encoding="utf-8") as config:
            json.dump(cls.CONFIG, config)
        cls.runc = ("runc", "--root", f"{bundle}/state")
        with open(f"{bundle}/log", "wb") as log:
            status = subprocess.call([*cls.runc, "run", "-d", "--bundle", bundle, cls.NAME],
                                     stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        cls.addClassCleanup(live.run, [*cls.runc, "delete", "--force", cls.NAME])
        if status:
            with open(f"{bundle}/log", encoding="utf-8") as log:
                raise unittest.SkipTest(f"runc cannot run here: {log.read().strip()[-200:]}")
        state = json.loads(live.run([*cls.runc, "state", cls.NAME]).out)
        cls.init = state["pid"]
        cls.ino = os.stat(f"/proc/{cls.init}/ns/pid").st_ino

    def inside(self, script):
        answer = live.run([*self.runc, "exec", self.NAME, "/bin/sh", "-c", script])
        self.assertEqual(answer.status, 0, answer.err)
        return answer.out.decode()

    def test_init(self):
        found, _ = live.listed()
        ns = found[self.ino]
        self.assertEqual((ns["state"], ns["reaper"], ns["depth"]), ("alive", self.init, 1))
        self.check_maps(self.init, self.ino, 1)

    def test_members(self):
        """Their numbers inside, as the container's own /proc has them."""
        def all_started():
            names = self.inside("for d in /proc/[0-9]*; do echo ${d#/proc/} $(cat $d/comm); done")
            numbers = [int(line.split()[0]) for line in names.splitlines()
                       if line.endswith(" sleep")]
            return numbers if len(numbers) == 2 else None

        numbers = live.wait_until(all_started, "two sleepers in the container")
        tasks, _ = live.processes(str(self.ino))
        told = {t["vpids"][-1]: t for t in tasks.values()}
        self.assertEqual(set(told), {1, *numbers})
        for number in numbers:
            self.assertEqual(told[number]["ppid"], self.init)
            self.assertIs(told[number]["has_joined"], False)
            self.check_maps(told[number]["pid"], self.ino, number)

    def test_exec_has_joined(self):
        process = subprocess.Popen([*self.runc, "exec", self.NAME, "/bin/sh", "-c",
                                    "echo $$; read line"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        try:
            number = int(process.stdout.readline())
            found, _ = live.listed()
            self.assertEqual(found[self.ino]["joined"], 1)
            mapping, = live.ask("map", "-n", str(self.ino), str(number))["mappings"]
            self.check_maps(mapping["pid"], self.ino, number)
            tasks, _ = live.processes(str(self.ino))
            self.assertIs(tasks[mapping["pid"], mapping["pid"]]["has_joined"], True)
        finally:
            process.communicate(b"\n", timeout=live.DEADLINE)


class Bubblewrap(Containers):
    @classmethod
    def setUpClass(cls):
        live.need_tool("bwrap")

    def test_members(self):
        script = "echo $$; read line"
        process = subprocess.Popen(["bwrap", "--unshare-pid", "--die-with-parent", "--ro-bind",
                                    "/", "/", "--proc", "/proc", "--dev", "/dev",
                                    "sh", "-c", script],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        try:
            line = process.stdout.readline()
            if not line:
                self.skipTest(f"bwrap cannot run here: {process.stderr.read().decode().strip()}")
            self.check_inside(process.pid, int(line))
        finally:
            process.communicate(b"\n", timeout=live.DEADLINE)

    def check_inside(self, bwrap, number):
        """bwrap stays outside, its child is the init, and the shell is number 2."""
        init, = children_of(bwrap)
        shell, = children_of(init)
        ino = os.stat(f"/proc/{shell}/ns/pid").st_ino
        self.assertNotEqual(ino, os.stat("/proc/self/ns/pid").st_ino)
        ns = live.listed()[0][ino]
        self.assertEqual((ns["state"], ns["reaper"], ns["processes"], ns["joined"]),
                         ("alive", init, 2, 0))
        self.check_maps(shell, ino, number)
        self.check_maps(init, ino, 1)


if __name__ == "__main__":
    live.main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A namespace that has had no first process, and is kept by an open file or a mount alone: since
Linux 7.1 pid_for_children may be opened before. It is found, never called dead, and what keeps it is
named; before, nothing but the task that made it can keep it."""
import os
import re
import subprocess
import tempfile
import unittest

import live

RELEASE = tuple(int(n) for n in re.match(r"(\d+)\.(\d+)", os.uname().release).groups())
CAN_BE_KEPT = RELEASE >= (7, 1)


def inode_of_unborn(pid):
    """Of the namespace that the task would have its children in, once it has unshared."""
    def link():
        try:
            text = os.readlink(f"/proc/{pid}/ns/pid_for_children")
        except FileNotFoundError:
            return None
        return text if text != os.readlink("/proc/self/ns/pid") else None

    return int(re.search(r"\d+", live.wait_until(link, "unshare"))[0])


class Unborn(unittest.TestCase):
    source = live.PROCFS
    state = None  # /proc does not tell the unborn from the dead

    def setUp(self):
        live.need_root()
        live.need_tool("unshare", "mount", "umount")
        self.maker = subprocess.Popen(["unshare", "--pid", "sleep", "1000"])
        self.addCleanup(self.end_maker)

    def end_maker(self):
        self.maker.kill()
        self.maker.wait()

    def path(self):
        return f"/proc/{self.maker.pid}/ns/pid_for_children"

    def check(self, ino, kind, **wanted):
        found, document = live.listed("--all", *self.source)
        self.assertIn(ino, found)
        self.assertEqual(found[ino]["state"], self.state)
        self.assertEqual((found[ino]["parent"], found[ino]["processes"]),
                         (os.stat("/proc/self/ns/pid").st_ino, 0))
        self.assertNotIn("unborn", document["cannot_see"])
        pins = live.ask("show", "--all", *self.source, str(ino))["namespace"]["pins"]
        pin, = [pin for pin in pins if pin["kind"] == kind]
        self.assertEqual({key: pin[key] for key in wanted}, wanted)
        self.assertFalse({"unseen", "for-children"} & {pin["kind"] for pin in pins})

    def cannot_be_kept(self):
        live.wait_until(lambda: not os.path.exists(self.path()), "unshare")

    def test_by_a_file(self):
        if not CAN_BE_KEPT:
            return self.cannot_be_kept()
        ino = inode_of_unborn(self.maker.pid)
        fd = os.open(self.path(), os.O_RDONLY)
        self.addCleanup(os.close, fd)
        self.end_maker()
        return self.check(ino, "fd", pid=os.getpid(), fd=fd)

    def test_by_a_mount(self):
        if not CAN_BE_KEPT:
            return self.cannot_be_kept()
        ino = inode_of_unborn(self.maker.pid)
        place = f"{tempfile.gettempdir()}/pidns-live-{os.getpid()}-ns"
        with open(place, "w", encoding="ascii"):
            pass
        self.addCleanup(os.unlink, place)
        subprocess.run(["mount", "--bind", self.path(), place], check=True)
        self.addCleanup(subprocess.run, ["umount", place], check=True)
        self.end_maker()
        return self.check(ino, "bind", path=place)


class ByProgram(Unborn):
    source = live.BPF
    state = "unborn"

    @classmethod
    def setUpClass(cls):
        live.need_root()
        live.need_bpf()


if __name__ == "__main__":
    live.main()

# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests of real containers share: a root file system, and who is whose child."""
import os
import shutil
import unittest

import live

APPLETS = ("sh", "sleep", "cat", "unshare")


def make_root(path):
    """A root file system of busybox alone."""
    for name in ("bin", "dev", "etc", "proc", "sys", "tmp", "usr"):
        os.makedirs(f"{path}/{name}")
    with open(f"{path}/etc/os-release", "w", encoding="ascii") as release:
        release.write("ID=busybox\n")
    shutil.copy(shutil.which("busybox"), f"{path}/bin/busybox")
    for name in APPLETS:
        os.symlink("busybox", f"{path}/bin/{name}")


def need_static_busybox(root):
    """It is alone there: without its libraries, if it wants any."""
    if live.run(["chroot", root, "/bin/sh", "-c", "true"]).status:
        raise unittest.SkipTest("busybox is not static")


def children_of(pid):
    children = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", "rb") as stat:
                if int(stat.read().rpartition(b") ")[2].split()[1]) == pid:
                    children.append(int(name))
        except OSError:
            continue
    return children

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The viewer is told by attached programs: what happens between two samples is seen, and refusals are."""

import ctypes
import os
import platform
import signal
import subprocess
import sys

import tui
from tui import Skip, Top, expect

# Nothing is seen by a sample of this pace.
RARELY = ("-d", "1000")


def need_programs():
    pidns = os.path.join(tui.BIN, "pidns")
    done = subprocess.run([pidns, "list", "--provider", "bpf"], capture_output=True, check=False)
    if os.geteuid() or done.returncode:
        raise Skip(done.stderr.decode().strip() or "only root may attach programs")


def start(*arguments, **how):
    need_programs()
    top = Top(*RARELY, *arguments, columns=150, rows=200, **how)
    top.wait("a row", lambda: top.selected() or not top.child.isalive())
    top.wait(", events, every")
    return top


def inode_of_a_moment(*options):
    command = ["unshare", *options, "--pid", "--fork", "readlink", "/proc/self/ns/pid"]
    link = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    return int(link[len("pid:["):-2])


def wait_for(top, *words):
    """An event: on the screen, or, of a busy machine, some pages up."""
    def is_seen():
        return any(all(word in line for word in words) for line in top.lines())

    def look():
        if is_seen():
            return True
        for key in ["PgUp"] * 20 + ["End"]:
            top.press(key)
            top.read(0.05)
            if is_seen():
                return True
        return False

    top.wait(" ".join(words), look)


def test_a_namespace_of_a_moment():
    with start() as top:
        top.press("e")
        top.wait("Esc leaves")
        ino = inode_of_a_moment()
        wait_for(top, str(ino), "+namespace")
        wait_for(top, str(ino), "-namespace")


def test_on_a_narrow_screen():
    """What happened is what can be read there."""
    need_programs()
    with Top("-d", "1", columns=20, rows=5) as top:
        top.wait("a row", lambda: top.selected() or not top.child.isalive())
        top.press("e").wait("Esc leaves")
        # No room is left for the word that says when the programs are attached.
        top.wait("+namespace", lambda: inode_of_a_moment() and "+namespace" in top.text())


def test_refusals():
    """A shell that may have no process more than it has: of a user of its own, so that no other counts."""
    with start() as top:
        top.press("e")
        top.wait("Esc leaves")
        done = subprocess.run(
            ["setpriv", "--reuid=64917", "--clear-groups", "prlimit", "--nproc=1",
             "bash", "-c", "(:) & wait"],
            capture_output=True, check=False, env={"PATH": os.environ["PATH"], "BASH_ENV": ""},
            timeout=tui.DEADLINE_S)
        expect(b"fork" in done.stderr, done.stderr)
        wait_for(top, "refused bash", "EAGAIN")


def test_paused():
    """What is paused stays as it is; what happened meanwhile is there when it goes on."""
    with start() as top:
        top.press("Z")
        top.wait("PAUSED")
        top.wait("the snapshot of the pause", lambda: not top.read(1.5))
        before = top.text()
        ino = inode_of_a_moment()
        top.wait("quiet", lambda: not top.read(1.0))
        tui.expect_equal(top.text(), before, "the screen while paused")
        top.press("Z")
        top.press("e")
        wait_for(top, str(ino), "+namespace")


def programs_of(pid):
    """What its links lead to: ids of programs."""
    ids = set()
    for fd in os.listdir(f"/proc/{pid}/fdinfo"):
        with open(f"/proc/{pid}/fdinfo/{fd}", encoding="ascii") as file:
            text = file.read()
        if "link_type" in text:
            ids |= {int(line.split()[1]) for line in text.splitlines() if line.startswith("prog_id")}
    return ids


def is_there(program):
    """BPF_PROG_GET_FD_BY_ID, with the struct's first member."""
    bpf = {"x86_64": 321, "aarch64": 280, "riscv64": 280}[platform.machine()]
    attr = (ctypes.c_uint32 * 32)(program)
    fd = ctypes.CDLL(None, use_errno=True).syscall(bpf, 13, ctypes.byref(attr), ctypes.sizeof(attr))
    if fd >= 0:
        os.close(fd)
    return fd >= 0


def test_nothing_is_left_behind():
    for sig in (signal.SIGKILL, signal.SIGTERM):
        with start() as top:
            programs = programs_of(top.pid())
            expect(len(programs) >= 5, f"attached programs: {programs}")
            os.kill(top.pid(), sig)
            top.wait_end()
            tui.until("no program", lambda p=programs: not any(map(is_there, p)))


def test_another_provider():
    """What was chosen by name is not gone round: no program is loaded."""
    need_programs()
    with Top(*RARELY, "--provider", "procfs", columns=150, rows=40) as top:
        top.wait("a row", lambda: top.selected() or not top.child.isalive())
        top.wait("quiet", lambda: not top.read(1.0))
        expect("events" not in top.lines()[0], top.lines()[0])
        tui.expect_equal(programs_of(top.pid()), set(), "programs")


def test_who_may_not():
    """It compares samples, and says why."""
    if os.geteuid():
        raise Skip("only root can become somebody else")
    if not os.access(tui.TOP, os.X_OK):
        raise Skip("the build folder is not for others")
    command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", tui.TOP, *RARELY]
    with Top(command=command, columns=150, rows=40) as top:
        top.wait("a row", lambda: top.selected() or not top.child.isalive())
        top.press("e")
        top.wait("Only differences between samples are seen: ")


if __name__ == "__main__":
    sys.exit(tui.run(globals()))

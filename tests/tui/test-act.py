#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Acting on what is selected: signals, nice values, tags, a shell; asked first, and never another process."""

import os
import pathlib
import subprocess
import sys

import tui
from tui import Skip, Top, environment, expect, expect_equal, process_state, until


class Space:
    """A PID namespace with an init that waits and some sleepers, numbers 2, 3, … there."""

    def __init__(self, sleepers=3):
        if os.geteuid():
            raise Skip("only root can enter what it has not made")
        script = "".join("sleep 1000 & " for _ in range(sleepers)) + "echo ready; cat; :"
        self.process = subprocess.Popen(
            ["unshare", "-pf", "--kill-child", "--mount-proc", "sh", "-c", script],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )
        self.process.stdout.readline()
        self.init = self.children(self.process.pid)[0]
        self.sleepers = self.children(self.init)[:sleepers]
        self.ino = int(os.readlink(f"/proc/{self.init}/ns/pid").split("[")[1][:-1])

    @staticmethod
    def children(pid):
        text = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return [int(word) for word in text.split()]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def start(*arguments, **how):
    how.setdefault("columns", 140)
    top = Top("-d", "0.3", *arguments, **how)
    return top.wait("a row", lambda: top.selected() or not top.child.isalive())


def select(top, pid):
    top.press("/", *str(pid), "Enter")
    return top.wait(f"selected {pid}", lambda: top.selected().split()[:1] == [str(pid)])


def is_gone(pid):
    return process_state(pid) in ("", "Z")


def test_a_signal_is_asked_for_and_sent():
    with Space() as space, start(f"@{space.init}") as top:
        victim = space.sleepers[1]
        select(top, victim).press("F9").wait("Signal (TERM):").press("Enter")
        top.wait(f"Send SIGTERM to PID {victim} (sleep)?")
        expect(not is_gone(victim), "sent before it was confirmed")
        top.press("n").wait("nothing was done")
        expect(not is_gone(victim), "sent although it was not confirmed")
        top.press("k").wait("Signal (TERM):").press(*"hup", "Enter")
        top.wait("Send SIGHUP").press("y").wait("SIGHUP sent to 1 process.")
        until("gone", lambda: is_gone(victim))
        expect_equal([is_gone(pid) for pid in space.sleepers], [False, True, False], "gone")


def test_what_is_no_signal():
    with Space() as space, start(f"@{space.init}") as top:
        select(top, space.sleepers[0]).press("F9").wait("Signal (TERM)").press(*"foo", "Enter")
        top.wait("not a signal")
        top.press("F9").wait("Signal (TERM)").press("Esc").wait("Esc Back")


def test_all_that_are_tagged():
    with Space() as space, start(f"@{space.init}") as top:
        select(top, space.sleepers[0]).press("Space", "Space")
        top.wait("two stars", lambda: sum("* " in line for line in top.lines()) == 2)
        top.press("F9").wait("Signal (TERM)").press("9", "Enter")
        top.wait("Send SIGKILL to 2 tagged processes?").press("y")
        top.wait("SIGKILL sent to 2 processes.")
        until("gone", lambda: all(is_gone(pid) for pid in space.sleepers[:2]))
        expect(not is_gone(space.sleepers[2]), "one that was not tagged")
        top.press("U").wait("no star", lambda: not any("* " in line for line in top.lines()))


def test_what_ends_with_an_init():
    with Space() as space, start() as top:
        top.press("/", *str(space.ino), "Enter")
        top.wait("selected", lambda: str(space.init) in top.selected())
        top.press("F9").wait("Signal (TERM)").press(*"KILL", "Enter")
        top.wait(f"Send SIGKILL to PID {space.init}")
        top.wait("SIGKILL ends all 5 processes there")
        top.press("y").wait("SIGKILL sent")
        space.process.wait(tui.DEADLINE_S)


def test_v3_never_a_later_process():
    """The process of a selected row ends before the signal: nothing happens to any other."""
    with Space() as space, start(f"@{space.init}") as top:
        victim = space.sleepers[0]
        select(top, victim).press("Z").wait("PAUSED")
        top.press("F9").wait("Signal (TERM)").press("Enter").wait("Send SIGTERM")
        os.kill(victim, 9)
        until("gone", lambda: is_gone(victim))
        # Its init does not reap, so the number is still taken: by a zombie, which a signal does not hurt.
        top.press("y").wait("an answer", lambda: "sent to 1" in top.text() or "has ended" in top.text())
        expect_equal([is_gone(pid) for pid in space.sleepers], [True, False, False], "gone")


def test_nice_values():
    with Space() as space, start(f"@{space.init}") as top:
        victim = space.sleepers[2]
        before = os.getpriority(os.PRIO_PROCESS, victim)
        select(top, victim).press("F8").wait("Nice value of 1 process raised by 1.")
        expect_equal(os.getpriority(os.PRIO_PROCESS, victim), before + 1, "nice")
        top.press("F7").wait("Nice value of 1 process lowered by 1.")
        expect_equal(os.getpriority(os.PRIO_PROCESS, victim), before, "nice")


def test_a_shell_inside():
    with Space() as space, start(f"@{space.init}", env=environment(PS1="inside> ", SHELL="/bin/sh")) as top:
        top.press("!").wait(f"in all namespaces of PID {space.init}?").press("y")
        top.wait("inside>")
        top.press(*"echo number $((40+2)) of $(readlink /proc/self/ns/pid)", "Enter")
        top.wait(f"number 42 of pid:[{space.ino}]")
        top.press(*"exit 3", "Enter")
        top.wait("the viewer again", lambda: "Esc Back" in top.text() and "inside>" not in top.text())
        top.press("Down", "q")
        expect_equal(top.wait_end(), 0, "exit status")


def test_readonly():
    with Space() as space, start("--readonly", f"@{space.init}") as top:
        for key in ("F9", "k", "F7", "F8", "Space", "!"):
            select(top, space.sleepers[0]).press(key).wait("read only")
            top.press("Down").wait("answered", lambda: "read only" not in top.text())
    with Top("--from", "top-machine.pidns") as top:
        top.wait("postgres").press("k").wait("read only")


if __name__ == "__main__":
    sys.exit(tui.run(globals()))

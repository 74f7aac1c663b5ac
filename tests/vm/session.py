#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""session.py TESTS/VM/RUN [OPTION]... - at the terminal of a guest: `pidns unshare --session`, and
the demonstration of ./try --patched.

What a session does on a terminal tests/tui/test-session.py has on any kernel, without the move. Here
the program is the init of its namespace as well: job control, size, signals and endings once more.
"""

import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tui"))

# pylint: disable=wrong-import-position
import tui  # noqa: E402
from terminal import Terminal  # noqa: E402
from tui import expect_equal  # noqa: E402

tui.DEADLINE_S = 120


class Guest(Terminal):
    """A shell in the guest. Between here and there are more terminals than lines need ends."""

    def read(self, seconds):
        """Nor is an answer needed to where the cursor is."""
        got = super().read(seconds)
        self.output = self.output.replace(b"\r", b"").replace(b"\x1b[6n", b"")
        return got

    prompt = "# "

    def type(self, line):
        """A line for the shell there, and past its echo."""
        self.send(line + "\n")
        self.wait(line.encode()[-20:] + b"\n")
        return self

    def call_prompt(self, name):
        """So that one shell's is told from another's."""
        self.wait(self.prompt)
        self.type(f"PS1='{name}# '")
        self.prompt = f"{name}# "
        return self.wait(self.prompt)

    def says(self, line, answer):
        """A command, and what it prints: all of it. Then there is a prompt again."""
        self.type(line)
        expect_equal(self.wait(self.prompt).decode(), answer + "\n", line)


def find_mover(top):
    """Only an init has a row: so not before it has moved."""
    return next((line for line in top.lines() if "mover" in line), None)


def test_demonstration(run):
    """What ./try --patched shows: while one looks, a process becomes the reaper of a new namespace."""
    demo = str(HERE / "demo")
    argv = [*run, "--with", demo, "--", "/with/demo/demo.sh", "pidns-top"]
    with tui.Top(command=argv, env=dict(os.environ, TERM="linux"), columns=100) as top:
        top.wait("the tree", lambda: "FORKS/s" in top.text())
        # By its name, or by its arguments when these are known: that is a matter of a moment.
        top.wait("mover", lambda: find_mover(top))
        row = find_mover(top)
        top.press("q")
        expect_equal(top.wait_end(), 0, "pidns-top")
    print("pidns-top saw it:", " ".join(row.split()))


def test_session(run):
    with Guest(*run, "--", "sh", "-i", rows=40, columns=100, env=dict(os.environ, TERM="linux")) as g:
        g.call_prompt("out")
        # Else busybox believes these about any terminal.
        g.says("unset COLUMNS LINES; stty cols 100 rows 40; echo ready", "ready")
        g.type("(until [ -e /tmp/go ]; do usleep 9999; done; stty cols 90) <$(tty) &")
        g.wait(g.prompt)
        # Only a session of its own can move; then the shell is number 1, on another terminal.
        g.type("pidns unshare true").wait("use --session")
        g.wait(g.prompt)
        g.type("pidns unshare --session --mount-proc sh -i")
        g.prompt = "# "
        g.call_prompt("in")
        g.says("echo $$", "1")
        g.says("echo /proc/[0-9]*", "/proc/1")
        g.says("tty", "/dev/pts/0")
        g.says("stty size", "40 100")
        # The terminal outside gets another size: so does this one, and who is at it is told.
        g.type("sh -c 'trap \"stty size; exit\" WINCH; >/tmp/go; while :; do usleep 9999; done'")
        g.wait("40 90\n")
        g.wait(g.prompt)
        # Job control of the shell within.
        g.type("sh -c 'echo up; exec cat'").wait("up\n")
        g.send("one\n").wait("one\none\n")
        g.send("\x1a").wait("Stopped")
        g.wait(g.prompt)
        g.type("fg").wait("exec cat")
        g.send("two\n").wait("two\ntwo\n")
        g.send("\x03").wait(g.prompt)
        # A namespace in the namespace, from a job of that shell.
        g.says("pidns unshare --session sh -c 'echo $$; exit 3'; echo $?", "1\n3")
        # The init ignores what it does not handle, even its own SIGKILL.
        g.says("kill -9 $$; echo alive", "alive")
        g.type("sleep 1000 &").wait(g.prompt)
        # Its end is theirs; the shell outside has its terminal as before.
        g.prompt = "out# "
        g.send("exit 6\n").wait(g.prompt)
        g.says("echo $?", "6")
        g.says("ps | grep -c '[s]leep 1000'", "0")
        g.says("stty -a | grep -o '[ -]icanon'", " icanon")
        g.type("pidns unshare --session sh -c 'echo up; read x; echo got $x'").wait("up\n")
        g.send("word\n").wait("got word\n")
        g.wait(g.prompt)
        # Its terminal, another session's, is gone: an init that does not handle SIGHUP ends all the same.
        g.type("pidns unshare --session pidns unshare --session sleep 999 &").wait(g.prompt)
        g.type("until pidof sleep; do :; done >/dev/null; echo up").wait("up\n")
        g.wait(g.prompt)
        g.type("kill -9 $!; while pidof sleep; do :; done >/dev/null; echo gone").wait("gone\n")
        g.wait(g.prompt)
        g.says("pidns list -n --raw -o ino | wc -l", "1")
        g.send("exit 4\n")
        expect_equal(g.wait_end(), 4, "exit status of the guest")
        g.expect_restored("the guest")
    print("pidns unshare --session: as on any kernel, and number 1")


if __name__ == "__main__":
    test_session(sys.argv[1:])
    test_demonstration(sys.argv[1:])

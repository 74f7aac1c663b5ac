# SPDX-License-Identifier: GPL-2.0-or-later
"""A terminal whose bytes count, not what they look like: for what relays them."""

import fcntl
import os
import pathlib
import pty
import select
import signal
import struct
import termios
import time

import tui
from tui import environment, expect, expect_equal, until


class Terminal:
    """A terminal with something that runs on it, as the leader of a session."""

    def __init__(self, *argv, rows=24, columns=80, env=None, stdio=(), before=None):
        """`stdio` are the streams, of 0 to 2, that are no terminal: (number, file) each."""
        self.master, slave = pty.openpty()
        self.resize(rows, columns)
        self.modes = termios.tcgetattr(slave)
        self.output = b""
        self.pid = os.fork()
        if not self.pid:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
            for fd in range(3):
                os.dup2(slave, fd)
            for fd, file in stdio:
                os.dup2(file, fd)
            os.closerange(3, 256)
            for sig in (signal.SIGPIPE, signal.SIGXFSZ):
                signal.signal(sig, signal.SIG_DFL)
            if before:
                before()
            os.execve(argv[0], argv, env or environment(PS1="$ "))
        # Held open, so that modes can be looked at after the end.
        self.slave = slave
        self.ended = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.ended is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        for fd in (self.master, self.slave):
            if fd is not None:
                os.close(fd)

    def hang_up(self):
        os.close(self.slave)
        os.close(self.master)
        self.master = self.slave = None

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def send(self, text):
        data = text.encode() if isinstance(text, str) else text
        while data:
            ready = select.select([self.master], [self.master], [], tui.DEADLINE_S)
            expect(any(ready), "the terminal takes nothing and says nothing")
            if ready[0]:
                self.output += os.read(self.master, 65536)
            if ready[1]:
                data = data[os.write(self.master, data[:256]) :]
        return self

    def read(self, seconds):
        if self.master is None or not select.select([self.master], [], [], seconds)[0]:
            return False
        self.output += os.read(self.master, 65536)
        return True

    def wait(self, what):
        """Until the output has these bytes; what was before them is forgotten, and they are."""
        wanted = what.encode() if isinstance(what, str) else what
        end = time.monotonic() + tui.DEADLINE_S
        while wanted not in self.output:
            if time.monotonic() > end or (self.has_ended() and not self.read(0)):
                raise AssertionError(f"never seen: {what!r}; there is {self.output[-2000:]!r}")
            self.read(0.05)
        before, _, self.output = self.output.partition(wanted)
        return before

    def has_ended(self):
        if self.ended is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.ended = os.waitstatus_to_exitcode(status)
        return self.ended is not None

    def wait_end(self):
        """The exit status, or minus the signal; all output is there then."""
        end = time.monotonic() + tui.DEADLINE_S
        while not self.has_ended():
            expect(time.monotonic() < end, f"does not end: {self.output[-2000:]!r}")
            self.read(0.05)
        while self.read(0):
            pass
        return self.ended

    def modes_now(self):
        return termios.tcgetattr(self.slave)

    def is_raw(self):
        return not self.modes_now()[3] & termios.ICANON

    def expect_restored(self, why):
        expect_equal(self.modes_now(), self.modes, f"modes after {why}")


def child_of(pid):
    """The only child of a process."""
    found = []

    def has_one():
        text = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        found[:] = [int(word) for word in text.split()]
        return len(found) == 1

    until("one child", has_one)
    return found[0]

# SPDX-License-Identifier: GPL-2.0-or-later
"""A terminal to run pidns-top in, and to look at: what every test here is made of.

Nothing here sleeps. A test sends keys and then waits until the screen says what it should; a
deadline ends the waiting, and the screen is printed.
"""

import difflib
import fcntl
import os
import pathlib
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import traceback

import pexpect
import pyte

HERE = pathlib.Path(__file__).resolve().parent
FIXTURES = HERE.parent / "fixtures"
BIN = os.environ.get("PIDNS_BIN", "")
TOP = os.path.join(BIN, "pidns-top")
DEADLINE_S = int(os.environ.get("TUI_DEADLINE_S", "60"))
SKIPPED = 77

# The description that pyte implements; it has colours, no second screen, and a cursor to hide.
TERM = "linux"


def is_sanitized():
    """A build that is slow, large, and needs /proc for itself."""
    with open(TOP, "rb") as file:
        return b"libasan" in file.read()


class Skip(Exception):
    """The machine does not let this be tested."""


def environment(**changed):
    """Nothing of the caller's may show on the screen. None takes a variable away."""
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TERM": TERM, "TZ": "UTC"}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            env[name] = os.environ[name]
    env.update(changed)
    return {name: value for name, value in env.items() if value is not None}


class Screen(pyte.Screen):
    """pyte, but what is shifted in has the colour of the moment, as its terminfo entry says."""

    def delete_characters(self, count=None):
        super().delete_characters(count)
        line = self.buffer[self.cursor.y]
        for x in range(max(self.cursor.x, self.columns - (count or 1)), self.columns):
            line[x] = self.cursor.attrs


class Top:
    """pidns-top on a terminal of its own."""

    def __init__(self, *arguments, columns=80, rows=24, env=None, command=None, lie=None):
        """`lie` is a size (columns, rows) that the terminal says it has, and has not."""
        self.screen = Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.output = b""
        argv = command or [TOP, *arguments]
        # It begins when we have seen the terminal as it was before.
        self.child = pexpect.spawn(
            "/bin/sh",
            ["-c", 'read _; exec "$0" "$@"', *argv],
            cwd=str(FIXTURES),
            env=env or environment(),
            dimensions=(rows, columns),
            echo=False,
            preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_DFL),
            timeout=DEADLINE_S,
        )
        self.child.delaybeforesend = None
        self.modes = termios.tcgetattr(self.child.child_fd)
        if lie:
            size = struct.pack("HHHH", lie[1], lie[0], 0, 0)
            fcntl.ioctl(self.child.child_fd, termios.TIOCSWINSZ, size)
        self.child.send("\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def kill(self):
        if self.child.closed:
            return
        # close() gives whom it has killed a tenth of a second to be gone.
        if self.child.isalive():
            self.child.kill(signal.SIGKILL)
            self.child.wait()
        self.child.close()

    def hang_up(self):
        """Our end of the terminal goes away, as when a window is closed or a line drops."""
        self.child.ptyproc.fileobj.close()
        self.child.closed = self.child.ptyproc.closed = True

    def wait_end_without_terminal(self):
        """Its wait status, once it has ended."""
        ended = []

        def has_ended():
            pid, status = os.waitpid(self.pid(), os.WNOHANG)
            ended.append(status)
            return pid != 0

        until("ended", has_ended)
        return ended[-1]

    # ---- Looking ----

    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    def text(self):
        return "\n".join(self.lines())

    def marked(self):
        """The screen as golden files have it: | a line, = the titles, > the selected row."""
        marks = []
        for y in range(self.screen.lines):
            last = self.screen.buffer[y][self.screen.columns - 1]
            first = self.screen.buffer[y][0]
            # The column that is sorted by has a colour of its own, at either end.
            filled = "green" in (first.bg, last.bg) or first.underscore
            selected = (last.bg == "cyan" or last.reverse) and not filled
            marks.append("=" if filled else ">" if selected else "|")
        return [f"{mark} {line}".rstrip() for mark, line in zip(marks, self.lines())]

    def selected(self):
        for line in self.marked():
            if line.startswith(">"):
                return line[2:]
        return ""

    def read(self, timeout):
        """Take in what there is; False: nothing came in that time, or it is gone."""
        try:
            data = self.child.read_nonblocking(65536, timeout)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return False
        self.output += data
        self.stream.feed(data)
        return True

    def wait(self, what, condition=None):
        """Until the screen shows that text, or that condition, named by the text, holds."""
        condition = condition or (lambda: what in self.text())
        end = time.monotonic() + DEADLINE_S
        while not condition():
            left = end - time.monotonic()
            if left <= 0 or not (self.read(min(left, 1)) or self.child.isalive()):
                while self.read(0):
                    pass
                if condition():
                    return self
                raise AssertionError(f"never seen: {what}\n{self.dump()}")
        return self

    def dump(self):
        return "\n".join(self.marked()) + f"\nmode {self.child.isalive()}"

    # ---- Typing ----

    KEYS = {
        "Up": "\x1b[A",
        "Down": "\x1b[B",
        "Right": "\x1b[C",
        "Left": "\x1b[D",
        "Home": "\x1b[1~",
        "End": "\x1b[4~",
        "PgUp": "\x1b[5~",
        "PgDn": "\x1b[6~",
        "Enter": "\r",
        "Esc": "\x1b",
        "Backspace": "\x7f",
        "Space": " ",
        "F1": "\x1b[[A",
        "F2": "\x1b[[B",
        "F3": "\x1b[[C",
        "F4": "\x1b[[D",
        "F5": "\x1b[[E",
        "F6": "\x1b[17~",
        "F7": "\x1b[18~",
        "F8": "\x1b[19~",
        "F9": "\x1b[20~",
        "F10": "\x1b[21~",
        "Shift-F3": "\x1b[28~",
    }

    def bytes_of(self, key):
        if len(key) == 2 and key[0] == "^":
            return chr(ord(key[1]) - ord("@"))
        return self.KEYS.get(key, key)

    def press(self, *keys):
        for key in keys:
            self.child.send(self.bytes_of(key))
        return self

    def resize(self, columns, rows):
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)
        return self

    # ---- Ending ----

    def pid(self):
        return self.child.pid

    def wait_end(self, seconds=DEADLINE_S):
        """Until it ends: its exit status, or minus its signal."""
        end = time.monotonic() + seconds
        while self.child.isalive():
            if time.monotonic() > end:
                raise AssertionError(f"does not end\n{self.dump()}")
            self.read(0.05)
        while self.read(0):
            pass
        if self.child.signalstatus is not None:
            return -self.child.signalstatus
        return self.child.exitstatus

    def modes_now(self):
        return termios.tcgetattr(self.child.child_fd)


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def expect_equal(got, wanted, what):
    if got != wanted:
        raise AssertionError(f"{what}: {got!r}, not {wanted!r}")


def subprocess_fails(*command):
    return subprocess.run(command, capture_output=True, check=False).returncode != 0


def process_state(pid):
    """The letter of proc(5); "" where there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0].decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def until(what, condition):
    """Poll what cannot be waited for."""
    end = time.monotonic() + DEADLINE_S
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"never: {what}")
        select.select([], [], [], 0.01)


def run(tests):
    """Run the functions whose names begin with test_; the exit status for ctest."""
    wanted = sys.argv[1:]
    failed = skipped = 0
    for name, test in list(tests.items()):
        if not name.startswith("test_") or (wanted and name not in wanted):
            continue
        try:
            test()
            print(f"ok      {name}", flush=True)
        except Skip as reason:
            print(f"skipped {name}: {reason}", flush=True)
            skipped += 1
        except Exception:  # pylint: disable=broad-except
            print(f"FAILED  {name}", flush=True)
            traceback.print_exc()
            failed += 1
    if failed or (skipped and os.environ.get("PIDNS_MUST_WORK") == "1"):
        return 1
    return SKIPPED if skipped else 0

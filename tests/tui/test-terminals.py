#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every broken terminal: survived, given back as it was found, and left when it is gone."""

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import time

import tui
from tui import Top, environment, expect, expect_equal

MACHINE = ("--from", "top-machine.pidns")


def start(*arguments, **how):
    return Top(*(arguments or MACHINE), **how).wait("postgres")


def refused(code, word, **how):
    """It says one sentence, and nothing that moves a cursor."""
    with Top(*MACHINE, **how) as top:
        expect_equal(top.wait_end(), code, "exit status")
        text = top.output.decode()
        expect(word in text and "-b" in text, f"not said: {word}: {text!r}")
        expect_equal(text.count("\n"), 1, "lines")
        expect("\x1b" not in text, f"escape in {text!r}")


# ---- Descriptions that are missing or of no use ----


def test_no_term():
    refused(4, "TERM is not set", env=environment(TERM=None))


def test_empty_term():
    refused(4, "TERM is not set", env=environment(TERM=""))


def test_dumb():
    refused(4, "cannot move its cursor", env=environment(TERM="dumb"))


def test_unknown():
    refused(4, "not known", env=environment(TERM="no-such-terminal"))


def test_term_with_escapes():
    refused(4, "\\033[31m", env=environment(TERM="x\x1b[31m"))


def test_term_is_a_path():
    refused(4, "not known", env=environment(TERM="../../../etc/passwd"))


def test_term_is_endless():
    refused(4, "not known", env=environment(TERM="x" * 100000))


def test_descriptions_of_all_sorts():
    for name in ("linux", "xterm", "xterm-256color", "vt100", "vt220", "screen", "ansi", "vt52"):
        if subprocess.run(["infocmp", name], capture_output=True, check=False).returncode:
            continue
        with Top(*MACHINE, env=environment(TERM=name)) as top:
            top.wait(f"{name}: postgres", lambda t=top: b"postgres" in t.output)
            top.press("Down", "q")
            expect_equal(top.wait_end(), 0, name)


def test_no_reverse_no_colour():
    """A terminal that can show nothing in reverse has the selected row marked by a character."""
    if subprocess.run(["infocmp", "vt52"], capture_output=True, check=False).returncode:
        return
    with Top(*MACHINE, env=environment(TERM="vt52")) as top:
        top.wait("the mark", lambda: b">" in top.output)


# ---- Sizes ----


def test_tiny_sizes():
    for columns, rows in ((1, 1), (2, 2), (1, 24), (80, 1), (2, 24), (3, 3), (5, 4), (20, 5)):
        with Top(*MACHINE, columns=columns, rows=rows) as top:
            top.wait("anything", lambda t=top: t.output)
            top.press("Down", "Enter", "h", "PgDn", "Esc", "F6", "Down", "Esc", "/", "a", "Esc")
            top.press("Esc", "q")
            expect_equal(top.wait_end(), 0, f"{columns}x{rows}")


def test_no_size():
    """0x0 is what a serial line says: the description's size it is, or 80x24."""
    with Top(*MACHINE, lie=(0, 0)) as top:
        top.wait("the bottom line", lambda: top.lines()[23][:10] == "Enter Open")
        top.press("q")
        expect_equal(top.wait_end(), 0, "0x0")


def test_huge_size():
    with Top(*MACHINE, lie=(65535, 65535)) as top:
        top.wait("postgres", lambda: b"postgres" in top.output)
        rss = 0
        with open(f"/proc/{top.pid()}/status", encoding="ascii") as file:
            for line in file:
                if line.startswith("VmHWM:"):
                    rss = int(line.split()[1])
        expect(rss < 256 * 1024 or tui.is_sanitized(), f"{rss} KiB for a lie")
        top.press("q")
        expect_equal(top.wait_end(), 0, "65535x65535")


def test_environment_lies_about_size():
    with Top(*MACHINE, env=environment(LINES="65535", COLUMNS="99999")) as top:
        top.wait("the bottom line", lambda: top.lines()[23][:10] == "Enter Open")


def test_resize_storm():
    with start() as top:
        for i in range(300):
            top.resize(20 + i % 60, 5 + i % 20)
            top.read(0)
        top.resize(80, 24)
        # A frame for one of the sizes before may end in that row, too.
        top.wait(
            "the last size",
            lambda: top.lines()[0][:9] == "pidns-top" and top.lines()[23][:10] == "Enter Open",
        )


def test_resize_in_every_mode():
    for keys in (["h"], ["F6"], ["/"], ["Enter"]):
        with start() as top:
            top.press(*keys)
            for size in ((20, 5), (1, 1), (100, 30), (80, 24)):
                top.resize(*size)
                top.read(0)
            top.press("Esc", "Esc")
            top.wait("the list", lambda t=top: t.lines()[23][:10] == "Enter Open")


# ---- No terminal at all ----


def piped(stdin, stdout=subprocess.PIPE):
    return subprocess.run(
        [tui.TOP, *MACHINE],
        cwd=tui.FIXTURES,
        env=environment(),
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        timeout=tui.DEADLINE_S,
        check=False,
    )


def test_stdin_is_null():
    done = piped(subprocess.DEVNULL)
    expect_equal(done.returncode, 5, "exit status")
    expect_equal(done.stdout, b"", "stdout")
    expect(b"standard input is not a terminal (use -b)" in done.stderr, done.stderr)


def test_stdin_at_end():
    reader, writer = os.pipe()
    os.close(writer)
    done = piped(reader)
    os.close(reader)
    expect_equal(done.returncode, 5, "exit status")


def on_terminal(redirection):
    return Top(command=["/bin/sh", "-c", f'"$0" "$@" {redirection}', tui.TOP, *MACHINE])


def test_stdin_closed():
    with on_terminal("<&-") as top:
        expect_equal(top.wait_end(), 5, "exit status")
        expect("standard input is not a terminal" in top.text(), top.dump())


def test_stdout_is_no_terminal():
    with on_terminal(">/dev/null") as top:
        expect_equal(top.wait_end(), 5, "exit status")
        expect("standard output is not a terminal" in top.text(), top.dump())


def test_stderr_closed():
    with on_terminal("2>&-") as top:
        top.wait("postgres").press("q")
        expect_equal(top.wait_end(), 0, "exit status")


# ---- Given back ----


def is_given_back(top, before):
    expect_equal(top.modes_now(), before, "modes of the terminal")
    expect(top.output.rstrip().find(b"\x1b[?25h") > 0, "cursor is not shown again")


FATAL = ("HUP", "INT", "QUIT", "TERM", "SEGV", "BUS", "ABRT", "FPE", "ILL", "PIPE", "USR1", "ALRM")


def test_fatal_signals():
    for name in FATAL:
        sig = getattr(signal, "SIG" + name)
        # Of a test nothing shall be left in the folder.
        with Top(command=["/bin/sh", "-c", 'ulimit -c 0; exec "$0" "$@"', tui.TOP, *MACHINE]) as top:
            top.wait("postgres")
            os.kill(top.pid(), sig)
            expect_equal(top.wait_end(), -sig, f"end by SIG{name}")
            is_given_back(top, top.modes)


def test_quit():
    with start() as top:
        top.press("q")
        expect_equal(top.wait_end(), 0, "exit status")
        is_given_back(top, top.modes)


def test_control_c():
    with start() as top:
        top.press("^C")
        expect_equal(top.wait_end(), -signal.SIGINT, "end by the signal")
        is_given_back(top, top.modes)


def test_screen_is_given_back():
    """Where there is another screen to draw on, that is left again."""
    with Top(*MACHINE, env=environment(TERM="xterm")) as top:
        top.wait("postgres", lambda: b"postgres" in top.output)
        os.kill(top.pid(), signal.SIGTERM)
        expect_equal(top.wait_end(), -signal.SIGTERM, "end")
        expect(top.output.count(b"\x1b[?1049h") == 1, "not taken over once")
        expect(b"\x1b[?1049l" in top.output, "not given back")


# With job control: only then is there a shell to stop for. The shell says when it has stopped,
# waits for a line, and continues it.
SHELL = 'set -m; "$0" "$@"; echo STOPPED; read x; fg >/dev/null; echo ENDED $?'


def under_shell():
    top = Top(command=["/bin/sh", "-c", SHELL, tui.TOP, *MACHINE])
    return top.wait("postgres")


def job_of(top):
    with open(f"/proc/{top.pid()}/task/{top.pid()}/children", encoding="ascii") as file:
        return int(file.read().split()[0])


def continued(top):
    top.screen.reset()
    top.press("Enter")
    top.wait("postgres")
    top.press("Down")
    top.wait("the next row", lambda: "nginx" in top.selected())
    top.press("q")
    top.wait("ENDED 0")


def test_stopped_by_key():
    with under_shell() as top:
        top.press("^Z")
        top.wait("STOPPED")
        expect(b"\x1b[?25h" in top.output, "cursor is not shown again")
        expect(top.modes_now()[3] & termios.ICANON, "not as it was")
        continued(top)


def test_stopped_by_sigtstp():
    with under_shell() as top:
        os.kill(job_of(top), signal.SIGTSTP)
        top.wait("STOPPED")
        expect(top.modes_now()[3] & termios.ICANON, "not as it was")
        continued(top)


def test_stopped_by_sigstop():
    """No handler can restore anything then; but whatever the shell did meanwhile is put right."""
    with under_shell() as top:
        os.kill(job_of(top), signal.SIGSTOP)
        top.wait("STOPPED")
        termios.tcsetattr(top.child.child_fd, termios.TCSANOW, top.modes)
        continued(top)


def test_sigstop_that_no_shell_sees():
    """The modes are then still ours when it goes on, and yet those before are given back."""
    with start() as top:
        os.kill(top.pid(), signal.SIGSTOP)
        tui.until("stopped", lambda: tui.process_state(top.pid()) == "T")
        os.kill(top.pid(), signal.SIGCONT)
        tui.until("running", lambda: tui.process_state(top.pid()) != "T")
        top.press("Down")
        top.wait("the next row", lambda: "nginx" in top.selected())
        top.press("q")
        expect_equal(top.wait_end(), 0, "exit status")
        is_given_back(top, top.modes)


def test_killed_while_stopped():
    """Then the terminal belongs to another process: nothing is written to it."""
    with under_shell() as top:
        job = job_of(top)
        top.press("^Z")
        top.wait("STOPPED")
        seen = len(top.output)
        os.kill(job, signal.SIGTERM)
        os.kill(job, signal.SIGCONT)
        tui.until("ended", lambda: tui.process_state(job) in ("", "Z"))
        while top.read(0):
            pass
        expect(b"\x1b" not in top.output[seen:], f"wrote {top.output[seen:]!r}")


# ---- Gone ----


def leaves_within_a_second(ignoring):
    command = f'trap "" {ignoring}; exec "$0" "$@"' if ignoring else 'exec "$0" "$@"'
    with Top(command=["/bin/sh", "-c", command, tui.TOP, *MACHINE]) as top:
        top.wait("postgres")
        begin = time.monotonic()
        top.hang_up()
        status = top.wait_end_without_terminal()
        taken = time.monotonic() - begin
        is_loaded = os.getloadavg()[0] > os.cpu_count()
        expect(taken < 1 or is_loaded, f"took {taken:.1f} s to leave")
        return status


def test_hangup():
    status = leaves_within_a_second("")
    expect(os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGHUP, f"status {status}")


def test_hangup_ignored():
    expect_equal(os.WEXITSTATUS(leaves_within_a_second("HUP")), 5, "exit status")


def test_hangup_while_stalled():
    """No process reads, the terminal is full, SIGHUP is ignored, and then the terminal is gone."""
    with Top(command=["/bin/sh", "-c", 'trap "" HUP; exec "$0" "$@"', tui.TOP, *MACHINE]) as top:
        top.wait("postgres")
        stall(top)
        top.hang_up()
        top.wait_end_without_terminal()


# ---- Stalled ----


def cpu_ticks(pid):
    with open(f"/proc/{pid}/stat", "rb") as file:
        fields = file.read().rpartition(b")")[2].split()
    return int(fields[11]) + int(fields[12])


def stall(top):
    """Make it draw and draw, and read nothing of it, until it has given up drawing."""
    for _ in range(400):
        top.press("^L")
        tui.select.select([], [], [], 0.002)


def test_stalled_reader():
    with start() as top:
        stall(top)
        expect_equal(tui.process_state(top.pid()) in ("S", "R"), True, "alive")
        before = cpu_ticks(top.pid())
        end = time.monotonic() + 1
        tui.until("a second", lambda: time.monotonic() > end)
        expect(cpu_ticks(top.pid()) - before < 30, "busy while no process reads")
        # A process that reads again sees what is there now.
        top.press("Down")
        top.wait("nginx", lambda: "nginx" in top.selected())


def test_stalled_reader_and_sigterm():
    with start() as top:
        stall(top)
        os.kill(top.pid(), signal.SIGTERM)
        tui.until("gone", lambda: tui.process_state(top.pid()) in ("", "Z"))
        expect_equal(top.wait_end(), -signal.SIGTERM, "end")


def test_flow_control():
    """^S stops the output; the keys are obeyed all the same, and ^Q shows it."""
    with start() as top:
        top.press("^S")
        top.press("Down")
        top.press("^Q")
        top.wait("the next row", lambda: "nginx" in top.selected())


# ---- Floods ----


def test_garbage():
    garbage = bytes((i * 7919 + i // 251) % 256 for i in range(20000))
    # What would leave is no garbage: q, F10, the interrupt, quit and stop characters.
    keep = bytes(b for b in garbage if b not in b"q\x03\x1c\x1a\x13\x1b")
    with start() as top:
        top.child.send(keep)
        top.press("^Q", "Esc", "Esc", "Esc", "Esc", "^L")
        top.press("Esc", "q")
        top.child.send("\x1b\x1bq\x1bq")
        expect_equal(top.wait_end() in (0,), True, "leaves by q")


def test_paste_flood():
    """Thousands of keys make a few frames, not thousands."""
    with start() as top:
        drawn = len(top.output)
        for _ in range(50):
            top.child.send("jk" * 1000)
            top.read(0)
        top.press("G")
        top.wait("the last row", lambda: "(zombie-init)" in top.selected())
        expect(len(top.output) - drawn < 2000000, f"{len(top.output) - drawn} bytes drawn")


def test_invalid_utf8_typed():
    with start() as top:
        top.press("/")
        top.child.send(b"\xff\xfe\xc3(\xe2\x82po")
        top.wait("the prompt", lambda: "Search:" in top.lines()[23])
        top.press("Esc", "q")
        expect_equal(top.wait_end(), 0, "exit status")


def test_unknown_keys():
    with start() as top:
        top.child.send(b"\x1b[99~\x1bOz\x1b[1;5A\x1b[<0;1;1M\x1b[200~\x00")
        top.press("Down")
        top.wait("any row", lambda: top.selected() != "")


if __name__ == "__main__":
    sys.exit(tui.run(globals()))

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A session of one's own on a terminal of its own: job control, size, signals, endings, floods."""

import fcntl
import hashlib
import os
import pathlib
import pty
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

import tui
from terminal import Terminal, child_of
from tui import expect, expect_equal, process_state, until

RUN = os.path.join(tui.BIN, "run-session")


def session(*argv, **how):
    return Terminal(RUN, *argv, **how)


def shell(script, **how):
    return session("/bin/sh", "-c", script, **how)


def ends(terminal, status):
    with terminal:
        expect_equal(terminal.wait_end(), status, "exit status")
        terminal.expect_restored(f"status {status}")
        return terminal.output


# ---- Endings ----


def test_exit_statuses():
    for status in (0, 1, 7, 126, 255):
        ends(shell(f"exit {status}"), status)


def test_ended_by_signal():
    for name, number in (("TERM", 15), ("KILL", 9), ("SEGV", 11)):
        ends(shell(f"ulimit -c 0; kill -{name} $$"), 128 + number)


def test_not_found():
    output = ends(session("/no/such/program"), 127)
    expect_equal(output, b"run-session: /no/such/program: No such file or directory\r\n", "said")


def test_cannot_be_run():
    output = ends(session("/etc/passwd"), 126)
    expect_equal(output, b"run-session: /etc/passwd: Permission denied\r\n", "said")


def test_refused():
    """Nothing was taken over, so the sentence ends a line as the caller's terminal has it."""
    output = ends(session("--refuse", "/bin/true"), 5)
    expect_equal(output, b"run-session: refused\r\n", "said")


def test_last_words():
    """What was written before the end is shown, however short the program lived."""
    for _ in range(30):
        output = ends(session("/bin/echo", "last words"), 0)
        expect_equal(output, b"last words\r\n", "said")


def test_end_of_input():
    with session("/bin/cat") as terminal:
        until("raw", terminal.is_raw)
        terminal.send("one\n\x04")
        expect_equal(terminal.wait_end(), 0, "status of cat after ^D")
        expect_equal(terminal.output, b"one\r\none\r\n", "typed and shown")
        terminal.expect_restored("end of input")


# ---- The terminal ----


def test_own_session():
    script = "import os; print(os.getpid() == os.getsid(0) == os.getpgrp() == os.tcgetpgrp(0))"
    output = ends(session(sys.executable, "-c", script), 0)
    expect_equal(output, b"True\r\n", "leads its session, and has the terminal")


def test_modes_are_inherited():
    def no_echo():
        modes = termios.tcgetattr(0)
        modes[3] &= ~termios.ECHO
        modes[6][termios.VERASE] = b"\x08"
        termios.tcsetattr(0, termios.TCSANOW, modes)

    with shell("stty -a; exit 3", before=no_echo) as terminal:
        expect_equal(terminal.wait_end(), 3, "status")
        expect(b" -echo " in terminal.output, f"echo: {terminal.output!r}")
        expect(b"erase = ^H;" in terminal.output, f"erase: {terminal.output!r}")
        expect(not terminal.modes_now()[3] & termios.ECHO, "found with echo, left without")


def test_size():
    with shell("trap 'stty size' WINCH; stty size; while :; do sleep 0.05; done", rows=33, columns=99) as t:
        t.wait("33 99\r\n")
        t.resize(11, 222)
        t.wait("11 222\r\n")


def test_every_byte():
    """All 256, both ways, through terminals that are both raw."""
    script = "stty raw -echo; echo ready; head -c 256 | od -An -v -tx1; head -c 3 | cat"
    with shell(script) as terminal:
        terminal.wait("ready\n")
        terminal.send(bytes(range(256)))
        dumped = terminal.wait(b"ff\n") + b"ff"
        expect_equal(bytes.fromhex(dumped.decode()), bytes(range(256)), "typed")
        terminal.send(b"\xff\x00\x80")
        terminal.wait(b"\xff\x00\x80")
        expect_equal(terminal.wait_end(), 0, "status")


def test_large_paste():
    """As much as no buffer holds, while the program takes its time to begin."""
    data = b"".join(hashlib.sha256(b"%d" % n).digest() for n in range(1 << 15))
    script = "stty raw -echo; echo ready; read go </dev/null; head -c %d | sha256sum" % len(data)
    with shell(script) as terminal:
        terminal.wait("ready\n")
        terminal.send(data)
        terminal.wait(hashlib.sha256(data).hexdigest())
        expect_equal(terminal.wait_end(), 0, "status")


def test_paste_to_a_program_that_does_not_read():
    """Both directions full at once: the output still comes, and ^C still works."""
    with shell("stty -icanon -echo; echo ready; exec yes") as terminal:
        terminal.wait("ready\r\n")
        flood = b"x" * 300000
        end = time.monotonic() + tui.DEADLINE_S
        sent = seen = 0
        # Until no more is taken: then every buffer on the way in is full.
        while sent < len(flood) and time.monotonic() < end:
            ready = select.select([terminal.master], [terminal.master], [], 1)
            if ready[0]:
                seen += len(os.read(terminal.master, 65536))
            if not ready[1] and seen > 1 << 20:
                break
            if ready[1]:
                sent += os.write(terminal.master, flood[sent : sent + 256])
        expect(seen > 1 << 20, f"{seen} bytes of output while {sent} were pasted")
        os.kill(terminal.pid, signal.SIGTERM)
        expect_equal(terminal.wait_end(), 128 + signal.SIGTERM, "status")
        terminal.expect_restored("a flood")


def test_large_output():
    with session("/usr/bin/seq", "200000") as terminal:
        expect_equal(terminal.wait_end(), 0, "status")
        wanted = b"".join(b"%d\r\n" % n for n in range(1, 200001))
        expect(terminal.output == wanted, f"{len(terminal.output)} bytes, not {len(wanted)}")


def test_output_read_late():
    """The program has long ended when its output is read; nothing is lost and nothing is dropped."""
    # More than the outer terminal holds, and less than we and the inner one hold with it.
    with session("/usr/bin/seq", "9000") as terminal:
        until("stopped by a full terminal, or ended", lambda: idle(terminal))
        expect(not terminal.has_ended(), "it ended though its output is still to be read")
        expect_equal(terminal.wait_end(), 0, "status")
        wanted = b"".join(b"%d\r\n" % n for n in range(1, 9001))
        expect(terminal.output == wanted, f"{len(terminal.output)} bytes, not {len(wanted)}")


def idle(terminal):
    """It sleeps and has no child any more: for something was written, there was one."""
    if not select.select([terminal.master], [], [], 0)[0]:
        return False
    children = pathlib.Path(f"/proc/{terminal.pid}/task/{terminal.pid}/children")
    return not children.read_text(encoding="ascii") and process_state(terminal.pid) == "S"


def test_program_closes_its_terminal():
    """A daemon in the making: it goes on, can have its terminal again, and its status counts."""
    script = "exec </dev/null >/dev/null 2>&1; read x </dev/tty; echo got $x >/dev/tty; exit 9"
    with shell(script) as terminal:
        child = child_of(terminal.pid)
        until("all is closed", lambda: os.readlink(f"/proc/{child}/fd/2") == "/dev/null")
        terminal.send("again\n")
        terminal.wait("got again\r\n")
        expect_equal(terminal.wait_end(), 9, "status")


def test_left_behind():
    """Who keeps the terminal open after the end is not waited for."""
    with tempfile.NamedTemporaryFile() as note:
        script = f"trap '' HUP; sleep 1000 & echo $! >{note.name}; echo started"
        output = ends(shell(script), 0)
        os.kill(int(pathlib.Path(note.name).read_text(encoding="ascii")), signal.SIGKILL)
        expect(b"started" in output, f"{output!r}")


def test_only_terminals_are_replaced():
    with tempfile.TemporaryFile() as file:
        script = "tty; echo to file >&2; test -t 2 || exit 4"
        with shell(script, stdio=[(2, file.fileno())]) as terminal:
            expect_equal(terminal.wait_end(), 4, "status")
            expect(b"/dev/pts/" in terminal.output, f"{terminal.output!r}")
        file.seek(0)
        expect_equal(file.read(), b"to file\n", "stderr")


def test_input_is_a_file():
    """Only stdout is a terminal; keys still come by /dev/tty."""
    with open("/dev/null", "rb") as null:
        script = "cat; echo ready; read x </dev/tty; echo got $x"
        with shell(script, stdio=[(0, null.fileno())]) as terminal:
            terminal.wait("ready\r\n")
            terminal.send("key\n")
            terminal.wait("got key\r\n")
            expect_equal(terminal.wait_end(), 0, "status")


# ---- No terminal ----


def plain(*argv, **how):
    return subprocess.run(
        [RUN, *argv],
        timeout=tui.DEADLINE_S,
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        **how,
    )


def test_no_terminal():
    script = "import os; print(os.getpid() == os.getsid(0)); open('/dev/tty')"
    done = plain(sys.executable, "-c", script)
    expect_equal(done.stdout, b"True\n", "leads a session")
    expect(b"/dev/tty" in done.stderr, "a terminal from nowhere")
    expect_equal(done.returncode, 1, "status")
    for status in (0, 7, 126):
        expect_equal(plain("/bin/sh", "-c", f"exit {status}").returncode, status, "status")
    expect_equal(plain("/no/such").returncode, 127, "status")
    expect_equal(plain("/bin/sh", "-c", "kill -KILL $$").returncode, 137, "status")


def test_no_terminal_signal():
    """It is passed on: who handles it answers, who does not is ended by it."""
    for script, status in (("trap 'exit 5' TERM; echo ready; while :; do read x; done", 5),
                           ("echo ready; read x; exec sleep 1000", 143)):
        with subprocess.Popen([RUN, "/bin/sh", "-c", script], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as process:
            expect_equal(process.stdout.readline(), b"ready\n", "said")
            process.terminate()
            expect_equal(process.wait(tui.DEADLINE_S), status, script)


def test_streams_that_are_closed():
    """They stay closed, and none of ours takes their place."""
    script = (
        "import os, sys\n"
        "def is_open(fd):\n"
        "    try: return bool(os.fstat(fd))\n"
        "    except OSError: return False\n"
        "found = [fd for fd in range(100) if is_open(fd)]\n"
        "print(found, file=open(%r, 'w'))\n"
    )
    with tempfile.NamedTemporaryFile() as note:
        def close_all():
            for fd in (0, 2):
                os.close(fd)
        done = subprocess.run([RUN, sys.executable, "-c", script % note.name], check=False,
                              stdout=subprocess.DEVNULL, preexec_fn=close_all, timeout=tui.DEADLINE_S)
        got = pathlib.Path(note.name).read_text(encoding="ascii")
    expect_equal(done.returncode, 0, "status")
    expect_equal(got, "[1]\n", "descriptors")


STATE = (
    "import os, signal\n"
    "print([s.name for s in signal.Signals if signal.getsignal(s) == signal.SIG_IGN])\n"
    "print(sorted(s.name for s in signal.pthread_sigmask(signal.SIG_BLOCK, [])))\n"
    "print(sorted(int(f) for f in os.listdir('/proc/self/fd')))\n"
    "print(os.getcwd(), dict(os.environ), os.nice(0), oct(os.umask(0)))\n"
)


def test_nothing_else_is_changed():
    """Dispositions, mask, descriptors, folder, environment: as without us."""

    def odd():
        for sig in (signal.SIGCHLD, signal.SIGUSR2, signal.SIGTTOU, signal.SIGHUP):
            signal.signal(sig, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_SETMASK, [signal.SIGUSR1, signal.SIGTERM])
        os.dup2(2, 77)
        os.set_inheritable(77, True)
        os.chdir("/usr")
        os.umask(0o123)

    argv = [sys.executable, "-S", "-c", STATE]
    with Terminal(*argv, before=odd) as direct:
        direct.wait_end()
        wanted = direct.output
    expect(b"77" in wanted and b"SIGUSR1" in wanted, f"{wanted!r}")
    expect_equal(ends(session(*argv, before=odd), 0), wanted, "on a terminal")


# ---- Keys and signals ----


def test_interrupt_and_quit():
    """The keys are the inner terminal's; the relay goes on."""
    for key, name in (("\x03", "INT"), ("\x1c", "QUIT")):
        with shell(f"trap 'echo caught; exit 6' {name}; echo ready; while :; do sleep 1; done") as t:
            t.wait("ready\r\n")
            t.send(key)
            t.wait("caught\r\n")
            expect_equal(t.wait_end(), 6, name)
            t.expect_restored(name)
    with shell("ulimit -c 0; echo ready; exec sleep 1000") as terminal:
        terminal.wait("ready\r\n")
        terminal.send("\x03")
        expect_equal(terminal.wait_end(), 130, "status")


def has_got(terminal, name):
    """Who was on the way into read(2) when the signal came, looks at it after a line."""
    terminal.send("\n")
    terminal.read(0.1)
    return f"got {name}\r\n".encode() in terminal.output


def test_signals_are_passed_on():
    names = "HUP INT QUIT USR1 USR2 ALRM TERM RTMIN"
    traps = "; ".join(f"trap 'echo got {name}' {name}" for name in names.split())
    script = traps + "; echo ready; while :; do read x; done"
    with session("/bin/bash", "-c", script) as terminal:
        terminal.wait("ready\r\n")
        for name in names.split():
            os.kill(terminal.pid, getattr(signal, "SIG" + name))
            until(f"got {name}", lambda wanted=name: has_got(terminal, wanted))
        os.kill(child_of(terminal.pid), signal.SIGKILL)
        expect_equal(terminal.wait_end(), 137, "status")
        terminal.expect_restored("all signals")


def test_restored_when_killed():
    """By whatever ends a process: the program is ended, too, and the terminal is as it was."""
    for sig in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1,
                signal.SIGALRM, signal.SIGPIPE, signal.SIGXCPU):
        with shell("echo ready; exec sleep 1000") as terminal:
            terminal.wait("ready\r\n")
            child = child_of(terminal.pid)
            until("it sleeps", lambda c=child: comm_of(c) == "sleep")
            expect(terminal.is_raw(), "not raw while it runs")
            os.kill(terminal.pid, sig)
            expect_equal(terminal.wait_end(), 128 + sig, "status")
            terminal.expect_restored(sig.name)
            expect_equal(process_state(child), "", "the program")


def test_init_of_a_namespace():
    """An init gets no signal that it does not handle, so it is killed. Here the /proc that is mounted
    is not that of the namespace which the two of them have their numbers in."""
    if os.geteuid():
        raise tui.Skip("namespaces are made by root")
    new = ("/usr/bin/unshare", "--pid")
    argv = (*new, "--fork", *new, RUN, "/bin/sh", "-c")
    # A leak checker would look for itself in that /proc.
    env = tui.environment(PS1="$ ", ASAN_OPTIONS="detect_leaks=0")
    with Terminal(*argv, "echo ready; exec sleep 1000", env=env) as terminal:
        terminal.wait("ready\r\n")
        relay = child_of(terminal.pid)
        child = child_of(relay)
        until("it sleeps", lambda: comm_of(child) == "sleep")
        os.kill(relay, signal.SIGTERM)
        expect_equal(terminal.wait_end(), 143, "status")
        terminal.expect_restored("an init")
        expect_equal(process_state(child), "", "the program")
    script = "trap 'echo caught; exit 7' TERM; echo ready; while :; do sleep 1; done"
    with Terminal(*argv, script, env=env) as terminal:
        terminal.wait("ready\r\n")
        os.kill(child_of(terminal.pid), signal.SIGTERM)
        terminal.wait("caught\r\n")
        expect_equal(terminal.wait_end(), 7, "status")


def comm_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def test_restored_after_a_fault():
    for sig in (signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT):
        with shell("ulimit -c 0; echo ready; read x") as terminal:
            terminal.wait("ready\r\n")
            os.kill(terminal.pid, sig)
            status = terminal.wait_end()
            expect(status in (-sig, 1), f"status {status}")
            terminal.expect_restored(sig.name)


def test_killed_at_once():
    """SIGKILL leaves no time; but the program hears that its terminal is gone."""
    with shell("echo ready; read x; exec sleep 1000") as terminal:
        terminal.wait("ready\r\n")
        child = child_of(terminal.pid)
        os.kill(terminal.pid, signal.SIGKILL)
        until("the program is gone", lambda: process_state(child) in ("", "Z"))


def test_terminal_goes_away():
    """A program that does not handle SIGHUP ends by it. No terminal shows anything any more."""
    with shell("echo ready; exec sleep 1000") as terminal:
        terminal.wait("ready\r\n")
        child = child_of(terminal.pid)
        terminal.hang_up()
        expect_equal(terminal.wait_end(), 129, "status")
        expect_equal(process_state(child), "", "the program")


def test_terminal_goes_away_from_a_program_that_stays():
    """Who handles it goes on, and its status is still ours to return."""
    with tempfile.TemporaryDirectory() as scratch:
        script = (f"trap 'touch {scratch}/hup' HUP; echo ready; "
                  f"until test -e {scratch}/hup; do read x; done; "
                  f"until test -e {scratch}/go; do sleep 0.05; done; exit 8")
        with shell(script) as terminal:
            terminal.wait("ready\r\n")
            terminal.hang_up()
            until("SIGHUP", lambda: os.path.exists(scratch + "/hup"))
            expect(not terminal.has_ended(), "it has ended before its program")
            pathlib.Path(scratch, "go").touch()
            expect_equal(terminal.wait_end(), 8, "status")


# ---- Job control, of a shell outside and of one inside ----


def goes_on(pid):
    """It may be about to look what there is to do."""
    return process_state(pid) in ("R", "S")


def outer_shell(**how):
    return Terminal("/bin/bash", "--norc", "--noprofile", "-i", **how)


def test_jobs_inside():
    """^Z, fg and bg are those of the shell within."""
    with session("/bin/bash", "--norc", "--noprofile", "-i") as terminal:
        terminal.wait("$ ")
        # What is typed before the shell has given its own modes up is not echoed.
        terminal.send("sh -c 'echo up; exec cat'\n").wait("up\r\n")
        terminal.send("one\n").wait("one\r\none\r\n")
        terminal.send("\x1a").wait("Stopped")
        terminal.wait("$ ")
        terminal.send("jobs\n").wait("exec cat'\r\n")
        terminal.wait("$ ")
        terminal.send("fg\n").wait("exec cat'\r\n")
        terminal.send("two\n").wait("two\r\ntwo\r\n")
        terminal.send("\x03").wait("$ ")
        expect(goes_on(terminal.pid), "the relay has stopped")
        terminal.send("exit 3\n")
        expect_equal(terminal.wait_end(), 3, "status")
        terminal.expect_restored("jobs")


def start_job(outer, script):
    outer.wait("$ ")
    outer.send(f"{RUN} /bin/sh -c '{script}'\n")
    outer.wait("ready\r\n")
    return child_of(outer.pid)


def test_job_of_an_outer_shell():
    """Who stops the program stops the job: the shell has its terminal as before, and fg goes on."""
    with outer_shell() as outer:
        relay = start_job(outer, "echo ready; while read x; do echo got $x; done; exit 4")
        inner = child_of(relay)
        expect(outer.is_raw(), "not raw while it runs")
        os.kill(inner, signal.SIGSTOP)
        outer.wait("Stopped")
        outer.wait("$ ")
        expect_equal(process_state(relay), "T", "the relay")
        outer.send("stty -a; echo done$?\n")
        expect(b" icanon" in outer.wait("done0"), "the shell's own commands run raw")
        outer.resize(44, 144)
        outer.send("fg\n").wait("exit 4'\r\n")
        until("continued", lambda: process_state(inner) == "S" and outer.is_raw())
        size = fcntl.ioctl(os.open(f"/proc/{inner}/fd/0", os.O_RDONLY | os.O_NOCTTY),
                           termios.TIOCGWINSZ, b"\0" * 8)
        expect_equal(struct.unpack("HHHH", size)[:2], (44, 144), "size after fg")
        outer.send("key\n").wait("got key\r\n")
        outer.send("\x04").wait("$ ")
        outer.send("echo status $?\n").wait("status 4\r\n")
        outer.send("exit\n")
        expect_equal(outer.wait_end(), 0, "shell")


def test_stop_signal_stops_both():
    with outer_shell() as outer:
        relay = start_job(outer, "echo ready; read x; exit 2")
        inner = child_of(relay)
        os.kill(relay, signal.SIGTSTP)
        outer.wait("Stopped")
        until("both stopped", lambda: process_state(relay) == process_state(inner) == "T")
        outer.wait("$ ")
        outer.send("fg\n").wait("exit 2'\r\n")
        until("continued", lambda: process_state(inner) == "S" and outer.is_raw())
        outer.send("\n").wait("$ ")
        outer.send("echo status $?\n").wait("status 2\r\n")


def test_stop_that_cannot_be_caught():
    with outer_shell() as outer:
        relay = start_job(outer, "echo ready; read x; exit 2")
        os.kill(relay, signal.SIGSTOP)
        outer.wait("Stopped")
        outer.wait("$ ")
        outer.send("fg\n").wait("exit 2'\r\n")
        until("raw again", outer.is_raw)
        outer.send("\n").wait("$ ")
        outer.send("stty -a; echo done$?\n")
        expect(b" icanon" in outer.wait("done0"), "left raw")


def test_in_the_background():
    """It neither stops nor takes the terminal over; fg brings it to the front."""
    with outer_shell() as outer:
        outer.wait("$ ")
        outer.send(f"{RUN} /bin/sh -c 'echo out; read x; echo got $x; exit 5' & \n")
        outer.wait("out\r")
        relay = child_of(outer.pid)
        expect(goes_on(relay), "the relay has stopped")
        outer.send("stty -a; echo done$?\n")
        expect(b" icanon" in outer.wait("done0"), "the terminal was taken over")
        outer.send("fg\n").wait("exit 5'")
        until("taken", outer.is_raw)
        outer.send("key\n").wait("got key\r\n")
        outer.wait("$ ")
        outer.send("echo status $?\n").wait("status 5\r\n")


def test_no_process_could_continue_it():
    """Where there is no shell a stop is none: it would be for ever."""
    with shell("echo ready; read x; exit 2") as terminal:
        terminal.wait("ready\r\n")
        inner = child_of(terminal.pid)
        os.kill(terminal.pid, signal.SIGTSTP)
        os.kill(inner, signal.SIGSTOP)
        terminal.send("\n")
        expect_equal(terminal.wait_end(), 2, "status")


def test_one_in_another():
    with session(RUN, RUN, "/bin/sh", "-c", "stty size; read x; echo got $x; exit 3") as terminal:
        terminal.wait("24 80\r\n")
        terminal.send("key\n").wait("got key\r\n")
        expect_equal(terminal.wait_end(), 3, "status")
        terminal.expect_restored("three of them")


def test_not_the_controlling_terminal():
    """A terminal that is no session's: it works as well, only later."""
    master, slave = pty.openpty()
    with subprocess.Popen([RUN, "/bin/sh", "-c", "tty; read x; echo got $x; exit 6"], stdin=slave,
                          stdout=slave, stderr=slave, start_new_session=True) as process:
        os.write(master, b"key\n")
        output = b""
        while b"got key\r\n" not in output:
            expect(select.select([master], [], [], tui.DEADLINE_S)[0], f"only {output!r}")
            output += os.read(master, 65536)
        expect_equal(process.wait(tui.DEADLINE_S), 6, "status")
    os.close(slave)
    os.close(master)


if __name__ == "__main__":
    sys.exit(tui.run(globals()))

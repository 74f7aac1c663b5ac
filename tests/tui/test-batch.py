#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Batch mode: plain text, with no terminal and next to no descriptors; and the command line."""

import os
import re
import signal
import subprocess
import sys
import time

import tui
from tui import Skip, environment, expect, expect_equal

MACHINE = ["--from", "top-machine.pidns"]


def run(*arguments, **how):
    how.setdefault("stdin", subprocess.DEVNULL)
    how.setdefault("stdout", subprocess.PIPE)
    how.setdefault("stderr", subprocess.PIPE)
    how.setdefault("env", environment(TERM=None))
    return subprocess.run(
        [tui.TOP, *arguments], cwd=tui.FIXTURES, timeout=tui.DEADLINE_S, check=False, **how
    )


NAMESPACES = """\
pidns-top REPLAY  up 02:30  replay of top-machine.pidns, cannot see unborn, pidfd, procfs-mount
PIDs 62+/33k
8 namespaces: 1 FULL [1]  1 near a limit [2]  3 with zombies [3]  2 dead [4]   29 processes, 62 threads, 5 zombies

NAME                  INIT PROCS   THR ZOM(age) NEAREST LIMIT               CPU%   MEM FORKS/s  AGE        USED     MAX      INODE OWNER    LVL COMMAND
host                     1     7    20  1 (60m) pid_max     0%               3.5  100M       -   2h         62+   32768 4026531836 0          0 systemd
  nginx                700     3     3        0 pid_max     0%              21.1   90M       -  60m          3+   32768 4026532201 0          1 nginx
  postgres             800     9     9        0 pid_max    81%!              6.0  328M       -  60m          52      64 4026532205 0          1 postgres
  systemd              900     2    22        0 pid_max     0%              11.4   89M       -  60m         29+   32768 4026532210 -          1 systemd
    pause              950     2     2        0 pid_max     5%               1.7   33M       -  60m          7+     128 4026532301 1000       2 pause
      sh               970     5     5  3 (60m) pid_max   100%!              0.1  7.0M       -  60m          16      16 4026532302 1000       3 sh
  (dead) …2400           -     0     0        0 -                              -     -       -    -          0+       - 4026532400 0          1 -
  (zombie-init) runc   990     1     1  1 (60m) -                            0.0     0       -  60m          1+       - 4026532401 0          1 runc
"""


def test_namespaces():
    done = run("-b", "-n1", *MACHINE)
    expect_equal(done.returncode, 0, "exit status")
    expect_equal(done.stderr, b"", "stderr")
    text = done.stdout.decode()
    lines = [re.sub(r" {2,}", "  ", line) for line in text.splitlines()]
    wanted = [re.sub(r" {2,}", "  ", line) for line in NAMESPACES.splitlines()]
    expect_equal(lines, wanted, "output")


def test_processes():
    done = run("-b", "-n1", *MACHINE, "@971")
    lines = done.stdout.decode().splitlines()
    expect_equal(lines[3], "systemd › pause › sh: 5 processes, init 970, ino 4026532302", "whose")
    expect_equal(lines[5].split()[:6], ["PID", "VPID1", "VPID2", "VPID", "PPID", "USER"], "titles")
    expect_equal(lines[7].split()[:8], ["971", "96", "21", "2", "-", "1000", "D", "0.1"], "a row")
    expect_equal(len(lines), 11, "lines")


def test_targets():
    for target in ("4026532201", "pid:[4026532201]", "@701"):
        done = run("-b", "-n1", *MACHINE, target)
        expect(b"nginx: 3 processes, init 700, ino 4026532201" in done.stdout, target)
    for target, what in (
        ("4026532299", b"no such namespace"),
        ("@4000", b"no such process"),
        ("web", b"no such namespace or container"),
        ("name:web", b"no such container"),
    ):
        done = run("-b", "-n1", *MACHINE, target)
        expect_equal(done.returncode, 5, target)
        expect(what in done.stderr, done.stderr)
    notes = ("--from", "notes.pidns")
    done = run("-b", "-n1", *notes, "3f4e8a1b2c3d")
    expect(b"web: 4 processes, init 6025, ino 4026532201" in done.stdout, done.stdout)
    done = run("-b", "-n1", *notes, "web")
    expect_equal(done.returncode, 2, "two of them")
    expect(b"4026532201 (docker) 4026532204 (podman)" in done.stderr, done.stderr)


def rows(output):
    """What stands below the titles of the first look."""
    return output.decode().split("\n\n")[1].splitlines()[1:]


def test_sort():
    """A flat list, the most first; and the other way round."""
    first = [row.split()[-1] for row in rows(run("-b", "-n1", "-s", "cpu", *MACHINE).stdout)]
    expect_equal(first[:3], ["nginx", "systemd", "postgres"], "by CPU")
    last = [row.split()[-1] for row in rows(run("-b", "-n1", "-s-CPU", *MACHINE).stdout)]
    # What is not known stays at the end.
    expect_equal(last[:-1], list(reversed(first[:-1])), "reversed")


def test_iterations():
    done = run("-b", "-n3", "-d0.1", *MACHINE)
    expect_equal(done.stdout.count(b"pidns-top REPLAY"), 3, "looks")


def test_no_end_without_iterations():
    top = subprocess.Popen(
        [tui.TOP, "-b", "-d0.1", *MACHINE],
        cwd=tui.FIXTURES,
        env=environment(TERM=None),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    for _ in range(5):
        line = b"-"
        while line and not line.startswith(b"pidns-top REPLAY"):
            line = top.stdout.readline()
        expect(line, "it ended")
    top.send_signal(signal.SIGTERM)
    expect_equal(top.wait(tui.DEADLINE_S), -signal.SIGTERM, "end")
    top.stdout.close()


def test_delay():
    begin = time.monotonic()
    run("-b", "-n3", "-d0.3", *MACHINE)
    expect(time.monotonic() - begin >= 0.6, "did not wait")


def test_width():
    for width in (1, 2, 20, 33, 80, 100):
        done = run("-b", "-n1", f"-w{width}", *MACHINE)
        expect_equal(done.returncode, 0, "exit status")
        below = done.stdout.decode().split("\n\n")[1]
        if width >= 20:
            longest = max(len(line) for line in below.splitlines())
            expect(longest <= width, f"{longest} columns for {width}")


def test_nothing_open_but_stdout():
    """No stdin, no stderr, no terminal, no session to find one in."""
    done = run(
        "-b",
        "-n1",
        *MACHINE,
        stdin=None,
        stderr=None,
        start_new_session=True,
        preexec_fn=lambda: (os.close(0), os.closerange(2, 1024)),
        close_fds=False,
    )
    expect_equal(done.returncode, 0, "exit status")
    expect_equal(done.stdout.decode().split("\n")[0], NAMESPACES.split("\n")[0], "output")


def test_live_machine():
    """The caller sees at least itself."""
    done = run("-b", "-n1", f"@{os.getpid()}")
    if done.returncode == 4:
        raise Skip(done.stderr.decode().strip())
    expect_equal(done.returncode, 0, "exit status")
    own = [row.split() for row in rows(done.stdout) if row.split()[0] == str(os.getpid())]
    expect_equal(len(own), 1, "rows of ours")
    expect_equal(own[0][-1], open("/proc/self/comm", encoding="ascii").read().strip(), "name")


def test_a6_the_first_frame_knows_what_it_shows():
    """Of a process that is known in full, no column of the only frame is a dash; by each order."""
    for arguments in ([], ["-s", "uid"], ["-s", "cpu"], ["-w", "80"], ["-w", "200"]):
        for provider in ("auto", "procfs"):
            done = run("-b", "-n1", "--provider", provider, *arguments, f"@{os.getpid()}")
            if done.returncode == 4:
                raise Skip(done.stderr.decode().strip())
            titles = done.stdout.decode().split("\n\n")[1].split("\n")[0].split()
            own = [row.split() for row in rows(done.stdout) if row.split()[0] == str(os.getpid())]
            expect_equal(len(own), 1, "rows of ours")
            expect("USER" in titles, f"titles {titles}")
            expect("-" not in own[0], f"{provider} {arguments}: {titles} {own[0]}")
            head = done.stdout.decode().split("\n\n")[0]
            for word in ("namespace", "process"):
                expect(word in head.split("\n")[2], f"{word} is not in {head}")


def test_a6_the_first_frame_of_namespaces():
    for arguments in ([], ["-s", "pids_max"], ["-w", "80"], ["-w", "120"]):
        done = run("-b", "-n1", *arguments)
        if done.returncode == 4:
            raise Skip(done.stderr.decode().strip())
        inode = os.readlink("/proc/self/ns/pid")[5:-1]
        own = [row.split() for row in rows(done.stdout) if row.startswith("host ")]
        if not own:
            raise Skip(f"not in the initial namespace, but in {inode}")
        expect_equal(len(own), 1, "rows of our namespace")
        # One sample has no rate.
        dashes = own[0].count("-") - 1
        expect(dashes <= 0 or os.geteuid(), f"{arguments}: {own[0]}")


def test_output_cannot_be_written():
    with open("/dev/full", "wb") as full:
        done = run("-b", "-n1", *MACHINE, stdout=full)
    expect_equal(done.returncode, 5, "exit status")
    expect_equal(done.stderr.count(b"\n"), 1, "sentences")
    done = run("-b", "-n1", *MACHINE, stdout=None, preexec_fn=lambda: os.close(1))
    expect_equal(done.returncode, 5, "stdout closed")


def test_full_disk_ends_it():
    with open("/dev/full", "wb") as full:
        done = run("-b", "-d0.1", *MACHINE, stdout=full)
    expect_equal(done.returncode, 5, "exit status")


def test_reader_goes_away():
    reader, writer = os.pipe()
    os.close(reader)
    done = run("-b", "-d0.1", *MACHINE, stdout=writer)
    os.close(writer)
    expect(done.returncode in (5, -signal.SIGPIPE), f"exit status {done.returncode}")


WRONG = (
    ["--no-such-option"],
    ["-x"],
    ["-d"],
    ["-d", "0"],
    ["-d", "-1"],
    ["-d", "nan"],
    ["-d", "inf"],
    ["-d", "1s"],
    ["-d", ""],
    ["-n", "0"],
    ["-n", "-1"],
    ["-n", "1x"],
    ["-n", "99999999999999999999999"],
    ["-n", ""],
    ["-w", "0"],
    ["-w", "4001"],
    ["-s", "nothing"],
    ["-s", ""],
    ["-s", "vpids"],
    ["--provider", "nobody"],
    ["12"],
    ["@"],
    ["@0"],
    ["@99999999999"],
    ["pid:[12"],
    ["4026531836", "4026531836"],
    [""],
)


def test_wrong_usage():
    for arguments in WRONG:
        done = run("-b", "-n1", *MACHINE, *arguments)
        expect_equal(done.returncode, 2, f"exit status of {arguments}")
        expect_equal(done.stderr.count(b"\n"), 1, f"sentences for {arguments}: {done.stderr}")
        expect(done.stderr.startswith(b"pidns-top: "), done.stderr)
        expect_equal(done.stdout, b"", "stdout")


def test_help_and_version():
    done = run("--help")
    expect_equal(done.returncode, 0, "exit status")
    expect(max(map(len, done.stdout.splitlines())) <= 80, "too wide")
    for option in ("--batch", "--delay", "--from", "--provider", "--plain", "--all", "--sort"):
        expect(option.encode() in done.stdout, option)
    expect(re.fullmatch(rb"pidns-top \d+\.\d+\.\d+\n", run("-V").stdout), "version")


if __name__ == "__main__":
    sys.exit(tui.run(globals()))

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Other moments: back and forward on the running machine and in a series, marking one and comparing."""

import os
import re
import subprocess
import sys
import tempfile

import recordings
import tui
from recordings import ROOT, SECOND, Recording, process
from tui import Top, expect, expect_equal
from tui import Skip

# 12:00:00 UTC of some day.
NOON_S = 1760011200 // 86400 * 86400 + 43200


def moment(at_s, workers, cpu=1.0):
    """A machine with one container, which has so many workers; none: it is not there."""
    r = Recording(9000 + at_s, provider="bpf", cannot_see="-")
    r.head = r.head.replace(" flags=partial cannot_see=-", "")
    r.head += f" wall_time_ns={(NOON_S + at_s) * SECOND}"
    r.ns(ROOT, reaper=1, reaper_start_ns=SECOND, pids_max=32768, pids_used=2 + workers, pids_used_exact=1)
    process(r, ROOT, [1], "systemd", mib=12, age=9000)
    if workers:
        box = r.ns(4026532201, ROOT, reaper=700, reaper_start_ns=8000 * SECOND, pids_max=32768)
        process(r, box, [700, 1], "boxinit", age=1000, cpu=cpu)
        for i in range(workers):
            process(r, box, [701 + i, 2 + i], f"worker{i}", age=900)
    return r.bytes()


class Series:
    """A file with a moment a minute: the container grows, and is gone in the last two."""

    def __enter__(self):
        self.file = tempfile.NamedTemporaryFile(suffix=".pidns")
        for at_s, workers, cpu in ((0, 1, 1), (60, 3, 31), (120, 5, 61), (180, 0, 0), (240, 0, 0)):
            self.file.write(moment(at_s, workers, cpu))
        self.file.flush()
        return self.file.name

    def __exit__(self, *_):
        self.file.close()


def row_of(top, name):
    """Not what the header says of it, nor the pane."""
    return next((line for line in top.lines()[4:22] if name in line), "")


def shows(top, *words):
    """A whole frame whose first line has these words."""
    return top.wait(" ".join(words), lambda: not top.read(0.2) and all(word in top.lines()[0] for word in words))


def test_a_series_back_and_forward():
    with Series() as path, Top("--from", path, columns=120, rows=30) as top:
        shows(top, "12:04:00 REPLAY ", "5 of 5")
        expect_equal(row_of(top, "boxinit"), "", "a container that is gone")
        shows(top.press("["), "12:03:00 REPLAY -60s", "4 of 5")
        shows(top.press("["), "12:02:00 REPLAY -2m")
        expect_equal(row_of(top, "boxinit").split()[2:4], ["6", "6"], "processes, threads")
        # 30 s of CPU time in the minute before.
        expect("50.0" in row_of(top, "boxinit"), row_of(top, "boxinit"))
        shows(top.press("{"), "12:00:00 REPLAY -4m", "1 of 5")
        expect_equal(row_of(top, "boxinit").split()[2:4], ["2", "2"], "processes, threads")
        top.press("[").wait("this is the first of 5 snapshots")
        top.press("]").wait("12:01:00 REPLAY -3m").press("}").wait("12:04:00 REPLAY  ")
        top.press("]").wait("this is the last of 5 snapshots")
        # Many keys at once are as many steps.
        top.press("[" * 4).wait("12:00:00 REPLAY -4m").press("]" * 3).wait("12:03:00 REPLAY -60s")


def test_at_a_time_of_a_series():
    with Series() as path, Top("--from", path, "--at", "12:01", columns=120, rows=30) as top:
        shows(top, "12:01:00 REPLAY -3m")
        expect_equal(row_of(top, "boxinit").split()[2], "4", "processes")
        top.press("]").wait("12:02:00 REPLAY -2m")


def test_events_end_at_the_moment_shown():
    with Series() as path, Top("--from", path, columns=120, rows=30) as top:
        top.wait("12:04:00").press("e").wait("12:03:00 ")
        expect(re.search("12:03:00 .*-namespace", top.text()), top.text())
        top.press("[", "[").wait("REPLAY -2m  Esc", lambda: "REPLAY -2m" in top.lines()[-1])
        top.wait("12:02:00 ", lambda: not top.read(0.2) and "12:02:00 " in top.text())
        expect("12:03" not in top.text() and "-namespace" not in top.text(), top.text())


def test_the_processes_at_another_moment():
    with Series() as path, Top("--from", path, columns=120, rows=30) as top:
        shows(shows(top, "12:04:00").press("[", "["), "12:02:00").press("Down")
        top.wait("it is selected", lambda: "boxinit" in top.selected()).press("Enter")
        top.wait("worker4")
        shows(top.press("["), "12:01:00 REPLAY -3m")
        expect("worker2" in top.text() and "worker4" not in top.text(), top.text())
        top.press("}").wait("12:04:00").wait("is gone")


def test_compare_in_a_series():
    with Series() as path, Top("--from", path, columns=120, rows=30) as top:
        top.wait("12:04:00").press("{").wait("12:00:00").press("=").wait("marked 12:00:00")
        top.press("]", "]").wait("12:02:00").wait("REPLAY -2m =").press("=")
        top.wait("12:02:00 REPLAY -2m, against 12:00:00, 2m before")
        expect(re.search(r"boxinit +\+4 +\+4 +\+16M", top.text()), top.text())
        top.press("}").wait("12:04:00, against 12:00:00, 4m before")
        expect(re.search(r"gone +boxinit +2 +2 +0", top.text()), top.text())
        # The other way round it is new.
        top.press("=").wait("no moment is marked any more").press("=").wait("marked 12:04:00")
        top.press("{").wait("12:00:00").press("=").wait("12:00:00 REPLAY -4m, against 12:04:00, 4m later")
        expect(re.search(r"new +boxinit", top.text()), top.text())
        shows(top.press("Esc"), "12:00:00").press("Down")
        top.wait("it is selected", lambda: "boxinit" in top.selected()).press("Enter").wait("worker0").press("]", "]")
        top.wait("12:02:00").press("=").wait("against 12:04:00").wait("new  704 worker3")


def test_nothing_is_different():
    with Series() as path, Top("--from", path, columns=80, rows=24) as top:
        top.wait("12:04:00").press("=").wait("marked").press("=").wait("Nothing is different.")


def test_one_snapshot_has_no_other_moment():
    with Top("--from", "top-machine.pidns") as top:
        top.wait("postgres").press("[").wait("this is the first of 1 snapshots")
        top.press("]").wait("this is the last of 1 snapshots")


def test_on_the_lowest_screen():
    with Series() as path, Top("--from", path, columns=20, rows=5) as top:
        top.wait("1 ns").press("[", "[").wait("-2m ", lambda: top.lines()[0].startswith("-2m 2 ns"))
        top.press("Down", "Enter").wait("-2m In", lambda: top.lines()[0].startswith("-2m In "))


# ---- The running machine ----


class Space:
    """A PID namespace whose init has a name of its own."""

    def __init__(self, name):
        if os.geteuid():
            raise Skip("only root sees what it has not made")
        self.process = subprocess.Popen(
            ["unshare", "-pf", "--kill-child", "bash", "-c", f"echo $$; exec -a {name} sleep 1000"],
            stdout=subprocess.PIPE)
        self.process.stdout.readline()

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def live(*arguments, **how):
    how.setdefault("columns", 120)
    how.setdefault("rows", 60)
    top = Top("-d", "0.3", *arguments, **how)
    return top.wait("LIVE", lambda: top.selected() and " LIVE" in top.text())


def rows_of(top, ino):
    return [line for line in top.lines() if str(ino) in line]


def inode_of(pid):
    return int(os.readlink(f"/proc/{pid}/ns/pid").split("[")[1][:-1])


def init_of(space):
    path = f"/proc/{space.process.pid}/task/{space.process.pid}/children"
    with open(path, encoding="ascii") as file:
        return int(file.read().split()[0])


def test_back_to_before_it_went():
    space = Space("shortlived")
    init = init_of(space)
    with live() as top:
        top.press("/", *str(init), "Enter")
        top.wait("it is selected", lambda: str(init) in top.selected().split())
        top.press("i").wait("Namespace").press("Esc").wait("LIVE")
        # The columns of now are those of then.
        space.end()
        top.wait("gone", lambda: not any(str(init) in line.split() for line in top.lines()[3:50]))
        steps = 0
        while not any(str(init) in line.split() for line in top.lines()[3:50]):
            before = top.lines()[0]
            top.press("[").wait("REPLAY -", lambda b=before: "REPLAY -" in top.lines()[0] and top.lines()[0] != b)
            steps += 1
            expect(steps < 50, "never found again")
        top.wait(", } now", lambda: ", } now" in top.lines()[0])
        expect(" LIVE" not in top.text(), top.text())
        # It goes on sampling, and the moment stays.
        clock = re.search(r"\d\d:\d\d:\d\d", top.lines()[0]).group()
        top.wait("it gets older", lambda: re.search("REPLAY -[2-9]s", top.lines()[0]))
        expect_equal(re.search(r"\d\d:\d\d:\d\d", top.lines()[0]).group(), clock, "the moment shown")
        expect(any(str(init) in line.split() for line in top.lines()[3:50]), top.text())
        # Nothing can be done to what is not there any more.
        top.press("k").wait("this is the past")
        top.press("}").wait(" LIVE")
        top.wait("gone", lambda: not any(str(init) in line.split() for line in top.lines()[3:50]))
        top.press("]").wait("this is now")


def test_to_the_oldest_and_forward():
    with live() as top:
        top.wait("some samples", lambda: " LIVE" in top.text() and not top.press("{").read(0.5)
                 or "REPLAY -" in top.text())
        top.press("[").wait("no earlier sample is kept")
        for _ in range(100):
            if " LIVE" in top.text():
                break
            top.press("]")
            top.read(0.1)
        top.wait(" LIVE")


def test_compare_with_now():
    with live() as top:
        top.press("=").wait("marked ")
        space = Space("newcomer")
        init = init_of(space)
        try:
            top.press("=").wait(", against ")
            top.wait("it is new", lambda: any(line.startswith("new ") for line in top.lines()))
            top.press("Esc").wait("LIVE =", lambda: " LIVE =" in top.text())
            top.press("=").wait(", against ").press("=").wait("no moment is marked")
            expect(init > 0, init)
        finally:
            space.end()


if __name__ == "__main__":
    sys.exit(tui.run(globals()))

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The jobs that pidns-top is for, done on a recorded series: last night's outage, the morning after."""

import re
import sys

import tour
import tui
from tui import Top, expect, expect_equal


def start(*arguments):
    top = Top(command=tour.command(*arguments), columns=130, rows=30)
    return whole(top, "the list", lambda: "worker-queue" in top.text())


def whole(top, what, condition):
    return top.wait(what, lambda: not top.read(0.2) and condition())


def row_of(top, name):
    return next((line for line in top.lines()[4:22] if name in line), "")


def find(top, name):
    top.press("/", *name, "Enter")
    return whole(top, f"{name} is selected", lambda: name in top.selected())


def test_find_a_container():
    with start() as top:
        find(top, "cron-lazy")
        expect("10429" in top.selected(), top.selected())
        # By its id.
        find(top, "worker-queue")
        box_id = re.search("podman ([0-9a-f]{12})", top.text()).group(1)
        top.press("Home", "/", *box_id, "Enter")
        whole(top, "found by its id", lambda: "worker-queue" in top.selected())


def test_which_container_is_near_its_limit():
    with start() as top:
        top.press("2")
        whole(top, "only that", lambda: row_of(top, "worker-queue") and not row_of(top, "cron-lazy"))
        expect(re.search(r"pids\.max +\[\|+ *\] +90% !", row_of(top, "worker-queue")), top.text())
        find(top, "worker-queue")
        whole(top, "which one", lambda: "pids.max 36/40 of /sys/fs/cgroup" in top.text())


def test_the_lazy_parent_and_the_age_of_its_zombies():
    with start() as top:
        top.press("3")
        whole(top, "only that", lambda: row_of(top, "cron-lazy") and not row_of(top, "worker-queue"))
        expect("12 (16m)" in row_of(top, "cron-lazy"), row_of(top, "cron-lazy"))
        find(top, "cron-lazy").press("Enter")
        whole(top, "who should", lambda: top.text().count("10429 (tail) should reap it") == 12)
        expect("[3]" not in top.text(), "a count that is not of these rows")


def test_number_7_of_a_container():
    with start() as top:
        find(top, "worker-queue").press("Enter")
        whole(top, "inside", lambda: "worker-queue: 36 processes" in top.text())
        top.press("#", "7", "Enter")
        whole(top, "it", lambda: top.selected().split()[:2] == ["10332", "7"])
        top.press("#", "9", "9", "9", "Enter")
        whole(top, "none", lambda: top.selected().split()[:2] == ["10332", "7"] and "999" in top.lines()[-1])


def test_what_happened():
    with start() as top:
        top.press("e")
        whole(top, "its end", lambda: re.search("02:06:00 .*-namespace", top.text()))
        top.press("Home")
        whole(top, "its beginning", lambda: re.search(r"02:05:00 .*\+namespace", top.text()))


def test_before_it_went():
    with start() as top:
        expect_equal(row_of(top, "burner"), "", "what is gone")
        top.press("[")
        whole(top, "it was there", lambda: "02:05:40 REPLAY -20s" in top.text() and row_of(top, "burner"))
        expect("100% !" in row_of(top, "burner"), row_of(top, "burner"))
        expect("1 FULL" in top.text(), top.text())
        top.press("[", "[")
        whole(top, "it was young", lambda: "02:05:00 REPLAY -60s" in top.text() and row_of(top, "burner"))
        expect("100% !" not in row_of(top, "burner"), row_of(top, "burner"))
        top.press("[")
        whole(top, "it was not", lambda: "02:04:40 REPLAY -80s" in top.text() and not row_of(top, "burner"))


def test_what_is_different():
    with start("--at", "02:05:40") as top:
        top.press("=")
        top.wait("marked 02:05:40").press("}", "=")
        whole(top, "it is gone", lambda: re.search("^gone burner +8 +8", top.text(), re.MULTILINE))


def test_a_recording_is_not_acted_on():
    with start() as top:
        find(top, "worker-queue").press("k")
        top.wait("read only")


if __name__ == "__main__":
    sys.exit(tui.run(globals()))

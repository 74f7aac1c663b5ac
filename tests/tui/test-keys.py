#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every key of the table, typed on a terminal: each does what its line in the help says."""

import sys

import requests
import tui
from tui import Top, expect, expect_equal

ROOT = "4026531836"
WEB = "4026532201"
DB = "4026532205"
NODE = "4026532210"
POD = "4026532301"
LOST = "4026532401"


# What they are called where there is no room for the inode.
NAMES = {ROOT: "host", WEB: "nginx", DB: "postgres", NODE: "─systemd", POD: "pause",
         LOST: "(zombie-init)"}


def selects(top, what):
    if top.screen.columns < 120:
        what = NAMES.get(what, what)
    top.wait(f"selected: {what}", lambda: what in top.selected())


def shows(top, what):
    top.wait(what)


def shows_not(top, what):
    top.wait(f"no {what}", lambda: what not in top.text() and "Enter Open" in top.text())


def press_open(top, key):
    top.press("Down", key)
    shows(top, f"ino {WEB}")


def press_back(top, key):
    top.press("Enter")
    shows(top, f"ino {ROOT}")
    top.press(key)
    shows(top, "Enter Open")


def press_quit(top, key):
    top.press(key)
    expect_equal(top.wait_end(), 0, "exit status")


def press_help(top, key):
    top.press(key)
    shows(top, "KEYS")
    top.press("Esc")
    shows(top, "Enter Open")


def press_details(top, key):
    top.press("Down", key)
    shows(top, f"Namespace {WEB}, alive")
    shows(top, "KEPT ALIVE BY")
    top.press(key)
    shows(top, "Enter Open")
    selects(top, WEB)


def press_search(top, key):
    top.press(key, *"postg")
    shows(top, "Search: postg")
    selects(top, DB)


def searching(top):
    top.press("/", *"syst", "Enter")
    selects(top, ROOT)


def press_search_next(top, key):
    searching(top)
    top.press(key)
    selects(top, NODE)


def press_search_prev(top, key):
    searching(top)
    top.press("Down", key)
    selects(top, ROOT)
    top.press(key)
    selects(top, NODE)


def press_filter(top, key):
    top.press(key, *"pause", "Enter")
    shows(top, "filter: pause")
    shows_not(top, DB)
    shows(top, NAMES[POD])


def press_tree(top, key):
    top.press(key)
    shows_not(top, "─")
    top.press(key)
    shows(top, "└─")


def press_setup(top, key):
    top.press(key)
    shows(top, "> [x] NAME")
    top.press("Down", "Space")
    shows(top, "> [ ] INIT")
    top.press("Down", "+", "q")
    shows(top, "No home directory")
    expect("INIT" not in top.text(), "a column that was taken away")
    expect(" THR PROCS " in " ".join(top.text().split()), "the order")


def press_sort_menu(top, key):
    top.press(key)
    shows(top, "Enter chooses")
    top.press("Down", "Enter")
    shows(top, "OWNER▲")


def press_up(top, key):
    top.press("Down", "Down")
    selects(top, DB)
    top.press(key)
    selects(top, WEB)


def press_earlier(top, key):
    top.press(key)
    shows(top, "this is the first of 1 snapshots")


def press_later(top, key):
    top.press(key)
    shows(top, "this is the last of 1 snapshots")


def press_oldest(top, key):
    top.press(key, "Down")
    selects(top, WEB)
    shows(top, "REPLAY  up")


def press_newest(top, key):
    press_oldest(top, key)


def press_compare(top, key):
    top.press(key)
    shows(top, "marked 02:30: = shows what is different")
    top.press(key)
    shows(top, "Nothing is different.")
    top.press(key)
    shows(top, "no moment is marked any more")


def press_down(top, key):
    top.press(key)
    selects(top, WEB)



def press_page_up(top, key):
    top.press("End")
    selects(top, LOST)
    top.press(key)
    selects(top, ROOT)


def press_page_down(top, key):
    top.press(key)
    selects(top, LOST)


def press_first(top, key):
    top.press("End")
    selects(top, LOST)
    top.press(key)
    selects(top, ROOT)


def press_last(top, key):
    top.press(key)
    selects(top, LOST)


def press_fold(top, key):
    top.press(*["Down"] * 3, key)
    shows_not(top, POD)
    shows(top, "├─+ systemd")
    top.press(key)
    selects(top, ROOT)


def press_unfold(top, key):
    top.press(*["Down"] * 3, "-")
    shows_not(top, POD)
    top.press(key)
    shows(top, NAMES[POD])


def press_fold_all(top, key):
    top.press(key)
    shows_not(top, POD)
    top.press(key)
    shows(top, NAMES[POD])


def press_sort_left(top, key):
    top.press("M", key)
    shows(top, "▼CPU%")


def press_sort_right(top, key):
    top.press("P", key)
    shows(top, "▼MEM")


def press_reverse(top, key):
    top.press("P")
    shows(top, "▼CPU%")
    top.press(key)
    shows(top, "▲CPU%")
    top.press(key)
    shows(top, "▼CPU%")


def press_sort_number(top, key):
    top.press("P")
    shows(top, "▼CPU%")
    top.press(key)
    top.wait("by inode", lambda: "▼CPU%" not in top.text())


def press_sort_cpu(top, key):
    top.press("t", key)
    shows(top, "▼CPU%")
    selects(top, WEB)


def press_sort_memory(top, key):
    top.press("t", key)
    shows(top, "▼MEM")
    selects(top, DB)


def press_sort_time(top, key):
    top.press("Down", "Enter", key)
    shows(top, "▼TIME+")
    selects(top, "12:00.00")


def press_command(top, key):
    """A recording has names alone, whichever is asked for; test-live.py sees the difference."""
    top.press(key, "Down")
    selects(top, "nginx")


def press_below(top, key):
    top.press("Down", "Down", "Down", "Enter")
    shows(top, ": 2 processes, init 900")
    top.press(key)
    shows(top, " and below: 9 processes")


def press_tag(top, key):
    """Of a recording nothing can be acted on: test-act.py does it."""
    top.press(key)
    shows(top, "read only")


press_kill = press_shell = press_nice_lower = press_nice_raise = press_tag


def press_untag(top, key):
    top.press(key, "Down")
    selects(top, WEB)


def press_vpid(top, key):
    top.press("Down", "Enter")
    shows(top, f"ino {WEB}")
    top.press(key, *"8", "Enter")
    top.wait("number 8 there", lambda: top.selected().split()[:2] == ["702", "8"])
    top.press(key, *"70", "Enter")
    shows(top, "no process with the VPID 70 here")


def press_user(top, key):
    top.press("Down", "Enter")
    shows(top, f"ino {WEB}")
    top.press(key, *"4711", "Enter")
    shows(top, "Nothing matches")
    top.press("Esc")
    selects(top, "700")
    top.press(key, *"33", "Enter")
    shows(top, "702")


def press_threads(top, key):
    """test-live.py sees them; of this recording there are none."""
    top.press(key)
    shows(top, "first Enter a namespace")
    top.press("Enter")
    shows(top, f"ino {ROOT}")
    top.press(key)
    shows(top, ": 7 threads, init")
    top.press(key)
    shows(top, ": 7 processes, init")


def press_wrap(top, key):
    top.press("Down", key)
    shows(top, "PID 700:\nnginx")
    top.press(key)
    shows(top, "Enter Open")
    top.press("Enter", "Down", "Enter")
    top.wait("of a process", lambda: top.lines()[1] == "nginx")
    top.press("Esc")
    shows(top, f"ino {WEB}")


def press_theme(top, key):
    top.press(key)
    shows(top, "colours: light")


def press_kernel(top, key):
    top.press("Enter")
    shows(top, "kthreadd")
    top.press(key)
    top.wait("none of the kernel", lambda: "kthreadd" not in top.text())
    top.press(key)
    shows(top, "kthreadd")


def press_events(top, key):
    top.press(key)
    shows(top, "Nothing has happened")
    top.press(key)
    shows(top, "Enter Open")


def press_only_full(top, key):
    top.press(key)
    selects(top, "host")
    top.wait("those alone", lambda: "postgres" not in top.text())
    top.press(key)
    shows(top, "postgres")


def press_only_near(top, key):
    top.press(key)
    top.wait("those alone", lambda: "nginx" not in top.text() and "postgres" in top.text())


def press_only_zombies(top, key):
    top.press(key)
    top.wait("those alone", lambda: "nginx" not in top.text() and "3 (60m)" in top.text())


def press_only_dead(top, key):
    top.press(key)
    top.wait("those alone", lambda: "nginx" not in top.text() and "(dead)" in top.text())


def press_only_unborn(top, key):
    top.press(key)
    shows(top, "Nothing matches the filter.")


def press_pane(top, key):

    top.resize(160, 30)
    shows(top, "no events so far")
    top.press(key)
    top.wait("no pane", lambda: "no events so far" not in top.text())


def press_pause(top, key):
    top.press(key)
    shows(top, "PAUSED" if "LIVE" in top.text() else "REPLAY")
    top.press(key)
    shows(top, "Enter Open")


def press_delay(top, key):
    top.press(key)
    shows(top, "Delay:")
    top.press(*"0.05", "Enter")
    shows(top, "Not a number of seconds")


def press_save(top, key):
    """Here without a home; test-config.py has one."""
    top.press(key)
    shows(top, "No home directory")


def press_refresh(top, key):
    """Of a recording there is nothing new; it must stand."""
    top.press(key, "Down")
    selects(top, WEB)


def press_redraw(top, key):
    top.stream.feed(b"\x1b[2J\x1b[H" + b"dirt " * 100)
    expect("dirt" in top.text(), "no dirt")
    top.press(key)
    top.wait("no dirt", lambda: "dirt" not in top.text())
    selects(top, ROOT)


def test_every_key():
    table = requests.keys()
    known = {name[6:] for name in globals() if name.startswith("press_")}
    expect_equal(known, set(table), "requests that this test knows")
    for name, keys in table.items():
        for key in keys:
            with Top("--from", "top-machine.pidns", columns=160) as top:
                selects(top, ROOT)
                try:
                    globals()[f"press_{name}"](top, key)
                except AssertionError as error:
                    raise AssertionError(f"{key} does not {name}: {error}") from error


UNKNOWN = ("x", "Q", "$", "^A", b"\x1b[2~", b"\x1b[1;5A", b"\x1bOz", "\xe9".encode())


def test_d_unknown_keys_are_answered():
    with Top("--from", "top-machine.pidns") as top:
        selects(top, ROOT)
        for key in UNKNOWN:
            expect(key not in sum(requests.keys().values(), []), f"{key} is a key")
            top.child.send(key if isinstance(key, bytes) else top.bytes_of(key))
            shows(top, "no such key; h for help")
            top.press("Down")
            shows_not(top, "no such key")
        for keys in ("h",), ("F6",), ("i",), ("/",):
            top.press(*keys)
            top.child.send(b"\x1b[2~")
            shows(top, "no such key; Esc leaves")
            top.press("Esc")
            shows_not(top, "no such key")


ARROWS = {b"\x1b[B": WEB, b"\x1bOB": WEB, b"\x1b[B\x1b[A": ROOT, b"\x1bOB\x1bOA": ROOT}


def test_d_both_forms_of_arrows_under_every_term():
    """Of terminals that pyte does not understand, only what is written is looked at."""
    for term in ("linux", "xterm", "xterm-256color", "vt100", "vt220", "screen", "tmux", "rxvt"):
        if tui.subprocess_fails("infocmp", term):
            continue
        for keys, row in ARROWS.items():
            with Top("--from", "top-machine.pidns", env=tui.environment(TERM=term)) as top:
                top.wait(f"{term}: rows", lambda t=top: "postgres" in t.text())
                top.child.send(keys + b"\r")
                top.wait(f"{term}: {keys}", lambda t=top, r=row: f"ino {r}" in t.text())
                # Not one of them was Esc.
                top.press("q")
                expect_equal(top.wait_end(), 0, term)


NO_KEYS = (
    b"\x1b[<2;10;10M\x1b[<2;10;10m",
    b"\x1b[M#!!",
    b"\x1b[?62;4c",
    b"\x1b]11;rgb:0000/0000/0000\x1b\\",
    b"\x1bP>|term q\x1b\\",
    b"\x1b[200~q\rq\x1b[201~",
)


def test_d_no_keys_are_swallowed_whole():
    """Also where they come in pieces; the screen stays, and the next key counts."""
    with Top("--from", "top-machine.pidns") as top:
        selects(top, ROOT)
        for data in NO_KEYS:
            for cut in range(1, len(data)):
                for piece in (data[:cut], data[cut:]):
                    top.child.send(piece)
                    top.read(0.01)
            top.press("Down")
            selects(top, WEB)
            expect("no such key" not in top.text(), f"{data} was a key")
            top.press("Up")
            selects(top, ROOT)


def test_d_lone_escape():
    with Top("--from", "top-machine.pidns") as top:
        selects(top, ROOT)
        top.press("Enter")
        shows(top, f"ino {ROOT}")
        top.press("Esc")
        shows(top, "Enter Open")


def test_help_shows_every_key():
    with Top("--from", "top-machine.pidns", columns=100, rows=90) as top:
        selects(top, ROOT)
        top.press("h")
        shows(top, "KEYS")
        for name, keys in requests.keys().items():
            shows(top, "  " + " ".join(keys) + " ")
            expect(name, "a name")


def test_bottom_line_offers_what_works():
    with Top("--from", "top-machine.pidns", columns=120) as top:
        selects(top, ROOT)
        shows(top, "F6 Sort")
        expect("Esc Back" not in top.text() and "Enter Open" in top.text(), top.text())
        top.press("Enter")
        shows(top, "Esc Back")
        shows(top, "F6 Sort")
        expect("Enter Open" not in top.text() and "Esc Back" in top.text(), top.text())


if __name__ == "__main__":
    sys.exit(tui.run(globals()))

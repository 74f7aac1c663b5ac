#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the screen looks like, and what a mouse does on it."""

import sys
import tempfile

import tui
from tui import Top, environment, expect, expect_equal

ON, OFF = b"\x1b[?1000h\x1b[?1006h", b"\x1b[?1006l\x1b[?1000l"


def start(*arguments, **how):
    how.setdefault("columns", 100)
    how.setdefault("rows", 30)
    how.setdefault("env", environment(TERM="xterm"))
    top = Top("--from", "top-machine.pidns", *arguments, **how)
    return top.wait("rows", lambda: "postgres" in top.text())


def place_of(top, text):
    """The row and column of the middle of that text, from 1, once the whole frame has come."""
    top.wait(text).wait("a whole frame", lambda: not top.read(0.2))
    for y, line in enumerate(top.lines()):
        if text in line:
            return y + 1, line.index(text) + len(text) // 2 + 1
    raise AssertionError(f"{text} is not there\n{top.dump()}")


def mouse(top, button, row, column):
    top.child.send(f"\x1b[<{button};{column};{row}M\x1b[<{button};{column};{row}m")
    return top


def click(top, text):
    return mouse(top, 0, *place_of(top, text))


def test_a_click_selects_and_opens():
    with start() as top:
        click(top, "postgres").wait("selected", lambda: "postgres" in top.selected())
        expect("Enter Open" in top.text(), "opened by the first click")
        click(top, "postgres").wait("init 800")
        click(top, "Esc Back").wait("Enter Open")
        # The older form, three bytes.
        row, column = place_of(top, "nginx")
        top.child.send(f"\x1b[M {chr(column + 32)}{chr(row + 32)}")
        top.wait("selected", lambda: "nginx" in top.selected())


def test_the_wheel_moves():
    with start() as top:
        first = top.selected()
        mouse(top, 65, 10, 10).wait("moved", lambda: top.selected() != first)
        mouse(top, 64, 10, 10).wait("back", lambda: top.selected() == first)
        click(top, "h Help").wait("KEYS")
        # pyte does not know all that an xterm does; what is drawn anew counts.
        before = len(top.output)
        mouse(top, 65, 10, 10).wait("scrolled", lambda: len(top.output) > before + 100)
        click(top, "Esc leaves").wait("Enter Open")


def test_titles_counts_and_the_bar():
    with start() as top:
        click(top, "PROCS").wait("sorted", lambda: "▼PROCS" in top.text())
        click(top, "PROCS").wait("the other way", lambda: "▲PROCS" in top.text())
        click(top, "with zombies [3]").wait("filtered", lambda: "postgres" not in top.text())
        click(top, "with zombies [3]").wait("all", lambda: "postgres" in top.text())
        click(top, "F6 Sort").wait("Sort by:")
        click(top, "MEM ").wait("chosen", lambda: top.selected().startswith("> MEM"))
        click(top, "MEM ").wait("sorted", lambda: "▼" in top.text() and "Sort by" not in top.text())
        click(top, "F2 Setup").wait("Space shows or hides")
        click(top, "FORKS/s").wait("chosen", lambda: "[x] FORKS/s" in top.selected())


def test_nothing_is_typed_by_a_click():
    with start() as top:
        top.press("/").wait("Search:")
        mouse(top, 0, 10, 10)
        mouse(top, 65, 10, 10)
        top.press(*"nginx").wait("typed", lambda: "Search: nginx" in top.text())


def test_the_mouse_is_given_back():
    for sent, how in ((True, {}), (False, {"env": environment(TERM="vt220")})):
        with start(**how) as top:
            top.press("q")
            expect_equal(top.wait_end(), 0, "exit status")
            expect_equal((ON in top.output, OFF in top.output), (sent, sent), str(how))
            expect(top.output.rfind(OFF) >= top.output.rfind(ON), "left on")
    for option in ("--no-mouse", "--plain"):
        with start(option) as top:
            top.press("q")
            top.wait_end()
            expect(ON not in top.output, option)


def colours(top, text):
    row, column = place_of(top, text)
    cell = top.screen.buffer[row - 1][column - 1]
    return cell.fg, cell.bg


def test_themes():
    with tempfile.TemporaryDirectory() as home:
        env = environment(XDG_CONFIG_HOME=home)
        with start(env=env) as top:
            dark = colours(top, "NAME"), colours(top, "host")
            seen = {dark}
            for name in ("light", "contrast", "mono"):
                top.press("C").wait(f"colours: {name}")
                seen.add((colours(top, "NAME"), colours(top, "host")))
                expect(" !" in top.text(), "said by colours alone")
            expect_equal(len(seen), 4, "themes that differ")
            expect_equal(colours(top, "NAME"), ("default", "default"), "mono")
            top.press("C").wait("colours: dark")
            expect_equal((colours(top, "NAME"), colours(top, "host")), dark, "dark again")
            top.press("F2").wait("Space shows").press("C").wait("colours: light")
            top.press("Esc").wait("Written:")
            light = colours(top, "NAME"), colours(top, "host")
        with start(env=env) as top:
            expect_equal((colours(top, "NAME"), colours(top, "host")), light, "kept")


def test_without_colours():
    for how in ({"env": environment(NO_COLOR="1")}, {"env": environment(TERM="vt220")}):
        with start(**how) as top:
            top.press("C").wait("there are no colours here")
            cells = [cell for line in top.screen.buffer.values() for cell in line.values()]
            expect_equal({(cell.fg, cell.bg) for cell in cells}, {("default", "default")}, str(how))


def test_plain_has_its_cursor_on_the_row():
    with start("--plain") as top:
        def is_on_the_row():
            return top.marked()[top.screen.cursor.y].startswith(">")

        top.wait("the cursor on the row", is_on_the_row)
        for _ in range(3):
            down = top.screen.cursor.y + 1
            top.press("Down").wait("the cursor one row down",
                                   lambda y=down: top.screen.cursor.y == y and is_on_the_row())
            expect(not top.screen.cursor.hidden, "hidden")


if __name__ == "__main__":
    sys.exit(tui.run(globals()))

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Names that others chose: no byte of them that could do anything reaches the terminal."""

import re
import sys
import unicodedata

import recordings
import tui
from tui import Top, expect, expect_equal

# What the terminal's own description makes us send: cursor, colours, erasing, modes.
SEQUENCE = re.compile(rb"\x1b(\[[?0-9;]*[A-Za-z@]|\([B0]|\)[B0]|[78=>cM])")
NAMES = ("--from", "top-names.pidns")
SIZES = ((80, 40), (100, 40), (41, 40), (37, 12), (20, 5), (3, 3))


def everything_shown(arguments, columns, rows, locale):
    """All bytes that come out while the whole list goes by."""
    with Top(*arguments, columns=columns, rows=rows, env=tui.environment(LC_ALL=locale)) as top:
        top.wait("a frame", lambda: top.output)
        top.press("Enter", *["PgDn"] * 12, "Home", "^L", "/", *"esc", "Esc", "\\", *"c1", "Enter")
        top.press("F6", "Esc", "h", "Esc", "Esc", "Esc", "q")
        expect_equal(top.wait_end(), 0, "exit status")
        return top.output


def check_bytes(output, locale):
    rest = SEQUENCE.sub(b"", output)
    text = rest.decode("utf-8")  # raises where it is not valid
    for char in text:
        if char in "\r\n\b\x0f\x0e\x07":
            continue
        expect(char >= " ", f"control character {char!r}")
        expect(unicodedata.category(char) not in ("Cc", "Cf", "Zl", "Zp", "Cn", "Cs"), repr(char))
        if locale == "C":
            expect(char < "\x7f", f"{char!r} where only ASCII can be shown")


def test_nothing_leaks():
    for locale in ("C.UTF-8", "C"):
        for columns, rows in SIZES:
            check_bytes(everything_shown(NAMES, columns, rows, locale), locale)


def test_nothing_leaks_in_batch():
    with Top("-b", "-n1", *NAMES, "1") as top:
        top.wait_end()
    for arguments in ([], ["@1"], ["@500"]):
        with Top("-b", "-n1", *NAMES, *arguments, columns=500) as top:
            expect_equal(top.wait_end(), 0, "exit status")
            check_bytes(top.output, "C.UTF-8")
            expect(b"\x1b" not in top.output, "an escape sequence in batch mode")


def column_of(line, char):
    """The screen column where the character stands; a wide one takes two cells in pyte."""
    return line.index(char)


def test_no_column_drifts():
    """Whatever the name, every row's columns stand under their titles, at any cut."""
    for columns in range(38, 75):
        with Top(*NAMES, "@1", columns=columns, rows=40) as top:
            top.wait("Esc Back")
            lines = top.screen.display
            title = next(y for y in range(40) if "COMMAND" in lines[y])
            at = lines[title].index("COMMAND")
            for i, _ in enumerate(recordings.HOSTILE):
                row = top.screen.buffer[title + 1 + i]
                pid = "".join(row[x].data for x in range(5))
                expect_equal(pid.strip(), str(i + 1), f"row {i} at {columns} columns")
                expect_equal(row[at - 1].data, " ", f"before the command, row {i}, {columns}")


def test_one_line_a_row():
    with Top(*NAMES, "@1", columns=60, rows=40) as top:
        top.wait("Esc Back")
        rows = [line for line in top.lines() if re.match(r" +\d+ +(- +)?0 ", line)]
        expect_equal(len(rows), len(recordings.HOSTILE), "rows")


def test_file_name_in_header():
    name = "no\x1b[31m\u202esuch"
    with Top("--from", name) as top:
        expect(top.wait_end() != 0, "exit status")
        check_bytes(top.output, "C.UTF-8")
        expect("\\033[31m\\342\\200\\256" in top.text(), top.text())


def test_arguments():
    for arguments, status in (
        (["--x\x1b[2J"], 2),
        (["--sort", "\x1b[2J"], 2),
        (["\x1b[2J"], 5),  # no such container
        (["-d", "\x1b]0;x\x07"], 2),
    ):
        with Top(*arguments) as top:
            expect_equal(top.wait_end(), status, "exit status")
            check_bytes(top.output, "C.UTF-8")


if __name__ == "__main__":
    sys.exit(tui.run(globals()))

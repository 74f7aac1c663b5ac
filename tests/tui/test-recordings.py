#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Recordings that are none, and those that are large."""

import os
import sys
import tempfile
import time

import recordings
import tui
from tui import Top, expect, expect_equal


def refused(path, *words):
    """One sentence, before the screen is touched."""
    for arguments in ([], ["-b", "-n1"]):
        with Top(*arguments, "--from", path, columns=200) as top:
            status = top.wait_end()
            expect(status in (4, 5), f"{path}: exit status {status}")
            expect("\x1b" not in top.output.decode(), "the screen was touched")
            said = [line for line in top.lines() if line]
            expect_equal(len(said), 1, f"lines of {said}")
            for word in words:
                expect(word in said[0], f"not said: {word}: {said[0]}")


def written(data):
    file = tempfile.NamedTemporaryFile(suffix=".pidns")
    file.write(data)
    file.flush()
    return file


def test_missing():
    refused("no-such-file", "no-such-file")


def test_a_folder_that_is_no_procfs():
    with tempfile.TemporaryDirectory() as folder:
        refused(folder)


def test_damaged():
    good = recordings.machine().bytes()
    bad = {
        "empty": b"",
        "cut": good[: len(good) // 2],
        "cut by one": good[:-1],
        "a bit": good[:500] + bytes([good[500] ^ 1]) + good[501:],
        "of the future": good.replace(b"pidns-recording 1", b"pidns-recording 9", 1),
        "not one": b"\x7fELF" + bytes(1000),
        "endless line": b"pidns-recording 1\n" + b"x" * 10**6,
    }
    for name, data in bad.items():
        print("  ", name)
        with written(data) as file:
            refused(file.name)


def test_fifo():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "fifo")
        os.mkfifo(path)
        refused(path)


def test_fixtures_are_what_the_program_makes():
    expect_equal(recordings.main([]), 0, "recordings.py")


def test_not_a_tree():
    """Parents in a circle, and one that is not there."""
    for parent in (recordings.ROOT + 2, 12345):
        r = recordings.machine()
        r.namespaces.append(f"ns ino={recordings.ROOT + 1} parent={parent} depth=1")
        r.namespaces.append(f"ns ino={recordings.ROOT + 2} parent={recordings.ROOT + 1} depth=2")
        with written(r.bytes()) as file:
            refused(file.name)


def large_on_screen(recording, *arguments):
    file = written(recording.bytes())
    top = Top("--from", file.name, *arguments, columns=120, rows=50)
    top.file = file
    return top.wait("Home", lambda: top.selected())


def scroll(top, keys, last):
    """Send them all at once; then every further key must be answered quickly."""
    slowest = 0
    top.press("End")
    top.wait("the last row", lambda: last in top.selected())
    for key in keys:
        before = top.selected()
        begin = time.monotonic()
        top.press(key)
        top.wait(f"an answer to {key}", lambda b=before: top.selected() not in ("", b))
        slowest = max(slowest, time.monotonic() - begin)
    return slowest


def scrolling_sends_only_what_changed(top):
    """Within the page two rows, at its end one that is new: not the whole of it."""
    def quiet():
        top.wait("quiet", lambda: not top.read(0.3))

    top.press("Home", "^L")
    quiet()
    top.output = b""
    top.press("^L")
    quiet()
    whole = len(top.output)
    expect(whole > 2000, f"a frame of {whole} bytes")
    # 50 rows: of these some are the header and the pane.
    for i in range(60):
        before = top.selected()
        top.output = b""
        top.press("Down")
        top.wait("the next row", lambda b=before: top.selected() not in ("", b) and not top.read(0.02))
        expect(len(top.output) < whole / 4, f"{len(top.output)} bytes of {whole} for row {i}")


def test_large_lists_scroll_without_a_stutter():
    recording = recordings.large(1, 100000)
    with large_on_screen(recording, "pid:[4026540000]") as top:
        slowest = scroll(top, ["PgUp", "Up", "Home", "PgDn", "Down", "End"] * 4, "100001")
        print(f"   slowest of 24 keys in 100,000 processes: {slowest * 1000:.0f} ms")
        # What a person calls at once; a machine that is busy otherwise may take longer.
        limit = 5 if os.getloadavg()[0] > 1 or tui.is_sanitized() else 0.1
        expect(slowest < limit, f"{slowest:.3f} s for a key")
        scrolling_sends_only_what_changed(top)


def test_large_trees_scroll_without_a_stutter():
    with large_on_screen(recordings.large(2000, 50)) as top:
        slowest = scroll(top, ["PgUp", "Up", "Home", "PgDn", "Down", "End"] * 4, "4026541999")
        print(f"   slowest of 24 keys in 2,000 namespaces: {slowest * 1000:.0f} ms")


def test_keys_that_need_all_rows():
    with large_on_screen(recordings.large(100, 1000)) as top:
        for keys, what in (
            ("t", "4026531836"),
            ("P", "4026540"),
            ("R", "40265"),
            ("N", "40265"),
            ("\\", ""),
        ):
            top.press(*keys)
            top.wait(what, lambda w=what: w in top.text())
        top.press(*"4026540099", "Enter")
        top.wait("one row", lambda: "4026540099" in top.text() and "4026540098" not in top.text())


if __name__ == "__main__":
    sys.exit(tui.run(globals()))

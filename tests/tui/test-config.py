#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The config file, as the viewer writes and reads it."""

import os
import pathlib
import sys
import tempfile

import tui
from tui import Top, environment, expect, expect_equal

MACHINE = ("--from", "top-machine.pidns")


class Home:
    """A folder to be HOME, and the file in it."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.file = pathlib.Path(self.folder.name) / ".config/pidns-top/config"
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def put(self, data, mode=0o600):
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_bytes(data)
        self.file.chmod(mode)

    def start(self, *arguments, **how):
        env = environment(HOME=self.folder.name)
        top = Top(*MACHINE, *arguments, env=env, **how)
        return top.wait("a row", top.selected)


def test_written_and_read():
    with Home() as home:
        with home.start(columns=120) as top:
            top.press("t", "M", "R", "d", *"1.5", "Enter", "W")
            top.wait("Written: ")
            expect(str(home.file) in top.text(), top.text())
        text = home.file.read_text(encoding="ascii")
        for line in ("delay=1.5", "tree=0", "sort-namespaces=-memory", "sort-processes=pid"):
            expect(line in text.splitlines(), f"{line} is not in {text}")
        with home.start() as top:
            top.wait("▲MEM")
            expect("─" not in top.text(), "a tree")


def test_columns_are_kept():
    with Home() as home:
        with home.start(columns=120) as top:
            top.press("F2").wait("[x] NAME").press("End", "Up", "Up", "Space", "Esc")
            top.wait("Written: ").press("Down").wait("RUNTIME")
        lines = home.file.read_text(encoding="ascii").splitlines()
        expect([line for line in lines if line.startswith("columns-namespaces=name,reaper,")], lines)
        expect(not [line for line in lines if line.startswith("columns-processes")], lines)
        with home.start(columns=80) as top:
            top.wait("RUNTIME")
        home.put(b"columns-namespaces=name,-reaper,-limit\n")
        with home.start(columns=120) as top:
            top.wait("PROCS")
            expect("INIT" not in top.text() and "LIMIT" not in top.text(), top.text())


def test_options_come_first():
    with Home() as home:
        home.put(b"sort-namespaces=memory\n")
        with home.start("-s", "cpu") as top:
            top.wait("▼CPU%")


def test_not_in_batch_mode():
    with Home() as home:
        home.put(b"sort-namespaces=-memory\ntree=0\n")
        with Top("-b", "-n1", *MACHINE, env=environment(HOME=home.folder.name)) as top:
            expect_equal(top.wait_end(), 0, "exit status")
            expect(b"  nginx" in top.output, top.output)


def test_trouble_is_told_and_passed_over():
    with Home() as home:
        home.put(b"sort-namespaces=cpu\n", 0o666)
        with home.start(columns=150) as top:
            top.wait("others may write it")
            expect("▼CPU%" not in top.text(), top.text())
            top.press("Down")
            top.wait("the keys again", lambda: "Enter Open" in top.text())
        home.put(b"\x00\xff" * 4000)
        with home.start() as top:
            top.wait("Enter Open")


def test_a_file_that_cannot_be_written():
    with Home() as home:
        home.put(b"")
        home.file.unlink()
        os.mkfifo(home.file)
        with home.start(columns=150) as top:
            top.press("W")
            top.wait("not a regular file")


def test_no_home():
    with Top(*MACHINE, env=environment(HOME=None)) as top:
        top.wait("a row", top.selected)
        top.press("W")
        top.wait("No home directory")


if __name__ == "__main__":
    sys.exit(tui.run(globals()))

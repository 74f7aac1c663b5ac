#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tools show, held against golden files.

golden.py [--regenerate] FILE...

A golden file is made of remarks ("# …"), commands ("$ …"), and after each what it does. Of `pidns`:

    $ pidns map 6025 --from forest.pidns
    | 6025    4026531836:6025    4026532201:1     standard output
    ! pidns: …                                    standard error
    = 1                                           the exit status; 0 is left out

Commands are run by sh in tests/fixtures. Where a command begins with the size of a terminal, it is
the viewer's, and keys and screens follow:

    $ 80x24 pidns-top --from top-machine.pidns      size of the terminal, command
    $ NO_COLOR=1 80x24 …                            with this in the environment
    < Down Down Enter                               keys, separated by spaces
    @ 200x60                                        the terminal gets another size
    | a line of the screen                          what is seen then; "=" the titles,
    > a line of the screen                          ">" the selected row

Each screen is waited for, so that keys may take their time. With --regenerate the files are written
anew from what the tools do now, a screen once the viewer has fallen silent: look at the difference
before you keep it.
"""

import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import schema

TESTS = pathlib.Path(__file__).resolve().parent
FIXTURES = TESTS / "fixtures"
DEADLINE_S = 60
# So long nothing comes: then a screen is taken as it is, for --regenerate alone.
SILENCE_S = 0.7


class Commands:
    """Plays a file of commands."""

    def __init__(self, regenerate):
        self.scratch = tempfile.TemporaryDirectory()

    def marked(self, mark, output):
        """Split at newlines alone: an escape that fails must not look like one."""
        text = output.decode("utf-8", "surrogateescape").replace(self.scratch.name, "$SCRATCH")
        lines = text.split("\n")
        if lines[-1]:
            lines[-1] += "\\ no newline"
        else:
            lines.pop()
        return [f"{mark} {line}".rstrip(" ") + "\n" for line in lines]

    def run(self, command):
        # Nothing of the caller's may show in the output.
        environment = {
            "PATH": os.environ["PIDNS_BIN"] + ":/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            "SCRATCH": self.scratch.name,
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=FIXTURES,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=DEADLINE_S,
            check=False,
        )
        is_simple = command.startswith("pidns ") and not set("|;&") & set(command)
        if is_simple and "--json" in command and done.returncode < 2:
            schema.load(done.stdout, command.split())
        status = [f"= {done.returncode}\n"] if done.returncode else []
        return self.marked("|", done.stdout) + self.marked("!", done.stderr) + status

    def play(self, golden):
        made = []
        with self.scratch:
            for line in golden:
                if line.startswith("$ "):
                    made += [line, *self.run(line[2:])]
                elif line.startswith("#") or line == "\n":
                    made.append(line)
        return made


class Screens:
    """Plays a file of keys and screens."""

    def __init__(self, regenerate):
        sys.path.insert(0, str(TESTS / "tui"))
        import tui

        self.tui = tui
        self.top = None
        self.regenerate = regenerate
        self.made = []

    def start(self, line):
        words = line.split()
        changed = {}
        while "=" in words[0]:
            name, _, value = words.pop(0).partition("=")
            changed[name] = value or None
        columns, _, rows = words[0].partition("x")
        self.stop()
        self.top = self.tui.Top(
            *words[2:],
            columns=int(columns),
            rows=int(rows),
            env=self.tui.environment(**changed),
        )
        self.top.wait("a selected row", self.top.selected)

    def stop(self):
        if self.top:
            self.top.kill()

    def resize(self, size):
        columns, _, rows = size.partition("x")
        self.top.resize(int(columns), int(rows))

    def screen(self, wanted):
        if self.regenerate:
            while self.top.read(SILENCE_S):
                pass
        else:
            wanted = [line.rstrip() for line in wanted]
            try:
                self.top.wait("the golden screen", lambda: self.top.marked() == wanted)
            except AssertionError:
                pass
        self.made += [line + "\n" for line in self.top.marked()]

    def act(self, mark, rest):
        """What a line asks for; does a screen follow?"""
        if mark == "$":
            self.start(rest)
        elif mark == "<":
            self.top.press(*rest.split())
        elif mark == "@":
            self.resize(rest)
        return mark in ("<", "@")

    def play(self, golden):
        screen = []
        if self.regenerate:
            golden = [line for line in golden if line[0] not in "|=>"]
        for line in [*golden, "\n"]:
            mark, _, rest = line.rstrip("\n").partition(" ")
            if mark in ("|", "=", ">"):
                screen.append(line)
                continue
            if screen:
                self.screen(screen)
                screen = []
            if line == "\n" and self.made and self.made[-1] == "\n":
                continue
            self.made.append(line)
            if self.act(mark, rest) and self.regenerate:
                screen = ["|\n"]
        self.stop()
        while self.made and self.made[-1] == "\n":
            self.made.pop()
        return self.made


def read(path):
    with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        return file.readlines()


def write(path, lines):
    with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
        file.writelines(lines)


def play(path, regenerate):
    golden = read(path)
    commands = [line for line in golden if line.startswith("$ ")]
    if not commands:
        print(f"{path}: no command in it")
        return 1
    is_viewer = re.match(r"\$ (\w+=\S* )*\d+x\d+ ", commands[0])
    made = (Screens if is_viewer else Commands)(regenerate).play(golden)
    if regenerate:
        write(path, made)
        return 0
    text = "".join(difflib.unified_diff(golden, made, f"{path} (golden)", f"{path} (now)"))
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    return 1 if text else 0


def main(arguments):
    regenerate = "--regenerate" in arguments
    paths = [path for path in arguments if not path.startswith("--")]
    return max([play(path, regenerate) for path in paths], default=2)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

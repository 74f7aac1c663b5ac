#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the viewer shows, key by key, held against golden screens.

golden.py [--regenerate] FILE...

A golden file is made of remarks ("# …"), one start, keys, and screens:

    $ 80x24 pidns-top --from top-machine.pidns      size of the terminal, command
    $ NO_COLOR=1 80x24 …                            with this in the environment
    < Down Down Enter                               keys, parted by spaces
    @ 200x60                                        the terminal gets another size
    | a line of the screen                          what is seen then; "=" the titles,
    > a line of the screen                          ">" the selected row

Each screen is waited for, so that keys may take their time. With --regenerate the screens are
written anew, each from when the viewer has fallen silent: look at the difference before you keep it.
"""

import difflib
import sys

import tui

# So long nothing comes: then a screen is taken as it is, for --regenerate alone.
SILENCE_S = 0.7


class Player:
    def __init__(self, regenerate):
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
        self.top = tui.Top(
            *words[2:], columns=int(columns), rows=int(rows), env=tui.environment(**changed)
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

    def play(self, golden):
        screen = []
        for line in golden + ["\n"]:
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
            if mark == "$":
                self.start(rest)
            elif mark == "<":
                self.top.press(*rest.split())
                if self.regenerate:
                    screen = ["|\n"]
            elif mark == "@":
                self.resize(rest)
                if self.regenerate:
                    screen = ["|\n"]
        self.stop()


def play(path, regenerate):
    with open(path, encoding="utf-8") as file:
        golden = file.readlines()
    player = Player(regenerate)
    player.play([line for line in golden if not (regenerate and line[0] in "|=>")])
    while player.made and player.made[-1] == "\n":
        player.made.pop()
    if regenerate:
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(player.made)
        return 0
    difference = list(difflib.unified_diff(golden, player.made, path, "what is seen"))
    sys.stdout.writelines(difference)
    return 1 if difference else 0


def main(arguments):
    regenerate = "--regenerate" in arguments
    paths = [path for path in arguments if not path.startswith("--")]
    return max(play(path, regenerate) for path in paths)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

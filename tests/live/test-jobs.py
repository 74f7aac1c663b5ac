#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What an administrator comes to pidns-top for, done on a terminal, with real containers running."""
import os
import pathlib
import re
import sys
import unittest

import live

os.environ.setdefault("PIDNS_BIN", os.path.dirname(live.PIDNS))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tui"))
# pylint: disable=wrong-import-position
import tui  # noqa: E402
from scene import LIMIT, NEEDED, Scene  # noqa: E402

COLUMNS, ROWS = 150, 50


def setUpModule():
    global scene
    live.need_root()
    live.need_tool(*NEEDED)
    try:
        scene = unittest.enterModuleContext(Scene())
    except OSError as error:
        raise unittest.SkipTest(str(error)) from error


def rows(top):
    """Of the list: not the header, and not the pane."""
    return top.lines()[4:ROWS - 7]


class Jobs(unittest.TestCase):
    def start(self, *arguments, **changed):
        env = tui.environment(PS1="inside> ", SHELL="/bin/sh", **changed)
        top = self.enterContext(tui.Top("-d", "0.5", *arguments, columns=COLUMNS, rows=ROWS, env=env))
        # Names of containers come with the second sample.
        return top.wait("the names", lambda: any(scene.name("full") in line for line in top.lines()))

    def whole(self, top, what, condition):
        return top.wait(what, lambda: not top.read(0.1) and condition())

    def find(self, top, which):
        name = scene.name(which)
        top.press("/", *name, "Enter")
        return self.whole(top, f"{name} is selected", lambda: name in top.selected())

    def row_of(self, top, which):
        return next((line for line in rows(top) if scene.name(which) in line), "")

    def open(self, top, which):
        self.find(top, which).press("Enter")
        return self.whole(top, "its processes", lambda: f"init {scene.inits[which]}" in top.text())

    def test_find_a_container(self):
        """By its name, by its id, by a command line in it."""
        top = self.start()
        for which in ("full", "lazy", "box"):
            self.find(top, which)
            self.assertIn(str(scene.inits[which]), top.selected().split())
        pid = str(scene.inits["sandbox"])
        top.press("/", *pid, "Enter")
        self.whole(top, "the sandbox", lambda: pid in top.selected().split())
        top.wait("its runtime, in the pane", lambda: "bubblewrap" in top.text())

    def test_which_container_is_at_its_limit(self):
        top = self.start()
        self.whole(top, "it is counted", lambda: re.search(r"[1-9]\d* FULL \[1\]", top.text()))
        top.press("1")
        self.whole(top, "only those", lambda: self.row_of(top, "full") and not self.row_of(top, "box"))
        self.assertRegex(self.row_of(top, "full"), r"pids\.max +\[\|+\] 100% !")
        self.find(top, "full")
        self.whole(top, "which limit", lambda: f"{LIMIT}/{LIMIT}" in top.text())
        top.wait("what helps", lambda: "podman update --pids-limit" in top.text())
        top.press("i").wait("LIMITS").wait(f"{scene.name('full')}").wait("pids.max")

    def test_how_old_zombies_are_and_whose(self):
        top = self.start()
        top.press("3")
        self.whole(top, "only those", lambda: self.row_of(top, "lazy") and not self.row_of(top, "box"))
        self.assertRegex(self.row_of(top, "lazy"), r" 2 \(\d+[smh]\) ")
        self.open(top, "lazy")
        init = scene.inits["lazy"]
        top.wait("who should reap them", lambda: f"{init} (sleep) should reap it" in top.text())

    def test_signal_a_process_by_its_number_inside(self):
        top = self.start()
        self.open(top, "box")
        top.press("#", "7", "Enter")
        self.whole(top, "it is selected", lambda: top.selected().split()[1:2] == ["7"])
        pid = int(top.selected().split()[0])
        top.press("F9").wait("Signal (TERM):").press("9", "Enter").wait(f"Send SIGKILL to PID {pid} (sleep)?")
        self.assertEqual(tui.process_state(pid), "S")
        top.press("y").wait("SIGKILL sent to 1 process.")
        self.whole(top, "it is gone", lambda: not any(
            line.split()[:2] == [str(pid), "7"] and " Z " not in line for line in rows(top)))
        self.assertIn(tui.process_state(pid), ("", "Z"))

    def test_a_shell_in_a_container(self):
        top = self.start()
        self.find(top, "box").press("!").wait("in all namespaces of PID").press("y").wait("inside>")
        top.press(*"echo I am $(readlink /proc/self/ns/pid)", "Enter")
        ino = os.stat(f"/proc/{scene.inits['box']}/ns/pid").st_ino
        top.wait("inside", lambda: f"I am pid:[{ino}]" in top.text())
        top.press(*"exit", "Enter")
        self.whole(top, "the viewer again", lambda: "F6 Sort" in top.text())

    def test_choose_columns(self):
        home = self.enterContext(live.temporary_directory())
        top = self.start(XDG_CONFIG_HOME=home)
        top.press("F2").wait("[ ] RUNTIME")

        def chosen():
            return re.findall(r"> \[.\] (\S+)", top.text())

        top.wait("a column is chosen", chosen)
        while (before := chosen()) != ["RUNTIME"]:
            top.press("Down").wait(f"the column after {before}", lambda: len(chosen()) == 1 and chosen() != before)
        top.press("Space").wait("> [x] RUNTIME").press("Esc")
        self.whole(top, "the column", lambda: re.search(f"{scene.name('full')}.* podman", self.row_of(top, "full")))
        top.press("q")
        self.assertEqual(top.wait_end(), 0)
        again = self.start(XDG_CONFIG_HOME=home)
        self.whole(again, "it was saved", lambda: " RUNTIME" in again.text() and self.row_of(again, "full"))

    def test_v_ends_all_of_a_sandbox(self):
        """The init of a namespace: it says what ends with it."""
        top = self.start()
        pid = str(scene.inits["sandbox"])
        top.press("/", *pid, "Enter")
        self.whole(top, "the sandbox", lambda: pid in top.selected().split())
        top.press("k").wait("Signal (TERM):").press(*"KILL", "Enter").wait("SIGKILL ends all")
        top.press("y").wait("SIGKILL sent to 1 process.")
        self.whole(top, "gone", lambda: not any(pid in line.split() for line in rows(top)))

    def test_z_before_a_container_went(self):
        """What happened, how it was before, and what is different."""
        top = self.start()
        self.find(top, "full")
        top.press("=").wait("marked ")
        scene.end("full")
        self.whole(top, "gone", lambda: not self.row_of(top, "full"))
        top.press("=").wait(", against ")
        top.wait("gone", lambda: any(re.match(f"gone +{scene.name('full')}", line) for line in top.lines()))
        top.press("Esc", "e")
        top.wait("an event", lambda: any("-namespace" in line for line in top.lines()))
        top.press("Esc")
        self.whole(top, "the list", lambda: "F6 Sort" in top.text())
        for _ in range(60):
            head = top.lines()[0]
            top.press("[")
            self.whole(top, "an earlier moment", lambda h=head: "REPLAY -" in top.text() and top.lines()[0] != h)
            # Dead, for a moment, comes before that.
            if "100% !" in (self.row_of(top, "full") or ""):
                break
        self.assertRegex(self.row_of(top, "full"), r"100% !")
        self.assertNotIn(" LIVE", top.text())
        self.find(top, "full").press("Enter")
        self.whole(top, "its processes of then", lambda: top.text().count("sleep") >= LIMIT - 1)
        self.assertIn("REPLAY -", top.lines()[0])
        top.press("}")
        self.whole(top, "now", lambda: " LIVE" in top.lines()[0] and "is gone" in top.text())


if __name__ == "__main__":
    live.main()

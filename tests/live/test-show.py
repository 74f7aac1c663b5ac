#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""All that `pidns show` says of a namespace is of one snapshot, however much is born and ends in it."""
import os
import subprocess
import unittest

import live

# An init that starts children for a few milliseconds each, and reaps them.
RESTLESS = "while :; do for i in 1 2 3 4 5 6; do sleep 0.00$i & done; wait; done"
SHOWS = 40


def setUpModule():
    live.need_root()
    live.need_tool("unshare")


class Show(unittest.TestCase):
    def setUp(self):
        command = ("unshare", "--pid", "--fork", "--kill-child", "sh", "-c", RESTLESS)
        parent = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        self.addCleanup(parent.wait)
        self.addCleanup(parent.kill)
        with open(f"/proc/{parent.pid}/task/{parent.pid}/children") as children:
            found = ""
            while not found:
                children.seek(0)
                found = children.read()
        self.init = int(found.split()[0])

    def test_a9_processes_and_map_are_of_one_snapshot(self):
        for _ in range(SHOWS):
            done = subprocess.run(
                (os.environ["PIDNS"], "show", "--json", "--provider", "procfs", f"@{self.init}"),
                capture_output=True, check=True)
            ns = live.schema.load(done.stdout, ("show",))["namespace"]
            used = sum(block["used"] for block in ns["pidmap"])
            # Each process has one thread, and none of them is out of sight.
            self.assertEqual(used, ns["processes"], ns["pidmap"])


if __name__ == "__main__":
    live.main()

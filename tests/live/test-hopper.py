#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A process that is another number every millisecond, in a crowd that takes longer to read: it is
found within two scans. Nothing else is made to fork meanwhile."""
import unittest

import live

PAIRS = 12


class Hopper(unittest.TestCase):
    def setUp(self):
        live.need_root()
        live.need_tool("unshare")
        self.crowd = live.Forest("--size", "S", "--ns", "name=hop,restless=hop,period=1000")
        self.enterContext(self.crowd)

    def scan(self, *source, wrap=()):
        tasks, _ = live.processes(*source, "-o", "pid,tid,ns,vpids", wrap=wrap)
        ino = self.crowd.ino("hop-0.0")
        return any(t["ns"] == ino and t["vpids"][-1] != 1 for t in tasks.values())

    def test_by_ioctl(self):
        for _ in live.rounds(PAIRS):
            self.assertTrue(self.scan() or self.scan())

    def test_by_status(self):
        def scan():
            return self.scan("--from", "/proc", wrap=live.STATUS_WAY)

        for _ in live.rounds(PAIRS):
            self.assertTrue(scan() or scan())


if __name__ == "__main__":
    live.main()

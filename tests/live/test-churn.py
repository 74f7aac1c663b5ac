#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tasks that come, go and share numbers while they are read. Each carries the name of its
namespace, so a row made of two tasks gives itself away."""
import unittest

import live

# Some thousands a second, and with these periods less than all that two processors can do: who reads
# is to read while they come and go, not to wait for its turn.
PLAN = (
    "--ns", "name=churn,count=6,restless=churn,period=80000",
    "--ns", "name=burst,restless=burst,period=100000",
    "--reuse", "2000",
)
WAYS = [((), ()), (live.STATUS_WAY, ("--from", "/proc"))]
COLUMNS = ("-o", "pid,tid,ns,vpids,comm,start_ns,state,ppid")
TAKES = 8


def setUpModule():
    global forest
    live.need_root()
    live.need_tool("unshare")
    WAYS.extend((wrap, source) for source, wrap in live.bpf_way())
    forest = live.Forest(*PLAN)
    unittest.enterModuleContext(forest)


class Churn(unittest.TestCase):
    def check_identity(self, task):
        """What stands in one row is true of one task."""
        ns = forest.by_name.get((task["comm"] or "").replace("\\", ""))
        if not ns or task["pid"] in self.outside:
            return False
        # So does the one of a forest that another test has planted at the same time.
        if task["ns"] == forest.self_ns["ino"] and task["pid"] != forest.reused and \
                ns["name"].startswith("reuse"):
            return False
        if task["ns"] is not None:
            self.assertEqual(task["ns"], ns["ino"], task)
        if task["vpids"] is not None:
            self.assertEqual(len(task["vpids"]), 2, task)
            self.assertEqual(task["vpids"][0], task["tid"])
        return task["ns"] is not None and task["vpids"] is not None

    def setUp(self):
        # The one who gives out the shared number bears the names of both, outside of both.
        self.outside = {t["pid"] for t in forest.tasks if t["ns"] == forest.self_ns["ino"]}

    def test_no_mixed_identity(self):
        for wrap, source in WAYS:
            for option in ((), ("-t",), ("--all",)):
                with self.subTest(source=source, option=option):
                    for _ in live.rounds(TAKES):
                        tasks, _ = live.processes(*source, *option, *COLUMNS, wrap=wrap)
                        told = sum(map(self.check_identity, tasks.values()))
                        self.assertGreaterEqual(told, len(forest.planted))  # the inits

    def test_numbers_are_of_the_namespace_they_stand_with(self):
        """The way that reads no names: a number in a namespace belongs to a task in that one."""
        inits = {ns["ino"]: ns["init"] for ns in forest.planted}
        for wrap, source in WAYS:
            for _ in live.rounds(TAKES):
                tasks, _ = live.processes(*source, "-o", "pid,tid,ns,vpids", wrap=wrap)
                numbers = [(t["ns"], t["vpids"][-1]) for t in tasks.values()
                           if t["ns"] in inits and t["vpids"]]
                self.assertEqual(len(numbers), len(set(numbers)))
                for ino, init in inits.items():
                    self.assertIn((ino, 1), numbers)
                    self.assertEqual(tasks[init, init]["vpids"], [init, 1])

    def test_shared_number(self):
        """One PID, in turn in two namespaces: it is seen in both, and each time all of it is."""
        for wrap, source in WAYS:
            met = set()

            def both_met():
                tasks, _ = live.processes(*source, *COLUMNS, wrap=wrap)
                task = tasks.get((forest.reused, forest.reused))
                if task and self.check_identity(task):
                    self.assertEqual(task["vpids"], [forest.reused, 77])
                    met.add(task["ns"])
                return len(met) == 2

            live.wait_until(both_met, "the shared number in both namespaces")

    def test_shared_number_asked_alone(self):
        inos = {forest.ino("reuse-0.0"), forest.ino("reuse-1.0")}
        met = set()

        def both_met():
            answer = live.pidns("map", "--json", str(forest.reused), expect=None)
            self.assertIn(answer.status, (0, 1))
            mapping, = answer.json["mappings"]
            if mapping["found"] and len(mapping["levels"]) == 2:
                level = mapping["levels"][1]
                self.assertIn(level["ns"], inos)
                self.assertEqual(level["vpid"], 77)
                met.add(level["ns"])
            return len(met) == 2

        live.wait_until(both_met, "the shared number in both namespaces")

    def test_counts_while_it_grows(self):
        for wrap, source in WAYS:
            for _ in live.rounds(TAKES):
                found, _ = live.listed(*source, wrap=wrap)
                burst = found[forest.ino("burst-0.0")]
                self.assertEqual(burst["state"], "alive")
                self.assertGreaterEqual(burst["processes"], 1)
                self.assertGreaterEqual(burst["threads"], burst["processes"])
                self.assertGreaterEqual(burst["processes"], burst["zombies"])

    def test_recording_of_a_moving_world(self):
        with live.temporary_directory() as directory:
            path = f"{directory}/churn.pidns"
            live.pidns("record", "-w", path)
            tasks, _ = live.processes("--from", path, *COLUMNS)
            self.assertGreater(sum(map(self.check_identity, tasks.values())), 8)


if __name__ == "__main__":
    live.main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the doctor says of recordings that are made here: worst first, and many alike in one line."""

import re
import sys
import tempfile
import unittest

import cli
import seal

OWN = 4026531836
FIRST = 4026533000


def recording(lines):
    head = ["pidns-recording 1",
            f"snapshot time_ns=9000000000000 provider=procfs root={OWN}",
            f"ns ino={OWN} level=0 depth=0 state=alive reaper=1"]
    tasks = [line for line in lines if line.startswith("task")]
    others = [line for line in lines if not line.startswith("task")]
    init = f"task pid=1 tid=1 ns={OWN} vpids=1 ppid=0 state=S comm=init start_ns=1 threads=1"
    return seal.seal("\n".join([*head, *others, init, *tasks]).encode())


def one_zombie(i, parent_outside=False):
    """A namespace with a shell and a zombie."""
    ns, init = FIRST + i, 1000 + 2 * i
    return [f"ns ino={ns} parent={OWN} level=1 depth=1 state=alive reaper={init}",
            f"task pid={init} tid={init} ns={ns} vpids={init},1 ppid=1 state=S comm=sh start_ns=9",
            f"task pid={init + 1} tid={init + 1} ns={ns} vpids={init + 1},2 ppid={init} state=Z "
            f"comm=x start_ns=9 threads=1"]


def limit(ns, used, most):
    return [f"notes ns={ns} known=limits",
            f"limit ns={ns} kind=cgroup-pids used={used} max={most} "
            f"source=/sys/fs/cgroup/{ns}/pids.max error=EAGAIN is_fork=1"]


class Doctor(unittest.TestCase):
    def ask(self, lines, *options):
        with tempfile.NamedTemporaryFile() as file:
            file.write(recording(lines))
            file.flush()
            if "--json" in options:
                return cli.document("doctor", "--from", file.name)[0]["findings"]
            done = cli.run("doctor", "--from", file.name, *options)
        self.assertEqual(done.returncode, 1, done.stderr)
        return done.stdout.decode().splitlines()

    def many(self, nr=302):
        return [line for i in range(nr) for line in one_zombie(i)]

    def test_a11_many_of_one_zombie_stand_below_a_limit(self):
        lines = self.ask(self.many() + limit(FIRST, 36, 40))
        self.assertRegex(lines[0], r"^limit \d+: cgroup-pids: 36 of 40 \(90 %\)")
        self.assertRegex(lines[1], r"^zombies: 302 namespaces with one zombie each, e\.g\. "
                                   rf"{FIRST}: PID 1001 ")
        self.assertEqual(len(lines), 2)

    def test_a11_verbose_and_json_have_each(self):
        lines = self.ask(self.many(), "--verbose")
        self.assertEqual(len([line for line in lines if line.startswith("zombies ")]), 302)
        self.assertEqual(len(self.ask(self.many(), "--json")), 302)

    def test_a11_few_have_a_line_each(self):
        lines = self.ask(self.many(3))
        self.assertEqual([re.match(r"zombies (\d+): ", line)[1] for line in lines],
                         [str(FIRST + i) for i in range(3)])

    def test_a11_order(self):
        """Fails now, fails soon, several zombies, a dead namespace, one zombie."""
        made = (one_zombie(0) + limit(FIRST, 9, 10) + one_zombie(1) + limit(FIRST + 1, 10, 10) +
                one_zombie(2) +
                [f"task pid=9000 tid=9000 ns={FIRST + 2} vpids=9000,3 ppid=1004 state=Z comm=x "
                 "start_ns=9 threads=1",
                 f"ns ino={FIRST + 3} parent={OWN} level=1 depth=1 state=dead reaper=0"])
        found = [(f["kind"], f["ns"] - FIRST) for f in self.ask(made, "--json")]
        self.assertEqual(found, [("limit", 1), ("limit", 0), ("zombies", 2), ("dead", 3),
                                 ("zombies", 0), ("zombies", 1)])

    def test_json_has_the_holders(self):
        """At most 64 of them, and how many there are; of other findings none."""
        for nr in 1, 64, 65, 300:
            pins = [f"pin ns={FIRST} kind=fd pid={1000 + i} fd=3 parent=0 count=7" for i in range(nr)]
            for state in "dead", "unborn":
                made = [f"ns ino={FIRST} parent={OWN} level=1 depth=1 state={state} reaper=0",
                        f"notes ns={FIRST} known=pins", *pins, *one_zombie(1)]
                found, zombie = self.ask(made, "--json")
                self.assertEqual((found["kind"], found["pins_count"]), (state, 7 * nr))
                self.assertEqual([(pin["kind"], pin["pid"], pin["fd"]) for pin in found["pins"]],
                                 [("fd", 1000 + i, 3) for i in range(min(nr, 64))])
                self.assertEqual((zombie["pins"], zombie["pins_count"]), (None, None))

    def test_json_holders_that_are_unknown(self):
        """None is known to be none; what was not asked for is null."""
        dead = f"ns ino={FIRST} parent={OWN} level=1 depth=1 state=dead reaper=0"
        for notes, pins, count in ([], None, None), ([f"notes ns={FIRST} known=pins"], [], 0):
            found, = self.ask([dead, *notes], "--json")
            self.assertEqual((found["pins"], found["pins_count"]), (pins, count))

    def test_a10_each_parent_that_should_reap(self):
        """Of one namespace, too: whose zombies are many is not who has the oldest one."""
        made = [f"task pid={pid} tid={pid} ns={OWN} vpids={pid} ppid=1 state=S comm={comm} start_ns=2"
                for pid, comm in ((50, "one"), (60, "many"))]
        made += [f"task pid={pid} tid={pid} ns={OWN} vpids={pid} ppid={60 if pid > 100 else 50} "
                 f"state=Z comm=x start_ns={pid} threads=1" for pid in range(100, 140)]
        first, second = self.ask(made)
        self.assertRegex(first, r"39 zombies, the oldest PID 101, .*; PID 60 \(many\) has not")
        self.assertRegex(second, r": PID 100 is a zombie, .*; PID 50 \(one\) has not reaped it")

    def test_a10_parents_in_one_namespace_are_not_called_namespaces(self):
        made = []
        for pid in range(100, 300, 2):
            made += [f"task pid={pid} tid={pid} ns={OWN} vpids={pid} ppid=1 state=S comm=p start_ns=2",
                     f"task pid={pid + 1} tid={pid + 1} ns={OWN} vpids={pid + 1} ppid={pid} "
                     "state=Z comm=x start_ns=3 threads=1"]
        line, = self.ask(made)
        self.assertRegex(line, r"^zombies: 100 parents with one zombie each, e\.g\. \d+: PID ")

    def test_dying_says_what_it_waits_for(self):
        made = [f"ns ino={FIRST} parent={OWN} level=1 depth=1 state=dying reaper=70",
                f"notes ns={FIRST} known=limits",
                f"limit ns={FIRST} kind=init source=its\\040init is_fork=1 error=ENOMEM "
                "holders=PID\\04071\\040(cp),\\040in\\040uninterruptible\\040sleep",
                f"task pid=70 tid=70 ns={FIRST} vpids=70,1 ppid=1 state=S comm=app start_ns=4 threads=1"]
        line, = self.ask(made)
        self.assertRegex(line, rf"^dying {FIRST}: its init, PID 70 \(app\), is ending and waits for "
                               r"PID 71 \(cp\), in uninterruptible sleep: ")

    def unread(self, pid, numbers, parent, comm="x", state="S"):
        """A task whose namespace may not be read."""
        return (f"task pid={pid} tid={pid} vpids={pid},{numbers} ppid={parent} state={state} "
                f"uid=1000 comm={comm} start_ns=4 threads=1")

    def two_unread(self):
        """One with 3 zombies of two parents, another with one: told apart by their inits. PID 300
        joined one of them, and nothing shows which."""
        tasks = [self.unread(100, 1, 1, "a"), self.unread(101, 2, 100, "worker"),
                 self.unread(102, 3, 101, state="Z"), self.unread(103, 4, 101, state="Z"),
                 self.unread(104, 5, 100, state="Z"), self.unread(200, 1, 1, "b"),
                 self.unread(201, 2, 200, state="Z"), self.unread(300, 9, 1, "joined"),
                 self.unread(301, 10, 300, state="Z")]
        return [f"ns depth=1" for _ in range(3)] + tasks

    def test_a10_unidentified_is_not_one_namespace(self):
        lines = self.ask(self.two_unread(), "--verbose")
        self.assertRegex(lines[0], r"^zombies @100: 2 zombies, the oldest PID 102, .*; "
                                   r"PID 101 \(worker\) of uid 1000 has not reaped them")
        self.assertEqual([re.match("zombies( @\\d+)?: PID (\\d+) ", line).groups()
                          for line in lines[1:]],
                         [(" @100", "104"), (" @200", "201"), (None, "301")])
        self.assertIn("PID 300 (joined) of uid 1000 has not reaped it", lines[3])

    def test_a10_json_says_whose_it_is(self):
        found = self.ask(self.two_unread(), "--json")
        self.assertEqual([(f["ns"], f["reaper"], f["parent"], f["count"]) for f in found],
                         [(None, 100, 101, 2), (None, 100, 100, 1), (None, 200, 200, 1),
                          (None, None, 300, 1)])

    def test_a10_other_commands_do_not_merge_them(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(recording(self.two_unread()))
            file.flush()
            made, _ = cli.document("list", "--from", file.name)
            shown, _ = cli.document("show", "@201", "--from", file.name)
            same, status = cli.document("diff", file.name, file.name)
        found = [(ns["ino"], ns["reaper"], ns["processes"]) for ns in made["namespaces"][1:]]
        self.assertEqual(found, [(None, 100, 5), (None, 200, 2), (None, None, 2)])
        self.assertEqual((shown["namespace"]["reaper"], shown["namespace"]["zombies"]), (200, 1))
        self.assertEqual((same["events"], status), ([], 0))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[1:]])

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may see what: an ordinary user, hidepid, no right to ns links, a user namespace. What may
not be seen is announced; what may be seen is right, and no task that /proc lists is dropped."""
import unittest

import live

PLAN = (
    "--ns", "name=root,tasks=3",
    "--ns", "name=nest,tasks=2,depth=3",
    "--ns", "name=mine,uid=65534,tasks=3",
    "--ns", "name=user,user=1,uid=65534,tasks=2,depth=2",
)
NO_PTRACE = ("setpriv", "--bounding-set", "-sys_ptrace", "--inh-caps", "-sys_ptrace", "--")


def setUpModule():
    global forest
    live.need_root()
    live.need_tool("setpriv", "unshare")
    if not live.nobody_can_run_it():
        raise unittest.SkipTest(f"{live.PIDNS} cannot be run by an ordinary user")
    forest = live.Forest(*PLAN)
    unittest.enterModuleContext(forest)


def namespaces_named(*prefixes):
    return [ns for ns in forest.planted if ns["name"].split("-")[0] in prefixes]


class Rights(unittest.TestCase):
    def view(self, *wrap):
        tasks, document = live.processes(*live.PROCFS, wrap=wrap)
        namespaces, _ = live.listed(*live.PROCFS, wrap=wrap)
        return tasks, namespaces, set(document["cannot_see"])

    def check_exactly(self, names, tasks, namespaces):
        """All that there is of these namespaces is there and right."""
        for ns in namespaces_named(*names):
            got = namespaces[ns["ino"]]
            self.assertEqual((got["parent"], got["state"], got["reaper"], got["owner_uid"]),
                             (ns["parent"], "alive", ns["init"], ns["owner_uid"]), ns["name"])
            self.assertEqual(got["processes"], len(forest.members(ns, True)))
            for task in forest.members(ns, leaders_only=True):
                got = tasks[task["pid"], task["tid"]]
                self.assertEqual((got["ns"], got["vpids"], got["uid"]),
                                 (ns["ino"], task["vpids"], task["uid"]))

    def check_foreign(self, names, tasks):
        """All are listed; nothing is said of them that is not true."""
        for ns in namespaces_named(*names):
            for task in forest.members(ns, leaders_only=True):
                got = tasks[task["pid"], task["tid"]]
                self.assertIn(got["ns"], (None, ns["ino"]))
                self.assertIn(got["vpids"], (None, task["vpids"]))
                self.assertIn(got["uid"], (None, task["uid"]))

    def check_numbers(self, names, tasks):
        """status may be read by any user, and with it NSpid."""
        for ns in namespaces_named(*names):
            for task in forest.members(ns, leaders_only=True):
                self.assertEqual(tasks[task["pid"], task["tid"]]["vpids"], task["vpids"])

    def test_root(self):
        tasks, namespaces, unseen = self.view()
        self.check_exactly(("root", "nest", "mine", "user"), tasks, namespaces)
        self.assertFalse(unseen & {"tasks", "ns-links"})

    def test_first_task_is_in_the_first_namespace(self):
        """Some machines hide /proc/1/ns from every user; NSpid proves where it is."""
        tasks, _, _ = self.view()
        self.assertEqual(tasks[1, 1]["ns"], forest.self_ns["ino"])
        self.assertEqual(tasks[1, 1]["vpids"], [1])

    def test_ordinary_user(self):
        tasks, namespaces, unseen = self.view(*live.as_nobody())
        self.check_exactly(("mine", "user"), tasks, namespaces)
        self.check_foreign(("root", "nest"), tasks)
        self.check_numbers(("root", "nest"), tasks)
        self.assertIn("ns-links", unseen)
        self.assertNotIn("tasks", unseen)

    def test_ordinary_user_is_told_so(self):
        answer = live.pidns("list", wrap=live.as_nobody())
        self.assertRegex(answer.err, r"\Apidns: \w+ may miss namespaces .*\n\Z")

    def test_root_without_ptrace(self):
        tasks, _, unseen = self.view(*NO_PTRACE)
        self.check_foreign(("root", "nest", "mine", "user"), tasks)
        self.check_numbers(("root", "nest", "mine", "user"), tasks)
        self.assertIn("ns-links", unseen)

    def test_user_under_hidepid_1(self):
        """Others are listed, and nothing in their directories may be read."""
        tasks, namespaces, unseen = self.view(*live.with_procfs("hidepid=1", *live.as_nobody()))
        self.check_exactly(("mine", "user"), tasks, namespaces)
        self.check_foreign(("root", "nest"), tasks)
        self.assertIn("ns-links", unseen)

    def test_user_under_hidepid_2(self):
        tasks, namespaces, unseen = self.view(*live.with_procfs("hidepid=2", *live.as_nobody()))
        self.check_exactly(("mine", "user"), tasks, namespaces)
        self.assertIn("tasks", unseen)
        foreign = {t["pid"] for ns in namespaces_named("root", "nest")
                   for t in forest.members(ns)}
        self.assertFalse(foreign & {pid for pid, _ in tasks})

    def test_root_under_hidepid(self):
        for option in ("hidepid=1", "hidepid=2"):
            with self.subTest(option):
                tasks, namespaces, unseen = self.view(*live.with_procfs(option))
                self.check_exactly(("root", "nest", "mine", "user"), tasks, namespaces)
                self.assertFalse(unseen & {"tasks", "ns-links"})

    def test_user_asks_status_way(self):
        """Another namespace's procfs, as an ordinary user: both hindrances at once."""
        wrap = (*live.STATUS_WAY, *live.as_nobody())
        tasks, document = live.processes("--from", "/proc", wrap=wrap)
        self.check_foreign(("root", "nest", "mine", "user"), tasks)
        self.check_numbers(("root", "nest", "mine", "user"), tasks)
        self.assertIn("ns-links", document["cannot_see"])

    def test_root_of_a_user_namespace(self):
        """unshare -Ur does not make the caller root of others' tasks."""
        for user in ((), live.as_nobody()):
            wrap = (*user, "unshare", "--user", "--map-root-user")
            if live.run([*wrap, "true"]).status:
                self.skipTest("no user namespaces for ordinary users here")
            tasks, document = live.processes(wrap=wrap)
            self.check_foreign_numbers(tasks)
            self.assertIn("ns-links", document["cannot_see"])

    def check_foreign_numbers(self, tasks):
        """As above, but uids are told in the reader's own user namespace."""
        for ns in namespaces_named("root", "nest", "mine"):
            for task in forest.members(ns, leaders_only=True):
                got = tasks[task["pid"], task["tid"]]
                self.assertIn(got["ns"], (None, ns["ino"]))
                self.assertEqual(got["vpids"], task["vpids"])

    def test_map_by_a_user(self):
        task = forest.members(forest.by_name["mine-0.0"])[1]
        mapping, = live.ask("map", str(task["pid"]), wrap=live.as_nobody())["mappings"]
        self.assertEqual([level["vpid"] for level in mapping["levels"]], task["vpids"])
        self.assertEqual(mapping["levels"][-1]["ns"], task["ns"])


if __name__ == "__main__":
    live.main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""One forest held still, read by every provider there is: as root, as an ordinary user, from inside
a namespace, and from recordings. All tell what the builder knows, field by field where two know the
field; what one does not see it announces; and which fields it knows is written down in known/.

With PIDNS_REGENERATE=1 that file is printed instead of compared with, for tests/check/providers.py.
"""
import itertools
import json
import os
import unittest

import agree
import live

THREADS, BUSY_MS = 4, 50
PLAN = (
    "--ns", "name=live,count=2,tasks=3",
    "--ns", f"name=thr,tasks=2,threads={THREADS},busy={BUSY_MS}",
    "--ns", "name=zom,tasks=2,zombies=2,stopped=1",
    "--ns", "name=join,tasks=2,joined=2,threads=2",
    "--ns", "name=lead,tasks=2,leaderless=1",
    "--ns", "name=odd,tasks=2,comm=) R 1 1 1",
    "--ns", "name=deep,depth=33",
    "--ns", "name=in,depth=3,tasks=3,threads=2,zombies=1",
    "--ns", "name=own,user=1,uid=65534,tasks=2,depth=2",
    "--ns", "name=mine,uid=65534,tasks=2",
    "--ns", "name=zini,tasks=2,depth=2,end=zombie",
    "--ns", "name=fd,depth=2,end=fd",
    "--ns", "name=bind,end=bind",
    "--ns", "name=pin,depth=2,end=pinned",
    "--ns", "name=pidfd,end=pidfd",
    "--ns", "name=proc,end=procfs",
    "--unborn", "1",
)
INSIDE = "in-0.0"
MAPPED = ("thr-0.0", "zom-0.0", "own-0.0", "in-0.1", "zini-0.0", "pidfd-0.0", "deep-0.31")
WAYS = {
    "netlink": ("--provider", "netlink"),
    "bpf": ("--provider", "bpf"),
    "procfs": ("--provider", "procfs"),
    "procfs --all": ("--provider", "procfs", "--all"),
}


def setUpModule():
    global forest, stories
    live.need_root()
    live.need_tool("unshare", "nsenter", "setpriv", "mount")
    forest = live.Forest(*PLAN)
    unittest.enterModuleContext(forest)
    for task in forest.tasks:
        if task["state"] == "Z":
            live.wait_until(lambda: state_of(task["pid"]) == "Z", "a leader's exit")
    stories = [Story("root", "self", ()), Story("a user", "self", live.as_nobody()),
               Story("root inside", INSIDE, inside(forest.by_name[INSIDE]["init"]))]


def state_of(pid):
    with open(f"/proc/{pid}/stat", "rb") as stat:
        return stat.read().rpartition(b") ")[2][:1].decode()


def inside(init):
    """With a procfs of its own, as in a container; the init there is another process."""
    return ("nsenter", "--target", str(init), "--pid", "--",
            "unshare", "--mount", "--propagation", "private", "--",
            "sh", "-c", 'mount -t proc proc /proc && exec "$@"', "sh")


class Story:
    """What all that answer one reader say: the builder first."""

    def __init__(self, who, home, wrap):
        self.who = who
        self.wrap = wrap
        self.facts = [ns for ns in forest.subtree(forest.by_name[home])
                      if ns["name"] != home]
        self.planted = {ns["ino"] for ns in self.facts if ns["ino"]}
        self.mapped = {ns["ino"] for ns in self.facts if ns["name"] in MAPPED}
        self.home = forest.by_name[home]["ino"]
        self.builder = agree.builder_view(forest, home)
        self.views = {}
        self.replays = {}
        self.refusals = {}
        if wrap == live.as_nobody() and not live.nobody_can_run_it():
            self.refusals = {way: "pidns is where only root can go" for way in WAYS}
            return
        for way, source in WAYS.items():
            self.ask(way, source)

    def ask(self, way, source):
        answer = live.pidns("list", "--json", *source, wrap=self.wrap, expect=None)
        if answer.status:
            self.refusals[way] = answer.err.strip()
        else:
            self.views[way] = agree.provider_view(f"{way} ({self.who})", self.home, source,
                                                  self.wrap, self.mapped)
            if not self.wrap:
                self.replays[way] = self.replay(way, source)

    def replay(self, way, source):
        with live.temporary_directory() as directory:
            path = f"{directory}/recording"
            live.pidns("record", "-t", *source, "-w", path)
            return agree.provider_view(f"replay of {way}", self.home, ("--from", path), (),
                                       self.mapped)

    def knowledge(self, view):
        movers = {(t["pid"], t["tid"]) for t in self.builder.tasks.values()
                  if t["ns_for_children"] != "its own"}
        return {"namespaces": agree.ns_knowledge(view, self.planted),
                "tasks": agree.task_knowledge(view, self.planted, movers),
                "sees": agree.sees(view, forest, self.facts)}


def views():
    return ((story, way, view) for story in stories for way, view in story.views.items())


class Agreement(unittest.TestCase):
    maxDiff = None

    def check(self, story, one, other):
        found = agree.differences(one, other, story.planted, set(story.builder.tasks))
        self.assertEqual(found[:20], [])

    def test_a_provider_answers(self):
        for story in stories:
            if "procfs" not in story.views:
                self.skipTest(f"{story.who}: {story.refusals['procfs']}")

    def test_with_the_builder(self):
        for story, way, view in views():
            with self.subTest(view.name):
                self.check(story, story.builder, view)

    def test_with_each_other(self):
        for story in stories:
            for one, other in itertools.combinations(story.views.values(), 2):
                with self.subTest(f"{one.name}, {other.name}"):
                    self.check(story, one, other)

    def test_all_tasks_are_there(self):
        """And no others: the builder knows all that are in a namespace he made."""
        for story, way, view in views():
            with self.subTest(view.name):
                inner = story.planted - {story.home}
                wanted = {k for k, t in story.builder.tasks.items() if t["ns"] in inner}
                found = {k for k, t in view.tasks.items() if t["ns"] in inner}
                self.assertLessEqual(found, wanted)
                if view.counts_all:
                    self.assertEqual(found, wanted)
                elif "tasks" not in view.unseen:
                    self.assertLessEqual(wanted, set(view.tasks))

    def test_processor_time(self):
        """A leader's is that of all threads of its process."""
        busy = BUSY_MS * 1_000_000 - live.TICK_NS
        for story, way, view in views():
            for task in (t for t in view.tasks.values() if t["comm"] == "thr-0.0"):
                with self.subTest(view.name, tid=task["tid"]):
                    threads = THREADS - 1 if task["tid"] == task["pid"] else 1
                    self.assertGreaterEqual(task["cpu_ns"], threads * busy)

    def test_what_is_not_seen_is_announced(self):
        for story, way, view in views():
            with self.subTest(view.name):
                for ns in story.facts:
                    if ns["ino"] and ns["ino"] not in view.namespaces:
                        words = agree.words_of(ns, forest.subtree(ns))
                        self.assertTrue(view.unseen & (words | {"ns-links", "tasks"}),
                                        f"{ns['name']}: {view.unseen}")

    def test_nothing_is_above_or_beside(self):
        for story, way, view in views():
            if story.home != forest.self_ns["ino"]:
                with self.subTest(view.name):
                    self.assertLessEqual(set(view.namespaces) - {None},
                                         story.planted | {story.home})

    def test_recordings(self):
        """They say what was said, and know what was known."""
        story = stories[0]
        for way, again in story.replays.items():
            view = story.views[way]
            with self.subTest(way):
                self.check(story, view, again)
                self.check(story, story.builder, again)
                self.assertEqual(view.unseen, again.unseen)
                # More is asked for a recording, and may lead to namespaces in passing.
                self.assertLessEqual(set(view.namespaces) & story.planted, set(again.namespaces))
                shared = {ino: ns for ino, ns in again.namespaces.items()
                          if ino in view.namespaces}
                again = agree.View(again.name, again.home, shared, again.tasks, again.unseen)
                wanted, got = story.knowledge(view), story.knowledge(again)
                self.assertEqual(wanted["namespaces"], got["namespaces"])
                self.assertEqual(wanted["tasks"], got["tasks"])

    def test_a_wrong_value_is_noticed(self):
        """Else the others prove nothing."""
        story = stories[0]
        view = story.views["procfs"]
        ino = next(ino for ino in view.namespaces if ino in story.planted)
        which = next(which for which, t in view.tasks.items() if t["ns"] == ino)
        for key, value in view.namespaces[ino].items():
            if value is not None and key not in agree.UNKNOWN_KEYS | {"pids_used_exact"}:
                wrong = view.namespaces | {ino: view.namespaces[ino] | {
                    key: wrong_value(value)}}
                self.check_noticed(story, key, wrong, view.tasks)
        for key, value in view.tasks[which].items():
            if value is not None and key not in agree.UNKNOWN_KEYS:
                wrong = view.tasks | {which: view.tasks[which] | {key: wrong_value(value)}}
                self.check_noticed(story, key, view.namespaces, wrong)

    def check_noticed(self, story, key, namespaces, tasks):
        view = story.views["procfs"]
        other = agree.View("altered", view.home, namespaces, tasks, view.unseen)
        with self.subTest(key):
            self.assertTrue(agree.differences(view, other, story.planted,
                                              set(story.builder.tasks)))


def wrong_value(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, list):
        return [*value, 9]
    return value + "?" if isinstance(value, str) else value + 10**9


def kernel_name():
    """The release, and who answers: what is known depends on these."""
    major, minor = os.uname().release.split(".")[:2]
    name = f"{major}.{minor}"
    if "netlink" in stories[0].views:
        name += "-patched-btf" if "bpf" in stories[0].views else "-patched"
    return name


def what_is_known():
    known = {}
    for story, way, view in views():
        known[f"{way}, {story.who}"] = story.knowledge(view)
    return known


class Knowledge(unittest.TestCase):
    """What the table of doc/providers.md is made of, tests/check/providers.py."""
    maxDiff = None

    def test_what_is_known(self):
        name = kernel_name()
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "known", f"{name}.json")
        known = what_is_known()
        if os.environ.get("PIDNS_REGENERATE") == "1":
            print("known", name, json.dumps(known), flush=True)
            return
        if not os.path.exists(path):
            print(f"no file says what is known on Linux {name}")
            return
        with open(path, encoding="utf-8") as file:
            wanted = json.load(file)
        for view in wanted:
            with self.subTest(view):
                if view not in known and not live.must_work():
                    way, who = view.split(", ")
                    refusal = next(s.refusals[way] for s in stories if s.who == who)
                    self.skipTest(f"{view}: {refusal}")
                self.assertEqual(known.get(view), wanted[view])
        self.assertLessEqual(set(known), set(wanted))


if __name__ == "__main__":
    live.main()

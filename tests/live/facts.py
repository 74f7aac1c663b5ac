# SPDX-License-Identifier: GPL-2.0-or-later
"""Every fact pidns tells of a forest held still, against what its builder knows."""
import live

# A sleeper that has just reported may not have had the processor since.
SLEEPING = {"S", "R"}

# Every kind of namespace that has tasks, and of task. The last two have names made to mislead.
PLAN = (
    "--ns", "name=live,count=4,tasks=3",
    "--ns", "name=thr,tasks=3,threads=12",
    "--ns", "name=zom,count=2,tasks=2,zombies=3,stopped=1",
    "--ns", "name=join,tasks=2,joined=2,threads=2",
    "--ns", "name=own,user=1,uid=65534,tasks=2,depth=2",
    "--ns", "name=uid,uid=65534,tasks=2",
    "--ns", "name=deep,depth=33,tasks=2",
    "--ns", "name=zini,end=zombie",
    "--ns", "name=odd,tasks=2,comm=) R 1 1 1",
    "--ns", "name=line,tasks=2,comm=x\nNSpid:\t1",
)


class Facts:
    """Mixed into a test case for each way of reading, which says what the forest is."""
    forest = None
    way = ()
    source = live.PROCFS
    provider = "procfs"
    is_exact = False  # knows of numbers that no task has

    def ask(self, command, *args):
        return live.ask(command, *self.source, *args, wrap=self.way)

    def listed(self, *args):
        return live.listed(*self.source, *args, wrap=self.way)

    def processes(self, *args):
        return live.processes(*self.source, *args, wrap=self.way)

    def test_namespaces(self):
        found, document = self.listed()
        self.assertEqual(document["schema"], 1)
        self.assertEqual(document["provider"], self.provider)
        self.assertEqual(set(document["cannot_see"]) & {"tasks", "ns-links"}, set())
        for ns in self.forest.planted:
            with self.subTest(ns["name"]):
                self.check_ns(ns, found[ns["ino"]], found[self.forest.self_ns["ino"]])

    def check_ns(self, ns, got, root):
        for key in ("parent", "depth", "state", "owner_uid", "owner_ns"):
            self.assertEqual(got[key], ns[key], key)
        self.assertEqual(got["reaper"], ns["init"])
        if root["level"] is None:  # what is above the reader cannot be counted
            self.assertIsNone(got["level"])
        else:
            self.assertEqual(got["level"] - root["level"], ns["depth"])
        self.check_start(got["reaper_start_ns"])
        self.check_counts(ns, got)

    def check_start(self, start_ns):
        self.assertGreaterEqual(start_ns, self.forest.since - 2 * live.TICK_NS)
        self.assertLessEqual(start_ns, self.forest.until + 2 * live.TICK_NS)

    def check_counts(self, ns, got):
        def count(namespaces, wanted):
            return sum(1 for n in namespaces for t in self.forest.members(n) if wanted(t))

        below = self.forest.subtree(ns)
        wanted = {
            "processes": lambda t: t.is_leader,
            "threads": lambda t: True,
            "zombies": lambda t: t.is_leader and self.state_of(t) == "Z",
        }
        for key, condition in wanted.items():
            self.assertEqual(got[key], count([ns], condition), key)
            self.assertEqual(got[f"{key}_below"], count(below, condition), f"{key}_below")
        self.assertEqual(got["joined"],
                         count([ns], lambda t: t.is_leader and t["has_joined"]))
        self.assertIs(got["pids_used_exact"], self.is_exact)
        self.assertGreaterEqual(got["pids_used"], got["processes_below"])
        if self.is_exact:
            self.assertGreaterEqual(got["pids_used"], got["threads_below"])
            return
        self.assertLessEqual(got["pids_used"], got["threads_below"])

    def state_of(self, task):
        """Of a process whose leader has ended, that of the threads, who sleep."""
        lives_on = task.is_leader and task["state"] == "Z" and self.forest.threads_of(task) > 1
        return "S" if lives_on else task["state"]

    def test_order_is_preorder(self):
        document = self.ask("list")
        path = []
        for ns in document["namespaces"]:
            del path[ns["depth"]:]
            if ns["parent"] is not None:
                self.assertEqual(ns["parent"], path[-1])
            path.append(ns["ino"])

    def test_tree(self):
        def walk(namespaces, parent):
            for ns in namespaces:
                if ns["ino"] in self.forest.by_ino and ns["ino"] != self.forest.self_ns["ino"]:
                    self.assertEqual(parent, self.forest.by_ino[ns["ino"]]["parent"])
                    met.add(ns["ino"])
                walk(ns.get("children") or [], ns["ino"])

        met = set()
        walk(self.ask("tree")["namespaces"], None)
        self.assertEqual(met, {ns["ino"] for ns in self.forest.planted})

    def test_processes(self):
        found, _ = self.processes()
        for task in self.forest.tasks:
            if task.is_leader:
                with self.subTest(pid=task["pid"], comm=task["comm"]):
                    self.check_task(task, found[task["pid"], task["tid"]])

    def test_threads(self):
        found, _ = self.processes("-t")
        for task in self.forest.tasks:
            with self.subTest(pid=task["pid"], tid=task["tid"], comm=task["comm"]):
                self.check_task(task, found[task["pid"], task["tid"]])

    def check_task(self, task, got):
        for key in ("vpids", "ns", "ppid", "vpgid", "vsid", "uid"):
            self.assertEqual(got[key], task[key], key)
        self.assertEqual(got["ruid"], task["uid"])
        self.assertEqual(live.name_of(got), task["comm"])
        self.assertEqual(got["threads"], self.forest.threads_of(task))
        self.assertEqual(got["has_joined"], task["has_joined"])
        wanted = self.state_of(task)
        if wanted == "S":
            self.assertIn(got["state"], SLEEPING)
        else:
            self.assertEqual(got["state"], wanted)
        differs = task["ns_for_children"] != task["ns"]
        self.assertEqual(got["ns_for_children"], task["ns_for_children"] if differs else None)
        self.check_start(got["start_ns"])
        self.assertIsNotNone(got["cpu_ns"])
        self.assertIsNotNone(got["rss_bytes"])

    def test_no_more_than_there_are(self):
        found, _ = self.processes("-t")
        planted = {ns["ino"] for ns in self.forest.planted}
        self.assertEqual({key for key, task in found.items() if task["ns"] in planted},
                         {(t["pid"], t["tid"]) for t in self.forest.tasks if t["ns"] in planted})

    def test_members_and_descendants(self):
        top = self.forest.by_name["own-0.0"]
        for option, namespaces in (((), [top]), (("-s",), self.forest.subtree(top))):
            found, _ = self.processes(*option, str(top["ino"]))
            wanted = {t["pid"] for ns in namespaces for t in self.forest.members(ns, True)}
            self.assertEqual({pid for pid, _ in found}, wanted)

    def test_columns_for_the_benchmark(self):
        """The way that reads least must tell the same."""
        found, _ = self.processes("-o", "pid,tid,ns,vpids")
        for task in self.forest.tasks:
            if task.is_leader:
                got = found[task["pid"], task["tid"]]
                self.assertEqual((got["ns"], got["vpids"]), (task["ns"], task["vpids"]))

    def chain(self, task):
        """The namespaces that see a task, outermost first."""
        chain = [self.forest.by_ino[task["ns"]]]
        while chain[0]["parent"]:
            chain.insert(0, self.forest.by_ino[chain[0]["parent"]])
        return [ns["ino"] for ns in chain]

    def test_map_both_ways(self):
        leaders = [t for t in self.forest.tasks if t.is_leader]
        pids = [str(t["pid"]) for t in leaders]
        mappings = self.ask("map", *pids)["mappings"]
        for task, mapping in zip(leaders, mappings, strict=True):
            self.assertIs(mapping["found"], True)
            self.assertEqual(mapping["pid"], task["pid"])
            levels = [{"ns": ino, "vpid": vpid}
                      for ino, vpid in zip(self.chain(task), task["vpids"], strict=True)]
            self.assertEqual(mapping["levels"], levels)
        for name in ("live-2.0", "deep-0.0", "deep-0.30", "own-0.1"):
            self.check_map_back(self.forest.by_name[name])

    def check_map_back(self, ns):
        for member in self.forest.subtree(ns):
            for task in self.forest.members(member, leaders_only=True)[:3]:
                vpid = task["vpids"][ns["depth"]]
                mapping, = self.ask("map", "-n", str(ns["ino"]), str(vpid))["mappings"]
                self.assertEqual(mapping["pid"], task["pid"])
            if member["depth"] > ns["depth"] + 2:
                break

    def test_map_without_tasks(self):
        ns = self.forest.by_name["live-0.0"]
        answer = live.pidns("map", *self.source, "-n", str(ns["ino"]), "4194303",
                            wrap=self.way, expect=1)
        self.assertIn(b"-", answer.out)

    def test_show(self):
        for name in ("live-0.0", "thr-0.0", "deep-0.4", "zini-0.0"):
            ns = self.forest.by_name[name]
            shown = self.ask("show", str(ns["ino"]))["namespace"]
            self.assertEqual(shown["ino"], ns["ino"])
            self.assertEqual(shown["state"], ns["state"])
            self.assertEqual(shown["reaper"], ns["init"])
            self.check_counts(ns, shown)

    def test_names_of_namespaces(self):
        ns = self.forest.by_name["join-0.0"]
        for name in (str(ns["ino"]), f"pid:[{ns['ino']}]", f"@{ns['init']}"):
            found, _ = self.processes(name)
            self.assertEqual({pid for pid, _ in found},
                             {t["pid"] for t in self.forest.members(ns, True)})

# SPDX-License-Identifier: GPL-2.0-or-later
"""Views of one forest held still: what the builder knows, what each provider says, where two of
them differ, and which fields are known."""
import live

# A sleeper that has just reported may not have had the processor since.
SLEEPING = {"S", "R"}
COUNTS = {"processes", "threads", "zombies", "joined",
          "processes_below", "threads_below", "zombies_below"}
# Of the reader's own namespace, where readers and strangers come and go.
MOVES_AT_HOME = COUNTS | {"pids_used", "pids_peak", "last_pid", "alloc_failures", "pidmap"}
# procfs has user and system time in ticks, each cut off.
CPU_SLACK_NS = 2 * live.TICK_NS
# Memory is counted on each CPU; a reader may see the sum, or one that is not up to date.
RSS_SLACK = 1 << 20
UNKNOWN_KEYS = {"cmdline", "container", "limit", "limits", "pins"}  # no provider's business

# Of dead ones, by what keeps them.
KINDS = {
    "child": "dead, kept by a namespace below",
    "pid-for-children": "dead, kept by a task's pid_for_children",
    "fd": "dead, kept by an open file",
    "bind": "dead, kept by a bind mount",
    "pidfd": "dead, kept by a pidfd",
    "procfs-mount": "dead, kept by a mounted procfs",
}


def kind_of(ns):
    """What sort of namespace the builder made."""
    if ns["state"] == "dead":
        return KINDS[ns["held"]]
    if ns["state"] == "alive" and ns["name"].startswith(("own", "mine")):
        return "alive, with tasks of an ordinary user"
    return ns["state"]


def words_of(ns, below):
    """What cannot_see may call it, where `below` are it and its descendants. Who keeps a dead one
    keeps those above it, and one word is enough for all."""
    if ns["state"] == "unborn":
        return {"unborn"}
    held = {n["held"] for n in below}
    return held - {None, "child", "pid-for-children"} | \
        ({"dead"} if held & {"child", "pid-for-children"} else set())


class View:
    """One snapshot: who made it, its namespaces by inode, its tasks by (pid, tid)."""

    def __init__(self, name, home, namespaces, tasks, unseen=(), pid_max=frozenset()):
        self.name = name
        self.home = home  # inode of the reader's own namespace
        self.namespaces = namespaces
        self.tasks = tasks
        self.unseen = set(unseen)
        self.pid_max = pid_max  # the machine's, while it was asked

    @property
    def counts_all(self):
        """Not where tasks are hidden, or stand in an unidentified namespace."""
        return not self.unseen & {"tasks", "ns-links"}


def provider_view(name, home, source, wrap, mapped):
    """Ask; of those in `mapped`, and the reader's own, also which numbers are taken."""
    def ask(*args):
        return live.ask(*args, *source, wrap=wrap)

    pid_max = {machine_pid_max()}
    listed = ask("list")
    namespaces = {ns["ino"]: ns for ns in listed["namespaces"]}
    for ino in {home} | mapped & set(namespaces):
        shown = ask("show", str(ino))["namespace"]
        namespaces[ino]["pidmap"] = shown["pidmap"] if shown["pids_used_exact"] else None
    tasks = {(t["pid"], t["tid"]): t for t in ask("ps", "-t")["tasks"]}
    return View(name, home, namespaces, tasks, listed["cannot_see"], pid_max | {machine_pid_max()})


def machine_pid_max():
    """Other tests raise it to make room for many tasks, also meanwhile."""
    with open("/proc/sys/kernel/pid_max", encoding="ascii") as file:
        return int(file.read())


# ---- What the builder knows --------------------------------------------------------------------


def subtree_of(forest, home):
    return {ns["ino"]: ns for ns in forest.subtree(forest.by_name[home]) if ns["ino"]}


def builder_tasks(forest, home, namespaces):
    """As seen from there: numbers begin at its level, and a parent above it is 0."""
    depth = forest.by_name[home]["depth"]
    numbers = {t["tid"]: t["vpids"][depth] for t in forest.tasks if t["ns"] in namespaces}
    tasks = {}
    for task in forest.tasks:
        if task["ns"] not in namespaces:
            continue
        seen = dict(task, ruid=task["uid"], threads=forest.threads_of(task),
                    comm=task["comm"].decode(), vpids=task["vpids"][depth:],
                    pid=numbers.get(task["pid"]), tid=numbers[task["tid"]])
        seen["ppid"] = task["ppid"] if depth == 0 else numbers.get(task["ppid"], 0)
        if task["ns_for_children"] == task["ns"]:
            seen["ns_for_children"] = "its own"
        elif task["ns_for_children"] == 0:
            seen["ns_for_children"] = None
        tasks[seen["pid"], seen["tid"]] = seen
    return tasks


def survive(tasks):
    """A process whose leader has ended is what its threads are, which sleep."""
    alive = {t["pid"] for t in tasks.values() if t["state"] != "Z"}
    for task in tasks.values():
        if task["pid"] == task["tid"] and task["state"] == "Z" and task["pid"] in alive:
            task["state"] = "S"


def builder_view(forest, home):
    """The builder's facts, in the form and the numbers a reader in that namespace has."""
    depth = forest.by_name[home]["depth"]
    facts = subtree_of(forest, home)
    tasks = builder_tasks(forest, home, facts)
    survive(tasks)
    namespaces = {}
    for ino, ns in facts.items():
        below = {n["ino"] for n in forest.subtree(ns)}
        seen = {"ino": ino, "parent": None if ns["name"] == home else ns["parent"],
                "depth": ns["depth"] - depth, "state": ns["state"],
                "owner_uid": ns["owner_uid"], "owner_ns": ns["owner_ns"] or None}
        inits = [t["tid"] for t in tasks.values() if t["ns"] == ino and t["vpids"][-1] == 1]
        seen["reaper"] = inits[0] if inits else None
        for suffix, inside in (("", {ino}), ("_below", below)):
            members = [t for t in tasks.values() if t["ns"] in inside]
            leaders = [t for t in members if t["pid"] == t["tid"]]
            seen[f"threads{suffix}"] = len(members)
            seen[f"processes{suffix}"] = len(leaders)
            seen[f"zombies{suffix}"] = sum(t["state"] == "Z" for t in leaders)
            if not suffix:
                seen["joined"] = sum(t["has_joined"] for t in leaders)
        seen["pids_used"] = seen["threads_below"]
        seen["pids_used_exact"] = True
        namespaces[ino] = seen
    return View("the builder", facts and forest.by_name[home]["ino"], namespaces, tasks)


# ---- Where two views differ --------------------------------------------------------------------


def differs(key, a, b):
    """Of two values that are both known."""
    if key in ("start_ns", "reaper_start_ns"):
        return abs(a - b) > live.TICK_NS
    if key == "cpu_ns":
        return abs(a - b) > CPU_SLACK_NS
    if key == "rss_bytes":
        return abs(a - b) > RSS_SLACK
    if key == "state" and {a, b} == SLEEPING:
        return False
    return a != b


def is_compared(key, ino, one, other):
    """Not what comes and goes meanwhile, nor counts where one of them may not see all."""
    if key in UNKNOWN_KEYS | {"pids_used_exact"} or (key in MOVES_AT_HOME and ino == one.home):
        return False
    if key == "pids_max":
        return len(one.pid_max | other.pid_max) <= 1
    if key in COUNTS | {"pids_used"}:
        return one.counts_all and other.counts_all
    # A namespace whose parent is not known stands at the top.
    return key != "depth" or (one.namespaces[ino]["parent"] is None) == \
        (other.namespaces[ino]["parent"] is None)


def ns_differs(key, a, b):
    """Of two records that both have it: a lower bound is one."""
    if key == "pids_used" and a["pids_used_exact"] != b["pids_used_exact"]:
        least, exact = (b, a) if a["pids_used_exact"] else (a, b)
        return least[key] > exact[key]
    return differs(key, a[key], b[key])


def ns_differences(one, other):
    for ino in set(one.namespaces) & set(other.namespaces):
        a, b = one.namespaces[ino], other.namespaces[ino]
        for key in set(a) & set(b):
            if a[key] is None or b[key] is None or not is_compared(key, ino, one, other):
                continue
            if ns_differs(key, a, b):
                yield f"namespace {ino}: {key}: {one.name} {a[key]}, {other.name} {b[key]}"


def task_differences(one, other):
    for which in set(one.tasks) & set(other.tasks):
        a, b = one.tasks[which], other.tasks[which]
        for key in (set(a) & set(b)) - UNKNOWN_KEYS:
            values = {a[key], b[key]} if key == "ns_for_children" else ()
            if "its own" in values:
                # The builder knows that it does not differ: then it is not said.
                if values != {"its own", None}:
                    yield f"task {which}: {key}: {one.name} {a[key]}, {other.name} {b[key]}"
            elif a[key] is not None and b[key] is not None and differs(key, a[key], b[key]):
                yield f"task {which}: {key}: {one.name} {a[key]}, {other.name} {b[key]}"


def differences(one, other, planted, ours):
    """Sentences, of the forest only: its namespaces, the reader's own, and its tasks (`ours`)."""
    def of_forest(view):
        kept = planted | {view.home}
        return View(view.name, view.home,
                    {ino: ns for ino, ns in view.namespaces.items() if ino in kept},
                    {which: task for which, task in view.tasks.items() if which in ours},
                    view.unseen, view.pid_max)

    one, other = of_forest(one), of_forest(other)
    return [*ns_differences(one, other), *task_differences(one, other)]


# ---- What is known -----------------------------------------------------------------------------


def share(known):
    known = list(known)
    if not known:
        return "-"
    return "yes" if all(known) else "some" if any(known) else "no"


def is_due(key, ns):
    """A namespace without an init has no reaper to know of, and a dead one none that is missed."""
    if key in ("reaper", "reaper_start_ns", "comm"):
        return ns["state"] in (None, "alive", "zombie-init", "dying")
    return True


def ns_knowledge(view, planted):
    """Of each field, of how many namespaces it is known; those below the reader's own, and it."""
    words = {}
    home = view.namespaces[view.home]
    below = [ns for ino, ns in view.namespaces.items()
             if ino in planted - {view.home} or ns["ino"] is None]
    for key in home:
        if key in UNKNOWN_KEYS or key == "pids_used_exact":
            continue
        words[key] = share(ns[key] is not None for ns in below if key in ns and is_due(key, ns))
        if key == "pids_used" and words[key] == "yes":
            exact = share(ns["pids_used_exact"] for ns in below)
            words[key] = {"yes": "yes", "no": "at least"}.get(exact, "some")
        if words[key] == "no" and key != "parent" and home[key] is not None:
            words[key] = "own"
    return words


def task_knowledge(view, planted, movers):
    """Of each field, of how many tasks it is known; where a child would go, of the movers."""
    tasks = [t for t in view.tasks.values() if t["ns"] in planted - {view.home}]
    strangers = [t for t in view.tasks.values() if t["ns"] is None]
    words = {}
    for key in next(iter(tasks), ()):
        if key in UNKNOWN_KEYS:
            continue
        among = tasks + strangers
        if key == "ns_for_children":
            among = [t for which, t in view.tasks.items() if which in movers]
        words[key] = share(t[key] is not None for t in among)
    return words


def sees(view, forest, facts):
    """Of each kind of namespace, whether all of that kind are in the snapshot."""
    found = {}
    unborn = sum(ns["state"] == "unborn" for ns in view.namespaces.values())
    for ns in facts:
        is_seen = ns["ino"] in view.namespaces if ns["ino"] else unborn > 0
        found.setdefault(kind_of(ns), []).append(is_seen)
    return {kind: share(seen) for kind, seen in sorted(found.items())}

# SPDX-License-Identifier: GPL-2.0-or-later
"""The Python module asks more than once: contexts, differences, watches; and its hints are right."""

import gc
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import pidnsinfo

TOP = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = TOP / "tests/fixtures"
FOREST, LATER = FIXTURES / "forest.pidns", FIXTURES / "later.pidns"


class Contexts(unittest.TestCase):
    def test_open_and_take(self):
        with pidnsinfo.open("replay", FOREST) as context:
            self.assertEqual(context.provider, "replay")
            first, second = context.take(), context.take(pids=[6025])
        self.assertEqual([ns.ino for ns in first.namespaces],
                         [ns.ino for ns in pidnsinfo.take(source=FOREST).namespaces])
        self.assertFalse(first.subset)
        self.assertTrue(second.subset)
        context.close()
        self.assertRaises(ValueError, context.take)
        self.assertRaises(ValueError, lambda: context.provider)

    def test_errors_are_sentences(self):
        with self.assertRaisesRegex(OSError, "no such provider"):
            pidnsinfo.open("nosuch")
        with self.assertRaisesRegex(OSError, "no such provider"):
            pidnsinfo.probe("nosuch")
        pidnsinfo.probe("procfs")
        self.assertEqual(pidnsinfo.providers()[-2:], ["procfs", "replay"])

    def test_further_answers(self):
        snapshot = pidnsinfo.take(source=FIXTURES / "threads.pidns", threads=True)
        self.assertTrue(snapshot.threads)
        root = snapshot.namespaces[0]
        self.assertEqual(root.subtree_tasks, snapshot.tasks)
        zombies = [task for task in pidnsinfo.take(source=FIXTURES / "ailing.pidns").tasks
                   if task.is_zombie]
        self.assertEqual({task.state for task in zombies}, {"Z"})
        with tempfile.TemporaryFile() as file:
            snapshot.write(file.fileno())
            file.seek(0)
            self.assertTrue(file.read().startswith(b"pidns-recording"))
        self.assertRaises(OSError, snapshot.write, -1)


class Differences(unittest.TestCase):
    def test_is_what_pidns_says(self):
        older, newer = pidnsinfo.take(source=FOREST), pidnsinfo.take(source=LATER)
        events = pidnsinfo.diff(older, newer)
        del older, newer
        gc.collect()
        ours = sorted(f"{e.type} {e.task.tid if e.task else e.ns.ino}" for e in events)
        done = subprocess.run([os.environ["PIDNS"], "diff", "--tasks", FOREST, LATER],
                              stdout=subprocess.PIPE, text=True, check=False,
                              env={k: v for k, v in os.environ.items() if k != "LD_PRELOAD"})
        theirs = sorted(" ".join(line[21:].replace(":", "").split()[:2])
                        for line in done.stdout.splitlines())
        self.assertEqual(ours, theirs)
        self.assertTrue(all(event.was for event in events if event.type == "reaper"))

    def test_only_of_snapshots(self):
        self.assertRaises(TypeError, pidnsinfo.diff, None, pidnsinfo.take(source=FOREST))


class Watches(unittest.TestCase):
    def test_a_task_comes_and_goes(self):
        with pidnsinfo.open("procfs") as context, context.watch(0.02) as watch:
            self.assertIn(os.getpid(), [task.pid for task in watch.snapshot.tasks])
            self.assertFalse(watch.prompt)
            with subprocess.Popen(["sleep", "60"]) as process:
                try:
                    self.wait_for(watch, "task-new", process.pid)
                finally:
                    process.kill()
            event = self.wait_for(watch, "task-gone", process.pid)
            watch.close()
            gc.collect()
            self.assertEqual(event.task.ns, event.ns)

    def wait_for(self, watch, kind, pid):
        return next(e for e in watch if e.type == kind and e.task.pid == pid)

    def test_a_recording_never_changes(self):
        with pidnsinfo.open(source=FOREST) as context:
            self.assertRaises(OSError, context.watch)
            self.assertRaises(OSError, context.listen)


class Hints(unittest.TestCase):
    def test_every_hint_is_an_attribute(self):
        snapshot = pidnsinfo.take(source=FIXTURES / "notes.pidns", limits=True, pins=True)
        things = [*snapshot.namespaces, *snapshot.tasks]
        for ns in snapshot.namespaces:
            things += [*(ns.limits or ()), *(ns.pins or ()), ns.container, ns.zombie]
        kinds = set()
        for thing in filter(None, things):
            kinds.add(type(thing).__name__)
            for name in type(thing).__annotations__:
                getattr(thing, name)
            self.assertEqual(set(thing._names) - set(type(thing).__annotations__), set())
        self.assertEqual(kinds, {"Namespace", "Task", "Limit", "Pin", "Container", "Zombie"})

    def test_everything_is_documented(self):
        for kind in map(pidnsinfo.__dict__.get, pidnsinfo.__all__):
            self.assertTrue(kind.__doc__, kind)
            if isinstance(kind, type):
                for name, member in list(vars(kind).items()):
                    if not name.startswith("_") and name not in kind.__annotations__:
                        self.assertTrue(member.__doc__, f"{kind.__name__}.{name}")

    def test_mypy(self):
        examples = sorted((TOP / "doc/examples").glob("*.py"))
        for files in ([TOP / "lib/python/pidnsinfo"], *([path] for path in examples)):
            done = subprocess.run(
                ["mypy", "--check-untyped-defs", "--cache-dir", os.devnull, *files],
                env={k: v for k, v in os.environ.items() if k not in ("LD_PRELOAD", "PYTHONPATH")}
                | {"MYPYPATH": str(TOP / "lib/python")},
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stdout)


class Examples(unittest.TestCase):
    def run_python(self, name, *arguments):
        done = subprocess.run([sys.executable, TOP / "doc/examples" / name, *arguments],
                              stdout=subprocess.PIPE, text=True, check=True, timeout=120)
        return done.stdout.splitlines()

    def run_c(self, name, *arguments, status=0):
        with tempfile.TemporaryDirectory() as scratch:
            library = pathlib.Path(os.environ["PIDNSINFO_LIBRARY"]).parent
            program = f"{scratch}/{name}"
            env = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD"}
            sanitize = ["-fsanitize=address,undefined"] if "LD_PRELOAD" in os.environ else []
            subprocess.run([os.environ["CC"], "-std=c11", "-Wall", "-Wextra", "-Werror", *sanitize,
                            "-I", TOP / "lib/include", TOP / f"doc/examples/{name}.c", "-o", program,
                            "-L", library, "-lpidnsinfo", f"-Wl,-rpath,{library}"],
                           check=True, env=env)
            done = subprocess.run([program, *arguments], stdout=subprocess.PIPE, text=True, env=env,
                                  check=False, timeout=120)
        self.assertEqual(done.returncode, status)
        return done.stdout.splitlines()

    def test_refused(self):
        """The examples that follow refusals: one of a user that may have no process."""
        if os.geteuid():
            self.skipTest("only root may have another uid")

        def refuse():
            code = ("import os, resource\nresource.setrlimit(resource.RLIMIT_NPROC, (0, 0))\n"
                    "os.setresuid(12321, 12321, 12321)\n"
                    "try: os.fork()\nexcept BlockingIOError: pass\n")
            subprocess.run(["/usr/bin/python3", "-S", "-c", code], check=True)

        python = subprocess.Popen([sys.executable, TOP / "doc/examples/refused.py", "1"],
                                  stdout=subprocess.PIPE, text=True)
        with python:
            first = python.stdout.readline()
            self.assertIn("watching by", first)
            if "nothing is missing" not in first and "only one is reached" not in first:
                python.kill()
                self.skipTest(first)
            refuse()
            self.assertRegex(python.stdout.readline(), r"\d+ '.*' \w+ EAGAIN .*nproc")

    def test_trees(self):
        namespaces = pidnsinfo.take(source=FOREST).namespaces
        wanted = [("  " * ns.depth, str(ns.ino)) for ns in namespaces]
        python = [line.split() for line in self.run_python("tree.py", str(FOREST))]
        self.assertEqual([line[0] for line in python], [ino for _, ino in wanted])
        for line, (indent, ino) in zip(self.run_c("tree", str(FOREST)), wanted, strict=True):
            self.assertTrue(line.startswith(indent + ino))
        self.assertTrue(self.run_c("tree") and self.run_python("tree.py"))

    def test_near(self):
        lines = self.run_python("near.py", str(FIXTURES / "notes.pidns"))
        self.assertTrue(any("cgroup-pids 95 of 100" in line for line in lines), lines)
        self.run_python("near.py")

    def test_map(self):
        self.assertEqual(self.run_c("map", str(os.getpid()))[0].split()[0], str(os.getpid()))
        self.run_c("map", "4194304", status=1)

    def test_changes(self):
        paths = str(FOREST), str(LATER)
        events = [e for e in pidnsinfo.diff(*(pidnsinfo.take(source=path) for path in paths))]
        self.assertEqual(len(self.run_python("changes.py", *paths)), len(events))
        self.assertEqual(self.run_c("changes", *paths, status=1),
                         [f"{event.type} {event.ns.ino}" for event in events])


if __name__ == "__main__":
    unittest.main()

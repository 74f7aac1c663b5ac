#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A watch that attached programs feed: nothing is missed, a mirror kept from its events is what a
snapshot has, and nothing of it is left behind."""
import contextlib
import ctypes
import os
import platform
import resource
import socket
import subprocess
import time
import unittest

import live

MIRROR = os.environ.get("MIRROR", "mirror")
SOAK = int(os.environ.get("PIDNS_SOAK", "0"))
EVENTS = 1_000_000 if SOAK else 4_000 if live.SANITIZED else 20_000
IDLE_S = 3


def setUpModule():
    live.need_root()
    live.need_tool("unshare")
    live.need_bpf()


class Watch:
    """A running `pidns watch --json`, and what it has said so far."""

    def __init__(self, *args, wrap=()):
        self.process = subprocess.Popen([*wrap, live.PIDNS, "watch", "--json", *args],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        os.set_blocking(self.process.stdout.fileno(), False)
        self.events, self.rest = [], b""

    def __enter__(self):
        live.wait_until(lambda: self.is_ready() or self.process.poll() is not None, "attached")
        return self

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def is_ready(self):
        """Its ring is there, and it waits."""
        try:
            with open(f"/proc/{self.process.pid}/wchan", encoding="ascii") as file:
                return "poll" in file.read() and self.links()
        except OSError:
            return True

    def links(self):
        return links_of(self.process.pid)

    def read(self):
        self.rest += self.process.stdout.read() or b""
        *lines, self.rest = self.rest.split(b"\n")
        self.events += [live.schema.load(line, ["watch"]) for line in lines]
        return self.events

    def of(self, name, **members):
        return [e for e in self.read()
                if e["event"] == name and all(e.get(k) == v for k, v in members.items())]

    def wait_for(self, name, **members):
        return live.wait_until(lambda: self.of(name, **members), f"{name} {members}")[0]


def links_of(pid):
    """How many links to programs the process has open; it may be closing others meanwhile."""
    links = 0
    for fd in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):
            links += os.readlink(f"/proc/{pid}/fd/{fd}").endswith("bpf_link")
    return links


class Events(unittest.TestCase):
    def test_a_mirror_is_what_a_snapshot_has(self):
        answer = subprocess.run([MIRROR, str(EVENTS)], stdout=subprocess.PIPE, check=False)
        self.assertEqual(answer.returncode, 0, answer.stdout)

    def test_a_namespace_of_a_moment(self):
        with Watch() as watch:
            link = subprocess.run(["unshare", "--pid", "--fork", "readlink", "/proc/self/ns/pid"],
                                  stdout=subprocess.PIPE, check=True).stdout
            ino = int(link.split(b"[")[1].split(b"]")[0])
            new = watch.wait_for("ns-new", ns=ino)
            gone = watch.wait_for("ns-gone", ns=ino)
            self.assertGreater(gone["time_ns"], new["time_ns"])
            self.assertEqual(new["namespace"]["state"], "alive")
            self.assertEqual(watch.of("task-new"), [])

    def test_tasks(self):
        with Watch("--tasks") as watch:
            child = subprocess.Popen(["sleep", "0.1"])
            child.wait()
            born = live.wait_until(lambda: [e for e in watch.of("task-new")
                                            if e["task"]["pid"] == child.pid], "birth")[0]
            execed = live.wait_until(lambda: [e for e in watch.of("task-exec")
                                              if e["task"]["pid"] == child.pid], "exec")[0]
            gone = live.wait_until(lambda: [e for e in watch.of("task-gone")
                                            if e["task"]["pid"] == child.pid], "end")[0]
            self.assertEqual(born["task"]["ppid"], os.getpid())
            self.assertEqual(execed["task"]["comm"], "sleep")
            self.assertEqual(born["task"]["vpids"], [child.pid])
            self.assertLess(born["time_ns"], execed["time_ns"])
            self.assertLess(execed["time_ns"], gone["time_ns"])

    def test_refused(self):
        """On a kernel where no function can be traced what is said is true, if less exact."""
        def limit():
            resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
            os.setresuid(12345, 12345, 12345)

        with Watch("--refused") as watch:
            code = "import os, sys\ntry: os.fork()\nexcept BlockingIOError: sys.exit(3)"
            child = subprocess.Popen(["/usr/bin/python3", "-S", "-c", code], preexec_fn=limit)
            self.assertEqual(child.wait(), 3)
            event = live.wait_until(lambda: [e for e in watch.of("refused")
                                             if e["task"]["pid"] == child.pid], "refusal")[0]
            self.assertEqual((event["errno"], event["task"]["uid"]), ("EAGAIN", 12345))
            self.assertIn("nproc", event["kinds"])
            if event["certain"]:
                self.assertEqual((event["kind"], event["max"]), ("nproc", 0))
                self.assertIn("RLIMIT_NPROC of uid 12345", event["source"])

    def test_only_those_named(self):
        with live.Forest("--ns", "name=named", "--ns", "name=other") as forest:
            ino = forest.ino("named-0.0")
            init = str(forest.by_name["named-0.0"]["init"])
            other = str(forest.by_name["other-0.0"]["init"])
            with Watch("--tasks", str(ino)) as watch:
                for target in (other, init):
                    subprocess.run(["nsenter", "--target", target, "--pid", "true"], check=True)
                live.wait_until(lambda: watch.of("task-gone"), "the one that entered")
                self.assertEqual({e["ns"] for e in watch.read()}, {ino})

    def test_the_namespace_of_a_process(self):
        """Also where no tasks are watched, so that the watch itself has none."""
        with subprocess.Popen(["sleep", "100"]) as process:
            with Watch(f"@{process.pid}"):
                pass
            process.kill()
        answer = live.pidns("watch", f"@{os.getpid()}:1", expect=None)
        self.assertIn("that process has ended", answer.err)

    def check_nothing_is_left(self, process):
        try:
            live.wait_until(lambda: process.poll() is not None or links_of(process.pid) >= 3,
                            "attached")
            ids = program_ids(process.pid)
        finally:
            process.kill()
        self.assertGreaterEqual(len(ids), 3)
        process.wait()
        live.wait_until(lambda: not any(map(program_is_there, ids)), "programs gone")

    def test_nothing_is_left_behind(self):
        """Also where it is killed; and nothing is pinned."""
        with Watch() as watch:
            self.check_nothing_is_left(watch.process)
        with Watch("--tasks", "--refused") as watch:
            self.check_nothing_is_left(watch.process)

    def test_nothing_is_left_of_metrics(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with subprocess.Popen([live.PIDNS, "metrics", f"--listen=127.0.0.1:{port}"],
                              stderr=subprocess.DEVNULL) as process:
            self.check_nothing_is_left(process)

    def test_nothing_is_left_of_the_viewer(self):
        with live.terminal() as (_, terminal), subprocess.Popen(
                [live.PIDNS + "-top"], stdin=terminal, stdout=terminal,
                env={**os.environ, "TERM": "xterm"}) as process:
            self.check_nothing_is_left(process)

    def test_who_may_not(self):
        """One sentence, and snapshots at an interval."""
        answer = live.run(["timeout", "2", *live.as_nobody(live.PIDNS, "watch")])
        self.assertIn("does not report changes", answer.err)
        self.assertEqual(answer.err.count("\n"), answer.err.count("pidns: "))

    def test_idle_is_idle(self):
        """Nothing that happens to others costs what no namespace does."""
        with Watch() as watch:
            before = cpu_ns(watch.process.pid)
            time.sleep(IDLE_S)
            self.assertLess(cpu_ns(watch.process.pid) - before, IDLE_S * 1e9 * 0.02)


def cpu_ns(pid):
    with open(f"/proc/{pid}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[0])


def program_ids(pid):
    ids = []
    for fd in os.listdir(f"/proc/{pid}/fdinfo"):
        with contextlib.suppress(FileNotFoundError), open(f"/proc/{pid}/fdinfo/{fd}", encoding="ascii") as file:
            ids += [int(line.split()[1]) for line in file if line.startswith("prog_id")]
    return set(ids)


def program_is_there(number):
    """BPF_PROG_GET_FD_BY_ID, with the struct's first member."""
    number_of_bpf = {"x86_64": 321, "aarch64": 280, "riscv64": 280}[platform.machine()]
    attr = (ctypes.c_uint32 * 32)(number)
    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.syscall(number_of_bpf, 13, ctypes.byref(attr), ctypes.sizeof(attr))
    if fd >= 0:
        os.close(fd)
    return fd >= 0


if __name__ == "__main__":
    live.main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""All that is read of /proc and /sys, with something else mounted over it: answers, or unknown."""
import ctypes
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import time
import unittest

import live
from reach import child_of

CLONE_NEWNS = 0x00020000
MS_BIND, MS_REC, MS_PRIVATE = 1 << 12, 1 << 14, 1 << 18
# A number that is nowhere on the machine, in the form that each file has: what is believed, shows.
MARK = "424242"


def forged_number(said):
    """The mark as a number of its own, or of seconds in nanoseconds; an inode that happens to be
    that, or has it among its digits, comes from nowhere."""
    said = re.sub(r"pidfd_ino[^,\s]*", "", said)
    return re.search(rf"(?<![1-9])0*{MARK}(?:0{{9}})?(?!\d)", said)


# What a sanitizer opens on its own account, before main().
OF_SANITIZERS = set()
with open(shutil.which(live.PIDNS), "rb") as program:
    if b"__asan_init" in program.read():
        OF_SANITIZERS = {"/proc/self/environ", "/proc/self/maps"}

FORGED = {
    "proc/cgroups": f"pids\t0\t{MARK}\t1\n",
    "proc/cpuinfo": f"processor\t: 0\nMHz\t: {MARK}\n",
    "proc/filesystems": f"nodev\t{MARK}\n",
    "proc/key-users": f"    0: {MARK} {MARK}/{MARK} {MARK}/{MARK} {MARK}/{MARK}\n",
    "proc/loadavg": f"{MARK}.00 {MARK}.00 {MARK}.00 1/{MARK} {MARK}\n",
    "proc/meminfo": f"MemTotal: {MARK} kB\nMemFree: 1 kB\nMemAvailable: 1 kB\n",
    "proc/1/net/unix": f"Num\n0: 00000002 00000000 00010000 0001 01 7 @/lxc/{MARK}/command\n",
    "proc/self/net/unix": f"Num\n0: 00000002 00000000 00010000 0001 01 7 @/lxc/{MARK}/command\n",
    "proc/stat": f"cpu  {MARK} 0 0 0 0 0 0 0 0 0\ncpu0 {MARK} 0 0 0 0 0 0 0 0 0\n"
                 f"btime {MARK}\nprocesses {MARK}\n",
    "proc/uptime": f"{MARK}.00 {MARK}.00\n",
    "proc/version": f"Linux version {MARK}\n",
    "proc/sys/kernel/hostname": f"{MARK}\n",
    "proc/sys/kernel/ns_last_pid": f"{MARK}\n",
    "proc/sys/kernel/osrelease": f"{MARK}\n",
    "proc/sys/kernel/overflowuid": f"{MARK}\n",
    "proc/sys/kernel/pid_max": f"{MARK}\n",
    "proc/sys/kernel/random/boot_id": f"00000000-0000-0000-0000-000000{MARK}\n",
    "proc/sys/kernel/threads-max": f"{MARK}\n",
    "proc/sys/kernel/unprivileged_bpf_disabled": f"{MARK}\n",
    "proc/sys/kernel/unprivileged_userns_clone": "0\n",
    "proc/sys/user/max_cgroup_namespaces": f"{MARK}\n",
    "proc/sys/user/max_ipc_namespaces": f"{MARK}\n",
    "proc/sys/user/max_mnt_namespaces": f"{MARK}\n",
    "proc/sys/user/max_net_namespaces": f"{MARK}\n",
    "proc/sys/user/max_pid_namespaces": f"{MARK}\n",
    "proc/sys/user/max_time_namespaces": f"{MARK}\n",
    "proc/sys/user/max_user_namespaces": f"{MARK}\n",
    "proc/sys/user/max_uts_namespaces": f"{MARK}\n",
    "proc/sys/vm/max_map_count": f"{MARK}\n",
    "sys/devices/system/cpu/online": f"0-{MARK}\n",
    "sys/devices/system/cpu/possible": f"0-{MARK}\n",
    "sys/devices/system/node/online": f"0-{MARK}\n",
    "sys/devices/system/node/node0/meminfo": f"Node 0 MemTotal: {MARK} kB\n",
    "sys/kernel/btf/vmlinux": MARK,
}
# Folders, over which an empty one is mounted, or one whose every file is a FIFO or forged.
FOLDERS = ("proc/sys", "proc/sys/kernel", "proc/sys/user", "proc/self/net",
           "sys/devices/system/cpu", "sys/devices/system/node", "sys/fs/cgroup", "sys/kernel")
FILE_KINDS = ("fifo", "forged", "empty", "endless", "sibling")
COMMANDS = (("list", "--all", "-o", "+last_pid,container,limit,pins"), ("tree",), ("ps",),
            ("ps", "--threads", "--json"), ("show", "@1"), ("show", "--all", "--json", "@1"),
            ("map", "1"), ("map", "-n", "@1", "1"), ("why",), ("why", "1", "--json"), ("doctor",),
            ("tree", "--dot"), ("list", "--raw"), ("metrics",), ("export", "--jsonl", "--all"),
            ("kill", "-s", "0", "{init}"), ("kill", "-s", "CONT", "-n", "@{init}", "1"),
            ("enter", "@{init}", "true"), ("unshare", "--help"),
            ("record", "-w", "-"), ("record", "--every", "0.1", "-w", "{recording}-series"),
            ("diff", "{recording}"), ("watch", "--interval", "0.1"),
            ("watch", "--interval", "0.1", "--tasks"), ("watch", "--refused"),
            ("--help",), ("--version",), ("pidns-top", "-b", "-n", "1"),
            ("pidns-top", "-b", "-n", "2", "-d", "0.1", "@{init}"))
PROVIDERS = ((), live.PROCFS)
TAKES_NO_PROVIDER = ("--help", "--version", "diff", "unshare")
TOP = os.path.join(os.path.dirname(shutil.which(live.PIDNS)), "pidns-top")
# What ends when it is told to: after so many seconds.
UNTIL = "0.5"
ENDLESS = ("watch", "--every")
# A stuck file would take for ever; an answer takes a second on a busy machine.
LIMIT_S = 30
OPENING = ("open", "openat", "openat2", "access", "faccessat", "faccessat2", "stat", "statx",
           "newfstatat")
OPENED = re.compile(r'(?:openat2?|newfstatat|statx|faccessat2?|access|open|stat)'
                    r'\((?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"([^"]+)"')
# What is asked of tasks, and cgroups: each has a test of its own.
OF_TASKS = re.compile(r"/proc/(\d+|self)(/(task(/.*)?|fd(info)?(/.*)?|ns(/.*)?|status|stat|limits"
                      r"|cgroup|mountinfo|cmdline))?|/sys/fs/cgroup/.*")


class World:
    """Files of every kind, to be mounted over others."""

    def __init__(self, folder):
        self.folder = folder
        os.mkfifo(f"{folder}/fifo")
        open(f"{folder}/empty", "wb").close()
        os.makedirs(f"{folder}/forged")
        for name, text in FORGED.items():
            with open(f"{folder}/forged/{name.replace('/', '-')}", "w", encoding="ascii") as file:
                file.write(text)
        self.make_folders()

    def make_folders(self):
        for kind in "empty", "fifo", "forged":
            for folder in FOLDERS:
                base = f"{self.folder}/folders/{kind}/{folder.replace('/', '-')}"
                os.makedirs(base)
                below = [n for n in FORGED if n.startswith(folder + "/")] if kind != "empty" else []
                for name in below:
                    path = base + name[len(folder):]
                    os.makedirs(os.path.dirname(path), exist_ok=True)
                    if kind == "fifo":
                        os.mkfifo(path)
                    else:
                        with open(path, "w", encoding="ascii") as file:
                            file.write(FORGED[name])

    def source(self, kind, name):
        if name in FOLDERS:
            return f"{self.folder}/folders/{kind}/{name.replace('/', '-')}"
        return {"fifo": f"{self.folder}/fifo", "empty": f"{self.folder}/empty",
                "forged": f"{self.folder}/forged/{name.replace('/', '-')}",
                # Of the same file system, so that no device number tells.
                "sibling": "/proc/tty/drivers", "endless": "/dev/zero"}[kind]


def is_endless(words):
    return any(word in words for word in ENDLESS)


def mount_all(mounts):
    """For preexec_fn: mount(8) itself reads some of these files."""
    libc = ctypes.CDLL(None, use_errno=True)
    calls = [(b"none", b"/", None, MS_REC | MS_PRIVATE)]
    calls += [(source.encode(), place.encode(), None, MS_BIND) for source, place in mounts]

    def prepare():
        if libc.unshare(CLONE_NEWNS):
            raise OSError(ctypes.get_errno(), "unshare")
        for call in calls:
            if libc.mount(*call, None):
                raise OSError(ctypes.get_errno(), f"mount {call}")
    return prepare


def script(commands):
    """Shell: each command, whose answer and status go to a file of its number."""
    lines = []
    for i, command in enumerate(commands):
        words = " ".join(f"'{word}'" for word in command)
        lines.append(f"timeout -s KILL {LIMIT_S} {words} >$0/{i} 2>&1 </dev/null; "
                     f"printf '\\n%s\\n' $? >>$0/{i}")
    return "\n".join(lines)


# Of how many commands one is tried with a file alone.
PART = 1 if os.environ.get("PIDNS_SOAK") else 4 if live.SANITIZED else 2


class Mounted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        live.need_root()
        live.need_tool("strace", "timeout", "unshare")
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        cls.world = World(cls.folder)
        cls.recording = f"{cls.folder}/recording"
        live.pidns("record", "-w", cls.recording)
        parent = cls.enterClassContext(subprocess.Popen(
            ["unshare", "--pid", "--fork", "--kill-child", "sleep", "1000"]))
        cls.addClassCleanup(parent.kill)
        cls.init = child_of(parent.pid)
        # What each command opens, so that a file is mounted over for those alone that want it.
        cls.opened = {tuple(words): cls.trace(words) for words in cls.commands()}

    @classmethod
    def commands(cls):
        for provider in PROVIDERS:
            for name, *rest in COMMANDS:
                if provider and name in TAKES_NO_PROVIDER:
                    continue
                words = [live.PIDNS, name, *provider, *rest]
                if name == "pidns-top":
                    words = [TOP, *provider, *rest]
                # A leak checker waits for ever at the end of a process that has set another PID namespace for
                # its children, has a thread that waits for a FIFO, or gets one more signal meanwhile.
                if live.SANITIZED and (name in ("enter", "pidns-top") or is_endless(words)):
                    words = ["env", "ASAN_OPTIONS=detect_leaks=0", *words]
                if is_endless(words):
                    words = ["timeout", "-s", "INT", UNTIL, *words]
                yield [word.format(recording=cls.recording, init=cls.init) for word in words]

    @classmethod
    def trace(cls, words):
        """Below /proc and /sys, tasks and cgroups aside."""
        trace = f"{cls.folder}/trace"
        live.run(["strace", "-f", "-e", f"trace={','.join(OPENING)}", "-y", "-o", trace, *words],
                 env=live.NO_LEAK_CHECK)
        with open(trace, encoding="utf-8", errors="replace") as lines:
            found = (OPENED.search(line) for line in lines)
            paths = {os.path.normpath(os.path.join(m[1] or "/", m[2])) for m in found if m}
        return {path for path in paths
                if path.startswith(("/proc/", "/sys/")) and not OF_TASKS.fullmatch(path)}

    def run_all(self, mounts, commands):
        """[(command, status, what it said)] of all in one mount namespace."""
        with tempfile.TemporaryDirectory(dir=self.folder) as answers:
            subprocess.run(["sh", "-c", script(commands), answers], check=True,
                           preexec_fn=mount_all(mounts))
            for i, command in enumerate(commands):
                with open(f"{answers}/{i}", encoding="utf-8", errors="replace") as file:
                    said, _, status = file.read().rstrip("\n").rpartition("\n")
                yield command, int(status), said

    def check(self, mounts, commands):
        for command, status, said in self.run_all(mounts, commands):
            with self.subTest(command=command, mounts=mounts):
                # 1 and 3: findings, or a limit that is reached; 124: watched until stopped.
                self.assertIn(status, (124,) if is_endless(command) else (0, 1, 3), said)
                if "--json" in command:
                    live.schema.hold("\n".join(line for line in said.splitlines()
                                               if not line.startswith("pidns: ")), command)
                self.assertIsNone(forged_number(said), [line for line in said.splitlines()
                                                        if forged_number(line)][:3])

    def check_each(self, kind):
        for name in (*FORGED, *FOLDERS):
            path = f"/{name}"
            commands = [list(command) for command, opened in self.opened.items()
                        if not is_endless(command) and
                        any(f"{other}/".startswith(f"{path}/") for other in opened)]
            # All with all is for the soak: else each file is tried with some of them.
            commands = commands[len(path) % PART::PART]
            # With sanitizers a command waits at its end for the loader, whose lock a library has that waits
            # for such a file.
            if live.SANITIZED and "system/node" in name:
                commands = []
            if commands and os.path.exists(path):
                self.check([(self.world.source(kind, name), path)], commands)

    def test_c1_the_table_is_complete(self):
        known = {f"/{name}" for name in (*FORGED, *FOLDERS)} | OF_SANITIZERS
        for command, opened in self.opened.items():
            with self.subTest(command=command):
                self.assertEqual({path for path in opened if os.path.exists(path)} - known, set())
        self.assertIn("/proc/loadavg", set().union(*self.opened.values()))

    def test_a4_a_program_that_believes_it_shows_it(self):
        for name in "proc/loadavg", "proc/sys/kernel/pid_max":
            mount = self.world.source("forged", name), f"/{name}"
            for _, status, said in self.run_all([mount], [["cat", mount[1]]]):
                self.assertEqual((status, MARK in said), (0, True))

    def test_c1_each_hangs(self):
        self.check_each("fifo")

    def test_a4_each_is_forged(self):
        self.check_each("forged")

    def test_c1_a4_all_at_once(self):
        for kind in FILE_KINDS:
            self.check([(self.world.source(kind, name), f"/{name}") for name in FORGED
                        if os.path.exists(f"/{name}")], list(self.commands()))


class Viewer(unittest.TestCase):
    """On a terminal: it shows its rows, and q leaves."""
    # Another process reads these, or a library by their paths.
    OF_THE_VIEWER = ("proc/loadavg", "proc/stat", "proc/meminfo", "proc/cpuinfo", "proc/uptime",
                     "sys/devices/system/cpu/online", "sys/devices/system/node/node0/meminfo",
                     "sys/devices/system/node/online", "proc/sys", "sys/devices/system/node")
    # What stands in the first frame that has rows.
    ROWS = b" processes, "

    def setUp(self):
        live.need_root()
        self.world = World(self.enterContext(tempfile.TemporaryDirectory()))

    def screen_of(self, mounts, *options):
        """All that it wrote to the terminal."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 120, 0, 0))
        viewer = subprocess.Popen([TOP, "-d", "0.1", *options], stdin=slave, stdout=slave, stderr=slave,
                                  env={**live.NO_LEAK_CHECK, "TERM": "linux"}, start_new_session=True,
                                  preexec_fn=mount_all(mounts))
        # Held open, so that its end is no error here.
        said, keys = b"", [b"\r", b"\x1b", b"l", b"\x1b", b"q"]
        end = time.monotonic() + LIMIT_S
        try:
            while viewer.poll() is None and time.monotonic() < end:
                if select.select([master], [], [], 0.05)[0]:
                    said += os.read(master, 65536)
                elif keys and self.ROWS in said:
                    os.write(master, keys.pop(0))
            self.assertEqual((viewer.poll(), self.ROWS in said), (0, True), said[-2000:])
        finally:
            viewer.kill()
            viewer.wait()
            os.close(master)
            os.close(slave)
        return said.decode(errors="replace")

    def check(self, mounts, ways=((), live.PROCFS)):
        for options in ways:
            with self.subTest(mounts=mounts, options=options):
                self.assertIsNone(forged_number(self.screen_of(mounts, *options)))

    def test_c1_a4_all_at_once(self):
        for kind in FILE_KINDS:
            self.check([(self.world.source(kind, name), f"/{name}") for name in FORGED
                        if os.path.exists(f"/{name}")])

    def test_c1_each_of_its_own(self):
        for name in filter(lambda name: os.path.exists(f"/{name}"), self.OF_THE_VIEWER):
            for kind in ("empty", "fifo") if name in FOLDERS else ("fifo", "endless"):
                self.check([(self.world.source(kind, name), f"/{name}")], ways=[()])


class OverTasks(unittest.TestCase):
    """The oldest way to hide a process, and to give it the looks of another."""
    FORGED_STAT = f"{{pid}} (forged) S 1 1 1 0 -1{' 0' * 9} 20 0 7 0 1 1 1 1{' 0' * 27}\n"

    def setUp(self):
        live.need_root()
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.task = self.enterContext(subprocess.Popen(["sleep", "1000"]))
        self.addCleanup(self.task.kill)
        os.mkfifo(f"{self.folder}/fifo")

    def forged(self):
        folder = f"{self.folder}/forged"
        os.makedirs(f"{folder}/ns")
        os.symlink(os.readlink("/proc/self/ns/pid"), f"{folder}/ns/pid")
        with open(f"{folder}/stat", "w", encoding="ascii") as file:
            file.write(self.FORGED_STAT.format(pid=self.task.pid))
        return folder

    def rows(self, mount, *command):
        answer = live.pidns(*command, "--json", *live.PROCFS, preexec_fn=mount_all([mount]))
        return [task for task in answer.json["tasks"] if task["pid"] == self.task.pid]

    def test_a4_of_a_covered_task_is_its_number_known(self):
        fields = "pid,ns,vpids,ppid,uid,ruid,comm,state,threads,start_ns,container"
        for source in self.forged(), "/proc/1", "/proc/self":
            for command in (("ps", "-o", fields), ("ps", "-o", "pid,ns,vpids"),
                            ("ps", "-t", "-o", fields)):
                with self.subTest(source=source, command=command):
                    row, = self.rows((source, f"/proc/{self.task.pid}"), *command)
                    del row["pid"]
                    self.assertEqual(set(row.values()), {None})

    def test_a4_a_covered_list_of_threads(self):
        mount = self.forged(), f"/proc/{self.task.pid}/task"
        row, = self.rows(mount, "ps", "-t", "-o", "pid,tid,comm")
        self.assertEqual(row, {"pid": self.task.pid, "tid": self.task.pid, "comm": "sleep"})

    def test_a14_a_covered_list_of_files_is_not_an_empty_one(self):
        """A namespace that is kept by one of them has a holder, which bpf finds all the same."""
        live.need_bpf()
        other = subprocess.Popen(["unshare", "--pid", "--fork", "--kill-child", "sh", "-c",
                                  "echo; exec sleep 1000"], stdout=subprocess.PIPE)
        other.stdout.readline()
        with open(f"/proc/{other.pid}/task/{other.pid}/children", encoding="ascii") as children:
            init = int(children.read())
        with open(f"/proc/{init}/ns/pid", "rb") as held, other:
            # By its parent it is reaped at once; until then it is a holder, too.
            os.kill(init, signal.SIGKILL)
            other.wait()
            ino = str(os.fstat(held.fileno()).st_ino)
            for mounts in [], [(self.forged(), f"/proc/{os.getpid()}/fd")]:
                pins = live.pidns("show", "--all", "--json", ino,
                                  preexec_fn=mount_all(mounts)).json["namespace"]["pins"]
                self.assertIn(("fd", os.getpid()), {(pin["kind"], pin["pid"]) for pin in pins})

    def test_a4_enter_where_its_namespaces_are_covered(self):
        """By those of the caller, where the command would run without a word."""
        parent = self.enterContext(subprocess.Popen(
            ["unshare", "--pid", "--fork", "--kill-child", "sleep", "1000"]))
        self.addCleanup(parent.kill)
        init = child_of(parent.pid)
        for source, place in (("/proc/self/ns", f"/proc/{init}/ns"), ("/proc/self", f"/proc/{init}"),
                              (f"/proc/{init}/ns", f"/proc/{self.task.pid}/ns")):
            with self.subTest(place=place):
                answer = live.pidns("enter", f"@{init}", "readlink", "/proc/self/ns/pid", expect=None,
                                    preexec_fn=mount_all([(source, place)]), env=live.NO_LEAK_CHECK)
                if answer.status:
                    self.assertIn(f"/{init}/", f"{place}/")
                    self.assertEqual(answer.out, b"")
                else:
                    self.assertEqual(answer.out.decode().strip(), os.readlink(f"/proc/{init}/ns/pid"))

    def test_c1_files_of_a_task(self):
        for name in "stat", "status", "cgroup", "limits", "mountinfo", "cmdline":
            mount = f"{self.folder}/fifo", f"/proc/{self.task.pid}/{name}"
            for command in (("ps", "-o", "pid,ruid,comm,container,cmdline"),
                            ("why", str(self.task.pid)),
                            ("list", "--all", "-o", "+limit,pins,container")):
                with self.subTest(name=name, command=command):
                    answer = live.pidns(*command, *live.PROCFS, preexec_fn=mount_all([mount]))
                    self.assertNotIn("timed out", answer.err)


if __name__ == "__main__":
    live.main()

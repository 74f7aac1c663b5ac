#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The viewer on the running machine: it sees what comes and goes, and reads command lines."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

import tui
from terminal import Terminal
from tui import Skip, Top, expect, expect_equal

def inode_of(pid, name="pid"):
    return int(os.readlink(f"/proc/{pid}/ns/{name}").split("[")[1][:-1])


class Namespace:
    """A PID namespace whose init is a shell that waits, with a child of a name of its own."""

    def __init__(self, child="sleeper"):
        flags = "-Urpf" if os.geteuid() else "-pf"
        # The shell says when its child is there; it ends with our end of its standard input.
        script = f'(exec -a {child} sleep 1000) & echo; read x; kill $!'
        self.process = subprocess.Popen(
            ["unshare", flags, "--kill-child", "bash", "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        if not self.process.stdout.readline():
            reason = self.process.stderr.read().decode().strip()
            self.__exit__()
            raise Skip(f"no namespace can be made: {reason}")
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", "rb") as file:
            self.init = int(file.read().split()[0])
        self.ino = inode_of(self.init)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()

    def child(self):
        with open(f"/proc/{self.init}/task/{self.init}/children", "rb") as file:
            return int(file.read().split()[0])


def start(*arguments, **how):
    top = Top("-d", "0.2", *arguments, **how)
    top.wait("a row", lambda: top.selected() or not top.child.isalive())
    return top


def test_sees_its_own_machine():
    with start(columns=140, rows=60) as top:
        top.wait(str(inode_of(os.getpid())))
        expect(re.search("(netlink|bpf|procfs).*, every 0.2 s", top.text()), top.text())
        expect("load " in top.lines()[0] and "CPU [" in top.text() and "Mem [" in top.text(), "")


def test_a_namespace_comes_and_goes():
    with start(columns=140, rows=60) as top:
        with Namespace() as namespace:
            top.wait(str(namespace.ino))
            row = next(line for line in top.lines() if str(namespace.ino) in line)
            expect_equal(row.split()[1:3], [str(namespace.init), "2"], "row")
        top.wait("gone", lambda: str(namespace.ino) not in top.text())


def test_its_processes_with_their_numbers():
    with Namespace("sleeper") as namespace:
        with start(f"@{namespace.init}", columns=140, rows=24) as top:
            top.wait("sleeper 1000")
            rows = [line.split() for line in top.lines() if "sleeper 1000" in line and "-c" not in line]
            expect_equal(rows[0][0], str(namespace.child()), "pid")
            expect_equal(rows[0][1], "2", "vpid")
            # Names only, and command lines again.
            top.press("c")
            top.wait("a name", lambda: "sleeper 1000" not in top.text() and "sleep" in top.text())
            top.press("c")
            top.wait("sleeper 1000")


def test_the_namespace_shown_goes_away():
    with start(columns=140, rows=24) as top:
        with Namespace() as namespace:
            top.press("/", *str(namespace.ino))
            top.wait(str(namespace.ino), lambda: str(namespace.ino) in top.selected())
            top.press("Enter", "Enter")
            top.wait(f"ino {namespace.ino}")
        top.wait(f"Namespace {namespace.ino} is gone.")
        top.press("Down")
        top.wait("the list", lambda: "Enter Open" in top.text())


def test_details():
    """What keeps it alive is looked for while that is shown."""
    with Namespace() as namespace, start("-d", "0.2", columns=140, rows=40) as top:
        top.press("/", *str(namespace.ino))
        top.wait(str(namespace.ino), lambda: str(namespace.ino) in top.selected())
        top.press("Enter", "i")
        top.wait(f"Namespace {namespace.ino}, alive")
        top.wait(f"task           PID {namespace.init} and 1 more")
        with open(f"/proc/{namespace.init}/ns/pid", "rb") as file:
            top.wait(f"fd             PID {os.getpid()} fd {file.fileno()}")
        top.wait("closed", lambda: f"PID {os.getpid()} fd" not in top.text())
        top.press("Esc")
        top.wait("the list", lambda: "Enter Open" in top.text())


def test_cpu_use():
    """A process that does nothing but burn has nearly 100 %, since the last look."""
    with Namespace() as namespace:
        burner = subprocess.Popen(
            ["nsenter", "-t", str(namespace.init), "-p", "sh", "-c", "while :; do :; done"]
        )
        try:
            with start("-s", "cpu", f"@{namespace.init}", "-d", "1", columns=120) as top:

                def percent():
                    rows = [line.split() for line in top.lines() if "while :" in line]
                    return float(rows[0][6].replace("-", "0")) if rows else 0

                top.wait("a busy process", lambda: percent() > 20)
        finally:
            burner.kill()
            burner.wait()
            # The shell in there is its child, and ends with the namespace.


THREADS = """
import sys, threading, time
for _ in range(3):
    threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
print("there", flush=True)
time.sleep(600)
"""


def test_threads_nice_values_and_whole_commands():
    """H: a row for each thread, which has the numbers of its own; NI; w shows all of a command line."""
    end = "the-end-of-a-long-line"
    with Namespace() as namespace:
        busy = subprocess.Popen(
            ["nsenter", "-t", str(namespace.init), "-p", "nice", "-n", "7", sys.executable, "-c",
             THREADS, "x" * 300, end],
            stdout=subprocess.PIPE,
        )
        try:
            busy.stdout.readline()
            with start(f"@{namespace.init}", columns=110, rows=30) as top:
                top.wait("the process", lambda: any("import" in line for line in top.lines()))
                row = next(line.split() for line in top.lines() if "import" in line)
                process = row[0]
                expect_equal(row[3:6], ["root" if not os.geteuid() else row[3], "S", "7"], "row")
                tids = sorted(os.listdir(f"/proc/{process}/task"), key=int)
                expect_equal(len(tids), 4, "threads")
                top.press("H")
                for tid in tids:
                    top.wait(f"thread {tid}", lambda t=tid: any(
                        line.split()[:1] == [t] for line in top.lines()))
                top.wait(": 6 threads, init")
                top.press("/", *tids[2], "Enter", "Left")
                top.wait("its process", lambda: top.selected().split()[:1] == [process])
                top.press("H")
                top.wait(": 3 processes, init")
                top.press("w")
                top.wait(end)
                expect_equal(top.text().count("x"), 300, "x of the command line")
                top.press("Esc", "Left")
                # Its parent is ours, in another namespace.
                top.wait("the parent", lambda: top.selected().split()[:1] == [str(busy.pid)])
        finally:
            busy.kill()
            busy.wait()
            busy.stdout.close()


def test_a8_no_row_above_all_cpus():
    """Many that are born, burn and end between two samples: each counts what it used in between."""
    loop = "while :; do timeout .2 sh -c 'while :; do :; done'; sleep .25; done"
    burners = [subprocess.Popen(["sh", "-c", loop], start_new_session=True) for _ in range(6)]
    try:
        done = subprocess.run(
            [tui.TOP, "-b", "-n", "6", "-d", "0.6"], capture_output=True, check=True,
            env=tui.environment(),
        )
    finally:
        for burner in burners:
            os.killpg(burner.pid, signal.SIGKILL)
            burner.wait()
    cpus = os.sysconf("SC_NPROCESSORS_ONLN")
    frames = done.stdout.decode().split("\n\npidns-top ")
    expect_equal(len(frames), 6, "frames")
    for frame in frames:
        titles, *rows = frame.split("\n\n")[1].splitlines()
        end = titles.index("CPU%") + 4
        for row in rows:
            percent = row[:end].split()[-1]
            expect(percent == "-" or float(percent) <= 100 * cpus, f"{percent} % in {row}")


def in_private_mounts(script, *arguments):
    """A viewer in a mount namespace of its own, which the script has prepared."""
    if os.geteuid():
        raise Skip("only root can mount")
    return ["unshare", "-m", "sh", "-c", script + ' && exec "$0" "$@"', tui.TOP, *arguments]


def test_c1_machine_files_that_hang():
    """A FIFO in the place of a file of /proc, whose reader would wait for ever."""
    with tempfile.TemporaryDirectory() as folder:
        os.mkfifo(f"{folder}/fifo")
        cpus = "/sys/devices/system/cpu"
        for name in ("/proc/loadavg", "/proc/uptime", "/proc/stat", "/proc/meminfo", "/proc/cpuinfo",
                     f"{cpus}/possible", f"{cpus}/online"):
            script = f"mount --bind {folder}/fifo {name}"
            with Top(command=in_private_mounts(script, "-d", "0.2"), columns=120) as top:
                top.wait(f"{name}: a row", top.selected)
                if name not in ("/proc/loadavg", "/proc/uptime"):
                    meter = "Mem [" if name == "/proc/meminfo" else "CPU ["
                    expect(meter not in top.text(), top.text())
                for key in ("Down", "Enter", "Esc"):
                    top.press(key)
                begin = time.monotonic()
                top.press("q")
                expect_equal(top.wait_end(), 0, name)
                taken = time.monotonic() - begin
                expect(taken < 1 or os.getloadavg()[0] > os.cpu_count(), f"{taken:.1f} s to leave")
            done = subprocess.run(
                in_private_mounts(script, "-b", "-n1"), capture_output=True, check=False,
                env=tui.environment(), timeout=tui.DEADLINE_S,
            )
            expect_equal(done.returncode, 0, f"{name}: {done.stderr}")


def test_c1_machine_files_of_another_file_system():
    """What they say is not believed."""
    with tempfile.TemporaryDirectory() as folder:
        files = {
            "loadavg": "777.77 777.77 777.77 1/1 1\n",
            "uptime": "77777777.00 1.00\n",
            "stat": "cpu  7777 0 0 0 0 0 0 0 0 0\ncpu0 7777 0 0 0 0 0 0 0 0 0\n",
            "meminfo": "MemTotal: 7777777 kB\nMemFree: 1 kB\nMemAvailable: 1 kB\n",
        }
        script = "true"
        for name, text in files.items():
            pathlib.Path(folder, name).write_text(text, encoding="ascii")
            script += f" && mount --bind {folder}/{name} /proc/{name}"
        done = subprocess.run(
            in_private_mounts(script, "-b", "-n2", "-d0.2"), capture_output=True, check=True,
            env=tui.environment(),
        )
        head = done.stdout.decode().split("\n\n")[0]
        for wrong in ("777", "900 days", "CPU", "Mem"):
            expect(wrong not in head, f"{wrong} in {head}")


def helper_of(top):
    with open(f"/proc/{top.pid()}/task/{top.pid()}/children", "rb") as file:
        children = [int(pid) for pid in file.read().split()]
    expect_equal(len(children), 1, "helpers")
    return children[0]


def test_a_hung_helper_is_given_up():
    with Namespace() as namespace:
        with start(f"@{namespace.init}", columns=120) as top:
            top.wait("sleeper 1000")
            os.kill(helper_of(top), signal.SIGSTOP)
            # Names instead, and keys as quick as ever.
            top.wait("names", lambda: "sleeper 1000" not in top.text() and "sleep" in top.text())
            top.press("Down")
            top.wait("the next row", lambda: "sleep" in top.selected())
            top.press("q")
            expect_equal(top.wait_end(), 0, "exit status")


def test_a_dead_helper_is_done_without():
    with Namespace() as namespace:
        with start(f"@{namespace.init}", columns=120) as top:
            top.wait("sleeper 1000")
            os.kill(helper_of(top), signal.SIGKILL)
            top.wait("names", lambda: "sleeper 1000" not in top.text() and "sleep" in top.text())
            top.press("q")
            expect_equal(top.wait_end(), 0, "exit status")


def test_the_helper_ends_with_the_viewer():
    for sig in (signal.SIGKILL, signal.SIGTERM):
        with start() as top:
            helper = helper_of(top)
            os.kill(top.pid(), sig)
            top.wait_end()
            tui.until("no helper", lambda h=helper: tui.process_state(h) in ("", "Z"))


def test_q_ends_it_at_tiny_sizes():
    """Of the running machine, whether it is typed before the first frame or after; nothing waits for
    the next look, which is an hour away."""
    for rows, columns in (1, 1), (2, 200), (200, 2):
        for is_early in True, False:
            with Terminal(tui.TOP, "-d", "3600", rows=rows, columns=columns) as terminal:
                if not is_early:
                    terminal.wait("\x1b")
                terminal.send("q")
                expect_equal(terminal.wait_end(), 0, f"exit status at {rows}x{columns}")
                terminal.expect_restored(f"q at {rows}x{columns}")


def test_pause():
    with start(columns=140, rows=60) as top:
        top.press("Z")
        top.wait("PAUSED")
        top.wait("the snapshot of the pause", lambda: not top.read(1.5))
        # An inode number may be that of a namespace that has just ended, and is still shown.
        before = top.text()
        with Namespace() as namespace:
            end = time.monotonic() + 1.5
            tui.until("a second and more", lambda: time.monotonic() > end or top.read(0.05) is None)
            # Clock, load and meters are those of the rows, too.
            expect_equal(top.text(), before, "the screen while paused")
            top.press("^R")
            top.wait(str(namespace.ino))
            top.press("Z")
            top.wait("LIVE")


def test_an_ordinary_user():
    """Nothing is asked for that it may not have; what it cannot see, it says."""
    if os.geteuid():
        raise Skip("only root can become another user")
    command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", tui.TOP, "-d", "0.2"]
    if not os.access(tui.TOP, os.X_OK):
        raise Skip("the build folder is not for others")
    with Top(command=command, columns=160, rows=40) as top:
        top.wait("a row", lambda: top.selected() or not top.child.isalive())
        expect("cannot see" in top.text(), top.text())
        top.press("Enter")
        top.wait("Esc Back")
        top.press("q")
        expect_equal(top.wait_end(), 0, "exit status")


def test_hidden_processes():
    """Under hidepid=2 an ordinary user sees its own, and is told that there are others."""
    if os.geteuid():
        raise Skip("only root can mount a procfs")
    inside = (
        "mount -t proc -o hidepid=2 proc /proc && "
        f"exec setpriv --reuid=65534 --regid=65534 --clear-groups {tui.TOP} -b -n1"
    )
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", inside], capture_output=True, check=False, env=tui.environment()
    )
    if b"mount:" in done.stderr:
        raise Skip(done.stderr.decode().strip())
    expect_equal(done.returncode, 0, f"exit status {done.stderr}")
    expect(b"tasks" in done.stdout.split(b"\n\n")[0], done.stdout.decode())


def test_no_procfs():
    """No /proc at all is one sentence."""
    if os.geteuid():
        raise Skip("only root can hide /proc")
    if tui.is_sanitized():
        return
    inside = f"mount -t tmpfs none /proc && exec {tui.TOP} -b -n1 --provider procfs"
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", inside], capture_output=True, check=False, env=tui.environment()
    )
    if b"mount:" in done.stderr:
        raise Skip(done.stderr.decode().strip())
    expect(done.returncode in (4, 5), f"exit status {done.returncode}")
    expect_equal(done.stderr.count(b"\n"), 1, f"sentences: {done.stderr}")


if __name__ == "__main__":
    sys.exit(tui.run(globals()))

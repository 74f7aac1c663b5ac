#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a running watcher has found to be refused is in `why` and `doctor` of root, while it runs."""
import contextlib
import glob
import os
import resource
import socket
import subprocess
import time
import unittest

import live

FOLDER = "/run/pidns"
REFUSED = 3
CODE = f"""
import os
os.readlink("/proc/self/ns/pid")
for i in range({REFUSED}):
    try: os.fork()
    except BlockingIOError: pass
"""


def setUpModule():
    live.need_root()
    live.need_bpf()


def why():
    return live.pidns("why", str(os.getpid()), "--json", expect=None).json["refused"]


def doctor():
    findings = live.pidns("doctor", "--json", expect=None).json["findings"]
    return [f for f in findings if f["kind"] == "refused"]


def refuse():
    """Forks that fail, by a process named `thin`, in this namespace."""
    def limit():
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
        os.setresuid(12345, 12345, 12345)

    subprocess.run(["/usr/bin/python3", "-S", "-c", CODE], preexec_fn=limit, check=True)


@contextlib.contextmanager
def watcher(*command, program=live.PIDNS, stdout=subprocess.DEVNULL, **options):
    """A command that follows refusals, and has published that it does."""
    with subprocess.Popen([program, *command], stdout=stdout, stderr=subprocess.DEVNULL,
                          **options) as process:
        try:
            live.wait_until(lambda: process.poll() is not None or has_locked(process.pid), "ready")
            if process.poll() is not None:
                raise AssertionError(f"{command}: exit {process.returncode}")
            yield process
        finally:
            process.kill()


def has_locked(pid):
    """It holds one of the files."""
    for fd in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):
            if os.readlink(f"/proc/{pid}/fd/{fd}").startswith(FOLDER + "/refused."):
                return True
    return False


def mine(pid):
    return glob.glob(f"{FOLDER}/refused.{pid}.*")


class Tally(unittest.TestCase):
    def check(self, *command):
        with watcher(*command) as process:
            before = why()
            refuse()
            live.wait_until(lambda: why()["count"] >= before["count"] + REFUSED, "refusals")
            after = why()
            self.assertGreaterEqual(after["last_minute"], REFUSED)
            row = [r for r in after["by"] if r["errno"] == "EAGAIN" and r["comm"] == "python3"][0]
            self.assertGreaterEqual(row["count"], REFUSED)
            if row["certain"]:
                self.assertEqual(row["kind"], "nproc")
            own = os.stat("/proc/self/ns/pid").st_ino
            found = [f for f in doctor() if f["ns"] == own]
            self.assertTrue(found)
            self.assertIn("EAGAIN", found[0]["message"])
            text = live.pidns("why", str(os.getpid()), expect=None).out.decode()
            self.assertRegex(text, r"(?m)^refused +\d+ in the last minute, of \d+ since ")
            return process.pid

    def test_by_watch(self):
        self.check("watch", "--refused")

    def test_by_metrics(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        pid = self.check("metrics", f"--listen=127.0.0.1:{port}")
        self.assertTrue(mine(pid), "it was killed")

    def test_by_the_viewer(self):
        with live.terminal() as (own, other), watcher(
                program=live.PIDNS + "-top", stdin=other, stdout=other,
                env={**os.environ, "TERM": "xterm"}) as process:
            before = why()["count"]
            refuse()
            live.wait_until(lambda: why()["count"] >= before + REFUSED, "refusals")
            os.write(own, b"q")
            process.wait()
            self.assertEqual(mine(process.pid), [])

    def test_only_while_it_runs(self):
        """Killed, it leaves a file that nothing reads, and that the next watcher removes."""
        pid = self.check("watch", "--refused", "--tasks")
        self.assertTrue(mine(pid))
        if not others():
            self.assertIsNone(why())
        with watcher("watch", "--refused"):
            self.assertFalse(mine(pid))

    def test_a_watcher_of_nothing_else(self):
        with watcher("watch", "--refused", str(os.stat("/proc/self/ns/pid").st_ino)):
            self.assertIsNotNone(why())

    def test_for_root_alone(self):
        with watcher("watch", "--refused"):
            self.assertEqual(os.stat(FOLDER).st_mode & 0o777, 0o700)
            self.assertIsNone(live.run(live.as_nobody(live.PIDNS, "why", "--json")).json["refused"])
            self.assertNotIn("refused ", live.run(live.as_nobody(live.PIDNS, "why")).out.decode())

    def test_what_others_could_write_is_not_read(self):
        with watcher("watch", "--refused") as process:
            path = mine(process.pid)[0]
            if others(process.pid):
                self.skipTest("another watcher runs on this machine")
            self.assertIsNotNone(why())
            for mode in 0o620, 0o602, 0o644:
                os.chmod(path, mode)
                self.assertIsNone(why(), oct(mode))
            os.chmod(path, 0o600)
            os.chown(path, 12345, -1)
            self.assertIsNone(why())
            os.chown(path, 0, -1)
            self.assertIsNotNone(why())
            os.truncate(path, 100)
            self.assertIsNone(why())

    def test_a_fifo_or_a_link_in_its_place(self):
        """It neither waits nor follows it."""
        names = [f"{FOLDER}/refused.0.fifo", f"{FOLDER}/refused.0.link"]
        os.makedirs(FOLDER, mode=0o700, exist_ok=True)
        try:
            os.mkfifo(names[0], 0o600)
            os.symlink("/dev/zero", names[1])
            begun = time.monotonic()
            why()
            self.assertLess(time.monotonic() - begun, 60)
        finally:
            for name in names:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(name)

    def test_in_another_pid_namespace_it_says_nothing(self):
        """PIDs are other ones there."""
        with watcher("watch", "--refused"):
            answer = live.run(["unshare", "--pid", "--fork", "--mount-proc", live.PIDNS, "why",
                               "--json"])
            self.assertIsNone(answer.json["refused"])


def others(pid=0):
    """Files of other watchers that run."""
    return [n for n in glob.glob(FOLDER + "/refused.*") if f"refused.{pid}." not in n and is_locked(n)]


def is_locked(path):
    return subprocess.run(["flock", "--nonblock", "--shared", path, "true"], check=False,
                          stderr=subprocess.DEVNULL).returncode != 0


if __name__ == "__main__":
    live.main()

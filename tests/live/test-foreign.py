#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Files in /proc that are not procfs's own, folders that are not its root, and namespaces beside."""
import errno
import os
import subprocess
import tempfile
import time
import unittest

import live

FILES = ("loadavg", "uptime", "stat", "meminfo", "cpuinfo", "version", "cgroups",
         "sys/kernel/pid_max", "sys/kernel/threads-max", "sys/kernel/ns_last_pid",
         "sys/user/max_pid_namespaces", "sys/user/max_user_namespaces", "self/net/unix")
COMMANDS = (("list", "--all", "-o", "+last_pid,container,limit,pins"), ("ps",), ("show", "@1"),
            ("map", "1"), ("why",), ("doctor",), ("record", "-w", "-"))
# A stuck file would take for ever; an answer takes a second on a busy machine.
LIMIT_S = 30


class Foreign(unittest.TestCase):
    def setUp(self):
        live.need_root()
        live.need_tool("unshare")
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        os.mkfifo(f"{self.folder}/fifo")
        with open(f"{self.folder}/plain", "w") as plain:
            plain.write("0.00 0.01 0.05 2/345 4321\n")

    def run_with(self, place, kind, *arguments):
        """pidns in a mount namespace where another file stands on `place`."""
        script = 'mount --bind "$1" "$2" || exit 99; shift 2; exec "$@"'
        return subprocess.run(["unshare", "--mount", "sh", "-c", script, "sh",
                               f"{self.folder}/{kind}", place, live.PIDNS, *arguments],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=LIMIT_S)

    def test_c1_every_command_answers(self):
        for kind in "fifo", "plain":
            for name in FILES:
                for provider in (), live.PROCFS:
                    for command, *rest in COMMANDS:
                        with self.subTest(kind=kind, file=name, command=command, by=provider):
                            done = self.run_with(f"/proc/{name}", kind, command, *provider, *rest)
                            # 3 and 4: findings, or a limit that is reached.
                            self.assertIn(done.returncode, (0, 1, 3, 4), done.stderr)

    def test_a4_last_pid_is_unknown(self):
        for kind in "fifo", "plain":
            done = self.run_with("/proc/loadavg", kind, "list", *live.PROCFS, "--json", "-o",
                                 "ino,last_pid")
            own = os.stat("/proc/self/ns/pid").st_ino
            rows = [n for n in live.schema.load(done.stdout, ("list",))["namespaces"] if n["ino"] == own]
            self.assertEqual([n["last_pid"] for n in rows], [None])

    def test_a13_only_a_root_is_taken(self):
        for folder in "/proc/1", "/proc/1/task", "/proc/sys", "/proc/self/fdinfo":
            done = subprocess.run([live.PIDNS, "list", "--from", folder], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True)
            self.assertNotEqual(done.returncode, 0)
            self.assertEqual(done.stdout, "")
            self.assertIn("not the root of a procfs", done.stderr)

    def test_a14_an_error_is_no_end(self):
        getdents64, fcntl = 217, 72  # x86-64
        if os.uname().machine != "x86_64":
            self.skipTest("the numbers of system calls are those of x86-64")
        for command in ("list",), ("ps",), ("ps", "--threads"), ("show", "@1"), ("record", "-w", "-"):
            for number in getdents64, fcntl:
                with self.subTest(command=command, number=number):
                    done = subprocess.run([live.PIDNS, *command, *live.PROCFS],
                                          preexec_fn=live.deny(number, errno.EPERM),
                                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                          text=True)
                    # Refused: a sentence and no answer. Without fcntl there is one.
                    if number == getdents64:
                        self.assertEqual((done.returncode, done.stdout), (4, ""), done)
                        self.assertIn("Operation not permitted", done.stderr)
                    elif done.returncode:
                        self.assertTrue(done.stderr)

    def test_a15_starts_before_zero_are_unknown(self):
        for provider in live.PROCFS, live.BPF:
            command = ["unshare", "--time", "--boottime", "-1000000000", "--fork"]
            uptime = int(time.clock_gettime(time.CLOCK_BOOTTIME))
            command[3] = str(-(uptime - 2))
            done = subprocess.run([*command, live.PIDNS, "ps", *provider, "--json", "-o",
                                   "pid,start_ns"], stdout=subprocess.PIPE, text=True)
            if done.returncode == 2 or done.returncode == 5:
                continue
            starts = {t["pid"]: t["start_ns"] for t in live.schema.load(done.stdout, ("ps",))["tasks"]}
            self.assertIsNone(starts[1])
            self.assertLess(max(s for s in starts.values() if s is not None), 60_000_000_000)

    def in_time_namespace(self, offset, *arguments):
        """What pidns does there, or nothing where it is refused."""
        done = subprocess.run(["unshare", "--time", "--boottime", str(offset), "--fork",
                               live.PIDNS, *arguments], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
        self.assertNotIn("1844674", done.stdout)
        return done

    def test_a15_records_of_other_time_namespaces(self):
        here, there = f"{self.folder}/here", f"{self.folder}/there"
        uptime = int(time.clock_gettime(time.CLOCK_BOOTTIME))
        subprocess.run([live.PIDNS, "record", "-w", here], stderr=subprocess.DEVNULL, check=True)
        for offset in -(uptime - 2), 100_000:
            done = self.in_time_namespace(offset, "record", "-w", there)
            self.assertEqual(done.returncode, 0, done.stderr)
            ages = subprocess.run([live.PIDNS, "ps", "--from", there, "--json", "-o", "pid,age_ns"],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            ages = {t["pid"]: t["age_ns"] for t in live.schema.load(ages.stdout, ("ps",))["tasks"]}
            if offset < 0:
                self.assertIsNone(ages[1])
            else:
                self.assertLessEqual(ages[1], (uptime + 100) * 1_000_000_000)
            for a, b in (here, there), (there, here):
                done = subprocess.run([live.PIDNS, "diff", "--tasks", a, b],
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                self.assertEqual((done.returncode, done.stdout), (5, ""))
                self.assertEqual(done.stderr,
                                 f"pidns: {a} and {b}: they were taken in two time namespaces\n")

    def test_a15_doctor_of_another_time_namespace(self):
        """A zombie that started before the clock's zero has no age."""
        with subprocess.Popen(["sh", "-c", "true & exec sleep 100"]) as parent:
            uptime = int(time.clock_gettime(time.CLOCK_BOOTTIME))
            time.sleep(2)
            done = self.in_time_namespace(-uptime - 1, "show", f"@{parent.pid}", "--json")
            if done.returncode == 0:
                zombie = live.schema.load(done.stdout, ("show",))["namespace"]["oldest_zombie"]
                self.assertIsNone(zombie and zombie["start_ns"])
            parent.kill()

    def test_a15_the_machine_from_inside(self):
        """A container's /proc/sys is mounted again, read-only; what else is there is no answer."""
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            boot_id = file.read().strip()
        again = "mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys"
        for mounts, wanted in (again, boot_id), ("mount -t tmpfs x /proc/sys", None):
            script = mounts + ' && exec "$@"'
            done = subprocess.run(["unshare", "--mount", "sh", "-c", script, "sh", live.PIDNS,
                                   "record", *live.PROCFS, "--json", "-w", f"{self.folder}/in"],
                                  stdout=subprocess.PIPE, text=True)
            self.assertEqual(done.returncode, 0)
            self.assertEqual(live.schema.load(done.stdout, ("record",))["recorded"]["boot_id"], wanted)

    def test_a17_beside_is_not_listed(self):
        with subprocess.Popen(["unshare", "--pid", "--fork", "--kill-child", "sh", "-c",
                               "echo; exec sleep 100"], stdout=subprocess.PIPE) as other:
            other.stdout.readline()
            with open(f"/proc/{other.pid}/task/{other.pid}/children") as children:
                inner = int(children.read())
            beside = os.stat(f"/proc/{inner}/ns/pid").st_ino
            script = ('mount --bind "$1" "$2"; shift 2; '
                      'exec unshare --pid --fork --mount-proc "$@"')
            for provider in live.PROCFS, live.BPF:
                done = subprocess.run(["unshare", "--mount", "sh", "-c", script, "sh",
                                       f"/proc/{inner}/ns/pid", f"{self.folder}/plain",
                                       live.PIDNS, "list", "--all", *provider, "--json", "-o",
                                       "ino"], stdout=subprocess.PIPE, text=True)
                if done.returncode:
                    continue
                self.assertNotIn(beside, [n["ino"]
                                          for n in live.schema.load(done.stdout, ("list",))["namespaces"]])
            other.kill()


if __name__ == "__main__":
    live.main()

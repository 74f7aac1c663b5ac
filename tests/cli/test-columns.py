#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Columns as people read them: which are shown unasked, names that ps(1) has, and 80 columns."""

import fcntl
import os
import pathlib
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
import unicodedata
import unittest

import cli
import seal

FOREST = str(cli.FIXTURES / "forest.pidns")
NOTES = str(cli.FIXTURES / "notes.pidns")


def on_terminal(*arguments, columns=80, stdin=subprocess.DEVNULL):
    """What a terminal of so many columns is sent, and what stderr is."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("=4H", 24, columns, 0, 0))
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    for name in ("COLUMNS", "LINES"):
        environment.pop(name, None)
    with subprocess.Popen([cli.PIDNS, *arguments], stdin=stdin, stdout=slave,
                          stderr=subprocess.PIPE, env=environment) as process:
        os.close(slave)
        made = b""
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:
                break
            if not piece:
                break
            made += piece
        errors = process.stderr.read()
    os.close(master)
    return made.decode().replace("\r\n", "\n"), errors.decode(), process.returncode


def width(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def headings(*arguments):
    return cli.run(*arguments).stdout.decode().split("\n", 1)[0].split()


class Usual(unittest.TestCase):
    """What is shown without -o."""

    def test_namespaces(self):
        everything = ["INO", "CONTAINER", "REAPER", "PROCS", "ZOMB", "PIDS", "LIMIT", "STATE", "COMM"]
        for command in ("list", "tree"):
            self.assertEqual(headings(command, "--from", NOTES), everything)
            without = [name for name in everything if name not in ("CONTAINER", "LIMIT")]
            self.assertEqual(headings(command, "--from", FOREST), without)

    def test_what_is_asked_for_stays(self):
        self.assertIn("LIMIT", headings("list", "--from", FOREST, "-o", "+limit"))
        self.assertEqual(headings("list", "--from", FOREST, "-o", "ino,limit"), ["INO", "LIMIT"])

    def test_raw_has_all(self):
        names = "INO CONTAINER REAPER PROCESSES ZOMBIES PIDS_USED LIMIT STATE COMM".split()
        self.assertEqual(headings("list", "--raw", "--from", FOREST), names)
        names = "PID VPIDS CONTAINER USER STATE CPU RSS_BYTES CPU_NS COMM".split()
        self.assertEqual(headings("ps", "--raw", "--from", FOREST), names)

    def test_80_columns(self):
        for arguments in (["tree"], ["list"], ["ps"], ["ps", "-t"]):
            for source in (["--from", NOTES], ["--from", FOREST], []):
                made, _, code = on_terminal(*arguments, *source)
                self.assertEqual(code, 0)
                for line in made.split("\n"):
                    self.assertLessEqual(width(line), 80, made)


class Names(unittest.TestCase):
    """Names of ps(1), and names that are not quite right."""

    def test_those_of_ps(self):
        same = {"rss": "rss_bytes", "time": "cpu_ns", "args": "cmdline", "cmd": "cmdline",
                "command": "cmdline", "pcpu": "cpu", "%cpu": "cpu", "nlwp": "threads",
                "lwp": "tid", "spid": "tid", "euid": "uid", "euser": "user", "s": "state",
                "stat": "state", "etime": "age_ns", "pidns": "ns", "tgid": "pid", "RSS": "rss_bytes",
                "cputime": "cpu_ns", "rsz": "rss_bytes", "ucmd": "comm"}  # fmt: skip
        for alias, name in same.items():
            made, code = cli.document("ps", "--from", FOREST, "-o", alias)
            self.assertEqual((list(made["tasks"][0]), code), ([name], 0))

    def test_headings_are_names(self):
        for command in ("list", "ps"):
            for heading in headings(command, "--from", NOTES):
                done = cli.run(command, "--from", NOTES, "-o", heading)
                self.assertEqual(done.returncode, 0, heading)

    def test_the_nearest(self):
        for wrong, near in (("comn", "comm"), ("USERS", "user"), ("rsss", "rss"), ("vpid", "vpids"),
                            ("contaner", "container"), ("x" * 300, "")):
            done = cli.run("ps", "--from", FOREST, "-o", wrong)
            self.assertEqual(done.returncode, 2)
            self.assertRegex(done.stderr.decode(), rf'the nearest is "{near}')

    def test_sorting_by_an_alias(self):
        done = cli.run("ps", "--raw", "-n", "--from", FOREST, "-o", "rss", "--sort", "-rss")
        sizes = [int(line) for line in done.stdout.split()]
        self.assertEqual(sizes, sorted(sizes, reverse=True))


class Units(unittest.TestCase):
    """In tables for people, elsewhere numbers."""

    def recording(self, task):
        file = tempfile.NamedTemporaryFile(suffix=".pidns")
        self.addCleanup(file.close)
        lines = ("pidns-recording 1",
                 "snapshot time_ns=400000000000000 provider=procfs flags=- cannot_see=- root=9",
                 "ns ino=9 level=0 depth=0", f"task pid=7 tid=7 ns=9 vpids=7 {task}")
        pathlib.Path(file.name).write_bytes(seal.seal("\n".join(lines).encode() + b"\n"))
        return file.name

    def shown(self, task, columns, *arguments):
        done = cli.run("ps", "-n", "-o", columns, *arguments, "--from", self.recording(task))
        return done.stdout.decode().split()

    def test_table_and_raw(self):
        task = "cpu_ns=100000000000000 rss_bytes=3145728 start_ns=200000000000000 uid=33"
        columns = "cpu,rss,time,etime,user"
        self.assertEqual(self.shown(task, columns), ["50.0", "3.0M", "1666:40", "2-07:33:20", "33"])
        self.assertEqual(self.shown(task, columns, "--raw"),
                         ["50.0", "3145728", "100000000000000", "200000000000000", "33"])
        made, _ = cli.document("ps", "-o", columns, "--from", self.recording(task))
        self.assertEqual(list(made["tasks"][0].values()),
                         [50.0, 3145728, 100000000000000, 200000000000000, "33"])

    def test_unknown(self):
        self.assertEqual(self.shown("start_ns=5", "cpu,rss,time,user"), ["-"] * 4)
        self.assertEqual(self.shown("cpu_ns=5", "cpu,etime"), ["-"] * 2)
        later = "cpu_ns=1 start_ns=400000000000001"  # than the snapshot
        self.assertEqual(self.shown(later, "cpu,etime"), ["-"] * 2)


class Help(unittest.TestCase):
    def test_d_help_fits_80_columns(self):
        top = cli.run("--help").stdout.decode()
        commands = re.findall(r"(?m)^  ([a-z]+) ", top)
        self.assertGreater(len(commands), 10)
        for command in commands:
            top += cli.run(command, "--help").stdout.decode()
        for line in top.splitlines():
            self.assertLessEqual(len(line), 80, line)

    def test_d_synopsis_has_every_command(self):
        manual = (pathlib.Path(__file__).parents[2] / "doc/man/pidns.8.scd").read_text("utf-8")
        synopsis = manual.split("# SYNOPSIS")[1].split("# DESCRIPTION")[0]
        for command in re.findall(r"(?m)^  ([a-z]+) ", cli.run("--help").stdout.decode()):
            self.assertRegex(synopsis, rf"\*(pidns )?{command}\b", command)


class Map(unittest.TestCase):
    """A table on a terminal; lines for scripts elsewhere."""

    TABLE = """\
     PID         NS    VPID CONTAINER            COMM
    6100 4026531836    6100 -
         4026532201      20 web
         4026532300       1 aaaabbbbcccc         inner-init
   77777          -       - no such process
"""

    def test_terminal(self):
        for stdin in (subprocess.DEVNULL, subprocess.PIPE):
            asked = ["6100", "77777"]
            with tempfile.TemporaryFile() as lines:
                lines.write(b"6100\n77777\n")
                lines.seek(0)
                if stdin == subprocess.PIPE:
                    asked = ["-"]
                made, _, code = on_terminal("map", *asked, "--from", NOTES, stdin=lines)
            self.assertEqual((made, code), (self.TABLE, 1))

    def test_inside(self):
        made, _, code = on_terminal("map", "-n", "4026532201", "20", "99", "--from", NOTES)
        expected = self.TABLE.replace("   77777          -       -", "       -          -      99")
        self.assertEqual((made, code), (expected, 1))

    def test_pipe(self):
        done = cli.run("map", "6100", "77777", "--from", NOTES)
        self.assertEqual(done.stdout, b"6100\t4026531836:6100\t4026532201:20\t4026532300:1\n-\n")

    def test_json_on_a_terminal(self):
        made, _, code = on_terminal("map", "--json", "6100", "--from", NOTES)
        self.assertEqual((cli.schema.load(made, ["map"])["mappings"][0]["pid"], code), (6100, 0))


class Users(unittest.TestCase):
    def test_the_first_entry_of_passwd(self):
        """As getpwuid(3) has it, of the files."""
        done = cli.run("ps", "--raw", "-n", "-o", "uid,user")
        named = {}
        with open("/etc/passwd", encoding="utf-8", errors="surrogateescape") as passwd:
            for line in passwd:
                fields = line.split(":")
                named.setdefault(int(fields[2]), fields[0])
        for line in done.stdout.decode().splitlines():
            uid, user = line.split()
            self.assertEqual(user, named.get(int(uid), uid))

    def test_another_machine_has_other_users(self):
        made, _ = cli.document("ps", "--from", FOREST, "-o", "uid,user")
        for task in made["tasks"]:
            self.assertEqual(task["user"], str(task["uid"]))


class Cost(unittest.TestCase):
    @cli.unless_sanitized
    def test_passwd_is_only_read_for_names(self):
        """A name service that hangs cannot hang it, for none is asked."""
        for columns, expected in (("pid,uid", False), ("pid,user", True)):
            done = subprocess.run(["strace", "-f", "-e", "trace=openat,connect", cli.PIDNS, "ps",
                                   "-o", columns], capture_output=True, check=False)
            if b"ptrace" in done.stderr and done.returncode:
                self.skipTest("nothing can be traced")
            self.assertEqual(b"/etc/passwd" in done.stderr, expected)
            self.assertNotIn(b"nsswitch", done.stderr)


if __name__ == "__main__":
    result = unittest.main(argv=[sys.argv[0], "-v", *sys.argv[1:]], exit=False).result
    sys.exit(cli.must_work(result))

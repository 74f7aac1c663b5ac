#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The command among names, files, pipes and arguments that mean it ill: C1 to C4, and V5."""

import os
import random
import resource
import subprocess
import sys
import tempfile
import unicodedata
import unittest

import cli

FORESTS = sorted(cli.FIXTURES.glob("*.pidns"))
FOREST = str(cli.FIXTURES / "forest.pidns")
HEAD = ["schema", "provider", "complete", "cannot_see"]

# Unicode's Default_Ignorable_Code_Point, as far as no category tells it.
IGNORABLE = [
    *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0),
    *range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0000, 0xE1000),
]  # fmt: skip


def is_unsafe(char):
    code = ord(char)
    return (
        unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs")
        or unicodedata.bidirectional(char) in ("LRE", "RLE", "LRO", "RLO", "PDF")
        or code in (0xAD, 0x061C, 0xFEFF, *range(0x200B, 0x2010), *range(0x2060, 0x2070))
        or code in IGNORABLE
        or code & 0xFFFE == 0xFFFE
        or 0xFDD0 <= code <= 0xFDEF
    )


def odd_names(seed, count):
    """Names of up to 15 bytes: noise, near-UTF-8, and every kind of character."""
    dice = random.Random(seed)
    names = [b"", b"-", b" ", b"a  b", b"\\", b"\\x1b", b"'\"", b") R 1 1", b"\xff" * 15]
    while len(names) < count:
        kind = dice.randrange(3)
        if kind == 0:
            name = bytes(dice.randrange(1, 256) for _ in range(dice.randrange(16)))
        elif kind == 1:
            name = chr(dice.choice(IGNORABLE + [0x202E, 0x2066, 0x9B, 0x1B, 0x85])).encode()
            name = b"a" + name + bytes([dice.randrange(128, 256)])
        else:
            code = dice.choice([0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x10FFFF, 0xD7FF])
            name = chr(code).encode() * 3
        names.append(name[:15])
    return names


def limited(which, soft, hard=None):
    """To be called in the child, before it executes the command."""

    def limit():
        resource.setrlimit(which, (soft, hard or soft))

    return limit


class Names(unittest.TestCase):
    """C1: whatever a process calls itself, output parses, and the name can be had back."""

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.path = cls.scratch.name + "/odd.pidns"
        cls.names = odd_names(seed=1, count=3000)
        cli.recording(cls.path, cls.names)

    def ps(self, *arguments):
        done = cli.run("ps", "--from", self.path, *arguments)
        self.assertEqual(done.returncode, 0)
        return done.stdout.decode("utf-8", "strict")

    def assert_safe(self, text):
        bad = {hex(ord(char)) for char in text if is_unsafe(char) and char != "\n"}
        self.assertEqual(bad, set())

    def test_json_holds_every_name(self):
        made, code = cli.document("ps", "--from", self.path, "-o", "pid,comm")
        self.assertEqual(code, 0)
        self.assertEqual([task["pid"] for task in made["tasks"]], list(range(1, 3001)))
        for task, name in zip(made["tasks"], self.names):
            self.assertEqual(cli.unescape(task["comm"]), name)

    def test_json_is_safe_to_look_at(self):
        self.assert_safe(self.ps("--json", "-o", "comm"))

    def test_raw_columns_hold(self):
        text = self.ps("--raw", "-n", "-o", "pid,comm,ns")
        self.assert_safe(text)
        lines = text.split("\n")
        self.assertEqual(lines.pop(), "")
        self.assertEqual(len(lines), len(self.names))
        for pid, (line, name) in enumerate(zip(lines, self.names), 1):
            cells = line.split(" ")
            self.assertEqual((cells[0], cells[2:]), (str(pid), ["4026531836"]))
            self.assertEqual(cli.unescape(cells[1]), name or b"-")

    def test_table_is_a_line_each(self):
        text = self.ps("-n", "-o", "pid,comm,ns")
        self.assert_safe(text)
        lines = text.splitlines()
        self.assertEqual(len(lines), len(self.names))
        for line, name in zip(lines, self.names):
            shown = line.strip().split(" ", 1)[1].rsplit(" ", 1)[0].strip(" ")
            self.assertEqual(cli.unescape(shown).strip(b" "), name.strip(b" "))

    def test_messages_are_one_safe_line(self):
        for name in self.names[:cli.times(300)]:
            if b"\0" in name:
                continue
            for arguments in ((b"show", b"./" + name), (name or b"x",), (b"list", b"-o", name)):
                errors = cli.run(*arguments, "--from", FOREST).stderr.decode("utf-8", "strict")
                self.assertEqual(errors.count("\n"), 1, arguments)
                self.assert_safe(errors)


class Documents(unittest.TestCase):
    """Every document begins the same way, and has the keys it promises."""

    def check_head(self, made, *rest):
        self.assertEqual(list(made), HEAD + list(rest))
        self.assertEqual(made["schema"], 1)
        self.assertEqual(made["complete"], not made["cannot_see"])

    def columns(self, command):
        made, _ = cli.document(command, "--list-columns")
        return [column["name"] for column in made["columns"]]

    def test_list_and_tree(self):
        asked = ("comm", "container", "limit", "pins")  # only by name
        keys = [name for name in self.columns("list") if name not in asked]
        for path in FORESTS:
            made, _ = cli.document("list", "--from", str(path))
            self.check_head(made, "namespaces")
            flat = made["namespaces"]
            for ns in flat:
                self.assertEqual(list(ns), keys)
            made, _ = cli.document("tree", "--from", str(path))
            self.check_head(made, "namespaces")
            self.assertEqual(list(self.flatten(made["namespaces"], None)), flat)

    def flatten(self, nodes, parent):
        for node in nodes:
            children = node.pop("children")
            self.assertEqual(node["parent"], parent)
            yield node
            yield from self.flatten(children, node["ino"])

    def test_ps(self):
        asked = ("cmdline", "user", "ruser", "container", "cpu", "age_ns")  # only by name
        keys = [name for name in self.columns("ps") if name not in asked]
        for path in FORESTS:
            for threads in ([], ["-t"]):
                made, _ = cli.document("ps", *threads, "--from", str(path))
                self.check_head(made, "tasks")
                for task in made["tasks"]:
                    self.assertEqual(list(task), keys)
                    self.assertIn(task["vpids"] and task["vpids"][0], (task["tid"], None))

    def test_map_agrees_with_ps(self):
        made, _ = cli.document("ps", "--from", FOREST)
        tasks = [(task["pid"], task["vpids"]) for task in made["tasks"]]
        made, code = cli.document("map", "--from", FOREST, *(str(pid) for pid, _ in tasks))
        self.check_head(made, "mappings")
        self.assertEqual(code, 0)
        for (pid, vpids), mapping in zip(tasks, made["mappings"]):
            self.assertEqual(mapping["pid"], pid)
            self.assertEqual([level["vpid"] for level in mapping["levels"]], vpids)
            for level in mapping["levels"]:
                there, _ = cli.document(
                    "map", "--from", FOREST, "-n", str(level["ns"]), str(level["vpid"])
                )
                self.assertEqual(there["mappings"], [mapping])

    def test_show_and_diff(self):
        made, _ = cli.document("list", "--from", FOREST)
        for ns in made["namespaces"]:
            shown, _ = cli.document("show", str(ns["ino"]), "--from", FOREST)
            self.check_head(shown, "namespace")
            self.assertLessEqual(ns.items(), shown["namespace"].items())
            self.assertLessEqual(
                sum(block["used"] for block in shown["namespace"]["pidmap"]), ns["pids_used"]
            )
        made, code = cli.document("diff", "--tasks", FOREST, str(cli.FIXTURES / "later.pidns"))
        self.check_head(made, "events")
        self.assertEqual(code, 1)

    def test_this_machine(self):
        for arguments in (["tree"], ["list", "--all"], ["ps"], ["ps", "-t"], ["show", f"@{os.getpid()}"]):
            made, code = cli.document(*arguments)
            self.assertEqual((code, list(made)[:4]), (0, HEAD), arguments)


class Output(unittest.TestCase):
    """C2: what cannot be written is an error, never a crash."""

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.long = cls.scratch.name + "/long.pidns"
        cli.recording(cls.long, [b"sleeper"] * 20000)

    def commands(self):
        for form in ([], ["--raw"], ["--json"]):
            yield ["ps", "--from", self.long, *form]
        yield ["record", "-w", "-", "--from", self.long]
        yield ["map", "--from", self.long, *(str(pid) for pid in range(1, 20001))]

    def test_reader_leaves(self):
        for command in self.commands():
            read_end, write_end = os.pipe()
            os.close(read_end)
            done = cli.run(*command, stdout=write_end)
            os.close(write_end)
            self.assertEqual((done.returncode, done.stderr), (5, b""), command[:3])

    def test_reader_leaves_after_a_line(self):
        for command in self.commands():
            child = subprocess.Popen(
                [cli.PIDNS, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            child.stdout.readline()
            child.stdout.close()
            errors = child.stderr.read()
            child.stderr.close()
            self.assertEqual((child.wait(cli.DEADLINE_S), errors), (5, b""), command[:3])

    def test_full_device(self):
        for command in self.commands():
            with open("/dev/full", "wb") as full:
                done = cli.run(*command, stdout=full)
            self.assertEqual(done.returncode, 5)
            self.assertIn(b"No space left on device", done.stderr)

    def test_file_may_not_grow(self):
        target = self.scratch.name + "/target"
        with open(target, "w", encoding="ascii") as file:
            file.write("precious")
        limit = limited(resource.RLIMIT_FSIZE, 4096)
        before = os.listdir(self.scratch.name)
        done = cli.run("record", "-w", target, "--from", self.long, preexec_fn=limit)
        self.assertEqual(done.returncode, 5)
        self.assertIn(b"File too large", done.stderr)
        self.assertEqual(os.listdir(self.scratch.name), before)
        with open(target, encoding="ascii") as file:
            self.assertEqual(file.read(), "precious")


class Input(unittest.TestCase):
    """C3 and C4: numbers and lists of any size; V5: recordings that are none."""

    def test_lists_to_the_limit(self):
        room = os.sysconf("SC_ARG_MAX") - sum(len(k) + len(v) + 32 for k, v in os.environ.items())
        count = min((room - 65536) // (len("6100") + 1 + 8), 200000)
        done = cli.run("map", "--from", FOREST, *["6100"] * count)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual((len(lines), len(set(lines))), (count, 1))
        done = cli.run("ps", "--raw", "-n", "--from", FOREST, *["@6025"] * 50000)
        self.assertEqual((done.returncode, done.stdout.count(b"\n")), (0, 4))
        done = cli.run("map", "--from", FOREST, "1" * 131000)
        self.assertEqual(done.returncode, 2)
        self.assertLess(len(done.stderr), 2000)
        done = cli.run("list", "--from", FOREST, "-o", ",".join(["ino"] * 20000), "--raw", "-n")
        self.assertEqual((done.returncode, done.stdout.count(b"\n")), (0, 6))

    def test_numbers_on_stdin_are_answered_as_they_come(self):
        child = subprocess.Popen(
            [cli.PIDNS, "map", "-", "--from", FOREST],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for pid in (b"6100", b"1", b"5", b"6100"):
            child.stdin.write(pid + b"\n")
            child.stdin.flush()
            answer = child.stdout.readline()
            self.assertTrue(answer.startswith(pid + b"\t") or (pid, answer) == (b"5", b"-\n"))
        child.stdin.close()
        self.assertEqual((child.stdout.read(), child.wait(cli.DEADLINE_S)), (b"", 1))
        child.stdout.close()

    def test_many_numbers_on_stdin(self):
        asked = b"6100\n1\n77777\n" * 40000
        done = cli.run("map", "-", "--from", FOREST, stdin=None, input=asked)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout.count(b"\n"), 120000)
        self.assertEqual(len(set(done.stdout.splitlines())), 3)

    def test_any_flipped_bit_is_noticed(self):
        whole = (cli.FIXTURES / "threads.pidns").read_bytes()
        dice = random.Random(2)
        with tempfile.NamedTemporaryFile() as file:
            for _ in range(cli.times(300)):
                at = dice.randrange(len(whole))
                bad = bytearray(whole)
                bad[at] ^= 1 << dice.randrange(8)
                self.refuse(file, bytes(bad))

    def test_any_cut_is_noticed(self):
        whole = (cli.FIXTURES / "threads.pidns").read_bytes()
        with tempfile.NamedTemporaryFile() as file:
            step = len(whole) // cli.times(len(whole) // 7)
            for length in range(0, len(whole), step):
                self.refuse(file, whole[:length])

    def refuse(self, file, content):
        file.seek(0)
        file.truncate()
        file.write(content)
        file.flush()
        done = cli.run("ps", "--from", file.name)
        self.assertEqual((done.returncode, done.stdout), (5, b""))
        self.assertEqual(done.stderr.count(b"\n"), 1)

    def test_closed_descriptors(self):
        """With 0, 1 and 2 closed, nothing that is opened may become one of them."""
        with tempfile.TemporaryDirectory() as scratch:
            target = scratch + "/target"
            done = subprocess.run(
                ["sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-', cli.PIDNS, "record", "-w", target,
                 "--from", FOREST],
                timeout=cli.DEADLINE_S, check=False,
            )  # fmt: skip
            self.assertEqual(done.returncode, 0)
            with open(target, "rb") as made, open(FOREST, "rb") as asked:
                self.assertEqual(made.read(), asked.read())


class Surroundings(unittest.TestCase):
    """No environment and no limit makes it crash, or changes what scripts read."""

    def test_a13_only_the_root_of_a_procfs_is_one(self):
        """A folder in it lists other things, and an empty list of them would be believed."""
        for folder in ("/proc/1", "/proc/1/", "/proc/1/task", "/proc/self", "/proc/sys", "/tmp", "/"):
            for command in ("tree", "ps", "doctor", "map", "why"):
                operands = ["1"] if command == "map" else []
                done = cli.run(command, "--from", folder, *operands)
                self.assertEqual(done.returncode, 5, (command, folder))
                self.assertEqual(done.stdout, b"")
                self.assertEqual(done.stderr.count(b"\n"), 1)
        for root in ("/proc", "/proc/", "/proc/1/.."):
            self.assertEqual(cli.run("ps", "--from", root).returncode, 0)

    def test_odd_environments(self):
        usual = cli.run("tree", "--from", FOREST, "--raw").stdout
        table = cli.run("tree", "--from", FOREST, "-o", "ino,comm", env={"LC_ALL": "C"}).stdout
        for env in ({}, {"LC_ALL": "no_SUCH"}, {"LANG": "C"}, {"LC_ALL": "POSIX"}):
            self.assertEqual(cli.run("tree", "--from", FOREST, "--raw", env=env).stdout, usual)
            done = cli.run("tree", "--from", FOREST, "-o", "ino,comm", env=env)
            self.assertEqual(done.stdout, table)
        for columns in ("0", "1", "-1", "99999999999999999999", "x", ""):
            done = cli.run("tree", "--from", FOREST, env={"COLUMNS": columns, "TERM": "nope"})
            self.assertEqual(done.returncode, 0)

    @cli.unless_sanitized
    def test_little_memory(self):
        """It succeeds or says that there is no memory, at any limit."""
        codes = set()
        for kilobytes in range(1000, 20000, 500):
            limit = limited(resource.RLIMIT_AS, kilobytes * 1024)
            try:
                done = cli.run("ps", "--from", FOREST, preexec_fn=limit)
            except subprocess.TimeoutExpired:
                self.fail(f"hangs with {kilobytes} kB")
            except (OSError, subprocess.SubprocessError):
                continue  # too little to execute it at all
            except AssertionError:
                self.assertLess(kilobytes, 8000)  # the dynamic linker, not us
                continue
            codes.add(done.returncode)
        self.assertLessEqual(codes - {127}, {0, 5})

    def test_descriptors_are_raised_to_the_hard_limit(self):
        limit = limited(resource.RLIMIT_NOFILE, 8, 1024)
        done = cli.run("list", "--raw", "-o", "ino", preexec_fn=limit)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[1:]])

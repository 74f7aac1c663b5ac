#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""-Q: which rows are kept, where libsmartcols has filters; elsewhere the sentence that says so."""

import subprocess
import sys
import unittest

import cli

NOTES = str(cli.FIXTURES / "notes.pidns")


def smartcols():
    """The version that pidns was built with, as Debian has but one."""
    done = subprocess.run(["pkg-config", "--modversion", "smartcols"], capture_output=True, text=True,
                          check=True)
    return tuple(map(int, done.stdout.strip().split(".")[:2]))


class Sentence(unittest.TestCase):
    @unittest.skipIf(smartcols() >= (2, 40), "another libsmartcols")
    def test_without_filters(self):
        for command in ("tree", "list", "ps"):
            done = cli.run(command, "-Q", "pid > 1", "--from", NOTES)
            self.assertEqual((done.returncode, done.stdout), (2, b""))
            self.assertIn(b"libsmartcols has filters from 2.40 on", done.stderr)


@unittest.skipIf(smartcols() < (2, 40), "another libsmartcols")
class Filter(unittest.TestCase):
    def kept(self, command, expression):
        done = cli.run(command, "-Q", expression, "--from", NOTES, "--raw", "--noheadings")
        self.assertEqual(done.returncode, 0, done.stderr)
        return [line.split()[0] for line in done.stdout.decode().splitlines()]

    def wanted(self, command, condition):
        key, first = ("tasks", "pid") if command == "ps" else ("namespaces", "ino")
        rows = cli.document(command, "--from", NOTES, "-o", "+container,limit,pins"
                            if command == "list" else "+container,cpu")[0][key]
        return [str(row[first]) for row in rows if condition(row)]

    def test_rows(self):
        for command, expression, condition in (
            ("list", "processes > 1", lambda r: r["processes"] > 1),
            ("list", "PROCS == 1", lambda r: r["processes"] == 1),
            ("list", 'state == "dead"', lambda r: r["state"] == "dead"),
            ("list", 'state =~ "^z"', lambda r: r["state"].startswith("z")),
            ("list", "zombies >= 1 && !(ino == 4026532202)",
             lambda r: r["zombies"] and r["ino"] != 4026532202),
            ("list", 'container == "web"', lambda r: (r["container"] or {}).get("name") == "web"),
            ("list", 'limit =~ "^cgroup"', lambda r: (r["limit"] or {"kind": ""})["kind"] == "cgroup-pids"),
            ("list", "zombies == zombies", lambda r: True),
            ("ps", "has_joined", lambda r: r["has_joined"]),
            ("ps", "uid == 0 and ppid != 1", lambda r: r["uid"] == 0 and r["ppid"] not in (1, None)),
            ("ps", 'comm == "sh"', lambda r: r["comm"] == "sh"),
            ("ps", "cpu > 0.0", lambda r: (r["cpu"] or 0) > 0),
        ):
            with self.subTest(expression):
                wanted = self.wanted(command, condition)
                self.assertEqual(self.kept(command, expression), wanted)

    def test_json_and_table(self):
        made, code = cli.document("list", "-Q", 'state == "dead"', "--from", NOTES)
        self.assertEqual(([ns["state"] for ns in made["namespaces"]], code), (["dead"], 0))
        done = cli.run("list", "-Q", 'state == "dead"', "--from", NOTES)
        self.assertEqual(len(done.stdout.splitlines()), 2)

    def test_a_tree_keeps_what_is_above(self):
        made, _ = cli.document("tree", "-Q", "ino == 4026532300", "--from", NOTES)
        found = []
        while made.get("namespaces") or made.get("children"):
            (made,) = made.get("namespaces") or made.get("children")
            found.append(made["ino"])
        self.assertEqual(found, [4026531836, 4026532201, 4026532300])
        done = cli.run("tree", "--dot", "-Q", "ino == 4026532300", "--from", NOTES)
        self.assertEqual(done.stdout.count(b"label"), 3)

    def test_what_is_no_expression(self):
        for expression in ("", "ino >", "((", "nosuch == 1", 'cmdline == "x"'):
            done = cli.run("ps", "-Q", expression, "--from", NOTES)
            self.assertEqual((done.returncode, done.stdout), (2, b""), expression)
            self.assertEqual(done.stderr.count(b"\n"), 1, done.stderr)


if __name__ == "__main__":
    program = unittest.main(argv=[sys.argv[0], "-v", *sys.argv[1:]], exit=False)
    sys.exit(cli.must_work(program.result))

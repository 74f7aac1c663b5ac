#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual page has every command, option, column, key and word that the command has."""

import pathlib
import re
import sys
import tempfile
import unittest

import cli

TOP = pathlib.Path(__file__).resolve().parents[2]
MANUAL = (TOP / "doc/man/pidns.8.scd").read_text(encoding="utf-8")
BOLD = set(re.findall(r"\*([^*\n]+)\*", MANUAL))


def commands():
    text = cli.run("--help").stdout.decode()
    block = text[text.index("Commands:") : text.index("Without a command")]
    return re.findall(r"^  (\w+) ", block, re.MULTILINE)


def options(*command):
    """All that --help has, as [("-o", "--output"), …]; a letter may be missing."""
    text = cli.run(*command, "--help").stdout.decode()
    return re.findall(r"^ (-\w)?,? +(--[\w-]+)", text, re.MULTILINE)


class Manual(unittest.TestCase):
    def assert_bold(self, words, what):
        words = set(words)
        self.assertTrue(words, what)
        self.assertEqual(words - BOLD, set(), f"{what}: not in the manual page")

    def test_commands(self):
        self.assertEqual(len(commands()), 15)
        for command in commands():
            self.assertRegex(MANUAL, rf"(?m)^\*{command}\*|^\*{command} -n\*")

    def test_d_synopsis(self):
        synopsis = MANUAL[MANUAL.index("# SYNOPSIS") : MANUAL.index("# DESCRIPTION")]
        named = set(re.findall(r"\w+", " ".join(re.findall(r"\*([^*\n]+)\*", synopsis))))
        self.assertEqual(set(commands()) - named, set())

    def test_options(self):
        for command in ([], *([name] for name in commands())):
            found = options(*command)
            self.assertTrue(found, command)
            for letter, name in found:
                entry = f"*{letter}*, *{name}*" if letter else f"*{name}*"
                self.assertRegex(MANUAL, rf"(?m)^{re.escape(entry)}( _\w+_|\[=_\w+_\])?$", command)

    def test_columns(self):
        for command in ("list", "tree", "ps"):
            made, _ = cli.document(command, "--list-columns")
            self.assert_bold((column["name"] for column in made["columns"]), command)

    def test_keys(self):
        forest, later = (str(cli.FIXTURES / name) for name in ("forest.pidns", "later.pidns"))
        for command in (["tree"], ["ps"], ["map", "6100"], ["show", "@6100"]):
            made, _ = cli.document(*command, "--from", forest)
            self.assert_bold(self.keys(made), command)
        with tempfile.TemporaryDirectory() as scratch:
            made, _ = cli.document("record", "-w", scratch + "/made", "--from", forest)
        self.assert_bold(self.keys(made), "record")
        lines = cli.run("export", "--jsonl", "--from", forest).stdout
        self.assert_bold(self.keys(cli.schema.hold(lines, ["export"])), "export")
        made, _ = cli.document("doctor", "--from", str(cli.FIXTURES / "ailing.pidns"))
        self.assert_bold(self.keys(made), "doctor")
        made, _ = cli.document("diff", "--tasks", forest, later)
        self.assert_bold(self.keys(made), "diff")

    def keys(self, made):
        if isinstance(made, list):
            for element in made:
                yield from self.keys(element)
        elif isinstance(made, dict):
            for key, value in made.items():
                yield key
                yield from self.keys(value)

    def test_words(self):
        self.assert_bold(
            "unborn dead fd bind pidfd procfs-mount tasks ns-links pins "
            "alive dying zombie-init ns-new ns-gone reaper limit exhausted task-new task-gone lost "
            "limit zombies dead unborn joined "
            "netlink bpf procfs replay auto 0 1 2 4 5".split(),
            "words",
        )


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[1:]])

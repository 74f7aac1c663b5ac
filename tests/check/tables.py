#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tables of the source have, and no more, is in --help, in the manual pages and in the schemas: options,
keys, columns, and keys in JSON. What the shells complete is completion.py's, which holds it to --help."""

import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[1:1] = [str(TOP / "tests/tui")]

import requests

BIN = os.environ["PIDNS_BUILD"] + "/bin"
# Of the program itself, and in no table.
OF_MAIN = {"--help", "--version", "-h", "-V"}


def source(path):
    return (TOP / path).read_text(encoding="utf-8")


def ask(*words):
    return subprocess.run([f"{BIN}/{words[0]}", *words[1:]], stdout=subprocess.PIPE, text=True, check=True).stdout


def section(page, name):
    """Of a manual page, with its backslashes."""
    return source(f"doc/man/{page}.8.scd").split(f"\n# {name}\n")[1].split("\n# ")[0]


def entries(text):
    """The bold words of the lines that have an indented text below them."""
    heads = re.findall(r"(?m)^(\*.*)\n\t", text)
    return {re.sub(r"\\(.)", r"\1", word) for head in heads for word in re.findall(r"\*((?:[^*\\]|\\.)+)\*", head)}


def bold(page):
    return set(re.findall(r"\*([^*\n]+)\*", source(f"doc/man/{page}.8.scd")))


def commands():
    block = ask("pidns", "--help").split("Commands:")[1].split("\n\n")[0]
    return re.findall(r"(?m)^  (\w+) ", block)


def in_help(*words):
    """The options of a --help, long and short; of each line, what stands before the explanation."""
    text = ask(*words, "--help").partition("\n\n")[2]
    lines = re.findall(r"(?m)^ +((?:-\w, )?--[\w-]+)", text)
    return {word for line in lines for word in line.split(", ")}


def options_of_pidns():
    rows = re.findall(r'(?m)^\t\{(?:0|\'(\w)\'), "([\w-]+)",', source("tools/pidns/options.c"))
    assert len(rows) > 20, "the table was not understood"
    return {word for letter, name in rows for word in (f"-{letter}", f"--{name}") if word != "-"}


def options_of_top():
    rows = re.findall(r'(?m)^\t\{"([\w-]+)", \w+, NULL, (?:\'(\w)\'|\w+)\}', source("tools/pidns-top/options.c"))
    assert len(rows) > 12, "the table was not understood"
    return {word for name, letter in rows for word in (f"-{letter}", f"--{name}") if word != "-"}


def columns(*words):
    return {line.split()[0] for line in ask(*words, "-H").splitlines()}


def schema_keys(value):
    if isinstance(value, dict):
        for key, member in value.items():
            if key == "properties" and isinstance(member, dict):
                yield from member
            yield from schema_keys(member)
    elif isinstance(value, list):
        for member in value:
            yield from schema_keys(member)


class Options(unittest.TestCase):
    def test_of_pidns(self):
        table = options_of_pidns() | OF_MAIN
        helped = in_help("pidns").union(*(in_help("pidns", command) for command in commands()))
        self.assertEqual(helped, table, "--help and the table")
        self.assertEqual({word for word in entries(section("pidns", "OPTIONS")) if word[0] == "-"}, table, "the manual page")

    def test_of_top(self):
        table = options_of_top()
        self.assertEqual(in_help("pidns-top"), table, "--help and the table")
        self.assertEqual({word for word in entries(section("pidns-top", "OPTIONS")) if word[0] == "-" and len(word) > 1},
                         table, "the manual page")

    def test_commands(self):
        table = set(re.findall(r"(?m)^int cmd_(\w+)\(", source("tools/pidns/options.h")))
        self.assertEqual(set(commands()), table)
        heads = re.findall(r"(?m)^\*(\w+)(?: -n)?\*.*\n(?:\*.*\n)*\t", section("pidns", "COMMANDS"))
        self.assertEqual(set(heads), set(commands()))


class Keys(unittest.TestCase):
    def test_of_top(self):
        table = {key for keys in requests.keys().values() for key in keys}
        self.assertEqual(entries(section("pidns-top", "KEYS")), table)


class Columns(unittest.TestCase):
    def test_of_pidns(self):
        namespaces, tasks = section("pidns", "COLUMNS").split("\n## Of a task")
        self.assertEqual(entries(namespaces), columns("pidns", "list"))
        self.assertEqual(entries(namespaces), columns("pidns", "tree"))
        self.assertEqual(entries(tasks), columns("pidns", "ps"))

    def test_of_top(self):
        text = section("pidns-top", "THE SCREEN")
        heads = re.findall(r"(?m)^(\*.*)\n\t", text)
        named = {name for head in heads for name in re.findall(r"\(_(\w+)_\)", head)}
        # Those that nothing is sorted by are in the tables of the two views alone.
        views = "".join(source(f"tools/pidns-top/view-{view}.c") for view in ("namespaces", "processes"))
        unsorted = set(re.findall(r'(?m)^\t\.name = "(\w+)"', views)) - columns("pidns-top")
        self.assertEqual(named, columns("pidns-top") | unsorted)


class Json(unittest.TestCase):
    def test_every_key_of_a_schema_is_in_the_manual(self):
        for path in sorted((TOP / "doc/schema").glob("*.json")):
            keys = set(schema_keys(json.loads(path.read_text(encoding="utf-8"))))
            self.assertTrue(keys, path)
            self.assertEqual(keys - bold("pidns"), set(), path.name)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[1:]])

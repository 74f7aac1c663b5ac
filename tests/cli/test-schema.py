#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The schemas of doc/schema: every document of every fixture is as they say; what is not, is refused;
they have just the columns that the tables of the command have."""

import copy
import json
import os
import sys
import tempfile
import unittest

import cli
import schema

FIXTURES = sorted(str(path) for path in cli.FIXTURES.glob("*.pidns"))
EVERY = ",".join


def columns_of(command):
    return [column["name"] for column in cli.document(command, "-H")[0]["columns"]]


def definitions(name):
    with open(schema.SCHEMAS / f"{name}.json", encoding="utf-8") as file:
        return json.load(file)["$defs"]


class Schema(unittest.TestCase):
    def test_documents_of_all_fixtures(self):
        checked = set()
        for path in FIXTURES:
            namespaces = cli.document("list", "--from", path)[0]["namespaces"]
            names = [str(ns["ino"]) for ns in namespaces[:4] if ns["ino"]]
            commands = [["list"], ["tree"], ["ps"], ["map", "1", "4194304"], ["doctor"], ["why"],
                        ["list", "-o", EVERY(columns_of("list"))],
                        ["tree", "-o", EVERY(columns_of("tree"))],
                        ["ps", "-o", EVERY(c for c in columns_of("ps") if c != "cmdline")],
                        *(["show", name] for name in names), *(["why", name] for name in names)]
            for command in commands:
                with self.subTest(path=path, command=command):
                    cli.document(*command, "--from", path)
                    checked.add(command[0])
        for older, newer in zip(FIXTURES, FIXTURES[1:]):
            if cli.run("diff", older, newer).returncode < 2:
                cli.document("diff", "--tasks", older, newer)
                checked.add("diff")
        with tempfile.TemporaryDirectory() as scratch:
            cli.document("record", "-w", scratch + "/made", "--from", FIXTURES[0])
        stems = {path.stem for path in schema.SCHEMAS.glob("*.json")}
        self.assertEqual(stems, checked | {"record", "export", "columns", "watch"})

    def test_columns_are_the_tables(self):
        for command, name, more in (("list", "namespace_row", set()),
                                    ("tree", "namespace_node", {"children"}),
                                    ("ps", "task_row", set())):
            properties = definitions(command)[name]["properties"]
            self.assertEqual(set(columns_of(command)) | more, set(properties), command)

    def test_what_is_not_right_is_refused(self):
        right, _ = cli.document("ps", "--from", FIXTURES[0])
        for change in (lambda d: d.update(more=1), lambda d: d.pop("complete"),
                       lambda d: d["tasks"][0].update(odd=None),
                       lambda d: d["tasks"][0].update(pid="1"),
                       lambda d: d["tasks"][0].update(state="zz"),
                       lambda d: d["tasks"][0].update(uid=1 << 32),
                       lambda d: d["cannot_see"].append("moon")):
            wrong = copy.deepcopy(right)
            change(wrong)
            with self.assertRaises(AssertionError):
                schema.check(wrong, ["ps"])
        schema.check(right, ["ps"])


if __name__ == "__main__":
    os.chdir(cli.FIXTURES)
    unittest.main(argv=[sys.argv[0], "-v", *sys.argv[1:]])

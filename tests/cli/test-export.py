#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What other programs read: the graph of tree --dot, rendered by dot, and the lines of export."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

import cli
import schema

FIXTURES = sorted(str(path) for path in cli.FIXTURES.glob("*.pidns"))
SVG = "{http://www.w3.org/2000/svg}"


def lines(*arguments):
    """The objects that export writes, by what they are."""
    found = {"snapshot": [], "namespace": [], "task": []}
    for line in cli.run("export", "--jsonl", *arguments).stdout.splitlines():
        made = schema.load(line, ["export"])
        found[made["record"]].append(made)
    return found


class Export(unittest.TestCase):
    def test_lines_are_what_list_and_ps_say(self):
        for path in FIXTURES:
            found = lines("--threads", "--from", path)
            listed = cli.document("list", "--from", path)[0]
            tasks = cli.document("ps", "-t", "--from", path)[0]["tasks"]
            self.assertEqual(len(found["snapshot"]), 1)
            self.assertEqual(found["snapshot"][0]["cannot_see"], listed["cannot_see"])
            for ours, wanted in ((found["namespace"], listed["namespaces"]), (found["task"], tasks)):
                same = [{key: line[key] for key in row} for line, row in zip(ours, wanted)]
                self.assertEqual((len(ours), same), (len(wanted), wanted), path)
            self.assertEqual(len({line["time_ns"] for kind in found.values() for line in kind}), 1)

    def test_live(self):
        found = lines("--provider", "procfs")
        self.assertTrue(found["namespace"] and found["task"])

    def test_the_form_must_be_said(self):
        done = cli.run("export")
        self.assertEqual((done.returncode, done.stdout), (2, b""))


class Dot(unittest.TestCase):
    def render(self, path):
        """Texts of the boxes, and the lines between them."""
        graph = cli.run("tree", "--dot", "--from", path)
        self.assertEqual(graph.returncode, 0)
        svg = subprocess.run(["dot", "-Tsvg"], input=graph.stdout, capture_output=True, check=True,
                             timeout=cli.DEADLINE_S)
        self.assertEqual(svg.stderr, b"")
        groups = list(xml.etree.ElementTree.fromstring(svg.stdout).iter(SVG + "g"))
        nodes = [[text.text for text in group.iter(SVG + "text")] for group in groups
                 if group.get("class") == "node"]
        return nodes, sum(group.get("class") == "edge" for group in groups)

    def setUp(self):
        if not shutil.which("dot"):
            self.skipTest("dot is not installed (graphviz)")

    def test_every_namespace_is_a_box(self):
        for path in FIXTURES:
            namespaces = cli.document("list", "--from", path)[0]["namespaces"]
            nodes, nr_edges = self.render(path)
            wanted = sorted(str(ns["ino"]) for ns in namespaces if ns["ino"])
            found = sorted(line.split()[1] for node in nodes for line in node
                           if line.startswith("ino "))
            self.assertEqual((found, len(nodes)), (wanted, len(namespaces)), path)
            self.assertEqual(nr_edges, sum(ns["depth"] > 0 for ns in namespaces), path)

    def test_names_are_shown_as_they_are(self):
        for name in (b'a"];n9 [label="b', b"\\N", b"a\nb", b"&lt;x>", "ä".encode()):
            with tempfile.TemporaryDirectory() as scratch:
                path = pathlib.Path(scratch, "made.pidns")
                cli.recording(path, [name])
                text = path.read_bytes().replace(b"level=0 depth=0", b"level=0 depth=0 reaper=1")
                path.write_bytes(cli.seal.seal(text))
                nodes, _ = self.render(str(path))
            shown = [line[5:] for node in nodes for line in node if line.startswith("comm ")]
            self.assertEqual([cli.unescape(text) for text in shown], [name])

    def test_excludes(self):
        for other in ("--json", "--raw"):
            self.assertEqual(cli.run("tree", "--dot", other).returncode, 2)


if __name__ == "__main__":
    program = unittest.main(argv=[sys.argv[0], "-v", *sys.argv[1:]], exit=False)
    sys.exit(cli.must_work(program.result))

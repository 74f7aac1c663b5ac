#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every test that has pidns write JSON holds it to its schema in doc/schema.

cli.run() and live.run() do so by themselves. What starts pidns without them must call schema.py, and JSON
is parsed elsewhere only where it is not of pidns: the tables below have the reason. With --self-test this
proves that breaches are seen.
"""

import re
import sys

import tree

# Files that parse JSON themselves, and how often: it is not what pidns has written.
NOT_OF_PIDNS = {
    "tests/schema.py": 2,  # a schema; and the document that is then held to it
    "tests/bench/run": 4,  # figures of the bench's own helpers
    "tests/check/new-fact.py": 1,  # after tests/schema.py of the copied tree
    "tests/check/providers.py": 2,  # what live-agree knows of providers
    "tests/check/tables.py": 1,  # the schemas
    "tests/cli/test-schema.py": 1,  # a schema
    "tests/fleet/test-prometheus.py": 3,  # the dashboard; answers of Prometheus
    "tests/live/live.py": 1,  # what the builder of a forest says
    "tests/live/test-agree.py": 1,  # what is known of a kernel
    "tests/live/test-container.py": 1,  # runc's state
    "tests/live/test-engines.py": 2,  # runc's and podman's
    "tests/live/scene.py": 2,  # runc's and podman's
    "tests/live/test-pod.py": 1,  # runc's
}
# Files that have pidns write JSON and do not hold it to its schema.
NOT_HELD = {
    "tests/bench/run": "the time it takes, not what it says",
    "tests/vm/limits": "in a guest, which has no Python; tests/live/test-limits.py holds the same",
    "tests/vm/netlink": "likewise; tests/live/test-agree.py",
    "tests/vm/pins": "likewise; tests/live/test-pins.py",
    "tests/vm/refused": "likewise; tests/live/test-events.py",
}
# Files that start programs by themselves, too, but have JSON written by the helpers alone.
HELPED_ALONE = {
    "tests/cli/test-hostile.py": "what it starts is left or stopped before its end",
    "tests/cli/test-metrics.py": "--json is refused there",
    "tests/live/reach.py": "it starts what is refused a fork",
    "tests/live/test-bpf.py": "it starts watchers, and their text is not read",
    "tests/live/test-leader.py": "it starts what is to be shown",
    "tests/live/test-tally.py": "it starts watchers, and what is refused a fork",
}
PARSES = re.compile(r"\bjson\.(?:loads?|JSONDecoder)\(|\bjq\b")
WRITES = re.compile(r"--jsonl?\b")
STARTS = re.compile(r"\bsubprocess\b|\bpty\b|\bos\.exec|\bos\.posix_spawn")
HOLDS = re.compile(r"\bschema\.(?:load|check|hold)\b|\bschema\.py\b")
HELPED = re.compile(r"^\s*(?:import|from) (?:cli|live|reach)\b", re.MULTILINE)
COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)
DATA = ("tests/fixtures/", "tests/fuzz/corpus/", "tests/check/documents.py")


def breaches(path, text):
    """Sentences about one file."""
    text = COMMENT.sub("", text)
    number, most = len(PARSES.findall(text)), NOT_OF_PIDNS.get(path, 0)
    if number > most:
        yield f"{path}: parses JSON {number} times, not {most}: schema.load() is for that of pidns"
    if not WRITES.search(text) or path in {**NOT_HELD, **HELPED_ALONE} or HOLDS.search(text):
        return
    if STARTS.search(text) or not HELPED.search(text):
        yield f"{path}: has JSON written that is not held to its schema (tests/schema.py)"


def programs():
    for path in tree.files():
        if path.startswith("tests/") and not path.startswith(DATA) and "/golden/" not in path:
            yield path, (tree.TOP / path).read_text(encoding="utf-8", errors="replace")


def self_test():
    assert list(breaches("tests/live/new.py", "import live\njson.loads(live.pidns('list').out)"))
    assert list(breaches("tests/live/new.py", "import subprocess\nsubprocess.run([PIDNS, '--json'])"))
    assert list(breaches("tests/vm/new", "#!/bin/sh\npidns list --json | grep -q ino\n"))
    assert list(breaches("tests/vm/new", "#!/bin/sh\npidns list --raw | jq .\n"))
    assert not list(breaches("tests/live/new.py", "import live\nlive.pidns('list', '--json')"))
    assert not list(breaches("tests/check/new.sh", "pidns list --json | tests/schema.py list\n"))


def main():
    if "--self-test" in sys.argv:
        self_test()
        return 0
    files = dict(programs())
    found = [sentence for path, text in files.items() for sentence in breaches(path, text)]
    found += [f"{path}: is not there" for path in {**NOT_OF_PIDNS, **NOT_HELD, **HELPED_ALONE} if path not in files]
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

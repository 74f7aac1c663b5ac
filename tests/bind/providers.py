#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Print the tables of doc/providers.md: which field each provider knows, and for whom.

Run by hand, as root, with a built library; one namespace with a process in it is made, so that
there is something to know:

    PYTHONPATH=lib/python PIDNSINFO_LIBRARY=build/lib/libpidnsinfo.so.0 tests/bind/providers.py
"""

import json
import os
import subprocess
import sys
import tempfile

import pidnsinfo

NOBODY = 65534


def known_share(things, names):
    """Of each name, how often it is known: "yes" for all, "no" for none, else "some"."""
    words = {}
    for name in names:
        known = [getattr(thing, name) is not None for thing in things]
        words[name] = "yes" if all(known) else "some" if any(known) else "no"
    return words


def survey(source=None):
    picture = pidnsinfo.take(None if source else "procfs", source)
    namespaces = picture.namespaces
    below_a_root = [ns for ns in namespaces if ns.depth]
    return {
        "namespaces": known_share(namespaces, pidnsinfo.Namespace._names)
        | known_share(below_a_root, ("parent",)),
        "tasks": known_share(picture.tasks, pidnsinfo.Task._names + ("vpids",)),
        "unseen": picture.cannot_see,
    }


def survey_as(user):
    run = subprocess.run(
        [sys.executable, "-B", __file__, "--survey"],
        user=user,
        group=user,
        extra_groups=[],
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(run.stdout)


def survey_all():
    with tempfile.TemporaryDirectory() as folder:
        recording = os.path.join(folder, "recording")
        pidnsinfo.take("procfs").save(recording)
        return {
            "procfs, root": survey(),
            "procfs, a user": survey_as(NOBODY),
            "replay of root's": survey(recording),
        }


def table(surveys, kind):
    yield "| field | " + " | ".join(surveys) + " |"
    yield "| --- |" + " --- |" * len(surveys)
    for name in next(iter(surveys.values()))[kind]:
        yield f"| `{name}` | " + " | ".join(s[kind][name] for s in surveys.values()) + " |"


def main():
    if sys.argv[1:] == ["--survey"]:
        json.dump(survey(), sys.stdout)
        return
    child = ["unshare", "--pid", "--fork", "--kill-child", "sh", "-c", "echo born; read end"]
    with subprocess.Popen(child, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as namespace:
        namespace.stdout.readline()
        surveys = survey_all()
        namespace.stdin.close()
    for kind in ("namespaces", "tasks"):
        print(*table(surveys, kind), "", sep="\n")
    for name, found in surveys.items():
        print(f"{name} cannot see:", ", ".join(found["unseen"]))


if __name__ == "__main__":
    main()

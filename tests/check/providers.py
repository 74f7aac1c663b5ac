#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of doc/providers.md say what tests/live/known/ says, which test-agree wrote of each
kernel it ran on.

--regenerate writes the tables anew. With --take, what test-agree prints with PIDNS_REGENERATE=1 is
read from stdin and put into tests/live/known/ first.
"""
import difflib
import json
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KNOWN = os.path.join(TOP, "tests", "live", "known")
PAGE = os.path.join(TOP, "doc", "providers.md")
BEGIN = "<!-- begin {}: made by tests/check/providers.py --regenerate -->\n"
END = "<!-- end {} -->\n"
PROVIDERS = ("netlink", "bpf", "procfs", "procfs --all")


def take(lines):
    """Lines of a test's output, perhaps behind what ctest puts in front."""
    for line in lines:
        found = re.search(r"\bknown (\S+) (\{.*\})\s*$", line)
        if not found:
            continue
        with open(os.path.join(KNOWN, found[1] + ".json"), "w", encoding="utf-8") as file:
            json.dump(json.loads(found[2]), file, indent="\t")
            file.write("\n")


def kernel_order(name):
    release, _, patched = name.partition("-")
    return [int(part) for part in release.split(".")] + [bool(patched)]


def load():
    """By reader and provider: the kernels, oldest first, and what was known there."""
    names = sorted((f[:-5] for f in os.listdir(KNOWN) if f.endswith(".json")), key=kernel_order)
    found = {}
    for name in names:
        with open(os.path.join(KNOWN, name + ".json"), encoding="utf-8") as file:
            for view, knowledge in json.load(file).items():
                provider, who = view.split(", ")
                found.setdefault(who, {}).setdefault(provider, []).append((name, knowledge))
    return found


def releases(kernels):
    """A patched one differs in having netlink, and is not named for what a stock one has too."""
    return ", ".join(dict.fromkeys(kernel.removesuffix("-patched") for kernel in kernels))


def columns(views, kind):
    """One for each provider, and one more for each kernel on which it knows something else."""
    for provider in PROVIDERS:
        groups = []
        for kernel, knowledge in views.get(provider, ()):
            if groups and groups[-1][1] == knowledge[kind]:
                groups[-1][0].append(kernel)
            else:
                groups.append(([kernel], knowledge[kind]))
        for kernels, told in groups:
            yield f"{provider}, {releases(kernels)}", told


def table(views, kind, first):
    """What is told alike shares a row."""
    cells = list(columns(views, kind))
    rows = {}
    for name in dict.fromkeys(name for _, told in cells for name in told):
        words = tuple(told.get(name, "-") for _, told in cells)
        rows.setdefault(words, []).append(f"`{name}`" if first == "field" else name)
    yield f"| {first} | " + " | ".join(name for name, _ in cells) + " |\n"
    yield "| --- |" + " --- |" * len(cells) + "\n"
    separator = ", " if first == "field" else "; "
    for words, names in rows.items():
        yield f"| {separator.join(names)} | " + " | ".join(words) + " |\n"


def sections(found):
    for who, title in (("root", "root"), ("a user", "user"), ("root inside", "inside")):
        for kind, first in (("namespaces", "field"), ("tasks", "field"), ("sees", "namespace")):
            if (kind, title) == ("sees", "inside"):
                continue
            yield f"{kind}-{title}", "".join(table(found[who], kind, first))


def regenerated(page):
    for name, text in sections(load()):
        begin, end = BEGIN.format(name), END.format(name)
        if begin not in page or end not in page:
            sys.exit(f"{PAGE}: there is no place for {name}")
        head, rest = page.split(begin)
        page = head + begin + text + end + rest.split(end)[1]
    return page


def main(arguments):
    if "--take" in arguments:
        take(sys.stdin)
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    wanted = regenerated(page)
    if "--regenerate" in arguments:
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write(wanted)
    elif page != wanted:
        sys.stdout.writelines(difflib.unified_diff(
            page.splitlines(True), wanted.splitlines(True), "doc/providers.md", "what is known"))
        sys.exit("doc/providers.md is not what is known: tests/check/providers.py --regenerate")


if __name__ == "__main__":
    main(sys.argv[1:])

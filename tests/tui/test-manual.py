#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The manual page and the completion leave nothing out: keys, options, columns."""

import os
import re
import subprocess
import sys

import requests
import tui
from tui import expect, expect_equal

SOURCE = requests.TOP / "tools/pidns-top"
COMPLETION = requests.TOP / "tools/completion/pidns-top.bash-completion"
MANUAL = (requests.TOP / "doc/man/pidns-top.8.scd").read_text(encoding="utf-8")


def section(name):
    return MANUAL.split(f"\n# {name}\n")[1].split("\n# ")[0]


def unescaped(text):
    return re.sub(r"\\(.)", r"\1", text)


def bold_words(text):
    """What scdoc shows in bold, without its backslashes."""
    return {unescaped(word) for word in re.findall(r"\*((?:[^*\\]|\\.)+)\*", text)}


def test_every_key_is_in_the_manual():
    documented = bold_words(section("KEYS"))
    for name, keys in requests.keys().items():
        for key in keys:
            expect(key in documented, f"{key} ({name}) is not in the manual")


def test_every_key_of_the_manual_is_one():
    existing = {key for keys in requests.keys().values() for key in keys}
    titles = [line for line in section("KEYS").splitlines() if line and line[0] != "\t"]
    for key in bold_words("\n".join(titles)):
        expect(key in existing, f"the manual explains {key}, which is no key")


def options_of_help():
    text = subprocess.run(
        [tui.TOP, "--help"], capture_output=True, check=True, env=tui.environment()
    ).stdout.decode()
    return set(re.findall(r"(?<![\w-])(--?[A-Za-z][\w-]*)", text.split("\n\n", 2)[2]))


def test_every_option_is_in_the_manual():
    documented = bold_words(section("OPTIONS"))
    options = options_of_help()
    expect(len(options) > 15, f"options: {options}")
    for option in options:
        expect(option in documented, f"{option} is not in the manual")


def with_tools():
    return tui.environment(PATH=f"{os.path.dirname(tui.TOP)}:/usr/bin:/bin")


def columns():
    """(name, title) of every column that sorts."""
    text = subprocess.run(
        [tui.TOP, "-H"], capture_output=True, check=True, env=tui.environment()
    ).stdout.decode()
    return [line.split()[:2] for line in text.splitlines()]


def test_every_column_is_in_the_manual():
    text = section("THE SCREEN")
    expect(len(columns()) > 15, "columns were not understood")
    for name, title in columns():
        expect(f"(_{name}_)" in text, f"{name} is not in the manual")
        expect(any(word.startswith(title) for word in bold_words(text)), f"{title} is not there")


def test_every_column_that_sorts_completes():
    script = (
        f'. "{COMPLETION}"; COMP_WORDS=(pidns-top -s "");'
        ' COMP_CWORD=2; _pidns_top; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, check=True, env=with_tools()
    )
    words = done.stdout.decode().split()
    expect_equal(set(words), {name for name, _ in columns()}, "columns")


def test_bash_completes():
    script = (
        f'. "{COMPLETION}"; COMP_WORDS=(pidns-top --pl); COMP_CWORD=1;'
        ' _pidns_top; echo "${COMPREPLY[@]}"; COMP_WORDS=(pidns-top -s -mem); COMP_CWORD=2;'
        ' _pidns_top; echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, check=True, env=with_tools()
    )
    expect_equal(done.stdout, b"--plain\n-memory\n", "completions")
    expect_equal(done.stderr, b"", "stderr")


if __name__ == "__main__":
    sys.exit(tui.run(globals()))

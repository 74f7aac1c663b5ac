#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bash, zsh and fish, really run, offer what the tools say they have: every subcommand, every option and every
column, and none that they do not have; and namespaces of a recorded machine. More of bash is completion.sh's."""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import pexpect

TOP = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ["PIDNS_BUILD"] + "/bin"
COMPLETION = TOP / "tools/completion"
PATIENCE_S = 120
NAMESPACES = {"4026532201", "aaaabbbbcccc", "web"}


def ask(*words):
    return subprocess.run([f"{BIN}/{words[0]}", *words[1:]], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=True).stdout


def commands():
    text = ask("pidns", "--help")
    block = text[text.index("Commands:") : text.index("Without a command")]
    return re.findall(r"^  (\w+) ", block, re.MULTILINE)


def options(*words):
    return set(re.findall(r"^ +(?:-\w, +)?(--[\w-]+)", ask(*words, "--help"), re.MULTILINE))


def columns(*words):
    return {line.split()[0] for line in ask(*words, "--list-columns").splitlines()}


class Shell:
    """A shell with nothing of the user's, in which pidns knows a recorded machine alone."""

    @classmethod
    def setUpClass(cls):
        if not shutil.which(cls.name):
            raise unittest.SkipTest(f"{cls.name} is not installed")
        cls.scratch = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        (cls.scratch / "bin").mkdir()
        fake = cls.scratch / "bin/pidns"
        notes = TOP / "tests/fixtures/notes.pidns"
        fake.write_text(f'#!/bin/sh\ncase "$*" in "list --raw"*) set -- "$@" --from {notes} ;; esac\n'
                        f'exec {BIN}/pidns "$@"\n', encoding="utf-8")
        fake.chmod(0o755)
        cls.environment = {"PATH": f"{cls.scratch}/bin:{BIN}:/usr/bin:/bin", "TERM": "vt100",
                           "HOME": str(cls.scratch), "XDG_CONFIG_HOME": str(cls.scratch),
                           "LC_ALL": "C.UTF-8"}
        cls.start()

    def assert_offers(self, line, wanted):
        self.assertTrue(wanted, line)
        self.assertEqual(set(wanted) - self.offers(line), set(), f"{self.name}: {line}")

    def assert_offers_just(self, line, wanted):
        """Of what begins with a minus; some shells offer one argument more."""
        self.assert_offers(line, wanted)
        offered = {word.removesuffix("=") for word in self.offers(line) if word.startswith("--")}
        self.assertEqual(offered - set(wanted), {"--"} & offered, f"{self.name}: {line}")

    def test_commands(self):
        self.assert_offers("pidns ", commands())
        self.assert_offers("pidns d", {"diff", "doctor"})

    def test_options(self):
        for command in commands():
            self.assert_offers_just(f"pidns {command} --", options("pidns", command))
        self.assert_offers_just("pidns-top --", options("pidns-top"))

    def test_columns(self):
        for command in ("tree", "list", "ps"):
            self.assert_offers(f"pidns {command} -o ", columns("pidns", command))
            offered = self.offers(f"pidns {command} -o ") - {"", "over"}  # the latter is zsh's, below
            self.assertEqual(offered - columns("pidns", command), set())
        found = {word.rpartition(",")[2] for word in self.offers("pidns list --sort ino,")}
        self.assertEqual(columns("pidns", "list") - found - {"ino"}, set())
        self.assert_offers("pidns-top --sort ", columns("pidns-top"))

    def test_providers(self):
        words = {"netlink", "bpf", "procfs", "replay", "auto"}
        self.assert_offers("pidns list --provider ", words)

    def test_namespaces(self):
        for line in ("pidns ps ", "pidns show ", "pidns why ", "pidns map --in ", "pidns-top "):
            self.assert_offers(line, NAMESPACES)


class Fish(Shell, unittest.TestCase):
    name = "fish"

    @classmethod
    def start(cls):
        folder = cls.scratch / "fish/completions"
        folder.mkdir(parents=True)
        for tool in ("pidns", "pidns-top"):
            shutil.copy(COMPLETION / "pidns.fish", folder / f"{tool}.fish")

    def offers(self, line):
        done = subprocess.run(["fish", "-c", f"complete -C {line!r}"], env=self.environment,
                              capture_output=True, text=True, check=True)
        self.assertEqual(done.stderr, "")
        return {word.split("\t")[0] for word in done.stdout.splitlines()}


class Bash(Shell, unittest.TestCase):
    name = "bash"
    SCRIPT = """
        . "$1/pidns.bash-completion"; . "$1/pidns-top.bash-completion"; shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
        "_${1//-/_}"
        printf '%s\\n' "${COMPREPLY[@]}"
    """

    @classmethod
    def start(cls):
        pass

    def offers(self, line):
        done = subprocess.run(["bash", "-c", self.SCRIPT, "bash", COMPLETION, *line.split(" ")], env=self.environment,
                              stdout=subprocess.PIPE, text=True, check=True)
        return {word.rstrip(" =") for word in done.stdout.splitlines()}


class Zsh(Shell, unittest.TestCase):
    name = "zsh"
    # What is added as a match is written down, too; a key of its own says that a TAB is over.
    SETUP = """
        fpath=($PWD $fpath)
        autoload -Uz compinit
        compinit -u -D
        compadd() {
            local -a __hits
            [[ ${@[1,(i)(-|--)]} != *-(O|A|D)\\ * ]] || { builtin compadd "$@"; return }
            builtin compadd -A __hits "$@"
            print -rl -- $__hits >>$PWD/offered
            builtin compadd "$@"
        }
        over() { print over >>$PWD/offered; zle kill-whole-line }
        zle -N over
        bindkey ^G over
        LISTMAX=100000
        PS1=
        print -- ready
    """

    @classmethod
    def start(cls):
        shutil.copy(COMPLETION / "_pidns", cls.scratch / "_pidns")
        (cls.scratch / "setup").write_text(cls.SETUP, encoding="utf-8")
        cls.offered = cls.scratch / "offered"
        cls.zsh = pexpect.spawn("zsh", ["-f", "-i"], env=cls.environment, dimensions=(400, 160),
                                cwd=str(cls.scratch), timeout=120)
        cls.addClassCleanup(cls.zsh.close)
        cls.zsh.sendline(". ./setup")
        cls.zsh.expect("\nready")

    def offers(self, line):
        self.offered.write_text("", encoding="utf-8")
        self.zsh.send(line + "\t\x07")
        last = time.monotonic() + PATIENCE_S
        while not (text := self.offered.read_text(encoding="utf-8")).endswith("over\n"):
            self.assertLess(time.monotonic(), last, f"{line}: {text}")
            with contextlib.suppress(pexpect.TIMEOUT):
                self.zsh.read_nonblocking(65536, timeout=0.02)
        return set(text.split("\n"))


if __name__ == "__main__":
    result = unittest.main(argv=[sys.argv[0], "-v"], exit=False).result
    if result.skipped:
        sys.exit(1 if os.environ.get("PIDNS_MUST_WORK") == "1" else 77)
    sys.exit(0 if result.wasSuccessful() else 1)

# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of the command share: running it, making recordings, reading its escapes."""

import os
import pathlib
import re
import subprocess
import sys
import unittest

import seal

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parent.parent))

import schema

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures"
PIDNS = os.environ["PIDNS_BIN"] + "/pidns"
DEADLINE_S = 120
JSON = {"--json", "--jsonl"}
IS_SANITIZED = b"__asan_init" in pathlib.Path(PIDNS).read_bytes()

# Skips that are no fault of the machine.
NO_FAULT = ("built with sanitizers", "another libsmartcols")
# A sanitizer makes system calls and takes addresses of its own: what counts those is for other
# builds, and no skip that an installed package could mend.
unless_sanitized = unittest.skipIf(IS_SANITIZED, "built with sanitizers")


def times(count):
    """How often to start it where chance is tried: with sanitizers a start costs twenty times as
    much, and the parsers are fuzzed with them within one process."""
    return max(count // 10, 1) if IS_SANITIZED else count


def must_work(result):
    """The exit status of a run of unittest: with PIDNS_MUST_WORK=1 a skip is a failure."""
    unmet = [reason for _, reason in result.skipped if reason not in NO_FAULT]
    if unmet and os.environ.get("PIDNS_MUST_WORK") == "1":
        print(f"skipped, and must not be: {unmet}")
        return 1
    return 0 if result.wasSuccessful() else 1


def run(*arguments, **how):
    """Run it to its end; a death by signal is never right, nor is JSON that is not as its schema says."""
    how.setdefault("stdin", subprocess.DEVNULL)
    how.setdefault("stdout", subprocess.PIPE)
    how.setdefault("stderr", subprocess.PIPE)
    done = subprocess.run([PIDNS, *arguments], timeout=DEADLINE_S, check=False, **how)
    if done.returncode < 0:
        raise AssertionError(f"pidns {arguments}: killed by signal {-done.returncode}")
    if JSON & set(arguments) and done.stdout and done.returncode < 4:
        schema.hold(done.stdout, arguments)
    return done


def document(*arguments):
    """A JSON document, and the exit status."""
    done = run(*arguments, "--json")
    return schema.load(done.stdout, arguments), done.returncode


def unescape(text):
    """The bytes that an escaped text stands for."""
    raw = text.encode("utf-8")
    return re.sub(rb"\\([0-3][0-7]{2})", lambda m: bytes([int(m[1], 8)]), raw)


def word(raw):
    """Bytes as a recording writes them."""
    return b"".join(b"%c" % b if 32 < b < 127 and b != 92 else b"\\%03o" % b for b in raw)


def recording(path, comms):
    """A recording of processes with these names."""
    lines = [
        b"pidns-recording 1",
        b"snapshot time_ns=1 provider=procfs flags=- cannot_see=- root=4026531836",
        b"ns ino=4026531836 level=0 depth=0",
    ]
    for pid, comm in enumerate(comms, 1):
        lines.append(
            b"task pid=%d tid=%d ns=4026531836 vpids=%d comm=%s" % (pid, pid, pid, word(comm))
        )
    pathlib.Path(path).write_bytes(seal.seal(b"\n".join(lines) + b"\n"))

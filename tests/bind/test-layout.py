# SPDX-License-Identifier: GPL-2.0-or-later
"""The Python module's idea of every record, option and bit is the C compiler's idea of the header."""

import ctypes
import os
import re
import subprocess
import unittest

from pidnsinfo import _abi

HEADER = os.environ["PIDNS_HEADER"]


def compile_asserts(lines):
    """Let the compiler judge each line; its complaint names the one that does not hold."""
    source = f'#include "{HEADER}"\n' + "\n".join(lines) + "\n"
    compiler = [os.environ["CC"], "-std=c11", "-fsyntax-only", "-x", "c", "-"]
    env = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD"}
    return subprocess.run(
        compiler, input=source, text=True, stderr=subprocess.PIPE, env=env, check=False
    )


def layout_of(tag, record):
    yield f'_Static_assert(sizeof(struct {tag}) == {ctypes.sizeof(record)}, "sizeof {tag}");'
    for name, _ in record._fields_:
        offset, size = getattr(record, name).offset, getattr(record, name).size
        yield f'_Static_assert(offsetof(struct {tag}, {name}) == {offset}, "offset of {name}");'
        yield f'_Static_assert(sizeof(((struct {tag} *)0)->{name}) == {size}, "size of {name}");'


def macro_of(prefix, field, macros):
    """The bit that guards a field has its name, less the unit or the variant it counts."""
    stem = re.sub(r"_(ns|bytes|exact|below)$", "", field)
    return next(m for m in (prefix + field.upper(), prefix + stem.upper()) if m in macros)


class Layout(unittest.TestCase):
    def assert_compiles(self, lines):
        result = compile_asserts(lines)
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_the_check_itself_notices(self):
        self.assertNotEqual(compile_asserts(['_Static_assert(0, "no");']).returncode, 0)

    def test_records_and_options(self):
        for tag, record in (
            ("pidns_ns", _abi._NsRecord),
            ("pidns_task", _abi._TaskRecord),
            ("pidns_notes", _abi._NotesRecord),
            ("pidns_container", _abi._ContainerRecord),
            ("pidns_limit", _abi._LimitRecord),
            ("pidns_pin", _abi._PinRecord),
            ("pidns_zombie", _abi._ZombieRecord),
            ("pidns_event", _abi._EventRecord),
            ("pidns_watch_opts", _abi._WatchOpts),
            ("pidns_open_opts", _abi._OpenOpts),
            ("pidns_take_opts", _abi._TakeOpts),
        ):
            with self.subTest(tag):
                self.assert_compiles(layout_of(tag, record))

    def test_bits(self):
        with open(HEADER, encoding="utf-8") as header:
            macros = set(re.findall(r"^#define (PIDNS_\w+)", header.read(), re.MULTILINE))
        wanted = {
            "PIDNS_NS_PARENT": _abi._NS_PARENT,
            "PIDNS_NS_PIDMAP": _abi._NS_PIDMAP,
            "PIDNS_NS_NOTES": _abi._NS_NOTES,
            "PIDNS_NOTE_LIMITS": _abi._NOTE_LIMITS,
            "PIDNS_NOTE_CONTAINER": _abi._NOTE_CONTAINER,
            "PIDNS_NOTE_PINS": _abi._NOTE_PINS,
            "PIDNS_NOTE_ZOMBIE": _abi._NOTE_ZOMBIE,
            "PIDNS_TAKE_LIMITS": _abi._TAKE_LIMITS,
            "PIDNS_TAKE_CONTAINERS": _abi._TAKE_CONTAINERS,
            "PIDNS_TAKE_PINS": _abi._TAKE_PINS,
            "PIDNS_TAKE_ZOMBIES": _abi._TAKE_ZOMBIES,
            "PIDNS_TASK_VPIDS": _abi._TASK_VPIDS,
            "PIDNS_TASK_NS_FOR_CHILDREN": _abi._TASK_NS_FOR_CHILDREN,
            "PIDNS_FIELDS_ALL": _abi._FIELDS_ALL,
            "PIDNS_TAKE_THREADS": _abi._TAKE_THREADS,
            "PIDNS_TAKE_ALL": _abi._TAKE_ALL,
            "PIDNS_SNAPSHOT_PARTIAL": _abi._SNAPSHOT_PARTIAL,
            "PIDNS_SNAPSHOT_RACED": _abi._SNAPSHOT_RACED,
            "PIDNS_SNAPSHOT_SUBSET": _abi._SNAPSHOT_SUBSET,
            "PIDNS_SNAPSHOT_THREADS": _abi._SNAPSHOT_THREADS,
            "PIDNS_OPEN_FEW": _abi._OPEN_FEW,
            "PIDNS_WATCH_PROMPT": _abi._WATCH_PROMPT,
        }
        for prefix, fields in (
            ("PIDNS_NS_", _abi._NS_FIELDS),
            ("PIDNS_TASK_", _abi._TASK_FIELDS),
            ("PIDNS_LIMIT_", _abi._LIMIT_FIELDS),
        ):
            for name, _, bit, _ in fields:
                if bit is not None:
                    wanted[macro_of(prefix, name, macros)] = 1 << bit
        for value, word in _abi._SIGCHLD.items():
            wanted[f"PIDNS_SIGCHLD_{word.upper()}"] = value
        self.assert_compiles(
            f'_Static_assert({macro} == UINT64_C({value}), "{macro}");'
            for macro, value in wanted.items()
        )
        # Every bit of the header is used by some attribute of the module.
        guards = {m for m in macros if m.startswith(("PIDNS_NS_", "PIDNS_TASK_", "PIDNS_NOTE_"))}
        self.assertEqual(guards - wanted.keys(), set())


if __name__ == "__main__":
    unittest.main()

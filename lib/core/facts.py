#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes what follows from core/facts.h and is not C: run it after a row was added there.

The bits and records of lib/include/pidnsinfo.h and the tables and hints of lib/python/pidnsinfo
stand between lines that name this program; the JSON Schemas of doc/schema are whole files. --check changes
nothing, and fails where they differ.
"""

import csv
import pathlib
import re
import subprocess
import sys

import schema

LIB = pathlib.Path(__file__).resolve().parent.parent
C_TYPES = {
    "U64": "uint64_t ", "U32": "uint32_t ", "I32": "int32_t ", "PID": "int32_t ",
    "BOOL": "uint32_t ", "STATE": "uint32_t ", "LETTER": "uint32_t ", "TEXT": "const char *",
    "VPIDS": "const int32_t *", "PIDMAP": "const uint32_t *",
    "REF": "const struct pidns_ns *", "NOTES": "const struct pidns_notes *",
}  # fmt: skip
# The ctypes of a member, and what Python makes of its value; a third: no attribute by itself.
PYTHON_TYPES = {
    "U64": ("c_uint64", "None"), "U32": ("c_uint32", "None"), "I32": ("c_int32", "None"),
    "PID": ("c_int32", "_pid"), "BOOL": ("c_uint32", "bool"), "STATE": ("c_uint32", "_state"),
    "LETTER": ("c_uint32", "chr"), "TEXT": ("c_char_p", "os.fsdecode"),
    "VPIDS": ("POINTER(c_int32)", "None", "by hand"),
    "PIDMAP": ("POINTER(c_uint32)", "None", "by hand"), "REF": ("c_void_p", "None", "by hand"),
    "NOTES": ("c_void_p", "None", "by hand"),
}  # fmt: skip
SHAPES = {
    "POURED": "type member at name bit help",
    "COUNTED": "type member at name bit help",
    "DERIVED": "type member at name bit help",
    "SPECIAL": "type key member raw at name bit help",
    "LINK": "type key member raw name bit help",
    "PART": "type member at name bit help",
}


def read_rows(table):
    """The rows of one table of facts.h, as dictionaries."""
    text = re.sub(r"\\\n\s*", "", (LIB / "core/facts.h").read_text(encoding="utf-8"))
    body = re.search(rf"^#define {table}\([^)]*\)(.*)$", text, re.MULTILINE).group(1)
    rows = []
    for kind, rest in re.findall(r'\b([A-Z]+)\(((?:[^"()]|"[^"]*")*)\)', body):
        values = [v.strip() for v in next(csv.reader([rest], skipinitialspace=True))]
        rows.append({"kind": kind, **dict(zip(SHAPES[kind].split(), values, strict=True))})
    return rows


def bits(rows, prefix):
    named = {int(r["bit"]): (r["name"], r) for r in reversed(rows) if r["name"] != "NONE"}
    for bit in sorted(named):
        name, row = named[bit]
        yield f"#define {prefix}_{name} (UINT64_C(1) << {bit}) /* {row['help']} */\n"


def members(rows):
    return sorted((r for r in rows if "at" in r), key=lambda r: int(r["at"]))


def record(rows, name):
    yield f"struct {name} {{\n"
    for row in members(rows):
        yield f"\t{C_TYPES[row['type']]}{row['member']}; /* {row['help']} */\n"
    yield "};\n"


def python_rows(rows, name):
    yield f"{name} = (\n"
    for row in members(rows):
        ctype, convert, *by_hand = PYTHON_TYPES[row["type"]]
        hidden = "_" if by_hand or row["kind"] == "PART" else ""
        bit = "None" if row["name"] == "NONE" or hidden else row["bit"]
        yield f'    ("{hidden}{row["member"]}", {ctype}, {bit}, {convert}),\n'
    yield ")\n"


def python_hints(rows):
    """What mypy is to know of the attributes, which are made of the tables when it is imported."""
    hints = {"_pid": "int", "_state": "str", "bool": "bool", "chr": "str", "os.fsdecode": "str"}
    for row in members(rows):
        _, convert, *by_hand = PYTHON_TYPES[row["type"]]
        if by_hand or row["kind"] == "PART":
            continue
        none = "" if row["name"] == "NONE" else " | None"
        yield f"    {row['member']}: {hints.get(convert, 'int')}{none}  # {row['help']}\n"


def python_bits(rows, prefix):
    for row in rows:
        ctype_is_by_hand = row["kind"] == "LINK" or len(PYTHON_TYPES.get(row["type"], ())) > 2
        if ctype_is_by_hand and row["name"] != "NONE":
            yield f"{prefix}_{row['name']} = 1 << {row['bit']}\n"


def replace_block(text, name, lines):
    """What stands between the line "… facts.py: NAME" and the next line "… facts.py: end"."""
    pattern = rf"(^[^\n]*facts\.py: {name}\b[^\n]*\n).*?(^[^\n]*facts\.py: end)"
    new, count = re.subn(
        pattern, lambda m: m[1] + "".join(lines) + m[2], text, flags=re.MULTILINE | re.DOTALL
    )
    if count != 1:
        sys.exit(f"facts.py: there are {count} places for {name}")
    return new


def formatted(path, text):
    if path.suffix != ".h":
        return text
    command = ["clang-format", f"--assume-filename={path}"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def main():
    ns, task = read_rows("PIDNS_NS_FACTS"), read_rows("PIDNS_TASK_FACTS")
    outputs = {
        LIB / "include/pidnsinfo.h": {
            "bits of pidns_ns": bits(ns, "PIDNS_NS"),
            "struct pidns_ns": record(ns, "pidns_ns"),
            "bits of pidns_task": bits(task, "PIDNS_TASK"),
            "struct pidns_task": record(task, "pidns_task"),
        },
        LIB / "python/pidnsinfo/_abi.py": {
            "namespaces": [*python_rows(ns, "_NS_FIELDS"), *python_bits(ns, "_NS")],
            "tasks": [*python_rows(task, "_TASK_FIELDS"), *python_bits(task, "_TASK")],
        },
        LIB / "python/pidnsinfo/_records.py": {
            "hints of namespaces": python_hints(ns),
            "hints of tasks": python_hints(task),
        },
    }
    files = {}
    for path, blocks in outputs.items():
        new = path.read_text(encoding="utf-8")
        for name, lines in blocks.items():
            new = replace_block(new, name, lines)
        files[path] = formatted(path, new)
    names = (LIB / "core/names.c").read_text(encoding="utf-8")
    for name, text in schema.schemas(ns, task, names):
        files[LIB.parent / "doc/schema" / name] = text
    differing = 0
    for path, new in files.items():
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        differing += new != old
        if "--check" not in sys.argv and new != old:
            path.write_text(new, encoding="utf-8")
        elif new != old:
            print(f"{path.relative_to(LIB.parent)}: run lib/core/facts.py")
    return 1 if "--check" in sys.argv and differing else 0


if __name__ == "__main__":
    sys.exit(main())

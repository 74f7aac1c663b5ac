#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reading the JSON of pidns: strictly, and held to its schema in doc/schema. For shell scripts it is a
filter: "pidns list --json | tests/schema.py list" passes the document on, or fails.

In a guest, whose Python has no other packages (python3 -S), documents are read but not held to it.
"""

import functools
import json
import pathlib
import sys

SCHEMAS = pathlib.Path(__file__).resolve().parent.parent / "doc/schema"
# Of longer lists the ends are looked at: a schema takes a millisecond a row.
MANY = 400

try:
    import jsonschema
except ImportError:
    if not sys.flags.no_site:
        raise


def name_of(arguments):
    """The schema for a command line, a shell's too: the first word that is a command, or tree."""
    arguments = " ".join(arguments).split()
    if {"--list-columns", "-H"} & set(arguments):
        return "columns"
    commands = ("tree list ps map show why doctor record export diff watch".split())
    return next((word for word in arguments if word in commands), "tree")


@functools.cache
def validator(name):
    with open(SCHEMAS / f"{name}.json", encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def shortened(value):
    if isinstance(value, dict):
        return {key: shortened(member) for key, member in value.items()}
    if isinstance(value, list):
        if len(value) > MANY:
            value = value[: MANY // 2] + value[-MANY // 2 :]
        return [shortened(element) for element in value]
    return value


def check(document, arguments):
    """What a command with these arguments wrote must be as its schema says. Returns it."""
    if sys.flags.no_site:
        return document
    error = next(validator(name_of(arguments)).iter_errors(shortened(document)), None)
    if error:
        where = "/".join(map(str, error.absolute_path))
        raise AssertionError(f"{name_of(arguments)}.json: at {where}: {error.message[:800]}")
    return document


def once(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise AssertionError(f"a key twice: {keys}")
    return dict(pairs)


def no_constant(word):
    raise AssertionError(f"{word} is not JSON")


def load(text, arguments):
    """A document (strictly UTF-8, no key twice), which must be nothing else, held to its schema."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "strict")
    made = json.loads(text, object_pairs_hook=once, parse_constant=no_constant)
    return check(made, arguments)


def hold(text, arguments):
    """What a command wrote that was to write JSON, if anything: one document, or of some a line each."""
    if name_of(arguments) in ("export", "watch"):
        return [load(line, arguments) for line in text.splitlines()]
    return load(text, arguments) if text else None


if __name__ == "__main__":
    written = sys.stdin.buffer.read()
    hold(written, sys.argv[1:])
    sys.stdout.buffer.write(written)

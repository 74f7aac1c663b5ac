# SPDX-License-Identifier: LGPL-2.1-or-later
"""The JSON Schemas of doc/schema: one of each document that pidns writes, for facts.py.

Facts come from the rows of facts.h and words from the tables of names.c; what is written down here
is only what is neither: how the documents are built, and the columns that are no facts.
"""

import json
import re

BASE = "https://json-schema.org/draft/2020-12/schema"
U32, U64, I32 = (1 << 32) - 1, (1 << 64) - 1, (1 << 31) - 1


def integer(most=U64):
    return {"type": "integer", "minimum": 0, "maximum": most}


def nullable(schema):
    """The same, or null: not known, or there is none."""
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    made = {**schema, "type": [schema["type"], "null"]}
    if "enum" in made:
        made["enum"] = [*made["enum"], None]
    return made


def strict(properties, required=None, **more):
    """An object with these keys and no others; unless some are named, all are there."""
    return {"type": "object", "properties": properties,
            "required": list(properties) if required is None else required,
            "additionalProperties": False, **more}


def listing(item):
    return {"type": "array", "items": item}


def ref(name):
    return {"$ref": f"#/$defs/{name}"}


TEXT, BOOL, PID, NUMBER = {"type": "string"}, {"type": "boolean"}, integer(I32), integer()
INODES = {"ns", "ns_for_children", "parent"}
# The schema of each type of facts.h; what has none is no column.
TYPES = {
    "U64": NUMBER, "U32": integer(U32), "I32": PID, "PID": PID, "BOOL": BOOL, "TEXT": TEXT,
    "STATE": {"type": "string", "enum": "STATE"}, "VPIDS": listing(PID), "REF": NUMBER,
    "LETTER": {"type": "string", "pattern": "^[A-Za-z]$"}, "ino": NUMBER,
}  # fmt: skip


def words_of(text):
    """The tables of names.c: {"STATE": ["alive", …], …}."""
    found = {}
    for name, body in re.findall(r"#define (\w+)_NAMES\(X\)((?:.*\\\n)+.*)", text):
        found[name] = re.findall(r'"([\w-]+)"', body)
    return found


def fact_columns(rows, words):
    """A property for each fact that is a column. LINK has its type where others have a member."""
    columns = {}
    for row in rows:
        if row["kind"] == "PART" or row["type"] in ("PIDMAP", "NOTES"):
            continue
        name = row.get("key", row.get("member"))
        schema = dict(NUMBER if row["kind"] == "LINK" else TYPES[row["type"]])
        if "enum" in schema:
            schema["enum"] = words[schema["enum"]]
        columns[name] = {**nullable(schema), "description": row["help"]}
    return columns


def parts(words):
    """What documents have in common."""
    container = {name: nullable(TEXT) for name in ("name", "id", "runtime", "source", "pod",
                                                   "pod_namespace", "pod_name")}
    kind = nullable({"type": "string", "enum": words["LIMIT"]})
    nearest = {"kind": kind, "source": nullable(TEXT), "used": nullable(NUMBER),
               "max": nullable(NUMBER)}
    return {
        "container": strict({**container, "owner_uid": nullable(integer(U32))}),
        "nearest": strict(nearest),
        "limit": strict({**nearest, "errno": nullable(TEXT), "hits": nullable(NUMBER),
                         "used_exact": nullable(BOOL), "fork": BOOL, "holders": nullable(TEXT)}),
        "pin": strict({"kind": nullable({"type": "string", "enum": words["PIN"]}),
                       "pid": nullable(PID), "fd": nullable(PID), "path": nullable(TEXT),
                       "ns": nullable(NUMBER), "parent": nullable(PID), "count": NUMBER}),
        "zombie": strict({"pid": PID, "parent": nullable(PID), "start_ns": nullable(NUMBER),
                          "sigchld": nullable(TEXT), "parent_is_reaper": BOOL}),
        "finding": strict({"kind": {"enum": ["limit", "zombies", "dead", "dying", "unborn",
                                             "joined", "refused"]},
                           "ns": nullable(NUMBER), "reaper": nullable(PID), "pid": nullable(PID),
                           "parent": nullable(PID), "count": nullable(NUMBER), "message": TEXT,
                           "remedy": TEXT, "pins": nullable(listing(ref("pin"))),
                           "pins_count": nullable(NUMBER)}),
        "refused": strict({"since_ns": NUMBER, "count": NUMBER, "last_minute": NUMBER,
                           "is_whole": BOOL, "by": listing(ref("refused_row"))}),
        "refused_row": strict({"kind": kind, "certain": BOOL, "errno": nullable(TEXT),
                               "error": NUMBER, "count": NUMBER, "last_minute": NUMBER,
                               "last_ns": NUMBER, "pid": nullable(PID),
                               "comm": nullable(TEXT)}),
        "verdict": strict({"errno": nullable(TEXT), "certain": BOOL, "kind": kind}),
        "origin": strict({"time_ns": NUMBER, "wall_time_ns": nullable(NUMBER),
                          "host": nullable(TEXT), "boot_id": nullable(TEXT)}),
        "level": strict({"ns": nullable(NUMBER), "vpid": nullable(PID)}),
        "block": strict({"block": NUMBER, "used": NUMBER}),
    }


def records(ns, task, words):
    """Namespaces and tasks. A row has the columns that were asked for; a record has every fact."""
    facts, task_facts = fact_columns(ns, words), fact_columns(task, words)
    noted = {"container": nullable(ref("container")), "limit": nullable(ref("nearest")),
             "pins": nullable(listing(ref("pin")))}
    columns = {**facts, "comm": nullable(TEXT), **noted}
    task_columns = {**task_facts, "user": nullable(TEXT), "ruser": nullable(TEXT),
                    "container": nullable(ref("container")), "cmdline": nullable(TEXT),
                    "cpu": nullable({"type": "number"}), "age_ns": nullable(NUMBER)}
    whole = {**facts, **noted, "limits": nullable(listing(ref("limit"))),
             "oldest_zombie": nullable(ref("zombie")), "findings": listing(ref("finding")),
             "pidmap": listing(ref("block"))}
    return {
        "namespace_row": strict(columns, []),
        "namespace_node": strict({**columns, "children": listing(ref("namespace_node"))},
                                 ["children"]),
        "namespace_record": strict(facts),
        "namespace_whole": strict(whole),
        "task_row": strict(task_columns, []),
        "task_record": strict(task_facts),
    }


def event(words):
    """One difference: what it has depends on what it is about."""
    names = words["EVENT"]
    tasks = [name for name in names if name.startswith("task-")]
    changes = {"task": [*tasks, "refused"], "was": ["reaper", "limit", "exhausted"],
               "call": ["refused"], "certain": ["refused"], "kinds": ["refused"]}
    text = {"type": ["string", "null"]}
    return strict(
        {"event": {"enum": names}, "time_ns": NUMBER, "ns": nullable(NUMBER),
         "namespace": ref("namespace_record"), "task": ref("task_record"),
         "was": ref("namespace_record"), "count": nullable(NUMBER), "call": text, "errno": text,
         "error": NUMBER, "kind": text, "certain": {"type": "boolean"},
         "kinds": {"type": "array", "items": {"type": "string"}}, "source": text,
         "used": nullable(NUMBER), "max": nullable(NUMBER), "flags": nullable(NUMBER),
         "cookie": nullable(NUMBER), "container": nullable(ref("container"))},
        ["event", "time_ns"],
        allOf=[{"if": {"properties": {"event": {"enum": about}}}, "then": {"required": [key]},
                "else": {"not": {"required": [key]}}} for key, about in changes.items()],
    )


def export(ns, task, words):
    """A line of pidns export: the snapshot, then each namespace, then each task."""
    def line(name, **members):
        return strict({"record": {"const": name}, "time_ns": NUMBER, **members})

    notes = {"container": nullable(ref("container")), "limits": nullable(listing(ref("limit"))),
             "pins": nullable(listing(ref("pin"))), "oldest_zombie": nullable(ref("zombie"))}
    snapshot = line("snapshot", schema={"const": 1}, provider=TEXT, complete=BOOL,
                    cannot_see=listing({"enum": words["UNSEEN"]}), recorded=ref("origin"))
    snapshot["required"].remove("recorded")
    return {"oneOf": [snapshot, line("namespace", **fact_columns(ns, words), **notes),
                      line("task", **fact_columns(task, words))]}


def documents(words):
    """The members of each document, after those that all have; "?" after what may be left out."""
    def head(**members):
        return {"schema": {"const": 1}, "provider": TEXT, "complete": BOOL,
                "cannot_see": listing({"enum": words["UNSEEN"]}), **members}

    snapshot = {"recorded?": ref("origin")}
    mapping = strict({"found": BOOL, "pid": nullable(PID), "tid": nullable(PID),
                      "levels": listing(ref("level"))})
    recorded = {"file": TEXT, "time_ns": NUMBER, "namespaces": NUMBER, "tasks": NUMBER}
    recording = strict({**recorded, "snapshots": NUMBER}, list(recorded))
    return {
        "list": head(**snapshot, namespaces=listing(ref("namespace_row"))),
        "tree": head(**snapshot, namespaces=listing(ref("namespace_node"))),
        "ps": head(**snapshot, tasks=listing(ref("task_row"))),
        "map": head(**snapshot, mappings=listing(mapping)),
        "show": head(**snapshot, namespace=ref("namespace_whole")),
        "why": head(**snapshot, ns=nullable(NUMBER), pid=nullable(PID), errno=nullable(TEXT),
                    certain=BOOL, container=nullable(ref("container")),
                    new_namespaces=ref("verdict"), limits=nullable(listing(ref("limit"))),
                    refused=nullable(ref("refused")), remedy=nullable(TEXT)),
        "doctor": head(**snapshot, findings=listing(ref("finding"))),
        "record": head(**snapshot, recording=recording),
        "diff": head(**{"older?": ref("origin"), "newer?": ref("origin")},
                     events=listing(ref("event"))),
        "columns": {"schema": {"const": 1}, "columns": listing(strict({"name": TEXT, "help": TEXT}))},
    }  # fmt: skip


def used_by(schema, defs):
    """The definitions that a schema needs, and those that these need."""
    needed, text = {}, json.dumps(schema)
    for name in re.findall(r'"#/\$defs/(\w+)"', text):
        needed[name] = defs[name]
    grown = {n for d in needed.values() for n in re.findall(r'"#/\$defs/(\w+)"', json.dumps(d))}
    while grown - set(needed):
        for name in grown - set(needed):
            needed[name] = defs[name]
        grown = {n for d in needed.values() for n in re.findall(r'"#/\$defs/(\w+)"', json.dumps(d))}
    return {name: needed[name] for name in defs if name in needed}


TITLES = {"watch": "one line of pidns watch --json",
          "export": "one line of pidns export --jsonl",
          "columns": "the document of pidns list, tree or ps --list-columns --json"}  # fmt: skip


def schemas(ns, task, names):
    """The text of each file of doc/schema, by its name."""
    words = words_of(names)
    defs = {**parts(words), **records(ns, task, words), "event": event(words)}
    bodies = {"watch": event(words), "export": export(ns, task, words)}
    for name, members in documents(words).items():
        properties = {key.rstrip("?"): schema for key, schema in members.items()}
        bodies[name] = strict(properties, [key for key in members if not key.endswith("?")])
    for name, body in bodies.items():
        title = TITLES.get(name, f"the document of pidns {name} --json")
        made = {"$schema": BASE, "title": title, **body}
        needed = used_by(body, defs)
        if needed:
            made["$defs"] = needed
        yield f"{name}.json", json.dumps(made, indent="\t", ensure_ascii=False) + "\n"

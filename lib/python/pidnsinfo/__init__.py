# SPDX-License-Identifier: LGPL-2.1-or-later
"""The PID namespaces of a Linux machine, as one frozen snapshot: libpidnsinfo for Python.

    import pidnsinfo

    snapshot = pidnsinfo.take()
    for ns in snapshot.namespaces:
        print("  " * ns.depth, ns.ino, ns.processes)

Namespaces come parents before children, tasks by (namespace, number). Every attribute means what
the field of that name in <pidnsinfo.h> does; None is "cannot be known here", never zero. A
namespace or task keeps the snapshot it belongs to alive.

To ask more than once, open() a Context; diff() tells what changed between two snapshots, and a
Context's watch() what changes as it does:

    with pidnsinfo.open() as context, context.watch() as watch:
        for event in watch:
            print(event.type, event.ns)
"""

from ._context import Context, Event, Refused, Watch, diff, open, probe, providers, take
from ._records import Container, Limit, Namespace, Pin, Task, Zombie
from ._snapshot import Snapshot

__all__ = [
    "Container",
    "Context",
    "Event",
    "Limit",
    "Namespace",
    "Pin",
    "Refused",
    "Snapshot",
    "Task",
    "Watch",
    "Zombie",
    "diff",
    "open",
    "probe",
    "providers",
    "take",
]

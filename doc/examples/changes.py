#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What changes: between two recordings, or from now on until COUNT events.

usage: changes.py OLDER NEWER | changes.py COUNT"""

import itertools
import sys

import pidnsinfo


def show(event: pidnsinfo.Event) -> None:
    # A name is what its process chose: repr() shows a newline as one.
    what = f"{event.task.comm!r} {event.task.pid}" if event.task else ""
    print(event.type, event.ns.ino if event.ns else "-", what, flush=True)


if len(sys.argv) == 3:
    for event in pidnsinfo.diff(*(pidnsinfo.take(source=path) for path in sys.argv[1:])):
        show(event)
else:
    with pidnsinfo.open() as context, context.watch(0.1) as watch:
        print("watching by", context.provider, flush=True)
        for event in itertools.islice(watch, int(sys.argv[1])):
            show(event)

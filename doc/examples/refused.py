#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is refused a fork, clone or unshare, until COUNT of them: refused.py COUNT"""

import errno
import itertools
import sys

import pidnsinfo

with pidnsinfo.open() as context, context.watch(tasks=False, refused=True) as watch:
    print("watching by", watch.source, "-", watch.missing or "nothing is missing", flush=True)
    refused = (event for event in watch if event.refused)
    for event in itertools.islice(refused, int(sys.argv[1])):
        what = event.refused
        # A name is what its process chose: repr() shows a newline as one.
        print(event.task.pid, repr(event.task.comm), what.call,
              errno.errorcode.get(what.error, what.error),
              what.kind or " or ".join(what.kinds) or "-", flush=True)  # fmt: skip

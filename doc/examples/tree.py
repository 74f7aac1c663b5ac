#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The PID namespaces as a tree, with the name of each one's init. usage: tree.py [RECORDING]"""

import sys

import pidnsinfo

snapshot = pidnsinfo.take(source=sys.argv[1] if len(sys.argv) > 1 else None, containers=True)
for ns in snapshot.namespaces:
    init = snapshot.task(ns.reaper) if ns.reaper else None
    name = ns.container.name if ns.container else None
    print("  " * ns.depth, ns.ino, ns.state, repr(init.comm) if init else "-", name or "-")
if not snapshot.complete:
    print("may be incomplete:", ", ".join(snapshot.cannot_see), file=sys.stderr)

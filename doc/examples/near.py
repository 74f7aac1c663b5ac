#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Namespaces in which fork(2) will soon fail: a limit is at 80 % or more. usage: near.py [RECORDING]"""

import os
import sys

import pidnsinfo

snapshot = pidnsinfo.take(source=sys.argv[1] if len(sys.argv) > 1 else None, limits=True)
for ns in snapshot.namespaces:
    for limit in ns.limits or ():
        if limit.is_fork and limit.used is not None and limit.max and limit.used >= 0.8 * limit.max:
            error = os.strerror(limit.error)
            print(f"{ns.ino}: {limit.kind} {limit.used} of {limit.max} ({limit.source}), then {error}")

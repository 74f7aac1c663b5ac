#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Give recordings written by hand the last line they need: seal.py FILE...

The line `end` counts the records and holds a checksum (doc/recording.md). A file is written anew
only if that changes it.
"""

import sys


def fnv1a64(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


def seal(text):
    """The recording with a right `end`, whatever it had before."""
    lines = [line for line in text.split(b"\n") if line and not line.startswith(b"end ")]
    kinds = [line.split(b" ")[0] for line in lines]
    lines.append(
        b"end namespaces=%d tasks=%d fnv1a64=" % (kinds.count(b"ns"), kinds.count(b"task"))
    )
    body = b"\n".join(lines)
    return body + b"%016x\n" % fnv1a64(body)


def main(paths):
    for path in paths:
        with open(path, "rb") as file:
            old = file.read()
        new = seal(old)
        if new != old:
            with open(path, "wb") as file:
                file.write(new)


if __name__ == "__main__":
    main(sys.argv[1:])

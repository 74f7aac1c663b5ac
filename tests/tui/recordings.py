#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The recordings that the viewer's tests look at, as a program: recordings.py [--write].

Without --write it only says whether tests/fixtures/top-*.pidns are what it would write.
doc/recording.md describes the format.
"""

import pathlib
import sys

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures"
ROOT = 4026531836
SECOND = 10**9
MIB = 2**20


def fnv1a64(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


def escape(name):
    return "".join(
        f"\\{byte:03o}" if byte <= 0x20 or byte >= 0x7F or byte == 0x5C else chr(byte)
        for byte in name
    )


class Recording:
    """Namespaces and tasks are added parents first, and come out in the order they went in."""

    def __init__(self, time_s, provider="procfs", cannot_see="unborn,pidfd,procfs-mount"):
        self.head = (
            f"snapshot time_ns={time_s * SECOND} provider={provider} flags=partial"
            f" cannot_see={cannot_see} root={ROOT}"
        )
        self.namespaces = []
        self.tasks = []
        self.paths = {}

    def ns(self, ino, parent=None, state="alive", **known):
        path = self.paths[parent] + (ino,) if parent else (ino,)
        self.paths[ino] = path
        words = [f"ino={ino}"]
        if parent:
            words.append(f"parent={parent}")
        words += [f"level={len(path) - 1}", f"depth={len(path) - 1}", f"state={state}"]
        words += [f"{key}={value}" for key, value in known.items() if value is not None]
        self.namespaces.append("ns " + " ".join(words))
        return ino

    def task(self, ns, vpids, comm, **known):
        name = comm if isinstance(comm, bytes) else comm.encode()
        words = [f"pid={vpids[0]}", f"tid={vpids[0]}", f"ns={ns}"]
        words.append("vpids=" + ",".join(str(vpid) for vpid in vpids))
        words.append(f"comm={escape(name)}")
        words += [f"{key}={value}" for key, value in known.items() if value is not None]
        self.tasks.append("task " + " ".join(words))

    def bytes(self):
        lines = ["pidns-recording 1", self.head, *self.namespaces, *self.tasks]
        lines.append(f"end namespaces={len(self.namespaces)} tasks={len(self.tasks)} fnv1a64=")
        body = "\n".join(lines).encode()
        return body + b"%016x\n" % fnv1a64(body)


def process(recording, ns, vpids, comm, uid=0, state="S", cpu=0.0, mib=4, threads=1, age=3600):
    """A process whose every field is known; `cpu` and `age` in seconds."""
    recording.task(
        ns,
        vpids,
        comm,
        state=state,
        uid=uid,
        ruid=uid,
        start_ns=(9000 - age) * SECOND,
        cpu_ns=int(cpu * SECOND),
        rss_bytes=int(mib * MIB),
        threads=threads,
    )


def later():
    """The same host a minute on: one namespace is gone, one is new, one inode and one pid are now
    another user's, and one has been busy."""
    r = Recording(9060)
    r.ns(ROOT, reaper=1, reaper_start_ns=SECOND, owner_uid=0, pids_max=32768)
    new = r.ns(4026532199, ROOT, reaper=1200, reaper_start_ns=9050 * SECOND)
    db = r.ns(4026532205, ROOT, reaper=800, owner_uid=0, pids_max=64)
    other = r.ns(4026532210, ROOT, reaper=1300, reaper_start_ns=9055 * SECOND)
    process(r, ROOT, [1], "systemd", cpu=9, mib=12, age=9000)
    process(r, ROOT, [300], "not-sshd", mib=8, age=-50)
    process(r, ROOT, [301], "sshd", uid=1000, cpu=31.25, mib=6)
    process(r, new, [1200, 1], "redis", age=-50)
    process(r, db, [800, 1], "postgres", uid=70, cpu=180, mib=200)
    process(r, other, [1300, 1], "other", age=-55)
    return r


def machine():
    """A small host with containers of every kind and state."""
    r = Recording(9000)
    r.ns(ROOT, reaper=1, reaper_start_ns=SECOND, owner_uid=0, pids_max=32768)
    web = r.ns(4026532201, ROOT, reaper=700, owner_uid=0, pids_max=32768)
    db = r.ns(4026532205, ROOT, reaper=800, owner_uid=0, pids_max=64, pids_used=52, pids_used_exact=1)
    node = r.ns(4026532210, ROOT, reaper=900, reaper_start_ns=5400 * SECOND, pids_max=32768)
    pod = r.ns(4026532301, node, reaper=950, owner_uid=1000, pids_max=128)
    job = r.ns(4026532302, pod, reaper=970, owner_uid=1000, pids_max=16, pids_used=16, pids_used_exact=1)
    r.ns(4026532400, ROOT, "dead", reaper=0, owner_uid=0)
    lost = r.ns(4026532401, ROOT, "zombie-init", reaper=990, owner_uid=0)

    process(r, ROOT, [1], "systemd", cpu=9, mib=12, age=9000)
    process(r, ROOT, [2], "kthreadd", mib=0, age=9000)
    process(r, ROOT, [300], "sshd", cpu=0.5, mib=8, age=8990)
    process(r, ROOT, [301], "sshd", uid=1000, cpu=1.25, mib=6)
    process(r, ROOT, [302], "vim", uid=1000, cpu=30, mib=14, state="T")
    process(r, ROOT, [400], "containerd", cpu=90, mib=60, threads=14)
    process(r, ROOT, [401], "defunct-helper", state="Z", mib=0)
    process(r, web, [700, 1], "nginx", cpu=3, mib=10)
    process(r, web, [701, 7], "nginx", uid=33, cpu=720, mib=40, state="R")
    process(r, web, [702, 8], "nginx", uid=33, cpu=36, mib=40)
    process(r, db, [800, 1], "postgres", uid=70, cpu=180, mib=200)
    for i in range(1, 9):
        process(r, db, [800 + i, 20 + i], "postgres", uid=70, cpu=i, mib=16, state="S")
    process(r, node, [900, 1], "systemd", cpu=12, mib=9)
    process(r, node, [901, 50], "kubelet", cpu=400, mib=80, threads=21)
    process(r, pod, [950, 90, 1], "pause", mib=1)
    process(r, pod, [951, 91, 12], "漢字サーバー", uid=1000, cpu=60, mib=32)
    process(r, job, [970, 95, 20, 1], "sh", uid=1000, cpu=0.2, mib=2)
    process(r, job, [971, 96, 21, 2], "make", uid=1000, cpu=2, mib=5, state="D")
    for i in range(3):
        process(r, job, [972 + i, 97 + i, 22 + i, 3 + i], "cc1", uid=1000, state="Z", mib=0)
    process(r, lost, [990, 1], "runc", state="Z", mib=0)
    return r


HOSTILE = [
    b"plain",
    b"esc\x1b[2Jclear",
    b"title\x1b]0;x\x07",
    b"c0\x01\x02\x07\x08\x0b\x0c\x0e\x0f",
    b"newline\nrow\rcr\ttab",
    b"del\x7f",
    b"c1-raw\x9b2J\x85",
    b"c1-utf8\xc2\x9b2J\xc2\x85",
    b"bidi\xe2\x80\xaetxt",
    b"isolate\xe2\x81\xa6x\xe2\x81\xa9",
    b"zero\xe2\x80\x8bwidth\xe2\x80\x8d",
    b"bom\xef\xbb\xbf",
    b"ls\xe2\x80\xa8ps\xe2\x80\xa9",
    b"non\xef\xbf\xbf\xef\xb7\x90",
    b"plane\xf0\x9f\xbf\xbe",
    b"invalid\xff\xfe\xc0\xaf",
    b"surrogate\xed\xa0\x80",
    b"cut\xe6\xbc",
    b"back\\033[31mslash",
    b"combining e\xcc\x81",
    b"\xcc\x81leading mark",
    b"zalgo" + b"a" + b"\xcc\x81" * 12,
    "全角文字全角文字全角文字全角文字全角文字全角".encode(),
    "a全角文字全角文字全角文字全角文字全角文字全角".encode(),
    "emoji 🙂🚀".encode(),
    b"unassigned\xcd\xb8\xf3\xb0\x80\x80",
    b"",
    b" ",
]


def names():
    """Names that no terminal may get to see as they are, a process each."""
    r = Recording(9000)
    r.ns(ROOT, reaper=1, pids_max=32768)
    for i, name in enumerate(HOSTILE):
        process(r, ROOT, [i + 1], name)
    box = r.ns(4026532201, ROOT, reaper=500)
    process(r, box, [500, 1], b"\x1b[31m\xe2\x80\xaeinit")
    return r


def deep():
    """All the levels that the kernel allows, one below the other."""
    r = Recording(9000)
    ino = r.ns(ROOT, reaper=1, pids_max=32768)
    process(r, ino, [1], "top")
    for level in range(1, 33):
        ino = r.ns(4026532000 + level, ino, reaper=1000 + level)
        vpids = [1000 + level] + [100 + level - i for i in range(1, level)] + [1]
        process(r, ino, vpids, f"level-{level}")
    return r


def large(namespaces, tasks_each):
    """So many that only looking at the rows on the screen keeps the keys quick. Not a file."""
    r = Recording(9000)
    r.ns(ROOT, reaper=1, pids_max=4194304)
    process(r, ROOT, [1], "top")
    pid = 1
    for i in range(namespaces):
        ino = r.ns(4026540000 + i, ROOT, reaper=pid + 1)
        for k in range(tasks_each):
            pid += 1
            process(r, ino, [pid, k + 1], f"task-{pid}", cpu=pid % 97, mib=pid % 13)
    return r


def main(arguments):
    stale = 0
    for make in (machine, later, names, deep):
        path = FIXTURES / f"top-{make.__name__}.pidns"
        made = make().bytes()
        if path.exists() and path.read_bytes() == made:
            continue
        if "--write" in arguments:
            path.write_bytes(made)
        else:
            print(f"{path.name}: not what recordings.py makes; run it with --write")
            stale += 1
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

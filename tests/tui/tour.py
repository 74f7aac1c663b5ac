#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The screens of doc/tour.md and README.md: pidns-top on a terminal, with a recorded machine, as SVG.

tour.py [--write]

Without --write it only says whether doc/tour/tour.pidns and doc/tour/*.svg are what it would write.
"""

import html
import pathlib
import sys
import unicodedata

import tui
from recordings import MIB, ROOT, SECOND, Recording

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
PICTURES = TOP / "doc/tour"
SERIES = PICTURES / "tour.pidns"

# ---- The machine ----

# 02:04:40 UTC of a day, and as long since it was started.
WALL_S = 1760011200 // 86400 * 86400 + 2 * 3600 + 4 * 60 + 40
UPTIME_S = 1300

QUEUE, LAZY, CI, CI_INNER, BURNER, DEAD = (4026532100 + i for i in (32, 41, 50, 55, 78, 70))


class Machine(Recording):
    """Moments of a small host with something the matter in most of its containers."""

    def __init__(self, at_s):
        super().__init__(UPTIME_S + at_s, provider="bpf")
        self.at_s = at_s
        self.notes = []
        self.head = (f"snapshot time_ns={(UPTIME_S + at_s) * SECOND} provider=bpf root={ROOT}"
                     f" wall_time_ns={(WALL_S + at_s) * SECOND} host=web01")

    def box(self, ino, parent, reaper, used, last, age=900, **known):
        return self.ns(ino, parent, reaper=reaper, reaper_start_ns=(UPTIME_S - age) * SECOND, owner_uid=0,
                       pids_used=used, pids_used_exact=1, last_pid=last, pids_max=32768, **known)

    def note(self, ino, name=None, limit=None, others=(), used=0):
        """All that is noted of a namespace; `others` are lines, each without it."""
        self.notes.append(f"notes ns={ino} known=limits,container,pins,zombie")
        if name:
            box_id = f"{ino * 0x9E3779B97F4A7C15 % 2**64:016x}" * 4
            self.notes.append(f"container ns={ino} name={name} id={box_id} runtime=podman source=state-file")
        if limit:
            self.notes.append(f"limit ns={ino} kind=cgroup-pids used={used} max={limit}"
                              f" source=/sys/fs/cgroup/machine.slice/libpod-{name}/pids.max error=EAGAIN is_fork=1")
        self.notes.append(f"limit ns={ino} kind=pid-max used={430 + self.at_s // 20} max=32768"
                          f" source=/proc/sys/kernel/pid_max error=EAGAIN is_fork=1")
        for line in others:
            kind, rest = line.split(" ", 1)
            self.notes.append(f"{kind} ns={ino} {rest}")

    def process(self, ns, vpids, comm, ppid=0, uid=0, state="S", cpu=0.0, mib=1.4, threads=1, age=900):
        self.task(ns, vpids, comm, ppid=ppid, state=state, uid=uid, ruid=uid,
                  start_ns=(UPTIME_S - age) * SECOND, cpu_ns=int(cpu * SECOND),
                  rss_bytes=int(mib * MIB), threads=threads)

    def bytes(self):
        namespaces, self.namespaces = self.namespaces, self.namespaces + self.notes
        whole = super().bytes().rsplit(b"\nend ", 1)[0].decode()
        self.namespaces = namespaces
        body = (f"{whole}\nend namespaces={len(namespaces)} tasks={len(self.tasks)} fnv1a64=").encode()
        return body + b"%016x\n" % fnv1a64(body)


def fnv1a64(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


def moment(at_s, burning):
    """`burning`: how many tasks the burner has; 0: it is not there."""
    m = Machine(at_s)
    m.box(ROOT, None, 1, 148 + burning, 12000 + at_s * 40, age=UPTIME_S)
    m.note(ROOT)
    queue = m.box(QUEUE, ROOT, 10314, 36, 150 + at_s // 4)
    m.note(QUEUE, "worker-queue", 40, used=36)
    lazy = m.box(LAZY, ROOT, 10429, 14, 15)
    m.note(LAZY, "cron-lazy", 100, used=14, others=[
        f"zombie pid=10430 parent=10429 start_ns={(UPTIME_S - 890) * SECOND} sigchld=default parent_is_reaper=1"])
    runner = m.box(CI, ROOT, 10633, 7, 40 + at_s // 8)
    m.note(CI, "ci-runner", 512, used=7)
    inner = m.box(CI_INNER, runner, 10669, 4, 4 + at_s // 10, age=800)
    m.note(CI_INNER)
    m.ns(DEAD, ROOT, "dead", reaper=0, owner_uid=0)
    m.note(DEAD, others=(
        "limit kind=init source=its\\040init,\\040which\\040is\\040gone error=ENOMEM is_fork=1",
        "pin kind=fd pid=10899 fd=9 parent=0 count=1",
        "pin kind=for-children pid=10980 fd=0 parent=0 count=1"))

    m.process(ROOT, [1], "systemd", mib=12, cpu=4, age=UPTIME_S)
    m.process(ROOT, [2], "kthreadd", mib=0, age=UPTIME_S)
    m.process(ROOT, [612], "sshd", ppid=1, mib=8, age=1290)
    m.process(ROOT, [700], "nginx", ppid=1, mib=14, cpu=30 + at_s * 0.11, age=1200)
    m.process(ROOT, [701], "nginx", ppid=700, uid=33, mib=30, cpu=60 + at_s * 0.32, age=1200)
    m.process(ROOT, [10298], "conmon", ppid=1, mib=3)
    m.process(ROOT, [10899], "bash", ppid=612, mib=5, age=700)
    m.process(ROOT, [10980], "sleep", ppid=10899, age=650)
    m.process(queue, [10314, 1], "queue", ppid=10298, mib=9, cpu=2 + at_s * 0.02)
    for i in range(35):
        m.process(queue, [10327 + i, 2 + i], "worker", ppid=10314, uid=1000, cpu=0.1 * i + at_s * 0.001 * i)
    m.process(lazy, [10429, 1], "tail", ppid=10298)
    for i in range(12):
        m.process(lazy, [10430 + i, 2 + i], "backup.sh", ppid=10429, state="Z", mib=0, age=890 - i)
    m.process(lazy, [10450, 15], "crond", ppid=10429)
    m.process(runner, [10633, 1], "runner", ppid=10298, mib=40, cpu=12 + at_s * 0.01)
    m.process(runner, [10634, 20], "git", ppid=10633, mib=6)
    m.process(runner, [10640, 21], "make", ppid=10633, mib=4)
    m.process(inner, [10669, 30, 1], "sh", ppid=10633, age=800)
    for i in range(3):
        m.process(inner, [10670 + i, 31 + i, 2 + i], "cc1", ppid=10669, mib=80 + 8 * i, cpu=at_s * 0.3, age=20)
    if burning:
        burner = m.box(BURNER, ROOT, 11200, burning, burning, age=-10)
        m.note(BURNER, "burner", 8, used=burning)
        m.process(burner, [11200, 1], "burn", ppid=10298, cpu=at_s * 0.4, age=-10)
        for i in range(burning - 1):
            m.process(burner, [11201 + i, 2 + i], "burn", ppid=11200, cpu=at_s * 0.02, age=-11)
    return m.bytes()


def series():
    return b"".join(moment(20 * i, burning) for i, burning in enumerate((0, 5, 8, 8, 0)))


# ---- A screen as SVG ----

COLOURS = {"black": "#1c1c1c", "red": "#ff6b6b", "green": "#7bc275", "brown": "#e5c07b", "yellow": "#e5c07b",
           "blue": "#6ca8f0", "magenta": "#c792ea", "cyan": "#56b6c2", "white": "#d8d8d8", "default": "#d8d8d8",
           "brightblack": "#808080"}
GROUND = "#1c1c1c"
WIDTH, HEIGHT, MARGIN = 8.4, 17, 10


def looks_of(char):
    """Its colour, what it stands on, and whether it is bold."""
    front, back = COLOURS.get(char.fg, "#d8d8d8"), GROUND if char.bg == "default" else COLOURS[char.bg]
    if char.bg not in ("default", "black") and char.fg in ("default", "black"):
        front = GROUND
    if char.reverse:
        front, back = back, front
    return front, back, char.bold


def columns_of(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pieces_of(line, columns):
    """(x, text, looks) of what looks alike."""
    pieces = []
    for x in range(columns):
        char = line[x]
        if not char.data:
            continue
        looks = looks_of(char)
        if pieces and pieces[-1][2] == looks:
            pieces[-1][1] += char.data
        else:
            pieces.append([x, char.data, looks])
    return pieces


def svg(screen, title):
    width, height = screen.columns * WIDTH + 2 * MARGIN, screen.lines * HEIGHT + 2 * MARGIN
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}">',
             f"<title>{html.escape(title)}</title>",
             f'<rect width="100%" height="100%" rx="6" fill="{GROUND}"/>',
             '<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">']
    for y in range(screen.lines):
        for x, text, (front, back, is_bold) in pieces_of(screen.buffer[y], screen.columns):
            at_x, at_y = MARGIN + x * WIDTH, MARGIN + y * HEIGHT
            long = columns_of(text) * WIDTH
            if back != GROUND:
                lines.append(f'<rect x="{at_x:g}" y="{at_y:g}" width="{long:g}" height="{HEIGHT}" fill="{back}"/>')
            if not text.strip():
                continue
            bold = ' font-weight="bold"' if is_bold else ""
            lines.append(f'<text x="{at_x:g}" y="{at_y + 13:g}" textLength="{long:g}" fill="{front}"{bold}>'
                         f"{html.escape(text)}</text>")
    return "\n".join([*lines, "</g>", "</svg>", ""])


# ---- The tour ----

def steps():
    """(name, title, keys, what is then on the screen), one after another."""
    yield "namespaces", "The namespaces of a machine", [], "cron-lazy"
    yield "near", "Only those that are near a limit", ["2", "Down"], "pids.max 36/40"
    yield "lazy", "Zombies, and who should reap them", ["Esc", "3", "Down", "Enter"], "should reap it"
    yield "vpid", "PID 7 of worker-queue", ["Esc", "Esc", "/", *"worker", "Enter", "Enter", "#", "7", "Enter"], "10332"
    yield "details", "All about one namespace", ["Esc", "i"], "IN USE"
    yield "events", "What happened", ["Esc", "e"], "-namespace"
    yield "past", "Forty seconds ago", ["Esc", "[", "[", "/", *"burner", "Enter"], "REPLAY -40s"
    yield "compare", "What is different", ["=", "}", "="], "gone"


def command(*arguments):
    """The viewer where the file is called what it is called there."""
    return ["sh", "-c", f'cd {PICTURES} && exec "$0" --from {SERIES.name} "$@"', tui.TOP, *arguments]


def pictures():
    """{file name: contents}"""
    made = {}
    with tui.Top(command=command(), columns=104, rows=30) as top:
        for name, title, keys, sign in steps():
            for key in keys:
                top.press(key)
                top.wait("quiet", lambda: not top.read(0.3))
            top.wait(sign, lambda s=sign: not top.read(0.3) and s in top.text())
            made[f"{name}.svg"] = svg(top.screen, f"pidns-top: {title}")
    return made


def main(arguments):
    wanted = {SERIES: series()}
    stale = 0
    if "--write" in arguments:
        SERIES.write_bytes(wanted[SERIES])
        PICTURES.mkdir(exist_ok=True)
    wanted.update({PICTURES / name: text.encode() for name, text in pictures().items()})
    for path, contents in wanted.items():
        if path.exists() and path.read_bytes() == contents:
            continue
        if "--write" in arguments:
            path.write_bytes(contents)
        else:
            print(f"{path.relative_to(TOP)}: not what tour.py makes; run it with --write and look at it")
            stale += 1
    shown = {f"tour/{name}" for name in (path.name for path in wanted) if name.endswith(".svg")}
    text = (TOP / "doc/tour.md").read_text(encoding="utf-8")
    for name in sorted(name for name in shown if f"({name})" not in text):
        print(f"doc/tour.md: does not show {name}")
        stale += 1
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

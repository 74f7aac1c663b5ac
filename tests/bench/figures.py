# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests/bench/run makes of its figures: medians, fits, tables, and the goals beside them."""
import math
import statistics

SIZES = {"S": (50, 10), "M": (500, 20), "L": (2000, 50)}
# M nested: chains of three namespaces, so that two of three have others below them.
NESTED = (167, 20, 3)
NESTED_ROUNDS = 3
# Growth is fitted over these: namespaces and tasks in each.
SHAPES = [(20, 50), (63, 50), (200, 50), (632, 50), (2000, 50)]
QUICK_SHAPES = SHAPES[:3]
# Few tasks in many namespaces tell the memory of the one from that of the other.
THIN = (2000, 2)
RUNS = {"S": 9, "M": 5, "L": 3}
QUICK_RUNS = {"S": 3, "M": 2, "L": 1}
LSNS_LIMIT_S = 30
VIEWER_S = 8

LSNS = "lsns -t pid"
PS = "ps -eo pid,ppid,pidns,comm"
ASKED = "pidns ps --raw -o pid,ns,vpids"
RAW = ASKED + " --provider procfs"
RAW_STATUS = "the same by status"
RAW_BPF = "the same by bpf, its start included"
LIST_BPF = "pidns list --all"
# How many snapshots are taken in one process, and how often, each way in turn.
TAKES = 5
ROUNDS = 5
CHANGES = 100  # of tasks between two snapshots: half of them end, half are born


def median(costs, key):
    return statistics.median(cost[key] for cost in costs)


def was_stopped(costs):
    return any(cost["status"] == -24 for cost in costs)  # SIGXCPU


def table(headings, rows):
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [headings, *rows]) for i in range(len(headings))]
    lines = ["| " + " | ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                               for i, (cell, width) in enumerate(zip(row, widths))) + " |"
             for row in [headings, *rows]]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    print("\n".join(lines) + "\n")


def exponent(points):
    """Slope of the least squares line through (log tasks, log CPU)."""
    xs = [math.log(p["tasks"]) for p in points]
    ys = [math.log(p["cpu_ms"]) for p in points]
    mx, my = statistics.fmean(xs), statistics.fmean(ys)
    return sum((x - mx) * (y - my) for x, y in zip(xs, ys)) / sum((x - mx) ** 2 for x in xs)


def solve(matrix, vector):
    """Gauss, for the three unknowns of the memory fit."""
    rows = [list(row) + [value] for row, value in zip(matrix, vector)]
    size = len(rows)
    for i in range(size):
        pivot = max(range(i, size), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(size):
            if r != i:
                factor = rows[r][i] / rows[i][i]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i])]
    return [row[-1] / row[i] for i, row in enumerate(rows)]


def memory_slopes(points):
    """Least squares of private = base + tasks * a + namespaces * b, in bytes."""
    terms = [(1.0, p["tasks"] / 1e3, p["namespaces"] / 1e3) for p in points]
    values = [p["private_kib"] * 1024.0 for p in points]
    matrix = [[sum(t[i] * t[j] for t in terms) for j in range(3)] for i in range(3)]
    base, a, b = solve(matrix, [sum(t[i] * v for t, v in zip(terms, values)) for i in range(3)])
    return base, a / 1e3, b / 1e3


def beyond_base(point):
    """Which part of what goal 6 allows beyond the base this forest takes."""
    return (point["private_kib"] - point["base_kib"]) * 1024 / \
        (176 * point["tasks"] + 256 * point["namespaces"])


def memory_beyond_base(points):
    return max(map(beyond_base, points))


def goals(results):
    """(goal, wanted, found, met) of performance goals 1, 2 and 4 to 9, as far as measured."""
    def ratio(size, name, other=LSNS):
        figures = results["sizes"].get(size, {})
        if name in figures and other in figures:
            return median(figures[name], "cpu_ms") / median(figures[other], "cpu_ms")
        return None

    def of_proc(name):
        takes = results.get("takes", {})
        return takes[name]["take_ms"] / takes["proc everything"]["take_ms"] \
            if name in takes else None

    def of_cold(name):
        """A snapshot after some changes, of the first one with all that it takes to begin."""
        cost = results.get("takes", {}).get(f"{name}, {CHANGES} changes")
        return cost["take_ms"] / (cost["open_ms"] + cost["first_ms"]) if cost else None

    def per_task(name):
        return median(nested[name], "cpu_ms") / median(nested[name], "tasks")

    def of_htop(name):
        return viewers[name]["share"] / viewers["htop"]["share"] \
            if {name, "htop"} <= set(viewers) else None

    nested = results.get("nested")
    growth = results.get("growth")
    viewers = results.get("viewers", {})
    large = results["sizes"].get("L", {}).get(RAW)
    rows = [
        ("1 CPU of lsns at S", 0.35, ratio("S", RAW)),
        ("1 CPU of lsns at M", 0.15, ratio("M", RAW)),
        ("1 by status, CPU of lsns at M", 0.40, ratio("M", RAW_STATUS)),
        ("1 CPU at L, of lsns until it is stopped", 0.05, ratio("L", RAW)),
        ("2 bpf once, CPU of lsns at M", 1 / 12, ratio("M", RAW_BPF)),
        ("2 bpf once, CPU at L, of lsns until it is stopped", 1 / 80, ratio("L", RAW_BPF)),
        ("2 bpf in process, everything, of readlink and status", 1 / 15, of_proc("bpf everything")),
        ("2 bpf in process, numbers, of readlink and status", 1 / 50, of_proc("bpf numbers")),
        ("4 bpf in process, namespaces only, CPU of lsns at M", 1 / 200,
         results["takes"]["bpf namespaces"]["take_ms"] / median(results["sizes"]["M"][LSNS], "cpu_ms")
         if "bpf namespaces" in results.get("takes", {}) and LSNS in results["sizes"].get("M", {})
         else None),
        ("5 by procfs, share of a CPU, of htop's at M", 0.25, of_htop("pidns-top by procfs")),
        ("5 by bpf, share of a CPU, of htop's at M", 0.1, of_htop("pidns-top by bpf")),
        ("5 procfs, numbers, 100 changes, of its cold snapshot", 0.35, of_cold("procfs numbers")),
        ("5 procfs, as the viewer asks, the same", 0.35, of_cold("procfs viewer")),
        ("5 bpf, as the viewer asks, the same", 0.35, of_cold("bpf viewer")),
        ("6 peak at L, MiB", 24, median(large, "peak_kib") / 1024 if large else None),
    ]
    rows += [
        ("8 M nested by procfs, CPU a task of M flat", 1.35, per_task("nested") / per_task("flat")
         if nested else None),
        ("9 pidns, CPU of lsns at M", 0.15, ratio("M", "pidns")),
        ("9 pidns, CPU of lsns at S", 0.9, ratio("S", "pidns")),
        ("9 pidns doctor, CPU of lsns at M", 0.4, ratio("M", "pidns doctor")),
        ("9 pidns show NS, CPU of lsns at M", 0.15, ratio("M", "pidns show NS")),
        ("9 pidns why NS, CPU of lsns at M", 0.15, ratio("M", "pidns why NS")),
    ]
    if growth:
        rows += [
            ("6 beyond the base, of 176 B a task + 256 B a namespace", 1,
             memory_beyond_base([*growth, results["thin"]])),
            (f"7 exponent, {growth[0]['tasks']:,} to {growth[-1]['tasks']:,} tasks", 1.08,
             exponent(growth)),
        ]
        if "bpf" in growth[0]:
            by_bpf = [p["bpf"] for p in growth]
            rows += [
                ("6 by bpf, beyond the base", 1,
                 memory_beyond_base([*by_bpf, results["thin"]["bpf"]])),
                ("7 by bpf, exponent of one picture of many", 1.08, exponent(by_bpf)),
            ]
    return [(name, wanted, found) for name, wanted, found in rows if found is not None]


def print_goals(results):
    print("Goals (numbers as in the project's list)\n")
    table(["goal", "at most", "found", ""],
          [[name, f"{wanted:.3g}", f"{found:.4f}" if found < 0.1 else
            f"{found:.3f}" if found < 10 else f"{found:.1f}",
            "met" if found <= wanted else "missed"] for name, wanted, found in goals(results)])

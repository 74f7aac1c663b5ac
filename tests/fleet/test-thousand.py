#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A fleet: Debian's Prometheus scrapes 1,000 nodes of 10 namespaces each, which are recordings that pidns
metrics tells of. All expressions of the rules and of the dashboard are answered; what it costs is printed,
and held to bounds. For soaks: about three minutes. All of it is on 127.0.0.1. PIDNS_NAMESPACES is another
number of namespaces, for by hand.

How long it takes is the machine's affair: it is waited for as long as scrapes succeed that are still needed."""

import contextlib
import http.server
import importlib
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[1:1] = [str(TOP / "tests/cli"), str(TOP / "tests/fleet")]

import seal

fleet = importlib.import_module("test-prometheus")

NODES, NAMESPACES = 1000, int(os.environ.get("PIDNS_NAMESPACES", "10"))
INTERVAL_S = 30
SCRAPES = 3
MOST_MEMORY, MOST_ANSWER_S = 2 << 30, 30  # of processor time: rules and scrapes, which go on, included
LONGEST_S = 1500  # an answer on a machine that is busy with other things
STANDSTILL_S = 5 * INTERVAL_S
# All of the run is within an hour. A scrape that a busy machine missed leaves a gap, not a failure.
SUCCEEDED = "sum_over_time(up{job='pidns'}[1h])"
KEPT = "count(last_over_time(pidns_namespace_info[1h]))"
ROOT = 4026531836
CONFIG = """
global: {{scrape_interval: {interval}s, scrape_timeout: {interval}s, evaluation_interval: {interval}s}}
rule_files: [{rules}]
scrape_configs:
  - job_name: pidns
    file_sd_configs: [{{files: [{targets}]}}]
  - job_name: self
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


def fullness(node, i):
    """Of the limit of a container, in percent; some have none left."""
    return (node + i) % 101


FULL = sum(fullness(node, i) == 100 for node in range(NODES) for i in range(1, NAMESPACES))


def recording(node):
    """A machine of containers, some of which are near a limit or have zombies."""
    lines = ["pidns-recording 1",
             f"snapshot time_ns=9000000000000 provider=procfs flags=- cannot_see=- root={ROOT}",
             f"ns ino={ROOT} cookie=1 level=0 depth=0 state=alive reaper=1 pids_used=200 pids_max=4194304 "
             "processes=60 threads=80 zombies=0 joined=0"]
    for i in range(1, NAMESPACES):
        ino, full = ROOT + 400 + i, fullness(node, i)
        lines += [
            f"ns ino={ino} cookie={i + 1} parent={ROOT} level=1 depth=1 state=alive reaper={100 + i} "
            f"pids_used={full} pids_max=4194304 processes={full} threads={full} zombies={i % 7 == 0:d} joined=0",
            f"notes ns={ino} known=limits,container,zombie",
            f"container ns={ino} name=job-{i} id={node:032x}{i:032x} runtime=containerd source=cgroup "
            f"pod=shop/job-{i}-{node}",
            f"limit ns={ino} kind=cgroup-pids used={full} max=100 hits=0 source=/sys/fs/cgroup/{i}/pids.max "
            "error=EAGAIN is_fork=1",
        ]
    return seal.seal("\n".join(lines).encode() + b"\n")


def texts(folder):
    """What pidns metrics says on each node."""
    made = []
    for node in range(NODES):
        path = folder / "node.pidns"
        path.write_bytes(recording(node))
        made.append(subprocess.run([fleet.PIDNS, "metrics", "--from", path], check=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)
    return made


class Nodes(http.server.BaseHTTPRequestHandler):
    texts = []

    def do_GET(self):
        text = self.texts[int(self.path[1:])]
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):  # it was too late
            self.wfile.write(text)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = NODES  # all of them at once, with none turned away


class Thousand(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.addClassCleanup(cls.stack.close)
        folder = pathlib.Path(cls.stack.enter_context(tempfile.TemporaryDirectory()))
        began = time.monotonic()
        Nodes.texts = texts(folder)
        cls.export_s = (time.monotonic() - began) / NODES
        server = Server(("127.0.0.1", 0), Nodes)
        cls.stack.callback(server.server_close)
        cls.stack.callback(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cls.port, = fleet.free_ports(1)
        targets = [{"targets": [f"127.0.0.1:{server.server_port}"],
                    "labels": {"__metrics_path__": f"/{node}", "instance": f"node-{node}"}}
                   for node in range(NODES)]
        (folder / "targets.json").write_text(json.dumps(targets), encoding="utf-8")
        (folder / "prometheus.yml").write_text(
            CONFIG.format(interval=INTERVAL_S, rules=fleet.FLEET / "alerts.yml", port=cls.port,
                          targets=folder / "targets.json"), encoding="utf-8")
        cls.prometheus = subprocess.Popen(
            ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/db",
             f"--query.timeout={LONGEST_S}s", f"--web.listen-address=127.0.0.1:{cls.port}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (64 << 30, 64 << 30)))
        cls.stack.callback(cls.prometheus.wait)
        cls.stack.callback(cls.prometheus.terminate)
        cls.began = time.monotonic()

    query, wait_for = classmethod(fleet.Prometheus.query.__func__), classmethod(
        fleet.Prometheus.wait_for.__func__)
    patience_s = LONGEST_S

    def number(self, expression):
        return float(self.query(expression)[0]["value"][1])

    def status(self, key):
        text = pathlib.Path(f"/proc/{self.prometheus.pid}/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) for line in text.splitlines() if line.startswith(key))

    def scrapes_left(self):
        """How many are still needed; before the first has ended, Prometheus knows of none."""
        with contextlib.suppress(urllib.error.URLError, ConnectionError, IndexError):
            return NODES * SCRAPES - self.number(f"sum(clamp_max({SUCCEEDED}, {SCRAPES}))")
        return NODES * SCRAPES

    def wait_for_scrapes(self):
        """SCRAPES that succeeded, of each node. Each that does brings it nearer; where none does, it has failed."""
        least, since = NODES * SCRAPES, time.monotonic()
        while left := self.scrapes_left():
            self.assertIsNone(self.prometheus.poll(), "Prometheus has ended")
            if left < least:
                least, since = left, time.monotonic()
            self.assertLess(time.monotonic() - since, STANDSTILL_S,
                            f"{left:.0f} scrapes are missing, and no more succeed")
            time.sleep(1)

    def cpu_s(self):
        fields = pathlib.Path(f"/proc/{self.prometheus.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def test_all_nodes_are_kept(self):
        self.wait_for_scrapes()
        all_s = time.monotonic() - self.began
        self.assertEqual(self.number(KEPT), NODES * NAMESPACES)
        missed = self.number(f"sum(count_over_time(up{{job='pidns'}}[1h])) - sum({SUCCEEDED})")
        slowest = (0, "")
        for expression in fleet.expressions():
            asked = self.cpu_s()
            self.query(expression)
            slowest = max(slowest, (self.cpu_s() - asked, expression))
        series = self.number("prometheus_tsdb_head_series")
        memory = self.status("VmHWM:") << 10
        cpu = self.cpu_s() / (time.monotonic() - self.began)
        # Of what a busy machine missed there is nothing to be learnt.
        scrape = self.number("quantile(0.5, quantile_over_time(0.5, scrape_duration_seconds{job='pidns'}[1h]))")
        samples = self.number("avg(max_over_time(scrape_samples_scraped{job='pidns'}[1h]))")
        print(f"\n{NODES} nodes of {NAMESPACES}, {SCRAPES} scrapes of each in {all_s:.0f} s, {missed:.0f} missed: "
              f"{series:.0f} series, "
              f"{samples:.0f} a node in "
              f"{sum(map(len, Nodes.texts)) // NODES} bytes; a scrape {1000 * scrape:.1f} ms, pidns metrics "
              f"{1000 * self.export_s:.1f} ms; Prometheus {memory >> 20} MiB at most, {100 * cpu:.0f} % of a "
              f"processor; the costliest expression {slowest[0]:.1f} s of it: {slowest[1]}", flush=True)
        self.assertLess(memory, MOST_MEMORY)
        self.assertLess(slowest[0], MOST_ANSWER_S)
        # Each of those that are full, and no other.
        alerts = "count by (instance, ino) (last_over_time(ALERTS{alertname='PidLimitReached'}[1h]))"
        self.wait_for(f"count({alerts}) >= {FULL}")
        self.assertEqual(self.number(f"count({alerts})"), FULL)


if __name__ == "__main__":
    if os.environ.get("PIDNS_SOAK") != "1":
        print("skipped: only with PIDNS_SOAK=1")
        sys.exit(0)
    sys.exit(0 if unittest.main(argv=[sys.argv[0], "-v"], exit=False).result.wasSuccessful() else 1)

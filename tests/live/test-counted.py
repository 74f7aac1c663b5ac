#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""pidns metrics --listen counts what is refused while it runs."""
import contextlib
import re
import signal
import socket
import subprocess
import unittest
import urllib.request

import live

REFUSED = "echo 0 >/proc/sys/user/max_user_namespaces; unshare --user true"


def setUpModule():
    live.need_root()
    live.need_tool("unshare")


@contextlib.contextmanager
def exporter(*wrap):
    """A running one, as a function that gives {series: number}."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/metrics"

    def scrape():
        with urllib.request.urlopen(url, timeout=60) as answer:
            text = answer.read().decode()
        return {name: float(number)
                for name, number in re.findall(r"(?m)^(\w+(?:\{.*\})?) (\S+)$", text)}

    def answers():
        with contextlib.suppress(OSError):
            return scrape()
        return None

    with subprocess.Popen([*wrap, live.PIDNS, "metrics", f"--listen={port}"],
                          stderr=subprocess.PIPE) as process:
        try:
            live.wait_until(answers, "an answer")
            yield scrape
            process.send_signal(signal.SIGTERM)
            if process.wait(60):
                raise AssertionError(f"SIGTERM: exit code {process.returncode}")
        finally:
            process.kill()


def refused(series, errno="ENOSPC"):
    return {name: number for name, number in series.items()
            if name.startswith(f'pidns_fork_refused_total{{errno="{errno}"')}


class Counted(unittest.TestCase):
    def test_a_user_namespace_too_many(self):
        live.need_bpf()
        with exporter() as scrape:
            before = scrape()
            self.assertEqual(before['pidns_cannot_see{what="refused"}'], 0)
            self.assertIn("pidns_events_lost_total", before)
            # There before the first one, for without that nothing increases.
            self.assertTrue(refused(before))
            for _ in range(3):
                done = subprocess.run(["unshare", "--user", "--map-root-user", "sh", "-c", REFUSED],
                                      stderr=subprocess.PIPE, check=False)
                self.assertIn(b"No space left", done.stderr)
            live.wait_until(lambda: sum(refused(scrape()).values()) >=
                            sum(refused(before).values()) + 3, "three refusals")
            after = scrape()
            if not after['pidns_cannot_see{what="refused-limits"}']:
                name = 'pidns_fork_refused_total{errno="ENOSPC",kind="user-namespaces"}'
                self.assertGreaterEqual(after[name], before[name] + 3)

    def test_who_may_not(self):
        """The exporter works without, and says so."""
        with exporter("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--reuid=65534",
                      "--clear-groups") as scrape:
            series = scrape()
            self.assertEqual(series['pidns_cannot_see{what="refused"}'], 1)
            self.assertEqual(series['pidns_cannot_see{what="refused-limits"}'], 1)
            self.assertEqual(refused(series), {})


if __name__ == "__main__":
    live.main()

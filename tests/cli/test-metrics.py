#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""pidns metrics: a format that Prometheus reads, of any snapshot, over any of its ways."""

import contextlib
import http.client
import os
import pathlib
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import unittest

import cli
import seal

SAMPLE = re.compile(r'(\w+)(?:\{(.*)\})? (\S+)')
LABEL = re.compile(r'(\w+)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)')
LABEL_MAX = 256


def promtool(text):
    """What Prometheus's own checker has to say; nothing where all is well."""
    if not shutil.which("promtool"):
        raise unittest.SkipTest("promtool is not installed (package prometheus)")
    done = subprocess.run(["promtool", "check", "metrics"], input=text.encode(),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.stdout.decode() if done.stdout or not done.returncode else "promtool failed"


def samples(text):
    """[(name, {label: value}, number)]; labels are taken apart to the last byte."""
    found = []
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, labels, number = SAMPLE.fullmatch(line).groups()
        labels = labels or ""
        pairs = LABEL.findall(labels)
        if labels != ",".join(f'{key}="{value}"' for key, value in pairs):
            raise AssertionError(f"not labels: {labels}")
        found.append((name, dict(pairs), float(number)))
    return found


def of(found, name, **labels):
    return [number for a_name, has, number in found
            if a_name == name and labels.items() <= has.items()]


def page(*arguments):
    done = cli.run("metrics", *arguments)
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout.decode("utf-8", "strict")


def fixture(name):
    return str(cli.FIXTURES / f"{name}.pidns")


class Format(unittest.TestCase):
    def test_every_fixture(self):
        for path in sorted(cli.FIXTURES.glob("*.pidns")):
            with self.subTest(path.name):
                text = page("--from", str(path))
                self.assertEqual(promtool(text), "")
                names = [(name, tuple(sorted(labels.items()))) for name, labels, _ in samples(text)]
                self.assertEqual(len(names), len(set(names)), "a series twice")

    def test_this_machine(self):
        self.assertEqual(promtool(page()), "")

    def test_labels_are_bounded_and_escaped(self):
        for name in ("hostile", "notes", "top-names"):
            for _, labels, _ in samples(page("--from", fixture(name))):
                for value in labels.values():
                    value = value.replace('\\"', '"').replace("\\\\", "\\")
                    self.assertLessEqual(len(value.encode()), LABEL_MAX)
                    self.assertTrue(value.isprintable(), repr(value))

    def test_hostile_container(self):
        """Quotes, backslashes, newlines, and more bytes than a label may have."""
        text = pathlib.Path(fixture("notes")).read_bytes()
        wanted = b'a"b\\\\c\nd' + b"x" * 1000
        changed, nr = re.subn(rb"(?m)^(container .*?)\bweb\b", lambda m: m[1] + cli.word(wanted), text)
        self.assertTrue(nr, "the fixture has no container of that name")
        with tempfile.NamedTemporaryFile(suffix=".pidns") as file:
            file.write(seal.seal(changed))
            file.flush()
            out = page("--from", file.name)
        self.assertEqual(promtool(out), "")
        self.assertIn('container="a\\"b\\\\134\\\\134c\\\\012dxxx', out)


class Figures(unittest.TestCase):
    def test_they_are_those_of_list(self):
        for name in ("notes", "forest", "patched", "full"):
            found = samples(page("--from", fixture(name)))
            namespaces = cli.document("list", "--from", fixture(name))[0]["namespaces"]
            namespaces = [ns for ns in namespaces if ns["ino"] is not None]
            self.assertEqual(sum(of(found, "pidns_namespaces")), len(namespaces))
            for ns in namespaces:
                ino = str(ns["ino"])
                for family, key in (("pidns_pids", "pids_used"), ("pidns_threads", "threads"),
                                    ("pidns_processes", "processes"), ("pidns_zombies", "zombies"),
                                    ("pidns_pids_limit", "pids_max"), ("pidns_joined", "joined"),
                                    ("pidns_alloc_failures_total", "alloc_failures"),
                                    ("pidns_pids_peak", "pids_peak")):
                    wanted = [] if ns[key] is None else [float(ns[key])]
                    self.assertEqual(of(found, family, ino=ino), wanted, (name, family, ino))

    def test_what_is_out_of_sight(self):
        found = samples(page("--from", fixture("forest")))
        words = cli.document("list", "--from", fixture("forest"))[0]["cannot_see"]
        seen = {labels["what"]: number for name, labels, number in found
                if name == "pidns_cannot_see"}
        # A page that is written once counts no refusals.
        self.assertEqual({word for word, number in seen.items() if number},
                         {*words, "refused", "refused-limits"})
        self.assertNotIn("pidns_fork_refused_total", {name for name, _, _ in found})
        self.assertLess(len(words), len(seen))

    def test_findings(self):
        found = samples(page("--from", fixture("ailing")))
        findings = cli.document("doctor", "--from", fixture("ailing"))[0]["findings"]
        self.assertTrue(findings)
        for kind in {finding["kind"] for finding in findings}:
            self.assertEqual(of(found, "pidns_findings", kind=kind),
                             [sum(finding["kind"] == kind for finding in findings)])

    def test_top(self):
        every = samples(page("--from", fixture("forest")))
        some = samples(page("--top", "2", "--from", fixture("forest")))
        self.assertEqual(len(of(some, "pidns_namespace_info")), 2)
        self.assertEqual(of(some, "pidns_namespaces_left_out"),
                         [len(of(every, "pidns_namespace_info")) - 2])
        for family in ("pidns_threads", "pidns_processes", "pidns_zombies"):
            self.assertEqual(sum(of(some, family)), sum(of(every, family)), family)
            self.assertEqual(len(of(some, family, ino="other")), 1)
        self.assertEqual(of(some, "pidns_pids_limit", ino="other"), [])
        self.assertEqual(of(samples(page("--top", "0", "--from", fixture("forest"))),
                            "pidns_namespace_info"), [])


class Ways(unittest.TestCase):
    def test_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "pidns.prom")
            path.write_text("old", encoding="utf-8")
            done = cli.run("metrics", "--from", fixture("notes"), "-w", str(path))
            self.assertEqual((done.returncode, done.stdout), (0, b""))
            self.assertIn("pidns_build_info", path.read_text(encoding="utf-8"))
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o644)
            self.assertEqual(os.listdir(folder), ["pidns.prom"])
            # What the link points to belongs to another user.
            victim = pathlib.Path(folder, "victim")
            victim.write_text("precious", encoding="utf-8")
            path.unlink()
            path.symlink_to(victim)
            cli.run("metrics", "--from", fixture("notes"), "-w", str(path))
            self.assertEqual(victim.read_text(encoding="utf-8"), "precious")

    def test_file_that_cannot_be(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "d"))
            for path in (f"{folder}/none/x.prom", f"{folder}/d"):
                done = cli.run("metrics", "--from", fixture("notes"), "-w", path)
                self.assertEqual(done.returncode, 5)
                self.assertEqual(done.stderr.count(b"\n"), 1)
            done = cli.run("metrics", "--from", f"{folder}/none", "-w", f"{folder}/x.prom")
            self.assertEqual(done.returncode, 5)
            self.assertEqual(os.listdir(folder), ["d"])

    def test_full_disk(self):
        with open("/dev/full", "wb") as full:
            self.assertEqual(cli.run("metrics", stdout=full).returncode, 5)

    def test_usage(self):
        for words in (["--top", "x"], ["--top", "-1"], ["--listen=host:1"], ["--listen=1.2.3.4"],
                      ["--listen=::1:80"], ["--listen=127.0.0.1:99999"], ["--listen=127.0.0.1:0"],
                      ["--listen=65536"], ["--listen=4294967376"], ["--listen=127.0.0.1:"], ["--listen=:99999"], ["--json"],
                      ["-w", "x", "--listen"], ["operand"]):
            done = cli.run("metrics", "--from", fixture("notes"), *words)
            self.assertEqual((done.returncode, done.stdout), (2, b""), words)


@contextlib.contextmanager
def server(*words, sockets=()):
    """A running one, and its port."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        environment = dict(os.environ)
        if sockets:
            probe.listen()
            prelude = f'export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@" 3<&{probe.fileno()}'
        else:
            probe.close()
            prelude = 'exec "$@"'
            words = (f"--listen={port}", *words)
        with subprocess.Popen(["sh", "-c", prelude, "sh", cli.PIDNS, "metrics", "--from",
                               fixture("notes"), *words], env=environment,
                              pass_fds=[probe.fileno()] if sockets else []) as process:
            try:
                while process.poll() is None:
                    with contextlib.suppress(ConnectionRefusedError):
                        socket.create_connection(("127.0.0.1", port)).close()
                        break
                yield port
                process.send_signal(signal.SIGTERM)
                if process.wait(cli.DEADLINE_S) != 0:
                    raise AssertionError(f"SIGTERM: exit code {process.returncode}")
            finally:
                process.kill()


def ask(port, method="GET", url="/metrics", body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=cli.DEADLINE_S)
    with contextlib.closing(connection):
        connection.request(method, url, body)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type"), answer.read().decode()


class Http(unittest.TestCase):
    def test_answers(self):
        with server() as port:
            status, kind, text = ask(port)
            self.assertEqual((status, kind), (200, "text/plain; version=0.0.4; charset=utf-8"))
            self.assertEqual(promtool(text), "")
            self.assertEqual(ask(port, url="/metrics?x=1")[0], 200)
            self.assertEqual(ask(port, "HEAD")[::2], (200, ""))
            for url in ("/", "/metrics/", "//metrics", "/../metrics"):
                self.assertEqual(ask(port, url=url)[0], 404, url)
            for method in ("POST", "PUT", "DELETE", "OPTIONS"):
                self.assertEqual(ask(port, method, body="x" * 5000)[0], 405, method)

    def test_clients_that_misbehave(self):
        """Garbage, endless headers, and many that say nothing: the next one is answered."""
        with server() as port, contextlib.ExitStack() as open_ones:
            for raw in (b"\0\1\2\3\r\n\r\n", b"GET /metrics HTTP/9.9\r\n\r\n",
                        b"GET /" + b"a" * 100000, b"GET /metrics HTTP/1.1\r\n" + b"a: b\r\n" * 20000):
                with contextlib.closing(socket.create_connection(("127.0.0.1", port))) as one:
                    with contextlib.suppress(ConnectionError):
                        one.sendall(raw)
            for _ in range(80):
                one = socket.create_connection(("127.0.0.1", port))
                open_ones.enter_context(contextlib.closing(one))
                one.sendall(b"GET /met")
            self.assertEqual(ask(port)[0], 200)

    def test_refusals_of_a_recording(self):
        with server() as port:
            found = samples(ask(port)[2])
            self.assertEqual(of(found, "pidns_cannot_see", what="refused"), [1])
            self.assertEqual(of(found, "pidns_fork_refused_total"), [])

    def test_passed_socket(self):
        with server("--listen", sockets=[3]) as port:
            self.assertEqual(ask(port)[0], 200)

    def test_taken_port(self):
        with server() as port:
            done = cli.run("metrics", "--from", fixture("notes"), f"--listen={port}")
            self.assertEqual(done.returncode, 5)
            self.assertRegex(done.stderr, rb"in use")


if __name__ == "__main__":
    result = unittest.main(exit=False).result
    sys.exit(cli.must_work(result))

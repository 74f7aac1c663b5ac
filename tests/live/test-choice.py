#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Which provider a caller gets unasked, and what is said where bpf cannot be had."""
import os
import subprocess
import unittest

import live


def setUpModule():
    live.need_root()
    live.need_tool("unshare", "setpriv", "prlimit", "mount")
    if live.kernel_release() >= live.BPF_FIRST:
        live.need_bpf()


def load_tests(_, standard, __):
    """What there is to say of an older kernel, or all else."""
    is_old = live.kernel_release() < live.BPF_FIRST
    return unittest.TestSuite(suite for suite in standard
                              if any(isinstance(test, TooOld) for test in suite) == is_old)


def deny_bpf(error):
    return live.deny(live.SYS_BPF, error)


def without(*capabilities):
    names = ",".join(f"-{name}" for name in capabilities)
    return ("setpriv", "--bounding-set", names, "--inh-caps", names, "--")


class TooOld(unittest.TestCase):
    """It has bpf(2), and not all that the programs need: that is said, and procfs is asked."""

    def test_sentence(self):
        answer = live.pidns("list", *live.BPF, expect=4)
        self.assertRegex(answer.err, r"\Apidns: bpf: this kernel .* need Linux 5\.17: .*\n\Z")
        answer = live.pidns("list", *live.BPF, expect=4, wrap=("prlimit", "--memlock=unlimited"))
        self.assertRegex(answer.err, r"\Apidns: bpf: this kernel .* need Linux 5\.17: .*\n\Z")

    def test_nothing_is_said_unasked(self):
        answer = live.pidns("list", "--json")
        self.assertEqual(answer.json["provider"], "procfs")
        self.assertNotIn("bpf:", answer.err)
        self.assertIn("--all", live.pidns("list").err)


class Choice(unittest.TestCase):
    """Who gets it unasked, and what is said where it cannot be had."""

    def provider_of(self, *args, **options):
        return live.pidns("list", "--json", *args, **options).json["provider"]

    def setUp(self):
        """Where there is netlink it comes first, with --all and without."""
        self.has_netlink = live.run([live.PIDNS, "list", "--provider", "netlink"]).status == 0
        self.instead = "netlink" if self.has_netlink else "procfs"

    def test_auto_is_the_same_for_every_subcommand(self):
        """But for map, which asks about chosen tasks alone."""
        auto = "netlink" if self.has_netlink else "bpf"
        own = str(os.stat("/proc/self/ns/pid").st_ino)
        for command in (("list",), ("tree",), ("list", "--all"), ("ps",), ("ps", own),
                        ("show", own), ("doctor",), ("map", "-n", own, "1"), ("why", own)):
            with self.subTest(command=command):
                answer = live.pidns(*command, "--json", expect=None)
                self.assertEqual(answer.json["provider"], auto)
        answer = live.pidns("map", "--json", str(os.getpid()))
        self.assertEqual(answer.json["provider"], self.instead)
        self.assertEqual(self.provider_of("--all", "--provider", "procfs"), "procfs")

    def test_root_misses_nothing(self):
        """Every limit is known; since Linux 6.18, and with netlink, also every namespace. Before, the
        kernel has no list of them, and that is said."""
        document = live.pidns("list", "--json").json
        release = tuple(int(part) for part in os.uname().release.split(".")[:2])
        lists = document["provider"] == "netlink" or release >= (6, 18)
        self.assertIs(document["complete"], lists)
        answer = live.pidns("list", "--raw", "-o", "ino,pids_max")
        self.assertEqual(answer.err != "", not lists)
        for line in answer.out.splitlines():
            self.assertNotIn("-", line.split()[1:])

    def test_map_leaves_procfs_where_that_hides(self):
        """Without CAP_SYS_PTRACE the namespace of others may not be read there; bpf tells it."""
        way = without("sys_ptrace")
        with subprocess.Popen(("unshare", "--pid", "--fork", "--kill-child", "sleep", "600")) as p:
            try:
                children = f"/proc/{p.pid}/task/{p.pid}/children"
                inner = live.wait_until(lambda: open(children, encoding="ascii").read(), "a child")
                live.wait_until(lambda: open(f"/proc/{inner.strip()}/comm", encoding="ascii")
                                .read() == "sleep\n", "its program")
                answer = live.pidns("map", "--json", inner.strip(), wrap=way)
            finally:
                p.kill()
        self.assertEqual(answer.json["provider"], "netlink" if self.has_netlink else "bpf")
        self.assertEqual(answer.json["mappings"][0]["levels"][-1]["vpid"], 1)

    def test_watch_takes_it(self):
        named = live.BPF if self.has_netlink else ()
        command = [live.PIDNS, "watch", "--json", "--interval", "0.05", *named]
        watcher = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        try:
            live.wait_until(lambda: holds_programs(watcher.pid), "programs in the watcher")
        finally:
            watcher.kill()
            said, _ = watcher.communicate()
        live.schema.hold(said.rpartition(b"\n")[0], command)

    @unittest.skipUnless(live.SYS_BPF, "the number of bpf(2) is not known here")
    def test_seccomp(self):
        for error in (1, 38):  # EPERM, ENOSYS
            with self.subTest(error=error):
                options = {"preexec_fn": deny_bpf(error)}
                answer = live.pidns("list", "--json", "--all", **options)
                self.assertEqual(answer.json["provider"], self.instead)
                if not self.has_netlink:
                    self.assertRegex(answer.err, r"\Apidns: bpf: .*seccomp.*; asking procfs\n")
                answer = live.pidns("list", *live.BPF, expect=4, **options)
                self.assertRegex(answer.err, r"\Apidns: bpf: .*seccomp.*\n\Z")

    @unittest.skipUnless(live.SYS_BPF, "the number of bpf(2) is not known here")
    def test_too_old(self):
        """What an older kernel says to what it has not heard of: E2BIG or EINVAL."""
        for error in (7, 22):
            with self.subTest(error=error):
                answer = live.pidns("list", *live.BPF, expect=4, preexec_fn=deny_bpf(error))
                self.assertRegex(answer.err, r"\Apidns: bpf: .* need Linux 5\.17: .*\n\Z")

    @unittest.skipUnless(live.SYS_BPF, "the number of bpf(2) is not known here")
    def test_no_btf(self):
        """Out of sight, and no program that wants it is taken."""
        hide = "mount -t tmpfs none /sys/kernel/btf && exec \"$@\""
        way = ("unshare", "--mount", "--propagation", "private", "sh", "-c", hide, "sh")
        answer = live.pidns("list", *live.BPF, wrap=way, expect=4, preexec_fn=deny_bpf(22))
        self.assertEqual(answer.err,
                         "pidns: bpf: this kernel has no BTF (CONFIG_DEBUG_INFO_BTF)\n")

    def test_without_the_capabilities(self):
        """Not an error: nothing is said unless it was asked for."""
        way = without("sys_admin", "bpf")
        answer = live.pidns("list", "--json", "--all", wrap=way)
        self.assertEqual(answer.json["provider"], self.instead)
        self.assertNotIn("bpf:", answer.err)
        answer = live.pidns("list", *live.BPF, wrap=way, expect=4)
        self.assertEqual(answer.err, "pidns: bpf: needs CAP_BPF and CAP_PERFMON\n")

    def test_with_no_more_than_these_two(self):
        """CAP_BPF and CAP_PERFMON are enough; either alone is not."""
        for missing, status in (((), 0), (("bpf",), 4), (("perfmon",), 4)):
            with self.subTest(missing=missing):
                way = without("sys_admin", *missing)
                answer = live.pidns("list", *live.BPF, wrap=way, expect=status)
                self.assertEqual("needs CAP_BPF" in answer.err, bool(missing))

    def test_in_a_user_namespace(self):
        answer = live.pidns("list", *live.BPF, wrap=("unshare", "--user", "--map-root-user"),
                            expect=4)
        self.assertRegex(answer.err, r"\Apidns: bpf: .*initial user namespace only\n\Z")

    def test_no_source(self):
        answer = live.pidns("list", *live.BPF, "--from", "/proc", expect=None)
        self.assertNotEqual(answer.status, 0)
        self.assertIn("bpf: asks the running kernel", answer.err)


def holds_programs(pid):
    """Has the process a descriptor of a program?"""
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            if os.readlink(f"/proc/{pid}/fd/{name}") == "anon_inode:bpf-prog":
                return True
        except OSError:
            continue
    return False


if __name__ == "__main__":
    live.main()

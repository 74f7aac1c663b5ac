#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each user.max_*_namespaces is reached for real, and what pidns why says of new namespaces is held
against what unshare(2), clone(2) and clone3(2) give right then: in the user namespace whose limit it
is, from one below, for another user of it, and where all is out of sight."""
import contextlib
import os
import pathlib
import unittest

import live
from reach import CLONE_NEWPID, CLONE_NEWUSER, Program, child_of, limits, why, write

KINDS = {
    "user": CLONE_NEWUSER, "pid": CLONE_NEWPID, "mnt": 0x00020000, "net": 0x40000000,
    "ipc": 0x08000000, "uts": 0x04000000, "cgroup": 0x02000000, "time": 0x00000080,
}


def setUpModule():
    live.need_root()
    live.need_tool("setpriv", "unshare", "nsenter")


@contextlib.contextmanager
def scene(*wrap):
    with Program(wrap=("unshare", "--user", "--map-root-user", *wrap)) as program:
        yield program, program.say()[0]


def inside(pid):
    return ("nsenter", "--target", pid, "--user", "--")


def allow(program, kind, maximum):
    program.tell("write", f"/proc/sys/user/max_{kind}_namespaces", maximum)


def is_there(kind):
    return pathlib.Path(f"/proc/sys/user/max_{kind}_namespaces").exists()


class NewNamespaces(unittest.TestCase):
    def check(self, program, pid, flags, refused, wrap=()):
        """What is said holds for what is done now."""
        status, document = why(pid, wrap=wrap)
        said = document["new_namespaces"]
        really = set(program.tell("new", flags)) - {"-"}
        self.assertEqual(really, {"ENOSPC" if refused else "0"})
        self.assertEqual((said["errno"], said["kind"]),
                         ("ENOSPC", refused) if refused else (None, None), document)
        self.assertEqual(said["certain"], bool(refused))
        self.assertEqual((status, document["errno"]), (1 if refused else 0, None))
        text = live.pidns("why", pid, wrap=wrap, expect=None).out.decode()
        if refused:
            self.assertIn(f"fail with ENOSPC: {refused}\n", text)
            self.assertNotIn("works", text)
            self.assertIn(f"remedy           {refused}: raise user.max_", text)
        return document

    def fill(self, program, flags, room):
        """What an ended process had is given back a little later."""
        for _ in range(room):
            live.wait_until(lambda: program.tell("hold", flags) == ["0"], "room for one")
        self.assertEqual(program.tell("hold", flags), ["ENOSPC"])

    def test_a3_each_kind(self):
        for kind in filter(is_there, KINDS):
            flags, name = KINDS[kind], f"{kind}-namespaces"
            with self.subTest(kind), scene() as (program, pid):
                allow(program, kind, 4)
                self.assertEqual(program.tell("hold", flags), ["0"])
                document = self.check(program, pid, flags, None, inside(pid))
                own = limits(document, name, "/proc/sys/user/")[0]
                self.assertEqual((own["used"], own["max"], own["used_exact"]), (1, 4, False))
                self.fill(program, flags, 3)
                document = self.check(program, pid, flags, name, inside(pid))
                own = limits(document, name, "/proc/sys/user/")[0]
                self.assertEqual((own["used"], own["max"], own["errno"], own["fork"]),
                                 (4, 4, "ENOSPC", False))
                self.assertIn("holder 4 (PID ", own["holders"])

    def test_a3_none_allowed(self):
        for kind in filter(is_there, KINDS):
            with self.subTest(kind), scene() as (program, pid):
                allow(program, kind, 0)
                self.check(program, pid, KINDS[kind], f"{kind}-namespaces", inside(pid))

    def test_a3_as_it_was_met(self):
        script = ("echo 0 >/proc/sys/user/max_user_namespaces; unshare -U true 2>&1; exec \"$@\"")
        wrap = ("unshare", "-Ur", "sh", "-c", script, "sh")
        text = live.pidns("why", wrap=wrap, expect=None).out.decode()
        self.assertIn("No space left on device", text)
        self.assertIn("new namespaces   fail with ENOSPC: user-namespaces\n", text)
        self.assertNotIn("works", text)

    def test_a3_of_a_user_namespace_above(self):
        """Those below are charged to the user who made the one they are in."""
        flags = KINDS["uts"]
        with scene() as (outer, outer_pid):
            allow(outer, "uts", 2)
            wrap = ("nsenter", "--target", outer_pid, "--user", "--", "unshare", "--user",
                    "--map-root-user")
            with Program(wrap=wrap) as inner:
                pid = inner.say()[0]
                self.assertEqual(inner.tell("hold", flags), ["0"])
                self.assertEqual(outer.tell("hold", flags), ["0"])
                document = self.check(inner, pid, flags, "uts-namespaces", inside(outer_pid))
                self.assertEqual([(limit["used"], limit["max"]) for limit in
                                  limits(document, "uts-namespaces", "uid 0")[:2]],
                                 [(2, 2), (1, None)])
                # In the inner one the outer is out of sight, and nothing is proved.
                said = why(pid, wrap=inside(pid))[1]["new_namespaces"]
                self.assertEqual((said["errno"], said["certain"]), (None, False))
                # From outside both maxima are.
                said = why(pid)[1]["new_namespaces"]
                self.assertEqual((said["errno"], said["certain"]), (None, False))

    def test_a3_of_another_user(self):
        """Each user has an account of its own."""
        enter = ("nsenter", "--user", "--target")
        with Program() as root:
            pid = root.say()[0]
            self.assertEqual(root.tell("unshare", CLONE_NEWUSER), ["0"])
            write(f"/proc/{pid}/uid_map", "0 0 2")
            write(f"/proc/{pid}/gid_map", "0 0 2")
            allow(root, "user", 5)  # three are made by check(), and given back a little later
            self.fill(root, CLONE_NEWUSER, 5)
            self.check(root, pid, CLONE_NEWUSER, "user-namespaces", inside(pid))
            with Program(wrap=(*enter, pid, "--")) as user:
                other = user.say()[0]
                user.tell("become", 1)
                self.check(user, other, CLONE_NEWUSER, None, inside(pid))
                live.wait_until(lambda: user.tell("hold", CLONE_NEWUSER) == ["0"], "one of its own")
                own = limits(why(other, wrap=inside(pid))[1], "user-namespaces", "of uid 1")[0]
                self.assertEqual((own["used"], own["max"]), (1, 5))

    def test_user_level(self):
        """As deep as user namespaces may be nested."""
        body = f"""
for level in range(40):
    if unshare({CLONE_NEWUSER}):
        break
    for file, text in ("uid_map", "0 0 1"), ("setgroups", "deny"), ("gid_map", "0 0 1"):
        with open("/proc/self/" + file, "w") as out:
            out.write(text)
say(os.getpid(), level, unshare({CLONE_NEWUSER}))
sys.stdin.readline()
"""
        with Program(body) as program:
            pid, level, error = program.say()
            self.assertEqual(error, "ENOSPC")
            status, document = why(pid)
            deepest = limits(document, "user-level")[0]
            self.assertEqual((deepest["used"], deepest["max"], deepest["errno"], deepest["fork"]),
                             (int(level), int(level), "ENOSPC", False))
            self.assertEqual((status, document["new_namespaces"]["kind"]), (1, "user-level"))


class Elsewhere(unittest.TestCase):
    """The other views of the same limit."""

    def test_a3_list_show_doctor_and_recordings(self):
        with scene("--pid", "--fork", "--kill-child", "--mount-proc") as (program, _):
            init = child_of(program.process.pid)
            allow(program, "net", 1)
            program.tell("hold", KINDS["net"])
            wrap = ("nsenter", "--target", init, "--user", "--pid", "--mount", "--")
            ino = os.stat(f"/proc/{init}/ns/pid").st_ino
            text = live.pidns("list", "-o", "ino,limit", wrap=wrap).out.decode()
            self.assertIn("net-namespaces 100%", text)
            shown = live.pidns("show", str(ino), "--json", wrap=wrap).json["namespace"]
            self.assertEqual(shown["limits"][0]["kind"], "net-namespaces")
            found = live.pidns("doctor", "--json", wrap=wrap, expect=None).json["findings"]
            said = [one for one in found if one["kind"] == "limit"]
            self.assertEqual([one["message"].split(":")[0] for one in said], ["net-namespaces"])
            self.assertIn("holder 1 (PID ", said[0]["message"])
            self.assertIn("user.max_net_namespaces", said[0]["remedy"])
            with live.temporary_directory() as folder:
                os.chmod(folder, 0o777)
                saved = f"{folder}/saved"
                live.pidns("record", "--all", "-w", saved, wrap=wrap)
                status, document = why(str(ino), "--from", saved)
                self.assertEqual((status, document["new_namespaces"]["kind"]),
                                 (1, "net-namespaces"))
                self.assertIn("holder 1 (PID ", document["limits"][0]["holders"])


if __name__ == "__main__":
    live.main()

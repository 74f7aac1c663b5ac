#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Real containers are called what their engines call them, and nothing else is called so."""
import contextlib
import json
import os
import resource
import subprocess
import unittest

import live
from rootfs import children_of, make_root, need_static_busybox

NAME = f"pidns-live-{os.getpid()}"
UNKNOWN = None
USER = 1000
# Cgroups that engines make and do not take away.
LEFT_BEHIND = ("libpod_parent", "lxc.pivot", "payload")


def setUpModule():
    global rootfs
    live.need_root()
    live.need_tool("unshare", "busybox")
    directory = unittest.enterModuleContext(live.temporary_directory())
    rootfs = f"{directory}/rootfs"
    make_root(rootfs)
    left = [f"{path}/{name}" for path in hierarchies() for name in LEFT_BEHIND
            if not os.path.exists(f"{path}/{name}")]
    unittest.addModuleCleanup(remove_empty, left)
    need_static_busybox(rootfs)


def remove_empty(folders):
    for top in folders:
        for path, _, _ in os.walk(top, topdown=False):
            with contextlib.suppress(OSError):
                os.rmdir(path)


def containers(**options):
    """What each namespace is, by inode."""
    document = live.ask("list", "-o", "ino,container", **options)
    return {ns["ino"]: ns["container"] for ns in document["namespaces"]}


def ino_of(pid):
    return os.stat(f"/proc/{pid}/ns/pid").st_ino


def container(**known):
    return {"name": None, "id": None, "runtime": None, "source": None, "pod": None,
            "pod_namespace": None, "pod_name": None, "owner_uid": None, **known}


def need(command, what):
    """Run what starts a container, or say why none can be had."""
    with live.temporary_directory() as directory, open(f"{directory}/log", "w+b") as log:
        # The container keeps its descriptors: a pipe would never end.
        status = subprocess.call(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.seek(0)
        words = log.read().decode(errors="replace").strip()
    if status:
        raise unittest.SkipTest(f"{what} cannot run here: {words[-200:]}")
    return words


class Talking:
    """A process in the foreground that says a line when it is up, and ends when told a line."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)

    def __enter__(self):
        self.line = self.process.stdout.readline().decode().strip()
        if not self.line:
            _, words = self.process.communicate(timeout=live.DEADLINE)
            raise unittest.SkipTest(f"{self.process.args[0]} cannot run here: "
                                    f"{words.decode(errors='replace').strip()[-200:]}")
        return self

    def __exit__(self, *_):
        self.process.communicate(b"\n", timeout=live.DEADLINE)

    def init(self):
        """The one child: what it made a namespace for."""
        child, = children_of(self.process.pid)
        return child


class Unshare(unittest.TestCase):
    def test_is_no_container(self):
        with Talking("unshare", "--pid", "--fork", "sh", "-c", "echo up; read line") as process:
            self.assertEqual(containers()[ino_of(process.init())], UNKNOWN)


class Bubblewrap(unittest.TestCase):
    COMMAND = ("bwrap", "--unshare-pid", "--die-with-parent", "--bind", "/", "/", "--proc", "/proc",
               "--dev", "/dev")

    def test_sandbox(self):
        live.need_tool("bwrap")
        with Talking(*self.COMMAND, "sh", "-c", "echo up; read line") as process:
            self.assertEqual(containers()[ino_of(process.init())],
                             container(runtime="bubblewrap", source="command"))

    def test_unshare_within(self):
        live.need_tool("bwrap")
        with Talking(*self.COMMAND, "--cap-add", "CAP_SYS_ADMIN", "unshare", "--pid", "--fork",
                     "sh", "-c", "echo up; read line") as process:
            unshare, = children_of(process.init())
            shell, = children_of(unshare)
            found = containers()
            self.assertEqual(found[ino_of(process.init())]["runtime"], "bubblewrap")
            self.assertEqual(found[ino_of(shell)], UNKNOWN)


class Runc(unittest.TestCase):
    CAPABILITIES = {kind: ["CAP_SYS_ADMIN"] for kind in ("bounding", "effective", "permitted")}

    @classmethod
    def setUpClass(cls):
        live.need_tool("runc")

    def start(self, name, *options, pid_path=None):
        """Run it until the test ends. Its init."""
        namespaces = [{"type": kind} for kind in ("pid", "mount", "ipc", "uts")]
        if pid_path:
            namespaces[0]["path"] = pid_path
        config = {
            "ociVersion": "1.0.2",
            "process": {"terminal": False, "user": {"uid": 0, "gid": 0}, "cwd": "/",
                        "args": ["/bin/sleep", "600"], "env": ["PATH=/bin"],
                        "capabilities": self.CAPABILITIES},
            "root": {"path": rootfs},
            # What other engines would write is not theirs.
            "annotations": {"io.kubernetes.cri.sandbox-name": "forged"},
            "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
            "linux": {"namespaces": namespaces},
        }
        bundle = self.enterContext(live.temporary_directory())
        with open(f"{bundle}/config.json", "w", encoding="utf-8") as file:
            json.dump(config, file)
        runc = ("runc", *options)
        self.addCleanup(live.run, [*runc, "delete", "--force", name])
        need([*runc, "run", "-d", "--bundle", bundle, name], "runc")
        return json.loads(live.run([*runc, "state", name]).out)["pid"]

    def test_by_its_state_file(self):
        ino = ino_of(self.start(NAME))
        expected = container(name=NAME, id=NAME, runtime="runc", source="state-file")
        self.assertEqual(containers()[ino], expected)
        shown = live.ask("show", f"name:{NAME}")["namespace"]
        self.assertEqual((shown["ino"], shown["container"]), (ino, expected))

    def test_pod(self):
        """Two containers, one namespace: its init is the first one's."""
        first = self.start(NAME)
        second = self.start(f"{NAME}-2", pid_path=f"/proc/{first}/ns/pid")
        self.assertEqual(ino_of(second), ino_of(first))
        self.assertEqual(containers()[ino_of(first)]["name"], NAME)

    def test_unshare_within(self):
        init = self.start(NAME)
        with Talking("runc", "exec", NAME, "/bin/unshare", "-p", "-f", "/bin/sh", "-c",
                     "echo up; read line"):
            found = containers()
            below = [ns["ino"] for ns in live.ask("list")["namespaces"]
                     if ns["parent"] == ino_of(init)]
            self.assertEqual(len(below), 1)
            self.assertEqual(found[ino_of(init)]["name"], NAME)
            self.assertEqual(found[below[0]], UNKNOWN)

    def test_state_elsewhere(self):
        root = self.enterContext(live.temporary_directory())
        ino = ino_of(self.start(NAME, "--root", root))
        self.assertEqual(containers()[ino], UNKNOWN)


class Podman(unittest.TestCase):
    PODMAN = ("podman", "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs",
              "--events-backend", "file")

    @classmethod
    def setUpClass(cls):
        live.need_tool("podman", "tar")
        directory = cls.enterClassContext(live.temporary_directory())
        live.run(["tar", "-C", rootfs, "-cf", f"{directory}/image.tar", "."])
        need([*cls.PODMAN, "import", f"{directory}/image.tar", f"localhost/{NAME}"], "podman")
        cls.addClassCleanup(live.run, [*cls.PODMAN, "rmi", "--force", f"localhost/{NAME}"])

    @staticmethod
    def limits():
        """None above what we have: raising them takes a right that the machine may lack. podman
        has lowered its own by the time it starts a container."""
        for name, kind in (("nofile", resource.RLIMIT_NOFILE), ("nproc", resource.RLIMIT_NPROC)):
            hard = resource.getrlimit(kind)[1]
            most = min(hard, 4096) if hard != resource.RLIM_INFINITY else 4096
            yield f"--ulimit={name}={most}:{most}"

    def test_name_and_id(self):
        self.addCleanup(live.run, [*self.PODMAN, "rm", "--force", "--time", "0", NAME])
        need([*self.PODMAN, "run", "--detach", "--name", NAME, "--network", "none",
              *self.limits(), f"localhost/{NAME}", "/bin/sleep", "600"], "podman")
        state, = json.loads(live.run([*self.PODMAN, "inspect", NAME]).out)
        ino = ino_of(state["State"]["Pid"])
        expected = container(name=NAME, id=state["Id"], runtime="podman", source="state-file")
        self.assertEqual(containers()[ino], expected)


class Lxc(unittest.TestCase):
    CONFIG = """lxc.rootfs.path = dir:{rootfs}
lxc.net.0.type = empty
lxc.apparmor.profile = unconfined
lxc.tty.max = 0
lxc.mount.auto = proc
"""

    @classmethod
    def setUpClass(cls):
        live.need_tool("lxc-start")

    def start(self, name):
        path = self.enterContext(live.temporary_directory())
        os.mkdir(f"{path}/{name}")
        with open(f"{path}/{name}/config", "w", encoding="utf-8") as config:
            config.write(self.CONFIG.format(rootfs=rootfs))
        where = ("-P", path, "-n", name)
        self.addCleanup(live.run, ["lxc-stop", "--kill", *where])
        need(["lxc-start", *where, "--", "/bin/sleep", "600"], "lxc")
        return int(live.run(["lxc-info", *where, "--pid", "--no-humanize"]).out)

    def test_name(self):
        name = f"{NAME}-a"
        ino = ino_of(self.start(name))
        self.assertEqual(containers()[ino], container(name=name, runtime="lxc", source="cgroup"))

    def test_name_like_a_suffix(self):
        """Its cgroup might be that of another container, but its monitor says who it is."""
        name = f"{NAME}-1"
        ino = ino_of(self.start(name))
        self.assertEqual(containers()[ino]["name"], name)

    def test_name_that_is_taken(self):
        """liblxc finds another for the cgroup; the monitor listens by the name all the same."""
        name = f"{NAME}-taken"
        with contextlib.ExitStack() as stack:
            for hierarchy in hierarchies():
                stack.enter_context(cgroup(f"{hierarchy}/lxc.payload.{name}"))
            ino = ino_of(self.start(name))
            self.assertEqual(containers()[ino],
                             container(name=name, runtime="lxc", source="cgroup"))


class Nspawn(unittest.TestCase):
    def test_no_name_is_guessed(self):
        live.need_tool("systemd-nspawn")
        with Talking("systemd-nspawn", "--register=no", "--keep-unit", "--quiet",
                     f"--directory={rootfs}", f"--machine={NAME}", "--console=pipe", "/bin/sh",
                     "-c", "echo up; read line") as process:
            self.assertEqual(containers()[ino_of(process.init())],
                             container(runtime="nspawn", source="command"))


def hierarchies():
    """Where cgroups are mounted and may be made."""
    with open("/proc/self/mounts", encoding="utf-8") as mounts:
        found = [line.split() for line in mounts]
    return [mount[1] for mount in found if mount[2] in ("cgroup", "cgroup2")
            and os.access(f"{mount[1]}/cgroup.procs", os.W_OK)]


def is_unified(path):
    return os.path.exists(f"{path}/cgroup.controllers")


@contextlib.contextmanager
def cgroup(path):
    os.makedirs(path, exist_ok=True)
    try:
        yield path
    finally:
        remove_empty([path])


class Cgroup(unittest.TestCase):
    """A path that says docker, and who is in there."""
    ID = f"{os.getpid():064x}"

    def move(self, path, pid):
        with open(f"{path}/cgroup.procs", "w", encoding="ascii") as procs:
            procs.write(f"{pid}\n")

    def check(self, hierarchy):
        path = f"{hierarchy}/docker/{self.ID}"
        with cgroup(f"{hierarchy}/docker"), cgroup(path), \
                Talking("unshare", "--pid", "--fork", "sh", "-c", "echo up; read line") as process:
            ino = ino_of(process.init())
            self.move(path, process.init())
            self.assertEqual(containers()[ino],
                             container(id=self.ID, runtime="docker", source="cgroup"))
            # Its maker is in there, too: the container is wider than the namespace.
            self.move(path, process.process.pid)
            self.assertEqual(containers()[ino], UNKNOWN)

    def test_each_hierarchy(self):
        found = [path for path in hierarchies() if not path.endswith(("/freezer", "/cpuset"))]
        if not found:
            self.skipTest("no cgroup can be made here")
        for hierarchy in found:
            with self.subTest(hierarchy):
                self.check(hierarchy)

    def test_b1_spoof(self):
        """An ordinary user with a delegated cgroup calls one below it as a container of root's is called."""
        hierarchy = next((path for path in hierarchies() if "freezer" not in path), None)
        if not hierarchy:
            self.skipTest("no cgroup can be made here")
        users = f"{hierarchy}/{NAME}"
        paths = [f"{top}/docker/{self.ID}" for top in (hierarchy, users)]
        with contextlib.ExitStack() as stack:
            stack.enter_context(cgroup(users))
            os.chown(users, USER, USER)
            stack.enter_context(cgroup(f"{hierarchy}/docker"))
            found = []
            for path in paths:
                stack.enter_context(cgroup(path))
                init = stack.enter_context(Talking("unshare", "--pid", "--fork", "sh", "-c",
                                                   "echo up; read line")).init()
                self.move(path, init)
                found.append(ino_of(init))
            said = containers()
            self.assertEqual(said[found[0]],
                             container(id=self.ID, runtime="docker", source="cgroup"))
            self.assertEqual(said[found[1]], container(id=self.ID, runtime="docker",
                                                       source="cgroup", owner_uid=USER))
            self.assertEqual(live.ask("show", f"name:{self.ID}")["namespace"]["ino"], found[0])
            lines = live.pidns("list", "-o", "ino,container", "--raw", "--noheadings").out
            lines = live.pidns("list", "-o", "ino,container", "--raw", "--noheadings").out
            shown, = (line for line in lines.decode().splitlines()
                      if line.startswith(str(found[1])))
            self.assertTrue(shown.endswith(f"(uid\\040{USER})"), shown)

    def test_b6_root(self):
        """A pod has the machine's files at /host, and files of its own in their place."""
        hierarchy = next((path for path in hierarchies() if "freezer" not in path), None)
        if not hierarchy:
            self.skipTest("no cgroup can be made here")
        path = f"{hierarchy}/docker/{self.ID}"
        host = self.enterContext(live.temporary_directory())
        with cgroup(f"{hierarchy}/docker"), cgroup(path), \
                Talking("unshare", "--pid", "--fork", "sh", "-c", "echo up; read line") as process:
            self.move(path, process.init())
            within = ("unshare", "--mount", "--propagation", "private", "sh", "-c",
                      f'mount --rbind / {host}; mount -t tmpfs none /sys; exec "$@"', "sh")
            ino = ino_of(process.init())
            self.assertEqual(containers(wrap=within)[ino], UNKNOWN)
            for command in ("list", "tree", "ps", "doctor", "why"):
                answer = live.pidns(command, "--root", host, wrap=within, expect=None)
                self.assertIn(answer.status, (0, 1, 3), f"{command}: {answer.err}")
            document = live.ask("list", "--root", host, "-o", "ino,container", wrap=within)
            found = {ns["ino"]: ns["container"] for ns in document["namespaces"]}
            self.assertEqual(found[ino],
                             container(id=self.ID, runtime="docker", source="cgroup"))

    def test_b6_paths_that_lead_up(self):
        """In a cgroup namespace the path of a container elsewhere begins with "/..": a mount shows the rest."""
        unified = next((path for path in hierarchies() if is_unified(path)), None)
        if not unified:
            self.skipTest("no cgroup can be made here")
        own = f"{unified}/{NAME}/one/two"
        path = f"{unified}/docker/{self.ID}"
        with cgroup(f"{unified}/docker"), cgroup(path), cgroup(f"{unified}/{NAME}"), \
                cgroup(f"{unified}/{NAME}/one"), cgroup(own), \
                Talking("unshare", "--pid", "--fork", "sh", "-c", "echo up; read line") as process:
            self.move(path, process.init())
            within = ("sh", "-c", f'echo $$ >{own}/cgroup.procs; exec unshare --cgroup "$@"', "sh")
            self.assertEqual(containers(wrap=within)[ino_of(process.init())],
                             container(id=self.ID, runtime="docker", source="cgroup"))


if __name__ == "__main__":
    live.main()

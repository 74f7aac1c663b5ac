#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A container of podman with exactly the rights that doc/fleet/daemonset.yaml grants, and one with those that
`kubectl debug node --profile=sysadmin` does: with --root /host they say what the machine itself says.

The container's root has this machine's /usr, and the tools of this build; or, with PIDNS_IMAGE, it is an image
that doc/fleet/image has made, in the storage of CONTAINERS_STORAGE_CONF (tests/package/run)."""
import contextlib
import json
import os
import pathlib
import resource
import subprocess
import unittest

import live
from rootfs import make_root, need_static_busybox

TOP = pathlib.Path(__file__).resolve().parents[2]
NAME = f"pidns-live-pod-{os.getpid()}"
IMAGE = os.environ.get("PIDNS_IMAGE")
BUILD = str(pathlib.Path(live.PIDNS).resolve().parents[1])
PORT = 9836
# Of a namespace at rest these stay; what it is called is among them.
COLUMNS = ("ino,parent,level,depth,state,reaper,reaper_start_ns,owner_uid,owner_ns,pids_used,pids_max,"
           "processes,threads,zombies,joined,container,limit")
# What cannot be seen without: namespaces of other users' processes; those held by their open files alone.
NEEDED_FOR = {"SYS_PTRACE": "ns-links", "DAC_READ_SEARCH": "fd"}
# As in the pod: no other way can be taken with --root.
HOST = ("--root", "/host")


def setUpModule():
    live.need_root()
    live.need_tool("podman", "runc", "nsenter", "busybox")
    try:
        global yaml
        import yaml
    except ImportError as missing:
        raise unittest.SkipTest("python3-yaml is not installed") from missing


def manifest():
    """The pod of the DaemonSet, and its container."""
    text = (TOP / "doc/fleet/daemonset.yaml").read_text(encoding="utf-8")
    pod = list(yaml.safe_load_all(text))[1]["spec"]["template"]["spec"]
    return pod, pod["containers"][0]


def rights(pod, container):
    """What the manifest asks of the kubelet, asked of podman; what is not known here is a failure."""
    security = dict(container["securityContext"])
    capabilities = security.pop("capabilities")
    wanted = {"runAsUser": 0, "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
              "seccompProfile": {"type": "RuntimeDefault"}}
    if security != wanted or not pod["hostPID"] or any(pod.get(key) for key in ("hostNetwork", "hostIPC")):
        raise AssertionError(f"rights of which the test does not know: {security}")
    mount, = container["volumeMounts"]
    assert mount["readOnly"] and mount["mountPropagation"] == "HostToContainer"
    memory = container["resources"]["limits"]["memory"].removesuffix("i").lower()
    return ["--pid=host", "--user=0", "--security-opt=no-new-privileges", "--read-only", "--read-only-tmpfs=false",
            *(f"--cap-drop={name}" for name in capabilities["drop"]),
            *(f"--cap-add={name}" for name in capabilities["add"]),
            f"--volume=/:{mount['mountPath']}:ro,rslave", f"--memory={memory}"]


# kubectl's: privileged, in the node's namespaces, with its root directory at /host.
DEBUG_NODE = ["--privileged", "--pid=host", "--ipc=host", "--volume=/:/host"]


def ulimits():
    """None above what we have: raising them takes a right that the machine may lack."""
    for name, kind in (("nofile", resource.RLIMIT_NOFILE), ("nproc", resource.RLIMIT_NPROC)):
        hard = resource.getrlimit(kind)[1]
        most = min(hard, 4096) if hard != resource.RLIM_INFINITY else 4096
        yield f"--ulimit={name}={most}:{most}"


def cgroups_of_podman():
    top = pathlib.Path("/sys/fs/cgroup")
    return [path / "libpod_parent" for path in (top, *top.iterdir()) if (path / "cgroup.procs").exists()]


def remove_empty(folders):
    """podman leaves them behind."""
    for top in folders:
        for path, _, _ in os.walk(top, topdown=False):
            with contextlib.suppress(OSError):
                os.rmdir(path)


class Machine:
    """What is to be found: a container of runc with two processes, and a namespace within it."""
    CONFIG = {
        "ociVersion": "1.0.2",
        "process": {"terminal": False, "user": {"uid": 0, "gid": 0}, "cwd": "/", "env": ["PATH=/bin"],
                    "capabilities": {kind: ["CAP_SYS_ADMIN"] for kind in ("bounding", "effective", "permitted")},
                    "args": ["/bin/sh", "-c", "/bin/unshare -p -f /bin/sleep 600 & wait"]},
        "root": {"path": "rootfs"},
        "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
        "linux": {"namespaces": [{"type": kind} for kind in ("pid", "mount", "ipc", "uts")]},
    }

    def __init__(self, test):
        folder = test.enterClassContext(live.temporary_directory())
        make_root(f"{folder}/rootfs")
        need_static_busybox(f"{folder}/rootfs")
        pathlib.Path(f"{folder}/config.json").write_text(json.dumps(self.CONFIG), encoding="utf-8")
        with open(f"{folder}/log", "w+b") as log:
            status = subprocess.call(["runc", "run", "-d", "--bundle", folder, NAME], stdin=subprocess.DEVNULL,
                                     stdout=log, stderr=log)
            test.addClassCleanup(live.run, ["runc", "delete", "--force", NAME])
            log.seek(0)
            if status:
                raise unittest.SkipTest(f"runc cannot run here: {log.read()[-200:]}")
        self.init = json.loads(live.run(["runc", "state", NAME]).out)["pid"]
        self.outer = os.stat(f"/proc/{self.init}/ns/pid").st_ino
        self.inner = live.wait_until(self.below, "a namespace within the container")

    def below(self):
        found = [ns for ns in live.ask("list", *live.PROCFS)["namespaces"]
                 if ns["parent"] == self.outer and ns["processes"]]
        return found[0]["ino"] if found else None


class Pod(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(live.temporary_directory())
        cls.podman = ["podman", "--cgroup-manager", "cgroupfs", "--events-backend", "file",
                      "--tmpdir", f"{cls.folder}/state"]
        if not IMAGE:
            cls.podman += ["--storage-driver", "vfs", "--root", f"{cls.folder}/storage",
                           "--runroot", f"{cls.folder}/run"]
            cls.make_root()
        left = [path for path in cgroups_of_podman() if not path.exists()]
        cls.addClassCleanup(remove_empty, left)
        cls.machine = Machine(cls)

    @classmethod
    def make_root(cls):
        cls.root = f"{cls.folder}/rootfs"
        for name in ("dev", "etc", "host", "proc", "run", "sys", "tmp", "usr", BUILD[1:]):
            os.makedirs(f"{cls.root}/{name}")
        for name in ("bin", "lib", "lib64", "sbin"):
            if os.path.islink(f"/{name}"):
                os.symlink(f"usr/{name}", f"{cls.root}/{name}")

    def run_command(self, options, *command, detach=False):
        """[…] that starts it in a container with these rights."""
        start = [*self.podman, "run", "--rm", "--network=none", *ulimits(),
                 "--env=ASAN_OPTIONS=detect_leaks=0", *options]
        if detach:
            start += ["--detach", "--cidfile", f"{self.folder}/id"]
        if IMAGE:
            return [*start, IMAGE, "pidns", *command]
        return [*start, "--volume=/usr:/usr:ro", f"--volume={BUILD}:{BUILD}:ro", "--rootfs", self.root,
                live.PIDNS, *command]

    def said(self, options, *command):
        """The document that pidns writes in there."""
        done = live.run(self.run_command(options, *command, *HOST, "--json"))
        self.assertIn(done.status, (0, 1, 3), done.err)
        return live.schema.load(done.out, command)

    def check(self, options):
        wanted = (self.machine.outer, self.machine.inner)
        there, here = (
            {ns["ino"]: ns for ns in document["namespaces"]}
            for document in (self.said(options, "list", "-o", COLUMNS), live.ask("list", *live.PROCFS, "-o", COLUMNS)))
        for ino in wanted:
            # How much the whole machine uses changes from one moment to the next.
            for ns in there[ino], here[ino]:
                ns["limit"].pop("used")
            self.assertEqual(there[ino], here[ino])
        self.assertEqual(there[wanted[0]]["container"],
                         {**here[wanted[0]]["container"], "name": NAME, "runtime": "runc", "source": "state-file"})
        self.assertEqual(there[wanted[0]]["owner_uid"], 0)
        own = os.stat("/proc/self/ns/pid").st_ino
        self.assertEqual(there[own]["reaper"], here[own]["reaper"])
        there = self.said(options, "ps", NAME, "-o", "pid,vpids,ns,comm,cmdline,uid,ppid")["tasks"]
        self.assertEqual(there, live.ask("ps", *live.PROCFS, NAME, "-o", "pid,vpids,ns,comm,cmdline,uid,ppid")["tasks"])
        self.assertTrue(there)

    def test_daemonset(self):
        self.check(rights(*manifest()))

    def test_each_right_is_needed(self):
        """Without one of them, something is out of sight that is not with all of them."""
        user = subprocess.Popen(live.as_nobody("sleep", "600"))
        self.addCleanup(user.wait)
        self.addCleanup(user.kill)
        given = rights(*manifest())
        capabilities = {option.removeprefix("--cap-add=") for option in given if option.startswith("--cap-add=")}
        self.assertEqual(capabilities, set(NEEDED_FOR))
        unseen = set(self.said(given, "list", "--all", "-o", "ino")["cannot_see"])
        self.assertFalse(unseen & set(NEEDED_FOR.values()))
        for capability, word in NEEDED_FOR.items():
            fewer = [option for option in given if option != f"--cap-add={capability}"]
            self.assertIn(word, self.said(fewer, "list", "--all", "-o", "ino")["cannot_see"], capability)

    def test_debug_node(self):
        self.check(DEBUG_NODE)

    def test_exporter(self):
        """The command of the manifest itself, answering over HTTP."""
        pod, container = manifest()
        program, *command = container["command"]
        self.assertEqual((program, container["ports"][0]["containerPort"]), ("pidns", PORT))
        started = live.run(self.run_command(rights(pod, container), *command, detach=True))
        self.assertEqual(started.status, 0, started.err)
        name = pathlib.Path(f"{self.folder}/id").read_text(encoding="ascii")
        self.addCleanup(live.run, [*self.podman, "rm", "--force", "--time", "0", name])
        pid = live.run([*self.podman, "inspect", "--format", "{{.State.Pid}}", name]).out.decode().strip()
        code = f"import urllib.request as u; print(u.urlopen('http://127.0.0.1:{PORT}/metrics').read().decode())"

        def scrape():
            done = live.run(["nsenter", "--target", pid, "--net", "--", "/usr/bin/python3", "-S", "-c", code])
            return None if done.status else done.out.decode()

        text = live.wait_until(scrape, "the exporter in the pod answers")
        info, = [line for line in text.splitlines()
                 if line.startswith("pidns_namespace_info{") and f'ino="{self.machine.outer}"' in line]
        self.assertIn(f'container="{NAME}"', info)
        self.assertRegex(text, f'(?m)^pidns_processes{{ino="{self.machine.outer}"[^}}]*}} 2$')


if __name__ == "__main__":
    live.main()

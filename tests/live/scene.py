# SPDX-License-Identifier: GPL-2.0-or-later
"""A scene of real containers, one of each engine, with something the matter in each."""
import contextlib
import json
import os
import resource
import subprocess

import live
from rootfs import children_of, make_root

NAME = f"j{os.getpid()}"
PODMAN = ("podman", "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--events-backend", "file")
# So many tasks the first one may have, and has.
LIMIT = 6

LXC_CONFIG = """lxc.rootfs.path = dir:{rootfs}
lxc.net.0.type = empty
lxc.apparmor.profile = unconfined
lxc.tty.max = 0
lxc.mount.auto = proc
"""


def sleepers(count, seconds=1000):
    return "".join(f"sleep {seconds + i} & " for i in range(count))


class Scene(contextlib.ExitStack):
    """full (podman): at its limit. lazy (runc): an init that reaps nothing. box (lxc): eight sleepers.
    sandbox (bubblewrap): one that can be ended. Each has `init`, a PID of ours."""

    def __init__(self):
        super().__init__()
        self.inits = {}

    def __enter__(self):
        super().__enter__()
        directory = self.enter_context(live.temporary_directory())
        self.rootfs = f"{directory}/rootfs"
        make_root(self.rootfs)
        try:
            self.podman(directory)
            self.runc()
            self.lxc()
            self.bubblewrap()
        except BaseException:
            self.close()
            raise
        return self

    def run(self, command, undo=None):
        """Its output goes to a file: what the container keeps open would never end a pipe."""
        if undo:
            self.callback(live.run, undo)
        with live.temporary_directory() as directory, open(f"{directory}/log", "w+b") as log:
            status = subprocess.call(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            log.seek(0)
            words = log.read().decode(errors="replace").strip()
        if status:
            raise OSError(f"{command[0]} cannot run here: {words[-300:]}")

    def podman(self, directory):
        image = f"localhost/{NAME}"
        live.run(["tar", "-C", self.rootfs, "-cf", f"{directory}/image.tar", "."])
        self.run([*PODMAN, "import", f"{directory}/image.tar", image], [*PODMAN, "rmi", "--force", image])
        name = f"{NAME}-full"
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        most = hard if hard != resource.RLIM_INFINITY else 4096
        self.run([*PODMAN, "run", "--detach", "--name", name, "--network", "none", f"--pids-limit={LIMIT}",
                  f"--ulimit=nofile={most}:{most}", "--ulimit=nproc=4096:4096", image, "/bin/sh", "-c",
                  sleepers(LIMIT - 1) + "wait"],
                 [*PODMAN, "rm", "--force", "--time", "0", name])
        state, = json.loads(live.run([*PODMAN, "inspect", name]).out)
        self.inits["full"] = state["State"]["Pid"]

    def runc(self):
        name = f"{NAME}-lazy"
        config = {
            "ociVersion": "1.0.2",
            "process": {"terminal": False, "user": {"uid": 0, "gid": 0}, "cwd": "/", "env": ["PATH=/bin"],
                        "args": ["/bin/sh", "-c", "sleep 0 & sleep 0 & exec sleep 1000"]},
            "root": {"path": self.rootfs},
            "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
            "linux": {"namespaces": [{"type": kind} for kind in ("pid", "mount", "ipc", "uts")]},
        }
        bundle = self.enter_context(live.temporary_directory())
        with open(f"{bundle}/config.json", "w", encoding="utf-8") as file:
            json.dump(config, file)
        self.run(["runc", "run", "-d", "--bundle", bundle, name], ["runc", "delete", "--force", name])
        self.inits["lazy"] = json.loads(live.run(["runc", "state", name]).out)["pid"]

    def lxc(self):
        name = f"{NAME}-box"
        path = self.enter_context(live.temporary_directory())
        os.mkdir(f"{path}/{name}")
        with open(f"{path}/{name}/config", "w", encoding="utf-8") as config:
            config.write(LXC_CONFIG.format(rootfs=self.rootfs))
        where = ("-P", path, "-n", name)
        self.run(["lxc-start", *where, "--", "/bin/sh", "-c", sleepers(8) + "wait"],
                 ["lxc-stop", "--kill", *where])
        self.inits["box"] = int(live.run(["lxc-info", *where, "--pid", "--no-humanize"]).out)

    def bubblewrap(self):
        process = subprocess.Popen(
            ["bwrap", "--unshare-pid", "--die-with-parent", "--bind", "/", "/", "--proc", "/proc", "--dev", "/dev",
             "sh", "-c", "echo up; exec sleep 1000"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.callback(process.wait)
        self.callback(process.stdout.close)
        self.callback(process.kill)
        if not process.stdout.readline():
            raise OSError("bwrap cannot run here")
        self.inits["sandbox"], = children_of(process.pid)

    @staticmethod
    def name(which):
        return f"{NAME}-{which}"

    def end(self, which):
        """As its engine ends it."""
        if which == "lazy":
            live.run(["runc", "delete", "--force", self.name(which)])
        elif which == "full":
            live.run([*PODMAN, "rm", "--force", "--time", "0", self.name(which)])


NEEDED = ("podman", "runc", "lxc-start", "bwrap", "busybox", "tar")

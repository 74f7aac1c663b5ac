# SPDX-License-Identifier: GPL-2.0-or-later
"""What a program of a test does when it is told to by a line: reach.Program starts one. Each call gives
"0", a PID, or the name of its errno, and what it made ends at once, but for fork and hold, whose children
live until this program ends."""
import ctypes
import errno
import os
import platform
import signal
import struct
import sys
import threading

CLONE_VFORK, CLONE_NEWPID, CLONE_NEWTIME, CLONE_INTO_CGROUP = 0x4000, 0x20000000, 0x80, 1 << 33
SYS_CLONE = {"x86_64": 56, "aarch64": 220}
SYS_CLONE3 = 435
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(1, signal.SIGKILL)
children = []


def say(*words):
    print(*words, flush=True)


def last_error():
    return errno.errorcode[ctypes.get_errno()]


def born(pid):
    """Of a call that gives 0 in the child, which ends, and its PID in the parent, which reaps it."""
    if pid < 0:
        return last_error()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)
    return 0


# ---- calls that bear a task --------------------------------------------------------------------


def by_fork():
    try:
        return born(os.fork())
    except OSError as error:
        return errno.errorcode[error.errno]


def by_clone(flags=0):
    """clone(2) takes the signal of the child's end in the bits that are CLONE_NEWTIME's."""
    if flags & CLONE_NEWTIME or platform.machine() not in SYS_CLONE:
        return "-"
    flags = ctypes.c_ulong(flags | signal.SIGCHLD)
    return born(libc.syscall(SYS_CLONE[platform.machine()], flags, None, None, None, None))


def by_clone3(flags=0, cgroup=0):
    args = struct.pack("=11Q", flags, 0, 0, 0, signal.SIGCHLD, 0, 0, 0, 0, 0, cgroup)
    return born(libc.syscall(SYS_CLONE3, args, len(args)))


def by_vfork():
    """posix_spawn(3) does so; that there is no such program is told by the child."""
    try:
        os.posix_spawn("/none such", ["none"], {})
    except FileNotFoundError:
        return 0
    except OSError as error:
        return errno.errorcode[error.errno]


def by_thread():
    """A thread cannot be born in another PID namespace than its process: EINVAL, whatever the limits."""
    if os.readlink("/proc/self/ns/pid") != children_go_to():
        return "-"
    try:
        thread = threading.Thread(target=lambda: None)
        thread.start()
    except RuntimeError:
        return "EAGAIN"
    thread.join()
    return 0


def children_go_to():
    try:
        return os.readlink("/proc/self/ns/pid_for_children")
    except OSError:
        return None


def unshare(flags):
    return last_error() if libc.unshare(flags) else 0


def by_unshare(flags):
    """In a child, as it changes the caller."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        os.write(write, str(unshare(flags)).encode())
        os._exit(0)
    os.close(write)
    os.waitpid(pid, 0)
    answer = os.read(read, 64).decode()
    os.close(read)
    return answer


# ---- what is told ------------------------------------------------------------------------------


def fork():
    try:
        pid = os.fork()
    except OSError as error:
        return errno.errorcode[error.errno]
    if not pid:
        libc.prctl(1, signal.SIGKILL)
        signal.pause()
    children.append(pid)
    return pid


def fill():
    while isinstance(fork(), int):
        pass
    return len(children)


def forks(number):
    return " ".join(str(fork()) for _ in range(number))


def drop():
    pid = children.pop()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return 0


def hold(flags):
    """A child that has such a new namespace."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        libc.prctl(1, signal.SIGKILL)
        answer = unshare(flags)
        os.write(write, str(answer).encode())
        if answer:
            os._exit(0)
        libc.prctl(15, b"holder")
        if flags == CLONE_NEWPID and os.fork() == 0:
            libc.prctl(1, signal.SIGKILL)
        signal.pause()
    os.close(write)
    answer = os.read(read, 64).decode()
    os.close(read)
    children.append(pid)
    return answer


def below():
    """This process goes to a new user namespace, as its root."""
    uid, gid = os.geteuid(), os.getegid()
    answer = unshare(0x10000000)
    if not answer:
        write("/proc/self/uid_map", f"0 {uid} 1")
        write("/proc/self/setgroups", "deny")
        write("/proc/self/gid_map", f"0 {gid} 1")
    return answer


def become(uid):
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    libc.prctl(1, signal.SIGKILL)
    libc.prctl(4, 1)  # dumpable again, so that its namespaces can be read
    return 0


def write(path, text):
    """With nothing that Python would load first: not every user may read where it is."""
    fd = os.open(path, os.O_WRONLY)
    os.write(fd, str(text).encode())
    os.close(fd)
    return 0


def setns(path):
    fd = os.open(path, os.O_RDONLY)
    answer = libc.setns(fd, 0) and last_error()
    os.close(fd)
    return answer


def clone_into(path):
    return by_clone3(CLONE_INTO_CGROUP, os.open(path, os.O_RDONLY | os.O_DIRECTORY))


WORDS = {
    "fork": fork, "fill": fill, "forks": forks, "drop": drop, "hold": hold, "below": below,
    "become": become, "write": write, "setns": setns, "clone-into": clone_into, "unshare": unshare,
    "clone3": by_clone3,
    # All ways to bear a task, and all ways to new namespaces.
    "bear": lambda: " ".join(str(by()) for by in (by_fork, by_clone, by_clone3, by_vfork, by_thread)),
    "new": lambda flags: " ".join(str(by(flags)) for by in (by_unshare, by_clone, by_clone3)),
    # It is another program then, which says what it says.
    "exec": lambda *words: os.execvp(words[0], [str(word) for word in words]),
}


def serve():
    for line in sys.stdin:
        word, *rest = line.split()
        say(WORDS[word](*[int(part) if part.isdigit() else part for part in rest]))
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    # In any order: an init ends after all that are in its namespace are reaped.
    for _ in children:
        os.wait()

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A frozen snapshot: its lists and look-ups."""

from __future__ import annotations

import os
import weakref
from ctypes import POINTER, byref, c_void_p

from ._abi import (
    _SNAPSHOT_PARTIAL,
    _SNAPSHOT_RACED,
    _SNAPSHOT_SUBSET,
    _SNAPSHOT_THREADS,
    _bytes,
    _int32,
    _library,
    _name,
    _text,
    _uint64,
)
from ._records import Limit, Namespace, Task, _Frozen


class Snapshot(_Frozen):
    """A frozen snapshot, made by take()."""

    __slots__ = ("_handle", "__weakref__")
    _handle: c_void_p

    @classmethod
    def _of(cls, handle):
        self = cls.__new__(cls)
        self._handle = handle
        # Not __del__: at exit the module's own names may be gone before the last Snapshot.
        weakref.finalize(self, _library().pidns_snapshot_unref, handle).atexit = False
        return self

    def _own(self, ns):
        """The address of a namespace, which must be one of this snapshot's."""
        if not isinstance(ns, Namespace):
            raise TypeError(f"a Namespace is needed, not {type(ns).__name__}")
        if ns._snapshot is not self:
            raise ValueError(f"{ns.ino} is a namespace of another snapshot")
        return ns._address

    def _namespace(self, address):
        return Namespace._of(self, address) if address else None

    def _list(self, function, argument, kind):
        first = POINTER(c_void_p)()
        count = function(argument, byref(first))
        return [kind._of(self, first[i]) for i in range(count)]

    @property
    def namespaces(self) -> list[Namespace]:
        """Every namespace, parents before children."""
        return self._list(_library().pidns_snapshot_namespaces, self._handle, Namespace)

    @property
    def tasks(self) -> list[Task]:
        """Every task, by namespace and then by its number there."""
        return self._list(_library().pidns_snapshot_tasks, self._handle, Task)

    @property
    def limits(self) -> list[Limit]:
        """The limits of the task that take(limits_of=…) named, the fullest first."""
        return self._list(_library().pidns_snapshot_limits, self._handle, Limit)

    @property
    def complete(self) -> bool:
        """False where something may be missing; cannot_see says what."""
        return not _library().pidns_snapshot_flags(self._handle) & _SNAPSHOT_PARTIAL

    @property
    def raced(self) -> bool:
        """True where tasks came or went while the snapshot was taken."""
        return bool(_library().pidns_snapshot_flags(self._handle) & _SNAPSHOT_RACED)

    @property
    def subset(self) -> bool:
        """True where it has only the tasks that were asked for."""
        return bool(_library().pidns_snapshot_flags(self._handle) & _SNAPSHOT_SUBSET)

    @property
    def threads(self) -> bool:
        """True where it was taken with threads."""
        return bool(_library().pidns_snapshot_flags(self._handle) & _SNAPSHOT_THREADS)

    @property
    def cannot_see(self) -> list[str]:
        """What was out of sight, in the words of pidns(8): "unborn", "tasks", …"""
        unseen = _library().pidns_snapshot_cannot_see(self._handle)
        names = (_name(_library().pidns_unseen_name, unseen & 1 << bit) for bit in range(32))
        return [name for name in names if name]

    @property
    def provider(self) -> str | None:
        """Who was asked: "procfs", "replay", …"""
        return _name(_library().pidns_snapshot_provider, self._handle)

    @property
    def time_ns(self) -> int:
        """When, on CLOCK_BOOTTIME."""
        return _library().pidns_snapshot_time(self._handle)

    @property
    def wall_time_ns(self) -> int | None:
        """When, on CLOCK_REALTIME; None where a recording does not tell."""
        return _library().pidns_snapshot_wall_time(self._handle) or None

    @property
    def host(self) -> str | None:
        """The host name that the reader saw; None where it is not known."""
        return _text(_library().pidns_snapshot_host(self._handle))

    @property
    def boot_id(self) -> str | None:
        """The kernel's id of the boot, of which time_ns counts; None where it is not known."""
        return _text(_library().pidns_snapshot_boot_id(self._handle))

    def namespace(self, ino: int) -> Namespace | None:
        """The Namespace with that inode, or None."""
        return self._namespace(_library().pidns_ns_find(self._handle, _uint64(ino)))

    def task(self, vpid: int, ns: Namespace | None = None) -> Task | None:
        """The Task that has this number in ns (the reader's own namespace where None), or None."""
        inside = None if ns is None else self._own(ns)
        address = _library().pidns_task_find(self._handle, inside, _int32(vpid))
        return Task._of(self, address) if address else None

    def save(self, path: str | bytes | os.PathLike[str]) -> None:
        """Write a recording, to be read back with take(source=path)."""
        error = _library().pidns_snapshot_save(self._handle, _bytes(path))
        if error < 0:
            raise OSError(-error, os.strerror(-error), os.fspath(path))

    def write(self, fd: int) -> None:
        """Write a recording to an open file descriptor."""
        error = _library().pidns_snapshot_write(self._handle, _int32(fd))
        if error < 0:
            raise OSError(-error, os.strerror(-error))

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a snapshot consists of: namespaces, tasks, and what is noted about them."""

from __future__ import annotations

import ctypes
from typing import Any

from ._abi import (
    _CONTAINER_FIELDS,
    _LIMIT_FIELDS,
    _NOTE_CONTAINER,
    _NOTE_LIMITS,
    _NOTE_PINS,
    _NOTE_ZOMBIE,
    _NS_FIELDS,
    _NS_NOTES,
    _NS_PARENT,
    _NS_PIDMAP,
    _PIN_FIELDS,
    _TASK_FIELDS,
    _TASK_NS_FOR_CHILDREN,
    _TASK_VPIDS,
    _ZOMBIE_FIELDS,
    _ContainerRecord,
    _library,
    _LimitRecord,
    _NotesRecord,
    _NsRecord,
    _PinRecord,
    _TaskRecord,
    _ZombieRecord,
)


def _attributes(fields):
    """A class decorator: a property for each public field, None where its bit is not set."""

    def reader(name, bit, convert):
        def read(self):
            if bit is not None and not self._record.known >> bit & 1:
                return None
            value = getattr(self._record, name)
            return convert(value) if convert else value

        return property(read)

    def decorate(cls):
        cls._names = tuple(name for name, _, _, _ in fields if not name.startswith("_"))
        for name, _, bit, convert in fields:
            if not name.startswith("_"):
                setattr(cls, name, reader(name, bit, convert))
        return cls

    return decorate


class _Frozen:
    """What take() made: it never changes, so a copy is the same object. A pickle would be an address."""

    __slots__ = ()

    def __init__(self, *_, **__):
        raise TypeError(f"no {type(self).__name__} can be made: take() returns them")

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce_ex__(self, protocol):
        raise TypeError(
            f"a {type(self).__name__} cannot be pickled: Snapshot.save() writes a recording, "
            "which take(source=...) reads"
        )


class _Thing(_Frozen):
    """A record of a snapshot: the same record is the same thing."""

    __slots__ = ("_snapshot", "_address", "_record")
    _snapshot: Any  # Snapshot: the tree of modules has no circle
    _address: int
    _record: Any
    _record_type: type[ctypes.Structure]
    _names: tuple[str, ...]

    @classmethod
    def _of(cls, snapshot, address):
        self = cls.__new__(cls)
        self._snapshot = snapshot
        self._address = address
        self._record = cls._record_type.from_address(address)
        return self

    def __eq__(self, other):
        return type(other) is type(self) and other._address == self._address

    def __hash__(self):
        return hash(self._address)

    def __repr__(self):
        known = ((name, getattr(self, name)) for name in self._names)
        text = ", ".join(f"{name}={value!r}" for name, value in known if value is not None)
        return f"<{type(self).__name__} {text}>"


@_attributes(_CONTAINER_FIELDS)
class Container(_Thing):
    """What container a namespace is, as far as that is certain; what would be a guess is None."""

    __slots__ = ()
    _record_type = _ContainerRecord

    name: str | None
    id: str | None
    runtime: str | None
    source: str | None
    pod: str | None
    is_users: bool


@_attributes(_LIMIT_FIELDS)
class Limit(_Thing):
    """One limit that can make fork(), clone() or unshare() fail; error is an errno."""

    __slots__ = ()
    _record_type = _LimitRecord

    kind: str | None
    used: int | None
    max: int | None
    hits: int | None
    source: str | None
    error: int
    is_fork: bool
    flags: int | None
    holders: str | None


@_attributes(_PIN_FIELDS)
class Pin(_Thing):
    """One thing that keeps a namespace alive; what has no meaning for its kind is 0 or None."""

    __slots__ = ()
    _record_type = _PinRecord

    kind: str | None
    pid: int
    fd: int
    parent: int
    path: str | None
    count: int

    @property
    def ns(self) -> Namespace | None:
        """The Namespace below, where that is what keeps it."""
        return self._snapshot._namespace(self._record.ns)


@_attributes(_ZOMBIE_FIELDS)
class Zombie(_Thing):
    """The zombie of a namespace that started first, and the process that has not reaped it."""

    __slots__ = ()
    _record_type = _ZombieRecord

    pid: int
    parent: int
    start_ns: int | None
    sigchld: str | None
    parent_is_reaper: bool


@_attributes(_NS_FIELDS)
class Namespace(_Thing):
    """One PID namespace."""

    __slots__ = ()
    _record_type = _NsRecord

    # lib/core/facts.py: hints of namespaces
    ino: int | None  # inode number: unique now, used again later
    cookie: int | None  # 64-bit id, never used again
    owner_ns: int | None  # inode number of the owning user namespace
    reaper_start_ns: int | None  # when its init started, since boot
    alloc_failures: int | None  # how often no PID was left
    depth: int  # levels below a root of this snapshot
    level: int | None  # the kernel's level; the initial namespace has 0
    state: str | None  # alive, unborn, dying, dead or zombie-init
    reaper: int | None  # its init (child reaper), as a PID of yours
    owner_uid: int | None  # user that owns the owning user namespace
    pids_used: int | None  # PIDs in use, namespaces below included
    pids_used_exact: bool | None  # whether pids_used is exact, or a lower bound
    pids_peak: int | None  # the most PIDs ever in use
    last_pid: int | None  # the PID allocated last
    pids_max: int | None  # least pid_max of it and its ancestors
    processes: int | None  # processes in it, zombies included
    threads: int | None  # threads in it
    zombies: int | None  # zombies in it
    joined: int | None  # processes whose parent is outside
    processes_below: int | None  # processes in it and below
    threads_below: int | None  # threads in it and below
    zombies_below: int | None  # zombies in it and below
    # lib/core/facts.py: end

    @property
    def parent(self) -> Namespace | None:
        """The Namespace above; None for a root, and where it cannot be known."""
        if not self._record.known & _NS_PARENT:
            return None
        return self._snapshot._namespace(_library().pidns_ns_parent(self._address))

    @property
    def pidmap_block(self) -> int | None:
        """How many numbers a block of pidmap has; None where it is not known."""
        return self._record.pidmap_block if self._record.known & _NS_PIDMAP else None

    @property
    def pidmap(self) -> tuple[int, ...] | None:
        """How many numbers of each block of pidmap_block are taken; None where not known."""
        if not self._record.known & _NS_PIDMAP:
            return None
        return tuple(self._record.pidmap[: self._record.nr_pidmap])

    def _note(self, bit):
        """The record of notes, where it says anything about that; else None."""
        if not self._record.known & _NS_NOTES:
            return None
        notes = _NotesRecord.from_address(self._record.notes)
        return notes if notes.known & bit else None

    @property
    def container(self) -> Container | None:
        """The Container it is; None where it is none, or that is not known."""
        notes = self._note(_NOTE_CONTAINER)
        return Container._of(self._snapshot, notes.container) if notes and notes.container else None

    @property
    def limits(self) -> tuple[Limit, ...] | None:
        """What can make fork() fail here, the fullest first; None where that was not asked."""
        notes = self._note(_NOTE_LIMITS)
        if not notes:
            return None
        return tuple(Limit._of(self._snapshot, notes.limits[i]) for i in range(notes.nr_limits))

    @property
    def limit(self) -> Limit | None:
        """The fullest of them."""
        return (self.limits or (None,))[0]

    @property
    def pins(self) -> tuple[Pin, ...] | None:
        """What keeps it alive; None where that was not asked."""
        notes = self._note(_NOTE_PINS)
        if not notes:
            return None
        return tuple(Pin._of(self._snapshot, notes.pins[i]) for i in range(notes.nr_pins))

    @property
    def zombie(self) -> Zombie | None:
        """The Zombie that started first; None where there is none, or that is not known."""
        notes = self._note(_NOTE_ZOMBIE)
        return Zombie._of(self._snapshot, notes.zombie) if notes and notes.zombie else None

    @property
    def tasks(self) -> list[Task]:
        """The tasks whose innermost namespace this is."""
        return self._snapshot._list(_library().pidns_ns_tasks, self._address, Task)

    @property
    def subtree(self) -> list[Namespace]:
        """This namespace and all its descendants."""
        return self._snapshot._list(_library().pidns_ns_subtree, self._address, Namespace)

    @property
    def subtree_tasks(self) -> list[Task]:
        """The tasks of this namespace and of all its descendants."""
        return self._snapshot._list(_library().pidns_ns_subtree_tasks, self._address, Task)


@_attributes(_TASK_FIELDS)
class Task(_Thing):
    """One process or, where threads were asked for, one thread."""

    __slots__ = ()
    _record_type = _TaskRecord

    # lib/core/facts.py: hints of tasks
    comm: str | None  # name: untrusted bytes
    start_ns: int | None  # when it started, since boot
    cpu_ns: int | None  # CPU time it has used
    rss_bytes: int | None  # resident memory
    pid: int  # process, as a PID of yours
    tid: int  # thread, as a PID of yours
    ppid: int | None  # parent, as a PID of yours; 0: none in sight
    vpgid: int | None  # process group, as a PID of its namespace
    vsid: int | None  # session, as a PID of its namespace
    uid: int | None  # effective user
    ruid: int | None  # real user
    state: str | None  # letter, as in proc_pid_stat(5)
    threads: int | None  # threads of its process
    has_joined: bool | None  # whether its parent is in another namespace
    pidfd_ino: int | None  # inode number of its pidfd: never used again. Since: 0.3
    # lib/core/facts.py: end

    @property
    def ns(self) -> Namespace:
        """Its innermost Namespace."""
        return self._snapshot._namespace(self._record.ns)

    @property
    def ns_for_children(self) -> Namespace | None:
        """The Namespace its children will be born in, where it is another; else None."""
        if not self._record.known & _TASK_NS_FOR_CHILDREN:
            return None
        return self._snapshot._namespace(self._record.ns_for_children)

    @property
    def vpids(self) -> tuple[int, ...] | None:
        """Its number at each level, the reader's first; None where not all are known."""
        if not self._record.known & _TASK_VPIDS:
            return None
        return tuple(self._record.vpids[: self._record.nr_vpids])

    def vpid(self, ns: Namespace) -> int | None:
        """Its number in that namespace; None: not visible there, or not known."""
        return _library().pidns_task_vpid(self._address, self._snapshot._own(ns)) or None

    @property
    def is_zombie(self) -> bool:
        """Whether it has exited and waits to be reaped; False also where its state is not known."""
        return bool(_library().pidns_task_is_zombie(self._address))

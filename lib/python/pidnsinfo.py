# SPDX-License-Identifier: LGPL-2.1-or-later
"""The PID namespaces of a Linux machine, as one frozen snapshot: libpidnsinfo for Python.

    import pidnsinfo

    snapshot = pidnsinfo.take()
    for ns in snapshot.namespaces:
        print("  " * ns.depth, ns.ino, ns.processes)

Namespaces come parents before children, tasks by (namespace, number). Every attribute means what
the field of that name in <pidnsinfo.h> does; None is "cannot be known here", never zero. A
namespace or task keeps the snapshot it belongs to alive.
"""

import ctypes
import operator
import os
import weakref
from ctypes import POINTER, byref, c_char_p, c_int, c_int32, c_size_t, c_uint32, c_uint64, c_void_p

__all__ = ["Container", "Limit", "Namespace", "Pin", "Snapshot", "Task", "Zombie", "take"]

# One row a field, in the order of the C record: name, type, bit of `known`, conversion. A None for
# the bit: the field is always known, or (with a leading underscore) not an attribute of its own.
# tests/bind compares all of it with the C compiler's view of the header.

def _pid(value):
    """A process or a time that is known; 0 is none."""
    return value or None


def _state(value):
    return _name(_library().pidns_state_name, value)


# lib/core/facts.py: namespaces
_NS_FIELDS = (
    ("_known", c_uint64, None, None),
    ("ino", c_uint64, 0, None),
    ("cookie", c_uint64, 1, None),
    ("owner_ns", c_uint64, 8, None),
    ("reaper_start_ns", c_uint64, 6, None),
    ("alloc_failures", c_uint64, 11, None),
    ("depth", c_uint32, None, None),
    ("level", c_uint32, 3, None),
    ("state", c_uint32, 4, _state),
    ("reaper", c_int32, 5, _pid),
    ("owner_uid", c_uint32, 7, None),
    ("pids_used", c_uint32, 9, None),
    ("pids_used_exact", c_uint32, 9, bool),
    ("pids_peak", c_uint32, 10, None),
    ("last_pid", c_int32, 12, None),
    ("pids_max", c_uint32, 13, None),
    ("processes", c_uint32, 14, None),
    ("threads", c_uint32, 15, None),
    ("zombies", c_uint32, 16, None),
    ("joined", c_uint32, 17, None),
    ("processes_below", c_uint32, 14, None),
    ("threads_below", c_uint32, 15, None),
    ("zombies_below", c_uint32, 16, None),
    ("_pidmap_block", c_uint32, None, None),
    ("_pidmap", POINTER(c_uint32), None, None),
    ("_nr_pidmap", c_uint32, None, None),
    ("_reserved", c_uint32, None, None),
    ("_notes", c_void_p, None, None),
)
_NS_PARENT = 1 << 2
_NS_PIDMAP = 1 << 18
_NS_NOTES = 1 << 19
# lib/core/facts.py: end

# lib/core/facts.py: tasks
_TASK_FIELDS = (
    ("_known", c_uint64, None, None),
    ("_ns", c_void_p, None, None),
    ("_ns_for_children", c_void_p, None, None),
    ("_vpids", POINTER(c_int32), None, None),
    ("comm", c_char_p, 5, os.fsdecode),
    ("start_ns", c_uint64, 6, None),
    ("cpu_ns", c_uint64, 7, None),
    ("rss_bytes", c_uint64, 8, None),
    ("_nr_vpids", c_uint32, None, None),
    ("pid", c_int32, None, None),
    ("tid", c_int32, None, None),
    ("ppid", c_int32, 1, None),
    ("vpgid", c_int32, 10, None),
    ("vsid", c_int32, 11, None),
    ("uid", c_uint32, 3, None),
    ("ruid", c_uint32, 4, None),
    ("state", c_uint32, 2, chr),
    ("threads", c_uint32, 9, None),
    ("has_joined", c_uint32, 13, bool),
    ("pidfd_ino", c_uint64, 14, None),
)
_TASK_VPIDS = 1 << 0
_TASK_NS_FOR_CHILDREN = 1 << 12
# lib/core/facts.py: end


def _text(value):
    return None if value is None else os.fsdecode(value)


_NOTES_FIELDS = (
    ("_known", c_uint64, None, None),
    ("_container", c_void_p, None, None),
    ("_limits", POINTER(c_void_p), None, None),
    ("_pins", POINTER(c_void_p), None, None),
    ("_zombie", c_void_p, None, None),
    ("_nr_limits", c_uint32, None, None),
    ("_nr_pins", c_uint32, None, None),
)
_NOTE_LIMITS = 1 << 0
_NOTE_CONTAINER = 1 << 1
_NOTE_PINS = 1 << 2
_NOTE_ZOMBIE = 1 << 3

_CONTAINER_FIELDS = (
    ("name", c_char_p, None, _text),
    ("id", c_char_p, None, _text),
    ("runtime", c_char_p, None, _text),
    ("source", c_char_p, None, _text),
    ("pod", c_char_p, None, _text),
    ("is_users", c_uint32, None, bool),
    ("_owner_uid", c_uint32, None, None),
)

_LIMIT_FIELDS = (
    ("_known", c_uint32, None, None),
    ("kind", c_uint32, None, lambda value: _name(_library().pidns_limit_name, value)),
    ("used", c_uint64, 0, None),
    ("max", c_uint64, 1, None),
    ("hits", c_uint64, 2, None),
    ("source", c_char_p, None, _text),
    ("error", c_int32, None, None),
    ("is_fork", c_uint32, None, bool),
    ("flags", c_uint32, 3, None),
    ("_reserved", c_uint32, None, None),
    ("holders", c_char_p, None, _text),
)

_PIN_FIELDS = (
    ("kind", c_uint32, None, lambda value: _name(_library().pidns_pin_name, value)),
    ("pid", c_int32, None, None),
    ("fd", c_int32, None, None),
    ("parent", c_int32, None, None),
    ("path", c_char_p, None, _text),
    ("_ns", c_void_p, None, None),
    ("count", c_uint64, None, None),
)

_SIGCHLD = {1: "default", 2: "ignored", 3: "handled"}

_ZOMBIE_FIELDS = (
    ("pid", c_int32, None, None),
    ("parent", c_int32, None, None),
    ("start_ns", c_uint64, None, _pid),
    ("sigchld", c_uint32, None, _SIGCHLD.get),
    ("parent_is_reaper", c_uint32, None, bool),
)

_FIELDS_ALL = (1 << 64) - 1
_TAKE_THREADS = 1 << 0
_TAKE_ALL = 1 << 1
_TAKE_LIMITS = 1 << 2
_TAKE_CONTAINERS = 1 << 3
_TAKE_PINS = 1 << 4
_TAKE_ZOMBIES = 1 << 5
_SNAPSHOT_PARTIAL = 1 << 0
_SNAPSHOT_RACED = 1 << 1


def _record(name, fields):
    members = [(field.lstrip("_"), ctype) for field, ctype, _, _ in fields]
    return type(name, (ctypes.Structure,), {"_fields_": members})


_NsRecord = _record("pidns_ns", _NS_FIELDS)
_TaskRecord = _record("pidns_task", _TASK_FIELDS)
_NotesRecord = _record("pidns_notes", _NOTES_FIELDS)
_ContainerRecord = _record("pidns_container", _CONTAINER_FIELDS)
_LimitRecord = _record("pidns_limit", _LIMIT_FIELDS)
_PinRecord = _record("pidns_pin", _PIN_FIELDS)
_ZombieRecord = _record("pidns_zombie", _ZOMBIE_FIELDS)


class _OpenOpts(ctypes.Structure):
    _fields_ = [
        ("size", c_size_t),
        ("provider", c_char_p),
        ("source", c_char_p),
        ("why", c_char_p),
        ("why_len", c_size_t),
        ("flags", c_uint32),
        ("reserved", c_uint32),
        ("root", c_char_p),
    ]


class _TakeOpts(ctypes.Structure):
    _fields_ = [
        ("size", c_size_t),
        ("ns_fields", c_uint64),
        ("task_fields", c_uint64),
        ("reaper_fields", c_uint64),
        ("pids", POINTER(c_int32)),
        ("nr_pids", c_size_t),
        ("flags", c_uint32),
        ("reserved", c_uint32),
        ("why", c_char_p),
        ("why_len", c_size_t),
        ("limits_of", c_int32),
        ("reserved_2", c_uint32),
        ("of_ns", c_uint64),
        ("of_pid", c_int32),
        ("reserved_3", c_uint32),
    ]


def _number(value, low, high):
    """value where it is an integer of that range: ctypes alone cuts off what does not fit."""
    number = operator.index(value)
    if not low <= number <= high:
        raise OverflowError(f"{number} is not between {low} and {high}")
    return number


def _int32(value):
    return _number(value, -1 << 31, (1 << 31) - 1)


def _uint64(value):
    return _number(value, 0, (1 << 64) - 1)


def _bytes(text):
    """A str, bytes or path for C, which would take a NUL for the end."""
    encoded = os.fsencode(text)
    if b"\0" in encoded:
        raise ValueError(f"embedded null byte in {text!r}")
    return encoded


# Handles and records alike travel as addresses.
_FUNCTIONS = {
    "pidns_open": (c_int, POINTER(_OpenOpts), POINTER(c_void_p)),
    "pidns_close": (c_void_p, c_void_p),
    "pidns_snapshot_take": (c_int, c_void_p, POINTER(_TakeOpts), POINTER(c_void_p)),
    "pidns_snapshot_unref": (c_void_p, c_void_p),
    "pidns_snapshot_save": (c_int, c_void_p, c_char_p),
    "pidns_snapshot_flags": (c_uint32, c_void_p),
    "pidns_snapshot_cannot_see": (c_uint32, c_void_p),
    "pidns_snapshot_time": (c_uint64, c_void_p),
    "pidns_snapshot_wall_time": (c_uint64, c_void_p),
    "pidns_snapshot_host": (c_char_p, c_void_p),
    "pidns_snapshot_boot_id": (c_char_p, c_void_p),
    "pidns_snapshot_provider": (c_char_p, c_void_p),
    "pidns_snapshot_namespaces": (c_size_t, c_void_p, POINTER(POINTER(c_void_p))),
    "pidns_snapshot_tasks": (c_size_t, c_void_p, POINTER(POINTER(c_void_p))),
    "pidns_ns_subtree": (c_size_t, c_void_p, POINTER(POINTER(c_void_p))),
    "pidns_ns_tasks": (c_size_t, c_void_p, POINTER(POINTER(c_void_p))),
    "pidns_ns_parent": (c_void_p, c_void_p),
    "pidns_ns_find": (c_void_p, c_void_p, c_uint64),
    "pidns_task_find": (c_void_p, c_void_p, c_void_p, c_int32),
    "pidns_task_vpid": (c_int32, c_void_p, c_void_p),
    "pidns_unseen_name": (c_char_p, c_uint32),
    "pidns_state_name": (c_char_p, c_uint32),
    "pidns_snapshot_limits": (c_size_t, c_void_p, POINTER(POINTER(c_void_p))),
    "pidns_limit_name": (c_char_p, c_uint32),
    "pidns_pin_name": (c_char_p, c_uint32),
}

_loaded = None


def _library():
    """libpidnsinfo, loaded at the first use; PIDNSINFO_LIBRARY names another than the system's."""
    global _loaded
    if _loaded is None:
        library = ctypes.CDLL(os.environ.get("PIDNSINFO_LIBRARY", "libpidnsinfo.so.0"))
        for name, (result, *arguments) in _FUNCTIONS.items():
            function = getattr(library, name)
            function.restype = result
            function.argtypes = arguments
        _loaded = library
    return _loaded


def _name(function, value):
    text = function(value)
    return text.decode() if text else None


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
    _record_type = None

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


@_attributes(_LIMIT_FIELDS)
class Limit(_Thing):
    """One limit that can make fork(), clone() or unshare() fail; error is an errno."""

    __slots__ = ()
    _record_type = _LimitRecord


@_attributes(_PIN_FIELDS)
class Pin(_Thing):
    """One thing that keeps a namespace alive; what has no meaning for its kind is 0 or None."""

    __slots__ = ()
    _record_type = _PinRecord

    @property
    def ns(self):
        """The Namespace below, where that is what keeps it."""
        return self._snapshot._namespace(self._record.ns)


@_attributes(_ZOMBIE_FIELDS)
class Zombie(_Thing):
    """The zombie of a namespace that started first, and the process that has not reaped it."""

    __slots__ = ()
    _record_type = _ZombieRecord


@_attributes(_NS_FIELDS)
class Namespace(_Thing):
    """One PID namespace."""

    __slots__ = ()
    _record_type = _NsRecord

    @property
    def parent(self):
        """The Namespace above; None for a root, and where it cannot be known."""
        if not self._record.known & _NS_PARENT:
            return None
        return self._snapshot._namespace(_library().pidns_ns_parent(self._address))

    @property
    def pidmap_block(self):
        """How many numbers a block of pidmap has; None where it is not known."""
        return self._record.pidmap_block if self._record.known & _NS_PIDMAP else None

    @property
    def pidmap(self):
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
    def container(self):
        """The Container it is; None where it is none, or that is not known."""
        notes = self._note(_NOTE_CONTAINER)
        return Container._of(self._snapshot, notes.container) if notes and notes.container else None

    @property
    def limits(self):
        """What can make fork() fail here, the fullest first; None where that was not asked."""
        notes = self._note(_NOTE_LIMITS)
        if not notes:
            return None
        return tuple(Limit._of(self._snapshot, notes.limits[i]) for i in range(notes.nr_limits))

    @property
    def limit(self):
        """The fullest of them."""
        return (self.limits or (None,))[0]

    @property
    def pins(self):
        """What keeps it alive; None where that was not asked."""
        notes = self._note(_NOTE_PINS)
        if not notes:
            return None
        return tuple(Pin._of(self._snapshot, notes.pins[i]) for i in range(notes.nr_pins))

    @property
    def zombie(self):
        """The Zombie that started first; None where there is none, or that is not known."""
        notes = self._note(_NOTE_ZOMBIE)
        return Zombie._of(self._snapshot, notes.zombie) if notes and notes.zombie else None

    @property
    def tasks(self):
        """The tasks whose innermost namespace this is."""
        return self._snapshot._list(_library().pidns_ns_tasks, self._address, Task)

    @property
    def subtree(self):
        """This namespace and all its descendants."""
        return self._snapshot._list(_library().pidns_ns_subtree, self._address, Namespace)


@_attributes(_TASK_FIELDS)
class Task(_Thing):
    """One process or, where threads were asked for, one thread."""

    __slots__ = ()
    _record_type = _TaskRecord

    @property
    def ns(self):
        """Its innermost Namespace."""
        return self._snapshot._namespace(self._record.ns)

    @property
    def ns_for_children(self):
        """The Namespace its children will be born in, where it is another; else None."""
        if not self._record.known & _TASK_NS_FOR_CHILDREN:
            return None
        return self._snapshot._namespace(self._record.ns_for_children)

    @property
    def vpids(self):
        """Its number at each level, the reader's first; None where not all are known."""
        if not self._record.known & _TASK_VPIDS:
            return None
        return tuple(self._record.vpids[: self._record.nr_vpids])

    def vpid(self, ns):
        """Its number in that namespace; None: not visible there, or not known."""
        return _library().pidns_task_vpid(self._address, self._snapshot._own(ns)) or None


class Snapshot(_Frozen):
    """A frozen snapshot, made by take()."""

    __slots__ = ("_handle", "__weakref__")

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
    def namespaces(self):
        """Every namespace, parents before children."""
        return self._list(_library().pidns_snapshot_namespaces, self._handle, Namespace)

    @property
    def tasks(self):
        """Every task, by namespace and then by its number there."""
        return self._list(_library().pidns_snapshot_tasks, self._handle, Task)

    @property
    def limits(self):
        """The limits of the task that take(limits_of=…) named, the fullest first."""
        return self._list(_library().pidns_snapshot_limits, self._handle, Limit)

    @property
    def complete(self):
        """False where something may be missing; cannot_see says what."""
        return not _library().pidns_snapshot_flags(self._handle) & _SNAPSHOT_PARTIAL

    @property
    def raced(self):
        """True where tasks came or went while the snapshot was taken."""
        return bool(_library().pidns_snapshot_flags(self._handle) & _SNAPSHOT_RACED)

    @property
    def cannot_see(self):
        """What was out of sight, in the words of pidns(8): "unborn", "tasks", …"""
        unseen = _library().pidns_snapshot_cannot_see(self._handle)
        names = (_name(_library().pidns_unseen_name, unseen & 1 << bit) for bit in range(32))
        return [name for name in names if name]

    @property
    def provider(self):
        """Who was asked: "procfs", "replay", …"""
        return _name(_library().pidns_snapshot_provider, self._handle)

    @property
    def time_ns(self):
        """When, on CLOCK_BOOTTIME."""
        return _library().pidns_snapshot_time(self._handle)

    @property
    def wall_time_ns(self):
        """When, on CLOCK_REALTIME; None where a recording does not tell."""
        return _library().pidns_snapshot_wall_time(self._handle) or None

    @property
    def host(self):
        """The host name that the reader saw; None where it is not known."""
        return _text(_library().pidns_snapshot_host(self._handle))

    @property
    def boot_id(self):
        """The kernel's id of the boot, of which time_ns counts; None where it is not known."""
        return _text(_library().pidns_snapshot_boot_id(self._handle))

    def namespace(self, ino):
        """The Namespace with that inode, or None."""
        return self._namespace(_library().pidns_ns_find(self._handle, _uint64(ino)))

    def task(self, vpid, ns=None):
        """The Task that has this number in ns (the reader's own namespace where None), or None."""
        inside = None if ns is None else self._own(ns)
        address = _library().pidns_task_find(self._handle, inside, _int32(vpid))
        return Task._of(self, address) if address else None

    def save(self, path):
        """Write a recording, to be read back with take(source=path)."""
        error = _library().pidns_snapshot_save(self._handle, _bytes(path))
        if error < 0:
            raise OSError(-error, os.strerror(-error), os.fspath(path))


def _check(error, why):
    if error < 0:
        raise OSError(-error, os.fsdecode(why.value) or os.strerror(-error))


def _open(provider, source, root=None):
    why = ctypes.create_string_buffer(256)
    opts = _OpenOpts(
        size=ctypes.sizeof(_OpenOpts),
        provider=None if provider is None else _bytes(provider),
        source=None if source is None else _bytes(source),
        root=None if root is None else _bytes(root),
        why=ctypes.cast(why, c_char_p),
        why_len=len(why),
    )
    context = c_void_p()
    _check(_library().pidns_open(byref(opts), byref(context)), why)
    return context


def _take_flags(threads, all, limits, containers, pins, zombies):
    return (
        bool(threads) * _TAKE_THREADS
        | bool(all) * _TAKE_ALL
        | bool(limits) * _TAKE_LIMITS
        | bool(containers) * _TAKE_CONTAINERS
        | bool(pins) * _TAKE_PINS
        | bool(zombies) * _TAKE_ZOMBIES
    )


def take(
    provider=None,
    source=None,
    *,
    threads=False,
    all=False,
    limits=False,
    containers=False,
    pins=False,
    zombies=False,
    limits_of=0,
    root=None,
    pids=None,
):
    """Ask once, and return the answer as a Snapshot.

    provider: "procfs", "replay", …; None chooses. source: a recording, or the root of a procfs;
    None is the running kernel. root: a machine's root directory, such as /host in a pod, in place of a
    source. threads: every thread, not only processes. all: also the costlier
    scans for namespaces that no task is in. limits, containers, pins, zombies: what is noted on every
    namespace. limits_of: with limits, the process whose own are wanted, too. pids: only the tasks with
    these PIDs; counts are then not known. Raises OSError with the library's own sentence,
    OverflowError for a number that its C type cannot hold, ValueError for text with a NUL.
    """
    flags = _take_flags(threads, all, limits, containers, pins, zombies)
    limits_of = _int32(limits_of)
    pids = None if pids is None else [_int32(pid) for pid in pids]
    context = _open(provider, source, root)
    try:
        why = ctypes.create_string_buffer(256)
        opts = _TakeOpts(
            size=ctypes.sizeof(_TakeOpts),
            ns_fields=_FIELDS_ALL,
            task_fields=_FIELDS_ALL,
            reaper_fields=_FIELDS_ALL,
            pids=None if pids is None else (c_int32 * (len(pids) or 1))(*pids),
            nr_pids=len(pids or ()),
            flags=flags,
            limits_of=limits_of,
            why=ctypes.cast(why, c_char_p),
            why_len=len(why),
        )
        handle = c_void_p()
        _check(_library().pidns_snapshot_take(context, byref(opts), byref(handle)), why)
        return Snapshot._of(handle)
    finally:
        _library().pidns_close(context)

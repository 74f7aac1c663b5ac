# SPDX-License-Identifier: LGPL-2.1-or-later
"""Asking: an open provider, snapshots of it, what differs between two of them, and what changes."""

from __future__ import annotations

import ctypes
import os
import select
import weakref
from collections.abc import Iterable, Iterator
from ctypes import POINTER, byref, c_char_p, c_int32, c_void_p

from ._abi import (
    _EVENT_FIELDS,
    _FIELDS_ALL,
    _OPEN_FEW,
    _TAKE_ALL,
    _TAKE_CONTAINERS,
    _TAKE_LIMITS,
    _TAKE_PINS,
    _TAKE_THREADS,
    _TAKE_ZOMBIES,
    _REFUSED_FIELDS,
    _WATCH_EXACT,
    _WATCH_PROMPT,
    _WATCH_WANTS_NAMESPACES,
    _WATCH_WANTS_POLLING,
    _WATCH_WANTS_REFUSED,
    _bytes,
    _check,
    _EventRecord,
    _int32,
    _library,
    _name,
    _OpenOpts,
    _RefusedRecord,
    _TakeOpts,
    _text,
    _uint64,
    _WatchOpts,
)
from ._records import Namespace, Task
from ._snapshot import Snapshot

Path = str | bytes | os.PathLike[str]


class Refused:
    """A fork, clone or unshare that has failed; what is not known is None.

    call is "clone3", "unshare", …, error the errno, kind the word of the limit that refused, used and max
    its figures, source where it is set, flags CLONE_* that were asked for; kinds, where the kind is
    not known, the words of all that it may have been.
    """

    call: str | None
    error: int
    kind: str | None
    kinds: list[str]
    used: int | None
    max: int | None
    flags: int | None
    source: str | None

    def __init__(self, record: _RefusedRecord):
        if not isinstance(record, _RefusedRecord):
            raise TypeError("a Refused is part of an Event")
        for name, _, bit, convert in _REFUSED_FIELDS:
            if name.startswith("_"):
                continue
            value = getattr(record, name) if not bit or record.known & bit else None
            setattr(self, name, convert(value) if convert and value is not None else value)
        kinds = (_name(_library().pidns_limit_name, i) for i in range(64) if record.kinds >> i & 1)
        self.kinds = [kind for kind in kinds if kind]
        self.source = _text(ctypes.string_at(record.source)) if record.source else None

    def __repr__(self) -> str:
        return f"<Refused {self.call} {self.error} {self.kind or self.kinds}>"


class Event:
    """One difference between two snapshots.

    type is its word ("ns-new", "task-gone", …), ns the Namespace, also of a task, as the newer
    snapshot has it, or the older one where it is gone; was the older Namespace where it has changed;
    task the Task. What has no meaning for the type is None.
    """

    type: str | None
    time_ns: int
    count: int
    ns: Namespace | None
    was: Namespace | None
    task: Task | None
    refused: Refused | None

    def __init__(self, address: int, older: Snapshot | None, newer: Snapshot | None):
        record = _EventRecord.from_address(address)
        for name, _, _, convert in _EVENT_FIELDS:
            if not name.startswith("_"):
                value = getattr(record, name)
                setattr(self, name, convert(value) if convert else value)
        side = older if self.type in ("ns-gone", "task-gone") else newer
        self.ns = side._namespace(record.ns) if side else None
        self.was = older._namespace(record.was) if older else None
        self.task = Task._of(side, record.task) if side and record.task else None
        self.refused = None
        if record.refused:
            self.refused = Refused(_RefusedRecord.from_address(record.refused))

    def __repr__(self) -> str:
        return f"<Event {self.type} {self.task or self.ns}>"


def diff(older: Snapshot, newer: Snapshot) -> list[Event]:
    """What changed from one snapshot to another; OSError where they cannot be compared."""
    if not isinstance(older, Snapshot) or not isinstance(newer, Snapshot):
        raise TypeError("two Snapshots are needed")
    why = ctypes.create_string_buffer(256)
    handles = older._handle, newer._handle
    _check(_library().pidns_diff_check(*handles, why, len(why)), why)
    handle = c_void_p()
    _check(_library().pidns_diff_open(*handles, byref(handle)), why)
    try:
        first = POINTER(c_void_p)()
        count = _library().pidns_diff_events(handle, byref(first))
        return [Event(first[i], older, newer) for i in range(count)]
    finally:
        _library().pidns_diff_close(handle)


class _Owner:
    """It has a handle of the library's until close(), or the end of a with block."""

    def _own(self, handle: c_void_p, close) -> None:
        self._handle = handle
        self._close = weakref.finalize(self, close, handle)
        self._close.atexit = False

    def _alive(self) -> c_void_p:
        if not self._close.alive:
            raise ValueError(f"this {type(self).__name__} is closed")
        return self._handle

    def close(self) -> None:
        """Give it back; a second time does nothing."""
        self._close()

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.close()


class Watch(_Owner):
    """What changes from now on: an iterator of Events, which waits for each. Made by Context.watch()."""

    def __init__(self, context: Context, opts: _WatchOpts, why: ctypes.Array[ctypes.c_char]):
        handle = c_void_p()
        self._context, self._why = context, why  # they must live as long as the watch
        _check(_library().pidns_watch_open(context._alive(), byref(opts), byref(handle)), why)
        self._own(handle, _library().pidns_watch_close)

    def _take(self) -> Snapshot:
        return Snapshot._of(c_void_p(_library().pidns_watch_snapshot(self._alive())))

    def fileno(self) -> int:
        """A descriptor that polls readable when it is time for next()."""
        return _library().pidns_watch_fd(self._alive())

    def next(self) -> Event | None:
        """The next event, or None where there is none now. Never waits."""
        event = c_void_p()
        result = _library().pidns_watch_next(self._alive(), byref(event))
        _check(result, self._why)
        if not result:
            return None
        return Event(event.value or 0, self._side(1), self._side(0))

    def _side(self, older: int) -> Snapshot | None:
        """The records of the last event are in it, and stay there."""
        handle = _library().pidns_watch_event_snapshot(self._alive(), older)
        return Snapshot._of(c_void_p(_library().pidns_snapshot_ref(handle))) if handle else None

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        poll = select.poll()
        poll.register(self.fileno(), select.POLLIN)
        while True:
            event = self.next()
            if event:
                return event
            poll.poll()

    @property
    def snapshot(self) -> Snapshot:
        """The newest snapshot, to which the events lead."""
        return self._take()

    @property
    def prompt(self) -> bool:
        """Whether the kernel tells of namespaces that change; else only time does."""
        return bool(_library().pidns_watch_flags(self._alive()) & _WATCH_PROMPT)

    @property
    def source(self) -> str | None:
        """What events come from: the name of a provider, or "timer"."""
        return _name(_library().pidns_watch_source, self._alive())

    @property
    def exact(self) -> bool:
        """Whether each birth and end is an event of its own, and none is missed."""
        return bool(_library().pidns_watch_flags(self._alive()) & _WATCH_EXACT)

    @property
    def missing(self) -> str | None:
        """A sentence that says what this watch cannot report, and why."""
        return _name(_library().pidns_watch_missing, self._alive())

    def close(self) -> None:
        """End the watch; the Context can be used again."""
        super().close()


def _take_flags(threads, all, limits, containers, pins, zombies) -> int:
    return (
        bool(threads) * _TAKE_THREADS
        | bool(all) * _TAKE_ALL
        | bool(limits) * _TAKE_LIMITS
        | bool(containers) * _TAKE_CONTAINERS
        | bool(pins) * _TAKE_PINS
        | bool(zombies) * _TAKE_ZOMBIES
    )


class Context(_Owner):
    """One open provider, made by open(). It belongs to one thread at a time."""

    def __init__(
        self, provider: str | None, source: Path | None, root: Path | None, few: bool,
        at: str | None = None,
    ):
        why = ctypes.create_string_buffer(256)
        opts = _OpenOpts(
            size=ctypes.sizeof(_OpenOpts),
            provider=None if provider is None else _bytes(provider),
            source=None if source is None else _bytes(source),
            root=None if root is None else _bytes(root),
            at=None if at is None else _bytes(at),
            why=ctypes.cast(why, c_char_p),
            why_len=len(why),
            flags=bool(few) * _OPEN_FEW,
        )
        handle = c_void_p()
        _check(_library().pidns_open(byref(opts), byref(handle)), why)
        self._own(handle, _library().pidns_close)

    @property
    def provider(self) -> str | None:
        """The provider in use: "procfs", "replay", …"""
        return _name(_library().pidns_provider, self._alive())

    @property
    def moments(self) -> list[int | None]:
        """Of a recording, the CLOCK_REALTIME in nanoseconds of each snapshot in it; else empty."""
        times = ctypes.POINTER(ctypes.c_uint64)()
        count = _library().pidns_moments(self._alive(), byref(times))
        return [times[i] or None for i in range(count)]

    @property
    def moment(self) -> int:
        """Which of the moments take() takes; set it to step to another."""
        return _library().pidns_moment(self._alive())

    @moment.setter
    def moment(self, index: int) -> None:
        why = ctypes.create_string_buffer(256)
        _check(_library().pidns_moment_move(self._alive(), _uint64(index), why, len(why)), why)

    def take(
        self,
        *,
        threads: bool = False,
        all: bool = False,
        limits: bool = False,
        containers: bool = False,
        pins: bool = False,
        zombies: bool = False,
        limits_of: int = 0,
        pids: Iterable[int] | None = None,
    ) -> Snapshot:
        """Ask once; see take() for what each means."""
        chosen = None if pids is None else [_int32(pid) for pid in pids]
        why = ctypes.create_string_buffer(256)
        opts = _TakeOpts(
            size=ctypes.sizeof(_TakeOpts),
            ns_fields=_FIELDS_ALL,
            task_fields=_FIELDS_ALL,
            reaper_fields=_FIELDS_ALL,
            pids=None if chosen is None else (c_int32 * (len(chosen) or 1))(*chosen),
            nr_pids=len(chosen or ()),
            flags=_take_flags(threads, all, limits, containers, pins, zombies),
            limits_of=_int32(limits_of),
            why=ctypes.cast(why, c_char_p),
            why_len=len(why),
        )
        handle = c_void_p()
        _check(_library().pidns_snapshot_take(self._alive(), byref(opts), byref(handle)), why)
        return Snapshot._of(handle)

    def watch(
        self,
        interval: float = 1.0,
        *,
        all: bool = False,
        containers: bool = False,
        tasks: bool = True,
        refused: bool = False,
        polling: bool = False,
    ) -> Watch:
        """Watch for what changes, as the kernel reports it or by a snapshot every interval seconds.

        tasks: of tasks, too. refused: each fork, clone and unshare that fails, too. polling: nothing but
        differences between snapshots.
        Until the Watch is closed, take no snapshots from this Context.
        """
        why = ctypes.create_string_buffer(256)
        opts = _WatchOpts(
            size=ctypes.sizeof(_WatchOpts),
            ns_fields=_FIELDS_ALL,
            task_fields=_FIELDS_ALL,
            interval_ns=_uint64(int(interval * 1_000_000_000)),
            flags=_take_flags(False, all, False, containers, False, False),
            wants=(not tasks) * _WATCH_WANTS_NAMESPACES
            | bool(refused) * _WATCH_WANTS_REFUSED
            | bool(polling) * _WATCH_WANTS_POLLING,
            why=ctypes.cast(why, c_char_p),
            why_len=len(why),
        )
        return Watch(self, opts, why)

    def listen(self) -> int:
        """A file descriptor that polls readable once namespaces may have changed; close it yourself."""
        result = _library().pidns_listen(self._alive())
        if result < 0:
            raise OSError(-result, os.strerror(-result))
        return result


def open(
    provider: str | None = None,
    source: Path | None = None,
    *,
    root: Path | None = None,
    few: bool = False,
    at: str | None = None,
) -> Context:
    """Open a provider, to ask it more than once. few: only a few tasks are asked about, by pids.

    at: of a series, the last snapshot at or before that time, as --at of pidns(8) has it.
    """
    return Context(provider, source, root, few, at)


def providers() -> list[str]:
    """The names of all providers, in order of preference."""
    names: list[str] = []
    while name := _name(_library().pidns_provider_name, len(names)):
        names.append(name)
    return names


def probe(provider: str) -> None:
    """Returns where this provider works for this caller; else raises OSError that says why not."""
    why = ctypes.create_string_buffer(256)
    _check(_library().pidns_probe(_bytes(provider), why, len(why)), why)


def take(
    provider: str | None = None,
    source: Path | None = None,
    *,
    threads: bool = False,
    all: bool = False,
    limits: bool = False,
    containers: bool = False,
    pins: bool = False,
    zombies: bool = False,
    limits_of: int = 0,
    root: Path | None = None,
    pids: Iterable[int] | None = None,
    at: str | None = None,
) -> Snapshot:
    """Ask once, and return the answer as a Snapshot.

    provider: "procfs", "replay", …; None chooses. source: a recording, or the root of a procfs;
    None is the running kernel. root: a machine's root directory, such as /host in a pod, in place of a
    source. threads: every thread, not only processes. all: also the costlier
    scans for namespaces that no task is in. limits, containers, pins, zombies: what is noted on every
    namespace. limits_of: with limits, the process whose own are wanted, too. pids: only the tasks with
    these PIDs; counts are then not known. at: of a series, the last snapshot at or before that time, as
    --at of pidns(8) has it. Raises OSError with the library's own sentence,
    OverflowError for a number that its C type cannot hold, ValueError for text with a NUL.
    """
    wanted = {"threads": threads, "all": all, "limits": limits, "containers": containers,
              "pins": pins, "zombies": zombies}  # fmt: skip
    pids = None if pids is None else [_int32(pid) for pid in pids]
    _int32(limits_of)
    with open(provider, source, root=root, at=at) as context:
        return context.take(**wanted, limits_of=limits_of, pids=pids)
